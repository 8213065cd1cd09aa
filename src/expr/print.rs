//! The canonical way to write an expression: single quotes, one space, no needless parentheses.
//! What is printed parses to the same tree.

use std::fmt::{self, Display, Formatter, Write};

use super::ast::{Comprehension, Expression, ExpressionKind, Literal, Name, Unary};

/// Binding strengths beside those of [`super::Binary::strength`].
const CONDITIONAL: u8 = 0;
const OR: u8 = 1;
const UNARY: u8 = 6;
const POSTFIX: u8 = 7;

impl Display for Expression {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExpressionKind::Literal(literal) => literal.fmt(formatter),
            ExpressionKind::Name(name) => formatter.write_str(name),
            ExpressionKind::Member { object, field } => {
                operand(formatter, object, POSTFIX)?;
                write!(formatter, ".{field}")
            }
            ExpressionKind::Index { object, index } => {
                operand(formatter, object, POSTFIX)?;
                write!(formatter, "[{index}]")
            }
            ExpressionKind::Unary { operator, operand } => unary(formatter, *operator, operand),
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => {
                operand(formatter, left, operator.strength())?;
                write!(formatter, " {} ", operator.as_str())?;
                operand(formatter, right, operator.strength() + 1)
            }
            ExpressionKind::Conditional {
                condition,
                then,
                otherwise,
            } => {
                operand(formatter, condition, OR)?;
                formatter.write_str(" ? ")?;
                operand(formatter, then, OR)?;
                formatter.write_str(" : ")?;
                operand(formatter, otherwise, CONDITIONAL)
            }
            ExpressionKind::Call {
                function,
                arguments,
            } => {
                write!(formatter, "{function}")?;
                list(formatter, arguments, ('(', ')'))
            }
            ExpressionKind::Method {
                receiver,
                method,
                arguments,
            } => {
                operand(formatter, receiver, POSTFIX)?;
                write!(formatter, ".{method}")?;
                list(formatter, arguments, ('(', ')'))
            }
            ExpressionKind::Has { object, field } => {
                formatter.write_str("has(")?;
                operand(formatter, object, POSTFIX)?;
                write!(formatter, ".{field})")
            }
            ExpressionKind::Comprehension(comprehension) => comprehension.fmt(formatter),
            ExpressionKind::List(elements) => list(formatter, elements, ('[', ']')),
            ExpressionKind::Map(entries) => map(formatter, entries),
        }
    }
}

fn unary(formatter: &mut Formatter<'_>, operator: Unary, inner: &Expression) -> fmt::Result {
    formatter.write_str(operator.as_str())?;
    // `-5` is a literal, so the negation of the literal 5 needs its parentheses.
    if operator == Unary::Minus && begins_with_number(inner) {
        write!(formatter, "({inner})")
    } else {
        operand(formatter, inner, UNARY)
    }
}

fn begins_with_number(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Literal(Literal::Integer(value)) => *value >= 0,
        ExpressionKind::Literal(Literal::Decimal(value)) => !value.is_sign_negative(),
        ExpressionKind::Member { object, .. } | ExpressionKind::Index { object, .. } => {
            begins_with_number(object)
        }
        ExpressionKind::Method { receiver, .. } => begins_with_number(receiver),
        ExpressionKind::Comprehension(comprehension) => begins_with_number(&comprehension.over),
        ExpressionKind::Literal(Literal::Null | Literal::Boolean(_) | Literal::Text(_))
        | ExpressionKind::Name(_)
        | ExpressionKind::Unary { .. }
        | ExpressionKind::Binary { .. }
        | ExpressionKind::Conditional { .. }
        | ExpressionKind::Call { .. }
        | ExpressionKind::Has { .. }
        | ExpressionKind::List(_)
        | ExpressionKind::Map(_) => false,
    }
}

fn operand(formatter: &mut Formatter<'_>, expression: &Expression, least: u8) -> fmt::Result {
    if strength(expression) < least {
        write!(formatter, "({expression})")
    } else {
        expression.fmt(formatter)
    }
}

