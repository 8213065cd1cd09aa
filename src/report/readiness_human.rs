//! The readiness report for people: the gate of each workflow, then the matrix as a table.

use std::io::{self, Write};

use super::HumanOptions;
use super::readiness::{Basis, ReadinessCheck, ReadinessReport, WorkflowReadiness};
use super::wording::{clickable, count, one_line};
use crate::model::score::Quadrant;

/// How wide the titles of checks are.
const TITLE: usize = 34;

/// Writes the report.
///
/// # Errors
/// When writing fails.
pub(super) fn write(
    report: &ReadinessReport,
    options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    for workflow in &report.workflows {
        write_workflow(workflow, options, out)?;
    }
    write_matrix(report, out)?;
    writeln!(out, "{}", summary(report))
}

fn write_workflow(
    workflow: &WorkflowReadiness,
    options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let status = match workflow.status {
        "active" => String::new(),
        status => format!(", {status}"),
    };
    writeln!(
        out,
        "{} (stage {}{status}) {}",
        one_line(&workflow.workflow),
        workflow.stage,
        clickable(&workflow.span)
    )?;
    writeln!(out, "  {}", workflow.verdict())?;
    for check in &workflow.checks {
        write_check(check, options, out)?;
    }
    writeln!(out)
}

fn write_check(
    check: &ReadinessCheck,
    options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (word, colour) = if check.passes {
        ("ok", "\u{1b}[32m")
    } else {
        ("FAILS", "\u{1b}[1;31m")
    };
    let word = if options.color {
        format!("{colour}{word:<5}\u{1b}[0m")
    } else {
        format!("{word:<5}")
    };
    match (&check.fault, &check.remedy) {
        (Some(fault), Some(remedy)) => {
            writeln!(out, "  {word} {:TITLE$} {}", check.title, one_line(fault))?;
            writeln!(out, "  {:5} {:TITLE$} {}", "", "", one_line(remedy))
        }
        (_, _) => writeln!(out, "  {word} {:TITLE$} {}", check.title, basis(check)),
    }
}

/// What a check passes by, and whether a word beside it does not count.
pub(super) fn basis(check: &ReadinessCheck) -> String {
    let attested = check.attestation.as_ref();
    let word = attested.map(|attestation| {
        let parts = [&attestation.by, &attestation.date, &attestation.evidence];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        one_line(&parts.join(", "))
    });
    let faults = attested.map_or(&[][..], |attestation| &attestation.faults);
    match (check.basis, word) {
        (Some(Basis::Attested), Some(word)) => format!("attested by {word}"),
        (_, Some(word)) if faults.is_empty() => format!("derived, and attested by {word}"),
        (_, Some(_)) => format!(
            "derived; its attestation does not count: {}",
            one_line(&faults.join(" and "))
        ),
        (_, None) => "derived".to_owned(),
    }
}

/// One line for each quadrant; what is not ready is said to be so.
fn write_matrix(report: &ReadinessReport, out: &mut dyn Write) -> io::Result<()> {
    if report.scored().next().is_none() {
        return writeln!(
            out,
            "No process map has a `score`, so nothing is said about impact and effort.\n"
        );
    }
    writeln!(out, "Impact against effort (gate first, score second):")?;
    for quadrant in Quadrant::ALL {
        let names: Vec<String> = report
            .scored()
            .filter(|scored| scored.score.quadrant.quadrant() == quadrant)
            .map(|scored| match scored.remark() {
                Some(remark) => format!("{} ({remark})", one_line(scored.name)),
                None => one_line(scored.name),
            })
            .collect();
        let names = if names.is_empty() {
            "–".to_owned()
        } else {
            names.join(", ")
        };
        writeln!(out, "  {:<14} {names}", quadrant.title())?;
    }
    let unscored: Vec<String> = report
        .workflows
        .iter()
        .filter(|workflow| workflow.score.is_none())
        .map(|workflow| one_line(&workflow.workflow))
        .collect();
    if !unscored.is_empty() {
        writeln!(out, "  {:<14} {}", "no score", unscored.join(", "))?;
    }
    writeln!(out)
}

/// The whole in one line.
pub(super) fn summary(report: &ReadinessReport) -> String {
    let summary = report.summary;
    let drafts = summary.workflows - summary.ready - summary.failing;
    let drafts = match drafts {
        0 => String::new(),
        number => format!(", {} not ready yet", count(number, "draft")),
    };
    format!(
        "{}: {} ready, {} not ready{drafts}.",
        count(summary.workflows, "workflow"),
        summary.ready,
        summary.failing
    )
}
