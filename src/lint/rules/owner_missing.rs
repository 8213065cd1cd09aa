//! `owner-missing`: workflows for which nobody answers.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds workflows without an accountable owner.
    ///
    /// One person answers for a workflow: decides about exceptions nobody foresaw, approves
    /// changes, and is asked when figures go wrong. A team cannot be asked.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   summary: Books a room with special set-up when the calendar cannot do it alone.
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   summary: Books a room with special set-up when the calendar cannot do it alone.
    ///   owner: tom.okafor
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `owner:` with the name of one person of the directory.
    pub static RULE = {
        check: On::Workflow(check),
        id: "owner-missing",
        summary: "a workflow for which nobody answers",
        why: "when a case goes wrong, nobody is there who must and may decide",
        family: Ownership,
        level: ERROR,
        locked: true,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    if context.entry_below(workflow.key, "owner").is_some() {
        return;
    }
    context.report(
        context
            .finding(
                workflow.name.span,
                format!("the workflow `{}` has no owner", workflow.name.value),
            )
            .help("add `owner:` with the name of the one person who answers for it"),
    );
}
