//! JSON Schema, draft 2020-12.

use serde_json::{Value, json};

use super::field::{BOUNDS, Parts, anchored};
use super::{Exchanged, Form, Layout, Object, put, text, words};
use crate::syntax::odcs::whole_pattern;

/// The form.
pub(super) static FORM: Form = Form {
    id: "json-schema",
    title: "JSON Schema, draft 2020-12",
    layout: Layout::Json,
    export,
    import: Some(import),
};

/// Where the words of the language travel that JSON Schema does not have.
const CARRIED: &str = "x-flowgate";

/// How deep a schema is followed, references included.
const DEPTH: usize = 32;

/// Keywords with their names in the language, which mean the same in both.
const SAME: [(&str, &str); 4] = [
    ("default", "default"),
    ("description", "description"),
    ("examples", "examples"),
    ("deprecated", "deprecated"),
];

/// Everything that the two forms say in the same way, bounds included.
fn same() -> impl Iterator<Item = (&'static str, &'static str)> {
    BOUNDS.into_iter().chain(SAME)
}

/// Formats that JSON Schema has too.
const FORMATS: [&str; 6] = ["uuid", "email", "uri", "hostname", "ipv4", "ipv6"];

fn export(contract: &Object) -> Exchanged {
    let mut contract = contract.clone();
    let mut result = Object::new();
    result.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    let name = contract.shift_remove("name").unwrap_or_default();
    result.insert(
        "$id".to_owned(),
        json!(format!(
            "urn:contract:{}",
            name.as_str().unwrap_or_default()
        )),
    );
    put(&mut result, "title", contract.shift_remove("title"));
    put(&mut result, "description", contract.shift_remove("summary"));
    result.insert("type".to_owned(), json!("object"));
    let fields = contract.shift_remove("schema").unwrap_or_default();
    members(fields.as_object(), &mut result);
    let left_out = contract
        .shift_remove("suppress")
        .map(|_| "suppress".to_owned());
    result.insert(CARRIED.to_owned(), Value::Object(contract));
    Exchanged {
        content: Value::Object(result),
        left_out: left_out.into_iter().collect(),
    }
}

fn members(fields: Option<&Object>, result: &mut Object) {
    let mut properties = Object::new();
    let mut required = Vec::new();
    for (name, field) in fields.into_iter().flatten() {
        let mut parts = Parts::new(field);
        if parts.take_flag("required") {
            required.push(json!(name));
        }
        properties.insert(name.clone(), field_schema(parts));
    }
    result.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        result.insert("required".to_owned(), Value::Array(required));
    }
}

fn field_schema(mut parts: Parts) -> Value {
    let mut result = Object::new();
    let kind = parts.take_text("type").unwrap_or_default();
    let (word, format) = match kind.as_str() {
        "decimal" => ("number", None),
        "date" => ("string", Some("date")),
        "timestamp" => ("string", Some("date-time")),
        "duration" => ("string", None),
        "list" => ("array", None),
        "map" => ("object", None),
        same => (same, None),
    };
    let nullable = parts.take_flag("nullable");
    let types = if nullable {
        json!([word, "null"])
    } else {
        json!(word)
    };
    result.insert("type".to_owned(), types);
    put(&mut result, "format", format.map(|format| json!(format)));
    values(&mut parts, nullable, &mut result);
    for (ours, theirs) in same() {
        let is_bound = ours.starts_with("min") || ours.starts_with("max");
        let can_say = |value: &Value| !is_bound || value.is_number();
        put(&mut result, theirs, parts.take_if(ours, can_say));
    }
    if let Some(items) = parts.take("items") {
        result.insert("items".to_owned(), field_schema(Parts::new(&items)));
    }
    if let Some(values) = parts.take("values") {
        let values = field_schema(Parts::new(&values));
        result.insert("additionalProperties".to_owned(), values);
    }
    if let Some(Value::Object(fields)) = parts.take("properties") {
        members(Some(&fields), &mut result);
    }
    let mut rest = parts.rest();
    if kind == "duration" {
        rest.insert("type".to_owned(), json!("duration"));
    }
    if !rest.is_empty() {
        result.insert(CARRIED.to_owned(), Value::Object(rest));
    }
    Value::Object(result)
}

