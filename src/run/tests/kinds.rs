//! Matching, other workflows, moves, ladders of states, schemas, pauses, joins and limits.

use super::{END, told};
use crate::run::trace::{Entry, Pause, Place, What};

/// A workflow whose first state has these steps and then goes to `done`.
fn of(input: &str, steps: &str) -> String {
    format!(
        "  trigger: {{form: f, input: {{{input}}}}}\n  states:\n    one: {{lifecycle: new, steps: [{steps}], to: done}}\n{END}"
    )
}

/// With a reason code each for what is missing and what differs.
fn with_reasons(workflow: &str) -> String {
    workflow.replace(
        "  exceptions:\n",
        "  exceptions:\n    GONE: {queue: help, resume: same}\n    PRICE: {queue: help, resume: same}\n    COUNT: {queue: help, resume: same}\n",
    )
}

fn pauses(trace: &[Entry]) -> Vec<(u64, u64)> {
    let mut found = Vec::new();
    for entry in trace {
        if let What::AttemptFailed {
            pause: Some(Pause { least, most }),
            ..
        } = &entry.what
        {
            found.push((*least, *most));
        }
    }
    found
}

#[test]
fn lines_match_on_every_side_in_order_within_their_tolerance() {
    let workflow = with_reasons(&of(
        "lines: {type: list}, order: {type: list}, receipt: {type: list}",
        "{id: fits, match: {claim: input.lines, key: line, against: {order: input.order, receipt: input.receipt}, missing: {order: GONE, receipt: GONE}, compare: [{field: price, with: order, tolerance: 0.1, raise: PRICE}, {field: count, with: receipt, raise: COUNT}]}}",
    ));
    let case = |order: &str, receipt: &str, expected: &str| {
        told(
            &workflow,
            &format!(
                "      given: {{input: {{lines: [{{line: 1, price: 10.0, count: 2}}, {{line: 2, price: 5.0, count: 1}}], order: [{order}], receipt: [{receipt}]}}}}\n      expect: {{{expected}}}"
            ),
        )
    };
    let order = "{line: 2, price: 5.0}, {line: 1, price: 10.05}";
    let receipt = "{line: 1, count: 2}, {line: 2, count: 1.0}, {line: 3, count: 9}";
    case(order, receipt, "path: [one, done]");
    case(
        "{line: 2, price: 5.0}",
        receipt,
        "path: [one], raises: GONE",
    );
    case(order, "{line: 1, count: 2}", "path: [one], raises: GONE");
    case(
        "{line: 2, price: 5.0}, {line: 1, price: 9.0}",
        receipt,
        "path: [one], raises: PRICE",
    );
    case(
        order,
        "{line: 1, count: 2}, {line: 2, count: 2}",
        "path: [one], raises: COUNT",
    );
    // The first line decides before the second one is looked at.
    let trace = case(
        "{line: 1, price: 9.0}",
        receipt,
        "path: [one], raises: PRICE, queue: help",
    );
    let mut messages = Vec::new();
    for entry in &trace {
        if let What::Raised { message, .. } = &entry.what {
            messages.push(message.as_str());
        }
    }
    assert_eq!(
        messages,
        ["`price` of the line 1 is 10.0, and 9.0 in `order`"]
    );
}

