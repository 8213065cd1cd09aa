//! Facts about human decisions.

use std::collections::BTreeSet;

use super::condition::{self, Kinds};
use super::fact::{Fact, joined};
use super::kind::{ApprovalChange, DocumentChange};
use super::party::{of_parties, of_party};
use super::recorder::{Presence, Recorder};
use super::step_parts::compare_evidence;
use super::step_parts::timeout::{compare_ladder, compare_timeout};
use crate::model::shape::Relation;
use crate::model::shape::relation::of_sets;
use crate::source::{Span, Spanned};
use crate::syntax::step::{ApprovalCount, Approve, Count, LadderRung, Step, TimedDecision};

/// Compares two steps when both are approvals.
pub(super) fn compare(recorder: &mut Recorder<'_>, before: &Step, after: &Step) {
    let (Some(old), Some(new)) = (&before.approve, &after.approve) else {
        return;
    };
    let name = after.name();
    compare_condition(recorder, before, after);
    recorder.within("approve", |recorder| {
        compare_approvers(recorder, name, old, new);
        let exclusions = |approve: &Approve| approve.exclude.iter().map(Fact::expression).collect();
        recorder.members(
            "exclude",
            Some(name),
            ApprovalChange::ExclusionAdded,
            ApprovalChange::ExclusionRemoved,
            exclusions(&old.value),
            exclusions(&new.value),
        );
        compare_evidence(recorder, name, &old.value.evidence, &new.value.evidence);
        let reason = |approve: &Approve| {
            let reason = approve.missing_evidence.as_ref();
            reason.map(|reason| {
                Fact::text(&reason.name).compared_by(format!("reason:{}", reason.name.value))
            })
        };
        recorder.compare(
            "missing_evidence",
            name,
            Presence::any(super::kind::StepChange::ErrorHandlingChanged),
            reason(&old.value),
            reason(&new.value),
        );
        let delegate = |approve: &Approve| approve.delegate.as_ref().and_then(of_party);
        recorder.compare(
            "delegate",
            name,
            Presence::any(ApprovalChange::DelegateChanged),
            delegate(&old.value),
            delegate(&new.value),
        );
        compare_waiver(recorder, name, &old.value, &new.value);
        compare_time(recorder, name, &old.value, &new.value);
        recorder.text("terms", &old.value.terms, &new.value.terms);
    });
}

/// An approval on one line.
pub(super) fn described(approve: &Approve) -> String {
    let people: Vec<String> = approve
        .by
        .iter()
        .flat_map(of_parties)
        .map(|party| party.site.text)
        .collect();
    let excluded: Vec<String> = approve
        .exclude
        .iter()
        .map(|excluded| Fact::expression(excluded).site.text)
        .collect();
    let mut text = format!("approval by {}", people.join(", "));
    let count = match approve.count.as_ref().map(|count| &count.value) {
        Some(ApprovalCount::Written(Count::All)) => Some("all of them".to_owned()),
        Some(ApprovalCount::Written(Count::Number(1))) | None => None,
        Some(ApprovalCount::Written(Count::Number(count))) => Some(format!("{count} of them")),
    };
    if let Some(count) = count {
        text.push_str(&format!(" ({count})"));
    }
    if !excluded.is_empty() {
        text.push_str(&format!(" (never {})", excluded.join(", ")));
    }
    text
}

/// The fewer cases a condition lets through, the fewer are decided by people.
fn compare_condition(recorder: &mut Recorder<'_>, before: &Step, after: &Step) {
    let kinds = Kinds {
        narrower: ApprovalChange::ApprovalConditionAdded.into(),
        wider: ApprovalChange::ApprovalConditionRemoved.into(),
        other: ApprovalChange::ApprovalConditionChanged.into(),
    };
    let (old, new) = (&before.condition, &after.condition);
    condition::record(recorder, ("if", after.name()), kinds, old, new);
}

/// How many of how many must agree.
struct Quorum {
    needed: usize,
    all: bool,
    parties: Vec<Fact>,
    span: Span,
}

fn quorum(approve: &Spanned<Approve>) -> Quorum {
    let parties = approve
        .value
        .by
        .as_ref()
        .map(of_parties)
        .unwrap_or_default();
    let span = parties
        .first()
        .map_or(approve.span, |party| party.site.span);
    let count = approve.value.count.as_ref();
    let (needed, all) = match count.map(|count| &count.value) {
        None => (1, false),
        Some(ApprovalCount::Written(Count::Number(count))) => (*count as usize, false),
        Some(ApprovalCount::Written(Count::All)) => (parties.len(), true),
    };
    Quorum {
        needed,
        all,
        parties,
        span: count.map_or(span, |count| count.span),
    }
}