/// What restricts the values of a text: its form, its pattern, and a closed list of values.
fn values(parts: &mut Parts, nullable: bool, result: &mut Object) {
    let is_shared = |value: &Value| value.as_str().is_some_and(|word| FORMATS.contains(&word));
    put(result, "format", parts.take_if("format", is_shared));
    let pattern = parts.take_text("pattern");
    put(
        result,
        "pattern",
        pattern.map(|pattern| json!(anchored(&pattern))),
    );
    if parts.is("open") {
        return;
    }
    if let Some(Value::Array(mut members)) = parts.take("enum") {
        if nullable {
            members.push(Value::Null);
        }
        result.insert("enum".to_owned(), Value::Array(members));
    }
}

fn import(schema: &Value) -> Result<Exchanged, String> {
    let Some(root) = schema.as_object() else {
        return Err("a JSON Schema of a record is an object".to_owned());
    };
    let mut reader = Reader {
        root: schema,
        left_out: Vec::new(),
    };
    let root = reader.resolved(root, 0);
    if root.get("properties").and_then(Value::as_object).is_none() {
        return Err("the schema has no `properties`, so there are no fields to read".to_owned());
    }
    let mut contract = Object::new();
    contract.insert("name".to_owned(), json!(name(&root)));
    put(&mut contract, "title", root.get("title").cloned());
    put(&mut contract, "summary", root.get("description").cloned());
    if let Some(Value::Object(carried)) = root.get(CARRIED) {
        contract.extend(carried.clone());
    }
    let fields = reader.fields(&root, "", 0);
    contract.insert("schema".to_owned(), Value::Object(fields));
    const SAID: [&str; 10] = [
        "$schema",
        "$id",
        "title",
        "description",
        "type",
        "properties",
        "required",
        "$defs",
        "definitions",
        CARRIED,
    ];
    reader.leave_out_others(&root, &SAID, "");
    Ok(Exchanged {
        content: Value::Object(contract),
        left_out: reader.left_out,
    })
}

/// The name of the contract: from `$id`, else from the title.
fn name(root: &Object) -> String {
    let written = text(root, "$id").or_else(|| text(root, "title"));
    let last = written
        .unwrap_or_default()
        .trim_end_matches('#')
        .rsplit(['/', ':'])
        .next()
        .unwrap_or_default();
    let last = last.trim_end_matches(".json").trim_end_matches(".schema");
    match last.rsplit_once(".v") {
        Some((_, major)) if major.parse::<u32>().is_ok_and(|major| major > 0) => words(last),
        _ => format!("{}.v1", words(last)),
    }
}

struct Reader<'a> {
    root: &'a Value,
    left_out: Vec<String>,
}

