//! `flowgate diff` in real repositories.

use crate::shell::{Folder, Run, TODAY};

const WORKFLOW: &str = "workflows/equipment-request.yaml";
const CONTRACT: &str = "contracts/inventory.assignment.v1.yaml";

fn diff(folder: &Folder, arguments: &[&str]) -> Run {
    let mut all = vec!["diff", "--today", TODAY];
    all.extend(arguments);
    folder.flowgate(&all)
}

fn report(folder: &Folder, arguments: &[&str]) -> serde_json::Value {
    let mut all = arguments.to_vec();
    all.extend(["--format", "json"]);
    let run = diff(folder, &all);
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr))
}

#[test]
fn nothing_changed_is_nothing() {
    let folder = Folder::starter();
    let run = diff(&folder, &["--base", "main"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.starts_with("NONE · nothing changed"),
        "{}",
        run.stdout
    );
    folder.edit(
        WORKFLOW,
        "  owner: ada.lind\n",
        "  owner: 'ada.lind' # since 2026\n",
    );
    assert_eq!(
        report(&folder, &["--base", "main"])["documents"],
        serde_json::json!([])
    );
}

#[test]
fn a_weakened_control_is_named_with_its_owner() {
    let folder = Folder::starter();
    folder.edit(WORKFLOW, "value: 500.00", "value: 2000.00");
    folder.edit(WORKFLOW, "version: 0.1.0", "version: 0.1.1");
    let report = report(&folder, &["--base", "main"]);
    let change = &report["documents"][0]["changes"][0];
    assert_eq!(change["id"], "control-weakened");
    assert_eq!(change["control"], "weakened");
    assert_eq!(change["span"]["head"]["file"], WORKFLOW);
    let approvers: Vec<&str> = report["approvals"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|approval| approval["gate"] == "control-owner")
        .map(|approval| approval["who"].as_str().unwrap())
        .collect();
    assert_eq!(approvers, ["cleo.marsh"]);
}

#[test]
fn a_removed_field_breaks_its_reader_and_needs_a_major_version() {
    let folder = Folder::starter();
    folder.edit(
        CONTRACT,
        "    status: {type: string, required: true, enum: [assigned, released]}\n",
        "",
    );
    let run = diff(&folder, &["--base", "main"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(run.stdout.contains("needs major, 2.0.0"), "{}", run.stdout);
    assert!(
        run.stdout.contains("equipment-request: broken"),
        "{}",
        run.stdout
    );
    let report = report(&folder, &["--base", "main"]);
    let contract = &report["documents"][0];
    assert_eq!(contract["class"], "breaking");
    assert_eq!(
        contract["changes"][0]["span"]["head"],
        serde_json::Value::Null
    );
    assert_eq!(contract["changes"][0]["span"]["base"]["file"], CONTRACT);
}

#[test]
fn the_merge_base_counts_and_two_revisions_can_be_compared() {
    let folder = Folder::starter();
    folder.git(&["switch", "--quiet", "--create", "change"]);
    folder.edit(WORKFLOW, "resolution: 5d", "resolution: 6d");
    folder.commit("Promise less");
    folder.git(&["switch", "--quiet", "main"]);
    folder.edit(WORKFLOW, "review: monthly", "review: weekly");
    folder.commit("Review more often");
    let report = report(&folder, &["--base", "main", "--head", "change"]);
    let changes = report["documents"][0]["changes"].as_array().unwrap();
    assert_eq!(
        changes.len(),
        1,
        "only what the branch changed: {changes:#?}"
    );
    assert_eq!(changes[0]["id"], "sla-loosened");
    let clones = Folder::empty();
    clones.git(&[
        "clone",
        "--quiet",
        "--bare",
        &folder.path().to_string_lossy(),
        "bare.git",
    ]);
    let bare = diff(
        &clones,
        &[
            "--project",
            "bare.git",
            "--base",
            "main",
            "--head",
            "change",
            "--format",
            "json",
        ],
    );
    let bare: serde_json::Value = serde_json::from_str(&bare.stdout).unwrap();
    assert_eq!(bare, report);
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let folder = Folder::starter();
    folder.git(&["switch", "--quiet", "--create", "change"]);
    folder.edit(WORKFLOW, "resolution: 5d", "resolution: 6d");
    folder.commit("Promise less");
    folder.git(&["switch", "--quiet", "main"]);
    folder.edit(WORKFLOW, "review: monthly", "review: weekly");
    folder.commit("Review more often");
    let clones = Folder::empty();
    let url = format!("file://{}", folder.path().display());
    clones.git(&[
        "clone",
        "--quiet",
        "--depth",
        "1",
        "--no-single-branch",
        &url,
        "shallow",
    ]);
    let run = diff(
        &clones,
        &[
            "--project",
            "shallow",
            "--base",
            "origin/main",
            "--head",
            "origin/change",
        ],
    );
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains("shallow"), "{}", run.stderr);
    assert!(run.stderr.contains("fetch"), "{}", run.stderr);
}

#[test]
fn folders_can_be_compared_without_git() {
    let folder = Folder::empty();
    assert_eq!(folder.flowgate(&["new", "old"]).code, 0);
    assert_eq!(folder.flowgate(&["new", "new"]).code, 0);
    assert_eq!(diff(&folder, &["old", "new"]).code, 0);
    folder.edit(
        "new/workflows/equipment-request.yaml",
        "exclude: [case.requester]",
        "exclude: []",
    );
    let run = diff(&folder, &["old", "new"]);
    assert!(run.stdout.contains("weakened"), "{}", run.stdout);
}

#[test]
fn without_a_base_the_project_file_decides_or_the_hint_does() {
    let folder = Folder::starter();
    let run = diff(&folder, &[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("origin/main"), "{}", run.stderr);
    folder.edit("flowgate.yaml", "  base: origin/main\n", "");
    let run = diff(&folder, &[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("--base"), "{}", run.stderr);
    let run = diff(&folder, &["--base", "mian"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("`main`"), "{}", run.stderr);
}

#[test]
fn the_comment_begins_with_its_marker_and_the_verdict() {
    let folder = Folder::starter();
    folder.edit(WORKFLOW, "value: 500.00", "value: 2000.00");
    let run = diff(&folder, &["--base", "main", "--format", "markdown"]);
    let mut lines = run.stdout.lines();
    assert_eq!(lines.next(), Some("<!-- flowgate-impact -->"));
    assert!(lines.next().unwrap().starts_with("## "), "{}", run.stdout);
    assert!(run.stdout.chars().count() < 65_536);
}

#[test]
fn kinds_of_changes_can_be_explained() {
    let folder = Folder::empty();
    let run = folder.flowgate(&["explain", "control-weakened"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("```yaml,before"), "{}", run.stdout);
    let run = folder.flowgate(&["explain", "control-weakend"]);
    assert!(
        run.stderr.contains("did you mean `control-weakened`?"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_release_of_unknown_age_is_no_verdict() {
    let folder = Folder::starter();
    folder.git(&["tag", "equipment-request/v0.1.0"]);
    for note in ["one", "two"] {
        folder.edit(WORKFLOW, "  success:", &format!("  # {note}\n  success:"));
        folder.commit("Go on");
    }
    folder.git(&["switch", "--quiet", "--create", "change"]);
    folder.edit(WORKFLOW, "resolution: 5d", "resolution: 6d");
    folder.commit("Promise less");
    let clones = Folder::empty();
    let url = format!("file://{}", folder.path().display());
    let clone = [
        "clone",
        "--quiet",
        "--depth",
        "2",
        "--no-single-branch",
        "--no-tags",
    ];
    clones.git(&[&clone[..], &[&url, "shallow"]].concat());
    let fetch = [
        "-C", "shallow", "fetch", "--quiet", "--depth", "1", "origin", "tag",
    ];
    clones.git(&[&fetch[..], &["equipment-request/v0.1.0"]].concat());
    let compared = ["--base", "origin/main", "--head", "origin/change"];
    let run = diff(
        &clones,
        &[&["--project", "shallow"], &compared[..]].concat(),
    );
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(
        run.stderr.contains(
            "this shallow clone does not tell whether the change is built on \
             `equipment-request/v0.1.0`"
        ),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("git fetch --unshallow"),
        "{}",
        run.stderr
    );
}
