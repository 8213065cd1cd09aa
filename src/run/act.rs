//! What events do to a case, and the reasons why some cannot be.

use std::collections::BTreeSet;

use super::case::{Doing, Position};
use super::data;
use super::engine::Engine;
use super::evaluate::{self, Scope};
use super::event::{Event, Refusal, awaited_event};
use super::exception::word;
use super::trace::What;
use super::validate;
use crate::expr::{Record, Value};
use crate::plan::people::Mover;
use crate::plan::shape::Input;
use crate::plan::state::{Move, Transition};
use crate::plan::step::{Awaited, Work};
use crate::syntax::scenarios::RefusalCause;
use crate::syntax::workflow::Ending;

type Done = Result<(), Refusal>;

fn refuse(at: &str, because: RefusalCause, message: impl Into<String>) -> Refusal {
    Refusal {
        at: at.to_owned(),
        because,
        message: message.into(),
    }
}

impl<'p> Engine<'_, 'p> {
    /// Takes an event.
    pub fn event(&mut self, event: &Event) -> Done {
        match event {
            Event::Passed(to) => {
                self.pass(*to);
                Ok(())
            }
            Event::Answered { activity, answer } => self.answered(*activity, answer),
            Event::Attached { activity, evidence } => {
                let is_asked = |doing: &Doing<'_>| matches!(doing, Doing::Gathering);
                self.known(*activity, is_asked)?;
                self.gathered(*activity, evidence);
                Ok(())
            }
            Event::Completed {
                step,
                person,
                result,
                evidence,
            } => self.complete(step, person, result, evidence),
            Event::Decided {
                step,
                person,
                agrees,
                data,
            } => self.decide(step, person, *agrees, data),
            Event::Moved { person, to, data } => self.moved(person, to.as_deref(), data),
            Event::Resolved {
                queue,
                person,
                to,
                data,
            } => self.resolved(queue, person, to.as_deref(), data),
            Event::Closed { person, end } => self.closed(person, *end),
            Event::Arrived { name, data } => self.arrived(name, data),
        }
    }

    fn known(&self, id: u32, is_asked: fn(&Doing<'_>) -> bool) -> Done {
        let activity = self.case.activities.get(&id);
        if activity.is_some_and(|activity| is_asked(&activity.doing)) {
            return Ok(());
        }
        let message = "nothing waits for this answer";
        Err(refuse(&id.to_string(), RefusalCause::Idle, message))
    }

    fn answered(&mut self, id: u32, answer: &Result<Value, String>) -> Done {
        self.known(id, |doing| match doing {
            Doing::Attempt(_) => true,
            Doing::Undo(undo) => undo.until.is_none(),
            Doing::Pause(..)
            | Doing::Lapsed
            | Doing::Gathering
            | Doing::Task(_)
            | Doing::Approval(_)
            | Doing::Time(_)
            | Doing::Event
            | Doing::Parallel(_)
            | Doing::ForEach(_) => false,
        })?;
        match answer {
            Ok(result) => self.succeeded(id, result.clone()),
            Err(error) => self.failed(id, error),
        }
        Ok(())
    }

    /// The oldest piece of work of a step that people can act on.
    fn open(&self, step: &str, wanted: fn(&Doing<'_>) -> bool) -> Result<u32, Refusal> {
        let mut activities = self.case.activities.iter();
        let open =
            activities.find(|(_, activity)| activity.step.id == step && wanted(&activity.doing));
        open.map(|(id, _)| *id).ok_or_else(|| {
            refuse(
                step,
                RefusalCause::Idle,
                format!("`{step}` does not wait for this: {}", self.whereabouts()),
            )
        })
    }

    /// Where the case is, for messages.
    fn whereabouts(&self) -> String {
        match &self.case.position {
            Position::TurnedAway => "the case did not start".to_owned(),
            Position::Working(state) | Position::Leaving(state, _) | Position::Undoing(state) => {
                format!("the case is in `{state}`")
            }
            Position::Queued { reason, queue, .. } => {
                format!("the case waits in `{queue}`, since `{reason}` was raised")
            }
            Position::Manual => "the case is in manual mode".to_owned(),
            Position::Ended(end) => format!("the case has ended, {}", end.as_str()),
            Position::Stopped => "the case was stopped".to_owned(),
        }
    }

    fn complete(
        &mut self,
        step: &str,
        person: &str,
        result: &Value,
        evidence: &BTreeSet<String>,
    ) -> Done {
        let id = self.open(step, |doing| matches!(doing, Doing::Task(_)))?;
        let Some(activity) = self.case.activities.get(&id) else {
            return Ok(());
        };
        if let Doing::Task(people) = &activity.doing
            && !people.is_empty()
            && !people.contains(person)
        {
            let message = format!(
                "`{person}` is none of those who do `{step}`: {}",
                listed(people)
            );
            return Err(refuse(step, RefusalCause::By, message));
        }
        let missing: BTreeSet<String> = activity
            .step
            .evidence
            .difference(evidence)
            .cloned()
            .collect();
        if !missing.is_empty() {
            let message = format!("there is no {}", listed(&missing));
            return Err(refuse(step, RefusalCause::Evidence, message));
        }
        if let Some(activity) = self.case.activities.remove(&id) {
            self.case.promises.respond();
            self.finish(activity.cursor, activity.step, result.clone(), Some(person));
        }
        Ok(())
    }

    fn decide(&mut self, step: &str, person: &str, agrees: bool, data: &Record) -> Done {
        let id = self.open(step, |doing| matches!(doing, Doing::Approval(_)))?;
        let Some(Doing::Approval(asked)) = self
            .case
            .activities
            .get(&id)
            .map(|activity| &activity.doing)
        else {
            return Ok(());
        };
        if asked.excluded.contains(person) {
            let message = format!("`{person}` may not decide `{step}`, in any part");
            return Err(refuse(step, RefusalCause::Exclude, message));
        }
        if !asked.deciders.contains_key(person) {
            let people = asked.deciders.keys().cloned().collect();
            let message = format!(
                "`{person}` is none of those who decide `{step}`: {}",
                listed(&people)
            );
            return Err(refuse(step, RefusalCause::By, message));
        }
        if asked.agreed.iter().any(|agreed| agreed == person) {
            let message = format!("`{person}` has decided `{step}` already");
            return Err(refuse(step, RefusalCause::Twice, message));
        }
        let comment = data.get("comment").cloned();
        self.supplied(
            person,
            data.iter().filter(|(name, _)| &***name != "comment"),
        );
        self.case.promises.respond();
        self.vote(id, person, agrees, comment.as_ref());
        Ok(())
    }

    /// Data that people give becomes that of the case.
    fn supplied<'d>(
        &mut self,
        person: &str,
        data: impl Iterator<Item = (&'d std::sync::Arc<str>, &'d Value)>,
    ) {
        let data: Vec<_> = data
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if data.is_empty() {
            return;
        }
        self.case.tell(What::Corrected {
            by: person.to_owned(),
            fields: data
                .iter()
                .map(|(name, _)| format!("case.data.{name}"))
                .collect(),
        });
        self.case.data.extend(data);
    }

    fn moved(&mut self, person: &str, to: Option<&str>, data: &Record) -> Done {
        let Position::Leaving(state, due) = self.case.position else {
            let at = self.case.state().unwrap_or_default();
            let message = format!("nobody can move the case now: {}", self.whereabouts());
            return Err(refuse(at, RefusalCause::Idle, message));
        };
        let Some((_, planned)) = self.state(state) else {
            return Ok(());
        };
        let before = self.case.data.clone();
        self.case.data.extend(
            data.iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        match self.wanted(state, &planned.transitions, due, to, person) {
            Ok((number, transition, by)) => {
                self.case.data = before;
                self.supplied(person, data.iter());
                self.case.promises.respond();
                self.take(state, number, transition, &by);
                Ok(())
            }
            Err(refusal) => {
                self.case.data = before;
                Err(refusal)
            }
        }
    }

    /// The transition that a person wants to take, and in whose name it is taken.
    fn wanted(
        &mut self,
        state: &str,
        transitions: &'p [Transition],
        due: usize,
        to: Option<&str>,
        person: &str,
    ) -> Result<(usize, &'p Transition, String), Refusal> {
        let leads_there = |transition: &Transition| match (&transition.leads, to) {
            (_, None) => true,
            (Move::To(state), Some(to)) => state == to,
            (Move::Raise(reason), Some(to)) => reason == to,
        };
        let candidates = transitions
            .iter()
            .enumerate()
            .filter(|(number, transition)| {
                leads_there(transition) && (to.is_some() || *number == due)
            });
        let mut refusal = refuse(
            state,
            RefusalCause::To,
            format!(
                "no way leads from `{state}` to `{}`",
                to.unwrap_or_default()
            ),
        );
        for (number, transition) in candidates {
            let may = self.mover(transition, person);
            let is_system = transition.by.contains(&Mover::System) && number == due;
            if !is_system && !may {
                let message = format!("it is not for `{person}` to move the case from `{state}`");
                refusal = refuse(state, RefusalCause::By, message);
                continue;
            }
            if number != due && self.guard_holds(state, number, transition) != Ok(true) {
                let message = "the guard of this way does not hold".to_owned();
                refusal = refuse(state, RefusalCause::To, message);
                continue;
            }
            let missing = self.missing(transition);
            if !missing.is_empty() {
                let message = format!("there is no {}", listed(&missing));
                refusal = refuse(state, RefusalCause::Require, message);
                continue;
            }
            let by = if may { person } else { "system" };
            return Ok((number, transition, by.to_owned()));
        }
        Err(refusal)
    }

    fn mover(&self, transition: &Transition, person: &str) -> bool {
        let roots = evaluate::roots(self.world, self.case, &Scope::default());
        let by_name = transition.by.iter().any(|mover| match mover {
            Mover::System => false,
            Mover::People(party) => self
                .party(party, &roots)
                .is_ok_and(|people| people.contains(person)),
        });
        by_name || self.case.state_asked.contains(person)
    }

    fn resolved(&mut self, queue: &str, person: &str, to: Option<&str>, data: &Record) -> Done {
        let Position::Queued {
            reason,
            state,
            queue: own,
        } = self.case.position.clone()
        else {
            let message = format!("nothing waits in `{queue}`: {}", self.whereabouts());
            return Err(refuse(queue, RefusalCause::Idle, message));
        };
        if own != queue {
            let message = format!("the case waits in `{own}`, not in `{queue}`");
            return Err(refuse(queue, RefusalCause::Idle, message));
        }
        let day = self.world.day(self.case.now);
        let people = self.world.directory.queue(queue, day);
        if !people.contains(person) {
            let message = format!("`{person}` does not work on `{queue}`: {}", listed(&people));
            return Err(refuse(queue, RefusalCause::By, message));
        }
        let choices = self.case.ways_back(self.world);
        let chosen = match (to, &choices[..]) {
            (None, [only]) => Some(only),
            (None, _) => None,
            (Some(to), _) => choices.iter().find(|choice| word(choice) == to),
        };
        let Some(chosen) = chosen else {
            let words: BTreeSet<String> = choices
                .iter()
                .map(|choice| word(choice).to_owned())
                .collect();
            let message = format!("from `{reason}` the case can go to: {}", listed(&words));
            return Err(refuse(queue, RefusalCause::To, message));
        };
        self.corrected(queue, person, data)?;
        let chosen = chosen.clone();
        self.resume(&reason, state, &chosen, person);
        Ok(())
    }

    /// Corrections of the input are validated before they count.
    fn corrected(&mut self, queue: &str, person: &str, data: &Record) -> Done {
        if data.is_empty() {
            return Ok(());
        }
        let mut input = data::fields(&self.case.input).cloned().unwrap_or_default();
        let mut own = Record::new();
        let mut fields = BTreeSet::new();
        for (name, value) in data {
            if self.is_input(name) || input.contains_key(name) {
                fields.insert(format!("input.{name}"));
                input.insert(name.clone(), value.clone());
            } else {
                fields.insert(format!("case.data.{name}"));
                own.insert(name.clone(), value.clone());
            }
        }
        let input = validate::input(self.world, &input.into())
            .map_err(|misfit| refuse(queue, RefusalCause::Data, misfit))?;
        self.case.input = input;
        self.case.data.extend(own);
        self.case.tell(What::Corrected {
            by: person.to_owned(),
            fields,
        });
        Ok(())
    }

    /// Whether the input has a field of this name.
    fn is_input(&self, name: &str) -> bool {
        let plan = self.world.plan;
        match &plan.input {
            Input::Fields(fields) => fields.get(name).is_some(),
            Input::Contract(contract) => {
                let contract = plan.contracts.get(contract);
                contract.is_some_and(|contract| contract.fields.get(name).is_some())
            }
        }
    }

    fn closed(&mut self, person: &str, end: Ending) -> Done {
        if self.case.position != Position::Manual {
            let message = format!(
                "only a case in manual mode is closed by hand: {}",
                self.whereabouts()
            );
            let at = self.case.state().unwrap_or_default();
            return Err(refuse(at, RefusalCause::Idle, message));
        }
        let owner = self
            .world
            .plan
            .fallback
            .as_ref()
            .and_then(|fallback| fallback.owner.as_deref());
        let may = [
            owner,
            self.world.plan.owner.as_deref(),
            self.world.plan.backup.as_deref(),
        ];
        if owner.is_some() && !may.contains(&Some(person)) {
            let message = format!("it is not for `{person}` to close the case");
            return Err(refuse("fallback", RefusalCause::By, message));
        }
        self.case.promises.stop(self.world, self.case.now);
        self.case.position = Position::Ended(end);
        self.case.tell(What::Ended {
            end,
            outputs: serde_json::Value::Null,
        });
        Ok(())
    }

    fn arrived(&mut self, name: &str, event: &Value) -> Done {
        let waiting: Vec<u32> = self
            .case
            .activities
            .iter()
            .filter(|(_, activity)| matches!(activity.doing, Doing::Event))
            .filter(|(_, activity)| awaited_event(activity.step) == Some(name))
            .map(|(id, _)| *id)
            .collect();
        if waiting.is_empty() {
            let message = format!("nothing waits for `{name}`: {}", self.whereabouts());
            return Err(refuse(name, RefusalCause::Idle, message));
        }
        let mut refusal = None;
        for id in waiting {
            match self.fits(id, event) {
                Ok(true) => {
                    if let Some(activity) = self.case.activities.remove(&id) {
                        self.case.tell(What::Received {
                            step: activity.step.id.clone(),
                            event: name.to_owned(),
                        });
                        self.finish(activity.cursor, activity.step, event.clone(), None);
                    }
                    return Ok(());
                }
                Ok(false) => {
                    let message =
                        format!("the case waits for another `{name}`: {}", data::json(event));
                    refusal = Some(refuse(name, RefusalCause::Data, message));
                }
                Err(message) => {
                    if let Some(activity) = self.case.activities.get(&id) {
                        let step = &activity.step.id;
                        self.raise(super::work::ERROR, Some(step), message);
                    }
                    return Ok(());
                }
            }
        }
        refusal.map_or(Ok(()), Err)
    }

    /// Whether an event is one that a step waits for.
    fn fits(&self, id: u32, event: &Value) -> Result<bool, String> {
        let Some(activity) = self.case.activities.get(&id) else {
            return Ok(false);
        };
        let Work::Wait(wait) = &activity.step.work else {
            return Ok(false);
        };
        let Awaited::Event(awaited) = &wait.until else {
            return Ok(false);
        };
        let Some(filter) = &awaited.filter else {
            return Ok(true);
        };
        let scope = activity.cursor.scope.with("event", event.clone());
        let roots = evaluate::roots(self.world, self.case, &scope);
        evaluate::truth(self.world, filter, &roots)
    }
}

fn listed(words: &BTreeSet<String>) -> String {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.join(", ")
}
