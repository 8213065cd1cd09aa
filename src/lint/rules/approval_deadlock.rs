//! `approval-deadlock`: approvals that nobody can ever complete.

use std::collections::{BTreeMap, BTreeSet};

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::Model;
use crate::model::guard::reads_step;
use crate::model::walk::party_span;
use crate::rule::ERROR;
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::step::{Approve, Step};
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds approvals that can never be completed.
    ///
    /// Three things are found: more approvals wanted than there are active people who may give them
    /// (people who left or are excluded by name do not count, delegates count for whom they stand
    /// in); an approval whose only deciders have been used up by approvals whose approvers it
    /// excludes; and approvals in parallel branches that wait for each other's decision. An
    /// expression counts as one person.
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
    ///           approve: {by: [{role: budget_owner}], count: 3, exclude: [case.requester], evidence: [offer], timeout: 1d}
    ///       transitions:
    ///         - {to: refused, when: steps.cost_ok.decision == 'rejected'}
    ///         - {to: done, else: true}
    ///     done: {lifecycle: done, end: completed}
    ///     refused: {lifecycle: done, end: rejected}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: waiting
    ///       steps:
    ///         - id: cost_ok
    ///           approve: {by: [{role: budget_owner}], count: 2, exclude: [case.requester], evidence: [offer], timeout: 1d}
    ///       transitions:
    ///         - {to: refused, when: steps.cost_ok.decision == 'rejected'}
    ///         - {to: done, else: true}
    ///     done: {lifecycle: done, end: completed}
    ///     refused: {lifecycle: done, end: rejected}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Let more people decide, or ask for fewer approvals. Put approvals that need each other's
    /// result one after the other.
    pub static RULE = {
        check: On::Workflow(check),
        id: "approval-deadlock",
        summary: "an approval that nobody can complete",
        why: "every case waits here until its time is up, and then for an exception desk",
        family: Approvals,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let steps: Vec<&Step> = workflow.body.all_steps().map(|place| place.step).collect();
    for step in &steps {
        if let Some(approve) = &step.approve
            && !check_count(step, &approve.value, approve.span, context)
        {
            check_used_up(step, &approve.value, &steps, context);
        }
        check_branches(step, context);
    }
}

/// More approvals than people; true when that was reported.
fn check_count(step: &Step, approve: &Approve, place: Span, context: &mut Context<'_>) -> bool {
    let deciders = context.model.deciders(approve);
    let needed = approve.needed();
    if deciders.is_unknown || deciders.size() >= needed || approve.by.is_none() {
        return false;
    }
    // An approval for which nobody is there at all is reported by `human-step-unassigned`.
    let mut asked = approve.by.iter().flat_map(|by| by.iter());
    if asked.all(|party| context.model.group(party).size() == 0) {
        return true;
    }
    let name = step.name();
    let by = approve.by.iter().flat_map(|by| by.iter());
    let by = by.filter_map(party_span).next();
    let count = approve.count.as_ref().map(|_| count_span(approve));
    let span = count.flatten().or(by).or(step.name_span()).unwrap_or(place);
    let finding = if deciders.size() == 0 {
        let message = format!("everybody who is asked to decide `{name}` is excluded from it");
        let finding = context.finding(span, message);
        finding.help("ask a role or team that is not excluded, or exclude fewer people")
    } else {
        let people: Vec<&str> = deciders.people.iter().copied().collect();
        let expressions = deciders.expressions.iter().copied();
        let who: Vec<&str> = people.into_iter().chain(expressions).collect();
        let message = format!(
            "`{name}` needs {needed} approvals, but only {} may decide",
            together(&who)
        );
        context.finding(span, message).help(format!(
            "lower `count` to {}, or let more people decide",
            deciders.size()
        ))
    };
    let finding = match by.filter(|by| *by != span) {
        Some(by) => finding.label(by, "these people are asked"),
        None => finding,
    };
    context.report(finding);
    true
}

fn count_span(approve: &Approve) -> Option<Span> {
    approve.count.as_ref().map(|count| count.span)
}

/// `a` and `b`
fn together(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match &quoted[..] {
        [firsts @ .., last] if !firsts.is_empty() => format!("{} and {last}", firsts.join(", ")),
        other => other.concat(),
    }
}

