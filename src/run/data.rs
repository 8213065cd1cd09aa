//! Values from plans, from JSON and from YAML, and back to JSON for traces.

use rust_decimal::Decimal;
use std::str::FromStr;

use crate::expr::{Record, Value, parse_date, parse_duration, parse_timestamp};
use crate::plan::value::{Literal, Number};
use crate::syntax::contract::FieldType;
use crate::syntax::decision::CellType;
use crate::syntax::expressions::Data as Written;
use crate::yaml::{Content, NodeRef, Resolved};

/// The value of a control: texts that are lengths of time are times.
pub(super) fn control(value: &Literal) -> Value {
    let time = match value {
        Literal::Text(text) => parse_duration(text),
        Literal::Boolean(_) | Literal::Number(_) => None,
    };
    time.map_or_else(|| literal(value), Value::Duration)
}

/// A literal of a plan.
pub(super) fn literal(literal: &Literal) -> Value {
    match literal {
        Literal::Boolean(value) => Value::Boolean(*value),
        Literal::Number(value) => number(value),
        Literal::Text(text) => Value::text(text),
    }
}

/// A number of a plan; what cannot be represented stays a text.
pub(super) fn number(written: &Number) -> Value {
    let integer = match written {
        Number::Integer(digits) => digits.parse().ok().map(Value::Integer),
        Number::Decimal(_) => None,
    };
    integer
        .or_else(|| Decimal::from_str(written.as_str()).ok().map(Value::Decimal))
        .unwrap_or_else(|| Value::text(written.as_str()))
}

/// Data of a scenario as it is written; `${ }` has no meaning there.
pub fn written(data: &Written) -> Value {
    match data {
        Written::Null => Value::Null,
        Written::Boolean(value) => Value::Boolean(*value),
        Written::Number(text) => number(&Number::new(text)),
        Written::Text(text) => Value::text(&text.text),
        Written::List(items) => {
            let items: Vec<Value> = items.iter().map(|item| written(&item.value)).collect();
            items.into()
        }
        Written::Map(entries) => {
            let entries = entries.iter();
            let fields =
                entries.map(|(name, value)| (name.value.as_str().into(), written(&value.value)));
            fields.collect::<Record>().into()
        }
    }
}

/// A node of a JSON or YAML file.
pub fn node(node: NodeRef<'_>) -> Value {
    match node.content() {
        Content::Scalar(scalar) => match scalar.resolve() {
            Resolved::Null => Value::Null,
            Resolved::Boolean(value) => Value::Boolean(value),
            Resolved::Integer | Resolved::Number => number(&Number::new(scalar.text())),
            Resolved::Text => Value::text(scalar.text()),
        },
        Content::Sequence(sequence) => {
            let items: Vec<Value> = sequence.items().map(self::node).collect();
            items.into()
        }
        Content::Mapping(mapping) => {
            let entries = mapping.entries();
            let fields = entries.map(|entry| (entry.name.into(), self::node(entry.value)));
            fields.collect::<Record>().into()
        }
    }
}

/// The value as a type of the language wants it: texts that are dates, instants or lengths of
/// time, integers that stand for decimals. `None` when it does not fit.
pub(super) fn as_type(value: &Value, kind: FieldType) -> Option<Value> {
    match (kind, value) {
        (FieldType::Date, Value::Text(text)) => parse_date(text).map(Value::Date),
        (FieldType::Timestamp, Value::Text(text)) => parse_timestamp(text).map(Value::Timestamp),
        (FieldType::Duration, Value::Text(text)) => parse_duration(text).map(Value::Duration),
        (FieldType::Decimal, Value::Integer(number)) => {
            Some(Value::Decimal(Decimal::from(*number)))
        }
        (FieldType::Integer, Value::Decimal(number)) => {
            let whole = number.normalize();
            let whole = whole.to_string().parse().ok();
            whole.map(Value::Integer)
        }
        (FieldType::String, Value::Text(_))
        | (FieldType::Integer, Value::Integer(_))
        | (FieldType::Decimal, Value::Decimal(_))
        | (FieldType::Boolean, Value::Boolean(_))
        | (FieldType::Date, Value::Date(_))
        | (FieldType::Timestamp, Value::Timestamp(_))
        | (FieldType::Duration, Value::Duration(_))
        | (FieldType::List, Value::List(_))
        | (FieldType::Map | FieldType::Object, Value::Map(_)) => Some(value.clone()),
        (
            FieldType::String
            | FieldType::Integer
            | FieldType::Decimal
            | FieldType::Boolean
            | FieldType::Date
            | FieldType::Timestamp
            | FieldType::Duration
            | FieldType::List
            | FieldType::Map
            | FieldType::Object,
            _,
        ) => None,
    }
}

