//! Reports: the versioned wire view of what was found, and the formats that write it.
//!
//! [`view`] is the only way from inner types to a report. A format gets the report and the texts
//! it is about and writes bytes; it never prints, and reads neither environment nor clock.

pub mod announcement;
pub mod baseline;
pub mod compile;
pub mod difference;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod human;
pub mod impact;
pub mod impact_human;
pub mod impact_markdown;
pub mod json;
pub mod junit;
pub mod manifest;
pub mod markdown;
pub mod policy_test;
pub mod readiness;
mod readiness_human;
mod readiness_markdown;
pub mod readiness_svg;
pub mod release;
pub mod sarif;
pub mod stage;
pub mod suppressions;
pub mod test;
pub mod test_view;
pub mod trace;
pub mod versions;
pub mod view;
pub mod walk;

#[cfg(test)]
mod sample;
pub mod witness;
pub mod wording;

use std::io::{self, Write};
use std::time::Duration;

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

use crate::diagnostic::Applicability;
use crate::published;
use crate::rule::{Declared, Family, Level, RuleId, Text};
use crate::source::Sources;

/// The name and version of the shape of [`CheckReport`].
pub const CHECK_SCHEMA: &str = "flowgate/report/v1";

/// Everything that `flowgate check` found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CheckReport {
    /// The name and version of this shape.
    #[schemars(extend("const" = CHECK_SCHEMA))]
    pub schema: &'static str,
    /// What was found, sorted by file, byte and rule.
    pub findings: Vec<ReportedFinding>,
    /// How much was found.
    pub summary: CheckSummary,
    /// The suppressions in force, those that end first before the others.
    pub suppressions: Vec<suppressions::ReportedActiveSuppression>,
    /// Set when the findings are those of another rollout stage than the files say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<stage::ReportedPreview>,
    /// Set when findings that a baseline knows are not among these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<baseline::ReportedBaseline>,
    /// The revision whose policies, levels and locks judged a change, as `origin/main @ 1a2b3c4`;
    /// absent when the project was judged by its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judged_under: Option<String>,
    /// The rules that the findings name, sorted by name; for formats with room for reference text.
    #[serde(skip)]
    pub rules: Vec<Declared>,
}

/// One thing that was found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedFinding {
    /// The rule that found it, as users write it in `suppress:` and `levels:`.
    #[schemars(with = "String")]
    pub rule: RuleId,
    /// The family of the rule.
    #[serde(with = "FamilyWord")]
    pub family: Family,
    /// How serious it is, with configuration and rollout stage taken into account.
    #[serde(with = "LevelWord")]
    pub level: Level,
    /// What is wrong, in the words of the file.
    pub message: String,
    /// Why it matters.
    #[schemars(with = "String")]
    pub why: Text,
    /// What to write instead.
    pub help: Option<String>,
    /// The document it is about; null when the file could not be read.
    pub document: Option<ReportedDocument>,
    /// The place inside the document, as `states.approval.steps.manager_ok`.
    #[serde(skip)]
    pub path: String,
    /// The characters that are wrong.
    pub span: Place,
    /// True when these characters are a secret; formats that quote the text mask them.
    #[serde(skip)]
    pub confidential: bool,
    /// What the marked characters are, and related places. A label on the span of the finding
    /// says what is written there.
    pub labels: Vec<ReportedLabel>,
    /// The repair, when there is one.
    pub fix: Option<ReportedFix>,
    /// Set when the finding was accepted for a while; it then counts nowhere else.
    pub suppressed: Option<ReportedSuppression>,
    /// Stays the same while rule, document and path do; holds no line numbers.
    pub fingerprint: String,
}

/// A document of the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReportedDocument {
    /// The kind, as `workflow`.
    #[schemars(with = "String")]
    pub kind: &'static str,
    /// The name; empty when the document does not name itself.
    pub name: String,
}

