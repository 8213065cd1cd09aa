//! What changes a digest and what does not.

use proptest::prelude::*;
use serde::Deserialize;
use serde_yaml::Value;

use crate::plan::sample::{Sample, plan};

const ONBOARDING: &str = include_str!("../../../tests/targets/employee-onboarding/workflow.yaml");
const INVOICE: &str = include_str!("../../../tests/targets/invoice-three-way-match/workflow.yaml");
const EVERYTHING: &str = include_str!("../../../tests/targets/every-construct/workflow.yaml");

fn digest(text: &str) -> String {
    plan(text).digest.as_str().to_owned()
}

/// Replaces what must stand in the text exactly once.
fn changed(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

/// Writes a document in another layout; the choices come from the bytes.
struct Writer<'b> {
    choices: std::iter::Cycle<std::slice::Iter<'b, u8>>,
}

impl Writer<'_> {
    fn choice(&mut self, limit: usize) -> usize {
        self.choices
            .next()
            .map_or(0, |byte| usize::from(*byte) % limit)
    }

    /// A comment after a value or on a line of its own, or nothing.
    fn comment(&mut self, indent: usize) -> String {
        match self.choice(6) {
            0 => " # said: {so}".to_owned(),
            1 => format!("\n{}# on its own line", " ".repeat(indent)),
            2 => "\n".to_owned(),
            _ => String::new(),
        }
    }

    fn entries<'v>(&mut self, key: &str, value: &'v Value) -> Vec<(&'v str, &'v Value)> {
        let mut entries: Vec<(&str, &Value)> = value
            .as_mapping()
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.as_str().expect("a text key"), value))
            .collect();
        // The cells of a table stand in the order of its inputs.
        if key != "inputs" {
            for last in (1..entries.len()).rev() {
                let other = self.choice(last + 1);
                entries.swap(last, other);
            }
        }
        entries
    }

    fn text(&mut self, text: &str) -> String {
        let word = |each: char| each.is_ascii_alphanumeric() || matches!(each, '_' | '.');
        let is_plain = text.starts_with(|each: char| each.is_ascii_alphabetic())
            && text.chars().all(word)
            && !["true", "false", "null"].contains(&text);
        match self.choice(if is_plain { 3 } else { 2 }) {
            0 => format!("'{}'", text.replace('\'', "''")),
            1 => format!(
                "\"{}\"",
                text.replace('\\', "\\\\")
                    .replace('"', "\\\"")
                    .replace('\n', "\\n")
            ),
            _ => text.to_owned(),
        }
    }

    fn flow(&mut self, key: &str, value: &Value) -> String {
        match value {
            Value::Null => "~".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => self.text(text),
            Value::Sequence(items) => {
                let items: Vec<String> = items.iter().map(|item| self.flow("", item)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Mapping(_) => {
                let entries = self.entries(key, value);
                let entries: Vec<String> = entries
                    .into_iter()
                    .map(|(key, value)| format!("{}: {}", self.text(key), self.flow(key, value)))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
            Value::Tagged(_) => panic!("no tags here"),
        }
    }

    /// The value after `key:` or `-`.
    fn block(&mut self, key: &str, value: &Value, indent: usize) -> String {
        let is_empty = match value {
            Value::Sequence(items) => items.is_empty(),
            Value::Mapping(entries) => entries.is_empty(),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Tagged(_) => true,
        };
        if is_empty || self.choice(5) == 0 {
            return format!(" {}{}\n", self.flow(key, value), self.comment(indent));
        }
        let margin = " ".repeat(indent);
        let mut text = self.comment(indent) + "\n";
        if let Value::Sequence(items) = value {
            for item in items {
                let item = self.block("", item, indent + 2);
                text.push_str(&format!("{margin}-{item}"));
            }
        }
        for (key, value) in self.entries(key, value) {
            let name = self.text(key);
            let value = self.block(key, value, indent + 2);
            text.push_str(&format!("{margin}{name}:{value}"));
        }
        text
    }
}

fn rewritten(text: &str, choices: &[u8]) -> String {
    let mut writer = Writer {
        choices: choices.iter().cycle(),
    };
    serde_yaml::Deserializer::from_str(text)
        .map(|document| {
            let value = Value::deserialize(document).expect("YAML");
            let body: Vec<String> = writer
                .entries("", &value)
                .into_iter()
                .map(|(key, value)| {
                    let value = writer.block(key, value, 2);
                    format!("{key}:{value}")
                })
                .collect();
            format!("---\n{}", body.join(""))
        })
        .collect()
}

/// Where two plans part.
fn difference(one: &str, other: &str) -> String {
    let canonical = |text: &str| {
        let bytes = crate::plan::canonical::bytes(&plan(text));
        String::from_utf8(bytes).expect("text")
    };
    let (one, other) = (canonical(one), canonical(other));
    let at = one
        .bytes()
        .zip(other.bytes())
        .take_while(|(one, other)| one == other)
        .count();
    let around = |text: &str| text[at.saturating_sub(200)..(at + 100).min(text.len())].to_owned();
    format!("{}\n{}", around(&one), around(&other))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_of_keys_layout_quotes_and_comments_mean_nothing(
        choices in prop::collection::vec(any::<u8>(), 97),
        which in 0..3_usize,
    ) {
        let text = [ONBOARDING, INVOICE, EVERYTHING][which];
        // The first workflow of a file is the sample; its document stays the first.
        let rewritten = rewritten(text, &choices);
        let same = digest(&rewritten) == digest(text);
        prop_assert!(same, "{}", difference(&rewritten, text));
    }
}

#[test]
fn places_of_files_versions_and_prose_mean_nothing() {
    let original = Sample::at("workflow.yaml", EVERYTHING).plan();
    let moved = Sample::at("elsewhere/other.yaml", EVERYTHING).plan();
    assert_eq!(moved.digest, original.digest);
    assert_ne!(moved.to_json(), original.to_json());
    for (from, to) in [
        ("version: 1.0.0", "version: 1.0.1"),
        ("summary: Shows what", "summary: Tells what"),
        ("title: Every construct", "title: Something else"),
        ("title: Finished", "title: Over"),
        ("summary: How many.", "summary: So many."),
        ("summary: Something is off.", "summary: It is odd."),
        ("runbooks/sample.md", "manuals/sample.md"),
        ("calendars/se.ics", "days/se.ics"),
        ("unread: [c]", "unread: [d]"),
        ("reason: One keeper", "reason: Two keepers"),
    ] {
        assert_eq!(
            digest(&changed(EVERYTHING, from, to)),
            original.digest.as_str(),
            "{from}"
        );
    }
}

/// What is written in two ways.
const SAME: &[(&str, &str)] = &[
    ("risk: access", "risk: [access]"),
    ("response: 1h 30m", "response: PT90M"),
    ("resolution: 2w", "resolution: P2W"),
    ("value: 0x10", "value: 16"),
    ("value: 0.050", "value: 0.05"),
    ("wait: 2h", "wait: {for: 2h}"),
    ("by: [system]", "by: system"),
    ("join: any", "join: 'any'"),
    (
        "retry: {limit: 2, delay: 10s}",
        "retry: {limit: 2, delay: 10s, backoff: constant, jitter: false}",
    ),
    (
        "emit: {event: sample.done, contract: sample.put.v1, with: {id: \"${ input.id }\"}}",
        "emit: sample.done, contract: sample.put.v1, with: {id: \"${input.id}\"}",
    ),
    (
        "\"input.id in lists.known\"",
        "'input.id   in\n           lists.known '",
    ),
    (
        "queue: late}",
        "queue: late, resume: fallback, max_returns: 3}",
    ),
    (
        "default: {queue: odd, resume: same}",
        "default: {queue: odd, resume: [same], max_returns: 3}",
    ),
    (
        "audit: {runs: false,",
        "audit: {decisions: true, runs: false,",
    ),
    ("as: svc-undo}", "as: svc-undo, x-tool: 1}"),
    (
        ", owner: ada.lind, summary: How many.}",
        ", owner: ada.lind}",
    ),
    (
        "mon-thu: \"09:00-17:00\", fri: \"09:00-15:00\"",
        "mon-fri: \"09:00-17:00\", fri: \"09:00-15:00\"",
    ),
    (
        "{error: any, raise: OFF}, {error: never, raise: OFF}",
        "{error: any, raise: OFF}",
    ),
    ("{decide: expired}, {raise: SLOW}", "{decide: expired}"),
    (
        "    asked: {lifecycle: new, to: done}\n",
        "    asked: {lifecycle: new, steps: [{id: x, wait: 1h}], to: done}\n",
    ),
];

#[test]
fn short_and_long_forms_mean_the_same() {
    let original = digest(EVERYTHING);
    for (from, to) in SAME {
        assert_eq!(digest(&changed(EVERYTHING, from, to)), original, "{from}");
    }
    let short = "      to: triage\n    triage:";
    let long = "      transitions: [{to: triage, else: true}]\n    triage:";
    assert_eq!(
        digest(&changed(ONBOARDING, short, long)),
        digest(ONBOARDING)
    );
    let named = "retry: standard\n          compensate";
    let inline = "retry: {limit: 4, delay: 30s, backoff: exponential, max_delay: 5m, jitter: true}\n          compensate";
    assert_eq!(
        digest(&changed(ONBOARDING, named, inline)),
        digest(ONBOARDING)
    );
}

/// What may mean something else.
const OTHER: &[(&str, &str)] = &[
    ("status: draft", "status: active"),
    ("stage: 1", "stage: 2"),
    ("filter: \"input.id != ''\"", "filter: \"input.id != ' '\""),
    ("resolution: 2w", "resolution: 14d"),
    ("value: 0x10", "value: 17"),
    (
        "value: strict, weaker: lower",
        "value: strict, weaker: higher",
    ),
    ("max_visits: 5", "max_visits: 6"),
    ("timeout: 3d", "timeout: 4d"),
    (
        "{notify: crew, timeout: 4h}",
        "{notify: keeper, timeout: 4h}",
    ),
    (
        "when: steps.lines.size() == 0",
        "when: steps.lines.size() == 1",
    ),
    ("require: [note, cause]", "require: [note]"),
    (
        "by: [{role: keeper}, {team: crew}, {person: ada.lind}",
        "by: [{role: keeper}, {team: crew}, {person: bo.ek}",
    ),
    ("count: all", "count: 2"),
    (
        "exclude: [input.person, case.requester]",
        "exclude: [case.requester]",
    ),
    (
        "terms: I have looked at it.",
        "terms: I have not looked at it.",
    ),
    ("evidence: [photo, note]", "evidence: [photo]"),
    ("retry: {limit: 2,", "retry: {limit: 3,"),
    ("count: 1.50", "count: \"1.50\""),
    ("x-note: [1, {b: 2, a: 1}]", "x-note: [{b: 2, a: 1}, 1]"),
    ("effect: create", "effect: write"),
    ("lists: {known: [a, b]", "lists: {known: [a, c]"),
    ("max_returns: 1", "max_returns: 2"),
    (
        "resume: [same, given_up, fallback]",
        "resume: [same, given_up]",
    ),
    ("> 10\", \"-\"", "> 11\", \"-\""),
    ("{sat-mon: \"22:00-23:30\"", "{sat-mon: \"22:00-23:31\""),
    ("min_length: 1", "min_length: 2"),
    (
        "odd: {kind: exception, owner: ada.lind",
        "odd: {kind: exception, owner: bo.ek",
    ),
    ("above: 20", "above: 21"),
    ("in_flight: migrate", "in_flight: drain"),
    ("end: failed", "end: cancelled"),
];

#[test]
fn what_can_matter_changes_the_digest() {
    let original = digest(EVERYTHING);
    for (from, to) in OTHER {
        assert_ne!(digest(&changed(EVERYTHING, from, to)), original, "{from}");
    }
}

#[test]
fn the_order_of_steps_and_rungs_matters() {
    let check = "{id: named, check: [{that: has(input.manager_id), raise: MISSING_MANAGER}]}";
    let known =
        "{id: known, check: [{that: input.dept in lists.departments, raise: UNKNOWN_DEPT}]}";
    let swapped = changed(ONBOARDING, check, "@")
        .replace(known, check)
        .replace('@', known);
    assert_ne!(digest(&swapped), digest(ONBOARDING));
}
