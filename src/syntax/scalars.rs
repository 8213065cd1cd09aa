//! Single values: literals, dates, versions, and free `x-` keys.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, Decoder, pattern_schema, text};
use super::visit::{Visit, Visitor};
use crate::yaml::{Content, Entry, NodeRef, Resolved};

/// A single value: a number, a boolean or text, kept as written so that decimals stay exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as written.
    Number(String),
    /// Text, durations and dates among them.
    Text(String),
}

impl Literal {
    /// The value as people write it.
    pub fn text(&self) -> &str {
        match self {
            Literal::Boolean(true) => "true",
            Literal::Boolean(false) => "false",
            Literal::Number(text) | Literal::Text(text) => text,
        }
    }
}

impl Decode for Literal {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        let Some(scalar) = node.scalar() else {
            decoder.wrong_type(node, "a single value");
            return None;
        };
        match scalar.resolve() {
            Resolved::Null => {
                decoder.wrong_type(node, "a single value");
                None
            }
            Resolved::Boolean(value) => Some(Literal::Boolean(value)),
            Resolved::Integer | Resolved::Number => Some(Literal::Number(scalar.text().to_owned())),
            Resolved::Text => Some(Literal::Text(scalar.text().to_owned())),
        }
    }
}

impl Visit for Literal {
    fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
}

impl JsonSchema for Literal {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Literal".into()
    }
    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

/// A calendar date, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// The date.
    pub civil: jiff::civil::Date,
}

impl Decode for Date {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        let scalar = text(node, decoder, "a date, as \"2026-12-31\"")?;
        let well_formed = scalar.text().len() == 10;
        match scalar.text().parse() {
            Ok(civil) if well_formed => Some(Date { civil }),
            _ => {
                decoder.invalid_value(
                    node.span(),
                    format!("`{}` is not a date of the calendar", scalar.text()),
                    "write year, month and day, as \"2026-12-31\"".to_owned(),
                );
                None
            }
        }
    }
}

impl Visit for Date {
    fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
}

impl JsonSchema for Date {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }
    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
    }
}

/// A semantic version, `MAJOR.MINOR.PATCH`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The version.
    pub semantic: semver::Version,
}

/// What a semantic version looks like.
const VERSION_PATTERN: &str =
    "^(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$";

impl Decode for Version {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        let scalar = text(node, decoder, "a version, as 2.1.0")?;
        match semver::Version::parse(scalar.text()) {
            Ok(semantic) => Some(Version { semantic }),
            Err(_) => {
                decoder.invalid_value(
                    node.span(),
                    format!("`{}` is not a semantic version", scalar.text()),
                    "write MAJOR.MINOR.PATCH, as 2.1.0".to_owned(),
                );
                None
            }
        }
    }
}

impl Visit for Version {
    fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
}

impl JsonSchema for Version {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }
    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        pattern_schema(VERSION_PATTERN, "A semantic version, as 2.1.0.")
    }
}

/// Free keys (`x-…`) with their values, which travel to the plan untouched.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extensions {
    /// Key and value, in written order.
    pub entries: Vec<(String, serde_json::Value)>,
}

impl Extensions {
    /// Keeps one entry.
    pub fn push(&mut self, entry: Entry<'_>) {
        self.entries
            .push((entry.name.to_owned(), json(entry.value)));
    }
}

/// A node as JSON, by the core schema; numbers that JSON cannot hold become text.
pub fn json(node: NodeRef<'_>) -> serde_json::Value {
    use serde_json::Value;
    match node.content() {
        Content::Sequence(sequence) => sequence.items().map(json).collect(),
        Content::Mapping(mapping) => Value::Object(
            mapping
                .entries()
                .map(|entry| (entry.name.to_owned(), json(entry.value)))
                .collect(),
        ),
        Content::Scalar(scalar) => match scalar.resolve() {
            Resolved::Null => Value::Null,
            Resolved::Boolean(value) => Value::Bool(value),
            Resolved::Text => Value::String(scalar.text().to_owned()),
            Resolved::Integer | Resolved::Number => scalar
                .text()
                .parse::<serde_json::Number>()
                .map_or_else(|_| Value::String(scalar.text().to_owned()), Value::Number),
        },
    }
}