/// A range of characters in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Place {
    /// The path from the project root, with `/`; see [`CheckReport::seen_from_above`].
    pub file: String,
    /// The first character.
    pub start: Point,
    /// One past the last character.
    pub end: Point,
}

/// A position in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Point {
    /// The line, from 1.
    #[schemars(range(min = 1))]
    pub line: u32,
    /// The column in Unicode scalar values, from 1.
    #[schemars(range(min = 1))]
    pub column: u32,
    /// The byte in the file, from 0.
    pub byte: u32,
}

/// A place that helps to understand a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReportedLabel {
    /// What to see there.
    pub message: String,
    /// Where.
    pub span: Place,
}

/// A repair: all its edits or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReportedFix {
    /// Whether `--fix` may apply it unseen.
    #[serde(with = "ApplicabilityWord")]
    pub applicability: Applicability,
    /// The edits, all in one file.
    pub edits: Vec<ReportedEdit>,
}

/// Replaces the characters of a span; an empty span inserts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReportedEdit {
    /// The characters to replace.
    pub span: Place,
    /// The new characters.
    pub text: String,
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReportedSuppression {
    /// The reason that the author gave.
    pub reason: String,
    /// The last day, as `2026-12-31`.
    pub until: Option<String>,
    /// Who accepted it.
    pub approved_by: Option<String>,
    /// How many days are left until the last day; 0 on it.
    pub days_left: Option<i32>,
}

/// How much was read and found; suppressed findings count only as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct CheckSummary {
    /// Documents that were read.
    pub documents: usize,
    /// Findings that must be mended.
    pub errors: usize,
    /// Findings that should be mended.
    pub warnings: usize,
    /// Findings worth knowing.
    pub infos: usize,
    /// Findings that were accepted for a while.
    pub suppressed: usize,
}

/// How serious a finding is.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Level", rename_all = "lowercase")]
#[schemars(rename = "Level")]
enum LevelWord {
    Info,
    Warning,
    Error,
}

/// The family that a rule is listed under.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "Family", rename_all = "lowercase")]
#[schemars(rename = "Family")]
enum FamilyWord {
    Structure,
    Ownership,
    Sla,
    Exceptions,
    Approvals,
    Data,
    Reliability,
    Security,
    Versioning,
    Docs,
    Observability,
    Policy,
}

/// How much trust a repair deserves.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "Applicability", rename_all = "lowercase")]
#[schemars(rename = "Applicability")]
enum ApplicabilityWord {
    Safe,
    Unsafe,
}

impl Place {
    /// The last line with a marked character; a range that ends with a line break ends before it.
    pub fn last_line(&self) -> u32 {
        let (start, end) = (self.start, self.end);
        if end.column == 1 && end.line > start.line {
            end.line - 1
        } else {
            end.line
        }
    }
}

impl CheckReport {
    /// The findings that count: all but the suppressed.
    pub fn counted(&self) -> impl Iterator<Item = &ReportedFinding> {
        self.findings
            .iter()
            .filter(|finding| finding.suppressed.is_none())
    }

    /// How many counted findings carry a repair of this kind.
    pub fn repairable(&self, applicability: Applicability) -> usize {
        self.counted()
            .filter_map(|finding| finding.fix.as_ref())
            .filter(|fix| fix.applicability == applicability)
            .count()
    }

    /// The same report with paths that count from a folder above the project; `below` is where the
    /// project lies in it.
    #[must_use]
    pub fn seen_from_above(&self, below: &str) -> CheckReport {
        let mut report = self.clone();
        let places = report.findings.iter_mut().flat_map(ReportedFinding::places);
        for place in places.filter(|_| !below.is_empty()) {
            place.file = format!("{below}/{}", place.file);
        }
        report
    }
}

impl ReportedFinding {
    fn places(&mut self) -> impl Iterator<Item = &mut Place> {
        let edits = self.fix.iter_mut().flat_map(|fix| &mut fix.edits);
        std::iter::once(&mut self.span)
            .chain(self.labels.iter_mut().map(|label| &mut label.span))
            .chain(edits.map(|edit| &mut edit.span))
    }
}

