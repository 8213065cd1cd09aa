//! Text to tree: a Pratt parser that cannot be made to recurse without bound.

mod primary;

use super::ast::{Binary, Comprehension, Expression, ExpressionKind, Macro, Name, Unary};
use super::lexer::{Lexer, Token, TokenKind};
use super::{ErrorKind, ExpressionError, TextRange, mistakes};

/// The longest text that is read, in bytes.
pub const LENGTH_LIMIT: usize = 4096;
/// How deep brackets may stand in each other.
pub const NESTING_LIMIT: u16 = 50;
/// How deep the tree may be; every later walk recurses at most this deep.
pub const DEPTH_LIMIT: u16 = 100;
/// How many parts an expression may have.
pub const NODE_LIMIT: u16 = 1000;

type Parsed<T> = Result<T, ExpressionError>;

/// Reads one expression.
///
/// # Errors
/// The first thing that is wrong with the text, with the bytes it is about.
pub fn parse(text: &str) -> Result<Expression, ExpressionError> {
    if text.len() > LENGTH_LIMIT {
        let range = TextRange::new(0..text.len());
        let message = format!(
            "the expression has {} bytes; at most {LENGTH_LIMIT} are read",
            text.len()
        );
        return Err(ExpressionError::new(ErrorKind::Limit, range, message)
            .help("split it into several checks, or move values into `lists:`"));
    }
    let mut lexer = Lexer::new(text);
    let token = lexer.next()?;
    let mut parser = Parser {
        text,
        lexer,
        token,
        previous: None,
        nesting: 0,
        nodes: 0,
    };
    let whole = parser.expression()?;
    if parser.token.kind != TokenKind::End {
        let previous = parser.previous_range();
        return Err(mistakes::trailing(text, previous, parser.token.range));
    }
    Ok(whole.expression)
}

/// A part of the tree with the number of levels below it.
struct Part {
    expression: Expression,
    height: u16,
}

struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    token: Token,
    previous: Option<Token>,
    nesting: u16,
    nodes: u16,
}

