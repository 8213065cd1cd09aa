//! What every part of the compiler builds with: places, names of states, and the states themselves.

use serde_json::{Map, Value, json};

use super::data::query;
use crate::diagnostic::Diagnostic;
use crate::plan::Plan;
use crate::plan::origin::Origin;
use crate::plan::period::Period;
use crate::plan::state::Move;
use crate::plan::step::Step;
use crate::target::jsonata::{Names, quoted};
use crate::target::rules::TARGET_LIMIT;

/// States in the order in which they are written.
pub(super) type States = Vec<(String, Value)>;

/// The reason of errors that nothing else names.
pub(super) const ERROR: &str = "ERROR";
/// The reason of data that fits no contract.
pub(super) const CONTRACT_VIOLATION: &str = "CONTRACT_VIOLATION";
/// The error by which a handler says that what it was given fits no contract.
pub(super) const MISFIT: &str = "flowgate.ContractViolation";
/// The error by which a branch leads the case to another state.
pub(super) const MOVED: &str = "flowgate.Moved";
/// The route of reasons without one.
const DEFAULT: &str = "default";
/// The longest length of time that one state may take, in seconds.
const YEAR: u64 = 31_536_000;

/// Where a step stands.
#[derive(Debug, Clone)]
pub(super) struct Place<'p> {
    /// The state of the plan.
    pub state: &'p str,
    /// How many branches and items are around it.
    pub depth: usize,
    /// What expressions see.
    pub names: Names,
    /// Where what is being compiled is written.
    pub origin: &'p Origin,
}

impl Place<'_> {
    /// A variable of this depth: inner scopes may not assign what outer ones do.
    pub fn variable(&self, name: &str) -> String {
        match self.depth {
            0 => name.to_owned(),
            depth => format!("{name}{depth}"),
        }
    }

    /// The variable that holds results of steps.
    pub fn results(&self) -> String {
        self.variable("steps")
    }

    /// The result of a step added to those before.
    pub fn kept(&self, step: &Step, value: &str) -> (String, Value) {
        let results = self.results();
        let merged = format!("$merge([${results}, {{{}: {value}}}])", quoted(&step.id));
        (results, query(&merged))
    }

    /// The name of the state of a step.
    pub fn name(&self, step: &Step) -> String {
        format!("{}.{}", self.state, step.id)
    }
}

/// Compiles one plan.
pub(super) struct Compiler<'p> {
    pub plan: &'p Plan,
    pub diagnostics: Vec<Diagnostic>,
    /// The routes of exceptions that something leads to, in the order of first mention.
    pub routes: Vec<String>,
    /// Whether something leads to manual mode.
    pub uses_fallback: bool,
    /// The reasons that branches and items of the block that is being compiled raise, and the states
    /// that they lead to.
    pub raised_inside: Vec<String>,
    pub moved_inside: Vec<String>,
    /// The steps that are undone when a case does not reach its purpose.
    pub undone: Vec<&'p Step>,
}

impl<'p> Compiler<'p> {
    /// Tells what the target cannot hold.
    pub fn refuse(&mut self, origin: &Origin, message: String, instead: &str) {
        let finding = Diagnostic::new(&TARGET_LIMIT, origin.span, message).help(instead);
        let is_known = self
            .diagnostics
            .iter()
            .any(|known| known.span == finding.span && known.message == finding.message);
        if !is_known {
            self.diagnostics.push(finding);
        }
    }

    /// The state that a reason leads to.
    pub fn route(&mut self, reason: &str) -> String {
        let route = match self.plan.exceptions.get(reason) {
            Some(_) => reason,
            None => DEFAULT,
        };
        if !self.routes.iter().any(|known| known == route) {
            self.routes.push(route.to_owned());
        }
        format!("exception {route}")
    }

    /// The state in which a case leaves the automation.
    pub fn fallback(&mut self) -> String {
        self.uses_fallback = true;
        "manual mode".to_owned()
    }

