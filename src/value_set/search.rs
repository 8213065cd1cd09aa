//! The search for a value that is in some sets and not in others.
//!
//! A goal is a list of sets with whether the value is to be in them. For each type of value, in
//! order of simplicity, the goal is taken apart into assertions about that type (alternatives are
//! tried in turn, those that contradict what is known already are left out), and what remains is
//! given to the solver of the type. Solvers of arrays and objects come back with smaller goals
//! for items and properties. A goal that comes up again while it is being worked on has no value
//! by way of itself: values are finite. So sets that contain themselves need no special care.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::atom::{Atom, Keyed, Kind, Listed, Numeric, Textual};
use super::sets::{Node, SetId, Sets};
use super::{Found, Reason, array, number, object, text};

/// How much work a search may be.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Sets taken apart.
    pub steps: u32,
    /// Values within values.
    pub depth: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Budget {
            steps: 200_000,
            depth: 32,
        }
    }
}

/// Sets, each with whether the value is to be in it; sorted, without repetitions.
pub(super) type Goal = Vec<(SetId, bool)>;

/// A set with whether the value is in it.
pub(super) type Literal = (SetId, bool);

/// One search.
pub(super) struct Search<'s> {
    pub sets: &'s mut Sets,
    steps: u32,
    depth: u32,
    deepest: u32,
    known: BTreeMap<Goal, Found>,
    open: BTreeMap<Goal, u32>,
    /// The outermost open goal that an answer relied upon.
    relied_on: u32,
}

impl Sets {
    /// A smallest value that is in all of `inside` and in none of `outside`.
    pub fn smallest(&mut self, inside: &[SetId], outside: &[SetId], budget: Budget) -> Found {
        let within = inside.iter().map(|set| (*set, true));
        let without = outside.iter().map(|set| (*set, false));
        let goal = within.chain(without).collect();
        let mut search = Search {
            sets: self,
            steps: budget.steps,
            depth: 0,
            deepest: budget.depth,
            known: BTreeMap::new(),
            open: BTreeMap::new(),
            relied_on: u32::MAX,
        };
        search.find(goal)
    }
}

/// What is left of a goal while it is taken apart.
#[derive(Clone, Default)]
struct Branch {
    pending: Vec<Literal>,
    choices: Vec<Vec<Literal>>,
    taken: BTreeMap<SetId, bool>,
}

