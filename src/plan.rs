//! The plan: one workflow in normal form, for every engine alike.
//!
//! A plan says everything that matters for running a case and nothing that does not: defaults are
//! written out, references are resolved or carried along (queues, calendars, contracts, lists,
//! decision tables), every way a case can take is explicit. Targets translate plans, the
//! interpreter executes them, and both are proved against the text below.
//!
//! A key that may be absent is absent when there is nothing to say; an absent list is empty.
//!
//! # What a plan means
//!
//! ## A case
//!
//! 1. **Arrival.** A trigger whose `filter` is true (or absent) takes the data that arrives. When
//!    `dedupe` gives the value of an earlier case, no case starts, and the repeat is recorded with
//!    that case. Plans with the status `draft` or `retired` start none.
//! 2. The data is validated against `input`. Fields that are absent take their `default`. Data that
//!    does not fit starts a case all the same and raises `CONTRACT_VIOLATION` in `start`, before any
//!    step runs, so that nothing that arrived is lost; it is raised again in each state that such a
//!    case enters, until the data is corrected. Fields that the contract does not name are kept.
//!    Recorded: time, trigger, data.
//! 3. The clocks of `sla` start: *response* ends when a person first acts on the case or when it
//!    leaves states and queues that are shown as `new`; *resolution* ends with the case. Missing
//!    one is recorded and raises alerts, and moves nothing.
//! 4. The case **enters** the state `start`.
//!
//! Expressions read `input` (as validated), `steps.<id>` (the newest result of a step), `case` (`id`,
//! `requester`, `age`, `exceptions` so far, `data`), `controls` and `lists`. They have no side effect
//! and no clock. An expression that has no value (a missing field, a division by zero) raises
//! `ERROR` where it stands; nothing is taken for false.
//!
//! ## A state
//!
//! Entering is recorded with its time. An entry beyond `max_visits` goes to the fallback. The clock
//! of `timeout` starts, and the steps run one after the other, from the first one at each entry: a
//! state that is entered again does its work again, and the idempotency keys of its calls let
//! systems recognise it. Results of an earlier visit are replaced when the step ends again.
//!
//! When the steps are done, the **transitions** are tried in order. The first whose guard holds
//! (`always`, `when` true, or `otherwise`, which is last) is *due*:
//! - With `by: [system]` it is taken as soon as the data in `require` is there; the case waits for
//!   it. What a decision needs, such as a rejection reason, is asked from whoever decides and kept
//!   in `case.data`; anybody who works on the case may supply it later.
//! - With people in `by` the case waits for one of them. They may take any transition that names
//!   them, whose guard holds at that moment and whose data is there.
//!
//! Taking a transition is recorded with who took it, the guard and the data. `to` enters the next
//! state, `raise` raises a reason. Leaving a state stops its clocks and cancels what still runs.
//! A state with `end` ends the case when its steps are done. With `completed`, outputs are computed
//! and `proof` is evaluated and recorded with its system; a proof that does not hold, or has no
//! value, is recorded as such. Any other end hands nothing back and first runs the `compensate` of
//! every step that was completed and not undone, newest first. What a compensation sends is
//! computed when its step is completed. A step that is completed again with the same idempotency
//! key is undone once, with the newest data; without a key, or with another one, once for each
//! completion. A compensation is retried as its step is, without a limit of time; when no retry is
//! left it raises `ERROR`, and what is not undone stays to be undone.
//!
//! ## A step
//!
//! 1. When `if` is false the step is skipped: recorded, `steps.<id>` is null, and the `decision` of an
//!    approval is `skipped`.
//! 2. The work is done as its kind says. Its result is `steps.<id>`.
//! 3. The result is validated against `returns`; one that does not fit raises `CONTRACT_VIOLATION`
//!    (`catch` does not see it, and the step counts as completed for compensation). Sent data fits
//!    its contract when the whole does, or the one object that it consists of. `evidence`
//!    must be attached before a person can complete the step.
//! 4. Start, end, attempts, result or reason, and who acted, are recorded.
//!
//! | kind | what happens | result |
//! |---|---|---|
//! | `check` | assertions in order; the first that is false raises its reason with its message | – |
//! | `match` | claimed lines in order: for each, every side in `against` must hold a line with the same `key`, else `missing` is raised; then `compare` in order: the values must be equal, or differ by at most the tolerance, measured as the difference or as its ratio to the other side, else `raise`; the first failure ends the step | matched lines |
//! | `route` | inputs are bound, rows tested in order. `unique`: exactly one row matches; `first`: the first one counts; `any`: all matching rows give the same outputs. Otherwise `no_match` is raised. Outputs named `queue`, `owner`, `priority` also become those of the case. Nothing is written | the outputs |
//! | `call` | `with` is computed, validated against `sends` (else `CONTRACT_VIOLATION`; where it has one key that is no field of the contract and holds an object, the contract describes this object), and sent once per attempt with the idempotency key, as `account` | what the operation returns |
//! | `task` | the assignees see the instruction; one takes it and completes it with data and evidence | the data, `completed_by`, `completed_at` |
//! | `approve` | see below | `decision`, `approver`, `approvers`, `decided_at`, `comment` |
//! | `wait` | nothing until the time has passed, the instant has come, or an event fits `filter`, which reads it as `event` | the event's data |
//! | `notify` | the message is handed over; it is not waited for that anybody reads it | – |
//! | `emit` | `with` is computed, validated against `sends`, published | – |
//! | `run` | a case of the other workflow starts with `with` and is waited for; an end other than `completed` is an error of that name (`rejected`, `cancelled`, `failed`) | its outputs, `end` |
//! | `parallel` | all branches run at the same time, each in its order; `join: all` waits for every branch, `any` for the first, whose siblings are then cancelled, and what they completed is undone before the step ends | `first`: the branch that ended first |
//! | `for_each` | the steps run for every item, at most `at_once` items at the same time, begun in the order of the list; more than `limit` items raise `ERROR` before the first begins. The results of inner steps are those of the item worked on, and afterwards those of the last item | a list of the results of its last step, in the order of the list |
//!
//! A reason that is raised inside a branch or an item is raised by the whole step: its other
//! branches and items are cancelled.
//!
//! ## Errors, retries and time
//!
//! An attempt of `call`, `emit`, `notify` or `run` can fail with an error of the system, or because
//! `timeout` passes (for these kinds it measures one attempt). A failed attempt is repeated at most
//! `retry.limit` times. The pause before retry *n*, counted from 1, is `delay` (constant), *n* times
//! `delay` (linear) or `delay` doubled *n* - 1 times (exponential), at most `max_delay`; with
//! `jitter` a random part of that. When no retry is left, passed time goes to the ladder of
//! `timeout`, and an error goes to the first entry of `catch` that names it, or `any`. The last
//! entry is always `any`; where the author wrote none it raises `ERROR`.
//!
//! For other kinds `timeout` measures the whole step, retries aside. When it passes, the rungs of
//! `then` are taken in order. `ask` lets further people act beside those before, `notify` tells
//! somebody; each then waits `within`. `raise` and `to` end the step, and its work is cancelled.
//! `decide` ends an approval by the clock: `approved`, `rejected`, or `expired` for a transition to
//! handle. The last rung is always one that ends the wait; where the author wrote none it raises
//! `TIMEOUT`. The ladder of a state works the same and cancels the step that runs; whom it asks may
//! move the case, and `decide` goes on to the transitions. Of clocks that end at the same moment,
//! what is waited for comes before limits, steps before the state, the state before the promise.
//!
//! A period with a `calendar` runs in working time: a day is one working day, seconds are working
//! hours. Times of people (tasks, approvals, waits, other workflows, states, queues) run in the
//! calendar of their promise, times of machines (attempts of calls and messages, pauses) elapse.
//!
//! ## An approval
//!
//! 1. When `waive_when` is true the decision is `waived`, recorded with the controls it read.
//! 2. `exclude` is evaluated. Excluded people may not decide, in any part: neither as approver nor
//!    as delegate nor when a ladder asks them. A path that nothing has provided yet, or that is
//!    null, excludes nobody: an approval that was waived has no approver.
//! 3. Missing evidence raises `missing_evidence` before anybody is asked.
//! 4. Everybody in `by` is asked, excluded people left out. Whoever is out on that day is replaced by
//!    the stand-in of the directory, else, or when the stand-in is out or excluded, by `delegate`.
//!    When too few remain, `ERROR` is raised at once, whatever the ladder would ask later.
//! 5. One rejection decides `rejected`. `approved` is decided when `count` different people agreed;
//!    `all` means everybody asked in step 4, where whoever is out agrees through any of those who
//!    replace them. `approver` is who decided last, `approvers` all who agreed; both are empty when
//!    nobody decided: `waived`, `skipped`, and what the clock decides.
//!
//! Recorded: who was asked, as what (approver, delegate, rung), what evidence they saw, what they
//! decided, when, and the `terms`.
//!
//! ## An exception
//!
//! Raising a reason cancels the step, and with it the branches and items around it; the case leaves
//! nothing running. Recorded: the reason, the state, the step, the message; `case.exceptions` grows
//! by one. The case then waits in `queue` of the reason's route, is shown as the queue's `shown_as`,
//! and a queue that pauses the SLA stops the resolution clock. The queue's own promise starts.
//!
//! The people of the queue, its team and its owner, mend what is wrong (they may correct `input` and
//! `case.data`, which is recorded and validated) and choose one of `resume`: `same` enters the state that raised,
//! `{"state": …}` that state, `fallback` hands the case to manual mode. After `max_returns` returns
//! of one case from one reason only the fallback is left. A route without a queue goes there at
//! once.
//!
//! Four reasons are raised by engines: `TIMEOUT`, `ERROR`, `CONTRACT_VIOLATION`, `NO_MATCH`. They, and
//! reasons that are raised but not declared, have an explicit route too: that of `default`.
//!
//! ## The fallback
//!
//! The case leaves the automation: its state is shown as `blocked`, `fallback.owner` leads it by the
//! runbook, and whoever closes it records one of the ends. Nothing is compensated automatically.
//!
//! ## Change
//!
//! A running case keeps the plan that it started with, known by its digest (`pin`), unless `change`
//! says that it moves by a map (`migrate`) or that new cases wait until old ones ended (`drain`).

