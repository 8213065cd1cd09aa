//! What the text of [`crate::plan`] says, sentence by sentence, on small workflows.

mod kinds;

use super::World;
use super::scenario::{Played, judge, play, prepare};
use super::trace::{Entry, What};
use crate::model::Surroundings;
use crate::model::resolve::resolve;
use crate::plan::lower;
use crate::source::Sources;
use crate::syntax::decode;
use crate::yaml;

const SURROUNDINGS: &str = "
people:
  ada: {roles: [lead]}
  bob: {roles: [lead], out: [{from: '2026-03-01', to: '2026-03-10', delegate: eve}]}
  cleo: {roles: [chief]}
  dan: {roles: [lead], left: '2026-02-01'}
  eve: {roles: [clerk]}
teams: {desk: {lead: ada, members: [ada, eve]}}
queues: {help: {owner: cleo, team: desk, kind: needs_info, pauses_sla: true}}
calendars: {office: {timezone: Europe/Stockholm, hours: {mon-fri: '09:00-17:00'}}}
systems:
  ERP:
    operations:
      book: {effect: write, errors: [closed, busy]}
      unbook: {effect: write}
      read: {effect: read}
---
";

/// Plays the only case of a text with a workflow `w`, which must go as it expects.
fn told(states: &str, case: &str) -> Vec<Entry> {
    let mut texts = Vec::new();
    with(states, case, |played, faults| {
        assert_eq!(faults, Vec::<String>::new(), "{:#?}", played.case.trace);
        texts = played.case.trace.clone();
    });
    texts
}

