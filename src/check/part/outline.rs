//! What a file holds, as far as a look at its lines can tell for certain.

use std::collections::BTreeSet;

use crate::syntax::DocumentKind;
use crate::syntax::contract::Contract;
use crate::syntax::decode::DecodeMapping;
use crate::syntax::process_map::ProcessMap;
use crate::syntax::scenarios::Scenarios;
use crate::syntax::workflow::Workflow;

/// What a document says that counts though nothing else of it changed: accepted breaks, suppressed
/// findings, earlier names.
const STANDING_OUT: [&str; 3] = ["accept", "suppress", "renamed_from"];

/// The documents of a file that holds workflows, contracts, scenarios and process maps alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// The kinds.
    pub kinds: BTreeSet<DocumentKind>,
    /// The names of the workflows and contracts.
    pub names: Vec<(DocumentKind, String)>,
    /// Whether one of them says something that counts though nothing else of it changed.
    pub stands_out: bool,
}

/// One root key with what stands below it.
struct Section {
    kind: DocumentKind,
    /// The key whose value is the name; `None` where every key is one.
    naming_key: Option<&'static str>,
    /// How far its keys stand from the margin.
    indent: Option<usize>,
    is_named: bool,
    /// The last line was the name, so what stands deeper would continue it.
    may_continue: bool,
}

/// The outline of a text in the plain layout that nearly all documents have. `None` where another
/// kind of document, or another way to write YAML, needs a parser.
pub fn outline(text: &str) -> Option<Outline> {
    if text.starts_with('\u{feff}') || can_spell_otherwise(text) {
        return None;
    }
    let mut outline = Outline::default();
    let mut section: Option<Section> = None;
    for line in text.lines() {
        let content = line.trim_start_matches(' ');
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let indent = line.len() - content.len();
        if indent > 0 {
            outline.inner(section.as_mut()?, indent, content)?;
            continue;
        }
        is_complete(section.take().as_ref())?;
        if content.trim_end() != "---" {
            let opened = root(content)?;
            outline.kinds.insert(opened.kind);
            section = Some(opened);
        }
    }
    is_complete(section.as_ref())?;
    (!outline.kinds.is_empty()).then_some(outline)
}

/// True when a name may stand in the text without its letters.
fn can_spell_otherwise(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr_backslashes(bytes).any(|place| {
        matches!(
            bytes.get(place + 1),
            Some(b'x' | b'u' | b'U' | b'\n' | b'\r')
        )
    })
}

fn memchr_backslashes(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let all = bytes.iter().enumerate();
    all.filter(|(_, byte)| **byte == b'\\')
        .map(|(place, _)| place)
}

fn is_complete(section: Option<&Section>) -> Option<()> {
    let is_complete = section.is_none_or(|section| section.is_named);
    is_complete.then_some(())
}

fn root(content: &str) -> Option<Section> {
    let (kind, naming_key) = match without_comment(content).strip_suffix(':')? {
        "workflow" => (DocumentKind::Workflow, Some("name")),
        "contract" => (DocumentKind::Contract, Some("name")),
        "scenarios" => (DocumentKind::Scenarios, Some("workflow")),
        "process_map" => (DocumentKind::ProcessMap, Some("name")),
        "workflows" => (DocumentKind::Workflow, None),
        "contracts" => (DocumentKind::Contract, None),
        _ => return None,
    };
    Some(Section {
        kind,
        naming_key,
        indent: None,
        is_named: naming_key.is_none(),
        may_continue: false,
    })
}

impl Outline {
    /// Takes in a line below a root key; `None` when it cannot be told what it is.
    fn inner(&mut self, section: &mut Section, indent: usize, content: &str) -> Option<()> {
        let own = *section.indent.get_or_insert(indent);
        if indent > own && !section.may_continue {
            // What is inside of a map of documents is looked at as a whole.
            self.stands_out |= section.naming_key.is_none()
                && STANDING_OUT.iter().any(|key| content.contains(key));
            return Some(());
        }
        if indent != own {
            return None;
        }
        let (key, value) = content.split_once(':')?;
        if !is_plain(key) || !(value.is_empty() || value.starts_with(' ')) {
            return None;
        }
        section.may_continue = false;
        let Some(naming_key) = section.naming_key else {
            self.names.push((section.kind, key.to_owned()));
            self.stands_out |= STANDING_OUT.iter().any(|key| value.contains(key));
            return Some(());
        };
        if !is_known(section.kind, key) {
            return None;
        }
        self.stands_out |= STANDING_OUT.contains(&key);
        if key == naming_key {
            let name = scalar(value).filter(|_| !section.is_named)?;
            section.is_named = true;
            section.may_continue = true;
            if matches!(
                section.kind,
                DocumentKind::Workflow | DocumentKind::Contract
            ) {
                self.names.push((section.kind, name.to_owned()));
            }
        }
        Some(())
    }
}

