//! Baselines: a legacy repository is adopted, grows no new faults unseen, and shrinks.

use std::path::Path;

use serde_json::Value;

use crate::shell::{Folder, Run, TODAY};

const FILE: &str = "flowgate.baseline.json";
const VENDOR: &str = "workflows/vendor-setup.yaml";
/// In CI a check writes nothing.
const CI: &[(&str, &str)] = &[("CI", "true")];

fn check_with(folder: &Folder, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut all = vec!["check", "--today", TODAY];
    all.extend(arguments);
    folder.flowgate_with(&all, environment)
}

fn check(folder: &Folder, arguments: &[&str]) -> Run {
    check_with(folder, arguments, CI)
}

/// The legacy example.
fn legacy() -> Folder {
    Folder::copy_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/legacy"))
}

/// The legacy example with a baseline that its project file names.
fn adopted() -> Folder {
    let folder = legacy();
    let run = check(&folder, &["--write-baseline"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let config = folder.read("flowgate.yaml");
    folder.write("flowgate.yaml", &format!("{config}baseline: {FILE}\n"));
    folder
}

fn json(folder: &Folder, arguments: &[&str]) -> Value {
    let mut all = vec!["--format", "json"];
    all.extend(arguments);
    serde_json::from_str(&check(folder, &all).stdout).unwrap()
}

fn rules(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect()
}

fn numbers(report: &Value) -> [u64; 4] {
    ["recorded", "left", "fixed", "new"].map(|key| report["baseline"][key].as_u64().unwrap())
}

/// A fault that the legacy repository does not have yet.
fn break_something(folder: &Folder) {
    folder.edit(VENDOR, "  backup: jens.holm\n", "");
}

/// Mends one fault: a queue that nobody owns.
fn mend_something(folder: &Folder) -> String {
    let report = json(folder, &["--no-baseline"]);
    let findings = report["findings"].as_array().unwrap();
    let version = findings
        .iter()
        .find(|finding| {
            finding["rule"] == "no-way-back" && finding["document"]["name"] == "vendor-setup"
        })
        .unwrap();
    folder.edit(
        VENDOR,
        "CHECK_LATE: {class: stalled, queue: finance-exceptions}",
        "CHECK_LATE: {class: stalled, queue: finance-exceptions, resume: same}",
    );
    version["rule"].as_str().unwrap().to_owned()
}

#[test]
fn an_adopted_repository_is_green_and_says_what_is_hidden() {
    let folder = adopted();
    let all = json(&folder, &["--no-baseline"]);
    let number = all["findings"].as_array().unwrap().len() as u64;
    assert!(number > 50);
    let report = json(&folder, &[]);
    assert_eq!(rules(&report), Vec::<String>::new());
    assert_eq!(numbers(&report), [number, number, 0, 0]);
    let run = check(&folder, &[]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    let text = run.stdout.split(" in ").next().unwrap().to_owned()
        + run.stdout.split(" ms").nth(1).unwrap();
    insta::assert_snapshot!(text);
    assert_eq!(check(&folder, &["--no-baseline"]).code, 1);
    let schema = flowgate::report::check_schema().to_value();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&report));
}

#[test]
fn the_file_is_canonical_and_as_published() {
    let folder = adopted();
    let text = folder.read(FILE);
    check(&folder, &["--write-baseline"]);
    assert_eq!(folder.read(FILE), text);
    let value: Value = serde_json::from_str(&text).unwrap();
    let schema = flowgate::report::baseline::schema().to_value();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&value));
    let places: Vec<_> = value["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let document = &finding["document"];
            (
                text(&document["kind"]),
                text(&document["name"]),
                text(&finding["path"]),
                text(&finding["rule"]),
            )
        })
        .collect();
    assert!(places.is_sorted());
}

