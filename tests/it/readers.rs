//! Who relies on what changed: broken, potentially affected or unaffected, with the place.

use flowgate::check::{Loaded, load};
use flowgate::compat::assess;
use flowgate::model::Surroundings;
use flowgate::source::Sources;

fn project(text: &str) -> Loaded {
    let mut sources = Sources::default();
    sources.add("project.yaml", text);
    load(sources, |_| Surroundings::on(jiff::civil::date(2026, 8, 1)))
}

/// `workflow order: broken at 12`, for the readers of everything that changed.
fn readers(before: &str, after: &str) -> Vec<String> {
    let (before, after) = (project(before), project(after));
    let impact = assess(before.side(), after.side());
    let consumers = impact.documents.iter();
    let consumers = consumers.flat_map(|document| &document.consumers);
    consumers
        .map(|consumer| {
            let at = consumer.at.map(|span| {
                let file = after.sources.file(span.source);
                let line = file.position(span.start).line;
                file.text()
                    .lines()
                    .nth(line as usize - 1)
                    .unwrap()
                    .trim()
                    .to_owned()
            });
            let (kind, name, status) = (consumer.kind, &consumer.name, consumer.status.as_str());
            format!("{kind} {name}: {status} at {}", at.unwrap_or_default())
        })
        .collect()
}

const PROJECT: &str = "
workflow:
  name: parcel
  version: 1.0.0
  owner: priya.shah
  trigger: {form: parcel, input: {address: {type: string, required: true}}}
  outputs: {number: input.address, weight: steps.weigh.kilos}
  states:
    work:
      lifecycle: in_progress
      steps:
        - {id: weigh, call: SCALE.weigh}
        - {id: release, approve: {by: [{role: lead}]}}
      to: done
    done: {lifecycle: done, end: completed}
---
workflow:
  name: order
  version: 1.0.0
  owner: tom.okafor
  trigger: {form: order, contract: order.placed.v1}
  states:
    work:
      lifecycle: in_progress
      steps:
        - id: routing
          route: desk
        - id: parcel
          run: parcel
          with:
            address: ${ input.address }
      transitions:
        - to: done
          when: steps.parcel.number != ''
        - {to: work, else: true}
    done: {lifecycle: done, end: completed}
  exceptions:
    default: {queue: orders, resume: fallback}
---
workflow:
  name: elsewhere
  version: 1.0.0
  owner: lee.chen
  states:
    done: {lifecycle: done, end: completed}
---
contract:
  name: order.placed.v1
  version: 1.0.0
  producer: SHOP
  schema:
    address: {type: string, required: true}
    urgency: {type: string, required: true, enum: [low, high]}
    note: {type: string, required: true}
---
decision:
  name: desk
  inputs: {urgency: string}
  outputs: {queue: queue}
  rules:
    - [\"-\", {queue: orders}]
---
queue: {name: orders, owner: tom.okafor}
---
system: {name: SHOP, owner: dana.ruiz}
---
system:
  name: SCALE
  owner: dana.ruiz
  operations:
    weigh: {effect: read}
    tare: {effect: write}
---
policy:
  name: duties
  version: 1.0.0
  owner: lee.chen
  separate:
    - id: release
      reason: Nobody releases what they weighed.
      duties:
        - perform: SCALE.weigh
        - approve: {workflow: parcel, step: release}
";

fn changed(old: &str, new: &str) -> Vec<String> {
    assert!(PROJECT.contains(old), "{old}");
    readers(PROJECT, &PROJECT.replace(old, new))
}

#[test]
fn a_caller_is_broken_by_inputs_that_it_does_not_give_and_outputs_that_it_reads() {
    let input = "input: {address: {type: string, required: true}}";
    let more =
        "input: {address: {type: string, required: true}, weight: {type: decimal, required: true}}";
    assert_eq!(
        changed(input, more),
        ["workflow order: broken at run: parcel"]
    );
    let tighter = "input: {address: {type: string, required: true, max_length: 20}}";
    assert_eq!(
        changed(input, tighter)[0],
        "workflow order: potentially_affected at address: ${ input.address }"
    );
    let optional =
        "input: {address: {type: string, required: true}, note: {type: string, required: false}}";
    assert_eq!(
        changed(input, optional)[0],
        "workflow order: unaffected at run: parcel"
    );
    assert_eq!(
        changed("outputs: {number: input.address, ", "outputs: {")[0],
        "workflow order: broken at when: steps.parcel.number != ''"
    );
    // Nobody reads the other output.
    assert_eq!(
        changed(", weight: steps.weigh.kilos}", "}")[0],
        "workflow order: unaffected at run: parcel"
    );
}

#[test]
fn a_policy_is_broken_when_a_step_that_it_keeps_apart_is_gone() {
    let step = "        - {id: release, approve: {by: [{role: lead}]}}\n";
    let found = changed(step, "");
    assert!(
        found.contains(
            &"policy duties: broken at - approve: {workflow: parcel, step: release}".to_owned()
        ),
        "{found:?}"
    );
}

#[test]
fn a_contract_is_read_through_decision_tables_and_callers_too() {
    let found = changed("enum: [low, high]", "enum: [low, middle, high]");
    assert_eq!(found, ["workflow order: broken at route: desk"]);
    let found = changed("    note: {type: string, required: true}\n", "");
    assert_eq!(
        found[0],
        "workflow order: unaffected at trigger: {form: order, contract: order.placed.v1}"
    );
}

#[test]
fn queues_decisions_and_systems_are_relied_on_where_they_are_named() {
    let table = changed(
        "- [\"-\", {queue: orders}]",
        "- [\"== 'low'\", {queue: orders}]",
    );
    assert_eq!(
        table,
        ["workflow order: potentially_affected at route: desk"]
    );
    let queue = changed(
        "queue: {name: orders, owner: tom.okafor}",
        "queue: {name: orders, owner: tom.okafor, pauses_sla: true}",
    );
    assert_eq!(
        queue,
        [
            "workflow order: potentially_affected at default: {queue: orders, resume: fallback}",
            "decision desk: potentially_affected at - [\"-\", {queue: orders}]"
        ]
    );
    let operation = changed("    weigh: {effect: read}\n", "");
    assert!(
        operation
            .contains(&"workflow parcel: broken at - {id: weigh, call: SCALE.weigh}".to_owned()),
        "{operation:?}"
    );
    let other = changed("    tare: {effect: write}\n", "");
    assert!(
        other.contains(
            &"workflow parcel: unaffected at - {id: weigh, call: SCALE.weigh}".to_owned()
        ),
        "{other:?}"
    );
}
