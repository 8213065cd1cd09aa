//! Leaving a state: which way is due, who may take it, and what has to be there.

use std::collections::BTreeSet;

use super::state::thrown_inside;
use super::{Builder, Target, words};
use crate::model::resolve::reason;
use crate::plan::people::{Mover, Party};
use crate::plan::state::{Guard, Move, State, Transition};
use crate::target::bpmn::process::{Facts, Kind, Open, Sketch, Task};
use crate::target::feel::quoted;

impl Builder<'_> {
    /// The clock sends a case on to its transitions, which may have to be waited for.
    pub(super) fn late_decision(
        &mut self,
        sketch: &mut Sketch,
        name: &str,
        state: &State,
        open: Open,
    ) {
        let mut inner = Sketch::default();
        let id = format!("leaving_{name}");
        self.begin(&mut inner, &id);
        self.decide(&mut inner, name, state);
        self.finish(&mut inner, &id);
        let mut codes = BTreeSet::new();
        thrown_inside(&inner.scope, &mut codes);
        let kind = Kind::Sub {
            scope: inner.scope,
            each: None,
        };
        let node = self.node(&id, format!("Leave {name}"), kind, Facts::default());
        let host = sketch.add(node);
        sketch.connect(open, host);
        sketch.open.push(Open::from(host));
        for code in codes {
            self.raised(sketch, name, host, &code);
        }
    }

    /// Finds the transition that is due, and waits for people and data where it must.
    pub(super) fn decide(&mut self, inner: &mut Sketch, name: &str, state: &State) {
        if let [only] = &state.transitions[..]
            && is_free(only)
            && matches!(only.leads, Move::To(_))
            && !matches!(only.guard, Guard::When(_))
        {
            return;
        }
        let next = format!("next_{}", name.replace('-', "_"));
        let mut expression = quoted(reason::NO_MATCH);
        for (number, transition) in state.transitions.iter().enumerate().rev() {
            let chosen = quoted(&number.to_string());
            expression = match &transition.guard {
                Guard::Always | Guard::Otherwise => chosen,
                Guard::When(guard) => {
                    let guard = self.feel(&transition.origin, guard);
                    Self::asked(&format!("({guard})"), &chosen, &format!("({expression})"))
                }
            };
        }
        let facts = Facts::script(expression, &next).property("way-from", name);
        let id = format!("next_{name}");
        let node = self.task(&id, "Which way?", Task::Script, facts);
        inner.then(node);
        let guards = state.transitions.iter().map(|transition| &transition.guard);
        let mut errors = Vec::new();
        if guards.clone().any(|guard| matches!(guard, Guard::When(_))) {
            errors.push(reason::ERROR);
        }
        if guards.clone().all(|guard| matches!(guard, Guard::When(_))) {
            errors.push(reason::NO_MATCH);
        }
        self.outcomes(inner, &id, &next, &errors);
        self.moved_by_people(inner, name, state, &next);
        let raising: Vec<(usize, &str)> = state
            .transitions
            .iter()
            .enumerate()
            .filter_map(|(number, transition)| match &transition.leads {
                Move::Raise(reason) => Some((number, reason.as_str())),
                Move::To(_) => None,
            })
            .collect();
        if raising.is_empty() {
            return;
        }
        let gate = self.gateway(&format!("raise_{name}"));
        let gate = inner.then(gate);
        for (number, reason) in raising {
            let end = self.thrown(&format!("way_{name}_{number}"), reason);
            inner.end(
                Open::when(gate, reason, format!("{next} = \"{number}\"")),
                end,
            );
        }
    }

    fn moved_by_people(&mut self, inner: &mut Sketch, name: &str, state: &State, next: &str) {
        let mut waits = Vec::new();
        let mut people = Vec::new();
        let mut required = BTreeSet::new();
        for (number, transition) in state.transitions.iter().enumerate() {
            let by = transition.by.iter().filter_map(|mover| match mover {
                Mover::System => None,
                Mover::People(party) => Some(party),
            });
            people.extend(by);
            required.extend(transition.require.iter().map(String::as_str));
            let due = format!("{next} = \"{number}\"");
            if !transition.by.contains(&Mover::System) {
                waits.push(due);
            } else if !transition.require.is_empty() {
                let missing = transition.require.iter();
                let missing: Vec<String> = missing
                    .map(|name| format!("get value(case.data, {}) = null", quoted(name)))
                    .collect();
                waits.push(format!("{due} and ({})", missing.join(" or ")));
            }
        }
        if waits.is_empty() {
            return;
        }
        let conditions: Vec<String> = waits.iter().map(|wait| format!("({wait})")).collect();
        let Some(gate) = inner.open.pop() else {
            return;
        };
        let by: Vec<String> = people.iter().map(|party| words::party(party)).collect();
        let required: Vec<&str> = required.into_iter().collect();
        let mut facts = Facts::default()
            .property("moves", name)
            .property("by", by.join(", "))
            .property("requires", required.join(", "))
            .output("case.data", "context merge([case.data, data])")
            .output(next, "transition");
        facts.groups = self.candidates(&people);
        let node = self.task(
            &format!("move_{name}"),
            format!("Move on from {name}"),
            Task::User,
            facts,
        );
        let task = inner.add(node);
        inner.connect(
            Open::when(
                gate.from,
                "by people, or with data",
                conditions.join(" or "),
            ),
            task,
        );
        inner.open = vec![gate, Open::from(task)];
    }

    fn candidates(&mut self, people: &[&Party]) -> Option<String> {
        let origin = &self.plan.origin;
        let people: Vec<String> = people
            .iter()
            .map(|party| self.party_feel(origin, party))
            .collect();
        (!people.is_empty()).then(|| format!("[{}]", people.join(", ")))
    }

    /// The ways on, once it is known which is due.
    pub(super) fn ways_on(&mut self, sketch: &mut Sketch, name: &str, state: &State) {
        let next = format!("next_{}", name.replace('-', "_"));
        let ways: Vec<(usize, &Transition, &str)> = state
            .transitions
            .iter()
            .enumerate()
            .filter_map(|(number, transition)| match &transition.leads {
                Move::To(state) => Some((number, transition, state.as_str())),
                Move::Raise(_) => None,
            })
            .collect();
        let targets: BTreeSet<&str> = ways.iter().map(|(_, _, to)| *to).collect();
        if let [only] = targets.into_iter().collect::<Vec<_>>()[..] {
            for open in std::mem::take(&mut sketch.open) {
                self.jumps.push((open, Target::State(only.to_owned())));
            }
            return;
        }
        let gate = self.gateway(&format!("on_{name}"));
        let gate = sketch.then(gate);
        for (index, (number, transition, to)) in ways.iter().enumerate() {
            let label = words::guard(&transition.guard);
            let is_last = index + 1 == ways.len();
            let open = if is_last {
                Open::from(gate).named(label)
            } else {
                Open::when(gate, label, format!("{next} = \"{number}\""))
            };
            self.jumps.push((open, Target::State((*to).to_owned())));
        }
    }
}

/// True when nothing but the guard decides.
fn is_free(transition: &Transition) -> bool {
    transition.require.is_empty() && transition.by.contains(&Mover::System)
}
