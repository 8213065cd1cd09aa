//! `toxic-role-pair`: roles and people that hold duties which a policy keeps apart.

use std::collections::{BTreeMap, BTreeSet};

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::duties::{Acts, Grant, Holder};
use crate::rule::ERROR;
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::policy::Policy;
use crate::syntax::separation::Separation;

declare_rule! {
    /// Finds roles and people that hold two or more of the duties which a policy keeps apart with
    /// `separate`, in one workflow or across all of them.
    ///
    /// A duty is one of four. `approve` is held by those who may decide such an approval, delegates,
    /// those asked after a timeout and stand-ins of absent approvers included; `task` by those whom
    /// such a task is assigned to, for a queue its team, for a queue that a decision table chooses the
    /// teams of all its queues; `move` by those in `by` of such a transition. `perform` is held by those
    /// whose task, approval or move leads to a call of the operation with nobody else in between: the
    /// workflow calls, and they set it going. Whoever owns a system or a service account does not perform
    /// its operations, whoever resolves an exception only lets go on what others began, and people whom
    /// only the data of a case names are not known; none of these counts.
    ///
    /// What people do counts for the first duty of the separation that means it, and only otherwise for
    /// the operations that it leads to: an approval that is a duty of its own is not also the payment
    /// that follows from it. Two duties in one workflow are apart when the approval excludes whoever did
    /// the other, as with `steps.entered.completed_by`.
    ///
    /// In `workflow`, `state`, `step` and `perform`, `*` stands for any characters. `risk` means the
    /// step's own, its state's or its workflow's.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: waiting
    ///       steps:
    ///         - {id: entered, task: Enter the vendor, assign: {role: budget_owner}, timeout: 1d}
    ///         - id: paid_ok
    ///           approve: {by: [{role: budget_owner}], exclude: [case.requester], evidence: [invoice], timeout: 1d}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ---
    /// policy:
    ///   name: finance
    ///   owner: dana.ruiz
    ///   separate:
    ///     - id: vendor-and-payment
    ///       duties: [{task: {step: entered}}, {approve: {step: paid_ok}}]
    ///       reason: One person could invent a vendor and pay it.
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: waiting
    ///       steps:
    ///         - {id: entered, task: Enter the vendor, assign: {role: budget_deputy}, timeout: 1d}
    ///         - id: paid_ok
    ///           approve: {by: [{role: budget_owner}], exclude: [case.requester], evidence: [invoice], timeout: 1d}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ---
    /// policy:
    ///   name: finance
    ///   owner: dana.ruiz
    ///   separate:
    ///     - id: vendor-and-payment
    ///       duties: [{task: {step: entered}}, {approve: {step: paid_ok}}]
    ///       reason: One person could invent a vendor and pay it.
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Give one of the duties to a role whose holders have none of the others, or exclude whoever did the
    /// other where both are in one workflow.
    pub static RULE = {
        check: On::Project(check),
        id: "toxic-role-pair",
        summary: "a role or person that holds duties which must be apart",
        why: "whoever holds both can do the damage alone, and nobody else has to notice",
        family: Security,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(context: &mut Context<'_>) {
    let model = context.model;
    let mut separations = model.separations().peekable();
    if separations.peek().is_none() {
        return;
    }
    let acts = model.acts(context.flows());
    for (policy, separation) in separations {
        for found in held_together(separation, &acts) {
            report(policy, separation, &found, context);
        }
    }
}

/// Who holds duties that must be apart, and what gives them.
struct Found<'a, 'c> {
    who: Who<'a>,
    grants: Vec<Grant<'a, 'c>>,
}

enum Who<'a> {
    Role(&'a str),
    People(Vec<&'a str>),
}

/// Every role that gives two of the duties by itself; then people who come to two of them in
/// another way, those with the same rights together.
fn held_together<'a, 'c>(separation: &Separation, acts: &'c Acts<'a>) -> Vec<Found<'a, 'c>> {
    let grants = separation.grants(acts);
    let mut people: BTreeMap<&'a str, Vec<usize>> = BTreeMap::new();
    let mut roles: BTreeMap<&'a str, Vec<usize>> = BTreeMap::new();
    for (place, grant) in grants.iter().enumerate() {
        for person in &grant.right.people {
            people.entry(person).or_default().push(place);
        }
        match grant.right.holder {
            Holder::Role(role) => roles.entry(role).or_default().push(place),
            Holder::Team(_) | Holder::Person(_) => {}
        }
    }
    let mut together: Vec<(Who<'a>, BTreeSet<usize>)> = Vec::new();
    for (role, places) in roles {
        let pairs = pairs(&places, &grants, |one, other| {
            // A role that nobody holds, or whose holders are all excluded from one of them.
            !one.right.people.is_disjoint(&other.right.people)
        });
        if !pairs.is_empty() {
            together.push((Who::Role(role), places_of(pairs)));
        }
    }
    let mut alike: BTreeMap<BTreeSet<usize>, Vec<&'a str>> = BTreeMap::new();
    for (person, places) in people {
        let pairs = pairs(&places, &grants, |one, other| {
            !(matches!(one.right.holder, Holder::Role(_)) && one.right.holder == other.right.holder)
        });
        if !pairs.is_empty() {
            alike.entry(places_of(pairs)).or_default().push(person);
        }
    }
    let people = alike.into_iter();
    together.extend(people.map(|(places, people)| (Who::People(people), places)));
    together.sort_by(|one, other| one.1.cmp(&other.1));
    let found = together.into_iter().map(|(who, places)| Found {
        who,
        grants: places.into_iter().map(|place| grants[place]).collect(),
    });
    found.collect()
}

/// Pairs of rights that give different duties and can both be used.
fn pairs<'a, 'c>(
    places: &[usize],
    grants: &[Grant<'a, 'c>],
    counts: impl Fn(&Grant<'a, 'c>, &Grant<'a, 'c>) -> bool,
) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (position, one) in places.iter().enumerate() {
        for other in &places[position + 1..] {
            let (first, second) = (&grants[*one], &grants[*other]);
            if first.duty != second.duty && !first.is_apart_from(second) && counts(first, second) {
                pairs.push((*one, *other));
            }
        }
    }
    pairs
}

fn places_of(pairs: Vec<(usize, usize)>) -> BTreeSet<usize> {
    let both = pairs.into_iter().flat_map(|(one, other)| [one, other]);
    both.collect()
}

fn report(
    policy: &Entity<Policy>,
    separation: &Separation,
    found: &Found<'_, '_>,
    context: &mut Context<'_>,
) {
    let mut of_duty: BTreeMap<usize, &Grant<'_, '_>> = BTreeMap::new();
    for grant in &found.grants {
        of_duty.entry(grant.duty).or_insert(grant);
    }
    let duties: Vec<String> = of_duty.values().map(|grant| in_words(grant)).collect();
    let Some(last) = of_duty.values().max_by_key(|grant| grant.right.span) else {
        return;
    };
    let span = last.right.span;
    let message = format!(
        "{} can {}, which the policy `{}` keeps apart",
        subject(&found.who),
        enumerated(&duties),
        policy.name.value,
    );
    let stage = last.act.workflow.body.rollout_stage();
    let mut finding = context.finding_at(stage, span, message);
    let mut shown: BTreeSet<Span> = BTreeSet::from([span]);
    for grant in &found.grants {
        if shown.insert(grant.right.span) {
            finding = finding.label(grant.right.span, by(grant));
        }
    }
    if let Some(id) = &separation.id {
        finding = finding.label(id.span, "kept apart here");
    }
    let reason = separation.reason.as_ref();
    let reason = reason.map(|reason| reason.value.trim_end_matches('.').to_owned());
    if let Some(reason) = reason {
        finding = finding.note(reason);
    }
    context.report(finding.help(help(&of_duty)));
}

fn in_words(grant: &Grant<'_, '_>) -> String {
    match grant.operation {
        Some(operation) => format!("perform `{operation}`"),
        None => grant.act.in_words(),
    }
}

/// What gives the duty, for the place where it is written.
fn by(grant: &Grant<'_, '_>) -> String {
    let holder = match grant.right.holder {
        Holder::Role(name) => format!("the role `{name}`"),
        Holder::Team(name) => format!("the team `{name}`"),
        Holder::Person(name) => format!("`{name}`"),
    };
    let act = grant.act.in_words();
    match grant.operation {
        Some(operation) => format!("{holder} can {act}, which leads to `{operation}`"),
        None => format!("{holder} can {act}"),
    }
}

/// `a, b and c`
fn enumerated(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

fn subject(who: &Who<'_>) -> String {
    const SHOWN: usize = 3;
    match who {
        Who::Role(role) => format!("the role `{role}`"),
        Who::People(people) => {
            let named: Vec<String> = people
                .iter()
                .take(SHOWN)
                .map(|person| format!("`{person}`"))
                .collect();
            let more = people.len().saturating_sub(SHOWN);
            match (&named[..], more) {
                ([one], 0) => one.clone(),
                (_, 0) => format!("each of {}", enumerated(&named)),
                (_, more) => format!("each of {} and {more} more", named.join(", ")),
            }
        }
    }
}

fn help(of_duty: &BTreeMap<usize, &Grant<'_, '_>>) -> String {
    let give = "give one of these to people who have none of the others";
    let mut grants: Vec<&Grant<'_, '_>> = of_duty.values().copied().collect();
    grants.sort_by_key(|grant| grant.right.span);
    let [earlier, later] = grants[..] else {
        return give.to_owned();
    };
    let same_workflow = earlier.act.workflow.key == later.act.workflow.key;
    match (earlier.act.result(), later.act.approval()) {
        (Some(result), Some(approval)) if same_workflow => {
            format!("{give}, or add `{result}` to the `exclude` of `{approval}`")
        }
        _ => give.to_owned(),
    }
}
