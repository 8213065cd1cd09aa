//! A played case against what was expected: what differs, where it is written, and why.

use super::Played;
use crate::expr::Value;
use crate::run::trace::{Entry, What};
use crate::run::{Position, World, data, evaluate};
use crate::source::{Span, Spanned};
use crate::syntax::duration::Duration;
use crate::syntax::scenarios::{Case, Expectation};

/// What a case did against what was expected.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    /// The states that were entered.
    pub path: Vec<String>,
    /// The states that were expected; empty when the scenario does not say.
    pub expected: Vec<String>,
    /// What differs.
    pub failures: Vec<Failure>,
}

/// Something that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The expectation, or the action that was refused.
    pub span: Span,
    /// What differs, as one sentence.
    pub message: String,
    /// What is there, as a short note under the marked characters.
    pub note: String,
    /// Why, as one sentence.
    pub why: Option<String>,
}

/// Compares a played case with its expectation.
pub fn judge(
    world: &World<'_>,
    script: &super::Script,
    case: &Case,
    played: &Played<'_>,
) -> Judged {
    let path = path(&played.case.trace);
    let empty = Expectation::default();
    let expected = case.expect.as_ref().unwrap_or(&empty);
    let name = case.name.as_ref().map_or_else(
        || script.actions.first().map(|performed| performed.span),
        |name| Some(name.span),
    );
    let mut judge = Judge {
        world,
        played,
        expected,
        name,
        failures: Vec::new(),
    };
    judge.unanswered();
    judge.refusals(script);
    judge.path(&path);
    judge.raises();
    // Where a case that went elsewhere ends says nothing more.
    if judge.failures.is_empty() {
        judge.whereabouts();
    }
    judge.values();
    judge.time(script);
    Judged {
        path,
        expected: expected
            .path
            .iter()
            .map(|state| state.value.clone())
            .collect(),
        failures: judge.failures,
    }
}

/// The states that a trace enters, in order.
pub fn path(trace: &[Entry]) -> Vec<String> {
    let mut path = Vec::new();
    for entry in trace {
        if let What::Entered { state, .. } = &entry.what {
            path.push(state.clone());
        }
    }
    path
}

struct Judge<'j, 'p> {
    world: &'j World<'p>,
    played: &'j Played<'p>,
    expected: &'j Expectation,
    name: Option<Span>,
    failures: Vec<Failure>,
}

impl Judge<'_, '_> {
    fn fail(&mut self, span: Option<Span>, message: String, note: String, why: Option<String>) {
        if let Some(span) = span.or(self.name) {
            self.failures.push(Failure {
                span,
                message,
                note,
                why,
            });
        }
    }

    fn unanswered(&mut self) {
        let Some(step) = &self.played.unanswered else {
            return;
        };
        self.fail(
            None,
            format!("`{step}` is asked for, and the scenario gives no answer"),
            "no answer is given".to_owned(),
            Some(format!(
                "add `{step}:` with what it gives back to `given: {{steps: …}}`"
            )),
        );
    }

    fn refusals(&mut self, script: &super::Script) {
        let expected = self.expected.refused.as_ref();
        let is_expected = |refusal: &crate::run::Refusal| {
            expected.is_some_and(|expected| {
                let at = expected.at.as_ref().is_none_or(|at| at.value == refusal.at);
                let because = expected.because.as_ref();
                at && because.is_none_or(|because| because.value == refusal.because)
            })
        };
        let mut was_met = false;
        for (number, refusal) in &self.played.refused {
            if is_expected(refusal) {
                was_met = true;
                continue;
            }
            // What follows a refusal mostly follows from it.
            if !self.failures.is_empty() {
                continue;
            }
            let span = script.actions.get(*number).map(|performed| performed.span);
            let message = format!("this action was refused: {}", refusal.message);
            let note = format!("refused because: {}", refusal.because.as_str());
            self.fail(span, message, note, None);
        }
        let Some(expected) = expected.filter(|_| !was_met) else {
            return;
        };
        let at = expected.at.as_ref();
        let because = expected.because.as_ref();
        let because = because.map_or("", |because| because.value.as_str());
        let place = at.map_or("", |at| at.value.as_str());
        self.fail(
            at.map(|at| at.span),
            format!("nothing was refused at `{place}` because of `{because}`"),
            "every action could be done".to_owned(),
            None,
        );
    }