impl Search<'_> {
    /// A smallest value of a goal.
    pub fn find(&mut self, mut goal: Goal) -> Found {
        goal.sort_unstable();
        goal.dedup();
        if goal.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Found::Nothing;
        }
        if let Some(found) = self.known.get(&goal) {
            return found.clone();
        }
        if let Some(depth) = self.open.get(&goal) {
            self.relied_on = self.relied_on.min(*depth);
            return Found::Nothing;
        }
        if self.depth >= self.deepest {
            return Found::Undecided(Reason::new(format!(
                "values are nested more than {} deep",
                self.deepest
            )));
        }
        let outer = std::mem::replace(&mut self.relied_on, u32::MAX);
        self.open.insert(goal.clone(), self.depth);
        self.depth += 1;
        let found = self.find_simplest(&goal);
        self.depth -= 1;
        self.open.remove(&goal);
        // "Nothing" that rests on an open goal outside of this one may change once that is closed.
        let rests_outside = self.relied_on < self.depth;
        if !rests_outside || !matches!(found, Found::Nothing) {
            self.known.insert(goal, found.clone());
        }
        let own = if rests_outside {
            self.relied_on
        } else {
            u32::MAX
        };
        self.relied_on = outer.min(own);
        found
    }

    /// One step of work; false when there have been too many.
    pub fn spend(&mut self) -> bool {
        let left = self.steps.checked_sub(1);
        self.steps = left.unwrap_or(0);
        left.is_some()
    }

    /// Why a search that has spent everything is undecided.
    pub fn too_much() -> Reason {
        Reason::new("comparing them needs more steps than are allowed")
    }

    fn find_simplest(&mut self, goal: &Goal) -> Found {
        let mut undecided = None;
        for kind in Kind::ALL {
            match self.find_of_kind(goal, kind) {
                Found::Member(value) => return Found::Member(value),
                Found::Nothing => {}
                Found::Undecided(reason) => undecided = undecided.or(Some(reason)),
            }
        }
        undecided.map_or(Found::Nothing, Found::Undecided)
    }

    fn find_of_kind(&mut self, goal: &Goal, kind: Kind) -> Found {
        let mut undecided = None;
        let mut branches = vec![Branch {
            pending: goal.clone(),
            ..Branch::default()
        }];
        while let Some(mut branch) = branches.pop() {
            match self.take_apart(&mut branch, kind) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(reason) => return Found::Undecided(reason),
            }
            if let Some(choice) = self.narrowest_choice(&mut branch, kind) {
                for alternative in choice.into_iter().rev() {
                    let mut next = branch.clone();
                    next.pending.push(alternative);
                    branches.push(next);
                }
                continue;
            }
            match self.solve(&branch, kind) {
                Found::Member(value) => return Found::Member(value),
                Found::Nothing => {}
                Found::Undecided(reason) => undecided = undecided.or(Some(reason)),
            }
        }
        undecided.map_or(Found::Nothing, Found::Undecided)
    }

    /// Resolves everything that leaves no choice; false when it contradicts itself.
    fn take_apart(&mut self, branch: &mut Branch, kind: Kind) -> Result<bool, Reason> {
        while let Some((set, positive)) = branch.pending.pop() {
            if !self.spend() {
                return Err(Search::too_much());
            }
            match branch.taken.insert(set, positive) {
                Some(known) if known == positive => continue,
                Some(_) => return Ok(false),
                None => {}
            }
            match (self.sets.node(set), positive) {
                (Node::Atom(atom), _) => match atom.settled(kind) {
                    Some(holds) if holds != positive => return Ok(false),
                    Some(_) | None => {}
                },
                (Node::Not(inner), _) => branch.pending.push((*inner, !positive)),
                (Node::All(parts), true) => {
                    branch
                        .pending
                        .extend(parts.iter().map(|part| (*part, true)));
                }
                (Node::Any(parts), false) => {
                    branch
                        .pending
                        .extend(parts.iter().map(|part| (*part, false)));
                }
                (Node::All(parts), false) => {
                    branch
                        .choices
                        .push(parts.iter().map(|part| (*part, false)).collect());
                }
                (Node::Any(parts), true) => {
                    branch
                        .choices
                        .push(parts.iter().map(|part| (*part, true)).collect());
                }
                (Node::Reference(place), _) => match self.sets.definition(*place) {
                    Some(definition) => branch.pending.push((definition, positive)),
                    None => return Err(Reason::new("a schema is defined only by itself")),
                },
            }
        }
        Ok(true)
    }

    /// Takes out the choice with the fewest alternatives that are left; choices that are settled
    /// already fall away. An empty choice means that the branch is lost.
    fn narrowest_choice(&self, branch: &mut Branch, kind: Kind) -> Option<Vec<Literal>> {
        let mut open = Vec::with_capacity(branch.choices.len());
        for choice in std::mem::take(&mut branch.choices) {
            let mut left = Vec::with_capacity(choice.len());
            let mut settled = false;
            for alternative in choice {
                match self.known_truth(branch, alternative, kind) {
                    Some(true) => settled = true,
                    Some(false) => {}
                    None => left.push(alternative),
                }
            }
            if !settled {
                open.push(left);
            }
        }
        let narrowest = (0..open.len()).min_by_key(|index| open[*index].len())?;
        let choice = open.swap_remove(narrowest);
        branch.choices = open;
        Some(choice)
    }

    /// What the branch says already about an alternative.
    fn known_truth(&self, branch: &Branch, (set, positive): Literal, kind: Kind) -> Option<bool> {
        if let Some(known) = branch.taken.get(&set) {
            return Some(*known == positive);
        }
        match self.sets.node(set) {
            Node::Atom(atom) => atom.settled(kind).map(|holds| holds == positive),
            Node::Not(inner) => self.known_truth(branch, (*inner, !positive), kind),
            Node::All(parts) => {
                let mut all = Some(true);
                for part in parts {
                    match self.known_truth(branch, (*part, true), kind) {
                        Some(true) => {}
                        Some(false) => return Some(!positive),
                        None => all = None,
                    }
                }
                all.map(|_| positive)
            }
            Node::Any(parts) => {
                let mut none = Some(true);
                for part in parts {
                    match self.known_truth(branch, (*part, true), kind) {
                        Some(true) => return Some(positive),
                        Some(false) => {}
                        None => none = None,
                    }
                }
                none.map(|_| !positive)
            }
            Node::Reference(_) => None,
        }
    }

    fn solve(&mut self, branch: &Branch, kind: Kind) -> Found {
        let literals: Vec<(Atom, bool)> = branch
            .taken
            .iter()
            .filter_map(|(set, positive)| match self.sets.node(*set) {
                Node::Atom(atom) if atom.settled(kind).is_none() => Some((atom.clone(), *positive)),
                Node::Atom(_) | Node::Not(_) | Node::All(_) | Node::Any(_) | Node::Reference(_) => {
                    None
                }
            })
            .collect();
        let borrowed: Vec<(&Atom, bool)> = literals
            .iter()
            .map(|(atom, positive)| (atom, *positive))
            .collect();
        let opaque = literals.iter().find_map(|(atom, _)| match atom {
            Atom::Opaque(_, words) => Some(words),
            Atom::Is(_)
            | Atom::Truth(_)
            | Atom::Number(_)
            | Atom::Text(_)
            | Atom::Array(_)
            | Atom::Object(_) => None,
        });
        let found = self.solve_literals(&borrowed, kind);
        match (opaque, found) {
            (_, Found::Nothing) => Found::Nothing,
            (Some(words), _) => Found::Undecided(Reason::new(words.clone())),
            (None, found) => found,
        }
    }

    fn solve_literals(&mut self, literals: &[(&Atom, bool)], kind: Kind) -> Found {
        let mut parts = Parts::default();
        for (atom, positive) in literals {
            match atom {
                Atom::Truth(truth) => parts.truths.push((*truth, *positive)),
                Atom::Number(atom) => parts.numbers.push((atom, *positive)),
                Atom::Text(atom) => parts.texts.push((atom, *positive)),
                Atom::Array(atom) => parts.arrays.push((atom, *positive)),
                Atom::Object(atom) => parts.objects.push((atom, *positive)),
                Atom::Is(_) | Atom::Opaque(..) => {}
            }
        }
        match kind {
            Kind::Null => Found::Member(Value::Null),
            Kind::Boolean => boolean(&parts.truths),
            Kind::Number => number::smallest(&parts.numbers),
            Kind::Text => text::smallest(&parts.texts, &mut self.sets.patterns),
            Kind::Array => array::smallest(self, &parts.arrays),
            Kind::Object => object::smallest(self, &parts.objects),
        }
    }
}

/// Assertions by the type that they are about.
#[derive(Default)]
struct Parts<'a> {
    truths: Vec<(bool, bool)>,
    numbers: Vec<(&'a Numeric, bool)>,
    texts: Vec<(&'a Textual, bool)>,
    arrays: Vec<(&'a Listed, bool)>,
    objects: Vec<(&'a Keyed, bool)>,
}

fn boolean(truths: &[(bool, bool)]) -> Found {
    let mut left = BTreeSet::from([false, true]);
    for (truth, positive) in truths {
        left.retain(|value| (value == truth) == *positive);
    }
    let first = left.into_iter().next();
    first.map_or(Found::Nothing, |value| Found::Member(Value::Bool(value)))
}