/// The value as a cell of a decision table wants it.
pub(super) fn as_cell(value: &Value, kind: CellType) -> Option<Value> {
    let kind = match kind {
        CellType::String | CellType::Queue | CellType::Person | CellType::Role | CellType::Team => {
            FieldType::String
        }
        CellType::Integer => FieldType::Integer,
        CellType::Decimal => FieldType::Decimal,
        CellType::Boolean => FieldType::Boolean,
        CellType::Date => FieldType::Date,
        CellType::Duration => FieldType::Duration,
    };
    as_type(value, kind)
}

/// The value as JSON: dates, instants and times as texts, numbers with a point as they are
/// written where JSON can say them exactly, else as texts.
pub fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Boolean(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Decimal(value) => {
            let text = value.normalize().to_string();
            let float = text.parse::<f64>().ok();
            let exact = float.filter(|float| float.to_string() == text);
            match exact.and_then(serde_json::Number::from_f64) {
                Some(number) => serde_json::Value::Number(number),
                None => text.into(),
            }
        }
        Value::Text(text) => serde_json::Value::String(text.to_string()),
        Value::Date(date) => date.to_string().into(),
        Value::Timestamp(timestamp) => timestamp.to_string().into(),
        Value::Duration(duration) => format!("{}s", duration.as_secs()).into(),
        Value::List(items) => items.iter().map(json).collect::<Vec<_>>().into(),
        Value::Map(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (name.to_string(), json(value)));
            serde_json::Value::Object(fields.collect())
        }
    }
}

/// A value from JSON.
pub fn from_json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Boolean(*value),
        serde_json::Value::Number(value) => number(&Number::new(&value.to_string())),
        serde_json::Value::String(text) => Value::text(text),
        serde_json::Value::Array(items) => items.iter().map(from_json).collect::<Vec<_>>().into(),
        serde_json::Value::Object(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(name, value)| (name.as_str().into(), from_json(value)));
            fields.collect::<Record>().into()
        }
    }
}

/// The value as a part of a text.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::Null => String::new(),
        Value::Decimal(number) => number.normalize().to_string(),
        Value::Date(date) => date.to_string(),
        Value::Timestamp(timestamp) => timestamp.to_string(),
        Value::Boolean(_)
        | Value::Integer(_)
        | Value::Duration(_)
        | Value::List(_)
        | Value::Map(_) => value.to_string(),
    }
}

/// A text that is a name.
pub(super) fn name(value: &Value) -> Option<String> {
    if let Value::Text(text) = value {
        Some(text.to_string())
    } else {
        None
    }
}

/// The fields of an object.
pub(super) fn fields(value: &Value) -> Option<&Record> {
    if let Value::Map(fields) = value {
        Some(fields)
    } else {
        None
    }
}

/// The people that a value names: a text, a list of texts, or nobody.
pub(super) fn people(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::Text(name) => Some(vec![name.to_string()]),
        Value::List(items) => {
            let names = items.iter().map(people).collect::<Option<Vec<_>>>()?;
            Some(names.into_iter().flatten().collect())
        }
        Value::Boolean(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Timestamp(_)
        | Value::Duration(_)
        | Value::Map(_) => None,
    }
}
