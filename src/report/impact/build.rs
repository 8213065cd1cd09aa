//! From what a change set means to its report.

use std::collections::BTreeSet;

use super::behaviour::{self, Judges, ReportedBehaviour};
use super::delta::{self, Checked, FindingsDelta};
use super::evidence::{self, Picture, Plans, Texts};
use super::people::{self, Told};
use super::{
    ChangePlaces, IMPACT_SCHEMA, ImpactReport, OverallVerdict, ReportedAcceptance,
    ReportedAcceptanceEntry, ReportedApproval, ReportedBudget, ReportedChange, ReportedConsumer,
    ReportedControl, ReportedImpact, ReportedInheritance, ReportedReading, ReportedRelease,
    ReportedStranding, Reproduction, budget, reach, running,
};
use crate::check::Finding;
use crate::compat::acceptance::AcceptanceRow;
use crate::compat::approvals::Approval;
use crate::compat::causes;
use crate::compat::consumers::Consumer;
use crate::compat::impact::{ControlRow, DocumentImpact, JudgedChange};
use crate::compat::{ControlEffect, Impact, Side};
use crate::report::view::place;
use crate::report::witness::ReportedWitness;
use crate::source::{Sources, Span};
use crate::syntax::DocumentKind;

/// What a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Comparison<'a> {
    /// What the changes mean.
    pub impact: &'a Impact,
    /// The project before.
    pub before: Side<'a>,
    /// The project after.
    pub after: Side<'a>,
    /// What is compared with, in words.
    pub base: &'a str,
    /// What is compared, in words.
    pub head: &'a str,
    /// What `check` finds before and after, when that was asked for.
    pub findings: Option<(&'a [Finding], &'a [Finding])>,
    /// The files in which findings are counted that did not change; all when absent.
    pub reached: Option<&'a BTreeSet<String>>,
    /// The digests of the files with documents, before and after.
    pub digests: (&'a str, &'a str),
    /// The command that makes this report.
    pub command: &'a str,
}

/// The report of a comparison.
pub fn impact_report(comparison: &Comparison<'_>) -> ImpactReport {
    let Comparison {
        impact,
        before,
        after,
        base,
        ..
    } = *comparison;
    let changed = changed(comparison);
    let each = changed.iter().map(|changed| changed.document);
    let behaviour = behaviours(&changed, comparison);
    let sentences = people::sentences(changed.iter().flat_map(Changed::told).collect());
    ImpactReport {
        schema: IMPACT_SCHEMA,
        base: base.to_owned(),
        head: comparison.head.to_owned(),
        verdict: verdict(impact),
        people: people::with_instances(sentences, &behaviour),
        documents: changed
            .iter()
            .map(|changed| reported_document(changed, before.sources, after.sources))
            .collect(),
        controls: impact.controls.iter().map(reported_control).collect(),
        approvals: impact.approvals.iter().map(reported_approval).collect(),
        acceptances: impact
            .acceptances
            .iter()
            .map(|row| reported_row(row, after.sources))
            .collect(),
        indirect: reach::indirect(impact, after.model),
        budgets: changed
            .iter()
            .filter_map(|changed| changed.budget(before, after))
            .collect(),
        in_flight: each
            .clone()
            .filter_map(|document| running::plan(document, after))
            .collect(),
        behaviour,
        findings: delta_of(comparison),
        roll_back: each
            .clone()
            .map(|document| running::roll_back(document, before, base))
            .collect(),
        reproduce: Reproduction {
            command: comparison.command.to_owned(),
            version: env!("CARGO_PKG_VERSION"),
            base_digest: comparison.digests.0.to_owned(),
            head_digest: comparison.digests.1.to_owned(),
        },
        pictures: changed.iter().filter_map(Changed::picture).collect(),
        texts: texts(each, before, after),
    }
}

/// The documents that changed, or that something else changes.
fn changed<'a>(comparison: &Comparison<'a>) -> Vec<Changed<'a>> {
    let documents = comparison.impact.documents.iter();
    documents
        .filter(|document| !document.changes.is_empty() || !document.inherited.is_empty())
        .map(|document| Changed {
            causes: causes::causes(&document.changes),
            plans: Plans::of(document, comparison.before, comparison.after),
            document,
        })
        .collect()
}

