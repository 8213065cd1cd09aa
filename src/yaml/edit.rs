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

/// Adds items to a list, after its last one; each is YAML for one line. `None` for a list that is
/// written elsewhere and only referred to.
pub fn append_items(list: Sequence<'_>, text: &str, items: &[&str]) -> Option<Edit> {
    let span = list.node().span();
    let last = list.items().last().map(NodeRef::span);
    let added = items.join(", ");
    match (list.style, last) {
        _ if list.node().is_alias() => None,
        (CollectionStyle::Flow, Some(last)) => Some(Edit {
            span: last.after(),
            text: format!(", {added}"),
        }),
        (CollectionStyle::Flow, None) => Some(Edit {
            span: Span {
                start: span.start + 1,
                end: span.start + 1,
                ..span
            },
            text: added,
        }),
        (CollectionStyle::Block, Some(last)) => {
            let dash = text[..last.start as usize].rfind('-')?;
            let lead = format!("{}{}- ", line_break(text), indentation(text, dash));
            let lines: String = items.iter().map(|item| format!("{lead}{item}")).collect();
            let end = line_end(text, last.end as usize);
            Some(Edit {
                span: Span::new(last.source, end..end),
                text: lines,
            })
        }
        (CollectionStyle::Block, None) => None,
    }
}

/// Where the line of `offset` ends, before its line break.
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