impl Reader<'_> {
    /// The schema that local references lead to, with what stands beside them.
    fn resolved(&mut self, schema: &Object, depth: usize) -> Object {
        let Some(reference) = text(schema, "$ref") else {
            return schema.clone();
        };
        let target = reference
            .strip_prefix('#')
            .and_then(|pointer| self.root.pointer(pointer))
            .and_then(Value::as_object);
        let Some(target) = target.filter(|_| depth < DEPTH) else {
            return schema.clone();
        };
        let mut resolved = self.resolved(&target.clone(), depth + 1);
        for (key, value) in schema.iter().filter(|(key, _)| *key != "$ref") {
            resolved.insert(key.clone(), value.clone());
        }
        resolved
    }

    fn fields(&mut self, schema: &Object, path: &str, depth: usize) -> Object {
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let properties = schema.get("properties").and_then(Value::as_object);
        let mut fields = Object::new();
        for (name, property) in properties.into_iter().flatten() {
            let path = join(path, name);
            match self.field(property, &path, depth) {
                Some(mut field) => {
                    let is_required = required.contains(&name.as_str());
                    field.insert("required".to_owned(), json!(is_required));
                    fields.insert(name.clone(), Value::Object(field));
                }
                None => self.left_out.push(path),
            }
        }
        fields
    }

    fn field(&mut self, schema: &Value, path: &str, depth: usize) -> Option<Object> {
        if depth >= DEPTH {
            return None;
        }
        let schema = self.resolved(schema.as_object()?, depth);
        let carried = schema.get(CARRIED).and_then(Value::as_object);
        let (word, nullable) = type_word(&schema)?;
        let mut field = Object::new();
        let format = text(&schema, "format");
        field.insert("type".to_owned(), json!(kind(&schema, word, format)));
        if nullable {
            field.insert("nullable".to_owned(), json!(true));
        }
        let shared = format.filter(|format| FORMATS.contains(format));
        put(&mut field, "format", shared.map(|format| json!(format)));
        let pattern = text(&schema, "pattern").map(whole_pattern);
        put(&mut field, "pattern", pattern.map(|pattern| json!(pattern)));
        put(&mut field, "enum", members_of(&schema));
        for (ours, theirs) in same() {
            put(&mut field, ours, schema.get(theirs).cloned());
        }
        self.inner(&schema, &mut field, path, depth);
        field.extend(carried.cloned().into_iter().flatten());
        self.leave_out_others(&schema, &SAID_OF_FIELDS, path);
        let is_told = format.is_none_or(|format| {
            FORMATS.contains(&format) || matches!(format, "date" | "date-time" | "duration")
        });
        if !is_told {
            self.left_out.push(join(path, "format"));
        }
        Some(field)
    }

    /// Items, members and values.
    fn inner(&mut self, schema: &Object, field: &mut Object, path: &str, depth: usize) {
        let items = schema.get("items").filter(|items| items.is_object());
        if let Some(items) = items {
            let items = self.field(items, &join(path, "items"), depth + 1);
            put(field, "items", items.map(Value::Object));
        }
        if schema.get("properties").is_some() {
            let fields = self.fields(schema, path, depth + 1);
            field.insert("properties".to_owned(), Value::Object(fields));
            return;
        }
        let values = schema
            .get("additionalProperties")
            .filter(|values| values.is_object());
        if let Some(values) = values {
            let values = self.field(values, &join(path, "values"), depth + 1);
            put(field, "values", values.map(Value::Object));
        }
    }

    fn leave_out_others(&mut self, schema: &Object, said: &[&str], path: &str) {
        let is_same = |key: &str| same().any(|(_, theirs)| theirs == key);
        let others = schema
            .keys()
            .filter(|key| !said.contains(&key.as_str()) && !is_same(key));
        self.left_out.extend(others.map(|key| join(path, key)));
    }
}

const SAID_OF_FIELDS: [&str; 11] = [
    "type",
    "format",
    "pattern",
    "enum",
    "const",
    "items",
    "properties",
    "required",
    "additionalProperties",
    "title",
    CARRIED,
];

/// The one type of a schema beside null; `None` when there is none or several.
fn type_word(schema: &Object) -> Option<(&str, bool)> {
    match schema.get("type") {
        Some(Value::String(word)) => Some((word, false)),
        Some(Value::Array(words)) => {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            let others: Vec<&str> = words
                .iter()
                .copied()
                .filter(|word| *word != "null")
                .collect();
            match others[..] {
                [only] => Some((only, words.len() > 1)),
                _ => None,
            }
        }
        _ => {
            let of_members = schema.get("enum").and_then(Value::as_array);
            let all_text =
                of_members.is_some_and(|members| members.iter().all(|member| member.is_string()));
            all_text.then_some(("string", false))
        }
    }
}

fn kind(schema: &Object, word: &str, format: Option<&str>) -> &'static str {
    let is_map = schema.get("properties").is_none()
        && schema
            .get("additionalProperties")
            .is_some_and(Value::is_object);
    match (word, format) {
        ("string", Some("date")) => "date",
        ("string", Some("date-time")) => "timestamp",
        ("string", Some("duration")) => "duration",
        ("number", _) => "decimal",
        ("integer", _) => "integer",
        ("boolean", _) => "boolean",
        ("array", _) => "list",
        ("object", _) if is_map => "map",
        ("object", _) => "object",
        _ => "string",
    }
}

fn members_of(schema: &Object) -> Option<Value> {
    let members = match (schema.get("enum"), schema.get("const")) {
        (Some(Value::Array(members)), _) => members.clone(),
        (_, Some(only)) => vec![only.clone()],
        _ => return None,
    };
    let named = members.into_iter().filter(|member| !member.is_null());
    Some(named.collect())
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
