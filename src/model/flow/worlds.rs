//! Conditions that belong together: a case in which `input.total >= controls.limit` is false here
//! does not find it true there.

use std::collections::BTreeMap;

use super::{Flow, Move, Node, Way};
use crate::model::guard::{Fixed, fixed};
use crate::source::Span;
use crate::syntax::workflow::State;

/// Conditions beyond so many are taken to be independent of each other.
const MOST: usize = 6;

/// One way in which the conditions that occur repeatedly can turn out.
#[derive(Debug, Clone)]
pub struct World {
    holds: BTreeMap<String, bool>,
}

impl World {
    /// Whether a condition holds in this world; `None` when that is open.
    fn judge(&self, condition: &str) -> Option<bool> {
        let Fixed { text, is_denied } = fixed(condition)?;
        self.holds.get(&text).map(|holds| *holds != is_denied)
    }
}

impl<'a> Flow<'a> {
    /// Every way in which conditions that occur repeatedly can turn out; one when none does.
    pub fn worlds(&self) -> Vec<World> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (_, node) in self.places() {
            for condition in conditions(node) {
                if let Some(condition) = fixed(condition) {
                    *counts.entry(condition.text).or_default() += 1;
                }
            }
        }
        let repeated: Vec<String> = counts
            .into_iter()
            .filter(|(_, count)| *count > 1)
            .map(|(text, _)| text)
            .take(MOST)
            .collect();
        (0..1_usize << repeated.len())
            .map(|world| World {
                holds: repeated
                    .iter()
                    .enumerate()
                    .map(|(bit, text)| (text.clone(), world >> bit & 1 == 1))
                    .collect(),
            })
            .collect()
    }

    /// The ways that a world closes, by place: its conditions are judged once, not per move.
    pub(super) fn closed_in(&self, world: &World) -> Vec<Closed> {
        self.places()
            .map(|(_, node)| closed_at(node, world))
            .collect()
    }
}

fn closed_at(node: Node<'_>, world: &World) -> Closed {
    if let Node::Leave(_, state) = node {
        return Closed::Transitions(closed_transitions(state, world));
    }
    let Node::If(_, condition) = node else {
        return Closed::Nothing;
    };
    match world.judge(&condition.text) {
        Some(true) => Closed::Skip,
        Some(false) => Closed::Next,
        None => Closed::Nothing,
    }
}

/// What a world closes at one place.
#[derive(Debug)]
pub(super) enum Closed {
    /// Nothing.
    Nothing,
    /// The step is always needed.
    Skip,
    /// The step is never needed.
    Next,
    /// Transitions that are never taken, by the place of their target.
    Transitions(Vec<Span>),
}

pub(super) fn is_closed(closed: &[Closed], step: &Move<'_>) -> bool {
    let closed = &closed[step.from.index()];
    match step.way {
        Way::Skip => matches!(closed, Closed::Skip),
        Way::Next => matches!(closed, Closed::Next),
        Way::Transition(transition) => {
            let target = transition.to.as_ref().map(|to| to.name.span);
            matches!((closed, target), (Closed::Transitions(targets), Some(target)) if targets.contains(&target))
        }
        Way::To(_)
        | Way::Raise(_)
        | Way::BuiltIn
        | Way::Resume(_)
        | Way::GiveUp(_)
        | Way::Jump(_)
        | Way::TimedDecision(_) => false,
    }
}

/// Transitions whose condition is false, and those behind one whose condition is true.
fn closed_transitions(state: &State, world: &World) -> Vec<Span> {
    let mut taken = false;
    let mut closed = Vec::new();
    for transition in state.transitions.iter().flat_map(|list| &list.value) {
        let holds = transition
            .when
            .as_ref()
            .and_then(|when| world.judge(&when.text));
        if taken || holds == Some(false) {
            closed.extend(transition.to.as_ref().map(|to| to.name.span));
        }
        taken |= holds == Some(true);
    }
    closed
}

fn conditions<'a>(node: Node<'a>) -> Vec<&'a str> {
    if let Node::If(_, condition) = node {
        return vec![condition.text.as_str()];
    }
    let Node::Leave(_, state) = node else {
        return Vec::new();
    };
    let transitions = state.transitions.iter().flat_map(|list| &list.value);
    transitions
        .filter_map(|transition| transition.when.as_ref())
        .map(|when| when.text.as_str())
        .collect()
}
