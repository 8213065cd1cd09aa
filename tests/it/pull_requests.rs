//! Twelve pull requests to the back office, each on a branch of a real repository: what `flowgate
//! diff` says of them and what `flowgate check --base` finds, in `tests/history/`.

use std::path::Path;

use serde_json::Value;

use crate::examples::folder;
use crate::shell::{Folder, TODAY};

const INVOICE: &str = "workflows/invoice-three-way-match.yaml";
const PURCHASE: &str = "workflows/purchase-approval.yaml";
const ONBOARDING: &str = "workflows/employee-onboarding.yaml";
const INVOICE_CONTRACT: &str = "contracts/ap.invoice.v2.yaml";
const VENDOR_CONTRACT: &str = "contracts/erp.vendor.v1.yaml";

/// The back office on the branch `main`, with a branch for a change checked out.
fn back_office() -> Folder {
    let folder = Folder::copy_of(&folder("back-office"));
    folder.git(&["init", "--quiet", "--initial-branch=main"]);
    folder.commit("Begin");
    folder.git(&["switch", "--quiet", "--create", "change"]);
    folder
}

/// Compares what is said about a change with what was said before.
fn verdict(name: &str, folder: &Folder) {
    let diff = folder.flowgate(&["diff", "--base", "main", "--today", TODAY]);
    assert_eq!(diff.stderr, "", "{name}");
    let arguments = [
        "check", "--base", "main", "--today", TODAY, "--format", "json",
    ];
    let check = folder.flowgate(&arguments);
    let report: Value = serde_json::from_str(&check.stdout)
        .unwrap_or_else(|_| panic!("{name}: {}{}", check.stdout, check.stderr));
    let mut text = format!(
        "$ flowgate diff --base main\n{}\n$ flowgate check --base main\n",
        diff.stdout
    );
    for finding in report["findings"].as_array().unwrap() {
        text.push_str(&shown(finding));
    }
    text.push_str(&format!("exit codes {} and {}\n", diff.code, check.code));
    let mut settings = insta::Settings::clone_current();
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/history");
    settings.set_snapshot_path(place);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter("[0-9a-f]{40}", "[commit]");
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Notes are those of the base, so they are left out.
fn shown(finding: &Value) -> String {
    let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    if finding["level"] == "info" || !finding["suppressed"].is_null() {
        return String::new();
    }
    let span = &finding["span"];
    let mut shown = format!(
        "{} {}: {}\n  {}:{}\n",
        text("level"),
        text("rule"),
        text("message"),
        span["file"].as_str().unwrap(),
        span["start"]["line"]
    );
    for label in finding["labels"].as_array().unwrap() {
        shown.push_str(&format!("  {}\n", label["message"].as_str().unwrap()));
    }
    if !finding["help"].is_null() {
        shown.push_str(&format!("  help: {}\n", text("help")));
    }
    shown
}

#[test]
fn a_tolerance_is_raised() {
    let folder = back_office();
    folder.edit(
        INVOICE,
        "price_tolerance: {value: 0.02,",
        "price_tolerance: {value: 0.05,",
    );
    folder.edit(INVOICE, "version: 3.0.0", "version: 3.0.1");
    verdict("01-tolerance-raised", &folder);
}

#[test]
fn an_approval_is_removed() {
    let folder = back_office();
    let text = folder.read(INVOICE);
    let (before, rest) = text.split_once("        - id: controller\n").unwrap();
    let (_, after) = rest.split_once("      transitions:\n").unwrap();
    let text = format!("{before}      transitions:\n{after}");
    let text = text.replace(" || steps.controller.decision == 'rejected'", "");
    folder.write(INVOICE, &text.replace("version: 3.0.0", "version: 3.1.0"));
    verdict("02-approval-removed", &folder);
}

#[test]
fn a_field_is_renamed() {
    let folder = back_office();
    folder.edit(
        INVOICE_CONTRACT,
        "    created_by: {type: string, required: true,",
        "    registered_by: {type: string, required: true, renamed_from: created_by,",
    );
    folder.edit(INVOICE_CONTRACT, "version: 2.3.0", "version: 2.4.0");
    verdict("03-field-renamed", &folder);
}

#[test]
fn an_enum_is_widened() {
    let folder = back_office();
    folder.edit(
        VENDOR_CONTRACT,
        "enum: [active, blocked, pending]",
        "enum: [active, blocked, pending, dormant]",
    );
    folder.edit(VENDOR_CONTRACT, "version: 1.2.0", "version: 1.3.0");
    verdict("04-enum-widened", &folder);
}

#[test]
fn a_state_is_removed_with_cases_in_flight() {
    let folder = back_office();
    let text = folder.read(INVOICE);
    let (before, rest) = text
        .split_once("    evidence:\n      lifecycle: triage\n      steps:\n")
        .unwrap();
    let (steps, after) = rest
        .split_once(
            "      to: matching\n\n    matching:\n      lifecycle: in_progress\n      steps:\n",
        )
        .unwrap();
    let text = format!(
        "{before}    matching:\n      lifecycle: in_progress\n      steps:\n{steps}{after}"
    );
    let text = text
        .replace("to: evidence", "to: matching")
        .replace("resume: evidence", "resume: matching")
        .replace("resume: [evidence,", "resume: [matching,")
        .replace("in_flight: pin, drain_within: 30d", "in_flight: migrate")
        .replace("version: 3.0.0", "version: 4.0.0");
    folder.write(INVOICE, &text);
    verdict("05-state-removed", &folder);
}

#[test]
fn an_sla_is_loosened() {
    let folder = back_office();
    folder.edit(
        PURCHASE,
        "sla: {response: 1d, resolution: 10d,",
        "sla: {response: 1d, resolution: 15d,",
    );
    folder.edit(PURCHASE, "version: 2.2.0", "version: 2.3.0");
    verdict("06-sla-loosened", &folder);
}

#[test]
fn an_exception_goes_to_another_queue() {
    let folder = back_office();
    folder.edit(
        INVOICE,
        "PRICE_VARIANCE: {class: policy, queue: ap-exceptions,",
        "PRICE_VARIANCE: {class: policy, queue: ap-review,",
    );
    folder.edit(INVOICE, "version: 3.0.0", "version: 3.1.0");
    verdict("07-queue-rerouted", &folder);
}

#[test]
fn a_guard_is_rewritten_and_means_the_same() {
    let folder = back_office();
    folder.edit(
        INVOICE,
        "when: \"steps.budget.decision == 'rejected' || steps.controller.decision == 'rejected'\"",
        "when: \"!(steps.controller.decision != 'rejected' && steps.budget.decision != 'rejected')\"",
    );
    verdict("08-guard-rewritten", &folder);
}

#[test]
fn a_major_of_a_contract_is_published_beside_the_old_one() {
    let folder = back_office();
    let new = folder
        .read(INVOICE_CONTRACT)
        .replace("name: ap.invoice.v2", "name: ap.invoice.v3")
        .replace("version: 2.3.0", "version: 3.0.0")
        .replace(
            "    created_by: {type: string, required: true,",
            "    due_date: {type: date, required: true}\n    created_by: {type: string, required: true,",
        );
    folder.write("contracts/ap.invoice.v3.yaml", &new);
    folder.edit(
        INVOICE_CONTRACT,
        "  version: 2.3.0\n",
        "  version: 2.4.0\n  status: deprecated\n  sunset: \"2027-06-30\"\n",
    );
    folder.edit(
        INVOICE,
        "contract: ap.invoice.v2",
        "contract: ap.invoice.v3",
    );
    folder.edit(INVOICE, "version: 3.0.0", "version: 3.1.0");
    verdict("09-contract-major", &folder);
}

#[test]
fn the_owner_changes() {
    let folder = back_office();
    folder.edit(ONBOARDING, "  owner: priya.shah\n", "  owner: tom.okafor\n");
    verdict("10-owner-changed", &folder);
}

#[test]
fn the_fallback_is_removed() {
    let folder = back_office();
    folder.edit(
        INVOICE,
        "  fallback: {mode: manual, owner: dana.ruiz, runbook: runbooks/invoice-match.md}\n",
        "",
    );
    folder.edit(INVOICE, "version: 3.0.0", "version: 3.1.0");
    verdict("11-fallback-removed", &folder);
}

#[test]
fn only_the_layout_changes() {
    let folder = back_office();
    folder.edit(
        INVOICE,
        "  sla: {response: 1d, resolution: 6d, calendar: finance}\n",
        "  # The promise to suppliers.\n  sla:\n    calendar: 'finance'\n    resolution: 6d\n    response: 1d\n",
    );
    folder.edit(INVOICE, "value: 500.00", "value: 500");
    folder.git(&["mv", PURCHASE, "workflows/purchase.yaml"]);
    verdict("12-layout-only", &folder);
}

/// One mistake is one finding: the state that is gone, with every place that leads to it; what comes
/// after it is not unreachable, since nobody knows where the missing state leads.
#[test]
fn a_state_is_forgotten_by_those_that_lead_to_it() {
    let folder = back_office();
    let text = folder.read(INVOICE);
    let (before, rest) = text.split_once("    evidence:\n").unwrap();
    let (_, after) = rest.split_once("    matching:\n").unwrap();
    folder.write(INVOICE, &format!("{before}    matching:\n{after}"));
    let check = folder.flowgate(&["check", "--today", TODAY, "--format", "json"]);
    let report: Value = serde_json::from_str(&check.stdout).unwrap();
    let found: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["level"] == "error")
        .filter(|finding| finding["message"].as_str().unwrap().contains("state `"))
        .map(|finding| {
            let places = finding["labels"].as_array().unwrap().len() + 1;
            let message = finding["message"].as_str().unwrap();
            format!("{message} ({places} places)")
        })
        .collect();
    assert_eq!(found, ["there is no state `evidence` (4 places)"]);
}
