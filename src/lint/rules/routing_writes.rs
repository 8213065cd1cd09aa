//! `routing-writes`: states that decide where a case goes and change a system as well.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::error_from;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds states that route a case by a decision table and also call an operation that writes.
    ///
    /// A routing table is changed often and by people who think of queues, so a wrong row should
    /// send a case to the wrong desk and nothing more.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: triage
    ///       steps:
    ///         - {id: routing, route: room-routing}
    ///         - {id: book, call: ITSM.update_ticket, as: svc-rooms, returns: itsm.ticket.v1, timeout: 1m, catch: [{error: any, raise: ERROR}]}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: triage
    ///       steps: [{id: routing, route: room-routing}]
    ///       to: booking
    ///     booking:
    ///       lifecycle: in_progress
    ///       steps:
    ///         - {id: book, call: ITSM.update_ticket, as: svc-rooms, returns: itsm.ticket.v1, timeout: 1m, catch: [{error: any, raise: ERROR}]}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Move the writing steps to the next state.
    pub static RULE = {
        check: On::Workflow(check),
        id: "routing-writes",
        summary: "a state that routes and writes",
        why: "a mistake in a routing table then changes a system instead of reaching the wrong desk",
        family: Structure,
        level: error_from(2),
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    for (name, state) in workflow.body.all_states() {
        let steps = state.all_steps();
        let Some(table) = steps.iter().find_map(|step| step.route.as_ref()) else {
            continue;
        };
        for step in &steps {
            let Some(call) = step.call.as_ref().filter(|_| step.writes(context.model)) else {
                continue;
            };
            let message = format!(
                "`{}` routes by `{}` and writes with `{}`",
                name.value, table.name.value, call.name.value
            );
            context.report(
                context
                    .finding(call.name.span, message)
                    .label(table.name.span, "the case is routed here")
                    .help(format!(
                        "move `{}` to a state that comes after `{}`",
                        step.name(),
                        name.value
                    )),
            );
        }
    }
}
