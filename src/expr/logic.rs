//! What conditions say about each other: whether one can hold, follows from another, excludes
//! another, or whether several leave nothing out, with an example.
//!
//! A condition is translated into comparisons of variables with constants and with each other. The
//! search tries, for one variable after the other, a value from every interval that the remaining
//! comparisons can tell apart; so a search that ends without a find is a proof, and a find is an
//! example. What cannot be translated (`matches`, sums, macros, …) is a variable about which nothing
//! is known: it can make an answer unknown, never wrong. Effort is bounded for hostile input.

mod assumptions;
mod example;
mod formula;
mod points;
mod scale;
mod search;
mod subjects;
mod translate;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::cell::Cell;

use super::ast::Expression;
use super::environment::Environment;
use super::value::{Record, Value};
pub use assumptions::Assumptions;
pub use example::{Example, Fact, Given};

/// How many comparisons all searches under the same premises may look at.
const EFFORT: u64 = 20_000_000;
/// How many comparisons one search may look at.
const EFFORT_EACH: u64 = 1_000_000;

/// An answer that is never wrong, but not always given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// In every case.
    Yes,
    /// There is a case against it.
    No,
    /// Neither could be shown.
    Unknown,
}

/// Whether there is a case in which some conditions are true and others are false.
#[derive(Debug, Clone, PartialEq)]
pub enum Solution {
    /// There is none.
    Impossible,
    /// There is, for instance this one.
    Possible(Example),
    /// Neither could be shown.
    Unknown,
}

/// What is known beforehand: types, values that are fixed, and conditions that hold.
///
/// A condition that reads absent data is neither true nor false, so it neither takes a case nor
/// leaves it out. Data of an open vocabulary may have any value, data of an unknown type too.
#[derive(Debug)]
pub struct Premises<'e> {
    environment: &'e Environment,
    constants: Record,
    general: Option<&'e Assumptions>,
    own: Assumptions,
    effort: Cell<u64>,
}

impl<'e> Premises<'e> {
    /// Nothing is known but the types.
    pub fn new(environment: &'e Environment) -> Self {
        Premises {
            environment,
            constants: Record::new(),
            general: None,
            own: Assumptions::default(),
            effort: Cell::new(EFFORT),
        }
    }

    /// Fixes the value of a root, such as `controls` or `lists`. A field that the value lacks stays
    /// open. Without it, answers hold for every value that the root can have.
    #[must_use]
    pub fn with_constant(mut self, root: &str, value: Value) -> Self {
        self.constants.insert(root.into(), value);
        self
    }

    /// Takes conditions for true in every case that many premises share.
    #[must_use]
    pub fn given(mut self, assumptions: &'e Assumptions) -> Self {
        self.general = Some(assumptions);
        self
    }

    /// Takes a condition for true in every case.
    #[must_use]
    pub fn assuming(mut self, condition: Expression) -> Self {
        self.own.add(condition);
        self
    }

    /// Looks for a case in which all of `holds` are true and all of `fails` are false.
    pub fn solve(&self, holds: &[&Expression], fails: &[&Expression]) -> Solution {
        let mut effort = self.effort.get().min(EFFORT_EACH);
        let before = effort;
        let groups: Vec<&Assumptions> = self.general.into_iter().chain([&self.own]).collect();
        let read: Vec<&Expression> = holds.iter().chain(fails).copied().collect();
        let assumed = assumptions::relevant(&groups, &read);
        let conditions = holds
            .iter()
            .map(|condition| (*condition, true))
            .chain(fails.iter().map(|condition| (*condition, false)));
        let translated = translate::all(
            conditions,
            &assumed,
            self.environment,
            &self.constants,
            &mut effort,
        );
        let solution = match translated {
            Some((formula, variables)) => search::search(&formula, &variables, &mut effort),
            None => Solution::Unknown,
        };
        self.effort.set(self.effort.get() - (before - effort));
        solution
    }

    /// Whether there is a case in which the condition is true.
    pub fn is_satisfiable(&self, condition: &Expression) -> Answer {
        match self.solve(&[condition], &[]) {
            Solution::Impossible => Answer::No,
            Solution::Possible(_) => Answer::Yes,
            Solution::Unknown => Answer::Unknown,
        }
    }

    /// Whether the second condition is true (or not defined) in every case in which the first is.
    pub fn implies(&self, condition: &Expression, consequence: &Expression) -> Answer {
        never(&self.solve(&[condition], &[consequence]))
    }

    /// Whether the conditions are true in the same cases.
    pub fn are_equivalent(&self, one: &Expression, other: &Expression) -> Answer {
        match (self.implies(one, other), self.implies(other, one)) {
            (Answer::Yes, Answer::Yes) => Answer::Yes,
            (Answer::No, _) | (_, Answer::No) => Answer::No,
            (Answer::Unknown, Answer::Yes | Answer::Unknown) | (Answer::Yes, Answer::Unknown) => {
                Answer::Unknown
            }
        }
    }

    /// Whether the conditions are never true together.
    pub fn are_disjoint(&self, one: &Expression, other: &Expression) -> Answer {
        never(&self.solve(&[one, other], &[]))
    }

    /// Whether at least one of the conditions is true, or not defined, in every case.
    pub fn covers(&self, guards: &[&Expression]) -> Answer {
        never(&self.solve(&[], guards))
    }
}

fn never(solution: &Solution) -> Answer {
    match solution {
        Solution::Impossible => Answer::Yes,
        Solution::Possible(_) => Answer::No,
        Solution::Unknown => Answer::Unknown,
    }
}
