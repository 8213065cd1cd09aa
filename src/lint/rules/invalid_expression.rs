//! `invalid-expression`: an expression that cannot be computed.

use crate::declare_rule;
use crate::expr::ErrorKind;
use crate::lint::{Context, On};
use crate::model::reading::Misreading;
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::contract::Contract;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds conditions and values that are no expressions of the language, call functions that do not
    /// exist, or can only fail when they are computed.
    ///
    /// Expressions are a subset of CEL, with exact decimals: `input.total <= controls.limit &&
    /// has(input.po_number)`. They are written bare after `if`, `when`, `that` and the like, and inside
    /// `${ }` in texts. The conditions of quality rules of contracts read the fields of a record.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: known, check: [{that: input.room = 'blue', raise: NO_MATCH}]}
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
    ///         - {id: known, check: [{that: input.room != 'blue', raise: NO_MATCH}]}
    ///         - {id: book, task: Book and set up the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Correct the marked characters; the help says what was probably meant.
    pub static RULE = {
        check: On::WorkflowAndContract(check, check_rules),
        id: "invalid-expression",
        summary: "an expression that cannot be computed",
        why: "a condition that cannot be computed decides nothing",
        family: Structure,
        level: ERROR,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    report_all(context.misreadings(workflow), context);
}

/// The conditions of quality rules.
fn check_rules(contract: &Entity<Contract>, context: &mut Context<'_>) {
    report_all(context.misreadings_of_rules(contract), context);
}

fn report_all(misreadings: &[Misreading<'_>], context: &mut Context<'_>) {
    for misreading in misreadings {
        if matches!(
            misreading.error.kind,
            ErrorKind::Syntax
                | ErrorKind::Limit
                | ErrorKind::UnknownFunction
                | ErrorKind::WrongArguments
                | ErrorKind::InvalidValue
                | ErrorKind::Overflow
                | ErrorKind::DivisionByZero
        ) {
            let finding = context.finding(misreading.span, misreading.error.message.clone());
            context.report(misreading.explain(finding));
        }
    }
}
