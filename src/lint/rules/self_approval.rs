//! `self-approval`: approvals that the requester or the performer can give.

use crate::declare_rule;
use crate::diagnostic::Edit;
use crate::lint::{Context, On};
use crate::model::Model;
use crate::model::eligible::Group;
use crate::model::mentions::Mention;
use crate::model::walk::{StepInState, party_span};
use crate::rule::ERROR;
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::step::{Approve, Party, Step};
use crate::syntax::workflow::Workflow;
use crate::yaml::edit;

declare_rule! {
    /// Finds approvals that the person can give who asked for it, or who did the work.
    ///
    /// Three things are found: an approval that does not exclude the requester; one that is
    /// addressed to the requester; and one that somebody can give who can do an earlier task of the
    /// case and is not excluded by `steps.<task>.completed_by`. Roles, teams and the teams of queues
    /// stand for their active members, and the same expression for the same person. Exclusions hold
    /// for delegates and secondaries, too; what these can do, `delegate-breaks-separation` looks at. A workflow that only a schedule starts has no requester.
    ///
    /// Besides `case.requester`, an exclusion may name the field that carries the requester, such as
    /// `input.requester_id`, `input.requested_by`, `input.submitted_by` or `input.created_by`.
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
    ///           approve: {by: [{role: budget_owner}], evidence: [offer], timeout: 1d}
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
    /// Add `exclude: [case.requester]`; `flowgate check --fix` does.
    pub static RULE = {
        check: On::Workflow(check),
        id: "self-approval",
        summary: "an approval that the requester or performer can give",
        why: "whoever asks and decides alone is controlled by nobody",
        family: Approvals,
        level: ERROR,
        locked: true,
        fixable: Safe,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let places: Vec<StepInState<'_>> = workflow.body.all_steps().collect();
    let moves = workflow.body.moves();
    let has_requester = has_requester(&workflow.body);
    let model = context.model;
    let tasks: Vec<Task<'_>> = places
        .iter()
        .enumerate()
        .filter_map(|(position, place)| Task::of(position, *place, model))
        .collect();
    for (position, place) in places.iter().enumerate() {
        let Some(approve) = &place.step.approve else {
            continue;
        };
        if has_requester {
            check_requester(place.step, approve, context);
        }
        let approval = Approval::of(place.step, approve, model);
        let here = place.state_name.value.as_str();
        let mut leading = None;
        for task in &tasks {
            let Some((span, both)) = approval.also_decided_by(task) else {
                continue;
            };
            let there = task.place.state_name.value.as_str();
            let is_earlier = if here == there {
                task.position < position
            } else {
                leading
                    .get_or_insert_with(|| moves.leading_to(here))
                    .contains(there)
            };
            if is_earlier {
                report_performer(task, &approval, span, &both, context);
            }
        }
    }
}

/// Work that somebody does.
struct Task<'a> {
    position: usize,
    place: StepInState<'a>,
    doers: Group<'a>,
}

impl<'a> Task<'a> {
    fn of(position: usize, place: StepInState<'a>, model: &'a Model) -> Option<Self> {
        let assignment = place.step.task.as_ref().and(place.step.assign.as_ref())?;
        Some(Task {
            position,
            place,
            doers: model.doers(assignment),
        })
    }
}

/// An approval with those who can give it.
struct Approval<'a> {
    step: &'a Step,
    approve: &'a Spanned<Approve>,
    excluded: Vec<Mention>,
    /// The parties that are asked, with those of each who may decide.
    parties: Vec<(Span, Group<'a>)>,
}

impl<'a> Approval<'a> {
    fn of(step: &'a Step, approve: &'a Spanned<Approve>, model: &'a Model) -> Self {
        let deciders = model.deciders(&approve.value);
        let parties = approve.value.by.iter().flat_map(|by| by.iter());
        let parties = parties.filter_map(|party| {
            let mut asked = model.group(party);
            asked
                .people
                .retain(|person| deciders.people.contains(person));
            asked
                .expressions
                .retain(|text| deciders.expressions.contains(text));
            Some((party_span(party)?, asked))
        });
        Approval {
            step,
            approve,
            excluded: excluded(&approve.value),
            parties: parties.collect(),
        }
    }

