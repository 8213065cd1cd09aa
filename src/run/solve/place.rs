//! Places in data: reading and changing what lies there.

use std::sync::Arc;

use crate::expr::{Record, Value};

/// A chain of names from a root; `[0]` is a position in a list.
pub(in crate::run) type Place = Vec<String>;

/// A value that is put somewhere, or taken away.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::run) struct Change {
    /// Where.
    pub place: Place,
    /// What is there afterwards; nothing when it is taken away.
    pub value: Option<Value>,
}

/// Changes that belong together.
pub(in crate::run) type Changes = Vec<Change>;

/// What is at a place.
pub(in crate::run) fn read(roots: &Record, place: &[String]) -> Option<Value> {
    let (root, rest) = place.split_first()?;
    let mut value = roots.get(root.as_str())?.clone();
    for segment in rest {
        value = if let (Value::List(items), Some(position)) = (&value, position(segment)) {
            items.get(position)?.clone()
        } else if let Value::Map(fields) = &value {
            fields.get(segment.as_str())?.clone()
        } else {
            return None;
        };
    }
    Some(value)
}

/// Puts a value somewhere; objects on the way are made, positions that a list does not have are
/// left alone.
pub(in crate::run) fn put(roots: &mut Record, place: &[String], value: Option<Value>) {
    let Some((root, rest)) = place.split_first() else {
        return;
    };
    if rest.is_empty() {
        match value {
            Some(value) => drop(roots.insert(root.as_str().into(), value)),
            None => drop(roots.remove(root.as_str())),
        }
        return;
    }
    let inner = roots.entry(root.as_str().into()).or_insert(Value::Null);
    put_inside(inner, rest, value);
}

fn put_inside(target: &mut Value, place: &[String], value: Option<Value>) {
    let Some((first, rest)) = place.split_first() else {
        return;
    };
    if let Some(position) = position(first) {
        let Value::List(items) = target else {
            return;
        };
        let mut items = items.to_vec();
        let Some(item) = items.get_mut(position) else {
            return;
        };
        match (rest.is_empty(), value) {
            (true, Some(value)) => *item = value,
            (true, None) => drop(items.remove(position)),
            (false, value) => put_inside(item, rest, value),
        }
        *target = items.into();
        return;
    }
    if !matches!(target, Value::Map(_)) {
        *target = Record::new().into();
    }
    if let Value::Map(fields) = target {
        put(Arc::make_mut(fields), place, value);
    }
}

fn position(segment: &str) -> Option<usize> {
    segment.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}
