//! `type-mismatch`: values that do not go together.

use crate::declare_rule;
use crate::expr::ErrorKind;
use crate::lint::{Context, On};
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds expressions whose parts do not go together: a text compared with a number, a condition that
    /// is neither true nor false, a text that is none of the values that a field can have.
    ///
    /// Whole numbers are taken for decimals where needed; nothing else is converted.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: known, check: [{that: input.room > 3, raise: NO_MATCH}]}
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
    ///         - {id: known, check: [{that: input.room > 'a', raise: NO_MATCH}]}
    ///         - {id: book, task: Book and set up the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Compare values of one type, and use a value that the contract lists.
    pub static RULE = {
        check: On::Workflow(check),
        id: "type-mismatch",
        summary: "values that do not go together",
        why: "a comparison that can only come out one way controls nothing",
        family: Data,
        level: ERROR,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    for misreading in context.misreadings(workflow) {
        if matches!(
            misreading.error.kind,
            ErrorKind::WrongType | ErrorKind::NotBoolean | ErrorKind::NotAMember
        ) {
            let finding = context.finding(misreading.span, misreading.error.message.clone());
            context.report(misreading.explain(finding));
        }
    }
}