#[test]
fn what_is_new_is_shown_and_fails() {
    let folder = adopted();
    break_something(&folder);
    let report = json(&folder, &["--fail-on", "warning"]);
    assert_eq!(rules(&report), ["backup-missing"]);
    assert_eq!(numbers(&report)[3], 1);
    assert_eq!(check(&folder, &["--fail-on", "warning"]).code, 1);
    assert_eq!(
        check(&folder, &["contracts", "--fail-on", "warning"]).code,
        0
    );
}

#[test]
fn moved_lines_and_files_stay_known() {
    let folder = adopted();
    let text = folder.read(VENDOR);
    folder.write(
        "workflows/purchasing/vendors.yaml",
        &format!("# moved\n\n\n{text}"),
    );
    std::fs::remove_file(folder.join(VENDOR)).unwrap();
    let text = folder.read("contracts/vendor-master.yaml");
    folder.write("contracts/vendors.yaml", &format!("\n\n{text}"));
    std::fs::remove_file(folder.join("contracts/vendor-master.yaml")).unwrap();
    let report = json(&folder, &[]);
    assert_eq!(rules(&report), Vec::<String>::new());
    assert_eq!(numbers(&report)[2], 0, "nothing is fixed by moving it");
}

#[test]
fn a_renamed_workflow_keeps_what_is_known_of_it() {
    let folder = adopted();
    folder.edit(
        VENDOR,
        "  name: vendor-setup\n",
        "  name: vendor-opening\n  renamed_from: vendor-setup\n",
    );
    let report = json(&folder, &[]);
    let findings = report["findings"].as_array().unwrap();
    let of_the_workflow = findings
        .iter()
        .filter(|finding| finding["document"]["name"] == "vendor-opening");
    assert_eq!(of_the_workflow.count(), 0, "{findings:#?}");
    assert!(!findings.is_empty(), "who still says `vendor-setup` is new");
}

#[test]
fn items_without_names_may_move_in_their_list() {
    let folder = Folder::starter();
    let contract = "contracts/equipment.request.v1.yaml";
    folder.edit(
        contract,
        "    - {field: request_id, unique: true}\n",
        "    - justification is nice to have\n",
    );
    assert_eq!(check(&folder, &["--write-baseline"]).code, 0);
    folder.edit(
        contract,
        "    - justification is",
        "    - employee is polite\n    - justification is",
    );
    let report = json(&folder, &["--baseline", FILE]);
    assert_eq!(rules(&report), ["prose-quality-rule"]);
    let message = report["findings"][0]["message"].as_str().unwrap();
    assert!(
        !message.contains("justification"),
        "the new one is shown: {message}"
    );
    assert_eq!(numbers(&report), [1, 1, 0, 1]);
}

