//! The exceptions of a workflow: reasons, who resolves them and the way back; manual mode.

use crate::source::{Span, Spanned};
use crate::syntax::decode::{Decode, Decoder, text};
use crate::syntax::names::{Name, OneOrMany, ReasonName};
use crate::syntax::references::{FilePath, PersonReference, QueueReference, StateReference};
use crate::syntax::visit::{Visit, Visitor};
use crate::yaml::NodeRef;
use crate::{mapping, vocabulary};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

vocabulary! {
    /// The kind of an exception, which decides who resolves it.
    pub enum ExceptionClass as "an exception class" {
        /// Something was not provided.
        MissingInfo = "missing_info",
        /// What was provided is wrong.
        DataQuality = "data_quality",
        /// A policy is not met.
        Policy = "policy",
        /// A person must judge.
        Judgement = "judgement",
        /// Nobody acted in time.
        Stalled = "stalled",
        /// A system failed.
        System = "system",
        /// A security question.
        Security = "security",
        /// A suspicion of fraud.
        Fraud = "fraud",
        /// A legal question.
        Legal = "legal",
    }
}

mapping! {
    /// Where a case goes when a reason is raised, and how it comes back.
    pub struct ExceptionRoute as "an exception" {
        /// The kind of exception.
        optional class: Spanned<ExceptionClass>,
        /// The queue whose owner resolves it.
        required queue: QueueReference,
        /// How the case comes back: `same`, `fallback`, a state, or a list to choose from.
        optional resume: Spanned<OneOrMany<Resume>>,
        /// How often a case may come back from here before it goes to the fallback.
        optional max_returns: Spanned<u32>,
        /// What the reason means, for the people who resolve it.
        optional summary: Spanned<String>,
        /// The code before a rename.
        optional renamed_from: Spanned<Name<ReasonName>>,
    }
}

/// Where a resolved exception takes the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resume {
    /// Back into the state that raised.
    Same(Span),
    /// Into manual mode.
    Fallback(Span),
    /// Into a named state.
    State(StateReference),
}

mapping! {
    /// How the work is done when the workflow cannot run.
    pub struct Fallback as "a fallback" {
        /// How: `manual`.
        required mode: Spanned<FallbackMode>,
        /// Who leads it; the workflow's owner when absent.
        optional owner: PersonReference,
        /// The instructions, with replay, roll back and manual mode.
        optional runbook: FilePath,
    }
}

vocabulary! {
    /// How work goes on without the automation.
    pub enum FallbackMode as "a fallback mode" {
        /// By hand, following the runbook.
        Manual = "manual",
    }
}

impl Decode for Resume {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        let scalar = text(node, decoder, "`same`, `fallback` or the name of a state")?;
        match scalar.text() {
            "same" => Some(Resume::Same(node.span())),
            "fallback" => Some(Resume::Fallback(node.span())),
            _ => StateReference::decode(node, decoder).map(Resume::State),
        }
    }
}

impl Visit for Resume {
    fn visit<'a>(&'a self, visitor: &mut dyn Visitor<'a>) {
        match self {
            Resume::Same(_) | Resume::Fallback(_) => {}
            Resume::State(state) => state.visit(visitor),
        }
    }
}

impl JsonSchema for Resume {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Resume".into()
    }
    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}