    /// Adds a state that raises a reason, and gives its name. `message` is JSONata that always has
    /// a value.
    pub fn raise(
        &mut self,
        states: &mut States,
        (place, step): (&Place<'p>, Option<&Step>),
        reason: &str,
        message: &str,
    ) -> String {
        let at = step.map_or_else(|| place.state.to_owned(), |step| place.name(step));
        let step = step.map_or_else(|| "null".to_owned(), |step| quoted(&step.id));
        let raised = format!(
            "{{'reason': {}, 'state': {}, 'step': {step}, 'message': {message}}}",
            quoted(reason),
            quoted(place.state)
        );
        let route = self.route(reason);
        let state = if place.depth == 0 {
            json!({"Type": "Pass", "Assign": {"raised": query(&raised)}, "Next": route})
        } else {
            if !self.raised_inside.iter().any(|known| known == reason) {
                self.raised_inside.push(reason.to_owned());
            }
            json!({"Type": "Fail", "Error": reason, "Cause": query(&format!("$string({raised})"))})
        };
        add(states, &format!("{at}: {reason}"), state)
    }

    /// Adds what is needed to go where something leads, and gives the name of the next state.
    pub fn lead(
        &mut self,
        states: &mut States,
        (place, step): (&Place<'p>, Option<&Step>),
        leads: &Move,
        message: &str,
    ) -> String {
        match leads {
            Move::Raise(reason) => self.raise(states, (place, step), reason, message),
            Move::To(state) if place.depth == 0 => state.clone(),
            Move::To(state) => {
                let at = step.map_or_else(|| place.state.to_owned(), |step| place.name(step));
                if !self.moved_inside.contains(state) {
                    self.moved_inside.push(state.clone());
                }
                let cause = query(&format!("$string({{'to': {}}})", quoted(state)));
                let fail = json!({"Type": "Fail", "Error": MOVED, "Cause": cause});
                add(states, &format!("{at}: to {state}"), fail)
            }
        }
    }

    /// A length of time in seconds, where it elapses.
    pub fn seconds(&mut self, period: &Period, origin: &Origin) -> u64 {
        let days = u64::from(period.weeks) * 7 + u64::from(period.days);
        let seconds = days * 86_400 + period.seconds;
        if seconds > YEAR {
            self.refuse(
                origin,
                format!("{period} is longer than the year that an execution may take"),
                "divide the workflow, and let a schedule start the second half",
            );
        }
        seconds.max(1)
    }
}

/// Adds a state under a name that no other has, unless it is there already.
pub(super) fn add(states: &mut States, name: &str, state: Value) -> String {
    let mut tried = name.to_owned();
    let mut number = 1;
    loop {
        match states.iter().find(|(known, _)| *known == tried) {
            Some((_, known)) if *known == state => return tried,
            Some(_) => {
                number += 1;
                tried = format!("{name} {number}");
            }
            None => {
                states.push((tried.clone(), state));
                return tried;
            }
        }
    }
}

/// The parts of a state as JSON.
pub(super) fn states_object(states: States) -> Value {
    Value::Object(states.into_iter().collect::<Map<String, Value>>())
}

/// A state that decides by conditions, each with the state that it leads to.
pub(super) fn choice(rules: Vec<(String, String)>, default: &str) -> Value {
    let rules: Vec<Value> = rules
        .into_iter()
        .map(|(condition, next)| json!({"Condition": query(&condition), "Next": next}))
        .collect();
    json!({"Type": "Choice", "Choices": rules, "Default": default})
}

/// A state that only assigns.
pub(super) fn pass(assign: Vec<(String, Value)>, next: &str) -> Value {
    let assign: Map<String, Value> = assign.into_iter().collect();
    json!({"Type": "Pass", "Assign": assign, "Next": next})
}

/// A catcher.
pub(super) fn catcher(errors: &[&str], next: &str) -> Value {
    json!({"ErrorEquals": errors, "Next": next})
}
