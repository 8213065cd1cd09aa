//! The parts that operators join: literals, names, calls, lists, maps and parentheses.

use super::{Parsed, Parser, Part};
use crate::expr::ast::{Binary, ExpressionKind, Literal};
use crate::expr::lexer::{Token, TokenKind};
use crate::expr::literal::{decode_number, decode_text};
use crate::expr::{ErrorKind, ExpressionError, TextRange, mistakes};

/// The words that CEL keeps for itself; `in`, `true`, `false` and `null` have a meaning.
const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

impl Parser<'_> {
    pub(super) fn primary(&mut self, sign: Option<TextRange>) -> Parsed<Part> {
        let token = self.token;
        match token.kind {
            TokenKind::Integer | TokenKind::Decimal => {
                self.advance()?;
                let range = sign.map_or(token.range, |sign| sign.to(token.range));
                let literal = decode_number(self.written(token), sign.is_some(), range)?;
                self.build(ExpressionKind::Literal(literal), range, 0)
            }
            TokenKind::Text => {
                self.advance()?;
                let literal = Literal::Text(decode_text(self.text, token.range)?);
                self.build(ExpressionKind::Literal(literal), token.range, 0)
            }
            TokenKind::Name => self.named(),
            TokenKind::LeftParenthesis => self.parenthesised(),
            TokenKind::LeftBracket => self.list(),
            TokenKind::LeftBrace => self.map(),
            TokenKind::End
            | TokenKind::Operator(_)
            | TokenKind::Not
            | TokenKind::Question
            | TokenKind::Colon
            | TokenKind::Comma
            | TokenKind::Point
            | TokenKind::RightParenthesis
            | TokenKind::RightBracket
            | TokenKind::RightBrace => Err(self.missing_value()),
        }
    }

    fn named(&mut self) -> Parsed<Part> {
        let token = self.advance()?;
        let literal = match self.written(token) {
            "null" => Some(Literal::Null),
            "true" => Some(Literal::Boolean(true)),
            "false" => Some(Literal::Boolean(false)),
            _ => None,
        };
        if let Some(literal) = literal {
            return self.build(ExpressionKind::Literal(literal), token.range, 0);
        }
        self.refuse_as_root(token)?;
        if !self.take(TokenKind::LeftParenthesis)? {
            let kind = ExpressionKind::Name(self.written(token).into());
            return self.build(kind, token.range, 0);
        }
        let function = self.name(token);
        let open = self.previous_range();
        let (mut arguments, below, close) = self.arguments(open)?;
        let range = token.range.to(close);
        let kind = if &*function.text != "has" {
            ExpressionKind::Call {
                function,
                arguments,
            }
        } else {
            match (
                arguments.pop().map(|argument| argument.kind),
                arguments.len(),
            ) {
                (Some(ExpressionKind::Member { object, field }), 0) => {
                    ExpressionKind::Has { object, field }
                }
                _ => return Err(not_a_field(range)),
            }
        };
        self.build(kind, range, below)
    }

    /// Reports words that cannot be the name of data.
    fn refuse_as_root(&self, token: Token) -> Parsed<()> {
        let word = self.written(token);
        let operand_follows = matches!(
            self.token.kind,
            TokenKind::Name
                | TokenKind::Integer
                | TokenKind::Decimal
                | TokenKind::Text
                | TokenKind::LeftParenthesis
        );
        if operand_follows && let Some(error) = mistakes::prefix_word(token.range, word) {
            return Err(error);
        }
        if RESERVED.contains(&word) {
            let message = format!("`{word}` is a reserved word of CEL");
            return Err(
                ExpressionError::new(ErrorKind::Syntax, token.range, message)
                    .help("give the data another name; after a point the word is allowed"),
            );
        }
        Ok(())
    }

    fn parenthesised(&mut self) -> Parsed<Part> {
        let after_in = self
            .previous
            .is_some_and(|token| token.kind == TokenKind::Operator(Binary::In));
        let open = self.advance()?.range;
        let mut part = self.expression()?;
        if self.at(TokenKind::Comma) {
            let error = self.missing("expected `)`");
            return Err(if after_in {
                error.help("a list is written in brackets: `['a', 'b']`")
            } else {
                error
            });
        }
        let close = self.close(TokenKind::RightParenthesis, open)?;
        part.expression.range = open.to(close);
        Ok(part)
    }

    fn list(&mut self) -> Parsed<Part> {
        let open = self.advance()?.range;
        let mut elements = Vec::new();
        let mut below = 0;
        while !self.at(TokenKind::RightBracket) {
            let element = self.expression()?;
            below = below.max(element.height);
            elements.push(element.expression);
            if !self.take(TokenKind::Comma)? {
                break;
            }
        }
        let close = self.close(TokenKind::RightBracket, open)?;
        self.build(ExpressionKind::List(elements), open.to(close), below)
    }

    fn map(&mut self) -> Parsed<Part> {
        let open = self.advance()?.range;
        let mut entries = Vec::new();
        let mut below = 0;
        while !self.at(TokenKind::RightBrace) {
            let key = self.expression()?;
            if !self.take(TokenKind::Colon)? {
                return Err(self
                    .missing("expected `:` after the key")
                    .help("a map is written `{'key': value}`"));
            }
            let value = self.expression()?;
            below = below.max(key.height).max(value.height);
            entries.push((key.expression, value.expression));
            if !self.take(TokenKind::Comma)? {
                break;
            }
        }
        let close = self.close(TokenKind::RightBrace, open)?;
        self.build(ExpressionKind::Map(entries), open.to(close), below)
    }

    fn missing_value(&self) -> ExpressionError {
        let Some(previous) = self.previous else {
            return if self.at(TokenKind::End) {
                ExpressionError::new(
                    ErrorKind::Syntax,
                    self.token.range,
                    "the expression is empty",
                )
                .help("write a condition, for example `input.total > 100`")
            } else {
                self.missing("expected a value")
            };
        };
        let before = self.written(previous);
        if previous.kind == TokenKind::Operator(Binary::In) {
            return self
                .missing("expected a list after `in`")
                .help("for example `x in ['a', 'b']` or `x in lists.departments`");
        }
        let joins = matches!(
            previous.kind,
            TokenKind::Operator(Binary::And | Binary::Or) | TokenKind::Not
        );
        let what = if joins { "condition" } else { "value" };
        self.missing(format!("expected a {what} after `{before}`"))
    }
}

fn not_a_field(range: TextRange) -> ExpressionError {
    ExpressionError::new(ErrorKind::Syntax, range, "`has()` asks for one field")
        .help("write it with a point, for example `has(input.manager_id)`")
}
