//! `missing-trigger`: workflows that nothing starts, or that start at several doors.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::ERROR;
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::workflow::{Trigger, Workflow};
use crate::yaml::Mapping;

declare_rule! {
    /// Finds workflows without a trigger, triggers that are neither event, form nor schedule, and
    /// several triggers that do not bring the same contract.
    ///
    /// A workflow has one front door. Where a request may come by mail, in a chat and through a
    /// form, each way leaves out something else, and the first step of every case is to ask for it.
    /// Several triggers are one door when all of them bring the same contract.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   trigger:
    ///     - {form: room-request, contract: rooms.request.v1}
    ///     - {event: mail.received}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   trigger:
    ///     - {form: room-request, contract: rooms.request.v1}
    ///     - {event: rooms.requested, contract: rooms.request.v1}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Say in `trigger:` which event, form or schedule starts a case. When there are several, give
    /// all of them the same contract, or keep one and let the others lead to it.
    pub static RULE = {
        check: On::Workflow(check),
        id: "missing-trigger",
        summary: "a workflow without one clear start",
        why: "work that can start anywhere starts without what it needs, or does not start at all",
        family: Structure,
        level: ERROR,
        since: "0.1.0",
    }
}

/// The keys of which a trigger has one.
const KINDS: [&str; 3] = ["event", "form", "schedule"];

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let name = &workflow.name.value;
    let Some(entry) = context.entry_below(workflow.key, "trigger") else {
        report_none(name, workflow.name.span, context);
        return;
    };
    let Some(list) = entry.value.sequence() else {
        entry
            .value
            .mapping()
            .into_iter()
            .for_each(|trigger| check_kind(name, trigger, context));
        return;
    };
    if list.is_empty() {
        report_none(name, entry.key.span(), context);
    }
    for trigger in list.items().filter_map(|item| item.mapping()) {
        check_kind(name, trigger, context);
    }
    if let Some(triggers) = &workflow.body.trigger {
        check_contracts(name, &triggers.value.items, context);
    }
}

fn report_none(name: &str, span: Span, context: &mut Context<'_>) {
    context.report(
        context
            .finding(span, format!("nothing starts the workflow `{name}`"))
            .help("add `trigger:` with the `event`, `form` or `schedule` that starts a case"),
    );
}

fn check_kind(name: &str, trigger: Mapping<'_>, context: &mut Context<'_>) {
    if KINDS.iter().any(|kind| trigger.get(kind).is_some()) {
        return;
    }
    let first_key = trigger.entries().next().map(|entry| entry.key.span());
    context.report(
        context
            .finding(
                first_key.unwrap_or(trigger.node().span()),
                format!("this trigger of `{name}` is neither an event, a form nor a schedule"),
            )
            .note("nothing beside this says what starts a case")
            .help("add `event: …`, `form: …` or `schedule: …`"),
    );
}

/// Several triggers are one intake only when what they bring has one form.
fn check_contracts(name: &str, triggers: &[Trigger], context: &mut Context<'_>) {
    let [first, others @ ..] = triggers else {
        return;
    };
    let agrees = |trigger: &&Trigger| contract(trigger) == contract(first);
    let odd = match contract(first) {
        None if !others.is_empty() => Some(first),
        _ => others.iter().find(|trigger| !agrees(trigger)),
    };
    let Some((odd, place)) = odd.and_then(|odd| Some((odd, source(odd)?))) else {
        return;
    };
    let message = match (contract(first), contract(odd)) {
        (Some(wanted), Some(other)) => {
            format!("the triggers of `{name}` bring different contracts, `{wanted}` and `{other}`")
        }
        _ => format!(
            "the trigger `{}` of `{name}` brings no contract, so its triggers share no intake",
            place.value
        ),
    };
    let span = odd
        .contract
        .as_ref()
        .map_or(place.span, |contract| contract.name.span);
    context.report(context.finding(span, message).help(
        "give every trigger the same `contract:`, or keep one and let the others lead to it",
    ));
}

fn contract(trigger: &Trigger) -> Option<&str> {
    let contract = trigger.contract.as_ref();
    contract.map(|contract| contract.name.value.as_str())
}

fn source(trigger: &Trigger) -> Option<&Spanned<String>> {
    let source = trigger.event.as_ref().or(trigger.form.as_ref());
    source.or(trigger.schedule.as_ref())
}
