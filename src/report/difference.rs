//! The first place in which two manifests differ, what matters most before the rest.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The keys of a manifest whose difference says most, in this order; the others follow by name.
const FIRST: [&str; 9] = [
    "flowgate",
    "sources",
    "policies",
    "lock",
    "plan",
    "changes",
    "approvals",
    "findings",
    "commit",
];

/// `sources.workflows/refund.yaml is "sha256:…", and "sha256:…" was released`; `None` when both are
/// the same.
pub fn first_difference(found: &Value, released: &Value) -> Option<String> {
    let (path, found, released) = differing("", found, released)?;
    let text = |value: Option<&Value>| value.map_or_else(|| "absent".to_owned(), Value::to_string);
    Some(format!(
        "`{path}` is {}, and {} was released",
        text(found),
        text(released)
    ))
}

type Difference<'v> = (String, Option<&'v Value>, Option<&'v Value>);

fn differing<'v>(path: &str, found: &'v Value, released: &'v Value) -> Option<Difference<'v>> {
    if found == released {
        return None;
    }
    match (found, released) {
        (Value::Object(one), Value::Object(other)) => {
            let mut keys = keys(one, other).into_iter();
            keys.find_map(|key| below(path, key, one.get(key), other.get(key)))
        }
        (Value::Array(one), Value::Array(other)) => {
            let mut positions = 0..one.len().max(other.len());
            positions.find_map(|position| {
                let name = position.to_string();
                below(path, &name, one.get(position), other.get(position))
            })
        }
        (
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_),
            _,
        ) => Some((path.to_owned(), Some(found), Some(released))),
    }
}

fn below<'v>(
    path: &str,
    key: &str,
    found: Option<&'v Value>,
    released: Option<&'v Value>,
) -> Option<Difference<'v>> {
    let path = match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    };
    match (found, released) {
        (Some(found), Some(released)) => differing(&path, found, released),
        (None, None) => None,
        (found, released) => Some((path, found, released)),
    }
}

fn keys<'v>(one: &'v Map<String, Value>, other: &'v Map<String, Value>) -> Vec<&'v str> {
    let all: BTreeSet<&str> = one.keys().chain(other.keys()).map(String::as_str).collect();
    let mut keys: Vec<&str> = all.into_iter().collect();
    let weight = |key: &&str| {
        let position = FIRST.iter().position(|first| first == key);
        position.unwrap_or(FIRST.len())
    };
    keys.sort_by_key(weight);
    keys
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::first_difference;

    #[test]
    fn what_matters_most_is_named_first() {
        let released = json!({"commit": "a", "name": "x", "sources": {"one": "1", "two": "2"}});
        let found = json!({"commit": "b", "name": "x", "sources": {"one": "1", "two": "3"}});
        let said = first_difference(&found, &released).unwrap();
        assert_eq!(said, "`sources.two` is \"3\", and \"2\" was released");
        assert_eq!(first_difference(&released, &released), None);
    }

    #[test]
    fn what_is_missing_is_absent() {
        let said = first_difference(&json!({"a": [1]}), &json!({"a": [1, 2]})).unwrap();
        assert_eq!(said, "`a.1` is absent, and 2 was released");
    }
}
