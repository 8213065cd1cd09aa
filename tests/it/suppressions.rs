//! Suppressions: who may accept what, for how long, and how it is told.

use serde_json::Value;

use crate::shell::{Folder, Run, TODAY};

const WORKFLOW: &str = "workflows/equipment-request.yaml";

fn check(folder: &Folder, arguments: &[&str]) -> Run {
    let mut all = vec!["check", "--today", TODAY];
    all.extend(arguments);
    folder.flowgate(&all)
}

fn report(folder: &Folder) -> Value {
    serde_json::from_str(&check(folder, &["--format", "json"]).stdout).unwrap()
}

fn rules(folder: &Folder) -> Vec<String> {
    let report = report(folder);
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["suppressed"].is_null())
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect()
}

fn suppression(rule: &str, at: &str, until: &str, by: &str) -> String {
    let at = if at.is_empty() {
        String::new()
    } else {
        format!("at: {at}, ")
    };
    format!(
        "    - {{rule: {rule}, {at}reason: Being mended., until: \"{until}\", approved_by: {by}}}\n"
    )
}

/// The starter without a backup, which is a warning, and with a suppression of that.
fn without_backup(until: &str, by: &str) -> Folder {
    let folder = Folder::starter();
    folder.edit(WORKFLOW, "  backup: ben.ortiz\n", "");
    let text = folder.read(WORKFLOW);
    let list = suppression("backup-missing", "", until, by);
    folder.write(WORKFLOW, &format!("{text}  suppress:\n{list}"));
    folder
}

/// The starter without a proof of completion, which is an error, accepted by somebody.
fn without_proof(by: &str) -> Folder {
    let folder = Folder::starter();
    folder.edit(
        WORKFLOW,
        "  proof:\n    - {from: Inventory, that: \"steps.register.status == 'assigned'\"}\n",
        "",
    );
    let text = folder.read(WORKFLOW);
    let list = suppression("proof-missing", "", "2026-12-31", by);
    folder.write(WORKFLOW, &format!("{text}  suppress:\n{list}"));
    folder
}

/// The starter with a queue that nobody owns, and a suppression of that in the project file.
fn ownerless_queue(at: &str, by: &str) -> Folder {
    let folder = Folder::starter();
    let queues = folder.read("directory/queues.yaml");
    let at_queue = queues
        .find("  equipment-exceptions")
        .unwrap_or_else(|| panic!("{queues}"));
    let (before, queue) = queues.split_at(at_queue);
    folder.write(
        "directory/queues.yaml",
        &format!("{before}{}", queue.replacen("owner: ada.lind, ", "", 1)),
    );
    let config = folder.read("flowgate.yaml");
    let list = suppression("queue-owner-missing", at, "2026-12-31", by);
    folder.write("flowgate.yaml", &format!("{config}suppress:\n{list}"));
    folder
}

