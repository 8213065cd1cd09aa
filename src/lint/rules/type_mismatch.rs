//! `type-mismatch`: values that do not go together.

use crate::declare_rule;
use crate::expr::ErrorKind;
use crate::lint::{Context, On};
use crate::model::crossing::{Given, Mismatch};
use crate::model::fit::{Fault, Misfit};
use crate::model::reading::Misreading;
use crate::rule::ERROR;
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::contract::{Contract, FieldType};
use crate::syntax::expressions::Data;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds expressions whose parts do not go together: a text compared with a number, a condition that
    /// is neither true nor false, a text that is none of the values that a field can have.
    ///
    /// Where data crosses a boundary, it finds what does not fit: `with` against the contract of the
    /// call, of the event or of the input of another workflow, and `contract` and `returns` against
    /// what the operation declares. What is sent may be more exact than what is taken: a required field
    /// for an optional one, two of three listed values. An optional field counts as present where every
    /// path has asked for it with `has()`. Whether any text is one of the listed values, and limits and
    /// patterns, are checked when a case is run.
    ///
    /// Whole numbers are taken for decimals where needed; nothing else is converted. Where `with` has
    /// one key that is no field of the contract and holds an object, the contract describes this object.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: known, check: [{that: input.room > 3, raise: NO_MATCH}]}
    ///         - {id: book, task: Book and set up the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: known, check: [{that: input.room > 'a', raise: NO_MATCH}]}
    ///         - {id: book, task: Book and set up the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Compare values of one type, and use a value that the contract lists. Convert what is sent, as with
    /// `string(…)` or `decimal(…)`, ask for optional fields with `has()` before, or change the contract.
    pub static RULE = {
        check: On::WorkflowAndContract(check, check_rules),
        id: "type-mismatch",
        summary: "values that do not go together",
        why: "a comparison that can only come out one way controls nothing",
        family: Data,
        level: ERROR,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    report_all(context.misreadings(workflow), context);
    for mismatch in context.mismatches(workflow) {
        if let Some(message) = message(mismatch) {
            let misfit = &mismatch.misfit;
            let mut finding = context.finding(misfit.written.unwrap_or(mismatch.span), message);
            for (place, label) in [(misfit.given, given(misfit)), (misfit.taken, taken(misfit))] {
                if let (Some(place), Some(label)) = (place, label) {
                    finding = finding.label(place, label);
                }
            }
            context.report(finding.help(help(mismatch)));
        }
    }
}

/// The field with what it belongs to: `lines[].price`, or below the key of the described object.
fn field(mismatch: &Mismatch<'_>) -> String {
    let path = &mismatch.misfit.path;
    match mismatch.given {
        Given::Written(_, Some(key)) => format!("`{key}.{path}`"),
        Given::Written(_, None) | Given::Nothing => format!("`{path}`"),
        Given::Contract(name) | Given::Outputs(name) => format!("`{path}` of `{name}`"),
    }
}

/// `None` for what `unknown-field` reports.
fn message(mismatch: &Mismatch<'_>) -> Option<String> {
    let (field, taker) = (field(mismatch), mismatch.taker);
    let is_literal = mismatch.misfit.written.is_some() && expression(mismatch).is_none();
    let verb = if is_literal { "is" } else { "may be" };
    Some(match &mismatch.misfit.fault {
        Fault::Kind { given, taken } => {
            format!("{field} is {given}, and `{taker}` takes {}", kind(*taken))
        }
        Fault::Unreadable { text, taken } => {
            format!(
                "{field} is the text `{text}`, and `{taker}` takes {}",
                kind(*taken)
            )
        }
        Fault::Missing => match mismatch.given {
            Given::Written(..) | Given::Nothing => {
                format!("{field} is not sent, and `{taker}` requires it")
            }
            Given::Contract(name) | Given::Outputs(name) => {
                let path = &mismatch.misfit.path;
                format!("`{name}` has no `{path}`, which `{taker}` requires")
            }
        },
        Fault::Absent => format!("{field} may be absent, and `{taker}` requires it"),
        Fault::Null => format!("{field} {verb} null, and `{taker}` takes no null"),
        Fault::Member { value, .. } => {
            format!("{field} {verb} `{value}`, which `{taker}` does not list")
        }
        Fault::Unknown { .. } => return None,
    })
}

/// What is said of the field that is given.
fn given(misfit: &Misfit) -> Option<String> {
    match &misfit.fault {
        Fault::Kind { given, .. } => Some(format!("{given} is given")),
        Fault::Absent => Some("optional here".to_owned()),
        Fault::Null => Some("null is given here".to_owned()),
        Fault::Member { value, .. } => Some(format!("`{value}` is one of the values here")),
        Fault::Unreadable { .. } | Fault::Missing | Fault::Unknown { .. } => None,
    }
}

/// What is said of the field that takes it.
fn taken(misfit: &Misfit) -> Option<String> {
    match &misfit.fault {
        Fault::Kind { taken, .. } | Fault::Unreadable { taken, .. } => {
            Some(format!("{} is taken", kind(*taken)))
        }
        Fault::Missing | Fault::Absent => Some("required here".to_owned()),
        Fault::Null => Some("no null is taken here".to_owned()),
        Fault::Member { .. } => Some("these values are listed".to_owned()),
        Fault::Unknown { .. } => None,
    }
}

