//! Why the search did not reach a part, as far as it can tell.

use super::Searcher;
use crate::plan::state::{Guard, Move};
use crate::run::coverage::Part;

impl Searcher<'_, '_> {
    fn was_in(&self, state: &str) -> bool {
        self.trace_words.contains(&format!("state {state}"))
    }

    fn began(&self, step: &str) -> bool {
        self.trace_words.contains(&format!("step {step}"))
    }

    /// Why a part was not reached, in words that complete "not reached:".
    pub(super) fn why(&self, number: usize) -> String {
        let Some(item) = self.coverage.items.get(number) else {
            return String::new();
        };
        let never_in = |state: &str| format!("none of the cases that were tried gets to `{state}`");
        match &item.part {
            Part::State(state) => self.why_state(state),
            Part::Transition(state, _) if !self.was_in(state) => never_in(state),
            Part::Transition(state, position) => self.why_transition(state, *position),
            Part::Reason(reason) => {
                let route = self.world.plan.exceptions.get(reason);
                let states = route.into_iter().flat_map(|route| &route.raised_in);
                let unmet: Vec<&str> = states
                    .map(String::as_str)
                    .filter(|state| !self.was_in(state))
                    .collect();
                match unmet.first() {
                    Some(state) => never_in(state),
                    None => format!("nothing that was tried makes a step raise `{reason}`"),
                }
            }
            Part::Timer(state, ..) if !self.was_in(state) => never_in(state),
            Part::Timer(_, Some(step), _) if !self.began(step) => {
                format!("none of the cases that were tried begins `{step}`")
            }
            Part::Timer(state, step, _) => {
                let place = step.as_ref().unwrap_or(state);
                format!("the case never waits in `{place}` for so long")
            }
            Part::Row(step, _) if !self.began(step) => {
                format!("none of the cases that were tried begins `{step}`")
            }
            Part::Row(step, _) => {
                format!("no data was found with which `{step}` takes this row and no other")
            }
        }
    }

    fn why_state(&self, wanted: &str) -> String {
        let mut ways: Vec<&str> = Vec::new();
        for (name, state) in self.world.plan.states.iter() {
            let leads = |target: &Move| *target == Move::To(wanted.to_owned());
            if state.transitions.iter().any(|way| leads(&way.leads)) {
                ways.push(name);
            }
        }
        match ways[..] {
            [] => format!("no transition leads to `{wanted}`"),
            [..] => format!(
                "no case that was tried takes the way from `{}`",
                ways.join("` or `")
            ),
        }
    }

    fn why_transition(&self, state: &str, position: usize) -> String {
        let state = self.world.plan.states.get(state);
        let transition = state.and_then(|state| state.transitions.get(position));
        match transition.map(|transition| &transition.guard) {
            Some(Guard::When(guard)) => {
                format!("`{}` was true in no case that was tried", guard.as_str())
            }
            Some(Guard::Always) => {
                "no case that was tried comes to the end of the state".to_owned()
            }
            Some(Guard::Otherwise) | None => {
                "another transition was due in every case that was tried".to_owned()
            }
        }
    }
}
