//! What surrounds the flow: triggers, records, controls, proof, fallback, monitoring and change.

use schemars::JsonSchema;
use serde::Serialize;

use super::origin::{FileReference, Origin};
use super::people::Party;
use super::period::Period;
use super::value::{Data, Expression, Literal};
use super::{ByName, Extensions};
use crate::syntax::workflow::{AlertKind, Cadence, FallbackMode, InFlight, Polarity};

/// What starts a case.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Trigger {
    /// The source.
    pub on: Start,
    /// The calendar of the plan by which a schedule runs; every day when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// Which arrivals start a case; all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Expression>,
    /// The value by which a repeated arrival is recognised; none is when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dedupe: Option<Expression>,
    /// Where it is written.
    pub origin: Origin,
    /// Free keys of the author.
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// The source of a trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// An event.
    Event(String),
    /// The submission of a form.
    Form(String),
    /// A cron expression: minute, hour, day, month, weekday.
    Schedule(String),
    /// Nothing but another workflow that runs this one, or a person.
    Hand,
}

/// The system of record of one business object.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Record {
    /// The system whose copy is the truth.
    pub system: String,
    /// The field that identifies the object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Systems that receive a copy, after the record, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sync: Vec<String>,
}

/// A named threshold.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Control {
    /// The value.
    pub value: Literal,
    /// What the value counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The direction in which the control becomes weaker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weaker: Option<Polarity>,
    /// The person who answers for the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What the control is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Where it is written.
    pub origin: Origin,
    /// Free keys of the author.
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// Evidence of completion.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Proof {
    /// The system that holds the evidence.
    pub from: String,
    /// What must be true.
    pub that: Expression,
}

/// How the work is done when the workflow cannot run.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Fallback {
    /// How.
    pub mode: FallbackMode,
    /// Who leads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The instructions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runbook: Option<FileReference>,
    /// Where it is written.
    pub origin: Origin,
}

/// Metrics, review cadence and alerts.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Monitoring {
    /// How often the figures are reviewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<Cadence>,
    /// The figures that are kept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<String>,
    /// When somebody is told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<Alert>,
}

/// When somebody is told.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Alert {
    /// What is watched.
    pub watch: AlertKind,
    /// The state that is watched; every state when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The queue of the plan that is watched; every queue when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// How long before anybody is told; at once when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Period>,
    /// The figure above which somebody is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above: Option<Literal>,
    /// Who is told.
    pub notify: Party,
}

/// What is logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Audit {
    /// Whether every decision is logged with who, what and when.
    pub decisions: bool,
    /// Whether every run is logged.
    pub runs: bool,
    /// How long the log is kept; for ever when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention: Option<Period>,
}

/// What happens to running cases when the definition changes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// The strategy.
    pub in_flight: InFlight,
    /// How long old cases may run on; until they end when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drain_within: Option<Period>,
    /// Where running cases go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migrate: Option<Migration>,
}

/// Where running cases go.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Migration {
    /// The versions that the map is for.
    pub from: String,
    /// Old state to new state.
    #[serde(skip_serializing_if = "ByName::is_empty")]
    pub states: ByName<String>,
    /// Old reason code to new reason code.
    #[serde(skip_serializing_if = "ByName::is_empty")]
    pub reasons: ByName<String>,
    /// Data of the new version, from what the old case has.
    #[serde(skip_serializing_if = "ByName::is_empty")]
    pub data: ByName<Data>,
}
