//! `approval-can-stall`: approvals that wait for one person.

use std::collections::BTreeSet;

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::Model;
use crate::model::walk::StepInState;
use crate::rule::error_from;
use crate::syntax::Entity;
use crate::syntax::step::{ApprovalCount, Approve, Count, LadderRung, Party, Step};
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds approvals that stand still while their approver is out, and approvals whose timeout asks
    /// nobody else and raises nothing.
    ///
    /// A delegate is not needed where more active people hold the role, or are in the team, than must
    /// decide. A missing timeout is found by `wait-without-timeout`.
    ///
    /// A warning before rollout stage 4, an error from it on.
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
    ///           approve: {by: [{role: compliance_lead}], exclude: [case.requester], evidence: [offer], timeout: 1d}
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
    ///           approve:
    ///             by: [{role: compliance_lead}]
    ///             exclude: [case.requester]
    ///             evidence: [offer]
    ///             delegate: {role: budget_owner}
    ///             timeout: 1d
    ///             on_timeout: [{ask: {role: budget_owner}, timeout: 1d}, {raise: TIMEOUT}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `delegate:` for the days on which the approver is out, and `on_timeout:` with a secondary
    /// to ask and a reason to raise when nobody answers.
    pub static RULE = {
        check: On::Step(check),
        id: "approval-can-stall",
        summary: "an approval that waits for one person",
        why: "one holiday stops every case behind it",
        family: Approvals,
        level: error_from(4),
        since: "0.1.0",
    }
}

fn check(place: &StepInState<'_>, _workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let step = place.step;
    let Some(approve) = &step.approve else {
        return;
    };
    let alone = approve.value.delegate.is_none() && needs_everybody(&approve.value, context.model);
    let ends_nowhere = ends_nowhere(step, &approve.value);
    let name = step.name();
    let (message, help) = match (alone, ends_nowhere) {
        (false, false) => return,
        (true, false) => (
            format!("nobody decides `{name}` while its approver is out"),
            "add `delegate:` with a role or person who stands in",
        ),
        (false, true) => (
            format!("when the time for `{name}` is up, nobody else is asked"),
            "add `on_timeout:` with a secondary to ask and a reason to raise",
        ),
        (true, true) => (
            format!(
                "nobody decides `{name}` while its approver is out, not even when its time is up"
            ),
            "add `delegate:`, and `on_timeout:` with a secondary to ask and a reason to raise",
        ),
    };
    let span = step.name_span().unwrap_or(approve.span);
    context.report(context.finding(span, message).help(help));
}

/// True when a timeout leads to nobody and nowhere.
fn ends_nowhere(step: &Step, approve: &Approve) -> bool {
    let acts = |rung: &LadderRung| {
        rung.ask.is_some() || rung.raise.is_some() || rung.to.is_some() || rung.decide.is_some()
    };
    let has_timeout = approve.timeout.is_some() || step.timeout.is_some();
    has_timeout && !approve.on_timeout.iter().chain(&step.on_timeout).any(acts)
}

/// True when no more people may decide than must.
fn needs_everybody(approve: &Approve, model: &Model) -> bool {
    let needed = match approve.count.as_ref().map(|count| &count.value) {
        Some(ApprovalCount::Written(Count::All)) => return true,
        Some(ApprovalCount::Written(Count::Number(number))) => *number as usize,
        None => 1,
    };
    let mut people = BTreeSet::new();
    for party in approve.by.iter().flat_map(|by| by.iter()) {
        people.extend(members(party, model));
    }
    people.len() <= needed
}

/// The active people that a party stands for; an expression stands for one.
fn members<'a>(party: &'a Party, model: &'a Model) -> Vec<&'a str> {
    let role = party
        .role
        .iter()
        .flat_map(|role| model.role_holders(&role.name.value));
    let team = party
        .team
        .iter()
        .filter_map(|team| model.team(&team.name.value));
    let team = team.flat_map(|team| &team.body.members);
    let people: Vec<&str> = role
        .map(|person| person.name.value.as_str())
        .chain(team.map(|member| member.name.value.as_str()))
        .filter(|name| model.is_active_person(name))
        .collect();
    let person = party.person.iter().map(|person| person.text.as_str());
    let expression = party
        .expression
        .iter()
        .map(|expression| expression.text.as_str());
    people.into_iter().chain(person).chain(expression).collect()
}
