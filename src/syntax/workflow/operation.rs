//! How a workflow is watched in operation: monitoring, audit, readiness.

use crate::source::Spanned;
use crate::syntax::duration::Duration;
use crate::syntax::names::{Name, SnakeName};
use crate::syntax::references::{
    FilePath, PartyReference, PersonReference, QueueReference, StateReference,
};
use crate::syntax::scalars::{Date, Literal};
use crate::{mapping, vocabulary};

mapping! {
    /// Metrics, review cadence and alerts.
    pub struct Monitoring as "a monitoring section" {
        /// How often the figures are reviewed.
        optional review: Spanned<Cadence>,
        /// The figures that are kept.
        defaulted metrics: Vec<Spanned<Name<SnakeName>>>,
        /// When somebody is told.
        defaulted alerts: Vec<Alert>,
    }
}

vocabulary! {
    /// How often something is looked at.
    pub enum Cadence as "a cadence" {
        /// Every day.
        Daily = "daily",
        /// Every week.
        Weekly = "weekly",
        /// Every second week.
        Biweekly = "biweekly",
        /// Every month.
        Monthly = "monthly",
        /// Every three months.
        Quarterly = "quarterly",
        /// Every year.
        Yearly = "yearly",
    }
}

vocabulary! {
    /// What an alert watches.
    pub enum AlertKind as "an alert" {
        /// A case stays in a state for too long.
        Stuck = "stuck",
        /// A promised time is missed, or about to be.
        SlaBreach = "sla_breach",
        /// Too many exceptions.
        ExceptionRate = "exception_rate",
        /// A queue grows too long.
        QueueDepth = "queue_depth",
        /// A run fails.
        Failure = "failure",
    }
}

mapping! {
    /// When somebody is told.
    pub struct Alert as "an alert" {
        /// What is watched.
        required alert: Spanned<AlertKind>,
        /// The state that is watched; every state when absent.
        optional state: StateReference,
        /// The queue that is watched.
        optional queue: QueueReference,
        /// How long before anybody is told.
        optional after: Spanned<Duration>,
        /// The figure above which somebody is told.
        optional above: Spanned<Literal>,
        /// Who is told.
        required notify: PartyReference,
    }
}

mapping! {
    /// What is logged about decisions and runs; both are logged when absent.
    pub struct WorkflowAudit as "an audit section" {
        /// Whether every decision is logged with who, what and when.
        optional decisions: Spanned<bool>,
        /// Whether every run is logged.
        optional runs: Spanned<bool>,
        /// How long the log is kept.
        optional retention: Spanned<Duration>,
    }
}

mapping! {
    /// Attestations for readiness checks that cannot be derived from the definition.
    pub struct Readiness as "a readiness section" {
        /// There is one clear trigger.
        optional single_trigger: Attestation,
        /// The minimum inputs are really available.
        optional inputs_available: Attestation,
        /// The owner has accepted.
        optional owner_named: Attestation,
        /// The happy path was done by hand often enough to be stable.
        optional happy_path_stable: Attestation,
        /// The commonest exceptions have a name and a queue.
        optional exceptions_named: Attestation,
        /// Success can be measured.
        optional metrics_defined: Attestation,
        /// Every object has a system of record.
        optional records_identified: Attestation,
        /// The manual fallback was tried.
        optional fallback_tried: Attestation,
        /// Stuck and failed runs are noticed.
        optional monitoring_ready: Attestation,
        /// Changes follow a process.
        optional change_process: Attestation,
    }
}

mapping! {
    /// Somebody's word, with evidence.
    pub struct Attestation as "an attestation" {
        /// Who attests.
        required by: PersonReference,
        /// When.
        required date: Spanned<Date>,
        /// The evidence.
        required evidence: FilePath,
    }
}
