//! Paths of nodes, as people write them: `states.approval.steps.manager_ok.timeout`.

use super::{Content, Document, Mapping, NodeRef, Scalar};
use crate::source::Span;

/// Keys whose value names an item of a list, in order of preference.
const NAMING_KEYS: [&str; 6] = ["id", "name", "to", "alert", "error", "field"];

/// The path of the innermost node that contains `span`; list items are named by their `id`,
/// `name` or another identifying key, else by their index. Empty when `span` lies outside.
pub fn path_at(document: &Document, text: &str, span: Span) -> Vec<String> {
    let mut path = Vec::new();
    let mut node = document.root(text);
    while let Some((segment, next)) = step_towards(node, span) {
        path.push(segment);
        match next {
            Some(child) => node = child,
            None => break,
        }
    }
    path
}

/// The segment that leads towards the span and the node to go on with; no node when the span
/// lies on a key.
fn step_towards(node: NodeRef<'_>, span: Span) -> Option<(String, Option<NodeRef<'_>>)> {
    if node.is_alias() {
        return None;
    }
    match node.content() {
        Content::Scalar(_) => None,
        Content::Mapping(mapping) => mapping.entries().find_map(|entry| {
            if entry.key.span().contains(span) {
                Some((entry.name.to_owned(), None))
            } else if entry.value.span().contains(span) {
                Some((entry.name.to_owned(), Some(entry.value)))
            } else {
                None
            }
        }),
        Content::Sequence(sequence) => sequence
            .items()
            .enumerate()
            .find(|(_, item)| item.span().contains(span))
            .map(|(index, item)| (item_name(item, index), Some(item))),
    }
}

fn item_name(item: NodeRef<'_>, index: usize) -> String {
    let named = |mapping: Mapping<'_>| {
        NAMING_KEYS
            .iter()
            .find_map(|key| mapping.get(key))
            .and_then(|entry| entry.value.scalar())
            .map(|scalar: Scalar<'_>| scalar.text().to_owned())
    };
    item.mapping()
        .and_then(named)
        .unwrap_or_else(|| index.to_string())
}
