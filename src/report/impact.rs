//! The change-impact report: the versioned wire view of what a change set means.

mod people;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::Value;

use super::Place;
use super::view::place;
use crate::compat::acceptance::AcceptanceRow;
use crate::compat::approvals::Approval;
use crate::compat::consumers::Consumer;
use crate::compat::impact::{ControlRow, DocumentImpact, JudgedChange};
use crate::compat::{Impact, Side};
use crate::source::{Sources, Span};

/// The name and version of the shape of [`ImpactReport`].
pub const IMPACT_SCHEMA: &str = "flowgate/impact/v1";

/// Everything that a change set means.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ImpactReport {
    /// The name and version of this shape.
    #[schemars(extend("const" = IMPACT_SCHEMA))]
    pub schema: &'static str,
    /// What is compared with: a commit, or a folder.
    pub base: String,
    /// What is compared: a commit, `worktree`, or a folder.
    pub head: String,
    /// The verdict on the whole.
    pub verdict: OverallVerdict,
    /// The documents that changed, by kind and name.
    pub documents: Vec<ReportedImpact>,
    /// The controls of changed workflows.
    pub controls: Vec<ReportedControl>,
    /// Who must approve.
    pub approvals: Vec<ReportedApproval>,
    /// Breaks that are accepted on purpose, and entries that are without effect.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acceptances: Vec<ReportedAcceptanceEntry>,
}

/// The verdict on the whole.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OverallVerdict {
    /// The heaviest bump that is demanded: `major`, `minor`, `patch` or `none`.
    pub required: &'static str,
    /// False when a version is too low or running cases are without a plan.
    pub ok: bool,
    /// The verdict on one line.
    pub headline: String,
}

/// What the changes of one document mean.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedImpact {
    /// The kind, as `contract`.
    pub kind: &'static str,
    /// The name.
    pub name: String,
    /// The version before; null when there is none.
    pub before: Option<String>,
    /// The version after; null when there is none.
    pub after: Option<String>,
    /// The heaviest class: `breaking`, `review`, `additive`, `patch` or `none`.
    pub class: &'static str,
    /// The last release, which versions are measured against; absent when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released: Option<ReportedRelease>,
    /// The bump that the changes demand: those since the last release, where there is one.
    pub required: &'static str,
    /// The bump that the versions declare.
    pub declared: &'static str,
    /// The lowest version that meets the demand; null when there was no version.
    pub needed: Option<String>,
    /// False when the version is too low or running cases are without a plan.
    pub ok: bool,
    /// False when the version is too low.
    pub version_ok: bool,
    /// True when running cases are without a plan.
    pub plan_missing: bool,
    /// The changes, worst first.
    pub changes: Vec<ReportedChange>,
    /// Breaking changes that a workflow inherits from the contracts of its trigger.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inherited: Vec<ReportedInheritance>,
    /// States whose running cases cannot go on after the change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stranded: Vec<ReportedStranding>,
    /// Who reads the data, for contracts.
    pub consumers: Vec<ReportedConsumer>,
}

/// A change of a contract that breaks those who start a workflow.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedInheritance {
    /// The contract.
    pub contract: String,
    /// The kind of change.
    pub id: &'static str,
    /// The place inside the contract.
    pub path: String,
    /// What it means, in one sentence.
    pub why: String,
    /// Where the trigger names the contract, as `file:line`.
    pub at: String,
}

/// A state whose running cases cannot go on.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedStranding {
    /// The state, as it was called before.
    pub state: String,
    /// What happens to its cases, in one sentence.
    pub why: String,
    /// Where that shows, as `file:line`.
    pub at: String,
}

/// One change with its verdict.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedChange {
    /// The kind of change, as `flowgate explain` knows it.
    pub id: &'static str,
    /// Stays the same while document, path and values do; holds no line numbers.
    pub fingerprint: String,
    /// The place inside the document.
    pub path: String,
    /// `breaking`, `review`, `additive`, `patch` or `none`.
    pub class: &'static str,
    /// `backward`, `forward`, `both` or `none`.
    pub direction: &'static str,
    /// `weakened`, `strengthened` or `neutral`.
    pub control: &'static str,
    /// `migrate`, `pin` or `none`.
    pub in_flight: &'static str,
    /// What it was; null when it is new.
    pub before: Option<String>,
    /// What it is; null when it is gone.
    pub after: Option<String>,
    /// What it means, in one sentence.
    pub why: String,
    /// Where it stands on both sides.
    pub span: ChangePlaces,
    /// A payload that one side accepts and the other refuses; null when none was made.
    pub witness: Option<Value>,
    /// Set when the break is accepted on purpose; it then demands no more than an addition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<ReportedAcceptance>,
}

/// Why a break does not demand what it would.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedAcceptance {
    /// The reason that was given.
    pub reason: String,
    /// Who accepts it.
    pub approved_by: String,
    /// The day on which it was accepted.
    pub date: String,
}

