//! Syntax errors in the author's own words.

mod cause;

use granit_parser::ErrorKind::{self, self as E};
use granit_parser::ScanError;

use super::invalid;
use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Span};

pub(super) fn syntax_error(source: SourceId, text: &str, error: &ScanError) -> Diagnostic {
    let offset = error.marker().byte_offset().unwrap_or(text.len());
    let span = visible_span(source, text, offset);
    let (message, help) = wording(error.kind());
    let line = line_up_to(text, span.start as usize);
    if let Some(template) = unquoted_template(line) {
        let dollar = (span.start as usize).saturating_sub(line.len()) + template;
        let end = line_end(text, dollar);
        let until = text[dollar..end]
            .find('}')
            .map_or(end, |brace| dollar + brace + 1);
        let before = text[..dollar].trim_end_matches(|other| !is_separator(other));
        let start = before.len();
        return invalid(
            Span::new(source, start..until),
            "an unquoted `${ }` inside `{…}` or `[…]` is read as the start of another mapping",
        )
        .help(format!("put it in quotes: `\"{}\"`", &text[start..until]));
    }
    let offset = text.floor_char_boundary(offset.min(text.len()));
    if let Some(cause) = cause::find(text, offset, error.kind()) {
        return invalid(Span::new(source, cause.range), cause.message).help(cause.help);
    }
    invalid(word(text, span, error.kind()), message).help(help)
}

fn is_separator(character: char) -> bool {
    character.is_whitespace() || matches!(character, '[' | '{' | ',' | ':')
}

/// A line at the wrong indentation is shown by its first word.
fn word(text: &str, span: Span, kind: &ErrorKind) -> Span {
    let is_about_a_line = matches!(
        kind,
        ErrorKind::InvalidIndentation | ErrorKind::ExpectedBlockMappingKey
    );
    let start = span.start as usize;
    let length = text[start..].find(is_separator).unwrap_or(0);
    if is_about_a_line && length > 0 {
        Span::new(span.source, start..start + length)
    } else {
        span
    }
}

/// The character at the offset, or the last visible one before it when the line ends there.
fn visible_span(source: SourceId, text: &str, offset: usize) -> Span {
    let start = text.floor_char_boundary(offset.min(text.len()));
    match text[start..].chars().next() {
        Some(character) if !character.is_whitespace() => {
            Span::new(source, start..start + character.len_utf8())
        }
        _ => {
            let visible = text[..start].trim_end();
            let end = visible.len();
            let width = visible.chars().next_back().map_or(0, char::len_utf8);
            Span::new(source, end - width..end)
        }
    }
}

fn line_up_to(text: &str, offset: usize) -> &str {
    let end = line_end(text, offset);
    &text[line_start(text, offset)..offset.min(end)]
}

fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(0, |newline| newline + 1)
}

fn line_end(text: &str, offset: usize) -> usize {
    text[offset..]
        .find('\n')
        .map_or(text.len(), |newline| offset + newline)
}

/// The offset in the line of a `${` that stands outside quotes and inside a flow collection.
fn unquoted_template(line: &str) -> Option<usize> {
    let mut quote = None;
    let mut depth = 0_usize;
    let mut previous = ' ';
    for (offset, character) in line.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '\'' | '"') if !previous.is_alphanumeric() => quote = Some(character),
            (None, '{') if previous == '$' && depth > 0 => return Some(offset - 1),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        previous = character;
    }
    (previous == '$' && depth > 0).then(|| line.len() - 1)
}

/// Kinds of errors, what is wrong, and what to write instead.
struct Wording {
    fits: fn(&ErrorKind) -> bool,
    message: &'static str,
    help: &'static str,
}

/// What is said of errors that are not listed.
const OTHERWISE: (&str, &str) = (
    "the YAML cannot be read from here on",
    "check the quotes, brackets and indentation of this line and the one above it",
);

fn wording(kind: &ErrorKind) -> (&'static str, &'static str) {
    let found = WORDINGS.iter().find(|wording| (wording.fits)(kind));
    found.map_or(OTHERWISE, |wording| (wording.message, wording.help))
}

