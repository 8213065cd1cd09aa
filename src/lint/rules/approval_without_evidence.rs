//! `approval-without-evidence`: approvals that are a button only.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::walk::StepInState;
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds approvals that show the approver nothing.
    ///
    /// An approval rests on documents, receipts, terms or references to a policy. They are named
    /// under `evidence`, so that a decision can be understood later.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: waiting
    ///       steps:
    ///         - id: cost_ok
    ///           approve: {by: [{role: budget_owner}], exclude: [case.requester], timeout: 1d}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: waiting
    ///       steps:
    ///         - id: cost_ok
    ///           approve: {by: [{role: budget_owner}], exclude: [case.requester], evidence: [offer], timeout: 1d}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `evidence:` with what the approver must see, and `missing_evidence:` with the reason that
    /// is raised when it is not there.
    pub static RULE = {
        check: On::Step(check),
        id: "approval-without-evidence",
        summary: "an approval that is a button only",
        why: "a decision about nothing in particular controls nothing and proves nothing",
        family: Approvals,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(place: &StepInState<'_>, _workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let step = place.step;
    let Some(approve) = &step.approve else {
        return;
    };
    let is_unreadable = context
        .entry_beside(approve.span, "evidence")
        .is_some_and(|evidence| evidence.value.sequence().is_none());
    if is_unreadable || !approve.value.evidence.is_empty() || !step.evidence.is_empty() {
        return;
    }
    let span = step.name_span().unwrap_or(approve.span);
    let message = format!("the approval `{}` rests on no evidence", step.name());
    context.report(
        context
            .finding(span, message)
            .help("add `evidence:` with what the approver must see"),
    );
}
