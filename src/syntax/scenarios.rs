//! The scenarios document: cases of a workflow with what should happen.

use super::duration::Duration;
use super::expressions::Data;
use super::names::{FieldName, NameMap, OneOrMany, SnakeName};
use super::references::{FilePath, QueueReference, WorkflowReference};
use super::workflow::Ending;
use crate::source::Spanned;
use crate::{choice, mapping, vocabulary};

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
        /// When the case begins, as `"2026-03-02T09:00"`, which is also what it is when absent: a
        /// Monday morning in the time zone of the promise's calendar.
        optional at: Spanned<Moment>,
        /// What is attached when an approval begins, by step; everything it asks for when absent.
        defaulted evidence: NameMap<SnakeName, Vec<Spanned<String>>>,
    }
}

mapping! {
    /// What happens to one case, without expectations: what `flowgate run --events` reads.
    pub struct Events as "what happens to a case" {
        /// What is there at the beginning.
        optional given: Given,
        /// What people and time do, in order.
        defaulted actions ("do"): Vec<Spanned<Action>>,
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
    /// `move`, `close`, `wait`, `fail` and `event`.
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
        /// This person moves the case on, or supplies data that it waits for.
        optional moves ("move"): Spanned<String>,
        /// This person closes a case that is in manual mode; `to` is how it ends.
        optional close: Spanned<String>,
        /// Time passes: working time, where the workflow's promise has a calendar.
        optional wait: Spanned<Duration>,
        /// A call fails with this error: in every attempt of its next execution, or in `times`
        /// attempts; `timeout` when no answer comes.
        optional fail: Spanned<String>,
        /// An event arrives.
        optional event: Spanned<String>,
        /// Where the case goes, when there is a choice.
        optional to: Spanned<String>,
        /// Data that comes with it.
        optional with: Spanned<Data>,
        /// Evidence that is attached, instead of all that is asked for.
        defaulted evidence: Vec<Spanned<String>>,
        /// How many attempts fail.
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
        /// Data of the case.
        defaulted data: NameMap<SnakeName, Spanned<Data>>,
        /// How much of the promised time is used, at most.
        optional within: Spanned<Duration>,
        /// Whether the case is in manual mode.
        optional manual: Spanned<bool>,
    }
}

mapping! {
    /// An action that is refused.
    pub struct Refusal as "a refusal" {
        /// The step, state or queue.
        required at: Spanned<String>,
        /// Why.
        optional because: Spanned<RefusalCause>,
    }
}

vocabulary! {
    /// Why an action is refused.
    pub enum RefusalCause as "a reason for a refusal" {
        /// The person is excluded.
        Exclude = "exclude",
        /// It is not for this person to do.
        By = "by",
        /// Nothing waits for it there.
        Idle = "idle",
        /// The person has decided already.
        Twice = "twice",
        /// Evidence is missing.
        Evidence = "evidence",
        /// Data that is needed is missing.
        Require = "require",
        /// The data does not fit.
        Data = "data",
        /// The case cannot go there.
        To = "to",
    }
}

/// A moment on the clock of a time zone that is given elsewhere, as `2026-03-02T09:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The date and time of day.
    pub clock: jiff::civil::DateTime,
}

mod manual {
    //! The scalar type of this document that follows none of the common forms.

    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator};

    use super::Moment;
    use crate::syntax::decode::{Decode, Decoder, pattern_schema, text};
    use crate::syntax::visit::{Visit, Visitor};
    use crate::yaml::NodeRef;

    /// Years that calendars can count in.
    const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

    impl Decode for Moment {
        fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
            let scalar = text(node, decoder, "a moment, as \"2026-03-02T09:00\"")?;
            let clock: Option<jiff::civil::DateTime> = scalar.text().parse().ok();
            let clock = clock.filter(|clock| YEARS.contains(&clock.year()));
            if clock.is_none() {
                decoder.invalid_value(
                    node.span(),
                    format!("`{}` is no moment", scalar.text()),
                    "write a date and a time of day, as \"2026-03-02T09:00\"".to_owned(),
                );
            }
            clock.map(|clock| Moment { clock })
        }
    }

    impl Visit for Moment {
        fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
    }

    impl JsonSchema for Moment {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            "Moment".into()
        }
        fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
            pattern_schema(
                "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$",
                "A date and a time of day, as \"2026-03-02T09:00\".",
            )
        }
    }
}
