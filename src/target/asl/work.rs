//! What systems do: calls, messages, events, other workflows; retries, errors and undoing.

use serde_json::{Value, json};

use super::build::{CONTRACT_VIOLATION, Compiler, ERROR, MISFIT, Place, States, catcher, choice};
use super::data::{object, query};
use crate::plan::state::{Move, Rung, Timeout};
use crate::plan::step::{ANY_ERROR, Call, Retry, Step, Work};
use crate::plan::value::Data;
use crate::syntax::step::Backoff;
use crate::target::jsonata::quoted;

/// What Step Functions says when time has passed; both names, since either may come.
pub(super) const TIMEOUTS: [&str; 2] = ["States.Timeout", "States.HeartbeatTimeout"];
/// The error of an expression that has no value.
pub(super) const NO_VALUE: &str = "States.QueryEvaluationError";
/// Runs a function and waits for what it gives.
pub(super) const INVOKE: &str = "arn:aws:states:::lambda:invoke";
/// Runs another state machine and waits for its end.
const START: &str = "arn:aws:states:::states:startExecution.sync:2";
/// The longest pauses that a retrier can hold, in seconds.
const LONGEST_INTERVAL: u64 = 99_999_999;
const LONGEST_DELAY: u64 = 31_622_399;
/// The most retries that a retrier can hold.
const MOST_ATTEMPTS: u32 = 99_999_999;

impl<'p> Compiler<'p> {
    /// A step that systems do.
    pub(super) fn call(
        &mut self,
        step: &'p Step,
        place: &Place<'p>,
        next: &str,
        states: &mut States,
    ) -> String {
        let name = place.name(step);
        let mut after = States::new();
        let mut raises = States::new();
        let then = self.after(step, place, next, &mut after, &mut raises);
        let mut state = json!({"Type": "Task"});
        let is_run = matches!(step.work, Work::Run(_));
        let (resource, arguments) = self.request(step, place);
        state["Resource"] = json!(resource);
        state["Arguments"] = arguments;
        if let Some(timeout) = &step.timeout {
            state["TimeoutSeconds"] = self.limit(step, timeout, place);
        }
        if let Some(retry) = &step.retry {
            if is_run {
                self.refuse(
                    &step.origin,
                    "a retry of another workflow cannot be told from its end".to_owned(),
                    "leave `retry` out; the steps of the other workflow have retries of their own",
                );
            }
            state["Retry"] = self.retriers(step, retry);
        }
        state["Catch"] = self.catchers(step, place, &mut raises);
        state["Assign"] = answered(step, place);
        if is_run {
            let end = format!("{name}: end");
            state["Next"] = json!(end);
            states.push((name.clone(), state));
            states.push((end, self.run_ended(step, place, then, &mut raises)));
        } else {
            state["Next"] = json!(then);
            states.push((name.clone(), state));
        }
        states.extend(after);
        states.extend(raises);
        name
    }

    /// Where the end of another workflow leads.
    fn run_ended(
        &mut self,
        step: &'p Step,
        place: &Place<'p>,
        then: String,
        raises: &mut States,
    ) -> Value {
        let ended = place.variable("ended");
        let message = format!("'the other workflow ended ' & ${ended}");
        let mut rules = vec![(format!("${ended} = 'completed'"), then)];
        for catch in &step.catch {
            let lead = self.lead(raises, (place, Some(step)), &catch.leads, &message);
            let condition = match catch.error.as_str() {
                ANY_ERROR => "true".to_owned(),
                error => format!("${ended} = {}", quoted(error)),
            };
            rules.push((condition, lead));
        }
        let default = self.raise(raises, (place, Some(step)), ERROR, &message);
        choice(rules, &default)
    }

    /// What happens when the work is done: what undoes it is noted, and its result is judged.
    pub(super) fn after(
        &mut self,
        step: &'p Step,
        place: &Place<'p>,
        next: &str,
        states: &mut States,
        raises: &mut States,
    ) -> String {
        let name = place.name(step);
        let mut next = next.to_owned();
        let mut judged = States::new();
        if step.returns.is_some() {
            let message = quoted(&format!("what `{}` gave fits no contract", step.id));
            let raise = self.raise(raises, (place, Some(step)), CONTRACT_VIOLATION, &message);
            let fits = place.variable("fits");
            let name = format!("{name}: fits");
            judged.push((
                name.clone(),
                choice(vec![(format!("${fits}"), next)], &raise),
            ));
            next = name;
        }
        if let Some(call) = &step.compensate {
            self.undone.push(step);
            next = self.note(step, call, place, &next, (states, raises));
        }
        states.extend(judged);
        next
    }