/// A misspelt key is read as the one that was meant, which takes a parser.
fn is_known(kind: DocumentKind, key: &str) -> bool {
    let keys = match kind {
        DocumentKind::Workflow => Workflow::KEYS,
        DocumentKind::Contract => Contract::KEYS,
        DocumentKind::Scenarios => Scenarios::KEYS,
        DocumentKind::ProcessMap => ProcessMap::KEYS,
        DocumentKind::Queue
        | DocumentKind::Team
        | DocumentKind::Person
        | DocumentKind::System
        | DocumentKind::Calendar
        | DocumentKind::Decision
        | DocumentKind::Policy
        | DocumentKind::Project => &[],
    };
    keys.contains(&key) || key.starts_with("x-")
}

/// A name on one line, in quotes or not.
fn scalar(value: &str) -> Option<&str> {
    let value = without_comment(value).trim();
    let quoted = ['\'', '"']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    Some(quoted.unwrap_or(value)).filter(|name| is_plain(name))
}

fn without_comment(content: &str) -> &str {
    let end = content.find(" #").unwrap_or(content.len());
    content[..end].trim_end()
}

/// True for names that can be written in one way only.
pub fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(is_name_byte)
}

/// The letters of plain names.
pub fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Option<Vec<String>> {
        let outline = outline(text)?;
        Some(outline.names.into_iter().map(|(_, name)| name).collect())
    }

    #[test]
    fn plain_files_are_known_by_their_lines() {
        let text = "# note\nworkflow: # own\n  # more\n  name: 'refund' # old\n  summary: >-\n    name: other\n\n  states:\n    new: {}\n---\ncontracts:\n  a.b.v1:\n    name: x\n  a.c.v1: {fields: {}}\n";
        let expected = ["refund", "a.b.v1", "a.c.v1"].map(str::to_owned);
        assert_eq!(names(text), Some(expected.to_vec()));
        let scenarios = outline("scenarios:\r\n  workflow: refund\r\n").unwrap();
        assert_eq!(scenarios.names, []);
        assert_eq!(scenarios.kinds, BTreeSet::from([DocumentKind::Scenarios]));
    }

    #[test]
    fn what_counts_by_itself_stands_out() {
        let stands_out = |text: &str| outline(text).unwrap().stands_out;
        assert!(stands_out("workflow:\n  name: a\n  accept: []\n"));
        assert!(stands_out("workflow:\n  suppress: []\n  name: a\n"));
        assert!(stands_out("contracts:\n  a.v1: {renamed_from: b.v1}\n"));
        assert!(stands_out(
            "contracts:\n  a.v1:\n    suppress:\n      - {}\n"
        ));
        assert!(!stands_out("workflow:\n  name: a\n  summary: accept\n"));
    }

    #[test]
    fn everything_else_needs_a_parser() {
        let unusual = [
            "people: {ann: {}}\n",
            "workflow: {name: a}\n",
            "workflow:\n  summary: no name\n",
            "workflow:\n  name: a\n  name: b\n",
            "workflow:\n  name: a\n   b\n",
            "workflow:\n  name: &one a\n",
            "workflow:\n  name: two words\n",
            "workflow:\n  \"name\": a\n",
            "workflow:\n  nmae: b\n  name: a\n",
            "workflow:\n  <<: *base\n  name: a\n",
            "workflow:\n  name: a\n summary: b\n",
            "workflow:\n  name: a\n\tsummary: b\n",
            "workflow:\n  name: a\n  summary: \"\\x41\"\n",
            "worflow:\n  name: a\n",
            "%YAML 1.2\n---\nworkflow:\n  name: a\n",
            "  name: a\n",
            "\u{feff}workflow:\n  name: a\n",
            "# nothing\n",
            "",
        ];
        for text in unusual {
            assert_eq!(outline(text), None, "{text:?}");
        }
    }
}
