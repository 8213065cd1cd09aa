//! One case: where it is, what it knows, what runs, which clocks tick.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::clock::Promises;
use super::evaluate::Scope;
use super::trace::{Entry, Role, What};
use crate::expr::{Record, Value};
use crate::plan::state::Timeout;
use crate::plan::step::{Call, Step};
use crate::syntax::workflow::Ending;

/// The state of one case; a value, so that searches can go on from a copy.
#[derive(Debug, Clone)]
pub struct Case<'p> {
    /// The moment up to which everything has happened.
    pub now: Timestamp,
    /// When the case began.
    pub started: Timestamp,
    /// The name of the case.
    pub id: String,
    /// Who wanted it; null when nobody did.
    pub requester: Value,
    /// The data it started with, corrections included.
    pub input: Value,
    /// The data that people gave on the way.
    pub data: Record,
    /// Everything that happened.
    pub trace: Vec<Entry>,
    /// Where the case is.
    pub position: Position<'p>,
    /// The newest result of each step.
    pub(super) results: Arc<Record>,
    pub(super) exceptions: Vec<Raised>,
    pub(super) visits: BTreeMap<&'p str, u32>,
    pub(super) returns: BTreeMap<String, u32>,
    pub(super) completed: Vec<Completed<'p>>,
    pub(super) activities: BTreeMap<u32, Activity<'p>>,
    pub(super) next_activity: u32,
    pub(super) state_timer: Option<Ladder<'p>>,
    /// People whom the ladder of the state asked.
    pub(super) state_asked: BTreeSet<String>,
    pub(super) promises: Promises,
    /// What the case handed back when it ended.
    pub outputs: Value,
    /// The queue and the owner that a decision table gave to the case.
    pub(super) routed: BTreeMap<&'static str, Value>,
    /// What is left of the work that one case may make.
    pub(super) effort: u32,
}

/// A reason that was raised.
#[derive(Debug, Clone)]
pub(super) struct Raised {
    pub reason: String,
    pub state: String,
    pub queue: String,
    pub resolved_by: Option<String>,
}

/// Where a case is.
#[derive(Debug, Clone, PartialEq)]
pub enum Position<'p> {
    /// It has not started, and never will.
    TurnedAway,
    /// Its steps run, in this state.
    Working(&'p str),
    /// Its steps are done; the transition with this number is due and waits for people or data.
    Leaving(&'p str, usize),
    /// What was completed is undone, before it ends in this state.
    Undoing(&'p str),
    /// It waits in the queue of a reason.
    Queued {
        /// The reason.
        reason: String,
        /// The state that raised it.
        state: &'p str,
        /// The queue.
        queue: &'p str,
    },
    /// People lead it by the runbook.
    Manual,
    /// It has ended.
    Ended(Ending),
    /// It did more than a case can do.
    Stopped,
}

/// A piece of work that runs.
#[derive(Debug, Clone)]
pub(super) struct Activity<'p> {
    pub cursor: Cursor<'p>,
    pub step: &'p Step,
    pub doing: Doing<'p>,
    /// The limit of the step, or of the attempt that runs.
    pub ladder: Option<Ladder<'p>>,
}

/// Where a step stands, so that it is known what comes after it.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'p> {
    pub steps: &'p [Step],
    pub index: usize,
    pub owner: Owner,
    pub scope: Scope,
}

/// Whose steps are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// The state's.
    State,
    /// Those of a branch of a `parallel`, by its number.
    Branch(u32, usize),
    /// Those of an item of a `for_each`, by its number.
    Item(u32, usize),
}

/// What an activity does.
#[derive(Debug, Clone)]
pub(super) enum Doing<'p> {
    /// Waits for the answer to a request.
    Attempt(Request),
    /// Waits before the next attempt.
    Pause(Request, Timestamp),
    /// Its last attempt ran out of time; the ladder goes on.
    Lapsed,
    /// Waits to hear what evidence is attached.
    Gathering,
    /// Waits for somebody to do it.
    Task(BTreeSet<String>),
    /// Waits for decisions.
    Approval(Asked),
    /// Waits for a moment.
    Time(Timestamp),
    /// Waits for an event.
    Event,
    /// Waits for branches.
    Parallel(Branches),
    /// Waits for items.
    ForEach(Items),
    /// Undoes steps, one after the other.
    Undo(Box<Undo<'p>>),
}

