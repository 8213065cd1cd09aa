//! JSON Schemas of mappings, vocabularies and choices, built from the same declarations.

use schemars::{Schema, json_schema};
use serde_json::{Map, Value};

/// Builds the schema of one mapping key by key.
#[derive(Debug)]
pub struct MappingSchema {
    description: String,
    properties: Map<String, Value>,
    required: Vec<Value>,
}

impl MappingSchema {
    /// A mapping without keys; `docs` is its doc comment.
    pub fn new(docs: &str) -> Self {
        MappingSchema {
            description: tidy(docs),
            properties: Map::new(),
            required: Vec::new(),
        }
    }

    /// Adds a key.
    pub fn key(&mut self, name: &str, docs: &str, required: bool, value: Schema) {
        let mut value = value.to_value();
        let description = tidy(docs);
        if !description.is_empty()
            && let Value::Object(object) = &mut value
        {
            object.insert("description".to_owned(), Value::String(description));
        }
        self.properties.insert(name.to_owned(), value);
        if required {
            self.required.push(Value::String(name.to_owned()));
        }
    }

    /// The schema: known keys, `x-` keys, nothing else.
    pub fn finish(self) -> Schema {
        let mut schema = json_schema!({
            "description": self.description,
            "type": "object",
            "properties": self.properties,
            "patternProperties": { "^x-": true },
            "additionalProperties": false,
        });
        if !self.required.is_empty() {
            schema.insert("required".to_owned(), Value::Array(self.required));
        }
        schema
    }
}

/// The schema of a closed vocabulary; every word carries its own text.
pub fn vocabulary(docs: &str, words: &[(&str, &str)]) -> Schema {
    let members: Vec<Value> = words
        .iter()
        .map(|(word, docs)| serde_json::json!({ "const": word, "description": tidy(docs) }))
        .collect();
    json_schema!({ "description": tidy(docs), "oneOf": members })
}

/// The schema of alternatives.
pub fn choice(docs: &str, alternatives: Vec<Schema>) -> Schema {
    let alternatives: Vec<Value> = alternatives.into_iter().map(Schema::to_value).collect();
    json_schema!({ "description": tidy(docs), "anyOf": alternatives })
}

/// A doc comment as one paragraph of plain text per blank line.
fn tidy(docs: &str) -> String {
    docs.lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned()
}
