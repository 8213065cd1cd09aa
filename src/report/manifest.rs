//! The manifest of a release: everything that was released and why it might be, in a form whose
//! bytes are the same wherever it is made again.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::impact::ReportedRelease;
use crate::check::release::Candidate;
use crate::check::{Finding, Loaded};
use crate::compat::approvals::{Approval, State};
use crate::compat::change_set::{Part, parts};
use crate::compat::evidence::Given;
use crate::compat::impact::JudgedChange;
use crate::model::Model;
use crate::plan::{Digest, canonical, governance};
use crate::published;
use crate::rule::Level;
use crate::syntax::DocumentKind;

/// The name and version of the shape of [`Manifest`].
pub const MANIFEST_SCHEMA: &str = "flowgate/release/v1";

/// A release of one document.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Manifest {
    /// The name and version of this shape.
    #[schemars(extend("const" = MANIFEST_SCHEMA))]
    pub schema: &'static str,
    /// The tag.
    pub tag: String,
    /// The kind, as `workflow`.
    pub kind: &'static str,
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
    /// The release before; null for the first one.
    pub previous: Option<ReportedRelease>,
    /// What the changes since then demand, and what the version says.
    pub bump: ReleasedBump,
    /// The verdict on one line.
    pub headline: String,
    /// The commit that was released.
    pub commit: String,
    /// The day on which it was judged, as `2026-11-23`.
    pub judged_on: String,
    /// The version of flowgate.
    pub flowgate: String,
    /// SHA-256 of every file that the document and what it rests on is written in, by path.
    pub sources: BTreeMap<String, String>,
    /// The compiled plan; null for what is not compiled.
    pub plan: Option<ReleasedPlan>,
    /// The policies that judged it, with SHA-256 of their text.
    pub policies: BTreeMap<String, String>,
    /// What it rests on, as `contract/employee.identity.v1`.
    pub lock: BTreeMap<String, Locked>,
    /// SHA-256 over the texts before and after, which approvals are bound to.
    pub change_set: String,
    /// The changes since the last release, worst first.
    pub changes: Vec<ReleasedChange>,
    /// What `check` found in it.
    pub findings: ReleasedFindings,
    /// The findings that are accepted for a while.
    pub suppressions: Vec<ReleasedSuppression>,
    /// The scenarios; null for what has none.
    pub scenarios: Option<ReleasedScenarios>,
    /// Who had to approve, and who did.
    pub approvals: Vec<ReleasedApproval>,
    /// Whether the approvals had to be proved.
    pub approvals_enforced: bool,
    /// What happens to running cases; null for what has none.
    pub in_flight: Option<governance::Change>,
    /// The rollout stage; null for what has none.
    pub stage: Option<u8>,
    /// The release to go back to; null for the first one.
    pub roll_back: Option<String>,
}

/// A demand and what meets it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReleasedBump {
    /// `major`, `minor`, `patch` or `none`.
    pub required: &'static str,
    /// `major`, `minor`, `patch` or `none`.
    pub declared: &'static str,
}

/// A compiled plan.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReleasedPlan {
    /// The digest of what it means.
    pub digest: String,
    /// SHA-256 of the file that `flowgate compile --target plan` writes.
    pub file: String,
}

/// A document that the released one rests on.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Locked {
    /// Its version; null when it has none.
    pub version: Option<String>,
    /// SHA-256 of its text.
    pub digest: String,
}

/// A change since the last release.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReleasedChange {
    /// The kind of change, as `flowgate explain` knows it.
    pub id: &'static str,
    /// Stays the same while document, path and values do.
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
    /// What it means, in one sentence.
    pub why: String,
    /// Who accepts the break on purpose; null when nobody does.
    pub accepted_by: Option<String>,
}

/// How many findings there are.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
pub struct ReleasedFindings {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub infos: usize,
}