fn help(mismatch: &Mismatch<'_>) -> String {
    let (misfit, taker) = (&mismatch.misfit, mismatch.taker);
    let path = &misfit.path;
    let source = source(mismatch);
    let corrected = format!("correct the type of `{path}` in one of the contracts");
    match &misfit.fault {
        Fault::Kind { given, taken } => match (&source, conversion(given, *taken)) {
            (Some(source), Some(function)) => {
                format!("convert it, as `${{ {function}({source}) }}`, or {corrected}")
            }
            (None, Some("string")) if misfit.inside.is_empty() => "put it in quotes".to_owned(),
            _ if misfit.written.is_some() => {
                format!("send {}, or {corrected}", kind(*taken))
            }
            _ => corrected,
        },
        Fault::Unreadable { taken, .. } => format!("write {}", kind(*taken)),
        Fault::Missing if misfit.written.is_some() => format!("add `{path}` to what is sent"),
        Fault::Missing if matches!(mismatch.given, Given::Nothing) => {
            format!("add `with:` with what `{taker}` requires")
        }
        Fault::Missing => format!("name another contract, or make `{path}` optional in `{taker}`"),
        Fault::Absent => match &source {
            Some(source) => format!(
                "check `has({source})` on every path to here, or make `{path}` optional in `{taker}`"
            ),
            None => format!("make `{path}` optional in `{taker}`, or required where it comes from"),
        },
        Fault::Null => format!("leave it out, or let `{path}` be nullable in `{taker}`"),
        Fault::Member { listed, .. } => {
            let listed: Vec<String> = listed.iter().map(|value| format!("`{value}`")).collect();
            format!(
                "send one of {}, or add the value to `{path}` in `{taker}`",
                listed.join(", ")
            )
        }
        Fault::Unknown { .. } => String::new(),
    }
}

/// The expression that is written for the value.
fn expression<'a>(mismatch: &Mismatch<'a>) -> Option<&'a str> {
    match mismatch.given {
        Given::Written(data, _) => template_at(&data.value, mismatch.misfit.written?),
        Given::Nothing | Given::Contract(_) | Given::Outputs(_) => None,
    }
}

/// The expression that gives the field, when one can be written.
fn source(mismatch: &Mismatch<'_>) -> Option<String> {
    let (text, inside) = (expression(mismatch)?, &mismatch.misfit.inside);
    if inside.is_empty() {
        Some(text.to_owned())
    } else if inside.contains(['[', '*']) {
        None
    } else {
        Some(format!("{text}.{inside}"))
    }
}

/// The one expression of the text that is written at a place.
fn template_at(data: &Data, place: Span) -> Option<&str> {
    match data {
        Data::Null | Data::Boolean(_) | Data::Number(_) => None,
        Data::Text(template) => {
            let is_it = template.span == place && template.is_one_expression();
            template.expressions().next().filter(|_| is_it)
        }
        Data::List(items) => items
            .iter()
            .find_map(|item| template_at(&item.value, place)),
        Data::Map(entries) => entries
            .iter()
            .find_map(|(_, value)| template_at(&value.value, place)),
    }
}

/// The function that makes values of a type from what is given.
fn conversion(given: &str, taken: FieldType) -> Option<&'static str> {
    let (function, from): (_, &[&str]) = match taken {
        FieldType::String => (
            "string",
            &[
                "a boolean",
                "an integer",
                "a decimal",
                "a date",
                "a timestamp",
                "a duration",
            ],
        ),
        FieldType::Integer => ("int", &["a decimal", "a string"]),
        FieldType::Decimal => ("decimal", &["a string"]),
        FieldType::Date => ("date", &["a timestamp", "a string"]),
        FieldType::Timestamp => ("timestamp", &["a string"]),
        FieldType::Duration => ("duration", &["a string"]),
        FieldType::Boolean | FieldType::List | FieldType::Map | FieldType::Object => return None,
    };
    from.contains(&given).then_some(function)
}

fn kind(kind: FieldType) -> &'static str {
    match kind {
        FieldType::String => "a string",
        FieldType::Integer => "an integer",
        FieldType::Decimal => "a decimal",
        FieldType::Boolean => "a boolean",
        FieldType::Date => "a date",
        FieldType::Timestamp => "a timestamp",
        FieldType::Duration => "a duration",
        FieldType::List => "a list",
        FieldType::Map => "a map",
        FieldType::Object => "an object",
    }
}

/// The conditions of quality rules.
fn check_rules(contract: &Entity<Contract>, context: &mut Context<'_>) {
    report_all(context.misreadings_of_rules(contract), context);
}

fn report_all(misreadings: &[Misreading<'_>], context: &mut Context<'_>) {
    for misreading in misreadings {
        if matches!(
            misreading.error.kind,
            ErrorKind::WrongType | ErrorKind::NotBoolean | ErrorKind::NotAMember
        ) {
            let finding = context.finding(misreading.span, misreading.error.message.clone());
            context.report(misreading.explain(finding));
        }
    }
}