fn behaviours(changed: &[Changed<'_>], comparison: &Comparison<'_>) -> Vec<ReportedBehaviour> {
    let Some((before, after)) = comparison.findings else {
        return Vec::new();
    };
    let judges = Judges {
        before: (comparison.before, before),
        after: (comparison.after, after),
    };
    let changed = changed.iter();
    changed
        .filter_map(|changed| behaviour::replay(changed.document, changed.plans.as_ref()?, judges))
        .collect()
}

fn verdict(impact: &Impact) -> OverallVerdict {
    OverallVerdict {
        required: impact.required.as_str(),
        ok: impact.ok,
        headline: impact.headline.clone(),
    }
}

fn delta_of(comparison: &Comparison<'_>) -> Option<FindingsDelta> {
    let (before, after) = comparison.findings?;
    let before = Checked {
        findings: before,
        sources: comparison.before.sources,
    };
    let after = Checked {
        findings: after,
        sources: comparison.after.sources,
    };
    Some(delta::delta(before, after, comparison.reached))
}

/// Each pair of files once, though several documents may stand in it.
fn texts<'a>(
    documents: impl Iterator<Item = &'a DocumentImpact>,
    before: Side<'_>,
    after: Side<'_>,
) -> Vec<Texts> {
    let mut all: Vec<Texts> = Vec::new();
    for document in documents {
        let texts = evidence::texts(document, before, after);
        let known = all
            .iter()
            .any(|known| (&known.before, &known.after) == (&texts.before, &texts.after));
        if !known && !texts.hunks.is_empty() {
            all.push(texts);
        }
    }
    all
}

/// A changed document with what is derived from it more than once.
struct Changed<'a> {
    document: &'a DocumentImpact,
    causes: Vec<Option<usize>>,
    plans: Option<Plans>,
}

impl Changed<'_> {
    /// What is told to people: changes that stand for themselves, and all that weaken a control.
    fn told(&self) -> Vec<Told<'_>> {
        let changes = self.document.changes.iter().zip(&self.causes);
        changes
            .filter(|(judged, cause)| {
                let cause = cause.map(|cause| &self.document.changes[cause].verdict);
                let weakens = judged.verdict.control == ControlEffect::Weakened;
                cause.is_none_or(|cause| weakens && cause.control != ControlEffect::Weakened)
            })
            .map(|(judged, _)| Told {
                document: self.document,
                judged,
                plan: self.plans.as_ref().and_then(Plans::latest),
            })
            .collect()
    }

    fn picture(&self) -> Option<Picture> {
        evidence::picture(self.document, self.plans.as_ref()?)
    }

    fn budget(&self, before: Side<'_>, after: Side<'_>) -> Option<ReportedBudget> {
        let facts = &self.document.facts;
        let name = |side: &'_ Option<crate::diff::DocumentSide>| {
            side.as_ref().map(|side| side.name.clone())
        };
        if facts.kind != DocumentKind::Workflow {
            return None;
        }
        budget::budget(
            (before.model, name(&facts.before).as_deref()),
            (after.model, name(&facts.after).as_deref()),
            facts.name(),
        )
    }
}

fn reported_document(changed: &Changed<'_>, before: &Sources, after: &Sources) -> ReportedImpact {
    let document = changed.document;
    let causes = changed
        .causes
        .iter()
        .map(|cause| cause.map(|cause| document.changes[cause].verdict.fingerprint.clone()));
    let declaration = &document.declaration;
    let text = |version: &Option<semver::Version>| version.as_ref().map(ToString::to_string);
    ReportedImpact {
        kind: document.facts.kind.as_str(),
        name: document.facts.name().to_owned(),
        before: text(&declaration.before),
        after: text(&declaration.after),
        class: document.class.as_str(),
        required: declaration.required.as_str(),
        declared: declaration.declared.as_str(),
        needed: declaration.needed().map(|version| version.to_string()),
        needed_name: declaration.new_name(&document.facts),
        ok: document.ok(),
        version_ok: declaration.ok(),
        released: declaration
            .released
            .as_ref()
            .map(|(version, tag)| ReportedRelease {
                version: version.to_string(),
                tag: tag.clone(),
            }),
        plan_missing: document.plan_missing(),
        changes: document
            .changes
            .iter()
            .zip(causes)
            .map(|(judged, cause)| reported_change(judged, cause, before, after))
            .collect(),
        inherited: document
            .inherited
            .iter()
            .map(|inherited| ReportedInheritance {
                contract: inherited.contract.clone(),
                id: inherited.id,
                path: inherited.path.clone(),
                why: inherited.why.clone(),
                at: line(after, inherited.span),
            })
            .collect(),
        stranded: document
            .stranded
            .iter()
            .map(|stranded| ReportedStranding {
                state: stranded.state.clone(),
                why: format!("{}.", stranded.sentence()),
                at: line(after, stranded.span),
            })
            .collect(),
        consumers: document
            .consumers
            .iter()
            .map(|consumer| reported_consumer(consumer, after))
            .collect(),
    }
}

