//! Facts about what a step does, part by part.

pub(super) mod call;
pub(super) mod check;
mod signal;
pub(super) mod timeout;

use super::condition::{self, Kinds};
use super::fact::{Fact, joined};
use super::kind::StepChange;
use super::recorder::{Places, Presence, Recorder};
use super::workflow::{compare_contract, compare_risk};
use crate::source::{Span, Spanned};
use crate::syntax::references::ContractReference;
use crate::syntax::step::{Assignment, Step};
use call::compare_call;
use check::{compare_checks, compare_matching};
use signal::compare_signals;
use timeout::{compare_ladder, compare_timeout};

/// Which contract of a step is compared.
type Contract = fn(&Step) -> &Option<ContractReference>;

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
    let old_assignment = before
        .assign
        .as_ref()
        .and_then(|assign| assigned(assign, span_before, |queue| recorder.renamed_queue(queue)));
    recorder.compare(
        "assign",
        name,
        Presence::any(StepChange::AssignmentChanged),
        old_assignment,
        after
            .assign
            .as_ref()
            .and_then(|assign| assigned(assign, span_after, |queue| queue)),
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
    let kinds = Kinds {
        narrower: StepChange::StepConditionChanged.into(),
        wider: StepChange::StepConditionChanged.into(),
        other: StepChange::StepConditionChanged.into(),
    };
    let (old, new) = (&before.condition, &after.condition);
    condition::record(recorder, ("if", after.name()), kinds, old, new);
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
    let references: [(_, Contract); 2] = [
        ("contract", |step| &step.contract),
        ("returns", |step| &step.returns),
    ];
    for (key, reference) in references {
        let name = |step| reference(step).as_ref().map(|contract| &contract.name);
        compare_contract(recorder, key, &place, name(before), name(after));
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

/// Who works on a step; queues are compared by what `renamed` makes of their names.
fn assigned<'a>(
    assignment: &'a Assignment,
    span: Span,
    renamed: impl Fn(&'a str) -> &'a str,
) -> Option<Fact> {
    let mut facts = Vec::new();
    if let Some(queue) = &assignment.queue {
        let name = &queue.name.value;
        let fact = Fact::new(format!("queue {name}"), queue.name.span);
        facts.push(fact.compared_by(format!("queue {}", renamed(name))));
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