static WORDINGS: &[Wording] = &[
    Wording {
        fits: |kind| matches!(kind, E::UnexpectedEofFlowSequence),
        message: "the list `[…]` is never closed",
        help: "add the missing `]`",
    },
    Wording {
        fits: |kind| {
            matches!(
                kind,
                E::UnexpectedEofFlowMapping | E::UnexpectedEofImplicitFlowMapping
            )
        },
        message: "the mapping `{…}` is never closed",
        help: "add the missing `}`",
    },
    Wording {
        fits: |kind| matches!(kind, E::UnclosedQuotedScalar),
        message: "the quoted text is never closed",
        help: "add the missing quote",
    },
    Wording {
        fits: |kind| matches!(kind, E::ExpectedFlowMappingSeparator),
        message: "a `,` or the closing `}` is missing here",
        help: "separate the entries of `{…}` with commas and quote text that contains `,`, `:`, `{` or `}`",
    },
    Wording {
        fits: |kind| matches!(kind, E::ExpectedFlowSequenceSeparator),
        message: "a `,` or the closing `]` is missing here",
        help: "separate the items of `[…]` with commas and quote text that contains `,`, `[` or `]`",
    },
    Wording {
        fits: |kind| {
            matches!(
                kind,
                E::TabNotAllowed
                    | E::TabInBlockIndentation
                    | E::TabInIndentation
                    | E::TabAtBlockScalarStart
                    | E::TabInPlainScalar
            )
        },
        message: "YAML does not allow tabs for indentation",
        help: "use spaces",
    },
    Wording {
        fits: |kind| {
            matches!(
                kind,
                E::InvalidIndentation
                    | E::InvalidFlowScalarIndent
                    | E::InvalidQuotedScalarIndent
                    | E::InvalidBlockScalarIndent
                    | E::ExpectedBlockMappingKey
            )
        },
        message: "this line does not fit the indentation of the lines above it",
        help: "indent it as its neighbours, or deeper than the key that it belongs to",
    },
    Wording {
        fits: |kind| {
            matches!(
                kind,
                E::MappingValueNotAllowed
                    | E::InvalidColonPlacement
                    | E::InvalidMappingValueWhitespace
            )
        },
        message: "a second `:` on this line makes it ambiguous",
        help: "quote the whole value, or put the nested keys on lines of their own",
    },
    Wording {
        fits: |kind| matches!(kind, E::SimpleKeyExpected | E::InvalidSimpleKey),
        message: "a key without a `:` after it",
        help: "write `key: value`; text that goes on over several lines must be indented deeper than its key",
    },
    Wording {
        fits: |kind| {
            matches!(
                kind,
                E::ExpectedBlockSequenceEntry
                    | E::BlockSequenceEntryNotAllowed
                    | E::BlockEntryInFlowCollection
            )
        },
        message: "a list item does not fit here",
        help: "start every item of a list with `- ` at the same indentation",
    },
    Wording {
        fits: |kind| matches!(kind, E::MisplacedFlowCollectionEnd),
        message: "a closing bracket without an opening one",
        help: "remove it, or open it",
    },
    Wording {
        fits: |kind| {
            matches!(
                kind,
                E::UnknownQuotedScalarEscape
                    | E::InvalidQuotedScalarHexEscape
                    | E::InvalidUnicodeEscape
            )
        },
        message: "this escape sequence is not known in double quotes",
        help: "write `\\\\` for a backslash, or use single quotes",
    },
    Wording {
        fits: |kind| matches!(kind, E::CommentInterceptedScalar | E::CommentNotSeparated),
        message: "a comment may not stand here",
        help: "put a space before `#`, or quote the text that contains it",
    },
    Wording {
        fits: |kind| {
            matches!(
                kind,
                E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar
            )
        },
        message: "there is more text after the closing quote",
        help: "quote the whole value; a quote inside `'…'` is written twice: `''`",
    },
    Wording {
        fits: |kind| matches!(kind, E::RecursionLimitExceeded),
        message: "values nest deeper than the limit of 128 levels",
        help: "flatten the document",
    },
    Wording {
        fits: |kind| matches!(kind, E::TooManyComments),
        message: "more than the limit of 100000 comment lines stand in a row",
        help: "remove comments, or split the file",
    },
    Wording {
        fits: |kind| {
            matches!(
                kind,
                E::UnexpectedCharacter { .. }
                    | E::ExpectedNodeContent
                    | E::PlainScalarStartsWithDashFlowIndicator
            )
        },
        message: "a value cannot begin with this character",
        help: "put the value in quotes",
    },
    Wording {
        fits: |kind| {
            matches!(
                kind,
                E::DirectiveDisallowed
                    | E::DuplicateVersionDirective
                    | E::UnsupportedYamlMajorVersion
                    | E::MissingDocumentEndBeforeDirective
                    | E::InvalidDirectiveTerminator
            )
        },
        message: "this `%` directive cannot be used",
        help: "remove the line; YAML 1.2 is assumed",
    },
    Wording {
        fits: |kind| matches!(kind, E::BomInsideDocument),
        message: "a byte-order mark stands in the middle of the file",
        help: "remove this invisible character",
    },
    Wording {
        fits: |kind| matches!(kind, E::ExpectedDocumentStart | E::InvalidDocumentEnd),
        message: "this does not belong to the document above it",
        help: "begin a new document with a line `---`, or indent the line into the document above",
    },
];

