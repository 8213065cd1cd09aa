//! Steps: what is done in a state, by kind.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::origin::Origin;
use super::people::{Assignee, Count, Party};
use super::period::Period;
use super::state::{Move, Timeout};
use super::value::{Data, Expression, Literal, Text};
use super::{ByName, Extensions};
use crate::syntax::decision::{CellType, HitPolicy};
use crate::syntax::directory::Effect;
use crate::syntax::step::{Backoff, Join};

/// One piece of work.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Step {
    /// The name by which expressions read the result, as `steps.<id>`; unique in the plan.
    pub id: String,
    /// What the step is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The step is skipped when this is false.
    #[serde(rename = "if", skip_serializing_if = "Option::is_none")]
    pub condition: Option<Expression>,
    /// Kinds of risk, those of the state among them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub risk: BTreeSet<String>,
    /// The work.
    pub work: Work,
    /// The contract of the plan that the result is validated against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// What must be attached when the work is done.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub evidence: BTreeSet<String>,
    /// How long it may take and what happens then: one attempt of what is retried, the whole step
    /// otherwise; unlimited when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Timeout>,
    /// How a failed attempt is tried again; not at all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// What errors lead to, first match wins; the last one takes every error. Absent for kinds
    /// that have no errors of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub catch: Vec<Catch>,
    /// The value by which a repeated attempt is recognised as the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<Expression>,
    /// The operation that undoes this step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compensate: Option<Call>,
    /// Where it is written.
    pub origin: Origin,
    /// Free keys of the author.
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

impl Step {
    /// The steps inside this one: branches and items.
    pub fn nested(&self) -> Vec<&Step> {
        match &self.work {
            Work::Parallel(parallel) => parallel.branches.values().flatten().collect(),
            Work::ForEach(for_each) => for_each.steps.iter().collect(),
            Work::Check(_)
            | Work::Match(_)
            | Work::Route(_)
            | Work::Call(_)
            | Work::Task(_)
            | Work::Approve(_)
            | Work::Wait(_)
            | Work::Notify(_)
            | Work::Emit(_)
            | Work::Run(_) => Vec::new(),
        }
    }

    pub(super) fn collect<'p>(&'p self, steps: &mut Vec<&'p Step>) {
        steps.push(self);
        for step in self.nested() {
            step.collect(steps);
        }
    }
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Work {
    /// Assertions.
    Check(Check),
    /// An n-way match.
    Match(Match),
    /// A decision table.
    Route(Route),
    /// An operation of a system.
    Call(Call),
    /// Work for a person.
    Task(Task),
    /// A decision by people.
    Approve(Approval),
    /// Lets time pass, or waits for an event.
    Wait(Wait),
    /// Tells somebody.
    Notify(Notification),
    /// Publishes an event.
    Emit(Emission),
    /// Runs another workflow.
    Run(Run),
    /// Branches that run at the same time.
    Parallel(Parallel),
    /// Steps for every item of a list.
    ForEach(ForEach),
}

/// Assertions, in order; the first that fails raises.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Check {
    /// The assertions.
    pub assertions: Vec<Assertion>,
}

/// An assertion.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Assertion {
    /// What must be true.
    pub that: Expression,
    /// The reason otherwise.
    pub raise: String,
    /// What the resolver is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Text>,
}

/// An n-way match of lines.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Match {
    /// The lines that are claimed.
    pub claim: Expression,
    /// The field that pairs lines.
    pub key: String,
    /// The lines that they are matched against, with the reason for a line without a partner.
    pub against: ByName<Counterpart>,
    /// What is compared, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub compare: Vec<Comparison>,
}

/// Lines that a claim is matched against.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Counterpart {
    /// The lines.
    pub lines: Expression,
    /// The reason for a claimed line without a partner.
    pub missing: String,
}

/// A comparison of one field of matched lines.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Comparison {
    /// The field.
    pub field: String,
    /// The other side.
    pub with: String,
    /// How much the values may differ; they must be equal when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<Tolerance>,
    /// The reason for a greater difference.
    pub raise: String,
}

/// How much values may differ.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Tolerance {
    /// How much.
    pub amount: Expression,
    /// What the amount is measured by.
    pub measure: Measure,
}

/// What a tolerance is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The difference itself.
    Difference,
    /// The difference divided by the value of the other side; for controls with the unit `ratio`.
    Ratio,
}