impl Parser<'_> {
    fn advance(&mut self) -> Parsed<Token> {
        let next = self.lexer.next()?;
        let taken = std::mem::replace(&mut self.token, next);
        self.previous = Some(taken);
        Ok(taken)
    }

    fn previous_range(&self) -> TextRange {
        self.previous.map(|token| token.range).unwrap_or_default()
    }

    fn at(&self, kind: TokenKind) -> bool {
        self.token.kind == kind
    }

    fn take(&mut self, kind: TokenKind) -> Parsed<bool> {
        let found = self.at(kind);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn written(&self, token: Token) -> &str {
        token.range.of(self.text)
    }

    fn build(&mut self, kind: ExpressionKind, range: TextRange, below: u16) -> Parsed<Part> {
        self.nodes += 1;
        if self.nodes > NODE_LIMIT {
            let message = format!("the expression has more than {NODE_LIMIT} parts");
            return Err(ExpressionError::new(ErrorKind::Limit, range, message)
                .help("split it into several checks, or move values into `lists:`"));
        }
        let height = below + 1;
        if height > DEPTH_LIMIT {
            return Err(too_deep(range));
        }
        let expression = Expression { kind, range };
        Ok(Part { expression, height })
    }

    fn expression(&mut self) -> Parsed<Part> {
        if self.nesting >= NESTING_LIMIT {
            let message = format!("brackets are nested more than {NESTING_LIMIT} levels deep");
            let range = self.token.range;
            return Err(ExpressionError::new(ErrorKind::Limit, range, message)
                .help("split it into several checks"));
        }
        self.nesting += 1;
        let part = self.conditional();
        self.nesting -= 1;
        part
    }

    fn conditional(&mut self) -> Parsed<Part> {
        let condition = self.binary()?;
        if !self.take(TokenKind::Question)? {
            return Ok(condition);
        }
        let then = self.binary()?;
        if !self.take(TokenKind::Colon)? {
            let condition_text = condition.expression.range.of(self.text);
            let message =
                format!("expected `:` and the value for when `{condition_text}` is false");
            return Err(self.missing(message));
        }
        let otherwise = self.expression()?;
        let range = condition.expression.range.to(otherwise.expression.range);
        let below = condition.height.max(then.height).max(otherwise.height);
        let kind = ExpressionKind::Conditional {
            condition: Box::new(condition.expression),
            then: Box::new(then.expression),
            otherwise: Box::new(otherwise.expression),
        };
        self.build(kind, range, below)
    }

    /// Reads operands joined by operators; the operands that wait for a tighter operator stand on a
    /// list, so that only brackets cost stack.
    fn binary(&mut self) -> Parsed<Part> {
        let mut waiting: Vec<(Part, Binary)> = Vec::new();
        let mut right = self.unary()?;
        loop {
            let next = self.operator();
            while let Some((left, operator)) = waiting.pop_if(|(_, operator)| {
                next.is_none_or(|next| operator.strength() >= next.strength())
            }) {
                right = self.join(left, operator, right)?;
            }
            let Some(operator) = next else {
                return Ok(right);
            };
            self.advance()?;
            waiting.push((right, operator));
            right = self.unary()?;
        }
    }

    fn operator(&self) -> Option<Binary> {
        if let TokenKind::Operator(operator) = self.token.kind {
            Some(operator)
        } else {
            None
        }
    }

    fn join(&mut self, left: Part, operator: Binary, right: Part) -> Parsed<Part> {
        let range = left.expression.range.to(right.expression.range);
        let below = left.height.max(right.height);
        let kind = ExpressionKind::Binary {
            operator,
            left: Box::new(left.expression),
            right: Box::new(right.expression),
        };
        self.build(kind, range, below)
    }

    fn unary(&mut self) -> Parsed<Part> {
        let mut operators = Vec::new();
        let mut sign = None;
        loop {
            let operator = if self.at(TokenKind::Not) {
                Unary::Not
            } else if self.at(TokenKind::Operator(Binary::Subtract)) {
                Unary::Minus
            } else {
                break;
            };
            let range = self.advance()?.range;
            let number = matches!(self.token.kind, TokenKind::Integer | TokenKind::Decimal);
            if operator == Unary::Minus && number {
                sign = Some(range);
                break;
            }
            operators.push((operator, range));
        }
        let mut part = self.postfix(sign)?;
        for (operator, start) in operators.into_iter().rev() {
            let range = start.to(part.expression.range);
            let operand = Box::new(part.expression);
            part = self.build(
                ExpressionKind::Unary { operator, operand },
                range,
                part.height,
            )?;
        }
        Ok(part)
    }

    fn postfix(&mut self, sign: Option<TextRange>) -> Parsed<Part> {
        let mut part = self.primary(sign)?;
        loop {
            if self.take(TokenKind::Point)? {
                part = self.selection(part)?;
            } else if self.take(TokenKind::LeftBracket)? {
                let index = self.expression()?;
                if !self.at(TokenKind::RightBracket) {
                    return Err(self.missing("expected `]` after the index"));
                }
                let close = self.advance()?.range;
                let range = part.expression.range.to(close);
                let below = part.height.max(index.height);
                let kind = ExpressionKind::Index {
                    object: Box::new(part.expression),
                    index: Box::new(index.expression),
                };
                part = self.build(kind, range, below)?;
            } else {
                return Ok(part);
            }
        }
    }

    /// Reads what follows a point: a field, a method or a macro.
    fn selection(&mut self, object: Part) -> Parsed<Part> {
        let is_name = self.at(TokenKind::Name);
        if !is_name || matches!(self.written(self.token), "true" | "false" | "null") {
            return Err(self.missing("expected the name of a field after `.`"));
        }
        let name = self.advance()?;
        let name = self.name(name);
        if !self.take(TokenKind::LeftParenthesis)? {
            let range = object.expression.range.to(name.range);
            let kind = ExpressionKind::Member {
                object: Box::new(object.expression),
                field: name,
            };
            return self.build(kind, range, object.height);
        }
        let open = self.previous_range();
        let (arguments, below, close) = self.arguments(open)?;
        let range = object.expression.range.to(close);
        let below = below.max(object.height);
        let kind = if let Some(which) = Macro::from_name(&name.text) {
            comprehension(which, object.expression, &name, arguments)?
        } else {
            ExpressionKind::Method {
                receiver: Box::new(object.expression),
                method: name,
                arguments,
            }
        };
        self.build(kind, range, below)
    }

    fn name(&self, token: Token) -> Name {
        Name {
            text: self.written(token).into(),
            range: token.range,
        }
    }

    /// Reads arguments up to and including the closing parenthesis.
    fn arguments(&mut self, open: TextRange) -> Parsed<(Vec<Expression>, u16, TextRange)> {
        let mut arguments = Vec::new();
        let mut below = 0;
        while !self.at(TokenKind::RightParenthesis) {
            let argument = self.expression()?;
            below = below.max(argument.height);
            arguments.push(argument.expression);
            if !self.take(TokenKind::Comma)? {
                break;
            }
            if self.at(TokenKind::RightParenthesis) {
                return Err(self.missing("expected an argument after `,`"));
            }
        }
        let close = self.close(TokenKind::RightParenthesis, open)?;
        Ok((arguments, below, close))
    }

    /// Takes the token that closes what was opened at `open`.
    fn close(&mut self, kind: TokenKind, open: TextRange) -> Parsed<TextRange> {
        if self.at(kind) {
            return Ok(self.advance()?.range);
        }
        let opened = open.of(self.text);
        let wanted = match opened {
            "[" => "]",
            "{" => "}",
            _ => ")",
        };
        if self.at(TokenKind::End) {
            let message = format!("`{opened}` is never closed");
            return Err(ExpressionError::new(ErrorKind::Syntax, open, message)
                .help(format!("add `{wanted}`")));
        }
        if let Some(error) = mistakes::operator_word(self.token.range, self.written(self.token)) {
            return Err(error);
        }
        Err(self.missing(format!("expected `{wanted}`")))
    }

    /// An error at the current token, or behind the last one at the end of the text.
    fn missing(&self, message: impl Into<String>) -> ExpressionError {
        let mut message = message.into();
        let range = if self.at(TokenKind::End) {
            self.previous_range()
        } else {
            message.push_str(&format!(", found `{}`", self.written(self.token)));
            self.token.range
        };
        ExpressionError::new(ErrorKind::Syntax, range, message)
    }
}