    fn request(&mut self, step: &'p Step, place: &Place<'p>) -> (&'static str, Value) {
        let arguments = match &step.work {
            Work::Call(call) => self.operation(step, call, place),
            Work::Notify(notification) => {
                let to = self.party(&notification.to, place);
                let message = notification
                    .message
                    .as_ref()
                    .map(|text| self.template_of(&Data::Text(text.clone()), place));
                let body = object([
                    ("to", Some(to)),
                    ("message", message),
                    (
                        "channel",
                        notification.channel.as_ref().map(|channel| json!(channel)),
                    ),
                ]);
                self.handled("flowgate-messages", step, body)
            }
            Work::Emit(emission) => {
                let with = emission
                    .with
                    .as_ref()
                    .map(|with| self.template_of(with, place));
                let key = self.key(step, place);
                let body = object([
                    ("event", Some(json!(emission.event))),
                    ("with", with),
                    ("idempotency_key", key),
                    (
                        "sends",
                        emission.sends.as_ref().map(|contract| json!(contract)),
                    ),
                ]);
                self.handled("flowgate-events", step, body)
            }
            Work::Run(run) => {
                let with = run.with.as_ref().map(|with| self.template_of(with, place));
                let machine = format!(
                    "$replace($states.context.StateMachine.Id, /[^:]+$/, {})",
                    quoted(&run.workflow)
                );
                let arguments = json!({
                    "StateMachineArn": query(&machine),
                    "Input": {"input": with.unwrap_or_else(|| json!({})), "requester": query("$case.requester")},
                });
                return (START, arguments);
            }
            Work::Check(_)
            | Work::Match(_)
            | Work::Route(_)
            | Work::Task(_)
            | Work::Approve(_)
            | Work::Wait(_)
            | Work::Parallel(_)
            | Work::ForEach(_) => Value::Null,
        };
        (INVOKE, arguments)
    }

    fn operation(&mut self, step: &'p Step, call: &'p Call, place: &Place<'p>) -> Value {
        let with = call.with.as_ref().map(|with| self.template_of(with, place));
        let key = self.key(step, place);
        let body = object([
            ("operation", Some(json!(call.operation))),
            (
                "account",
                call.account.as_ref().map(|account| json!(account)),
            ),
            ("with", with),
            ("idempotency_key", key),
            ("sends", call.sends.as_ref().map(|contract| json!(contract))),
            (
                "returns",
                step.returns.as_ref().map(|contract| json!(contract)),
            ),
        ]);
        self.handled(&format!("flowgate-{}", call.system), step, body)
    }

    fn key(&mut self, step: &'p Step, place: &Place<'p>) -> Option<Value> {
        let key = step.idempotency_key.as_ref()?;
        Some(query(&self.expression(key, place).text))
    }

    /// A request to a handler: a function that knows the case and the step.
    pub(super) fn handled(&mut self, function: &str, step: &Step, body: Value) -> Value {
        let is_name = function
            .chars()
            .all(|each| each.is_ascii_alphanumeric() || each == '-' || each == '_');
        if !is_name || function.len() > 64 {
            self.refuse(
                &step.origin,
                format!("`{function}` cannot be the name of a function"),
                "give the system a name of at most 55 letters, digits, `-` and `_`",
            );
        }
        let mut payload = json!({
            "workflow": self.plan.name,
            "case": query("$case.id"),
            "step": step.id,
        });
        if let (Value::Object(payload), Value::Object(body)) = (&mut payload, body) {
            payload.extend(body);
        }
        json!({"FunctionName": function, "Payload": payload})
    }

    fn limit(&mut self, step: &'p Step, timeout: &'p Timeout, place: &Place<'p>) -> Value {
        if timeout.after.calendar.is_some() {
            self.refuse(
                &step.origin,
                "the time of one attempt cannot run in a calendar".to_owned(),
                "leave the calendar out: systems work at night",
            );
        }
        json!(self.seconds(&timeout.after, place.origin))
    }

    pub(super) fn retriers(&mut self, step: &'p Step, retry: &'p Retry) -> Value {
        if retry.backoff == Backoff::Linear {
            self.refuse(
                &step.origin,
                "pauses that grow by the same length cannot be held by a retrier".to_owned(),
                "use `backoff: exponential` with `max_delay`, or `constant`",
            );
        }
        let interval = self
            .seconds(&retry.delay, &step.origin)
            .min(LONGEST_INTERVAL);
        let rate = match retry.backoff {
            Backoff::Exponential => 2.0,
            Backoff::Constant | Backoff::Linear => 1.0,
        };
        let mut last = json!({
            "ErrorEquals": ["States.ALL"],
            "IntervalSeconds": interval,
            "MaxAttempts": retry.limit.min(MOST_ATTEMPTS),
            "BackoffRate": rate,
        });
        if let Some(most) = &retry.max_delay {
            let most = self.seconds(most, &step.origin).min(LONGEST_DELAY);
            // A bound that is no greater than the first pause makes all pauses that long.
            if most > interval {
                last["MaxDelaySeconds"] = json!(most);
            } else {
                last["IntervalSeconds"] = json!(most);
                last["BackoffRate"] = json!(1.0);
            }
        }
        if retry.jitter {
            last["JitterStrategy"] = json!("FULL");
        }
        json!([{"ErrorEquals": [MISFIT, NO_VALUE], "MaxAttempts": 0}, last])
    }

