//! The Open Data Contract Standard, v3.1.

use serde_json::{Value, json};

use super::field::{BOUNDS, Parts, anchored};
use super::{Exchanged, Form, Layout, Object, major, put, text};
use crate::syntax::contract::Format;
use crate::syntax::duration::Duration;
use crate::syntax::odcs::CARRIED;

/// The form.
pub(super) static FORM: Form = Form {
    id: "odcs",
    title: "Open Data Contract Standard v3.1",
    layout: Layout::Yaml,
    export,
    import: None,
};

fn export(contract: &Object) -> Exchanged {
    let name = text(contract, "name").unwrap_or_default();
    let version = text(contract, "version").map_or(format!("{}.0.0", major(name)), str::to_owned);
    let mut result = Object::new();
    result.insert("apiVersion".to_owned(), json!("v3.1.0"));
    result.insert("kind".to_owned(), json!("DataContract"));
    result.insert("id".to_owned(), json!(name));
    result.insert("name".to_owned(), json!(name));
    result.insert("version".to_owned(), json!(version));
    let status = text(contract, "status").unwrap_or("active");
    result.insert("status".to_owned(), json!(status));
    put(
        &mut result,
        "description",
        text(contract, "summary").map(|summary| json!({ "purpose": summary })),
    );
    put(&mut result, "tags", contract.get("tags").cloned());
    let owner = text(contract, "owner");
    put(
        &mut result,
        "team",
        owner.map(|owner| json!({ "members": [{ "username": owner, "role": "owner" }] })),
    );
    put(&mut result, "slaProperties", service_levels(contract));
    result.insert("schema".to_owned(), json!([object(name, contract)]));
    put(&mut result, "customProperties", custom(&carried(contract)));
    Exchanged {
        content: Value::Object(result),
        left_out: left_out(contract),
    }
}

/// What the standard says in words of its own.
const NATIVE: [&str; 9] = [
    "name",
    "version",
    "status",
    "summary",
    "tags",
    "owner",
    "freshness_sla",
    "availability",
    "schema",
];

fn left_out(contract: &Object) -> Vec<String> {
    let is_said = |key: &str| NATIVE.contains(&key) || CARRIED.contains(&key);
    contract
        .keys()
        .filter(|key| !is_said(key))
        .cloned()
        .collect()
}

