//! Operators between two values.

use super::{PLACES, Term, Writer, Written, unsupported};
use crate::expr::{Binary, Expression, ExpressionKind, Type};

impl Writer {
    pub(super) fn binary(
        &mut self,
        operator: Binary,
        left: &Expression,
        right: &Expression,
        whole: &Expression,
    ) -> Written {
        let (one_type, other_type) = (self.kind(left), self.kind(right));
        let one = self.term(left)?;
        let other = self.term(right)?;
        match operator {
            Binary::And => Ok(self.logical("and", one, other)),
            Binary::Or => Ok(self.logical("or", one, other)),
            Binary::Equal | Binary::NotEqual => {
                if is_inexact(left) || is_inexact(right) {
                    return Err(unsupported(
                        whole,
                        "quotients are rounded, so that equality could be lost",
                        "compare the difference with a tolerance",
                    ));
                }
                let is_time = one_type == Type::Timestamp || other_type == Type::Timestamp;
                let (one, other) = if is_time {
                    (in_millis(one, &one_type), in_millis(other, &other_type))
                } else {
                    (one, other)
                };
                let sign = if operator == Binary::Equal { "=" } else { "!=" };
                if self.plain {
                    let (one, other) = (one.operand(), other.operand());
                    return Ok(Term::compound(format!("{one} {sign} {other}")));
                }
                let helper = if operator == Binary::Equal {
                    "eq"
                } else {
                    "ne"
                };
                Ok(self.helper(helper, &[one.text, other.text]))
            }
            Binary::Less | Binary::LessOrEqual | Binary::Greater | Binary::GreaterOrEqual => {
                self.ordered(operator, (one, &one_type), (other, &other_type), whole)
            }
            Binary::In => self.contained(one, (other, &other_type)),
            Binary::Add
            | Binary::Subtract
            | Binary::Multiply
            | Binary::Divide
            | Binary::Remainder => {
                self.arithmetic(operator, (one, &one_type), (other, &other_type), whole)
            }
        }
    }

    fn logical(&mut self, operator: &'static str, one: Term, other: Term) -> Term {
        if self.plain {
            return Term::compound(format!("{} {operator} {}", one.operand(), other.operand()));
        }
        self.helper(operator, &[one.text, other.text])
    }

    fn ordered(
        &mut self,
        operator: Binary,
        (one, one_type): (Term, &Type),
        (other, other_type): (Term, &Type),
        whole: &Expression,
    ) -> Written {
        if *one_type == Type::Boolean || *other_type == Type::Boolean {
            return Err(unsupported(
                whole,
                "JSONata orders numbers and texts only",
                "write the condition with `&&` and `!`",
            ));
        }
        let is_time = *one_type == Type::Timestamp || *other_type == Type::Timestamp;
        let (one, other) = if is_time {
            (in_millis(one, one_type), in_millis(other, other_type))
        } else {
            (one, other)
        };
        let sign = operator.as_str();
        let is_open = *one_type == Type::Any || *other_type == Type::Any;
        if !self.plain && is_open && !is_time {
            let (one, other) = (one.text, other.text);
            let comparable = self.helper("alike", &[one.clone(), other.clone()]).text;
            return Ok(Term::compound(format!(
                "{comparable} ? ({one}) {sign} ({other})"
            )));
        }
        Ok(Term::compound(format!(
            "{} {sign} {}",
            one.operand(),
            other.operand()
        )))
    }

    fn contained(&mut self, one: Term, (other, kind): (Term, &Type)) -> Written {
        if matches!(kind, Type::Map(_) | Type::Object(_)) {
            return Ok(self.helper("has", &[other.text, one.text]));
        }
        if self.plain {
            let (one, other) = (one.operand(), other.operand());
            return Ok(Term::compound(format!("{one} in {other}")));
        }
        Ok(self.helper("in", &[one.text, other.text]))
    }

