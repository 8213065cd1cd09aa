//! What operators make of values. Every operation is checked; none panics. Products and quotients
//! of decimals with more than 28 digits are rounded to what fits, half to even.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::SignedDuration;
use rust_decimal::Decimal;

use super::ErrorKind;
use super::ast::{Binary, Unary};
use super::value::{Budget, Fault, Value};

const DAY: i64 = 86_400;

/// Applies an operator other than `&&` and `||`, which do not need both of their operands.
pub(super) fn binary(
    operator: Binary,
    left: &Value,
    right: &Value,
    budget: &mut Budget,
) -> Result<Value, Fault> {
    match operator {
        Binary::Equal => equal(left, right, budget).map(Value::Boolean),
        Binary::NotEqual => equal(left, right, budget).map(|equal| Value::Boolean(!equal)),
        Binary::Less => ordered(operator, left, right, budget, Ordering::is_lt),
        Binary::LessOrEqual => ordered(operator, left, right, budget, Ordering::is_le),
        Binary::Greater => ordered(operator, left, right, budget, Ordering::is_gt),
        Binary::GreaterOrEqual => ordered(operator, left, right, budget, Ordering::is_ge),
        Binary::In => is_in(left, right, budget).map(Value::Boolean),
        Binary::Add => add(left, right, budget),
        Binary::Subtract => subtract(left, right),
        Binary::Multiply | Binary::Divide | Binary::Remainder => arithmetic(operator, left, right),
        Binary::And | Binary::Or => Err(mismatch(operator, left, right)),
    }
}

/// Applies a prefix operator.
pub(super) fn unary(operator: Unary, operand: &Value) -> Result<Value, Fault> {
    match (operator, operand) {
        (Unary::Not, Value::Boolean(value)) => Ok(Value::Boolean(!value)),
        (Unary::Minus, Value::Integer(value)) => value
            .checked_neg()
            .map(Value::Integer)
            .ok_or_else(|| overflow("integer")),
        (Unary::Minus, Value::Decimal(value)) => Ok(Value::Decimal(-*value)),
        _ => {
            let (sign, found) = (operator.as_str(), operand.type_name());
            let message = format!("`{sign}` does not apply to a value of type {found}");
            Err(Fault::new(ErrorKind::WrongType, message))
        }
    }
}

/// CEL's equality: numbers by their value, everything else only within its type.
pub(super) fn equal(left: &Value, right: &Value, budget: &mut Budget) -> Result<bool, Fault> {
    budget.spend(1)?;
    match (left, right) {
        (Value::List(left), Value::List(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            for (one, other) in left.iter().zip(right.iter()) {
                if !equal(one, other, budget)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::Map(left), Value::Map(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            for ((name, one), (other_name, other)) in left.iter().zip(right.iter()) {
                if name != other_name || !equal(one, other, budget)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::Text(one), Value::Text(other)) => {
            budget.spend_size(one.len().min(other.len()))?;
            Ok(one == other)
        }
        _ => match (left.as_decimal(), right.as_decimal()) {
            (Some(one), Some(other)) => Ok(one == other),
            _ => Ok(left == right),
        },
    }
}

/// How two values of one ordered type compare; `None` when there is no order between them.
pub(super) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Boolean(one), Value::Boolean(other)) => Some(one.cmp(other)),
        (Value::Integer(one), Value::Integer(other)) => Some(one.cmp(other)),
        (Value::Text(one), Value::Text(other)) => Some(one.cmp(other)),
        (Value::Date(one), Value::Date(other)) => Some(one.cmp(other)),
        (Value::Timestamp(one), Value::Timestamp(other)) => Some(one.cmp(other)),
        (Value::Duration(one), Value::Duration(other)) => Some(one.cmp(other)),
        _ => Some(left.as_decimal()?.cmp(&right.as_decimal()?)),
    }
}

fn ordered(
    operator: Binary,
    left: &Value,
    right: &Value,
    budget: &mut Budget,
    accept: fn(Ordering) -> bool,
) -> Result<Value, Fault> {
    if let (Value::Text(one), Value::Text(other)) = (left, right) {
        budget.spend_size(one.len().min(other.len()))?;
    }
    order(left, right)
        .map(|order| Value::Boolean(accept(order)))
        .ok_or_else(|| mismatch(operator, left, right))
}

fn is_in(element: &Value, collection: &Value, budget: &mut Budget) -> Result<bool, Fault> {
    if let Value::List(elements) = collection {
        for one in elements.iter() {
            if equal(element, one, budget)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    match (element, collection) {
        (Value::Text(name), Value::Map(fields)) => Ok(fields.contains_key(name)),
        (_, Value::Map(_)) => Ok(false),
        _ => Err(mismatch(Binary::In, element, collection)),
    }
}

fn add(left: &Value, right: &Value, budget: &mut Budget) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Text(one), Value::Text(other)) => {
            budget.spend_size(one.len() + other.len())?;
            Ok(Value::Text(format!("{one}{other}").into()))
        }
        (Value::List(one), Value::List(other)) => {
            budget.spend_size(16 * (one.len() + other.len()))?;
            Ok(Value::List(
                one.iter().chain(other.iter()).cloned().collect(),
            ))
        }
        (Value::Duration(one), Value::Duration(other)) => one
            .checked_add(*other)
            .map(Value::Duration)
            .ok_or_else(|| overflow("duration")),
        (Value::Duration(duration), moment) | (moment, Value::Duration(duration)) => {
            shift(Binary::Add, moment, *duration)
                .unwrap_or_else(|| Err(mismatch(Binary::Add, left, right)))
        }
        _ => arithmetic(Binary::Add, left, right),
    }
}

