//! `flowgate check --base` in real repositories: versions, running cases, and who judges.

use serde_json::Value;

use crate::shell::{Folder, Run, TODAY};

const WORKFLOW: &str = "workflows/equipment-request.yaml";
const CONTRACT: &str = "contracts/inventory.assignment.v1.yaml";
const POLICY: &str = "policies/change-control.yaml";

fn check(folder: &Folder, arguments: &[&str]) -> Run {
    let mut all = vec!["check", "--base", "main", "--today", TODAY];
    all.extend(arguments);
    folder.flowgate(&all)
}

/// The findings that count, as `rule: message`.
fn findings(folder: &Folder) -> Vec<String> {
    let run = check(folder, &["--format", "json"]);
    let report: Value = serde_json::from_str(&run.stdout)
        .unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["suppressed"].is_null())
        // Scenarios with amounts reach less when the limits move; that is not the matter here.
        .filter(|finding| finding["rule"] != "scenario-gap")
        .map(|finding| format!("{}: {}", text(&finding["rule"]), text(&finding["message"])))
        .collect()
}

/// The starter on a branch of its own, where nobody has to prove approvals.
fn branch() -> Folder {
    let folder = Folder::starter();
    folder.edit(
        POLICY,
        "  evidence: {minimum: committed, exclude: [author]}\n",
        "",
    );
    folder.commit("Approvals are not the matter here");
    folder.git(&["switch", "--quiet", "--create", "change"]);
    folder
}

