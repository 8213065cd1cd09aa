//! Apache Avro schemas, as a record.

use serde_json::{Value, json};

use super::field::Parts;
use super::{Exchanged, Form, Layout, Object, put, text, words};

/// The form.
pub(super) static FORM: Form = Form {
    id: "avro",
    title: "Apache Avro record schema",
    layout: Layout::Json,
    export,
    import: Some(import),
};

/// The attribute in which the words of the language travel that Avro does not have.
const CARRIED: &str = "flowgate";

/// How deep records are followed.
const DEPTH: usize = 32;

fn export(contract: &Object) -> Exchanged {
    let mut contract = contract.clone();
    // `ap_invoice_v2` may be `ap.invoice.v2` or `ap_invoice.v2`, so the name itself travels too.
    let name = text(&contract, "name")
        .unwrap_or_default()
        .replace('.', "_");
    let summary = contract.shift_remove("summary");
    let fields = contract.shift_remove("schema").unwrap_or_default();
    let left_out = contract
        .shift_remove("suppress")
        .map(|_| "suppress".to_owned());
    let mut record = record(&name, fields.as_object());
    put(&mut record, "doc", summary);
    record.insert(CARRIED.to_owned(), Value::Object(contract));
    Exchanged {
        content: Value::Object(record),
        left_out: left_out.into_iter().collect(),
    }
}

fn record(name: &str, fields: Option<&Object>) -> Object {
    let mut record = Object::new();
    record.insert("type".to_owned(), json!("record"));
    record.insert("name".to_owned(), json!(name));
    let fields: Vec<Value> = fields
        .into_iter()
        .flatten()
        .map(|(field_name, field)| field_schema(name, field_name, field))
        .collect();
    record.insert("fields".to_owned(), Value::Array(fields));
    record
}

fn field_schema(record: &str, name: &str, field: &Value) -> Value {
    let mut parts = Parts::new(field);
    let mut result = Object::new();
    result.insert("name".to_owned(), json!(name));
    put(&mut result, "doc", parts.take("description"));
    let required = parts.take_flag("required");
    let nullable = parts.peek("nullable").is_some();
    let inner = type_of(&mut parts, &format!("{record}_{name}"));
    if required && !nullable {
        result.insert("type".to_owned(), inner);
    } else {
        result.insert("type".to_owned(), json!(["null", inner]));
        result.insert("default".to_owned(), Value::Null);
    }
    if let Some(Value::String(former)) = parts.peek("renamed_from").cloned() {
        parts.take("renamed_from");
        result.insert("aliases".to_owned(), json!([former]));
    }
    let mut rest = parts.rest();
    if required && nullable {
        rest.insert("required".to_owned(), json!(true));
    }
    if !rest.is_empty() {
        result.insert(CARRIED.to_owned(), Value::Object(rest));
    }
    Value::Object(result)
}

/// The type; what Avro cannot say of it stays in the parts.
fn type_of(parts: &mut Parts, path: &str) -> Value {
    let kind = parts.take_text("type").unwrap_or_default();
    match kind.as_str() {
        "integer" => json!("long"),
        "decimal" => json!({ "type": "bytes", "logicalType": "big-decimal" }),
        "boolean" => json!("boolean"),
        "date" => json!({ "type": "int", "logicalType": "date" }),
        "timestamp" => json!({ "type": "long", "logicalType": "timestamp-micros" }),
        "list" => json!({ "type": "array", "items": inner(parts.take("items"), path) }),
        "map" => json!({ "type": "map", "values": inner(parts.take("values"), path) }),
        "object" => match parts.take("properties") {
            Some(Value::Object(fields)) => Value::Object(record(path, Some(&fields))),
            _ => Value::Object(record(path, None)),
        },
        "duration" => {
            parts.put("type", json!("duration"));
            json!("string")
        }
        _ => text_type(parts, path),
    }
}

fn inner(field: Option<Value>, path: &str) -> Value {
    let Some(field) = field else {
        return json!("string");
    };
    let mut parts = Parts::new(&field);
    let inner = type_of(&mut parts, &format!("{path}_item"));
    let rest = parts.rest();
    if rest.is_empty() {
        return inner;
    }
    let mut object = match inner.as_object() {
        Some(object) => object.clone(),
        None => Object::from_iter([("type".to_owned(), inner)]),
    };
    object.insert(CARRIED.to_owned(), Value::Object(rest));
    Value::Object(object)
}

fn text_type(parts: &mut Parts, path: &str) -> Value {
    if parts.peek("format") == Some(&json!("uuid")) {
        parts.take("format");
        return json!({ "type": "string", "logicalType": "uuid" });
    }
    let is_closed = !parts.is("open");
    match parts.take_if("enum", |members| is_closed && are_symbols(members)) {
        Some(symbols) => json!({ "type": "enum", "name": path, "symbols": symbols }),
        None => json!("string"),
    }
}

/// Symbols of Avro are names.
fn are_symbols(members: &Value) -> bool {
    let is_symbol = |member: &Value| {
        member.as_str().is_some_and(|text| {
            let starts_well =
                text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
            starts_well
                && text
                    .chars()
                    .all(|character| character.is_ascii_alphanumeric() || character == '_')
        })
    };
    members
        .as_array()
        .is_some_and(|members| !members.is_empty() && members.iter().all(is_symbol))
}

