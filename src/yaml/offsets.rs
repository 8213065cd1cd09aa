//! From the value of a scalar back to its characters in the source, whatever its quotes, escapes
//! and folding.

use std::ops::Range;

use super::ScalarStyle;
use crate::source::{SourceId, Span};

/// Where the bytes of a scalar's value stand in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offsets {
    source: SourceId,
    start: u32,
    /// The offset of each byte of the value, and of its end; absent when the value stands in the
    /// source byte for byte.
    mapped: Option<Box<[u32]>>,
}

impl Offsets {
    /// A value that stands in the source byte for byte from `start` on.
    pub(super) fn verbatim(source: SourceId, start: u32) -> Self {
        Offsets {
            source,
            start,
            mapped: None,
        }
    }

    /// A value that was decoded from `written`, which begins at `start`.
    pub(super) fn decoded(
        source: SourceId,
        start: u32,
        written: &str,
        style: ScalarStyle,
        value: &str,
    ) -> Self {
        Offsets {
            source,
            start,
            mapped: Some(align(start, written, style, value)),
        }
    }

    /// The characters of a range of bytes of the value.
    pub fn span(&self, range: Range<usize>) -> Span {
        let at = |offset: usize| match &self.mapped {
            None => self.start as usize + offset,
            Some(mapped) => mapped
                .get(offset)
                .or_else(|| mapped.last())
                .map_or(self.start as usize, |offset| *offset as usize),
        };
        Span::new(self.source, at(range.start)..at(range.end))
    }
}

fn align(start: u32, written: &str, style: ScalarStyle, value: &str) -> Box<[u32]> {
    let mut cursor = Cursor {
        written,
        style,
        at: 0,
    };
    if matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) {
        cursor.at = 1;
    }
    let mut offsets = Vec::with_capacity(value.len() + 1);
    for character in value.chars() {
        let (from, to) = cursor.take(character);
        let offset = |at: usize| start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        offsets.push(offset(from));
        // Bytes inside a character point into it where it is written out, else to its beginning.
        for byte in 1..character.len_utf8() {
            let inside = if to - from == character.len_utf8() {
                from + byte
            } else {
                from
            };
            offsets.push(offset(inside));
        }
    }
    offsets.push(start.saturating_add(u32::try_from(cursor.at).unwrap_or(u32::MAX)));
    offsets.into_boxed_slice()
}

struct Cursor<'a> {
    written: &'a str,
    style: ScalarStyle,
    at: usize,
}

impl Cursor<'_> {
    /// The bytes of the source that stand for the next character of the value.
    fn take(&mut self, character: char) -> (usize, usize) {
        self.skip_continuations();
        let rest = &self.written[self.at..];
        if self.style == ScalarStyle::DoubleQuoted && rest.starts_with('\\') {
            return self.advance(escape_length(rest));
        }
        if self.style == ScalarStyle::SingleQuoted && rest.starts_with("''") {
            return self.advance(2);
        }
        if rest.starts_with(character) && !(character == ' ' && is_fold(rest)) {
            return self.advance(character.len_utf8());
        }
        if character.is_whitespace() {
            return self.fold(character);
        }
        // Indentation and folded line breaks have no character of their own.
        let skipped = rest.len() - rest.trim_start().len();
        self.at += skipped;
        let length = self.written[self.at..]
            .chars()
            .next()
            .map_or(0, char::len_utf8);
        self.advance(length)
    }

    fn advance(&mut self, length: usize) -> (usize, usize) {
        let from = self.at;
        self.at = (self.at + length).min(self.written.len());
        (from, self.at)
    }

    /// A line break in the source that became a space or a line break of the value.
    fn fold(&mut self, character: char) -> (usize, usize) {
        let rest = &self.written[self.at..];
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let line_break = line_break_length(&rest[blanks..]);
        let (from, _) = self.advance(blanks + line_break);
        if character == ' ' {
            let rest = &self.written[self.at..];
            let indentation = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            self.at += indentation;
        }
        (from, self.at)
    }

    /// `\` at the end of a line of a double-quoted text joins it with the next one.
    fn skip_continuations(&mut self) {
        while self.style == ScalarStyle::DoubleQuoted {
            let rest = &self.written[self.at..];
            let Some(after) = rest.strip_prefix('\\') else {
                return;
            };
            let line_break = line_break_length(after);
            if line_break == 0 {
                return;
            }
            let next = &after[line_break..];
            self.at += 1 + line_break + (next.len() - next.trim_start_matches([' ', '\t']).len());
        }
    }
}

