//! What stands at the ways out of a state.

use super::steps;
use super::words::wrapped;
use crate::plan::people::Mover;
use crate::plan::state::{Guard, Move, Rung, State, Timeout, Transition};
use crate::plan::step::Step;

/// What stands at a transition.
pub(super) fn transition_label(transition: &Transition) -> Vec<String> {
    let mut label = match &transition.guard {
        Guard::Always => Vec::new(),
        Guard::When(condition) => wrapped(condition.as_str()),
        Guard::Otherwise => vec!["otherwise".to_owned()],
    };
    let people: Vec<String> = transition
        .by
        .iter()
        .filter_map(|mover| match mover {
            Mover::System => None,
            Mover::People(party) => Some(steps::party(party)),
        })
        .collect();
    if !people.is_empty() {
        label.push(format!("by {}", people.join(" or ")));
    }
    label
}

/// Ways to other states that no transition takes: errors and passed time.
pub(super) fn shortcuts(state: &State) -> Vec<(String, String)> {
    let of_timeout = |timeout: &Option<Timeout>, what: &str| {
        let rungs = timeout.iter().flat_map(|timeout| &timeout.then);
        rungs
            .filter_map(|rung| match rung {
                Rung::To(to) => Some((format!("{what} too late"), to.clone())),
                Rung::Ask(_) | Rung::Notify(_) | Rung::Raise(_) | Rung::Decide(_) => None,
            })
            .collect::<Vec<_>>()
    };
    let of_step = |step: &Step| {
        let errors = step.catch.iter().filter_map(|catch| match &catch.leads {
            Move::To(to) => {
                let label = format!("{} fails with {}", step.id, catch.error);
                Some((label, to.clone()))
            }
            Move::Raise(_) => None,
        });
        let mut ways: Vec<(String, String)> = errors.collect();
        ways.extend(of_timeout(&step.timeout, &step.id));
        ways
    };
    let mut ways: Vec<(String, String)> = state.all_steps().into_iter().flat_map(of_step).collect();
    ways.extend(of_timeout(&state.timeout, "the state"));
    ways
}
