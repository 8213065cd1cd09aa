//! `flowgate version` in real repositories.

use serde_json::Value;

use crate::shell::{Folder, Run, TODAY};

const WORKFLOW: &str = "workflows/equipment-request.yaml";
const CONTRACT: &str = "contracts/inventory.assignment.v1.yaml";

fn version(folder: &Folder, arguments: &[&str]) -> Run {
    let mut all = vec!["version", "--today", TODAY];
    all.extend(arguments);
    folder.flowgate(&all)
}

/// The starter with releases of its workflow and of a contract, and changes since.
fn changed() -> Folder {
    let folder = Folder::starter();
    folder.git(&["tag", "equipment-request/v0.1.0"]);
    folder.git(&["tag", "contract/inventory.assignment/v1.0.0"]);
    folder.edit(WORKFLOW, "resolution: 5d", "resolution: 9d");
    folder.edit(WORKFLOW, "version: 0.1.0", "version: 0.1.1 # by hand");
    folder.commit("Loosen the promise");
    folder.edit(
        CONTRACT,
        "    status: {",
        "    note: string?\n    status: {",
    );
    folder
}

#[test]
fn the_table_says_what_every_document_ought_to_declare() {
    let folder = changed();
    let run = version(&folder, &[]);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    insta::assert_snapshot!(run.stdout);
    let report: Value =
        serde_json::from_str(&version(&folder, &["--format", "json"]).stdout).unwrap();
    let schema = flowgate::report::versions::schema().to_value();
    assert!(jsonschema::is_valid(&schema, &report), "{report:#}");
}

#[test]
fn versions_are_written_in_place_and_then_high_enough() {
    let folder = changed();
    let run = version(&folder, &["equipment-request", "--apply"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(folder.read(WORKFLOW).contains("version: 0.2.0 # by hand\n"));
    assert!(folder.read(CONTRACT).contains("version: 1.0.0\n"));
    assert_eq!(version(&folder, &[]).code, 1);
    assert_eq!(version(&folder, &["--apply"]).code, 0);
    assert!(folder.read(CONTRACT).contains("version: 1.1.0\n"));
    assert_eq!(version(&folder, &[]).code, 0);
}

#[test]
fn a_moved_file_is_compared_by_what_it_says() {
    let folder = changed();
    let text = folder.read(CONTRACT);
    std::fs::remove_file(folder.join(CONTRACT)).unwrap();
    folder.write("contracts/moved.yaml", &text);
    assert!(
        version(&folder, &[])
            .stdout
            .contains("field-optional-added")
    );
    folder.write(
        "contracts/moved.yaml",
        &text.replace("    note: string?\n", ""),
    );
    let run = version(&folder, &["inventory.assignment.v1"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
}

#[test]
fn unknown_names_are_refused_with_the_nearest() {
    let run = version(&Folder::starter(), &["equipment-requests"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(
        run.stderr.contains("did you mean `equipment-request`?"),
        "{}",
        run.stderr
    );
}
