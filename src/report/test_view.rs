//! From played scenarios to the wire view, and to the diagram of what they reach.

use std::fmt::Write;

use super::test::{
    MissingPart, ReportedCase, ReportedCoverage, ReportedFailure, Share, TEST_SCHEMA, TestReport,
    TestSummary, TestedWorkflow,
};
use super::view::{check_report, place};
use super::wording::{clickable, count};
use crate::check::Finding;
use crate::check::scenarios::{Tested, TestedCase};
use crate::check::suggestions::Suggested;
use crate::plan::state::Move;
use crate::run::coverage::{Coverage, Kind, Part};
use crate::source::Sources;

/// What a test report is asked to say.
#[derive(Debug, Clone, Copy, Default)]
pub struct TestOptions {
    /// The least share of parts that scenarios must reach, in percent.
    pub minimum: Option<usize>,
    /// Whether every case comes with its trace and what is needed to play it once more.
    pub trace: bool,
}

/// The report of played scenarios; `findings` are those that they gave.
pub fn test_report(
    sources: &Sources,
    tested: &[Tested],
    findings: &[Finding],
    options: TestOptions,
) -> TestReport {
    let workflows: Vec<TestedWorkflow> = tested
        .iter()
        .map(|tested| workflow(sources, tested, options))
        .collect();
    let cases = || workflows.iter().flat_map(|workflow| &workflow.cases);
    let items = || tested.iter().flat_map(|tested| &tested.coverage.items);
    let reached = items().filter(|item| item.count > 0).count();
    let summary = TestSummary {
        cases: cases().count(),
        failed: cases().filter(|case| !case.passed).count(),
        invalid: tested.iter().map(|tested| tested.invalid.len()).sum(),
        coverage: (reached * 100).checked_div(items().count()).unwrap_or(100),
    };
    TestReport {
        schema: TEST_SCHEMA,
        findings: check_report(sources, findings, tested.len()),
        workflows,
        summary,
        minimum: options.minimum,
    }
}

fn workflow(sources: &Sources, tested: &Tested, options: TestOptions) -> TestedWorkflow {
    TestedWorkflow {
        name: tested.workflow.clone(),
        plan: tested.plan.digest.as_str().to_owned(),
        cases: tested
            .cases
            .iter()
            .map(|each| case(sources, each, options))
            .collect(),
        coverage: coverage(sources, &tested.coverage),
    }
}

fn case(sources: &Sources, case: &TestedCase, options: TestOptions) -> ReportedCase {
    let passed = case.failures.is_empty();
    let failures = case.failures.iter().map(|failure| ReportedFailure {
        message: failure.message.clone(),
        why: failure.why.clone(),
        span: place(sources, failure.span),
    });
    ReportedCase {
        name: case.name.clone(),
        span: place(sources, case.span),
        passed,
        expected: case.expected.clone(),
        path: case.path.clone(),
        failures: failures.collect(),
        trace: if passed && !options.trace {
            Vec::new()
        } else {
            case.trace.clone()
        },
        replay: options.trace.then(|| case.replay.clone()),
    }
}

fn coverage(sources: &Sources, coverage: &Coverage) -> ReportedCoverage {
    let shares = Kind::ALL.into_iter().map(|kind| {
        let (reached, all) = coverage.share(kind);
        Share {
            kind: kind.as_str(),
            reached,
            all,
        }
    });
    let missing = coverage.missing().map(|item| MissingPart {
        kind: item.part.kind().as_str(),
        what: item.words.clone(),
        span: place(sources, item.span),
    });
    ReportedCoverage {
        percent: coverage.percent(),
        kinds: shares.collect(),
        missing: missing.collect(),
    }
}

/// Suggested scenarios as YAML, one document for each workflow. What nothing reaches is named in
/// comments, with why.
pub fn suggested_yaml(sources: &Sources, suggested: &[Suggested]) -> String {
    let mut documents = Vec::new();
    for suggested in suggested {
        let mut text = String::new();
        if suggested.cases > 0 {
            let cases = count(suggested.cases, "scenario");
            text.push_str(&format!(
                "# {cases} suggested for `{}`. Review names, data and what is expected, then keep\n# what is right: each case says what the workflow does, not what it should do.\n",
                suggested.workflow
            ));
            text.push_str(&suggested.text);
        } else if suggested.unreached.is_empty() {
            text.push_str(&format!(
                "# The scenarios of `{}` reach everything.\n",
                suggested.workflow
            ));
        }
        for part in &suggested.unreached {
            let place = clickable(&place(sources, part.span));
            text.push_str(&format!(
                "# not reached: {} ({place}): {}\n",
                part.what, part.why
            ));
        }
        documents.push(text);
    }
    documents.join("---\n")
}

/// The states and transitions of a workflow as a Mermaid diagram: on each how many scenarios reach
/// it, marked where none does.
pub fn diagram(tested: &Tested) -> String {
    let mut text = String::from("flowchart TD\n");
    let count = |part: &Part| {
        let items = tested.coverage.items.iter();
        items
            .filter(|item| item.part == *part)
            .map(|item| item.count)
            .next()
    };
    let mut line = |words: std::fmt::Arguments<'_>| {
        // Writing into a text cannot fail.
        text.write_fmt(words)
            .and_then(|()| text.write_char('\n'))
            .unwrap_or_default();
    };
    let mut links = Vec::new();
    for (number, (name, state)) in tested.plan.states.iter().enumerate() {
        let times = count(&Part::State(name.to_owned())).unwrap_or(0);
        let class = if times == 0 { "untested" } else { "tested" };
        line(format_args!(
            "  s{number}[\"{name}<br/>{times}\"]:::{class}"
        ));
        for (position, transition) in state.transitions.iter().enumerate() {
            let Move::To(target) = &transition.leads else {
                continue;
            };
            let target = tested.plan.states.names().position(|state| state == target);
            let times = count(&Part::Transition(name.to_owned(), position)).unwrap_or(0);
            links.push((number, target.unwrap_or(number), times));
        }
    }
    for (from, to, times) in &links {
        line(format_args!("  s{from} -->|{times}| s{to}"));
    }
    line(format_args!(
        "  classDef tested fill:#e6f4ea,stroke:#1e7e34,color:#0b3d17"
    ));
    line(format_args!(
        "  classDef untested fill:#fdecea,stroke:#b3261e,color:#5c0f0a"
    ));
    for (number, (.., times)) in links.iter().enumerate() {
        if *times == 0 {
            line(format_args!(
                "  linkStyle {number} stroke:#b3261e,stroke-dasharray:4"
            ));
        }
    }
    text
}
