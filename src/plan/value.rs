//! Expressions, texts and data, ready to be evaluated.

use std::str::FromStr;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use super::ByName;

/// An expression as text. White space outside string literals is reduced to single blanks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Expression {
    text: String,
}

impl Expression {
    /// An expression from what the author wrote.
    pub fn new(written: &str) -> Self {
        Expression {
            text: single_spaced(written).unwrap_or_else(|| written.trim().to_owned()),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What the expression reads: `input`, `case`, `steps.<id>`, `controls.<name>`,
    /// `lists.<name>`, each once, in the order of first mention.
    pub fn roots(&self) -> Vec<String> {
        let mut roots: Vec<String> = Vec::new();
        for path in paths(&self.text) {
            let (head, rest) = path.split_once('.').unwrap_or((path, ""));
            let member = rest.split('.').next().unwrap_or_default();
            let root = match head {
                "input" | "case" => head.to_owned(),
                "steps" | "controls" | "lists" if !member.is_empty() => format!("{head}.{member}"),
                _ => continue,
            };
            if !roots.contains(&root) {
                roots.push(root);
            }
        }
        roots
    }
}

/// The text with single blanks outside string literals. `None` where that could change its
/// meaning: comments, raw and triple-quoted literals, literals that do not end.
fn single_spaced(written: &str) -> Option<String> {
    let mut result = String::with_capacity(written.len());
    let mut rest = written.trim();
    while let Some(next) = rest.chars().next() {
        let taken = match next {
            '\'' | '"' => {
                let raw = result.ends_with(['r', 'R', 'b', 'B']);
                let triple = rest.chars().take(3).filter(|each| *each == next).count() == 3;
                if raw || triple {
                    return None;
                }
                let length = literal_length(rest, next)?;
                result.push_str(&rest[..length]);
                length
            }
            '/' if rest.starts_with("//") => return None,
            blank if blank.is_whitespace() => {
                result.push(' ');
                rest.len() - rest.trim_start().len()
            }
            other => {
                result.push(other);
                other.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    Some(result)
}

/// The bytes of the string literal at the start of `text`, quotes included.
fn literal_length(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices()
        .skip(1)
        .find(|(_, each)| {
            let ends = *each == quote && !escaped;
            escaped = *each == '\\' && !escaped;
            ends
        })
        .map(|(index, _)| index + 1)
}

/// The dotted names of an expression that begin a path, string literals left out.
fn paths(text: &str) -> Vec<&str> {
    let is_path = |each: char| each.is_ascii_alphanumeric() || each == '_' || each == '.';
    let mut found = Vec::new();
    let mut rest = text;
    let mut goes_on = false;
    while let Some(next) = rest.chars().next() {
        let length = if next == '\'' || next == '"' {
            goes_on = true;
            literal_length(rest, next).unwrap_or(rest.len())
        } else if is_path(next) {
            let length = rest.find(|each| !is_path(each)).unwrap_or(rest.len());
            if !goes_on || next != '.' {
                found.push(&rest[..length]);
            }
            goes_on = true;
            length
        } else {
            goes_on = matches!(next, ')' | ']') || (goes_on && next.is_whitespace());
            next.len_utf8()
        };
        rest = &rest[length..];
    }
    found
}

/// Text that may have to be computed: plain text as a string, a text that is one `${ }` as
/// `{"expression": …}`, a mixture as `{"template": […]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Text {
    /// As it stands.
    Plain(String),
    /// The value of an expression, of whatever type.
    Computed {
        /// The expression.
        expression: Expression,
    },
    /// Pieces that are joined to a text.
    Mixed {
        /// The pieces, in order.
        template: Vec<Piece>,
    },
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// The value of an expression, as text.
    Expression(Expression),
}

impl Text {
    /// Takes a written text apart at its `${ }`.
    pub fn new(written: &str) -> Self {
        let mut pieces = pieces(written);
        match &mut pieces[..] {
            [] => Text::Plain(String::new()),
            [Piece::Text(text)] => Text::Plain(std::mem::take(text)),
            [Piece::Expression(expression)] => Text::Computed {
                expression: expression.clone(),
            },
            _ => Text::Mixed { template: pieces },
        }
    }

    /// The expressions inside, in order.
    pub fn expressions(&self) -> Vec<&Expression> {
        match self {
            Text::Plain(_) => Vec::new(),
            Text::Computed { expression } => vec![expression],
            Text::Mixed { template } => template
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Text(_) => None,
                    Piece::Expression(expression) => Some(expression),
                })
                .collect(),
        }
    }
}

fn pieces(written: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = written;
    while let Some((before, inside)) = rest.split_once("${") {
        let Some(length) = expression_length(inside) else {
            break;
        };
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Expression(Expression::new(&inside[..length])));
        rest = &inside[length + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    pieces
}

/// The bytes up to the `}` that ends an expression; braces and literals inside it are skipped.
fn expression_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut index = 0;
    while let Some(next) = text[index..].chars().next() {
        match next {
            '\'' | '"' => {
                index += literal_length(&text[index..], next)?;
                continue;
            }
            '{' => depth += 1,
            '}' if depth == 0 => return Some(index),
            '}' => depth -= 1,
            _ => {}
        }
        index += next.len_utf8();
    }
    None
}

/// An exact number: its digits as text, without superfluous zeros.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Number {
    /// Written without a point.
    Integer(String),
    /// Written with a point or an exponent.
    Decimal(String),
}

impl Number {
    /// A number from what the author wrote.
    pub fn new(written: &str) -> Self {
        let unsigned = written.strip_prefix('+').unwrap_or(written);
        let other_base = |prefix: &str, base: u32| {
            written
                .strip_prefix(prefix)
                .and_then(|digits| u128::from_str_radix(digits, base).ok())
        };
        if let Some(value) = other_base("0x", 16).or_else(|| other_base("0o", 8)) {
            return Number::Integer(value.to_string());
        }
        let value = Decimal::from_str(unsigned).or_else(|_| Decimal::from_scientific(unsigned));
        let text = value.map_or_else(
            |_| unsigned.to_owned(),
            |value| value.normalize().to_string(),
        );
        if unsigned.contains(['.', 'e', 'E']) {
            Number::Decimal(text)
        } else {
            Number::Integer(text)
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        match self {
            Number::Integer(text) | Number::Decimal(text) => text,
        }
    }
}

/// A single value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Literal {
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as `{"integer": "5"}` or `{"decimal": "0.02"}`.
    Number(Number),
    /// Text; dates and lengths of time among them.
    Text(String),
}

impl Literal {
    /// The value as people write it.
    pub fn text(&self) -> &str {
        match self {
            Literal::Boolean(true) => "true",
            Literal::Boolean(false) => "false",
            Literal::Number(number) => number.as_str(),
            Literal::Text(text) => text,
        }
    }
}

/// Data that is computed and sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Data {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as `{"integer": "5"}` or `{"decimal": "0.02"}`.
    Number(Number),
    /// Text, plain or computed.
    Text(Text),
    /// A list.
    List(Vec<Data>),
    /// An object, as `{"object": {…}}`.
    Object {
        /// The values by key.
        object: ByName<Data>,
    },
}

