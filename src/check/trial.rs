//! Policy tests: cases beside a policy, judged by that policy alone; one runner for the shipped
//! packs and for those of users.

mod completion;

use std::collections::BTreeSet;

use super::packs::SHIPPED;
use super::place::Places;
use super::{Finding, load, parse_file};
use crate::diagnostic::Diagnostic;
use crate::model::{ProjectFiles, Surroundings};
use crate::policy::packs::ShippedPolicy;
use crate::policy::{self, Policies, Tally};
use crate::source::{Sources, Spanned};
use crate::syntax::Entity;
use crate::syntax::policy::Policy;
use crate::syntax::policy_test::{
    self, Expectation, ExpectedFailure, PolicyTest, Silence, TestCase,
};

/// The documents that cases are completed from.
pub const BASE: &str = include_str!("../../policies/base.yaml");

/// The day on which cases are judged when their file names none.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 8, 1);

/// Rules that say that the documents of a case were not understood.
const NOT_UNDERSTOOD: [&str; 5] = [
    "invalid-yaml",
    "unknown-key",
    "missing-key",
    "wrong-type",
    "invalid-value",
];

/// A policy file with the test file beside it.
#[derive(Debug, Clone)]
pub struct Suite {
    /// The path of the policy.
    pub policy_path: String,
    /// The policy.
    pub policy: String,
    /// The path of the test file.
    pub test_path: String,
    /// The test file; absent when there is none.
    pub test: Option<String>,
    /// The documents that the test file names as its base.
    pub base: Option<String>,
}

impl Suite {
    /// The suite of a shipped policy.
    pub fn shipped(file: &ShippedPolicy) -> Self {
        Suite {
            policy_path: file.path.to_owned(),
            policy: file.text.to_owned(),
            test_path: file.path.replace(".yaml", ".test.yaml"),
            test: Some(file.test.to_owned()),
            base: None,
        }
    }
}

/// How a case went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// The name of the case.
    pub name: String,
    /// The requirement that is tried.
    pub requirement: String,
    /// The line of the test file that the case begins on, from 1.
    pub line: u32,
    /// What is different from what is expected; empty when the case went well.
    pub faults: Vec<String>,
}

/// A requirement with what the cases show of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The requirement.
    pub requirement: String,
    /// Whether it failed in a case that expects it.
    pub failed: bool,
    /// Whether something met it in a case that expects it.
    pub passed: bool,
}

/// How a suite went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteResult {
    /// The path of the policy.
    pub policy_path: String,
    /// The path of the test file.
    pub test_path: String,
    /// What keeps the suite from being run, as `line: message`.
    pub faults: Vec<String>,
    /// The cases, in written order.
    pub cases: Vec<CaseResult>,
    /// Every requirement of the policy, in written order.
    pub coverage: Vec<Coverage>,
}

impl SuiteResult {
    /// True when nothing went wrong; what is not covered does not count.
    pub fn ok(&self) -> bool {
        self.faults.is_empty() && self.cases.iter().all(|case| case.faults.is_empty())
    }

    /// Requirements that no case has seen fail, or be met.
    pub fn uncovered(&self) -> impl Iterator<Item = &Coverage> {
        self.coverage
            .iter()
            .filter(|coverage| !coverage.failed || !coverage.passed)
    }
}

