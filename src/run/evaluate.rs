//! Expressions, texts and data of a plan, evaluated with what a case knows.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use rust_decimal::Decimal;

use super::case::Case;
use super::data;
use super::world::World;
use crate::expr::{self, Budget, Record, Value};
use crate::plan::value::{Data, Expression, Piece, Text};

/// Steps that one evaluation may take.
const BUDGET: u64 = 1_000_000;

/// What an expression gives, or why it has no value.
pub(super) type Evaluated = Result<Value, String>;

/// What a step sees beside the case: the item it is done for, the results of steps for that item,
/// an event.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// Values by name.
    pub variables: Record,
    /// Results of steps that were done for the item; `None` outside of items.
    pub local: Option<Record>,
}

impl Scope {
    /// The same scope with one more name.
    pub(super) fn with(&self, name: &str, value: Value) -> Scope {
        let mut scope = self.clone();
        scope.variables.insert(name.into(), value);
        scope
    }
}

/// The names that expressions of a case see.
pub(super) fn roots(world: &World<'_>, case: &Case<'_>, scope: &Scope) -> Record {
    let mut roots = scope.variables.clone();
    roots.insert("input".into(), case.input.clone());
    let steps = match &scope.local {
        None => Value::Map(Arc::clone(&case.results)),
        Some(local) => {
            let mut steps = case.results.as_ref().clone();
            steps.extend(
                local
                    .iter()
                    .map(|(name, value)| (name.clone(), value.clone())),
            );
            steps.into()
        }
    };
    roots.insert("steps".into(), steps);
    roots.insert("case".into(), facts(case));
    roots.insert("controls".into(), world.controls.clone());
    roots.insert("lists".into(), world.lists.clone());
    roots
}

fn facts(case: &Case<'_>) -> Value {
    let exceptions: Vec<Value> = case
        .exceptions
        .iter()
        .map(|exception| {
            let mut fields = Record::from([
                ("reason".into(), Value::text(&exception.reason)),
                ("state".into(), Value::text(&exception.state)),
                ("queue".into(), Value::text(&exception.queue)),
            ]);
            let by = exception.resolved_by.as_deref().map(Value::text);
            fields.extend(by.map(|by| ("resolved_by".into(), by)));
            fields.into()
        })
        .collect();
    let age = SignedDuration::from_secs(case.started.duration_until(case.now).as_secs());
    Record::from([
        ("id".into(), Value::text(&case.id)),
        ("requester".into(), case.requester.clone()),
        ("age".into(), Value::Duration(age)),
        ("exceptions".into(), exceptions.into()),
        ("data".into(), case.data.clone().into()),
    ])
    .into()
}

/// The value of an expression that sees `roots`.
pub(super) fn with_roots(world: &World<'_>, expression: &Expression, roots: &Record) -> Evaluated {
    evaluated(&world.parsed(expression), expression.as_str(), roots)
}

/// The value of the text of an expression that sees `roots`.
pub(super) fn text_with_roots(world: &World<'_>, text: &str, roots: &Record) -> Evaluated {
    evaluated(&world.parsed_text(text), text, roots)
}

fn evaluated(
    parsed: &Result<expr::Expression, expr::ExpressionError>,
    text: &str,
    roots: &Record,
) -> Evaluated {
    let told = |error: &expr::ExpressionError| format!("`{text}` has no value: {error}");
    let tree = parsed.as_ref().map_err(told)?;
    expr::evaluate(tree, roots, &mut Budget::new(BUDGET)).map_err(|error| told(&error))
}

/// The values that an expression reads, by path; what has no value is left out.
pub(super) fn reads(
    world: &World<'_>,
    expression: &Expression,
    roots: &Record,
) -> BTreeMap<String, serde_json::Value> {
    let parsed = world.parsed(expression);
    let Ok(tree) = parsed.as_ref() else {
        return BTreeMap::new();
    };
    let paths = tree
        .references()
        .into_iter()
        .map(|reference| reference.path);
    paths
        .filter(|path| !path.starts_at("lists"))
        .filter_map(|path| {
            let mut value = roots.get(path.segments().next()?)?.clone();
            for segment in path.segments().skip(1) {
                let Value::Map(fields) = &value else {
                    return None;
                };
                value = fields.get(segment)?.clone();
            }
            Some((path.to_string(), data::json(&value)))
        })
        .collect()
}

/// A condition; one that is neither true nor false has no value.
pub(super) fn truth(
    world: &World<'_>,
    expression: &Expression,
    roots: &Record,
) -> Result<bool, String> {
    let value = with_roots(world, expression, roots)?;
    if let Value::Boolean(truth) = value {
        return Ok(truth);
    }
    Err(format!(
        "`{}` is neither true nor false, but {value}",
        expression.as_str()
    ))
}

/// The value of a text.
pub(super) fn text(world: &World<'_>, text: &Text, roots: &Record) -> Evaluated {
    match text {
        Text::Plain(text) => Ok(Value::text(text)),
        Text::Computed { expression } => with_roots(world, expression, roots),
        Text::Mixed { template } => {
            let mut joined = String::new();
            for piece in template {
                match piece {
                    Piece::Text(text) => joined.push_str(text),
                    Piece::Expression(expression) => {
                        joined.push_str(&data::text(&with_roots(world, expression, roots)?));
                    }
                }
            }
            Ok(Value::text(&joined))
        }
    }
}

/// The value of data that is sent.
pub(super) fn sent(world: &World<'_>, written: &Data, roots: &Record) -> Evaluated {
    match written {
        Data::Null => Ok(Value::Null),
        Data::Boolean(value) => Ok(Value::Boolean(*value)),
        Data::Number(number) => Ok(data::number(number)),
        Data::Text(text) => self::text(world, text, roots),
        Data::List(items) => items
            .iter()
            .map(|item| sent(world, item, roots))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::from),
        Data::Object { object } => object
            .iter()
            .map(|(name, value)| Ok((name.into(), sent(world, value, roots)?)))
            .collect::<Result<Record, String>>()
            .map(Value::from),
    }
}

/// Whether values are the same, numbers by their value.
pub(super) fn equal(one: &Value, other: &Value) -> bool {
    compare(one, "==", other)
}

/// Whether a comparison of the expression language holds; one that has no value does not.
pub(super) fn compare(one: &Value, operator: &str, other: &Value) -> bool {
    let roots = Record::from([("one".into(), one.clone()), ("other".into(), other.clone())]);
    let Ok(tree) = expr::parse(&format!("one {operator} other")) else {
        return false;
    };
    let value = expr::evaluate(&tree, &roots, &mut Budget::new(BUDGET));
    value == Ok(Value::Boolean(true))
}

/// A number as a decimal.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(*number),
        Value::Null
        | Value::Boolean(_)
        | Value::Text(_)
        | Value::Date(_)
        | Value::Timestamp(_)
        | Value::Duration(_)
        | Value::List(_)
        | Value::Map(_) => None,
    }
}

/// Whether a number is a multiple of another one; what cannot be told is.
pub(super) fn is_multiple(value: &Value, of: &Value) -> bool {
    let (Some(value), Some(of)) = (decimal(value), decimal(of)) else {
        return true;
    };
    value.checked_rem(of).is_none_or(|rest| rest.is_zero())
}
