//! Root keys that are none: documents of other tools, and misspelt kinds.

use super::decode::{Decoder, nearest};
use super::document::DocumentKind;
use super::rules;
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::yaml::{Entry, Mapping};

/// Every root key, in reference order.
fn root_keys() -> Vec<&'static str> {
    let keys = DocumentKind::ALL.iter().map(|kind| kind.root_keys());
    keys.flat_map(|(one, many)| std::iter::once(one).chain(many))
        .collect()
}

/// Reports a document of another tool, once; true when it is one: it has several keys, and none of
/// them is a root key or near to one.
pub(super) fn report_foreign(mapping: Mapping<'_>, decoder: &mut Decoder) -> bool {
    const SHOWN: usize = 3;
    let known = root_keys();
    let is_strange = |entry: &Entry<'_>| {
        !entry.name.starts_with("x-") && nearest(entry.name, known.iter().copied()).is_none()
    };
    let keys: Vec<Entry<'_>> = mapping.entries().collect();
    let [first, _, ..] = &keys[..] else {
        return false;
    };
    if !keys.iter().all(is_strange) {
        return false;
    }
    let names: Vec<String> = keys
        .iter()
        .take(SHOWN)
        .map(|key| format!("`{}`", key.name))
        .collect();
    let more = match keys.len() - names.len() {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    let message = format!(
        "this is no document of the language: its keys are {}{more}",
        names.join(", ")
    );
    decoder.report(
        Diagnostic::new(&rules::UNKNOWN_KEY, first.key.span(), message).help(format!(
            "leave files of other tools out with `project: {{roots: […]}}` or `exclude` in flowgate.yaml; a document begins with one of {}",
            known.join(", ")
        )),
    );
    true
}

/// Reports a root key that no kind has, and returns the one that was probably meant.
pub(super) fn report_unknown_root(entry: Entry<'_>, decoder: &mut Decoder) -> Option<&'static str> {
    let known = root_keys();
    let message = format!("`{}` is not a kind of document", entry.name);
    let mut diagnostic = Diagnostic::new(&rules::UNKNOWN_KEY, entry.key.span(), message);
    let meant = nearest(entry.name, known.iter().copied());
    diagnostic = match meant {
        Some(near) => diagnostic
            .help(format!("did you mean `{near}`?"))
            .fix(Fix::needs_a_look(vec![Edit {
                span: entry.key.span(),
                text: near.to_owned(),
            }])),
        None => diagnostic.help(format!(
            "root keys are {}; leave other YAML files out with `project: {{roots: […]}}` in flowgate.yaml",
            known.join(", ")
        )),
    };
    decoder.report(diagnostic);
    meant
}
