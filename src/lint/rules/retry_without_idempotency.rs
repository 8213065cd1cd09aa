//! `retry-without-idempotency`: writes that a retry does twice.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::walk::StepInState;
use crate::rule::error_from;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds writes that are retried without a key by which the system knows them again.
    ///
    /// An operation whose name begins with `upsert`, or that the directory declares `idempotent`,
    /// needs no key.
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
    ///       steps: [{id: booked, call: ITSM.update_ticket, as: svc-rooms, timeout: 1m, retry: standard}]
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
    ///       steps: [{id: booked, call: ITSM.update_ticket, as: svc-rooms, timeout: 1m, retry: standard, idempotency_key: input.room}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `idempotency_key:` with a value that is the same for every attempt and different for every
    /// case, such as the id of what the case is about.
    pub static RULE = {
        check: On::Step(check),
        id: "retry-without-idempotency",
        summary: "a retried write without a key",
        why: "an attempt that was done but not answered is done again: two payments, two accounts",
        family: Reliability,
        level: error_from(3),
        since: "0.1.0",
    }
}

fn check(place: &StepInState<'_>, _workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let step = place.step;
    let Some(retry) = &step.retry else {
        return;
    };
    let Some(call) = context.model.call(step) else {
        return;
    };
    let policy = context.model.retry_of(step);
    let limit = policy.and_then(|policy| policy.limit.as_ref());
    let is_retried = limit.is_none_or(|limit| limit.value > 0);
    if !call.writes() || call.is_repeatable() || !is_retried {
        return;
    }
    let name = &call.reference.value;
    let message = format!("a retry of `{}` can do `{name}` twice", step.name());
    let mut finding = context
        .finding(retry.span, message)
        .label(call.reference.span, format!("`{name}` writes"))
        .help("add `idempotency_key:` with a value that is the same for every attempt");
    if let Some(limit) = limit.filter(|limit| !retry.span.contains(limit.span)) {
        finding = finding.label(limit.span, "this many times");
    }
    context.report(finding);
}
