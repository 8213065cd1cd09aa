//! Limits of time: a timer at the edge of an activity for each rung.
//!
//! Engines know no working hours. Where a rung runs in a calendar, a service task before the
//! activity asks a calendar service for the moments of all rungs, and the timers wait for those.

use super::super::process::{Event, Facts, Kind, Node, Open, Sketch, Task, Time};
use super::{Builder, words};
use crate::plan::origin::Origin;
use crate::plan::people::Party;
use crate::plan::period::Period;
use crate::plan::state::{Escalation, Rung, Timeout};
use crate::plan::step::{Step, TIMEOUT_ERROR};
use crate::plan::value::Text;
use crate::syntax::step::TimedDecision;
use crate::target::feel::quoted;

impl Builder<'_> {
    /// When each rung of a ladder is reached, counted from the beginning of the activity.
    pub(super) fn due(
        &mut self,
        sketch: &mut Sketch,
        id: &str,
        timeout: Option<&Timeout>,
    ) -> Vec<Time> {
        let Some(timeout) = timeout else {
            return Vec::new();
        };
        let periods = periods(timeout);
        if periods.iter().all(|period| period.calendar.is_none()) {
            let mut total = 0;
            let after = periods.iter().map(|period| {
                total += words::seconds(period);
                Time::After(words::iso(total))
            });
            return after.collect();
        }
        let variable = self.due_of(sketch, id, &periods);
        let name = variable.strip_suffix("[1]").unwrap_or(&variable);
        (1..=periods.len())
            .map(|rung| Time::At(format!("{name}[{rung}]")))
            .collect()
    }

    /// Asks for the moments of lengths of time that follow each other; gives the first, in FEEL.
    pub(super) fn due_of(&mut self, sketch: &mut Sketch, id: &str, periods: &[&Period]) -> String {
        let variable = format!("due_{}", id.replace('-', "_"));
        let clocks: Vec<String> = periods.iter().map(|period| words::period(period)).collect();
        let facts = Facts::job("flowgate.due")
            .property("due-of", id)
            .property("clocks", clocks.join(", "))
            .output(&variable, "result");
        let node = self.task(
            &format!("due_{id}"),
            format!("When is {id} due?"),
            Task::Service,
            facts,
        );
        sketch.then(node);
        format!("{variable}[1]")
    }

    /// Puts the rungs at the edge of an activity; gives the ways on that the clock takes.
    pub(super) fn ladder(
        &mut self,
        sketch: &mut Sketch,
        id: &str,
        host: usize,
        timeout: Option<&Timeout>,
        times: &[Time],
    ) {
        let rungs = timeout.iter().flat_map(|timeout| &timeout.then);
        for (number, (rung, time)) in rungs.zip(times).enumerate() {
            let timer = self.timer(id, number, host, rung, time.clone());
            let timer = sketch.add(timer);
            let open = Open::from(timer).aside();
            match rung {
                Rung::Ask(further) | Rung::Notify(further) => {
                    let told = self.escalation(&format!("{id}_{number}"), id, rung, further);
                    let told = sketch.add(told);
                    sketch.connect(open, told);
                    let name = format!("told_{id}_{number}");
                    let end = self.node(&name, "", Kind::End(Event::None), Facts::default());
                    sketch.end(Open::from(told), end);
                }
                Rung::Raise(_) | Rung::To(_) => {
                    let end = self.thrown(&format!("{id}_late"), &code(rung));
                    sketch.end(open, end);
                }
                Rung::Decide(decision) => {
                    let decided = self.by_the_clock(id, *decision);
                    let decided = sketch.add(decided);
                    sketch.connect(open, decided);
                    sketch.open.push(Open::from(decided));
                }
            }
            if rung.is_last() {
                return;
            }
        }
    }

    pub(super) fn timer(
        &mut self,
        id: &str,
        number: usize,
        host: usize,
        rung: &Rung,
        time: Time,
    ) -> Node {
        let kind = Kind::Boundary {
            host,
            on: Event::Timer(time),
            interrupts: rung.is_last(),
        };
        let facts = Facts::default()
            .property("rung", number.to_string())
            .property("rung-of", id);
        self.node(
            &format!("late_{id}_{number}"),
            words::rung(rung),
            kind,
            facts,
        )
    }

    /// The work of a rung that goes on waiting.
    pub(super) fn escalation(
        &mut self,
        id: &str,
        of: &str,
        rung: &Rung,
        further: &Escalation,
    ) -> Node {
        let job = match rung {
            Rung::Ask(_) => "flowgate.ask-further",
            Rung::Notify(_) | Rung::Raise(_) | Rung::To(_) | Rung::Decide(_) => "flowgate.notify",
        };
        let origin = &self.plan.origin;
        let party = self.party_feel(origin, &further.party);
        let facts = Facts::job(job).property("asks-for", of).input("to", party);
        self.task(
            &format!("tell_{id}"),
            words::rung(rung),
            Task::Service,
            facts,
        )
    }

    fn by_the_clock(&mut self, id: &str, decision: TimedDecision) -> Node {
        let decision = decision.as_str();
        let value = format!(
            "{{\"decision\": {}, \"approver\": null, \"approvers\": []}}",
            quoted(decision)
        );
        let facts = Facts::script(&value, "decided")
            .property("decides", id)
            .output(format!("steps.{id}"), value);
        let name = format!("Decide: {decision}");
        self.task(&format!("clock_{id}"), name, Task::Script, facts)
    }

    /// The ladder of a worker's task begins when its last attempt took too long.
    pub(super) fn lapsed(
        &mut self,
        sketch: &mut Sketch,
        step: &Step,
        host: usize,
        timeout: &Timeout,
    ) {
        let event = Event::Error(TIMEOUT_ERROR.to_owned());
        let open = self.boundary(sketch, &step.id, host, event, TIMEOUT_ERROR);
        let outside = std::mem::replace(&mut sketch.open, vec![open]);
        for (number, rung) in timeout.then.iter().enumerate() {
            let id = format!("{}_{number}", step.id);
            match rung {
                Rung::Ask(further) | Rung::Notify(further) => {
                    let told = self.escalation(&format!("{id}_lapsed"), &step.id, rung, further);
                    sketch.then(told);
                    let time = match &further.within.calendar {
                        None => Time::After(words::iso(words::seconds(&further.within))),
                        Some(_) => Time::At(self.due_of(sketch, &id, &[&further.within])),
                    };
                    let name = further.within.to_string();
                    let kind = Kind::Catch(Event::Timer(time));
                    let pause = self.node(&format!("pause_{id}"), name, kind, Facts::default());
                    sketch.then(pause);
                }
                Rung::Raise(_) | Rung::To(_) => {
                    let end = self.thrown(&format!("{id}_late"), &code(rung));
                    sketch.then(end);
                    sketch.open.clear();
                }
                Rung::Decide(decision) => {
                    let decided = self.by_the_clock(&step.id, *decision);
                    sketch.then(decided);
                }
            }
            if rung.is_last() {
                break;
            }
        }
        sketch.open.extend(outside);
    }

    /// A scope begins.
    pub(super) fn begin(&mut self, sketch: &mut Sketch, id: &str) {
        let node = self.node(
            &format!("begin_{id}"),
            "",
            Kind::Start(Event::None),
            Facts::default(),
        );
        sketch.then(node);
    }

    /// A scope ends wherever it is still open.
    pub(super) fn finish(&mut self, sketch: &mut Sketch, id: &str) {
        let node = self.node(
            &format!("done_{id}"),
            "",
            Kind::End(Event::None),
            Facts::default(),
        );
        sketch.then(node);
        sketch.open.clear();
    }

    /// What is inside, with the limit of the step around it.
    pub(super) fn limited(&mut self, sketch: &mut Sketch, step: &Step, inner: Sketch) {
        let due = self.due(sketch, &step.id, step.timeout.as_ref());
        let name = self.step_name(step);
        let kind = Kind::Sub {
            scope: inner.scope,
            each: None,
        };
        let id = format!("around_{}", step.id);
        let node = self.node(&id, name, kind, Facts::default());
        let host = sketch.then(node);
        self.ladder(sketch, &step.id, host, step.timeout.as_ref(), &due);
    }

    /// People in FEEL: a name, a list of names, or a group.
    pub(super) fn party_feel(&mut self, origin: &Origin, party: &Party) -> String {
        match party {
            Party::Role(role) => quoted(&format!("role:{role}")),
            Party::Team(team) => quoted(&format!("team:{team}")),
            Party::Person(person) => self.text(origin, person),
            Party::Expression(expression) => self.text(
                origin,
                &Text::Computed {
                    expression: expression.clone(),
                },
            ),
        }
    }
}

/// The code of the error that a rung ends in.
pub(super) fn code(rung: &Rung) -> String {
    match rung {
        Rung::Raise(reason) => reason.clone(),
        Rung::To(state) => super::state::moved(state),
        Rung::Ask(_) | Rung::Notify(_) | Rung::Decide(_) => String::new(),
    }
}

fn periods(timeout: &Timeout) -> Vec<&Period> {
    let mut periods = vec![&timeout.after];
    for rung in &timeout.then {
        match rung {
            Rung::Ask(further) | Rung::Notify(further) => periods.push(&further.within),
            Rung::Raise(_) | Rung::To(_) | Rung::Decide(_) => break,
        }
    }
    periods
}
