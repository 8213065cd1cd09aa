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
    if let Some(cause) = conflict(text).or_else(|| invisible(text, offset)) {
        return Some(cause);
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
                    | E::TabInPlainScalar
            )
        },
        tabs,
    ),
    (
        |kind| matches!(kind, E::MappingValueNotAllowed),
        |text, offset| tabs_of_line(text, offset).or_else(|| continued_line(text, offset)),
    ),
    (|kind| matches!(kind, E::SimpleKeyExpected), lonely_key),
    (
        |kind| matches!(kind, E::ExpectedBlockSequenceEntry),
        no_list_item,
    ),
    (|kind| matches!(kind, E::ExpectedBlockMappingKey), list_item),
    (
        |kind| matches!(kind, E::CommentInterceptedScalar),
        lonely_key,
    ),
    (|kind| matches!(kind, E::UnknownQuotedScalarEscape), escape),
];

/// What git leaves behind when it could not merge.
fn conflict(text: &str) -> Option<Cause> {
    const BEGIN: &str = "<<<<<<< ";
    let start = match text.starts_with(BEGIN) {
        true => 0,
        false => text.find("\n<<<<<<< ")? + 1,
    };
    text[start..].contains("\n>>>>>>> ").then(|| {
        Cause::new(
            start..text[..line_end(text, start)].trim_end().len(),
            "a merge conflict is not resolved",
            "keep what is right of the two sides, and remove the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`",
        )
    })
}

/// A character that nobody sees: in the text, or in place of the blanks that indent a line.
fn invisible(text: &str, offset: usize) -> Option<Cause> {
    let found = text[offset..].chars().next();
    if let Some(control) = found.filter(|found| found.is_control() && !found.is_whitespace()) {
        return Some(Cause::new(
            offset..offset + control.len_utf8(),
            format!(
                "the control character U+{:04X} may not stand in YAML",
                u32::from(control)
            ),
            "remove it, and save the file as UTF-8 text",
        ));
    }
    let this = line_start(text, offset);
    let above = line_start(text, this.saturating_sub(1));
    [this, above].into_iter().find_map(|start| {
        let line = &text[start..line_end(text, start)];
        let indentation = &line[..line.len() - line.trim_start().len()];
        let from = indentation.find(|blank: char| !blank.is_ascii())?;
        let strange = indentation[from..].chars().next()?;
        let length = indentation[from..]
            .find(|other| other != strange)
            .unwrap_or(indentation.len() - from);
        Some(Cause::new(
            start + from..start + from + length,
            format!(
                "the blank U+{:04X} does not indent a line",
                u32::from(strange)
            ),
            "write plain spaces; such blanks come from web pages and word processors",
        ))
    })
}

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

/// Words on a line of their own, among keys.
fn lonely_key(text: &str, offset: usize) -> Option<Cause> {
    let start = line_start(text, offset);
    let line = &text[start..line_end(text, offset)];
    let words = line.split(" #").next()?.trim_end();
    let indent = words.len() - words.trim_start().len();
    let key = words.trim_start();
    if key.is_empty() || key.starts_with(['-', '"', '\'', '{', '[']) {
        return None;
    }
    match key.find(':') {
        None => Some(key_without_colon(start + indent..start + words.len())),
        Some(colon) if !key.contains(": ") && colon + 1 < key.len() => Some(Cause::new(
            start + indent..start + indent + colon + 1,
            format!("a space is missing after `{}`", &key[..=colon]),
            format!("write `{} {}`", &key[..=colon], &key[colon + 1..]),
        )),
        Some(_) => None,
    }
}

/// A line of another kind at the indentation of list items.
fn no_list_item(text: &str, offset: usize) -> Option<Cause> {
    let length = text[offset..].find(super::is_separator)?;
    (length > 0).then(|| {
        Cause::new(
            offset..offset + length,
            "the lines above are items of a list, and this is none",
            "begin it with `- ` too, or write the items above as keys, without `- `",
        )
    })
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

/// The tabs that indent the line, or the one after it: the parser stops at the end of a text that
/// would go on there.
fn tabs(text: &str, offset: usize) -> Option<Cause> {
    let below = (line_end(text, offset) + 1).min(text.len());
    tabs_of_line(text, offset).or_else(|| tabs_of_line(text, below))
}

fn tabs_of_line(text: &str, offset: usize) -> Option<Cause> {
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
