//! Time: which clock ends next, and what happens then.

use jiff::Timestamp;

use super::case::{Case, Doing, Ladder, Position};
use super::engine::{Engine, Job};
use super::evaluate::{self, Scope};
use super::trace::{Place, Promise, What};
use super::world::World;
use crate::plan::state::{Escalation, Rung};

/// A clock of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// A pause or a wait of an activity ends.
    Wait(u32),
    /// The limit of an activity passes.
    Limit(u32),
    /// The limit of the state passes.
    State,
    /// A promise is missed.
    Promise(Promise),
}

impl Case<'_> {
    /// The clock that ends next. Of those that end at the same moment, what is waited for comes
    /// before limits, steps before the state, the state before promises.
    pub(super) fn next_timer(&self) -> Option<(Timestamp, Timer)> {
        let mut timers: Vec<(Timestamp, Timer)> = Vec::new();
        for (id, activity) in &self.activities {
            if let Some(until) = activity.doing.until() {
                timers.push((until, Timer::Wait(*id)));
            }
            if let Some(ladder) = &activity.ladder {
                timers.push((ladder.due, Timer::Limit(*id)));
            }
        }
        timers.extend(
            self.state_timer
                .as_ref()
                .map(|ladder| (ladder.due, Timer::State)),
        );
        let promise = self.promises.next();
        timers.extend(promise.map(|(due, promise)| (due, Timer::Promise(promise))));
        timers.into_iter().min()
    }

    /// When the next request is sent or given up, while systems and not people are waited for.
    pub fn next_machine_timer(&self) -> Option<Timestamp> {
        let activities = self.activities.values();
        let dues = activities.filter_map(|activity| match &activity.doing {
            Doing::Pause(_, until) => Some(*until),
            Doing::Attempt(_) => activity.ladder.as_ref().map(|ladder| ladder.due),
            Doing::Undo(undo) => undo.until,
            Doing::Lapsed
            | Doing::Gathering
            | Doing::Task(_)
            | Doing::Approval(_)
            | Doing::Time(_)
            | Doing::Event
            | Doing::Parallel(_)
            | Doing::ForEach(_) => None,
        });
        dues.min()
    }

    /// When anything happens next if nobody does anything; promises left out.
    pub fn next_due(&self) -> Option<Timestamp> {
        let activities = self.activities.values();
        let waits = activities
            .clone()
            .filter_map(|activity| activity.doing.until());
        let limits = activities.filter_map(|activity| Some(activity.ladder.as_ref()?.due));
        let state = self.state_timer.as_ref().map(|ladder| ladder.due);
        waits.chain(limits).chain(state).min()
    }
}

impl Doing<'_> {
    /// When a pause or a wait ends.
    fn until(&self) -> Option<Timestamp> {
        match self {
            Doing::Pause(_, until) | Doing::Time(until) => Some(*until),
            Doing::Undo(undo) => undo.until,
            Doing::Attempt(_)
            | Doing::Lapsed
            | Doing::Gathering
            | Doing::Task(_)
            | Doing::Approval(_)
            | Doing::Event
            | Doing::Parallel(_)
            | Doing::ForEach(_) => None,
        }
    }
}

