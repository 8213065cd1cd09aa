//! Values as places on a scale, so that numbers, days, instants and lengths of time are searched
//! alike.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::expr::environment::Type;
use crate::expr::value::Value;

const EPOCH: Date = date(1970, 1, 1);
const DAY: i64 = 86_400;
const SECOND: i128 = 1_000_000_000;

/// What a variable is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// True or false.
    Truth,
    /// Texts, which are equal or not.
    Text,
    /// Whole numbers.
    Whole,
    /// Numbers with a point.
    Number,
    /// Days, counted from 1970.
    Day,
    /// Instants, in nanoseconds from 1970.
    Instant,
    /// Lengths of time, in nanoseconds.
    Length,
}

impl Scale {
    /// The scale of a type; `None` when its values are not compared one by one.
    pub(super) fn of_type(of: &Type) -> Option<Scale> {
        match of {
            Type::Boolean => Some(Scale::Truth),
            Type::String(_) => Some(Scale::Text),
            Type::Integer => Some(Scale::Whole),
            Type::Decimal => Some(Scale::Number),
            Type::Date => Some(Scale::Day),
            Type::Timestamp => Some(Scale::Instant),
            Type::Duration => Some(Scale::Length),
            Type::Any | Type::Null | Type::List(_) | Type::Map(_) | Type::Object(_) => None,
        }
    }

    /// True when there is nothing between two neighbours.
    pub(super) fn is_discrete(self) -> bool {
        self != Scale::Number
    }

    /// True when values of the two can be compared.
    pub(super) fn meets(self, other: Scale) -> bool {
        let is_number = |scale| matches!(scale, Scale::Whole | Scale::Number);
        self == other || (is_number(self) && is_number(other))
    }

    /// The value at a place; `None` when the scale does not reach so far.
    pub(super) fn value(self, point: &Point) -> Option<Value> {
        match (self, point) {
            (Scale::Truth, Point::Truth(truth)) => Some(Value::Boolean(*truth)),
            (Scale::Text, Point::Text(text)) => Some(Value::Text(Arc::clone(text))),
            (Scale::Whole, Point::Number(number)) => {
                whole(*number)?.try_into().ok().map(Value::Integer)
            }
            (Scale::Number, Point::Number(number)) => Some(Value::Decimal(*number)),
            (Scale::Day, Point::Number(number)) => {
                let seconds = i64::try_from(whole(*number)?).ok()?.checked_mul(DAY)?;
                let moved = EPOCH.checked_add(SignedDuration::from_secs(seconds));
                moved.ok().map(Value::Date)
            }
            (Scale::Instant, Point::Number(number)) => {
                let instant = Timestamp::from_nanosecond(whole(*number)?);
                instant.ok().map(Value::Timestamp)
            }
            (Scale::Length, Point::Number(number)) => {
                let nanoseconds = whole(*number)?;
                let seconds = i64::try_from(nanoseconds / SECOND).ok()?;
                let rest = i32::try_from(nanoseconds % SECOND).ok()?;
                Some(Value::Duration(SignedDuration::new(seconds, rest)))
            }
            _ => None,
        }
    }
}

fn whole(number: Decimal) -> Option<i128> {
    number.is_integer().then(|| number.to_i128()).flatten()
}

/// A place on a scale.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Point {
    /// True or false.
    Truth(bool),
    /// A number, or a count of days or nanoseconds.
    Number(Decimal),
    /// A text.
    Text(Arc<str>),
}

impl Point {
    /// The place of a value with its scale.
    pub(super) fn of(value: &Value) -> Option<(Point, Scale)> {
        let number = |number: i128| Decimal::try_from_i128_with_scale(number, 0).ok();
        let (point, scale) = match value {
            Value::Boolean(truth) => (Point::Truth(*truth), Scale::Truth),
            Value::Integer(integer) => (Point::Number(Decimal::from(*integer)), Scale::Whole),
            Value::Decimal(decimal) => (Point::Number(*decimal), Scale::Number),
            Value::Text(text) => (Point::Text(Arc::clone(text)), Scale::Text),
            Value::Date(date) => {
                let days = date.duration_since(EPOCH).as_secs() / DAY;
                (Point::Number(number(days.into())?), Scale::Day)
            }
            Value::Timestamp(timestamp) => (
                Point::Number(number(timestamp.as_nanosecond())?),
                Scale::Instant,
            ),
            Value::Duration(duration) => {
                (Point::Number(number(duration.as_nanos())?), Scale::Length)
            }
            Value::Null | Value::List(_) | Value::Map(_) => return None,
        };
        Some((point, scale))
    }

    pub(super) fn number(&self) -> Option<Decimal> {
        if let Point::Number(number) = self {
            Some(*number)
        } else {
            None
        }
    }
}

/// How two sides compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
}

impl Relation {
    pub(super) fn holds(self, order: Ordering) -> bool {
        match self {
            Relation::Equal => order.is_eq(),
            Relation::NotEqual => order.is_ne(),
            Relation::Less => order.is_lt(),
            Relation::LessOrEqual => order.is_le(),
        }
    }
}