/// An entry of a document that accepts a break on purpose.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedAcceptanceEntry {
    /// The kind of the document.
    pub kind: &'static str,
    /// The document.
    pub name: String,
    /// The change as the entry names it.
    pub change: String,
    /// The reason, where one is given.
    pub reason: Option<String>,
    /// Who accepts it, where somebody is named.
    pub approved_by: Option<String>,
    /// The day, where one is given.
    pub date: Option<String>,
    /// `in_force`, `incomplete`, `unused` or `forbidden`.
    pub standing: &'static str,
    /// Where the entry stands, as `file:line`.
    pub at: String,
}

/// The last release of a document.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedRelease {
    /// The version.
    pub version: String,
    /// The tag.
    pub tag: String,
}

/// Where a change stands on both sides.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChangePlaces {
    /// In the base; null when it is new.
    pub base: Option<Place>,
    /// In the head; null when it is gone.
    pub head: Option<Place>,
}

/// A reader of a changed contract.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedConsumer {
    /// The system or workflow.
    pub name: String,
    /// `broken`, `potentially_affected`, `unaffected` or `unknown`.
    pub status: &'static str,
    /// The changed fields that it reads; all that it reads when none of them changed.
    pub reads: Vec<String>,
    /// Where it reads, as `file:line`; null when that is not in this repository.
    pub at: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
}

/// A control of a changed workflow.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedControl {
    /// The workflow.
    pub workflow: String,
    /// The control.
    pub name: String,
    /// Its value before, with the unit.
    pub before: Option<String>,
    /// Its value after, with the unit.
    pub after: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// `kept`, `stronger` or `weaker`.
    pub standing: &'static str,
}

/// An approval that the change set needs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedApproval {
    /// By which duty: `control-owner`, `affected-owner`, `policy`, `queue-owner` or `owner`.
    pub gate: &'static str,
    /// A person, or a role.
    pub who: String,
    /// How many of those asked must agree; null when it is each of them.
    pub count: Option<String>,
    /// The changes that it is about, as `document: change-id`.
    pub because: Vec<String>,
    /// `missing`.
    pub state: &'static str,
}

/// The published JSON Schema of [`ImpactReport`].
pub fn schema() -> Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<ImpactReport>()
}

/// The report of an impact. `base` and `head` say what was compared.
pub fn impact_report(
    impact: &Impact,
    before: Side<'_>,
    after: Side<'_>,
    base: &str,
    head: &str,
) -> ImpactReport {
    let documents = impact.documents.iter();
    ImpactReport {
        schema: IMPACT_SCHEMA,
        base: base.to_owned(),
        head: head.to_owned(),
        verdict: OverallVerdict {
            required: impact.required.as_str(),
            ok: impact.ok,
            headline: impact.headline.clone(),
        },
        documents: documents
            .filter(|document| !document.changes.is_empty() || !document.inherited.is_empty())
            .map(|document| reported_document(document, before.sources, after.sources))
            .collect(),
        controls: impact.controls.iter().map(reported_control).collect(),
        approvals: impact.approvals.iter().map(reported_approval).collect(),
        acceptances: impact
            .acceptances
            .iter()
            .map(|row| reported_row(row, after.sources))
            .collect(),
    }
}

fn reported_document(
    document: &DocumentImpact,
    before: &Sources,
    after: &Sources,
) -> ReportedImpact {
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
            .map(|judged| reported_change(judged, before, after))
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

fn reported_change(judged: &JudgedChange, before: &Sources, after: &Sources) -> ReportedChange {
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
        witness: None,
        accepted: accepted.as_ref().map(|accepted| ReportedAcceptance {
            reason: accepted.reason.clone(),
            approved_by: accepted.approved_by.clone(),
            date: accepted.date.clone(),
        }),
    }
}

fn reported_consumer(consumer: &Consumer, sources: &Sources) -> ReportedConsumer {
    ReportedConsumer {
        name: consumer.name.clone(),
        status: consumer.status.as_str(),
        reads: consumer.reads.clone(),
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

impl ReportedAcceptance {
    /// `accepted by nadia.karim on 2026-11-20: Agreed with sales`
    pub fn text(&self) -> String {
        format!(
            "accepted by {} on {}: {}",
            self.approved_by, self.date, self.reason
        )
    }
}

impl ReportedAcceptanceEntry {
    /// `in force`, `incomplete`, `unused` or `forbidden`.
    pub fn standing_text(&self) -> String {
        self.standing.replace('_', " ")
    }
}

impl ReportedChange {
    /// Where it stands: in the head, or in the base when it is gone.
    pub fn place(&self) -> Option<String> {
        let place = self.span.head.as_ref().or(self.span.base.as_ref())?;
        let gone = if self.span.head.is_none() {
            " (base)"
        } else {
            ""
        };
        Some(format!("{}:{}{gone}", place.file, place.start.line))
    }

    /// `500 → 2000`, `added 5`, `removed 5`; empty when there is nothing to show.
    pub fn values(&self) -> String {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => format!("{before} → {after}"),
            (None, Some(after)) => format!("added {after}"),
            (Some(before), None) => format!("removed {before}"),
            (None, None) => String::new(),
        }
    }

    /// An arrow for what it does to a control.
    pub fn arrow(&self) -> &'static str {
        match self.control {
            "weakened" => "▼",
            "strengthened" => "▲",
            _ => "",
        }
    }
}
