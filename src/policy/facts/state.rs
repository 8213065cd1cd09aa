//! Facts about the states of a workflow and the ways between them.

use std::rc::Rc;

use super::analysis::Analysis;
use super::declaration::{Kind, TEXTS, record};
use super::step::{STEP, StepFacts, step};
use super::values::{labels, length, list, spanned, text, text_or_empty, texts, written};
use crate::expr::Value;
use crate::source::Spanned;
use crate::syntax::step::LadderRung;
use crate::syntax::workflow::{Ending, Lifecycle, Mover, State, Transition};

/// A state with what is found out about its workflow.
#[derive(Debug, Clone)]
pub(super) struct StateFacts<'a> {
    pub name: &'a Spanned<String>,
    pub state: &'a State,
    pub of: Rc<Analysis<'a>>,
}

record! {
    /// A way from one state to another.
    TRANSITION, transition, "transition", |it: &'a Transition, facts| {
        /// The next state.
        "to": required Kind::Text => {
            text_or_empty(it.to.as_ref().map(|state| state.name.value.as_str()))
        },
        /// The condition, as written.
        "when": required Kind::Text => {
            text_or_empty(it.when.as_ref().map(|condition| condition.text.as_str()))
        },
        /// Who may move the case: names of roles, persons and teams, and `system`.
        "by": required TEXTS => texts(it.by.iter().flat_map(mover)),
        /// Data that must be present to move.
        "require": required TEXTS => spanned(&it.require),
    }
}

fn mover(mover: &Mover) -> Vec<&str> {
    match mover {
        Mover::Named(name) => vec![&name.value],
        Mover::Party(party) => {
            let role = party.role.as_ref().map(|role| role.name.value.as_str());
            let person = party
                .person
                .as_ref()
                .map(|person| person.name.value.as_str());
            let team = party.team.as_ref().map(|team| team.name.value.as_str());
            [role, person, team].into_iter().flatten().collect()
        }
    }
}

record! {
    /// A rung of a ladder of timeouts.
    RUNG, rung, "rung", |it: &'a LadderRung, facts| {
        /// The reason that is raised.
        "raise": required Kind::Text => {
            text_or_empty(it.raise.as_ref().map(|reason| reason.name.value.as_str()))
        },
        /// Who is told.
        "notify": required Kind::Text => {
            text_or_empty(it.notify.as_ref().map(|party| party.name.value.as_str()))
        },
        /// The state that the case moves to.
        "to": required Kind::Text => {
            text_or_empty(it.to.as_ref().map(|state| state.name.value.as_str()))
        },
        /// The decision that time takes.
        "decide": required Kind::Text => {
            text_or_empty(it.decide.as_ref().map(|decision| decision.value.as_str()))
        },
    }
}

record! {
    /// A durable state of a workflow.
    STATE, state, "state", |it: StateFacts<'a>, facts| {
        /// The name.
        "name": required Kind::Text => text(&it.name.value),
        /// The place inside the workflow, as `states.approval`.
        "path": required Kind::Text => text(&format!("states.{}", it.name.value)),
        /// The place in the life of a case.
        "lifecycle": required Kind::Word(Lifecycle::WORDS) => {
            text_or_empty(it.state.lifecycle.as_ref().map(|lifecycle| lifecycle.value.as_str()))
        },
        /// What happens here.
        "summary": required Kind::Text => written(&it.state.summary),
        /// Who answers for cases in this state; the workflow's owner when the state names nobody.
        "owner": required Kind::Text => {
            let owner = it.state.owner.as_ref().or(it.of.workflow.body.owner.as_ref());
            text_or_empty(owner.map(|owner| owner.value.as_str()))
        },
        /// Kinds of risk of everything done here.
        "risk": required TEXTS => labels(&it.state.risk),
        /// How a case ends here.
        "end": required Kind::Word(Ending::WORDS) => {
            text_or_empty(it.state.end.as_ref().map(|end| end.value.as_str()))
        },
        /// How long a case may stay.
        "timeout": optional Kind::Duration => length(&it.state.timeout),
        /// What happens when it stays longer.
        "on_timeout": required Kind::List(&Kind::Record(&RUNG)) => {
            list(it.state.on_timeout.iter().map(|found| rung(&found, facts)))
        },
        /// How often a case may come here.
        "max_visits": optional Kind::Integer => {
            it.state.max_visits.as_ref().map(|visits| Value::Integer(i64::from(visits.value)))
        },
        /// The next state, without condition.
        "to": required Kind::Text => {
            text_or_empty(it.state.to.as_ref().map(|state| state.name.value.as_str()))
        },
        /// The next states, in order.
        "transitions": required Kind::List(&Kind::Record(&TRANSITION)) => {
            let transitions = it.state.transitions.iter().flat_map(|it| &it.value);
            list(transitions.map(|found| transition(&found, facts)))
        },
        /// What is done on entering, steps inside branches and items too.
        "steps": required Kind::List(&Kind::Record(&STEP)) => {
            let of = &it.of;
            let own = of.steps().iter().filter(|place| place.state_name.span == it.name.span);
            list(own.map(|place| step(&StepFacts { place: *place, of: Rc::clone(of) }, facts)))
        },
    }
}

/// The states of a workflow, in written order.
pub(super) fn states<'r, 'a>(
    of: &'r Rc<Analysis<'a>>,
) -> impl Iterator<Item = StateFacts<'a>> + use<'r, 'a> {
    let states = of.workflow.body.all_states();
    states.map(|(name, state)| StateFacts {
        name,
        state,
        of: Rc::clone(of),
    })
}
