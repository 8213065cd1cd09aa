//! Exceptions: where a case waits when a reason is raised, and how it comes back.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::Extensions;
use super::origin::{FileReference, Origin};
use super::period::Sla;
use crate::syntax::directory::QueueKind;
use crate::syntax::workflow::{ExceptionClass, Lifecycle};

/// Where a case goes when a reason is raised.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ExceptionRoute {
    /// The kind of exception.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<ExceptionClass>,
    /// The queue of the plan whose owner resolves it; absent only where the workflow declares no
    /// `default`: the case goes to the fallback.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// The ways back that the resolver may choose from, at least one.
    pub resume: Vec<Resume>,
    /// How often a case may come back from this reason before it goes to the fallback.
    pub max_returns: u32,
    /// The states in which the reason can be raised: where `same` leads.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub raised_in: BTreeSet<String>,
    /// False when the author did not declare this reason and the route is that of `default`.
    pub declared: bool,
    /// What the reason means, for the people who resolve it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Where the route is written.
    pub origin: Origin,
    /// Free keys of the author.
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// Where a resolved exception takes the case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resume {
    /// Back into the state that raised.
    Same,
    /// Into manual mode.
    Fallback,
    /// Into this state.
    State(String),
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Queue {
    /// What waits here.
    pub kind: QueueKind,
    /// What the queue is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The person who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The team that works on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The promise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sla: Option<Sla>,
    /// Whether the resolution clock of the case stands still here.
    pub pauses_sla: bool,
    /// The place in the life of a case that requesters see while it waits here for a resolution.
    pub shown_as: Lifecycle,
    /// How dead letters are replayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay: Option<FileReference>,
    /// Where it is written.
    pub origin: Origin,
    /// Free keys of the author.
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}
