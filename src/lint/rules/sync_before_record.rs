//! `sync-before-record`: copies that are written before the truth.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::Model;
use crate::model::flow::{Node, Place};
use crate::model::walk::StepInState;
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::directory::Effect;
use crate::syntax::workflow::{Record, Workflow};

declare_rule! {
    /// Finds writes to a system that only receives copies of an object, on paths that have not yet
    /// written the object's system of record.
    ///
    /// Only workflows that write the record themselves are judged; where an event tells of the
    /// record, it is there already. Operations that name another `object` are not about it.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   records: {ticket: {system: ITSM, key: ticket_id, sync: [ERP]}}
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps:
    ///         - {id: copy, call: ERP.post_invoice, as: svc-poster, idempotency_key: input.room, timeout: 1m, catch: [{error: any, raise: ERROR}]}
    ///         - {id: book, call: ITSM.update_ticket, as: svc-rooms, returns: itsm.ticket.v1, idempotency_key: input.room, timeout: 1m, catch: [{error: any, raise: ERROR}]}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   records: {ticket: {system: ITSM, key: ticket_id, sync: [ERP]}}
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps:
    ///         - {id: book, call: ITSM.update_ticket, as: svc-rooms, returns: itsm.ticket.v1, idempotency_key: input.room, timeout: 1m, catch: [{error: any, raise: ERROR}]}
    ///         - {id: copy, call: ERP.post_invoice, as: svc-poster, idempotency_key: input.room, timeout: 1m, catch: [{error: any, raise: ERROR}]}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Write the system of record first, and the copies after it.
    pub static RULE = {
        check: On::Workflow(check),
        id: "sync-before-record",
        summary: "a copy that is written before the record",
        why: "when the record then fails, systems hold data that was never true",
        family: Data,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(flow) = context.flow(workflow) else {
        return;
    };
    let is_only_record = workflow.body.records.iter().count() == 1;
    for (object, record) in workflow.body.records.iter() {
        let writes = |systems: &[&str]| -> Vec<(Place, StepInState<'_>)> {
            let steps = flow.places().filter_map(|(place, node)| match node {
                Node::Done(step) => Some((place, step)),
                Node::Start
                | Node::State(..)
                | Node::If(..)
                | Node::Step(_)
                | Node::Leave(..)
                | Node::Exception { .. }
                | Node::BranchEnd
                | Node::Fallback
                | Node::Elsewhere => None,
            });
            steps
                .filter(|(_, step)| {
                    is_write(context.model, step, systems, &object.value, is_only_record)
                })
                .collect()
        };
        let recorded = writes(&systems_of(record, true));
        let Some((_, first)) = recorded.first() else {
            continue;
        };
        let unrecorded = flow.reach([flow.start()], |step| {
            !recorded.iter().any(|(place, _)| *place == step.to)
        });
        for (place, copy) in writes(&systems_of(record, false)) {
            let (Some(call), true) = (&copy.step.call, unrecorded.contains(place)) else {
                continue;
            };
            let message = format!(
                "`{}` writes a copy of `{}` before the record in `{}` is written",
                call.name.value,
                object.value,
                systems_of(record, true).join("")
            );
            let mut finding = context
                .finding(call.name.span, message)
                .note("this is only a copy");
            if let Some(written) = &first.step.call {
                finding = finding.label(written.name.span, "the record is written here");
            }
            let help = format!("do `{}` before `{}`", first.step.name(), copy.step.name());
            context.report(finding.help(help));
        }
    }
}

/// The system of record, or those that receive copies.
fn systems_of(record: &Record, of_record: bool) -> Vec<&str> {
    if of_record {
        record
            .system
            .iter()
            .map(|system| system.name.value.as_str())
            .collect()
    } else {
        record
            .sync
            .iter()
            .map(|system| system.name.value.as_str())
            .collect()
    }
}

fn is_write(
    model: &Model,
    step: &StepInState<'_>,
    systems: &[&str],
    object: &str,
    is_only_record: bool,
) -> bool {
    let operation = step
        .step
        .call
        .as_ref()
        .and_then(|call| model.operation(&call.name.value));
    operation.is_some_and(|(system, operation)| {
        let effect = operation.effect.as_ref().map(|effect| effect.value);
        let is_about_it = match &operation.object {
            Some(named) => named.value.text == object,
            None => is_only_record,
        };
        matches!(effect, Some(Effect::Write | Effect::Create))
            && is_about_it
            && systems.contains(&system.name.value.as_str())
    })
}
