//! The process map: how the work is done today, with evidence.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, Decoder};
use super::duration::Duration;
use super::names::{KebabName, Name, ReasonName};
use super::references::{
    FilePath, PersonReference, QueueReference, SystemReference, WorkflowReference,
};
use super::scalars::{Date, Literal, Version};
use super::visit::{Visit, Visitor};
use super::workflow::Cadence;
use crate::source::Spanned;
use crate::yaml::{NodeRef, Resolved};
use crate::{choice, mapping};

mapping! {
    /// The as-is map of a process: variants, handoffs, waits, rework and exceptions, with evidence.
    pub struct ProcessMap as "a process map" {
        /// The name.
        optional name: Spanned<Name<KebabName>>,
        /// The semantic version.
        optional version: Spanned<Version>,
        /// The accountable person.
        optional owner: PersonReference,
        /// What the process is.
        optional summary: Spanned<String>,
        /// The workflow that came of it.
        optional workflow: WorkflowReference,
        /// How often the map is renewed.
        optional refresh: Spanned<Cadence>,
        /// When it was renewed last.
        optional refreshed: Spanned<Date>,
        /// The people who were asked.
        defaulted stakeholders: Vec<PersonReference>,
        /// Where the facts come from.
        defaulted evidence: Vec<Evidence>,
        /// The ways in which cases really go.
        defaulted variants: Vec<Variant>,
        /// Where work passes from one to another.
        defaulted handoffs: Vec<Handoff>,
        /// Where work waits.
        defaulted waits: Vec<WaitState>,
        /// What is done again.
        defaulted rework: Vec<Rework>,
        /// The commonest exceptions.
        defaulted exceptions: Vec<MappedException>,
        /// Impact and effort, 1 (low) to 5 (high).
        optional score: Score,
    }
}

choice! {
    /// A file, or a description of a source.
    pub enum Evidence as "the path of a file, or a mapping with `source`" {
        /// A file.
        File(FilePath) = scalar,
        /// A source.
        Source(EvidenceSource) = mapping,
    }
}

mapping! {
    /// Where facts come from.
    pub struct EvidenceSource as "an evidence source" {
        /// The kind: logs, tickets, audit trail, CRM history, e-mail times, interviews.
        required source: Spanned<String>,
        /// The system.
        optional system: SystemReference,
        /// The first day.
        optional from: Spanned<Date>,
        /// The last day.
        optional to: Spanned<Date>,
        /// How many cases.
        optional cases: Spanned<u32>,
        /// Which field identifies the case.
        optional case_id: Spanned<String>,
        /// Which field names the activity.
        optional activity: Spanned<String>,
        /// Which field holds the time.
        optional timestamp: Spanned<String>,
        /// The extract.
        optional file: FilePath,
    }
}

mapping! {
    /// A way in which cases really go.
    pub struct Variant as "a variant" {
        /// The name.
        required name: Spanned<String>,
        /// The activities in order.
        defaulted path: Vec<Spanned<String>>,
        /// The share of cases, or their number.
        optional volume: Spanned<Literal>,
        /// How long they take.
        optional cycle_time: Spanned<Duration>,
    }
}

mapping! {
    /// Where work passes from one to another.
    pub struct Handoff as "a handoff" {
        /// Who gives.
        required from: Spanned<String>,
        /// Who takes.
        required to: Spanned<String>,
        /// The system update that proves it.
        optional proof: Spanned<String>,
        /// Fields that are typed again.
        defaulted rekeyed: Vec<Spanned<String>>,
        /// How long it takes.
        optional delay: Spanned<Duration>,
    }
}

mapping! {
    /// Where work waits.
    pub struct WaitState as "a wait state" {
        /// Where.
        required at: Spanned<String>,
        /// For what: approval, missing information, queue, dependency.
        required kind ("for"): Spanned<String>,
        /// How long.
        optional duration: Spanned<Duration>,
    }
}

mapping! {
    /// What is done again.
    pub struct Rework as "a rework loop" {
        /// Where.
        required at: Spanned<String>,
        /// What causes it.
        required trigger: Spanned<String>,
        /// The share of cases.
        optional share: Spanned<Literal>,
    }
}

mapping! {
    /// A common exception.
    pub struct MappedException as "an exception of a process map" {
        /// The reason.
        required reason: Spanned<String>,
        /// The reason code of the workflow.
        optional code: Spanned<Name<ReasonName>>,
        /// The share of cases.
        optional share: Spanned<Literal>,
        /// Where it is resolved today.
        optional resolved_in: Spanned<String>,
        /// The queue that resolves it.
        optional queue: QueueReference,
    }
}

mapping! {
    /// Impact and effort.
    pub struct Score as "a score" {
        /// What would be won.
        required impact: Impact,
        /// What it would cost.
        required effort: Effort,
    }
}

mapping! {
    /// What would be won, each from 1 (little) to 5 (much).
    pub struct Impact as "an impact score" {
        /// Money.
        required cost: Spanned<ScoreValue>,
        /// Fewer errors.
        required errors: Spanned<ScoreValue>,
        /// Compliance.
        required compliance: Spanned<ScoreValue>,
        /// The experience of the people.
        required experience: Spanned<ScoreValue>,
    }
}

mapping! {
    /// What it would cost, each from 1 (little) to 5 (much).
    pub struct Effort as "an effort score" {
        /// Connecting systems.
        required integration: Spanned<ScoreValue>,
        /// Cleaning data.
        required data: Spanned<ScoreValue>,
        /// Changing habits.
        required change: Spanned<ScoreValue>,
    }
}

/// A figure of a score, 1 (little) to 5 (much).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct ScoreValue {
    /// The figure.
    pub number: u32,
}

impl Decode for ScoreValue {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        let number = node
            .scalar()
            .filter(|scalar| scalar.resolve() == Resolved::Integer)
            .and_then(|scalar| scalar.text().parse().ok())
            .filter(|number| (1..=5).contains(number));
        if number.is_none() {
            decoder.wrong_type(node, "a figure from 1 (little) to 5 (much)");
        }
        number.map(|number| ScoreValue { number })
    }
}

impl Visit for ScoreValue {
    fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
}

impl JsonSchema for ScoreValue {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "ScoreValue".into()
    }
    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 5 })
    }
}
