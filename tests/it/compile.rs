//! `flowgate compile` in real repositories.

use crate::shell::{Folder, Run, TODAY};

const WORKFLOW: &str = "workflows/equipment-request.yaml";

fn compile(folder: &Folder, arguments: &[&str]) -> Run {
    let mut all = vec!["compile", "--today", TODAY];
    all.extend(arguments);
    folder.flowgate(&all)
}

#[test]
fn a_sound_workflow_becomes_a_plan_and_a_diagram() {
    let folder = Folder::starter();
    let run = compile(&folder, &[]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let plan: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(plan["schema"], "flowgate/plan/v1");
    assert_eq!(plan["name"], "equipment-request");
    let run = compile(&folder, &["equipment-request", "--target", "mermaid"]);
    assert!(run.stdout.contains("flowchart TD"), "{}", run.stdout);
    let run = compile(&folder, &["--list-targets"]);
    assert!(
        run.stdout.contains("plan") && run.stdout.contains("mermaid"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_workflow_with_faults_is_not_compiled() {
    let folder = Folder::starter();
    folder.edit(WORKFLOW, "to: approval", "to: aproval");
    let run = compile(&folder, &["-o", "out"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("there is no state `aproval`"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr.contains("nothing was compiled"),
        "{}",
        run.stderr
    );
    assert!(!folder.join("out").exists());
    assert_eq!(
        compile(&folder, &["--at", "HEAD"]).code,
        0,
        "the commit is still sound"
    );
}

#[test]
fn drift_is_found_and_shown() {
    let folder = Folder::starter();
    assert_eq!(
        compile(&folder, &["-o", "out", "--check"]).code,
        1,
        "nothing is there yet"
    );
    assert!(!folder.join("out").exists(), "a comparison writes nothing");
    let run = compile(&folder, &["-o", "out"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(compile(&folder, &["-o", "out", "--check"]).code, 0);
    folder.edit(WORKFLOW, "resolution: 5d", "resolution: 6d");
    let run = compile(&folder, &["-o", "out", "--check"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("differs"), "{}", run.stdout);
    assert!(
        run.stdout.contains("\"digest\": \"sha256:"),
        "{}",
        run.stdout
    );
}

#[test]
fn layout_comments_and_order_of_keys_change_no_digest() {
    let folder = Folder::starter();
    let digest = |folder: &Folder| {
        let run = compile(folder, &[]);
        let plan: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        plan["digest"].as_str().unwrap().to_owned()
    };
    let before = digest(&folder);
    folder.edit(
        WORKFLOW,
        "sla: {response: 1d, resolution: 5d, calendar: business}",
        "sla: # a promise\n    resolution: '5d'\n    response: 1d\n    calendar: business",
    );
    assert_eq!(digest(&folder), before);
    folder.edit(WORKFLOW, "response: 1d\n", "response: 2d\n");
    assert_ne!(digest(&folder), before);
}

#[test]
fn unknown_names_and_targets_are_answered_with_the_nearest() {
    let folder = Folder::starter();
    let run = compile(&folder, &["equipment-reqest"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("did you mean `equipment-request`?"),
        "{}",
        run.stderr
    );
    let run = compile(&folder, &["--target", "mermade"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("did you mean `mermaid`?"),
        "{}",
        run.stderr
    );
}
