//! `create-without-dedupe`: objects that are made again because nobody knows them.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::walk::StepInState;
use crate::rule::error_from;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds calls that make a new object and have no key by which a repetition is recognised, and
    /// calls that make a new object and do not keep its id.
    ///
    /// A case that comes back from an exception does the steps of its state again. Without a key it
    /// makes a second object; without the id of the first, nobody can tell. A call with a `retry` and
    /// without a key is found by `retry-without-idempotency`.
    ///
    /// A warning before rollout stage 3, an error from it on.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   records: {ticket: {system: ITSM, key: ticket_id}}
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps: [{id: booked, call: ITSM.create_ticket, as: svc-rooms, timeout: 1m}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   records: {ticket: {system: ITSM, key: ticket_id}}
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps: [{id: booked, call: ITSM.create_ticket, as: svc-rooms, timeout: 1m, idempotency_key: input.room, returns: itsm.ticket.v1}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `idempotency_key:` with what makes the object this one and no other, and `returns:` with
    /// the contract that carries its id.
    pub static RULE = {
        check: On::Step(check),
        id: "create-without-dedupe",
        summary: "a new object that nobody would recognise",
        why: "the same request makes two vendors, two orders or two tickets",
        family: Reliability,
        level: error_from(3),
        since: "0.1.0",
    }
}

fn check(place: &StepInState<'_>, _workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let step = place.step;
    let Some(call) = context.model.call(step).filter(|call| call.creates()) else {
        return;
    };
    let lacks_key = !call.is_repeatable() && step.retry.is_none();
    let lacks_id = call.returns().is_none();
    let name = &call.reference.value;
    let (message, help) = match (lacks_key, lacks_id) {
        (false, false) => return,
        (true, false) => (
            format!("nothing recognises a second `{name}` for the same case"),
            "add `idempotency_key:` with what makes the object this one and no other",
        ),
        (false, true) => (
            format!("the id of what `{name}` makes is not kept"),
            "add `returns:` with the contract that carries the id",
        ),
        (true, true) => (
            format!("nothing recognises a second `{name}`, and the id of the first is not kept"),
            "add `idempotency_key:`, and `returns:` with the contract that carries the id",
        ),
    };
    context.report(context.finding(call.reference.span, message).help(help));
}
