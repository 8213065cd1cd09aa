//! Facts as JSON for other languages, and as text for messages.

use crate::expr::Value;
use crate::syntax::duration::Duration;

/// A fact as JSON. Days and instants become texts, lengths of time whole seconds.
pub fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Boolean(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Decimal(value) => serde_json::from_str(&value.normalize().to_string())
            .unwrap_or_else(|_| value.to_string().into()),
        Value::Text(text) => text.as_ref().into(),
        Value::Date(date) => date.to_string().into(),
        Value::Timestamp(timestamp) => timestamp.to_string().into(),
        Value::Duration(duration) => duration.as_secs().into(),
        Value::List(elements) => elements.iter().map(json).collect(),
        Value::Map(fields) => fields
            .iter()
            .map(|(name, value)| (name.to_string(), json(value)))
            .collect(),
    }
}

/// A fact as a message shows it: texts without quotes, lists with commas, lengths of time as
/// authors write them.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::List(elements) => {
            let elements: Vec<String> = elements.iter().map(shown).collect();
            elements.join(", ")
        }
        Value::Date(date) => date.to_string(),
        Value::Duration(duration) => {
            let seconds = u64::try_from(duration.as_secs()).unwrap_or(0);
            let days = u32::try_from(seconds / 86_400).unwrap_or(u32::MAX);
            let seconds = seconds % 86_400;
            Duration {
                weeks: 0,
                days,
                seconds,
            }
            .to_string()
        }
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Timestamp(_)
        | Value::Map(_) => value.to_string(),
    }
}
