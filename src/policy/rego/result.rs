//! What a `deny`, `violation` or `warn` rule said, in the forms that Rego policies use.

use serde_json::{Map, Value};

/// One complaint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Complaint {
    /// What is wrong; empty when the rule is only true.
    pub(super) message: String,
    /// The element that it is about.
    pub(super) path: Option<ElementPath>,
    /// Why it matters.
    pub(super) why: Option<String>,
    /// What to do.
    pub(super) help: Option<String>,
    /// The name that it is known by, in the place of that of the rule.
    pub(super) id: Option<String>,
}

/// A path as a policy writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ElementPath {
    /// `workflows.paying.states.approval`, or with `/` before each part.
    Text(String),
    /// `["workflows", "paying", "states", "approval"]`.
    Parts(Vec<String>),
}

/// How deep results are looked for in objects and lists.
const DEEPEST: usize = 8;

/// The complaints in a value, in its order.
pub(super) fn complaints(value: &Value) -> Vec<Complaint> {
    let mut found = Vec::new();
    add(value, "", DEEPEST, &mut found);
    found
}

fn add(value: &Value, key: &str, depth: usize, found: &mut Vec<Complaint>) {
    let plain = |message: &str| Complaint {
        message: one_line(message),
        ..Complaint::default()
    };
    match value {
        Value::Null | Value::Bool(false) => {}
        Value::Bool(true) => found.push(plain(key)),
        Value::String(message) => found.push(plain(message)),
        Value::Number(number) => found.push(plain(&number.to_string())),
        Value::Array(values) if depth > 0 => {
            for value in values {
                add(value, "", depth - 1, found);
            }
        }
        Value::Object(fields) => match text(fields, "msg").or_else(|| text(fields, "message")) {
            Some(message) => found.push(Complaint {
                message,
                path: fields.get("path").and_then(path),
                why: text(fields, "why"),
                help: text(fields, "help"),
                id: text(fields, "id"),
            }),
            None if depth > 0 => {
                for (key, value) in fields {
                    add(value, key, depth - 1, found);
                }
            }
            None => found.push(plain(&value.to_string())),
        },
        Value::Array(_) => found.push(plain(&value.to_string())),
    }
}

fn text(fields: &Map<String, Value>, key: &str) -> Option<String> {
    fields.get(key)?.as_str().map(one_line)
}

fn path(value: &Value) -> Option<ElementPath> {
    match value {
        Value::String(text) => Some(ElementPath::Text(text.clone())),
        Value::Array(parts) => Some(ElementPath::Parts(parts.iter().map(part).collect())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

fn part(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// On one line and without a full stop.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn messages(value: &Value) -> Vec<String> {
        complaints(value).into_iter().map(|it| it.message).collect()
    }

    #[test]
    fn every_form_of_a_result_is_read() {
        assert_eq!(
            messages(&json!(["one.", "two\n  lines"])),
            ["one", "two lines"]
        );
        assert_eq!(messages(&json!({"one": true, "two": false})), ["one"]);
        assert_eq!(
            messages(&json!({"a": ["one"], "b": {"msg": "two"}})),
            ["one", "two"]
        );
        assert_eq!(messages(&json!(true)), [""]);
        assert_eq!(messages(&json!(false)), Vec::<String>::new());
        assert_eq!(messages(&json!([])), Vec::<String>::new());
    }

    #[test]
    fn objects_say_more() {
        let result =
            json!([{"msg": "m", "path": ["workflows", 0], "why": "w", "help": "h", "id": "R-1"}]);
        let expected = Complaint {
            message: "m".to_owned(),
            path: Some(ElementPath::Parts(vec![
                "workflows".to_owned(),
                "0".to_owned(),
            ])),
            why: Some("w".to_owned()),
            help: Some("h".to_owned()),
            id: Some("R-1".to_owned()),
        };
        assert_eq!(complaints(&result), [expected]);
    }
}
