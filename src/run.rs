//! The reference interpreter: what a plan means, executed.
//!
//! [`Case`] is the state of one case, [`apply`] takes one [`Event`] to the next state, and the
//! trace of the case tells everything that happened on the way. Nothing here reads a clock, draws
//! lots or talks to anybody: time is an event, answers of systems are events, and whoever drives
//! the case asks [`Case::waiting`] what it waits for. Pauses that vary at random are taken at their
//! longest; the trace gives their bounds.
//!
//! The meaning itself is written in [`crate::plan`]; this module executes that text. Everything is
//! bounded: one case may enter so many states and begin so many steps ([`EFFORT`]), expressions
//! have a budget, and time moves only when an event says so.

mod act;
mod approval;
mod branches;
mod case;
mod clock;
pub mod coverage;
mod data;
mod engine;
mod evaluate;
mod event;
mod exception;
mod machine;
pub mod rules;
pub mod sample;
pub mod scenario;
mod solve;
pub mod suggest;
mod timer;
pub mod trace;
mod validate;
pub mod walk;
mod ways_out;
mod work;
mod world;

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;

pub use case::{Case, Position, Request};
pub use data::{from_json, json, node, written};
pub use event::{Event, Refusal, Waiting, WaitingFor};
pub use exception::word;
pub use ways_out::WayOut;
pub use world::{Directory, World};

use crate::expr::{Record, Value};
use crate::plan::value::Expression;
use crate::syntax::governance::Status;
use clock::Promises;
use engine::Engine;
use trace::What;

/// How many states one case may enter and how many steps and attempts it may begin.
pub const EFFORT: u32 = 100_000;

/// What starts a case.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The position of the trigger in the plan; none when a person or another workflow starts it.
    pub trigger: Option<usize>,
    /// The data.
    pub input: Value,
    /// The name of the case.
    pub id: String,
    /// Who wanted it; null when nobody did.
    pub requester: Value,
    /// When.
    pub at: Timestamp,
}

/// Starts a case and runs it until it waits.
pub fn start<'p>(world: &World<'p>, arrival: Arrival) -> Case<'p> {
    let mut case = Case {
        now: arrival.at,
        started: arrival.at,
        id: arrival.id,
        requester: arrival.requester,
        input: arrival.input,
        data: Record::new(),
        trace: Vec::new(),
        position: Position::TurnedAway,
        results: Arc::default(),
        exceptions: Vec::new(),
        visits: std::collections::BTreeMap::new(),
        returns: std::collections::BTreeMap::new(),
        completed: Vec::new(),
        activities: std::collections::BTreeMap::new(),
        next_activity: 0,
        state_timer: None,
        state_asked: std::collections::BTreeSet::new(),
        promises: Promises::default(),
        outputs: Value::Null,
        routed: std::collections::BTreeMap::new(),
        effort: EFFORT,
    };
    // Fields are read as their types before anything looks at them.
    if let Ok(input) = validate::input(world, &case.input) {
        case.input = input;
    }
    if let Some(because) = turned_away(world, &case, arrival.trigger) {
        case.tell(What::TurnedAway { because });
        return case;
    }
    case.tell(What::Arrived {
        trigger: arrival.trigger,
        data: data::json(&case.input),
    });
    case.promises = Promises::start(world, case.now);
    let mut engine = Engine {
        world,
        case: &mut case,
        jobs: VecDeque::new(),
    };
    engine.case.position = match engine.state(&world.plan.start) {
        Some((name, _)) => Position::Working(name),
        None => Position::Manual,
    };
    engine.go(&world.plan.start);
    engine.run();
    case
}

/// Why no case starts.
fn turned_away(world: &World<'_>, case: &Case<'_>, trigger: Option<usize>) -> Option<String> {
    let plan = world.plan;
    if matches!(plan.status, Status::Draft | Status::Retired) {
        return Some(format!("the workflow is {}", plan.status.as_str()));
    }
    let filter = plan.triggers.get(trigger?)?.filter.as_ref()?;
    let roots = evaluate::roots(world, case, &evaluate::Scope::default());
    match evaluate::truth(world, filter, &roots) {
        Ok(true) => None,
        Ok(false) => Some(format!("`{}` is false", filter.as_str())),
        // Nothing that arrives may be lost because a filter cannot be evaluated.
        Err(_) => None,
    }
}

/// Takes a case to its next state.
///
/// # Errors
/// When what the event says cannot be: the case is as before, and the refusal is in its trace.
pub fn apply<'p>(world: &World<'p>, case: &mut Case<'p>, event: &Event) -> Result<(), Refusal> {
    let mut engine = Engine {
        world,
        case,
        jobs: VecDeque::new(),
    };
    let result = engine.event(event);
    engine.run();
    if let Err(refusal) = &result {
        engine.case.tell(What::Refused {
            person: event.person().map(str::to_owned),
            at: refusal.at.clone(),
            because: refusal.because,
            message: refusal.message.clone(),
        });
    }
    result
}

/// The value by which a repeated arrival of this case is recognised.
pub fn dedupe(world: &World<'_>, case: &Case<'_>, trigger: usize, input: &Value) -> Option<Value> {
    let key: &Expression = world.plan.triggers.get(trigger)?.dedupe.as_ref()?;
    let mut roots = evaluate::roots(world, case, &evaluate::Scope::default());
    let input = validate::input(world, input).unwrap_or_else(|_| input.clone());
    roots.insert("input".into(), input);
    evaluate::with_roots(world, key, &roots).ok()
}

impl Case<'_> {
    /// The seconds of the promise that are used up, in its own clock.
    pub fn used(&self, world: &World<'_>) -> u64 {
        self.promises.used(world, self.now)
    }

    /// The value of an expression at this moment.
    ///
    /// # Errors
    /// Why it has no value, in words.
    pub fn value(&self, world: &World<'_>, expression: &str) -> Result<Value, String> {
        let roots = evaluate::roots(world, self, &evaluate::Scope::default());
        evaluate::text_with_roots(world, expression, &roots)
    }
}

#[cfg(test)]
mod tests;