fn carried(contract: &Object) -> Object {
    contract
        .iter()
        .filter(|(key, _)| CARRIED.contains(&key.as_str()) && *key != "quality_rules")
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn custom(properties: &Object) -> Option<Value> {
    let list: Vec<Value> = properties
        .iter()
        .map(|(property, value)| json!({ "property": property, "value": value }))
        .collect();
    (!list.is_empty()).then_some(Value::Array(list))
}

fn service_levels(contract: &Object) -> Option<Value> {
    let mut levels = Vec::new();
    if let Some((value, unit)) = text(contract, "freshness_sla").and_then(age) {
        levels.push(json!({ "property": "latency", "value": value, "unit": unit }));
    }
    if let Some(share) = text(contract, "availability").and_then(|text| text.strip_suffix('%')) {
        let value = share
            .trim()
            .parse::<serde_json::Number>()
            .map_or_else(|_| json!(share.trim()), Value::Number);
        levels.push(json!({ "property": "availability", "value": value, "unit": "percent" }));
    }
    (!levels.is_empty()).then_some(Value::Array(levels))
}

/// `< 15m` as 15 minutes, in the largest unit that says it exactly.
fn age(written: &str) -> Option<(u64, &'static str)> {
    let duration = Duration::parse(written.trim_start_matches(['<', '=']).trim())?;
    let days = u64::from(duration.weeks) * 7 + u64::from(duration.days);
    let seconds = duration.seconds;
    Some(match (days, seconds) {
        (days, 0) if days > 0 => (days, "d"),
        (_, _) => {
            let seconds = days * 86_400 + seconds;
            let units = [(3600, "h"), (60, "min"), (1, "s")];
            let exact = units.into_iter().find(|(length, _)| seconds % length == 0);
            exact.map_or((seconds, "s"), |(length, unit)| (seconds / length, unit))
        }
    })
}

/// The one object of the schema, named after the contract without its version.
fn object(name: &str, contract: &Object) -> Value {
    let table = name.rsplit_once(".v").map_or(name, |(words, _)| words);
    let mut object = Object::new();
    object.insert("name".to_owned(), json!(table.replace('.', "_")));
    object.insert("logicalType".to_owned(), json!("object"));
    let fields = contract.get("schema").and_then(Value::as_object);
    object.insert("properties".to_owned(), properties(fields));
    put(&mut object, "quality", quality(contract));
    Value::Object(object)
}

fn properties(fields: Option<&Object>) -> Value {
    fields
        .into_iter()
        .flatten()
        .enumerate()
        .map(|(position, (name, field))| property(Some((name, position)), field))
        .collect()
}

fn property(named: Option<(&str, usize)>, field: &Value) -> Value {
    let mut parts = Parts::new(field);
    let mut result = Object::new();
    if let Some((name, _)) = named {
        result.insert("name".to_owned(), json!(name));
    }
    let kind = parts.take_text("type").unwrap_or_default();
    let logical = match kind.as_str() {
        "decimal" => "number",
        "list" => "array",
        "map" => "object",
        "duration" => "string",
        same => same,
    };
    result.insert("logicalType".to_owned(), json!(logical));
    put(&mut result, "logicalTypeOptions", options(&mut parts));
    if named.is_some() {
        presence(&mut parts, &mut result);
    }
    if let Some((_, position)) = named.filter(|_| parts.is("key")) {
        parts.take("key");
        result.insert("primaryKey".to_owned(), json!(true));
        result.insert("primaryKeyPosition".to_owned(), json!(position + 1));
    }
    put(
        &mut result,
        "unique",
        parts.take_if("unique", |value| value == &json!(true)),
    );
    for key in ["classification", "description", "examples"] {
        put(&mut result, key, parts.take(key));
    }
    if let Some(Value::Object(fields)) = parts.take("properties") {
        result.insert("properties".to_owned(), properties(Some(&fields)));
    }
    if let Some(items) = parts.take("items") {
        result.insert("items".to_owned(), property(None, &items));
    }
    put(&mut result, "quality", allowed_values(&mut parts));
    let mut rest = parts.rest();
    if matches!(kind.as_str(), "map" | "duration") {
        rest.insert("type".to_owned(), json!(kind));
    }
    put(&mut result, "customProperties", custom(&rest));
    Value::Object(result)
}

/// In the standard a property that is not required may be null.
fn presence(parts: &mut Parts, result: &mut Object) {
    let required = parts.take_flag("required");
    let nullable = parts.is("nullable");
    let says_all = required && !nullable || !required && nullable;
    result.insert("required".to_owned(), json!(required && !nullable));
    if says_all {
        parts.take("nullable");
    } else {
        parts.put("nullable", json!(nullable));
        if required {
            parts.put("required", json!(true));
        }
    }
}

fn options(parts: &mut Parts) -> Option<Value> {
    let mut options = Object::new();
    for (ours, theirs) in BOUNDS.into_iter().chain([("format", "format")]) {
        let can_say = |value: &Value| {
            ours != "format"
                || value
                    .as_str()
                    .is_some_and(|format| Format::WORDS.contains(&format))
        };
        put(&mut options, theirs, parts.take_if(ours, can_say));
    }
    let pattern = parts.take_text("pattern");
    put(
        &mut options,
        "pattern",
        pattern.map(|pattern| json!(anchored(&pattern))),
    );
    (!options.is_empty()).then_some(Value::Object(options))
}

/// A closed list of values is a check that no other value occurs.
fn allowed_values(parts: &mut Parts) -> Option<Value> {
    if parts.is("open") {
        return None;
    }
    let values = parts.take("enum")?;
    Some(json!([{
        "type": "library",
        "metric": "invalidValues",
        "arguments": { "validValues": values },
        "mustBe": 0,
    }]))
}

fn quality(contract: &Object) -> Option<Value> {
    let rules = contract.get("quality_rules")?.as_array()?;
    let checks: Vec<Value> = rules
        .iter()
        .map(|rule| match rule.as_str() {
            Some(sentence) => json!({ "type": "text", "description": sentence }),
            None => json!({ "type": "custom", "engine": "flowgate", "implementation": rule }),
        })
        .collect();
    (!checks.is_empty()).then_some(Value::Array(checks))
}
