//! The scenarios document: cases of a workflow with what should happen.

use super::duration::Duration;
use super::expressions::Data;
use super::names::{FieldName, NameMap, OneOrMany, SnakeName};
use super::references::{FilePath, QueueReference, WorkflowReference};
use super::workflow::Ending;
use crate::source::Spanned;
use crate::{choice, mapping};

mapping! {
    /// Cases of one workflow: given data, what people and time do, what is expected.
    pub struct Scenarios as "scenarios" {
        /// The workflow.
        required workflow: WorkflowReference,
        /// The cases.
        required cases: Vec<Case>,
    }
}

mapping! {
    /// One case.
    pub struct Case as "a case" {
        /// What the case shows, in words.
        required name: Spanned<String>,
        /// What is there at the beginning.
        optional given: Given,
        /// What people and time do, in order.
        defaulted actions ("do"): Vec<Spanned<Action>>,
        /// What should happen.
        required expect: Expectation,
    }
}

mapping! {
    /// What is there at the beginning.
    pub struct Given as "given data" {
        /// The input of the case: a JSON file or data.
        optional input: Spanned<FileOrData>,
        /// What steps give back, by step: a JSON file, data, or `{fail: error, times: n}`.
        defaulted steps: NameMap<SnakeName, Spanned<FileOrData>>,
        /// Controls with other values than their own.
        defaulted controls: NameMap<SnakeName, Spanned<Data>>,
        /// Facts of the case, as `requester`.
        optional case: Spanned<Data>,
        /// When the case begins, as `"2026-03-02T09:00"`.
        optional at: Spanned<String>,
    }
}

choice! {
    /// A JSON file, or data written here.
    pub enum FileOrData as "the path of a JSON file, or a mapping" {
        /// The path of a JSON file.
        File(FilePath) = scalar,
        /// Data.
        Map(Data) = mapping,
        /// A list: one entry for each attempt.
        List(Vec<Spanned<Data>>) = sequence,
    }
}

mapping! {
    /// What a person or time does: exactly one of `approve`, `reject`, `complete`, `resolve`,
    /// `wait`, `fail`, `event` and `move`.
    pub struct Action as "an action" {
        /// The step, state or queue that it is about.
        optional at: Spanned<String>,
        /// This person approves.
        optional approve: Spanned<String>,
        /// This person rejects.
        optional reject: Spanned<String>,
        /// This person completes a task.
        optional complete: Spanned<String>,
        /// This person resolves an exception.
        optional resolve: Spanned<String>,
        /// Time passes.
        optional wait: Spanned<Duration>,
        /// A call fails with this error.
        optional fail: Spanned<String>,
        /// An event arrives.
        optional event: Spanned<String>,
        /// Where a resolved case goes, when there is a choice.
        optional to: Spanned<String>,
        /// Data that comes with it.
        optional with: Spanned<Data>,
        /// Evidence that is attached.
        defaulted evidence: Vec<Spanned<String>>,
        /// How often.
        optional times: Spanned<u32>,
    }
}

mapping! {
    /// What should happen.
    pub struct Expectation as "an expectation" {
        /// The states that are entered, in order.
        defaulted path: Vec<Spanned<String>>,
        /// The reasons that are raised.
        defaulted raises: OneOrMany<Spanned<String>>,
        /// The queue in which the case waits at the end.
        optional queue: QueueReference,
        /// How the case ends.
        optional end: Spanned<Ending>,
        /// An action that is refused.
        optional refused: Refusal,
        /// Decisions by step.
        defaulted decisions: NameMap<SnakeName, Spanned<String>>,
        /// How often each step was tried.
        defaulted attempts: NameMap<SnakeName, Spanned<u32>>,
        /// The outputs of the workflow.
        defaulted outputs: NameMap<FieldName, Spanned<Data>>,
        /// How much of the SLA is used, at most.
        optional within: Spanned<Duration>,
    }
}

mapping! {
    /// An action that is refused.
    pub struct Refusal as "a refusal" {
        /// The step.
        required at: Spanned<String>,
        /// Why, as `exclude`.
        optional because: Spanned<String>,
    }
}
