//! Documents that were pasted without their indentation.

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
    let Some(last) = siblings.last() else {
        return false;
    };
    let body = siblings[0]
        .key
        .span()
        .to(last.value.span())
        .to(last.key.span());
    let edits = indent(&siblings, keys, body, text);
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
        .fix(Fix::safe(edits)),
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

/// Indents every line by two spaces, and by two more those that belong below an empty key of the
/// document, such as the fields after an empty `schema:`.
fn indent(siblings: &[Entry<'_>], keys: &[&str], body: Span, text: &str) -> Vec<Edit> {
    let deeper = deeper_ranges(siblings, keys);
    let start = text[..body.start as usize]
        .rfind('\n')
        .map_or(0, |newline| newline + 1);
    let mut edits = Vec::new();
    let mut offset = start;
    for line in text[start..body.end as usize].split_inclusive('\n') {
        let is_blank = line.trim().is_empty();
        let inside_key = deeper.iter().any(|range| range.contains(&offset));
        if !is_blank {
            edits.push(Edit {
                span: Span::new(body.source, offset..offset),
                text: if inside_key {
                    "    ".to_owned()
                } else {
                    "  ".to_owned()
                },
            });
        }
        offset += line.len();
    }
    edits
}

/// Byte ranges of siblings that belong below the empty key before them.
fn deeper_ranges(siblings: &[Entry<'_>], keys: &[&str]) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    let mut open_key = false;
    for (index, entry) in siblings.iter().enumerate() {
        let start = entry.key.span().start as usize;
        let end = siblings
            .get(index + 1)
            .map_or(usize::MAX, |next| next.key.span().start as usize);
        if keys.contains(&entry.name) {
            open_key = entry.value.is_null();
        } else if open_key {
            ranges.push(start..end);
        }
    }
    ranges
}
