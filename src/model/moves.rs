//! Where a case can move from each state, and what it can reach by moving on.

use std::collections::{BTreeMap, BTreeSet};

use crate::syntax::step::LadderRung;
use crate::syntax::workflow::{State, Workflow};

/// Ways from state to state.
#[derive(Debug, Clone, Default)]
pub struct Moves<'a> {
    next: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Moves<'a> {
    /// Adds a way.
    pub fn add(&mut self, from: &'a str, to: &'a str) {
        self.next.entry(from).or_default().insert(to);
    }

    /// True when a case in `from` can come to `to`; a state reaches itself.
    pub fn reaches(&self, from: &str, to: &str) -> bool {
        let mut seen = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(state) = open.pop() {
            if state == to {
                return true;
            }
            let next = self.next.get(state).into_iter().flatten();
            open.extend(next.filter(|state| seen.insert(state)));
        }
        false
    }

    /// Every state from which a case can come to `to`; a state leads to itself.
    pub fn leading_to(&self, to: &'a str) -> BTreeSet<&'a str> {
        let mut before: BTreeMap<&str, Vec<&'a str>> = BTreeMap::new();
        for (from, next) in &self.next {
            for target in next {
                before.entry(target).or_default().push(from);
            }
        }
        let mut seen = BTreeSet::from([to]);
        let mut open = vec![to];
        while let Some(state) = open.pop() {
            let earlier = before.get(state).into_iter().flatten();
            open.extend(earlier.filter(|state| seen.insert(state)));
        }
        seen
    }
}

impl Workflow {
    /// The declared ways from state to state: transitions, timeouts and caught errors. Ways
    /// through exceptions are not among them.
    pub fn moves(&self) -> Moves<'_> {
        let mut moves = Moves::default();
        for (name, state) in self.all_states() {
            for target in state.next_states() {
                moves.add(&name.value, target);
            }
        }
        moves
    }
}

impl State {
    /// The declared next states: transitions in written order, then timeouts and caught errors.
    pub fn next_states(&self) -> Vec<&str> {
        let transitions = self.transitions.iter().flat_map(|list| &list.value);
        let mut targets: Vec<&str> = self
            .to
            .iter()
            .chain(transitions.filter_map(|transition| transition.to.as_ref()))
            .map(|to| to.name.value.as_str())
            .collect();
        targets.extend(ladder(&self.on_timeout));
        for step in self.all_steps() {
            targets.extend(ladder(&step.on_timeout));
            let approve = step.approve.iter();
            targets.extend(approve.flat_map(|approve| ladder(&approve.value.on_timeout)));
            let caught = step.catch.iter().filter_map(|catch| catch.to.as_ref());
            targets.extend(caught.map(|to| to.name.value.as_str()));
        }
        targets
    }
}

fn ladder(rungs: &[LadderRung]) -> impl Iterator<Item = &str> {
    rungs
        .iter()
        .filter_map(|rung| rung.to.as_ref())
        .map(|to| to.name.value.as_str())
}
