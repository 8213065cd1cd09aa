//! What `flowgate test --trace` says is enough to play every scenario once more: from the JSON
//! alone, the interpreter comes to the same trace.

use std::collections::BTreeSet;

use flowgate::check::{self, scenarios};
use flowgate::expr::{Record, Value};
use flowgate::report::test_view::{TestOptions, test_report};
use flowgate::run::trace::Entry;
use flowgate::run::{Arrival, Event, WaitingFor, World, apply, node, start};
use flowgate::source::Sources;
use flowgate::syntax::workflow::Ending;
use serde_json::Value as Json;

use crate::examples::load;

const EVERYTHING: TestOptions = TestOptions {
    minimum: None,
    trace: true,
};

/// A value from JSON, read as scenario files are.
fn value(json: &Json) -> Value {
    let text = json.to_string();
    let mut sources = Sources::default();
    let source = sources.add("value.json", text.as_str());
    let stream = flowgate::yaml::parse(source, &text).value;
    node(stream.documents[0].root(&text))
}

fn record(json: &Json) -> Record {
    let Value::Map(fields) = value(json) else {
        panic!("{json} is no mapping");
    };
    fields.as_ref().clone()
}

fn text(json: &Json) -> String {
    json.as_str().unwrap_or_default().to_owned()
}

fn words(json: &Json) -> BTreeSet<String> {
    json.as_array().unwrap().iter().map(text).collect()
}

fn ending(word: &Json) -> Ending {
    let all = [
        Ending::Completed,
        Ending::Rejected,
        Ending::Cancelled,
        Ending::Failed,
    ];
    let mut all = all.into_iter();
    all.find(|end| end.as_str() == word).unwrap()
}

/// The activity of a case that an entry is about.
fn waiting(case: &flowgate::run::Case<'_>, entry: &Json, fits: fn(&WaitingFor) -> bool) -> u32 {
    let mut waiting = case.waiting().into_iter();
    let found = waiting.find(|waiting| {
        let item = entry["item"].as_u64();
        let own = waiting.item.map(|item| item as u64);
        waiting.step == entry["step"] && fits(&waiting.wanted) && (item.is_none() || item == own)
    });
    found.unwrap().activity
}

/// The event that one entry of `events` stands for; none for a request that nobody answers.
fn event(case: &flowgate::run::Case<'_>, entry: &Json) -> Option<Event> {
    let waiting = |fits| waiting(case, entry, fits);
    let step = text(&entry["step"]);
    let person = text(&entry["person"]);
    let to = entry["to"].as_str().map(str::to_owned);
    Some(match entry["event"].as_str().unwrap() {
        "answered" if entry["silent"] == true => return None,
        "answered" => Event::Answered {
            activity: waiting(|wanted| {
                matches!(wanted, WaitingFor::Answer(_) | WaitingFor::Undoing { .. })
            }),
            answer: match entry["error"].as_str() {
                Some(error) => Err(error.to_owned()),
                None => Ok(value(&entry["result"])),
            },
        },
        "attached" => Event::Attached {
            activity: waiting(|wanted| matches!(wanted, WaitingFor::Evidence(_))),
            evidence: words(&entry["evidence"]),
        },
        "passed" => Event::Passed(text(&entry["to"]).parse().unwrap()),
        "completed" => Event::Completed {
            step,
            person,
            result: value(&entry["result"]),
            evidence: words(&entry["evidence"]),
        },
        "decided" => Event::Decided {
            step,
            person,
            agrees: entry["agrees"].as_bool().unwrap(),
            data: record(&entry["data"]),
        },
        "moved" => Event::Moved {
            person,
            to,
            data: record(&entry["data"]),
        },
        "resolved" => Event::Resolved {
            queue: text(&entry["of"]),
            person,
            to,
            data: record(&entry["data"]),
        },
        "closed" => Event::Closed {
            person,
            end: ending(&entry["end"]),
        },
        "arrived" => Event::Arrived {
            name: text(&entry["name"]),
            data: value(&entry["data"]),
        },
        other => panic!("{other}"),
    })
}

fn played_again(world: &World<'_>, replay: &Json) -> Vec<Entry> {
    let arrival = Arrival {
        trigger: replay["trigger"]
            .as_u64()
            .and_then(|trigger| usize::try_from(trigger).ok()),
        input: value(&replay["input"]),
        earlier: replay.get("earlier").map(value),
        id: text(&replay["id"]),
        requester: value(&replay["requester"]),
        at: text(&replay["at"]).parse().unwrap(),
    };
    let mut case = start(world, &arrival);
    for entry in replay["events"].as_array().unwrap() {
        assert_eq!(entry["at"], case.now.to_string(), "{entry}");
        assert_eq!(entry["state"].as_str(), case.state(), "{entry}");
        if let Some(event) = event(&case, entry) {
            let done = apply(world, &mut case, &event);
            assert_eq!(done.is_err(), entry.get("refused").is_some(), "{entry}");
        }
    }
    case.trace
}

/// Every attempt has one end: an answer, a failure, or the step was cancelled.
fn attempts_end(trace: &Json) {
    let mut open: Vec<(&Json, &Json)> = Vec::new();
    for entry in trace.as_array().unwrap() {
        let attempt = (&entry["step"], &entry["attempt"]);
        match entry["what"].as_str().unwrap() {
            "attempted" => open.push(attempt),
            "answered" | "attempt_failed" => {
                let position = open.iter().position(|known| *known == attempt);
                open.remove(position.unwrap());
            }
            "cancelled" => open.retain(|(step, _)| *step != &entry["step"]),
            _ => {}
        }
    }
    assert!(open.is_empty(), "{open:?} in {trace:#}");
}

#[test]
fn every_scenario_can_be_played_again_from_the_report() {
    let schema = flowgate::report::test::test_schema().to_value();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut events = BTreeSet::new();
    for example in ["back-office", "starter"] {
        let loaded = load(example);
        let findings = check::check(&loaded);
        for workflow in &loaded.model.project.workflows {
            let sound = scenarios::sound(&loaded, &findings, &workflow.name.value).unwrap();
            let tested = [scenarios::test(&loaded, sound)];
            let report = test_report(&loaded.sources, &tested, &[], EVERYTHING);
            let report = serde_json::to_value(report).unwrap();
            let faults: Vec<String> = validator
                .iter_errors(&report)
                .map(|fault| fault.to_string())
                .collect();
            assert_eq!(faults, Vec::<String>::new());
            for case in report["workflows"][0]["cases"].as_array().unwrap() {
                let replay = &case["replay"];
                let controls = replay["controls"].as_object().unwrap().iter();
                let mut world = World::new(&tested[0].plan, &loaded.model);
                world.set_controls(controls.map(|(name, set)| (name.clone(), value(set))));
                let again = serde_json::to_value(played_again(&world, replay)).unwrap();
                assert_eq!(again, case["trace"], "{}", case["name"]);
                attempts_end(&case["trace"]);
                let replayed = replay["events"].as_array().unwrap().iter();
                events.extend(replayed.map(|entry| text(&entry["event"])));
                let answers = replay["answers"].as_object().unwrap().values();
                let answers: usize = answers.map(|given| given.as_array().unwrap().len()).sum();
                let replayed = replay["events"].as_array().unwrap().iter();
                let answered = replayed.filter(|entry| entry["event"] == "answered");
                assert_eq!(answers, answered.count());
            }
        }
    }
    // The examples move no case by hand and close none; every other kind of event is tested here.
    let expected = "answered arrived attached completed decided passed resolved";
    assert!(events.iter().map(String::as_str).eq(expected.split(' ')));
}
