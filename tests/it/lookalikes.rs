//! Something is gone and something new looks the same: a question for the author, never a match.

use flowgate::check::{Loaded, load};
use flowgate::diff::diff;
use flowgate::model::Surroundings;
use flowgate::source::Sources;

fn project(text: &str) -> Loaded {
    let mut sources = Sources::default();
    sources.add("project.yaml", text);
    load(sources, |_| Surroundings::on(jiff::civil::date(2026, 8, 1)))
}

/// What is asked, as `old → new`, once for the two changes that it is about.
fn asked(before: &str, after: &str) -> Vec<String> {
    let (before, after) = (project(before), project(after));
    let documents = diff(&before.model, &after.model);
    let changes = documents.iter().flat_map(|document| &document.changes);
    let (gone, new): (Vec<_>, Vec<_>) = changes
        .filter(|change| change.lookalike.is_some())
        .partition(|change| change.after.is_none());
    assert_eq!(gone.len(), new.len());
    let mut lookalikes = gone.iter().filter_map(|change| change.lookalike.as_ref());
    let mut asked: Vec<String> = lookalikes
        .by_ref()
        .map(|found| format!("{} → {}", found.before, found.after))
        .collect();
    asked.sort();
    asked
}

const NOTHING: [&str; 0] = [];

fn contract(fields: &str) -> String {
    format!("contract:\n  name: order.placed.v1\n  version: 1.0.0\n  schema:\n{fields}")
}

#[test]
fn a_field_that_says_the_same_in_the_same_place_is_asked_about() {
    let before = contract(
        "    order_id: {type: string, required: true}\n    note: {type: string, max_length: 80}\n    total: {type: decimal, required: true}\n",
    );
    let renamed = before.replace("note:", "remark:");
    assert_eq!(asked(&before, &renamed), ["note → remark"]);
    // Words for people may differ, and other things may be new in between.
    let described = renamed.replace(
        "    remark: {type: string,",
        "    tax: {type: decimal}\n    remark: {description: What the buyer says, type: string,",
    );
    assert_eq!(asked(&before, &described), ["note → remark"]);
    let other_type = renamed.replace("string, max_length: 80", "integer");
    assert_eq!(asked(&before, &other_type), NOTHING);
    let limited = renamed.replace("80", "90");
    assert_eq!(asked(&before, &limited), NOTHING);
    let said = renamed.replace("remark: {", "remark: {renamed_from: note, ");
    assert_eq!(asked(&before, &said), NOTHING);
}

#[test]
fn a_field_elsewhere_is_asked_about_when_its_name_is_much_alike() {
    let before = contract(
        "    po_no: {type: string}\n    order_id: {type: string, required: true}\n    total: {type: decimal, required: true}\n",
    );
    let moved = |name: &str| {
        contract(&format!(
            "    order_id: {{type: string, required: true}}\n    {name}: {{type: string}}\n    total: {{type: decimal, required: true}}\n"
        ))
    };
    assert_eq!(asked(&before, &moved("po_nr")), ["po_no → po_nr"]);
    assert_eq!(asked(&before, &moved("tax_code")), NOTHING);
}

#[test]
fn of_two_candidates_none_is_guessed() {
    let before =
        contract("    order_id: {type: string, required: true}\n    note: {type: string}\n");
    let two = contract(
        "    order_id: {type: string, required: true}\n    remark: {type: string}\n    comment: {type: string}\n",
    );
    assert_eq!(asked(&before, &two), NOTHING);
    assert_eq!(asked(&two, &before), NOTHING);
}

const WORKFLOW: &str = "workflow:
  name: refund
  version: 1.0.0
  owner: priya.shah
  controls:
    limit: {value: 500, unit: EUR, weaker: higher, owner: lee.chen}
  states:
    new:
      lifecycle: new
      to: triage
    triage:
      lifecycle: triage
      steps:
        - {id: look, task: Look at the order, assign: {queue: refunds}}
        - {id: weigh, task: Weigh the parcel, assign: {queue: refunds}}
        - {id: pay, call: ERP.pay}
      transitions:
        - {to: done, when: steps.pay.paid}
        - {to: new, else: true}
    done: {lifecycle: done, end: completed}
  exceptions:
    LATE: {queue: refunds, resume: same}
    DAMAGED: {queue: refunds, resume: triage}
";

#[test]
fn states_steps_reasons_and_controls_are_asked_about() {
    let state = WORKFLOW
        .replace("triage:\n", "sorting:\n")
        .replace("to: triage", "to: sorting");
    let state = state.replace("resume: triage", "resume: sorting");
    assert_eq!(asked(WORKFLOW, &state), ["triage → sorting"]);
    let step = WORKFLOW.replace("id: look,", "id: inspect,");
    assert_eq!(asked(WORKFLOW, &step), ["look → inspect"]);
    let reason = WORKFLOW.replace("DAMAGED", "BROKEN");
    assert_eq!(asked(WORKFLOW, &reason), ["DAMAGED → BROKEN"]);
    let control = WORKFLOW.replace("limit:", "ceiling:");
    assert_eq!(asked(WORKFLOW, &control), ["limit → ceiling"]);
    let all = state
        .replace("id: look,", "id: inspect,")
        .replace("DAMAGED", "BROKEN");
    assert_eq!(
        asked(WORKFLOW, &all),
        ["DAMAGED → BROKEN", "look → inspect", "triage → sorting"]
    );
}

#[test]
fn what_does_something_else_or_leads_elsewhere_is_another_thing() {
    let state = WORKFLOW
        .replace("triage:\n", "sorting:\n")
        .replace("to: triage", "to: sorting");
    let state = state.replace("resume: triage", "resume: sorting");
    let leads_elsewhere = state.replace("{to: new, else", "{to: done, else");
    assert_eq!(asked(WORKFLOW, &leads_elsewhere), NOTHING);
    let fewer_steps = state.replace(
        "        - {id: weigh, task: Weigh the parcel, assign: {queue: refunds}}\n",
        "",
    );
    assert_eq!(asked(WORKFLOW, &fewer_steps), NOTHING);
    let step = WORKFLOW.replace(
        "id: look, task: Look at the order",
        "id: inspect, call: ERP.read",
    );
    let step = step.replace("ERP.read, assign: {queue: refunds}", "ERP.read");
    assert_eq!(asked(WORKFLOW, &step), NOTHING);
    let reason = WORKFLOW.replace("DAMAGED: {queue: refunds", "BROKEN: {queue: repairs");
    assert_eq!(asked(WORKFLOW, &reason), NOTHING);
}

#[test]
fn documents_are_asked_about_wherever_they_moved() {
    let order = contract("    order_id: {type: string, required: true}\n");
    let queue = "---\nqueue: {name: refunds, owner: tom.okafor, kind: exception}\n";
    let before = format!("{order}---\n{WORKFLOW}{queue}");
    let renamed = before
        .replace("name: refund\n", "name: money-back\n")
        .replace("order.placed.v1", "order.created.v1")
        .replace("name: refunds", "name: returns");
    assert_eq!(
        asked(&before, &renamed),
        [
            "order.placed.v1 → order.created.v1",
            "refund → money-back",
            "refunds → returns"
        ]
    );
    // The next major version of a contract is no other name for it.
    let next = order.replace("order.placed.v1", "order.placed.v2");
    assert_eq!(asked(&order, &next), NOTHING);
    let other = order.replace("order.placed.v1", "order.created.v1");
    let other = other.replace("order_id", "order_number");
    assert_eq!(asked(&order, &other), NOTHING);
}
