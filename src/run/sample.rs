//! Small data that fits a contract: for prompts that offer an answer, and for suggestions.
//!
//! Values have the form in which scenario files write them: dates and lengths of time are texts.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, json};

use super::world::World;
use super::{data, solve, validate};
use crate::expr::{Record, Value};
use crate::plan::ByName;
use crate::plan::shape::{Field, Input, Quality};
use crate::plan::value::Literal;
use crate::syntax::contract::{FieldType, Format};
use crate::value_set::schema::{Role, read_value};
use crate::value_set::{Budget, Found, Sets};

/// How deep samples of lists, maps and objects nest.
const DEEPEST: usize = 16;

/// Data that a case can start with.
pub fn input(world: &World<'_>) -> Value {
    match &world.plan.input {
        Input::Contract(name) => contract(world, name),
        Input::Fields(shape) => object(shape, 0),
    }
}

/// Data that fits a contract, as far as its fields say; an empty object where nothing is known.
pub fn contract(world: &World<'_>, name: &str) -> Value {
    let Some(contract) = world.plan.contracts.get(name) else {
        return Record::new().into();
    };
    if let Some(schema) = world.schema_text(name) {
        return smallest(schema).unwrap_or_else(|| Record::new().into());
    }
    let sample = object(&contract.fields, 0);
    if validate::contract(world, name, &sample).is_ok() {
        return sample;
    }
    let Value::Map(fields) = &sample else {
        return sample;
    };
    let mut fields = fields.as_ref().clone();
    for demand in &contract.quality {
        satisfy(world, demand, &contract.fields, &mut fields);
    }
    fields.into()
}

/// Data for a field.
pub fn field(field: &Field, name: &str) -> Value {
    value(field, name, 0)
}

/// The text of a pattern, when one can be found.
pub fn matching(pattern: &str) -> Option<Value> {
    smallest(&json!({"type": "string", "pattern": format!("^(?:{pattern})$")}))
}

/// A smallest value that a JSON Schema accepts.
fn smallest(schema: &serde_json::Value) -> Option<Value> {
    let mut sets = Sets::new();
    let reading = read_value(&mut sets, schema, Role::Reader);
    match sets.smallest(&[reading.set], &[], Budget::default()) {
        Found::Member(value) => Some(data::from_json(&value)),
        Found::Nothing | Found::Undecided(_) => None,
    }
}

fn object(shape: &ByName<Field>, depth: usize) -> Value {
    let required = shape
        .iter()
        .filter(|(_, field)| field.required && field.default.is_none());
    let fields = required.map(|(name, field)| (name.into(), value(field, name, depth + 1)));
    fields.collect::<Record>().into()
}

fn value(field: &Field, name: &str, depth: usize) -> Value {
    let members = field.one_of.as_ref();
    if let Some(first) = members.and_then(|members| members.values.first()) {
        return data::literal(first);
    }
    if depth > DEEPEST {
        return Value::Null;
    }
    match field.kind {
        FieldType::String => text(field, name),
        FieldType::Integer => match number(field, Decimal::ONE).to_i64() {
            Some(number) => Value::Integer(number),
            None => Value::Integer(1),
        },
        FieldType::Decimal => Value::Decimal(number(field, Decimal::from(100))),
        FieldType::Boolean => Value::Boolean(true),
        FieldType::Date => bounded(field, "2026-03-02"),
        FieldType::Timestamp => bounded(field, "2026-03-02T08:00:00Z"),
        FieldType::Duration => bounded(field, "1h"),
        FieldType::List => {
            let count = field.bounds.min_items.unwrap_or(1).max(1);
            let count = field
                .bounds
                .max_items
                .map_or(count, |most| count.min(most))
                .min(64);
            let item = |number: u32| match &field.items {
                Some(item) if number == 0 => value(item, name, depth + 1),
                Some(item) => distinct(&value(item, name, depth + 1), number),
                None => Value::text(name),
            };
            (0..count).map(item).collect::<Vec<_>>().into()
        }
        FieldType::Map => {
            let entry = field
                .values
                .as_ref()
                .map_or(Value::Null, |shape| value(shape, name, depth + 1));
            Record::from([("one".into(), entry)]).into()
        }
        FieldType::Object => object(&field.properties, depth),
    }
}