#[test]
fn one_in_force_is_listed_with_the_days_that_are_left() {
    let folder = without_backup("2027-01-31", "cleo.marsh");
    let run = check(&folder, &[]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    let headline = "1 suppression in force; the next ends in 69 days.";
    assert!(run.stdout.contains(headline), "{}", run.stdout);
    assert!(
        !run.stdout.contains("backup-missing in workflow"),
        "it does not end soon"
    );
    let all = check(&folder, &["--all"]).stdout;
    let line = "backup-missing in workflow equipment-request: 69 days left, until 2027-01-31, accepted by cleo.marsh";
    assert!(all.contains(line), "{all}");
    let report = report(&folder);
    let listed = &report["suppressions"][0];
    assert_eq!(listed["days_left"], 69);
    assert_eq!(
        (listed["ends_soon"].as_bool(), listed["findings"].as_u64()),
        (Some(false), Some(1))
    );
    assert_eq!(report["findings"][0]["suppressed"]["days_left"], 69);
    let schema = flowgate::report::check_schema().to_value();
    assert!(
        jsonschema::validator_for(&schema)
            .unwrap()
            .is_valid(&report)
    );
}

#[test]
fn one_that_ends_soon_is_told_to_everybody() {
    let folder = without_backup("2026-12-23", "cleo.marsh");
    let line = "backup-missing in workflow equipment-request: 30 days left, until 2026-12-23";
    assert!(check(&folder, &[]).stdout.contains(line));
    let markdown = check(&folder, &["--format", "markdown"]).stdout;
    assert!(
        markdown.contains(&format!("- ends soon: {line}")),
        "{markdown}"
    );
    assert_eq!(report(&folder)["suppressions"][0]["ends_soon"], true);
    let later = without_backup("2026-12-24", "cleo.marsh");
    assert_eq!(report(&later)["suppressions"][0]["ends_soon"], false);
}

#[test]
fn it_ends_after_its_last_day() {
    let today = without_backup(TODAY, "cleo.marsh");
    assert_eq!(rules(&today), Vec::<String>::new());
    assert!(check(&today, &[]).stdout.contains("ends today, 2026-11-23"));
    let past = without_backup("2026-11-22", "cleo.marsh");
    assert_eq!(rules(&past), ["backup-missing", "suppression-incomplete"]);
    assert_eq!(check(&past, &[]).code, 1);
    assert_eq!(report(&past)["suppressions"], Value::Array(Vec::new()));
}

#[test]
fn who_accepts_must_exist() {
    let folder = without_backup("2026-12-31", "nobody.known");
    let found = rules(&folder);
    assert!(found.contains(&"backup-missing".to_owned()), "{found:?}");
    assert!(
        found.contains(&"unresolved-reference".to_owned()),
        "{found:?}"
    );
}

#[test]
fn errors_need_a_second_pair_of_eyes_and_warnings_do_not() {
    assert_eq!(rules(&without_proof("cleo.marsh")), Vec::<String>::new());
    let own = without_proof("ada.lind");
    let found = rules(&own);
    assert!(found.contains(&"proof-missing".to_owned()), "{found:?}");
    assert!(
        found.contains(&"suppression-self-approved".to_owned()),
        "{found:?}"
    );
    assert_eq!(
        rules(&without_backup("2026-12-31", "ada.lind")),
        Vec::<String>::new()
    );
}

#[test]
fn an_owner_written_as_an_address_is_the_same_person() {
    let folder = without_proof("ada.lind");
    folder.edit(
        WORKFLOW,
        "  owner: ada.lind\n",
        "  owner: ada.lind@example.com\n",
    );
    let found = rules(&folder);
    assert!(
        found.contains(&"suppression-self-approved".to_owned()),
        "{found:?}"
    );
}

#[test]
fn documents_without_a_list_have_theirs_in_the_project_file() {
    let bare = ownerless_queue("queues.elsewhere", "cleo.marsh");
    let found = rules(&bare);
    assert!(
        found.contains(&"queue-owner-missing".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"suppression-unused".to_owned()),
        "{found:?}"
    );
    for at in ["queues.equipment-exceptions", "queue.equipment-exceptions"] {
        let folder = ownerless_queue(at, "cleo.marsh");
        assert_eq!(rules(&folder), Vec::<String>::new(), "{at}");
        let report = report(&folder);
        assert_eq!(
            report["suppressions"][0]["document"]["name"],
            "equipment-exceptions"
        );
    }
    let workflows = ownerless_queue("workflows.equipment-request", "cleo.marsh");
    assert!(rules(&workflows).contains(&"suppression-unused".to_owned()));
}

#[test]
fn unused_ones_in_the_project_file_are_removed() {
    let folder = Folder::starter();
    let config = folder.read("flowgate.yaml");
    let list = suppression(
        "queue-owner-missing",
        "queues.equipment-exceptions",
        "2026-12-31",
        "cleo.marsh",
    );
    folder.write("flowgate.yaml", &format!("{config}suppress:\n{list}"));
    assert_eq!(rules(&folder), ["suppression-unused"]);
    assert_eq!(check(&folder, &["--fix"]).code, 0);
    assert_eq!(rules(&folder), Vec::<String>::new());
    assert!(
        !folder.read("flowgate.yaml").contains("suppress"),
        "{}",
        folder.read("flowgate.yaml")
    );
}

#[test]
fn a_suppression_in_the_project_file_weakens_a_control() {
    let folder = ownerless_queue("queues.equipment-exceptions", "cleo.marsh");
    let run = folder.flowgate(&[
        "diff", "--base", "HEAD", "--today", TODAY, "--format", "json",
    ]);
    let impact: Value = serde_json::from_str(&run.stdout).unwrap();
    let documents = impact["documents"].as_array().unwrap();
    let project = documents
        .iter()
        .find(|document| document["kind"] == "project")
        .unwrap();
    let changes = project["changes"].as_array().unwrap();
    assert!(
        changes
            .iter()
            .any(|change| change["id"] == "suppression-added" && change["control"] == "weakened")
    );
}

/// The starter without a fallback, a locked rule, accepted by cleo.marsh.
fn without_fallback(policy: &str) -> Folder {
    let folder = Folder::starter();
    let text = folder.read(WORKFLOW);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("  fallback:"))
        .collect();
    let list = suppression("fallback-missing", "", "2026-12-31", "cleo.marsh");
    folder.write(
        WORKFLOW,
        &format!("{}\n  suppress:\n{list}", lines.join("\n")),
    );
    folder.write("policies/change-control.yaml", policy);
    folder
}

#[test]
fn a_locked_rule_needs_who_answers_for_the_control() {
    let locked = |policy: &str| {
        rules(&without_fallback(policy)).contains(&"locked-rule-suppressed".to_owned())
    };
    let policy = |rest: &str| format!("policy:\n  name: change-control\n  version: 1.0.0\n{rest}");
    // The owner of the policy that locks it, and nobody else.
    assert!(!locked(&policy(
        "  owner: cleo.marsh\n  locked: [fallback-missing]\n"
    )));
    assert!(locked(&policy(
        "  owner: ben.ortiz\n  locked: [fallback-missing]\n  approvals: [{match: {control: weakened}, ask: [{person: cleo.marsh}]}]\n"
    )));
    // Without one, whom a policy asks when a control is weakened.
    assert!(locked(&policy("  owner: cleo.marsh\n")));
    assert!(!locked(&policy(
        "  owner: ben.ortiz\n  approvals: [{match: {control: weakened}, ask: [{person: cleo.marsh}]}]\n"
    )));
    assert!(!locked(&policy(
        "  owner: ben.ortiz\n  approvals: [{match: {control: weakened}, ask: [{role: budget_owner}]}]\n"
    )));
    assert!(locked(&policy(
        "  owner: ben.ortiz\n  approvals: [{match: {class: breaking}, ask: [{role: budget_owner}]}]\n"
    )));
}
