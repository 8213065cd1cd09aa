//! The engine: enters states, runs steps one after the other, takes transitions.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;

use super::case::{Activity, Case, Completed, Cursor, Doing, Ladder, Owner, Position, Then};
use super::data;
use super::evaluate::{self, Scope};
use super::trace::What;
use super::validate;
use super::world::World;
use crate::expr::{Record, Value};
use crate::model::resolve::reason;
use crate::plan::people::Mover;
use crate::plan::state::{Guard, Move, State, Transition};
use crate::plan::step::{Step, Work};
use crate::syntax::workflow::{Ending, Lifecycle};

/// Why a step does not go on.
#[derive(Debug)]
pub(super) struct Trouble {
    /// The reason that is raised.
    pub reason: String,
    /// What the resolver is told.
    pub message: String,
}

impl Trouble {
    /// An expression without a value, and whatever else nothing catches.
    pub fn error(message: String) -> Self {
        Trouble {
            reason: reason::ERROR.to_owned(),
            message,
        }
    }
}

/// What comes next.
pub(super) enum Job<'p> {
    /// The case enters a state.
    Enter(&'p str),
    /// The step at the cursor begins, or the steps around it are done.
    Begin(Cursor<'p>),
    /// The steps of the state are done.
    Leave(&'p str),
}

/// Works on one case until it waits.
pub(super) struct Engine<'w, 'p> {
    pub world: &'w World<'p>,
    pub case: &'w mut Case<'p>,
    pub jobs: VecDeque<Job<'p>>,
}

impl<'p> Engine<'_, 'p> {
    /// Does what can be done without time, people and systems.
    pub fn run(&mut self) {
        loop {
            if self.case.effort == 0 && self.case.position != Position::Stopped {
                self.give_up();
            }
            let Some(job) = self.jobs.pop_front() else {
                return;
            };
            self.case.effort -= 1;
            match job {
                Job::Enter(state) => self.enter(state),
                Job::Begin(cursor) => self.begin(cursor),
                Job::Leave(state) => self.leave(state),
            }
        }
    }

    fn give_up(&mut self) {
        self.cancel_all();
        self.case.promises.stop(self.world, self.case.now);
        self.case.position = Position::Stopped;
        let limit = format!("{} states and steps", super::EFFORT);
        self.case.tell(What::Stopped { limit });
    }

    pub fn state(&self, name: &str) -> Option<(&'p str, &'p State)> {
        let states = &self.world.plan.states;
        states.iter().find(|(known, _)| *known == name)
    }

    /// Goes to a state; one that does not exist leads to the fallback, so that no case is lost.
    pub fn go(&mut self, state: &str) {
        match self.state(state) {
            Some((name, _)) => self.jobs.push_back(Job::Enter(name)),
            None => self.fall_back(format!("there is no state `{state}`")),
        }
    }

    fn enter(&mut self, name: &'p str) {
        let Some((_, state)) = self.state(name) else {
            return;
        };
        self.cancel_all();
        let visits = self.case.visits.entry(name).or_default();
        *visits = visits.saturating_add(1);
        let visit = *visits;
        if state.max_visits.is_some_and(|most| visit > most) {
            self.fall_back(format!("`{name}` was entered more often than it may be"));
            return;
        }
        self.case.position = Position::Working(name);
        self.case.tell(What::Entered {
            state: name.to_owned(),
            visit,
        });
        if state.lifecycle != Lifecycle::New {
            self.case.promises.respond();
        }
        self.case.state_asked.clear();
        self.case.state_timer = state.timeout.as_ref().map(|timeout| Ladder {
            timeout,
            rung: 0,
            due: self.world.after(self.case.now, &timeout.after),
        });
        if let Some(message) = self.input_fault() {
            self.raise(reason::CONTRACT_VIOLATION, None, message);
            return;
        }
        self.jobs.push_back(Job::Begin(Cursor {
            steps: &state.steps,
            index: 0,
            owner: Owner::State,
            scope: Scope::default(),
        }));
    }

    /// What is wrong with the data of the case, before any step has read it.
    fn input_fault(&mut self) -> Option<String> {
        match validate::input(self.world, &self.case.input) {
            Ok(input) => {
                self.case.input = input;
                None
            }
            Err(misfit) => Some(misfit),
        }
    }

    fn begin(&mut self, cursor: Cursor<'p>) {
        let Some(step) = cursor.steps.get(cursor.index) else {
            self.sequence_done(cursor);
            return;
        };
        let roots = evaluate::roots(self.world, self.case, &cursor.scope);
        let runs = match &step.condition {
            None => Ok(true),
            Some(condition) => evaluate::truth(self.world, condition, &roots),
        };
        match runs {
            Ok(true) => {
                let item = self.case.item(cursor.owner);
                self.case.tell(What::Begun {
                    step: step.id.clone(),
                    item,
                });
                let begun = self.work(cursor, step);
                if let Err(trouble) = begun {
                    self.raise(&trouble.reason, Some(&step.id), trouble.message);
                }
            }
            Ok(false) => self.skip(cursor, step),
            Err(message) => self.raise(reason::ERROR, Some(&step.id), message),
        }
    }

    fn skip(&mut self, mut cursor: Cursor<'p>, step: &'p Step) {
        let condition = step
            .condition
            .as_ref()
            .map_or("", |condition| condition.as_str());
        self.case.tell(What::Skipped {
            step: step.id.clone(),
            condition: condition.to_owned(),
        });
        let result = if matches!(step.work, Work::Approve(_)) {
            super::approval::without_people("skipped")
        } else {
            Value::Null
        };
        self.keep(&mut cursor, step, result);
        cursor.index += 1;
        self.jobs.push_back(Job::Begin(cursor));
    }

    /// Makes a result readable as `steps.<id>`.
    pub fn keep(&mut self, cursor: &mut Cursor<'p>, step: &Step, result: Value) {
        let name = step.id.as_str().into();
        match &mut cursor.scope.local {
            Some(local) => drop(local.insert(name, result)),
            None => drop(Arc::make_mut(&mut self.case.results).insert(name, result)),
        }
    }

    /// Adds a running piece of work.
    pub fn add(&mut self, cursor: Cursor<'p>, step: &'p Step, doing: Doing<'p>) -> u32 {
        let id = self.case.next_activity;
        self.case.next_activity += 1;
        let ladder = match &doing {
            Doing::Attempt(_)
            | Doing::Pause(..)
            | Doing::Lapsed
            | Doing::Undo(_)
            | Doing::Gathering => None,
            Doing::Task(_)
            | Doing::Approval(_)
            | Doing::Time(_)
            | Doing::Event
            | Doing::Parallel(_)
            | Doing::ForEach(_) => self.ladder(step),
        };
        let activity = Activity {
            cursor,
            step,
            doing,
            ladder,
        };
        self.case.activities.insert(id, activity);
        id
    }

    /// The limit of a step, from now on.
    pub fn ladder(&self, step: &'p Step) -> Option<Ladder<'p>> {
        step.timeout.as_ref().map(|timeout| Ladder {
            timeout,
            rung: 0,
            due: self.world.after(self.case.now, &timeout.after),
        })
    }

    /// A step has its result; what fits no contract raises.
    pub fn finish(
        &mut self,
        mut cursor: Cursor<'p>,
        step: &'p Step,
        result: Value,
        by: Option<&str>,
    ) {
        let checked = match &step.returns {
            Some(contract) => validate::contract(self.world, contract, &result),
            None => Ok(result.clone()),
        };
        let (result, fault) = match checked {
            Ok(result) => (result, None),
            Err(misfit) => (result, Some(misfit)),
        };
        let result = completed(result, step, by, self.case.now);
        self.keep(&mut cursor, step, result.clone());
        if let Err(message) = self.remember(&cursor, step) {
            self.raise(reason::ERROR, Some(&step.id), message);
            return;
        }
        if let Some(misfit) = fault {
            self.raise(reason::CONTRACT_VIOLATION, Some(&step.id), misfit);
            return;
        }
        self.case.tell(What::Done {
            step: step.id.clone(),
            by: by.map(str::to_owned),
            result: data::json(&result),
        });
        cursor.index += 1;
        self.jobs.push_back(Job::Begin(cursor));
    }

    /// Notes how a completed step is undone. A repetition that systems recognise by its key is
    /// undone once.
    fn remember(&mut self, cursor: &Cursor<'p>, step: &'p Step) -> Result<(), String> {
        let Some(call) = &step.compensate else {
            return Ok(());
        };
        let roots = evaluate::roots(self.world, self.case, &cursor.scope);
        let with = match &call.with {
            Some(with) => evaluate::sent(self.world, with, &roots)?,
            None => Value::Null,
        };
        let key = match &step.idempotency_key {
            Some(key) => evaluate::with_roots(self.world, key, &roots)?,
            None => Value::Null,
        };
        let completed = &mut self.case.completed;
        if key != Value::Null {
            completed.retain(|earlier| earlier.step.id != step.id || earlier.key != key);
        }
        let within = self.case.around(cursor.owner);
        self.case.completed.push(Completed {
            step,
            call,
            with,
            key,
            within,
        });
        Ok(())
    }

    fn sequence_done(&mut self, cursor: Cursor<'p>) {
        match cursor.owner {
            Owner::State => {
                if let Position::Working(state) = self.case.position {
                    self.jobs.push_back(Job::Leave(state));
                }
            }
            Owner::Branch(activity, branch) => self.branch_done(activity, branch, cursor),
            Owner::Item(activity, item) => self.item_done(activity, item, cursor),
        }
    }

    fn leave(&mut self, name: &'p str) {
        let Some((_, state)) = self.state(name) else {
            return;
        };
        if let Some(end) = state.end {
            self.case.state_timer = None;
            self.end(name, end);
            return;
        }
        match self.due(name, state) {
            Err(message) => self.raise(reason::ERROR, None, message),
            Ok(None) => self.raise(reason::NO_MATCH, None, "no transition fits".to_owned()),
            Ok(Some((number, transition))) => {
                let missing = self.missing(transition);
                if missing.is_empty() && transition.by.contains(&Mover::System) {
                    self.take(name, number, transition, "system");
                    return;
                }
                self.case.position = Position::Leaving(name, number);
                self.case.tell(What::Held {
                    state: name.to_owned(),
                    transition: number,
                    missing,
                });
            }
        }
    }

    /// The first transition whose guard holds.
    fn due(
        &mut self,
        name: &str,
        state: &'p State,
    ) -> Result<Option<(usize, &'p Transition)>, String> {
        for (number, transition) in state.transitions.iter().enumerate() {
            if self.guard_holds(name, number, transition)? {
                return Ok(Some((number, transition)));
            }
        }
        Ok(None)
    }

    /// Whether a guard holds at this moment; recorded where it is a question.
    pub fn guard_holds(
        &mut self,
        state: &str,
        number: usize,
        transition: &Transition,
    ) -> Result<bool, String> {
        let Guard::When(guard) = &transition.guard else {
            return Ok(true);
        };
        let roots = evaluate::roots(self.world, self.case, &Scope::default());
        let held = evaluate::truth(self.world, guard, &roots)?;
        self.case.tell(What::Guarded {
            state: state.to_owned(),
            transition: number,
            guard: guard.as_str().to_owned(),
            held,
            reads: evaluate::reads(self.world, guard, &roots),
        });
        Ok(held)
    }

    /// The data that a transition needs and the case does not have.
    pub fn missing(&self, transition: &Transition) -> BTreeSet<String> {
        let is_missing = |name: &&String| {
            let value = self.case.data.get(name.as_str());
            value.is_none_or(|value| *value == Value::Null)
        };
        transition
            .require
            .iter()
            .filter(is_missing)
            .cloned()
            .collect()
    }

    /// Takes a transition.
    pub fn take(&mut self, state: &'p str, number: usize, transition: &'p Transition, by: &str) {
        self.case.tell(What::Moved {
            state: state.to_owned(),
            transition: number,
            by: by.to_owned(),
        });
        match &transition.leads {
            Move::To(target) => self.go(target),
            Move::Raise(reason) => {
                let message = format!("the case left `{state}` by this way");
                self.raise(reason, None, message);
            }
        }
    }

    /// Stops everything that runs in the state, its clock too.
    pub fn cancel_all(&mut self) {
        self.jobs.clear();
        self.case.state_timer = None;
        let activities = std::mem::take(&mut self.case.activities);
        for activity in activities.into_values() {
            self.case.tell(What::Cancelled {
                step: activity.step.id.clone(),
            });
        }
    }

    fn end(&mut self, state: &'p str, end: Ending) {
        if end != Ending::Completed && !self.case.completed.is_empty() {
            self.case.position = Position::Undoing(state);
            let mut left = std::mem::take(&mut self.case.completed);
            left.reverse();
            self.undo(left, Then::End(state));
            return;
        }
        self.close(state, end);
    }

    /// The case ends: outputs, proof, clocks.
    pub fn close(&mut self, state: &'p str, end: Ending) {
        self.case.position = Position::Working(state);
        let plan = self.world.plan;
        let roots = evaluate::roots(self.world, self.case, &Scope::default());
        let mut outputs = Record::new();
        // What a case that did not reach its purpose hands back is nobody's to expect.
        if end == Ending::Completed {
            for (name, text) in plan.outputs.iter() {
                match evaluate::text(self.world, text, &roots) {
                    Ok(value) => drop(outputs.insert(name.into(), value)),
                    Err(message) => return self.raise(reason::ERROR, None, message),
                }
            }
            for proof in &plan.proof {
                let holds = evaluate::truth(self.world, &proof.that, &roots) == Ok(true);
                self.case.tell(What::Proved {
                    from: proof.from.clone(),
                    that: proof.that.as_str().to_owned(),
                    holds,
                });
            }
        }
        self.case.promises.stop(self.world, self.case.now);
        self.case.position = Position::Ended(end);
        self.case.outputs = outputs.into();
        let outputs = data::json(&self.case.outputs);
        let outputs = if end == Ending::Completed && !plan.outputs.is_empty() {
            outputs
        } else {
            serde_json::Value::Null
        };
        self.case.tell(What::Ended { end, outputs });
    }
}

/// The result of a task tells who did it and when.
fn completed(result: Value, step: &Step, by: Option<&str>, now: Timestamp) -> Value {
    let (Work::Task(_), Some(person)) = (&step.work, by) else {
        return result;
    };
    let mut fields = data::fields(&result).cloned().unwrap_or_default();
    fields.insert("completed_by".into(), Value::text(person));
    fields.insert("completed_at".into(), Value::Timestamp(now));
    fields.into()
}
