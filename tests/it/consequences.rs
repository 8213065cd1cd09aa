//! What a change means beyond itself: for running cases, for those who start a workflow, and what two
//! conditions have to do with each other.

use flowgate::check::{Loaded, load};
use flowgate::compat::{Bump, Impact, assess};
use flowgate::model::Surroundings;
use flowgate::source::Sources;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 8, 1);

fn project(text: &str) -> Loaded {
    let mut sources = Sources::default();
    sources.add("project.yaml", text);
    load(sources, |_| Surroundings::on(TODAY))
}

fn impact(before: &str, after: &str) -> Impact {
    let (before, after) = (project(before), project(after));
    assess(before.side(), after.side())
}

fn stranded(before: &str, after: &str) -> Vec<String> {
    let impact = impact(before, after);
    let stranded = impact
        .documents
        .iter()
        .flat_map(|document| &document.stranded);
    stranded
        .map(flowgate::compat::stranded::Stranded::sentence)
        .collect()
}

/// A workflow with a check of the address before the parcel is packed.
const CHECKED: &str = "
workflow:
  name: parcel
  version: 1.0.0
  trigger: {form: parcel, input: {address: string}}
  states:
    work:
      lifecycle: in_progress
      steps:
        - {id: address, task: Look at the address, assign: {team: post}, returns: post.answer.v1}
        - {id: pack, task: Pack it, assign: {team: post}, returns: post.answer.v1}
      transitions:
        - {to: done, when: steps.address.good == true}
        - {to: failed, else: true}
    done: {lifecycle: done, end: completed}
    failed: {lifecycle: done, end: failed}
";

fn unchecked() -> String {
    CHECKED
        .replace(
            "        - {id: address, task: Look at the address, assign: {team: post}, returns: post.answer.v1}\n",
            "",
        )
        .replace("steps.address.good", "steps.pack.good")
}

fn with_plan(text: &str, plan: &str) -> String {
    text.replace("  states:\n", &format!("  change: {plan}\n  states:\n"))
}

#[test]
fn cases_behind_a_new_step_cannot_read_its_result() {
    assert_eq!(
        stranded(&unchecked(), CHECKED),
        [
            "cases that wait in `work` are stranded: `steps.address.good` is read there, and they never pass the new step `address`"
        ]
    );
    let plans = [
        "{in_flight: pin, drain_within: 30d}",
        "{in_flight: drain, drain_within: 30d}",
        "{in_flight: migrate, migrate: {from: 1.x, data: {address: {good: true}}}}",
        "{in_flight: migrate, migrate: {from: 1.x, states: {work: work}}}",
    ];
    for plan in plans {
        let planned = with_plan(CHECKED, plan);
        assert_eq!(
            stranded(&unchecked(), &planned),
            Vec::<String>::new(),
            "{plan}"
        );
    }
    let open_ended = with_plan(CHECKED, "{in_flight: pin}");
    assert_eq!(stranded(&unchecked(), &open_ended).len(), 1);
}

#[test]
fn cases_before_a_new_step_come_by_it() {
    let order = CHECKED
        .replace("id: address", "id: x")
        .replace("id: pack", "id: address");
    let last = order.replace("id: x", "id: pack");
    assert_eq!(stranded(&unchecked(), &last), Vec::<String>::new());
    let asked = CHECKED.replace(
        "when: steps.address.good == true",
        "when: \"has(steps.address.good) && steps.address.good == true\"",
    );
    assert_eq!(stranded(&unchecked(), &asked), Vec::<String>::new());
    assert_eq!(stranded(CHECKED, &unchecked()), Vec::<String>::new());
}

#[test]
fn a_state_that_kept_its_name_may_lose_its_way_out() {
    let closed = CHECKED.replace(
        "    failed: {lifecycle: done, end: failed}",
        "    failed: {lifecycle: blocked}",
    );
    let waiting = CHECKED.replace(
        "    failed: {lifecycle: done, end: failed}",
        "    failed: {lifecycle: blocked, to: done}",
    );
    assert_eq!(
        stranded(&waiting, &closed),
        ["cases that wait in `failed` are stranded: no way leads on from it to an end"]
    );
}