/// A value like another one, for lists whose items differ.
fn distinct(value: &Value, number: u32) -> Value {
    match value {
        Value::Text(text) => Value::text(&format!("{text}-{number}")),
        Value::Integer(integer) => Value::Integer(integer.saturating_add(i64::from(number))),
        Value::Decimal(decimal) => Value::Decimal(decimal + Decimal::from(number)),
        Value::Null
        | Value::Boolean(_)
        | Value::Date(_)
        | Value::Timestamp(_)
        | Value::Duration(_)
        | Value::List(_)
        | Value::Map(_) => value.clone(),
    }
}

/// The lower bound of a field of time, or what is usual.
fn bounded(field: &Field, usual: &str) -> Value {
    let least = field.bounds.min.as_ref().or(field.bounds.max.as_ref());
    Value::text(least.map_or(usual, Literal::text))
}

/// A number within the bounds, `usual` where they allow it.
fn number(field: &Field, usual: Decimal) -> Decimal {
    let bounds = &field.bounds;
    let limit = |literal: &Option<Literal>| {
        let literal = literal.as_ref()?;
        literal.text().parse::<Decimal>().ok()
    };
    let smallest_step = if field.kind == FieldType::Integer {
        Decimal::ONE
    } else {
        Decimal::new(1, 2)
    };
    let step = limit(&bounds.multiple_of).unwrap_or(smallest_step);
    let mut number = usual;
    if let Some(least) = limit(&bounds.min) {
        number = number.max(least);
    }
    if let Some(least) = limit(&bounds.min_exclusive) {
        number = number.max(least.saturating_add(step));
    }
    if let Some(most) = limit(&bounds.max) {
        number = number.min(most);
    }
    if let Some(most) = limit(&bounds.max_exclusive) {
        number = number.min(most.saturating_sub(step));
    }
    let rest = limit(&bounds.multiple_of).and_then(|multiple| number.checked_rem(multiple));
    match rest {
        Some(rest) if !rest.is_zero() => number.saturating_sub(rest).saturating_add(step),
        Some(_) | None => number,
    }
}

fn text(field: &Field, name: &str) -> Value {
    if let Some(format) = field.format {
        return Value::text(formatted(format));
    }
    let bounds = &field.bounds;
    if let Some(pattern) = &bounds.pattern {
        let mut schema = Map::from_iter([
            ("type".to_owned(), json!("string")),
            ("pattern".to_owned(), json!(format!("^(?:{pattern})$"))),
        ]);
        let lengths = [
            ("minLength", bounds.min_length),
            ("maxLength", bounds.max_length),
        ];
        for (key, length) in lengths {
            schema.extend(length.map(|length| (key.to_owned(), json!(length))));
        }
        return smallest(&schema.into()).unwrap_or_else(|| Value::text(name));
    }
    let words = name.replace('_', " ");
    let mut text = words.clone();
    let least = usize::try_from(bounds.min_length.unwrap_or(0).min(10_000)).unwrap_or(0);
    while text.chars().count() < least {
        text = format!("{text} {words}");
    }
    let most = bounds
        .max_length
        .and_then(|most| usize::try_from(most).ok());
    Value::text(
        &text
            .chars()
            .take(most.unwrap_or(usize::MAX))
            .collect::<String>(),
    )
}

/// A text of a format.
fn formatted(format: Format) -> &'static str {
    match format {
        Format::Uuid => "00000000-0000-4000-8000-000000000001",
        Format::Email => "someone@example.com",
        Format::Uri => "https://example.com/1",
        Format::Hostname => "example.com",
        Format::Ipv4 => "192.0.2.1",
        Format::Ipv6 => "2001:db8::1",
        Format::Iban => "SE4550000000058398257466",
        Format::IsoCurrency => "EUR",
        Format::IsoCountry => "SE",
        Format::Phone => "+46 8 123 45 67",
    }
}

/// Changes a record so that it meets a demand, where that is a matter of one field.
fn satisfy(world: &World<'_>, demand: &Quality, shape: &ByName<Field>, record: &mut Record) {
    let (name, wanted) = match demand {
        Quality::NotEmpty { field } => {
            if record.contains_key(field.as_str()) {
                return;
            }
            let sample = shape.get(field).map(|shape| self::field(shape, field));
            (field, sample)
        }
        Quality::OneOf { field, values } => (field, values.first().map(data::literal)),
        Quality::Matches { field, pattern } => (field, matching(pattern)),
        Quality::Between { field, min, max } => {
            (field, min.as_ref().or(max.as_ref()).map(data::literal))
        }
        Quality::Holds { that } => {
            if let Some(met) = solve::made_true(world, that, record) {
                *record = met;
            }
            return;
        }
    };
    if let Some(wanted) = wanted {
        record.insert(name.as_str().into(), wanted);
    }
}
