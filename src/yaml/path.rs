//! Paths of nodes, as people write them: `states.approval.steps.manager_ok.timeout`.

use super::{Content, Document, Entry, Mapping, NodeRef, Scalar};
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
fn step_towards<'a>(node: NodeRef<'a>, span: Span) -> Option<(String, Option<NodeRef<'a>>)> {
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
    let scalar = naming_entry(item).and_then(|entry| entry.value.scalar());
    scalar.map_or_else(
        || index.to_string(),
        |scalar: Scalar<'_>| scalar.text().to_owned(),
    )
}

fn naming_entry(item: NodeRef<'_>) -> Option<Entry<'_>> {
    let mapping = item.mapping()?;
    NAMING_KEYS.iter().find_map(|key| mapping.get(key))
}

/// Where the node of a path is written, or the last one on the way that is there: the key of a
/// collection, the value of a scalar, what names the item of a list. `None` when not even the
/// first segment is there.
pub fn place_of(mut node: NodeRef<'_>, segments: &[String]) -> Option<Span> {
    let mut place = None;
    for segment in segments {
        let Some((span, next)) = child(node, segment) else {
            break;
        };
        place = Some(span);
        node = next;
    }
    place
}

fn child<'a>(node: NodeRef<'a>, segment: &str) -> Option<(Span, NodeRef<'a>)> {
    match node.content() {
        Content::Scalar(_) => None,
        Content::Mapping(mapping) => {
            let entry = mapping.get(segment)?;
            let is_scalar = entry.value.scalar().is_some();
            let marked = if is_scalar { entry.value } else { entry.key };
            Some((marked.span(), entry.value))
        }
        Content::Sequence(sequence) => {
            let mut items = sequence.items().enumerate();
            let (_, item) = items.find(|(index, item)| {
                item_name(*item, *index) == segment || index.to_string() == segment
            })?;
            let name = naming_entry(item).map_or(item.span(), |entry| entry.value.span());
            Some((name, item))
        }
    }
}

/// The innermost mapping that contains `span`, for edits beside it. `None` outside and behind
/// aliases.
pub fn mapping_at<'a>(document: &'a Document, text: &'a str, span: Span) -> Option<Mapping<'a>> {
    let mut node = document.root(text);
    let mut innermost = node.mapping();
    while let Some((_, Some(child))) = step_towards(node, span) {
        node = child;
        if !node.is_alias() {
            innermost = node.mapping().or(innermost);
        }
    }
    innermost.filter(|mapping| mapping.node().span().contains(span))
}

/// The entry whose key is written at `key`, wherever it stands in the document.
pub fn entry_at<'a>(document: &'a Document, text: &'a str, key: Span) -> Option<Entry<'a>> {
    mapping_at(document, text, key)?
        .entries()
        .find(|entry| entry.key.span() == key)
}
