//! Facts about the proof of approvals that a policy asks for.

use crate::diff::fact::Fact;
use crate::diff::kind::PolicyChange;
use crate::diff::recorder::{Presence, Recorder};
use crate::source::{Span, Spanned};
use crate::syntax::policy::{EvidenceDemand, EvidenceGrade};

/// Compares what two versions of a policy ask for; the keys stand for what is not written.
pub(super) fn compare(
    recorder: &mut Recorder<'_>,
    (before, key_before): (&Option<Spanned<EvidenceDemand>>, Span),
    (after, key_after): (&Option<Spanned<EvidenceDemand>>, Span),
) {
    let part = |demand: &Option<Spanned<EvidenceDemand>>| {
        let demand = demand.as_ref();
        demand
            .map(|demand| demand.value.clone())
            .unwrap_or_default()
    };
    let (old, new) = (part(before), part(after));
    recorder.within("evidence", |recorder| {
        compare_grade(recorder, (&old, key_before), (&new, key_after));
        compare_grades_by_risk(recorder, &old, &new);
        compare_excluded(recorder, &old, &new);
        compare_importers(recorder, &old, &new);
        compare_age(recorder, &old, &new);
    });
}

/// How strong the evidence must be.
fn compare_grade(
    recorder: &mut Recorder<'_>,
    (before, key_before): (&EvidenceDemand, Span),
    (after, key_after): (&EvidenceDemand, Span),
) {
    let grade = |demand: &EvidenceDemand, key| {
        let weakest = Spanned::new(EvidenceGrade::Claimed, key);
        demand.minimum.unwrap_or(weakest)
    };
    let (before, after) = (grade(before, key_before), grade(after, key_after));
    let fact = |grade: &Spanned<EvidenceGrade>| Some(Fact::word(grade, EvidenceGrade::as_str));
    recorder.compare(
        "minimum",
        "minimum",
        Presence::any(evidence_change(after.value > before.value)),
        fact(&before),
        fact(&after),
    );
}

/// How strong the evidence must be for documents of a risk.
fn compare_grades_by_risk(
    recorder: &mut Recorder<'_>,
    before: &EvidenceDemand,
    after: &EvidenceDemand,
) {
    let names = |demand: &EvidenceDemand| -> Vec<String> {
        let names = demand.by_risk.names();
        names.map(str::to_owned).collect()
    };
    let mut risks = names(before);
    risks.extend(names(after));
    risks.sort_unstable();
    risks.dedup();
    recorder.within("by_risk", |recorder| {
        for risk in &risks {
            let (old, new) = (before.by_risk.get(risk), after.by_risk.get(risk));
            let grade = |grade: Option<&Spanned<EvidenceGrade>>| grade.map(|grade| grade.value);
            let fact = |grade: &Spanned<EvidenceGrade>| Fact::word(grade, EvidenceGrade::as_str);
            recorder.compare(
                risk,
                risk,
                Presence::any(evidence_change(grade(new) > grade(old))),
                old.map(fact),
                new.map(fact),
            );
        }
    });
}

/// From whom no evidence is taken.
fn compare_excluded(recorder: &mut Recorder<'_>, before: &EvidenceDemand, after: &EvidenceDemand) {
    let excluded = |demand: &EvidenceDemand| {
        let excluded = demand.exclude.iter();
        excluded
            .map(|person| {
                Fact::new(
                    format!("not from {}", person.value.as_str().replace('_', " ")),
                    person.span,
                )
            })
            .collect()
    };
    recorder.members(
        "exclude",
        Some("exclude"),
        PolicyChange::ApprovalEvidenceRaised,
        PolicyChange::ApprovalEvidenceLowered,
        excluded(before),
        excluded(after),
    );
}

/// Who may take over the reviews of a forge.
fn compare_importers(recorder: &mut Recorder<'_>, before: &EvidenceDemand, after: &EvidenceDemand) {
    let importers = |demand: &EvidenceDemand| {
        let importers = demand.importers.iter();
        importers
            .map(|person| {
                Fact::new(
                    format!("imported by {}", person.name.value),
                    person.name.span,
                )
            })
            .collect()
    };
    recorder.members(
        "importers",
        Some("importers"),
        PolicyChange::ApprovalEvidenceLowered,
        PolicyChange::ApprovalEvidenceRaised,
        importers(before),
        importers(after),
    );
}

/// How old the evidence may be.
fn compare_age(recorder: &mut Recorder<'_>, before: &EvidenceDemand, after: &EvidenceDemand) {
    let shorter = match (&before.valid_for, &after.valid_for) {
        (Some(old), Some(new)) => new.value.elapsed_seconds() < old.value.elapsed_seconds(),
        (old, _) => old.is_none(),
    };
    let valid = |demand: &EvidenceDemand| {
        demand
            .valid_for
            .as_ref()
            .map(|valid| Fact::new(format!("at most {} old", valid.value), valid.span))
    };
    recorder.compare(
        "valid_for",
        "valid_for",
        Presence::any(evidence_change(shorter)),
        valid(before),
        valid(after),
    );
}

fn evidence_change(raised: bool) -> PolicyChange {
    if raised {
        PolicyChange::ApprovalEvidenceRaised
    } else {
        PolicyChange::ApprovalEvidenceLowered
    }
}