    /// The first party through which people can decide who can also do the task, and those people;
    /// `None` when nobody can, or when whoever did the task is excluded.
    fn also_decided_by(&self, task: &Task<'a>) -> Option<(Span, Vec<&'a str>)> {
        let both = self.parties.iter().find_map(|(span, asked)| {
            let both = asked.shared(&task.doers);
            (!both.is_empty()).then_some((*span, both))
        });
        let name = task.place.step.name();
        let is_excluded = |mention: &Mention| mention.step() == Some(name);
        both.filter(|_| !self.excluded.iter().any(is_excluded))
    }
}

/// A schedule has nobody behind it.
fn has_requester(workflow: &Workflow) -> bool {
    let Some(triggers) = &workflow.trigger else {
        return true;
    };
    let is_by_clock = |trigger: &crate::syntax::workflow::Trigger| trigger.schedule.is_some();
    !triggers.value.iter().all(is_by_clock)
}

fn check_requester(step: &Step, approve: &Spanned<Approve>, context: &mut Context<'_>) {
    let body = &approve.value;
    if excluded(body).iter().any(carries_requester) {
        return;
    }
    let mut parties = body.by.iter().flat_map(|by| by.iter());
    let addressed = parties.find(|party| is_requester(party));
    if let Some(span) = addressed.and_then(party_span) {
        let message = format!(
            "`{}` asks the requester to approve their own request",
            step.name()
        );
        context.report(
            context
                .finding(span, message)
                .help("ask a role, and exclude the requester with `exclude: [case.requester]`"),
        );
        return;
    }
    let span = exclusions(body)
        .or(step.name_span())
        .unwrap_or(approve.span);
    let message = format!(
        "whoever requests the case can give the approval `{}`",
        step.name()
    );
    context.report(
        context
            .finding(span, message)
            .help("exclude the requester with `exclude: [case.requester]`")
            .safe_fix(exclude(approve, "case.requester", context)),
    );
}

/// What the exclusions name.
fn excluded(approve: &Approve) -> Vec<Mention> {
    let expressions = approve.exclude.iter();
    expressions
        .flat_map(|expression| expression.mentions())
        .collect()
}

fn exclusions(approve: &Approve) -> Option<Span> {
    let first = approve.exclude.first()?;
    approve.exclude.last().map(|last| first.span.to(last.span))
}

fn exclude(approve: &Spanned<Approve>, who: &str, context: &Context<'_>) -> Option<Edit> {
    let mapping = context.mapping_at(approve.span)?;
    let text = context.sources.file(approve.span.source).text();
    match mapping.get("exclude") {
        Some(entry) => edit::append_item(entry.value, text, who),
        None => edit::insert_entry(mapping, text, "exclude", &format!("[{who}]")),
    }
}

/// Fields by which triggers name the person behind the case.
const REQUESTER_FIELDS: [&str; 9] = [
    "requester",
    "requester_id",
    "requestor",
    "requested_by",
    "submitter",
    "submitted_by",
    "raised_by",
    "initiated_by",
    "created_by",
];

fn carries_requester(mention: &Mention) -> bool {
    REQUESTER_FIELDS.contains(&mention.last())
}

fn is_requester(party: &Party) -> bool {
    let person = party.person.iter().flat_map(|person| person.expressions());
    let expression = party
        .expression
        .iter()
        .map(|expression| expression.text.trim());
    person.chain(expression).any(|asked| {
        asked == "case.requester" || asked == "input.requester" || asked == "input.requester_id"
    })
}

fn report_performer(
    task: &Task<'_>,
    approval: &Approval<'_>,
    span: Span,
    both: &[&str],
    context: &mut Context<'_>,
) {
    let doers = task.doers.size();
    let (work, named) = (task.place.step.name(), approval.step.name());
    let message = match both {
        [one] if doers > 1 => {
            format!("`{one}` can do `{work}` and also give the approval `{named}`")
        }
        [one, others @ ..] if both.len() < doers => format!(
            "`{one}` and {} more can do `{work}` and also give the approval `{named}`",
            others.len()
        ),
        _ => format!("whoever does `{work}` can also give the approval `{named}`"),
    };
    let performer = format!("steps.{work}.completed_by");
    let finding = context.finding(span, message).help(format!(
        "exclude the performer with `exclude: [{performer}]`"
    ));
    let finding = match task.place.step.name_span() {
        Some(place) => finding.label(place, "the same people do this task"),
        None => finding,
    };
    context.report(finding.safe_fix(exclude(approval.approve, &performer, context)));
}
