//! Conditions made of conditions.

use super::TextRange;
use super::ast::{Binary, Expression, ExpressionKind, Literal, Unary};

impl Expression {
    /// The opposite condition.
    #[must_use]
    pub fn negated(self) -> Expression {
        Expression {
            range: self.range,
            kind: ExpressionKind::Unary {
                operator: Unary::Not,
                operand: Box::new(self),
            },
        }
    }

    /// The condition that all of them hold; `true` when there are none.
    pub fn all(conditions: impl IntoIterator<Item = Expression>) -> Expression {
        let joined = conditions.into_iter().reduce(|left, right| Expression {
            range: left.range.to(right.range),
            kind: ExpressionKind::Binary {
                operator: Binary::And,
                left: Box::new(left),
                right: Box::new(right),
            },
        });
        joined.unwrap_or(Expression {
            kind: ExpressionKind::Literal(Literal::Boolean(true)),
            range: TextRange::default(),
        })
    }
}
