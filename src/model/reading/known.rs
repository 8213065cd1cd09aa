//! Optional data that every path to a place has proven present: a must-analysis over the graph.
//!
//! What is known only grows along a path: results of steps and fields that were found present stay.
//! A place knows what all ways into it know; branches that must all be done add up.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Parsed;
use super::uses::{Identity, Moment};
use crate::expr::{self, Environment, Path, Proven};
use crate::model::flow::{Flow, Move, Node, Place, Way};
use crate::syntax::expressions::Expression;
use crate::syntax::step::Step;
use crate::syntax::workflow::State;

/// What is known at every place.
#[derive(Debug)]
pub(super) struct Known {
    facts: Facts,
    /// By the number of the place; `None` for places that no path reaches.
    at: Vec<Option<Set>>,
    start: Place,
    /// Where something is computed at a moment.
    places: HashMap<Identity, Vec<Place>>,
    /// What each branch brings to the end of branches that must all be done.
    branches: HashMap<Place, BTreeMap<Place, Set>>,
}

/// Paths by number, so that what is known is a set of bits.
#[derive(Debug, Default)]
struct Facts {
    paths: Vec<Path>,
    numbers: HashMap<Path, usize>,
}

impl Facts {
    fn number(&mut self, path: &Path) -> usize {
        if let Some(number) = self.numbers.get(path) {
            return *number;
        }
        let number = self.paths.len();
        self.paths.push(path.clone());
        self.numbers.insert(path.clone(), number);
        number
    }

    fn set(&mut self, proven: &Proven) -> Set {
        let mut set = Set::default();
        for path in proven.iter() {
            set.insert(self.number(path));
        }
        set
    }
}

/// A set of facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Set {
    words: Vec<u64>,
}

impl Set {
    fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (number % 64);
    }

    fn contains(&self, number: usize) -> bool {
        self.words
            .get(number / 64)
            .is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    fn add(&mut self, other: &Set) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, added) in self.words.iter_mut().zip(&other.words) {
            *word |= added;
        }
    }

    fn keep(&mut self, other: &Set) {
        for (index, word) in self.words.iter_mut().enumerate() {
            *word &= other.words.get(index).copied().unwrap_or(0);
        }
        while self.words.last() == Some(&0) {
            self.words.pop();
        }
    }
}

/// What moves and places prove.
struct Proofs<'p> {
    environment: &'p Environment,
    parsed: &'p mut Parsed,
    facts: Facts,
}

impl Proofs<'_> {
    fn truth(&mut self, condition: &Expression, holds: bool) -> Set {
        let Some(tree) = self.parsed.condition(condition) else {
            return Set::default();
        };
        let outcome = expr::check(tree, self.environment, &Proven::new());
        let proven = if holds {
            outcome.when_true
        } else {
            outcome.when_false
        };
        self.facts.set(&proven)
    }

    fn result(&mut self, step: &Step) -> Set {
        let path = Path::root("steps").field(step.name());
        self.facts.set(&Proven::new().plus(path))
    }

    /// What is known once a place was left in order.
    fn place(&mut self, node: Node<'_>) -> Set {
        let mut set = Set::default();
        if let Node::Done(place) = node {
            set = self.result(place.step);
            for check in place.step.check.iter().flat_map(|checks| &checks.value) {
                if let Some(that) = &check.that {
                    set.add(&self.truth(that, true));
                }
            }
        }
        set
    }

    /// What a move proves by being taken.
    fn taken(&mut self, step: &Move<'_>, from: Node<'_>) -> Set {
        match (step.way, from) {
            (Way::Next, Node::If(_, condition)) => self.truth(condition, true),
            (Way::Skip, Node::If(place, condition)) => {
                let mut set = self.truth(condition, false);
                // A skipped approval has a result: its decision is `skipped`.
                if place.step.approve.is_some() {
                    set.add(&self.result(place.step));
                }
                set
            }
            (Way::Transition(transition), Node::Leave(_, state)) => self.chosen(transition, state),
            (Way::Raise(span), Node::Step(place)) => self.raised(place.step, span),
            _ => Set::default(),
        }
    }

    /// A transition is taken when its guard holds and those before it do not.
    fn chosen(&mut self, taken: &crate::syntax::workflow::Transition, state: &State) -> Set {
        let mut set = Set::default();
        for transition in state.transitions.iter().flat_map(|list| &list.value) {
            let is_taken = std::ptr::eq(transition, taken);
            if let Some(when) = &transition.when {
                set.add(&self.truth(when, is_taken));
            }
            if is_taken {
                break;
            }
        }
        set
    }

    /// A check raises when it fails and those before it hold.
    fn raised(&mut self, step: &Step, span: crate::source::Span) -> Set {
        let checks: Vec<_> = step.check.iter().flat_map(|checks| &checks.value).collect();
        let position = checks.iter().position(|check| {
            check
                .raise
                .as_ref()
                .is_some_and(|raise| raise.name.span == span)
        });
        let mut set = Set::default();
        let Some(position) = position else { return set };
        for (index, check) in checks.iter().enumerate().take(position + 1) {
            if let Some(that) = &check.that {
                set.add(&self.truth(that, index < position));
            }
        }
        set
    }
}

