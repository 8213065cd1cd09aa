//! Values that may tip a comparison.

use jiff::{SignedDuration, ToSpan};
use rust_decimal::Decimal;

use crate::expr::Value;
use crate::plan::shape::Field;
use crate::run::{data, sample};

/// Values equal to another one, next to it, and different from it; members of it when it is the
/// list of an `in`. The field is that of the place that is changed.
pub(super) fn around(other: &Value, field: Option<&Field>, is_list: bool) -> Vec<Value> {
    let mut values = Vec::new();
    if let (Value::List(items), true) = (other, is_list) {
        values.extend(items.iter().take(3).cloned());
    } else {
        values.push(other.clone());
    }
    match other {
        Value::Integer(number) => {
            values.extend(
                [number.checked_add(1), number.checked_sub(1)]
                    .map(|near| near.map_or(Value::Integer(0), Value::Integer)),
            );
        }
        Value::Decimal(number) => {
            let steps = [Decimal::new(1, 2), Decimal::ONE];
            let near = steps.iter().flat_map(|step| [number + step, number - step]);
            values.extend(near.map(Value::Decimal));
        }
        Value::Date(date) => {
            let near = [date.tomorrow(), date.yesterday()];
            values.extend(near.into_iter().flatten().map(Value::Date));
        }
        Value::Timestamp(instant) => {
            let near = [instant.checked_add(1.hour()), instant.checked_sub(1.hour())];
            values.extend(near.into_iter().flatten().map(Value::Timestamp));
        }
        Value::Duration(length) => {
            let second = SignedDuration::from_secs(1);
            let near = [length.checked_add(second), length.checked_sub(second)];
            values.extend(near.into_iter().flatten().map(Value::Duration));
        }
        Value::Boolean(value) => values.push(Value::Boolean(!value)),
        Value::Text(text) => values.push(Value::text(&varied(text))),
        Value::Null | Value::List(_) | Value::Map(_) => {}
    }
    if let Some(field) = field {
        let members = field.one_of.iter().flat_map(|members| &members.values);
        values.extend(members.map(data::literal));
        values.push(sample::field(field, "other"));
    }
    values.push(Value::text("other"));
    values.push(Value::text(""));
    values
}

/// Lists and texts of a size, and a little longer and shorter.
pub(super) fn sizes(value: &Value, size: i64) -> Vec<Value> {
    let sizes = [size, size.saturating_add(1), size.saturating_sub(1)];
    let sizes = sizes
        .into_iter()
        .filter_map(|size| usize::try_from(size).ok());
    let sizes = sizes.filter(|size| *size <= 1_000);
    match value {
        Value::List(items) => {
            let item = items.first().cloned().unwrap_or_else(|| Value::text("one"));
            let of_size = |size: usize| {
                let more = std::iter::repeat_n(item.clone(), size.saturating_sub(items.len()));
                let items: Vec<Value> = items.iter().take(size).cloned().chain(more).collect();
                items.into()
            };
            sizes.map(of_size).collect()
        }
        Value::Text(text) => {
            let of_size = |size: usize| {
                let text: String = text
                    .chars()
                    .chain(std::iter::repeat('x'))
                    .take(size)
                    .collect();
                Value::text(&text)
            };
            sizes.map(of_size).collect()
        }
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Timestamp(_)
        | Value::Duration(_)
        | Value::Map(_) => Vec::new(),
    }
}

/// A number of the same kind as another one.
pub(super) fn like(value: &Value, number: Decimal) -> Value {
    if let Value::Integer(_) = value {
        let whole = number.ceil().normalize().to_string();
        return whole.parse().map_or(Value::Integer(0), Value::Integer);
    }
    Value::Decimal(number)
}

/// Another text of the same form: its last letter or digit is the next one.
pub(in crate::run) fn varied(text: &str) -> String {
    let next = |each: char| match each {
        '9' => '0',
        'z' => 'a',
        'Z' => 'A',
        other => char::from_u32(u32::from(other) + 1).unwrap_or(other),
    };
    let last = text.rfind(|each: char| each.is_ascii_alphanumeric());
    match last {
        Some(last) => {
            let (before, rest) = text.split_at(last);
            let mut rest = rest.chars();
            let varied = rest.next().map(next);
            before.chars().chain(varied).chain(rest).collect()
        }
        None => "other".to_owned(),
    }
}