#[cfg(test)]
mod tests {
    use crate::source::Sources;

    /// Text, the characters that must be marked, and how the message begins.
    const FAULTS: &[(&str, &str, &str)] = &[
        ("a:\n\tb: c\n", "\t", "YAML does not allow tabs"),
        ("a:\n  b:\n  \tc: d\n", "\t", "YAML does not allow tabs"),
        ("a: b\n  \tc: d\n", "\t", "YAML does not allow tabs"),
        ("a: b\n\tc: d\n", "\t", "YAML does not allow tabs"),
        ("a: \"b\nc: d\n", "\"b", "this quoted text is never closed"),
        ("a: 'b\nc: d\n", "'b", "this quoted text is never closed"),
        ("a: \"b", "\"b", "this quoted text is never closed"),
        (
            "a: {b: [\"c], d: e}\nf: g\n",
            "\"c], d: e}",
            "this quoted text is never closed",
        ),
        ("a: {b: ${ c }, d: e}\n", "${ c }", "an unquoted `${ }`"),
        ("a: {b: ${c}}\n", "${c}", "an unquoted `${ }`"),
        ("a: [${ c }]\n", "${ c }", "an unquoted `${ }`"),
        ("a: {b: c-${ d }}\n", "c-${ d }", "an unquoted `${ }`"),
        (
            "a: {b: [c], d: e\nf: g\n",
            "{",
            "the mapping `{…}` that begins here",
        ),
        (
            "a: [b,\n  c\nd: e\n",
            "[",
            "the list `[…]` that begins here",
        ),
        (
            "a: {b: [c, d: e}\n",
            "[",
            "this `[` is not closed before the next `}`",
        ),
        ("a: b: c\n", ":", "a second `:` on this line"),
        ("a: b\n  c: d\n", "c", "this line is indented deeper"),
        ("a b\nc: d\n", "a b", "a key without a `:`"),
        ("x:\n  a: b\n  c d\n  e: f\n", "c d", "a key without a `:`"),
        (
            "x:\n  a: b\n  c:d\n  e: f\n",
            "c:",
            "a space is missing after `c:`",
        ),
        ("a:\n  - b\n  c: d\n", "c", "the lines above are items"),
        (
            "x:\n  a: b\n\u{a0}\u{a0}c: d\n  e: f\n",
            "\u{a0}\u{a0}",
            "the blank U+00A0",
        ),
        ("a: b \0 c\n", "\0", "the control character U+0000"),
        (
            "a: b\n<<<<<<< HEAD\nc: d\n=======\nc: e\n>>>>>>> other\n",
            "<<<<<<< HEAD",
            "a merge conflict is not resolved",
        ),
        ("a: *b c\n", "*b", "the alias `*b` has no anchor"),
        ("a: !b.c == 'd'\n", "!b.c", "the tag `!b.c` has no meaning"),
        ("a b # c\nd: e\n", "a b", "a key without a `:`"),
        ("a:\n  b: c\n d: e\n", "d", "this line does not fit"),
        (
            "a:\n  b: c\n  - d\n",
            "-",
            "a list item stands among the keys",
        ),
        ("a: @b\n", "@", "a value cannot begin with this character"),
        ("a: \"b\\qc\"\n", "\\q", "the escape `\\q` is not known"),
        ("a: !b c\n", "!b", "the tag `!b` has no meaning"),
        ("a: *b\n", "*b", "the alias `*b` has no anchor"),
        ("a: b\nc: d\na: e\n", "a", "the key `a` is written twice"),
    ];

    #[test]
    fn one_clear_finding_at_the_right_characters() {
        for (text, marked, message) in FAULTS {
            let mut sources = Sources::default();
            let source = sources.add("broken.yaml", *text);
            let found = crate::yaml::parse(source, text).diagnostics;
            let [only] = &found[..] else {
                panic!("{text:?}: {found:#?}");
            };
            assert_eq!(sources.text(only.span), *marked, "{text:?}");
            assert!(
                only.message.starts_with(message),
                "{text:?}: {}",
                only.message
            );
            assert!(only.help.is_some(), "{text:?}");
        }
    }
}
