//! The workflow document: one accountable process as states, steps and exceptions.

mod change;
mod exception;
mod operation;
mod state;

pub use change::{ChangePlan, InFlight, Migration, ReservedNames};
pub use exception::{ExceptionClass, ExceptionRoute, Fallback, FallbackMode, Resume};
pub use operation::{Alert, AlertKind, Attestation, Cadence, Monitoring, Readiness, WorkflowAudit};
pub use state::{Ending, Lifecycle, Mover, State, Transition};

use super::duration::Duration;
use super::expressions::Expression;
use super::governance::{Acceptance, RolloutStage, Status, Suppression};
use super::names::{FieldName, KebabName, Name, NameMap, OneOrMany, ReasonName, SnakeName};
use super::references::{CalendarReference, ContractReference, PersonReference, SystemReference};
use super::scalars::{Date, Literal, Version};
use crate::source::Spanned;
use crate::{mapping, vocabulary};

mapping! {
    /// A business workflow: who is accountable, what starts it, which states a case passes, which
    /// exceptions are designed, and what proves that it is done.
    pub struct Workflow as "a workflow" {
        /// The name, lower-case words joined by `-`; tags and reports use it.
        optional name: Spanned<Name<KebabName>>,
        /// The semantic version, raised with every released change.
        optional version: Spanned<Version>,
        /// Where the document is in its life; `active` when absent.
        optional status: Spanned<Status>,
        /// From this date a deprecated workflow may be removed.
        optional sunset: Spanned<Date>,
        /// Rollout stage 0 (baseline) to 4 (operated product); decides how strict the rules are.
        optional stage: Spanned<RolloutStage>,
        /// A title for people.
        optional title: Spanned<String>,
        /// One paragraph that says what the workflow does and why.
        optional summary: Spanned<String>,
        /// The one accountable person, never a team.
        optional owner: Spanned<String>,
        /// Who decides when the owner is out.
        optional backup: Spanned<String>,
        /// Where to ask questions: a channel or an address.
        optional contact: Spanned<String>,
        /// Kinds of risk that decide who must approve a change.
        defaulted risk: OneOrMany<Spanned<Name<KebabName>>>,
        /// Free words for searching.
        defaulted tags: Vec<Spanned<String>>,
        /// What starts a case of this workflow and what does not.
        optional scope: Spanned<Scope>,
        /// What starts a case; several triggers must share one contract.
        optional trigger: Spanned<OneOrMany<Trigger>>,
        /// What the workflow hands back when it ends.
        defaulted outputs: NameMap<FieldName, Expression>,
        /// The system of record of each business object that the workflow writes.
        defaulted records: NameMap<SnakeName, Record>,
        /// The promise to requesters.
        optional sla: Spanned<Sla>,
        /// What proves completion, and in which system.
        defaulted proof: Vec<Proof>,
        /// The figure by which the workflow is judged.
        optional success: Spanned<Success>,
        /// Named thresholds, so that a review sees which direction is weaker.
        defaulted controls: NameMap<SnakeName, Control>,
        /// The states that a case can be seen in.
        required states: Spanned<NameMap<SnakeName, State>>,
        /// Reason codes, the queue that resolves each, and the way back.
        optional exceptions: Spanned<NameMap<ReasonName, ExceptionRoute>>,
        /// How the work is done when the workflow cannot run.
        optional fallback: Spanned<Fallback>,
        /// Metrics, review cadence and alerts.
        optional monitoring: Spanned<Monitoring>,
        /// What is logged about decisions and runs.
        optional audit: Spanned<WorkflowAudit>,
        /// Attestations for the ten readiness checks, with evidence.
        optional readiness: Spanned<Readiness>,
        /// What happens to running cases when the definition changes.
        optional change: Spanned<ChangePlan>,
        /// Findings that are accepted for a while, with reason, person and end date.
        defaulted suppress: Vec<Spanned<Suppression>>,
        /// Breaking changes that are accepted on purpose, until the next release.
        defaulted accept: Vec<Spanned<Acceptance>>,
        /// Names that may not come back with another meaning.
        optional reserved: Spanned<ReservedNames>,
        /// The name before a rename.
        optional renamed_from: Spanned<Name<KebabName>>,
    }
}

mapping! {
    /// The boundaries of a workflow.
    pub struct Scope as "a scope" {
        /// What the workflow is for.
        defaulted includes: Vec<Spanned<String>>,
        /// What does not start it.
        defaulted excludes: Vec<Spanned<String>>,
    }
}

mapping! {
    /// What starts a case: exactly one of `event`, `form` and `schedule`.
    pub struct Trigger as "a trigger" {
        /// The event that starts a case.
        optional event: Spanned<String>,
        /// The form whose submission starts a case.
        optional form: Spanned<String>,
        /// A cron expression (minute, hour, day, month, weekday).
        optional schedule: Spanned<String>,
        /// The calendar by which the schedule runs.
        optional calendar: CalendarReference,
        /// The contract of the data that the trigger brings.
        optional contract: ContractReference,
        /// The fields that the trigger brings, when no contract names them.
        optional input: Spanned<NameMap<FieldName, super::contract::FieldEntry>>,
        /// Which events start a case; all of them when absent.
        optional filter: Expression,
        /// The value by which a repeated trigger is recognised.
        optional dedupe: Expression,
    }
}

mapping! {
    /// The system of record of one business object.
    pub struct Record as "a record" {
        /// The system whose copy is the truth.
        required system: SystemReference,
        /// The field that identifies the object.
        optional key: Spanned<String>,
        /// Systems that receive a copy, after the record.
        defaulted sync: Vec<SystemReference>,
    }
}

mapping! {
    /// A promise of time.
    pub struct Sla as "an SLA" {
        /// Until somebody looks at the case.
        optional response: Spanned<Duration>,
        /// Until the case is done.
        optional resolution: Spanned<Duration>,
        /// The working hours in which the time runs.
        optional calendar: CalendarReference,
    }
}

mapping! {
    /// Evidence of completion.
    pub struct Proof as "a proof of completion" {
        /// The system that holds the evidence.
        required from: SystemReference,
        /// What must be true of it.
        required that: Expression,
    }
}

mapping! {
    /// The figure by which the workflow is judged.
    pub struct Success as "a success metric" {
        /// The metric.
        required metric: Spanned<String>,
        /// The value before.
        optional baseline: Spanned<Literal>,
        /// The value that is aimed at.
        optional target: Spanned<Literal>,
        /// When the target is to be reached.
        optional by: Spanned<Date>,
    }
}

vocabulary! {
    /// The direction in which a control becomes weaker.
    pub enum Polarity as "a direction" {
        /// A higher value controls less.
        Higher = "higher",
        /// A lower value controls less.
        Lower = "lower",
    }
}

mapping! {
    /// A named threshold.
    pub struct Control as "a control" {
        /// The value.
        required value: Spanned<Literal>,
        /// What the value counts.
        optional unit: Spanned<String>,
        /// The direction in which the control becomes weaker.
        required weaker: Spanned<Polarity>,
        /// The person who answers for the value and approves its weakening.
        optional owner: PersonReference,
        /// What the control is for.
        optional summary: Spanned<String>,
        /// The name before a rename.
        optional renamed_from: Spanned<Name<SnakeName>>,
    }
}
