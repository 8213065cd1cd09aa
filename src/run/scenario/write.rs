//! A played script as a case of a `scenarios:` document, in the form in which authors write.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::replay::Outcome;
use super::{Act, Answer, Played, Script, Stub, blank, path};
use crate::expr::{Record, Value};
use crate::run::trace::What;
use crate::run::{World, data};
use crate::yaml::edit::{double_quoted, quoted_if_needed};

/// The lines of a case, indented as an entry of `cases`: what was given, what was done, and what
/// happened as the expectation. Answers of steps that never began are left out.
pub fn written(world: &World<'_>, name: &str, script: &Script, played: &Played<'_>) -> String {
    let mut text = format!("    - name: {}\n", quoted_if_needed(name));
    let mut line = |depth: usize, words: &str| {
        text.push_str(&"  ".repeat(depth + 3));
        text.push_str(words);
        text.push('\n');
    };
    let usual = blank(world);
    line(0, "given:");
    line(1, &format!("input: {}", flow(&script.input)));
    if script.at != usual.at {
        let clock = script.at.to_zoned(world.zone()).datetime();
        line(1, &format!("at: \"{clock}\""));
    }
    let mut facts = Record::new();
    if script.id != usual.id {
        facts.insert("id".into(), Value::text(&script.id));
    }
    if script.requester != Value::Null {
        facts.insert("requester".into(), script.requester.clone());
    }
    if !facts.is_empty() {
        line(1, &format!("case: {}", flow(&facts.into())));
    }
    let controls = script.controls.iter();
    let controls = controls.map(|(name, value)| (name.as_str().into(), value.clone()));
    let controls: Record = controls.collect();
    if !controls.is_empty() {
        line(1, &format!("controls: {}", flow(&controls.into())));
    }
    let begun = begun(played);
    let stubs = script.stubs.iter();
    let stubs: BTreeMap<&String, &Stub> = stubs
        .filter(|(step, _)| begun.contains(step.as_str()))
        .collect();
    if !stubs.is_empty() {
        line(1, "steps:");
        for (step, stub) in stubs {
            line(2, &format!("{step}: {}", answers(&stub.answers)));
        }
    }
    let evidence = script.evidence.iter();
    let evidence: Vec<String> = evidence
        .filter(|(step, _)| begun.contains(step.as_str()))
        .map(|(step, evidence)| format!("{step}: {}", words(evidence)))
        .collect();
    if !evidence.is_empty() {
        line(1, &format!("evidence: {{{}}}", evidence.join(", ")));
    }
    if !script.actions.is_empty() {
        line(0, "do:");
        for performed in &script.actions {
            line(1, &format!("- {{{}}}", action(&performed.act).join(", ")));
        }
    }
    line(
        0,
        &format!("expect: {{{}}}", expectation(played).join(", ")),
    );
    text
}

fn begun<'t>(played: &'t Played<'_>) -> BTreeSet<&'t str> {
    let trace = played.case.trace.iter();
    let begun = trace.filter_map(|entry| {
        if let What::Begun { step, .. } = &entry.what {
            Some(step.as_str())
        } else {
            None
        }
    });
    begun.collect()
}

/// What a step answers: data, or a list with one entry for each attempt.
fn answers(answers: &[Answer]) -> String {
    if let [Answer::Result(value @ Value::Map(_))] = answers {
        return flow(value);
    }
    let entries: Vec<String> = answers
        .iter()
        .map(|answer| match answer {
            Answer::Result(value) => flow(value),
            Answer::Error(error) => format!("{{fail: {}}}", quoted_if_needed(error)),
        })
        .collect();
    format!("[{}]", entries.join(", "))
}

fn words(words: &BTreeSet<String>) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted_if_needed(word)).collect();
    format!("[{}]", words.join(", "))
}

/// The entries of an action.
fn action(act: &Act) -> Vec<String> {
    match act {
        Act::Wait(length) => vec![format!("wait: {length}")],
        Act::Fail { step, error, times } => {
            let times = times.map(|times| format!("times: {times}"));
            let entries = [entry("at", step), entry("fail", error)];
            entries.into_iter().chain(times).collect()
        }
        Act::Complete {
            step,
            person,
            with,
            evidence,
        } => [entry("at", step), entry("complete", person)]
            .into_iter()
            .chain(with.as_ref().and_then(given))
            .chain(attached(evidence.as_ref()))
            .collect(),
        Act::Decide {
            step,
            person,
            agrees,
            data,
            evidence,
        } => {
            let verb = if *agrees { "approve" } else { "reject" };
            let entries = [entry("at", step), entry(verb, person)];
            entries
                .into_iter()
                .chain(given(data))
                .chain(attached(evidence.as_ref()))
                .collect()
        }
        Act::Resolve {
            queue,
            person,
            to,
            data,
        } => [entry("at", queue), entry("resolve", person)]
            .into_iter()
            .chain(to.as_ref().map(|to| entry("to", to)))
            .chain(given(data))
            .collect(),
        Act::Move { person, to, data } => [entry("move", person)]
            .into_iter()
            .chain(to.as_ref().map(|to| entry("to", to)))
            .chain(given(data))
            .collect(),
        Act::Close { person, end } => vec![entry("close", person), entry("to", end.as_str())],
        Act::Arrive { name, step, with } => {
            let at = step.iter().map(|step| entry("at", step));
            at.chain([entry("event", name)])
                .chain(with.as_ref().and_then(given))
                .collect()
        }
    }
}

fn entry(key: &str, value: &str) -> String {
    format!("{key}: {}", quoted_if_needed(value))
}

fn given(with: &Record) -> Option<String> {
    (!with.is_empty()).then(|| format!("with: {}", flow(&with.clone().into())))
}

fn attached(evidence: Option<&BTreeSet<String>>) -> Option<String> {
    evidence.map(|evidence| format!("evidence: {}", words(evidence)))
}

/// The entries of an expectation: what the played case did.
fn expectation(played: &Played<'_>) -> Vec<String> {
    let mut entries = vec![format!("path: [{}]", path(&played.case.trace).join(", "))];
    let trace = played.case.trace.iter();
    let raised: Vec<&str> = trace
        .filter_map(|entry| {
            if let What::Raised { reason, .. } = &entry.what {
                Some(reason.as_str())
            } else {
                None
            }
        })
        .collect();
    match &raised[..] {
        [] => {}
        [reason] => entries.push(format!("raises: {reason}")),
        reasons => entries.push(format!("raises: [{}]", reasons.join(", "))),
    }
    match Outcome::of(&played.case) {
        Outcome::Queued { queue, .. } => entries.push(format!("queue: {queue}")),
        Outcome::Ended { end } => entries.push(format!("end: {}", end.as_str())),
        Outcome::Manual => entries.push("manual: true".to_owned()),
        Outcome::TurnedAway | Outcome::Waiting { .. } | Outcome::Stopped => {}
    }
    entries
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted_if_needed(text),
        Value::Date(_) | Value::Timestamp(_) | Value::Duration(_) => {
            double_quoted(data::json(value).as_str().unwrap_or_default())
        }
        Value::Decimal(number) => number.normalize().to_string(),
        Value::Null => "null".to_owned(),
        Value::Boolean(_) | Value::Integer(_) => value.to_string(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(fields) => {
            let mut text = String::from("{");
            for (number, (name, value)) in fields.iter().enumerate() {
                let comma = if number == 0 { "" } else { ", " };
                // Writing into a text cannot fail.
                write!(text, "{comma}{}: {}", quoted_if_needed(name), flow(value))
                    .unwrap_or_default();
            }
            text.push('}');
            text
        }
    }
}
