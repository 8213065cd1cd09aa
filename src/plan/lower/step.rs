//! What all kinds of steps have in common.

use std::collections::BTreeSet;

use super::{Lowering, elapsed, extensions, text, value};
use crate::model::resolve::reason;
use crate::model::walk::StepKind;
use crate::plan::period::Period;
use crate::plan::state::{Move, Rung, Timeout};
use crate::plan::step::{ANY_ERROR, Catch, Retry, Step, TIMEOUT_ERROR};
use crate::source::{Span, Spanned};
use crate::syntax::duration::Duration;
use crate::syntax::step::{self, Backoff, LadderRung, RetryPolicy, Wait};

/// What a step has from where it stands.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    /// The name of the state.
    pub(super) state: Span,
    /// The kinds of risk of the state.
    pub(super) risk: &'a BTreeSet<String>,
}

/// Who does the work of a step: it decides which clock counts, and whether there are errors.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Worker {
    /// The engine alone.
    Engine,
    /// Another system, attempt by attempt.
    Machine,
    /// People, or the passing of time.
    People,
}

fn worker(kind: StepKind<'_>) -> Worker {
    match kind {
        StepKind::Check(_) | StepKind::Match(_) | StepKind::Route(_) => Worker::Engine,
        StepKind::Call(_) | StepKind::Notify(_) | StepKind::Emit(_) | StepKind::Run(_) => {
            Worker::Machine
        }
        StepKind::Task(_)
        | StepKind::Approve(_)
        | StepKind::Wait(_)
        | StepKind::Parallel(_)
        | StepKind::ForEach(_) => Worker::People,
    }
}

impl Lowering<'_> {
    pub(super) fn steps(
        &self,
        steps: &[step::Step],
        path: &str,
        surroundings: Surroundings<'_>,
    ) -> Vec<Step> {
        steps
            .iter()
            .filter_map(|step| self.step(step, path, surroundings))
            .collect()
    }

    fn step(&self, step: &step::Step, path: &str, surroundings: Surroundings<'_>) -> Option<Step> {
        let kind = step.kind()?;
        let path = format!("{path}.{}", step.name());
        let worker = worker(kind);
        let risk = step.risk.iter().map(|risk| risk.value.text.clone());
        Some(Step {
            id: step.name().to_owned(),
            summary: text(step.summary.as_ref()),
            condition: step.condition.as_ref().map(value::expression),
            risk: surroundings.risk.iter().cloned().chain(risk).collect(),
            work: self.work(step, kind, &path, surroundings),
            returns: self.returns(step, kind),
            evidence: value::set(step.evidence.iter().map(|each| each.value.clone())),
            timeout: self.step_timeout(step, kind, worker),
            retry: self.retry(step, worker),
            catch: catches(step, worker),
            idempotency_key: step.idempotency_key.as_ref().map(value::expression),
            compensate: step
                .compensate
                .as_ref()
                .and_then(|undo| self.compensation(step, &undo.value)),
            origin: self.origin(path, step.name_span().unwrap_or(surroundings.state)),
            extensions: extensions(&step.extensions),
        })
    }

    /// The contract of the result: the step's own, else that of the event or operation.
    fn returns(&self, step: &step::Step, kind: StepKind<'_>) -> Option<String> {
        let own = step.returns.as_ref();
        let implied = match kind {
            StepKind::Wait(wait) => match &wait.value {
                Wait::For(_) => None,
                Wait::Until(wait) => wait.contract.as_ref(),
            },
            StepKind::Call(call) => self
                .model
                .operation(&call.name.value)
                .and_then(|(_, operation)| operation.returns.as_ref()),
            StepKind::Check(_)
            | StepKind::Match(_)
            | StepKind::Route(_)
            | StepKind::Task(_)
            | StepKind::Approve(_)
            | StepKind::Notify(_)
            | StepKind::Emit(_)
            | StepKind::Run(_)
            | StepKind::Parallel(_)
            | StepKind::ForEach(_) => None,
        };
        own.or(implied).map(|contract| contract.name.value.clone())
    }

    /// The limit of a step; that of an approval may stand inside it.
    fn step_timeout(
        &self,
        step: &step::Step,
        kind: StepKind<'_>,
        worker: Worker,
    ) -> Option<Timeout> {
        let (limit, rungs) = written_timeout(step, kind);
        let period = |duration: Duration| -> Period {
            // Another workflow waits for people as this one does.
            let is_run = matches!(kind, StepKind::Run(_));
            match worker {
                Worker::Machine if !is_run => elapsed(duration),
                Worker::Machine | Worker::Engine | Worker::People => self.working(duration),
            }
        };
        let caught = step.catch.iter().find(|catch| {
            catch
                .error
                .as_ref()
                .is_some_and(|error| [TIMEOUT_ERROR, ANY_ERROR].contains(&error.value.as_str()))
        });
        let otherwise = match caught.and_then(leads) {
            Some(Move::To(state)) => Rung::To(state),
            Some(Move::Raise(reason)) => Rung::Raise(reason),
            None => Rung::Raise(reason::TIMEOUT.to_owned()),
        };
        limit.map(|limit| self.timeout(period(limit.value), rungs, otherwise))
    }

    fn retry(&self, step: &step::Step, worker: Worker) -> Option<Retry> {
        let policy = step.retry.as_ref().and_then(|retry| match &retry.value {
            step::Retry::Named(name) => self.model.retry(&name.name.value),
            step::Retry::Inline(policy) => Some(policy),
        });
        match (policy, worker) {
            (Some(policy), _) => Some(resolved_retry(policy)),
            (None, Worker::Machine) => Some(resolved_retry(&RetryPolicy::default())),
            (None, Worker::Engine | Worker::People) => None,
        }
    }
}

