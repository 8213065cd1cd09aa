//! The scenarios of the shipped repositories: all of them pass, and together they reach every
//! state, transition, reason code, timer and decision row.

use std::fs;
use std::path::Path;
use std::process::Command;

use flowgate::check::{self, scenarios};

use crate::examples::load;

#[test]
fn every_scenario_of_the_examples_passes_and_they_reach_everything() {
    let mut count = 0;
    let mut faults = Vec::new();
    for example in ["back-office", "starter"] {
        let loaded = load(example);
        let findings = check::check(&loaded);
        for workflow in &loaded.model.project.workflows {
            let name = &workflow.name.value;
            let sound = scenarios::sound(&loaded, &findings, name).unwrap();
            let tested = scenarios::test(&loaded, sound);
            faults.extend(tested.invalid.iter().map(|found| found.message.clone()));
            for case in &tested.cases {
                count += 1;
                for failure in &case.failures {
                    faults.push(format!(
                        "{name}: {}: {} [{}]\n    {:?}\n    expected {}\n    actual   {}",
                        case.name,
                        failure.message,
                        failure.note,
                        failure.why,
                        case.expected.join(" "),
                        case.path.join(" "),
                    ));
                }
            }
            let missing = tested.coverage.missing();
            faults.extend(missing.map(|item| format!("{name}: nothing reaches {}", item.words)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count >= 60, "{count} scenarios");
}

/// `flowgate test` on a copy of the starter whose files were changed: exit code and output.
fn tested(changes: &[(&str, &str, &str)], arguments: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    copy(&crate::examples::folder("starter"), folder.path());
    for (file, from, to) in changes {
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}: {from}");
        fs::write(&path, text.replace(from, to)).unwrap();
    }
    let run = Command::new(env!("CARGO_BIN_EXE_flowgate"))
        .arg("test")
        .args(arguments)
        .args(["--today", "2026-11-23"])
        .current_dir(folder.path())
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap();
    let mut shown = String::from_utf8_lossy(&run.stdout).into_owned();
    shown.push_str(&String::from_utf8_lossy(&run.stderr));
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "mmd" || extension == "svg")
        {
            shown.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    (run.status.code(), shown)
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

const SCENARIOS: &str = "scenarios/equipment-request.yaml";
const WORKFLOW: &str = "workflows/equipment-request.yaml";

#[test]
fn scenarios_that_pass_say_what_they_reach() {
    let (code, shown) = tested(&[], &["--coverage", ".", "--minimum", "100"]);
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        shown.contains("equipment-request  7/7     5/5     4/4          5/5           3/3     0/0"),
        "{shown}"
    );
    assert!(
        shown.contains("7 scenarios played, 0 failed, 100 % of all parts reached."),
        "{shown}"
    );
    assert!(shown.contains("s0[\"intake<br/>7\"]:::tested"), "{shown}");
    assert!(shown.contains("7 scenarios</text>"), "{shown}");
    assert!(!shown.contains("never tried"), "{shown}");
}

#[test]
fn a_case_that_goes_elsewhere_is_shown_with_both_paths_and_the_reason() {
    let changes = [(
        WORKFLOW,
        "input.justification != ''",
        "input.justification == ''",
    )];
    let (code, shown) = tested(&changes, &[]);
    assert_eq!(code, Some(1), "{shown}");
    for expected in [
        "a budget owner declines",
        "- expected  approval → rejected",
        "+ actual    (nothing more)",
        "`MISSING_JUSTIFICATION` was raised by `complete`",
        "since input.justification is",
        "scenarios/equipment-request.yaml:",
    ] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
}

#[test]
fn formats_for_machines_say_the_same() {
    let changes = [(SCENARIOS, "approve: dev.rao", "approve: ada.lind")];
    let (code, shown) = tested(&changes, &["--format", "json"]);
    assert_eq!(code, Some(1));
    let report: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let schema = flowgate::report::test::test_schema().to_value();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(&report)
        .map(|fault| fault.to_string())
        .collect();
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(report["summary"]["failed"], 1);
    let (code, shown) = tested(&changes, &["--format", "junit"]);
    assert_eq!(code, Some(1));
    assert!(
        shown.contains("<testsuite name=\"equipment-request\" tests=\"7\""),
        "{shown}"
    );
    assert!(
        shown.contains("is none of those who decide `budget`"),
        "{shown}"
    );
}

#[test]
fn what_cannot_be_tested_is_never_green() {
    let (code, shown) = tested(
        &[(SCENARIOS, "fixtures/laptop.json", "fixtures/laptop.jsn")],
        &[],
    );
    assert_eq!(code, Some(1), "{shown}");
    let (code, shown) = tested(&[(SCENARIOS, "at: hand_over", "at: handover")], &[]);
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("did you mean `hand_over`?"), "{shown}");
    let (code, shown) = tested(&[(WORKFLOW, "to: approval", "to: aproval")], &[]);
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("nothing was tested"), "{shown}");
    let (code, shown) = tested(&[], &["equipment-requst"]);
    assert_eq!(code, Some(2), "{shown}");
    assert!(
        shown.contains("did you mean `equipment-request`?"),
        "{shown}"
    );
}
