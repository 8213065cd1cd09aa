//! Expressions that have a value whatever the data is.

use super::ast::{Binary, Comprehension, Expression, ExpressionKind, Unary};

/// Functions and methods that take every value of their types.
const TOTAL: [&str; 5] = ["size", "startsWith", "endsWith", "contains", "string"];
/// Those that take some texts only.
const PARTIAL: [&str; 3] = ["matches", "duration", "date"];

impl Expression {
    /// False when some data may leave it without a value, given that its types fit: a division by
    /// zero, a number that grows too large, a text that is no date. The limit on steps is another
    /// matter.
    pub fn is_total(&self) -> bool {
        match &self.kind {
            ExpressionKind::Literal(_) | ExpressionKind::Name(_) => true,
            ExpressionKind::Member { object, .. } | ExpressionKind::Has { object, .. } => {
                object.is_total()
            }
            ExpressionKind::Index { .. } | ExpressionKind::Map(_) => false,
            ExpressionKind::Unary { operator, operand } => {
                *operator == Unary::Not && operand.is_total()
            }
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => is_total(*operator) && left.is_total() && right.is_total(),
            ExpressionKind::Conditional {
                condition,
                then,
                otherwise,
            } => condition.is_total() && then.is_total() && otherwise.is_total(),
            ExpressionKind::Call {
                function,
                arguments,
            } => takes(&function.text, arguments),
            ExpressionKind::Method {
                receiver,
                method,
                arguments,
            } => receiver.is_total() && takes(&method.text, arguments),
            ExpressionKind::Comprehension(inner) => of_elements(inner),
            ExpressionKind::List(items) => items.iter().all(Expression::is_total),
        }
    }
}

fn is_total(operator: Binary) -> bool {
    match operator {
        Binary::Or
        | Binary::And
        | Binary::Equal
        | Binary::NotEqual
        | Binary::Less
        | Binary::LessOrEqual
        | Binary::Greater
        | Binary::GreaterOrEqual
        | Binary::In => true,
        Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Remainder => {
            false
        }
    }
}

/// What is written out has been tried when the expression was checked.
fn takes(name: &str, arguments: &[Expression]) -> bool {
    let is_written = |it: &Expression| matches!(it.kind, ExpressionKind::Literal(_));
    let all_written = !arguments.is_empty() && arguments.iter().all(is_written);
    let is_known = TOTAL.contains(&name) && arguments.iter().all(Expression::is_total);
    is_known || (all_written && PARTIAL.contains(&name))
}

fn of_elements(inner: &Comprehension) -> bool {
    let filter = inner.filter.iter();
    inner.over.is_total() && inner.body.is_total() && filter.into_iter().all(Expression::is_total)
}

#[cfg(test)]
mod tests {
    use crate::expr::parse;

    #[test]
    fn what_may_fail_is_told_from_what_cannot() {
        let is_total = |text: &str| parse(text).unwrap().is_total();
        let total = [
            "workflow.owner != '' && !has(workflow.sla)",
            "workflow.steps.all(step, step.approvals.size() >= 2)",
            "account.rotate_every <= duration('8784h')",
            "'a' in ['a', workflow.name] ? true : false",
        ];
        for text in total {
            assert!(is_total(text), "{text}");
        }
        let partial = [
            "100 / workflow.stage > 0",
            "workflow.stage + 1 > 0",
            "-workflow.stage < 0",
            "workflow.steps[0].id == 'a'",
            "workflow.steps.all(step, step.rank * 2 > 1)",
            "date(workflow.name) > date('2026-01-01')",
            "workflow.name.matches(workflow.owner)",
        ];
        for text in partial {
            assert!(!is_total(text), "{text}");
        }
    }
}