/// A finding that is accepted for a while.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReleasedSuppression {
    /// The rule.
    pub rule: String,
    /// The place inside the document.
    pub path: String,
    /// Why.
    pub reason: String,
    /// Until when; null when no day is named.
    pub until: Option<String>,
    /// Who accepted it.
    pub approved_by: Option<String>,
}

/// How many scenarios were played.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct ReleasedScenarios {
    /// All.
    pub played: usize,
    /// Those that ended as expected.
    pub passed: usize,
}

/// An approval that the release needed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReleasedApproval {
    /// By which duty: `control-owner`, `affected-owner`, `policy`, `queue-owner` or `owner`.
    pub gate: &'static str,
    /// A person, or `role` with its name.
    pub who: String,
    /// How many of those asked must agree; null when it is one.
    pub count: Option<String>,
    /// The changes that it is about.
    pub because: Vec<String>,
    /// `given`, `missing`, `stale` or `refused`.
    pub state: &'static str,
    /// Why it does not count, or why nobody can give it.
    pub trouble: Option<String>,
    /// What was given.
    pub given: Vec<ReleasedEvidence>,
}

/// A proof of an approval.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReleasedEvidence {
    /// Who approved.
    pub person: String,
    /// `claimed`, `committed`, `signed` or `exported`.
    pub grade: &'static str,
    /// The day.
    pub date: String,
    /// Where it is recorded.
    pub record: String,
    /// The fingerprint of the key; null for what is not signed.
    pub key: Option<String>,
}

/// The manifest of a candidate; `None` without a version.
pub fn manifest(
    candidate: &Candidate,
    loaded: &Loaded,
    findings: &[Finding],
    commit: &str,
) -> Option<Manifest> {
    let parts = parts(loaded.side(), candidate.kind, &candidate.name);
    let own: Vec<&Finding> = candidate.own_findings(loaded, findings).collect();
    let declaration = &candidate.document.declaration;
    let plan = candidate.tested.as_ref().map(|tested| &tested.plan);
    Some(Manifest {
        schema: MANIFEST_SCHEMA,
        tag: candidate.tag.clone()?,
        kind: candidate.kind.as_str(),
        name: candidate.name.clone(),
        version: candidate.version.as_ref()?.to_string(),
        previous: previous(candidate),
        bump: ReleasedBump {
            required: declaration.required.as_str(),
            declared: declaration.declared.as_str(),
        },
        headline: candidate.headline.clone(),
        commit: commit.to_owned(),
        judged_on: loaded.model.surroundings.today.to_string(),
        flowgate: env!("CARGO_PKG_VERSION").to_owned(),
        sources: sources(&parts, loaded),
        plan: plan.map(|plan| ReleasedPlan {
            digest: plan.digest.as_str().to_owned(),
            file: digest(&plan.to_json()),
        }),
        policies: policies(loaded),
        lock: lock(&parts, &loaded.model),
        change_set: candidate.change_set.clone(),
        changes: candidate.document.changes.iter().map(change).collect(),
        findings: counted(&own),
        suppressions: own
            .iter()
            .filter_map(|finding| suppression(finding))
            .collect(),
        scenarios: candidate.tested.as_ref().map(|tested| ReleasedScenarios {
            played: tested.cases.len(),
            passed: tested
                .cases
                .iter()
                .filter(|case| case.failures.is_empty())
                .count(),
        }),
        approvals: candidate.approvals.iter().map(approval).collect(),
        approvals_enforced: candidate.enforced,
        in_flight: plan.map(|plan| plan.change.clone()),
        stage: plan.map(|plan| plan.stage),
        roll_back: candidate.previous.as_ref().map(|(_, tag)| tag.clone()),
    })
}

/// The bytes of a manifest: JSON with sorted keys and no white space, as RFC 8785 has it.
pub fn bytes(manifest: &Manifest) -> Vec<u8> {
    let value = serde_json::to_value(manifest).unwrap_or_default();
    canonical::text(&value).into_bytes()
}

/// The published JSON Schema of [`Manifest`].
pub fn schema() -> Schema {
    published::schema::<Manifest>()
}