pub mod by_name;
pub mod canonical;
pub mod digest;
pub mod exception;
pub mod governance;
pub mod lower;
pub mod origin;
pub mod people;
pub mod period;
mod raised;
#[cfg(test)]
mod sample;
pub mod shape;
pub mod state;
pub mod step;
pub mod value;
mod words;

use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema};
use serde::Serialize;

pub use by_name::ByName;
pub use digest::Digest;
pub use lower::{lower, sketch};

use crate::published;
use crate::syntax::governance::Status;
use exception::{ExceptionRoute, Queue};
use governance::{Audit, Change, Control, Fallback, Monitoring, Proof, Record, Trigger};
use origin::Origin;
use period::{Calendar, Sla};
use shape::{Contract, Input};
use state::State;
use value::{Literal, Text};

/// The form of a plan; a new one is given when a key gets another meaning.
pub const SCHEMA: &str = "flowgate/plan/v1";

/// Free keys (`x-…`) of the author with their values, untouched.
pub type Extensions = ByName<serde_json::Value>;

/// The form of a plan, as outputs name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub enum PlanSchema {
    /// The first form.
    #[serde(rename = "flowgate/plan/v1")]
    V1,
}

/// One workflow in normal form; made by [`lower()`].
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Plan {
    /// The form of this document.
    pub schema: PlanSchema,
    /// What the plan means, in short: equal digests mean equal plans. See [`digest`].
    pub digest: Digest,
    /// The name.
    pub name: String,
    /// The semantic version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where the workflow is in its life.
    pub status: Status,
    /// The rollout stage, 0 to 4.
    pub stage: u8,
    /// A title for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What the workflow does and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The accountable person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Who decides when the owner is out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// Kinds of risk.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub risk: BTreeSet<String>,
    /// What starts a case, in written order.
    pub triggers: Vec<Trigger>,
    /// What a case starts with.
    pub input: Input,
    /// What the workflow hands back when it ends.
    #[serde(skip_serializing_if = "ByName::is_empty")]
    pub outputs: ByName<Text>,
    /// The system of record of each business object.
    #[serde(skip_serializing_if = "ByName::is_empty")]
    pub records: ByName<Record>,
    /// The promise to requesters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sla: Option<Sla>,
    /// Named thresholds.
    #[serde(skip_serializing_if = "ByName::is_empty")]
    pub controls: ByName<Control>,
    /// The lists of the project that expressions of this plan read.
    #[serde(skip_serializing_if = "ByName::is_empty")]
    pub lists: ByName<Vec<Literal>>,
    /// The state that a case begins in: the first one with the lifecycle `new`, or the first one.
    pub start: String,
    /// The states.
    pub states: ByName<State>,
    /// Where a case goes when a reason is raised; `default` is the route of reasons without one.
    pub exceptions: ByName<ExceptionRoute>,
    /// How the work is done when the workflow cannot run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Fallback>,
    /// What proves completion.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub proof: Vec<Proof>,
    /// Metrics, review cadence and alerts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<Monitoring>,
    /// What is logged.
    pub audit: Audit,
    /// What happens to running cases when the definition changes.
    pub change: Change,
    /// The queues that the plan names.
    #[serde(skip_serializing_if = "ByName::is_empty")]
    pub queues: ByName<Queue>,
    /// The calendars that the plan names.
    #[serde(skip_serializing_if = "ByName::is_empty")]
    pub calendars: ByName<Calendar>,
    /// The contracts that the plan names.
    #[serde(skip_serializing_if = "ByName::is_empty")]
    pub contracts: ByName<Contract>,
    /// Where the workflow is written.
    pub origin: Origin,
    /// Free keys of the author.
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

impl Plan {
    /// The plan document: laid out for people, in written order, with a newline at the end.
    pub fn to_json(&self) -> String {
        // Serialising typed data with text keys into memory cannot fail.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// The JSON Schema of the plan document.
pub fn schema() -> Schema {
    published::schema::<Plan>()
}
