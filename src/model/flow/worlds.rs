//! Conditions that belong together: a case in which `input.total >= controls.limit` is false here
//! does not find it true there.

use std::collections::BTreeMap;

use super::{Flow, Move, Node, Way};
use crate::model::guard::fixed;
use crate::source::Span;
use crate::syntax::expressions::Expression;

/// Conditions beyond so many are taken to be independent of each other.
const MOST: usize = 6;

/// The conditions of a workflow that occur repeatedly, and where.
#[derive(Debug)]
pub(super) struct Worlds {
    count: usize,
    places: Vec<Conditions>,
}

/// A condition that occurs repeatedly, by number; denied or not.
type Literal = (usize, bool);

/// The conditions that are judged at one place; `None` for those that tell nothing elsewhere.
#[derive(Debug)]
enum Conditions {
    /// None.
    Nothing,
    /// That of a step.
    Step(Option<Literal>),
    /// Those of transitions, by the place of their target, in order.
    Transitions(Vec<(Option<Span>, Option<Literal>)>),
}

/// One way in which the conditions can turn out, a bit for each; or none of them known.
#[derive(Debug, Clone, Copy)]
pub(super) struct World {
    holds: Option<usize>,
}

impl World {
    /// Nothing is known about any condition.
    pub(super) const OPEN: World = World { holds: None };

    fn judge(self, literal: Option<Literal>) -> Option<bool> {
        let (number, is_denied) = literal?;
        Some((self.holds? >> number & 1 == 1) != is_denied)
    }
}

/// What a world closes at one place.
#[derive(Debug)]
enum Closed {
    /// Nothing.
    Nothing,
    /// The step is always needed.
    Skip,
    /// The step is never needed.
    Next,
    /// Transitions that are never taken, by the place of their target.
    Transitions(Vec<Option<Span>>),
}

/// The ways that a world closes.
#[derive(Debug)]
pub(super) struct ClosedWays {
    places: Vec<Closed>,
}

impl ClosedWays {
    pub(super) fn contain(&self, step: &Move<'_>) -> bool {
        match (&self.places[step.from.index()], step.way) {
            (Closed::Skip, way) => matches!(way, Way::Skip),
            (Closed::Next, way) => matches!(way, Way::Next),
            (Closed::Transitions(targets), Way::Transition(_)) => {
                targets.contains(&step.way.span())
            }
            (Closed::Nothing | Closed::Transitions(_), _) => false,
        }
    }
}

impl Worlds {
    pub(super) fn of(flow: &Flow<'_>) -> Self {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (_, node) in flow.places() {
            for condition in written(node) {
                if let Some(condition) = fixed(&condition.text) {
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
        let places = flow.places();
        Worlds {
            count: repeated.len(),
            places: places.map(|(_, node)| of_place(node, &repeated)).collect(),
        }
    }

    /// Every way in which the conditions can turn out; one when there are none.
    pub(super) fn all(&self) -> impl Iterator<Item = World> + use<> {
        (0..1_usize << self.count).map(|holds| World { holds: Some(holds) })
    }

    /// The ways that a world closes.
    pub(super) fn closed_in(&self, world: World) -> ClosedWays {
        let closed = self.places.iter().map(|conditions| match conditions {
            Conditions::Nothing => Closed::Nothing,
            Conditions::Step(literal) => match world.judge(*literal) {
                Some(true) => Closed::Skip,
                Some(false) => Closed::Next,
                None => Closed::Nothing,
            },
            Conditions::Transitions(transitions) => closed_transitions(transitions, world),
        });
        ClosedWays {
            places: closed.collect(),
        }
    }
}

/// Transitions whose condition is false, and those behind one whose condition is true.
fn closed_transitions(transitions: &[(Option<Span>, Option<Literal>)], world: World) -> Closed {
    let mut is_taken = false;
    let mut closed = Vec::new();
    for (target, literal) in transitions {
        let holds = world.judge(*literal);
        if is_taken || holds == Some(false) {
            closed.push(*target);
        }
        is_taken |= holds == Some(true);
    }
    Closed::Transitions(closed)
}

fn of_place(node: Node<'_>, repeated: &[String]) -> Conditions {
    let literal = |condition: &Expression| {
        let condition = fixed(&condition.text)?;
        let number = repeated.iter().position(|text| *text == condition.text)?;
        Some((number, condition.is_denied))
    };
    if let Node::If(_, condition) = node {
        return Conditions::Step(literal(condition));
    }
    let Node::Leave(_, state) = node else {
        return Conditions::Nothing;
    };
    let transitions = state.transitions.iter().flat_map(|list| &list.value);
    let conditions = transitions.map(|transition| {
        let target = transition.to.as_ref().map(|to| to.name.span);
        (target, transition.when.as_ref().and_then(literal))
    });
    Conditions::Transitions(conditions.collect())
}

fn written<'a>(node: Node<'a>) -> Vec<&'a Expression> {
    if let Node::If(_, condition) = node {
        return vec![condition];
    }
    let Node::Leave(_, state) = node else {
        return Vec::new();
    };
    let transitions = state.transitions.iter().flat_map(|list| &list.value);
    transitions
        .filter_map(|transition| transition.when.as_ref())
        .collect()
}