    fn path(&mut self, path: &[String]) {
        let expected = &self.expected.path;
        if expected.is_empty() || expected.iter().map(|state| &state.value).eq(path) {
            return;
        }
        let same = expected
            .iter()
            .zip(path)
            .take_while(|(wanted, state)| wanted.value == **state);
        let same = same.count();
        let why = self.why(same);
        let last = path.get(same.saturating_sub(1)).map_or("", String::as_str);
        let (span, message, note) = match (expected.get(same), path.get(same)) {
            (Some(wanted), Some(state)) => (
                Some(wanted.span),
                format!("the case went to `{state}`, not to `{}`", wanted.value),
                format!("expected after `{last}`"),
            ),
            (Some(wanted), None) => (
                Some(wanted.span),
                format!(
                    "the case did not get to `{}`: {}",
                    wanted.value,
                    self.end_words()
                ),
                format!("expected after `{last}`"),
            ),
            (None, state) => (
                expected.last().map(|last| last.span),
                format!("the case went on to `{}`", state.map_or("", String::as_str)),
                "expected to be the last state".to_owned(),
            ),
        };
        self.fail(span, message, note, why);
    }

    fn end_words(&self) -> String {
        let case = &self.played.case;
        match &case.position {
            Position::TurnedAway => "it did not start".to_owned(),
            Position::Working(state) | Position::Undoing(state) => {
                let steps: Vec<String> = case
                    .waiting()
                    .iter()
                    .map(|waiting| format!("`{}`", waiting.step))
                    .collect();
                format!("it waits in `{state}` for {}", steps.join(", "))
            }
            Position::Leaving(state, _) => {
                format!("it waits in `{state}` for somebody to move it, or for data")
            }
            Position::Queued { reason, queue, .. } => {
                format!("it waits in `{queue}` because of `{reason}`")
            }
            Position::Manual => "it is in manual mode".to_owned(),
            Position::Ended(end) => format!("it has ended, {}", end.as_str()),
            Position::Stopped => "it was stopped, since it does not come to an end".to_owned(),
        }
    }

    /// Why the case left the path after so many states: what the trace says until the next state.
    fn why(&self, same: usize) -> Option<String> {
        let trace = &self.played.case.trace;
        let mut entered = 0;
        let mut reasons = Vec::new();
        for entry in trace {
            if let What::Entered { .. } = &entry.what {
                entered += 1;
                if entered > same {
                    break;
                }
                reasons.clear();
            }
            reasons.extend(explanation(&entry.what));
        }
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }

    fn raises(&mut self) {
        let trace = self.played.case.trace.iter();
        let raised: Vec<&str> = trace.filter_map(|entry| raised(&entry.what)).collect();
        let expected: Vec<&Spanned<String>> = self.expected.raises.iter().collect();
        if expected
            .iter()
            .map(|reason| reason.value.as_str())
            .eq(raised.iter().copied())
        {
            return;
        }
        let same = expected
            .iter()
            .zip(&raised)
            .take_while(|(wanted, reason)| wanted.value == **reason);
        let same = same.count();
        let why = self.why_raised(same);
        match (expected.get(same), raised.get(same)) {
            (Some(wanted), Some(reason)) => self.fail(
                Some(wanted.span),
                format!("`{reason}` was raised, not `{}`", wanted.value),
                "expected".to_owned(),
                why,
            ),
            (Some(wanted), None) => self.fail(
                Some(wanted.span),
                format!("`{}` was not raised: {}", wanted.value, self.end_words()),
                "expected".to_owned(),
                why,
            ),
            (None, Some(reason)) => self.fail(
                expected.last().map(|last| last.span),
                format!("`{reason}` was raised, which is not expected"),
                "one more reason was raised".to_owned(),
                why,
            ),
            (None, None) => {}
        }
    }

    fn why_raised(&self, number: usize) -> Option<String> {
        let trace = self.played.case.trace.iter();
        let mut raising = trace.filter(|entry| raised(&entry.what).is_some());
        explanation(&raising.nth(number)?.what)
    }

    fn whereabouts(&mut self) {
        let position = &self.played.case.position;
        if let Some(queue) = &self.expected.queue {
            let is_there =
                matches!(position, Position::Queued { queue: own, .. } if *own == queue.name.value);
            if !is_there {
                let message = format!(
                    "the case is not in `{}`: {}",
                    queue.name.value,
                    self.end_words()
                );
                self.fail(
                    Some(queue.name.span),
                    message,
                    "expected at the end".to_owned(),
                    None,
                );
            }
        }
        if let Some(end) = &self.expected.end
            && *position != Position::Ended(end.value)
        {
            let message = format!(
                "the case did not end {}: {}",
                end.value.as_str(),
                self.end_words()
            );
            self.fail(
                Some(end.span),
                message,
                "expected at the end".to_owned(),
                None,
            );
        }
        if let Some(starts) = &self.expected.starts
            && starts.value == (*position == Position::TurnedAway)
        {
            let message = match starts.value {
                true => "no case started".to_owned(),
                false => format!("a case started: {}", self.end_words()),
            };
            let why = self.why(0);
            self.fail(Some(starts.span), message, "expected".to_owned(), why);
        }
        if let Some(manual) = &self.expected.manual
            && manual.value != (*position == Position::Manual)
        {
            let message = format!(
                "manual mode was expected to be {}: {}",
                manual.value,
                self.end_words()
            );
            self.fail(
                Some(manual.span),
                message,
                "expected at the end".to_owned(),
                None,
            );
        }
    }