/// Runs the cases of a suite.
pub fn run(suite: &Suite) -> SuiteResult {
    let mut sources = Sources::default();
    let policy_id = sources.add(
        format!("{SHIPPED}{}", suite.policy_path),
        suite.policy.as_str(),
    );
    let test_text = suite.test.as_deref().unwrap_or_default();
    let test_id = sources.add(format!("{SHIPPED}{}", suite.test_path), test_text);
    let policy_file = parse_file(&sources, policy_id);
    let entities = &policy_file.project.policies;
    let policies = Policies::of(entities);
    let mut diagnostics = policy_file.diagnostics.clone();
    diagnostics.extend(policies.diagnostics.iter().cloned());
    let test = suite
        .test
        .as_ref()
        .map(|text| policy_test::read(test_id, text));
    let test = test.map(|test| {
        diagnostics.extend(test.diagnostics);
        test.value
    });
    let mut result = SuiteResult {
        policy_path: suite.policy_path.clone(),
        test_path: suite.test_path.clone(),
        faults: diagnostics.iter().map(|it| fault(it, &sources)).collect(),
        cases: Vec::new(),
        coverage: coverage(entities),
    };
    let runnable = test
        .filter(|_| result.faults.is_empty())
        .unwrap_or_default();
    for case in runnable.cases.iter().flatten() {
        let judged = judge(suite, &runnable, case, entities);
        result.add(case, judged, &sources);
    }
    result
}

fn fault(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let file = sources.file(diagnostic.span.source);
    let path = file.path().trim_start_matches(SHIPPED);
    let line = file.position(diagnostic.span.start).line;
    format!("{path}:{line}: {}", diagnostic.message)
}

fn coverage(policies: &[Entity<Policy>]) -> Vec<Coverage> {
    let requirements = policies.iter().flat_map(|policy| &policy.body.require);
    let ids = requirements.filter_map(|requirement| requirement.id.as_ref());
    ids.map(|id| Coverage {
        requirement: id.value.text.clone(),
        failed: false,
        passed: false,
    })
    .collect()
}

/// What the requirement of a case said.
struct Judged {
    findings: Vec<Finding>,
    tally: Tally,
    /// What keeps the case from being judged.
    faults: Vec<String>,
}

fn judge(suite: &Suite, test: &PolicyTest, case: &TestCase, policies: &[Entity<Policy>]) -> Judged {
    let given = case.given.as_ref().map_or("", |given| given.value.as_str());
    let base = suite.base.as_deref().unwrap_or(BASE);
    let mut sources = Sources::default();
    for (position, text) in completion::complete(base, given).into_iter().enumerate() {
        sources.add(format!("given/{position}.yaml"), text);
    }
    sources.add(
        format!("{SHIPPED}{}", suite.policy_path),
        suite.policy.as_str(),
    );
    let today = test.today.as_ref().map_or(TODAY, |today| today.value.civil);
    let loaded = load(sources, |_| surroundings(case, today));
    let read = loaded.diagnostics.iter();
    let not_understood = read.filter(|it| NOT_UNDERSTOOD.contains(&it.rule.id.as_ref()));
    let mut faults: Vec<String> = not_understood
        .map(|it| format!("the case is not understood: {}", it.message))
        .collect();
    let policies = Policies::of(policies);
    let name = case
        .requirement
        .as_ref()
        .map_or("", |id| id.value.text.as_str());
    let is_tried = |id: &str| id.rsplit('/').next() == Some(name);
    let Some(position) = policies
        .rules
        .iter()
        .position(|rule| is_tried(&rule.meta.id))
    else {
        faults.push(format!("the policy has no requirement `{name}`"));
        return Judged {
            findings: Vec::new(),
            tally: Tally::default(),
            faults,
        };
    };
    let judgement = policy::judge(&policies, &loaded.model, &loaded.sources);
    let places = Places::new(&loaded);
    let own = judgement
        .diagnostics
        .into_iter()
        .filter(|it| is_tried(&it.rule.id));
    Judged {
        findings: own.map(|diagnostic| places.locate(diagnostic)).collect(),
        tally: judgement.tallies.get(position).copied().unwrap_or_default(),
        faults,
    }
}

fn surroundings(case: &TestCase, today: jiff::civil::Date) -> Surroundings {
    let mut files = ProjectFiles::default();
    for file in &case.files {
        if let (Some(path), Some(text)) = (&file.path, &file.text) {
            files.paths.insert(path.value.clone());
            files.texts.insert(path.value.clone(), text.value.clone());
        }
    }
    Surroundings {
        files,
        ..Surroundings::on(today)
    }
}