const CONTRACT: &str = "
contract:
  name: parcel.request.v1
  version: 1.0.0
  producer: Shop
  compatibility: forward
  schema:
    address: {type: string, required: true}
---
workflow:
  name: parcel
  version: 1.0.0
  trigger: {form: parcel, contract: parcel.request.v1}
  states:
    new: {lifecycle: new, to: done}
    done: {lifecycle: done, end: completed}
";

#[test]
fn a_workflow_inherits_what_its_trigger_no_longer_accepts() {
    let narrowed = CONTRACT.replace(
        "    address: {type: string, required: true}\n",
        "    address: {type: string, required: true}\n    weight: {type: decimal, required: true}\n",
    );
    let impact = impact(CONTRACT, &narrowed);
    let of = |name: &str| {
        let mut documents = impact.documents.iter();
        documents
            .find(|document| document.facts.name() == name)
            .unwrap()
    };
    assert_eq!(of("parcel.request.v1").declaration.required, Bump::Minor);
    assert_eq!(of("parcel").declaration.required, Bump::Major);
    assert_eq!(
        of("parcel").demand().unwrap().title(),
        "field-required-added at schema.weight of parcel.request.v1"
    );
    assert!(!of("parcel").declaration.ok());
}

#[test]
fn readers_need_no_bump_for_what_they_still_accept() {
    let widened = CONTRACT.replace(
        "    address: {type: string, required: true}\n",
        "    address: {type: string, required: true}\n    weight: decimal?\n",
    );
    let impact = impact(CONTRACT, &widened);
    let names: Vec<&str> = impact
        .documents
        .iter()
        .map(|document| document.facts.name())
        .collect();
    assert_eq!(names, ["parcel.request.v1"]);
}

#[test]
fn a_trigger_that_takes_another_contract_is_judged_by_the_fields() {
    let second = "
---
contract:
  name: parcel.request.v2
  version: 2.0.0
  producer: Shop
  schema:
    address: {type: string, required: true}
";
    let moved = |fields: &str| {
        let text = CONTRACT.replace(
            "contract: parcel.request.v1}",
            "contract: parcel.request.v2}",
        );
        format!("{text}{second}{fields}")
    };
    let required = |fields: &str| {
        let impact = impact(CONTRACT, &moved(fields));
        let mut documents = impact.documents.iter();
        let workflow = documents
            .find(|document| document.facts.name() == "parcel")
            .unwrap();
        workflow.declaration.required
    };
    assert_eq!(required(""), Bump::Minor);
    assert_eq!(required("    note: string?\n"), Bump::Minor);
    assert_eq!(
        required("    weight: {type: decimal, required: true}\n"),
        Bump::Major
    );
}

