//! `outcome-unhandled`: decisions that make no difference.

use crate::declare_rule;
use crate::expr::ErrorKind;
use crate::lint::{Context, On};
use crate::model::guard::{Outcome, holds_after, reads_step};
use crate::model::walk::StepInState;
use crate::rule::ERROR;
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::step::{Approve, Step, TimedDecision};
use crate::syntax::workflow::{Transition, Workflow};

declare_rule! {
    /// Finds approvals after which a case goes the same way whatever was decided, and decisions for
    /// which there is no way at all.
    ///
    /// A rejected case must not go where an approved one goes; nor must an expired one, when a
    /// timeout decides with `decide: expired`. Where an approval can be waived or skipped, some
    /// transition must take the case on. A decision is told apart by a transition of the state, or
    /// by any other `when`, `if` or `check` that reads `steps.<approval>.decision`; a workflow that
    /// hands it back in its `outputs` leaves that to its caller.
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
    ///           approve: {by: [{role: budget_owner}], exclude: [case.requester], evidence: [offer], timeout: 1d}
    ///       transitions:
    ///         - {to: refused, when: steps.cost_ok.decision == 'rejected'}
    ///         - {to: done, else: true}
    ///     done: {lifecycle: done, end: completed}
    ///     refused: {lifecycle: done, end: rejected}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add a transition for the decision before the others.
    pub static RULE = {
        check: On::Step(check),
        id: "outcome-unhandled",
        summary: "a decision that leads nowhere of its own",
        why: "whoever says no is asked for nothing, because the case goes on all the same",
        family: Approvals,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(place: &StepInState<'_>, workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(approve) = &place.step.approve else {
        return;
    };
    if has_misread_exit(place, workflow, context) {
        return;
    }
    let name = place.step.name();
    if place.state.end.is_none() {
        let refusals: Vec<Outcome> = refusals(place.step, &approve.value)
            .into_iter()
            .filter(|outcome| !is_told_apart(&workflow.body, place, *outcome))
            .collect();
        if !refusals.is_empty() {
            report_ignored(place, &refusals, context);
        }
    }
    for outcome in without_person(place.step, &approve.value) {
        let transitions = place.state.transitions.as_ref();
        let stuck = transitions.filter(|list| leads_nowhere(&list.value, name, outcome));
        if let Some(transitions) = stuck {
            report_stuck(place, outcome, transitions.span, context);
        }
    }
}

/// True when a transition has a condition that reads wrongly: that is reported there, and nobody
/// knows what it will tell apart.
fn has_misread_exit(
    place: &StepInState<'_>,
    workflow: &Entity<Workflow>,
    context: &Context<'_>,
) -> bool {
    let transitions = place.state.transitions.iter().flat_map(|list| &list.value);
    let mut guards = transitions.filter_map(|transition| transition.when.as_ref());
    guards.any(|guard| {
        context.misreadings(workflow).iter().any(|misreading| {
            let kind = misreading.error.kind;
            !matches!(kind, ErrorKind::Unguarded | ErrorKind::NeedlessGuard)
                && guard.span.contains(misreading.span)
        })
    })
}

/// The ways in which the approval can fail.
fn refusals(step: &Step, approve: &Approve) -> Vec<Outcome> {
    let mut rungs = approve.on_timeout.iter().chain(&step.on_timeout);
    let expires = rungs.any(|rung| {
        let decision = rung.decide.as_ref().map(|decision| decision.value);
        decision == Some(TimedDecision::Expired)
    });
    let expired = expires.then_some(Outcome::Expired);
    std::iter::once(Outcome::Rejected).chain(expired).collect()
}

/// The ways in which a case can pass the approval although nobody was asked.
fn without_person(step: &Step, approve: &Approve) -> Vec<Outcome> {
    let waived = approve.waive_when.as_ref().map(|_| Outcome::Waived);
    let skipped = step.condition.as_ref().map(|_| Outcome::Skipped);
    waived.into_iter().chain(skipped).collect()
}

/// True when an approved case and one with this outcome can be told apart: by the transitions of
/// the state, or by any other condition of the workflow.
fn is_told_apart(workflow: &Workflow, place: &StepInState<'_>, outcome: Outcome) -> bool {
    let name = place.step.name();
    let transitions = place.state.transitions.as_ref();
    let by_transition = transitions.is_some_and(|transitions| {
        taken(&transitions.value, name, outcome)
            != taken(&transitions.value, name, Outcome::Approved)
    });
    let handed_back = workflow
        .outputs
        .iter()
        .any(|(_, output)| reads_step(&output.text, name));
    by_transition
        || handed_back
        || conditions(workflow, place).into_iter().any(|text| {
            holds_after(text, name, outcome) != holds_after(text, name, Outcome::Approved)
        })
}

/// The transitions that a case may take after this outcome, by number.
fn taken(transitions: &[Transition], step: &str, outcome: Outcome) -> Vec<usize> {
    let mut taken = Vec::new();
    for (number, transition) in transitions.iter().enumerate() {
        let holds = match &transition.when {
            Some(when) => holds_after(&when.text, step, outcome),
            None => Some(true),
        };
        if holds != Some(false) {
            taken.push(number);
        }
        if holds == Some(true) {
            break;
        }
    }
    taken
}

fn leads_nowhere(transitions: &[Transition], step: &str, outcome: Outcome) -> bool {
    !transitions.is_empty() && taken(transitions, step, outcome).is_empty()
}

/// Conditions that name the approval, other than the transitions of its state.
fn conditions<'a>(workflow: &'a Workflow, place: &StepInState<'_>) -> Vec<&'a str> {
    let mut conditions = Vec::new();
    for (_, other) in workflow.all_states() {
        for step in other.all_steps() {
            conditions.extend(step.condition.iter());
            let checks = step.check.iter().flat_map(|checks| &checks.value);
            conditions.extend(checks.filter_map(|check| check.that.as_ref()));
        }
        if !std::ptr::eq(other, place.state) {
            let transitions = other.transitions.iter().flat_map(|list| &list.value);
            conditions.extend(transitions.filter_map(|transition| transition.when.as_ref()));
        }
    }
    conditions
        .into_iter()
        .map(|condition| condition.text.as_str())
        .filter(|text| text.contains(place.step.name()))
        .collect()
}

fn report_ignored(place: &StepInState<'_>, refusals: &[Outcome], context: &mut Context<'_>) {
    let name = place.step.name();
    let Some(span) = place.step.name_span() else {
        return;
    };
    let words: Vec<&str> = refusals.iter().map(|outcome| outcome.as_str()).collect();
    let words = words.join(" or ");
    let message = format!("when `{name}` is {words}, the case goes on as if it were approved");
    let mut finding = context.finding(span, message);
    let transitions = place.state.transitions.as_ref();
    let on = place.state.to.as_ref().map(|to| to.name.span);
    if let Some(span) = on.or_else(|| transitions.map(|list| list.span)) {
        finding = finding.label(span, "every decision leads here");
    }
    let first = refusals.first().map_or("rejected", |first| first.as_str());
    context.report(finding.help(format!(
        "add a first transition with `when: steps.{name}.decision == '{first}'`, to a state that ends the case or asks again"
    )));
}

fn report_stuck(
    place: &StepInState<'_>,
    outcome: Outcome,
    transitions: Span,
    context: &mut Context<'_>,
) {
    let name = place.step.name();
    let Some(span) = place.step.name_span() else {
        return;
    };
    let message = format!(
        "when `{name}` is {}, no transition of `{}` takes the case on",
        outcome.as_str(),
        place.state_name.value
    );
    let finding = context.finding(span, message);
    context.report(
        finding
            .label(transitions, "none of these conditions holds then")
            .help("end the list with `else: true`, or name the decision in one of the conditions"),
    );
}
