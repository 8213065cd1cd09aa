//! Coverage: what of a plan the traces have reached.

use std::collections::BTreeSet;

use super::trace::{Entry, What};
use crate::plan::Plan;
use crate::plan::state::{Guard, Move, Rung, State, Timeout, Transition};
use crate::plan::step::{Step, Work};
use crate::source::Span;

/// A part of a plan that traces can reach.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A state, by name.
    State(String),
    /// A transition, by its state and position.
    Transition(String, usize),
    /// A reason code that the author declared.
    Reason(String),
    /// A rung of a ladder of people or of a state, by state, step and position.
    Timer(String, Option<String>, usize),
    /// A row of a decision table, by step and position.
    Row(String, usize),
}

/// The kinds of parts, in the order of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// States.
    States,
    /// Transitions.
    Transitions,
    /// Reason codes.
    Reasons,
    /// Rungs of ladders.
    Timers,
    /// Rows of decision tables.
    Rows,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 5] = [
        Kind::States,
        Kind::Transitions,
        Kind::Reasons,
        Kind::Timers,
        Kind::Rows,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::States => "states",
            Kind::Transitions => "transitions",
            Kind::Reasons => "reason codes",
            Kind::Timers => "timers",
            Kind::Rows => "decision rows",
        }
    }
}

impl Part {
    /// What kind of part it is.
    pub fn kind(&self) -> Kind {
        match self {
            Part::State(_) => Kind::States,
            Part::Transition(..) => Kind::Transitions,
            Part::Reason(_) => Kind::Reasons,
            Part::Timer(..) => Kind::Timers,
            Part::Row(..) => Kind::Rows,
        }
    }
}

/// A part with how people call it, where it is written, and how often it was reached.
#[derive(Debug, Clone)]
pub struct Item {
    /// The part.
    pub part: Part,
    /// In words, as `the transition from approval to rejected`.
    pub words: String,
    /// Where it is written.
    pub span: Span,
    /// In how many scenarios it was reached.
    pub count: usize,
}

/// Everything that the scenarios of a workflow can reach, and how often they did.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// The parts, in the order of the plan, kind by kind.
    pub items: Vec<Item>,
}

impl Coverage {
    /// The parts of a plan, none reached.
    pub fn of(plan: &Plan) -> Self {
        let mut items = Vec::new();
        for (name, state) in plan.states.iter() {
            let part = Part::State(name.to_owned());
            push(
                &mut items,
                part,
                format!("the state `{name}`"),
                state.origin.span,
            );
        }
        for (name, state) in plan.states.iter() {
            for (number, transition) in state.transitions.iter().enumerate() {
                if let Some(words) = transition_words(name, transition) {
                    let part = Part::Transition(name.to_owned(), number);
                    push(&mut items, part, words, transition.origin.span);
                }
            }
        }
        for (reason, route) in plan.exceptions.iter() {
            if route.declared && !route.raised_in.is_empty() {
                let part = Part::Reason(reason.to_owned());
                push(
                    &mut items,
                    part,
                    format!("the reason `{reason}`"),
                    route.origin.span,
                );
            }
        }
        for (name, state) in plan.states.iter() {
            timers(name, state, &mut items);
        }
        for state in plan.states.values() {
            for step in state.all_steps() {
                rows(step, &mut items);
            }
        }
        Coverage { items }
    }

    /// Counts what a trace reached.
    pub fn add(&mut self, trace: &[Entry]) {
        for number in self.reached(trace) {
            self.items[number].count += 1;
        }
    }

    /// The numbers of the parts that a trace reaches.
    pub fn reached(&self, trace: &[Entry]) -> BTreeSet<usize> {
        let parts: BTreeSet<Part> = trace.iter().flat_map(|entry| parts(&entry.what)).collect();
        let items = self.items.iter().enumerate();
        let reached = items.filter(|(_, item)| parts.contains(&item.part));
        reached.map(|(number, _)| number).collect()
    }

    /// How many parts of a kind were reached, of how many.
    pub fn share(&self, kind: Kind) -> (usize, usize) {
        let items = self.items.iter().filter(|item| item.part.kind() == kind);
        let all = items.clone().count();
        (items.filter(|item| item.count > 0).count(), all)
    }

    /// What was not reached.
    pub fn missing(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.count == 0)
    }

    /// The reached part of all parts, in percent, rounded down; 100 when there are none.
    pub fn percent(&self) -> usize {
        let all = self.items.len();
        let reached = self.items.iter().filter(|item| item.count > 0).count();
        (reached * 100).checked_div(all).unwrap_or(100)
    }
}

