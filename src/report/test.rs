//! What `flowgate test` found: which scenarios pass, why others do not, what none reaches.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::wording::{clickable, count};
use super::{CheckReport, HumanOptions, Place, human};
use crate::published;
use crate::run::scenario::replay::Replay;
use crate::run::trace::Entry;
use crate::source::Sources;

/// The name and version of the shape of [`TestReport`].
pub const TEST_SCHEMA: &str = "flowgate/test/v1";

/// Everything that was tested.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TestReport {
    /// The name and version of this shape.
    #[schemars(extend("const" = TEST_SCHEMA))]
    pub schema: &'static str,
    /// The workflows, in path order.
    pub workflows: Vec<TestedWorkflow>,
    /// How much was tested.
    pub summary: TestSummary,
    /// What failed and what cannot be played, as findings.
    pub findings: CheckReport,
    /// The least share of parts that scenarios must reach, in percent; null when none was asked for.
    pub minimum: Option<usize>,
}

/// A workflow with its scenarios.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TestedWorkflow {
    /// The name.
    pub name: String,
    /// The digest of the plan that the scenarios were played on.
    pub plan: String,
    /// The scenarios, in written order.
    pub cases: Vec<ReportedCase>,
    /// What they reach.
    pub coverage: ReportedCoverage,
}

/// A scenario that was played.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedCase {
    /// The name.
    pub name: String,
    /// Where it is written.
    pub span: Place,
    /// Whether everything was as expected.
    pub passed: bool,
    /// The states that were expected; empty when the scenario does not say.
    pub expected: Vec<String>,
    /// The states that were entered.
    pub path: Vec<String>,
    /// What differs.
    pub failures: Vec<ReportedFailure>,
    /// Everything that happened; of scenarios that pass only with `--trace`.
    pub trace: Vec<Entry>,
    /// What is needed to play it once more, on any engine; only with `--trace`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay: Option<Replay>,
}

/// Something that differs from what was expected.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedFailure {
    /// What differs.
    pub message: String,
    /// Why.
    pub why: Option<String>,
    /// The expectation, or the action that was refused.
    pub span: Place,
}

/// What the scenarios of a workflow reach.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedCoverage {
    /// The reached share of all parts, in percent, rounded down.
    pub percent: usize,
    /// The shares by kind of part.
    pub kinds: Vec<Share>,
    /// What none reaches.
    pub missing: Vec<MissingPart>,
}

/// How many parts of a kind are reached.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Share {
    /// The kind, as `transitions`.
    #[schemars(with = "String")]
    pub kind: &'static str,
    /// How many are reached.
    pub reached: usize,
    /// How many there are.
    pub all: usize,
}

/// A part that no scenario reaches.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MissingPart {
    /// The kind, as `transitions`.
    #[schemars(with = "String")]
    pub kind: &'static str,
    /// Which, in words.
    pub what: String,
    /// Where it is written.
    pub span: Place,
}

/// How much was tested.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
pub struct TestSummary {
    /// Scenarios that were played.
    pub cases: usize,
    /// Those that failed.
    pub failed: usize,
    /// What could not be played.
    pub invalid: usize,
    /// The reached share of all parts of all workflows, in percent, rounded down.
    pub coverage: usize,
}

impl TestReport {
    /// True when a scenario failed or could not be played, or too little is reached.
    pub fn fails(&self) -> bool {
        let is_too_little = |least: usize| {
            self.workflows
                .iter()
                .any(|workflow| workflow.coverage.percent < least)
        };
        self.summary.failed + self.summary.invalid > 0 || self.minimum.is_some_and(is_too_little)
    }
}

/// The published JSON Schema of [`TestReport`], as it is written.
pub fn test_schema() -> Schema {
    published::schema::<TestReport>()
}

