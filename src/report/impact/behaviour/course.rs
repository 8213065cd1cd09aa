//! One scenario, played on one version, as people tell it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::Model;
use crate::plan::Plan;
use crate::plan::state::State;
use crate::run::scenario::{self, Played};
use crate::run::trace::What;
use crate::run::{Position, World, json};
use crate::syntax::scenarios::Case;

/// How a scenario goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Course {
    /// The states that are entered.
    pub path: Vec<String>,
    /// Decisions of people, and what is raised, in order.
    pub events: Vec<String>,
    /// Where it is at the end.
    pub end: String,
}

/// A scenario that was played on one version.
pub(super) struct Run {
    pub course: Course,
    /// The inputs that tell cases apart, with their values.
    pub figures: BTreeMap<String, String>,
    /// The steps that were come to.
    pub steps: BTreeSet<String>,
}

/// Plays a scenario; what it says about steps and controls that this version has not is left out.
/// `None` when it cannot be played even so.
pub(super) fn play(
    (model, plan): (&Model, &Plan),
    written_for: &Model,
    case: &Case,
    figures: &BTreeSet<String>,
) -> Option<Run> {
    let world = World::new(plan, model);
    let case = fitted(case, written_for, plan);
    let prepared = scenario::prepare(&world, &written_for.surroundings.files, &case);
    let script = prepared.value?;
    let changed = (!script.controls.is_empty()).then(|| {
        let mut world = World::new(plan, model);
        world.set_controls(script.controls.clone());
        world
    });
    let world = changed.as_ref().unwrap_or(&world);
    let played = scenario::play(world, &script);
    let input = json(&script.input);
    let figures = figures.iter().filter_map(|name| {
        let value = input.get(name)?;
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        (value.is_number() || value.is_boolean()).then(|| (name.clone(), text))
    });
    Some(Run {
        figures: figures.collect(),
        steps: steps(&played),
        course: Course {
            path: scenario::path(&played.case.trace),
            events: events(&played),
            end: end(&played),
        },
    })
}

/// The scenario without what only the version that it was written for has.
fn fitted(case: &Case, written_for: &Model, plan: &Plan) -> Case {
    let mut case = case.clone();
    case.expect = None;
    let states = plan.states.values();
    let steps: BTreeSet<&str> = states
        .flat_map(State::all_steps)
        .map(|step| step.id.as_str())
        .collect();
    let elsewhere: BTreeSet<String> = written_for
        .project
        .workflows
        .iter()
        .flat_map(|workflow| workflow.body.all_steps())
        .map(|located| located.step.name().to_owned())
        .filter(|step| !steps.contains(step.as_str()))
        .collect();
    if let Some(given) = &mut case.given {
        given.steps.retain(|step| !elsewhere.contains(step));
        given.evidence.retain(|step| !elsewhere.contains(step));
        let is_known = |name: &str| plan.controls.names().any(|known| known == name);
        given.controls.retain(is_known);
    }
    case.actions.retain(|action| {
        let at = action.value.at.as_ref();
        !at.is_some_and(|at| elsewhere.contains(&at.value))
    });
    case
}

fn steps(played: &Played<'_>) -> BTreeSet<String> {
    let trace = played.case.trace.iter();
    let steps = trace.filter_map(|entry| match &entry.what {
        What::Asked { step, .. } | What::Decided { step, .. } | What::Begun { step, .. } => {
            Some(step.clone())
        }
        _ => None,
    });
    steps.collect()
}

fn events(played: &Played<'_>) -> Vec<String> {
    let trace = played.case.trace.iter();
    let events = trace.filter_map(|entry| match &entry.what {
        What::Decided {
            step, decision, by, ..
        } => Some(match by {
            Some(person) => format!("`{step}` is {decision} by {person}"),
            None => format!("`{step}` is {decision}"),
        }),
        What::Raised { reason, place, .. } => {
            Some(format!("`{reason}` is raised in `{}`", place.state))
        }
        _ => None,
    });
    events.collect()
}

fn end(played: &Played<'_>) -> String {
    if let Some(step) = &played.unanswered {
        return format!("it comes to `{step}`, for which the scenario has no answer");
    }
    let case = &played.case;
    match &case.position {
        Position::TurnedAway => "no case starts".to_owned(),
        Position::Working(state) => {
            let waiting = case.waiting();
            let steps: BTreeSet<String> = waiting
                .iter()
                .map(|waiting| format!("`{}`", waiting.step))
                .collect();
            let steps: Vec<String> = steps.into_iter().collect();
            format!("it waits in `{state}` for {}", steps.join(", "))
        }
        Position::Leaving(state, _) => format!("it waits in `{state}` to be moved on"),
        Position::Undoing(state) => format!("it is undone before `{state}`"),
        Position::Queued { reason, queue, .. } => format!("it waits in `{queue}` with `{reason}`"),
        Position::Manual => "people lead it by the runbook".to_owned(),
        Position::Ended(ending) => format!("it ends {}", ending.as_str()),
        Position::Stopped => "it runs in circles".to_owned(),
    }
}

impl Course {
    /// What another course has not: its decisions and exceptions, its end, else its way.
    pub fn unlike(&self, other: &Course) -> String {
        let events = self.events.iter();
        let mut parts: Vec<String> = events
            .filter(|event| !other.events.contains(event))
            .cloned()
            .collect();
        if self.end != other.end {
            parts.push(self.end.clone());
        }
        if parts.is_empty() && self.path != other.path {
            parts.push(format!("it comes by {}", named(&self.path)));
        }
        if !parts.is_empty() {
            return parts.join(", ");
        }
        let is_approved = |course: &Course| {
            let mut events = course.events.iter();
            events.any(|event| event.contains("is approved by"))
        };
        if is_approved(other) && !is_approved(self) {
            "nobody approves".to_owned()
        } else {
            "that is left out".to_owned()
        }
    }
}

fn named(path: &[String]) -> String {
    let names: Vec<String> = path.iter().map(|state| format!("`{state}`")).collect();
    names.join(", ")
}
