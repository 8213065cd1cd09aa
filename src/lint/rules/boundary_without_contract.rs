//! `boundary-without-contract`: data that crosses from system to system untyped.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::calls::Call;
use crate::model::mentions::Mention;
use crate::model::walk::StepInState;
use crate::rule::error_from;
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::step::{Emit, Step, Wait};
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds calls and events whose data no contract describes.
    ///
    /// - A call needs `returns` when an expression reads what it gives back.
    /// - A call that sends data needs `contract` or `returns`; either ties it to a system's promise.
    /// - An event that is waited for and read, or published with data, needs `contract`.
    ///
    /// The operation's own `takes` and `returns` count. What starts a workflow is the business of
    /// `minimum-inputs-missing`; what people type into a task crosses no boundary.
    ///
    /// A warning before rollout stage 3, an error from it on.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps:
    ///         - {id: ticket, call: ITSM.get_ticket, with: {room: "${ input.room }"}, timeout: 1m}
    ///         - {id: open, check: [{that: steps.ticket.ticket_state == 'open', raise: ERROR}]}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps:
    ///         - {id: ticket, call: ITSM.get_ticket, with: {room: "${ input.room }"}, returns: itsm.ticket.v1, timeout: 1m}
    ///         - {id: open, check: [{that: steps.ticket.ticket_state == 'open', raise: ERROR}]}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Write a contract for the data and name it: `returns:` for what comes back, `contract:` for
    /// what is sent.
    pub static RULE = {
        check: On::Workflow(check),
        id: "boundary-without-contract",
        summary: "data that crosses systems untyped",
        why: "when the other side renames a field, the first to know is a failed case",
        family: Data,
        level: error_from(3),
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let mentions = workflow.body.mentions();
    for place in workflow.body.all_steps() {
        let step = place.step;
        let read = mentions
            .iter()
            .find(|mention| mention.step() == Some(step.name()));
        if let Some(call) = context.model.call(step) {
            check_call(call, read, context);
        }
        check_event(&place, read, context);
    }
}

fn check_call(call: Call<'_>, read: Option<&Mention>, context: &mut Context<'_>) {
    let name = &call.reference.value;
    match read {
        Some(_) if call.returns().is_some() => {}
        Some(read) => context.report(
            context
                .finding(
                    call.reference.span,
                    format!("no contract describes what `{name}` gives back"),
                )
                .label(read.span, format!("`{}` is read here", read.path))
                .help("add `returns:` with the contract of what comes back"),
        ),
        None if call.step.with.is_none() => {}
        None if call.returns().is_some() || call.takes().is_some() => {}
        None => context.report(
            context
                .finding(
                    call.reference.span,
                    format!("no contract describes what is sent to `{name}`"),
                )
                .help("add `contract:` for what is sent, or `returns:` for what comes back"),
        ),
    }
}

fn check_event(place: &StepInState<'_>, read: Option<&Mention>, context: &mut Context<'_>) {
    let step = place.step;
    if let (Some(event), Some(read)) = (awaited_untyped(step), read) {
        context.report(
            context
                .finding(
                    event.span,
                    format!("no contract describes the event `{}`", event.value),
                )
                .label(read.span, format!("`{}` is read here", read.path))
                .help("add `returns:` with the contract of the event's data"),
        );
    }
    if let Some((event, span)) = published_untyped(step) {
        context.report(
            context
                .finding(
                    span,
                    format!("no contract describes what the event `{event}` carries"),
                )
                .help("add `contract:` with the contract of the event's data"),
        );
    }
}

fn awaited_untyped(step: &Step) -> Option<&Spanned<String>> {
    match &step.wait.as_ref()?.value {
        Wait::For(_) => None,
        Wait::Until(awaited) => {
            let is_typed = step.returns.is_some() || awaited.contract.is_some();
            awaited.event.as_ref().filter(|_| !is_typed)
        }
    }
}

fn published_untyped(step: &Step) -> Option<(&str, Span)> {
    let emit = &step.emit.as_ref()?.value;
    let (event, data, contract) = match emit {
        Emit::Event(event) => (event, None, None),
        Emit::Published(published) => (
            published.event.as_ref()?,
            published.with.as_ref(),
            published.contract.as_ref(),
        ),
    };
    let carries_data = data.is_some() || step.with.is_some();
    let is_typed = contract.is_some() || step.contract.is_some();
    (carries_data && !is_typed).then_some((event.value.as_str(), event.span))
}
