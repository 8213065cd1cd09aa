//! Fields as JSON Schema: what validators, set comparison and other tools read.
//!
//! Producers emit only the fields that are listed, and readers ignore others, so an object is
//! closed for its writer and open for its reader.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{Bound, FieldShape, Shape};
use crate::model::quantity::{Quantity, number};
use crate::syntax::contract::FieldType;
use crate::syntax::scalars::Literal;
pub use crate::value_set::schema::Role;

/// The edition that is written.
pub const EDITION: &str = "https://json-schema.org/draft/2020-12/schema";

/// The JSON Schema of a record with these fields.
pub fn of_fields(fields: &[FieldShape], role: Role) -> Value {
    let mut schema = object(fields, role);
    schema.shift_insert(0, "$schema".to_owned(), json!(EDITION));
    Value::Object(schema)
}

fn object(fields: &[FieldShape], role: Role) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    if fields.is_empty() {
        return schema;
    }
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| (field.name.value.clone(), of_shape(&field.shape, role)))
        .collect();
    schema.insert("properties".to_owned(), Value::Object(properties));
    let required: Vec<&str> = fields
        .iter()
        .filter(|field| field.shape.must_be_given())
        .map(|field| field.name.value.as_str())
        .collect();
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    if role == Role::Writer {
        schema.insert("additionalProperties".to_owned(), json!(false));
    }
    schema
}

/// The JSON Schema of one value.
pub fn of_shape(shape: &Shape, role: Role) -> Value {
    let mut schema = match shape.kind.map(|kind| kind.value) {
        None => Map::new(),
        Some(kind) => of_kind(shape, kind, role),
    };
    if shape.nullable.value
        && let Some(kind) = schema.get("type").cloned()
    {
        schema.insert("type".to_owned(), json!([kind, "null"]));
    }
    if let Some(members) = shape.members.as_ref().filter(|members| !members.open.value) {
        let kind = shape.kind.map(|kind| kind.value);
        let values = members.values.iter();
        let mut values: Vec<Value> = values.map(|value| constant(&value.value, kind)).collect();
        if shape.nullable.value {
            values.push(Value::Null);
        }
        schema.insert("enum".to_owned(), Value::Array(values));
    }
    Value::Object(schema)
}

fn of_kind(shape: &Shape, kind: FieldType, role: Role) -> Map<String, Value> {
    let mut schema = Map::new();
    let name = match kind {
        FieldType::String | FieldType::Date | FieldType::Timestamp | FieldType::Duration => {
            "string"
        }
        FieldType::Integer => "integer",
        FieldType::Decimal => "number",
        FieldType::Boolean => "boolean",
        FieldType::List => "array",
        FieldType::Map => "object",
        FieldType::Object => return object(&shape.properties, role),
    };
    schema.insert("type".to_owned(), json!(name));
    match kind {
        FieldType::String => texts(shape, &mut schema),
        FieldType::Date => {
            schema.insert("format".to_owned(), json!("date"));
            let ends = [
                dates_from(shape.lower.as_ref().map(|bound| &bound.value)),
                dates_until(shape.upper.as_ref().map(|bound| &bound.value)),
            ];
            let patterns: Vec<Value> = ends
                .into_iter()
                .flatten()
                .map(|pattern| json!({ "pattern": pattern }))
                .collect();
            if !patterns.is_empty() {
                schema.insert("allOf".to_owned(), json!(patterns));
            }
        }
        FieldType::Timestamp => {
            schema.insert("format".to_owned(), json!("date-time"));
        }
        FieldType::Duration => {
            schema.insert("format".to_owned(), json!("duration"));
        }
        FieldType::Integer | FieldType::Decimal => numbers(shape, &mut schema),
        FieldType::List => list(shape, role, &mut schema),
        FieldType::Map => {
            if let Some(values) = &shape.values {
                schema.insert("additionalProperties".to_owned(), of_shape(values, role));
            }
        }
        FieldType::Boolean | FieldType::Object => {}
    }
    schema
}

fn list(shape: &Shape, role: Role, schema: &mut Map<String, Value>) {
    if let Some(items) = &shape.items {
        schema.insert("items".to_owned(), of_shape(items, role));
    }
    count(
        schema,
        "minItems",
        shape.item_count.least.map(|least| least.value),
    );
    count(
        schema,
        "maxItems",
        shape.item_count.most.map(|most| most.value),
    );
    if shape.unique_items.value {
        schema.insert("uniqueItems".to_owned(), json!(true));
    }
}

fn texts(shape: &Shape, schema: &mut Map<String, Value>) {
    if let Some(format) = &shape.format {
        schema.insert("format".to_owned(), json!(format.value.as_str()));
    }
    if let Some(pattern) = &shape.pattern {
        let whole = format!("^(?:{})$", pattern.value);
        schema.insert("pattern".to_owned(), json!(whole));
    }
    count(
        schema,
        "minLength",
        shape.length.least.map(|least| least.value),
    );
    count(
        schema,
        "maxLength",
        shape.length.most.map(|most| most.value),
    );
}

