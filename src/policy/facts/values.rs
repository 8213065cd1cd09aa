//! Values of facts from what authors wrote.

use jiff::SignedDuration;

use crate::expr::Value;
use crate::source::Spanned;
use crate::syntax::duration::Duration;
use crate::syntax::names::{Name, OneOrMany};
use crate::syntax::references::{ContractReference, PersonReference, SystemReference};
use crate::syntax::scalars::{Date, Literal};

/// A text.
pub(super) fn text(text: &str) -> Value {
    Value::text(text)
}

/// A text, or the empty one.
pub(super) fn text_or_empty(written: Option<&str>) -> Value {
    Value::text(written.unwrap_or_default())
}

/// A text as written, or the empty one.
pub(super) fn written(written: &Option<Spanned<String>>) -> Value {
    text_or_empty(written.as_ref().map(|text| text.value.as_str()))
}

/// A name, or the empty text.
pub(super) fn name<P>(name: &Option<Spanned<Name<P>>>) -> Value {
    text_or_empty(name.as_ref().map(|name| name.value.text.as_str()))
}

/// Texts in order.
pub(super) fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Value {
    let texts: Vec<Value> = texts.into_iter().map(Value::text).collect();
    texts.into()
}

/// Texts as written.
pub(super) fn spanned(written: &[Spanned<String>]) -> Value {
    texts(written.iter().map(|text| text.value.as_str()))
}

/// Names as written.
pub(super) fn names<'t, P: 't>(names: impl IntoIterator<Item = &'t Spanned<Name<P>>>) -> Value {
    texts(names.into_iter().map(|name| name.value.text.as_str()))
}

/// Labels as written.
pub(super) fn labels<P>(labels: &OneOrMany<Spanned<Name<P>>>) -> Value {
    names(labels.iter())
}

/// A person, or the empty text.
pub(super) fn person(person: &Option<PersonReference>) -> Value {
    text_or_empty(person.as_ref().map(|person| person.name.value.as_str()))
}

/// A system, or the empty text.
pub(super) fn system(system: &Option<SystemReference>) -> Value {
    text_or_empty(system.as_ref().map(|system| system.name.value.as_str()))
}

/// A contract, or the empty text.
pub(super) fn contract(contract: Option<&ContractReference>) -> Value {
    text_or_empty(contract.map(|contract| contract.name.value.as_str()))
}

/// A length of time where a day counts 24 hours.
pub(super) fn duration(duration: Duration) -> Value {
    seconds(duration.elapsed_seconds())
}

/// A length of time in seconds.
pub(super) fn seconds(seconds: u64) -> Value {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    Value::Duration(SignedDuration::from_secs(seconds))
}

/// A length of time, when one is written.
pub(super) fn length(written: &Option<Spanned<Duration>>) -> Option<Value> {
    written.as_ref().map(|length| duration(length.value))
}

/// A day, when one is written.
pub(super) fn day(written: &Option<Spanned<Date>>) -> Option<Value> {
    written.as_ref().map(|date| Value::Date(date.value.civil))
}

/// A switch that is off unless it is written.
pub(super) fn flag(written: &Option<Spanned<bool>>) -> Value {
    Value::Boolean(written.as_ref().is_some_and(|flag| flag.value))
}

/// How many.
pub(super) fn count(count: usize) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A value as people write it, or the empty text.
pub(super) fn literal(written: &Option<Spanned<Literal>>) -> Value {
    text_or_empty(written.as_ref().map(|literal| literal.value.text()))
}

/// Things in order.
pub(super) fn list(elements: impl IntoIterator<Item = Value>) -> Value {
    elements.into_iter().collect::<Vec<Value>>().into()
}