impl SuiteResult {
    fn add(&mut self, case: &TestCase, judged: Judged, sources: &Sources) {
        let text = |written: &Option<Spanned<String>>| {
            written
                .as_ref()
                .map(|it| it.value.clone())
                .unwrap_or_default()
        };
        let requirement = case.requirement.as_ref();
        let requirement = requirement
            .map(|id| id.value.text.clone())
            .unwrap_or_default();
        let line = case.name.as_ref().map_or(0, |name| {
            sources
                .file(name.span.source)
                .position(name.span.start)
                .line
        });
        let mut faults = judged.faults;
        if faults.is_empty() {
            faults = compare(case.expect.as_ref(), &judged.findings, judged.tally);
        }
        let went_well = faults.is_empty();
        let coverage = self.coverage.iter_mut();
        for coverage in coverage.filter(|coverage| coverage.requirement == requirement) {
            coverage.failed |= went_well && !judged.findings.is_empty();
            coverage.passed |= went_well && judged.tally.met > 0 && judged.findings.is_empty();
        }
        self.cases.push(CaseResult {
            name: text(&case.name),
            requirement,
            line,
            faults,
        });
    }
}

/// What is different from what is expected.
fn compare(expected: Option<&Expectation>, findings: &[Finding], tally: Tally) -> Vec<String> {
    let said: Vec<String> = findings.iter().map(shown).collect();
    match expected {
        None => vec!["the case expects nothing".to_owned()],
        Some(Expectation::Silent(silence)) => {
            let mut faults: Vec<String> = said
                .iter()
                .map(|said| format!("it should say nothing, but says {said}"))
                .collect();
            if faults.is_empty() && silence.value == Silence::Pass && tally.met == 0 {
                faults.push(
                    "nothing was asked: `match` or `when` leave everything out; expect `not_meant` if that is right".to_owned(),
                );
            }
            if silence.value == Silence::NotMeant && tally.met > 0 {
                faults.push("it should leave everything out, but something was asked".to_owned());
            }
            faults
        }
        Some(Expectation::Fails(failures)) => {
            let expected = failures.fail.iter().flat_map(|fail| fail.iter());
            compare_failures(&expected.collect::<Vec<_>>(), findings, &said)
        }
    }
}

fn compare_failures(
    expected: &[&ExpectedFailure],
    findings: &[Finding],
    said: &[String],
) -> Vec<String> {
    let mut faults = Vec::new();
    let mut seen: BTreeSet<usize> = BTreeSet::new();
    for failure in expected {
        let position = findings.iter().enumerate().position(|(position, finding)| {
            !seen.contains(&position) && is_meant(failure, finding)
        });
        match position {
            Some(position) => {
                seen.insert(position);
            }
            None if said.is_empty() => {
                faults.push(format!(
                    "it should fail{}, but says nothing",
                    wanted(failure)
                ));
            }
            None => faults.push(format!(
                "it should fail{}, but says {}",
                wanted(failure),
                said.join("; ")
            )),
        }
    }
    if faults.is_empty() {
        let others = said
            .iter()
            .enumerate()
            .filter(|(position, _)| !seen.contains(position));
        faults.extend(others.map(|(_, said)| format!("it says something else too: {said}")));
    }
    faults
}

fn is_meant(expected: &ExpectedFailure, finding: &Finding) -> bool {
    let at = expected.at.as_ref().is_none_or(|at| {
        let rest = finding.path.strip_prefix(&at.value);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    let message = expected.message.as_ref();
    at && message.is_none_or(|message| finding.diagnostic.message.contains(&message.value))
}

fn wanted(expected: &ExpectedFailure) -> String {
    let at = expected.at.as_ref().map(|at| format!(" at `{}`", at.value));
    let message = expected.message.as_ref();
    let message = message.map(|message| format!(" with `{}` in the message", message.value));
    format!("{}{}", at.unwrap_or_default(), message.unwrap_or_default())
}

fn shown(finding: &Finding) -> String {
    format!("`{}` at `{}`", finding.diagnostic.message, finding.path)
}
