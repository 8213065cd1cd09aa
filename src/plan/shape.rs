//! The shapes of data that cross a boundary: what engines validate before they go on.

use schemars::JsonSchema;
use serde::Serialize;

use super::ByName;
use super::origin::{FileReference, Origin};
use super::value::{Expression, Literal};
use crate::syntax::contract::{Classification, FieldType, Format};

/// What a case starts with.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// Data of this contract of the plan.
    Contract(String),
    /// These fields.
    Fields(ByName<Field>),
}

/// A contract as far as one record can be tested against it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Contract {
    /// The fields.
    #[serde(skip_serializing_if = "ByName::is_empty")]
    pub fields: ByName<Field>,
    /// The JSON Schema that stands in place of fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json_schema: Option<SchemaFile>,
    /// What must be true of each record beyond its fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quality: Vec<Quality>,
    /// Where it is written.
    pub origin: Origin,
}

/// A JSON Schema file.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SchemaFile {
    /// The file.
    pub file: FileReference,
    /// The digest of its text, as `sha256:…`; absent when the text was not at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// A demand on one record. Demands on all records together, such as uniqueness, are the
/// producer's to keep and no part of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "demand")]
pub enum Quality {
    /// The field has a value that is not empty.
    NotEmpty {
        /// The field.
        field: String,
    },
    /// The value is one of these.
    OneOf {
        /// The field.
        field: String,
        /// The values.
        values: Vec<Literal>,
    },
    /// The whole value matches a regular expression.
    Matches {
        /// The field.
        field: String,
        /// The regular expression.
        pattern: String,
    },
    /// The value lies between bounds, which belong to the range.
    Between {
        /// The field.
        field: String,
        /// The smallest value; no bound when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        min: Option<Literal>,
        /// The largest value; no bound when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        max: Option<Literal>,
    },
    /// An expression over the record's fields is true.
    Holds {
        /// The expression.
        that: Expression,
    },
}

/// A field.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Field {
    /// The type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Whether the field is always there.
    pub required: bool,
    /// Whether the value may be null.
    pub nullable: bool,
    /// The form of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The values that occur; any value when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_of: Option<Members>,
    /// Bounds of value, text and list; none when absent.
    #[serde(skip_serializing_if = "Bounds::is_empty")]
    pub bounds: Bounds,
    /// The items of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<Field>>,
    /// The fields of an object.
    #[serde(skip_serializing_if = "ByName::is_empty")]
    pub properties: ByName<Field>,
    /// The values of a map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Box<Field>>,
    /// Whether the field identifies the record.
    #[serde(skip_serializing_if = "is_false")]
    pub key: bool,
    /// The value when none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Literal>,
    /// What a number counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classification: Option<Classification>,
    /// Whether it is personal data.
    #[serde(skip_serializing_if = "is_false")]
    pub pii: bool,
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !*value
}

/// The values that occur.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Members {
    /// The values, in written order.
    pub values: Vec<Literal>,
    /// Whether readers accept other values too.
    pub open: bool,
}

/// Bounds of value, text and list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, JsonSchema)]
pub struct Bounds {
    /// A regular expression that the whole text matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The smallest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Literal>,
    /// The largest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Literal>,
    /// Every value is larger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_exclusive: Option<Literal>,
    /// Every value is smaller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_exclusive: Option<Literal>,
    /// Every value is a multiple.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multiple_of: Option<Literal>,
    /// The shortest text, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// The longest text, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// The fewest items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_items: Option<u32>,
    /// The most items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_items: Option<u32>,
    /// Whether no item occurs twice.
    #[serde(skip_serializing_if = "is_false")]
    pub unique_items: bool,
}

impl Bounds {
    /// True when nothing is bounded.
    pub fn is_empty(&self) -> bool {
        *self == Bounds::default()
    }
}
