//! `human-step-unassigned`: tasks and approvals that nobody can do.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::walk::{StepInState, StepKind};
use crate::rule::ERROR;
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::references::{DynamicPerson, RoleReference, TeamReference};
use crate::syntax::step::{Approve, Assignment, LadderRung, Party, Step};
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds tasks without `assign`, and tasks, approvals, delegates and rungs of a timeout ladder
    /// that name a role, team or person of whom nobody is there any more.
    ///
    /// When an approval names several parties, it is enough that one of them is there.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: book, task: Book and set up the room, returns: itsm.ticket.v1, timeout: 6h}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: book, task: Book and set up the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `assign:` with a queue, role, team or person, or name somebody who is there.
    pub static RULE = {
        check: On::Step(check),
        id: "human-step-unassigned",
        summary: "a task or approval that nobody can do",
        why: "work that is given to no one is done by no one",
        family: Ownership,
        level: ERROR,
        since: "0.1.0",
    }
}

/// A role, team or person that cannot act, with the reason.
struct Absent {
    span: Span,
    reason: String,
}

fn check(place: &StepInState<'_>, _workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let step = place.step;
    let Some(id) = &step.id else {
        return;
    };
    let name = id.value.text.as_str();
    let kind = step.kind();
    if let Some(StepKind::Task(_)) = kind {
        check_task(place, Spanned::new(name, id.span), context);
    } else if let Some(StepKind::Approve(approve)) = kind {
        check_approval(name, &approve.value, context);
    }
    check_ladder(name, &step.on_timeout, context);
}

fn check_task(place: &StepInState<'_>, name: Spanned<&str>, context: &mut Context<'_>) {
    let step: &Step = place.step;
    let written = context
        .mapping_at(name.span)
        .and_then(|step| step.get("assign"));
    let (span, message) = match (&step.assign, written) {
        (Some(assign), _) if !names_nobody(assign) => {
            let absent = absent(
                assign.role.as_ref(),
                assign.team.as_ref(),
                assign.person.as_ref(),
                context,
            );
            if let Some(absent) = absent {
                report(&format!("do the task `{}`", name.value), absent, context);
            }
            return;
        }
        (Some(_), Some(entry)) => (
            entry.key.span(),
            format!("the task `{}` is assigned to nobody", name.value),
        ),
        (None, None) => (
            name.span,
            format!(
                "the task `{}` in the state `{}` is nobody's",
                name.value, place.state_name.value
            ),
        ),
        (Some(_), None) | (None, Some(_)) => return,
    };
    context.report(
        context
            .finding(span, message)
            .help("add `assign:` with a `queue`, `role`, `team` or `person`"),
    );
}

fn names_nobody(assign: &Assignment) -> bool {
    assign.queue.is_none()
        && assign.role.is_none()
        && assign.team.is_none()
        && assign.person.is_none()
}

fn check_approval(name: &str, approve: &Approve, context: &mut Context<'_>) {
    let parties = approve.by.iter().flat_map(|by| &by.items);
    let absent: Vec<Option<Absent>> = parties.map(|party| absent_party(party, context)).collect();
    if absent.iter().all(Option::is_some) {
        for absent in absent.into_iter().flatten() {
            report(&format!("give the approval `{name}`"), absent, context);
        }
    }
    if let Some(absent) = approve
        .delegate
        .as_ref()
        .and_then(|party| absent_party(party, context))
    {
        report(
            &format!("stand in for the approval `{name}`"),
            absent,
            context,
        );
    }
    check_ladder(name, &approve.on_timeout, context);
}

fn check_ladder(name: &str, rungs: &[LadderRung], context: &mut Context<'_>) {
    for asked in rungs.iter().filter_map(|rung| rung.ask.as_ref()) {
        if let Some(absent) = absent_party(asked, context) {
            report(&format!("answer when `{name}` is late"), absent, context);
        }
    }
}

fn report(deed: &str, absent: Absent, context: &mut Context<'_>) {
    let Absent { span, reason } = absent;
    context.report(
        context
            .finding(span, format!("nobody can {deed}: {reason}"))
            .help("name a role, team or person that is there"),
    );
}

fn absent_party(party: &Party, context: &Context<'_>) -> Option<Absent> {
    absent(
        party.role.as_ref(),
        party.team.as_ref(),
        party.person.as_ref(),
        context,
    )
}

/// Names that lead nowhere are reported as unresolved references.
fn absent(
    role: Option<&RoleReference>,
    team: Option<&TeamReference>,
    person: Option<&DynamicPerson>,
    context: &Context<'_>,
) -> Option<Absent> {
    let by_role = role.filter(|role| everybody_left_role(&role.name.value, context));
    let by_team = team.filter(|team| everybody_left_team(&team.name.value, context));
    let by_person = person.filter(|person| left(&person.name.value, context));
    let role = by_role.map(|role| Absent {
        span: role.name.span,
        reason: format!("everybody with the role `{}` has left", role.name.value),
    });
    role.or_else(|| {
        by_team.map(|team| Absent {
            span: team.name.span,
            reason: format!("nobody is in the team `{}`", team.name.value),
        })
    })
    .or_else(|| {
        by_person.map(|person| Absent {
            span: person.name.span,
            reason: format!("`{}` has left", person.name.value),
        })
    })
}

fn left(person: &str, context: &Context<'_>) -> bool {
    let model = context.model;
    model
        .person(person)
        .is_some_and(|person| model.has_left(person))
}

fn everybody_left_role(role: &str, context: &Context<'_>) -> bool {
    let model = context.model;
    let mut holders = model.role_holders(role).peekable();
    holders.peek().is_some() && holders.all(|holder| model.has_left(holder))
}

fn everybody_left_team(team: &str, context: &Context<'_>) -> bool {
    let Some(team) = context.model.team(team) else {
        return false;
    };
    let people = team.body.members.iter().chain(&team.body.lead);
    people
        .map(|person| &person.name.value)
        .all(|person| left(person, context))
}
