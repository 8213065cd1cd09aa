//! What `flowgate status` and `flowgate release` say: where every document stands, what was
//! released, and whether a tag holds what it says.

use std::io::{self, Write};

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::HumanOptions;
use super::impact::ReportedRelease;
use super::manifest::{ReleasedApproval, approval, previous};
use super::wording::count;
use crate::check::release::{Candidate, Standing};
use crate::published;

/// The name and version of the shape of [`ReleaseReport`].
pub const RELEASE_SCHEMA: &str = "flowgate/releases/v1";
/// The name and version of the shape of [`ProofReport`].
pub const PROOF_SCHEMA: &str = "flowgate/release-proof/v1";

/// What is said about releases.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Releases {
    /// Where documents stand, and what was released.
    Report(ReleaseReport),
    /// Whether a tag holds what it says.
    Proof(ProofReport),
}

/// Where documents stand, and what was released.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReleaseReport {
    /// The name and version of this shape.
    #[schemars(extend("const" = RELEASE_SCHEMA))]
    pub schema: &'static str,
    /// What was asked for: `status`, `dry-run` or `release`.
    pub mode: &'static str,
    /// The commit.
    pub commit: String,
    /// Whether the tags are signed.
    pub signed: bool,
    /// Whether tags were made.
    pub released: bool,
    /// The documents, by kind and name.
    pub documents: Vec<ReportedCandidate>,
}

/// Where a document stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedCandidate {
    /// The kind, as `workflow`.
    pub kind: &'static str,
    /// The name.
    pub name: String,
    /// The version that it declares; null when it declares none.
    pub declared: Option<String>,
    /// The tag of that version.
    pub tag: Option<String>,
    /// The release before; null when there was none.
    pub released: Option<ReportedRelease>,
    /// `released`, `unchanged`, `draft`, `ready` or `blocked`.
    pub standing: &'static str,
    /// How many changes there are since the last release.
    pub changes: usize,
    /// The bump that they demand: `major`, `minor`, `patch` or `none`.
    pub required: &'static str,
    /// The lowest version that meets the demand; null when there was no release.
    pub next: Option<String>,
    /// The verdict on one line.
    pub headline: String,
    /// What approvals are bound to.
    pub change_set: String,
    /// Who must approve, where proof is asked for.
    pub approvals: Vec<ReleasedApproval>,
    /// What stands in the way.
    pub obstacles: Vec<String>,
    /// SHA-256 of the manifest; null for what is not released.
    pub manifest: Option<String>,
    /// The message of the tag; null for what is not released.
    pub message: Option<String>,
}

/// Whether a tag holds what it says.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProofReport {
    /// The name and version of this shape.
    #[schemars(extend("const" = PROOF_SCHEMA))]
    pub schema: &'static str,
    /// The tag.
    pub tag: String,
    /// The commit that it stands for.
    pub commit: String,
    /// Whether everything holds.
    pub ok: bool,
    /// What was looked at, in order.
    pub checks: Vec<Proof>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Proof {
    /// What, as `signature`.
    pub what: &'static str,
    /// Whether it holds.
    pub ok: bool,
    /// What was found, in one sentence.
    pub found: String,
}

impl ReleaseReport {
    /// How many documents something stands in the way of.
    pub fn blocked(&self) -> usize {
        self.standing(Standing::Blocked)
    }

    fn standing(&self, standing: Standing) -> usize {
        let documents = self.documents.iter();
        documents
            .filter(|document| document.standing == standing.as_str())
            .count()
    }
}

/// Where a candidate stands.
pub fn reported(candidate: &Candidate) -> ReportedCandidate {
    let declaration = &candidate.document.declaration;
    let needed = declaration
        .needed()
        .filter(|_| candidate.previous.is_some());
    let approvals = candidate.approvals.iter();
    let is_open = candidate.is_open();
    ReportedCandidate {
        kind: candidate.kind.as_str(),
        name: candidate.name.clone(),
        declared: candidate.version.as_ref().map(ToString::to_string),
        tag: candidate.tag.clone(),
        released: previous(candidate),
        standing: candidate.standing.as_str(),
        changes: candidate.document.changes.len(),
        required: declaration.required.as_str(),
        next: needed.map(|version| version.to_string()),
        headline: candidate.headline.clone(),
        change_set: candidate.change_set.clone(),
        approvals: approvals
            .filter(|_| candidate.enforced && is_open)
            .map(approval)
            .collect(),
        obstacles: candidate.obstacles.clone(),
        manifest: None,
        message: None,
    }
}

