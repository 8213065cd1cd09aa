//! Walking one case by hand: what can happen to it now, in words, and what each choice does.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::case::{Case, Position};
use super::event::{Event, Refusal, Waiting, WaitingFor};
use super::exception::word;
use super::scenario::Script;
use super::scenario::replay::{Happened, Refused};
use super::world::World;
use super::{Arrival, apply, data, sample, start};
use crate::expr::{Record, Value};
use crate::plan::state::State;
use crate::plan::step::{ANY_ERROR, Step, TIMEOUT_ERROR, Work};
use crate::syntax::workflow::Ending;

/// A case that is walked, with everything that was done to it.
#[derive(Clone)]
pub struct Walk<'w, 'p> {
    world: &'w World<'p>,
    /// The case as it is.
    pub case: Case<'p>,
    /// Everything that was done to it, in order.
    pub events: Vec<Happened>,
}

/// Something that can happen to a case now.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// In words, as `kim.berg approves`.
    pub words: String,
    /// The data that comes with it, as it is when nobody says otherwise; none where nothing does.
    pub data: Option<Value>,
    event: Event,
}

/// What a case waits for, with what can happen.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What the case waits for, one line each.
    pub waits: Vec<String>,
    /// What can happen.
    pub choices: Vec<Choice>,
}

impl Choice {
    /// What happens when this is chosen with some data; `data` is not looked at where none comes
    /// with the choice.
    pub fn event(&self, data: &Value) -> Event {
        let mut event = self.event.clone();
        let fields = || data::fields(data).cloned().unwrap_or_default();
        match &mut event {
            Event::Answered {
                answer: Ok(value), ..
            }
            | Event::Completed { result: value, .. }
            | Event::Arrived { data: value, .. }
                if self.data.is_some() =>
            {
                *value = data.clone();
            }
            Event::Decided { data: given, .. }
            | Event::Moved { data: given, .. }
            | Event::Resolved { data: given, .. }
                if self.data.is_some() =>
            {
                *given = fields();
            }
            Event::Answered { .. }
            | Event::Completed { .. }
            | Event::Arrived { .. }
            | Event::Decided { .. }
            | Event::Moved { .. }
            | Event::Resolved { .. }
            | Event::Passed(_)
            | Event::Attached { .. }
            | Event::Closed { .. } => {}
        }
        event
    }
}

impl<'w, 'p> Walk<'w, 'p> {
    /// Starts a case with the data of a script.
    pub fn start(world: &'w World<'p>, script: &Script) -> Self {
        let arrival = Arrival {
            trigger: script.trigger,
            input: script.input.clone(),
            id: script.id.clone(),
            requester: script.requester.clone(),
            at: script.at,
        };
        Walk {
            world,
            case: start(world, arrival),
            events: Vec::new(),
        }
    }

    /// Does something to the case.
    ///
    /// # Errors
    /// When it cannot be; the case is as before.
    pub fn happen(&mut self, event: &Event) -> Result<(), Refusal> {
        let mut happened = Happened::before(&self.case, event, None);
        let done = apply(self.world, &mut self.case, event);
        happened.refused = done.as_ref().err().map(Refused::from);
        self.events.push(happened);
        done
    }

    /// What can happen now; `None` when nothing more can.
    pub fn question(&self) -> Option<Question> {
        let mut question = Question {
            waits: Vec::new(),
            choices: Vec::new(),
        };
        for waiting in self.case.waiting() {
            self.ask(&waiting, &mut question);
        }
        match &self.case.position {
            Position::TurnedAway | Position::Ended(_) | Position::Stopped => return None,
            Position::Queued { reason, queue, .. } => self.resolve(reason, queue, &mut question),
            Position::Leaving(state, _) => self.leave(state, &mut question),
            Position::Manual => self.close(&mut question),
            Position::Working(_) | Position::Undoing(_) => {}
        }
        if let Some(due) = self.case.next_due() {
            let words = format!("time passes, until {}", self.clock(due));
            question.choices.push(Choice {
                words,
                data: None,
                event: Event::Passed(due),
            });
        }
        (!question.choices.is_empty()).then_some(question)
    }

