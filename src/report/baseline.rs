//! Baselines outside: the file that keeps one in git, and the trend since it in a report.

use std::num::NonZeroU64;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

use super::LevelWord;
use super::wording::{count, one_line};
use crate::check::Loaded;
use crate::check::baseline::{Baseline, Comparison, Known, locked};
use crate::rule::{Level, RuleId};

/// The name and version of the shape of [`BaselineFile`].
pub const BASELINE_SCHEMA: &str = "flowgate/baseline/v1";
/// What every version of the shape begins with.
const ANY_VERSION: &str = "flowgate/baseline/";
/// How many fixed or added findings are listed for people.
const LISTED: usize = 10;

/// The findings that a repository is known to have. `flowgate check --write-baseline` writes it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineFile {
    /// The name and version of this shape.
    #[schemars(extend("const" = BASELINE_SCHEMA))]
    pub schema: String,
    /// How many findings were ever recorded, those that are mended since included.
    pub recorded: u64,
    /// Those that are not mended yet, by document, path, rule and message.
    pub findings: Vec<KnownFinding>,
}

/// Findings of one rule at one path with one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownFinding {
    /// The document; null when the file could not be understood.
    pub document: Option<KnownDocument>,
    /// The path inside the document, else that of the file.
    pub path: String,
    /// The rule.
    pub rule: String,
    /// What was wrong.
    pub message: String,
    /// The highest level that is known; at a higher one the finding counts as new.
    #[serde(with = "LevelWord")]
    pub level: Level,
    /// How many.
    pub count: NonZeroU64,
}

/// A document by kind and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownDocument {
    /// The kind, as `workflow`.
    pub kind: String,
    /// The name; empty when the document does not name itself.
    pub name: String,
}

/// Only the name and version of a shape.
#[derive(Deserialize)]
struct Named {
    schema: String,
}

/// The baseline that a file holds.
///
/// # Errors
/// What is wrong with the text, to follow the name of the file.
pub fn read(text: &str) -> Result<Baseline, String> {
    let broken = |error: serde_json::Error| format!("is damaged: {error}");
    let value: serde_json::Value = serde_json::from_str(text).map_err(broken)?;
    match Named::deserialize(&value) {
        Ok(named) if named.schema == BASELINE_SCHEMA => {}
        Ok(named) if named.schema.starts_with(ANY_VERSION) => {
            return Err(format!(
                "has the shape `{}`, and this flowgate knows `{BASELINE_SCHEMA}` only",
                named.schema
            ));
        }
        Ok(_) | Err(_) => return Err("is no baseline of flowgate".to_owned()),
    }
    // From the text, since errors in values have no line.
    let file: BaselineFile = serde_json::from_str(text).map_err(broken)?;
    let known = file.findings.into_iter().map(|finding| Known {
        document: finding
            .document
            .map(|document| (document.kind, document.name)),
        path: finding.path,
        rule: finding.rule,
        message: finding.message,
        level: finding.level,
        count: finding.count.get(),
    });
    Ok(Baseline::of(file.recorded, known))
}

/// The text of the file for a baseline; the same for the same baseline.
///
/// # Errors
/// None that is known; serialising declares one.
pub fn written(baseline: &Baseline) -> serde_json::Result<String> {
    let file = BaselineFile {
        schema: BASELINE_SCHEMA.to_owned(),
        recorded: baseline.recorded,
        findings: baseline.known.iter().filter_map(known_finding).collect(),
    };
    Ok(format!("{}\n", serde_json::to_string_pretty(&file)?))
}

fn known_finding(known: &Known) -> Option<KnownFinding> {
    Some(KnownFinding {
        document: known.document.as_ref().map(|(kind, name)| KnownDocument {
            kind: kind.clone(),
            name: name.clone(),
        }),
        path: known.path.clone(),
        rule: known.rule.clone(),
        message: known.message.clone(),
        level: known.level,
        count: NonZeroU64::new(known.count)?,
    })
}

/// The published JSON Schema of [`BaselineFile`].
pub fn schema() -> Schema {
    SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<BaselineFile>()
}

