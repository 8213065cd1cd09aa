//! What every state machine keeps, and what cannot become one.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::shell::{Folder, Run, TODAY};

const WORKFLOW: &str = "workflows/equipment-request.yaml";

fn definitions() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/back-office/expected");
    let mut definitions: Vec<(String, Value)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".asl.json"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (
                path.display().to_string(),
                serde_json::from_str(&text).unwrap(),
            )
        })
        .collect();
    definitions.sort_by(|left, right| left.0.cmp(&right.0));
    assert_eq!(definitions.len(), 6);
    definitions
}

/// Every object that has `States`: the machine, its branches, and the processors of its items.
fn scopes<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key("States") {
                found.push(value);
            }
            fields.values().for_each(|each| scopes(each, found));
        }
        Value::Array(items) => items.iter().for_each(|each| scopes(each, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn targets<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            for (key, each) in fields {
                match (key.as_str(), each) {
                    ("Next" | "Default", Value::String(target)) => {
                        found.insert(target);
                    }
                    ("Branches" | "ItemProcessor", _) => {}
                    _ => targets(each, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|each| targets(each, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_state_is_reached_and_every_target_exists() {
    for (name, definition) in definitions() {
        let mut all = Vec::new();
        scopes(&definition, &mut all);
        for scope in all {
            let states = scope["States"].as_object().unwrap();
            let mut reached = BTreeSet::from([scope["StartAt"].as_str().unwrap()]);
            targets(&scope["States"], &mut reached);
            let known: BTreeSet<&str> = states.keys().map(String::as_str).collect();
            assert_eq!(reached, known, "{name}");
            assert!(known.iter().all(|state| state.len() <= 80), "{name}");
        }
    }
}

#[test]
fn retriers_and_catchers_are_in_an_order_that_step_functions_takes() {
    for (name, definition) in definitions() {
        let mut all = Vec::new();
        scopes(&definition, &mut all);
        let states = all
            .iter()
            .flat_map(|scope| scope["States"].as_object().unwrap());
        for (state, body) in states {
            for list in ["Retry", "Catch"] {
                let entries = body[list].as_array().map_or(&[][..], Vec::as_slice);
                for (number, entry) in entries.iter().enumerate() {
                    let errors: Vec<&str> = entry["ErrorEquals"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .filter_map(Value::as_str)
                        .collect();
                    let takes_all = errors.contains(&"States.ALL");
                    assert_eq!(takes_all, number + 1 == entries.len(), "{name}: {state}");
                    assert!(!takes_all || errors.len() == 1, "{name}: {state}");
                    assert_eq!(
                        errors.contains(&"States.Timeout"),
                        errors.contains(&"States.HeartbeatTimeout"),
                        "{name}: {state}"
                    );
                    let rate = entry["BackoffRate"].as_f64().unwrap_or(1.0);
                    assert!(rate >= 1.0, "{name}: {state}");
                }
            }
        }
    }
}

fn compile(folder: &Folder) -> Run {
    folder.flowgate(&["compile", "--today", TODAY, "--target", "asl", "-o", "out"])
}

fn refused(change: (&str, &str), message: &str) {
    let folder = Folder::starter();
    folder.edit(WORKFLOW, change.0, change.1);
    let run = compile(&folder);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains(message), "{}", run.stdout);
    assert!(run.stdout.contains("target-limit"), "{}", run.stdout);
    assert!(!folder.join("out").exists());
}

#[test]
fn a_sound_workflow_becomes_a_state_machine() {
    let folder = Folder::starter();
    let run = compile(&folder);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(folder.join("out/equipment-request.asl.json").exists());
}

#[test]
fn what_a_retrier_cannot_hold_is_refused_and_nothing_is_written() {
    refused(
        (
            "retry: standard",
            "retry: {limit: 2, delay: 10s, backoff: linear}",
        ),
        "pauses that grow by the same length",
    );
}

#[test]
fn a_history_that_could_grow_too_long_is_refused() {
    refused(
        (
            "retry: standard",
            "retry: {limit: 9000, delay: 10s, backoff: constant}",
        ),
        "an execution may have",
    );
}

#[test]
fn the_limits_are_explained() {
    let folder = Folder::starter();
    let run = folder.flowgate(&["explain", "asl"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("## Limits"), "{}", run.stdout);
    assert!(run.stdout.contains("25,000 events"), "{}", run.stdout);
}
