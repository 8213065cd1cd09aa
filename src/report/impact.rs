//! The change-impact report: the versioned wire view of what a change set means.

mod behaviour;
mod budget;
mod build;
mod delta;
mod evidence;
mod people;
mod reach;
mod running;
mod shown;

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::Place;
use super::witness::ReportedWitness;
use crate::published;
pub use behaviour::{Course, DifferingCase, ReportedBehaviour};
pub use budget::{BudgetRow, ReportedBudget, Sides};
pub use build::{Comparison, impact_report};
pub use delta::{Checked, FindingsDelta};
pub use evidence::{Picture, TextRow, Texts};
pub use reach::ReportedReach;
pub use running::{Move, ReportedPlan, ReportedRollBack};
pub use shown::Approver;

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
    /// Breaks that are accepted on purpose, and entries that are without effect.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acceptances: Vec<ReportedAcceptanceEntry>,
    /// Documents that did not change themselves and rest on what did.
    pub indirect: Vec<ReportedReach>,
    /// How long cases of changed workflows may take.
    pub budgets: Vec<ReportedBudget>,
    /// What happens to running cases.
    pub in_flight: Vec<ReportedPlan>,
    /// What happens differently when the scenarios are played on both versions; empty when `check`
    /// was not asked, since only sound workflows can be played.
    pub behaviour: Vec<ReportedBehaviour>,
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
    /// The SHA-256 digest of all files of the base that were read, with their paths.
    pub base_digest: String,
    /// The SHA-256 digest of all files of the head that were read, with their paths.
    pub head_digest: String,
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
    /// The name under which that version is published beside this one, for a contract whose major
    /// goes up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed_name: Option<String>,
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
    /// Who relies on it: the readers of a contract, and what names another document.
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
    pub witness: Option<ReportedWitness>,
    /// Set when something is gone and something new looks the same: what to write if it was renamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// The fingerprint of the change that this one follows from; null when it stands for itself.
    pub follows_from: Option<String>,
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
    /// What it is, as `workflow`, `system` or `policy`; `consumer` when that is not known.
    pub kind: &'static str,
    /// The document, or a system.
    pub name: String,
    /// `broken`, `potentially_affected`, `unaffected` or `unknown`.
    pub status: &'static str,
    /// The changed fields that it reads; all that it reads when none of them changed.
    pub reads: Vec<String>,
    /// The changed fields with the first place that reads each.
    pub lineage: Vec<ReportedReading>,
    /// Where it reads, as `file:line`; null when that is not in this repository.
    pub at: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
}

/// Where a field is read.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedReading {
    /// The field.
    pub field: String,
    /// The place, as `file:line`.
    pub at: String,
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
    published::schema::<ImpactReport>()
}
