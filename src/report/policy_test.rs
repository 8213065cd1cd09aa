//! What `flowgate policy test` found: for people, as JSON in a published shape, and as JUnit XML.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::check::trial::SuiteResult;
use crate::policy::rego::TestedFile;
use crate::published;

/// The name and version of the shape of [`PolicyTestReport`].
pub const POLICY_TEST_SCHEMA: &str = "flowgate/policy-test/v1";

/// How the tests of policies went.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PolicyTestReport {
    /// The name and version of this shape.
    #[schemars(extend("const" = POLICY_TEST_SCHEMA))]
    pub schema: &'static str,
    /// True when every case went as expected.
    pub ok: bool,
    /// One entry for each policy file, in path order.
    pub policies: Vec<TestedPolicy>,
}

/// How the tests of one policy file went.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TestedPolicy {
    /// The path of the policy.
    pub policy: String,
    /// The path of its test file.
    pub test: String,
    /// What keeps the cases from being run.
    pub faults: Vec<String>,
    /// The cases, in written order.
    pub cases: Vec<TestedCase>,
    /// Requirements that fail in no case.
    pub never_failed: Vec<String>,
    /// Requirements that are met in no case.
    pub never_passed: Vec<String>,
}

/// How one case went.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TestedCase {
    /// The name of the case.
    pub name: String,
    /// The requirement that is tried.
    pub requirement: String,
    /// The line of the test file, from 1.
    pub line: u32,
    /// What is different from what is expected; empty when it went well.
    pub faults: Vec<String>,
}

impl PolicyTestReport {
    /// The report of suites, and of the tests of Rego policies.
    pub fn of(results: &[SuiteResult], rego: &[TestedFile]) -> Self {
        PolicyTestReport {
            schema: POLICY_TEST_SCHEMA,
            ok: results.iter().all(SuiteResult::ok) && rego.iter().all(TestedFile::ok),
            policies: results
                .iter()
                .map(tested)
                .chain(rego.iter().map(tested_rego))
                .collect(),
        }
    }

    fn cases(&self) -> impl Iterator<Item = &TestedCase> {
        self.policies.iter().flat_map(|policy| &policy.cases)
    }
}

fn tested(result: &SuiteResult) -> TestedPolicy {
    let missing = |is_missing: fn(&crate::check::trial::Coverage) -> bool| {
        let coverage = result
            .coverage
            .iter()
            .filter(|coverage| is_missing(coverage));
        coverage
            .map(|coverage| coverage.requirement.clone())
            .collect()
    };
    TestedPolicy {
        policy: result.policy_path.clone(),
        test: result.test_path.clone(),
        faults: result.faults.clone(),
        cases: result
            .cases
            .iter()
            .map(|case| TestedCase {
                name: case.name.clone(),
                requirement: case.requirement.clone(),
                line: case.line,
                faults: case.faults.clone(),
            })
            .collect(),
        never_failed: missing(|coverage| !coverage.failed),
        never_passed: missing(|coverage| !coverage.passed),
    }
}

/// A file of Rego tests is its own policy: what it tests stands in any module.
fn tested_rego(file: &TestedFile) -> TestedPolicy {
    let cases = file.cases.iter().map(|case| TestedCase {
        name: case.name.clone(),
        requirement: case.name.clone(),
        line: case.line,
        faults: case.fault.iter().cloned().collect(),
    });
    TestedPolicy {
        policy: file.path.clone(),
        test: file.path.clone(),
        faults: file.faults.clone(),
        cases: cases.collect(),
        never_failed: Vec::new(),
        never_passed: Vec::new(),
    }
}

/// The published JSON Schema of [`PolicyTestReport`].
pub fn schema() -> Schema {
    published::schema::<PolicyTestReport>()
}

/// Writes a report for people.
///
/// # Errors
/// When writing fails.
pub fn write_human(report: &PolicyTestReport, out: &mut dyn Write) -> io::Result<()> {
    for policy in &report.policies {
        let failed = policy
            .cases
            .iter()
            .filter(|case| !case.faults.is_empty())
            .count();
        let went_well = policy.cases.len() - failed;
        writeln!(
            out,
            "{}: {went_well} of {} cases as expected",
            policy.policy,
            policy.cases.len()
        )?;
        for fault in &policy.faults {
            writeln!(out, "  error: {fault}")?;
        }
        for case in policy.cases.iter().filter(|case| !case.faults.is_empty()) {
            writeln!(
                out,
                "  {}:{}: {} ({})",
                policy.test, case.line, case.name, case.requirement
            )?;
            for fault in &case.faults {
                writeln!(out, "    {fault}")?;
            }
        }
        for (requirements, what) in [
            (&policy.never_failed, "fails in"),
            (&policy.never_passed, "is met in"),
        ] {
            for requirement in requirements {
                writeln!(out, "  not covered: `{requirement}` {what} no case")?;
            }
        }
    }
    let cases = report.cases().count();
    let failed = report
        .cases()
        .filter(|case| !case.faults.is_empty())
        .count();
    writeln!(
        out,
        "\n{} policies, {cases} cases, {failed} not as expected.",
        report.policies.len()
    )
}

/// Writes a report as JSON.
///
/// # Errors
/// When writing fails.
pub fn write_json(report: &PolicyTestReport, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}

/// Writes a report as JUnit XML: one suite for each policy file.
///
/// # Errors
/// When writing fails.
pub fn write_junit(report: &PolicyTestReport, out: &mut dyn Write) -> io::Result<()> {
    let mut tests = Report::new("flowgate policy test");
    for policy in &report.policies {
        let mut suite = TestSuite::new(policy.policy.as_str());
        for fault in &policy.faults {
            suite.add_test_case(failed("the policy and its cases are read", fault));
        }
        for case in &policy.cases {
            suite.add_test_case(if case.faults.is_empty() {
                TestCase::new(case.name.as_str(), TestCaseStatus::success())
            } else {
                failed(&case.name, &case.faults.join("\n"))
            });
        }
        tests.add_test_suite(suite);
    }
    tests.serialize(out).map_err(io::Error::other)
}

fn failed(name: &str, message: &str) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(message);
    TestCase::new(name, status)
}
