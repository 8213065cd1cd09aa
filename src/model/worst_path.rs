//! The longest time that a case may take when nothing is raised: every timeout used to the end.
//!
//! **What is counted.** A call takes its timeout once per attempt and every pause in between;
//! pauses grow to `max_delay`, and jitter only ever shortens a pause. An approval takes its timeout
//! and that of every rung of its ladder, a task and a wait likewise. Of parallel branches the
//! longest counts, with `join: any` the shortest; items of a `for_each` count up to its `limit`.
//! A step with `if` counts, because the condition may be true. A shorter timeout of a state or
//! of a step with inner steps takes the place of what is inside.
//!
//! **What is not counted.** A raised reason ends the path; [`Timing::with_one_exception`] follows
//! one. Ways back to a state on the path are not taken, so every state counts once; where each
//! loop has one way in, this is the longest path exactly. Guards are not compared with each other,
//! so two branches that exclude each other may both count: the result is an upper bound.

mod detour;
mod longest;
mod stay;
mod step_time;
mod table;

use self::longest::States;
use crate::model::Model;
use crate::model::calendar::Scale;
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::duration::Duration;
use crate::syntax::step::Step;
use crate::syntax::workflow::Workflow;
pub use detour::Detour;

/// Time by what it is spent on, in seconds of working time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Somebody or something works.
    pub work: u64,
    /// The case waits for a decision, an event, another workflow, or the next rung of a ladder.
    pub wait: u64,
    /// Further attempts and the pauses before them.
    pub retry: u64,
    /// Something inside has no limit, so that this is the least it may take.
    pub open: bool,
}

impl Cost {
    /// All of it together.
    pub fn total(self) -> u64 {
        self.work
            .saturating_add(self.wait)
            .saturating_add(self.retry)
    }

    fn plus(self, other: Cost) -> Cost {
        Cost {
            work: self.work.saturating_add(other.work),
            wait: self.wait.saturating_add(other.wait),
            retry: self.retry.saturating_add(other.retry),
            open: self.open || other.open,
        }
    }

    fn times(self, count: u64) -> Cost {
        Cost {
            work: self.work.saturating_mul(count),
            wait: self.wait.saturating_mul(count),
            retry: self.retry.saturating_mul(count),
            open: self.open,
        }
    }
}

/// One part of a path.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The state.
    pub state: &'a Spanned<String>,
    /// The step; `None` where the timeout of the state decides.
    pub step: Option<&'a Step>,
    /// What limits it: the timeout, or the step when it has none.
    pub span: Span,
    /// How often it is done, one after the other.
    pub times: u64,
    /// What all of that may take.
    pub cost: Cost,
}

impl<'a> Row<'a> {
    /// The name of the step; that of the state where its timeout decides.
    pub fn name(&self) -> &'a str {
        self.step
            .map_or(self.state.value.as_str(), |step| step.name())
    }

    /// The same beside something that takes longer.
    fn without_time(self) -> Self {
        Row {
            cost: Cost {
                open: self.cost.open,
                ..Cost::default()
            },
            ..self
        }
    }
}

/// The longest path of a workflow.
#[derive(Debug, Clone)]
pub struct WorstPath<'a> {
    /// What takes time, in order.
    pub rows: Vec<Row<'a>>,
    /// What a day is worth.
    pub scale: Scale,
}

impl WorstPath<'_> {
    /// What the whole may take.
    pub fn cost(&self) -> Cost {
        sum(&self.rows)
    }
}

fn sum(rows: &[Row<'_>]) -> Cost {
    rows.iter()
        .fold(Cost::default(), |total, row| total.plus(row.cost))
}

/// The times of a workflow.
#[derive(Debug)]
pub struct Timing<'a> {
    workflow: &'a Workflow,
    model: &'a Model,
    scale: Scale,
    states: States<'a>,
}

impl<'a> Timing<'a> {
    /// Measures a workflow in the working time of its own promise; `None` when it has no states or
    /// its calendar cannot count.
    pub fn of(workflow: &'a Entity<Workflow>, model: &'a Model) -> Option<Self> {
        let workflow = &workflow.body;
        let scale = match &workflow.sla {
            Some(sla) => model.scale(&sla.value)?,
            None => Scale::ELAPSED,
        };
        let clock = step_time::Clock { model, scale };
        let states = States::of(workflow, &clock)?;
        Some(Timing {
            workflow,
            model,
            scale,
            states,
        })
    }

    /// What a day is worth.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The promise, when there is one.
    pub fn promised(&self) -> Option<&'a Spanned<Duration>> {
        self.workflow.sla.as_ref()?.value.resolution.as_ref()
    }

    /// The longest path from the start to an end, without exceptions.
    pub fn worst_path(&self) -> WorstPath<'a> {
        WorstPath {
            rows: self.states.rows_from(States::START),
            scale: self.scale,
        }
    }
}
