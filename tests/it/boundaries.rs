//! Whole values where data crosses a boundary: what fits, and how the rest is told.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::fmt::Write as _;

use flowgate::check;
use flowgate::model::Surroundings;
use flowgate::source::Sources;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 8, 1);

/// Every finding about types and fields: the characters, the message, labels and help.
fn told(text: &str) -> String {
    let mut sources = Sources::default();
    sources.add("small.yaml", text);
    let loaded = check::load(sources, |_| Surroundings::on(TODAY));
    let mut told = String::new();
    for finding in check::check(&loaded) {
        let diagnostic = finding.diagnostic;
        let is_about_types = ["type-mismatch", "unknown-field", "optional-unguarded"];
        if !is_about_types.contains(&diagnostic.rule.id.as_ref()) {
            continue;
        }
        writeln!(told, "{}", diagnostic.message).unwrap();
        writeln!(told, "  at {}", &text[diagnostic.span.range()]).unwrap();
        for label in &diagnostic.labels {
            let place = &text[label.span.range()];
            writeln!(told, "  {place}: {}", label.message).unwrap();
        }
        writeln!(told, "  help: {}", diagnostic.help.unwrap_or_default()).unwrap();
    }
    told
}

/// Sends `${ input }`, of type `given`, to an operation that takes `taken`.
fn passed(given: &str, taken: &str) -> String {
    let text = format!(
        "systems: {{S: {{operations: {{o: {{effect: read, takes: taken.v1}}}}}}}}
contracts:
  given.v1: {{producer: S, schema: {{{given}}}}}
  taken.v1: {{producer: S, schema: {{{taken}}}}}
---
workflow:
  trigger: {{event: e, contract: given.v1}}
  states:
    a: {{lifecycle: new, steps: [{{id: x, call: S.o, with: '${{ input }}'}}], to: z}}
    z: {{lifecycle: done, end: completed}}
"
    );
    told(&text).lines().next().unwrap_or_default().to_owned()
}

#[test]
fn what_is_more_exact_fits() {
    let cases = [
        ("a: string", "a: string?"),
        ("a: integer", "a: decimal"),
        ("a: string, b: date", "a: string"),
        ("a: string?", "a: string?"),
        (
            "a: string?",
            "a: {type: string, required: true, default: x}",
        ),
        (
            "a: {type: string, required: true, nullable: true}",
            "a: {type: string, required: true, nullable: true}",
        ),
        ("a: {type: string, default: x}", "a: string"),
        (
            "a: {type: string, enum: [p]}",
            "a: {type: string, enum: [p, q]}",
        ),
        (
            "a: {type: string, enum: [p, q]}",
            "a: {type: string, enum: [p], open: true}",
        ),
        ("a: string", "a: {type: string, enum: [p]}"),
        (
            "a: {type: list, items: integer}",
            "a: {type: list, items: decimal}",
        ),
        (
            "a: {type: map, values: integer}",
            "a: {type: map, values: decimal}",
        ),
        (
            "a: {type: object, properties: {b: string, c: date}}",
            "a: {type: object, properties: {b: string?}}",
        ),
        (
            "a: {type: object, properties: {b: integer, c: decimal}}",
            "a: {type: map, values: decimal}",
        ),
        (
            "a: {type: object}",
            "a: {type: object, properties: {b: string}}",
        ),
        ("a: {type: list}", "a: {type: list, items: date}"),
        (
            "a: {type: string, min_length: 1}",
            "a: {type: string, min_length: 5}",
        ),
    ];
    for (given, taken) in cases {
        assert_eq!(passed(given, taken), "", "{given} → {taken}");
    }
}

