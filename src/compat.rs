//! What changes mean for others: their class, their direction, what they do to controls and to
//! running cases, which version they demand, and who must agree.
//!
//! The class is derived, not listed, wherever a change is one of accepted values or of promises:
//! the relation of what is accepted now to what was accepted before, and the position in which it
//! stands, give it by one table, [`position::derive`].

pub mod acceptance;
mod approval;
pub mod approvals;
mod bearing;
pub mod bump;
pub mod causes;
pub mod change_set;
pub mod consumers;
mod contract;
mod control;
mod declaration;
mod dependents;
mod directory;
mod document;
pub mod evidence;
mod exact;
mod field;
mod flow;
pub mod headline;
mod heeded;
pub mod history;
pub mod impact;
mod matrix;
mod operation;
mod policy;
pub mod position;
pub mod propagation;
mod readers;
pub mod rules;
mod selector;
mod step;
pub mod stranded;
mod values;
mod verdict;
mod workflow;

pub use bump::Bump;
pub use declaration::{
    Audience, ChangeMeta, Class, ClassRule, ControlEffect, Direction, InFlightEffect, RunningRule,
};
pub use exact::{Proof, Version, Witness};
pub use history::History;
pub use impact::{Impact, Side, accepting, assess, assess_changes, untouched};
pub use verdict::{Pair, Verdict};

use crate::diff::ChangeKind;

/// The kinds of each family, in reference order.
static FAMILIES: [&[&ChangeMeta]; 12] = [
    &document::CHANGES,
    &contract::CHANGES,
    &field::CHANGES,
    &values::CHANGES,
    &workflow::CHANGES,
    &operation::CHANGES,
    &flow::CHANGES,
    &step::CHANGES,
    &approval::CHANGES,
    &control::CHANGES,
    &directory::CHANGES,
    &policy::CHANGES,
];

/// Every kind of change, in reference order.
pub fn changes() -> impl Iterator<Item = &'static ChangeMeta> {
    FAMILIES.iter().flat_map(|family| family.iter().copied())
}

/// The declaration of a kind.
pub fn meta(kind: ChangeKind) -> &'static ChangeMeta {
    match kind {
        ChangeKind::Document(kind) => document::meta(kind),
        ChangeKind::Contract(kind) => contract::meta(kind),
        ChangeKind::Field(kind) => field::meta(kind),
        ChangeKind::Values(kind) => values::meta(kind),
        ChangeKind::Workflow(kind) => workflow::meta(kind),
        ChangeKind::Operation(kind) => operation::meta(kind),
        ChangeKind::Flow(kind) => flow::meta(kind),
        ChangeKind::Step(kind) => step::meta(kind),
        ChangeKind::Approval(kind) => approval::meta(kind),
        ChangeKind::Control(kind) => control::meta(kind),
        ChangeKind::Directory(kind) => directory::meta(kind),
        ChangeKind::Policy(kind) => policy::meta(kind),
    }
}