    fn values(&mut self) {
        let case = &self.played.case;
        for (step, wanted) in self.expected.decisions.iter() {
            let found = case
                .result(&step.value)
                .and_then(|result| member(result, "decision"));
            self.compare(
                wanted.span,
                &format!("the decision of `{}`", step.value),
                found,
                &Value::text(&wanted.value),
            );
        }
        for (step, wanted) in self.expected.attempts.iter() {
            let attempts = case.trace.iter().filter(|entry| {
                matches!(&entry.what, What::Attempted { step: tried, .. } if *tried == step.value)
            });
            let attempts = i64::try_from(attempts.count()).unwrap_or(i64::MAX);
            let wanted_attempts = Value::Integer(i64::from(wanted.value));
            let what = format!("the number of attempts of `{}`", step.value);
            self.compare(
                wanted.span,
                &what,
                Some(Value::Integer(attempts)),
                &wanted_attempts,
            );
        }
        for (name, wanted) in self.expected.outputs.iter() {
            let found = member(&case.outputs, &name.value);
            let what = format!("the output `{}`", name.value);
            self.compare(wanted.span, &what, found, &data::written(&wanted.value));
        }
        for (name, wanted) in self.expected.data.iter() {
            let found = case.data.get(name.value.as_str()).cloned();
            let what = format!("`case.data.{}`", name.value);
            self.compare(wanted.span, &what, found, &data::written(&wanted.value));
        }
    }

    fn compare(&mut self, span: Span, what: &str, found: Option<Value>, wanted: &Value) {
        let is_same = found.as_ref().is_some_and(|found| {
            evaluate::equal(found, wanted) || data::json(found) == data::json(wanted)
        });
        if is_same {
            return;
        }
        let message = match found {
            Some(found) => format!(
                "{what} is {}, not {}",
                data::json(&found),
                data::json(wanted)
            ),
            None => format!(
                "there is no value for {what}, where {} was expected",
                data::json(wanted)
            ),
        };
        self.fail(Some(span), message, "expected".to_owned(), None);
    }

    fn time(&mut self, script: &super::Script) {
        let Some(within) = &self.expected.within else {
            return;
        };
        let calendar = self.world.calendar_name();
        let limit = self.world.later(script.at, within.value);
        let limit = self.world.between(calendar, script.at, limit);
        let used = self.played.case.used(self.world);
        if used > limit {
            let length = Duration {
                seconds: used,
                ..Duration::default()
            };
            let message = format!(
                "{length} of the promised time are used, more than {}",
                within.value
            );
            self.fail(
                Some(within.span),
                message,
                "expected at most".to_owned(),
                None,
            );
        }
    }
}

fn member(value: &Value, name: &str) -> Option<Value> {
    data::fields(value)?.get(name).cloned()
}

fn raised(what: &What) -> Option<&str> {
    if let What::Raised { reason, .. } = what {
        Some(reason)
    } else {
        None
    }
}

/// Why a case goes where it goes, as far as one entry tells.
fn explanation(what: &What) -> Option<String> {
    if let What::Guarded {
        guard, held, reads, ..
    } = what
    {
        let verdict = if *held { "true" } else { "false" };
        return Some(format!("`{guard}` is {verdict}{}", with_values(reads)));
    }
    if let What::Raised {
        reason,
        place,
        message,
    } = what
    {
        let step = place.step.as_ref().map(|step| format!(" by `{step}`"));
        let step = step.unwrap_or_default();
        return Some(format!("`{reason}` was raised{step}: {message}"));
    }
    if let What::Resolved { by, to, .. } = what {
        return Some(format!("{by} resolved it to `{to}`"));
    }
    if let What::TurnedAway { because } = what {
        return Some(because.clone());
    }
    if let What::FellBack { because, .. } = what {
        return Some(format!("manual mode: {because}"));
    }
    if let What::TimerFired {
        place,
        rung: Some(_),
    } = what
    {
        let place = place.step.as_ref().unwrap_or(&place.state);
        return Some(format!("the time for `{place}` was up"));
    }
    None
}

fn with_values(reads: &std::collections::BTreeMap<String, serde_json::Value>) -> String {
    let values: Vec<String> = reads
        .iter()
        .map(|(path, value)| format!("{path} is {value}"))
        .collect();
    if values.is_empty() {
        String::new()
    } else {
        format!(", since {}", values.join(" and "))
    }
}
