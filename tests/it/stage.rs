//! `flowgate check --stage N`: what would fail at another rollout stage.

use serde_json::{Value, json};

use crate::shell::{Folder, Run, TODAY};

const WORKFLOW: &str = "workflows/equipment-request.yaml";

fn check(folder: &Folder, arguments: &[&str]) -> Run {
    let mut all = vec!["check", "--today", TODAY];
    all.extend(arguments);
    folder.flowgate(&all)
}

/// The starter at stage 0, without what stage 1 asks for.
fn without_a_metric() -> Folder {
    let folder = Folder::starter();
    folder.edit(WORKFLOW, "  stage: 1\n", "");
    folder.edit(
        WORKFLOW,
        "  success: {metric: cycle_time, baseline: 8d, target: 4d}\n",
        "",
    );
    folder
}

fn report(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn what_only_warns_today_fails_in_the_preview() {
    let folder = without_a_metric();
    assert_eq!(check(&folder, &[]).code, 0);
    let before = folder.read(WORKFLOW);
    let run = check(&folder, &["--stage", "1"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    let shown = run.stdout.split("Preview of ").nth(1).unwrap();
    insta::assert_snapshot!(shown.split(" in ").next().unwrap());
    assert_eq!(folder.read(WORKFLOW), before, "a preview changes nothing");
}

#[test]
fn the_report_for_machines_says_that_it_is_a_preview() {
    let folder = without_a_metric();
    let run = check(&folder, &["--stage", "1", "--format", "json"]);
    let report = report(&run);
    assert_eq!(report["preview"]["stage"], 1);
    let document = &report["preview"]["documents"][0];
    assert_eq!(document["document"]["name"], "equipment-request");
    assert_eq!(
        (&document["stage"], &document["draft"]),
        (&json!(0), &json!(false))
    );
    let newly = document["newly_failing"].as_array().unwrap();
    assert!(
        newly
            .iter()
            .any(|newly| newly["rule"] == "success-metric-missing"
                && newly["before"] == "warning"
                && newly["level"] == "error")
    );
    let fingerprints: Vec<&Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| &finding["fingerprint"])
        .collect();
    assert!(
        newly
            .iter()
            .all(|newly| fingerprints.contains(&&newly["fingerprint"]))
    );
    let schema = flowgate::report::check_schema().to_value();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&report));
    assert_eq!(report_without_preview(&folder).get("preview"), None);
}

fn report_without_preview(folder: &Folder) -> Value {
    report(&check(folder, &["--format", "json"]))
}

#[test]
fn a_stage_that_asks_for_nothing_more_stays_green() {
    let folder = Folder::starter();
    let run = check(&folder, &["--stage", "1"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    let line = "workflow equipment-request (at stage 1 already): nothing would newly fail";
    assert!(run.stdout.contains(line), "{}", run.stdout);
}

#[test]
fn a_lower_stage_fails_less() {
    let folder = without_a_metric();
    folder.edit(
        WORKFLOW,
        "  version: 0.1.0\n",
        "  version: 0.1.0\n  stage: 1\n",
    );
    assert_eq!(check(&folder, &[]).code, 1);
    assert_eq!(check(&folder, &["--stage", "0"]).code, 0);
}

#[test]
fn drafts_are_not_enforced_at_any_stage() {
    let folder = without_a_metric();
    folder.edit(
        WORKFLOW,
        "  version: 0.1.0\n",
        "  version: 0.1.0\n  status: draft\n",
    );
    let run = check(&folder, &["--stage", "4"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(
        run.stdout.contains("a draft, of which nothing is enforced"),
        "{}",
        run.stdout
    );
}

#[test]
fn only_the_selected_workflows_are_put_to_the_stage() {
    let folder = without_a_metric();
    let second = folder
        .read(WORKFLOW)
        .replace("name: equipment-request", "name: second-request");
    folder.write("workflows/second-request.yaml", &second);
    for selection in ["second-request", "workflows/second-request.yaml"] {
        let run = check(&folder, &["--stage", "1", selection, "--format", "json"]);
        assert_eq!(run.code, 1);
        let report = report(&run);
        let documents = report["preview"]["documents"].as_array().unwrap();
        assert_eq!(documents.len(), 1, "{documents:#?}");
        assert_eq!(documents[0]["document"]["name"], "second-request");
    }
}

#[test]
fn wrong_stages_and_names_are_refused() {
    let folder = Folder::starter();
    for arguments in [
        &["--stage", "5"][..],
        &["--stage", "one"],
        &["--stage", "2", "--fix"],
    ] {
        assert_eq!(check(&folder, arguments).code, 2, "{arguments:?}");
    }
    let run = check(&folder, &["--stage", "2", "equipment-requests"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .contains("did you mean the workflow `equipment-request`?"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_name_stands_for_the_file_of_the_workflow() {
    let folder = without_a_metric();
    let named = check(&folder, &["equipment-request", "--format", "json"]);
    let path = check(&folder, &[WORKFLOW, "--format", "json"]);
    assert_eq!(named.stdout, path.stdout);
    let at = check(&folder, &["--at", "HEAD", "equipment-request"]);
    assert_eq!(at.code, 0, "{}{}", at.stdout, at.stderr);
    assert_eq!(check(&folder, &["--at", "HEAD", "nothing-here"]).code, 2);
}
