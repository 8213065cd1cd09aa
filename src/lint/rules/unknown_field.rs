//! `unknown-field`: an expression that reads what does not exist.

use crate::declare_rule;
use crate::diagnostic::{Edit, Fix};
use crate::expr::ErrorKind;
use crate::lint::{Context, On};
use crate::model::crossing::Mismatch;
use crate::model::fit::Fault;
use crate::model::reading::Misreading;
use crate::rule::ERROR;
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::contract::Contract;
use crate::syntax::decode::nearest;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds expressions that read what does not exist: a field that is not in the contract, a step,
    /// control or list that is not declared.
    ///
    /// The nearest name is suggested, and the place where the data is declared is shown.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: known, check: [{that: input.rom != '', raise: NO_MATCH}]}
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
    ///         - {id: known, check: [{that: input.room != '', raise: NO_MATCH}]}
    ///         - {id: book, task: Book and set up the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Take the suggested name (`--fix=unsafe` does), or add the field to the contract.
    pub static RULE = {
        check: On::WorkflowAndContract(check, check_rules),
        id: "unknown-field",
        summary: "an expression that reads what does not exist",
        why: "the value is missing in every case, so the condition never does what it says",
        family: Data,
        level: ERROR,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    report_all(context.misreadings(workflow), context);
    for mismatch in context.mismatches(workflow) {
        if let (Fault::Unknown { fields }, Some(key)) =
            (&mismatch.misfit.fault, mismatch.misfit.written)
        {
            check_key(mismatch, fields, key, context);
        }
    }
}

/// Reports a key of sent data that its contract does not have.
fn check_key(mismatch: &Mismatch<'_>, fields: &[String], key: Span, context: &mut Context<'_>) {
    let (path, taker) = (&mismatch.misfit.path, mismatch.taker);
    let finding = context.finding(key, format!("`{taker}` has no field `{path}`"));
    let name = path.rsplit('.').next().unwrap_or(path);
    context.report(match nearest(name, fields.iter().map(String::as_str)) {
        Some(near) => finding
            .help(format!("did you mean `{near}`?"))
            .fix(Fix::needs_a_look(vec![Edit {
                span: key,
                text: near.to_owned(),
            }])),
        None => finding.help(format!("leave it out, or add it to `{taker}`")),
    });
}

/// The conditions of quality rules.
fn check_rules(contract: &Entity<Contract>, context: &mut Context<'_>) {
    report_all(context.misreadings_of_rules(contract), context);
}

fn report_all(misreadings: &[Misreading<'_>], context: &mut Context<'_>) {
    for misreading in misreadings {
        if matches!(
            misreading.error.kind,
            ErrorKind::UnknownField | ErrorKind::UnknownName
        ) {
            let finding = context.finding(misreading.span, misreading.error.message.clone());
            context.report(misreading.explain(finding));
        }
    }
}