    /// Where an attempt leads whose time has passed.
    fn attempt_over(
        &mut self,
        step: &'p Step,
        timeout: &'p Timeout,
        place: &Place<'p>,
        raises: &mut States,
    ) -> String {
        let rung = timeout.then.first();
        let leads = match rung {
            Some(Rung::Raise(reason)) => Move::Raise(reason.clone()),
            Some(Rung::To(state)) => Move::To(state.clone()),
            Some(Rung::Ask(_) | Rung::Notify(_) | Rung::Decide(_)) | None => {
                self.refuse(
                    &step.origin,
                    "an attempt whose time has passed can only lead somewhere".to_owned(),
                    "begin `on_timeout` with `raise` or `to`",
                );
                Move::Raise(ERROR.to_owned())
            }
        };
        let message = quoted(&format!("`{}` took too long", step.id));
        self.lead(raises, (place, Some(step)), &leads, &message)
    }

    /// What errors lead to: what is wrong with the request, passed time, errors by name, the rest.
    fn catchers(&mut self, step: &'p Step, place: &Place<'p>, raises: &mut States) -> Value {
        let mut catchers = Vec::new();
        let sends = match &step.work {
            Work::Call(call) => call.sends.is_some(),
            Work::Emit(emission) => emission.sends.is_some(),
            Work::Check(_)
            | Work::Match(_)
            | Work::Route(_)
            | Work::Task(_)
            | Work::Approve(_)
            | Work::Wait(_)
            | Work::Notify(_)
            | Work::Run(_)
            | Work::Parallel(_)
            | Work::ForEach(_) => false,
        };
        if sends {
            let message = quoted(&format!("what `{}` sends fits no contract", step.id));
            let raise = self.raise(raises, (place, Some(step)), CONTRACT_VIOLATION, &message);
            catchers.push(catcher(&[MISFIT], &raise));
        }
        let no_value = self.no_value(raises, place, step, "what is sent");
        catchers.push(catcher(&[NO_VALUE], &no_value));
        if let Some(timeout) = &step.timeout {
            let next = self.attempt_over(step, timeout, place, raises);
            catchers.push(catcher(&TIMEOUTS, &next));
        }
        let mut seen: Vec<&str> = Vec::new();
        for catch in &step.catch {
            if seen.contains(&catch.error.as_str()) || seen.contains(&ANY_ERROR) {
                continue;
            }
            seen.push(&catch.error);
            let message = match catch.error.as_str() {
                ANY_ERROR => quoted(&format!("`{}` failed", step.id)),
                error => quoted(&format!("`{}` failed: {error}", step.id)),
            };
            let next = self.lead(raises, (place, Some(step)), &catch.leads, &message);
            let error = match catch.error.as_str() {
                ANY_ERROR => "States.ALL",
                error => error,
            };
            catchers.push(catcher(&[error], &next));
        }
        if !seen.contains(&ANY_ERROR) {
            let message = quoted(&format!("`{}` failed", step.id));
            let next = self.raise(raises, (place, Some(step)), ERROR, &message);
            catchers.push(catcher(&["States.ALL"], &next));
        }
        Value::Array(catchers)
    }
}

/// What is kept of what a system or another workflow gave.
fn answered(step: &Step, place: &Place<'_>) -> Value {
    let mut assign = Vec::new();
    match &step.work {
        Work::Run(_) => {
            let ended = query("$states.result.Output.end");
            assign.push((place.variable("ended"), ended));
            let result =
                "$merge([$states.result.Output.outputs, {'end': $states.result.Output.end}])";
            assign.push(place.kept(step, result));
        }
        Work::Call(_) | Work::Emit(_) | Work::Notify(_) => {
            assign.push(place.kept(step, "$states.result.Payload.value"));
            if step.returns.is_some() {
                let fits = query("$states.result.Payload.fits != false");
                assign.push((place.variable("fits"), fits));
            }
        }
        Work::Check(_)
        | Work::Match(_)
        | Work::Route(_)
        | Work::Task(_)
        | Work::Approve(_)
        | Work::Wait(_)
        | Work::Parallel(_)
        | Work::ForEach(_) => assign.push(place.kept(step, "null")),
    }
    Value::Object(assign.into_iter().collect())
}