impl Data {
    /// The expressions inside, in order.
    pub fn expressions(&self) -> Vec<&Expression> {
        match self {
            Data::Null | Data::Boolean(_) | Data::Number(_) => Vec::new(),
            Data::Text(text) => text.expressions(),
            Data::List(items) => items.iter().flat_map(Data::expressions).collect(),
            Data::Object { object } => object.values().flat_map(Data::expressions).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Expression, Number, Piece, Text};

    #[test]
    fn white_space_between_words_means_nothing() {
        let one = Expression::new("input.a  ==\n  'x  y'\t&& true ");
        assert_eq!(one.as_str(), "input.a == 'x  y' && true");
    }

    #[test]
    fn literals_and_comments_are_kept_as_written() {
        for text in [
            "a == 'it\\'s  so'  ",
            "r'\\'  == b",
            "'''x  '''  == b",
            "a // why\n && b",
            "a == 'open  ",
        ] {
            assert_eq!(Expression::new(text).as_str(), text.trim(), "{text}");
        }
    }

    #[test]
    fn names_what_an_expression_reads() {
        let expression = Expression::new(
            "has(input.x) && steps.po.lines.size() > controls.limit && x.steps.y in lists.known && 'case.z' != case.id && steps . a",
        );
        assert_eq!(
            expression.roots(),
            ["input", "steps.po", "controls.limit", "lists.known", "case"]
        );
    }

    #[test]
    fn takes_texts_apart() {
        let expression = |text| Expression::new(text);
        assert_eq!(Text::new("plain"), Text::Plain("plain".to_owned()));
        assert_eq!(
            Text::new("${ {'a': '}'}.a }"),
            Text::Computed {
                expression: expression("{'a': '}'}.a")
            }
        );
        assert_eq!(
            Text::new("to ${ a }, ${b}"),
            Text::Mixed {
                template: vec![
                    Piece::Text("to ".to_owned()),
                    Piece::Expression(expression("a")),
                    Piece::Text(", ".to_owned()),
                    Piece::Expression(expression("b")),
                ]
            }
        );
        assert_eq!(Text::new("${ open"), Text::Plain("${ open".to_owned()));
    }

    #[test]
    fn numbers_have_one_spelling() {
        let integer = |text: &str| Number::Integer(text.to_owned());
        let decimal = |text: &str| Number::Decimal(text.to_owned());
        assert_eq!(Number::new("0x1F"), integer("31"));
        assert_eq!(Number::new("+5"), integer("5"));
        assert_eq!(Number::new("25000.00"), decimal("25000"));
        assert_eq!(Number::new("0.80"), decimal("0.8"));
        assert_eq!(Number::new("1e3"), decimal("1000"));
        assert_eq!(Number::new(".inf"), decimal(".inf"));
    }
}
