//! Requests to systems: attempts, pauses, errors; and undoing what was completed.

use jiff::{SignedDuration, Timestamp};

use super::case::{Activity, Completed, Cursor, Doing, Ladder, Owner, Request, Then, Undo};
use super::data;
use super::engine::{Engine, Trouble};
use super::evaluate::{self, Scope};
use super::trace::{Pause, Place, What};
use super::validate;
use crate::expr::{Record, Value};
use crate::model::resolve::reason;
use crate::plan::period::Period;
use crate::plan::state::Move;
use crate::plan::step::{ANY_ERROR, Call, Retry, Step, TIMEOUT_ERROR, Work};
use crate::syntax::step::Backoff;

impl<'p> Engine<'_, 'p> {
    /// Sends the first request of a step.
    pub fn request(
        &mut self,
        cursor: Cursor<'p>,
        step: &'p Step,
        roots: &Record,
    ) -> Result<(), Trouble> {
        let request = self.prepared(step, roots)?;
        let id = self.add(cursor, step, Doing::Lapsed);
        self.attempt(id, request);
        Ok(())
    }

    fn prepared(&mut self, step: &Step, roots: &Record) -> Result<Request, Trouble> {
        let (to, with, sends) = match &step.work {
            Work::Call(call) => (operation(call), call.with.as_ref(), call.sends.as_ref()),
            Work::Emit(emission) => (
                emission.event.clone(),
                emission.with.as_ref(),
                emission.sends.as_ref(),
            ),
            Work::Run(run) => (run.workflow.clone(), run.with.as_ref(), None),
            Work::Notify(notification) => {
                let people = self.party(&notification.to, roots)?;
                let people: Vec<String> = people.into_iter().collect();
                let message = match &notification.message {
                    Some(message) => {
                        evaluate::text(self.world, message, roots).map_err(Trouble::error)?
                    }
                    None => Value::Null,
                };
                return Ok(Request {
                    attempt: 1,
                    to: people.join(", "),
                    with: message,
                    key: Value::Null,
                });
            }
            Work::Check(_)
            | Work::Match(_)
            | Work::Route(_)
            | Work::Task(_)
            | Work::Approve(_)
            | Work::Wait(_)
            | Work::Parallel(_)
            | Work::ForEach(_) => (String::new(), None, None),
        };
        let mut value = match with {
            Some(with) => evaluate::sent(self.world, with, roots).map_err(Trouble::error)?,
            None => Value::Null,
        };
        if let Some(contract) = sends {
            value = unwrapped(value, self.world, contract).map_err(|misfit| Trouble {
                reason: reason::CONTRACT_VIOLATION.to_owned(),
                message: format!("what is sent does not fit `{contract}`: {misfit}"),
            })?;
        }
        let key = match &step.idempotency_key {
            Some(key) => evaluate::with_roots(self.world, key, roots).map_err(Trouble::error)?,
            None => Value::Null,
        };
        Ok(Request {
            attempt: 1,
            to,
            with: value,
            key,
        })
    }

    /// Sends a request and waits for its answer.
    pub fn attempt(&mut self, id: u32, request: Request) {
        let Some(activity) = self.case.activities.get(&id) else {
            return;
        };
        let step = activity.step;
        let item = self.case.item(activity.cursor.owner);
        self.case.effort = self.case.effort.saturating_sub(1);
        self.case.tell(What::Attempted {
            step: step.id.clone(),
            item,
            undoes: false,
            attempt: request.attempt,
            to: request.to.clone(),
            with: data::json(&request.with),
            key: data::json(&request.key),
        });
        let ladder = self.ladder(step);
        if let Some(activity) = self.case.activities.get_mut(&id) {
            activity.doing = Doing::Attempt(request);
            activity.ladder = ladder;
        }
    }

    /// An attempt succeeded.
    pub fn succeeded(&mut self, id: u32, result: Value) {
        let Some(activity) = self.case.activities.remove(&id) else {
            return;
        };
        let item = self.case.item(activity.cursor.owner);
        let answered = |attempt: u32, undoes: bool| What::Answered {
            step: activity.step.id.clone(),
            item: item.filter(|_| !undoes),
            attempt,
            undoes,
            result: data::json(&result),
        };
        match activity.doing {
            Doing::Undo(undo) => {
                self.case.tell(answered(undo.attempt, true));
                self.undone(*undo);
            }
            Doing::Attempt(request) => {
                self.case.tell(answered(request.attempt, false));
                self.finish(activity.cursor, activity.step, result, None);
            }
            Doing::Pause(..)
            | Doing::Lapsed
            | Doing::Gathering
            | Doing::Task(_)
            | Doing::Approval(_)
            | Doing::Time(_)
            | Doing::Event
            | Doing::Parallel(_)
            | Doing::ForEach(_) => self.finish(activity.cursor, activity.step, result, None),
        }
    }

    /// An attempt failed.
    pub fn failed(&mut self, id: u32, error: &str) {
        let Some(activity) = self.case.activities.get(&id) else {
            return;
        };
        let step = activity.step;
        let item = self.case.item(activity.cursor.owner);
        match activity.doing.clone() {
            Doing::Undo(undo) => self.undo_failed(id, *undo, error),
            Doing::Attempt(request) => {
                let pause = pause(step.retry.as_ref(), request.attempt);
                self.case.tell(What::AttemptFailed {
                    step: step.id.clone(),
                    item,
                    undoes: false,
                    attempt: request.attempt,
                    error: error.to_owned(),
                    pause,
                });
                match pause {
                    Some(pause) => {
                        let until = later(self.case.now, pause.most);
                        if let Some(activity) = self.case.activities.get_mut(&id) {
                            activity.doing = Doing::Pause(request, until);
                            activity.ladder = None;
                        }
                    }
                    None => self.caught(id, step, error),
                }
            }
            Doing::Pause(..)
            | Doing::Lapsed
            | Doing::Gathering
            | Doing::Task(_)
            | Doing::Approval(_)
            | Doing::Time(_)
            | Doing::Event
            | Doing::Parallel(_)
            | Doing::ForEach(_) => {}
        }
    }

    fn caught(&mut self, id: u32, step: &'p Step, error: &str) {
        // What the attempt's own limit noticed is the ladder's.
        if error == TIMEOUT_ERROR && step.timeout.is_some() {
            let now = self.case.now;
            if let Some(activity) = self.case.activities.get_mut(&id) {
                activity.doing = Doing::Lapsed;
                activity.ladder = step.timeout.as_ref().map(|timeout| Ladder {
                    timeout,
                    rung: 0,
                    due: now,
                });
            }
            self.next_rung(id);
            return;
        }
        let entry = step
            .catch
            .iter()
            .find(|catch| catch.error == error || catch.error == ANY_ERROR);
        let Some(entry) = entry else {
            let message = format!("`{}` failed: {error}", step.id);
            self.raise(reason::ERROR, Some(&step.id), message);
            return;
        };
        self.case.tell(What::Caught {
            step: step.id.clone(),
            error: error.to_owned(),
            by: entry.error.clone(),
        });
        match &entry.leads {
            Move::Raise(reason) => {
                let message = format!("`{}` failed: {error}", step.id);
                self.raise(reason, Some(&step.id), message);
            }
            Move::To(state) => {
                self.cancel_all();
                self.go(state);
            }
        }
    }

    /// Undoes steps in the given order.
    pub fn undo(&mut self, mut left: Vec<Completed<'p>>, then: Then<'p>) {
        if left.is_empty() {
            match then {
                Then::End(state) => {
                    let end = self.state(state).and_then(|(_, state)| state.end);
                    if let Some(end) = end {
                        self.close(state, end);
                    }
                }
                Then::Finish(cursor, result) => {
                    if let Some(step) = cursor.steps.get(cursor.index) {
                        self.finish(cursor, step, result, None);
                    }
                }
            }
            return;
        }
        let current = left.remove(0);
        let (steps, index, owner, scope) = match &then {
            Then::Finish(cursor, _) => (
                cursor.steps,
                cursor.index,
                cursor.owner,
                cursor.scope.clone(),
            ),
            Then::End(_) => (&[][..], 0, Owner::State, Scope::default()),
        };
        let step = current.step;
        let undo = Undo {
            current,
            left,
            attempt: 1,
            until: None,
            then,
        };
        let cursor = Cursor {
            steps,
            index,
            owner,
            scope,
        };
        let id = self.add(cursor, step, Doing::Undo(Box::new(undo)));
        self.undo_attempt(id);
    }

    /// Sends the request that undoes a step.
    pub fn undo_attempt(&mut self, id: u32) {
        let Some(Activity {
            doing: Doing::Undo(undo),
            step,
            ..
        }) = self.case.activities.get_mut(&id)
        else {
            return;
        };
        undo.until = None;
        let what = What::Attempted {
            step: step.id.clone(),
            item: None,
            undoes: true,
            attempt: undo.attempt,
            to: operation(undo.current.call),
            with: data::json(&undo.current.with),
            key: data::json(&undo.current.key),
        };
        self.case.tell(what);
    }

    fn undone(&mut self, undo: Undo<'p>) {
        self.case.tell(What::Undone {
            step: undo.current.step.id.clone(),
            operation: operation(undo.current.call),
        });
        self.undo(undo.left, undo.then);
    }

    fn undo_failed(&mut self, id: u32, mut undo: Undo<'p>, error: &str) {
        let step = undo.current.step;
        let pause = pause(step.retry.as_ref(), undo.attempt);
        self.case.tell(What::AttemptFailed {
            step: step.id.clone(),
            item: None,
            undoes: true,
            attempt: undo.attempt,
            error: error.to_owned(),
            pause,
        });
        match pause {
            Some(pause) => {
                undo.attempt += 1;
                undo.until = Some(later(self.case.now, pause.most));
                if let Some(activity) = self.case.activities.get_mut(&id) {
                    activity.doing = Doing::Undo(Box::new(undo));
                }
            }
            None => {
                // What is not undone yet stays to be undone, oldest first again.
                let message = format!("`{}` could not be undone: {error}", step.id);
                let mut left = undo.left;
                left.reverse();
                left.push(undo.current);
                self.case.completed.extend(left);
                self.raise(reason::ERROR, Some(&step.id), message);
            }
        }
    }

    /// The limit of an attempt has passed.
    pub fn attempt_lapsed(&mut self, id: u32) {
        let Some(activity) = self.case.activities.get(&id) else {
            return;
        };
        let (Some(state), step) = (self.case.state(), activity.step) else {
            return;
        };
        let place = Place {
            state: state.to_owned(),
            step: Some(step.id.clone()),
        };
        self.case.tell(What::TimerFired { place, rung: None });
        self.failed(id, TIMEOUT_ERROR);
    }
}

