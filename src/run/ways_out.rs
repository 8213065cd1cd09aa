//! The ways out of a state that somebody can take.

use std::collections::{BTreeSet, VecDeque};

use super::case::{Case, Position};
use super::engine::Engine;
use super::evaluate::{self, Scope};
use super::world::World;
use crate::plan::people::Mover;
use crate::plan::state::Move;

/// A way out of the state that a case is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayOut {
    /// The state, or the reason that is raised.
    pub to: String,
    /// Who may take it by name; whoever supplies the data takes the one that is due.
    pub people: BTreeSet<String>,
    /// Whether it is the one that is due.
    pub is_due: bool,
    /// The data that is missing for it.
    pub missing: BTreeSet<String>,
}

impl Case<'_> {
    /// The ways out that somebody can take, or can supply the data for, while the case waits for
    /// that.
    pub fn ways_out(&self, world: &World<'_>) -> Vec<WayOut> {
        let Position::Leaving(name, due) = self.position else {
            return Vec::new();
        };
        let mut case = self.clone();
        let mut engine = Engine {
            world,
            case: &mut case,
            jobs: VecDeque::new(),
        };
        let Some((_, state)) = engine.state(name) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for (number, transition) in state.transitions.iter().enumerate() {
            let roots = evaluate::roots(world, engine.case, &Scope::default());
            let parties = transition.by.iter().filter_map(|mover| match mover {
                Mover::System => None,
                Mover::People(party) => engine.party(party, &roots).ok(),
            });
            let people: BTreeSet<String> = parties
                .flatten()
                .chain(self.state_asked.iter().cloned())
                .collect();
            let by_system = transition.by.contains(&Mover::System) && number == due;
            if people.is_empty() && !by_system {
                continue;
            }
            if number != due && engine.guard_holds(name, number, transition) != Ok(true) {
                continue;
            }
            found.push(WayOut {
                to: match &transition.leads {
                    Move::To(to) | Move::Raise(to) => to.clone(),
                },
                people,
                is_due: number == due,
                missing: engine.missing(transition),
            });
        }
        found
    }
}
