//! The published JSON Schema of the facts, from their declarations.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::declaration::{Kind, Record};
use super::{DOCUMENTS, SCHEMA, project, record, roots};
use crate::syntax::policy::Subject;

/// The schema of [`super::Facts::to_json`]; every kind of subject stands below `$defs`.
pub fn schema() -> Value {
    let mut properties = Map::new();
    properties.insert("schema".to_owned(), json!({ "const": SCHEMA }));
    let project = json!({ "$ref": reference(&project::PROJECT) });
    properties.insert(project::PROJECT.name.to_owned(), project);
    for (plural, kind) in DOCUMENTS {
        let items = json!({ "$ref": reference(record(kind)) });
        properties.insert(
            plural.to_owned(),
            json!({ "type": "array", "items": items }),
        );
    }
    let required: Vec<&String> = properties.keys().collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "flowgate: the facts that policies read",
        "description": "Texts and lists are never absent, only empty. Lengths of time are whole seconds, and a day counts 24 hours.",
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": false,
        "$defs": definitions(),
    })
}

fn definitions() -> Map<String, Value> {
    let mut found: BTreeMap<&'static str, &'static Record> = BTreeMap::new();
    for word in Subject::ALL {
        for root in roots(*word) {
            super::selection::collect(root, &mut found);
        }
    }
    let definitions = found.into_iter();
    definitions
        .map(|(name, record)| (name.to_owned(), definition(record)))
        .collect()
}

fn definition(record: &Record) -> Value {
    let mut properties = Map::new();
    for fact in record.facts {
        let mut property = of(fact.kind);
        property.insert("description".to_owned(), json!(one_line(fact.doc)));
        properties.insert(fact.name.to_owned(), Value::Object(property));
    }
    let required = record.facts.iter().filter(|fact| !fact.optional);
    let required: Vec<&str> = required.map(|fact| fact.name).collect();
    json!({
        "description": one_line(record.doc),
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": false,
    })
}

fn of(kind: Kind) -> Map<String, Value> {
    let schema = match kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Word(words) => {
            let words: Vec<&str> = words.iter().copied().chain([""]).collect();
            json!({ "enum": words })
        }
        Kind::Integer => json!({ "type": "integer" }),
        Kind::Decimal => json!({ "type": "number" }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Duration => json!({ "type": "integer", "minimum": 0 }),
        Kind::List(element) => json!({ "type": "array", "items": of(*element) }),
        Kind::Record(record) => json!({ "$ref": reference(record) }),
    };
    match schema {
        Value::Object(schema) => schema,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

fn reference(record: &Record) -> String {
    format!("#/$defs/{}", record.name)
}

/// The text of a declaration without the space that Rust puts before every line.
pub fn one_line(doc: &str) -> String {
    let lines: Vec<&str> = doc.lines().map(str::trim).collect();
    lines.join(" ").trim().to_owned()
}