/// True when nothing but blanks stands before the line break.
fn is_fold(rest: &str) -> bool {
    line_break_length(rest.trim_start_matches([' ', '\t'])) > 0
}

fn line_break_length(text: &str) -> usize {
    if text.starts_with("\r\n") {
        2
    } else {
        usize::from(text.starts_with(['\n', '\r']))
    }
}

fn escape_length(text: &str) -> usize {
    let length = match text.as_bytes().get(1) {
        Some(b'x') => 4,
        Some(b'u') => surrogate_pair(text).unwrap_or(6),
        Some(b'U') => 10,
        _ => 1 + text[1..].chars().next().map_or(0, char::len_utf8),
    };
    length.min(text.len())
}

/// `\uD83E\uDD80` is one character.
fn surrogate_pair(text: &str) -> Option<usize> {
    let first = u32::from_str_radix(text.get(2..6)?, 16).ok()?;
    let is_pair = (0xD800..0xDC00).contains(&first) && text.get(6..8)? == "\\u";
    is_pair.then_some(12)
}

#[cfg(test)]
mod tests {
    use crate::source::Sources;
    use crate::yaml::parse;

    /// The characters of the source for a part of the value of the only key.
    fn characters(text: &str, part: &str) -> String {
        let mut sources = Sources::default();
        let id = sources.add("file.yaml", text);
        let parsed = parse(id, text);
        let root = parsed.value.documents[0].root(text);
        let node = root.mapping().unwrap().entries().next().unwrap().value;
        let scalar = node.scalar().unwrap();
        let start = scalar
            .text()
            .find(part)
            .unwrap_or_else(|| panic!("{:?}", scalar.text()));
        let span = scalar.offsets().span(start..start + part.len());
        text[span.range()].to_owned()
    }

    #[test]
    fn plain_and_quoted_text_on_one_line() {
        assert_eq!(characters("a: x + wrong\n", "wrong"), "wrong");
        assert_eq!(characters("a: 'x + wrong'\n", "wrong"), "wrong");
        assert_eq!(characters("a: \"x + wrong\"\n", "wrong"), "wrong");
        assert_eq!(characters("a: \"é🦀 + wrong\"\n", "wrong"), "wrong");
    }

    #[test]
    fn escapes_before_the_part() {
        assert_eq!(characters("a: 'x == ''y'' && wrong'\n", "wrong"), "wrong");
        assert_eq!(characters("a: 'x == ''y'' && z'\n", "'y'"), "''y''");
        assert_eq!(
            characters("a: \"\\t\\x41\\u00e9\\U0001F980 wrong\"\n", "wrong"),
            "wrong"
        );
        assert_eq!(
            characters("a: \"x \\\"y\\\" wrong\"\n", "\"y\""),
            "\\\"y\\\""
        );
    }

    #[test]
    fn folded_lines() {
        assert_eq!(characters("a: x\n  + wrong\n", "wrong"), "wrong");
        assert_eq!(characters("a: 'x\n\n   + wrong'\n", "wrong"), "wrong");
        assert_eq!(characters("a: \"x \\\n   + wrong\"\n", "wrong"), "wrong");
        assert_eq!(characters("a: \"x\r\n   + wrong\"\r\n", "wrong"), "wrong");
        assert_eq!(characters("a: x\n  y\n", "x y"), "x\n  y");
    }

    #[test]
    fn block_scalars() {
        assert_eq!(characters("a: |\n  x\n  + wrong\n", "wrong"), "wrong");
        assert_eq!(characters("a: >\n  x\n  + wrong\n", "wrong"), "wrong");
        assert_eq!(
            characters("a: >-\n  x\n\n  y\n    z\n  + wrong\n", "wrong"),
            "wrong"
        );
    }
}