/// What is given, what is taken, and what is said.
const LESS_EXACT: [(&str, &str, &str); 13] = [
    (
        "b: string",
        "a: string, c: date",
        "`a` is not sent, and `taken.v1` requires it",
    ),
    (
        "a: string?",
        "a: string",
        "`a` may be absent, and `taken.v1` requires it",
    ),
    (
        "a: {type: string, required: true, nullable: true}",
        "a: string",
        "`a` may be null, and `taken.v1` takes no null",
    ),
    (
        "a: {type: string, nullable: true}",
        "a: {type: string, nullable: true, required: true}",
        "`a` may be absent, and `taken.v1` requires it",
    ),
    (
        "a: decimal",
        "a: integer",
        "`a` is a decimal, and `taken.v1` takes an integer",
    ),
    (
        "a: date",
        "a: timestamp",
        "`a` is a date, and `taken.v1` takes a timestamp",
    ),
    (
        "a: {type: string, enum: [p, r]}",
        "a: {type: string, enum: [p, q]}",
        "`a` may be `r`, which `taken.v1` does not list",
    ),
    (
        "a: {type: list, items: decimal}",
        "a: {type: list, items: integer}",
        "`a[]` is a decimal, and `taken.v1` takes an integer",
    ),
    (
        "a: {type: list, items: {type: object, properties: {b: string, c: string?}}}",
        "a: {type: list, items: {type: object, properties: {b: string, c: string}}}",
        "`a[].c` may be absent, and `taken.v1` requires it",
    ),
    (
        "a: {type: map, values: string}",
        "a: {type: map, values: integer}",
        "`a.*` is a string, and `taken.v1` takes an integer",
    ),
    (
        "a: {type: object, properties: {b: string}}",
        "a: {type: map, values: integer}",
        "`a.b` is a string, and `taken.v1` takes an integer",
    ),
    (
        "a: {type: object, properties: {b: {type: object, properties: {c: date}}}}",
        "a: {type: object, properties: {b: {type: object, properties: {c: string}}}}",
        "`a.b.c` is a date, and `taken.v1` takes a string",
    ),
    (
        "a: {type: list, items: string, required: true}",
        "a: string",
        "`a` is a list, and `taken.v1` takes a string",
    ),
];

#[test]
fn what_is_less_exact_is_told_by_its_first_field() {
    for (given, taken, expected) in LESS_EXACT {
        assert_eq!(passed(given, taken), expected, "{given} → {taken}");
    }
}

const BOUNDARIES: &str = "systems: {S: {operations: {o: {effect: read, takes: wide.v1, returns: narrow.v1}}}}
contracts:
  narrow.v1: {producer: S, schema: {id: string, note: string?}}
  wide.v1: {producer: S, schema: {id: string, note: string, size: integer?}}
  event.v1: {producer: S, schema: {lines: {type: list, required: true, items: {type: object, properties: {price: decimal, state: {type: string, required: true, enum: [open, closed]}}}}}}
---
workflow:
  name: other
  trigger: {form: f, input: {who: string, when: date?}}
  outputs: {answer: input.who}
  states: {a: {lifecycle: done, end: completed}}
---
workflow:
  name: first
  trigger: {form: g, input: {id: string, note: string?, size: decimal}}
  states:
    a:
      lifecycle: new
      steps:
        - {id: whole, call: S.o, with: {order: \"${ input }\"}, contract: wide.v1}
        - {id: other, call: S.o, with: {id: x}, contract: narrow.v1, returns: wide.v1}
        - {id: converted, call: S.o, with: {id: x, note: y, size: \"${ input.size }\"}}
        - {id: runs, run: other, with: {who: 3, when: soon}, returns: narrow.v1}
        - {id: silent, run: other}
        - {id: told, emit: {event: e, contract: event.v1, with: {lines: [{price: 1, state: open}, {price: x, stat: open}]}}}
        - {id: undone, call: S.o, with: {id: x, note: y}, compensate: {call: S.o, with: {id: \"${ steps.undone.note }\", note: no}}}
        - {id: asked, check: [{that: has(input.note), raise: NO_MATCH}]}
        - {id: known, call: S.o, with: {order: {id: \"${ input.id }\", note: \"${ input.note }\"}}}
      to: z
    z: {lifecycle: done, end: completed}
";

#[test]
fn every_boundary_is_compared() {
    insta::assert_snapshot!(told(BOUNDARIES));
}
