//! Parts of an expression that read no data: they are computed now, so that what can only fail or
//! only be true is reported before anything runs.

use crate::expr::ErrorKind;
use crate::expr::ast::{Expression, ExpressionKind};
use crate::expr::eval::evaluate;
use crate::expr::value::{Budget, Record, Value};

use super::{Checker, always};

const STEPS: u64 = 10_000;

impl Checker<'_> {
    pub(super) fn find_constants(&mut self, expression: &Expression) {
        if self.reads_nothing(expression) {
            self.judge_constant(expression);
        }
    }

    /// True when the expression is constant; reports the constant parts of one that is not.
    fn reads_nothing(&mut self, expression: &Expression) -> bool {
        let reads = match &expression.kind {
            ExpressionKind::Name(_) | ExpressionKind::Has { .. } => true,
            // The variable of a macro is no data, but has many values.
            ExpressionKind::Comprehension(_) => true,
            ExpressionKind::Literal(_)
            | ExpressionKind::Member { .. }
            | ExpressionKind::Index { .. }
            | ExpressionKind::Unary { .. }
            | ExpressionKind::Binary { .. }
            | ExpressionKind::Conditional { .. }
            | ExpressionKind::Call { .. }
            | ExpressionKind::Method { .. }
            | ExpressionKind::List(_)
            | ExpressionKind::Map(_) => false,
        };
        let children = expression.children();
        let constant: Vec<bool> = children
            .iter()
            .map(|child| self.reads_nothing(child))
            .collect();
        if !reads && constant.iter().all(|constant| *constant) {
            return true;
        }
        for (child, constant) in children.into_iter().zip(constant) {
            if constant {
                self.judge_constant(child);
            }
        }
        false
    }

    fn judge_constant(&mut self, expression: &Expression) {
        let range = expression.range;
        let is_literal = matches!(expression.kind, ExpressionKind::Literal(_));
        let reported = self
            .errors
            .iter()
            .any(|error| range.start <= error.range.start && error.range.end <= range.end);
        if is_literal || reported {
            return;
        }
        match evaluate(expression, &Record::new(), &mut Budget::new(STEPS)) {
            Ok(Value::Boolean(value)) => self.report(always(expression, value)),
            Err(error) if error.kind != ErrorKind::BudgetExhausted => self.report(error),
            Ok(_) | Err(_) => {}
        }
    }
}
