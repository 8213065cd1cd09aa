//! `minimum-inputs-missing`: cases that may start with nothing.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::ERROR;
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::contract::FieldEntry;
use crate::syntax::names::{FieldName, NameMap};
use crate::syntax::workflow::{Trigger, Workflow};

declare_rule! {
    /// Finds triggers that bring no typed fields, and triggers whose fields are all optional.
    ///
    /// A schedule brings nothing by itself; it needs fields only when the workflow reads `input`.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   trigger: {form: room-request}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   trigger: {form: room-request, input: {room: string, date: date, setup: "string?"}}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Name the contract of the data with `contract:`, or the fields with `input:`. Make required
    /// what nobody can work without.
    pub static RULE = {
        check: On::Workflow(check),
        id: "minimum-inputs-missing",
        summary: "a trigger without typed minimum inputs",
        why: "a case that starts without what it needs stops at the first person who looks for it",
        family: Data,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let triggers = workflow.body.trigger.iter();
    let mentions = workflow.body.mentions();
    let reads_input = mentions
        .iter()
        .any(|mention| mention.path.starts_at("input"));
    for trigger in triggers.flat_map(|triggers| triggers.value.iter()) {
        let Some((what, span)) = start(trigger) else {
            continue;
        };
        if trigger.schedule.is_some() && !reads_input {
            continue;
        }
        match fields(trigger, context) {
            Fields::Unknown | Fields::Some => {}
            Fields::None => context.report(
                context
                    .finding(span, format!("{what} brings no typed fields"))
                    .help("name them with `contract:` or `input:`"),
            ),
            Fields::AllOptional(place) => context.report(
                context
                    .finding(
                        place,
                        format!("{what} may bring nothing: every field is optional"),
                    )
                    .help("make required what nobody can work without"),
            ),
        }
    }
}

fn start(trigger: &Trigger) -> Option<(String, Span)> {
    let event = trigger.event.as_ref().map(|event| ("the event", event));
    let form = trigger.form.as_ref().map(|form| ("the form", form));
    let schedule = trigger.schedule.as_ref().map(|it| ("the schedule", it));
    let (kind, name) = event.or(form).or(schedule)?;
    Some((format!("{kind} `{}`", name.value), name.span))
}

/// What is known about the fields that a trigger brings.
enum Fields {
    /// Nothing, because their definition is elsewhere or missing.
    Unknown,
    /// There are none.
    None,
    /// None of them must be there; with the place that says so.
    AllOptional(Span),
    /// At least one must be there.
    Some,
}

fn fields(trigger: &Trigger, context: &Context<'_>) -> Fields {
    if let Some(reference) = &trigger.contract {
        let contract = context.model.contract(&reference.name.value);
        return match contract.and_then(|contract| contract.body.schema.as_ref()) {
            Some(schema) => judge(&schema.value, reference.name.span),
            None => Fields::Unknown,
        };
    }
    match &trigger.input {
        Some(input) => judge(&input.value, input.span),
        None => Fields::None,
    }
}

fn judge(fields: &NameMap<FieldName, FieldEntry>, place: Span) -> Fields {
    if fields.is_empty() {
        return Fields::None;
    }
    let is_required = |entry: &FieldEntry| match entry {
        FieldEntry::Short(short) => short.value.required,
        FieldEntry::Full(field) => field.required.as_ref().is_some_and(|it| it.value),
    };
    if fields.iter().any(|(_, entry)| is_required(entry)) {
        Fields::Some
    } else {
        Fields::AllOptional(place)
    }
}
