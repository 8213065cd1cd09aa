//! Both sides are computed on generated values: here by our evaluator, with the result recorded in
//! `tests/engines/bpmn/expressions.json`, and by `tests/engines/bpmn/verify` with a real FEEL.

use std::path::Path;

use flowgate::check;
use flowgate::expr::{Budget, Value, evaluate, parse};
use flowgate::model::Surroundings;
use flowgate::plan::value::Expression;
use flowgate::plan::{Plan, sketch};
use flowgate::source::Sources;
use flowgate::target::feel::{self, Translated};
use flowgate::target::kinds::Kinds;
use serde_json::{Value as Json, json};

use crate::jsonata::{EXPRESSIONS, records, written};

/// A workflow whose data has the kinds of the recorded values.
const WORKFLOW: &str = "
workflow:
  name: expressions
  summary: Holds data of every kind.
  owner: ada.lind
  trigger:
    form: expressions
    input:
      whole: integer
      maybe: integer?
      nothing: {type: string, required: true, nullable: true}
      price: decimal
      discount: decimal
      flag: boolean
      text: string
      texts: {type: list, required: true, items: string}
      prices: {type: list, required: true, items: decimal}
      lines: {type: list, required: true, items: {type: object, properties: {count: integer, note: string?}}}
      day: date
      at: timestamp
  states:
    begin:
      lifecycle: new
      steps:
        - {id: done, task: Do it, returns: done.v1}
        - {id: skipped, task: Do it too, returns: done.v1}
      to: end
    end: {lifecycle: done, end: completed}
---
contract:
  name: done.v1
  producer: Store
  schema: {note: string, open: integer}
";

fn plan() -> Plan {
    let mut sources = Sources::default();
    sources.add("workflow.yaml", WORKFLOW);
    let loaded = check::load(sources, |_| {
        Surroundings::on(jiff::civil::date(2026, 11, 20))
    });
    let workflow = &loaded.model.project.workflows[0];
    sketch(&loaded.model, workflow, &loaded.sources)
}

fn translated(text: &str, plan: &Plan) -> Translated {
    feel::expression(&Expression::new(text), &Kinds::of(plan))
}

#[test]
fn expressions_have_the_recorded_values_in_feel() {
    let plan = plan();
    let records = records();
    let mut refused = Vec::new();
    let mut cases: Vec<Json> = Vec::new();
    for text in EXPRESSIONS {
        let Ok(feel) = translated(text, &plan) else {
            refused.push(*text);
            continue;
        };
        let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let values = records.iter().map(|record| {
            let value = evaluate(&expression, record, &mut Budget::new(100_000));
            value.map_or_else(|_| json!({}), |value| json!({"value": written(&value)}))
        });
        let values: Vec<Json> = values.collect();
        cases.push(json!({"expression": text, "feel": feel, "values": values}));
    }
    let records: Vec<Json> = records
        .iter()
        .map(|record| written(&Value::from(record.clone())))
        .collect();
    let document = json!({"records": records, "cases": cases});
    let mut content = serde_json::to_string_pretty(&document).unwrap_or_default();
    content.push('\n');
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engines/bpmn/expressions.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &content).unwrap_or_else(|error| panic!("{error}"));
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        recorded == content,
        "run with UPDATE=1 and read the difference"
    );
    // What FEEL cannot say is as little as is written here.
    assert_eq!(
        refused,
        [
            "input.texts[input.whole]",
            "input.text.upperAscii()",
            "date(input.at)"
        ]
    );
}

#[test]
fn what_feel_cannot_hold_is_refused_with_what_to_write_instead() {
    let plan = plan();
    for (text, because) in [
        (
            "input.text.lowerAscii() == 'a'",
            "changes ASCII letters only",
        ),
        ("input.texts[input.whole]", "is computed"),
        ("input.text.matches('(?i)a')", "the patterns of FEEL"),
        ("input.flag < true", "does not order truth values"),
        ("case.data.a / 2", "integers, whose quotient is whole"),
        ("input.text.split('')", "the separator of `split`"),
        ("string(input.at)", "no counterpart in FEEL"),
        ("{input.text: 1}", "is computed"),
    ] {
        let refusal = translated(text, &plan).expect_err(text);
        assert!(refusal.message.contains(because), "{text}: {refusal:?}");
        assert!(!refusal.help.is_empty(), "{text}");
    }
}

#[test]
fn kinds_of_contracts_choose_the_words() {
    let plan = plan();
    for (text, feel) in [
        (
            "input.whole == 3 && !input.flag",
            "(input.whole = 3) and not(input.flag)",
        ),
        (
            "input.day < date('2026-05-05')",
            "date(input.day) < (date(\"2026-05-05\"))",
        ),
        ("input.texts.size() > 0", "(count(input.texts)) > 0"),
        ("input.text.size() > 0", "(string length(input.text)) > 0"),
        (
            "has(input.maybe)",
            "list contains(get entries(input).key, \"maybe\")",
        ),
    ] {
        assert_eq!(translated(text, &plan).as_deref(), Ok(feel), "{text}");
    }
}