/// Writes the report for people: what failed with its characters, a table of what is reached, and
/// what is not.
///
/// # Errors
/// When writing fails.
pub fn write_human(
    report: &TestReport,
    sources: &Sources,
    options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    human::draw(&report.findings, sources, options, out)?;
    let arrow = if options.unicode { " → " } else { " -> " };
    for workflow in &report.workflows {
        for case in workflow.cases.iter().filter(|case| !case.passed) {
            write_path(workflow, case, arrow, out)?;
        }
    }
    write_table(report, out)?;
    for workflow in &report.workflows {
        for part in &workflow.coverage.missing {
            writeln!(
                out,
                "not reached: {} ({})",
                part.what,
                clickable(&part.span)
            )?;
        }
    }
    let summary = &report.summary;
    writeln!(
        out,
        "{} played, {} failed, {} % of all parts reached.",
        count(summary.cases, "scenario"),
        summary.failed,
        summary.coverage
    )?;
    if let Some(least) = report.minimum.filter(|least| summary.coverage < *least) {
        writeln!(out, "At least {least} % was asked for.")?;
    }
    Ok(())
}

/// The path of a failed case beside the one that was expected.
fn write_path(
    workflow: &TestedWorkflow,
    case: &ReportedCase,
    arrow: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "{}: {} ({})",
        workflow.name,
        case.name,
        clickable(&case.span)
    )?;
    if case.expected.is_empty() || case.expected == case.path {
        return writeln!(out, "    path  {}\n", case.path.join(arrow));
    }
    let pairs = case.expected.iter().zip(&case.path);
    let same = pairs.take_while(|(wanted, state)| wanted == state).count();
    writeln!(out, "          {}", case.path[..same].join(arrow))?;
    let rest = |states: &[String]| {
        if states.is_empty() {
            "(nothing more)".to_owned()
        } else {
            states.join(arrow)
        }
    };
    writeln!(out, "  - expected  {}", rest(&case.expected[same..]))?;
    writeln!(out, "  + actual    {}\n", rest(&case.path[same..]))
}

fn write_table(report: &TestReport, out: &mut dyn Write) -> io::Result<()> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for workflow in &report.workflows {
        if rows.is_empty() {
            let kinds = workflow
                .coverage
                .kinds
                .iter()
                .map(|share| share.kind.to_owned());
            let head = ["workflow", "passed"].map(str::to_owned);
            rows.push(head.into_iter().chain(kinds).collect());
        }
        let passed = workflow.cases.iter().filter(|case| case.passed).count();
        let shares = workflow.coverage.kinds.iter();
        let shares = shares.map(|share| format!("{}/{}", share.reached, share.all));
        let head = [
            workflow.name.clone(),
            format!("{passed}/{}", workflow.cases.len()),
        ];
        rows.push(head.into_iter().chain(shares).collect());
    }
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            rows.iter()
                .filter_map(|row| Some(row.get(column)?.chars().count()))
                .max()
                .unwrap_or(0)
        })
        .collect();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    writeln!(out)
}

/// Writes the report as JUnit XML: one suite for each workflow, one case for each scenario.
///
/// # Errors
/// When writing fails.
pub fn write_junit(
    report: &TestReport,
    _sources: &Sources,
    _options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut tests = Report::new("flowgate");
    for workflow in &report.workflows {
        let mut suite = TestSuite::new(&workflow.name);
        for case in &workflow.cases {
            let mut status = TestCaseStatus::success();
            if let Some(first) = case.failures.first() {
                status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status
                    .set_message(&first.message)
                    .set_description(described(case));
            }
            let mut tested = TestCase::new(&case.name, status);
            tested.set_classname(&workflow.name);
            suite.add_test_case(tested);
        }
        tests.add_test_suite(suite);
    }
    let mut invalid = TestSuite::new("scenarios that cannot be played");
    for finding in report
        .findings
        .counted()
        .filter(|finding| finding.rule == "invalid-scenario")
    {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(&finding.message);
        invalid.add_test_case(TestCase::new(clickable(&finding.span), status));
    }
    if !invalid.test_cases.is_empty() {
        tests.add_test_suite(invalid);
    }
    tests.serialize(out).map_err(io::Error::other)
}

fn described(case: &ReportedCase) -> String {
    let mut lines = Vec::new();
    for failure in &case.failures {
        lines.push(format!("{}: {}", clickable(&failure.span), failure.message));
        lines.extend(failure.why.iter().map(|why| format!("why: {why}")));
    }
    if !case.expected.is_empty() {
        lines.push(format!("expected {}", case.expected.join(", ")));
    }
    lines.push(format!("actual {}", case.path.join(", ")));
    lines.join("\n")
}
