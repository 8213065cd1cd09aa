//! The longest time that a case may stay in a state.

use super::step_time::Clock;
use super::{Cost, Row};
use crate::source::Spanned;
use crate::syntax::workflow::State;

/// What some work may take, with the rows that add up to it.
#[derive(Debug, Clone, Default)]
pub(super) struct Timed<'a> {
    pub cost: Cost,
    pub rows: Vec<Row<'a>>,
}

impl Cost {
    /// True when this limit is the one that counts.
    pub(super) fn is_below(self, other: Cost) -> bool {
        !self.open && (other.open || self.total() < other.total())
    }
}

impl<'a> Timed<'a> {
    pub(super) fn single(row: Row<'a>) -> Self {
        Timed {
            cost: row.cost,
            rows: vec![row],
        }
    }

    pub(super) fn append(&mut self, next: Timed<'a>) {
        self.cost = self.cost.plus(next.cost);
        self.rows.extend(next.rows);
    }

    pub(super) fn times(mut self, count: u64) -> Self {
        self.cost = self.cost.times(count);
        for row in &mut self.rows {
            row.times = row.times.saturating_mul(count);
            row.cost = row.cost.times(count);
        }
        self
    }
}

/// A state with the time of each of its steps.
#[derive(Debug)]
pub(super) struct Stay<'a> {
    steps: Vec<Timed<'a>>,
    /// What the steps take up to and including each; the first entry is nothing.
    until: Vec<Cost>,
    /// What the timeout of the state allows.
    limit: Option<Row<'a>>,
}

impl<'a> Stay<'a> {
    pub(super) fn of(clock: &Clock<'a>, name: &'a Spanned<String>, state: &'a State) -> Self {
        let mut steps = Vec::with_capacity(state.steps.len());
        let mut until = vec![Cost::default()];
        let mut so_far = Cost::default();
        for step in &state.steps {
            let timed = clock.step(name, step);
            so_far = so_far.plus(timed.cost);
            until.push(so_far);
            steps.push(timed);
        }
        let timeout = state.timeout.as_ref();
        let limit = clock.limit(timeout, &state.on_timeout).map(|cost| Row {
            state: name,
            step: None,
            span: timeout.map_or(name.span, |timeout| timeout.span),
            times: 1,
            cost: Cost {
                work: 0,
                wait: cost.total(),
                ..cost
            },
        });
        Stay {
            steps,
            until,
            limit,
        }
    }

    /// How many steps the state has.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    /// The longest time until this many steps are complete.
    pub(super) fn total(&self, steps: usize) -> u64 {
        match self.limit_for(steps) {
            Some(limit) => limit.cost.total(),
            None => self.until(steps).total(),
        }
    }

    /// What makes up that time.
    pub(super) fn rows(&self, steps: usize) -> Vec<Row<'a>> {
        match self.limit_for(steps) {
            Some(limit) => vec![*limit],
            None => {
                let steps = self.steps.iter().take(steps);
                let rows = steps.flat_map(|timed| timed.rows.iter().copied());
                rows.filter(|row| row.cost != Cost::default()).collect()
            }
        }
    }

    fn until(&self, steps: usize) -> Cost {
        let last = self.until.len() - 1;
        self.until[steps.min(last)]
    }

    fn limit_for(&self, steps: usize) -> Option<&Row<'a>> {
        self.limit
            .as_ref()
            .filter(|limit| limit.cost.is_below(self.until(steps)))
    }
}