/// A request to a system, as it is sent in each attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The attempt, from 1.
    pub attempt: u32,
    /// The operation, event or workflow, or who is told.
    pub to: String,
    /// The data.
    pub with: Value,
    /// The idempotency key.
    pub key: Value,
}

/// An approval that is under way.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Everybody who may decide, with the reason why.
    pub deciders: BTreeMap<String, Role>,
    pub excluded: BTreeSet<String>,
    /// For `all`: for each person of `by`, who can speak for them.
    pub seats: Option<Vec<BTreeSet<String>>>,
    pub needed: usize,
    pub agreed: Vec<String>,
}

/// Branches that run.
#[derive(Debug, Clone)]
pub(super) struct Branches {
    pub open: BTreeSet<usize>,
    /// Results for the item around, of branches that ended.
    pub local: Option<Record>,
}

/// Items that are worked on.
#[derive(Debug, Clone)]
pub(super) struct Items {
    pub list: Arc<[Value]>,
    pub next: usize,
    pub running: usize,
    pub results: BTreeMap<usize, Value>,
    /// The results of inner steps for the item that comes last in the list, of those done.
    pub last: Option<(usize, Record)>,
}

/// A step that was completed and can be undone.
#[derive(Debug, Clone)]
pub(super) struct Completed<'p> {
    pub step: &'p Step,
    pub call: &'p Call,
    pub with: Value,
    pub key: Value,
    /// The branches that it stood in, outermost last.
    pub within: Vec<Owner>,
}

/// Steps that are being undone.
#[derive(Debug, Clone)]
pub(super) struct Undo<'p> {
    pub current: Completed<'p>,
    pub left: Vec<Completed<'p>>,
    pub attempt: u32,
    /// A pause before the next attempt.
    pub until: Option<Timestamp>,
    pub then: Then<'p>,
}

/// What follows when all is undone.
#[derive(Debug, Clone)]
pub(super) enum Then<'p> {
    /// The case ends in this state.
    End(&'p str),
    /// The step ends with this result.
    Finish(Cursor<'p>, Value),
}

/// A limit of time that ticks.
#[derive(Debug, Clone)]
pub(super) struct Ladder<'p> {
    pub timeout: &'p Timeout,
    /// The rung that is taken next.
    pub rung: usize,
    pub due: Timestamp,
}

impl<'p> Case<'p> {
    /// The state that the case is in or comes from.
    pub fn state(&self) -> Option<&'p str> {
        match &self.position {
            Position::Working(state)
            | Position::Leaving(state, _)
            | Position::Undoing(state)
            | Position::Queued { state, .. } => Some(state),
            Position::TurnedAway | Position::Manual | Position::Ended(_) | Position::Stopped => {
                None
            }
        }
    }

    /// The newest result of a step.
    pub fn result(&self, step: &str) -> Option<&Value> {
        self.results.get(step)
    }

    /// The item that an owner's steps are done for, the innermost where lists are nested.
    pub(super) fn item(&self, owner: Owner) -> Option<usize> {
        let around = self.around(owner).into_iter();
        around
            .filter_map(|owner| match owner {
                Owner::Item(_, item) => Some(item),
                Owner::State | Owner::Branch(..) => None,
            })
            .next()
    }

    pub(super) fn tell(&mut self, what: What) {
        self.trace.push(Entry { at: self.now, what });
    }

    /// The branches and items around an owner's steps, innermost first.
    pub(super) fn around(&self, owner: Owner) -> Vec<Owner> {
        let mut found = Vec::new();
        let mut owner = owner;
        loop {
            match owner {
                Owner::State => return found,
                Owner::Branch(activity, _) | Owner::Item(activity, _) => {
                    found.push(owner);
                    match self.activities.get(&activity) {
                        Some(activity) => owner = activity.cursor.owner,
                        None => return found,
                    }
                }
            }
        }
    }
}