#[test]
fn what_is_fixed_is_told_in_ci_and_taken_out_elsewhere() {
    let folder = adopted();
    let before = folder.read(FILE);
    let rule = mend_something(&folder);
    let run = check(&folder, &[]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(
        run.stdout.contains("Fixed since it was written: 1 finding"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("`flowgate check --write-baseline` takes 1 fixed finding out")
    );
    assert_eq!(folder.read(FILE), before, "nothing is written in CI");

    let run = check_with(&folder, &[], &[("CI", "")]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(
        run.stdout
            .contains("flowgate.baseline.json is written; commit it"),
        "{}",
        run.stdout
    );
    let report = json(&folder, &[]);
    let [recorded, left, fixed, new] = numbers(&report);
    assert_eq!((left, fixed, new), (recorded - 1, 1, 0));

    // What was fixed cannot come back unseen.
    folder.edit(
        VENDOR,
        "queue: finance-exceptions, resume: same}",
        "queue: finance-exceptions}",
    );
    let report = json(&folder, &[]);
    assert_eq!(rules(&report), [rule]);
}

#[test]
fn a_file_in_the_middle_of_an_edit_costs_nothing() {
    let folder = adopted();
    let before = folder.read(FILE);
    let outside: &[(&str, &str)] = &[("CI", "")];
    // Cut out to be pasted elsewhere.
    let text = folder.read(VENDOR);
    std::fs::remove_file(folder.join(VENDOR)).unwrap();
    check_with(&folder, &[], outside);
    assert_eq!(folder.read(FILE), before);
    // Half a line.
    folder.write(
        VENDOR,
        &text.replace("  status: active\n", "  status: active: {\n"),
    );
    assert_eq!(check_with(&folder, &[], outside).code, 1);
    assert_eq!(folder.read(FILE), before);
    let run = check(&folder, &["--write-baseline"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .contains("while `workflows/vendor-setup.yaml` cannot be read"),
        "{}",
        run.stderr
    );
    assert_eq!(folder.read(FILE), before);
    // A part, another revision or stage says nothing about the whole.
    folder.write(VENDOR, &text);
    mend_something(&folder);
    check_with(&folder, &["workflows"], outside);
    check_with(&folder, &["--stage", "4"], outside);
    assert_eq!(folder.read(FILE), before);
}

#[test]
fn it_grows_only_when_told_to_and_says_so() {
    let folder = adopted();
    break_something(&folder);
    mend_something(&folder);
    let run = check(&folder, &["--write-baseline", "--fail-on", "warning"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(
        run.stdout.contains("1 is new and not added"),
        "{}",
        run.stdout
    );
    assert!(
        !folder.read(FILE).contains("backup-missing in"),
        "{}",
        run.stdout
    );
    let report = json(&folder, &[]);
    assert_eq!(numbers(&report)[2..], [1, 1]);

    let run = check(
        &folder,
        &["--write-baseline", "--allow-growth", "--fail-on", "warning"],
    );
    assert_eq!(run.code, 0, "{}", run.stdout);
    let added =
        "Added to it by this run: 1 finding\n    backup-missing in workflow vendor-setup name";
    assert!(run.stdout.contains(added), "{}", run.stdout);
    assert_eq!(rules(&json(&folder, &[])), Vec::<String>::new());
    assert_eq!(
        check(&folder, &["--allow-growth"]).code,
        2,
        "it needs --write-baseline"
    );
}

#[test]
fn a_known_warning_is_no_permission_for_an_error() {
    let folder = Folder::starter();
    let workflow = "workflows/equipment-request.yaml";
    folder.edit(workflow, "  stage: 1\n", "  stage: 0\n");
    folder.edit(
        workflow,
        "  success: {metric: cycle_time, baseline: 8d, target: 4d}\n",
        "",
    );
    assert_eq!(check(&folder, &["--write-baseline"]).code, 0);
    assert_eq!(
        rules(&json(&folder, &["--baseline", FILE])),
        Vec::<String>::new()
    );
    let report = json(&folder, &["--baseline", FILE, "--stage", "1"]);
    assert_eq!(rules(&report), ["success-metric-missing"]);
    folder.edit(workflow, "  stage: 0\n", "  stage: 1\n");
    let report = json(&folder, &["--baseline", FILE]);
    assert_eq!(rules(&report), ["success-metric-missing"]);
    assert_eq!(report["baseline"]["raised"], 1);
    assert_eq!(numbers(&report)[2], 0, "it is not fixed either");
}

#[test]
fn files_that_are_no_baseline_stop_the_check() {
    let folder = adopted();
    let good = folder.read(FILE);
    let cases = [
        ("", "is damaged"),
        ("<<<<<<< HEAD\n", "is damaged"),
        (&good[..good.len() / 2], "is damaged"),
        ("{\"findings\": []}", "is no baseline of flowgate"),
        ("[]", "is no baseline of flowgate"),
        (
            "{\"schema\": \"flowgate/report/v1\", \"findings\": []}",
            "is no baseline of flowgate",
        ),
        (
            &good.replace("baseline/v1", "baseline/v2"),
            "has the shape `flowgate/baseline/v2`",
        ),
        (
            &good.replacen("\"count\": 1", "\"count\": 0", 1),
            "is damaged",
        ),
        (
            &good.replacen("\"count\": 1", "\"count\": -1", 1),
            "is damaged",
        ),
        (
            &good.replacen("\"count\"", "\"counts\"", 1),
            "unknown field `counts`",
        ),
    ];
    for (text, message) in cases {
        folder.write(FILE, text);
        for arguments in [&[][..], &["--write-baseline"]] {
            let run = check(&folder, arguments);
            assert_eq!(run.code, 2, "{text}");
            assert!(run.stderr.contains(message), "{message}: {}", run.stderr);
            assert_eq!(folder.read(FILE), text, "a broken file is left alone");
        }
    }
    std::fs::write(folder.join(FILE), [0xff, 0xfe]).unwrap();
    assert!(check(&folder, &[]).stderr.contains("is not UTF-8 text"));
    std::fs::remove_file(folder.join(FILE)).unwrap();
    let run = check(&folder, &[]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .contains("there is no baseline `flowgate.baseline.json`"),
        "{}",
        run.stderr
    );
    folder.edit("flowgate.yaml", FILE, "../outside.json");
    for arguments in [&[][..], &["--write-baseline"]] {
        let run = check(&folder, arguments);
        assert_eq!(run.code, 2);
        assert!(
            run.stderr.contains("lies outside the project"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn a_count_too_large_for_any_project_does_no_harm() {
    let folder = adopted();
    let huge = format!("\"count\": {}", u64::MAX);
    let text = folder.read(FILE).replace("\"count\": 1", &huge);
    folder.write(FILE, &text);
    let run = check(&folder, &[]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_baseline_is_of_the_whole_project() {
    let folder = legacy();
    let run = check(&folder, &["--write-baseline", "workflows"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("for the whole project"),
        "{}",
        run.stderr
    );
    assert_eq!(
        check(&folder, &["--write-baseline", "--stage", "2"]).code,
        2
    );
    assert_eq!(
        check(&folder, &["--baseline", "a.json", "--no-baseline"]).code,
        2
    );
}

#[test]
fn another_file_can_be_named() {
    let folder = legacy();
    assert_eq!(
        check(&folder, &["--write-baseline=quality/known.json"]).code,
        0
    );
    assert_eq!(
        check(&folder, &["--baseline", "quality/known.json"]).code,
        0
    );
    assert_eq!(
        check(&folder, &[]).code,
        1,
        "no baseline counts unless it is named"
    );
}

#[test]
fn at_a_revision_its_own_baseline_counts() {
    let folder = adopted();
    folder.git(&["init", "--quiet", "--initial-branch=main"]);
    folder.commit("Adopt");
    std::fs::remove_file(folder.join(FILE)).unwrap();
    let run = check(&folder, &["--at", "HEAD"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn locked_rules_are_named() {
    let report = json(&adopted(), &[]);
    let locked = report["baseline"]["locked"].as_array().unwrap();
    let names: Vec<&str> = locked
        .iter()
        .map(|rule| rule["rule"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"owner-missing") && names.contains(&"self-approval"),
        "{names:?}"
    );
}

#[test]
fn a_change_cannot_hide_its_own_findings() {
    let folder = adopted();
    folder.git(&["init", "--quiet", "--initial-branch=main"]);
    folder.commit("Adopt");
    folder.git(&["switch", "--quiet", "--create", "change"]);
    break_something(&folder);
    let grown = check(&folder, &["--write-baseline", "--allow-growth"]);
    assert_eq!(grown.code, 0, "{}{}", grown.stdout, grown.stderr);
    assert_eq!(
        check(&folder, &["--fail-on", "warning"]).code,
        0,
        "the grown file knows it"
    );
    let file = folder.read(FILE);
    let judged = check(&folder, &["--base", "main", "--fail-on", "warning"]);
    assert_eq!(judged.code, 1, "{}{}", judged.stdout, judged.stderr);
    assert_eq!(folder.read(FILE), file);
}
