//! Who decides, works, moves and is told.

use schemars::JsonSchema;
use serde::Serialize;

use super::value::{Expression, Text};

/// People. Who holds a role and who is in a team is looked up when they are asked, so that joining
/// and leaving change no plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// Everybody with this role.
    Role(String),
    /// The members of this team.
    Team(String),
    /// This person.
    Person(Text),
    /// The person or people that an expression gives.
    Expression(Expression),
}

/// Who does a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assignee {
    /// Whoever takes it from this queue.
    Queue(Text),
    /// Somebody with this role.
    Role(String),
    /// Somebody of this team.
    Team(String),
    /// This person.
    Person(Text),
}

/// Who may move a case from one state to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mover {
    /// The engine, as soon as the guard holds.
    System,
    /// One of these people, when they decide to.
    People(Party),
}

/// How many approvers must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// So many.
    Number(u32),
    /// Everybody who may decide.
    All,
}
