//! `delegate-breaks-separation`: stand-ins that undo what approvals keep apart.

use std::cell::OnceCell;

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::Model;
use crate::model::eligible::{Group, StandIn, StandInKind};
use crate::model::flow::{Flow, Node, Place, Reached, Way};
use crate::model::guard::exclude_each_other;
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::step::{Approve, Step};
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds stand-ins of approvers who may not decide, those who can do an earlier task of the case and
    /// are not excluded, and those through whom one person can give two approvals that different people
    /// are asked for.
    ///
    /// Stand-ins are the `delegate` of an approval, whoever is asked after a timeout, and, in the
    /// directory, the `delegate` of an approver who is out. The first fault is a stand-in whom the
    /// approval itself excludes. The last needs two approvals on one path that are asked of
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

/// An approval with everybody who may decide it.
struct Approval<'a> {
    step: &'a Step,
    approve: &'a Approve,
    asked: Group<'a>,
    stand_ins: Vec<StandIn<'a>>,
    everybody: Group<'a>,
    done: Place,
    after: OnceCell<Reached<'a>>,
}

impl<'a> Approval<'a> {
    fn of(step: &'a Step, done: Place, model: &'a Model) -> Option<Self> {
        let approve = &step.approve.as_ref()?.value;
        Some(Approval {
            step,
            approve,
            asked: model.deciders(approve),
            stand_ins: model.stand_ins(step),
            everybody: model.all_deciders(step),
            done,
            after: OnceCell::new(),
        })
    }

    /// True when a case can come from here to the other without an exception in between.
    fn leads_to(&self, other: &Approval<'a>, flow: &Flow<'a>) -> bool {
        let after = self
            .after
            .get_or_init(|| flow.reach([self.done], |step| !matches!(step.way, Way::Resume(_))));
        after.contains(other.done)
    }

    /// True when the two are asked of different people, so that two must agree.
    fn needs_another_than(&self, other: &Approval<'_>) -> bool {
        let conditions = self
            .step
            .condition
            .as_ref()
            .zip(other.step.condition.as_ref());
        let is_either_or =
            conditions.is_some_and(|(one, other)| exclude_each_other(&one.text, &other.text));
        let are_known = self.asked.is_closed() && other.asked.is_closed();
        !is_either_or && are_known && self.asked.people.is_disjoint(&other.asked.people)
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(flow) = context.flow(workflow) else {
        return;
    };
    let mut approvals: Vec<Approval<'_>> = Vec::new();
    let mut tasks: Vec<(&Step, Place)> = Vec::new();
    for (place, node) in flow.places() {
        if let Node::Done(at) = node {
            approvals.extend(Approval::of(at.step, place, context.model));
            if at.step.task.is_some() {
                tasks.push((at.step, place));
            }
        }
    }
    for (position, one) in approvals.iter().enumerate() {
        for stand_in in &one.stand_ins {
            check_refused(one, stand_in, context);
        }
        for (task, done) in &tasks {
            check_performer(one, task, *done, flow, context);
        }
        for other in &approvals[position + 1..] {
            let Some((stand_in, person)) = common(one, other) else {
                continue;
            };
            if !one.needs_another_than(other) {
                continue;
            }
            let (earlier, later) = if one.leads_to(other, flow) {
                (one, other)
            } else if other.leads_to(one, flow) {
                (other, one)
            } else {
                continue;
            };
            if !later.approve.excludes_approver(earlier.step.name()) {
                report_pair(earlier.step, later.step, stand_in, person, context);
            }
        }
    }
}

/// A stand-in whom the approval excludes.
fn check_refused(approval: &Approval<'_>, stand_in: &StandIn<'_>, context: &mut Context<'_>) {
    let nobody_else = stand_in.group.size() == 0 && !stand_in.group.is_unknown;
    let Some(refused) = stand_in.refused.first().filter(|_| nobody_else) else {
        return;
    };
    let name = approval.step.name();
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
    let mut entries = approval.approve.exclude.iter();
    let excluded = entries.find(|entry| entry.text.contains(refused));
    let mut finding = context.finding(stand_in.span, message);
    if let Some(entry) = excluded {
        finding = finding.label(entry.span, "may not decide");
    }
    context.report(finding.help("name a stand-in who may decide, such as a role"));
}

/// A stand-in who can do an earlier task that the approval is about; approvers who can are found by
/// `self-approval`.
fn check_performer<'a>(
    approval: &Approval<'a>,
    task: &'a Step,
    done: Place,
    flow: &Flow<'a>,
    context: &mut Context<'_>,
) {
    let Some(assignment) = &task.assign else {
        return;
    };
    let doers = context.model.doers(assignment);
    let is_told = !approval.asked.shared(&doers).is_empty();
    if is_told || approval.approve.excludes_performer(task.name()) {
        return;
    }
    let mut stand_ins = approval.stand_ins.iter();
    let found = stand_ins.find_map(|stand_in| {
        let person = stand_in.group.shared(&doers).first().copied()?;
        Some((stand_in, person))
    });
    let Some((stand_in, person)) = found else {
        return;
    };
    let after = flow.reach([done], |step| !matches!(step.way, Way::Resume(_)));
    if !after.contains(approval.done) {
        return;
    }
    let (work, name) = (task.name(), approval.step.name());
    let message = format!("`{person}` can do `{work}` and stand in for the approval `{name}`");
    let mut finding = context.finding(stand_in.span, message);
    if let Some(span) = task.name_span() {
        finding = finding.label(span, format!("`{person}` can do this task"));
    }
    context.report(finding.help(format!(
        "add `steps.{work}.completed_by` to the `exclude` of `{name}`, which holds for stand-ins, too"
    )));
}

/// One person through whom two approvals of different people can be given.
fn report_pair(
    earlier: &Step,
    later: &Step,
    stand_in: &StandIn<'_>,
    person: &str,
    context: &mut Context<'_>,
) {
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
fn common<'a, 'b>(
    one: &'b Approval<'a>,
    other: &'b Approval<'a>,
) -> Option<(&'b StandIn<'a>, &'a str)> {
    let pairs = [(one, other), (other, one)];
    pairs.into_iter().find_map(|(one, other)| {
        one.stand_ins.iter().find_map(|stand_in| {
            let mut shared = stand_in.group.people.intersection(&other.everybody.people);
            let person = shared.next().copied()?;
            Some((stand_in, person))
        })
    })
}
