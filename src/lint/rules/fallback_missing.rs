//! `fallback-missing`: work that stands still with its automation.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds workflows without a manual fallback, and fallbacks without a runbook.
    ///
    /// Someday the automation cannot run. The fallback says that the work is then done by hand, who
    /// leads it (the workflow's owner unless `owner` names another) and by which instructions.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   fallback: {mode: manual, owner: tom.okafor}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   fallback: {mode: manual, owner: tom.okafor, runbook: runbooks/rooms.md}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Write the runbook with replay, roll back and manual mode, and name it in
    /// `fallback: {mode: manual, runbook: …}`.
    pub static RULE = {
        check: On::Workflow(check),
        id: "fallback-missing",
        summary: "no manual fallback with a runbook",
        why: "when the automation stops, the work stops with it, and everybody improvises",
        family: Exceptions,
        level: ERROR,
        locked: true,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let name = &workflow.name;
    let key = context.entry_below(workflow.key, "fallback");
    let (span, message, help) = match &workflow.body.fallback {
        Some(fallback) if fallback.value.runbook.is_some() => return,
        Some(fallback) if context.entry_beside(fallback.span, "runbook").is_some() => return,
        Some(fallback) => (
            key.map_or(fallback.span, |entry| entry.key.span()),
            format!("the fallback of `{}` has no runbook", name.value),
            "add `runbook:` with the path of the instructions for manual mode",
        ),
        None if key.is_some() => return,
        None => (
            name.span,
            format!("the workflow `{}` has no manual fallback", name.value),
            "add `fallback: {mode: manual, runbook: …}` with the path of the instructions",
        ),
    };
    context.report(context.finding(span, message).help(help));
}
