//! Contracts whose fields are in a JSON Schema file: findings in it, its fields in expressions, and
//! verdicts on its changes.

use flowgate::check::project::{Opening, Releases, open as open_project};
use flowgate::check::{self, Loaded};
use flowgate::compat::{Class, Direction, Side, Verdict, assess};
use flowgate::source::Memory;

const CONTRACT: &str = "contract:\n  name: order.record.v1\n  version: 1.0.0\n  producer: Shop\n  json_schema: ../schemas/order.schema.json\n";

const ORDER: &str = r#"{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "required": ["id", "lines"],
  "properties": {
    "id": {"type": "string", "format": "uuid"},
    "email": {"type": ["string", "null"], "x-pii": true, "x-classification": "restricted"},
    "state": {"enum": ["open", "paid"]},
    "lines": {"type": "array", "minItems": 1, "items": {"$ref": "line.json#/definitions/line"}}
  }
}"#;

const LINE: &str = r#"{"definitions": {"line": {
  "type": "object",
  "required": ["sku"],
  "properties": {"sku": {"type": "string", "pattern": "^[A-Z]+$"}, "count": {"type": "integer"}}
}}}"#;

fn open(tree: &Memory) -> Loaded {
    let opening = Opening {
        today: jiff::civil::date(2026, 8, 1),
        also: &[],
    };
    open_project(tree, &opening, &|_, _| Releases::new()).unwrap()
}

fn project(order: &str, line: &str) -> Loaded {
    let tree = Memory::new()
        .with("contracts/order.yaml", CONTRACT)
        .with("schemas/order.schema.json", order)
        .with("schemas/line.json", line);
    open(&tree)
}

/// Every change with its id, the heaviest first.
fn verdicts(before: &Loaded, after: &Loaded) -> Vec<(String, Verdict)> {
    let [before, after] = [before, after].map(|loaded| Side {
        model: &loaded.model,
        sources: &loaded.sources,
    });
    let impact = assess(before, after);
    let documents = impact.documents.into_iter();
    documents
        .flat_map(|document| document.changes)
        .map(|judged| (judged.meta.id.to_owned(), judged.verdict))
        .collect()
}

fn of_schema(before: &Loaded, after: &Loaded) -> Verdict {
    let verdicts = verdicts(before, after);
    let found = verdicts
        .into_iter()
        .find(|(id, _)| id == "schema-file-changed");
    found.expect("the schema changed").1
}

fn show(loaded: &Loaded) -> Vec<String> {
    let findings = check::check(loaded);
    let findings = findings.iter().map(|finding| {
        let span = finding.diagnostic.span;
        let file = loaded.sources.file(span.source);
        let at = file.position(span.start);
        format!(
            "{}:{}:{} {} {}",
            file.path(),
            at.line,
            at.column,
            finding.diagnostic.rule.id,
            finding.diagnostic.message
        )
    });
    findings
        .filter(|line| line.contains("invalid-json-schema"))
        .collect()
}

#[test]
fn faults_are_shown_where_they_stand_in_the_schema_file() {
    let order = ORDER
        .replace("\"minItems\": 1", "\"minItems\": \"one\"")
        .replace("line.json#/definitions/line", "line.json#/definitions/row");
    assert_eq!(
        show(&project(&order, LINE)),
        [
            "schemas/order.schema.json:9:44 invalid-json-schema `minItems` takes a whole number, zero or more",
            "schemas/order.schema.json:9:69 invalid-json-schema `line.json#/definitions/row` leads nowhere: `schemas/line.json` has no `/definitions/row`",
        ]
    );
    let remote = ORDER.replace(
        "line.json#/definitions/line",
        "https://example.com/line.json",
    );
    assert_eq!(
        show(&project(&remote, LINE)),
        [
            "schemas/order.schema.json:9:65 invalid-json-schema `https://example.com/line.json` is on another machine, and nothing is fetched"
        ]
    );
    assert!(show(&project(ORDER, LINE)).is_empty());
}

#[test]
fn broken_and_endless_schemas_are_findings_and_no_panic() {
    assert_eq!(show(&project("{\"type\": ", LINE)).len(), 1);
    let endless = r##"{"allOf": [{"$ref": "#"}]}"##;
    assert_eq!(show(&project(endless, LINE)).len(), 1);
    let deep = format!("{}true{}", "{\"not\": ".repeat(100), "}".repeat(100));
    assert!(show(&project(&deep, LINE)).is_empty());
    let broken_file = project(ORDER, "{");
    assert_eq!(show(&broken_file).len(), 1);
}

#[test]
fn fields_are_those_of_the_schema() {
    let loaded = project(ORDER, LINE);
    let fields = loaded
        .model
        .contract("order.record.v1")
        .unwrap()
        .body
        .fields();
    let names: Vec<&str> = fields
        .iter()
        .map(|field| field.name.value.as_str())
        .collect();
    assert_eq!(names, ["id", "email", "state", "lines"]);
    assert!(fields[0].shape.required.value);
    assert!(fields[1].shape.pii.value && fields[1].shape.nullable.value);
    assert!(fields[1].shape.classification.is_some());
    let line = fields[3].shape.items.as_ref().unwrap();
    assert_eq!(line.properties[1].name.value, "count");
    let source = loaded.sources.file(line.properties[1].name.span.source);
    assert_eq!(source.path(), "schemas/line.json");
    assert_eq!(
        loaded.sources.text(line.properties[1].name.span),
        "\"count\""
    );
}

#[test]
fn verdicts_rest_on_the_values_that_schemas_accept() {
    let before = project(ORDER, LINE);
    let paid = ORDER.replace("[\"open\", \"paid\"]", "[\"open\", \"paid\", \"void\"]");
    let verdict = of_schema(&before, &project(&paid, LINE));
    assert_eq!(
        (verdict.class, verdict.direction),
        (Class::Breaking, Direction::Forward)
    );
    let payload = verdict.witness.unwrap().payload;
    assert_eq!(payload["state"], "void");
    let narrower = LINE.replace("[A-Z]+", "[A-Z]{2}");
    let verdict = of_schema(&before, &project(ORDER, &narrower));
    assert_eq!(
        (verdict.class, verdict.direction),
        (Class::Breaking, Direction::Backward)
    );
    assert_eq!(verdict.witness.unwrap().payload["lines"][0]["sku"], "A");
    let same = LINE.replace("^[A-Z]+$", "^[A-Z][A-Z]*$");
    assert_eq!(
        of_schema(&before, &project(ORDER, &same)).class,
        Class::None
    );
    let optional = ORDER.replace("\"state\":", "\"note\": {\"type\": \"string\"}, \"state\":");
    assert_eq!(
        of_schema(&before, &project(&optional, LINE)).class,
        Class::None
    );
    let looking = LINE.replace("^[A-Z]+$", "^(?=A)[A-Z]+$");
    let verdict = of_schema(&before, &project(ORDER, &looking));
    assert_eq!(verdict.class, Class::Review);
    assert!(verdict.why.contains("looks around"), "{}", verdict.why);
}

#[test]
fn layout_order_and_the_name_of_the_file_are_no_change() {
    let before = project(ORDER, LINE);
    let value: serde_json::Value = serde_json::from_str(ORDER).unwrap();
    let dense = value.to_string();
    assert!(verdicts(&before, &project(&dense, LINE)).is_empty());
    let moved = Memory::new()
        .with(
            "contracts/order.yaml",
            CONTRACT.replace("order.schema", "o"),
        )
        .with("schemas/o.json", dense)
        .with("schemas/line.json", LINE);
    assert!(verdicts(&before, &open(&moved)).is_empty());
}
