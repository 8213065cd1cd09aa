//! What the player did to a case, in a form that others can replay: every answer, decision and
//! passing of time, in order, with where the case was.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::Script;
use crate::expr::{Record, Value};
use crate::run::event::{Event, Refusal, WaitingFor};
use crate::run::trace::{What, cause, instant};
use crate::run::{Case, Position, data};
use crate::syntax::scenarios::RefusalCause;
use crate::syntax::workflow::Ending;

/// All that is needed to play a scenario once more, on the interpreter or on an engine.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Replay {
    /// The workflow.
    pub workflow: String,
    /// The position of the trigger in the plan, from 0; absent when a person starts the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<usize>,
    /// The name of the case.
    pub id: String,
    /// Who wanted it; null when nobody did.
    pub requester: Json,
    /// When the case begins, as an instant in UTC.
    #[serde(serialize_with = "instant")]
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// The data that arrives, as validated: with defaults, and as it came when it does not fit.
    pub input: Json,
    /// Controls with other values than those of the plan.
    pub controls: BTreeMap<String, Json>,
    /// What systems answered, by step, in the order of the requests.
    pub answers: BTreeMap<String, Vec<GivenAnswer>>,
    /// Everything that happened to the case from outside, in order.
    pub events: Vec<Happened>,
    /// Where the case is at the end.
    pub outcome: Outcome,
}

/// What a system answered to one attempt.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct GivenAnswer {
    /// The step.
    pub step: String,
    /// The item, where the step is done for each of a list; from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<usize>,
    /// The attempt, from 1.
    pub attempt: u32,
    /// True when the request undoes the step.
    pub undoes: bool,
    /// The result; null where the attempt failed.
    pub result: Json,
    /// The error, where the attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// True when nobody answers: the time of the attempt passes, which is the error `timeout`.
    pub silent: bool,
}

/// Something that happened to a case, and where the case was.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Happened {
    /// When, as an instant in UTC.
    #[serde(serialize_with = "instant")]
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// The state that the case was in, or that it left for a queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The queue that the case waited in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// The position of the action under `do`, from 0; absent for what systems do on their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<usize>,
    /// What happened.
    #[serde(flatten)]
    pub happening: Happening,
    /// Why it could not be; absent when it could.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused>,
}

/// Why something could not be.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Refused {
    /// The step, state or queue.
    pub at: String,
    /// Why.
    #[serde(serialize_with = "cause")]
    #[schemars(with = "String")]
    pub because: RefusalCause,
    /// Why, in words.
    pub message: String,
}

/// Something that happens to a case.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Happening {
    /// A request is answered, or nobody answers it.
    Answered(GivenAnswer),
    /// What is attached when an approval begins is known.
    Attached {
        /// The step.
        step: String,
        /// The evidence.
        evidence: BTreeSet<String>,
    },
    /// Time passes.
    Passed {
        /// Up to this instant, in UTC.
        #[serde(serialize_with = "instant")]
        #[schemars(with = "String")]
        to: Timestamp,
    },
    /// A person completes a task.
    Completed {
        /// The step.
        step: String,
        /// Who.
        person: String,
        /// The result.
        result: Json,
        /// What is attached.
        evidence: BTreeSet<String>,
    },
    /// A person decides an approval.
    Decided {
        /// The step.
        step: String,
        /// Who.
        person: String,
        /// True for agreement.
        agrees: bool,
        /// What the decision comes with.
        data: Json,
    },
    /// A person moves the case on, or supplies data that it waits for.
    Moved {
        /// Who.
        person: String,
        /// The state; the transition that is due when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<String>,
        /// Data for the case.
        data: Json,
    },
    /// A person resolves an exception; the queue is where the case waits.
    Resolved {
        /// The queue that the person works on.
        of: String,
        /// Who.
        person: String,
        /// `same`, `fallback` or a state; the only way back when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<String>,
        /// Corrections.
        data: Json,
    },
    /// A person closes a case in manual mode.
    Closed {
        /// Who.
        person: String,
        /// How it ends.
        #[schemars(with = "String")]
        end: Ending,
    },
    /// An event arrives.
    Arrived {
        /// Its name.
        name: String,
        /// Its data.
        data: Json,
    },
}

/// Where a case is when nothing more happens to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Outcome {
    /// It never started.
    TurnedAway,
    /// It waits in a state, for the named steps or for somebody to move it.
    Waiting {
        /// The state.
        state: String,
        /// The steps that wait.
        steps: Vec<String>,
    },
    /// It waits in a queue.
    Queued {
        /// The queue.
        queue: String,
        /// The reason.
        reason: String,
        /// The state that raised it.
        state: String,
    },
    /// People lead it by the runbook.
    Manual,
    /// It has ended.
    Ended {
        /// How.
        #[schemars(with = "String")]
        end: Ending,
    },
    /// It did more than a case can do.
    Stopped,
}

impl Replay {
    /// The replay of a script whose case is at its end; `events` is what the player did.
    pub fn of(workflow: &str, script: &Script, case: &Case<'_>, events: &[Happened]) -> Self {
        let arrived = case.trace.first().and_then(|entry| {
            if let What::Arrived { data, .. } = &entry.what {
                Some(data.clone())
            } else {
                None
            }
        });
        let controls = script.controls.iter();
        let mut answers: BTreeMap<String, Vec<GivenAnswer>> = BTreeMap::new();
        for happened in events {
            if let Happening::Answered(answer) = &happened.happening {
                let of_step = answers.entry(answer.step.clone()).or_default();
                of_step.push(answer.clone());
            }
        }
        Replay {
            workflow: workflow.to_owned(),
            trigger: script.trigger,
            id: script.id.clone(),
            requester: data::json(&script.requester),
            at: script.at,
            input: arrived.unwrap_or_else(|| data::json(&script.input)),
            controls: controls
                .map(|(name, value)| (name.clone(), data::json(value)))
                .collect(),
            answers,
            events: events.to_vec(),
            outcome: Outcome::of(case),
        }
    }
}

