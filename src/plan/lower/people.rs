//! Parties, assignees and movers.

use super::{Lowering, value};
use crate::plan::people::{Assignee, Mover, Party};
use crate::plan::value::{Expression, Text};
use crate::syntax::references::PartyReference;
use crate::syntax::step;
use crate::syntax::workflow;

impl Lowering<'_> {
    /// A person, team or role by its name alone, looked up in this order.
    pub(super) fn named_party(&self, name: &str) -> Party {
        if self.model.person(name).is_some() {
            Party::Person(Text::Plain(name.to_owned()))
        } else if self.model.team(name).is_some() {
            Party::Team(name.to_owned())
        } else if self.model.role_holders(name).next().is_some() {
            Party::Role(name.to_owned())
        } else {
            Party::Person(Text::Plain(name.to_owned()))
        }
    }

    pub(super) fn party_reference(&self, reference: &PartyReference) -> Party {
        self.named_party(&reference.name.value)
    }

    /// A text that names somebody, or computes who it is.
    pub(super) fn addressee(&self, text: Text) -> Party {
        match text {
            Text::Plain(name) => self.named_party(&name),
            Text::Computed { expression } => Party::Expression(expression),
            Text::Mixed { .. } => Party::Person(text),
        }
    }

    pub(super) fn movers(&self, movers: &[workflow::Mover]) -> Vec<Mover> {
        if movers.is_empty() {
            return vec![Mover::System];
        }
        movers
            .iter()
            .map(|mover| match mover {
                workflow::Mover::Named(name) if name.value == "system" => Mover::System,
                workflow::Mover::Named(name) => Mover::People(self.named_party(&name.value)),
                workflow::Mover::Party(written) => Mover::People(party(written)),
            })
            .collect()
    }
}

pub(super) fn party(written: &step::Party) -> Party {
    if let Some(role) = &written.role {
        Party::Role(role.name.value.clone())
    } else if let Some(team) = &written.team {
        Party::Team(team.name.value.clone())
    } else if let Some(person) = &written.person {
        match value::template(person) {
            Text::Computed { expression } => Party::Expression(expression),
            text @ (Text::Plain(_) | Text::Mixed { .. }) => Party::Person(text),
        }
    } else {
        written.expression.as_ref().map_or_else(
            || Party::Expression(Expression::new("")),
            |expression| Party::Expression(value::expression(expression)),
        )
    }
}

pub(super) fn assignees(written: &step::Assignment) -> Vec<Assignee> {
    let queue = written
        .queue
        .as_ref()
        .map(|queue| Assignee::Queue(Text::new(&queue.name.value)));
    let role = written
        .role
        .as_ref()
        .map(|role| Assignee::Role(role.name.value.clone()));
    let team = written
        .team
        .as_ref()
        .map(|team| Assignee::Team(team.name.value.clone()));
    let person = written
        .person
        .as_ref()
        .map(|person| Assignee::Person(value::template(person)));
    [queue, role, team, person].into_iter().flatten().collect()
}
