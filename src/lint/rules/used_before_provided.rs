//! `used-before-provided`: a result that is read before it is there.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds results of steps that are read although a case can come there without having done the step:
    /// the step stands later, on another branch, or an exception leads round it.
    ///
    /// The offending way is shown state by state.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: ready, check: [{that: steps.book.ticket_state == 'closed', raise: NO_MATCH}]}
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
    ///         - {id: book, task: Book and set up the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}
    ///         - {id: ready, check: [{that: steps.book.ticket_state == 'closed', raise: NO_MATCH}]}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Do the step on every path before its result is read, or guard the reading with `has(steps.…)`.
    pub static RULE = {
        check: On::Workflow(check),
        id: "used-before-provided",
        summary: "a result that is read before it is there",
        why: "on that path the value does not exist, and the case stops there",
        family: Data,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(flow) = context.flow(workflow) else {
        return;
    };
    for misreading in context.misreadings(workflow) {
        let Some(step) = &misreading.unprovided else {
            continue;
        };
        let message =
            format!("`steps.{step}` is read here, and a case can come here without having done it");
        let mut finding = context.finding(misreading.span, message);
        finding = match flow.way_around(step, misreading.moment) {
            Some(path) => {
                let finding = path
                    .labels(flow)
                    .into_iter()
                    .fold(finding, |finding, (span, label)| finding.label(span, label));
                finding.help(format!(
                    "do `{step}` on the way {} too, or guard this with `has(steps.{step})`",
                    path.route(flow)
                ))
            }
            None => finding.help(format!(
                "do `{step}` before, or guard this with `has(steps.{step})`"
            )),
        };
        context.report(finding);
    }
}
