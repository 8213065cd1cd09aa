//! What can happen next to a case: to whatever it waits for, and to the requests that it has just
//! sent.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::points::{Free, fitting_event};
use super::{Searcher, changed};
use crate::expr::{Record, Value};
use crate::plan::period::Period;
use crate::plan::state::{Guard, Rung, State, Timeout};
use crate::plan::step::{ANY_ERROR, Awaited, Step, TIMEOUT_ERROR, Work};
use crate::run::case::Position;
use crate::run::event::{Waiting, WaitingFor};
use crate::run::exception::word;
use crate::run::scenario::replay::Happening;
use crate::run::scenario::{Act, Performed, Played, Script};
use crate::run::trace::What;
use crate::syntax::duration::Duration;

/// Every length of time that the plan names, short and long ones for the rest.
pub(super) fn lengths(states: &[&State]) -> Vec<Duration> {
    let mut found: BTreeSet<(u32, u32, u64)> = BTreeSet::new();
    let mut add = |period: &Period| {
        found.insert((period.weeks, period.days, period.seconds));
    };
    let mut ladder = |timeout: &Timeout| {
        add(&timeout.after);
        for rung in &timeout.then {
            match rung {
                Rung::Ask(escalation) | Rung::Notify(escalation) => add(&escalation.within),
                Rung::Raise(_) | Rung::To(_) | Rung::Decide(_) => {}
            }
        }
    };
    for state in states {
        state.timeout.iter().for_each(&mut ladder);
        for step in state.all_steps() {
            step.timeout.iter().for_each(&mut ladder);
        }
    }
    for state in states {
        for step in state.all_steps() {
            if let Work::Wait(wait) = &step.work
                && let Awaited::Elapsed(period) = &wait.until
            {
                found.insert((period.weeks, period.days, period.seconds));
            }
        }
    }
    let usual = [(0, 0, 3_600), (0, 1, 0), (1, 0, 0), (4, 0, 0), (52, 0, 0)];
    found.extend(usual);
    let lengths = found.into_iter().map(|(weeks, days, seconds)| Duration {
        weeks,
        days,
        seconds,
    });
    lengths.collect()
}

