//! Functions that turn one type into another.

use std::sync::Arc;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::unsuitable;
use crate::expr::ErrorKind;
use crate::expr::operators::overflow;
use crate::expr::value::{
    Budget, Fault, Value, parse_date, parse_duration, parse_timestamp, print_duration,
};

type Applied = Result<Value, Fault>;

fn unreadable(text: &str, what: &str) -> Fault {
    Fault::new(ErrorKind::InvalidValue, format!("`{text}` is no {what}"))
}

pub(super) fn string(arguments: &[Value], budget: &mut Budget) -> Applied {
    let text: Arc<str> = match arguments {
        [Value::Text(text)] => Arc::clone(text),
        [Value::Boolean(value)] => value.to_string().into(),
        [Value::Integer(value)] => value.to_string().into(),
        // Equal decimals must become equal strings.
        [Value::Decimal(value)] => value.normalize().to_string().into(),
        [Value::Date(date)] => date.to_string().into(),
        [Value::Timestamp(timestamp)] => timestamp.to_string().into(),
        [Value::Duration(duration)] => print_duration(*duration).into(),
        _ => return Err(unsuitable("string", arguments)),
    };
    budget.spend_size(text.len())?;
    Ok(Value::Text(text))
}

pub(super) fn int(arguments: &[Value], _: &mut Budget) -> Applied {
    match arguments {
        [Value::Integer(value)] => Ok(Value::Integer(*value)),
        [Value::Decimal(value)] => value
            .trunc()
            .to_i64()
            .map(Value::Integer)
            .ok_or_else(|| overflow("integer")),
        [Value::Text(text)] => text
            .parse()
            .map(Value::Integer)
            .map_err(|_| unreadable(text, "integer")),
        _ => Err(unsuitable("int", arguments)),
    }
}

pub(super) fn decimal(arguments: &[Value], _: &mut Budget) -> Applied {
    match arguments {
        [Value::Integer(value)] => Ok(Value::Decimal(Decimal::from(*value))),
        [Value::Decimal(value)] => Ok(Value::Decimal(*value)),
        [Value::Text(text)] => Decimal::from_str_exact(text)
            .map(Value::Decimal)
            .map_err(|_| unreadable(text, "decimal")),
        _ => Err(unsuitable("decimal", arguments)),
    }
}

/// The day of a timestamp is its day in UTC: expressions know no place.
pub(super) fn date(arguments: &[Value], _: &mut Budget) -> Applied {
    match arguments {
        [Value::Date(date)] => Ok(Value::Date(*date)),
        [Value::Timestamp(timestamp)] => {
            let utc = jiff::tz::Offset::UTC.to_datetime(*timestamp);
            Ok(Value::Date(utc.date()))
        }
        [Value::Text(text)] => parse_date(text)
            .map(Value::Date)
            .ok_or_else(|| unreadable(text, "date; one is written `2026-05-04`")),
        _ => Err(unsuitable("date", arguments)),
    }
}

pub(super) fn timestamp(arguments: &[Value], _: &mut Budget) -> Applied {
    match arguments {
        [Value::Timestamp(timestamp)] => Ok(Value::Timestamp(*timestamp)),
        [Value::Text(text)] => parse_timestamp(text)
            .map(Value::Timestamp)
            .ok_or_else(|| unreadable(text, "timestamp; one is written `2026-05-04T09:30:00Z`")),
        _ => Err(unsuitable("timestamp", arguments)),
    }
}

pub(super) fn duration(arguments: &[Value], _: &mut Budget) -> Applied {
    match arguments {
        [Value::Duration(duration)] => Ok(Value::Duration(*duration)),
        [Value::Text(text)] => parse_duration(text)
            .map(Value::Duration)
            .ok_or_else(|| unreadable(text, "duration; one is written `4h` or `3d`")),
        _ => Err(unsuitable("duration", arguments)),
    }
}
