//! Which kinds of documents have a life of their own.

use super::document::DocumentKind;

/// The kinds of documents with a version, an owner and a life of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    /// A business workflow.
    Workflow,
    /// A data contract.
    Contract,
    /// A policy.
    Policy,
}

impl DocumentKind {
    /// What it is when it has a life of its own; `None` for documents that are in force as they stand.
    pub fn lasting(self) -> Option<Lasting> {
        match self {
            DocumentKind::Workflow => Some(Lasting::Workflow),
            DocumentKind::Contract => Some(Lasting::Contract),
            DocumentKind::Policy => Some(Lasting::Policy),
            DocumentKind::Queue
            | DocumentKind::Team
            | DocumentKind::Person
            | DocumentKind::System
            | DocumentKind::Calendar
            | DocumentKind::Decision
            | DocumentKind::Scenarios
            | DocumentKind::ProcessMap
            | DocumentKind::Project => None,
        }
    }
}
