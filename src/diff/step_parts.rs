//! Facts about what a step does, part by part.

use std::collections::BTreeMap;

use super::fact::{Fact, canonical_expression, collapsed, joined};
use super::kind::StepChange;
use super::party::of_party;
use super::recorder::{Places, Presence, Recorder};
use super::workflow::{compare_contract, compare_risk};
use crate::source::{Span, Spanned};
use crate::syntax::duration::Duration;
use crate::syntax::references::ContractReference;
use crate::syntax::step::{
    Assignment, Catch, Check, Compensation, Emit, LadderRung, Match, Notify, Retry, RetryPolicy,
    Step, Wait,
};

/// Compares two steps of the same name; approvals are compared elsewhere.
pub(super) fn compare(
    recorder: &mut Recorder<'_>,
    before: &Step,
    after: &Step,
    (span_before, span_after): (Span, Span),
) {
    let name = after.name();
    recorder.text("summary", &before.summary, &after.summary);
    recorder.text("task", &before.task, &after.task);
    compare_condition(recorder, before, after);
    compare_operation(recorder, before, after);
    compare_contracts(recorder, before, after);
    compare_call(recorder, before, after);
    compare_checks(recorder, before, after);
    compare_matching(recorder, name, &before.matching, &after.matching);
    compare_signals(recorder, before, after);
    compare_branches(recorder, before, after);
    recorder.compare(
        "assign",
        name,
        Presence::any(StepChange::AssignmentChanged),
        before
            .assign
            .as_ref()
            .and_then(|assign| assigned(assign, span_before)),
        after
            .assign
            .as_ref()
            .and_then(|assign| assigned(assign, span_after)),
    );
    compare_evidence(recorder, name, &before.evidence, &after.evidence);
    compare_risk(recorder, &before.risk, &after.risk);
    compare_timeout(recorder, name, &before.timeout, &after.timeout);
    compare_ladder(recorder, name, &before.on_timeout, &after.on_timeout);
    let places = Places {
        before: span_before,
        after: span_after,
    };
    recorder.extensions(places, &before.extensions, &after.extensions);
}

fn compare_condition(recorder: &mut Recorder<'_>, before: &Step, after: &Step) {
    if before.approve.is_some() && after.approve.is_some() {
        return;
    }
    recorder.compare(
        "if",
        after.name(),
        Presence::any(StepChange::StepConditionChanged),
        before.condition.as_ref().map(Fact::expression),
        after.condition.as_ref().map(Fact::expression),
    );
}

fn compare_operation(recorder: &mut Recorder<'_>, before: &Step, after: &Step) {
    let kind = Presence::any(StepChange::OperationChanged);
    let name = after.name();
    let call = |step: &Step| step.call.as_ref().map(|call| Fact::text(&call.name));
    let route = |step: &Step| step.route.as_ref().map(|route| Fact::text(&route.name));
    let run = |step: &Step| step.run.as_ref().map(|run| Fact::text(&run.name));
    for (key, before, after) in [
        ("call", call(before), call(after)),
        ("route", route(before), route(after)),
        ("run", run(before), run(after)),
    ] {
        if before.is_some() && after.is_some() {
            recorder.compare(key, name, kind, before, after);
        }
    }
    recorder.compare(
        "with",
        name,
        Presence::any(StepChange::StepInputChanged),
        before.with.as_ref().map(Fact::data),
        after.with.as_ref().map(Fact::data),
    );
    recorder.compare(
        "as",
        name,
        Presence::any(StepChange::StepAccountChanged),
        before
            .account
            .as_ref()
            .map(|account| Fact::text(&account.name)),
        after
            .account
            .as_ref()
            .map(|account| Fact::text(&account.name)),
    );
}

fn compare_contracts(recorder: &mut Recorder<'_>, before: &Step, after: &Step) {
    let place = format!("`{}`", after.name());
    let references: [(_, fn(&Step) -> &Option<ContractReference>); 2] = [
        ("contract", |step| &step.contract),
        ("returns", |step| &step.returns),
    ];
    for (key, reference) in references {
        let name = |step| reference(step).as_ref().map(|contract| &contract.name);
        compare_contract(recorder, key, &place, name(before), name(after));
    }
}

