//! Whether an expression always has a value, so that JSONata's own operators can be used.

use super::Writer;
use crate::expr::{self, Binary, ErrorKind, Expression, ExpressionKind, Proven, Type};

/// Functions that give a value for every argument of the right type.
const TOTAL: [&str; 12] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "lowerAscii",
    "upperAscii",
    "trim",
    "join",
    "sum",
    "string",
    "duration",
];

impl Writer {
    /// True when contracts guarantee all that the expression reads, and nothing in it can fail.
    pub(super) fn is_certain(&self, expression: &Expression) -> bool {
        let checked = expr::check(expression, &self.names.environment, &Proven::new());
        let is_guarded = checked
            .errors
            .iter()
            .all(|error| !is_about_presence(error.kind));
        is_guarded && !reads_results(expression) && self.is_total(expression)
    }

    fn is_total(&self, expression: &Expression) -> bool {
        let all = |parts: &[&Expression]| parts.iter().all(|part| self.is_total(part));
        match &expression.kind {
            ExpressionKind::Literal(_) | ExpressionKind::Name(_) => true,
            ExpressionKind::Member { object, .. } | ExpressionKind::Has { object, .. } => {
                self.has_known_fields(object) && self.is_total(object)
            }
            ExpressionKind::Index { .. } => false,
            ExpressionKind::Unary { operand, .. } => self.is_total(operand),
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => !matches!(operator, Binary::Divide | Binary::Remainder) && all(&[left, right]),
            ExpressionKind::Conditional {
                condition,
                then,
                otherwise,
            } => all(&[condition, then, otherwise]),
            ExpressionKind::Call {
                function,
                arguments,
            } => is_known(&function.text) && arguments.iter().all(|part| self.is_total(part)),
            ExpressionKind::Method {
                receiver,
                method,
                arguments,
            } => {
                is_known(&method.text)
                    && self.is_total(receiver)
                    && arguments.iter().all(|part| self.is_total(part))
            }
            // The types of elements are not looked up again here.
            ExpressionKind::Comprehension(_) => false,
            ExpressionKind::List(elements) => elements.iter().all(|part| self.is_total(part)),
            ExpressionKind::Map(entries) => entries
                .iter()
                .all(|(key, value)| self.is_total(key) && self.is_total(value)),
        }
    }

    fn has_known_fields(&self, object: &Expression) -> bool {
        match self.kind(object) {
            Type::Object(_) => true,
            Type::Any
            | Type::Null
            | Type::Boolean
            | Type::Integer
            | Type::Decimal
            | Type::Date
            | Type::Timestamp
            | Type::Duration
            | Type::String(_)
            | Type::List(_)
            | Type::Map(_) => false,
        }
    }
}

fn is_known(function: &str) -> bool {
    TOTAL.contains(&function)
}

/// Which results a case has depends on its way, which types do not tell.
fn reads_results(expression: &Expression) -> bool {
    let references = expression.references();
    references.iter().any(|each| each.path.starts_at("steps"))
}

fn is_about_presence(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::Unguarded
        | ErrorKind::Missing
        | ErrorKind::UnknownName
        | ErrorKind::UnknownField
        | ErrorKind::UnknownFunction
        | ErrorKind::WrongArguments
        | ErrorKind::WrongType
        | ErrorKind::Syntax
        | ErrorKind::Limit
        | ErrorKind::InvalidValue
        | ErrorKind::Overflow
        | ErrorKind::DivisionByZero
        | ErrorKind::BudgetExhausted => true,
        ErrorKind::NotBoolean
        | ErrorKind::NotAMember
        | ErrorKind::NeedlessGuard
        | ErrorKind::Constant => false,
    }
}