    /// A moment in the time zone of the promise.
    pub fn clock(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.world.zone());
        zoned.strftime("%a %Y-%m-%d %H:%M").to_string()
    }

    fn step(&self, id: &str) -> Option<&'p Step> {
        let states = self.world.plan.states.values();
        let mut steps = states.flat_map(State::all_steps);
        steps.find(|step| step.id == id)
    }

    /// What fits the contract of a step's result.
    fn fitting(&self, step: &str) -> Value {
        let returns = self.step(step).and_then(|step| step.returns.as_deref());
        returns.map_or_else(
            || Record::new().into(),
            |contract| sample::contract(self.world, contract),
        )
    }

    fn ask(&self, waiting: &Waiting, question: &mut Question) {
        let step = &waiting.step;
        let item = waiting
            .item
            .map_or_else(String::new, |item| format!(", item {}", item + 1));
        let activity = waiting.activity;
        let choices = &mut question.choices;
        match &waiting.wanted {
            WaitingFor::Answer(request) => {
                question.waits.push(format!(
                    "`{step}`{item} asks {} (attempt {}): {}",
                    request.to,
                    request.attempt,
                    data::json(&request.with)
                ));
                self.answers(activity, step, &request.to, choices);
            }
            WaitingFor::Undoing { operation, attempt } => {
                let words = format!("`{step}` is undone by {operation} (attempt {attempt})");
                question.waits.push(words);
                choices.push(answer(activity, format!("{operation} succeeds"), Ok(None)));
                let words = format!("{operation} fails: unavailable");
                choices.push(answer(activity, words, Err("unavailable")));
            }
            WaitingFor::Evidence(wanted) => {
                let all: Vec<&str> = wanted.iter().map(String::as_str).collect();
                question
                    .waits
                    .push(format!("`{step}`{item} needs {}", all.join(", ")));
                for (words, evidence) in [
                    ("everything is attached", wanted.clone()),
                    ("nothing is attached", BTreeSet::new()),
                ] {
                    choices.push(Choice {
                        words: format!("`{step}`: {words}"),
                        data: None,
                        event: Event::Attached { activity, evidence },
                    });
                }
            }
            WaitingFor::Task(people) => {
                question
                    .waits
                    .push(format!("`{step}`{item} waits to be done"));
                self.tasks(step, people, choices);
            }
            WaitingFor::Decision(people) => {
                question
                    .waits
                    .push(format!("`{step}`{item} waits for a decision"));
                self.decisions(step, people, choices);
            }
            WaitingFor::Time(until) => {
                let words = format!("`{step}`{item} waits until {}", self.clock(*until));
                question.waits.push(words);
            }
            WaitingFor::Event(name) => {
                question
                    .waits
                    .push(format!("`{step}`{item} waits for {name}"));
                choices.push(Choice {
                    words: format!("{name} arrives"),
                    data: Some(self.fitting(step)),
                    event: Event::Arrived {
                        name: name.clone(),
                        data: Value::Null,
                    },
                });
            }
        }
    }

    fn answers(&self, activity: u32, step: &str, to: &str, choices: &mut Vec<Choice>) {
        let planned = self.step(step);
        let is_message =
            planned.is_some_and(|step| matches!(step.work, Work::Notify(_) | Work::Emit(_)));
        let result = (!is_message).then(|| self.fitting(step));
        choices.push(answer(activity, format!("{to} answers"), Ok(result)));
        let mut errors: BTreeSet<&str> = BTreeSet::new();
        for catch in planned.into_iter().flat_map(|step| &step.catch) {
            errors.insert(if catch.error == ANY_ERROR {
                "unavailable"
            } else {
                &catch.error
            });
        }
        if let Some(Work::Call(call)) = planned.map(|step| &step.work) {
            errors.extend(call.errors.iter().map(String::as_str));
        }
        errors.remove(TIMEOUT_ERROR);
        for error in errors {
            let words = format!("{to} fails: {error}");
            choices.push(answer(activity, words, Err(error)));
        }
    }

    fn tasks(&self, step: &str, people: &BTreeSet<String>, choices: &mut Vec<Choice>) {
        let anybody = BTreeSet::from([self.responsible()]);
        let people = if people.is_empty() { &anybody } else { people };
        let evidence = self.step(step).map(|step| step.evidence.clone());
        for person in people {
            choices.push(Choice {
                words: format!("{person} completes `{step}`"),
                data: Some(self.fitting(step)),
                event: Event::Completed {
                    step: step.to_owned(),
                    person: person.clone(),
                    result: Value::Null,
                    evidence: evidence.clone().unwrap_or_default(),
                },
            });
        }
    }

    fn decisions(&self, step: &str, people: &BTreeSet<String>, choices: &mut Vec<Choice>) {
        for person in people {
            for (agrees, verb) in [(true, "approves"), (false, "rejects")] {
                choices.push(Choice {
                    words: format!("{person} {verb} `{step}`"),
                    data: (!agrees).then(|| Record::new().into()),
                    event: Event::Decided {
                        step: step.to_owned(),
                        person: person.clone(),
                        agrees,
                        data: Record::new(),
                    },
                });
            }
        }
    }

    fn resolve(&self, reason: &str, queue: &str, question: &mut Question) {
        question.waits.push(format!(
            "the case waits in `{queue}`: `{reason}` was raised"
        ));
        let day = self.world.day(self.case.now);
        for person in self.world.directory.queue(queue, day) {
            for way in self.case.ways_back(self.world) {
                question.choices.push(Choice {
                    words: format!("{person} resolves it: {}", word(&way)),
                    data: Some(Record::new().into()),
                    event: Event::Resolved {
                        queue: queue.to_owned(),
                        person: person.clone(),
                        to: Some(word(&way).to_owned()),
                        data: Record::new(),
                    },
                });
            }
        }
    }

    fn leave(&self, state: &str, question: &mut Question) {
        for way in self.case.ways_out(self.world) {
            let missing: Vec<&str> = way.missing.iter().map(String::as_str).collect();
            let needs = if missing.is_empty() {
                String::new()
            } else {
                format!(" and needs {}", missing.join(", "))
            };
            question.waits.push(format!(
                "the way from `{state}` to `{}` is open{needs}",
                way.to
            ));
            let data = way.missing.iter();
            let data = data.map(|name| (name.as_str().into(), Value::text("")));
            let data: Record = data.collect();
            let supplier = BTreeSet::from([self.responsible()]);
            let people = if way.people.is_empty() {
                &supplier
            } else {
                &way.people
            };
            for person in people {
                question.choices.push(Choice {
                    words: format!("{person} moves the case to `{}`", way.to),
                    data: Some(data.clone().into()),
                    event: Event::Moved {
                        person: person.clone(),
                        to: (!way.is_due).then(|| way.to.clone()),
                        data: Record::new(),
                    },
                });
            }
        }
    }

    fn close(&self, question: &mut Question) {
        question.waits.push("the case is in manual mode".to_owned());
        let person = self.world.plan.fallback.as_ref();
        let person = person.and_then(|fallback| fallback.owner.clone());
        let person = person.unwrap_or_else(|| self.responsible());
        for end in [
            Ending::Completed,
            Ending::Rejected,
            Ending::Cancelled,
            Ending::Failed,
        ] {
            question.choices.push(Choice {
                words: format!("{person} closes it: {}", end.as_str()),
                data: None,
                event: Event::Closed {
                    person: person.clone(),
                    end,
                },
            });
        }
    }

    /// Who acts where the plan does not say.
    fn responsible(&self) -> String {
        let plan = self.world.plan;
        let named = plan.owner.as_ref().or(plan.backup.as_ref());
        named.cloned().unwrap_or_else(|| "somebody".to_owned())
    }
}

/// The answer to a request: a result, with the data that is offered, or an error.
fn answer(activity: u32, words: String, said: Result<Option<Value>, &str>) -> Choice {
    let (data, answer) = match said {
        Ok(data) => (data, Ok(Value::Null)),
        Err(error) => (None, Err(error.to_owned())),
    };
    Choice {
        words,
        data,
        event: Event::Answered { activity, answer },
    }
}