impl Outcome {
    /// Where a case is.
    pub fn of(case: &Case<'_>) -> Self {
        match &case.position {
            Position::TurnedAway => Outcome::TurnedAway,
            Position::Working(state) | Position::Leaving(state, _) | Position::Undoing(state) => {
                let waiting = case.waiting().into_iter();
                Outcome::Waiting {
                    state: (*state).to_owned(),
                    steps: waiting.map(|waiting| waiting.step).collect(),
                }
            }
            Position::Queued {
                reason,
                state,
                queue,
            } => Outcome::Queued {
                queue: (*queue).to_owned(),
                reason: reason.clone(),
                state: (*state).to_owned(),
            },
            Position::Manual => Outcome::Manual,
            Position::Ended(end) => Outcome::Ended { end: *end },
            Position::Stopped => Outcome::Stopped,
        }
    }
}

impl Happened {
    /// An event that is about to happen to a case.
    pub(in crate::run) fn before(case: &Case<'_>, event: &Event, action: Option<usize>) -> Self {
        Happened::at(case, happening(case, event), action)
    }

    /// A request that nobody will answer.
    pub(super) fn silence(case: &Case<'_>, activity: u32) -> Self {
        let mut answer = answer(case, activity);
        answer.silent = true;
        answer.error = Some(crate::plan::step::TIMEOUT_ERROR.to_owned());
        Happened::at(case, Happening::Answered(answer), None)
    }

    fn at(case: &Case<'_>, happening: Happening, action: Option<usize>) -> Self {
        let queue = match &case.position {
            Position::Queued { queue, .. } => Some((*queue).to_owned()),
            Position::TurnedAway
            | Position::Working(_)
            | Position::Leaving(..)
            | Position::Undoing(_)
            | Position::Manual
            | Position::Ended(_)
            | Position::Stopped => None,
        };
        Happened {
            at: case.now,
            state: case.state().map(str::to_owned),
            queue,
            action,
            happening,
            refused: None,
        }
    }
}

impl From<&Refusal> for Refused {
    fn from(refusal: &Refusal) -> Self {
        Refused {
            at: refusal.at.clone(),
            because: refusal.because,
            message: refusal.message.clone(),
        }
    }
}

/// The request that a piece of work waits for, without its answer.
fn answer(case: &Case<'_>, activity: u32) -> GivenAnswer {
    let waiting = case.waiting().into_iter();
    let waiting = waiting.filter(|waiting| waiting.activity == activity);
    let request = waiting
        .filter_map(|waiting| {
            let (attempt, undoes) = match waiting.wanted {
                WaitingFor::Answer(request) => (request.attempt, false),
                WaitingFor::Undoing { attempt, .. } => (attempt, true),
                WaitingFor::Evidence(_)
                | WaitingFor::Task(_)
                | WaitingFor::Decision(_)
                | WaitingFor::Time(_)
                | WaitingFor::Event(_) => return None,
            };
            Some((
                waiting.step,
                waiting.item.filter(|_| !undoes),
                attempt,
                undoes,
            ))
        })
        .next();
    let (step, item, attempt, undoes) = request.unwrap_or_default();
    GivenAnswer {
        step,
        item,
        attempt,
        undoes,
        result: Json::Null,
        error: None,
        silent: false,
    }
}

/// A request with what was answered.
fn answered(case: &Case<'_>, activity: u32, said: Result<Value, String>) -> GivenAnswer {
    let mut answer = answer(case, activity);
    match said {
        Ok(result) => answer.result = data::json(&result),
        Err(error) => answer.error = Some(error),
    }
    answer
}

fn happening(case: &Case<'_>, event: &Event) -> Happening {
    match event.clone() {
        Event::Passed(to) => Happening::Passed { to },
        Event::Answered { activity, answer } => {
            Happening::Answered(answered(case, activity, answer))
        }
        Event::Attached { activity, evidence } => {
            let mut waiting = case.waiting().into_iter();
            let waiting = waiting.find(|waiting| waiting.activity == activity);
            let step = waiting.map_or_else(String::new, |waiting| waiting.step);
            Happening::Attached { step, evidence }
        }
        Event::Completed {
            step,
            person,
            result,
            evidence,
        } => Happening::Completed {
            step,
            person,
            result: data::json(&result),
            evidence,
        },
        Event::Decided {
            step,
            person,
            agrees,
            data,
        } => Happening::Decided {
            step,
            person,
            agrees,
            data: record(&data),
        },
        Event::Moved { person, to, data } => {
            let data = record(&data);
            Happening::Moved { person, to, data }
        }
        Event::Resolved {
            queue,
            person,
            to,
            data,
        } => Happening::Resolved {
            of: queue,
            person,
            to,
            data: record(&data),
        },
        Event::Closed { person, end } => Happening::Closed { person, end },
        Event::Arrived { name, data } => {
            let data = data::json(&data);
            Happening::Arrived { name, data }
        }
    }
}

fn record(data: &Record) -> Json {
    data::json(&Value::from(data.clone()))
}
