//! Separation of duties: what no one person may be able to do together.

use super::names::{KebabName, Name, OneOrMany};
use crate::mapping;
use crate::source::Spanned;

mapping! {
    /// Duties of which nobody may hold two.
    pub struct Separation as "a separation of duties" {
        /// The name by which findings and changes are known.
        required id: Spanned<Name<KebabName>>,
        /// The duties, two or more.
        required duties: Spanned<Vec<SeparatedDuty>>,
        /// What one person could do who holds two of them.
        required reason: Spanned<String>,
    }
}

mapping! {
    /// A duty: exactly one of `perform`, `approve`, `task` and `move`.
    pub struct SeparatedDuty as "a duty" {
        /// Operations as `System.operation`, where `*` stands for any characters: held by those
        /// whose task, approval or move leads to the call without anybody else in between.
        defaulted perform: OneOrMany<Spanned<String>>,
        /// Approvals: held by those who may decide, their stand-ins included.
        optional approve: Spanned<StepSelector>,
        /// Tasks: held by those they are assigned to.
        optional task: Spanned<StepSelector>,
        /// Moves of a case: held by those who are named in `by` of the transition.
        optional moves ("move"): Spanned<MoveSelector>,
    }
}

mapping! {
    /// Which approvals or tasks are meant; every key given must fit, and all are when none is.
    pub struct StepSelector as "a choice of steps" {
        /// Workflows; `*` stands for any characters.
        defaulted workflow: OneOrMany<Spanned<String>>,
        /// States; `*` stands for any characters.
        defaulted state: OneOrMany<Spanned<String>>,
        /// Steps; `*` stands for any characters.
        defaulted step: OneOrMany<Spanned<String>>,
        /// Kinds of risk, one of which the step, its state or its workflow has.
        defaulted risk: OneOrMany<Spanned<Name<KebabName>>>,
    }
}

mapping! {
    /// Which moves of a case are meant; every key given must fit, and all are when none is.
    pub struct MoveSelector as "a choice of moves" {
        /// Workflows; `*` stands for any characters.
        defaulted workflow: OneOrMany<Spanned<String>>,
        /// States that the case leaves; `*` stands for any characters.
        defaulted from: OneOrMany<Spanned<String>>,
        /// States that the case comes to; `*` stands for any characters.
        defaulted to: OneOrMany<Spanned<String>>,
        /// Kinds of risk, one of which the state that is left or its workflow has.
        defaulted risk: OneOrMany<Spanned<Name<KebabName>>>,
    }
}

impl SeparatedDuty {
    /// Where the duty is written, with its key; nothing when no key is.
    pub fn keys(&self) -> Vec<(&'static str, crate::source::Span)> {
        let perform = self.perform.items.first().map(|pattern| pattern.span);
        let keys = [
            ("perform", perform),
            ("approve", self.approve.as_ref().map(|it| it.span)),
            ("task", self.task.as_ref().map(|it| it.span)),
            ("move", self.moves.as_ref().map(|it| it.span)),
        ];
        let written = keys.into_iter();
        written
            .filter_map(|(key, span)| span.map(|span| (key, span)))
            .collect()
    }
}