fn strength(expression: &Expression) -> u8 {
    match &expression.kind {
        ExpressionKind::Conditional { .. } => CONDITIONAL,
        ExpressionKind::Binary { operator, .. } => operator.strength(),
        ExpressionKind::Unary { .. } => UNARY,
        ExpressionKind::Literal(_)
        | ExpressionKind::Name(_)
        | ExpressionKind::Member { .. }
        | ExpressionKind::Index { .. }
        | ExpressionKind::Call { .. }
        | ExpressionKind::Method { .. }
        | ExpressionKind::Has { .. }
        | ExpressionKind::Comprehension(_)
        | ExpressionKind::List(_)
        | ExpressionKind::Map(_) => POSTFIX,
    }
}

fn list(
    formatter: &mut Formatter<'_>,
    elements: &[Expression],
    (open, close): (char, char),
) -> fmt::Result {
    formatter.write_char(open)?;
    for (index, element) in elements.iter().enumerate() {
        if index > 0 {
            formatter.write_str(", ")?;
        }
        element.fmt(formatter)?;
    }
    formatter.write_char(close)
}

fn map(formatter: &mut Formatter<'_>, entries: &[(Expression, Expression)]) -> fmt::Result {
    formatter.write_char('{')?;
    for (index, (key, value)) in entries.iter().enumerate() {
        if index > 0 {
            formatter.write_str(", ")?;
        }
        write!(formatter, "{key}: {value}")?;
    }
    formatter.write_char('}')
}

impl Display for Comprehension {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        operand(formatter, &self.over, POSTFIX)?;
        write!(formatter, ".{}({}, ", self.name.as_str(), self.variable)?;
        if let Some(filter) = &self.filter {
            write!(formatter, "{filter}, ")?;
        }
        write!(formatter, "{})", self.body)
    }
}

impl Display for Name {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Display for Literal {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Null => formatter.write_str("null"),
            Literal::Boolean(value) => value.fmt(formatter),
            Literal::Integer(value) => value.fmt(formatter),
            // Without a point it would be read as an integer.
            Literal::Decimal(value) if value.scale() == 0 => write!(formatter, "{value}.0"),
            Literal::Decimal(value) => value.fmt(formatter),
            Literal::Text(text) => quoted(formatter, text),
        }
    }
}

fn quoted(formatter: &mut Formatter<'_>, text: &str) -> fmt::Result {
    formatter.write_char('\'')?;
    for character in text.chars() {
        match character {
            '\\' => formatter.write_str("\\\\")?,
            '\'' => formatter.write_str("\\'")?,
            '\n' => formatter.write_str("\\n")?,
            '\r' => formatter.write_str("\\r")?,
            '\t' => formatter.write_str("\\t")?,
            other if other.is_control() => write!(formatter, "\\u{:04x}", u32::from(other))?,
            other => formatter.write_char(other)?,
        }
    }
    formatter.write_char('\'')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::expr::{arbitrary, parse};

    fn canonical(text: &str) -> String {
        parse(text).unwrap().to_string()
    }

    #[test]
    fn needless_parentheses_go_and_needed_ones_stay() {
        let unchanged = [
            "(a + b) * c",
            "a - (b - c)",
            "!(x in y)",
            "(a ? b : c) ? d : e",
            "a ? (b ? c : d) : e ? f : g",
            "-(5)",
            "--1",
            "(-x).abs()",
            "-1.abs()",
            "-(1.abs())",
            "a.all(x, x > 0 && x.b[0] != 'it\\'s')",
            "{'a': 1, 'b': [2, 3]}",
            "l.map(x, x > 1, x * 2)",
            "has((a ? b : c).d)",
            "1.0 + 2",
        ];
        for text in unchanged {
            assert_eq!(canonical(text), text);
        }
        assert_eq!(canonical("((a)||(b&&(c)))"), "a || b && c");
        assert_eq!(canonical("\"it's\"==r'\\d' // why"), "'it\\'s' == '\\\\d'");
        assert_eq!(canonical("0x1F + 0.50 + 1e3"), "31 + 0.5 + 1000.0");
    }

    proptest! {
        #[test]
        fn what_is_printed_parses_to_the_same_tree(expression in arbitrary::expression()) {
            let printed = expression.to_string();
            prop_assume!(printed.len() <= crate::expr::LENGTH_LIMIT);
            prop_assert_eq!(parse(&printed), Ok(expression), "{}", printed);
        }
    }
}
