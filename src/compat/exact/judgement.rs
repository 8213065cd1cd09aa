//! From what is refused to a class.

use super::{Exact, Refusal, Witness};
use crate::compat::declaration::{Class, Direction};
use crate::compat::position::{Position, derive};
use crate::model::shape::Relation;

/// The class of a change with what proves or explains it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::compat) struct Judgement {
    pub class: Class,
    pub direction: Direction,
    pub witness: Option<Witness>,
    /// What the sentence about the change has to add; empty, or begins with a space.
    pub because: String,
}

impl Judgement {
    /// A class that needs no proof.
    pub fn of(class: Class, direction: Direction) -> Self {
        Judgement {
            class,
            direction,
            witness: None,
            because: String::new(),
        }
    }
}

impl Refusal {
    fn happens(&self) -> bool {
        matches!(self, Refusal::Some(_))
    }

    fn witness(&self) -> Option<&Witness> {
        match self {
            Refusal::Some(witness) => witness.as_ref(),
            Refusal::Never | Refusal::Undecided(_) => None,
        }
    }

    fn reason(&self) -> Option<&str> {
        match self {
            Refusal::Undecided(reason) => Some(reason),
            Refusal::Never | Refusal::Some(_) => None,
        }
    }
}

impl Exact {
    /// A payload that proves one of the broken directions, old data first.
    pub fn witness(&self, backward: bool, forward: bool) -> Option<Witness> {
        let backward = self.backward.witness().filter(|_| backward);
        let forward = self.forward.witness().filter(|_| forward);
        backward.or(forward).cloned()
    }

    /// The class of a change whose kind alone would give `relation`.
    pub fn class(&self, relation: Relation, position: Position) -> Judgement {
        let found = match (self.backward.happens(), self.forward.happens()) {
            _ if !self.decides => relation,
            (false, false) => Relation::Same,
            (true, false) => Relation::Narrower,
            (false, true) => Relation::Wider,
            (true, true) => Relation::Incomparable,
        };
        let (class, direction) = derive(found, position);
        let mut judgement = Judgement::of(class, direction);
        if class == Class::Breaking {
            let (backward, forward) = direction.parts();
            judgement.witness = self.witness(backward, forward);
            return judgement;
        }
        if !self.decides {
            return judgement;
        }
        let (backward, forward) = position.protects();
        let undecided = [(&self.backward, backward), (&self.forward, forward)]
            .into_iter()
            .filter(|(_, protected)| *protected)
            .find_map(|(refusal, _)| refusal.reason());
        if let Some(reason) = undecided {
            judgement.class = Class::Review;
            judgement.because =
                format!(" Whether data is refused that was fine is not decided: {reason}.");
        } else if self.backward == Refusal::Never && self.forward == Refusal::Never {
            judgement.class = Class::None;
            judgement.because = " The field as a whole accepts what it accepted before.".to_owned();
        }
        judgement
    }
}
