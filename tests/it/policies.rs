//! Policies: the shipped packs keep what their tests say, users' policies are judged and explained.

use flowgate::check::trial::{self, BASE, Suite};
use flowgate::check::{self, Finding, Loaded};
use flowgate::model::Surroundings;
use flowgate::policy::facts::{Facts, Selection, schema};
use flowgate::policy::packs::PACKS;
use flowgate::source::Sources;

use crate::examples;
use crate::shell::{Folder, TODAY};

/// The documents that cases are completed from, with further ones.
fn load(documents: &str) -> Loaded {
    let mut sources = Sources::default();
    // Without the project file, which tests write themselves.
    let (documents_of_base, _) = BASE.split_once("---\nflowgate:").unwrap();
    sources.add("base.yaml", documents_of_base);
    sources.add("policy.yaml", documents);
    check::load(sources, |_| Surroundings::on(jiff::civil::date(2026, 8, 1)))
}

/// Findings of one rule as `level place: message`.
fn found(documents: &str, rule: &str) -> Vec<String> {
    let loaded = load(documents);
    let findings = check::check(&loaded);
    let own = findings
        .iter()
        .filter(|finding| finding.diagnostic.rule.id == rule);
    own.map(|finding| shown(&loaded, finding)).collect()
}

fn shown(loaded: &Loaded, finding: &Finding) -> String {
    let diagnostic = &finding.diagnostic;
    let marked = loaded.sources.text(diagnostic.span);
    format!("{} {marked}: {}", diagnostic.level, diagnostic.message)
}

/// Every case of every pack, and every requirement seen both failing and met.
#[test]
fn every_pack_passes_its_own_tests() {
    let mut faults = Vec::new();
    for file in PACKS.iter().flat_map(|pack| pack.policies) {
        let result = trial::run(&Suite::shipped(file));
        faults.extend(result.faults.iter().cloned());
        for case in &result.cases {
            let shown = case.faults.iter();
            faults.extend(shown.map(|fault| format!("{}: {}: {fault}", file.path, case.name)));
        }
        for missed in result.uncovered() {
            faults.push(format!("{}: {missed:?} is not covered", file.path));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn require(that: &str) -> String {
    format!(
        "policy:\n  name: house\n  owner: ann.berg\n  require:\n    - {{id: rule, each: step, that: {that:?}, message: \"`${{ step.id }}`\"}}\n"
    )
}

#[test]
fn a_requirement_that_fails_marks_its_subject() {
    assert_eq!(
        found(&require("step.kind != 'task'"), "house/rule"),
        ["error work: `work`"]
    );
    assert_eq!(
        found(&require("step.kind == 'task'"), "house/rule"),
        Vec::<String>::new()
    );
}

#[test]
fn a_policy_with_a_typo_never_passes_silently() {
    assert_eq!(
        found(&require("step.knd == 'task'"), "policy-invalid"),
        ["error knd: `step` has no field `knd`"]
    );
}

/// Macros inside macros, deep brackets and long literals end in a finding about the requirement.
#[test]
fn hostile_policies_end_in_a_bounded_error() {
    let mut steps = String::from(
        "workflows:\n  wide:\n    states:\n      one:\n        lifecycle: new\n        to: one\n        steps:\n",
    );
    for step in 0..60 {
        steps.push_str(&format!("          - {{id: s{step}, task: Work}}\n"));
    }
    let mut that = String::from("true");
    for level in 0..6 {
        that = format!("workflow.steps.all(s{level}, s{level}.id != '' && {that})");
    }
    let documents = format!("{steps}---\n{}", require(&that));
    let said = found(&documents, "policy-invalid");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("more than 100000 steps"), "{said:?}");
    assert_eq!(found(&documents, "house/rule"), Vec::<String>::new());
    let deep = format!("{}step.writes{}", "(".repeat(200), ")".repeat(200));
    let long = format!("step.id != '{}'", "x".repeat(10_000));
    for hostile in [deep, long] {
        let said = found(&require(&hostile), "policy-invalid");
        assert_eq!(said.len(), 1, "{said:?}");
    }
}

const TWO: &str = "workflows:
  paying: {owner: ann.berg, risk: [finance]}
  asking: {owner: ann.berg}
---
policy:
  name: house
  owner: ann.berg
  levels:
    - {match: {risk: finance}, set: {house/rule: LEVEL}}
  require:
    - {id: rule, match: {name: '*ing'}, that: workflow.backup != '', message: nobody stands in, level: warning}
LOCKED---
flowgate: 1
levels: CONFIG
";

#[test]
fn levels_with_a_match_count_for_the_documents_they_mean() {
    let documents = |level: &str, locked: &str, config: &str| {
        let text = TWO.replace("LEVEL", level).replace("LOCKED", locked);
        text.replace("CONFIG", config)
    };
    let error = "error paying: nobody stands in";
    let warning = |name: &str| format!("warning {name}: nobody stands in");
    assert_eq!(
        found(&documents("error", "", "{}"), "house/rule"),
        [error.to_owned(), warning("asking")]
    );
    assert_eq!(
        found(&documents("off", "", "{}"), "house/rule"),
        [warning("asking")]
    );
    // What is locked can only become stricter.
    let locked = "  locked: [house/rule]\n";
    assert_eq!(
        found(&documents("off", locked, "{house/rule: off}"), "house/rule"),
        [warning("paying"), warning("asking")]
    );
    assert_eq!(
        found(&documents("error", locked, "{}"), "house/rule"),
        [error.to_owned(), warning("asking")]
    );
}

#[test]
fn an_unknown_pack_is_reported() {
    let said = found("flowgate: 1\npolicies: [fnance]\n", "unresolved-reference");
    let expected = "error fnance: there is no policy pack `fnance`".to_owned();
    assert!(said.contains(&expected), "{said:?}");
}

#[test]
fn facts_fit_their_published_schema() {
    let validator = jsonschema::draft202012::new(&schema::schema()).unwrap();
    for example in ["back-office", "starter", "legacy"] {
        let loaded = examples::load(example);
        let facts = Facts::new(&loaded.model, &loaded.sources, Selection::whole()).to_json();
        let errors: Vec<String> = validator
            .iter_errors(&facts)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{example}: {errors:#?}");
    }
}

#[test]
fn users_write_test_and_suppress_policies() {
    let folder = Folder::starter();
    let run = folder.flowgate(&["policy", "new", "house-rules"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = folder.flowgate(&["policy", "test"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert!(
        run.stdout
            .contains("policies/house-rules.yaml: 2 of 2 cases as expected")
    );
    let run = folder.flowgate(&["policy", "new", "house-rules"]);
    assert_eq!(run.code, 2);
    let run = folder.flowgate(&["explain", "house-rules/backup"]);
    assert!(
        run.stdout.contains("This fails (nobody stands in)"),
        "{}",
        run.stdout
    );

    folder.edit(
        "policies/house-rules.test.yaml",
        "expect: pass",
        "expect: not_meant",
    );
    let run = folder.flowgate(&["policy", "test", "--format", "json"]);
    assert_eq!(run.code, 1);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["policies"][0]["never_passed"][0], "backup");

    folder.edit(
        "policies/house-rules.yaml",
        "workflow.backup != ''",
        "workflow.stage >= 4",
    );
    let run = folder.flowgate_with(&["check", "--today", TODAY], &[("COLUMNS", "96")]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    let shown: Vec<&str> = run
        .stdout
        .lines()
        .take_while(|line| !line.starts_with("Checked"))
        .collect();
    insta::assert_snapshot!("failing_policy", shown.join("\n"));
}
