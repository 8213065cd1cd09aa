//! The longest paths of the shipped workflows, and what counts on a path.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use flowgate::check;
use flowgate::model::worst_path::Timing;
use flowgate::model::{Model, Surroundings};
use flowgate::source::Sources;
use jiff::civil::date;
use proptest::prelude::*;

use crate::examples;

#[test]
fn the_back_office_takes_what_its_authors_measured() {
    let loaded = examples::load("back-office");
    let mut shown = String::new();
    for workflow in &loaded.model.project.workflows {
        let timing = Timing::of(workflow, &loaded.model).unwrap();
        let scale = timing.scale();
        let worst = timing.worst_path();
        let promised = scale.seconds(timing.promised().unwrap().value);
        assert!(!worst.cost().open);
        let detour = timing.with_one_exception().unwrap();
        writeln!(
            shown,
            "{}: {} of {}; with {} in {}: {}",
            workflow.name.value,
            scale.both(worst.cost().total()),
            scale.days(promised),
            detour.reason,
            detour.raised_in.value,
            scale.both(detour.cost().total()),
        )
        .unwrap();
    }
    insta::assert_snapshot!(shown, @r"
    employee-offboarding: 9.21d (73h 42m 30s) of 10d; with LEGAL_STALLED in legal_review: 13.21d (105h 42m 30s)
    employee-onboarding: 4.24d (33h 57m) of 5d; with APPROVAL_STALLED in approval: 7.24d (57h 57m)
    internal-service-request: 4.14d (33h 7m) of 5d; with APPROVAL_STALLED in approval: 7.14d (57h 7m)
    invoice-three-way-match: 4.12d (32h 57m 30s) of 6d; with APPROVAL_STALLED in approval: 9.12d (72h 57m 30s)
    purchase-approval: 9.19d (73h 31m) of 10d; with VENDOR_DECLINED in confirmation: 19.33d (154h 37m)
    weekly-operational-reporting: 2.52d (20h 8m 30s) of 4d; with ACTIONS_LATE in actions: 4.52d (36h 8m 30s)
    ");
}

fn load(states: &str) -> Model {
    let mut sources = Sources::default();
    sources.add(
        "project.yaml",
        format!(
            "workflow:
  name: measured
  sla: {{response: 4h, resolution: 5d, calendar: office}}
  states:
{states}
  exceptions:
    LATE: {{queue: late, resume: [a, fallback]}}
    ASKED: {{queue: asked, resume: a}}
    default: {{queue: late, resume: fallback}}
---
workflow:
  name: other
  sla: {{response: 4h, resolution: 48h}}
  states: {{a: {{lifecycle: done, end: completed}}}}
---
calendars: {{office: {{timezone: Europe/Stockholm, hours: {{mon-fri: \"09:00-17:00\"}}}}}}
queues:
  late: {{owner: x, sla: {{resolution: 3d, calendar: office}}}}
  asked: {{owner: x, sla: {{resolution: 30d, calendar: office}}, pauses_sla: true}}
"
        ),
    );
    sources.add(
        "flowgate.yaml",
        "flowgate: 1\nretries: {standard: {limit: 4, delay: 30s, backoff: exponential, max_delay: 2m, jitter: true}}\n",
    );
    check::load(sources, |_| Surroundings::on(date(2026, 8, 1))).model
}

/// The worst path of some states, as `2d a.x + 1h b.y`.
fn path(states: &str) -> String {
    let model = load(states);
    let timing = Timing::of(&model.project.workflows[0], &model).unwrap();
    let worst = timing.worst_path();
    let rows: Vec<String> = worst
        .rows
        .iter()
        .map(|row| {
            let step = row.step.map_or("", |step| step.name());
            let times = if row.times == 1 {
                String::new()
            } else {
                format!("{}x ", row.times)
            };
            format!(
                "{times}{} {}.{step}",
                worst.scale.exact(row.cost.total()),
                row.state.value
            )
        })
        .collect();
    let open = if worst.cost().open { "at least " } else { "" };
    format!("{open}{}", rows.join(" + "))
}

/// The worst path of one state with these steps.
fn steps(steps: &str) -> String {
    path(&format!(
        "    a: {{lifecycle: new, steps: [{steps}], to: z}}\n    z: {{lifecycle: done, end: completed}}"
    ))
}

#[test]
fn every_kind_of_step_takes_its_time() {
    let cases = [
        ("{id: x, check: [{that: a, raise: LATE}]}", ""),
        ("{id: x, task: Do it, timeout: 1d}", "1d a.x"),
        (
            "{id: x, task: Do it, timeout: 1d, on_timeout: [{ask: {role: r}, timeout: 4h}, {notify: r, timeout: 1h}, {raise: LATE}, {ask: {role: r}, timeout: 9d}]}",
            "1d 5h a.x",
        ),
        ("{id: x, task: Do it}", "at least 0s a.x"),
        (
            "{id: x, approve: {by: {role: r}, timeout: 2h, on_timeout: [{ask: {role: r}, timeout: 3h}, {decide: approved}]}}",
            "5h a.x",
        ),
        (
            "{id: x, approve: {by: {role: r}}, timeout: 2h, on_timeout: [{ask: {role: r}}]}",
            "at least 2h a.x",
        ),
        ("{id: x, call: S.o, timeout: 1m}", "1m a.x"),
        (
            "{id: x, call: S.o, timeout: 1m, retry: standard}",
            "10m 30s a.x",
        ),
        (
            "{id: x, call: S.o, timeout: 1m, retry: {limit: 3, delay: 1m, backoff: linear}}",
            "10m a.x",
        ),
        (
            "{id: x, call: S.o, timeout: 1m, retry: {limit: 3, delay: 1m}}",
            "7m a.x",
        ),
        (
            "{id: x, call: S.o, timeout: 1m, retry: {delay: 1m}}",
            "at least 1m a.x",
        ),
        ("{id: x, notify: r}", ""),
        ("{id: x, emit: e, timeout: 2m}", "2m a.x"),
        ("{id: x, wait: 3d}", "3d a.x"),
        ("{id: x, wait: {event: e}, timeout: 2d}", "2d a.x"),
        ("{id: x, wait: {event: e}}", "at least 0s a.x"),
        ("{id: x, run: other}", "2d a.x"),
        ("{id: x, run: other, timeout: 1h}", "1h a.x"),
        ("{id: x, if: input.y, wait: 3d}", "3d a.x"),
    ];
    for (written, expected) in cases {
        assert_eq!(steps(written), expected, "{written}");
    }
}

#[test]
fn steps_inside_steps_add_up() {
    let branches = "branches: {one: [{id: x, wait: 1h}, {id: y, wait: 2h}], two: [{id: z, wait: 4h}], three: [{id: o, wait: {event: e}}]}";
    assert_eq!(
        steps(&format!("{{id: p, parallel: {{join: any, {branches}}}}}")),
        "1h a.x + 2h a.y"
    );
    assert_eq!(
        steps(&format!("{{id: p, parallel: {{{branches}}}}}")),
        "at least 4h a.z + 0s a.o"
    );
    assert_eq!(
        steps(&format!(
            "{{id: p, timeout: 30m, on_timeout: [{{raise: LATE}}], parallel: {{{branches}}}}}"
        )),
        "30m a.p"
    );
    let items = "in: input.l, as: i, steps: [{id: x, wait: 1h}]";
    assert_eq!(
        steps(&format!("{{id: f, for_each: {{{items}, limit: 12}}}}")),
        "12x 1d 4h a.x"
    );
    assert_eq!(
        steps(&format!(
            "{{id: f, for_each: {{{items}, limit: 12, at_once: 5}}}}"
        )),
        "3x 3h a.x"
    );
    assert_eq!(
        steps(&format!("{{id: f, for_each: {{{items}}}}}")),
        "at least 1h a.x"
    );
}

#[test]
fn loops_are_taken_once_and_timeouts_of_states_cut_them_short() {
    let rework = "    a: {lifecycle: new, steps: [{id: x, wait: 1d}], to: b}
    b: {lifecycle: new, steps: [{id: y, wait: 1d}], transitions: [{to: a, when: p}, {to: c, when: q}, {to: z, else: true}]}
    c: {lifecycle: new, steps: [{id: w, wait: 2d}], to: b}
    z: {lifecycle: done, end: completed}";
    assert_eq!(path(rework), "1d a.x + 1d b.y + 2d c.w");
    let limited = "    a: {lifecycle: new, steps: [{id: x, wait: 5d}], to: z, timeout: 1d, on_timeout: [{ask: {role: r}, timeout: 2h}, {to: b}]}
    b: {lifecycle: new, steps: [{id: y, wait: 1h}], to: z}
    z: {lifecycle: done, end: completed}";
    assert_eq!(path(limited), "1d 2h a. + 1h b.y");
    let jump = "    a: {lifecycle: new, steps: [{id: x, call: S.o, timeout: 1h, catch: [{error: any, to: b}]}, {id: v, wait: 1h}], to: z}
    b: {lifecycle: new, steps: [{id: y, wait: 1d}], to: z}
    z: {lifecycle: done, end: completed}";
    assert_eq!(path(jump), "1h a.x + 1d b.y");
}

#[test]
fn one_exception_costs_its_queue_and_the_way_back() {
    let detour = |raise: &str| {
        let model = load(&format!(
            "    a: {{lifecycle: new, steps: [{{id: x, wait: 1d}}, {{id: c, check: [{{that: p, raise: {raise}}}]}}], to: b}}
    b: {{lifecycle: new, steps: [{{id: y, wait: 2d}}], to: z}}
    z: {{lifecycle: done, end: completed}}"
        ));
        let timing = Timing::of(&model.project.workflows[0], &model).unwrap();
        let detour = timing.with_one_exception().unwrap();
        let total = timing.scale().exact(detour.cost().total());
        (total, detour.pauses, detour.after.len())
    };
    assert_eq!(detour("LATE"), ("7d".to_owned(), false, 2));
    assert_eq!(detour("ASKED"), ("4d".to_owned(), true, 2));
}

#[test]
fn hundreds_of_states_are_measured_in_milliseconds() {
    let mut states = String::new();
    for number in 0..500 {
        let next = [
            number + 1,
            (number * 7 + 3) % 500,
            (number * 13) % 500,
            number + 2,
        ];
        let ways: Vec<String> = next
            .iter()
            .map(|next| format!("{{to: s{}, when: p}}", next.min(&499)))
            .collect();
        let ways = if number == 499 {
            "end: completed".to_owned()
        } else {
            format!("transitions: [{}]", ways.join(", "))
        };
        writeln!(
            states,
            "    s{number}: {{lifecycle: new, steps: [{{id: x{number}, call: S.o, timeout: 1m, retry: standard, catch: [{{error: any, raise: LATE}}]}}, {{id: t{number}, task: Do, timeout: 1h, on_timeout: [{{raise: LATE}}]}}], {ways}}}"
        )
        .unwrap();
    }
    let model = load(&states);
    let begun = Instant::now();
    let timing = Timing::of(&model.project.workflows[0], &model).unwrap();
    let worst = timing.worst_path();
    let taken = begun.elapsed();
    assert_eq!(worst.rows.len(), 1000);
    assert!(timing.with_one_exception().is_some());
    assert!(taken < Duration::from_millis(100), "{taken:?}");
}

/// The longest path without a state twice, by trying all of them.
fn tried(ways: &[Vec<usize>], hours: &[u64], state: usize, visited: &mut Vec<usize>) -> u64 {
    visited.push(state);
    let on = ways[state]
        .iter()
        .filter(|next| !visited.contains(next))
        .copied()
        .collect::<Vec<_>>();
    let longest = on
        .into_iter()
        .map(|next| tried(ways, hours, next, visited))
        .max();
    visited.pop();
    hours[state] + longest.unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_longest_path_is_the_longest_of_all_tried(
        ways in prop::collection::vec(prop::collection::vec(0..8_usize, 0..4), 8),
        hours in prop::collection::vec(0..9_u64, 8),
        ordered in any::<bool>(),
    ) {
        let ways: Vec<Vec<usize>> = ways
            .into_iter()
            .enumerate()
            .map(|(state, next)| next.into_iter().filter(|next| !ordered || *next > state).collect())
            .collect();
        let mut states = String::new();
        for (state, next) in ways.iter().enumerate() {
            let next: Vec<String> = next.iter().map(|next| format!("{{to: s{next}, when: p}}")).collect();
            writeln!(states, "    s{state}: {{lifecycle: new, steps: [{{id: x{state}, wait: {}h}}], transitions: [{}]}}", hours[state], next.join(", ")).unwrap();
        }
        let model = load(&states);
        let timing = Timing::of(&model.project.workflows[0], &model).unwrap();
        let found = timing.worst_path().cost().total() / 3600;
        let expected = tried(&ways, &hours, 0, &mut Vec::new());
        prop_assert!(found <= expected);
        if ordered {
            prop_assert_eq!(found, expected);
        }
    }
}

#[test]
fn the_finding_shows_where_the_time_goes() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint");
    let mut sources = Sources::default();
    for name in ["directory.yaml", "flowgate.yaml", "sla-arithmetic/bad.yaml"] {
        sources.add(name, std::fs::read_to_string(path.join(name)).unwrap());
    }
    let loaded = check::load(sources, |_| Surroundings::on(date(2026, 8, 1)));
    let findings = check::check(&loaded);
    let finding = findings
        .iter()
        .find(|finding| finding.diagnostic.rule.id == "sla-arithmetic")
        .unwrap();
    let diagnostic = &finding.diagnostic;
    let labels: Vec<&str> = diagnostic
        .labels
        .iter()
        .map(|label| label.message.as_str())
        .collect();
    insta::assert_snapshot!(
        [
            &[diagnostic.message.as_str(), diagnostic.note.as_deref().unwrap()],
            &labels[..],
            &[diagnostic.help.as_deref().unwrap()],
        ]
        .concat()
        .join("\n"),
        @r"
    `room-booking` may take 2.58d (20h 37m 30s) on its longest path, 4h 37m 30s more than it promises
    the promise: 2d (16h)
    `ticket` may take 2h 37m 30s (0.33d), with every attempt and pause
    `agreed` may take 1.5d (12h), with every rung of its ladder
    `book` may take 6h (0.75d)
    promise 3d, or let the longest steps take less:
    state     step      work   wait      retry          total
    new       ticket     30m      –  2h 7m 30s     2h 37m 30s
    approval  agreed       –  1d 4h          –          1d 4h
    booking   book        6h      –          –             6h
    together          6h 30m  1d 4h  2h 7m 30s  2d 4h 37m 30s
    ");
}
