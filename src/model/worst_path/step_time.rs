//! The longest time that one step may take.

use super::stay::Timed;
use super::{Cost, Row};
use crate::model::Model;
use crate::model::calendar::Scale;
use crate::model::walk::StepKind;
use crate::source::Spanned;
use crate::syntax::duration::Duration;
use crate::syntax::references::WorkflowReference;
use crate::syntax::step::{
    Approve, Backoff, ForEach, Join, LadderRung, Parallel, Retry, RetryPolicy, Step, Wait,
};

/// Measures steps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock<'a> {
    pub model: &'a Model,
    pub scale: Scale,
}

impl<'a> Clock<'a> {
    /// The time of a step of a state.
    pub(super) fn step(&self, state: &'a Spanned<String>, step: &'a Step) -> Timed<'a> {
        let cost = match step.kind() {
            Some(StepKind::Parallel(parallel)) => {
                return self.bounded(state, step, self.branches(state, &parallel.value));
            }
            Some(StepKind::ForEach(for_each)) => {
                return self.bounded(state, step, self.items(state, &for_each.value));
            }
            Some(StepKind::Check(_) | StepKind::Match(_) | StepKind::Route(_)) => Cost {
                work: self.written(step.timeout.as_ref()).unwrap_or(0),
                ..Cost::default()
            },
            Some(StepKind::Call(_)) => self.attempts(step, true),
            Some(StepKind::Notify(_) | StepKind::Emit(_)) => self.attempts(step, false),
            Some(StepKind::Task(_)) => {
                let work = self.written(step.timeout.as_ref());
                let ladder = self.ladder(&step.on_timeout);
                ladder.plus(Cost {
                    work: work.unwrap_or(0),
                    open: work.is_none(),
                    ..Cost::default()
                })
            }
            Some(StepKind::Approve(approve)) => self.approval(step, &approve.value),
            Some(StepKind::Wait(wait)) => self.waiting(step, &wait.value),
            Some(StepKind::Run(workflow)) => self.other_workflow(step, workflow),
            None => Cost::default(),
        };
        self.single(state, step, cost)
    }

    fn steps(&self, state: &'a Spanned<String>, steps: &'a [Step]) -> Timed<'a> {
        let mut all = Timed::default();
        for step in steps {
            all.append(self.step(state, step));
        }
        all
    }

    fn single(&self, state: &'a Spanned<String>, step: &'a Step, cost: Cost) -> Timed<'a> {
        let approve = step
            .approve
            .as_ref()
            .and_then(|it| it.value.timeout.as_ref());
        let timeout = approve.or(step.timeout.as_ref());
        let span = timeout
            .map(|timeout| timeout.span)
            .or_else(|| step.name_span())
            .unwrap_or(state.span);
        Timed::single(Row {
            state,
            step: Some(step),
            span,
            times: 1,
            cost,
        })
    }

    /// What is inside a step, or the step's own timeout when that is shorter.
    fn bounded(&self, state: &'a Spanned<String>, step: &'a Step, inside: Timed<'a>) -> Timed<'a> {
        match self.limit(step.timeout.as_ref(), &step.on_timeout) {
            Some(limit) if limit.is_below(inside.cost) => self.single(state, step, limit),
            Some(_) | None => inside,
        }
    }

    fn branches(&self, state: &'a Spanned<String>, parallel: &'a Parallel) -> Timed<'a> {
        let branches = parallel
            .branches
            .iter()
            .flat_map(|branches| branches.iter());
        let mut branches: Vec<Timed<'a>> = branches
            .map(|(_, steps)| self.steps(state, steps))
            .collect();
        let any = parallel.join.as_ref().map(|join| join.value) == Some(Join::Any);
        let mut chosen = 0;
        for (position, branch) in branches.iter().enumerate() {
            let so_far = branches[chosen].cost;
            let better = if any {
                branch.cost.is_below(so_far)
            } else {
                branch.cost.total() > so_far.total()
            };
            if better {
                chosen = position;
            }
        }
        if branches.is_empty() {
            return Timed::default();
        }
        let mut longest = branches.swap_remove(chosen);
        if !any {
            // Whoever waits for all waits for the one without limit too.
            for row in branches.into_iter().flat_map(|branch| branch.rows) {
                longest.append(Timed::single(row.without_time()));
            }
        }
        longest
    }

    fn items(&self, state: &'a Spanned<String>, for_each: &'a ForEach) -> Timed<'a> {
        let mut one = self.steps(state, for_each.steps.as_deref().unwrap_or_default());
        let at_once = for_each.at_once.as_ref().map_or(1, |it| it.value.max(1));
        match &for_each.limit {
            Some(limit) => one.times(u64::from(limit.value.div_ceil(at_once))),
            None => {
                for row in &mut one.rows {
                    row.cost.open |= row.cost.total() > 0;
                }
                one.cost.open |= one.cost.total() > 0;
                one
            }
        }
    }

    fn attempts(&self, step: &Step, must_end: bool) -> Cost {
        let once = self.written(step.timeout.as_ref());
        let policy = step
            .retry
            .as_ref()
            .and_then(|retry| self.policy(&retry.value));
        let retries = policy.map_or(0, |policy| {
            policy
                .limit
                .as_ref()
                .map_or(0, |limit| u64::from(limit.value))
        });
        let endless = policy.is_some_and(|policy| policy.limit.is_none());
        let again = once.unwrap_or(0).saturating_mul(retries);
        let pauses = policy.map_or(0, |policy| self.pauses(policy, retries));
        self.ladder(&step.on_timeout).plus(Cost {
            work: once.unwrap_or(0),
            wait: 0,
            retry: again.saturating_add(pauses),
            open: endless || (must_end && once.is_none()),
        })
    }

    fn policy(&self, retry: &'a Retry) -> Option<&'a RetryPolicy> {
        match retry {
            Retry::Named(reference) => self.model.retry(&reference.name.value),
            Retry::Inline(policy) => Some(policy),
        }
    }

    /// All pauses together. A pause with jitter is at most as long as one without.
    fn pauses(&self, policy: &RetryPolicy, count: u64) -> u64 {
        let first = self.written(policy.delay.as_ref()).unwrap_or(0);
        let longest = self.written(policy.max_delay.as_ref()).unwrap_or(u64::MAX);
        match policy.backoff.as_ref().map(|backoff| backoff.value) {
            Some(Backoff::Exponential) => doubling(count, first, longest),
            Some(Backoff::Linear) => growing(count, first, longest),
            Some(Backoff::Constant) | None => count.saturating_mul(first.min(longest)),
        }
    }

    fn approval(&self, step: &Step, approve: &Approve) -> Cost {
        let timeout = self.written(approve.timeout.as_ref().or(step.timeout.as_ref()));
        let ladder = match approve.on_timeout[..] {
            [] => &step.on_timeout,
            _ => &approve.on_timeout,
        };
        self.ladder(ladder).plus(Cost {
            wait: timeout.unwrap_or(0),
            open: timeout.is_none(),
            ..Cost::default()
        })
    }

    fn waiting(&self, step: &Step, wait: &Wait) -> Cost {
        let length = match wait {
            Wait::For(length) => self.written(Some(length)),
            Wait::Until(until) => self.written(until.duration.as_ref()),
        };
        let limit = self.limit(step.timeout.as_ref(), &step.on_timeout);
        let limit = limit.map(|limit| Cost {
            work: 0,
            wait: limit.total(),
            ..limit
        });
        let waiting = Cost {
            wait: length.unwrap_or(0),
            open: length.is_none(),
            ..Cost::default()
        };
        limit
            .filter(|limit| limit.is_below(waiting))
            .unwrap_or(waiting)
    }

    /// Without a timeout of its own, the other workflow's promise.
    fn other_workflow(&self, step: &Step, workflow: &WorkflowReference) -> Cost {
        let promised = || {
            let other = self.model.workflow(&workflow.name.value)?;
            let sla = &other.body.sla.as_ref()?.value;
            let resolution = sla.resolution.as_ref()?.value;
            Some(self.scale.seconds_of(self.model.scale(sla)?, resolution))
        };
        let wait = self.written(step.timeout.as_ref()).or_else(promised);
        self.ladder(&step.on_timeout).plus(Cost {
            wait: wait.unwrap_or(0),
            open: wait.is_none(),
            ..Cost::default()
        })
    }

    /// A timeout with its ladder; `None` without a timeout.
    pub(super) fn limit(
        &self,
        timeout: Option<&Spanned<Duration>>,
        rungs: &[LadderRung],
    ) -> Option<Cost> {
        let work = self.written(timeout)?;
        Some(self.ladder(rungs).plus(Cost {
            work,
            ..Cost::default()
        }))
    }

    /// How long the rungs of a ladder may take, up to the one that leads away.
    fn ladder(&self, rungs: &[LadderRung]) -> Cost {
        let mut cost = Cost::default();
        for rung in rungs {
            if rung.raise.is_some() || rung.to.is_some() || rung.decide.is_some() {
                break;
            }
            let time = self.written(rung.timeout.as_ref());
            cost = cost.plus(Cost {
                wait: time.unwrap_or(0),
                open: rung.ask.is_some() && time.is_none(),
                ..Cost::default()
            });
        }
        cost
    }

    fn written(&self, length: Option<&Spanned<Duration>>) -> Option<u64> {
        length.map(|length| self.scale.seconds(length.value))
    }
}

