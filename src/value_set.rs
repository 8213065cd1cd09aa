//! Sets of JSON values, and whether one lies within another.
//!
//! A set is built from assertions about values of one JSON type (`number ≥ 3`, `text matches P`,
//! `every item is in S`), closed under union, intersection and complement, and may refer to
//! itself. `a ⊆ b` holds when nothing is in `a` and not in `b`; [`Sets::smallest`] looks for
//! exactly such a value, smallest first, and so the proof of a "no" is the value that it found.
//!
//! ```text
//! JSON Schema ── schema::read ──▶ set ── search ──▶ value │ nothing │ undecided, with the reason
//! ```
//!
//! What is decided: everything in the fragment of [`schema`], within a [`Budget`]. What is not:
//! patterns that are not regular (look-around, back-references), formats in combinations that
//! their regular approximations do not settle, numbers beyond 28 digits, and whatever costs more
//! than the budget. An undecided question is answered so, never by a guess.

mod array;
mod atom;
mod length;
mod member;
mod number;
mod object;
pub mod schema;
mod search;
mod sets;
mod text;

pub use atom::Kind;
pub use search::Budget;
pub use sets::{SetId, Sets};

use serde_json::Value;

/// Why a question was not decided, as words that complete "not decided, because …".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason(pub String);

impl Reason {
    fn new(text: impl Into<String>) -> Self {
        Reason(text.into())
    }
}

/// What a search for a value came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A value of the set, a smallest one by construction.
    Member(Value),
    /// The set is empty.
    Nothing,
    /// Neither a value nor a proof that there is none.
    Undecided(Reason),
}

/// Whether one set lies within another.
#[derive(Debug, Clone, PartialEq)]
pub enum Inclusion {
    /// It does.
    Yes,
    /// It does not: this value is in the first and not in the second.
    No(Value),
    /// Not decided.
    Undecided(Reason),
}

impl Sets {
    /// Whether every value of `inner` is in `outer`.
    pub fn is_subset(&mut self, inner: SetId, outer: SetId) -> Inclusion {
        match self.smallest(&[inner], &[outer], Budget::default()) {
            Found::Member(value) => Inclusion::No(value),
            Found::Nothing => Inclusion::Yes,
            Found::Undecided(reason) => Inclusion::Undecided(reason),
        }
    }
}