#[test]
fn a_change_without_a_bump_fails_and_is_repaired_in_place() {
    let folder = branch();
    folder.edit(WORKFLOW, "version: 0.1.0", "version: 0.1.0 # by hand");
    assert_eq!(findings(&folder), Vec::<String>::new());
    folder.edit(WORKFLOW, "value: 500.00", "value: 2000.00");
    assert_eq!(
        findings(&folder),
        [
            "bump-too-small: version 0.1.0 is too low: `control-weakened` at \
             `controls.approval_from.value` takes 0.1.1 after 0.1.0"
        ]
    );
    let run = check(&folder, &["--fix"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(folder.read(WORKFLOW).contains("version: 0.1.1 # by hand\n"));
    assert!(
        run.stdout.contains("Judged under the policies of main @ "),
        "{}",
        run.stdout
    );
}

#[test]
fn several_merged_changes_need_one_bump() {
    let folder = branch();
    folder.git(&["tag", "equipment-request/v0.1.0"]);
    folder.edit(WORKFLOW, "value: 500.00", "value: 2000.00");
    folder.edit(WORKFLOW, "version: 0.1.0", "version: 0.1.1");
    folder.commit("Raise the limit");
    folder.git(&["branch", "--force", "main"]);
    folder.edit(WORKFLOW, "value: 2000.00", "value: 3000.00");
    assert_eq!(findings(&folder), Vec::<String>::new());
    folder.edit(WORKFLOW, "resolution: 5d", "resolution: 9d");
    assert_eq!(
        findings(&folder),
        [
            "bump-too-small: version 0.1.1 is too low: the breaking `sla-loosened` at \
             `sla.resolution` takes 0.2.0 after `equipment-request/v0.1.0`"
        ]
    );
    let diff = folder.flowgate(&["diff", "--base", "main", "--today", TODAY]);
    assert_eq!(diff.code, 1, "{}", diff.stdout);
}

#[test]
fn a_release_that_the_branch_does_not_know_does_not_count() {
    let folder = branch();
    folder.edit(WORKFLOW, "value: 500.00", "value: 400.00");
    folder.edit(WORKFLOW, "version: 0.1.0", "version: 0.1.1");
    folder.commit("Lower the limit");
    folder.git(&["switch", "--quiet", "--create", "other", "main"]);
    folder.git(&["commit", "--quiet", "--allow-empty", "--message", "Other"]);
    folder.git(&["tag", "equipment-request/v0.0.9"]);
    folder.git(&["switch", "--quiet", "change"]);
    assert_eq!(findings(&folder), Vec::<String>::new());
}

#[test]
fn a_major_of_a_contract_is_a_new_contract() {
    let folder = branch();
    folder.edit(CONTRACT, "enum: [assigned, released]", "enum: [assigned]");
    let found = findings(&folder);
    assert!(found[0].starts_with("bump-too-small"), "{found:?}");
    let run = check(&folder, &["--fix"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout
            .contains("publish the change as `inventory.assignment.v2`"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_change_cannot_weaken_what_judges_it() {
    let folder = branch();
    folder.edit(
        "flowgate.yaml",
        "flowgate: 1\n",
        "flowgate: 1\nlevels: {bump-too-small: off, backup-missing: off}\n",
    );
    folder.edit(WORKFLOW, "  backup: ", "  x-backup: ");
    let found = findings(&folder);
    let rules: Vec<&str> = found
        .iter()
        .filter_map(|line| line.split(':').next())
        .collect();
    assert!(rules.contains(&"backup-missing"), "{found:#?}");
    assert!(rules.contains(&"bump-too-small"), "{found:#?}");
    folder.edit(
        POLICY,
        "policy:\n",
        "policy:\n  x-note: judged under its base\n",
    );
    assert!(check(&folder, &[]).stdout.contains("backup-missing"));
}

#[test]
fn a_policy_of_the_base_that_can_no_longer_be_judged_is_told() {
    let requirement =
        "  require:\n    - {id: ratio, that: 100 / workflow.scenarios > 0, message: few}\n";
    let demanded = format!("{requirement}  approvals:\n");
    let folder = branch();
    folder.edit(POLICY, "  approvals:\n", &demanded);
    folder.commit("Ask for scenarios");
    folder.git(&["branch", "--force", "main"]);
    let trouble = "`change-control/ratio` cannot be decided: division by zero";
    let of_base = format!("the base judges by `{POLICY}:8`: {trouble}");
    let told = || -> Vec<(String, String)> {
        let run = check(&folder, &["--format", "json"]);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        let about = findings.filter(|finding| finding["rule"] == "policy-invalid");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        about
            .map(|finding| (text(&finding["level"]), text(&finding["message"])))
            .collect()
    };
    folder.edit(POLICY, requirement, "");
    assert_eq!(told(), []);
    std::fs::remove_file(folder.join("scenarios/equipment-request.yaml")).unwrap();
    assert_eq!(told(), [("error".to_owned(), of_base.clone())]);
    folder.edit(POLICY, "  approvals:\n", &demanded);
    assert_eq!(told(), [("error".to_owned(), trouble.to_owned())]);
    // Whoever mends what could not be judged before is not stopped.
    folder.commit("Give the scenarios up");
    folder.git(&["branch", "--force", "main"]);
    folder.edit(POLICY, requirement, "");
    assert_eq!(told(), [("warning".to_owned(), of_base)]);
}

#[test]
fn a_retired_name_comes_back_with_another_meaning() {
    let folder = branch();
    folder.git(&["tag", "contract/inventory.assignment/v1.0.0"]);
    folder.edit(
        CONTRACT,
        "    status: {",
        "    condition: {type: string}\n    status: {",
    );
    folder.edit(CONTRACT, "version: 1.0.0", "version: 1.1.0");
    folder.commit("Add a field");
    folder.git(&["tag", "contract/inventory.assignment/v1.1.0"]);
    folder.edit(CONTRACT, "    condition: {type: string}\n", "");
    folder.edit(CONTRACT, "version: 1.1.0", "version: 1.2.0");
    folder.commit("Remove a field");
    folder.git(&["tag", "contract/inventory.assignment/v1.2.0"]);
    folder.git(&["branch", "--force", "main"]);
    folder.edit(
        CONTRACT,
        "    status: {",
        "    condition: {type: integer}\n    status: {",
    );
    folder.edit(CONTRACT, "version: 1.2.0", "version: 1.3.0");
    assert_eq!(
        findings(&folder),
        ["reserved-name-reused: the field `condition` meant something else before"]
    );
    folder.edit(
        CONTRACT,
        "condition: {type: integer}",
        "condition: {type: string}",
    );
    assert_eq!(findings(&folder), Vec::<String>::new());
}

#[test]
fn an_unknown_base_is_no_verdict() {
    let folder = branch();
    let run = folder.flowgate(&["check", "--base", "nowhere"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains("nowhere"), "{}", run.stderr);
}

#[test]
fn whoever_forgets_that_something_was_renamed_is_asked() {
    let folder = branch();
    folder.edit(CONTRACT, "    asset_id:", "    asset_number:");
    let report = check(&folder, &["--format", "json"]).stdout;
    let question = "if this is `asset_id` under another name, write `renamed_from: asset_id` under `asset_number`";
    assert!(report.contains(question), "{report}");
    folder.edit(
        CONTRACT,
        "asset_number: {",
        "asset_number: {renamed_from: asset_id, ",
    );
    let report = check(&folder, &["--format", "json"]).stdout;
    assert!(!report.contains("under another name"), "{report}");
}
