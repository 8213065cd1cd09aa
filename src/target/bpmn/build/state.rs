//! States: a sub-process each, with the reasons that it raises at its edge.

use std::collections::BTreeSet;

use super::super::process::{Each, Event, Facts, Kind, Node, Open, Scope, Sketch, Task};
use super::{Builder, Target, object, words};
use crate::model::resolve::reason;
use crate::plan::exception::Resume;
use crate::plan::people::{Mover, Party};
use crate::plan::shape::Input;
use crate::plan::state::{Guard, Move, Rung, State, Transition};
use crate::plan::step::{Step, Work};
use crate::syntax::workflow::Ending;
use crate::target::feel::quoted;

/// The code of the error that takes a case out of a state into another.
pub(super) fn moved(state: &str) -> String {
    format!("to {state}")
}

impl Builder<'_> {
    /// Adds a state with its ways on; what leads to other states is noted.
    pub(super) fn state(&mut self, sketch: &mut Sketch, name: &str, state: &State) {
        let first = sketch.scope.nodes.len();
        sketch.open.clear();
        self.visits(sketch, name, state);
        let title = state.title.clone().unwrap_or_else(|| name.to_owned());
        if state.end.is_none() || !state.steps.is_empty() {
            self.body(sketch, name, &title, state);
        }
        match state.end {
            Some(end) => self.ending(sketch, name, &title, state, end),
            None => self.ways_on(sketch, name, state),
        }
        self.entries.insert(Target::State(name.to_owned()), first);
        let lane = self.lane_of(state);
        for node in &mut sketch.scope.nodes[first..] {
            node.lane = lane;
        }
        sketch.open.clear();
    }

    fn lane_of(&mut self, state: &State) -> usize {
        let worker = state.steps.iter().find_map(|step| match &step.work {
            Work::Approve(approval) => approval.by.first().and_then(words::lane_of_party),
            Work::Task(task) => task.assign.first().and_then(words::lane_of_assignee),
            _ => None,
        });
        let own = state.owner.clone().or(worker);
        let lane = own.unwrap_or_else(|| self.accountable().to_owned());
        self.lane(&lane)
    }

    /// An entry beyond the limit goes to the fallback.
    fn visits(&mut self, sketch: &mut Sketch, name: &str, state: &State) {
        let Some(most) = state.max_visits else {
            return;
        };
        let count = format!("visits_{}", name.replace('-', "_"));
        let facts = Facts::script(format!("if {count} = null then 1 else {count} + 1"), &count);
        let node = self.task(
            &count,
            format!("Count visits of {name}"),
            Task::Script,
            facts,
        );
        sketch.then(node);
        let gate = self.gateway(&count);
        let gate = sketch.then(gate);
        let open = Open::when(
            gate,
            format!("more than {most}"),
            format!("{count} > {most}"),
        );
        self.jumps.push((open, Target::Fallback));
    }

    fn body(&mut self, sketch: &mut Sketch, name: &str, title: &str, state: &State) {
        let due = self.due(sketch, &format!("state_{name}"), state.timeout.as_ref());
        let mut inner = Sketch::default();
        self.begin(&mut inner, &format!("state_{name}"));
        if self.may_be_unfit(name) {
            self.validate_input(&mut inner, name);
        }
        self.steps(&mut inner, &state.steps);
        if state.end.is_none() {
            self.decide(&mut inner, name, state);
        }
        self.finish(&mut inner, &format!("state_{name}"));
        let mut facts = Facts::default()
            .property("state", name)
            .property("lifecycle", state.lifecycle.as_str());
        facts.documentation = state.summary.clone();
        let mut codes = BTreeSet::new();
        thrown_inside(&inner.scope, &mut codes);
        let kind = Kind::Sub {
            scope: inner.scope,
            each: None,
        };
        let node = self.node(&format!("state_{name}"), title, kind, facts);
        let host = sketch.then(node);
        self.state_ladder(sketch, name, state, host, &due);
        for code in codes {
            self.raised(sketch, name, host, &code);
        }
    }

    /// What is raised inside leaves at the edge: to a resolution, or into another state.
    fn raised(&mut self, sketch: &mut Sketch, state: &str, host: usize, code: &str) {
        let event = Event::Error(code.to_owned());
        let open = self.boundary(sketch, state, host, event, code);
        self.leave(sketch, state, open, code);
    }

    fn leave(&mut self, sketch: &mut Sketch, state: &str, open: Open, code: &str) {
        let target = match code.strip_prefix("to ") {
            Some(to) => Target::State(to.to_owned()),
            None => {
                self.note_reason(&mut sketch.scope.nodes[open.from], state, code);
                Target::Reason(code.to_owned())
            }
        };
        self.jumps.push((open, target));
    }

    fn note_reason(&mut self, node: &mut Node, state: &str, reason: &str) {
        let queue = self.route_of(reason).and_then(|route| route.queue.clone());
        let queue = queue.map_or("null".to_owned(), |queue| quoted(&queue));
        let facts = std::mem::take(&mut node.facts);
        let of = [("reason", quoted(reason)), ("state", quoted(state))];
        let entry = object(of.clone().into_iter().chain([("queue", queue)]));
        node.facts = facts
            .property("raises", reason)
            .property("raised-in", state)
            .output("raised", object(of.into_iter()))
            .output(
                "case.exceptions",
                format!("append(case.exceptions, {entry})"),
            );
    }

    fn state_ladder(
        &mut self,
        sketch: &mut Sketch,
        name: &str,
        state: &State,
        host: usize,
        due: &[super::super::process::Time],
    ) {
        let id = format!("state_{name}");
        let rungs = state.timeout.iter().flat_map(|timeout| &timeout.then);
        for (number, (rung, time)) in rungs.zip(due).enumerate() {
            let timer = self.timer(&id, number, host, rung, time.clone());
            let open = Open::from(sketch.add(timer)).aside();
            match rung {
                Rung::Ask(further) | Rung::Notify(further) => {
                    let told = self.escalation(&format!("{id}_{number}"), &id, rung, further);
                    let told = sketch.add(told);
                    sketch.connect(open, told);
                    let end = Kind::End(Event::None);
                    let end = self.node(&format!("told_{id}_{number}"), "", end, Facts::default());
                    sketch.end(Open::from(told), end);
                }
                Rung::Raise(_) | Rung::To(_) => {
                    self.leave(sketch, name, open, &super::ladder::code(rung))
                }
                Rung::Decide(_) => self.late_decision(sketch, name, state, open),
            }
            if rung.is_last() {
                return;
            }
        }
    }

    /// The clock sends a case on to its transitions, which may have to be waited for.
    fn late_decision(&mut self, sketch: &mut Sketch, name: &str, state: &State, open: Open) {
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

    /// Whether a case may come here with data that does not fit.
    fn may_be_unfit(&self, name: &str) -> bool {
        let described = match &self.plan.input {
            Input::Contract(_) => true,
            Input::Fields(fields) => !fields.is_empty(),
        };
        let resumed = self
            .route_of(reason::CONTRACT_VIOLATION)
            .is_some_and(|route| route.resume.contains(&Resume::State(name.to_owned())));
        described && (name == self.plan.start || resumed)
    }

    fn validate_input(&mut self, inner: &mut Sketch, name: &str) {
        let contract = match &self.plan.input {
            Input::Contract(contract) => contract.clone(),
            Input::Fields(_) => format!("{}.input", self.plan.name),
        };
        let facts = Facts::job("flowgate.validate")
            .property("contract", contract)
            .property("validates-input", name)
            .input("with", "input")
            .output("input", "result");
        let id = format!("input_{name}");
        let node = self.task(&id, "Does the input fit?", Task::Service, facts);
        let host = inner.then(node);
        self.violated(inner, &id, host);
    }

    /// Finds the transition that is due, and waits for people and data where it must.
    fn decide(&mut self, inner: &mut Sketch, name: &str, state: &State) {
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
    fn ways_on(&mut self, sketch: &mut Sketch, name: &str, state: &State) {
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

    /// The end of a case: what was done is undone unless it was completed, then it is closed.
    fn ending(&mut self, sketch: &mut Sketch, name: &str, title: &str, state: &State, end: Ending) {
        let has_body = !state.steps.is_empty();
        if end != Ending::Completed && self.can_be_undone() {
            let host = self.undoing(sketch, name, "true");
            self.raised(sketch, name, host, reason::ERROR);
            if !has_body {
                let facts = std::mem::take(&mut sketch.scope.nodes[host].facts);
                sketch.scope.nodes[host].facts = facts.property("state", name);
            }
        }
        let is_marked = has_body || (end != Ending::Completed && self.can_be_undone());
        let mut facts = Facts::script(quoted(end.as_str()), "end");
        if !is_marked {
            facts = facts.property("state", name);
        }
        if end == Ending::Completed {
            let outputs = self.plan.outputs.iter();
            let origin = &self.plan.origin;
            let outputs: Vec<(&str, String)> = outputs
                .map(|(name, text)| (name, self.text(origin, text)))
                .collect();
            facts = facts.output("outputs", object(outputs.into_iter()));
            let proofs: Vec<String> = self
                .plan
                .proof
                .iter()
                .map(|proof| {
                    let that = self.feel(origin, &proof.that);
                    format!(
                        "{{\"from\": {}, \"holds\": ({that}) = true}}",
                        quoted(&proof.from)
                    )
                })
                .collect();
            if !proofs.is_empty() {
                facts = facts.output("proof", format!("[{}]", proofs.join(", ")));
            }
        } else {
            facts = facts.output("outputs", "{}");
        }
        let node = self.task(
            &format!("close_{name}"),
            format!("Close: {}", end.as_str()),
            Task::Script,
            facts,
        );
        sketch.then(node);
        let facts = Facts::default().property("end", end.as_str());
        let node = self.node(&format!("end_{name}"), title, Kind::End(Event::None), facts);
        sketch.then(node);
        sketch.open.clear();
    }

    fn can_be_undone(&self) -> bool {
        let mut steps = self.plan.states.values().flat_map(State::all_steps);
        steps.any(|step: &Step| step.compensate.is_some())
    }

    /// Undoes what is noted and chosen by a condition on `done`, newest first.
    pub(super) fn undoing(&mut self, sketch: &mut Sketch, name: &str, chosen: &str) -> usize {
        let mut inner = Sketch::default();
        let id = format!("undoing_{name}");
        self.begin(&mut inner, &id);
        let rest = "flatten(for other in undo return if other = done then [] else [other])";
        let facts = Facts::job("flowgate.undo")
            .property("undoing", name)
            .input("operation", "done.operation")
            .input("account", "done.account")
            .input("attempts", "done.attempts")
            .input("with", "done.with")
            .input("idempotency_key", "done.key")
            .output("undo", rest);
        let task = format!("undo_one_{name}");
        let node = self.task(&task, "Undo a step", Task::Service, facts);
        let host = inner.then(node);
        let any = crate::plan::step::ANY_ERROR;
        let open = self.boundary(&mut inner, &task, host, Event::Error(any.to_owned()), any);
        let end = self.thrown(&task, reason::ERROR);
        inner.end(open, end);
        self.finish(&mut inner, &id);
        let each = Each {
            in_order: true,
            list: format!(
                "reverse(flatten(for done in undo return if {chosen} then [done] else []))"
            ),
            item: "done".to_owned(),
            results: format!("undone_{}", name.replace('-', "_")),
            result: "done.step".to_owned(),
            until: None,
        };
        let kind = Kind::Sub {
            scope: inner.scope,
            each: Some(each),
        };
        let node = self.node(
            &id,
            "Undo what was done, newest first",
            kind,
            Facts::default(),
        );
        sketch.then(node)
    }
}

/// The codes of all errors that end a scope, those of scopes inside too.
fn thrown_inside(scope: &Scope, codes: &mut BTreeSet<String>) {
    for node in &scope.nodes {
        match &node.kind {
            Kind::End(Event::Error(code)) => {
                codes.insert(code.clone());
            }
            Kind::Sub { scope, .. } => thrown_inside(scope, codes),
            Kind::Start(_)
            | Kind::End(_)
            | Kind::Catch(_)
            | Kind::Boundary { .. }
            | Kind::Task(_)
            | Kind::Exclusive
            | Kind::Parallel
            | Kind::Call(_) => {}
        }
    }
}

/// True when nothing but the guard decides.
fn is_free(transition: &Transition) -> bool {
    transition.require.is_empty() && transition.by.contains(&Mover::System)
}
