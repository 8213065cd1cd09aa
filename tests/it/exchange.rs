//! Contracts to and from the forms of other tools, and files of the standard in a project.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::shell::{Folder, TODAY};
use flowgate::exchange::{FORMS, find, in_reference_order, spelled_out};

fn back_office() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/back-office/contracts");
    let mut contracts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let document: Value = serde_yaml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        contracts.push((name, document["contract"].clone()));
    }
    contracts.sort_by(|left, right| left.0.cmp(&right.0));
    assert!(contracts.len() > 20, "the example has its contracts");
    contracts
}

#[test]
fn json_schema_and_avro_lose_nothing_on_the_way_there_and_back() {
    for (name, contract) in back_office() {
        let contract = in_reference_order(&spelled_out(&contract));
        for form in FORMS {
            let Some(import) = form.import else { continue };
            let exported = (form.export)(&contract);
            assert_eq!(
                exported.left_out,
                Vec::<String>::new(),
                "{name} as {}",
                form.id
            );
            let back = import(&exported.content).unwrap();
            let back = in_reference_order(&spelled_out(&back.content));
            assert_eq!(
                with_presence(Value::Object(back)),
                with_presence(Value::Object(contract.clone())),
                "{name} as {}",
                form.id
            );
        }
    }
}

/// A field without `required` is optional; the other forms always say which.
fn with_presence(mut contract: Value) -> Value {
    fn spell_out(fields: &mut Value) {
        for (_, field) in fields.as_object_mut().into_iter().flatten() {
            let field = field.as_object_mut().unwrap();
            field.entry("required").or_insert(json!(false));
            field.get_mut("properties").map(spell_out);
            let items = field.get_mut("items");
            items
                .and_then(|items| items.get_mut("properties"))
                .map(spell_out);
        }
    }
    spell_out(&mut contract["schema"]);
    contract
}

#[test]
fn the_standard_loses_nothing_on_the_way_there_and_back() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/back-office");
    let folder = Folder::copy_of(&example);
    for (name, contract) in back_office() {
        let exported = folder.flowgate(&["contract", "export", &name, "--format", "odcs"]);
        assert_eq!(exported.code, 0, "{}", exported.stderr);
        folder.write("exported.yaml", &exported.stdout);
        let imported = folder.flowgate(&["contract", "import", "exported.yaml"]);
        assert_eq!(imported.code, 0, "{name}: {}", imported.stderr);
        let back: Value = serde_yaml::from_str(&imported.stdout).unwrap();
        let mut expected = spelled_out(&contract);
        // The standard always says both.
        expected.entry("status").or_insert(json!("active"));
        let major = name.rsplit_once(".v").unwrap().1;
        expected
            .entry("version")
            .or_insert(json!(format!("{major}.0.0")));
        // An age is said in one unit, without the sign that changes nothing.
        let mut back = back["contract"].clone();
        let mut expected = Value::Object(expected);
        for contract in [&mut back, &mut expected] {
            if let Some(age) = contract.get_mut("freshness_sla") {
                *age = json!(age.as_str().unwrap().trim_start_matches("< "));
            }
        }
        assert_eq!(
            with_nullable(with_presence(back)),
            with_nullable(with_presence(expected)),
            "{name}"
        );
    }
}