fn digest(text: &str) -> String {
    Digest::of_bytes(text.as_bytes()).as_str().to_owned()
}

/// The release before a candidate.
pub(super) fn previous(candidate: &Candidate) -> Option<ReportedRelease> {
    let previous = candidate.previous.as_ref();
    previous.map(|(version, tag)| ReportedRelease {
        version: version.to_string(),
        tag: tag.clone(),
    })
}

fn sources(parts: &[Part], loaded: &Loaded) -> BTreeMap<String, String> {
    let paths = parts.iter().flat_map(|part| &part.paths);
    let texts = &loaded.model.surroundings.files.texts;
    paths
        .filter_map(|path| {
            let file = loaded.sources.find(path);
            let text = file.map(|id| loaded.sources.file(id).text());
            let text = text.or_else(|| texts.get(path).map(String::as_str))?;
            Some((path.clone(), digest(text)))
        })
        .collect()
}

fn policies(loaded: &Loaded) -> BTreeMap<String, String> {
    let policies = loaded.model.project.all_policies();
    policies
        .map(|policy| {
            let text = loaded.sources.text(policy.span);
            (policy.name.value.clone(), digest(text))
        })
        .collect()
}

fn lock(parts: &[Part], model: &Model) -> BTreeMap<String, Locked> {
    let rests_on = parts.iter().skip(1);
    rests_on
        .filter(|part| part.kind != DocumentKind::Project)
        .map(|part| {
            let document = model.versioned_document(part.kind, &part.name);
            let version = document.and_then(|document| document.current());
            let locked = Locked {
                version: version.map(|version| version.to_string()),
                digest: digest(&part.text),
            };
            (format!("{}/{}", part.kind.as_str(), part.name), locked)
        })
        .collect()
}

fn change(judged: &JudgedChange) -> ReleasedChange {
    let verdict = &judged.verdict;
    ReleasedChange {
        id: judged.meta.id,
        fingerprint: verdict.fingerprint.clone(),
        path: judged.change.path.clone(),
        class: verdict.class.as_str(),
        direction: verdict.direction.as_str(),
        control: verdict.control.as_str(),
        in_flight: verdict.in_flight.as_str(),
        why: verdict.why.clone(),
        accepted_by: judged
            .accepted
            .as_ref()
            .map(|accepted| accepted.approved_by.clone()),
    }
}

fn counted(findings: &[&Finding]) -> ReleasedFindings {
    let mut counted = ReleasedFindings::default();
    for finding in findings
        .iter()
        .filter(|finding| finding.suppressed.is_none())
    {
        match finding.diagnostic.level {
            Level::Error => counted.errors += 1,
            Level::Warning => counted.warnings += 1,
            Level::Info => counted.infos += 1,
        }
    }
    counted
}

fn suppression(finding: &Finding) -> Option<ReleasedSuppression> {
    let suppressed = finding.suppressed.as_ref()?;
    Some(ReleasedSuppression {
        rule: finding.diagnostic.rule.id.to_string(),
        path: finding.path.clone(),
        reason: suppressed.reason.clone(),
        until: suppressed.until.clone(),
        approved_by: suppressed.approved_by.clone(),
    })
}

/// An approval as outputs write it.
pub(super) fn approval(approval: &Approval) -> ReleasedApproval {
    ReleasedApproval {
        gate: approval.gate.as_str(),
        who: approval.who.clone(),
        count: approval.count.clone(),
        because: approval.because.clone(),
        state: approval.state.as_str(),
        trouble: approval
            .trouble
            .clone()
            .filter(|_| approval.state != State::Given),
        given: approval.given.iter().map(evidence).collect(),
    }
}

fn evidence(given: &Given) -> ReleasedEvidence {
    ReleasedEvidence {
        person: given.person.clone(),
        grade: given.grade.as_str(),
        date: given.date.to_string(),
        record: given.record.clone(),
        key: given.key.clone(),
    }
}