#[test]
fn another_workflow_is_waited_for_and_an_end_that_is_not_completed_is_an_error() {
    let child = "---\nworkflow:\n  name: child\n  states:\n    only: {lifecycle: new, to: done}\n    done: {lifecycle: done, end: completed}\n  exceptions:\n    default: {queue: help, resume: same}\n";
    let workflow = of(
        "n: integer",
        "{id: other, run: child, with: {n: \"${ input.n }\"}, catch: [{error: rejected, to: refused}, {error: any, raise: ERROR}]}, {id: seen, check: [{that: steps.other.end == 'completed', raise: ERROR}]}",
    ) + "\n"
        + child;
    let trace = told(
        &workflow,
        "      given: {input: {n: 7}, steps: {other: {end: completed}}}\n      expect: {path: [one, done], attempts: {other: 1}}",
    );
    let sent = trace.iter().any(|entry| {
        matches!(&entry.what, What::Attempted { to, with, .. } if to == "child" && with["n"] == 7)
    });
    assert!(sent, "{trace:#?}");
    told(
        &workflow,
        "      given: {input: {n: 7}}\n      do: [{at: other, fail: rejected}]\n      expect: {path: [one, refused], end: rejected}",
    );
    told(
        &workflow,
        "      given: {input: {n: 7}}\n      do: [{at: other, fail: cancelled}]\n      expect: {path: [one], raises: ERROR}",
    );
}

#[test]
fn people_move_a_case_where_they_may_when_the_guard_holds_and_the_data_is_there() {
    let workflow = format!(
        "  trigger: {{form: f, input: {{open: boolean}}}}\n  states:\n    one:\n      lifecycle: waiting\n      transitions:\n        - {{to: done, when: input.open, by: [{{role: chief}}], require: [why]}}\n        - {{to: refused, else: true, by: [{{role: lead}}, {{role: chief}}]}}\n{END}"
    );
    let case = |open: bool, actions: &str, expected: &str| {
        told(
            &workflow,
            &format!(
                "      given: {{input: {{open: {open}}}}}\n      do: [{actions}]\n      expect: {{{expected}}}"
            ),
        )
    };
    case(
        true,
        "{move: cleo, to: done}, {move: cleo, to: done, with: {why: x}}",
        "path: [one, done], refused: {at: one, because: require}, data: {why: x}",
    );
    case(
        true,
        "{move: ada, to: done, with: {why: x}}",
        "path: [one], refused: {at: one, because: by}",
    );
    case(
        false,
        "{move: cleo, to: done, with: {why: x}}",
        "path: [one], refused: {at: one, because: to}",
    );
    case(false, "{move: ada}", "path: [one, refused], end: rejected");
}

#[test]
fn the_ladder_of_a_state_asks_tells_and_leaves_and_stops_with_it() {
    let workflow = format!(
        "  states:\n    one:\n      lifecycle: new\n      steps: [{{id: sign, task: Sign, assign: {{role: chief}}}}]\n      transitions: [{{to: done, else: true}}]\n      timeout: 1h\n      on_timeout: [{{notify: ada, timeout: 1h}}, {{to: refused}}]\n{END}"
    );
    let trace = told(
        &workflow,
        "      do: [{wait: 1h}, {wait: 1h}]\n      expect: {path: [one, refused], end: rejected}",
    );
    let mut rungs = Vec::new();
    for entry in &trace {
        if let What::TimerFired {
            place: Place { step: None, .. },
            rung: Some(rung),
        } = &entry.what
        {
            rungs.push(*rung);
        }
    }
    assert_eq!(rungs, [0, 1]);
    told(
        &workflow,
        "      do: [{wait: 1h}, {at: sign, complete: cleo}, {wait: 9h}]\n      expect: {path: [one, done], end: completed}",
    );
}

#[test]
fn pauses_grow_as_written_and_vary_where_they_may() {
    let growing = |backoff: &str| {
        let workflow = of(
            "n: integer?",
            &format!(
                "{{id: book, call: ERP.book, retry: {{limit: 3, delay: 10s, backoff: {backoff}}}, catch: [{{error: any, to: refused}}]}}"
            ),
        );
        pauses(&told(
            &workflow,
            "      do: [{at: book, fail: busy}]\n      expect: {path: [one, refused], attempts: {book: 4}}",
        ))
    };
    assert_eq!(growing("constant"), [(10, 10), (10, 10), (10, 10)]);
    assert_eq!(growing("linear"), [(10, 10), (20, 20), (30, 30)]);
    assert_eq!(growing("exponential"), [(10, 10), (20, 20), (40, 40)]);
    assert_eq!(
        growing("exponential, max_delay: 15s, jitter: true"),
        [(0, 10), (0, 15), (0, 15)]
    );
}