/// Pauses that double until the longest.
fn doubling(count: u64, first: u64, longest: u64) -> u64 {
    if first == 0 {
        return 0;
    }
    let (mut total, mut pause, mut left) = (0_u64, first, count);
    while left > 0 && pause < longest {
        total = total.saturating_add(pause);
        pause = pause.saturating_mul(2);
        left -= 1;
    }
    total.saturating_add(left.saturating_mul(longest))
}

/// Pauses that grow by the first one each time until the longest.
fn growing(count: u64, first: u64, longest: u64) -> u64 {
    let rising = longest
        .checked_div(first)
        .map_or(count, |most| most.min(count));
    let steps = u128::from(rising) * (u128::from(rising) + 1) / 2;
    let risen = u64::try_from(steps * u128::from(first)).unwrap_or(u64::MAX);
    risen.saturating_add((count - rising).saturating_mul(longest))
}

#[cfg(test)]
mod tests {
    use super::{doubling, growing};

    #[test]
    fn pauses_grow_up_to_the_longest() {
        assert_eq!(doubling(4, 30, 300), 30 + 60 + 120 + 240);
        assert_eq!(doubling(6, 30, 300), 30 + 60 + 120 + 240 + 300 + 300);
        assert_eq!(doubling(3, 400, 300), 3 * 300);
        assert_eq!(doubling(u64::from(u32::MAX), 0, u64::MAX), 0);
        assert_eq!(doubling(u64::from(u32::MAX), 1, u64::MAX), u64::MAX);
        assert_eq!(growing(4, 30, 300), 30 + 60 + 90 + 120);
        assert_eq!(growing(4, 30, 70), 30 + 60 + 70 + 70);
        assert_eq!(growing(4, 0, 70), 0);
        assert_eq!(growing(2, 90, 70), 140);
    }
}