/// A decision table with what its inputs are bound to.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Route {
    /// The name of the table.
    pub decision: String,
    /// What happens when several rows match.
    pub hit: HitPolicy,
    /// The inputs.
    pub inputs: ByName<Binding>,
    /// The outputs with their types.
    pub outputs: ByName<CellType>,
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// The reason when no row matches.
    pub no_match: String,
    /// Where the table is written.
    pub origin: Origin,
}

/// An input of a decision table.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Binding {
    /// The type.
    #[serde(rename = "type")]
    pub kind: CellType,
    /// The value: the data given to the step, else the field of the same name of the case's input.
    pub value: Data,
}

/// A row of a decision table.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Row {
    /// The tests by input; an input without a test may have any value.
    #[serde(skip_serializing_if = "ByName::is_empty")]
    pub tests: ByName<Expression>,
    /// The outputs.
    pub outputs: ByName<Literal>,
}

/// An operation of a system.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Call {
    /// The system.
    pub system: String,
    /// The operation.
    pub operation: String,
    /// What it does to the system.
    pub effect: Effect,
    /// Whether repeating it changes nothing more; reads always repeat safely.
    pub idempotent: bool,
    /// The business object that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The scope that it needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The errors that it names.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub errors: BTreeSet<String>,
    /// The service account that it runs as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The data that is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<Data>,
    /// The contract of the plan that the data is validated against before it is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sends: Option<String>,
}

/// How often and when a failed attempt is tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Retry {
    /// Retries after the first attempt.
    pub limit: u32,
    /// The first pause.
    pub delay: Period,
    /// How pauses grow.
    pub backoff: Backoff,
    /// The longest pause; no bound when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_delay: Option<Period>,
    /// Whether pauses vary at random.
    pub jitter: bool,
}

/// What an error leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Catch {
    /// The error that the system names, or `any`.
    pub error: String,
    /// Where it leads.
    pub leads: Move,
}

/// The error that stands for all errors.
pub const ANY_ERROR: &str = "any";
/// The error of an attempt whose time has passed.
pub const TIMEOUT_ERROR: &str = "timeout";

/// Work for a person.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Task {
    /// What is to be done.
    pub instruction: String,
    /// Who does it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assign: Vec<Assignee>,
    /// What they are given to see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<Data>,
}

/// A decision by people.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Approval {
    /// Who may decide.
    pub by: Vec<Party>,
    /// How many must agree.
    pub count: Count,
    /// People who may not decide, nor their stand-ins.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub exclude: BTreeSet<Expression>,
    /// What the approvers must see.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub evidence: BTreeSet<String>,
    /// The reason that is raised when evidence is missing; absent where none is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_evidence: Option<String>,
    /// Who decides while an approver is out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegate: Option<Party>,
    /// The approval is waived when this is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waive_when: Option<Expression>,
    /// What is agreed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms: Option<String>,
    /// Free keys of the author.
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// What is waited for.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Wait {
    /// What ends the wait.
    pub until: Awaited,
}

/// What ends a wait.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Awaited {
    /// So much time has passed.
    Elapsed(Period),
    /// This point in time has come.
    Instant(Expression),
    /// An event has come.
    Event(AwaitedEvent),
}

/// An event that is waited for.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AwaitedEvent {
    /// The event.
    pub name: String,
    /// Which events count, as an expression over `event` and the case; all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Expression>,
}

/// Who is told what.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Notification {
    /// Who.
    pub to: Party,
    /// What; the state and the reason of the case when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Text>,
    /// By which channel; the recipient's own when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
}

/// An event that is published.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Emission {
    /// The event.
    pub event: String,
    /// Its data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<Data>,
    /// The contract of the plan that the data is validated against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sends: Option<String>,
}

/// Another workflow, which has a plan of its own.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Run {
    /// The workflow.
    pub workflow: String,
    /// Its input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<Data>,
}

/// Branches that run at the same time.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Parallel {
    /// When the whole is done.
    pub join: Join,
    /// The steps of each branch, in order.
    pub branches: ByName<Vec<Step>>,
}

/// Steps for every item of a list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ForEach {
    /// The list.
    pub list: Expression,
    /// The name by which expressions read the item.
    pub item: String,
    /// How many items are worked on at the same time.
    pub at_once: u32,
    /// How many items there may be; no bound when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}
