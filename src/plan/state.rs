//! States, the ways between them, and what happens when time runs out.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::Extensions;
use super::origin::Origin;
use super::people::{Mover, Party};
use super::period::Period;
use super::step::Step;
use super::value::Expression;
use crate::syntax::step::TimedDecision;
use crate::syntax::workflow::{Ending, Lifecycle};

/// A durable state.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct State {
    /// The place in the life of a case, as requesters see it.
    pub lifecycle: Lifecycle,
    /// A title for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What happens here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Who answers for cases in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What is done on entering, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// The ways on, first match wins; the last one matches always. Empty where the case ends.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transitions: Vec<Transition>,
    /// How the case ends here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Ending>,
    /// How long a case may stay, and what happens then; unlimited when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Timeout>,
    /// How often a case may come here before it goes to the fallback; unlimited when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_visits: Option<u32>,
    /// Where it is written.
    pub origin: Origin,
    /// Free keys of the author.
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

impl State {
    /// Every step in the order of execution as written, those inside branches and items too.
    pub fn all_steps(&self) -> Vec<&Step> {
        let mut steps = Vec::new();
        for step in &self.steps {
            step.collect(&mut steps);
        }
        steps
    }
}

/// A way out of a state.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Transition {
    /// When this way is taken.
    pub guard: Guard,
    /// Where it leads.
    pub leads: Move,
    /// Who may move the case.
    pub by: Vec<Mover>,
    /// Data of the case that must be there to move.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub require: BTreeSet<String>,
    /// Where it is written; for a way that the author left out, the state.
    pub origin: Origin,
    /// Free keys of the author.
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// When a transition is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// It is the only way on.
    Always,
    /// When this is true and no earlier way was taken.
    When(Expression),
    /// When no other way was taken; always the last one.
    Otherwise,
}

/// Where something leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    /// Into a state.
    To(String),
    /// Into an exception, by its reason code.
    Raise(String),
}

/// A limit of time and what happens when it passes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Timeout {
    /// The limit.
    pub after: Period,
    /// What happens, rung by rung; the last rung always ends the wait.
    pub then: Vec<Rung>,
}

/// A rung of a timeout ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Asks further people, beside those asked before.
    Ask(Escalation),
    /// Tells people and goes on waiting.
    Notify(Escalation),
    /// Raises a reason.
    Raise(String),
    /// Moves the case to a state.
    To(String),
    /// Decides by the clock.
    Decide(TimedDecision),
}

impl Rung {
    /// True when nothing waits after this rung.
    pub fn is_last(&self) -> bool {
        match self {
            Rung::Ask(_) | Rung::Notify(_) => false,
            Rung::Raise(_) | Rung::To(_) | Rung::Decide(_) => true,
        }
    }
}

/// Who is turned to, and how long they have before the next rung.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Escalation {
    /// Who.
    pub party: Party,
    /// How long.
    pub within: Period,
}
