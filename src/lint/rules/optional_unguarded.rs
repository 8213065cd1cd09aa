//! `optional-unguarded`: an optional field that is read unguarded.

use crate::declare_rule;
use crate::expr::ErrorKind;
use crate::lint::{Context, On};
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds optional fields that are read where nothing has made sure that they are there.
    ///
    /// A field is sure to be there after a check on every path (`{that: has(input.manager_id), raise:
    /// MISSING_MANAGER}`), or behind `has()` in the same expression.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   trigger: {form: room-request, input: {room: string, setup: string?}, dedupe: input.room}
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: known, check: [{that: input.setup != '', raise: NO_MATCH}]}
    ///         - {id: book, task: Book and set up the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   trigger: {form: room-request, input: {room: string, setup: string?}, dedupe: input.room}
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: known, check: [{that: "!has(input.setup) || input.setup != ''", raise: NO_MATCH}]}
    ///         - {id: book, task: Book and set up the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Ask with `has()` first, or make the field required.
    pub static RULE = {
        check: On::Workflow(check),
        id: "optional-unguarded",
        summary: "an optional field that is read unguarded",
        why: "the first case without the field stops where nobody expects it",
        family: Data,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    for misreading in context.misreadings(workflow) {
        if misreading.error.kind == ErrorKind::Unguarded && misreading.unprovided.is_none() {
            let finding = context.finding(misreading.span, misreading.error.message.clone());
            context.report(misreading.explain(finding));
        }
    }
}
