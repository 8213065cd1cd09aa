//! Contracts in the forms of other tools, and back.
//!
//! A contract is exchanged as JSON in the form of the language, as it is written in a file, with
//! every type spelled out. A form says natively what it has words for; the rest travels in a place
//! that the form keeps free for such things, so that the way there and back loses nothing. What
//! neither side can say is listed.

mod avro;
mod field;
mod json_schema;
mod odcs;

use serde_json::{Map, Value};

use crate::syntax::contract::Contract;
use crate::syntax::decode::DecodeMapping;

/// Keys with their values, in written order.
pub type Object = Map<String, Value>;

/// What came of an exchange.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchanged {
    /// The contract in the form that was asked for.
    pub content: Value,
    /// What it cannot say, by its path in the origin, in written order.
    pub left_out: Vec<String>,
}

/// Reads a form; the error says why there is no contract in it.
pub type Import = fn(&Value) -> Result<Exchanged, String>;

/// How a form is laid out as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// YAML.
    Yaml,
    /// Indented JSON.
    Json,
}

/// A form of contracts.
#[derive(Debug)]
pub struct Form {
    /// The word for `--format`.
    pub id: &'static str,
    /// What it is, in a few words without a full stop.
    pub title: &'static str,
    /// How it is written.
    pub layout: Layout,
    /// From a contract of the language.
    pub export: fn(&Object) -> Exchanged,
    /// To contracts of the language, with what is left out of each; `None` for the form that
    /// files are read in anyway.
    pub import: Option<Import>,
}

/// Every form, in reference order.
pub static FORMS: &[&Form] = &[&odcs::FORM, &json_schema::FORM, &avro::FORM];

/// The form of a word.
pub fn find(id: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.id == id).copied()
}

/// A contract with every field spelled out: `{type: string, required: true}` for `string`.
pub fn spelled_out(contract: &Value) -> Object {
    let mut contract = contract.as_object().cloned().unwrap_or_default();
    if let Some(Value::Object(fields)) = contract.get_mut("schema") {
        *fields = field::spelled_out(fields);
    }
    contract
}

/// A contract with its keys in the order of the reference, as people write them.
pub fn in_reference_order(contract: &Object) -> Object {
    let mut ordered = field::ordered(contract, Contract::KEYS);
    if let Some(Value::Object(fields)) = ordered.get_mut("schema") {
        *fields = field::all_in_reference_order(fields);
    }
    ordered
}

/// The text of a converted contract.
///
/// # Errors
/// When a value cannot be written.
pub fn write(value: &Value, layout: Layout) -> Result<String, String> {
    match layout {
        Layout::Yaml => serde_saphyr::to_string(value).map_err(|error| error.to_string()),
        Layout::Json => serde_json::to_string_pretty(value)
            .map(|text| text + "\n")
            .map_err(|error| error.to_string()),
    }
}

/// The major version at the end of a name: `2` for `ap.invoice.v2`.
fn major(name: &str) -> u64 {
    name.rsplit_once(".v")
        .and_then(|(_, major)| major.parse().ok())
        .unwrap_or(1)
}

fn text<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str)
}

/// Adds an entry when there is a value.
fn put(object: &mut Object, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        object.insert(key.to_owned(), value);
    }
}

/// Any text as the words of a name: `Orders Event` as `orders_event`.
fn words(text: &str) -> String {
    let cleaned: String = text
        .chars()
        .map(|character| match character.to_ascii_lowercase() {
            lower @ ('a'..='z' | '0'..='9' | '.') => lower,
            _ => '_',
        })
        .collect();
    let parts: Vec<&str> = cleaned
        .split('.')
        .map(|part| {
            part.trim_matches('_')
                .trim_start_matches(|first: char| first.is_ascii_digit())
        })
        .filter(|part| !part.is_empty())
        .collect();
    if parts.is_empty() {
        "imported".to_owned()
    } else {
        parts.join(".")
    }
}
