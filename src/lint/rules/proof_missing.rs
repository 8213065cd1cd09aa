//! `proof-missing`: workflows whose end nothing proves.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds workflows without a proof of completion.
    ///
    /// "Done" is a ticket state, an approval record, an accounting entry or a line of an audit log:
    /// something that a system holds and that can be looked up later.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   proof: []
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   proof: [{from: ITSM, that: steps.book.ticket_state == 'closed'}]
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `proof:` with the system that holds the evidence and what must be true of it.
    pub static RULE = {
        check: On::Workflow(check),
        id: "proof-missing",
        summary: "nothing proves that a case is done",
        why: "without proof, done means that nobody has complained yet",
        family: Docs,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let span = match context.entry_below(workflow.key, "proof") {
        None => workflow.name.span,
        Some(entry)
            if entry
                .value
                .sequence()
                .is_some_and(|proofs| proofs.is_empty()) =>
        {
            entry.key.span()
        }
        Some(_) => return,
    };
    let message = format!(
        "nothing proves that a case of the workflow `{}` is done",
        workflow.name.value
    );
    context.report(
        context
            .finding(span, message)
            .help("add `proof: [{from: System, that: …}]` with what shows it in a system"),
    );
}