/// The published JSON Schema of [`Releases`].
pub fn schema() -> Schema {
    published::schema::<Releases>()
}

/// Writes it for people.
///
/// # Errors
/// When writing fails.
pub fn write_human(
    releases: &Releases,
    _options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    match releases {
        Releases::Report(report) => {
            table(report, out)?;
            for document in &report.documents {
                details(report, document, out)?;
            }
            writeln!(out, "\n{}", conclusion(report))
        }
        Releases::Proof(report) => proof(report, out),
    }
}

fn table(report: &ReleaseReport, out: &mut dyn Write) -> io::Result<()> {
    const HEAD: [&str; 5] = ["document", "released", "declared", "required", "standing"];
    let rows: Vec<[String; 5]> = report.documents.iter().map(cells).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0).max(HEAD[column].len())
    };
    let widths: [usize; 5] = std::array::from_fn(width);
    let head = HEAD.map(str::to_owned);
    for row in std::iter::once(&head).chain(&rows) {
        let cells = row.iter().zip(widths);
        let cells: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

fn cells(document: &ReportedCandidate) -> [String; 5] {
    let text = |text: Option<&String>| text.cloned().unwrap_or_else(|| "–".to_owned());
    let released = document.released.as_ref().map(|released| &released.version);
    let required = match &document.next {
        Some(next) if document.required != "none" => format!("{} ({next})", document.required),
        _ => document.required.to_owned(),
    };
    let standing = match document.changes {
        0 => document.standing.to_owned(),
        changes => format!("{}, {}", document.standing, count(changes, "change")),
    };
    [
        format!("{} {}", document.kind, document.name),
        text(released),
        text(document.declared.as_ref()),
        required,
        standing,
    ]
}

/// What stands in the way, and what a dry run would do.
fn details(
    report: &ReleaseReport,
    document: &ReportedCandidate,
    out: &mut dyn Write,
) -> io::Result<()> {
    if !document.obstacles.is_empty() {
        writeln!(out, "\n{} {}", document.kind, document.name)?;
        for obstacle in &document.obstacles {
            writeln!(out, "  - {obstacle}")?;
        }
    }
    let (Some(message), Some(tag)) = (&document.message, &document.tag) else {
        return Ok(());
    };
    let signed = if report.signed {
        "signed "
    } else {
        "unsigned "
    };
    let verb = if report.released { "is" } else { "would be" };
    let commit: String = report.commit.chars().take(12).collect();
    writeln!(out, "\n{signed}tag `{tag}` {verb} at {commit}:")?;
    for line in message.lines() {
        writeln!(out, "{}", format!("    {line}").trim_end())?;
    }
    Ok(())
}

fn conclusion(report: &ReleaseReport) -> String {
    let blocked = report.blocked();
    let ready = report.standing(Standing::Ready);
    let stands = if blocked == 1 {
        "Something stands in the way of 1 document".to_owned()
    } else {
        format!("Something stands in the way of {blocked} documents")
    };
    match (report.mode, report.released, blocked, ready) {
        (_, true, ..) => {
            let tags = report.documents.iter();
            let tags: Vec<&str> = tags
                .filter(|document| document.message.is_some())
                .filter_map(|document| document.tag.as_deref())
                .collect();
            format!(
                "Released {}. Publish it with `git push origin {} 'refs/flowgate/releases/*'`.",
                count(tags.len(), "document"),
                tags.join(" ")
            )
        }
        ("status", _, 0, 0) => "Everything is released.".to_owned(),
        ("status", _, 0, ready) => {
            format!(
                "{} can be released with `flowgate release`.",
                count(ready, "document")
            )
        }
        ("status", ..) => format!("{stands}."),
        (_, _, 0, 0) => "There is nothing to release.".to_owned(),
        (_, _, 0, ready) => format!("{} would be released.", count(ready, "document")),
        _ => format!("{stands}; nothing is released."),
    }
}

fn proof(report: &ProofReport, out: &mut dyn Write) -> io::Result<()> {
    let commit: String = report.commit.chars().take(12).collect();
    writeln!(out, "{} at {commit}", report.tag)?;
    for proof in &report.checks {
        let mark = if proof.ok { "ok     " } else { "differs" };
        writeln!(out, "  {mark}  {}: {}", proof.what, proof.found)?;
    }
    let conclusion = if report.ok {
        "The tag holds what it says."
    } else {
        "The tag does not hold what it says."
    };
    writeln!(out, "\n{conclusion}")
}