impl Known {
    pub(super) fn of(flow: &Flow<'_>, environment: &Environment, parsed: &mut Parsed) -> Known {
        let mut proofs = Proofs {
            environment,
            parsed,
            facts: Facts::default(),
        };
        let places: Vec<Place> = flow.places().map(|(place, _)| place).collect();
        let after: Vec<Set> = flow.places().map(|(_, node)| proofs.place(node)).collect();
        let moves: Vec<Vec<(Place, Set)>> = places
            .iter()
            .map(|place| {
                let from = flow.node(*place);
                let moves = flow.moves(*place).iter();
                moves
                    .map(|step| (step.to, proofs.taken(step, from)))
                    .collect()
            })
            .collect();
        let mut by_moment: HashMap<Identity, Vec<Place>> = HashMap::new();
        for (place, node) in flow.places() {
            if let Some(moment) = Moment::in_place(node) {
                by_moment.entry(moment.identity()).or_default().push(place);
            }
        }
        let mut known = Known {
            facts: proofs.facts,
            at: vec![None; places.len()],
            start: flow.start(),
            places: by_moment,
            branches: HashMap::new(),
        };
        known.spread(flow, &after, &moves);
        known
    }

    /// Goes on until nothing changes. A set only ever loses facts, so this ends.
    fn spread(&mut self, flow: &Flow<'_>, after: &[Set], moves: &[Vec<(Place, Set)>]) {
        self.at[self.start.index()] = Some(Set::default());
        let mut waiting = BTreeSet::from([self.start]);
        while let Some(place) = waiting.pop_first() {
            let Some(mut leaving) = self.at[place.index()].clone() else {
                continue;
            };
            // What goes wrong in a step leaves before its result is there, from another place.
            leaving.add(&after[place.index()]);
            for (target, proven) in &moves[place.index()] {
                let mut arriving = leaving.clone();
                arriving.add(proven);
                if self.arrive(flow, place, *target, arriving) {
                    waiting.insert(*target);
                }
            }
        }
    }

    /// Joins what arrives with what is known; true when that changed.
    fn arrive(&mut self, flow: &Flow<'_>, from: Place, target: Place, arriving: Set) -> bool {
        let needed = flow.needed(target);
        let joined = if needed > 1 {
            let branches = self.branches.entry(target).or_default();
            branches.insert(from, arriving);
            if branches.len() < needed {
                return false;
            }
            let mut all = Set::default();
            branches.values().for_each(|branch| all.add(branch));
            all
        } else {
            match &self.at[target.index()] {
                None => arriving,
                Some(known) => {
                    let mut common = known.clone();
                    common.keep(&arriving);
                    common
                }
            }
        };
        let changed = self.at[target.index()].as_ref() != Some(&joined);
        self.at[target.index()] = Some(joined);
        changed
    }

    /// What is known at a moment; nothing when no path comes to it, since what is wrong there is that
    /// it is not reached.
    pub(super) fn at(&self, moment: Moment<'_>) -> Option<Proven> {
        let places = self.places.get(&moment.identity()).into_iter().flatten();
        let mut sets = places.filter_map(|place| self.at[place.index()].as_ref());
        let mut common = sets.next()?.clone();
        sets.for_each(|set| common.keep(set));
        let paths = self.facts.paths.iter().enumerate();
        let mut proven: Proven = paths
            .filter(|(number, _)| common.contains(*number))
            .map(|(_, path)| path.clone())
            .collect();
        if let Moment::Done(step) = moment {
            proven = proven.plus(Path::root("steps").field(step.name()));
        }
        Some(proven)
    }
}

/// True when something is computed at a moment in this place.
pub(super) fn is_at(moment: Moment<'_>, node: Node<'_>) -> bool {
    Moment::in_place(node).is_some_and(|here| here.identity() == moment.identity())
}
