//! What is refused before a Rego text is parsed: what would take for ever to parse, and builtins
//! whose answer depends on more than the input.

use regorus::Source;
use regorus::unstable::{Lexer, Token, TokenKind};

use crate::diagnostic::Diagnostic;
use crate::policy::rules::POLICY_INVALID;
use crate::source::{SourceId, Span};

/// The largest Rego file, in bytes.
const LONGEST: usize = 1024 * 1024;

/// The most lines of a Rego file, which is a limit of the evaluator.
const MOST_LINES: usize = 20_000;

/// How many tokens may be read, each as often as the parser reads it.
const READINGS: u64 = 1_000_000;

/// Brackets inside each other; the parser refuses more than 32 expressions.
const DEEPEST: usize = 64;

/// Operators of one bracket between two separators: each is a level of the tree.
const LONGEST_CHAIN: usize = 500;

/// Builtins that are refused, with the reason.
const REFUSED: &[(&str, &str)] = &[
    ("http.send", NETWORK),
    ("net.lookup_ip_addr", NETWORK),
    ("opa.runtime", MACHINE),
    ("rand.intn", CHANCE),
    ("time.now_ns", CLOCK),
    ("uuid.rfc4122", CHANCE),
    ("bits.lsh", "its result can be larger than the memory"),
];

const NETWORK: &str = "policies reach no network";
const MACHINE: &str = "the same files must give the same findings on every machine";
const CHANCE: &str = "the same files must give the same findings every time";
const CLOCK: &str = "the same files must give the same findings at any time";

/// A bracket that is open.
struct Bracket {
    text: char,
    /// The parser tries what stands in it twice: as a comprehension first, or as an assignment.
    twice: bool,
    operators: usize,
}

/// The text with as many spaces as a byte-order mark has bytes, so that places stay.
pub(super) fn readable(text: &str) -> String {
    text.replacen('\u{feff}', "   ", usize::from(text.starts_with('\u{feff}')))
}

/// The tokens of a text, as far as they can be read.
pub(super) fn tokens(path: &str, text: &str) -> Vec<Token> {
    let Ok(source) = Source::from_contents(path.to_owned(), readable(text)) else {
        return Vec::new();
    };
    let mut lexer = Lexer::new(&source);
    let mut tokens = Vec::new();
    while let Ok(token) = lexer.next_token() {
        if token.0 == TokenKind::Eof {
            break;
        }
        tokens.push(token);
    }
    tokens
}

/// Where a token stands.
pub(super) fn place(source: SourceId, token: &Token) -> Span {
    Span::new(source, token.1.start as usize..token.1.end as usize)
}

/// What is wrong with a text before it is parsed.
pub(super) fn judge(source: SourceId, path: &str, text: &str) -> Vec<Diagnostic> {
    if text.len() > LONGEST {
        let message = format!(
            "the file has {} bytes, more than the {LONGEST} of a Rego file",
            text.len()
        );
        let diagnostic = Diagnostic::new(&POLICY_INVALID, Span::new(source, 0..0), message);
        return vec![diagnostic.help("split it; what is data belongs into `data.json`")];
    }
    if text.lines().nth(MOST_LINES).is_some() {
        let message = format!("the file has more than the {MOST_LINES} lines of a Rego file");
        let diagnostic = Diagnostic::new(&POLICY_INVALID, Span::new(source, 0..0), message);
        return vec![diagnostic.help("split it; what is data belongs into `data.json`")];
    }
    let tokens = tokens(path, text);
    let mut diagnostics = refused(source, &tokens);
    diagnostics.extend(too_nested(source, &tokens));
    diagnostics
}

fn refused(source: SourceId, tokens: &[Token]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (position, name) in tokens.iter().enumerate() {
        let is_field = position > 0 && tokens[position - 1].1.text() == ".";
        let [point, member] = tokens.get(position + 1..position + 3).unwrap_or_default() else {
            continue;
        };
        if name.0 != TokenKind::Ident || point.1.text() != "." || is_field {
            continue;
        }
        let called = format!("{}.{}", name.1.text(), member.1.text());
        if let Some((builtin, why)) = REFUSED.iter().find(|(builtin, _)| *builtin == called) {
            let span = place(source, name).to(place(source, member));
            let message = format!("`{builtin}` is not available: {why}");
            let help = match *why {
                CLOCK => "use `input.project.today`, the day on which the project is judged",
                _ => "put what it would tell into a `data.json` beside the policy",
            };
            found.push(Diagnostic::new(&POLICY_INVALID, span, message).help(help));
        }
    }
    found
}

/// The first place from which on the text takes too long to read.
fn too_nested(source: SourceId, tokens: &[Token]) -> Option<Diagnostic> {
    let mut open: Vec<Bracket> = Vec::new();
    let mut readings: u64 = 0;
    let mut outside = 0;
    for token in tokens {
        let levels = open.iter().filter(|bracket| bracket.twice).count();
        readings = readings.saturating_add(1 << levels.min(40));
        let is_text = matches!(token.0, TokenKind::String | TokenKind::RawString);
        let text = if is_text { "" } else { token.1.text() };
        match text {
            "[" | "{" | "(" => open.push(Bracket {
                text: text.chars().next().unwrap_or('('),
                twice: true,
                operators: 0,
            }),
            "]" | "}" | ")" => {
                open.pop();
                if open.is_empty() {
                    outside = 0;
                }
            }
            "|" => {
                if let Some(bracket) = open.last_mut() {
                    // A query follows: its separators do not end what is tried twice.
                    bracket.text = '|';
                    bracket.operators = bracket.operators.saturating_add(1);
                }
            }
            "," | ";" | ":=" | "if" | "contains" | "some" | "every" | "else" | "not" => {
                if let Some(bracket) = open.last_mut() {
                    bracket.operators = 0;
                    if matches!(bracket.text, '[' | '(') && text == "," {
                        bracket.twice = false;
                    }
                } else {
                    outside = 0;
                }
            }
            "+" | "-" | "*" | "/" | "%" | "&" | "==" | "!=" | "<" | ">" | "<=" | ">=" | "in"
            | "=" | "." => match open.last_mut() {
                Some(bracket) => bracket.operators += 1,
                None => outside += 1,
            },
            _ => {}
        }
        let chain = open.last().map_or(outside, |bracket| bracket.operators);
        let message = if readings > READINGS || open.len() > DEEPEST {
            "lists, objects and calls are nested too deeply here to be read in bounded time"
        } else if chain > LONGEST_CHAIN {
            "one expression or body has too many operators here to be read in bounded memory"
        } else {
            continue;
        };
        let diagnostic = Diagnostic::new(&POLICY_INVALID, place(source, token), message);
        return Some(diagnostic.help("split it into rules; what is data belongs into `data.json`"));
    }
    None
}
