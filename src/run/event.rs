//! Events: what people, systems and time do to a case, and why it cannot be.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::case::{Doing, Position, Request};
use super::exception::choices;
use super::{Case, World};
use crate::expr::{Record, Value};
use crate::plan::exception::Resume;
use crate::plan::step::{Awaited, Step, Work};
use crate::syntax::scenarios::RefusalCause;
use crate::syntax::workflow::Ending;

/// Something that happens to a case.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Time passes up to this moment.
    Passed(Timestamp),
    /// A system answers a request: with a result, or with an error.
    Answered {
        /// The piece of work, as [`Waiting`] names it.
        activity: u32,
        /// The answer.
        answer: Result<Value, String>,
    },
    /// What is attached to the case is known.
    Attached {
        /// The piece of work, as [`Waiting`] names it.
        activity: u32,
        /// The evidence.
        evidence: BTreeSet<String>,
    },
    /// A person completes a task.
    Completed {
        /// The step.
        step: String,
        /// Who.
        person: String,
        /// The result.
        result: Value,
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
        data: Record,
    },
    /// A person moves the case on, or supplies data that it waits for.
    Moved {
        /// Who.
        person: String,
        /// Where to; the transition that is due when absent.
        to: Option<String>,
        /// Data for the case.
        data: Record,
    },
    /// A person resolves an exception.
    Resolved {
        /// The queue.
        queue: String,
        /// Who.
        person: String,
        /// `same`, `fallback` or a state; the only way back when absent.
        to: Option<String>,
        /// Corrections: fields of the input, else of the case's data.
        data: Record,
    },
    /// A person closes a case in manual mode.
    Closed {
        /// Who.
        person: String,
        /// How it ends.
        end: Ending,
    },
    /// An event arrives.
    Arrived {
        /// Its name.
        name: String,
        /// Its data.
        data: Value,
    },
}

impl Event {
    /// Who acts.
    pub fn person(&self) -> Option<&str> {
        match self {
            Event::Passed(_)
            | Event::Answered { .. }
            | Event::Attached { .. }
            | Event::Arrived { .. } => None,
            Event::Completed { person, .. }
            | Event::Decided { person, .. }
            | Event::Moved { person, .. }
            | Event::Resolved { person, .. }
            | Event::Closed { person, .. } => Some(person),
        }
    }
}

/// Why an event cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The step, state or queue.
    pub at: String,
    /// Why.
    pub because: RefusalCause,
    /// Why, in words.
    pub message: String,
}

/// Something that a case waits for.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The piece of work.
    pub activity: u32,
    /// The step.
    pub step: String,
    /// The item, where the step is done for each of a list; from 0.
    pub item: Option<usize>,
    /// For what.
    pub wanted: WaitingFor,
}

/// What a piece of work waits for.
#[derive(Debug, Clone, PartialEq)]
pub enum WaitingFor {
    /// The answer to a request.
    Answer(Request),
    /// The answer to a request that undoes a step.
    Undoing {
        /// The operation.
        operation: String,
        /// The attempt, from 1.
        attempt: u32,
    },
    /// What is attached, of this evidence.
    Evidence(BTreeSet<String>),
    /// One of these people; anybody when there are none.
    Task(BTreeSet<String>),
    /// Decisions of these people.
    Decision(BTreeSet<String>),
    /// A moment.
    Time(Timestamp),
    /// An event of this name.
    Event(String),
}

impl Case<'_> {
    /// What runs and waits, oldest first.
    pub fn waiting(&self) -> Vec<Waiting> {
        let activities = self.activities.iter();
        activities
            .filter_map(|(id, activity)| {
                let wanted = match &activity.doing {
                    Doing::Attempt(request) => WaitingFor::Answer(request.clone()),
                    Doing::Gathering => WaitingFor::Evidence(wanted_evidence(activity.step)?),
                    Doing::Task(people) => WaitingFor::Task(people.clone()),
                    Doing::Approval(asked) => {
                        WaitingFor::Decision(asked.deciders.keys().cloned().collect())
                    }
                    Doing::Time(until) => WaitingFor::Time(*until),
                    Doing::Event => WaitingFor::Event(awaited_event(activity.step)?.to_owned()),
                    Doing::Undo(undo) if undo.until.is_none() => WaitingFor::Undoing {
                        operation: super::machine::operation(undo.current.call),
                        attempt: undo.attempt,
                    },
                    Doing::Undo(_)
                    | Doing::Pause(..)
                    | Doing::Lapsed
                    | Doing::Parallel(_)
                    | Doing::ForEach(_) => return None,
                };
                Some(Waiting {
                    activity: *id,
                    step: activity.step.id.clone(),
                    item: self.item(activity.cursor.owner),
                    wanted,
                })
            })
            .collect()
    }

    /// The ways back that whoever resolves the exception may choose from.
    pub fn ways_back(&self, world: &World<'_>) -> Vec<Resume> {
        let Position::Queued { reason, .. } = &self.position else {
            return Vec::new();
        };
        let routes = &world.plan.exceptions;
        let route = routes.get(reason).or_else(|| routes.get("default"));
        route.map_or_else(Vec::new, |route| choices(self, reason, route))
    }
}

fn wanted_evidence(step: &Step) -> Option<BTreeSet<String>> {
    let Work::Approve(approval) = &step.work else {
        return None;
    };
    Some(approval.evidence.clone())
}

/// The event that a step waits for.
pub(super) fn awaited_event(step: &Step) -> Option<&str> {
    let Work::Wait(wait) = &step.work else {
        return None;
    };
    match &wait.until {
        Awaited::Event(event) => Some(&event.name),
        Awaited::Elapsed(_) | Awaited::Instant(_) => None,
    }
}