fn subtract(left: &Value, right: &Value) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Timestamp(one), Value::Timestamp(other)) => {
            Ok(Value::Duration(one.duration_since(*other)))
        }
        (Value::Date(one), Value::Date(other)) => Ok(Value::Duration(one.duration_since(*other))),
        (Value::Duration(one), Value::Duration(other)) => one
            .checked_sub(*other)
            .map(Value::Duration)
            .ok_or_else(|| overflow("duration")),
        (moment, Value::Duration(duration)) => duration
            .checked_neg()
            .ok_or_else(|| overflow("duration"))
            .and_then(|back| {
                shift(Binary::Subtract, moment, back)
                    .unwrap_or_else(|| Err(mismatch(Binary::Subtract, left, right)))
            }),
        _ => arithmetic(Binary::Subtract, left, right),
    }
}

/// Moves a date or timestamp; `None` when `moment` is neither.
fn shift(operator: Binary, moment: &Value, by: SignedDuration) -> Option<Result<Value, Fault>> {
    if let Value::Timestamp(timestamp) = moment {
        let moved = timestamp.checked_add(by).map(Value::Timestamp);
        return Some(moved.map_err(|_| overflow("timestamp")));
    }
    let Value::Date(date) = moment else {
        return None;
    };
    if by.as_secs() % DAY != 0 || by.subsec_nanos() != 0 {
        let sign = operator.as_str();
        let message = format!("a date `{sign}` a duration asks for whole days");
        return Some(Err(Fault::new(ErrorKind::InvalidValue, message)));
    }
    let moved = date.checked_add(by).map(Value::Date);
    Some(moved.map_err(|_| overflow("date")))
}

fn arithmetic(operator: Binary, left: &Value, right: &Value) -> Result<Value, Fault> {
    if let (Value::Integer(one), Value::Integer(other)) = (left, right) {
        return whole(operator, *one, *other).map(Value::Integer);
    }
    let (Some(one), Some(other)) = (left.as_decimal(), right.as_decimal()) else {
        return Err(mismatch(operator, left, right));
    };
    let divides = operator == Binary::Divide;
    if divides && other.is_zero() {
        return Err(division_by_zero());
    }
    let result = match operator {
        Binary::Add => one.checked_add(other),
        Binary::Subtract => one.checked_sub(other),
        Binary::Multiply => one.checked_mul(other),
        Binary::Divide => one.checked_div(other).map(|quotient| quotient.normalize()),
        Binary::Or
        | Binary::And
        | Binary::Equal
        | Binary::NotEqual
        | Binary::Less
        | Binary::LessOrEqual
        | Binary::Greater
        | Binary::GreaterOrEqual
        | Binary::In
        | Binary::Remainder => return Err(mismatch(operator, left, right)),
    };
    result
        .map(|result: Decimal| Value::Decimal(result))
        .ok_or_else(|| overflow("decimal"))
}

fn whole(operator: Binary, one: i64, other: i64) -> Result<i64, Fault> {
    let divides = matches!(operator, Binary::Divide | Binary::Remainder);
    if divides && other == 0 {
        return Err(division_by_zero());
    }
    let result = match operator {
        Binary::Add => one.checked_add(other),
        Binary::Subtract => one.checked_sub(other),
        Binary::Multiply => one.checked_mul(other),
        Binary::Divide => one.checked_div(other),
        Binary::Remainder => one.checked_rem(other),
        Binary::Or
        | Binary::And
        | Binary::Equal
        | Binary::NotEqual
        | Binary::Less
        | Binary::LessOrEqual
        | Binary::Greater
        | Binary::GreaterOrEqual
        | Binary::In => None,
    };
    result.ok_or_else(|| overflow("integer"))
}

pub(super) fn mismatch(operator: Binary, left: &Value, right: &Value) -> Fault {
    let (left, right) = (left.type_name(), right.type_name());
    let message = format!(
        "`{}` does not apply to {left} and {right}",
        operator.as_str()
    );
    Fault::new(ErrorKind::WrongType, message)
}

pub(super) fn overflow(what: &str) -> Fault {
    let message = format!("the result is beyond what {what} values can hold");
    Fault::new(ErrorKind::Overflow, message)
}

fn division_by_zero() -> Fault {
    Fault::new(ErrorKind::DivisionByZero, "division by zero")
}

/// An empty list, for results without elements.
pub(super) fn empty_list() -> Value {
    Value::List(Arc::from([]))
}
