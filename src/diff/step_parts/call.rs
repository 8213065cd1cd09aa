//! Facts about how an operation is called: once or again, undone how, and what is caught.

use crate::diff::fact::Fact;
use crate::diff::kind::StepChange;
use crate::diff::recorder::{Presence, Recorder};
use crate::source::Spanned;
use crate::syntax::duration::Duration;
use crate::syntax::step::{Catch, Compensation, Retry, RetryPolicy, Step};

pub(super) fn compare_call(recorder: &mut Recorder<'_>, before: &Step, after: &Step) {
    let name = after.name();
    recorder.compare(
        "idempotency_key",
        name,
        Presence::new(
            StepChange::IdempotencyKeyAdded,
            StepChange::IdempotencyKeyRemoved,
            StepChange::IdempotencyKeyChanged,
        ),
        before.idempotency_key.as_ref().map(Fact::expression),
        after.idempotency_key.as_ref().map(Fact::expression),
    );
    let (old, new) = retries(recorder, before, after);
    recorder.compare(
        "retry",
        name,
        Presence::any(StepChange::RetryChanged),
        old,
        new,
    );
    let undone = |step: &Step| step.compensate.as_ref().map(compensation);
    recorder.compare(
        "compensate",
        name,
        Presence::new(
            StepChange::CompensationAdded,
            StepChange::CompensationRemoved,
            StepChange::OperationChanged,
        ),
        undone(before),
        undone(after),
    );
    compare_catches(recorder, name, &before.catch, &after.catch);
}

fn compensation(written: &Spanned<Compensation>) -> Fact {
    let compensation = &written.value;
    let call = compensation
        .call
        .as_ref()
        .map_or("", |call| call.name.value.as_str());
    let account = compensation
        .account
        .as_ref()
        .map(|account| &account.name.value);
    let with = compensation.with.as_ref().map(Fact::data);
    let canonical = format!(
        "{call} {account:?} {}",
        with.as_ref().map_or("", |with| with.canonical())
    );
    let text = match with {
        Some(with) => format!("{call} {}", with.site.text),
        None => call.to_owned(),
    };
    Fact::new(text, written.span).compared_by(canonical)
}

/// Named retries are compared by name, others by what they say.
fn retries(recorder: &Recorder<'_>, before: &Step, after: &Step) -> (Option<Fact>, Option<Fact>) {
    let named = |step: &Step| match &step.retry {
        Some(Spanned {
            value: Retry::Named(reference),
            ..
        }) => Some(Fact::text(&reference.name)),
        Some(_) | None => None,
    };
    if let (Some(before), Some(after)) = (named(before), named(after)) {
        return (Some(before), Some(after));
    }
    let written = |step: &Step, model: &crate::model::Model| {
        let retry = step.retry.as_ref()?;
        let (text, policy) = match &retry.value {
            Retry::Named(reference) => (
                reference.name.value.clone(),
                model.retry(&reference.name.value).map(retry_text),
            ),
            Retry::Inline(policy) => (retry_text(policy), Some(retry_text(policy))),
        };
        let canonical = policy.unwrap_or_else(|| text.clone());
        Some(Fact::new(text, retry.span).compared_by(canonical))
    };
    (
        written(before, recorder.before),
        written(after, recorder.after),
    )
}

/// A retry on one line.
pub(in crate::diff) fn retry_text(policy: &RetryPolicy) -> String {
    let limit = policy.limit.map_or("no limit".to_owned(), |limit| {
        format!("{} retries", limit.value)
    });
    let duration = |duration: Option<Spanned<Duration>>| duration.map(|value| value.value);
    let backoff = policy
        .backoff
        .map_or("constant", |backoff| backoff.value.as_str());
    let mut text = match duration(policy.delay) {
        Some(delay) => format!("{limit}, {backoff} from {delay}"),
        None => format!("{limit}, {backoff}"),
    };
    if let Some(longest) = duration(policy.max_delay) {
        text.push_str(&format!(" up to {longest}"));
    }
    if policy.jitter.is_some_and(|jitter| jitter.value) {
        text.push_str(", with jitter");
    }
    text
}

fn compare_catches(recorder: &mut Recorder<'_>, name: &str, before: &[Catch], after: &[Catch]) {
    let list = |catches: &[Catch]| {
        let facts: Vec<Fact> = catches.iter().filter_map(caught).collect();
        let span = facts.first()?.site.span;
        let texts: Vec<&str> = facts.iter().map(|fact| fact.site.text.as_str()).collect();
        let canonical: Vec<&str> = facts.iter().map(Fact::canonical).collect();
        Some(Fact::new(texts.join(", "), span).compared_by(canonical.join("\n")))
    };
    recorder.compare(
        "catch",
        name,
        Presence::any(StepChange::ErrorHandlingChanged),
        list(before),
        list(after),
    );
}

fn caught(catch: &Catch) -> Option<Fact> {
    let error = catch.error.as_ref()?;
    let mut text = error.value.clone();
    let mut canonical = text.clone();
    if let Some(raise) = &catch.raise {
        text.push_str(&format!(" raises {}", raise.name.value));
        canonical.push_str(&format!(" reason:{}", raise.name.value));
    }
    if let Some(to) = &catch.to {
        text.push_str(&format!(" goes to {}", to.name.value));
        canonical.push_str(&format!(" state:{}", to.name.value));
    }
    Some(Fact::new(text, error.span).compared_by(canonical))
}
