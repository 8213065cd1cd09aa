//! The readiness report as Markdown: a table of the gate, what is missing, and the matrix.

use std::io::{self, Write};

use super::HumanOptions;
use super::markdown::cell;
use super::readiness::{ReadinessReport, WorkflowReadiness};
use super::readiness_human::{basis, summary};
use crate::model::score::Quadrant;

/// Writes the report.
///
/// # Errors
/// When writing fails.
pub(super) fn write(
    report: &ReadinessReport,
    _options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let sign = if report.summary.failing == 0 {
        "✅"
    } else {
        "❌"
    };
    writeln!(out, "## {sign} {}\n", summary(report))?;
    writeln!(
        out,
        "| workflow | stage | gate | impact | effort | quadrant |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    for workflow in &report.workflows {
        writeln!(out, "{}", row(workflow))?;
    }
    writeln!(out)?;
    for workflow in report.workflows.iter().filter(|workflow| !workflow.ready) {
        writeln!(out, "### {}\n", cell(&workflow.workflow))?;
        let failing = workflow.checks.iter().filter(|check| !check.passes);
        for check in failing {
            let (fault, remedy) = (check.fault.as_deref(), check.remedy.as_deref());
            writeln!(
                out,
                "- **{}**: {}; {}",
                check.title,
                cell(fault.unwrap_or_default()),
                cell(remedy.unwrap_or_default())
            )?;
        }
        writeln!(out)?;
    }
    write_matrix(report, out)?;
    write_bases(report, out)
}

fn row(workflow: &WorkflowReadiness) -> String {
    let gate = match workflow.failing() {
        0 => "✅ ready".to_owned(),
        number if workflow.required => format!("❌ {number} of {} fail", workflow.checks.len()),
        number => format!("draft, {number} of {} fail", workflow.checks.len()),
    };
    let score = match &workflow.score {
        Some(score) if workflow.ready => format!(
            "{:.2} | {:.2} | {}",
            score.impact.mean,
            score.effort.mean,
            score.quadrant.quadrant().title()
        ),
        Some(score) => format!(
            "{:.2} | {:.2} | not ready (would be: {})",
            score.impact.mean,
            score.effort.mean,
            score.quadrant.quadrant().title()
        ),
        None => "– | – | no score".to_owned(),
    };
    format!(
        "| {} | {} | {gate} | {score} |",
        cell(&workflow.workflow),
        workflow.stage
    )
}

fn write_matrix(report: &ReadinessReport, out: &mut dyn Write) -> io::Result<()> {
    if report.scored().next().is_none() {
        return Ok(());
    }
    let names = |quadrant: Quadrant| {
        let items = report
            .scored()
            .filter(|scored| scored.score.quadrant.quadrant() == quadrant);
        let names: Vec<String> = items
            .map(|scored| match scored.remark() {
                Some(remark) => format!("{} _({remark})_", cell(scored.name)),
                None => cell(scored.name),
            })
            .collect();
        match &names[..] {
            [] => "–".to_owned(),
            names => names.join("<br>"),
        }
    };
    writeln!(out, "| | little effort | much effort |")?;
    writeln!(out, "|---|---|---|")?;
    for (title, low, high) in [
        ("much impact", Quadrant::QuickWin, Quadrant::MajorProject),
        ("little impact", Quadrant::FillIn, Quadrant::Avoid),
    ] {
        writeln!(
            out,
            "| **{title}** | **{}**<br>{} | **{}**<br>{} |",
            low.title(),
            names(low),
            high.title(),
            names(high)
        )?;
    }
    writeln!(out)
}

/// What every check passes by, folded away.
fn write_bases(report: &ReadinessReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<details><summary>What each check rests on</summary>\n"
    )?;
    for workflow in &report.workflows {
        writeln!(out, "**{}**\n", cell(&workflow.workflow))?;
        for check in workflow.checks.iter().filter(|check| check.passes) {
            writeln!(out, "- {}: {}", check.title, cell(&basis(check)))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "</details>")
}