/// The published JSON Schema of [`CheckReport`], as it is written.
pub fn check_schema() -> Schema {
    published::schema::<CheckReport>()
}

/// How reports for people are drawn; formats for machines take no notice.
#[derive(Debug, Clone, Copy)]
pub struct HumanOptions {
    /// Use terminal colours.
    pub color: bool,
    /// Columns of the screen.
    pub width: usize,
    /// Draw frames with characters outside ASCII.
    pub unicode: bool,
    /// How long the work took; not mentioned when absent.
    pub elapsed: Option<Duration>,
    /// Draw every finding, however many one rule has.
    pub all: bool,
}

impl Default for HumanOptions {
    fn default() -> Self {
        HumanOptions {
            color: false,
            width: 80,
            unicode: true,
            elapsed: None,
            all: false,
        }
    }
}

/// Writes a [`CheckReport`].
pub type WriteCheck = fn(&CheckReport, &Sources, &HumanOptions, &mut dyn Write) -> io::Result<()>;

/// Writes a [`compile::CompileReport`].
pub type WriteCompile =
    fn(&compile::CompileReport, &HumanOptions, &mut dyn Write) -> io::Result<()>;

/// Writes an [`impact::ImpactReport`].
pub type WriteImpact = fn(&impact::ImpactReport, &HumanOptions, &mut dyn Write) -> io::Result<()>;

/// Writes a [`test::TestReport`].
pub type WriteTest =
    fn(&test::TestReport, &Sources, &HumanOptions, &mut dyn Write) -> io::Result<()>;
/// Writes a [`readiness::ReadinessReport`].
pub type WriteReadiness =
    fn(&readiness::ReadinessReport, &HumanOptions, &mut dyn Write) -> io::Result<()>;

/// Writes a [`versions::VersionReport`].
pub type WriteVersions =
    fn(&versions::VersionReport, &HumanOptions, &mut dyn Write) -> io::Result<()>;

/// Writes [`release::Releases`].
pub type WriteReleases = fn(&release::Releases, &HumanOptions, &mut dyn Write) -> io::Result<()>;

/// One output format: a name and a function for each report that it can write.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The name that `--format` and `--output` take.
    pub id: &'static str,
    /// What it is for, in a few words.
    pub title: &'static str,
    /// Writes what `check` found; absent when the format has no place for it.
    pub check: Option<WriteCheck>,
    /// Writes what `compile` made; absent when the format has no place for it.
    pub compile: Option<WriteCompile>,
    /// Writes what `diff` says; absent when the format has no place for it.
    pub impact: Option<WriteImpact>,
    /// Writes what `test` found; absent when the format has no place for it.
    pub test: Option<WriteTest>,
    /// Writes what `readiness` says; absent when the format has no place for it.
    pub readiness: Option<WriteReadiness>,
    /// Writes what `version` says; absent when the format has no place for it.
    pub versions: Option<WriteVersions>,
    /// Writes what `status` and `release` say; absent when the format has no place for it.
    pub releases: Option<WriteReleases>,
}

impl Format {
    /// True for formats whose readers know the repository, but not where in it the project lies:
    /// they show findings beside the lines of a pull request.
    pub fn is_seen_from_the_repository(&self) -> bool {
        [sarif::FORMAT.id, github::FORMAT.id, gitlab::FORMAT.id].contains(&self.id)
    }
}

/// Every format, in the order of the help text.
pub static FORMATS: &[Format] = &[
    human::FORMAT,
    json::FORMAT,
    sarif::FORMAT,
    github::FORMAT,
    gitlab::FORMAT,
    junit::FORMAT,
    markdown::FORMAT,
    html::FORMAT,
    readiness_svg::FORMAT,
];

/// The format of this name.
pub fn format(id: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.id == id)
}