fn compare_call(recorder: &mut Recorder<'_>, before: &Step, after: &Step) {
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
pub(super) fn retry_text(policy: &RetryPolicy) -> String {
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

fn check_fact(check: &Check) -> Option<Fact> {
    let that = check.that.as_ref()?;
    let raise = check
        .raise
        .as_ref()
        .map_or("", |raise| raise.name.value.as_str());
    let canonical = format!("{} reason:{raise}", canonical_expression(&that.text));
    Some(Fact::new(collapsed(&that.text), that.span).compared_by(canonical))
}

/// Assertions on one line.
pub(super) fn checks_text(checks: &[Check]) -> String {
    let texts: Vec<String> = checks
        .iter()
        .filter_map(|check| check.that.as_ref())
        .map(|that| collapsed(&that.text))
        .collect();
    format!("check {}", texts.join(" and "))
}

fn compare_checks(recorder: &mut Recorder<'_>, before: &Step, after: &Step) {
    if before.check.is_none() || after.check.is_none() {
        return;
    }
    let checks = |step: &Step| -> Vec<Fact> {
        let checks = step.check.iter().flat_map(|checks| &checks.value);
        checks.filter_map(check_fact).collect()
    };
    recorder.members(
        "check",
        Some(after.name()),
        StepChange::CheckAdded,
        StepChange::CheckRemoved,
        checks(before),
        checks(after),
    );
    let messages = |step: &Step| -> Vec<Spanned<String>> {
        let checks = step.check.iter().flat_map(|checks| &checks.value);
        checks
            .filter_map(|check| check.message.as_ref())
            .map(|message| Spanned::new(message.text.clone(), message.span))
            .collect()
    };
    recorder.texts("message", &messages(before), &messages(after));
}

fn compare_matching(
    recorder: &mut Recorder<'_>,
    name: &str,
    before: &Option<Spanned<Match>>,
    after: &Option<Spanned<Match>>,
) {
    let (Some(before), Some(after)) = (before, after) else {
        return;
    };
    let (old, new) = (matching(before), matching(after));
    for key in old
        .keys()
        .chain(new.keys())
        .collect::<std::collections::BTreeSet<_>>()
    {
        recorder.compare(
            key,
            name,
            Presence::any(StepChange::CheckChanged),
            old.get(key).cloned(),
            new.get(key).cloned(),
        );
    }
}

/// The parts of a match, by what identifies each.
fn matching(written: &Spanned<Match>) -> BTreeMap<String, Fact> {
    let rule = &written.value;
    let mut parts = BTreeMap::new();
    if let Some(claim) = &rule.claim {
        parts.insert("claim".to_owned(), Fact::expression(claim));
    }
    if let Some(key) = &rule.key {
        parts.insert(
            "key".to_owned(),
            Fact::new(key.value.text.clone(), key.span),
        );
    }
    for (name, against) in rule.against.iter().flat_map(|against| against.iter()) {
        parts.insert(format!("against.{}", name.value), Fact::expression(against));
    }
    for (name, reason) in rule.missing.iter() {
        let reason = &reason.name;
        let fact = Fact::text(reason).compared_by(format!("reason:{}", reason.value));
        parts.insert(format!("missing.{}", name.value), fact);
    }
    for comparison in &rule.compare {
        let field = comparison.field.as_ref();
        let field = field.map_or("", |field| field.value.text.as_str());
        let with = comparison
            .with
            .as_ref()
            .map_or("", |with| with.value.text.as_str());
        let raise = comparison
            .raise
            .as_ref()
            .map_or("", |raise| raise.name.value.as_str());
        let tolerance = comparison.tolerance.as_ref().map(Fact::expression);
        let shown = tolerance
            .as_ref()
            .map_or("no tolerance".to_owned(), |tolerance| {
                format!("within {}", tolerance.site.text)
            });
        let span = comparison
            .field
            .as_ref()
            .map_or(written.span, |field| field.span);
        let canonical = tolerance
            .as_ref()
            .map_or("", |tolerance| tolerance.canonical());
        let fact = Fact::new(format!("{field} {shown}"), span)
            .compared_by(format!("{canonical} reason:{raise}"));
        parts.insert(format!("compare.{field}.{with}"), fact);
    }
    parts
}

fn compare_signals(recorder: &mut Recorder<'_>, before: &Step, after: &Step) {
    let name = after.name();
    if let (Some(old), Some(new)) = (&before.wait, &after.wait) {
        let kind = Presence::any(StepChange::WaitChanged);
        recorder.compare("wait", name, kind, waited(old), waited(new));
        let contract = |wait: &Spanned<Wait>| match &wait.value {
            Wait::For(_) => None,
            Wait::Until(until) => until
                .contract
                .as_ref()
                .map(|contract| contract.name.clone()),
        };
        let place = format!("`{name}`");
        compare_contract(
            recorder,
            "contract",
            &place,
            contract(old).as_ref(),
            contract(new).as_ref(),
        );
    }
    if let (Some(old), Some(new)) = (&before.notify, &after.notify) {
        let kind = Presence::any(StepChange::NotificationChanged);
        recorder.compare("notify", name, kind, notified(old), notified(new));
    }
    if let (Some(old), Some(new)) = (&before.emit, &after.emit) {
        let kind = Presence::any(StepChange::EventChanged);
        recorder.compare("emit", name, kind, event(old), event(new));
        let published = |emit: &Spanned<Emit>| match &emit.value {
            Emit::Event(_) => (None, None),
            Emit::Published(published) => (
                published.with.as_ref().map(Fact::data),
                published
                    .contract
                    .as_ref()
                    .map(|contract| contract.name.clone()),
            ),
        };
        let (old, new) = (published(old), published(new));
        let kind = Presence::any(StepChange::StepInputChanged);
        recorder.compare("emit.with", name, kind, old.0, new.0);
        let place = format!("`{name}`");
        compare_contract(
            recorder,
            "emit.contract",
            &place,
            old.1.as_ref(),
            new.1.as_ref(),
        );
    }
}

fn waited(wait: &Spanned<Wait>) -> Option<Fact> {
    let until = match &wait.value {
        Wait::For(duration) => return Some(Fact::duration(duration)),
        Wait::Until(until) => until,
    };
    if let Some(duration) = &until.duration {
        return Some(Fact::duration(duration));
    }
    if let Some(point) = &until.until {
        let fact = Fact::expression(point);
        let canonical = format!("until {}", fact.canonical());
        return Some(
            Fact::new(format!("until {}", fact.site.text), point.span).compared_by(canonical),
        );
    }
    let event = until.event.as_ref()?;
    let filter = until.filter.as_ref().map(Fact::expression);
    Some(match filter {
        None => Fact::text(event),
        Some(filter) => {
            let canonical = format!("{} where {}", event.value, filter.canonical());
            let text = format!("{} where {}", event.value, filter.site.text);
            Fact::new(text, event.span).compared_by(canonical)
        }
    })
}

fn notified(notify: &Spanned<Notify>) -> Option<Fact> {
    let message = match &notify.value {
        Notify::To(party) => return Some(Fact::text(&party.name)),
        Notify::Message(message) => message,
    };
    let to = Fact::template(message.to.as_ref()?);
    let said = message.message.as_ref().map(Fact::template);
    let channel = message
        .channel
        .as_ref()
        .map(|channel| channel.value.as_str());
    let extra = |said: Option<&str>| {
        let said = said.map(|said| format!(": {said}"));
        let channel = channel.map(|channel| format!(" by {channel}"));
        format!(
            "{}{}",
            channel.unwrap_or_default(),
            said.unwrap_or_default()
        )
    };
    let text = format!(
        "{}{}",
        to.site.text,
        extra(said.as_ref().map(|said| said.site.text.as_str()))
    );
    let canonical = format!(
        "{}{}",
        to.canonical(),
        extra(said.as_ref().map(Fact::canonical))
    );
    Some(Fact::new(text, notify.span).compared_by(canonical))
}

fn event(emit: &Spanned<Emit>) -> Option<Fact> {
    match &emit.value {
        Emit::Event(event) => Some(Fact::text(event)),
        Emit::Published(published) => published.event.as_ref().map(Fact::text),
    }
}

fn compare_branches(recorder: &mut Recorder<'_>, before: &Step, after: &Step) {
    let kind = Presence::any(StepChange::BranchingChanged);
    if let (Some(_), Some(_)) = (&before.parallel, &after.parallel) {
        let joined = |step: &Step| {
            let parallel = step.parallel.as_ref()?;
            let names = parallel
                .value
                .branches
                .iter()
                .flat_map(|branches| branches.names());
            let mut names: Vec<&str> = names.collect();
            names.sort_unstable();
            let join = parallel
                .value
                .join
                .map_or("all", |join| join.value.as_str());
            Some(Fact::new(
                format!("{join} of {}", names.join(", ")),
                parallel.span,
            ))
        };
        recorder.compare(
            "parallel",
            after.name(),
            kind,
            joined(before),
            joined(after),
        );
    }
    if let (Some(_), Some(_)) = (&before.for_each, &after.for_each) {
        let looped = |step: &Step| {
            let looped = step.for_each.as_ref()?;
            let list = Fact::expression(looped.value.list.as_ref()?);
            let item = looped
                .value
                .item
                .as_ref()
                .map_or("", |item| item.value.text.as_str());
            let number = |number: Option<Spanned<u32>>| number.map_or(1, |number| number.value);
            let limit = looped
                .value
                .limit
                .map(|limit| format!(", at most {}", limit.value));
            let rest = format!(
                " as {item}, {} at once{}",
                number(looped.value.at_once),
                limit.unwrap_or_default()
            );
            let canonical = format!("{}{rest}", list.canonical());
            let text = format!("each of {}{rest}", list.site.text);
            Some(Fact::new(text, looped.span).compared_by(canonical))
        };
        recorder.compare(
            "for_each",
            after.name(),
            kind,
            looped(before),
            looped(after),
        );
    }
}

fn assigned(assignment: &Assignment, span: Span) -> Option<Fact> {
    let mut facts = Vec::new();
    if let Some(queue) = &assignment.queue {
        facts.push(Fact::new(
            format!("queue {}", queue.name.value),
            queue.name.span,
        ));
    }
    if let Some(role) = &assignment.role {
        facts.push(Fact::new(
            format!("role {}", role.name.value),
            role.name.span,
        ));
    }
    if let Some(team) = &assignment.team {
        facts.push(Fact::new(
            format!("team {}", team.name.value),
            team.name.span,
        ));
    }
    if let Some(person) = &assignment.person {
        facts.push(Fact::template(person));
    }
    let span = facts.first().map_or(span, |fact| fact.site.span);
    joined(&facts, span)
}

/// What must be attached or seen.
pub(super) fn compare_evidence(
    recorder: &mut Recorder<'_>,
    name: &str,
    before: &[Spanned<String>],
    after: &[Spanned<String>],
) {
    recorder.members(
        "evidence",
        Some(name),
        StepChange::EvidenceAdded,
        StepChange::EvidenceRemoved,
        before.iter().map(Fact::text).collect(),
        after.iter().map(Fact::text).collect(),
    );
}

/// How long something may take.
pub(super) fn compare_timeout(
    recorder: &mut Recorder<'_>,
    name: &str,
    before: &Option<Spanned<Duration>>,
    after: &Option<Spanned<Duration>>,
) {
    recorder.compare(
        "timeout",
        name,
        Presence::any(StepChange::TimeoutChanged),
        before.as_ref().map(Fact::duration),
        after.as_ref().map(Fact::duration),
    );
}

/// What happens when time is up; decisions by the clock are told by approvals.
pub(super) fn compare_ladder(
    recorder: &mut Recorder<'_>,
    name: &str,
    before: &[LadderRung],
    after: &[LadderRung],
) {
    let ladder = |rungs: &[LadderRung]| {
        let facts: Vec<Fact> = rungs.iter().filter_map(rung).collect();
        let span = facts.first()?.site.span;
        let texts: Vec<&str> = facts.iter().map(|fact| fact.site.text.as_str()).collect();
        let canonical: Vec<&str> = facts.iter().map(Fact::canonical).collect();
        Some(Fact::new(texts.join(", then "), span).compared_by(canonical.join("\n")))
    };
    recorder.compare(
        "on_timeout",
        name,
        Presence::any(StepChange::EscalationChanged),
        ladder(before),
        ladder(after),
    );
}

fn rung(rung: &LadderRung) -> Option<Fact> {
    let fact = if let Some(party) = &rung.ask {
        let party = of_party(party)?;
        let canonical = format!("ask {}", party.canonical());
        Fact::new(format!("ask {}", party.site.text), party.site.span).compared_by(canonical)
    } else if let Some(reason) = &rung.raise {
        let name = &reason.name;
        Fact::new(format!("raise {}", name.value), name.span)
            .compared_by(format!("reason:{}", name.value))
    } else if let Some(party) = &rung.notify {
        Fact::new(format!("notify {}", party.name.value), party.name.span)
    } else if let Some(state) = &rung.to {
        let name = &state.name;
        Fact::new(format!("go to {}", name.value), name.span)
            .compared_by(format!("state:{}", name.value))
    } else {
        let decision = rung.decide.as_ref()?;
        Fact::new(format!("decide {}", decision.value.as_str()), decision.span)
    };
    Some(match &rung.timeout {
        None => fact,
        Some(timeout) => {
            let canonical = format!("{} for {}", fact.canonical(), timeout.value);
            let text = format!("{} for {}", fact.site.text, timeout.value);
            Fact::new(text, fact.site.span).compared_by(canonical)
        }
    })
}
