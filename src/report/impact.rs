//! The change-impact report: the versioned wire view of what a change set means.

mod budget;
mod causes;
mod delta;
mod evidence;
mod people;
mod reach;
mod running;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::Value;

use super::Place;
use super::view::place;
use crate::check::Finding;
use crate::compat::ControlEffect;
use crate::compat::approvals::Approval;
use crate::compat::consumers::Consumer;
use crate::compat::impact::{ControlRow, DocumentImpact, JudgedChange};
use crate::compat::{Impact, Side};
use crate::source::{Sources, Span};
use crate::syntax::DocumentKind;
pub use budget::{BudgetRow, ReportedBudget, Sides};
pub use delta::{Checked, FindingsDelta};
use evidence::Plans;
pub use evidence::{Picture, TextRow, Texts};
use people::Told;
pub use reach::ReportedReach;
pub use running::{Move, ReportedPlan, ReportedRollBack};

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
    /// What changes for people, at most seven sentences, the weightiest first. Names and values are
    /// between backticks.
    pub people: Vec<String>,
    /// The documents that changed, by kind and name.
    pub documents: Vec<ReportedImpact>,
    /// The controls of changed workflows.
    pub controls: Vec<ReportedControl>,
    /// Who must approve.
    pub approvals: Vec<ReportedApproval>,
    /// Workflows that did not change themselves and rest on what did.
    pub indirect: Vec<ReportedReach>,
    /// How long cases of changed workflows may take.
    pub budgets: Vec<ReportedBudget>,
    /// What happens to running cases.
    pub in_flight: Vec<ReportedPlan>,
    /// Which findings of `check` are new and which were mended; null when they were not asked for.
    pub findings: Option<FindingsDelta>,
    /// How each document would be taken back.
    pub roll_back: Vec<ReportedRollBack>,
    /// How to get this report again.
    pub reproduce: Reproduction,
    /// The pictures of changed workflows; for formats that can show them.
    #[serde(skip)]
    pub pictures: Vec<Picture>,
    /// The changed files, side by side; for formats that can show them.
    #[serde(skip)]
    pub texts: Vec<Texts>,
}

/// How to get a report again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reproduction {
    /// The command.
    pub command: String,
    /// The version of flowgate.
    #[schemars(with = "String")]
    pub version: &'static str,
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
    /// The bump that the changes demand.
    pub required: &'static str,
    /// The bump that the versions declare.
    pub declared: &'static str,
    /// The lowest version that meets the demand; null when there was no version.
    pub needed: Option<String>,
    /// False when the version is too low or running cases are without a plan.
    pub ok: bool,
    /// True when running cases are without a plan.
    pub plan_missing: bool,
    /// The changes, worst first.
    pub changes: Vec<ReportedChange>,
    /// Who reads the data, for contracts.
    pub consumers: Vec<ReportedConsumer>,
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
    /// The fingerprint of the change that this one follows from; null when it stands for itself.
    pub follows_from: Option<String>,
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
    let changed: Vec<Changed<'_>> = impact
        .documents
        .iter()
        .filter(|document| !document.changes.is_empty())
        .map(|document| Changed {
            causes: causes::causes(&document.changes),
            plans: Plans::of(document, before, after),
            document,
        })
        .collect();
    let each = changed.iter().map(|changed| changed.document);
    ImpactReport {
        schema: IMPACT_SCHEMA,
        base: base.to_owned(),
        head: comparison.head.to_owned(),
        verdict: OverallVerdict {
            required: impact.required.as_str(),
            ok: impact.ok,
            headline: impact.headline.clone(),
        },
        people: people::sentences(changed.iter().flat_map(Changed::told).collect()),
        documents: changed
            .iter()
            .map(|changed| reported_document(changed, before.sources, after.sources))
            .collect(),
        controls: impact.controls.iter().map(reported_control).collect(),
        approvals: impact.approvals.iter().map(reported_approval).collect(),
        indirect: reach::indirect(impact, after.model),
        budgets: changed
            .iter()
            .filter_map(|changed| changed.budget(before, after))
            .collect(),
        in_flight: each
            .clone()
            .filter_map(|document| running::plan(document, after))
            .collect(),
        findings: comparison.findings.map(|(old, new)| {
            let (old, new) = (
                Checked {
                    findings: old,
                    sources: before.sources,
                },
                Checked {
                    findings: new,
                    sources: after.sources,
                },
            );
            delta::delta(old, new)
        }),
        roll_back: each
            .clone()
            .map(|document| running::roll_back(document, before, base))
            .collect(),
        reproduce: Reproduction {
            command: comparison.command.to_owned(),
            version: env!("CARGO_PKG_VERSION"),
        },
        pictures: changed
            .iter()
            .filter_map(|changed| evidence::picture(changed.document, changed.plans.as_ref()?))
            .collect(),
        texts: texts(each, before, after),
    }
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
                cause.is_none() || judged.verdict.control == ControlEffect::Weakened
            })
            .map(|(judged, _)| Told {
                document: self.document,
                judged,
                plan: self.plans.as_ref().and_then(Plans::latest),
            })
            .collect()
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
        ok: document.ok(),
        plan_missing: document.plan_missing(),
        changes: document
            .changes
            .iter()
            .zip(causes)
            .map(|(judged, cause)| reported_change(judged, cause, before, after))
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
        follows_from,
    }
}

fn reported_consumer(consumer: &Consumer, sources: &Sources) -> ReportedConsumer {
    let at = |span: Span| {
        let file = sources.file(span.source);
        format!("{}:{}", file.path(), file.position(span.start).line)
    };
    ReportedConsumer {
        name: consumer.name.clone(),
        status: consumer.status.as_str(),
        reads: consumer.reads.clone(),
        at: consumer.at.map(at),
        owner: consumer.owner.clone(),
    }
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

/// Somebody who must approve, with every duty and reason.
#[derive(Debug)]
pub struct Approver<'a> {
    /// A person, or a role.
    pub who: &'a str,
    /// The duties, in the order of their weight.
    pub duties: Vec<String>,
    /// The changes, as `document: change-id`.
    pub because: Vec<&'a str>,
}

impl ImpactReport {
    /// The approvals by person, in the order in which they are first asked.
    pub fn approvers(&self) -> Vec<Approver<'_>> {
        let mut approvers: Vec<Approver<'_>> = Vec::new();
        for approval in &self.approvals {
            let known = approvers
                .iter()
                .position(|approver| approver.who == approval.who);
            let index = known.unwrap_or_else(|| {
                approvers.push(Approver {
                    who: &approval.who,
                    duties: Vec::new(),
                    because: Vec::new(),
                });
                approvers.len() - 1
            });
            let approver = &mut approvers[index];
            let duty = match &approval.count {
                Some(count) => format!("{} ({count} of them)", approval.gate),
                None => approval.gate.to_owned(),
            };
            if !approver.duties.contains(&duty) {
                approver.duties.push(duty);
            }
            // The policy's own words are in the JSON; people look for the changes.
            for reason in approval
                .because
                .iter()
                .filter(|reason| reason.contains(": "))
            {
                if !approver.because.contains(&reason.as_str()) {
                    approver.because.push(reason);
                }
            }
        }
        approvers
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
