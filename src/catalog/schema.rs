//! The JSON Schemas of documents, generated from the same declarations that decode them.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::policy::facts;
use crate::syntax::DocumentKind;
use crate::syntax::config::ProjectFile;
use crate::syntax::contract::Contract;
use crate::syntax::decision::Decision;
use crate::syntax::directory::{Calendar, Person, Queue, System, Team};
use crate::syntax::names::{self, ContractName, FreeName, KebabName, NamePattern};
use crate::syntax::policy::Policy;
use crate::syntax::policy_test::PolicyTest;
use crate::syntax::process_map::ProcessMap;
use crate::syntax::scenarios::Scenarios;
use crate::syntax::workflow::Workflow;

/// The schema of documents of one kind, root key included.
pub fn document(kind: DocumentKind) -> Value {
    let mut generator = generator();
    let body = root_keys(kind, &mut generator);
    finish(
        body,
        &format!("flowgate: {}", kind.as_str()),
        &mut generator,
    )
}

/// The schema of a whole file: a document of any kind, several plural kinds beside each other, or
/// the project file.
pub fn file() -> Value {
    let mut generator = generator();
    let mut properties = Map::new();
    for kind in DocumentKind::ALL {
        if kind != DocumentKind::Project {
            properties.extend(root_properties(kind, &mut generator));
        }
    }
    let documents = json!({
        "type": "object",
        "properties": properties,
        "patternProperties": { "^x-": true },
        "additionalProperties": false,
        "minProperties": 1,
    });
    let project = generator.subschema_for::<ProjectFile>().to_value();
    let body = json!({
        "if": { "type": "object", "required": ["flowgate"] },
        "then": project,
        "else": documents,
    });
    finish(
        body,
        "flowgate: a file of a workflow repository",
        &mut generator,
    )
}

/// Every schema that is published below `schema/`, by file name.
pub fn published() -> Vec<(String, Value)> {
    let mut schemas: Vec<(String, Value)> = DocumentKind::ALL
        .into_iter()
        .map(|kind| (file_name(kind.as_str()), document(kind)))
        .collect();
    schemas.push((file_name("file"), file()));
    schemas.push((file_name("policy-facts"), facts::schema::schema()));
    schemas.push((file_name("policy-test"), policy_test()));
    schemas
}

/// The schema of the test files beside policies.
fn policy_test() -> Value {
    let mut generator = generator();
    let test = generator.subschema_for::<PolicyTest>().to_value();
    let body = json!({
        "type": "object",
        "required": ["policy_test"],
        "properties": { "policy_test": test },
        "additionalProperties": false,
    });
    finish(body, "flowgate: a test file of a policy", &mut generator)
}

/// The name of a schema's file.
pub fn file_name(subject: &str) -> String {
    format!("{}.schema.json", subject.replace('_', "-"))
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().into_generator()
}

fn finish(body: Value, title: &str, generator: &mut SchemaGenerator) -> Value {
    let mut schema = Map::new();
    schema.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    schema.insert("title".to_owned(), json!(title));
    if let Value::Object(body) = body {
        schema.extend(body);
    }
    schema.insert(
        "$defs".to_owned(),
        Value::Object(generator.take_definitions(true)),
    );
    Value::Object(schema)
}

fn root_keys(kind: DocumentKind, generator: &mut SchemaGenerator) -> Value {
    if kind == DocumentKind::Project {
        return generator.subschema_for::<ProjectFile>().to_value();
    }
    json!({
        "type": "object",
        "properties": root_properties(kind, generator),
        "patternProperties": { "^x-": true },
        "additionalProperties": false,
        "minProperties": 1,
    })
}

fn root_properties(kind: DocumentKind, generator: &mut SchemaGenerator) -> Map<String, Value> {
    match kind {
        DocumentKind::Workflow => named::<Workflow, KebabName>(kind, generator),
        DocumentKind::Contract => named::<Contract, ContractName>(kind, generator),
        DocumentKind::Queue => named::<Queue, KebabName>(kind, generator),
        DocumentKind::Team => named::<Team, KebabName>(kind, generator),
        DocumentKind::Person => named::<Person, FreeName>(kind, generator),
        DocumentKind::System => named::<System, FreeName>(kind, generator),
        DocumentKind::Calendar => named::<Calendar, KebabName>(kind, generator),
        DocumentKind::Decision => named::<Decision, KebabName>(kind, generator),
        DocumentKind::Policy => named::<Policy, KebabName>(kind, generator),
        DocumentKind::Scenarios => single(kind, generator.subschema_for::<Scenarios>()),
        DocumentKind::ProcessMap => single(kind, generator.subschema_for::<ProcessMap>()),
        DocumentKind::Project => single(kind, generator.subschema_for::<ProjectFile>()),
    }
}

fn single(kind: DocumentKind, body: Schema) -> Map<String, Value> {
    Map::from_iter([(kind.root_keys().0.to_owned(), body.to_value())])
}

/// The singular form names itself, the plural form is a map by name.
fn named<T: JsonSchema, P: NamePattern>(
    kind: DocumentKind,
    generator: &mut SchemaGenerator,
) -> Map<String, Value> {
    let body = generator.subschema_for::<T>().to_value();
    let (singular, plural) = kind.root_keys();
    let mut properties = Map::new();
    properties.insert(
        singular.to_owned(),
        json!({ "allOf": [&body], "required": ["name"] }),
    );
    if let Some(plural) = plural {
        let map = names::named(P::PATTERN, body);
        properties.insert(plural.to_owned(), map.to_value());
    }
    properties
}