fn import(schema: &Value) -> Result<Exchanged, String> {
    let record = schema
        .as_object()
        .filter(|record| text(record, "type") == Some("record"));
    let Some(record) = record else {
        return Err("an Avro schema of a contract is a record".to_owned());
    };
    let mut reader = Reader::default();
    let mut contract = Object::new();
    contract.insert("name".to_owned(), json!(name(record)));
    put(&mut contract, "summary", record.get("doc").cloned());
    let fields = reader.fields(record, "", 0);
    contract.extend(carried(record));
    contract.insert("schema".to_owned(), Value::Object(fields));
    for key in record.keys() {
        let is_said = ["type", "name", "namespace", "doc", "fields", CARRIED];
        if !is_said.contains(&key.as_str()) {
            reader.left_out.push(key.clone());
        }
    }
    Ok(Exchanged {
        content: Value::Object(contract),
        left_out: reader.left_out,
    })
}

fn carried(object: &Object) -> Object {
    object
        .get(CARRIED)
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

fn name(record: &Object) -> String {
    let name = text(record, "name").unwrap_or_default();
    let full = match text(record, "namespace") {
        Some(namespace) => format!("{namespace}.{name}"),
        None => name.to_owned(),
    };
    format!("{}.v1", words(&full))
}

#[derive(Default)]
struct Reader {
    left_out: Vec<String>,
}

impl Reader {
    fn fields(&mut self, record: &Object, path: &str, depth: usize) -> Object {
        let list = record.get("fields").and_then(Value::as_array);
        let mut fields = Object::new();
        for field in list.into_iter().flatten().filter_map(Value::as_object) {
            let Some(name) = text(field, "name") else {
                continue;
            };
            let path = join(path, name);
            match self.field(field, &path, depth) {
                Some(read) => {
                    fields.insert(name.to_owned(), Value::Object(read));
                }
                None => self.left_out.push(path),
            }
        }
        fields
    }

    fn field(&mut self, field: &Object, path: &str, depth: usize) -> Option<Object> {
        let (inner, optional) = without_null(field.get("type")?)?;
        let mut result = self.type_of(inner, path, depth)?;
        result.insert("required".to_owned(), json!(!optional));
        put(&mut result, "description", field.get("doc").cloned());
        let alias = field.get("aliases").and_then(Value::as_array);
        put(
            &mut result,
            "renamed_from",
            alias.and_then(|aliases| aliases.first().cloned()),
        );
        let default = field
            .get("default")
            .filter(|value| value.is_string() || value.is_number() || value.is_boolean());
        put(&mut result, "default", default.cloned());
        result.extend(carried(field));
        for key in field.keys() {
            let said = ["name", "doc", "type", "default", "aliases", CARRIED];
            if !said.contains(&key.as_str()) {
                self.left_out.push(join(path, key));
            }
        }
        Some(result)
    }

    /// A type that may be a word, a mapping, or a union with null.
    fn type_of(&mut self, written: &Value, path: &str, depth: usize) -> Option<Object> {
        if depth >= DEPTH {
            return None;
        }
        let object = written.as_object();
        let named = match object {
            Some(object) => object.get("type")?,
            None => written,
        };
        let Some(word) = named.as_str() else {
            return self.type_of(object.and(Some(named))?, path, depth + 1);
        };
        let logical = object.and_then(|object| text(object, "logicalType"));
        let mut result = Object::new();
        let kind = kind(word, logical)?;
        result.insert("type".to_owned(), json!(kind));
        let inner = |key: &str| object.and_then(|object| object.get(key));
        match word {
            "enum" => put(&mut result, "enum", inner("symbols").cloned()),
            "array" => {
                let items = self.type_of(inner("items")?, &join(path, "items"), depth + 1)?;
                result.insert("items".to_owned(), Value::Object(items));
            }
            "map" => {
                let values = self.type_of(inner("values")?, &join(path, "values"), depth + 1)?;
                result.insert("values".to_owned(), Value::Object(values));
            }
            "record" => {
                let fields = self.fields(object?, path, depth + 1);
                result.insert("properties".to_owned(), Value::Object(fields));
            }
            _ => {}
        }
        if logical == Some("uuid") {
            result.insert("format".to_owned(), json!("uuid"));
        }
        result.extend(object.map(carried).into_iter().flatten());
        Some(result)
    }
}

/// The type beside null, and whether there is a null; `None` for other unions.
fn without_null(written: &Value) -> Option<(&Value, bool)> {
    let Some(members) = written.as_array() else {
        return Some((written, false));
    };
    let mut others = members.iter().filter(|member| **member != json!("null"));
    let only = others.next()?;
    let is_union = others.next().is_some();
    (!is_union).then_some((only, others.next().is_none() && members.len() > 1))
}

fn kind(word: &str, logical: Option<&str>) -> Option<&'static str> {
    Some(match (word, logical) {
        (_, Some("decimal" | "big-decimal")) | ("float" | "double", _) => "decimal",
        ("int", Some("date")) => "date",
        ("long", Some(time)) if time.contains("timestamp") => "timestamp",
        ("int" | "long", _) => "integer",
        ("boolean", _) => "boolean",
        ("string" | "enum" | "bytes" | "fixed", _) => "string",
        ("array", _) => "list",
        ("map", _) => "map",
        ("record", _) => "object",
        _ => return None,
    })
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
