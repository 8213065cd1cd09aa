//! Fields in the form of the language, and taking them apart.

use serde_json::{Value, json};

use super::Object;
use crate::syntax::contract::Field;
use crate::syntax::decode::DecodeMapping;

/// Bounds: the name in the language, then the one that JSON Schema and the contract standard share.
pub(super) const BOUNDS: [(&str, &str); 10] = [
    ("min", "minimum"),
    ("max", "maximum"),
    ("min_exclusive", "exclusiveMinimum"),
    ("max_exclusive", "exclusiveMaximum"),
    ("multiple_of", "multipleOf"),
    ("min_length", "minLength"),
    ("max_length", "maxLength"),
    ("min_items", "minItems"),
    ("max_items", "maxItems"),
    ("unique_items", "uniqueItems"),
];

/// Fields with every type spelled out.
pub(super) fn spelled_out(fields: &Object) -> Object {
    fields
        .iter()
        .map(|(name, field)| (name.clone(), Value::Object(one_spelled_out(field))))
        .collect()
}

fn one_spelled_out(field: &Value) -> Object {
    let mut field = match field.as_str() {
        Some(short) => long_form(short),
        None => field.as_object().cloned().unwrap_or_default(),
    };
    if let Some(Value::Object(properties)) = field.get_mut("properties") {
        *properties = spelled_out(properties);
    }
    for key in ["items", "values"] {
        if let Some(inner) = field.get_mut(key) {
            let mut spelled = one_spelled_out(inner);
            // An item is always there; the short form has no other meaning inside a list.
            if inner.is_string() {
                spelled.shift_remove("required");
            }
            *inner = Value::Object(spelled);
        }
    }
    field
}

/// Entries in the order of a list of keys; others come last, as they are.
pub(super) fn ordered(object: &Object, keys: &[&str]) -> Object {
    let mut entries: Vec<(&String, &Value)> = object.iter().collect();
    let position = |key: &str| keys.iter().position(|known| *known == key);
    entries.sort_by_key(|(key, _)| position(key).unwrap_or(keys.len()));
    entries
        .into_iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

pub(super) fn all_in_reference_order(fields: &Object) -> Object {
    fields
        .iter()
        .map(|(name, field)| (name.clone(), one_in_reference_order(field)))
        .collect()
}

fn one_in_reference_order(field: &Value) -> Value {
    let Value::Object(field) = field else {
        return field.clone();
    };
    let mut field = ordered(field, Field::KEYS);
    if let Some(Value::Object(properties)) = field.get_mut("properties") {
        *properties = all_in_reference_order(properties);
    }
    for key in ["items", "values"] {
        if let Some(inner) = field.get_mut(key) {
            *inner = one_in_reference_order(inner);
        }
    }
    Value::Object(field)
}

/// `string?` as an optional field of the type `string`.
fn long_form(short: &str) -> Object {
    let word = short.strip_suffix('?');
    Object::from_iter([
        ("type".to_owned(), json!(word.unwrap_or(short))),
        ("required".to_owned(), json!(word.is_none())),
    ])
}

/// A field that is being put into another form: what is taken is said there.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    rest: Object,
}

impl Parts {
    pub(super) fn new(field: &Value) -> Self {
        Parts {
            rest: field.as_object().cloned().unwrap_or_default(),
        }
    }

    /// The value of a key, which the other form says itself.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        self.rest.shift_remove(key)
    }

    /// The value of a key when the other form can say it.
    pub(super) fn take_if(&mut self, key: &str, says: impl Fn(&Value) -> bool) -> Option<Value> {
        let can_say = self.rest.get(key).is_some_and(says);
        can_say.then(|| self.take(key)).flatten()
    }

    pub(super) fn take_text(&mut self, key: &str) -> Option<String> {
        let value = self.take(key)?;
        Some(
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned),
        )
    }

    /// True for a key that is `true`; it is taken either way.
    pub(super) fn take_flag(&mut self, key: &str) -> bool {
        self.take(key) == Some(Value::Bool(true))
    }

    pub(super) fn peek(&self, key: &str) -> Option<&Value> {
        self.rest.get(key)
    }

    pub(super) fn is(&self, key: &str) -> bool {
        self.rest.get(key) == Some(&Value::Bool(true))
    }

    /// Keeps a value for the place where the other form has no word.
    pub(super) fn put(&mut self, key: &str, value: Value) {
        self.rest.insert(key.to_owned(), value);
    }

    /// What the other form has no word for.
    pub(super) fn rest(self) -> Object {
        self.rest
    }
}

/// The whole-text pattern of the language as one that may match anywhere.
pub(super) fn anchored(pattern: &str) -> String {
    format!("^(?:{pattern})$")
}
