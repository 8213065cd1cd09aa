//! What holds beyond one change: promises for every release, and breaks that are accepted on purpose.

use serde_json::Value;

use crate::shell::{Folder, TODAY};

const WORKFLOW: &str = "workflows/equipment-request.yaml";
const POLICY: &str = "policies/change-control.yaml";
const ENTRY: &str = "  accept: [{change: sla-loosened, at: sla.resolution, reason: Agreed with everybody., approved_by: ada.lind, date: \"2026-07-30\"}]\n";

fn diff(folder: &Folder, format: &str) -> String {
    let run = folder.flowgate(&[
        "diff", "--base", "main", "--today", TODAY, "--format", format,
    ]);
    assert!(run.code < 2, "{}", run.stderr);
    run.stdout
}

fn report(folder: &Folder) -> Value {
    serde_json::from_str(&diff(folder, "json")).unwrap()
}

/// The starter, which promises less on a branch and accepts that on purpose.
fn loosened(entry: &str) -> Folder {
    let folder = Folder::starter();
    folder.git(&["switch", "--quiet", "--create", "change"]);
    folder.edit(WORKFLOW, "resolution: 5d", "resolution: 9d");
    folder.edit(WORKFLOW, "version: 0.1.0", "version: 0.1.1");
    folder.edit(
        WORKFLOW,
        "  change: {in_flight",
        &format!("{entry}  change: {{in_flight"),
    );
    folder
}

#[test]
fn a_break_that_is_accepted_demands_less_and_is_shown_in_every_report() {
    let broken = report(&loosened(""));
    assert_eq!(broken["verdict"]["ok"], false, "{broken}");
    let folder = loosened(ENTRY);
    let accepted = report(&folder);
    assert_eq!(accepted["verdict"]["ok"], true, "{accepted}");
    assert_eq!(accepted["acceptances"][0]["standing"], "in_force");
    for format in ["human", "markdown", "html"] {
        let text = diff(&folder, format);
        assert!(text.contains("Agreed with everybody."), "{format}: {text}");
    }
}

#[test]
fn an_acceptance_ends_with_the_release_of_its_change() {
    let folder = loosened(ENTRY);
    folder.commit("Promise less");
    folder.git(&["tag", "equipment-request/v0.1.1"]);
    folder.git(&["branch", "--force", "main"]);
    assert_eq!(report(&folder)["acceptances"][0]["standing"], "unused");
    // The same once more is another break, and needs an entry of its own.
    folder.edit(WORKFLOW, "resolution: 9d", "resolution: 15d");
    folder.edit(WORKFLOW, "version: 0.1.1", "version: 0.1.2");
    folder.edit(WORKFLOW, "date: \"2026-07-30\"", "date: \"2026-07-31\"");
    let entry = "change: sla-loosened, at: sla.resolution";
    folder.edit(WORKFLOW, entry, "change: 000000000000");
    let again = report(&folder);
    assert_eq!(again["acceptances"][0]["standing"], "unused", "{again}");
    assert_eq!(again["verdict"]["ok"], false);
}

#[test]
fn a_change_cannot_allow_itself_to_be_accepted() {
    let rule = "  acceptance: [{match: {kind: workflow}, by: [{person: cleo.marsh}]}]\n";
    let folder = Folder::starter();
    folder.edit(POLICY, "  approvals:\n", &format!("{rule}  approvals:\n"));
    folder.commit("Say who may accept a break");
    folder.git(&["switch", "--quiet", "--create", "change"]);
    folder.edit(WORKFLOW, "resolution: 5d", "resolution: 9d");
    folder.edit(WORKFLOW, "version: 0.1.0", "version: 0.1.1");
    folder.edit(
        WORKFLOW,
        "  change: {in_flight",
        &format!("{ENTRY}  change: {{in_flight"),
    );
    let standing = |folder: &Folder| report(folder)["acceptances"][0]["standing"].clone();
    assert_eq!(standing(&folder), "forbidden");
    assert_eq!(report(&folder)["verdict"]["ok"], false);
    folder.edit(POLICY, rule, "");
    assert_eq!(standing(&folder), "forbidden");
    folder.edit(WORKFLOW, "approved_by: ada.lind", "approved_by: cleo.marsh");
    assert_eq!(standing(&folder), "in_force");
}

const CONTRACT: &str = "contract:
  name: order.placed.v1
  version: 1.0.0
  producer: Shop
  compatibility: backward_transitive
";

/// A contract that lost its note in 1.1.0, when its file was moved, and gets one again that is
/// written by `note`.
fn note_again(first: (&str, &str), second: (&str, &str), third: (&str, &str)) -> Value {
    let folder = Folder::empty();
    folder.git(&["init", "--quiet", "--initial-branch=main"]);
    folder.write("flowgate.yaml", "flowgate: 1\n");
    let write = |place: &str, version: &str, (contract, schema): (&str, &str)| {
        let text = CONTRACT.replace("1.0.0", version);
        folder.write(place, &format!("{text}{contract}"));
        if !schema.is_empty() {
            folder.write("schemas/order.json", schema);
        }
    };
    write("contracts/order.yaml", "1.0.0", first);
    folder.commit("Begin");
    folder.git(&["tag", "contract/order.placed/v1.0.0"]);
    folder.git(&["mv", "contracts/order.yaml", "moved.yaml"]);
    write("moved.yaml", "1.1.0", second);
    folder.commit("Forget the note");
    folder.git(&["tag", "contract/order.placed/v1.1.0"]);
    folder.git(&["switch", "--quiet", "--create", "change"]);
    write("moved.yaml", "1.2.0", third);
    let report = report(&folder);
    report["documents"][0]["changes"][0].clone()
}

#[test]
fn a_promise_for_every_release_finds_contracts_where_they_stood() {
    let fields =
        |note: &str| format!("  schema: {{order_id: {{type: string, required: true}}{note}}}\n");
    let (with, without) = (fields(", note: {type: string}"), fields(""));
    let other = fields(", note: {type: integer}");
    let broken = note_again((&with, ""), (&without, ""), (&other, ""));
    assert_eq!(broken["class"], "breaking", "{broken}");
    let why = broken["why"].as_str().unwrap();
    assert!(why.contains("the released version 1.0.0"), "{why}");
    let fine = note_again((&with, ""), (&without, ""), (&with, ""));
    assert_eq!(fine["class"], "additive", "{fine}");
}

#[test]
fn a_promise_for_every_release_holds_for_schema_files() {
    let contract = "  json_schema: schemas/order.json\n";
    let schema = |note: &str| {
        format!(
            r#"{{"type": "object", "properties": {{"order_id": {{"type": "string"}}{note}}}, "required": ["order_id"]}}"#
        )
    };
    let with = schema(r#", "note": {"type": "string"}"#);
    let without = schema(r#", "note": true"#);
    let other = schema(r#", "note": {"type": ["string", "integer"], "maxLength": 5}"#);
    let broken = note_again((contract, &with), (contract, &without), (contract, &other));
    assert_eq!(broken["class"], "breaking", "{broken}");
    let wide = schema(r#", "note": true, "more": true"#);
    let fine = note_again((contract, &with), (contract, &without), (contract, &wide));
    assert_ne!(fine["class"], "breaking", "{fine}");
}
