//! Edits of written YAML that keep comments, quoting and layout.

use super::{CollectionStyle, Entry, Mapping, NodeRef, Sequence};
use crate::diagnostic::Edit;
use crate::source::Span;

/// Quotes text for YAML when it must be quoted to stay text, under YAML 1.1 readers too.
pub fn quoted_if_needed(text: &str) -> String {
    if is_plain_everywhere(text) {
        text.to_owned()
    } else {
        double_quoted(text)
    }
}

/// Text in double quotes, escaped.
pub fn double_quoted(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push('"');
    for character in text.chars() {
        match character {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\t' => result.push_str("\\t"),
            '\r' => result.push_str("\\r"),
            other if other.is_control() => result.push_str(&format!("\\u{:04x}", u32::from(other))),
            other => result.push(other),
        }
    }
    result.push('"');
    result
}

/// Words that one YAML reader or another takes for something else than text.
const RESERVED_WORDS: [&str; 11] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "nan",
];

fn is_plain_everywhere(text: &str) -> bool {
    let starts_well = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let plain = |character: char| {
        character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.' | '/' | ' ')
    };
    starts_well
        && !text.ends_with(' ')
        && text.chars().all(plain)
        && !RESERVED_WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// Adds `key: value` to a mapping, after its last written entry; `value` is YAML for one line.
/// `None` for an empty block mapping, which has no place to write to.
pub fn insert_entry(mapping: Mapping<'_>, text: &str, key: &str, value: &str) -> Option<Edit> {
    let span = mapping.node().span();
    let last = mapping
        .entries()
        .filter(|entry| span.contains(entry.key.span()))
        .last();
    match (mapping.style, last) {
        (CollectionStyle::Block, Some(last)) => Some(insert_after(last, text, key, value)),
        (CollectionStyle::Block, None) => None,
        (CollectionStyle::Flow, Some(last)) => Some(Edit {
            span: last.value.span().to(last.key.span()).after(),
            text: format!(", {key}: {value}"),
        }),
        (CollectionStyle::Flow, None) => Some(Edit {
            span: Span {
                start: span.start + 1,
                end: span.start + 1,
                ..span
            },
            text: format!("{key}: {value}"),
        }),
    }
}

/// Adds `key: value` right behind `entry`, which is one of the entries of `mapping`.
pub fn insert_behind(
    mapping: Mapping<'_>,
    entry: Entry<'_>,
    text: &str,
    key: &str,
    value: &str,
) -> Edit {
    match mapping.style {
        CollectionStyle::Block => insert_after(entry, text, key, value),
        CollectionStyle::Flow => Edit {
            span: entry.value.span().to(entry.key.span()).after(),
            text: format!(", {key}: {value}"),
        },
    }
}

/// Adds an item at the end of a list; `item` is YAML for one line. `None` for a list that was
/// reached through an alias.
pub fn append_item(list: NodeRef<'_>, text: &str, item: &str) -> Option<Edit> {
    append_items(list, text, &[item])
}

/// Adds several items at the end of a list, as [`append_item`] does.
pub fn append_items(list: NodeRef<'_>, text: &str, items: &[&str]) -> Option<Edit> {
    let sequence = list.sequence().filter(|_| !list.is_alias())?;
    let span = list.span();
    match (sequence.style, sequence.items().last()) {
        (CollectionStyle::Flow, None) => Some(Edit {
            span: Span {
                start: span.start + 1,
                end: span.start + 1,
                ..span
            },
            text: items.join(", "),
        }),
        (CollectionStyle::Flow, Some(last)) => Some(Edit {
            span: last.span().after(),
            text: format!(", {}", items.join(", ")),
        }),
        (CollectionStyle::Block, None) => None,
        (CollectionStyle::Block, Some(last)) => {
            let (line, _) = whole_lines(last.span(), text);
            let lead = &text[line..last.span().start as usize];
            let end = line_end(text, last.span().end as usize);
            let line_break = line_break(text);
            let added = items.iter().map(|item| format!("{line_break}{lead}{item}"));
            (lead.trim() == "-").then(|| Edit {
                span: Span::new(span.source, end..end),
                text: added.collect(),
            })
        }
    }
}

/// Takes an item out of a list. `None` for the only item of a list in block style, which would
/// leave its key without a value, and for layouts that cannot be cut without harm.
pub fn remove_item(sequence: Sequence<'_>, item: Span, text: &str) -> Option<Edit> {
    let items: Vec<Span> = sequence.items().map(NodeRef::span).collect();
    remove(sequence.style, &items, item, text, "-")
}

/// Takes an entry out of a mapping, found by its key. `None` as for [`remove_item`].
pub fn remove_entry(mapping: Mapping<'_>, key: Span, text: &str) -> Option<Edit> {
    let entries: Vec<Span> = mapping
        .entries()
        .map(|entry| entry.key.span().to(entry.value.span()))
        .collect();
    let entry = entries.iter().find(|entry| entry.start == key.start)?;
    remove(mapping.style, &entries, *entry, text, "")
}

fn remove(
    style: CollectionStyle,
    children: &[Span],
    child: Span,
    text: &str,
    lead: &str,
) -> Option<Edit> {
    let index = children.iter().position(|span| *span == child)?;
    let span = match style {
        CollectionStyle::Flow => match (index.checked_sub(1), children.get(index + 1)) {
            (Some(before), _) => children[before].after().to(child),
            (None, Some(next)) => child.to(next.before()),
            (None, None) => child,
        },
        CollectionStyle::Block => {
            let (start, end) = whole_lines(child, text);
            let stands_alone = text[start..child.start as usize].trim() == lead;
            if children.len() == 1 || !stands_alone {
                return None;
            }
            Span::new(child.source, start..end)
        }
    };
    Some(Edit {
        span,
        text: String::new(),
    })
}

/// From the start of the line on which the span begins to behind the line break after its end.
fn whole_lines(span: Span, text: &str) -> (usize, usize) {
    let start = text[..span.start as usize]
        .rfind('\n')
        .map_or(0, |newline| newline + 1);
    let end = text[span.end as usize..]
        .find('\n')
        .map_or(text.len(), |newline| span.end as usize + newline + 1);
    (start, end)
}

/// Where the line that contains `offset` ends, its line break left out.
fn line_end(text: &str, offset: usize) -> usize {
    let end = text[offset..]
        .find('\n')
        .map_or(text.len(), |newline| offset + newline);
    if text[..end].ends_with('\r') {
        end - 1
    } else {
        end
    }
}

/// Adds `key: value` on a line of its own after the line on which `entry` ends.
pub fn insert_after(entry: Entry<'_>, text: &str, key: &str, value: &str) -> Edit {
    let indent = indentation(text, entry.key.span().start as usize);
    let end = entry.value.span().end.max(entry.key.span().end) as usize;
    let line_end = line_end(text, end);
    Edit {
        span: Span::new(entry.key.span().source, line_end..line_end),
        text: format!("{}{indent}{key}: {value}", line_break(text)),
    }
}

/// Adds `key: value` on a line of its own before `entry`.
pub fn insert_before(entry: Entry<'_>, text: &str, key: &str, value: &str) -> Edit {
    let indent = indentation(text, entry.key.span().start as usize);
    Edit {
        span: entry.key.span().before(),
        text: format!("{key}: {value}{}{indent}", line_break(text)),
    }
}

/// The line break that the file uses.
pub fn line_break(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// White space as wide as everything before `offset` on its line; `- ` counts as width.
fn indentation(text: &str, offset: usize) -> String {
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    text[start..offset]
        .chars()
        .filter(|character| *character != '\u{feff}')
        .map(|_| ' ')
        .collect()
}