/// The kinds of change of a guard, with the sentence on it.
fn guard(before: &str, after: &str) -> Vec<(&'static str, String)> {
    let text = |guard: &str| {
        format!(
            "
workflow:
  name: refund
  version: 1.0.0
  trigger: {{form: refund, input: {{total: decimal, kind: string, rush: boolean}}}}
  controls: {{limit: {{value: 500.00, weaker: higher}}}}
  states:
    work:
      lifecycle: in_progress
      transitions:
        - {{to: refused, when: \"{guard}\"}}
        - {{to: done, else: true}}
    refused: {{lifecycle: done, end: rejected}}
    done: {{lifecycle: done, end: completed}}
"
        )
    };
    let impact = impact(&text(before), &text(after));
    let changes = impact
        .documents
        .iter()
        .flat_map(|document| &document.changes);
    changes
        .map(|judged| (judged.meta.id, judged.verdict.why.clone()))
        .collect()
}

#[test]
fn conditions_are_compared_by_what_they_mean() {
    let cases = [
        (
            "input.total > 500",
            "input.total > controls.limit",
            "condition-rewritten",
        ),
        (
            "input.total > 500 && input.rush",
            "input.rush && !(input.total <= 500)",
            "condition-rewritten",
        ),
        (
            "input.kind in ['a', 'b']",
            "input.kind == 'b' || input.kind == 'a'",
            "condition-rewritten",
        ),
        ("input.total > 500", "input.total > 600", "guard-narrowed"),
        (
            "input.total > 500",
            "input.total > 500 && input.rush",
            "guard-narrowed",
        ),
        ("input.total > 500", "input.total >= 500", "guard-widened"),
        ("input.total > 500", "input.total < 500", "guard-changed"),
        (
            "input.kind.startsWith('a')",
            "input.kind.endsWith('b')",
            "guard-changed",
        ),
    ];
    for (before, after, id) in cases {
        let found = guard(before, after);
        assert_eq!(found.len(), 1, "{before} → {after}: {found:?}");
        assert_eq!(found[0].0, id, "{before} → {after}: {found:?}");
    }
    assert_eq!(guard("input.total > 500", "input.total  > 500"), []);
    let (_, why) = &guard("input.total > 500", "input.total > 600")[0];
    assert!(why.contains("For instance when `input.total` is "), "{why}");
}

/// A contract that a system's operation gives back, read by a match, a loop and a guard.
const READ: &str = "
contract:
  name: erp.order.v1
  version: 1.0.0
  producer: ERP
  schema:
    state: {type: string, required: true}
    note: {type: string, required: true}
    lines:
      type: list
      required: true
      items:
        type: object
        properties:
          sku: {type: string, required: true}
          price: {type: decimal, required: true}
          weight: {type: decimal, required: true}
          colour: {type: string, required: true}
---
system:
  name: ERP
  operations: {get_order: {effect: read, returns: erp.order.v1}}
---
workflow:
  name: refund
  version: 1.0.0
  trigger: {form: refund, input: {lines: list}}
  states:
    work:
      lifecycle: in_progress
      steps:
        - {id: order, call: ERP.get_order}
        - id: compared
          match:
            claim: input.lines
            key: sku
            against: {order: steps.order.lines}
            compare: [{field: price, with: order, raise: WRONG}]
        - id: each
          for_each:
            in: steps.order.lines
            as: line
            steps: [{id: told, notify: {to: {team: post}, message: \"${ line.weight }\"}}]
      transitions:
        - {to: done, when: steps.order.state == 'open'}
        - {to: failed, else: true}
    done: {lifecycle: done, end: completed}
    failed: {lifecycle: done, end: failed}
";

#[test]
fn a_field_is_followed_to_everything_that_reads_it() {
    let of_reader = |removed: &str| {
        let impact = impact(READ, &READ.replace(removed, ""));
        let mut documents = impact.documents.iter();
        let contract = documents
            .find(|document| document.facts.name() == "erp.order.v1")
            .unwrap();
        let mut consumers = contract.consumers.iter();
        let reader = consumers
            .find(|consumer| consumer.name == "refund")
            .unwrap();
        (reader.status.as_str(), reader.reads.join(", "))
    };
    let cases = [
        (
            "    state: {type: string, required: true}\n",
            "broken",
            "state",
        ),
        (
            "          sku: {type: string, required: true}\n",
            "broken",
            "lines.sku",
        ),
        (
            "          price: {type: decimal, required: true}\n",
            "broken",
            "lines.price",
        ),
        (
            "          weight: {type: decimal, required: true}\n",
            "broken",
            "lines.weight",
        ),
    ];
    for (removed, status, field) in cases {
        let (found, reads) = of_reader(removed);
        assert_eq!(found, status, "{removed}");
        assert!(reads.contains(field), "{removed}: {reads}");
    }
    assert_eq!(
        of_reader("    note: {type: string, required: true}\n").0,
        "unaffected"
    );
}