fn written_timeout<'a>(
    step: &'a step::Step,
    kind: StepKind<'a>,
) -> (Option<&'a Spanned<Duration>>, &'a [LadderRung]) {
    match kind {
        StepKind::Approve(approve) => {
            let inner = &approve.value;
            let limit = inner.timeout.as_ref().or(step.timeout.as_ref());
            if inner.on_timeout.is_empty() {
                (limit, &step.on_timeout)
            } else {
                (limit, &inner.on_timeout)
            }
        }
        StepKind::Check(_)
        | StepKind::Match(_)
        | StepKind::Route(_)
        | StepKind::Call(_)
        | StepKind::Task(_)
        | StepKind::Wait(_)
        | StepKind::Notify(_)
        | StepKind::Emit(_)
        | StepKind::Run(_)
        | StepKind::Parallel(_)
        | StepKind::ForEach(_) => (step.timeout.as_ref(), &step.on_timeout),
    }
}

/// A retry with its defaults: none, without pause, without growth.
fn resolved_retry(policy: &RetryPolicy) -> Retry {
    Retry {
        limit: policy.limit.as_ref().map_or(0, |limit| limit.value),
        delay: elapsed(
            policy
                .delay
                .as_ref()
                .map_or_else(Duration::default, |delay| delay.value),
        ),
        backoff: policy
            .backoff
            .as_ref()
            .map_or(Backoff::Constant, |backoff| backoff.value),
        max_delay: policy.max_delay.as_ref().map(|delay| elapsed(delay.value)),
        jitter: policy.jitter.as_ref().is_some_and(|jitter| jitter.value),
    }
}

fn leads(catch: &step::Catch) -> Option<Move> {
    let raise = catch.raise.as_ref();
    let to = catch.to.as_ref();
    raise
        .map(|reason| Move::Raise(reason.name.value.clone()))
        .or_else(|| to.map(|state| Move::To(state.name.value.clone())))
}

/// The written catches up to the first one for `any`; for machines one that takes every error is
/// always there.
fn catches(step: &step::Step, worker: Worker) -> Vec<Catch> {
    let mut catches: Vec<Catch> = Vec::new();
    for catch in &step.catch {
        let (Some(error), Some(leads)) = (catch.error.as_ref(), leads(catch)) else {
            continue;
        };
        let error = error.value.clone();
        let takes_all = error == ANY_ERROR;
        catches.push(Catch { error, leads });
        if takes_all {
            return catches;
        }
    }
    if worker == Worker::Machine {
        catches.push(Catch {
            error: ANY_ERROR.to_owned(),
            leads: Move::Raise(reason::ERROR.to_owned()),
        });
    }
    catches
}
