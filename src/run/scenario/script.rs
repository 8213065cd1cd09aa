//! A scenario as the player wants it: every file read, every moment an instant.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{DateTime, datetime};

use crate::expr::{Record, Value};
use crate::run::World;
use crate::source::Span;
use crate::syntax::duration::Duration;
use crate::syntax::workflow::Ending;

/// When cases begin where the scenario does not say: a Monday morning.
pub(super) const BEGINNING: DateTime = datetime(2026, 3, 2, 9, 0, 0, 0);
/// The name of a case where the scenario gives none.
pub(super) const FIRST_CASE: &str = "case-1";

/// A scenario that can be played.
#[derive(Debug, Clone)]
pub struct Script {
    /// The position of the trigger; none when a person starts the case.
    pub trigger: Option<usize>,
    /// The name of the case.
    pub id: String,
    /// The data that arrives.
    pub input: Value,
    /// The data of a case that began before, where there is one.
    pub earlier: Option<Value>,
    /// Who wanted it; null when nobody did.
    pub requester: Value,
    /// When.
    pub at: Timestamp,
    /// Controls with other values than their own.
    pub controls: BTreeMap<String, Value>,
    /// What steps give back.
    pub stubs: BTreeMap<String, Stub>,
    /// What is attached when approvals begin.
    pub evidence: BTreeMap<String, BTreeSet<String>>,
    /// What people and time do, in order.
    pub actions: Vec<Performed>,
}

/// A script in which nothing happens, at the moment when cases begin that do not say.
pub fn blank(world: &World<'_>) -> Script {
    let zoned = BEGINNING.to_zoned(world.zone());
    Script {
        trigger: (!world.plan.triggers.is_empty()).then_some(0),
        id: FIRST_CASE.to_owned(),
        input: Record::new().into(),
        earlier: None,
        requester: Value::Null,
        at: zoned.map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp()),
        controls: BTreeMap::new(),
        stubs: BTreeMap::new(),
        evidence: BTreeMap::new(),
        actions: Vec::new(),
    }
}

/// The answers of one step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stub {
    /// One for each attempt; the last one counts for all further ones.
    pub answers: Vec<Answer>,
}

impl Stub {
    /// The answer to an attempt, from 0.
    pub fn answer(&self, number: usize) -> Option<&Answer> {
        self.answers.get(number).or_else(|| self.answers.last())
    }
}

/// The answer to one attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A result.
    Result(Value),
    /// An error.
    Error(String),
}

/// Something that is done, with where it is written.
#[derive(Debug, Clone)]
pub struct Performed {
    /// What is done.
    pub act: Act,
    /// Where it is written.
    pub span: Span,
}

/// What people and time do.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Time passes.
    Wait(Duration),
    /// The next requests of a step fail.
    Fail {
        /// The step.
        step: String,
        /// The error.
        error: String,
        /// How many attempts; all of the next execution when absent.
        times: Option<u32>,
    },
    /// A task is completed.
    Complete {
        /// The step.
        step: String,
        /// Who.
        person: String,
        /// The result, over what the step gives.
        with: Option<Record>,
        /// What is attached; everything that is asked for when absent.
        evidence: Option<BTreeSet<String>>,
    },
    /// An approval is decided.
    Decide {
        /// The step.
        step: String,
        /// Who.
        person: String,
        /// True for agreement.
        agrees: bool,
        /// What comes with it.
        data: Record,
        /// What is attached when the approval begins; everything that is asked for when absent.
        evidence: Option<BTreeSet<String>>,
    },
    /// An exception is resolved.
    Resolve {
        /// The queue.
        queue: String,
        /// Who.
        person: String,
        /// Where the case goes.
        to: Option<String>,
        /// Corrections.
        data: Record,
    },
    /// The case is moved on.
    Move {
        /// Who.
        person: String,
        /// Where to.
        to: Option<String>,
        /// What comes with it.
        data: Record,
    },
    /// A case in manual mode is closed.
    Close {
        /// Who.
        person: String,
        /// How it ends.
        end: Ending,
    },
    /// An event arrives.
    Arrive {
        /// Its name.
        name: String,
        /// The step whose data it brings.
        step: Option<String>,
        /// Its data, over what the step gives.
        with: Option<Record>,
    },
}

impl Act {
    /// For a decision about a step: the evidence that comes with it, if it says.
    pub(super) fn evidence_for(&self, at: &str) -> Option<Option<&BTreeSet<String>>> {
        if let Act::Decide { step, evidence, .. } = self
            && step == at
        {
            return Some(evidence.as_ref());
        }
        None
    }
}