    fn arithmetic(
        &mut self,
        operator: Binary,
        (one, one_type): (Term, &Type),
        (other, other_type): (Term, &Type),
        whole: &Expression,
    ) -> Written {
        let both = |of: &Type| one_type == of && other_type == of;
        let is_text = |of: &Type| matches!(of, Type::String(_));
        let is_list = |of: &Type| matches!(of, Type::List(_));
        let is_number = |of: &Type| matches!(of, Type::Integer | Type::Decimal | Type::Any);
        if operator == Binary::Add && (is_text(one_type) || is_text(other_type)) {
            return Ok(if self.plain {
                Term::compound(format!("{} & {}", one.operand(), other.operand()))
            } else {
                self.helper("text", &[one.text, other.text])
            });
        }
        if operator == Binary::Add && is_list(one_type) && is_list(other_type) {
            return Ok(if self.plain {
                Term::simple(format!("$append({}, {})", one.text, other.text))
            } else {
                self.helper("joined", &[one.text, other.text])
            });
        }
        if let Some(shifted) = self.times(operator, (&one, one_type), (&other, other_type)) {
            return Ok(shifted);
        }
        let is_open = *one_type == Type::Any || *other_type == Type::Any;
        let divides = matches!(operator, Binary::Divide | Binary::Remainder);
        if !is_number(one_type) || !is_number(other_type) || (is_open && divides) {
            return Err(unsupported(
                whole,
                "what is divided could be an integer or a decimal, which JSONata does not tell apart",
                "declare the type in a contract, or convert with `decimal(…)` or `int(…)`",
            ));
        }
        if is_open && operator == Binary::Add {
            return Ok(self.helper("plus", &[one.text, other.text]));
        }
        let (one, other) = (one.operand(), other.operand());
        let whole_numbers = both(&Type::Integer);
        Ok(match operator {
            Binary::Divide if whole_numbers => self.helper("quotient", &[one, other]),
            Binary::Divide => self.helper("ratio", &[one, other]),
            Binary::Remainder => self.helper("rest", &[one, other]),
            Binary::Add
            | Binary::Subtract
            | Binary::Multiply
            | Binary::Or
            | Binary::And
            | Binary::Equal
            | Binary::NotEqual
            | Binary::Less
            | Binary::LessOrEqual
            | Binary::Greater
            | Binary::GreaterOrEqual
            | Binary::In => {
                let sign = operator.as_str();
                if whole_numbers {
                    Term::compound(format!("{one} {sign} {other}"))
                } else {
                    Term::simple(format!("$round({one} {sign} {other}, {PLACES})"))
                }
            }
        })
    }

    /// Sums and differences of dates, timestamps and lengths of time.
    fn times(
        &mut self,
        operator: Binary,
        (one, one_type): (&Term, &Type),
        (other, other_type): (&Term, &Type),
    ) -> Option<Term> {
        let sign = match operator {
            Binary::Add => "+",
            Binary::Subtract => "-",
            Binary::Or
            | Binary::And
            | Binary::Equal
            | Binary::NotEqual
            | Binary::Less
            | Binary::LessOrEqual
            | Binary::Greater
            | Binary::GreaterOrEqual
            | Binary::In
            | Binary::Multiply
            | Binary::Divide
            | Binary::Remainder => return None,
        };
        let (one, other) = (one.text.clone(), other.text.clone());
        let negated = format!("-({other})");
        let length = if operator == Binary::Add {
            other.clone()
        } else {
            negated
        };
        match (one_type, other_type) {
            (Type::Duration, Type::Duration) => {
                Some(Term::compound(format!("({one}) {sign} ({other})")))
            }
            (Type::Timestamp, Type::Duration) => Some(self.helper("later", &[one, length])),
            (Type::Date, Type::Duration) => Some(self.helper("day", &[one, length])),
            (Type::Duration, Type::Timestamp) if operator == Binary::Add => {
                Some(self.helper("later", &[other, one]))
            }
            (Type::Duration, Type::Date) if operator == Binary::Add => {
                Some(self.helper("day", &[other, one]))
            }
            (Type::Timestamp, Type::Timestamp) | (Type::Date, Type::Date)
                if operator == Binary::Subtract =>
            {
                Some(Term::compound(format!(
                    "($toMillis({one}) - $toMillis({other})) / 1000"
                )))
            }
            _ => None,
        }
    }
}

/// A timestamp as the number that it is compared by.
fn in_millis(term: Term, kind: &Type) -> Term {
    if *kind == Type::Null {
        return term;
    }
    Term::simple(format!("$toMillis({})", term.text))
}

/// True for quotients: their last digits are rounded away.
fn is_inexact(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Binary {
            operator,
            left,
            right,
        } => *operator == Binary::Divide || is_inexact(left) || is_inexact(right),
        ExpressionKind::Unary { operand, .. } => is_inexact(operand),
        ExpressionKind::Literal(_)
        | ExpressionKind::Name(_)
        | ExpressionKind::Member { .. }
        | ExpressionKind::Index { .. }
        | ExpressionKind::Conditional { .. }
        | ExpressionKind::Call { .. }
        | ExpressionKind::Method { .. }
        | ExpressionKind::Has { .. }
        | ExpressionKind::Comprehension(_)
        | ExpressionKind::List(_)
        | ExpressionKind::Map(_) => false,
    }
}