/// Approvals whose deciders have all decided before and are excluded for it.
fn check_used_up(step: &Step, approve: &Approve, steps: &[&Step], context: &mut Context<'_>) {
    let model = context.model;
    let everybody = model.all_deciders(step);
    if !everybody.is_closed() {
        return;
    }
    let earlier: Vec<&Step> = steps
        .iter()
        .copied()
        .filter(|other| other.approve.is_some() && approve.excludes_approver(other.name()))
        .collect();
    let used: Vec<usize> = earlier
        .iter()
        .map(|other| least_used(other, &everybody.people, model))
        .collect();
    let used = if are_exclusive(&earlier) {
        used.iter().sum()
    } else {
        used.iter().copied().max().unwrap_or_default()
    };
    if everybody.people.len() >= approve.needed() + used || used == 0 {
        return;
    }
    let others: Vec<&str> = earlier.iter().map(|other| other.name()).collect();
    let message = format!(
        "nobody is left to decide `{}` once {} is decided",
        step.name(),
        together(&others)
    );
    let people: Vec<&str> = everybody.people.iter().copied().collect();
    let Some(span) = step.name_span() else {
        return;
    };
    let mut finding = context.finding(span, message).help(format!(
        "let somebody beside {} decide one of the approvals",
        together(&people)
    ));
    for other in earlier {
        if let Some(place) = other.name_span() {
            finding = finding.label(
                place,
                "is decided by the same people, who are then excluded",
            );
        }
    }
    context.report(finding);
}

/// How many of these people an approval needs at least.
fn least_used(step: &Step, people: &BTreeSet<&str>, model: &Model) -> usize {
    let Some(approve) = &step.approve else {
        return 0;
    };
    let deciders = model.all_deciders(step);
    if !deciders.is_closed() {
        return 0;
    }
    let others = deciders.people.difference(people).count();
    approve.value.needed().saturating_sub(others)
}

/// True when no two of the approvals can be decided by one person.
fn are_exclusive(steps: &[&Step]) -> bool {
    let excludes = |one: &Step, other: &Step| {
        let approve = one.approve.as_ref();
        approve.is_some_and(|approve| approve.value.excludes_approver(other.name()))
    };
    steps.iter().enumerate().all(|(position, one)| {
        let mut rest = steps[position + 1..].iter();
        rest.all(|other| excludes(one, other) || excludes(other, one))
    })
}

/// Approvals in parallel branches that wait for each other.
fn check_branches(step: &Step, context: &mut Context<'_>) {
    let Some(parallel) = &step.parallel else {
        return;
    };
    let mut approvals: Vec<(usize, &Step)> = Vec::new();
    let branches = parallel.value.branches.iter();
    for (number, (_, steps)) in branches.flat_map(|branches| branches.iter()).enumerate() {
        let mut all = Vec::new();
        for step in steps {
            step.collect(&mut all);
        }
        let decides = all.into_iter().filter(|step| step.approve.is_some());
        approvals.extend(decides.map(|step| (number, step)));
    }
    let waits: BTreeMap<usize, BTreeSet<usize>> = (0..approvals.len())
        .map(|one| (one, waits_for(one, &approvals)))
        .collect();
    let mut reported: BTreeSet<usize> = BTreeSet::new();
    for one in 0..approvals.len() {
        let circle: BTreeSet<usize> = after(one, &waits)
            .into_iter()
            .filter(|other| after(*other, &waits).contains(&one))
            .collect();
        if circle.is_empty() || !circle.is_disjoint(&reported) {
            continue;
        }
        let names: Vec<&str> = circle.iter().map(|one| approvals[*one].1.name()).collect();
        let message = format!("{} wait for each other's decision", together(&names));
        if let Some(span) = approvals[one].1.name_span() {
            context.report(context.finding(span, message).help(
                "put the approvals one after the other, or let each of them exclude people by role",
            ));
        }
        reported.extend(circle);
    }
}

/// The approvals of other branches that one reads, and those before it in its own branch.
fn waits_for(one: usize, approvals: &[(usize, &Step)]) -> BTreeSet<usize> {
    let (branch, step) = approvals[one];
    let texts = texts_of(step);
    let is_awaited = |(number, (other, approval)): (usize, &(usize, &Step))| {
        let is_read = texts.iter().any(|text| reads_step(text, approval.name()));
        let awaited = if *other == branch {
            number < one
        } else {
            is_read
        };
        awaited.then_some(number)
    };
    approvals
        .iter()
        .enumerate()
        .filter_map(is_awaited)
        .collect()
}

/// What must be known before people can be asked.
fn texts_of(step: &Step) -> Vec<&str> {
    let approve = step.approve.iter().map(|approve| &approve.value);
    let before = approve.flat_map(|approve| approve.exclude.iter().chain(&approve.waive_when));
    before
        .chain(&step.condition)
        .map(|expression| expression.text.as_str())
        .collect()
}

/// Everything that is waited for, directly or not.
fn after(one: usize, waits: &BTreeMap<usize, BTreeSet<usize>>) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<usize> = vec![one];
    while let Some(next) = open.pop() {
        for other in waits.get(&next).into_iter().flatten() {
            if seen.insert(*other) {
                open.push(*other);
            }
        }
    }
    seen
}