/// How the project stands to its baseline; always of the whole project.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedBaseline {
    /// The file.
    pub file: String,
    /// How many findings were ever recorded.
    pub recorded: u64,
    /// How many of them are left and not shown.
    pub left: u64,
    /// How many of them are mended.
    pub fixed: u64,
    /// How many findings are not known, or known at a lower level; they are in `findings`.
    pub new: u64,
    /// How many of the new ones are known at a lower level.
    pub raised: u64,
    /// Rules that only a control owner may give up, among what is not shown.
    pub locked: Vec<LockedRule>,
    /// What was mended since the file was written last.
    pub fixed_findings: Vec<KnownFinding>,
    /// What this run added to the file.
    pub added_findings: Vec<KnownFinding>,
    /// How many of the new ones this run was asked to record, without `--allow-growth`.
    pub refused: u64,
    /// True when this run wrote the file.
    pub written: bool,
}

/// A rule with its findings that are not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LockedRule {
    /// The rule.
    #[schemars(with = "String")]
    pub rule: RuleId,
    /// How many.
    pub findings: u64,
}

/// The section of a report.
pub fn baseline(file: &str, comparison: &Comparison, loaded: &Loaded) -> ReportedBaseline {
    let left = comparison.hidden.len() as u64;
    let recorded = comparison.shrunk.recorded;
    ReportedBaseline {
        file: file.to_owned(),
        recorded,
        left,
        fixed: recorded.saturating_sub(left.saturating_add(comparison.raised)),
        new: comparison
            .new
            .iter()
            .filter(|finding| finding.suppressed.is_none())
            .count() as u64,
        raised: comparison.raised,
        locked: locked(&comparison.hidden, loaded)
            .into_iter()
            .map(|(rule, findings)| LockedRule { rule, findings })
            .collect(),
        fixed_findings: known_findings(&comparison.fixed),
        added_findings: Vec::new(),
        refused: 0,
        written: false,
    }
}

/// Entries of a baseline in the shape of its file.
pub fn known_findings(known: &[Known]) -> Vec<KnownFinding> {
    known.iter().filter_map(known_finding).collect()
}

impl ReportedBaseline {
    /// The trend in one line.
    pub fn headline(&self) -> String {
        let raised = match self.raised {
            0 => String::new(),
            raised => format!(" ({raised} known at a lower level)"),
        };
        format!(
            "Baseline {}: {} recorded, {} left and not shown, {} fixed, {} new{raised}.",
            one_line(&self.file),
            self.recorded,
            self.left,
            self.fixed,
            self.new
        )
    }

    /// What else is to be known about it, line by line.
    pub fn details(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.locked.is_empty() {
            let rules: Vec<String> = self
                .locked
                .iter()
                .map(|locked| format!("{} ({})", locked.rule, locked.findings))
                .collect();
            lines.push(format!(
                "Locked rules among those not shown: {}.",
                rules.join(", ")
            ));
        }
        list(
            "Fixed since it was written",
            &self.fixed_findings,
            &mut lines,
        );
        list("Added to it by this run", &self.added_findings, &mut lines);
        if self.refused > 0 {
            lines.push(format!(
                "{} new and not added; mend them, or add them with `--write-baseline --allow-growth`.",
                if self.refused == 1 { "1 is".to_owned() } else { format!("{} are", self.refused) },
            ));
        }
        if self.written {
            lines.push(format!("{} is written; commit it.", one_line(&self.file)));
        } else if !self.fixed_findings.is_empty() {
            let number = sum(&self.fixed_findings);
            lines.push(format!(
                "`flowgate check --write-baseline` takes {} out of it, so that {} cannot come back unseen.",
                count(number, "fixed finding"),
                if number == 1 { "it" } else { "they" },
            ));
        }
        lines
    }
}

fn sum(findings: &[KnownFinding]) -> usize {
    let counts = findings.iter().map(|finding| finding.count.get());
    usize::try_from(counts.fold(0, u64::saturating_add)).unwrap_or(usize::MAX)
}

fn list(title: &str, findings: &[KnownFinding], lines: &mut Vec<String>) {
    if findings.is_empty() {
        return;
    }
    lines.push(format!("{title}: {}", count(sum(findings), "finding")));
    for finding in findings.iter().take(LISTED) {
        let document = finding.document.as_ref();
        let document = document.map_or(String::new(), |document| {
            format!("{} {} ", document.kind, document.name)
        });
        let line = format!("{} in {document}{}", finding.rule, finding.path);
        lines.push(format!("  {}", one_line(&line)));
    }
    if findings.len() > LISTED {
        let more = sum(&findings[LISTED..]);
        lines.push(format!("  and {more} more (see `--format json`)"));
    }
}