fn count(schema: &mut Map<String, Value>, keyword: &str, count: Option<u32>) {
    if let Some(count) = count {
        schema.insert(keyword.to_owned(), json!(count));
    }
}

fn numbers(shape: &Shape, schema: &mut Map<String, Value>) {
    let ends = [
        (&shape.lower, ["minimum", "exclusiveMinimum"]),
        (&shape.upper, ["maximum", "exclusiveMaximum"]),
    ];
    for (bound, [inclusive, exclusive]) in ends {
        let Some(bound) = bound.as_ref().map(|bound| &bound.value) else {
            continue;
        };
        if let Quantity::Number(limit) = bound.limit {
            let keyword = if bound.inclusive {
                inclusive
            } else {
                exclusive
            };
            schema.insert(keyword.to_owned(), decimal(limit));
        }
    }
    if let Some(step) = shape.multiple_of {
        schema.insert("multipleOf".to_owned(), decimal(step.value));
    }
}

fn decimal(number: Decimal) -> Value {
    let text = number.normalize().to_string();
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

fn constant(literal: &Literal, kind: Option<FieldType>) -> Value {
    let is_number = !matches!(
        kind,
        Some(FieldType::String | FieldType::Date | FieldType::Timestamp | FieldType::Duration)
    );
    let is_boolean = matches!(kind, None | Some(FieldType::Boolean));
    match literal {
        Literal::Boolean(value) if is_boolean => json!(value),
        Literal::Number(text) if is_number => number(text).map_or_else(|| json!(text), decimal),
        Literal::Boolean(_) | Literal::Number(_) | Literal::Text(_) => json!(literal.text()),
    }
}

impl Shape {
    /// Whether JSON Schema can say all that the field says about its values: it knows no order of
    /// points in time and of lengths of time.
    pub fn fits_json_schema(&self) -> bool {
        let ordered = matches!(
            self.kind.map(|kind| kind.value),
            Some(FieldType::Timestamp | FieldType::Duration)
        );
        let inner = [&self.items, &self.values];
        !(ordered && (self.lower.is_some() || self.upper.is_some()))
            && self
                .properties
                .iter()
                .all(|field| field.shape.fits_json_schema())
            && inner
                .into_iter()
                .flatten()
                .all(|shape| shape.fits_json_schema())
    }
}

fn dates_from(bound: Option<&Bound>) -> Option<String> {
    dates(bound?, |digit| {
        (digit < '9').then(|| format!("[{}-9]", next(digit)))
    })
}

fn dates_until(bound: Option<&Bound>) -> Option<String> {
    dates(bound?, |digit| {
        (digit > '0').then(|| format!("[0-{}]", previous(digit)))
    })
}

fn next(digit: char) -> char {
    char::from(digit as u8 + 1)
}

fn previous(digit: char) -> char {
    char::from(digit as u8 - 1)
}

/// Dates are written so that their order is that of their digits: beyond a date are those that
/// share some first digits and go beyond in the following one.
fn dates(bound: &Bound, beyond: impl Fn(char) -> Option<String>) -> Option<String> {
    let Quantity::Date(date) = bound.limit else {
        return None;
    };
    let written = date.to_string();
    let mut alternatives = Vec::new();
    for (index, character) in written.char_indices() {
        let Some(digit) = beyond(character).filter(|_| character.is_ascii_digit()) else {
            continue;
        };
        let rest: String = written[index + 1..]
            .chars()
            .map(|character| if character == '-' { "-" } else { "[0-9]" })
            .collect();
        alternatives.push(format!("{}{digit}{rest}", &written[..index]));
    }
    if bound.inclusive {
        alternatives.push(written);
    }
    Some(format!("^(?:{})$", alternatives.join("|")))
}

#[cfg(test)]
mod tests {
    use super::{Bound, Quantity, dates_from, dates_until};

    #[test]
    fn bounds_of_dates_become_patterns() {
        let bound = |inclusive| Bound {
            limit: Quantity::Date(jiff::civil::date(2026, 1, 9)),
            inclusive,
        };
        let matches =
            |pattern: &str, date: &str| regex::Regex::new(pattern).unwrap().is_match(date);
        let from = dates_from(Some(&bound(true))).unwrap();
        let after = dates_from(Some(&bound(false))).unwrap();
        let until = dates_until(Some(&bound(true))).unwrap();
        for (date, expected) in [
            ("2026-01-08", [false, false, true]),
            ("2026-01-09", [true, false, true]),
            ("2026-01-10", [true, true, false]),
            ("2025-12-31", [false, false, true]),
            ("2030-01-01", [true, true, false]),
        ] {
            let found = [&from, &after, &until].map(|pattern| matches(pattern, date));
            assert_eq!(found, expected, "{date}");
        }
    }
}