fn too_deep(range: TextRange) -> ExpressionError {
    let message = format!("the expression is more than {DEPTH_LIMIT} levels deep");
    ExpressionError::new(ErrorKind::Limit, range, message)
        .help("split it into several checks; many alternatives are shorter as `x in [a, b]`")
}

fn comprehension(
    which: Macro,
    over: Expression,
    name: &Name,
    arguments: Vec<Expression>,
) -> Parsed<ExpressionKind> {
    let macro_name = which.as_str();
    let count = arguments.len();
    let wrong_count = || {
        let plural = if count == 1 { "" } else { "s" };
        let message =
            format!("`{macro_name}` takes a variable and a body, but has {count} argument{plural}");
        ExpressionError::new(ErrorKind::Syntax, name.range, message).help(format!(
            "for example `input.lines.{macro_name}(line, line.quantity > 0)`"
        ))
    };
    let mut arguments = arguments.into_iter();
    let (Some(variable), Some(second)) = (arguments.next(), arguments.next()) else {
        return Err(wrong_count());
    };
    let (filter, body) = match (arguments.next(), arguments.next()) {
        (None, _) => (None, second),
        (Some(third), None) if which == Macro::Map => (Some(second), third),
        (Some(_), _) => return Err(wrong_count()),
    };
    let ExpressionKind::Name(text) = variable.kind else {
        let message = format!("the first argument of `{macro_name}` names the element");
        return Err(
            ExpressionError::new(ErrorKind::Syntax, variable.range, message)
                .help("write a plain name, for example `line`"),
        );
    };
    let variable = Name {
        text,
        range: variable.range,
    };
    Ok(ExpressionKind::Comprehension(Box::new(Comprehension {
        name: which,
        over,
        variable,
        filter,
        body,
    })))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;
    use crate::expr::Literal;

    fn tree(text: &str) -> ExpressionKind {
        parse(text).unwrap().kind
    }

    fn literal(text: &str) -> Literal {
        let ExpressionKind::Literal(literal) = tree(text) else {
            panic!("`{text}` is no literal");
        };
        literal
    }

    #[test]
    fn operators_group_as_in_cel() {
        for (short, full) in [
            ("a || b && c", "a || (b && c)"),
            ("a && b == c", "a && (b == c)"),
            ("a == b + c * d", "a == (b + (c * d))"),
            ("a - b - c", "(a - b) - c"),
            ("a in b == c", "(a in b) == c"),
            ("!a.b", "!(a.b)"),
            ("!a in b", "(!a) in b"),
            ("-a.b(c)[d]", "-(a.b(c)[d])"),
            ("a ? b : c ? d : e", "a ? b : (c ? d : e)"),
            ("a || b ? c : d", "(a || b) ? c : d"),
        ] {
            assert_eq!(tree(short), tree(full), "{short}");
        }
    }

    #[test]
    fn literals_stand_for_their_values() {
        let text = |value: &str| Literal::Text(value.into());
        assert_eq!(literal("-9223372036854775808"), Literal::Integer(i64::MIN));
        assert_eq!(literal("-0x7f"), Literal::Integer(-127));
        assert_eq!(literal("0.1"), Literal::Decimal(Decimal::new(1, 1)));
        assert_eq!(literal(".25e2"), Literal::Decimal(Decimal::from(25)));
        assert_eq!(
            literal("1.0000000000000000000000000001").to_string(),
            "1.0000000000000000000000000001"
        );
        assert_eq!(literal(r#"'a"b'"#), text("a\"b"));
        assert_eq!(
            literal(r#"'\n\x41\u00e4\U0001F600\101\''"#),
            text("\nAä😀A'")
        );
        assert_eq!(literal("r'\\d+'"), text("\\d+"));
        assert_eq!(literal("'''it's\na \"text\"'''"), text("it's\na \"text\""));
        assert_eq!(literal("''"), text(""));
    }

    #[test]
    fn ranges_cover_what_was_written() {
        let text = "has(a.b) && ( x + 'ä' ).size() > 0x10";
        let mut seen = Vec::new();
        let whole = parse(text).unwrap();
        let mut waiting = vec![&whole];
        while let Some(next) = waiting.pop() {
            seen.push(next.range.of(text));
            waiting.extend(next.children().into_iter().rev());
        }
        assert_eq!(
            seen,
            [
                text,
                "has(a.b)",
                "a",
                "( x + 'ä' ).size() > 0x10",
                "( x + 'ä' ).size()",
                "( x + 'ä' )",
                "x",
                "'ä'",
                "0x10"
            ]
        );
    }

    #[test]
    fn hostile_texts_are_refused_and_the_largest_legal_ones_are_read() {
        let kind = |text: &str| parse(text).map(|_| ()).map_err(|error| error.kind);
        let nested = |count: usize| format!("{}1{}", "(".repeat(count), ")".repeat(count));
        let limit = Err(ErrorKind::Limit);
        let (deep, brackets) = (usize::from(DEPTH_LIMIT), usize::from(NESTING_LIMIT));
        assert_eq!(kind(&vec!["1"; 20_000].join("+")), limit);
        assert_eq!(kind(&vec!["1"; 2_000].join("+")), limit);
        assert_eq!(kind(&vec!["1"; deep].join("+")), Ok(()));
        assert_eq!(kind(&nested(5_000)), limit);
        assert_eq!(kind(&nested(brackets)), limit);
        assert_eq!(kind(&nested(brackets - 1)), Ok(()));
        assert_eq!(kind(&"[".repeat(4_000)), limit);
        assert_eq!(kind(&format!("{}x", "!".repeat(4_000))), limit);
        assert_eq!(kind(&format!("a{}", ".b".repeat(2_000))), limit);
        assert_eq!(kind(&format!("[{}]", vec!["1"; 2_000].join(","))), limit);
        assert_eq!(kind(&"a?b:".repeat(1_000)), limit);
        let operators = "a||b&&c==d+e*(".repeat(brackets - 1);
        let closed = format!("{operators}1{}", ")".repeat(brackets - 1));
        assert_eq!(kind(&closed), limit);
        let calls = format!("{}1{}", "f(".repeat(brackets - 1), ")".repeat(brackets - 1));
        assert_eq!(kind(&calls), Ok(()));
        let maps = format!("{}1{}", "{'a':[".repeat(24), "]}".repeat(24));
        assert_eq!(kind(&maps), Ok(()));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            if let Err(error) = parse(&text) {
                prop_assert!(text.get(error.range.range()).is_some(), "{:?}", error);
            }
        }

        #[test]
        fn any_mixture_of_tokens_is_read_or_refused(
            tokens in prop::collection::vec(
                prop::sample::select(vec![
                    "a", "has", "all", "(", ")", "[", "]", "{", "}", ".", ",", "?", ":", "!", "-",
                    "+", "&&", "||", "==", "in", "'x'", "\"", "'", "\\", "1", "2.5", "e", "r'", "=",
                    "$", "ä", "“", " ", "\n", "not", "and", "null", "0x", "\\u12", "'\\q'",
                ]),
                0..40,
            )
        ) {
            let text = tokens.concat();
            if let Err(error) = parse(&text) {
                prop_assert!(text.get(error.range.range()).is_some(), "{:?}", error);
            }
        }
    }
}