/// `nullable: false` says what its absence says.
fn with_nullable(mut contract: Value) -> Value {
    fn walk(value: &mut Value) {
        match value {
            Value::Object(object) => {
                if object.get("nullable") == Some(&json!(false)) {
                    object.remove("nullable");
                }
                object.values_mut().for_each(walk);
            }
            Value::Array(items) => items.iter_mut().for_each(walk),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    walk(&mut contract["schema"]);
    contract
}

#[test]
fn exported_schemas_accept_what_the_contract_accepts() {
    let (_, contract) = back_office()
        .into_iter()
        .find(|(name, _)| name == "ap.invoice.v2")
        .unwrap();
    let schema = (find("json-schema").unwrap().export)(&spelled_out(&contract)).content;
    let validator = jsonschema::validator_for(&schema).unwrap();
    let invoice = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("examples/back-office/scenarios/fixtures/invoice/inv-1000.json"),
    )
    .unwrap();
    let mut invoice: Value = serde_json::from_str(&invoice).unwrap();
    assert!(validator.is_valid(&invoice));
    invoice["total"] = json!(-1);
    assert!(!validator.is_valid(&invoice));
}

const STANDARD: &str = r#"apiVersion: v3.1.0
kind: DataContract
id: orders
name: Shop Orders
version: 1.4.0
status: active
dataProduct: Shop
team:
  members:
    - {username: ada.lind, role: Owner}
slaProperties:
  - {property: latency, value: 15, unit: min}
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
        logicalTypeOptions: {format: uuid, pattern: "^[a-f0-9-]+$"}
        required: true
        primaryKey: true
      - name: state
        logicalType: string
        required: true
        quality:
          - {type: library, metric: invalidValues, arguments: {validValues: [open, paid]}, mustBe: 0}
      - name: amount
        physicalType: numeric(10,2)
        logicalTypeOptions: {minimum: 0}
        partitioned: true
"#;

#[test]
fn a_file_of_the_standard_is_a_contract_like_any_other() {
    let folder = Folder::empty();
    folder.write("flowgate.yaml", "flowgate: 1\n");
    folder.write("orders.odcs.yaml", STANDARD);
    let clean = folder.flowgate(&["check", "--today", TODAY]);
    assert_eq!(clean.code, 0, "{}{}", clean.stdout, clean.stderr);

    let imported = folder.flowgate(&["contract", "import", "orders.odcs.yaml"]);
    insta::assert_snapshot!("imported_standard", imported.stdout + &imported.stderr);

    folder.write(
        "orders.odcs.yaml",
        &STANDARD
            .replace(
                "logicalType: string\n        required: true\n        quality",
                "logicalType: txt\n        required: true\n        quality",
            )
            .replace("partitioned", "partitoned"),
    );
    let broken = folder.flowgate(&["check", "--today", TODAY, "--format", "json"]);
    assert_eq!(broken.code, 1);
    let report: Value = serde_json::from_str(&broken.stdout).unwrap();
    let found: Vec<(&str, u64)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let line = finding["span"]["start"]["line"].as_u64().unwrap();
            (finding["message"].as_str().unwrap(), line)
        })
        .collect();
    assert_eq!(
        found,
        [
            ("`txt` is not a type", 22),
            ("a property has no key `partitoned`", 29)
        ]
    );
}

#[test]
fn several_objects_are_several_contracts() {
    let folder = Folder::empty();
    folder.write(
        "orders.yaml",
        &format!("{STANDARD}  - name: order lines\n    properties: [{{name: line, logicalType: integer}}]\n"),
    );
    let imported = folder.flowgate(&["contract", "import", "orders.yaml"]);
    assert_eq!(imported.code, 0, "{}", imported.stderr);
    assert!(imported.stdout.contains("name: shop_orders.orders.v1"));
    assert!(imported.stdout.contains("name: shop_orders.order_lines.v1"));
}

#[test]
fn what_cannot_be_imported_is_said() {
    let folder = Folder::empty();
    let loop_of_references = r##"{"$id": "loop", "type": "object", "properties": {"again": {"$ref": "#"}, "self": {"$ref": "#/properties/self"}}}"##;
    folder.write("loop.json", loop_of_references);
    let imported = folder.flowgate(&["contract", "import", "loop.json"]);
    assert_eq!(imported.code, 0, "{}", imported.stderr);
    assert!(imported.stderr.contains("self"), "{}", imported.stderr);

    folder.write("list.json", "[1, 2]");
    let refused = folder.flowgate(&["contract", "import", "list.json"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("none of the known forms"),
        "{}",
        refused.stderr
    );

    folder.write(
        "union.json",
        r#"{"type": "record", "name": "r", "fields": [{"name": "a", "type": ["int", "string"]}]}"#,
    );
    let partly = folder.flowgate(&["contract", "import", "union.json"]);
    assert_eq!(partly.code, 0);
    assert!(
        partly
            .stderr
            .contains("left out, since flowgate has no word for it: a"),
        "{}",
        partly.stderr
    );

    let unknown = folder.flowgate(&["contract", "import", "union.json", "--format", "protobuf"]);
    assert_eq!(unknown.code, 2);
}
