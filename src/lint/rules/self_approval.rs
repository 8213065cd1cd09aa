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
    for (position, place) in places.iter().enumerate() {
        let Some(approve) = &place.step.approve else {
            continue;
        };
        if has_requester {
            check_requester(place.step, approve, context);
        }
        let here = place.state_name.value.as_str();
        let leading = moves.leading_to(here);
        for (before, task) in places.iter().enumerate() {
            let there = task.state_name.value.as_str();
            let is_earlier = if here == there {
                before < position
            } else {
                leading.contains(there)
            };
            if task.step.task.is_some() && is_earlier {
                check_performer(task.step, place.step, approve, context);
            }
        }
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

fn check_performer(
    task: &Step,
    step: &Step,
    approve: &Spanned<Approve>,
    context: &mut Context<'_>,
) {
    let Some(assignment) = &task.assign else {
        return;
    };
    let named = excluded(&approve.value);
    if named
        .iter()
        .any(|mention| mention.step() == Some(task.name()))
    {
        return;
    }
    let doers = context.model.doers(assignment);
    let Some((span, both)) = both(&approve.value, &doers, context.model) else {
        return;
    };
    let (work, approval) = (task.name(), step.name());
    let message = match &both[..] {
        [one] if doers.size() > 1 => {
            format!("`{one}` can do `{work}` and also give the approval `{approval}`")
        }
        [one, others @ ..] if both.len() < doers.size() => format!(
            "`{one}` and {} more can do `{work}` and also give the approval `{approval}`",
            others.len()
        ),
        _ => format!("whoever does `{work}` can also give the approval `{approval}`"),
    };
    let finding = context.finding(span, message).help(format!(
        "exclude the performer with `exclude: [steps.{}.completed_by]`",
        task.name()
    ));
    let finding = match task.name_span() {
        Some(place) => finding.label(place, "the same people do this task"),
        None => finding,
    };
    let performer = format!("steps.{}.completed_by", task.name());
    context.report(finding.safe_fix(exclude(approve, &performer, context)));
}

/// The first party of the approval through which people can decide who can also do the task, and
/// those people.
fn both<'a>(
    approve: &'a Approve,
    doers: &Group<'a>,
    model: &'a Model,
) -> Option<(Span, Vec<&'a str>)> {
    let deciders = model.deciders(approve);
    let mut parties = approve.by.iter().flat_map(|by| by.iter());
    parties.find_map(|party| {
        let mut asked = model.group(party);
        asked
            .people
            .retain(|person| deciders.people.contains(person));
        asked
            .expressions
            .retain(|text| deciders.expressions.contains(text));
        let both = asked.shared(doers);
        Some((party_span(party)?, both)).filter(|(_, both)| !both.is_empty())
    })
}