fn push(items: &mut Vec<Item>, part: Part, words: String, span: Span) {
    items.push(Item {
        part,
        words,
        span,
        count: 0,
    });
}

/// What a transition is called; nothing for the way that the author left out.
fn transition_words(state: &str, transition: &Transition) -> Option<String> {
    let Move::To(target) = &transition.leads else {
        return None;
    };
    let guard = match &transition.guard {
        Guard::Always => String::new(),
        Guard::When(guard) => format!(" when `{}`", guard.as_str()),
        Guard::Otherwise => " otherwise".to_owned(),
    };
    Some(format!("the way from `{state}` to `{target}`{guard}"))
}

fn timers(name: &str, state: &State, items: &mut Vec<Item>) {
    let mut ladder = |step: Option<&Step>, timeout: &Timeout| {
        let span = step.map_or(state.origin.span, |step| step.origin.span);
        let place = step.map_or(name, |step| &step.id);
        for (number, rung) in timeout.then.iter().enumerate() {
            let then = match rung {
                Rung::Ask(_) => "further people are asked".to_owned(),
                Rung::Notify(_) => "people are told".to_owned(),
                Rung::Raise(reason) => format!("`{reason}` is raised"),
                Rung::To(state) => format!("the case goes to `{state}`"),
                Rung::Decide(decision) => format!("the decision is {}", decision.as_str()),
            };
            let step = step.map(|step| step.id.clone());
            let part = Part::Timer(name.to_owned(), step, number);
            push(
                items,
                part,
                format!("the timer of `{place}` after which {then}"),
                span,
            );
        }
    };
    for step in state.all_steps() {
        if let Some(timeout) = step.timeout.as_ref().filter(|_| is_of_people(step)) {
            ladder(Some(step), timeout);
        }
    }
    if let Some(timeout) = &state.timeout {
        ladder(None, timeout);
    }
}

/// Whether the limit of a step is one of people and time, not of the attempts of a system.
fn is_of_people(step: &Step) -> bool {
    match &step.work {
        Work::Task(_) | Work::Approve(_) | Work::Wait(_) | Work::Parallel(_) | Work::ForEach(_) => {
            true
        }
        Work::Check(_)
        | Work::Match(_)
        | Work::Route(_)
        | Work::Call(_)
        | Work::Notify(_)
        | Work::Emit(_)
        | Work::Run(_) => false,
    }
}

fn rows(step: &Step, items: &mut Vec<Item>) {
    let Work::Route(route) = &step.work else {
        return;
    };
    for (number, row) in route.rows.iter().enumerate() {
        let tests: Vec<String> = row
            .tests
            .iter()
            .map(|(input, test)| format!("{input} {}", test.as_str()))
            .collect();
        let tests = if tests.is_empty() {
            "always".to_owned()
        } else {
            tests.join(", ")
        };
        let words = format!(
            "the row {} of `{}` at `{}`: {tests}",
            number + 1,
            route.decision,
            step.id
        );
        push(
            items,
            Part::Row(step.id.clone(), number),
            words,
            route.origin.span,
        );
    }
}

/// What an entry of a trace reaches.
pub(super) fn parts(what: &What) -> Vec<Part> {
    match what {
        What::Entered { state, .. } => vec![Part::State(state.clone())],
        What::Moved {
            state, transition, ..
        } => vec![Part::Transition(state.clone(), *transition)],
        What::Raised { reason, .. } => vec![Part::Reason(reason.clone())],
        What::TimerFired {
            place,
            rung: Some(rung),
        } => {
            vec![Part::Timer(place.state.clone(), place.step.clone(), *rung)]
        }
        What::Routed { step, rows } => rows
            .iter()
            .map(|row| Part::Row(step.clone(), *row))
            .collect(),
        What::TimerFired { rung: None, .. }
        | What::Arrived { .. }
        | What::TurnedAway { .. }
        | What::Begun { .. }
        | What::Skipped { .. }
        | What::Attempted { .. }
        | What::Answered { .. }
        | What::AttemptFailed { .. }
        | What::Elapsed { .. }
        | What::Received { .. }
        | What::Caught { .. }
        | What::Asked { .. }
        | What::Voted { .. }
        | What::Decided { .. }
        | What::Waiting { .. }
        | What::Done { .. }
        | What::Cancelled { .. }
        | What::Told { .. }
        | What::Guarded { .. }
        | What::Held { .. }
        | What::Queued { .. }
        | What::Corrected { .. }
        | What::Resolved { .. }
        | What::Undone { .. }
        | What::FellBack { .. }
        | What::PromiseMissed { .. }
        | What::Proved { .. }
        | What::Ended { .. }
        | What::Refused { .. }
        | What::Stopped { .. } => Vec::new(),
    }
}
