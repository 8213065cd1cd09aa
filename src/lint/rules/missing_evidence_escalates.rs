//! `missing-evidence-escalates`: approvals that pass missing papers up instead of fetching them.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::walk::StepInState;
use crate::rule::WARNING;
use crate::syntax::Entity;
use crate::syntax::step::{LadderRung, Party};
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds approvals that demand evidence and do not say where a case without it goes.
    ///
    /// An approver who lacks a paper cannot decide, so the time runs out and the next in line is
    /// asked, who lacks the same paper. A missing paper is missing information: it belongs into a
    /// queue whose people fetch it.
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
    ///           approve: {by: [{role: budget_owner}], exclude: [case.requester], evidence: [offer], timeout: 1d}
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
    ///           approve: {by: [{role: budget_owner}], exclude: [case.requester], evidence: [offer], missing_evidence: MISSING_OFFER, timeout: 1d}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    ///   exceptions:
    ///     MISSING_OFFER: {class: missing_info, queue: needs-info, resume: same}
    ///     default: {queue: facilities-exceptions, resume: fallback, max_returns: 3}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `missing_evidence:` with a reason whose queue is of the kind `needs_info`.
    pub static RULE = {
        check: On::Step(check),
        id: "missing-evidence-escalates",
        summary: "missing evidence goes up the chain instead of into a queue",
        why: "superiors are asked to decide about cases that only lack a paper",
        family: Exceptions,
        level: WARNING,
        since: "0.1.0",
    }
}

fn check(place: &StepInState<'_>, _workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let step = place.step;
    let Some(approve) = step.approve.as_ref().map(|approve| &approve.value) else {
        return;
    };
    let (Some(first), Some(last)) = (approve.evidence.first(), approve.evidence.last()) else {
        return;
    };
    if approve.missing_evidence.is_some() {
        return;
    }
    let ladder = approve.on_timeout.iter().chain(&step.on_timeout);
    let message = match ladder.filter_map(asked).next() {
        Some(superior) => format!(
            "without this evidence `{}` runs out of time and goes up to {superior}",
            step.name()
        ),
        None => format!(
            "`{}` does not say where a case without this evidence goes",
            step.name()
        ),
    };
    context.report(
        context
            .finding(first.span.to(last.span), message)
            .help("add `missing_evidence:` with a reason whose queue fetches what is missing"),
    );
}

fn asked(rung: &LadderRung) -> Option<String> {
    rung.ask.as_ref().map(in_words)
}

fn in_words(party: &Party) -> String {
    let role = party
        .role
        .as_ref()
        .map(|role| ("the role", &role.name.value));
    let team = party
        .team
        .as_ref()
        .map(|team| ("the team", &team.name.value));
    match role.or(team) {
        Some((kind, name)) => format!("{kind} `{name}`"),
        None => "somebody else".to_owned(),
    }
}
