//! What people do: tasks and approvals, with their ladders.
//!
//! Each is a message with a task token. Whoever hands out the work (a work list, a subscription)
//! knows it by `item`, keeps it over the rungs of its ladder, and answers with the newest token.

use serde_json::{Map, Value, json};

use super::build::{Compiler, ERROR, Place, States, catcher, choice};
use super::data::{object, query};
use super::work::{INVOKE, NO_VALUE, TIMEOUTS};
use crate::plan::people::Count;
use crate::plan::period::Period;
use crate::plan::state::{Escalation, Move, Rung};
use crate::plan::step::{Approval, Awaited, AwaitedEvent, Step, Task, Wait, Work};
use crate::plan::value::Expression;
use crate::syntax::step::TimedDecision;
use crate::target::jsonata::quoted;

/// Sends a message and waits for whoever has its token.
const ASK: &str = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
/// The error by which the work list says that evidence is missing.
const MISSING_EVIDENCE: &str = "flowgate.MissingEvidence";

/// A piece of work that is waited for.
pub(super) struct Asked<'p> {
    pub step: &'p Step,
    pub place: Place<'p>,
    pub queue: &'static str,
    pub body: Map<String, Value>,
    /// Those asked so far, where people are.
    pub people: Vec<Value>,
    /// Where the answer leads.
    pub then: String,
    /// What happens to the answer.
    pub assign: Vec<(String, Value)>,
    pub catches: Vec<Value>,
}

impl<'p> Compiler<'p> {
    /// A task or an approval.
    pub(super) fn people(
        &mut self,
        step: &'p Step,
        place: &Place<'p>,
        next: &str,
        states: &mut States,
    ) -> String {
        let mut after = States::new();
        let mut raises = States::new();
        let then = self.after(step, place, next, &mut after, &mut raises);
        let mut before = States::new();
        let mut asked = Asked {
            step,
            place: place.clone(),
            queue: "flowgate-work",
            body: Map::new(),
            people: Vec::new(),
            then,
            assign: vec![place.kept(step, "$states.result.value")],
            catches: Vec::new(),
        };
        let mut first = place.name(step);
        match &step.work {
            Work::Task(task) => self.task(task, &mut asked),
            Work::Approve(approval) => {
                self.approval(approval, &mut asked, &mut raises);
                if let Some(waive) = &approval.waive_when {
                    first = self.waiver(waive, &asked, (&mut before, &mut raises));
                }
            }
            Work::Check(_)
            | Work::Match(_)
            | Work::Route(_)
            | Work::Call(_)
            | Work::Wait(_)
            | Work::Notify(_)
            | Work::Emit(_)
            | Work::Run(_)
            | Work::Parallel(_)
            | Work::ForEach(_) => {}
        }
        asked.assign.push(provided(place));
        if step.returns.is_some() {
            asked.assign.push((
                place.variable("fits"),
                query("$states.result.fits != false"),
            ));
        }
        let asking = self.asked(asked, (states, &mut raises));
        if before.is_empty() {
            first = asking;
        }
        before.append(states);
        *states = before;
        states.extend(after);
        states.extend(raises);
        first
    }

    /// The states that decide without people where a waiver holds; gives the first one.
    fn waiver(
        &mut self,
        waive: &'p Expression,
        asked: &Asked<'p>,
        (states, raises): (&mut States, &mut States),
    ) -> String {
        let (step, place) = (asked.step, &asked.place);
        let first = place.name(step);
        let waive = self.expression(waive, place);
        let mut rules = Vec::new();
        if !waive.certain {
            let raise = self.no_value(raises, place, step, "the waiver");
            rules.push((format!("$not($exists({}))", waive.text), raise));
        }
        let waived = format!("{first}: waived");
        rules.push((waive.text, waived.clone()));
        let asking = self
            .clocked(step)
            .map_or_else(|| first.clone(), |_| format!("{first}: clock"));
        let name = format!("{first}: waive");
        states.push((name.clone(), choice(rules, &asking)));
        states.push((waived, self.decided(step, place, "waived", &asked.then)));
        name
    }