fn with(workflow: &str, case: &str, look: impl FnOnce(&Played<'_>, Vec<String>)) {
    let text = format!(
        "{SURROUNDINGS}workflow:\n  name: w\n{workflow}\n---\nscenarios:\n  workflow: w\n  cases:\n    - name: case\n{case}\n"
    );
    let mut sources = Sources::default();
    let id = sources.add("w.yaml", text.as_str());
    let project = decode(&sources, &[(id, yaml::parse(id, &text).value)]);
    let mut told = project.diagnostics;
    let mut surroundings = Surroundings::on(jiff::civil::date(2026, 3, 1));
    let schema = "{\"type\": \"object\", \"properties\": {\"amount\": {\"type\": \"integer\", \"minimum\": 0}}, \"required\": [\"amount\"]}";
    let files = &mut surroundings.files;
    files.paths.insert("order.schema.json".to_owned());
    files
        .texts
        .insert("order.schema.json".to_owned(), schema.to_owned());
    let resolved = resolve(project.value, surroundings);
    told.extend(resolved.diagnostics);
    let told: Vec<&str> = told.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(told, Vec::<&str>::new(), "{text}");
    let model = resolved.value;
    let sound = model.sound("w", std::iter::empty()).expect("a workflow");
    let plan = lower(sound, &sources);
    let world = World::new(&plan, &model);
    let written = &model.project.scenarios[0]
        .body
        .cases
        .as_ref()
        .expect("cases")[0];
    let prepared = prepare(&world, &model.surroundings.files, written);
    let told: Vec<&str> = prepared
        .diagnostics
        .iter()
        .map(|found| found.message.as_str())
        .collect();
    assert_eq!(told, Vec::<&str>::new());
    let script = prepared.value.expect("a script");
    let played = play(&world, &script);
    let judged = judge(&world, &script, written, &played);
    let faults = judged
        .failures
        .into_iter()
        .map(|failure| failure.message)
        .collect();
    look(&played, faults);
}

fn times(trace: &[Entry], wanted: fn(&What) -> bool) -> Vec<String> {
    let found = trace.iter().filter(|entry| wanted(&entry.what));
    found.map(|entry| entry.at.to_string()).collect()
}

fn undone(trace: &[Entry]) -> Vec<&str> {
    let mut steps = Vec::new();
    for entry in trace {
        if let What::Undone { step, .. } = &entry.what {
            steps.push(step.as_str());
        }
    }
    steps
}

const END: &str = "    done: {lifecycle: done, end: completed}\n    refused: {lifecycle: done, end: rejected}\n  exceptions:\n    default: {queue: help, resume: same, max_returns: 1}\n  fallback: {mode: manual, owner: cleo}";

#[test]
fn pauses_double_up_to_the_longest_and_then_the_error_is_caught() {
    let workflow = format!(
        "  states:\n    one: {{lifecycle: new, steps: [{{id: book, call: ERP.book, retry: {{limit: 3, delay: 10s, backoff: exponential, max_delay: 25s}}, catch: [{{error: busy, to: refused}}]}}], to: done}}\n{END}"
    );
    let trace = told(
        &workflow,
        "      do: [{at: book, fail: busy}]\n      expect: {path: [one, refused], attempts: {book: 4}, end: rejected}",
    );
    assert_eq!(
        times(&trace, |what| matches!(what, What::Attempted { .. })),
        [
            "2026-03-02T09:00:00Z",
            "2026-03-02T09:00:10Z",
            "2026-03-02T09:00:30Z",
            "2026-03-02T09:00:55Z"
        ]
    );
}

#[test]
fn attempts_that_nobody_answers_take_their_time() {
    let workflow = format!(
        "  states:\n    one: {{lifecycle: new, steps: [{{id: book, call: ERP.book, timeout: 1m, retry: {{limit: 1, delay: 10s}}}}], to: done}}\n{END}"
    );
    let trace = told(
        &workflow,
        "      do: [{at: book, fail: timeout, times: 2}, {at: help, resolve: cleo}]\n      expect: {path: [one, one, done], raises: TIMEOUT, attempts: {book: 3}, end: completed}",
    );
    assert_eq!(
        times(&trace, |what| matches!(what, What::TimerFired { .. })),
        [
            "2026-03-02T09:01:00Z",
            "2026-03-02T09:02:10Z",
            "2026-03-02T09:02:10Z"
        ]
    );
}

#[test]
fn what_was_completed_is_undone_newest_first_and_once_for_each_key() {
    let book = |id: &str, key: &str| {
        format!("{{id: {id}, call: ERP.book, {key}compensate: {{call: ERP.unbook}}}}")
    };
    let workflow = format!(
        "  states:\n    one: {{lifecycle: new, steps: [{}, {}, {{id: ok, check: [{{that: case.exceptions.size() == 1, raise: LATE}}]}}], to: refused}}\n{}",
        book("keyed", "idempotency_key: \"'k'\", "),
        book("plain", ""),
        END.replace(
            "  exceptions:\n",
            "  exceptions:\n    LATE: {queue: help, resume: same}\n"
        )
    );
    let trace = told(
        &workflow,
        "      do: [{at: help, resolve: eve}]\n      expect: {path: [one, one, refused], raises: LATE, end: rejected}",
    );
    assert_eq!(undone(&trace), ["plain", "keyed", "plain"]);
}

#[test]
fn the_first_branch_wins_and_its_siblings_are_undone() {
    let workflow = format!(
        "  states:\n    one:\n      lifecycle: new\n      steps:\n        - id: race\n          parallel:\n            join: any\n            branches:\n              slow: [{{id: booked, call: ERP.book, compensate: {{call: ERP.unbook}}}}, {{id: sign, task: Sign, assign: {{role: chief}}}}]\n              quick: [{{id: pause, wait: 1h}}]\n      to: done\n{END}"
    );
    let trace = told(
        &workflow,
        "      do: [{wait: 1h}]\n      expect: {path: [one, done], end: completed}",
    );
    assert_eq!(undone(&trace), ["booked"]);
    let cancelled = trace
        .iter()
        .any(|entry| matches!(&entry.what, What::Cancelled { step } if step == "sign"));
    assert!(cancelled);
}

#[test]
fn items_are_done_in_order_so_many_at_once_and_give_a_list() {
    let workflow = format!(
        "  trigger: {{form: f, input: {{lines: {{type: list, required: true}}}}}}\n  states:\n    one: {{lifecycle: new, steps: [{{id: all, for_each: {{in: input.lines, as: line, at_once: 2, steps: [{{id: fetched, call: ERP.read, with: {{line: \"${{ line }}\"}}}}]}}}}, {{id: three, check: [{{that: steps.all.size() == 3 && steps.fetched.n == 3, raise: ERROR}}]}}], to: done}}\n{END}"
    );
    let trace = told(
        &workflow,
        "      given: {input: {lines: [a, b, c]}, steps: {fetched: [{n: 1}, {fail: busy}, {n: 2}, {n: 3}]}}\n      expect: {raises: ERROR}",
    );
    assert_eq!(
        times(&trace, |what| matches!(
            what,
            What::Begun { item: Some(2), .. }
        ))
        .len(),
        1
    );
    let trace = told(
        &workflow,
        "      given: {input: {lines: [a, b, c]}, steps: {fetched: [{n: 1}, {n: 2}, {n: 3}]}}\n      expect: {path: [one, done], end: completed}",
    );
    assert_eq!(
        times(&trace, |what| matches!(
            what,
            What::Begun { item: Some(_), .. }
        ))
        .len(),
        3
    );
}

#[test]
fn everybody_means_each_seat_and_people_who_are_out_have_a_stand_in() {
    let workflow = format!(
        "  states:\n    one: {{lifecycle: new, steps: [{{id: ok, approve: {{by: [{{role: lead}}], count: all, exclude: [cleo]}}}}], transitions: [{{to: refused, when: steps.ok.decision == 'rejected', require: [why]}}, {{to: done, else: true}}]}}\n{END}"
    );
    let trace = told(
        &workflow,
        "      do: [{at: ok, approve: ada}, {at: ok, approve: ada}, {at: ok, approve: eve}]\n      expect: {path: [one, done], refused: {at: ok, because: twice}, decisions: {ok: approved}}",
    );
    let mut asked = Vec::new();
    for entry in &trace {
        if let What::Asked { people, .. } = &entry.what {
            asked.extend(people.iter().map(|one| one.person.as_str()));
        }
    }
    assert_eq!(asked, ["ada", "eve"]);
    for (person, because) in [("cleo", "exclude"), ("dan", "by"), ("bob", "by")] {
        told(
            &workflow,
            &format!(
                "      do: [{{at: ok, approve: {person}}}]\n      expect: {{path: [one], refused: {{at: ok, because: {because}}}}}"
            ),
        );
    }
    told(
        &workflow,
        "      do: [{at: ok, reject: ada}, {move: ada, with: {other: 1}}, {move: ada, with: {why: Late}}]\n      expect: {path: [one, refused], refused: {at: one, because: require}, data: {why: Late}, end: rejected}",
    );
}

#[test]
fn the_promise_stands_still_in_a_queue_that_pauses_it_and_days_are_working_days() {
    let workflow = format!(
        "  sla: {{response: 4h, resolution: 2d, calendar: office}}\n  states:\n    one: {{lifecycle: new, steps: [{{id: sign, task: Sign, assign: {{role: chief}}, timeout: 1d}}], to: done}}\n{END}"
    );
    let trace = told(
        &workflow,
        "      given: {at: '2026-03-27T16:00'}\n      do: [{wait: 1d}, {wait: 5d}, {at: help, resolve: cleo}, {wait: 2h}]\n      expect: {path: [one, one], raises: TIMEOUT, within: 10h}",
    );
    // From Friday 16:00 over the change of clocks to Monday 16:00 in summer time.
    assert_eq!(
        times(&trace, |what| matches!(what, What::TimerFired { .. })),
        ["2026-03-30T14:00:00Z"]
    );
    assert_eq!(
        times(&trace, |what| matches!(what, What::PromiseMissed { .. })),
        ["2026-03-30T10:00:00Z"]
    );
}

#[test]
fn after_its_returns_a_case_can_only_go_to_manual_mode() {
    let workflow = format!(
        "  states:\n    one: {{lifecycle: new, steps: [{{id: never, check: [{{that: \"false\", raise: NEVER}}]}}], to: done}}\n{}",
        END.replace(
            "  exceptions:\n",
            "  exceptions:\n    NEVER: {queue: help, resume: same, max_returns: 1}\n"
        )
    );
    told(
        &workflow,
        "      do: [{at: help, resolve: cleo}, {at: help, resolve: ada, to: same}, {at: help, resolve: ada, to: fallback}]\n      expect: {path: [one, one], raises: [NEVER, NEVER], refused: {at: help, because: to}, manual: true}",
    );
    told(
        &workflow,
        "      do: [{at: help, resolve: cleo}, {at: help, resolve: eve}, {close: cleo, to: cancelled}]\n      expect: {path: [one, one], raises: [NEVER, NEVER], end: cancelled}",
    );
}

#[test]
fn data_that_does_not_fit_is_raised_and_can_be_corrected() {
    let workflow = format!(
        "  trigger: {{form: f, input: {{day: date, note: string?}}}}\n  states:\n    one: {{lifecycle: new, steps: [{{id: early, check: [{{that: \"input.day < date('2026-04-01')\", raise: ERROR}}]}}], to: done}}\n{END}"
    );
    told(
        &workflow,
        "      given: {input: {day: soon}}\n      do: [{at: help, resolve: cleo, with: {day: later}}, {at: help, resolve: cleo, with: {day: '2026-03-03'}}]\n      expect: {path: [one, one, done], raises: CONTRACT_VIOLATION, refused: {at: help, because: data}, end: completed}",
    );
}

#[test]
fn a_case_that_goes_elsewhere_says_why() {
    let workflow = format!(
        "  trigger: {{form: f, input: {{total: integer}}}}\n  states:\n    one: {{lifecycle: new, transitions: [{{to: refused, when: input.total > 5}}, {{to: done, else: true}}]}}\n{END}"
    );
    let case = "      given: {input: {total: 7}}\n      expect: {path: [one, done]}";
    with(&workflow, case, |_, faults| {
        assert_eq!(faults, ["the case went to `refused`, not to `done`"]);
    });
}
