//! People by role, name, team or expression, written in whichever way.

use super::fact::{Fact, canonical_expression, collapsed};
use crate::model::Model;
use crate::model::walk::party_span;
use crate::source::Span;
use crate::syntax::names::OneOrMany;
use crate::syntax::step::Party;
use crate::syntax::workflow::Mover;

/// A party; `None` when it names nobody.
pub(super) fn of_party(party: &Party) -> Option<Fact> {
    let span = party_span(party)?;
    if let Some(role) = &party.role {
        return Some(Fact::new(format!("role {}", role.name.value), span));
    }
    if let Some(team) = &party.team {
        return Some(Fact::new(format!("team {}", team.name.value), span));
    }
    if let Some(person) = &party.person {
        return Some(match person.expressions().next() {
            Some(expression) => of_expression(expression, span),
            None => Fact::new(person.text.clone(), span),
        });
    }
    let expression = party.expression.as_ref()?;
    Some(of_expression(&expression.text, span))
}

fn of_expression(expression: &str, span: Span) -> Fact {
    Fact::new(collapsed(expression), span).compared_by(canonical_expression(expression))
}

/// The parties that may decide.
pub(super) fn of_parties(parties: &OneOrMany<Party>) -> Vec<Fact> {
    parties.iter().filter_map(of_party).collect()
}

/// The parties that may move a case. A bare name means the role, team or person that has it.
pub(super) fn of_movers(model: &Model, movers: &OneOrMany<Mover>) -> Vec<Fact> {
    movers
        .iter()
        .filter_map(|mover| match mover {
            Mover::Party(party) => of_party(party),
            Mover::Named(name) => {
                let written = name.value.as_str();
                let text = if model.role_holders(written).next().is_some() {
                    format!("role {written}")
                } else if model.team(written).is_some() {
                    format!("team {written}")
                } else {
                    written.to_owned()
                };
                Some(Fact::new(text, name.span))
            }
        })
        .collect()
}