/// The data as the contract takes it. A single object that stands for the whole data, as
/// `{employee: "${ input }"}`, is validated by what it holds.
fn unwrapped(
    value: Value,
    world: &super::world::World<'_>,
    contract: &str,
) -> Result<Value, String> {
    let only = data::fields(&value).filter(|fields| fields.len() == 1);
    let inner = only.and_then(|fields| fields.values().next().cloned());
    let whole = validate::contract(world, contract, &value);
    match (whole, inner) {
        (Ok(value), _) => Ok(value),
        (Err(misfit), Some(inner @ Value::Map(_))) => validate::contract(world, contract, &inner)
            .map(|_| value)
            .map_err(|_| misfit),
        (Err(misfit), _) => Err(misfit),
    }
}

/// `System.operation`.
pub(super) fn operation(call: &Call) -> String {
    format!("{}.{}", call.system, call.operation)
}

fn later(from: Timestamp, seconds: u64) -> Timestamp {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    from.checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}

/// The pause after a failed attempt, when there is another one.
fn pause(retry: Option<&Retry>, attempt: u32) -> Option<Pause> {
    let retry = retry.filter(|retry| attempt <= retry.limit)?;
    let delay = seconds(&retry.delay);
    let grown = match retry.backoff {
        Backoff::Constant => delay,
        Backoff::Linear => delay.saturating_mul(u64::from(attempt)),
        Backoff::Exponential => {
            let factor = 1_u64.checked_shl(attempt - 1).unwrap_or(u64::MAX);
            delay.saturating_mul(factor)
        }
    };
    let most = match &retry.max_delay {
        Some(longest) => grown.min(seconds(longest)),
        None => grown,
    };
    let least = if retry.jitter { 0 } else { most };
    Some(Pause { least, most })
}

/// Elapsed seconds.
fn seconds(period: &Period) -> u64 {
    let days = u64::from(period.weeks) * 7 + u64::from(period.days);
    days.saturating_mul(86_400).saturating_add(period.seconds)
}
