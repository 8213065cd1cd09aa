//! What changed between two projects: facts, without judgement.
//!
//! Documents are matched by kind and name, or by `renamed_from`; what is inside them by its own
//! identity (a field or state by its name, a step by its id, a transition by where it leads). A
//! document that moved to another file, another order of keys, another layout and another spelling
//! of the same value are no change.

mod approval;
mod clock;
mod condition;
mod contract;
mod control;
mod directory;
mod documents;
mod exception;
mod fact;
mod field;
mod flow;
pub mod kind;
mod lookalike;
mod operation;
mod pairing;
mod party;
mod policy;
mod process_map;
mod project;
mod quality;
mod recorder;
mod renames;
mod scenario;
mod step;
mod step_parts;
mod workflow;

use crate::model::Model;
use crate::source::Span;
use crate::syntax::DocumentKind;
use crate::syntax::contract::Contract;
pub use control::value_text;
pub use kind::ChangeKind;
pub use policy::{approver_text, selector_text};
use recorder::Recorder;

/// One side of a change: how it reads and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The value, short and for people.
    pub text: String,
    /// Where it is written, in the texts of its own side.
    pub span: Span,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// Where in the document, as `states.approval.steps.budget`; the names of after, where there
    /// is one.
    pub path: String,
    /// What people call the thing: the name of a field, state, control, reason.
    pub subject: String,
    /// What it was.
    pub before: Option<Site>,
    /// What it is.
    pub after: Option<Site>,
    /// A case that tells the two sides of a condition apart, where one is known.
    pub example: Option<String>,
    /// Set when something is gone and something new looks like it.
    pub lookalike: Option<Lookalike>,
}

/// Something that is gone and something new, which may be the same under another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookalike {
    /// The name that is gone.
    pub before: String,
    /// The new name.
    pub after: String,
    /// Where the new thing stands, in the texts of after.
    pub span: Span,
}

/// A document on one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSide {
    /// The name.
    pub name: String,
    /// The version, when one is written.
    pub version: Option<semver::Version>,
    /// The root key, or the name used as key.
    pub key: Span,
}

/// Everything that changed in one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentChanges {
    /// The kind.
    pub kind: DocumentKind,
    /// The document before; absent when it is new.
    pub before: Option<DocumentSide>,
    /// The document after; absent when it is gone.
    pub after: Option<DocumentSide>,
    /// What changed, by path. Empty when nothing but the version did.
    pub changes: Vec<Change>,
}

impl DocumentChanges {
    /// The name: that of after, where there is one.
    pub fn name(&self) -> &str {
        self.after
            .as_ref()
            .or(self.before.as_ref())
            .map_or("", |side| side.name.as_str())
    }
}

/// What differs in the fields of two contracts, which may be two names of one family.
pub fn fields(before: (&Model, &Contract), after: (&Model, &Contract)) -> Vec<Change> {
    let mut recorder = Recorder::new(before.0, after.0);
    recorder.within("schema", |recorder| {
        field::compare_all(recorder, &before.1.fields(), &after.1.fields());
    });
    recorder.finish()
}

/// Every document that changed, by kind and name.
pub fn diff(before: &Model, after: &Model) -> Vec<DocumentChanges> {
    documents::compare_all(before, after)
}
