//! Asking the rules of Rego modules, and what they are as rules of flowgate.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::place::Elements;
use super::program::{Definition, Program, with_room};
use super::result::{Complaint, complaints};
use super::{Files, Judged, Subject, fault};
use crate::diagnostic::Diagnostic;
use crate::policy::facts::{Facts, Selection};
use crate::policy::reference::as_documentation;
use crate::policy::requirement::rule_name;
use crate::policy::rules::POLICY_INVALID;
use crate::rule::{DefaultLevel, Family, Fixable, Level, Meta};
use crate::source::{Sources, Span, Spanned};
use crate::syntax::names::{NamePattern, RuleName};

/// The words that rules with results begin with.
const WORDS: [(&str, Level); 3] = [
    ("deny", Level::Error),
    ("violation", Level::Error),
    ("warn", Level::Warning),
];

/// Asks every rule with results.
pub(super) fn judge_files(
    files: &Files,
    paths: &[&Spanned<String>],
    sources: &Sources,
    subject: &Subject<'_>,
) -> Judged {
    if files.modules.is_empty() {
        return Judged::default();
    }
    let facts = Facts::new(subject.model, subject.sources, Selection::whole());
    let input = facts.to_json();
    let answered = with_room(|| answers(files, sources, input));
    let answers = match answered {
        Some(Ok(answers)) => answers,
        Some(Err(diagnostics)) => return refused(diagnostics),
        None => {
            let failed = paths.iter().take(1).map(|path| {
                let message = "the policies below this path cannot be evaluated";
                Diagnostic::new(&POLICY_INVALID, path.span, message)
            });
            return refused(failed.collect());
        }
    };
    let elements = Elements {
        facts: &facts,
        subject,
        policies: sources,
    };
    let mut judged = Judged {
        diagnostics: answers.faults,
        rules: answers
            .rules
            .iter()
            .map(|rule| Arc::new(rule.meta(sources)))
            .collect(),
        is_complete: true,
    };
    for (definition, said) in &answers.said {
        for complaint in said {
            judged.add(complaint, definition, &elements, &answers.rules);
        }
    }
    judged
}

fn refused(diagnostics: Vec<Diagnostic>) -> Judged {
    Judged {
        diagnostics,
        rules: Vec::new(),
        is_complete: false,
    }
}

/// What the rules of a project said.
struct Answers {
    rules: Vec<NamedRule>,
    said: Vec<(Definition, Vec<Complaint>)>,
    faults: Vec<Diagnostic>,
}

/// A rule of flowgate with the Rego that it comes from.
struct NamedRule {
    name: String,
    package: String,
    level: Level,
    definitions: Vec<Definition>,
}

fn answers(
    files: &Files,
    sources: &Sources,
    input: serde_json::Value,
) -> Result<Answers, Vec<Diagnostic>> {
    let mut program = Program::load(&files.modules, files, sources)?;
    program.set_input(input);
    let mut said = Vec::new();
    let mut faults: Vec<Diagnostic> = Vec::new();
    for definition in asked(&program.definitions) {
        match program.value(&definition) {
            Ok(value) => said.push((definition, value.iter().flat_map(complaints).collect())),
            Err(error) => {
                let found = fault::finding(&error, sources, definition.head);
                let is_known = |known: &Diagnostic| {
                    (known.span, &known.message) == (found.span, &found.message)
                };
                if !faults.iter().any(is_known) {
                    faults.push(found);
                }
                if fault::is_out_of_time(&error) {
                    break;
                }
            }
        }
    }
    Ok(Answers {
        rules: named(&program, sources),
        said,
        faults,
    })
}

/// The first definition of each rule with results, in written order.
fn asked(definitions: &[Definition]) -> Vec<Definition> {
    let mut asked: Vec<Definition> = Vec::new();
    for definition in definitions.iter().filter(|it| level(&it.name).is_some()) {
        let is_known = |known: &Definition| {
            (&known.package, &known.name) == (&definition.package, &definition.name)
        };
        if !asked.iter().any(is_known) {
            asked.push(definition.clone());
        }
    }
    asked
}

/// The level of what a rule finds; `None` for rules without results.
fn level(name: &str) -> Option<Level> {
    let mut words = WORDS.iter();
    let found = words.find(|(word, _)| {
        let rest = name.strip_prefix(word);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    });
    found.map(|(_, level)| *level)
}

fn named(program: &Program, sources: &Sources) -> Vec<NamedRule> {
    let mut rules: BTreeMap<String, NamedRule> = BTreeMap::new();
    let mut add = |definition: &Definition, id: &str| {
        let Some(level) = level(&definition.name) else {
            return;
        };
        let name = full_name(&definition.package, id);
        let rule = rules.entry(name.clone()).or_insert_with(|| NamedRule {
            name,
            package: definition.package.clone(),
            level,
            definitions: Vec::new(),
        });
        rule.level = rule.level.max(level);
        rule.definitions.push(definition.clone());
    };
    for definition in &program.definitions {
        add(definition, &definition.name);
    }
    for (package, id) in &program.ids {
        let own = program
            .definitions
            .iter()
            .filter(|it| it.package == *package);
        let own: Vec<&Definition> = own.filter(|it| level(&it.name).is_some()).collect();
        let literal = format!("\"{id}\"");
        let naming = own
            .iter()
            .filter(|it| sources.text(it.whole).contains(&literal));
        let naming: Vec<&&Definition> = naming.collect();
        let meant = if naming.is_empty() {
            own.iter().collect()
        } else {
            naming
        };
        for definition in meant {
            add(definition, id);
        }
    }
    rules.into_values().collect()
}