    fn task(&mut self, task: &'p Task, asked: &mut Asked<'p>) {
        let place = asked.place.clone();
        let assign: Vec<Value> = task
            .assign
            .iter()
            .map(|who| self.assignee(who, &place))
            .collect();
        asked.people = assign;
        let with = task
            .with
            .as_ref()
            .map(|with| self.template_of(with, &place));
        let evidence = (!asked.step.evidence.is_empty()).then(|| json!(asked.step.evidence));
        let body = object([
            ("kind", Some(json!("task"))),
            ("instruction", Some(json!(task.instruction))),
            ("with", with),
            ("evidence", evidence),
            (
                "returns",
                asked.step.returns.as_ref().map(|contract| json!(contract)),
            ),
        ]);
        asked
            .body
            .extend(body.as_object().cloned().unwrap_or_default());
    }

    fn approval(&mut self, approval: &'p Approval, asked: &mut Asked<'p>, raises: &mut States) {
        let place = asked.place.clone();
        asked.people = approval
            .by
            .iter()
            .map(|party| self.party(party, &place))
            .collect();
        // What nothing has provided yet, or is null, excludes nobody.
        let excluded: Vec<String> = approval
            .exclude
            .iter()
            .map(|path| self.expression(path, &place).text)
            .collect();
        let excluded = format!(
            "[$filter([{}], function($each) {{$each != null}})]",
            excluded.join(", ")
        );
        let count = match approval.count {
            Count::Number(number) => json!(number),
            Count::All => json!("all"),
        };
        let delegate = approval
            .delegate
            .as_ref()
            .map(|party| self.party(party, &place));
        let body = object([
            ("kind", Some(json!("approval"))),
            ("count", Some(count)),
            ("exclude", Some(query(&excluded))),
            (
                "evidence",
                (!approval.evidence.is_empty()).then(|| json!(approval.evidence)),
            ),
            ("delegate", delegate),
            ("terms", approval.terms.as_ref().map(|terms| json!(terms))),
        ]);
        asked
            .body
            .extend(body.as_object().cloned().unwrap_or_default());
        if let Some(reason) = &approval.missing_evidence {
            let message = quoted(&format!("evidence for `{}` is missing", asked.step.id));
            let raise = self.raise(raises, (&place, Some(asked.step)), reason, &message);
            asked.catches.push(catcher(&[MISSING_EVIDENCE], &raise));
        }
    }

    /// A decision without people.
    fn decided(&mut self, step: &'p Step, place: &Place<'p>, decision: &str, next: &str) -> Value {
        // A waiver is no decision of a moment.
        let when = if decision == "waived" {
            ""
        } else {
            ", 'decided_at': $now()"
        };
        let result = format!(
            "{{'decision': {}, 'approver': null, 'approvers': []{when}}}",
            quoted(decision)
        );
        let mut assign = vec![place.kept(step, &result)];
        if step.returns.is_some() {
            assign.push((place.variable("fits"), query("true")));
        }
        super::build::pass(assign, next)
    }

