//! `queue-sla-missing`: queues of exceptions that promise no time.

use std::collections::BTreeSet;

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::Model;
use crate::rule::error_from;
use crate::syntax::Entity;
use crate::syntax::directory::{Queue, QueueKind};

declare_rule! {
    /// Finds queues for exceptions, missing information and dead letters without a response or
    /// resolution time, and queues for ordinary work to which a workflow sends exceptions.
    ///
    /// The stage is the highest of the workflows that use the queue: an error from stage 2 on, when
    /// work is routed.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// queues:
    ///   late-bookings: {kind: exception, owner: priya.shah}
    /// ```
    ///
    /// ```yaml,good
    /// queues:
    ///   late-bookings: {kind: exception, owner: priya.shah, sla: {response: 4h, resolution: 1d}}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `sla: {response: …, resolution: …}` to the queue.
    pub static RULE = {
        check: On::Project(check),
        id: "queue-sla-missing",
        summary: "a queue of exceptions without a target",
        why: "a case that leaves the happy path leaves the promise to its requester too",
        family: Sla,
        level: error_from(2),
        since: "0.1.0",
    }
}

fn check(context: &mut Context<'_>) {
    let model = context.model;
    let uses = model.queue_uses();
    let receivers = receivers_of_exceptions(model);
    for queue in &model.project.queues {
        let name = &queue.name.value;
        let receives = receivers.contains(name.as_str()) || !is_for_work(queue);
        if !receives || promises_time(queue, context) {
            continue;
        }
        let written = context.entry_below(queue.key, "sla");
        let span = written.map_or(queue.name.span, |sla| sla.key.span());
        let message = format!("the queue `{name}` promises no time for its exceptions");
        let finding = context.finding_at(uses.highest_stage(name), span, message);
        let finding = match uses.of(name).first() {
            Some(first) => finding.label(
                first.place,
                format!("cases of `{}` are sent there", first.workflow.name.value),
            ),
            None => finding,
        };
        context.report(finding.help("add `response: …` and `resolution: …` under `sla:`"));
    }
}

/// A faulty promise has been reported already.
fn promises_time(queue: &Entity<Queue>, context: &Context<'_>) -> bool {
    let Some(sla) = context.entry_below(queue.key, "sla") else {
        return false;
    };
    let promise = sla.value.mapping();
    promise.is_none_or(|promise| {
        promise.get("response").is_some() || promise.get("resolution").is_some()
    })
}

fn is_for_work(queue: &Entity<Queue>) -> bool {
    let kind = queue.body.kind.as_ref();
    kind.is_none_or(|kind| kind.value == QueueKind::Work)
}

fn receivers_of_exceptions(model: &Model) -> BTreeSet<&str> {
    let workflows = model.project.workflows.iter();
    workflows
        .filter_map(|workflow| workflow.body.exceptions.as_ref())
        .flat_map(|exceptions| exceptions.value.iter())
        .filter_map(|(_, route)| route.queue.as_ref())
        .map(|queue| queue.name.value.as_str())
        .collect()
}
