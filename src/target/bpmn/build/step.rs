//! Steps: the work of systems and people, with what can go wrong with it.

use super::super::process::{Event, Facts, Kind, Open, Sketch, Task, Time};
use super::rules::with_origin;
use super::{Builder, variable, words};
use crate::model::resolve::reason;
use crate::plan::people::Assignee;
use crate::plan::state::Move;
use crate::plan::step::{
    Awaited, AwaitedEvent, Call, Emission, Notification, Run, Step, TIMEOUT_ERROR, Task as Human,
    Wait, Work,
};
use crate::target::feel::{Refusal, quoted};

impl Builder<'_> {
    /// Adds the steps one after the other.
    pub(super) fn steps(&mut self, sketch: &mut Sketch, steps: &[Step]) {
        for step in steps {
            self.step(sketch, step);
        }
    }

    fn step(&mut self, sketch: &mut Sketch, step: &Step) {
        let past = self.condition(sketch, step);
        match &step.work {
            Work::Check(check) => self.check(sketch, step, check),
            Work::Match(matching) => self.matching(sketch, step, matching),
            Work::Route(route) => self.route(sketch, step, route),
            Work::Call(call) => self.call(sketch, step, call),
            Work::Task(task) => self.human(sketch, step, task),
            Work::Approve(approval) => self.approve(sketch, step, approval),
            Work::Wait(wait) => self.wait(sketch, step, wait),
            Work::Notify(notification) => self.notify(sketch, step, notification),
            Work::Emit(emission) => self.emit(sketch, step, emission),
            Work::Run(run) => self.run(sketch, step, run),
            Work::Parallel(parallel) => self.parallel(sketch, step, parallel),
            Work::ForEach(for_each) => self.for_each(sketch, step, for_each),
        }
        self.remember(sketch, step);
        sketch.open.extend(past);
    }

    /// The question whether a step is done at all; gives the way past it.
    fn condition(&mut self, sketch: &mut Sketch, step: &Step) -> Option<Open> {
        let is_approval = matches!(step.work, Work::Approve(_));
        let waived = match &step.work {
            Work::Approve(approval) => approval.waive_when.as_ref(),
            _ => None,
        };
        if step.condition.is_none() && waived.is_none() {
            return None;
        }
        let mut expression = quoted("needed");
        if let Some(waived) = waived {
            let waived = self.feel(&step.origin, waived);
            expression = Self::asked(&format!("({waived})"), &quoted("waived"), &expression);
        }
        if let Some(condition) = &step.condition {
            let condition = self.feel(&step.origin, condition);
            expression = Self::asked(
                &format!("({condition})"),
                &format!("({expression})"),
                &quoted("skipped"),
            );
        }
        let outcome = variable("needed", step);
        let result = format!("steps.{}", step.id);
        let nothing = if is_approval {
            format!("{{\"decision\": {outcome}, \"approver\": null, \"approvers\": []}}")
        } else {
            "null".to_owned()
        };
        let kept = format!("if {outcome} = \"needed\" then {result} else {nothing}");
        let facts = Facts::script(expression, &outcome).output(&result, kept);
        let facts = facts.property("question-of", &step.id);
        let name = format!("Is {} needed?", step.id);
        let node = self.task(&format!("needed_{}", step.id), name, Task::Script, facts);
        sketch.then(node);
        self.outcomes(
            sketch,
            &format!("needed_{}", step.id),
            &outcome,
            &[reason::ERROR],
        );
        let gate = sketch.open.pop()?;
        let past = match (&step.condition, waived) {
            (None, _) => "waived",
            (Some(_), None) => "skipped",
            (Some(_), Some(_)) => "skipped or waived",
        };
        let needed = format!("{outcome} = \"needed\"");
        sketch.open.push(Open::when(gate.from, "needed", needed));
        Some(gate.named(past))
    }

    /// What people read of a step.
    pub(super) fn step_name(&self, step: &Step) -> String {
        match &step.work {
            Work::Check(_) | Work::Match(_) => {
                let verb = if matches!(step.work, Work::Check(_)) {
                    "Check"
                } else {
                    "Match"
                };
                format!("{verb} {}", step.id)
            }
            Work::Route(route) => format!("Route by {}", route.decision),
            Work::Call(call) => format!("{}: {}", call.system, call.operation),
            Work::Task(task) => task.instruction.clone(),
            Work::Approve(_) => format!("Approve {}", step.id),
            Work::Wait(wait) => match &wait.until {
                Awaited::Elapsed(period) => period.to_string(),
                Awaited::Instant(instant) => format!("at {}", instant.as_str()),
                Awaited::Event(event) => event.name.clone(),
            },
            Work::Notify(told) => format!("Tell {}", words::party(&told.to)),
            Work::Emit(emission) => format!("Emit {}", emission.event),
            Work::Run(run) => format!("Run {}", run.workflow),
            Work::Parallel(_) => format!("In parallel: {}", step.id),
            Work::ForEach(for_each) => format!("For each {}: {}", for_each.item, step.id),
        }
    }

    fn call(&mut self, sketch: &mut Sketch, step: &Step, call: &Call) {
        let mut facts = Facts::job(format!("{}.{}", call.system, call.operation))
            .property("effect", call.effect.as_str())
            .property("idempotent", call.idempotent.to_string())
            .property("account", call.account.as_deref().unwrap_or_default())
            .property("scope", call.scope.as_deref().unwrap_or_default())
            .property("sends", call.sends.as_deref().unwrap_or_default());
        if let Some(with) = self.data(&step.origin, call.with.as_ref()) {
            facts = facts.input("with", with);
        }
        self.request(sketch, step, Task::Service, facts, call.sends.is_some());
    }

    fn notify(&mut self, sketch: &mut Sketch, step: &Step, told: &Notification) {
        let to = self.party_feel(&step.origin, &told.to);
        let mut facts = Facts::job("flowgate.notify")
            .property("channel", told.channel.as_deref().unwrap_or_default())
            .input("to", to);
        if let Some(message) = &told.message {
            let message = self.text(&step.origin, message);
            facts = facts.input("with", message);
        }
        self.request(sketch, step, Task::Send, facts, false);
    }

    fn emit(&mut self, sketch: &mut Sketch, step: &Step, emission: &Emission) {
        let mut facts = Facts::job("flowgate.emit")
            .property("event", &emission.event)
            .property("sends", emission.sends.as_deref().unwrap_or_default());
        if let Some(with) = self.data(&step.origin, emission.with.as_ref()) {
            facts = facts.input("with", with);
        }
        self.request(sketch, step, Task::Send, facts, emission.sends.is_some());
    }

    /// A task of a worker, with the errors that it can end in.
    fn request(&mut self, sketch: &mut Sketch, step: &Step, task: Task, facts: Facts, sends: bool) {
        let mut facts = facts
            .property("returns", step.returns.as_deref().unwrap_or_default())
            .output(format!("steps.{}", step.id), "result");
        if let Some(retry) = &step.retry {
            facts.attempts = retry.limit.saturating_add(1);
            facts = facts.property("retry", words::retry(retry));
        }
        if let Some(timeout) = &step.timeout {
            facts = facts.property("attempt-timeout", words::period(&timeout.after));
        }
        if let Some(key) = &step.idempotency_key {
            let key = self.feel(&step.origin, key);
            facts = facts.input("idempotency_key", key);
        }
        let errors: Vec<&str> = step
            .catch
            .iter()
            .map(|catch| catch.error.as_str())
            .collect();
        facts = facts.property("errors", errors.join(", "));
        let node = self.described(step, task, facts);
        let host = sketch.then(node);
        if let Some(timeout) = &step.timeout {
            self.lapsed(sketch, step, host, timeout);
        }
        self.caught(sketch, step, host);
        if sends || step.returns.is_some() {
            self.violated(sketch, &step.id, host);
        }
    }

    /// The errors of a step: each leads where its entry of `catch` says.
    pub(super) fn caught(&mut self, sketch: &mut Sketch, step: &Step, host: usize) {
        let mut known: Vec<&str> = Vec::new();
        for catch in &step.catch {
            let is_lapse = catch.error == TIMEOUT_ERROR && step.timeout.is_some();
            if is_lapse || known.contains(&catch.error.as_str()) {
                continue;
            }
            known.push(&catch.error);
            let open = self.boundary(
                sketch,
                &step.id,
                host,
                Event::Error(catch.error.clone()),
                &catch.error,
            );
            let code = match &catch.leads {
                Move::Raise(reason) => reason.clone(),
                Move::To(state) => super::state::moved(state),
            };
            let end = self.thrown(&format!("{}_{}", step.id, catch.error), &code);
            sketch.end(open, end);
        }
    }

    /// Data that does not fit its contract.
    pub(super) fn violated(&mut self, sketch: &mut Sketch, id: &str, host: usize) {
        let code = reason::CONTRACT_VIOLATION;
        let open = self.boundary(sketch, id, host, Event::Error(code.to_owned()), code);
        let end = self.thrown(&format!("{id}_violates"), code);
        sketch.end(open, end);
    }

    /// An event at the edge of an activity that stops it.
    pub(super) fn boundary(
        &mut self,
        sketch: &mut Sketch,
        id: &str,
        host: usize,
        on: Event,
        name: &str,
    ) -> Open {
        let kind = Kind::Boundary {
            host,
            on,
            interrupts: true,
        };
        let mut node = self.node(&format!("at_{id}_{name}"), name, kind, Facts::default());
        node.lane = sketch.scope.nodes[host].lane;
        Open::from(sketch.add(node)).aside()
    }

    fn human(&mut self, sketch: &mut Sketch, step: &Step, task: &Human) {
        let due = self.due(sketch, &step.id, step.timeout.as_ref());
        let evidence: Vec<&str> = step.evidence.iter().map(String::as_str).collect();
        let mut facts = Facts::default()
            .property("evidence", evidence.join(", "))
            .property("returns", step.returns.as_deref().unwrap_or_default())
            .output(format!("steps.{}", step.id), "result");
        facts.documentation = Some(task.instruction.clone());
        let mut groups = Vec::new();
        let mut people = Vec::new();
        for assignee in &task.assign {
            match assignee {
                Assignee::Queue(queue) => {
                    groups.push(format!("\"queue:\" + {}", self.text(&step.origin, queue)))
                }
                Assignee::Role(role) => groups.push(quoted(&format!("role:{role}"))),
                Assignee::Team(team) => groups.push(quoted(&format!("team:{team}"))),
                Assignee::Person(person) => people.push(self.text(&step.origin, person)),
            }
        }
        facts.groups = (!groups.is_empty()).then(|| format!("[{}]", groups.join(", ")));
        facts.people = (!people.is_empty()).then(|| format!("[{}]", people.join(", ")));
        if let Some(with) = self.data(&step.origin, task.with.as_ref()) {
            facts = facts.input("with", with);
        }
        let node = self.described(step, Task::User, facts);
        let host = sketch.then(node);
        self.ladder(sketch, &step.id, host, step.timeout.as_ref(), &due);
        self.validated(sketch, step);
    }

    /// Results of people and events are judged by a worker: engines know no contracts.
    pub(super) fn validated(&mut self, sketch: &mut Sketch, step: &Step) {
        let Some(contract) = &step.returns else {
            return;
        };
        let result = format!("steps.{}", step.id);
        let facts = Facts::job("flowgate.validate")
            .property("contract", contract)
            .property("validates", &step.id)
            .input("with", &result)
            .output(&result, "result");
        let id = format!("fits_{}", step.id);
        let node = self.task(&id, format!("Does {} fit?", step.id), Task::Service, facts);
        let host = sketch.then(node);
        self.violated(sketch, &id, host);
    }

    fn wait(&mut self, sketch: &mut Sketch, step: &Step, wait: &Wait) {
        let is_plain = step.timeout.is_none();
        let mut inner = Sketch::default();
        let into = if is_plain { &mut *sketch } else { &mut inner };
        if !is_plain {
            self.begin(into, &step.id);
        }
        match &wait.until {
            Awaited::Elapsed(period) => {
                let time = match &period.calendar {
                    None => Time::After(words::iso(words::seconds(period))),
                    Some(_) => Time::At(self.due_of(into, &step.id, &[period])),
                };
                self.caught_event(into, step, Event::Timer(time));
            }
            Awaited::Instant(instant) => {
                let at = self.feel(&step.origin, instant);
                self.caught_event(into, step, Event::Timer(Time::At(at)));
            }
            Awaited::Event(event) => self.await_event(into, step, event),
        }
        if !is_plain {
            self.finish(&mut inner, &step.id);
            self.limited(sketch, step, inner);
        }
        self.validated(sketch, step);
    }

    fn caught_event(&mut self, sketch: &mut Sketch, step: &Step, event: Event) -> usize {
        let name = self.step_name(step);
        let mut facts = with_origin(step, Facts::default());
        if !matches!(event, Event::Timer(_)) {
            facts = facts.output(format!("steps.{}", step.id), "event");
        }
        let node = self.node(
            &format!("step_{}", step.id),
            name,
            Kind::Catch(event),
            facts,
        );
        sketch.then(node)
    }

    /// A message for this case where one field of the event tells which it is, else a signal; what
    /// the filter does not take is waited past.
    fn await_event(&mut self, sketch: &mut Sketch, step: &Step, event: &AwaitedEvent) {
        let key = event.filter.as_ref().and_then(correlation);
        let wanted = match &key {
            Some(key) => Event::Message {
                name: event.name.clone(),
                key: Some(self.feel(&step.origin, key)),
            },
            None => Event::Signal(event.name.clone()),
        };
        let again = event.filter.as_ref().map(|_| {
            let gate = self.gateway(&format!("again_{}", step.id));
            sketch.then(gate)
        });
        self.caught_event(sketch, step, wanted);
        if let (Some(filter), Some(again)) = (&event.filter, again) {
            let filter = self.feel(&step.origin, filter);
            let gate = self.gateway(&format!("fits_{}", step.id));
            let gate = sketch.then(gate);
            sketch.connect(
                Open::when(gate, "another one", format!("({filter}) = false")).aside(),
                again,
            );
        }
    }

    fn run(&mut self, sketch: &mut Sketch, step: &Step, run: &Run) {
        if step.retry.is_some() {
            self.refuse(
                &step.origin,
                Refusal {
                    message: format!("`retry` of `{}`: BPMN starts another process once", step.id),
                    help: "put `retry` on the calls inside that workflow".to_owned(),
                },
            );
        }
        let due = self.due(sketch, &step.id, step.timeout.as_ref());
        let mut facts = Facts::default().output(
            format!("steps.{}", step.id),
            "context put(outputs, \"end\", end)",
        );
        if let Some(with) = self.data(&step.origin, run.with.as_ref()) {
            facts = facts.input("input", with);
        }
        let name = self.step_name(step);
        let called = super::super::process_id(&run.workflow);
        let facts = with_origin(step, facts);
        let node = self.node(
            &format!("step_{}", step.id),
            name,
            Kind::Call(called),
            facts,
        );
        let host = sketch.then(node);
        self.ladder(sketch, &step.id, host, step.timeout.as_ref(), &due);
        let gate = self.gateway(&format!("end_{}", step.id));
        let gate = sketch.then(gate);
        for catch in &step.catch {
            let code = match &catch.leads {
                Move::Raise(reason) => reason.clone(),
                Move::To(state) => super::state::moved(state),
            };
            let condition = match catch.error.as_str() {
                crate::plan::step::ANY_ERROR => format!("steps.{}.end != \"completed\"", step.id),
                error => format!("steps.{}.end = {}", step.id, quoted(error)),
            };
            let end = self.thrown(&format!("{}_{}", step.id, catch.error), &code);
            sketch.end(Open::when(gate, catch.error.as_str(), condition), end);
        }
        self.validated(sketch, step);
    }

    /// Notes how a completed step is undone; a repetition with the same key replaces the earlier.
    fn remember(&mut self, sketch: &mut Sketch, step: &Step) {
        let Some(call) = &step.compensate else {
            return;
        };
        let with = self.data(&step.origin, call.with.as_ref());
        let key = match &step.idempotency_key {
            Some(key) => self.feel(&step.origin, key),
            None => "null".to_owned(),
        };
        let retries = step.retry.as_ref().map_or(0, |retry| retry.limit);
        let entry = super::object(
            [
                ("step", quoted(&step.id)),
                (
                    "operation",
                    quoted(&format!("{}.{}", call.system, call.operation)),
                ),
                (
                    "account",
                    call.account.as_deref().map_or("null".to_owned(), quoted),
                ),
                ("attempts", retries.saturating_add(1).to_string()),
                ("with", with.unwrap_or_else(|| "null".to_owned())),
                ("key", key.clone()),
            ]
            .into_iter(),
        );
        let id = quoted(&step.id);
        let kept = match &step.idempotency_key {
            Some(_) => format!(
                "flatten(for done in undo return if done.step = {id} and done.key = ({key}) then [] else [done])"
            ),
            None => "undo".to_owned(),
        };
        let facts =
            Facts::script(format!("append({kept}, {entry})"), "undo").property("undoes", &step.id);
        let name = format!("Note how to undo {}", step.id);
        let node = self.task(&format!("undo_{}", step.id), name, Task::Script, facts);
        sketch.then(node);
    }
}

/// What tells a case apart where the filter compares one field of the event with it.
fn correlation(filter: &crate::plan::value::Expression) -> Option<crate::plan::value::Expression> {
    use crate::expr::{Binary, ExpressionKind, parse};
    let parsed = parse(filter.as_str()).ok()?;
    let ExpressionKind::Binary {
        operator: Binary::Equal,
        left,
        right,
    } = &parsed.kind
    else {
        return None;
    };
    let of_event =
        |one: &crate::expr::Expression| one.path().is_some_and(|path| path.starts_at("event"));
    let of_case = |one: &crate::expr::Expression| {
        one.references()
            .iter()
            .all(|read| !read.path.starts_at("event"))
    };
    let own = match (of_event(left), of_event(right)) {
        (true, false) if of_case(right) => right,
        (false, true) if of_case(left) => left,
        _ => return None,
    };
    Some(crate::plan::value::Expression::new(
        own.range.of(filter.as_str()),
    ))
}