/// When all must agree, one more approver makes the approval stronger, not weaker.
fn compare_approvers(
    recorder: &mut Recorder<'_>,
    name: &str,
    before: &Spanned<Approve>,
    after: &Spanned<Approve>,
) {
    use ApprovalChange::{
        ApprovalCountLowered, ApprovalCountRaised, ApproversNarrowed, ApproversReplaced,
        ApproversWidened,
    };
    let (old, new) = (quorum(before), quorum(after));
    let count = |quorum: &Quorum| {
        let text = match (quorum.all, quorum.needed) {
            (true, needed) => format!("all {needed} approvers"),
            (false, 1) => "one approver".to_owned(),
            (false, needed) => format!("{needed} approvers"),
        };
        Some(Fact::new(text, quorum.span).compared_by(quorum.needed.to_string()))
    };
    let kind = if new.needed > old.needed {
        ApprovalCountRaised
    } else {
        ApprovalCountLowered
    };
    recorder.compare("count", name, Presence::any(kind), count(&old), count(&new));
    let set = |quorum: &Quorum| -> BTreeSet<String> {
        let names = quorum
            .parties
            .iter()
            .map(|party| party.canonical().to_owned());
        names.collect()
    };
    let relation = of_sets(&set(&old), &set(&new));
    let told = old.all && new.all && old.needed != new.needed;
    let kind = match relation {
        Relation::Same => return,
        Relation::Narrower | Relation::Wider if told => return,
        Relation::Narrower => ApproversNarrowed,
        Relation::Wider => ApproversWidened,
        Relation::Incomparable => ApproversReplaced,
    };
    let people = |quorum: &Quorum, approve: &Spanned<Approve>| {
        let span = quorum
            .parties
            .first()
            .map_or(approve.span, |party| party.site.span);
        Some(joined(&quorum.parties, span).unwrap_or_else(|| Fact::new("nobody", span)))
    };
    recorder.compare(
        "by",
        name,
        Presence::any(kind),
        people(&old, before),
        people(&new, after),
    );
}

/// A waiver that lets fewer cases pass is the stronger one.
fn compare_waiver(recorder: &mut Recorder<'_>, name: &str, before: &Approve, after: &Approve) {
    let (old, new) = (&before.waive_when, &after.waive_when);
    let kinds = match (old, new) {
        (Some(_), Some(_)) => Kinds {
            narrower: ApprovalChange::WaiverNarrowed.into(),
            wider: ApprovalChange::WaiverWidened.into(),
            other: ApprovalChange::WaiverChanged.into(),
        },
        // Without a condition nothing is waived, while other conditions then hold always.
        (_, _) => Kinds {
            narrower: ApprovalChange::WaiverAdded.into(),
            wider: ApprovalChange::WaiverRemoved.into(),
            other: ApprovalChange::WaiverChanged.into(),
        },
    };
    condition::record(recorder, ("waive_when", name), kinds, old, new);
}

fn compare_time(recorder: &mut Recorder<'_>, name: &str, before: &Approve, after: &Approve) {
    let approves = |rung: &&LadderRung| {
        rung.decide
            .is_some_and(|decision| decision.value == TimedDecision::Approved)
    };
    let automatic = |approve: &Approve| {
        let rung = approve.on_timeout.iter().find(approves);
        let decision = rung.and_then(|rung| rung.decide.as_ref());
        decision.map(|decision| Fact::new("approved when time is up", decision.span))
    };
    recorder.compare(
        "on_timeout",
        name,
        Presence::new(
            ApprovalChange::AutoApprovalAdded,
            ApprovalChange::AutoApprovalRemoved,
            DocumentChange::TextChanged,
        ),
        automatic(before),
        automatic(after),
    );
    compare_timeout(recorder, name, &before.timeout, &after.timeout);
    let others = |approve: &Approve| -> Vec<LadderRung> {
        let rungs = approve.on_timeout.iter();
        rungs.filter(|rung| !approves(rung)).cloned().collect()
    };
    compare_ladder(recorder, name, &others(before), &others(after));
}
