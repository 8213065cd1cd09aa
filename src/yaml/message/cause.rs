//! Syntax errors that the parser notices only later: what the author really wrote wrong, and where.

use std::ops::Range;

use granit_parser::ErrorKind::{self, self as E};

use super::{line_end, line_start};

/// What is wrong, the characters, and what to write instead.
pub(super) struct Cause {
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: String,
}

impl Cause {
    fn new(range: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Cause {
            range,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// The cause of an error that the parser reports at `offset`, when it lies elsewhere or can be
/// told more exactly.
pub(super) fn find(text: &str, offset: usize, kind: &ErrorKind) -> Option<Cause> {
    if let E::MismatchedFlowCollectionEnd { open, close } = kind {
        return Some(mismatched(offset, *open, *close));
    }
    let search = SEARCHES.iter().find(|(fits, _)| fits(kind));
    search.and_then(|(_, find)| find(text, offset))
}

/// Which kinds of errors have their cause found how.
type Search = (fn(&ErrorKind) -> bool, fn(&str, usize) -> Option<Cause>);

static SEARCHES: &[Search] = &[
    (
        |kind| {
            matches!(
                kind,
                E::InvalidQuotedScalarIndent
                    | E::UnclosedQuotedScalar
                    | E::InvalidIndentation
                    | E::UnexpectedEofFlowSequence
                    | E::UnexpectedEofFlowMapping
                    | E::UnexpectedEofImplicitFlowMapping
                    | E::UnclosedFlowCollection { .. }
            )
        },
        unclosed,
    ),
    (
        |kind| {
            matches!(
                kind,
                E::TabNotAllowed
                    | E::TabInBlockIndentation
                    | E::TabInIndentation
                    | E::TabAtBlockScalarStart
            )
        },
        tabs,
    ),
    (
        |kind| matches!(kind, E::MappingValueNotAllowed),
        continued_line,
    ),
    (|kind| matches!(kind, E::ExpectedBlockMappingKey), list_item),
    (
        |kind| matches!(kind, E::CommentInterceptedScalar),
        lonely_key,
    ),
    (|kind| matches!(kind, E::UnknownQuotedScalarEscape), escape),
];

/// A quote or bracket that was opened and not closed.
fn unclosed(text: &str, offset: usize) -> Option<Cause> {
    let mut closings = 0;
    let mut end = line_end(text, offset.min(text.len()));
    // Nobody leaves a bracket open for longer, and a broken file is read once per line.
    const FARTHEST: usize = 500;
    for _ in 0..FARTHEST {
        let start = line_start(text, end);
        if text[start..end].starts_with("---") {
            return None;
        }
        let line = Brackets::scan(&text[start..end]);
        if let Some(quote) = line.quote {
            return Some(unclosed_quote(text, start + quote));
        }
        if line.opened.len() > closings {
            let bracket = start + line.opened[line.opened.len() - 1 - closings];
            return Some(unclosed_bracket(text, bracket));
        }
        closings = closings - line.opened.len() + line.closed;
        end = start.checked_sub(1)?;
    }
    None
}

fn unclosed_quote(text: &str, quote: usize) -> Cause {
    let end = text[..line_end(text, quote)].trim_end().len();
    let mark = &text[quote..=quote];
    Cause::new(
        quote..end,
        "this quoted text is never closed",
        format!(
            "add the missing `{mark}`; text that goes on over several lines must be indented deeper than its key"
        ),
    )
}

fn unclosed_bracket(text: &str, bracket: usize) -> Cause {
    let (what, missing) = if &text[bracket..=bracket] == "{" {
        ("mapping `{…}`", '}')
    } else {
        ("list `[…]`", ']')
    };
    Cause::new(
        bracket..bracket + 1,
        format!("the {what} that begins here is never closed"),
        format!("add the missing `{missing}`"),
    )
}

fn mismatched(offset: usize, open: char, close: char) -> Cause {
    let missing = if open == '{' { '}' } else { ']' };
    Cause::new(
        offset..offset + 1,
        format!("this `{open}` is not closed before the next `{close}`"),
        format!("add the missing `{missing}`"),
    )
}

/// A key with a value on a line that goes on with the text of the line above it.
fn continued_line(text: &str, offset: usize) -> Option<Cause> {
    let start = line_start(text, offset);
    let key = text[start..offset].trim_start();
    let is_first_colon =
        !key.contains(": ") && !key.is_empty() && !key.starts_with(['-', '{', '[']);
    let above_end = text[..start].trim_end().len();
    let above_start = line_start(text, above_end);
    let above = text[above_start..above_end].trim_start();
    if !is_first_colon || above.is_empty() || above.starts_with('#') {
        return None;
    }
    if above.contains(':') {
        let word = offset - key.len()..offset;
        return Some(Cause::new(
            word,
            "this line is indented deeper than the line above it, so it goes on with its text",
            "indent it as its neighbours",
        ));
    }
    Some(key_without_colon(above_end - above.len()..above_end))
}

/// Words and a comment on a line of their own, among keys.
fn lonely_key(text: &str, offset: usize) -> Option<Cause> {
    let start = line_start(text, offset);
    let line = &text[start..line_end(text, offset)];
    let words = line.split(" #").next()?.trim_end();
    let indent = words.len() - words.trim_start().len();
    let is_key = !words.trim().is_empty() && !words.contains(':') && !words.trim().starts_with('-');
    is_key.then(|| key_without_colon(start + indent..start + words.len()))
}

fn key_without_colon(range: Range<usize>) -> Cause {
    Cause::new(
        range,
        "a key without a `:` after it",
        "write `key: value`; text that goes on over several lines must be indented deeper than its key",
    )
}

fn list_item(text: &str, offset: usize) -> Option<Cause> {
    let start = line_start(text, offset);
    let line = &text[start..line_end(text, offset)];
    let dash = start + line.len() - line.trim_start().len();
    text[dash..].starts_with("- ").then(|| {
        Cause::new(
            dash..dash + 1,
            "a list item stands among the keys of a mapping",
            "put it below a key of its own, or remove the `-`",
        )
    })
}

fn tabs(text: &str, offset: usize) -> Option<Cause> {
    let start = line_start(text, offset);
    let line = &text[start..line_end(text, offset)];
    let blank = &line[..line.len() - line.trim_start().len()];
    let first = blank.find('\t')?;
    let length = blank[first..]
        .bytes()
        .take_while(|byte| *byte == b'\t')
        .count();
    Some(Cause::new(
        start + first..start + first + length,
        "YAML does not allow tabs for indentation",
        "indent with spaces, two for each level",
    ))
}

/// The first unknown escape of the quoted text that begins at `offset`.
fn escape(text: &str, offset: usize) -> Option<Cause> {
    const KNOWN: &str = "0abt\tnvfre \"/\\N_LPxuU\n\r";
    let mut characters = text[offset..].char_indices();
    while let Some((position, character)) = characters.next() {
        if character != '\\' {
            continue;
        }
        let (_, escaped) = characters.next()?;
        if !KNOWN.contains(escaped) {
            let start = offset + position;
            return Some(Cause::new(
                start..start + 1 + escaped.len_utf8(),
                format!("the escape `\\{escaped}` is not known in double quotes"),
                "write `\\\\` for a backslash, or use single quotes",
            ));
        }
    }
    None
}

/// What one line leaves open.
#[derive(Default)]
struct Brackets {
    /// Opening brackets without their closing one, by offset.
    opened: Vec<usize>,
    /// Closing brackets without their opening one.
    closed: usize,
    /// A quote that is still open at the end of the line.
    quote: Option<usize>,
}

impl Brackets {
    fn scan(line: &str) -> Self {
        let mut found = Brackets::default();
        let mut quote: Option<(char, usize)> = None;
        let mut previous = ' ';
        for (offset, character) in line.char_indices() {
            let begins_value = previous.is_whitespace() || "[{,:".contains(previous);
            match (quote, character) {
                (Some((open, _)), _) if open == character && previous != '\\' => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"') if begins_value => quote = Some((character, offset)),
                (None, '[' | '{') if begins_value => found.opened.push(offset),
                (None, ']' | '}') => found.close(),
                (None, '#') if previous.is_whitespace() => break,
                (None, _) => {}
            }
            previous = character;
        }
        found.quote = quote.map(|(_, offset)| offset);
        found
    }

    fn close(&mut self) {
        if self.opened.pop().is_none() {
            self.closed += 1;
        }
    }
}
