//! The trace: everything that happened to one case, in order, one typed entry each.
//!
//! A trace is an artifact like a plan: engines are proved against it, so it has a form of its own
//! and is written as it is. Times are instants; nothing in it depends on the machine that made it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::syntax::scenarios::RefusalCause;
use crate::syntax::workflow::Ending;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Entry {
    /// When, as an instant in UTC.
    #[serde(serialize_with = "instant")]
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

pub(super) fn instant<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
pub(super) fn cause<S: Serializer>(cause: &RefusalCause, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(cause.as_str())
}

/// Where something happened: the state, and the step when it was inside one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Place {
    /// The state.
    pub state: String,
    /// The step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum What {
    /// Data arrived and started the case.
    Arrived {
        /// The position of the trigger in the plan, from 0; absent when a person or another
        /// workflow started the case.
        #[serde(skip_serializing_if = "Option::is_none")]
        trigger: Option<usize>,
        /// The data, as validated.
        data: serde_json::Value,
    },
    /// Data arrived and started nothing.
    TurnedAway {
        /// Why.
        because: String,
    },
    /// A state was entered.
    Entered {
        /// The state.
        state: String,
        /// The how many-th time.
        visit: u32,
    },
    /// A step began.
    Begun {
        /// The step.
        step: String,
        /// The item, where the step is done for each of a list; from 0.
        #[serde(skip_serializing_if = "Option::is_none")]
        item: Option<usize>,
    },
    /// A step was skipped, since its condition was false.
    Skipped {
        /// The step.
        step: String,
        /// The condition.
        condition: String,
    },
    /// A decision table gave an answer.
    Routed {
        /// The step.
        step: String,
        /// The rows that matched, from 0.
        rows: Vec<usize>,
    },
    /// A request was sent.
    Attempted {
        /// The step.
        step: String,
        /// The item, where the step is done for each of a list; from 0.
        #[serde(skip_serializing_if = "Option::is_none")]
        item: Option<usize>,
        /// True when the request undoes the step.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        undoes: bool,
        /// The how many-th attempt of this execution, from 1.
        attempt: u32,
        /// The operation, event or workflow, or who is told.
        to: String,
        /// The data that was sent.
        #[serde(skip_serializing_if = "serde_json::Value::is_null")]
        with: serde_json::Value,
        /// The idempotency key.
        #[serde(skip_serializing_if = "serde_json::Value::is_null")]
        key: serde_json::Value,
    },
    /// An attempt was answered with a result.
    Answered {
        /// The step.
        step: String,
        /// The item, where the step is done for each of a list; from 0.
        #[serde(skip_serializing_if = "Option::is_none")]
        item: Option<usize>,
        /// The attempt.
        attempt: u32,
        /// True when the request undoes the step.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        undoes: bool,
        /// What the system answered, before it is validated.
        #[serde(skip_serializing_if = "serde_json::Value::is_null")]
        result: serde_json::Value,
    },
    /// An attempt failed.
    AttemptFailed {
        /// The step.
        step: String,
        /// The item, where the step is done for each of a list; from 0.
        #[serde(skip_serializing_if = "Option::is_none")]
        item: Option<usize>,
        /// True when the request undoes the step.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        undoes: bool,
        /// The attempt.
        attempt: u32,
        /// The error; `timeout` when the time had passed.
        error: String,
        /// The pause before the next attempt; absent when there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        pause: Option<Pause>,
    },
    /// An error was caught.
    Caught {
        /// The step.
        step: String,
        /// The error.
        error: String,
        /// The name in the entry of `catch`: the error's, or `any`.
        by: String,
    },
    /// People were asked to decide, or given work.
    Asked {
        /// The step.
        step: String,
        /// Who.
        people: Vec<Addressed>,
        /// The evidence that they see.
        #[serde(skip_serializing_if = "BTreeSet::is_empty")]
        evidence: BTreeSet<String>,
    },
    /// A person decided.
    Voted {
        /// The step.
        step: String,
        /// Who.
        person: String,
        /// As what.
        role: Role,
        /// True for agreement.
        agrees: bool,
    },
    /// An approval ended.
    Decided {
        /// The step.
        step: String,
        /// The decision.
        decision: String,
        /// Whose vote decided it.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// Why, where nobody decided.
        #[serde(skip_serializing_if = "Option::is_none")]
        because: Option<String>,
    },
    /// A step waits for time or an event.
    Waiting {
        /// The step.
        step: String,
        /// For what.
        until: String,
    },
    /// A step ended.
    Done {
        /// The step.
        step: String,
        /// Who did it.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// The result.
        #[serde(skip_serializing_if = "serde_json::Value::is_null")]
        result: serde_json::Value,
    },
    /// What ran was stopped.
    Cancelled {
        /// The step.
        step: String,
    },
    /// Time ran out.
    TimerFired {
        /// Where.
        place: Place,
        /// The rung of the ladder that is taken, from 0; absent where an attempt is repeated.
        #[serde(skip_serializing_if = "Option::is_none")]
        rung: Option<usize>,
    },
    /// The moment that a step waited for has come.
    Elapsed {
        /// The step.
        step: String,
    },
    /// An event that a step waited for has arrived.
    Received {
        /// The step.
        step: String,
        /// The event.
        event: String,
    },
    /// People were told.
    Told {
        /// Where.
        place: Place,
        /// Who.
        people: BTreeSet<String>,
    },
    /// The guard of a way out was evaluated.
    Guarded {
        /// The state.
        state: String,
        /// The position of the transition, from 0.
        transition: usize,
        /// The guard.
        guard: String,
        /// Whether it held.
        held: bool,
        /// The values that it read, by path.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        reads: BTreeMap<String, serde_json::Value>,
    },
    /// The case waits for somebody to move it, or for data.
    Held {
        /// The state.
        state: String,
        /// The transition that is due.
        transition: usize,
        /// The data that is missing.
        #[serde(skip_serializing_if = "BTreeSet::is_empty")]
        missing: BTreeSet<String>,
    },
    /// A transition was taken.
    Moved {
        /// The state.
        state: String,
        /// The position of the transition, from 0.
        transition: usize,
        /// Who; `system` for the engine.
        by: String,
    },
    /// A reason was raised.
    Raised {
        /// The reason.
        reason: String,
        /// Where.
        place: Place,
        /// What the resolver is told.
        message: String,
    },
    /// The case waits in a queue.
    Queued {
        /// The queue.
        queue: String,
        /// The reason.
        reason: String,
    },
    /// Data was corrected or supplied.
    Corrected {
        /// Who did it.
        by: String,
        /// The fields of the input and of the case.
        fields: BTreeSet<String>,
    },
    /// An exception was resolved.
    Resolved {
        /// The reason.
        reason: String,
        /// Who did it.
        by: String,
        /// `same`, `fallback` or a state.
        to: String,
    },
    /// A completed step was undone.
    Undone {
        /// The step.
        step: String,
        /// The operation.
        operation: String,
    },
    /// The case left the automation.
    FellBack {
        /// Why.
        because: String,
        /// Who leads it.
        #[serde(skip_serializing_if = "Option::is_none")]
        owner: Option<String>,
    },
    /// A promise of time was missed.
    PromiseMissed {
        /// Which.
        promise: Promise,
    },
    /// Evidence of completion was evaluated.
    Proved {
        /// The system that holds it.
        from: String,
        /// What must be true.
        that: String,
        /// Whether it is.
        holds: bool,
    },
    /// The case ended.
    Ended {
        /// How.
        #[schemars(with = "String")]
        end: Ending,
        /// What it hands back.
        #[serde(skip_serializing_if = "serde_json::Value::is_null")]
        outputs: serde_json::Value,
    },
    /// Somebody wanted what cannot be.
    Refused {
        /// Who.
        #[serde(skip_serializing_if = "Option::is_none")]
        person: Option<String>,
        /// At which step, state or queue.
        at: String,
        /// Why.
        #[serde(serialize_with = "cause")]
        #[schemars(with = "String")]
        because: RefusalCause,
        /// Why, in words.
        message: String,
    },
    /// The interpreter gave up, since the case did more than a case can do.
    Stopped {
        /// The limit.
        limit: String,
    },
}

/// A pause before a retry, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pause {
    /// The shortest that it can be: less than the longest where it varies at random.
    pub least: u64,
    /// The longest that it can be, which is what the interpreter takes.
    pub most: u64,
}

/// A person with the reason why it is their turn.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Addressed {
    /// Who.
    pub person: String,
    /// As what.
    #[serde(flatten)]
    pub role: Role,
}

/// As what somebody acts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "as")]
pub enum Role {
    /// One of those whose work it is.
    Own,
    /// In the place of somebody who is out.
    Delegate {
        /// Who is out.
        of: String,
    },
    /// Asked by a ladder.
    Rung {
        /// The rung, from 0.
        rung: usize,
    },
}

/// A promise of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// Until somebody looks at the case.
    Response,
    /// Until the case has ended.
    Resolution,
}