impl<'p> Searcher<'_, 'p> {
    /// What can happen next, each as a script of its own.
    pub(super) fn moves(&self, script: &Script, played: &Played<'p>) -> Vec<Script> {
        let case = &played.case;
        let mut next: Vec<Script> = Vec::new();
        let mut then = |script: &Script, act: Act| next.push(self.followed(script, act));
        for waiting in case.waiting() {
            for (changed, act) in self.answers(script, played, &waiting) {
                then(changed.as_ref().unwrap_or(script), act);
            }
        }
        match &case.position {
            Position::Queued { queue, .. } => {
                let people = self.world.directory.queue(queue, self.world.day(case.now));
                if let Some(person) = people.into_iter().next() {
                    for way in case.ways_back(self.world) {
                        let act = Act::Resolve {
                            queue: (*queue).to_owned(),
                            person: person.clone(),
                            to: Some(word(&way).to_owned()),
                            data: Record::new(),
                        };
                        then(script, act);
                    }
                }
            }
            Position::Leaving(..) => {
                for way in case.ways_out(self.world) {
                    let person = way.people.first().cloned();
                    let data = way.missing.iter();
                    let act = Act::Move {
                        person: person.unwrap_or_else(|| self.anybody()),
                        to: (!way.is_due).then(|| way.to.clone()),
                        data: data.map(|name| given(name)).collect(),
                    };
                    then(script, act);
                }
            }
            Position::Working(_)
            | Position::Undoing(_)
            | Position::TurnedAway
            | Position::Manual
            | Position::Ended(_)
            | Position::Stopped => {}
        }
        if let Some(length) = case.next_due().and_then(|due| self.wait(case.now, due)) {
            then(script, Act::Wait(length));
        }
        next.extend(self.failures(script, played));
        next.extend(self.without_evidence(script, played));
        next
    }

    fn followed(&self, script: &Script, act: Act) -> Script {
        let mut next = script.clone();
        next.actions.push(self.performed(act));
        next
    }

    fn performed(&self, act: Act) -> Performed {
        Performed {
            act,
            span: self.world.plan.origin.span,
        }
    }

    /// Whoever is responsible, where the plan does not say who acts.
    fn anybody(&self) -> String {
        let plan = self.world.plan;
        let named = plan.owner.as_ref().or(plan.backup.as_ref());
        named.cloned().unwrap_or_else(|| "somebody".to_owned())
    }

    /// What people and events can do to one piece of work.
    fn answers(
        &self,
        script: &Script,
        played: &Played<'p>,
        waiting: &Waiting,
    ) -> Vec<(Option<Script>, Act)> {
        let step = waiting.step.clone();
        match &waiting.wanted {
            WaitingFor::Task(people) => {
                let person = people.first().cloned();
                let act = Act::Complete {
                    step,
                    person: person.unwrap_or_else(|| self.anybody()),
                    with: None,
                    evidence: None,
                };
                vec![(None, act)]
            }
            WaitingFor::Decision(people) => self.decisions(played, &step, people),
            WaitingFor::Event(name) => {
                let Some(planned) = self.steps.get(step.as_str()) else {
                    return Vec::new();
                };
                let data = super::stub_value(script, &step);
                let changes = fitting_event(self.world, self.free, &played.case, planned, &data);
                let act = Act::Arrive {
                    name: name.clone(),
                    step: Some(step),
                    with: None,
                };
                vec![(Some(changed(script, &changes)), act)]
            }
            WaitingFor::Answer(_)
            | WaitingFor::Undoing { .. }
            | WaitingFor::Evidence(_)
            | WaitingFor::Time(_) => Vec::new(),
        }
    }

    /// Agreement and refusal of somebody who has not agreed yet.
    fn decisions(
        &self,
        played: &Played<'p>,
        step: &str,
        people: &BTreeSet<String>,
    ) -> Vec<(Option<Script>, Act)> {
        let agreed: BTreeSet<&str> = played
            .case
            .trace
            .iter()
            .filter_map(|entry| {
                if let What::Voted {
                    step: at, person, ..
                } = &entry.what
                    && at == step
                {
                    Some(person.as_str())
                } else {
                    None
                }
            })
            .collect();
        let mut open = people
            .iter()
            .filter(|person| !agreed.contains(person.as_str()));
        let Some(person) = open.next().or(people.first()) else {
            return Vec::new();
        };
        let decide = |agrees: bool, data: Record| Act::Decide {
            step: step.to_owned(),
            person: person.clone(),
            agrees,
            data,
            evidence: None,
        };
        vec![
            (None, decide(true, Record::new())),
            (None, decide(false, self.demanded(played))),
        ]
    }

    /// The data that ways out of the state ask for when somebody declines.
    fn demanded(&self, played: &Played<'p>) -> Record {
        let state = played.case.state();
        let state = state.and_then(|state| self.world.plan.states.get(state));
        let transitions = state.into_iter().flat_map(|state| &state.transitions);
        let guarded = transitions.filter(|transition| matches!(transition.guard, Guard::When(_)));
        let names = guarded.flat_map(|transition| &transition.require);
        names.map(|name| given(name)).collect()
    }

    /// The shortest wait after which something is due.
    fn wait(&self, now: Timestamp, due: Timestamp) -> Option<Duration> {
        let lengths = self.lengths.iter();
        let enough = lengths
            .map(|length| (self.world.later(now, *length), *length))
            .filter(|(then, _)| *then >= due);
        let shortest = enough.min_by_key(|(then, _)| *then);
        shortest.map(|(_, length)| length)
    }

    /// Each request that was answered after the last action, failing instead.
    fn failures(&self, script: &Script, played: &Played<'p>) -> Vec<Script> {
        let last = script.actions.len().checked_sub(1);
        let answered = played
            .events
            .iter()
            .rev()
            .take_while(|happened| happened.action.is_none())
            .filter_map(|happened| {
                if let Happening::Answered(answer) = &happened.happening
                    && answer.error.is_none()
                    && !answer.undoes
                {
                    Some(answer.step.as_str())
                } else {
                    None
                }
            });
        let answered: BTreeSet<&str> = answered.collect();
        let mut found = Vec::new();
        for step in answered {
            let Some(planned) = self.steps.get(step) else {
                continue;
            };
            for error in errors(planned) {
                let fail = self.performed(Act::Fail {
                    step: step.to_owned(),
                    error,
                    times: None,
                });
                let mut next = script.clone();
                next.actions.insert(last.unwrap_or(0), fail);
                found.push(next);
            }
        }
        found
    }

    /// Each approval that has begun, without its evidence.
    fn without_evidence(&self, script: &Script, played: &Played<'p>) -> Vec<Script> {
        let attached = played.events.iter().filter_map(|happened| {
            if let Happening::Attached { step, evidence } = &happened.happening
                && !evidence.is_empty()
            {
                Some(step.clone())
            } else {
                None
            }
        });
        let attached: BTreeSet<String> = attached.collect();
        let without = attached.into_iter().map(|step| {
            let mut next = script.clone();
            next.evidence.insert(step, BTreeSet::new());
            next
        });
        without.collect()
    }
}

fn given(name: &str) -> (std::sync::Arc<str>, Value) {
    (name.into(), Value::text(&name.replace('_', " ")))
}

/// The errors that lead to different places, by the names that systems give them.
fn errors(step: &Step) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for catch in &step.catch {
        if catch.error != ANY_ERROR {
            found.push(catch.error.clone());
            continue;
        }
        let other = match &step.work {
            Work::Run(_) => "failed",
            Work::Call(_)
            | Work::Notify(_)
            | Work::Emit(_)
            | Work::Check(_)
            | Work::Match(_)
            | Work::Route(_)
            | Work::Task(_)
            | Work::Approve(_)
            | Work::Wait(_)
            | Work::Parallel(_)
            | Work::ForEach(_) => "unavailable",
        };
        found.push(other.to_owned());
    }
    if step.timeout.is_some() && !found.iter().any(|error| error == TIMEOUT_ERROR) {
        found.push(TIMEOUT_ERROR.to_owned());
    }
    found
}

/// The steps whose results are given from outside, with their contracts.
pub(super) fn free<'p>(steps: &BTreeMap<&'p str, &'p Step>) -> Free<'p> {
    let free = steps.iter().filter(|(_, step)| match &step.work {
        Work::Call(_) | Work::Run(_) | Work::Task(_) => true,
        Work::Wait(wait) => matches!(wait.until, Awaited::Event(_)),
        Work::Check(_)
        | Work::Match(_)
        | Work::Route(_)
        | Work::Approve(_)
        | Work::Notify(_)
        | Work::Emit(_)
        | Work::Parallel(_)
        | Work::ForEach(_) => false,
    });
    free.map(|(name, step)| (*name, step.returns.as_deref()))
        .collect()
}
