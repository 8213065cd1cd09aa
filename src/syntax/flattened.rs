//! Documents that were pasted without their indentation.

use std::ops::Range;

use super::contract::Contract;
use super::decode::{DecodeMapping, Decoder};
use super::document::DocumentKind;
use super::rules;
use super::workflow::Workflow;
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::source::Span;
use crate::yaml::{Entry, Mapping};

/// Reports a flattened document; true when it is one, so that nothing else is said about it.
pub fn report(mapping: Mapping<'_>, text: &str, decoder: &mut Decoder) -> bool {
    let mut entries = mapping.entries();
    let Some(root) = entries.next() else {
        return false;
    };
    let kind = match root.name {
        "contract" => DocumentKind::Contract,
        "workflow" => DocumentKind::Workflow,
        _ => return false,
    };
    let siblings: Vec<Entry<'_>> = entries.collect();
    let keys = keys_of(kind);
    let belongs_below = |entry: &&Entry<'_>| keys.contains(&entry.name);
    if !root.value.is_null() || siblings.iter().filter(belongs_below).count() < 2 {
        return false;
    }
    let start = line_start(text, siblings[0].key.span().start as usize);
    let body = Span::new(root.key.span().source, start..document_end(text, start));
    decoder.explain(body);
    decoder.report(
        Diagnostic::new(
            &rules::FLATTENED_DOCUMENT,
            root.key.span(),
            format!("this {} was pasted without its indentation", root.name),
        )
        .note("this key is empty, so all keys below it stand beside it")
        .label(
            siblings[0].key.span(),
            format!("`{}` belongs below `{}`", siblings[0].name, root.name),
        )
        .help("indent the lines below it by two spaces; `flowgate check --fix` does it")
        .fix(Fix::safe(indent(&siblings, keys, body, text))),
    );
    true
}

fn keys_of(kind: DocumentKind) -> &'static [&'static str] {
    if kind == DocumentKind::Contract {
        Contract::KEYS
    } else {
        Workflow::KEYS
    }
}

fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Where the document ends: at the next `---` or `...`, or with the file.
fn document_end(text: &str, start: usize) -> usize {
    let mut offset = start;
    for line in text[start..].split_inclusive('\n') {
        if line.starts_with("---") || line.starts_with("...") {
            return offset;
        }
        offset += line.len();
    }
    text.len()
}

/// Indents every line by two spaces, and by two more those that stood deeper: the items of lists,
/// and what belongs below an empty key of the document, such as the fields after an empty `schema:`.
fn indent(siblings: &[Entry<'_>], keys: &[&str], body: Span, text: &str) -> Vec<Edit> {
    let deeper: Vec<Range<usize>> = field_ranges(siblings, keys, body)
        .into_iter()
        .chain(list_ranges(siblings, body, text))
        .collect();
    let mut edits = Vec::new();
    let mut offset = body.start as usize;
    for line in text[body.range()].split_inclusive('\n') {
        let is_deeper = deeper.iter().any(|range| range.contains(&offset));
        if !line.trim().is_empty() {
            edits.push(Edit {
                span: Span::new(body.source, offset..offset),
                text: " ".repeat(if is_deeper { 4 } else { 2 }),
            });
        }
        offset += line.len();
    }
    edits
}

/// From each empty key of the document to the next key of the document.
fn field_ranges(siblings: &[Entry<'_>], keys: &[&str], body: Span) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut open: Option<usize> = None;
    for entry in siblings {
        let start = entry.key.span().start as usize;
        if !keys.contains(&entry.name) || (open.is_some() && is_field(entry)) {
            continue;
        }
        ranges.extend(open.map(|open| open..start));
        let end = entry.key.span().end as usize;
        open = entry.value.is_null().then_some(end);
    }
    ranges.extend(open.map(|open| open..body.end as usize));
    ranges
}

/// A field of a schema may have the name of a key, but has a type.
fn is_field(entry: &Entry<'_>) -> bool {
    let keys = entry.value.mapping();
    keys.is_some_and(|keys| keys.get("type").is_some())
}

/// The lines of lists whose items begin in the column of their key.
fn list_ranges(siblings: &[Entry<'_>], body: Span, text: &str) -> Vec<Range<usize>> {
    let next_start = |index: usize| {
        let next: Option<&Entry<'_>> = siblings.get(index + 1);
        next.map_or(body.end, |next| next.key.span().start) as usize
    };
    siblings
        .iter()
        .enumerate()
        .filter(|(_, entry)| {
            let list = entry.value.sequence();
            let first = list.and_then(|list| list.items().next());
            first.is_some_and(|first| {
                let line = line_start(text, first.span().start as usize);
                text[line..].starts_with('-')
            })
        })
        .map(|(index, entry)| entry.key.span().end as usize..next_start(index))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Diagnostic, fix};
    use crate::source::Sources;
    use crate::syntax::Project;
    use crate::syntax::decode::Decoder;
    use crate::yaml;

    fn read(text: &str) -> Vec<Diagnostic> {
        let mut sources = Sources::default();
        let source = sources.add("pasted.yaml", text);
        let parsed = yaml::parse(source, text);
        let mut decoder = Decoder::new();
        for document in &parsed.value.documents {
            Project::default().add(document, text, &mut decoder);
        }
        decoder.finish_after(parsed.diagnostics)
    }

    fn assert_restored(written: &str) {
        let pasted: String = written.split_inclusive('\n').map(str::trim_start).collect();
        let found = read(&pasted);
        let [only] = &found[..] else {
            panic!("{found:#?}");
        };
        assert_eq!(only.rule.id, "flattened-document");
        let (restored, _) = fix::apply(&pasted, &only.fix);
        assert_eq!(restored, written);
        assert!(read(&restored).is_empty());
    }

    #[test]
    fn restores_the_contract_of_the_playbook() {
        assert_restored(
            "\
contract:
  name: employee.identity.v1
  producer: HRIS
  consumers: [IdP, ITSM, Payroll]
  freshness_sla: \"< 15m\"
  schema:
    employee_id: {type: string, format: uuid, required: true}
    email: {type: string, format: email, required: true}
    dept: {type: string, required: true}
    manager_id: {type: string, required: false}
  quality_rules:
    - email must be unique
    - dept must be in allowed list
  change_rules:
    - breaking changes require major version bump
    - backward compatible additions allowed in minor versions
  audit:
    - log all contract violations with payload sample + source timestamp
",
        );
    }

    #[test]
    fn fields_may_have_the_names_of_keys() {
        assert_restored(
            "\
contract:
  name: vendor.master.v1
  producer: ERP
  schema:
    name: {type: string, required: true}
    status: {type: string, required: true}
    vendor_no: {type: string, required: true, key: true}
  consumers: [Ledger]
",
        );
    }

    #[test]
    fn keeps_indentation_that_is_left() {
        let pasted = "contract:\nname: a.b.v1\nproducer: X\nschema:\n  id: string\nquality_rules:\n  - id must be unique\n";
        let found = read(pasted);
        let (restored, _) = fix::apply(pasted, found.iter().filter_map(|found| found.fix.as_ref()));
        assert_eq!(
            restored,
            "contract:\n  name: a.b.v1\n  producer: X\n  schema:\n    id: string\n  quality_rules:\n    - id must be unique\n"
        );
    }
}