fn reported_change(
    judged: &JudgedChange,
    follows_from: Option<String>,
    before: &Sources,
    after: &Sources,
) -> ReportedChange {
    let JudgedChange {
        change,
        verdict,
        meta,
        accepted,
    } = judged;
    let side = |sources: &Sources, site: &Option<crate::diff::Site>| {
        site.as_ref().map(|site| place(sources, site.span))
    };
    ReportedChange {
        id: meta.id,
        fingerprint: verdict.fingerprint.clone(),
        path: change.path.clone(),
        class: verdict.class.as_str(),
        direction: verdict.direction.as_str(),
        control: verdict.control.as_str(),
        in_flight: verdict.in_flight.as_str(),
        before: change.before.as_ref().map(|site| site.text.clone()),
        after: change.after.as_ref().map(|site| site.text.clone()),
        why: verdict.why.clone(),
        span: ChangePlaces {
            base: side(before, &change.before),
            head: side(after, &change.after),
        },
        witness: verdict.witness.as_ref().map(ReportedWitness::of),
        suggestion: suggestion(judged, after),
        follows_from,
        accepted: accepted.as_ref().map(|accepted| ReportedAcceptance {
            reason: accepted.reason.clone(),
            approved_by: accepted.approved_by.clone(),
            date: accepted.date.clone(),
        }),
    }
}

/// A question to whoever removed something; what is new needs no second one.
fn suggestion(judged: &JudgedChange, after: &Sources) -> Option<String> {
    let lookalike = judged.change.lookalike.as_ref();
    let lookalike = lookalike.filter(|_| judged.change.after.is_none())?;
    let crate::diff::Lookalike {
        before,
        after: now,
        span,
    } = lookalike;
    Some(format!(
        "Did you mean to rename it? `{now}` looks the same: write `renamed_from: {before}` there ({}).",
        line(after, *span)
    ))
}

fn reported_consumer(consumer: &Consumer, sources: &Sources) -> ReportedConsumer {
    ReportedConsumer {
        kind: consumer.kind,
        name: consumer.name.clone(),
        status: consumer.status.as_str(),
        reads: consumer.reads.clone(),
        lineage: consumer
            .places
            .iter()
            .map(|(field, span)| ReportedReading {
                field: field.clone(),
                at: line(sources, *span),
            })
            .collect(),
        at: consumer.at.map(|span| line(sources, span)),
        owner: consumer.owner.clone(),
    }
}

fn reported_row(row: &AcceptanceRow, sources: &Sources) -> ReportedAcceptanceEntry {
    ReportedAcceptanceEntry {
        kind: row.kind.as_str(),
        name: row.document.clone(),
        change: row.change.clone(),
        reason: row.reason.clone(),
        approved_by: row.approved_by.clone(),
        date: row.date.clone(),
        standing: row.standing.as_str(),
        at: line(sources, row.span),
    }
}

/// `workflows/refund.yaml:40`
fn line(sources: &Sources, span: Span) -> String {
    let file = sources.file(span.source);
    format!("{}:{}", file.path(), file.position(span.start).line)
}

fn reported_control(control: &ControlRow) -> ReportedControl {
    ReportedControl {
        workflow: control.workflow.clone(),
        name: control.name.clone(),
        before: control.before.clone(),
        after: control.after.clone(),
        owner: control.owner.clone(),
        standing: control.standing.as_str(),
    }
}

fn reported_approval(approval: &Approval) -> ReportedApproval {
    ReportedApproval {
        gate: approval.gate.as_str(),
        who: approval.who.clone(),
        count: approval.count.clone(),
        because: approval.because.clone(),
        state: approval.state.as_str(),
    }
}
