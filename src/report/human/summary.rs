//! The end of the report for people: how much was found and what to do next.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::diagnostic::Applicability;
use crate::report::stage::ReportedPreview;
use crate::report::wording::{count, summary_line};
use crate::report::{CheckReport, HumanOptions};
use crate::rule::Level;

/// From this many findings on, the most frequent rules are named.
const MANY: usize = 20;
const MOST_RULES: usize = 5;

/// Writes the summary.
pub(super) fn write(
    report: &CheckReport,
    options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    if report.summary.documents == 0 && report.findings.is_empty() {
        writeln!(out, "No documents here, so nothing was checked.")?;
        return writeln!(out, "`flowgate new DIR` makes a starter repository.");
    }
    if let Some(preview) = &report.preview {
        write_preview(preview, out)?;
    }
    writeln!(out, "{}", summary_line(report, options.elapsed))?;
    if let Some(headline) = report.suppressions_headline() {
        writeln!(out, "{headline}")?;
        let shown = report.suppressions.iter();
        for suppression in shown.filter(|one| one.ends_soon || options.all) {
            writeln!(out, "  {}", suppression.line())?;
        }
    }
    if let Some(baseline) = &report.baseline {
        writeln!(out, "{}", baseline.headline())?;
        for line in baseline.details() {
            writeln!(out, "  {line}")?;
        }
    }
    let rules = rules_by_weight(report);
    let total: usize = rules.iter().map(|(_, weight)| weight.findings).sum();
    if total >= MANY && rules.len() > 1 {
        let mut frequent = rules.clone();
        frequent.sort_by_key(|(_, weight)| Reverse(weight.findings));
        let named: Vec<String> = frequent
            .iter()
            .take(MOST_RULES)
            .map(|(rule, weight)| format!("{rule} ({})", weight.findings))
            .collect();
        writeln!(out, "Most often: {}.", named.join(", "))?;
    }
    let steps = next_steps(report, rules.first().map(|(rule, _)| *rule));
    let width = steps
        .iter()
        .map(|(command, _)| command.len())
        .max()
        .unwrap_or(0);
    if !steps.is_empty() {
        writeln!(out, "\nWhat to do next:")?;
    }
    for (command, effect) in steps {
        writeln!(out, "  {command:width$}  {effect}")?;
    }
    Ok(())
}

/// What the previewed stage would mean, document by document.
fn write_preview(preview: &ReportedPreview, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", preview.headline())?;
    for document in &preview.documents {
        writeln!(out, "  {}", document.headline(preview.stage))?;
        for newly in &document.newly_failing {
            writeln!(out, "    {}", newly.line())?;
        }
    }
    writeln!(out)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Weight {
    level: Level,
    findings: usize,
}

/// The rules of the counted findings, worst and most frequent first.
fn rules_by_weight(report: &CheckReport) -> Vec<(&str, Weight)> {
    let mut rules: BTreeMap<&str, Weight> = BTreeMap::new();
    for finding in report.counted() {
        let weight = rules.entry(finding.rule.as_ref()).or_insert(Weight {
            level: finding.level,
            findings: 0,
        });
        weight.level = weight.level.max(finding.level);
        weight.findings += 1;
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by_key(|(_, weight)| Reverse(*weight));
    rules
}

fn next_steps(report: &CheckReport, worst: Option<&str>) -> Vec<(String, String)> {
    let mut steps = Vec::new();
    let safe = report.repairable(Applicability::Safe);
    if safe > 0 {
        let effect = format!("repairs {}", count(safe, "finding"));
        steps.push(("flowgate check --fix".to_owned(), effect));
    }
    let look = report.repairable(Applicability::Unsafe);
    if look > 0 {
        let more = if safe > 0 { " more" } else { "" };
        let effect = format!("repairs {look}{more}, but look at the changes");
        steps.push(("flowgate check --fix=unsafe".to_owned(), effect));
    }
    if let Some(rule) = worst {
        let effect = "why it matters, with examples".to_owned();
        steps.push((format!("flowgate explain {rule}"), effect));
    }
    steps
}