#[test]
fn all_branches_are_waited_for_and_a_reason_in_one_stops_the_others() {
    let workflow = of(
        "n: integer?",
        "{id: both, parallel: {join: all, branches: {left: [{id: a, task: Do a, assign: {role: chief}}], right: [{id: b, task: Do b, assign: {role: lead}, timeout: 1h, on_timeout: [{raise: ERROR}]}]}}}",
    );
    told(
        &workflow,
        "      do: [{at: b, complete: ada}, {at: a, complete: cleo}]\n      expect: {path: [one, done], end: completed}",
    );
    told(
        &workflow,
        "      do: [{at: b, complete: ada}, {wait: 2h}]\n      expect: {path: [one]}",
    );
    let trace = told(
        &workflow,
        "      do: [{wait: 1h}]\n      expect: {path: [one], raises: ERROR}",
    );
    let is_stopped = trace
        .iter()
        .any(|entry| matches!(&entry.what, What::Cancelled { step } if step == "a"));
    assert!(is_stopped);
}

#[test]
fn more_items_than_the_limit_raise_before_the_first_and_none_is_no_trouble() {
    let workflow = of(
        "lines: {type: list}",
        "{id: all, for_each: {in: input.lines, as: line, limit: 2, steps: [{id: fetched, call: ERP.read}]}}",
    );
    let case = |lines: &str, expected: &str| {
        told(
            &workflow,
            &format!("      given: {{input: {{lines: {lines}}}}}\n      expect: {{{expected}}}"),
        )
    };
    case("[]", "path: [one, done], attempts: {fetched: 0}");
    case("[a, b]", "path: [one, done], attempts: {fetched: 2}");
    let trace = case("[a, b, c]", "path: [one], raises: ERROR");
    let asked = trace
        .iter()
        .any(|entry| matches!(entry.what, What::Attempted { .. }));
    assert!(!asked);
}

#[test]
fn a_json_schema_stands_for_the_fields_of_a_contract() {
    let contract =
        "\n---\ncontract:\n  name: order.v1\n  producer: ERP\n  json_schema: order.schema.json\n";
    let workflow = format!(
        "  trigger: {{form: f, contract: order.v1}}\n  states:\n    one: {{lifecycle: new, to: done}}\n{END}{contract}"
    );
    told(
        &workflow,
        "      given: {input: {amount: 3}}\n      expect: {path: [one, done]}",
    );
    told(
        &workflow,
        "      given: {input: {amount: -3}}\n      do: [{at: help, resolve: cleo, with: {amount: 4}}]\n      expect: {path: [one, one, done], raises: CONTRACT_VIOLATION}",
    );
}

#[test]
fn what_a_filter_or_an_earlier_case_turns_away_starts_nothing() {
    let workflow = format!(
        "  trigger:\n    - {{form: f, input: {{n: integer}}, filter: input.n > 0, dedupe: input.n}}\n    - {{event: e, input: {{n: integer}}}}\n  states:\n    one: {{lifecycle: new, to: done}}\n{END}"
    );
    let case = |given: &str, expected: &str| {
        told(
            &workflow,
            &format!("      given: {{{given}}}\n      expect: {{{expected}}}"),
        )
    };
    case("input: {n: 1}", "path: [one, done], starts: true");
    case("input: {n: 0}", "starts: false");
    case("input: {n: 0}, trigger: e", "path: [one, done]");
    case("input: {n: 1}, earlier: {n: 2}", "path: [one, done]");
    let trace = case("input: {n: 2}, earlier: {n: 2}", "starts: false");
    let mut because = Vec::new();
    for entry in &trace {
        if let What::TurnedAway { because: why } = &entry.what {
            because.push(why.as_str());
        }
    }
    assert_eq!(because, ["`input.n` is 2, as in an earlier case"]);
}