/// `package/id`, where `a["b"]` is `a.b`.
fn full_name(package: &str, id: &str) -> String {
    let package = package.replace("[\"", ".").replace("\"]", "");
    rule_name(&package, id)
}

impl Judged {
    fn add(
        &mut self,
        complaint: &Complaint,
        definition: &Definition,
        elements: &Elements<'_>,
        rules: &[NamedRule],
    ) {
        let id = complaint.id.as_ref().unwrap_or(&definition.name);
        let mut name = full_name(&definition.package, id);
        if !RuleName::accepts(&name) {
            let message = format!("`{id}` cannot be the name of a rule");
            let diagnostic = Diagnostic::new(&POLICY_INVALID, definition.head, message);
            let help = "an `id` has letters, digits, `-`, `_` and `.`, as `FIN-01`";
            self.diagnostics.push(diagnostic.help(help));
            name = full_name(&definition.package, &definition.name);
        }
        let known = self.rules.iter().find(|rule| rule.id == name);
        let mut meta = match known {
            Some(known) => known.as_ref().clone(),
            // The name is put together when the policy runs.
            None => {
                let own = |rule: &&NamedRule| {
                    rule.definitions.iter().any(|it| it.head == definition.head)
                };
                let Some(rule) = rules.iter().find(own) else {
                    return;
                };
                rule.meta(elements.policies)
            }
        };
        meta.id = name.into();
        if let Some(why) = &complaint.why {
            meta.why = why.clone().into();
        }
        let message = if complaint.message.is_empty() {
            meta.summary.to_string()
        } else {
            complaint.message.clone()
        };
        let span = self.place(complaint, definition, elements);
        let level = level(&definition.name).unwrap_or(Level::Error);
        let diagnostic = Diagnostic::new(Arc::new(meta), span, message).with_level(level);
        self.diagnostics.push(match &complaint.help {
            Some(help) => diagnostic.help(help.as_str()),
            None => diagnostic,
        });
    }

    /// The element of the path, else the rule itself; a path that names nothing is reported too.
    fn place(
        &mut self,
        complaint: &Complaint,
        definition: &Definition,
        elements: &Elements<'_>,
    ) -> Span {
        let Some(path) = &complaint.path else {
            return elements.home(definition.head);
        };
        match elements.find(path) {
            Ok(span) => span,
            Err(wrong) => {
                let message = format!(
                    "the `path` of a result of `{}` names nothing: {wrong}",
                    definition.name
                );
                let diagnostic = Diagnostic::new(&POLICY_INVALID, definition.head, message);
                let help = "write `workflows.<name>` and the keys inside it, as `workflows.hiring.states.offer`";
                self.diagnostics.push(diagnostic.help(help));
                elements.home(definition.head)
            }
        }
    }
}

impl NamedRule {
    /// The rule with the comment above its Rego, and the Rego itself, as its text.
    fn meta(&self, sources: &Sources) -> Meta {
        let own = || format!("the Rego policy `{}` demands it", self.package);
        let comments = self.definitions.iter().map(|it| comment(it.whole, sources));
        let comment = comments.into_iter().find(|comment| !comment.is_empty());
        let summary = comment
            .as_deref()
            .and_then(|comment| comment.lines().next());
        let mut text = comment
            .as_ref()
            .map_or(String::new(), |comment| format!("{comment}\n\n"));
        text.push_str("## What it demands\n\n");
        for definition in &self.definitions {
            let written = sources.text(definition.whole).trim();
            text.push_str(&format!("```rego\n{written}\n```\n\n"));
        }
        text.push_str("## How to mend it\n\n");
        text.push_str(&format!("Meet the Rego policy `{}`.\n", self.package));
        Meta {
            id: self.name.clone().into(),
            summary: summary.map_or_else(own, sentence).into(),
            why: own().into(),
            family: Family::Policy,
            level: DefaultLevel::Always(self.level),
            locked: false,
            fixable: Fixable::No,
            since: "",
            docs: as_documentation(&text).into(),
        }
    }
}

/// Lower case and without a full stop.
fn sentence(text: &str) -> String {
    let mut characters = text.trim().trim_end_matches('.').chars();
    let first = characters
        .next()
        .map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

/// The comment right above a rule; of annotations, the title and the description.
fn comment(rule: Span, sources: &Sources) -> String {
    let before = &sources.file(rule.source).text()[..rule.start as usize];
    let above = before
        .lines()
        .rev()
        .take_while(|line| line.starts_with('#'));
    let mut lines: Vec<&str> = above
        .map(|line| line.trim_start_matches('#').trim())
        .collect();
    lines.reverse();
    if lines.first() != Some(&"METADATA") {
        return lines.join("\n");
    }
    let value = |key: &str| {
        lines
            .iter()
            .find_map(|line| line.strip_prefix(key))
            .map(str::trim)
    };
    let texts = [value("title:"), value("description:")];
    texts
        .into_iter()
        .flatten()
        .collect::<Vec<&str>>()
        .join("\n\n")
}
