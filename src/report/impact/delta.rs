//! Which findings are new, and which were mended.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use crate::check::Finding;
use crate::report::ReportedFinding;
use crate::report::view::check_report;
use crate::source::Sources;

/// What `flowgate check` says on both sides.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FindingsDelta {
    /// Findings of the head that the base does not have.
    pub new: Vec<ReportedFinding>,
    /// Findings of the base that the head no longer has, at their place in the base.
    pub fixed: Vec<ReportedFinding>,
    /// How many are in both, of those in the changed documents and their readers.
    pub unchanged: usize,
    /// How many of these in the head are accepted for a while.
    pub suppressed: usize,
}

/// The findings of one side with its texts.
#[derive(Debug, Clone, Copy)]
pub struct Checked<'a> {
    /// What was found.
    pub findings: &'a [Finding],
    /// The texts.
    pub sources: &'a Sources,
}

/// Compares findings by their fingerprints; those that were accepted count as absent. What did not
/// change is counted in the files of `reached`.
pub(super) fn delta(
    before: Checked<'_>,
    after: Checked<'_>,
    reached: Option<&BTreeSet<String>>,
) -> FindingsDelta {
    let counted = |side: Checked<'_>| -> Vec<ReportedFinding> {
        let report = check_report(side.sources, side.findings, 0);
        report.counted().cloned().collect()
    };
    let (old, new) = (counted(before), counted(after));
    let known = |findings: &[ReportedFinding]| -> BTreeSet<String> {
        findings
            .iter()
            .map(|finding| finding.fingerprint.clone())
            .collect()
    };
    let (old_known, new_known) = (known(&old), known(&new));
    let is_reached = |path: &str| reached.is_none_or(|reached| reached.contains(path));
    let unchanged: BTreeSet<&str> = new
        .iter()
        .filter(|finding| is_reached(&finding.span.file))
        .map(|finding| finding.fingerprint.as_str())
        .filter(|fingerprint| old_known.contains(*fingerprint))
        .collect();
    let suppressed = after.findings.iter().filter(|finding| {
        let path = after.sources.file(finding.diagnostic.span.source).path();
        finding.suppressed.is_some() && is_reached(path)
    });
    FindingsDelta {
        unchanged: unchanged.len(),
        suppressed: suppressed.count(),
        new: without(new, &old_known),
        fixed: without(old, &new_known),
    }
}

fn without(findings: Vec<ReportedFinding>, known: &BTreeSet<String>) -> Vec<ReportedFinding> {
    let mut findings = findings;
    findings.retain(|finding| !known.contains(&finding.fingerprint));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    findings
}
