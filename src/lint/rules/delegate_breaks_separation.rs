//! `delegate-breaks-separation`: stand-ins that undo what approvals keep apart.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::Model;
use crate::model::eligible::{StandIn, StandInKind};
use crate::model::flow::{Flow, Node, Way};
use crate::model::guard::exclude_each_other;
use crate::model::walk::StepInState;
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::step::Step;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds stand-ins of approvers who may not decide, and those through whom one person can give
    /// two approvals that different people are asked for.
    ///
    /// Stand-ins are the `delegate` of an approval, whoever is asked after a timeout, and, in the
    /// directory, the `delegate` of an approver who is out. The first fault is a stand-in whom the
    /// approval itself excludes. The second needs two approvals on one path that are asked of
    /// different people, so that two agree: it is reported when a stand-in belongs to both and the
    /// later approval does not exclude `steps.<earlier>.approver`.
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
    ///           approve: {by: [{role: people_ops_lead}], exclude: [case.requester], evidence: [offer], delegate: {role: compliance_lead}, timeout: 1d}
    ///         - id: law_ok
    ///           approve: {by: [{role: compliance_lead}], exclude: [case.requester], evidence: [offer], delegate: {role: it_lead}, timeout: 1d}
    ///       transitions:
    ///         - {to: refused, when: steps.cost_ok.decision == 'rejected' || steps.law_ok.decision == 'rejected'}
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
    ///           approve: {by: [{role: people_ops_lead}], exclude: [case.requester], evidence: [offer], delegate: {role: compliance_lead}, timeout: 1d}
    ///         - id: law_ok
    ///           approve: {by: [{role: compliance_lead}], exclude: [case.requester, steps.cost_ok.approver], evidence: [offer], delegate: {role: it_lead}, timeout: 1d}
    ///       transitions:
    ///         - {to: refused, when: steps.cost_ok.decision == 'rejected' || steps.law_ok.decision == 'rejected'}
    ///         - {to: done, else: true}
    ///     done: {lifecycle: done, end: completed}
    ///     refused: {lifecycle: done, end: rejected}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Name another stand-in, or exclude the earlier approver: exclusions hold for stand-ins, too.
    pub static RULE = {
        check: On::Workflow(check),
        id: "delegate-breaks-separation",
        summary: "a stand-in who undoes the separation of duties",
        why: "what two people must agree on is then decided by one, on the day the other is out",
        family: Approvals,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(flow) = context.flow(workflow) else {
        return;
    };
    let approvals: Vec<StepInState<'_>> = workflow
        .body
        .all_steps()
        .filter(|place| place.step.approve.is_some())
        .collect();
    for (position, place) in approvals.iter().enumerate() {
        for stand_in in context.model.stand_ins(place.step) {
            check_refused(place.step, &stand_in, context);
        }
        for other in &approvals[position + 1..] {
            let pair = if follows(flow, place.step, other.step) {
                Some((place.step, other.step))
            } else if follows(flow, other.step, place.step) {
                Some((other.step, place.step))
            } else {
                None
            };
            if let Some((earlier, later)) = pair {
                check_pair(earlier, later, context);
            }
        }
    }
}

/// A stand-in whom the approval excludes.
fn check_refused(step: &Step, stand_in: &StandIn<'_>, context: &mut Context<'_>) {
    let nobody_else = stand_in.group.size() == 0 && !stand_in.group.is_unknown;
    let Some(refused) = stand_in.refused.first().filter(|_| nobody_else) else {
        return;
    };
    let name = step.name();
    let message = match stand_in.kind {
        StandInKind::Delegate => {
            format!("the delegate of `{name}` is `{refused}`, whom the approval excludes")
        }
        StandInKind::Secondary => {
            format!("after the timeout `{name}` asks `{refused}`, whom the approval excludes")
        }
        StandInKind::Absence(person) => {
            format!("`{refused}` stands in for `{person}`, and `{name}` excludes `{refused}`")
        }
    };
    let approve = step.approve.as_ref().map(|approve| &approve.value);
    let excluded = approve.and_then(|approve| {
        let mut entries = approve.exclude.iter();
        entries.find(|entry| entry.text.contains(refused))
    });
    let mut finding = context.finding(stand_in.span, message);
    if let Some(entry) = excluded {
        finding = finding.label(entry.span, "may not decide");
    }
    context.report(finding.help("name a stand-in who may decide, such as a role"));
}

/// One person through whom two approvals of different people can be given.
fn check_pair(earlier: &Step, later: &Step, context: &mut Context<'_>) {
    let model = context.model;
    let (Some(first), Some(second)) = (&earlier.approve, &later.approve) else {
        return;
    };
    let (asked, asked_later) = (model.deciders(&first.value), model.deciders(&second.value));
    let are_two =
        asked.is_closed() && asked_later.is_closed() && asked.shared(&asked_later).is_empty();
    let conditions = earlier.condition.as_ref().zip(later.condition.as_ref());
    let is_either_or =
        conditions.is_some_and(|(one, other)| exclude_each_other(&one.text, &other.text));
    if !are_two || is_either_or || second.value.excludes_approver(earlier.name()) {
        return;
    }
    let Some((stand_in, person)) = common(earlier, later, model) else {
        return;
    };
    let message = format!(
        "`{person}` can decide both `{}` and `{}`, which are asked of different people",
        earlier.name(),
        later.name()
    );
    let mut finding = context
        .finding(stand_in.span, message)
        .note(match stand_in.kind {
            StandInKind::Delegate => "this delegate decides in both",
            StandInKind::Secondary => "whoever is asked here decides in both",
            StandInKind::Absence(_) => "this stand-in decides in both",
        });
    for place in [earlier, later] {
        if let Some(span) = place.name_span() {
            finding = finding.label(span, format!("`{person}` can decide here"));
        }
    }
    context.report(finding.help(format!(
        "add `steps.{}.approver` to the `exclude` of `{}`, which holds for stand-ins, too",
        earlier.name(),
        later.name()
    )));
}

/// A stand-in of one approval who may decide the other, and that person.
fn common<'a>(
    earlier: &'a Step,
    later: &'a Step,
    model: &'a Model,
) -> Option<(StandIn<'a>, &'a str)> {
    let pairs = [(earlier, later), (later, earlier)];
    pairs.into_iter().find_map(|(one, other)| {
        let deciders = model.all_deciders(other);
        model.stand_ins(one).into_iter().find_map(|stand_in| {
            let mut shared = stand_in.group.people.intersection(&deciders.people);
            let person = shared.next().copied()?;
            Some((stand_in, person))
        })
    })
}

/// True when a case can come from one approval to the other without an exception in between.
fn follows(flow: &Flow<'_>, earlier: &Step, later: &Step) -> bool {
    let is = |step: &Step, other: &Step| std::ptr::eq(step, other);
    let done = flow
        .places()
        .filter(|(_, node)| matches!(node, Node::Done(at) if is(at.step, earlier)))
        .map(|(place, _)| place);
    let reached = flow.reach(done, |step| !matches!(step.way, Way::Resume(_)));
    flow.places().any(|(place, node)| {
        matches!(node, Node::Step(at) if is(at.step, later)) && reached.contains(place)
    })
}
