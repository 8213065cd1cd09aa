//! What the evaluator complains about, as findings at the place that it names.

use regorus::unstable::Token;

use super::guard;
use crate::diagnostic::Diagnostic;
use crate::policy::rules::POLICY_INVALID;
use crate::source::{SourceId, Sources, Span};

/// How the evaluator begins the place of an error.
const ARROW: &str = "--> ";

/// The finding for an error; `fallback` is marked when it names no place.
pub(super) fn finding(error: &str, sources: &Sources, fallback: Span) -> Diagnostic {
    if is_out_of_time(error) {
        let message = format!(
            "judging takes longer than {} seconds",
            super::program::SECONDS
        );
        return Diagnostic::new(&POLICY_INVALID, fallback, message)
            .help("look things up by name in an object, in the place of loops inside loops");
    }
    let span = place(error, sources).unwrap_or(fallback);
    let message = message(error);
    let diagnostic = Diagnostic::new(&POLICY_INVALID, span, message.as_str());
    if message.contains("could not find function") {
        return diagnostic.help(
            "correct its name; builtins of the network, the clock and of chance are not available",
        );
    }
    if message.contains("keyword") {
        return diagnostic
            .help("policies are read as Rego v1; `opa fmt --v0-v1 --write` rewrites older ones");
    }
    diagnostic
}

/// True when the error is that the time is used up.
pub(super) fn is_out_of_time(error: &str) -> bool {
    error.contains("execution exceeded time limit")
}

/// The words after the drawing of the place.
fn message(error: &str) -> String {
    let words = match error.split_once("^\n") {
        Some((_, after)) => after,
        None => error,
    };
    let words = words.trim().lines().next().unwrap_or_default();
    let words = words.trim_start_matches("error: ");
    let words = words.split(" (path [").next().unwrap_or(words);
    let words = words
        .trim_end_matches('.')
        .trim_end_matches("Missing package declaration");
    let words = words.trim_end_matches([' ', '.', ':']);
    format!("the policy cannot be evaluated: {words}")
}

/// The characters that an error names by path, line and column.
fn place(error: &str, sources: &Sources) -> Option<Span> {
    let (_, after) = error.split_once(ARROW)?;
    let named = after.lines().next()?;
    let mut parts = named.rsplitn(3, ':');
    let column: u32 = parts.next()?.parse().ok()?;
    let line: u32 = parts.next()?.parse().ok().filter(|line| *line > 0)?;
    let source = sources.find(parts.next()?)?;
    let file = sources.file(source);
    let tokens = guard::tokens(file.path(), file.text());
    let token = tokens
        .iter()
        .find(|token| (token.1.line, token.1.col) == (line, column));
    Some(match token {
        Some(token) => guard::place(source, token),
        None => {
            let same_line = |token: &&Token| token.1.line == line && token.1.col <= column;
            behind(
                source,
                file.text(),
                tokens.iter().rfind(same_line),
                (line, column),
            )
        }
    })
}

/// The character at a column, counted from the last token before it: columns count the bytes of
/// texts, and four for a tab.
fn behind(source: SourceId, text: &str, token: Option<&Token>, (line, column): (u32, u32)) -> Span {
    let begin_of_line = || {
        let lines = text.split_inclusive('\n').take(line as usize - 1);
        lines.map(str::len).sum()
    };
    let (start, mut at) = match token {
        Some(Token(_, span)) => (span.end as usize, span.col + (span.end - span.start)),
        None => (begin_of_line(), 1),
    };
    let rest = text.get(start..).unwrap_or_default();
    let rest = rest.lines().next().unwrap_or_default();
    let found = rest.char_indices().find(|(_, character)| {
        let is_here = at >= column;
        at += if *character == '\t' { 4 } else { 1 };
        is_here
    });
    let (offset, length) = found.map_or((rest.len(), 0), |(offset, character)| {
        (offset, character.len_utf8())
    });
    Span::new(source, start + offset..start + offset + length)
}