    /// Whether the limit of a step is an instant that is computed first: in a calendar, and where a
    /// wait goes on after an event that does not fit.
    fn clocked(&self, step: &'p Step) -> Option<&'p Period> {
        let timeout = step.timeout.as_ref()?;
        let is_filtered = matches!(
            &step.work,
            Work::Wait(Wait {
                until: Awaited::Event(AwaitedEvent {
                    filter: Some(_),
                    ..
                })
            })
        );
        (timeout.after.calendar.is_some() || is_filtered).then_some(&timeout.after)
    }

    /// The states that ask and climb the ladder; gives the first one.
    pub(super) fn asked(
        &mut self,
        asked: Asked<'p>,
        (states, raises): (&mut States, &mut States),
    ) -> String {
        let (step, place) = (asked.step, asked.place.clone());
        let name = place.name(step);
        let Some(timeout) = &step.timeout else {
            let state = self.question(&asked, None, None, raises);
            states.push((name.clone(), state));
            return name;
        };
        let mut asked = asked;
        let mut first = name.clone();
        let mut waits = (name.clone(), &timeout.after);
        let mut rungs = timeout.then.iter().enumerate();
        loop {
            let (at, period) = waits;
            let mut clock = None;
            if period.calendar.is_some() || (at == name && self.clocked(step).is_some()) {
                let before = format!("{at}: clock");
                self.clock(step, &place, &before, period, &at, (states, raises));
                if at == name {
                    first = before;
                }
                clock = Some(());
            }
            let (next, further) = self.rung(&asked, rungs.next(), raises);
            let entry = match further {
                Some((escalation, true)) if is_clocked(escalation) => format!("{next}: clock"),
                Some(_) | None => next.clone(),
            };
            let state = self.question(
                &asked,
                Some((period, clock.is_some())),
                Some(&entry),
                raises,
            );
            states.push((at, state));
            let Some((escalation, asks)) = further else {
                return first;
            };
            let party = self.party(&escalation.party, &place);
            if asks {
                asked.people.push(party);
                waits = (next, &escalation.within);
            } else {
                let on = format!("{next}: waits");
                let following = if is_clocked(escalation) {
                    format!("{on}: clock")
                } else {
                    on.clone()
                };
                let told = self.told(step, &party, &following);
                states.push((next, told));
                waits = (on, &escalation.within);
            }
        }
    }

    /// Where a rung leads, and whom it asks or tells where it does; true means asks.
    fn rung(
        &mut self,
        asked: &Asked<'p>,
        rung: Option<(usize, &'p Rung)>,
        raises: &mut States,
    ) -> (String, Option<(&'p Escalation, bool)>) {
        let (step, place) = (asked.step, &asked.place);
        let name = place.name(step);
        match rung {
            Some((number, Rung::Ask(escalation))) if !asked.people.is_empty() => {
                (format!("{name}: rung {number}"), Some((escalation, true)))
            }
            Some((number, Rung::Notify(escalation))) => {
                (format!("{name}: rung {number}"), Some((escalation, false)))
            }
            Some((_, Rung::Ask(_))) | None => {
                self.refuse(
                    &step.origin,
                    "nobody can be asked to act in place of an event".to_owned(),
                    "use `notify`, or end the wait with `raise`, `to` or `decide`",
                );
                (self.raise(raises, (place, Some(step)), ERROR, "''"), None)
            }
            Some((_, Rung::Raise(reason))) => {
                (self.late(asked, &Move::Raise(reason.clone()), raises), None)
            }
            Some((_, Rung::To(state))) => {
                (self.late(asked, &Move::To(state.clone()), raises), None)
            }
            Some((_, Rung::Decide(decision))) => {
                let decision = decision_word(*decision);
                let state = self.decided(step, place, decision, &asked.then);
                let name = format!("{name}: {decision}");
                (super::build::add(raises, &name, state), None)
            }
        }
    }

    fn late(&mut self, asked: &Asked<'p>, leads: &Move, raises: &mut States) -> String {
        let message = quoted(&format!("`{}` took too long", asked.step.id));
        self.lead(raises, (&asked.place, Some(asked.step)), leads, &message)
    }

    fn told(&mut self, step: &'p Step, party: &Value, next: &str) -> Value {
        let body = json!({"to": party, "message": format!("`{}` takes long", step.id)});
        json!({
            "Type": "Task",
            "Resource": INVOKE,
            "Arguments": self.handled("flowgate-messages", step, body),
            // That somebody cannot be told stops no clock.
            "Catch": [catcher(&["States.ALL"], next)],
            "Next": next,
        })
    }

    fn question(
        &mut self,
        asked: &Asked<'p>,
        limit: Option<(&'p Period, bool)>,
        late: Option<&str>,
        raises: &mut States,
    ) -> Value {
        let (step, place) = (asked.step, &asked.place);
        let mut body = Map::new();
        body.insert("token".to_owned(), query("$states.context.Task.Token"));
        body.insert("workflow".to_owned(), json!(self.plan.name));
        body.insert("case".to_owned(), query("$case.id"));
        body.insert("step".to_owned(), json!(step.id));
        body.extend(asked.body.clone());
        if !asked.people.is_empty() {
            body.insert("ask".to_owned(), json!(asked.people));
        }
        let mut state = json!({
            "Type": "Task",
            "Resource": ASK,
            "Arguments": {"QueueUrl": queue(asked.queue), "MessageBody": body},
        });
        match limit {
            Some((_, true)) => {
                let until = place.variable("until");
                state["TimeoutSeconds"] = query(&format!(
                    "$max([1, $ceil(($toMillis(${until}) - $millis()) / 1000)])"
                ));
            }
            Some((period, false)) => {
                state["TimeoutSeconds"] = json!(self.seconds(period, &step.origin));
            }
            None => {}
        }
        let mut catches = Vec::new();
        if let Some(late) = late {
            catches.push(catcher(&TIMEOUTS, late));
        }
        catches.extend(asked.catches.clone());
        let message = quoted(&format!("`{}` cannot be done", step.id));
        let error = self.raise(raises, (place, Some(step)), ERROR, &message);
        catches.push(catcher(&["States.ALL"], &error));
        state["Catch"] = Value::Array(catches);
        state["Assign"] = Value::Object(asked.assign.iter().cloned().collect());
        state["Next"] = json!(asked.then);
        state
    }

    /// Computes when a length of time that begins now is over.
    pub(super) fn clock(
        &mut self,
        step: &'p Step,
        place: &Place<'p>,
        name: &str,
        period: &'p Period,
        next: &str,
        (states, raises): (&mut States, &mut States),
    ) {
        let until = place.variable("until");
        let Some(calendar) = &period.calendar else {
            let seconds = self.seconds(period, &step.origin);
            let instant = query(&format!("$fromMillis($millis() + {seconds} * 1000)"));
            states.push((
                name.to_owned(),
                super::build::pass(vec![(until, instant)], next),
            ));
            return;
        };
        let body = json!({
            "calendar": calendar,
            "weeks": period.weeks,
            "days": period.days,
            "seconds": period.seconds,
            "from": query("$now()"),
        });
        let raise = self.no_value(raises, place, step, "the calendar");
        let state = json!({
            "Type": "Task",
            "Resource": INVOKE,
            "Arguments": self.handled("flowgate-calendar", step, body),
            "Catch": [catcher(&[NO_VALUE], &raise), catcher(&["States.ALL"], &raise)],
            "Assign": {until: query("$states.result.Payload.until")},
            "Next": next,
        });
        states.push((name.to_owned(), state));
    }
}

fn is_clocked(escalation: &Escalation) -> bool {
    escalation.within.calendar.is_some()
}

/// What people said about the case, added to what is known of it.
fn provided(place: &Place<'_>) -> (String, Value) {
    let data = place.variable("data");
    if place.depth == 0 {
        (
            "case".to_owned(),
            query(
                "$exists($states.result.data) ? $merge([$case, {'data': $merge([$case.data, $states.result.data])}]) : $case",
            ),
        )
    } else {
        (
            data.clone(),
            query(&format!(
                "$exists($states.result.data) ? $merge([${data}, $states.result.data]) : ${data}"
            )),
        )
    }
}

fn decision_word(decision: TimedDecision) -> &'static str {
    decision.as_str()
}

/// The address of a queue of the account that the machine runs in.
pub(super) fn queue(name: &str) -> Value {
    query(&format!("$queues & {}", quoted(name)))
}

/// A message with a task token that belongs to no step.
pub(super) fn message(body: &Value) -> Value {
    json!({
        "Type": "Task",
        "Resource": ASK,
        "Arguments": {"QueueUrl": queue("flowgate-work"), "MessageBody": body},
    })
}