impl<'p> Engine<'_, 'p> {
    /// Lets time pass up to a moment; everything that is due on the way happens.
    pub fn pass(&mut self, to: Timestamp) {
        while let Some((due, timer)) = self.case.next_timer().filter(|(due, _)| *due <= to) {
            self.case.now = self.case.now.max(due);
            self.fire(timer);
            self.run();
        }
        self.case.now = self.case.now.max(to);
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::Wait(id) => self.waited(id),
            Timer::Limit(id) => self.limit_passed(id),
            Timer::State => self.state_rung(),
            Timer::Promise(promise) => {
                self.case.promises.missed(promise);
                self.case.tell(What::PromiseMissed { promise });
            }
        }
    }

    fn waited(&mut self, id: u32) {
        let Some(activity) = self.case.activities.get(&id) else {
            return;
        };
        match activity.doing.clone() {
            Doing::Pause(mut request, _) => {
                request.attempt = request.attempt.saturating_add(1);
                self.attempt(id, request);
            }
            Doing::Time(_) => {
                if let Some(activity) = self.case.activities.remove(&id) {
                    let nothing = crate::expr::Value::Null;
                    self.case.tell(What::Elapsed {
                        step: activity.step.id.clone(),
                    });
                    self.finish(activity.cursor, activity.step, nothing, None);
                }
            }
            Doing::Undo(_) => self.undo_attempt(id),
            Doing::Attempt(_)
            | Doing::Lapsed
            | Doing::Gathering
            | Doing::Task(_)
            | Doing::Approval(_)
            | Doing::Event
            | Doing::Parallel(_)
            | Doing::ForEach(_) => {}
        }
    }

    fn limit_passed(&mut self, id: u32) {
        let is_attempt = self
            .case
            .activities
            .get(&id)
            .is_some_and(|activity| matches!(activity.doing, Doing::Attempt(_)));
        if is_attempt {
            self.attempt_lapsed(id);
        } else {
            self.next_rung(id);
        }
    }

    /// Takes the next rung of a step's ladder.
    pub fn next_rung(&mut self, id: u32) {
        let Some(activity) = self.case.activities.get_mut(&id) else {
            return;
        };
        let step = activity.step;
        let scope = activity.cursor.scope.clone();
        let Some((number, rung)) = activity.ladder.as_mut().and_then(climb) else {
            activity.ladder = None;
            return;
        };
        let place = self.place(Some(&step.id));
        self.case.tell(What::TimerFired {
            place,
            rung: Some(number),
        });
        match rung {
            Rung::Ask(escalation) => {
                let due = self.world.after(self.case.now, &escalation.within);
                if let Some(people) = self.turned_to(escalation, &scope, Some(&step.id)) {
                    self.further(id, &people, number);
                    self.go_on_until(id, due);
                }
            }
            Rung::Notify(escalation) => {
                let due = self.world.after(self.case.now, &escalation.within);
                if let Some(people) = self.turned_to(escalation, &scope, Some(&step.id)) {
                    let place = self.place(Some(&step.id));
                    self.case.tell(What::Told { place, people });
                    self.go_on_until(id, due);
                }
            }
            Rung::Raise(reason) => {
                let message = format!("the time for `{}` is up", step.id);
                self.raise(reason, Some(&step.id), message);
            }
            Rung::To(state) => {
                self.cancel_all();
                self.go(state);
            }
            Rung::Decide(decision) => self.decided_by_time(id, decision.as_str()),
        }
    }

    fn go_on_until(&mut self, id: u32, due: Timestamp) {
        let activity = self.case.activities.get_mut(&id);
        if let Some(ladder) = activity.and_then(|activity| activity.ladder.as_mut()) {
            ladder.due = due;
        }
    }

    /// Further people may do a task or decide an approval; of anything else they are told.
    fn further(&mut self, id: u32, people: &std::collections::BTreeSet<String>, rung: usize) {
        let Some(activity) = self.case.activities.get_mut(&id) else {
            return;
        };
        let step = activity.step;
        match &mut activity.doing {
            Doing::Approval(_) => self.ask_further(id, people, rung),
            Doing::Task(doers) => {
                doers.extend(people.iter().cloned());
                let people = super::work::addressed(doers);
                let evidence = std::collections::BTreeSet::new();
                self.case.tell(What::Asked {
                    step: step.id.clone(),
                    people,
                    evidence,
                });
            }
            Doing::Attempt(_)
            | Doing::Pause(..)
            | Doing::Lapsed
            | Doing::Gathering
            | Doing::Time(_)
            | Doing::Event
            | Doing::Parallel(_)
            | Doing::ForEach(_)
            | Doing::Undo(_) => {
                let place = self.place(Some(&step.id));
                self.case.tell(What::Told {
                    place,
                    people: people.clone(),
                });
            }
        }
    }

    /// Whom a rung turns to; `None` when that raised.
    fn turned_to(
        &mut self,
        escalation: &Escalation,
        scope: &Scope,
        step: Option<&str>,
    ) -> Option<std::collections::BTreeSet<String>> {
        let roots = evaluate::roots(self.world, self.case, scope);
        match self.party(&escalation.party, &roots) {
            Ok(people) => Some(self.without_absent(people)),
            Err(trouble) => {
                self.raise(&trouble.reason, step, trouble.message);
                None
            }
        }
    }

    /// People who are out are replaced by their stand-ins.
    fn without_absent(
        &self,
        people: std::collections::BTreeSet<String>,
    ) -> std::collections::BTreeSet<String> {
        let day = self.world.day(self.case.now);
        let directory = &self.world.directory;
        let present =
            people
                .into_iter()
                .filter_map(|person| match directory.absence(&person, day) {
                    None => Some(person),
                    Some(stand_in) => stand_in.map(str::to_owned),
                });
        present
            .filter(|person| directory.is_active(person, day))
            .collect()
    }

    fn place(&self, step: Option<&str>) -> Place {
        Place {
            state: self.case.state().unwrap_or_default().to_owned(),
            step: step.map(str::to_owned),
        }
    }

    /// Takes the next rung of the state's ladder.
    fn state_rung(&mut self) {
        let Some((number, rung)) = self.case.state_timer.as_mut().and_then(climb) else {
            self.case.state_timer = None;
            return;
        };
        let place = self.place(None);
        self.case.tell(What::TimerFired {
            place,
            rung: Some(number),
        });
        match rung {
            Rung::Ask(escalation) | Rung::Notify(escalation) => {
                let due = self.world.after(self.case.now, &escalation.within);
                if let Some(people) = self.turned_to(escalation, &Scope::default(), None) {
                    if matches!(rung, Rung::Ask(_)) {
                        self.case.state_asked.extend(people.iter().cloned());
                    }
                    let place = self.place(None);
                    self.case.tell(What::Told { place, people });
                    if let Some(ladder) = &mut self.case.state_timer {
                        ladder.due = due;
                    }
                }
            }
            Rung::Raise(reason) => {
                let message = "the time in this state is up".to_owned();
                self.raise(reason, None, message);
            }
            Rung::To(state) => {
                self.cancel_all();
                self.go(state);
            }
            // Nothing is decided in a state itself, so the case is asked again where it goes.
            Rung::Decide(_) => {
                if let Position::Working(state) | Position::Leaving(state, _) = self.case.position {
                    self.cancel_all();
                    self.case.position = Position::Working(state);
                    self.jobs.push_back(Job::Leave(state));
                }
            }
        }
    }
}

/// The rung that is taken now; the ladder stands on the next one.
fn climb<'p>(ladder: &mut Ladder<'p>) -> Option<(usize, &'p Rung)> {
    let number = ladder.rung;
    ladder.rung += 1;
    Some((number, ladder.timeout.then.get(number)?))
}

impl World<'_> {
    /// The moment after so much working time of the promise's calendar.
    pub fn later(&self, from: Timestamp, length: crate::syntax::duration::Duration) -> Timestamp {
        let period = crate::plan::period::Period {
            weeks: length.weeks,
            days: length.days,
            seconds: length.seconds,
            calendar: self.calendar_name().map(str::to_owned),
        };
        self.after(from, &period)
    }
}
