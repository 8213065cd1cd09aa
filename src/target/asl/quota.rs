//! What Step Functions counts: characters of names, bytes of the definition, events of the history.

use std::collections::BTreeMap;

use serde_json::Value;

use super::build::Compiler;
use crate::plan::origin::Origin;
use crate::plan::state::State;
use crate::plan::step::{Step, Work};

const LONGEST_NAME: usize = 80;
const MOST_BYTES: usize = 1 << 20;
const MOST_EVENTS: u64 = 25_000;
/// Events of a state that waits for a token: entered, scheduled, started, submitted, ended, left.
const EVENTS_OF_TASK: u64 = 6;
/// Events of each further attempt.
const EVENTS_OF_ATTEMPT: u64 = 4;
/// Events of a state that only decides or assigns.
const EVENTS_OF_STATE: u64 = 2;

impl Compiler<'_> {
    /// Judges names and the length of the history.
    pub(super) fn judge(&mut self, definition: &Value) {
        let mut names = Vec::new();
        collect_names(definition, &mut names);
        let mut seen = BTreeMap::new();
        for name in &names {
            *seen.entry(name.as_str()).or_insert(0_u32) += 1;
        }
        for (name, times) in seen {
            let origin = self.origin_of(name);
            let length = name.chars().count();
            if length > LONGEST_NAME {
                self.refuse(
                    &origin,
                    format!("the state `{name}` would have {length} characters, and names have at most {LONGEST_NAME}"),
                    "shorten the names of the state and its step",
                );
            }
            if times > 1 {
                self.refuse(
                    &origin,
                    format!("two states would be called `{name}`"),
                    "rename a step or a branch",
                );
            }
        }
        let events = self.events();
        if events > MOST_EVENTS {
            let origin = self.plan.origin.clone();
            self.refuse(
                &origin,
                format!("a case can take a way of about {events} events, and an execution may have {MOST_EVENTS}"),
                "lower `limit`, `max_visits`, `max_returns` or retries, or move a part into a workflow that is run",
            );
        }
    }

    /// Judges the size of the definition.
    pub(super) fn judge_size(&mut self, content: &str) {
        if content.len() > MOST_BYTES {
            let origin = self.plan.origin.clone();
            self.refuse(
                &origin,
                format!(
                    "the definition has {} bytes, and may have {MOST_BYTES}",
                    content.len()
                ),
                "move a part into a workflow that is run",
            );
        }
    }

    /// Where the state of the plan is written that a state belongs to.
    fn origin_of(&self, name: &str) -> Origin {
        let state = name.split(['.', ':']).next().unwrap_or_default();
        let step = name
            .split_once('.')
            .map(|(_, rest)| rest.split([':', '/']).next().unwrap_or_default());
        let Some(state) = self.plan.states.get(state) else {
            return self.plan.origin.clone();
        };
        let own = state
            .all_steps()
            .into_iter()
            .find(|each| Some(each.id.as_str()) == step);
        own.map_or_else(|| state.origin.clone(), |step| step.origin.clone())
    }

    /// The events of the longest way: every state as often as returns and visits allow.
    fn events(&self) -> u64 {
        let returns: u64 = self
            .plan
            .exceptions
            .iter()
            .filter(|(name, _)| self.routes.iter().any(|route| route == name))
            .map(|(_, route)| u64::from(route.max_returns))
            .sum();
        let once: u64 = self.plan.states.values().map(events_of_state).sum();
        let longest = self
            .plan
            .states
            .values()
            .map(events_of_state)
            .max()
            .unwrap_or(0);
        // Each return repeats at least the state that raised; the bound takes the longest one.
        once + returns * (longest + EVENTS_OF_TASK + 2 * EVENTS_OF_STATE)
    }
}

fn events_of_state(state: &State) -> u64 {
    let visits = u64::from(state.max_visits.unwrap_or(1));
    let steps: u64 = state.steps.iter().map(events_of_step).sum();
    visits.saturating_mul(steps + EVENTS_OF_TASK + 3 * EVENTS_OF_STATE)
}

fn events_of_step(step: &Step) -> u64 {
    let around = 3 * EVENTS_OF_STATE;
    let attempts = step
        .retry
        .as_ref()
        .map_or(0, |retry| u64::from(retry.limit));
    let rungs = step
        .timeout
        .as_ref()
        .map_or(0, |timeout| timeout.then.len() as u64);
    let own = match &step.work {
        Work::Check(_) | Work::Match(_) | Work::Route(_) => EVENTS_OF_STATE,
        Work::Call(_)
        | Work::Task(_)
        | Work::Approve(_)
        | Work::Wait(_)
        | Work::Notify(_)
        | Work::Emit(_)
        | Work::Run(_) => {
            EVENTS_OF_TASK + attempts.saturating_mul(EVENTS_OF_ATTEMPT) + rungs * 2 * EVENTS_OF_TASK
        }
        Work::Parallel(parallel) => parallel
            .branches
            .values()
            .map(|steps| events_of_steps(steps))
            .sum(),
        Work::ForEach(for_each) => {
            let items = u64::from(for_each.limit.unwrap_or(1));
            items.saturating_mul(events_of_steps(&for_each.steps) + EVENTS_OF_STATE)
        }
    };
    let undone = if step.compensate.is_some() {
        2 * EVENTS_OF_TASK
    } else {
        0
    };
    around.saturating_add(own).saturating_add(undone)
}

fn events_of_steps(steps: &[Step]) -> u64 {
    let own: u64 = steps.iter().map(events_of_step).sum();
    own + 2 * EVENTS_OF_STATE
}

fn collect_names(definition: &Value, names: &mut Vec<String>) {
    match definition {
        Value::Object(fields) => {
            for (key, value) in fields {
                if let ("States", Value::Object(states)) = (key.as_str(), value) {
                    names.extend(states.keys().cloned());
                }
                collect_names(value, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
