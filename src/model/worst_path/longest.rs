//! The longest way through the states, each taken once.

use std::collections::HashMap;

use super::Row;
use super::stay::Stay;
use super::step_time::Clock;
use crate::syntax::references::StateReference;
use crate::syntax::step::{LadderRung, Step};
use crate::syntax::workflow::{State, Workflow};

/// A way out of a state.
#[derive(Debug, Clone, Copy)]
struct Exit {
    to: usize,
    /// How many steps are complete when it is taken.
    steps: usize,
}

/// The longest time until a state is entered, with the state before it and the way from there.
type Arrival = (u64, Option<(usize, Exit)>);

/// The states of a workflow with the longest ways before and after each.
#[derive(Debug)]
pub(super) struct States<'a> {
    stays: Vec<Stay<'a>>,
    positions: HashMap<&'a str, usize>,
    exits: Vec<Vec<Exit>>,
    /// The longest time from entering a state to the end, with the way that leads there.
    after: Vec<(u64, Option<Exit>)>,
    /// How each is reached from the start; `None` where only exceptions lead.
    before: Vec<Option<Arrival>>,
}

impl<'a> States<'a> {
    /// The state in which every case begins.
    pub(super) const START: usize = 0;

    /// `None` for a workflow without states.
    pub(super) fn of(workflow: &'a Workflow, clock: &Clock<'a>) -> Option<Self> {
        let mut positions = HashMap::new();
        let mut stays = Vec::new();
        for (position, (name, state)) in workflow.all_states().enumerate() {
            positions.entry(name.value.as_str()).or_insert(position);
            stays.push(Stay::of(clock, name, state));
        }
        if stays.is_empty() {
            return None;
        }
        let exits = workflow
            .all_states()
            .map(|(_, state)| exits(state, &positions))
            .collect();
        let mut states = States {
            after: vec![(0, None); stays.len()],
            before: vec![None; stays.len()],
            stays,
            positions,
            exits,
        };
        let finished = states.measure_after();
        states.measure_before(&finished);
        Some(states)
    }

    pub(super) fn stay(&self, state: usize) -> &Stay<'a> {
        &self.stays[state]
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }

    /// The longest time from entering a state to the end.
    pub(super) fn after(&self, state: usize) -> u64 {
        self.after[state].0
    }

    /// The longest time from the start to entering a state; `None` where only exceptions lead.
    pub(super) fn before(&self, state: usize) -> Option<u64> {
        self.before[state].map(|(time, _)| time)
    }

    /// What the longest way from entering a state to the end is made of.
    pub(super) fn rows_from(&self, state: usize) -> Vec<Row<'a>> {
        let mut rows = Vec::new();
        let mut next = Some(state);
        while let Some(state) = next {
            let stay = &self.stays[state];
            let (_, exit) = self.after[state];
            rows.extend(stay.rows(exit.map_or(stay.len(), |exit| exit.steps)));
            next = exit.map(|exit| exit.to);
        }
        rows
    }

    /// What the longest way from the start to entering a state is made of.
    pub(super) fn rows_to(&self, state: usize) -> Vec<Row<'a>> {
        let mut ways = Vec::new();
        let mut state = state;
        while let Some((_, Some((from, exit)))) = self.before[state] {
            ways.push((from, exit));
            state = from;
        }
        ways.reverse();
        ways.into_iter()
            .flat_map(|(from, exit)| self.stays[from].rows(exit.steps))
            .collect()
    }

    /// Goes through the states depth first, those that only exceptions lead to after the others.
    /// A way to a state that is still open leads back, and is not taken. Gives the states in the
    /// order in which they were finished.
    fn measure_after(&mut self) -> Vec<usize> {
        let count = self.stays.len();
        let mut seen = vec![false; count];
        let mut done = vec![false; count];
        let mut finished = Vec::with_capacity(count);
        for root in 0..count {
            let mut open = vec![(root, 0)];
            if std::mem::replace(&mut seen[root], true) {
                continue;
            }
            while let Some((state, tried)) = open.last_mut() {
                let state = *state;
                if let Some(exit) = self.exits[state].get(*tried) {
                    *tried += 1;
                    if !std::mem::replace(&mut seen[exit.to], true) {
                        open.push((exit.to, 0));
                    }
                    continue;
                }
                self.after[state] = self.longest_after(state, &done);
                done[state] = true;
                finished.push(state);
                open.pop();
            }
        }
        finished
    }

    fn longest_after(&self, state: usize, done: &[bool]) -> (u64, Option<Exit>) {
        let stay = &self.stays[state];
        let mut longest: Option<(u64, Exit)> = None;
        for exit in self.exits[state].iter().filter(|exit| done[exit.to]) {
            let time = stay.total(exit.steps).saturating_add(self.after[exit.to].0);
            if longest.is_none_or(|(longest, _)| time > longest) {
                longest = Some((time, *exit));
            }
        }
        match longest {
            Some((time, exit)) => (time, Some(exit)),
            None => (stay.total(stay.len()), None),
        }
    }

    fn measure_before(&mut self, finished: &[usize]) {
        let mut rank = vec![0; self.stays.len()];
        for (position, state) in finished.iter().enumerate() {
            rank[*state] = position;
        }
        self.before[Self::START] = Some((0, None));
        for state in finished.iter().rev().copied() {
            let Some((so_far, _)) = self.before[state] else {
                continue;
            };
            for exit in &self.exits[state] {
                if rank[exit.to] >= rank[state] {
                    continue;
                }
                let time = so_far.saturating_add(self.stays[state].total(exit.steps));
                if self.before[exit.to].is_none_or(|(longest, _)| time > longest) {
                    self.before[exit.to] = Some((time, Some((state, *exit))));
                }
            }
        }
    }
}

fn exits(state: &State, positions: &HashMap<&str, usize>) -> Vec<Exit> {
    if state.end.is_some() {
        return Vec::new();
    }
    let all = state.steps.len();
    let transitions = state
        .transitions
        .iter()
        .flat_map(|transitions| &transitions.value)
        .filter_map(|transition| transition.to.as_ref());
    let mut targets: Vec<(&StateReference, usize)> = state
        .to
        .iter()
        .chain(transitions)
        .chain(rungs(&state.on_timeout))
        .map(|to| (to, all))
        .collect();
    for (position, step) in state.steps.iter().enumerate() {
        let mut inside = vec![step];
        while let Some(step) = inside.pop() {
            targets.extend(jumps(step).map(|to| (to, position + 1)));
            inside.extend(step.nested());
        }
    }
    targets
        .into_iter()
        .filter_map(|(to, steps)| {
            let to = *positions.get(to.name.value.as_str())?;
            Some(Exit { to, steps })
        })
        .collect()
}

/// The states to which a step's errors and timeouts move the case.
fn jumps(step: &Step) -> impl Iterator<Item = &StateReference> {
    let caught = step.catch.iter().filter_map(|catch| catch.to.as_ref());
    let approve = step.approve.iter();
    let approval = approve.flat_map(|approve| rungs(&approve.value.on_timeout));
    caught.chain(approval).chain(rungs(&step.on_timeout))
}

fn rungs(ladder: &[LadderRung]) -> impl Iterator<Item = &StateReference> {
    ladder.iter().filter_map(|rung| rung.to.as_ref())
}
