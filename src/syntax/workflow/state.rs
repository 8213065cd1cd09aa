//! The states of a workflow: where a case can be seen, what is done there and how it moves on.

use crate::source::Spanned;
use crate::syntax::duration::Duration;
use crate::syntax::expressions::Expression;
use crate::syntax::names::{KebabName, Name, OneOrMany, SnakeName};
use crate::syntax::references::StateReference;
use crate::syntax::step::{LadderRung, Party, Step};
use crate::{choice, mapping, vocabulary};

vocabulary! {
    /// The place of a state in the life of a case.
    pub enum Lifecycle as "a lifecycle" {
        /// Just arrived.
        New = "new",
        /// Being looked at.
        Triage = "triage",
        /// Being worked on.
        InProgress = "in_progress",
        /// Waiting for a person or for information.
        Waiting = "waiting",
        /// Held up.
        Blocked = "blocked",
        /// Finished.
        Done = "done",
    }
}

vocabulary! {
    /// How a case ends.
    pub enum Ending as "a way to end" {
        /// The purpose is reached.
        Completed = "completed",
        /// A decision went against it.
        Rejected = "rejected",
        /// Withdrawn.
        Cancelled = "cancelled",
        /// Given up.
        Failed = "failed",
    }
}

mapping! {
    /// A durable state: where a case can be seen waiting. Its steps run when it is entered.
    pub struct State as "a state" {
        /// The place in the life of a case, as requesters see it.
        required lifecycle: Spanned<Lifecycle>,
        /// A title for people.
        optional title: Spanned<String>,
        /// What happens here.
        optional summary: Spanned<String>,
        /// Who answers for cases in this state; the workflow's owner when absent.
        optional owner: Spanned<String>,
        /// Kinds of risk of everything done here.
        defaulted risk: OneOrMany<Spanned<Name<KebabName>>>,
        /// What is done on entering, in order.
        defaulted steps: Vec<Step>,
        /// The next state, without condition.
        optional to: StateReference,
        /// The next states, first match wins.
        optional transitions: Spanned<Vec<Transition>>,
        /// How the case ends here; only for states without a way on.
        optional end: Spanned<Ending>,
        /// How long a case may stay.
        optional timeout: Spanned<Duration>,
        /// What happens when it stays longer.
        defaulted on_timeout: Vec<LadderRung>,
        /// How often a case may come here.
        optional max_visits: Spanned<u32>,
        /// The name before a rename.
        optional renamed_from: Spanned<Name<SnakeName>>,
    }
}

mapping! {
    /// A way from one state to another.
    pub struct Transition as "a transition" {
        /// The next state.
        required to: StateReference,
        /// The condition under which this way is taken.
        optional when: Expression,
        /// Taken when no other way matches.
        optional otherwise ("else"): Spanned<bool>,
        /// Who may move the case: roles, persons, teams, or `system`.
        defaulted by: OneOrMany<Mover>,
        /// Data that must be present to move.
        defaulted require: Vec<Spanned<String>>,
    }
}

choice! {
    /// Who may move a case.
    pub enum Mover as "`system`, or a role, person or team" {
        /// `system`, or the name of a role, team or person.
        Named(Spanned<String>) = scalar,
        /// A role, person or team.
        Party(Party) = mapping,
    }
}
