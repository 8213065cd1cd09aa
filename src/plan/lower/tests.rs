//! What becomes of each construct.

use crate::plan::exception::Resume;
use crate::plan::people::{Mover, Party};
use crate::plan::period::Period;
use crate::plan::sample::plan;
use crate::plan::shape::Input;
use crate::plan::state::{Guard, Move, Rung, State};
use crate::plan::step::{Measure, Step, Work};
use crate::plan::value::{Data, Expression, Text};
use crate::plan::{Plan, step};
use crate::syntax::governance::Status;
use crate::syntax::step::Backoff;
use crate::syntax::workflow::{ExceptionClass, InFlight, Lifecycle};

const DIRECTORY: &str = "
---
flowgate: 1
retries: {standard: {limit: 4, delay: 30s, backoff: exponential, max_delay: 5m, jitter: true}}
lists: {known: [a], other: [b]}
---
queues:
  odd: {kind: exception, owner: ada.lind, sla: {response: 1h, resolution: 1d}}
  info: {kind: needs_info, owner: ada.lind, pauses_sla: true, sla: {response: 1h, resolution: 1d, calendar: night}}
people: {ada.lind: {roles: [keeper]}, bo.ek: {}}
teams: {crew: {members: [bo.ek]}}
calendars:
  office: {timezone: UTC, hours: {mon-fri: '09:00-17:00'}}
  night: {timezone: UTC, hours: {mon-fri: '21:00-23:00'}}
systems:
  Store:
    owner: ada.lind
    accounts: {svc-store: {}}
    operations: {get: {effect: read, returns: thing.v1}, put: {effect: write, takes: thing.v1, errors: [full, busy]}, undo: {effect: write}}
contracts: {thing.v1: {producer: Store, schema: {id: string}}}
decisions: {by-size: {inputs: {size: integer}, outputs: {queue: queue}, rules: [['> 1', {queue: odd}], ['-', {queue: info}]]}}
";

/// A workflow with these steps in its first state.
fn with_steps(steps: &str) -> Plan {
    with_state(&format!("lifecycle: new, steps: [{steps}], to: done"))
}

fn with_state(state: &str) -> Plan {
    whole(&format!(
        "  states:\n    first: {{{state}}}\n    done: {{lifecycle: done, end: completed}}\n  \
         exceptions: {{OFF: {{class: policy, queue: odd, resume: same}}, default: {{queue: odd, resume: fallback, max_returns: 2}}}}\n"
    ))
}

fn whole(body: &str) -> Plan {
    plan(&format!(
        "workflow:\n  name: sample\n  owner: ada.lind\n  trigger: {{form: sample, input: {{id: string, size: integer}}}}\n  \
         sla: {{response: 4h, resolution: 2d, calendar: office}}\n{body}{DIRECTORY}"
    ))
}

fn state<'p>(plan: &'p Plan, name: &str) -> &'p State {
    plan.states.get(name).expect("a state")
}

fn first(plan: &Plan) -> &Step {
    &state(plan, "first").steps[0]
}

fn elapsed(seconds: u64) -> Period {
    Period {
        weeks: 0,
        days: 0,
        seconds,
        calendar: None,
    }
}

fn office_days(days: u32) -> Period {
    Period {
        weeks: 0,
        days,
        seconds: 0,
        calendar: Some("office".to_owned()),
    }
}

fn raise(reason: &str) -> Move {
    Move::Raise(reason.to_owned())
}

#[test]
fn what_nobody_wrote_is_written_out() {
    let plan = with_steps("{id: a, check: [{that: 'true', raise: OFF}]}");
    assert_eq!(plan.status, Status::Active);
    assert_eq!(plan.stage, 0);
    assert_eq!(plan.change.in_flight, InFlight::Pin);
    assert!(plan.audit.decisions && plan.audit.runs);
    assert_eq!(state(&plan, "first").owner.as_deref(), Some("ada.lind"));
    let Input::Fields(fields) = &plan.input else {
        panic!("no contract is named");
    };
    assert!(fields.get("id").expect("a field").required);
}

#[test]
fn a_case_begins_in_the_first_new_state() {
    let states =
        |order: [&str; 2]| whole(&format!("  states:\n    {}\n    {}\n", order[0], order[1])).start;
    let done = "done: {lifecycle: done, end: completed}";
    assert_eq!(states([done, "begin: {lifecycle: new, to: done}"]), "begin");
    assert_eq!(states(["any: {lifecycle: triage, to: done}", done]), "any");
}

#[test]
fn short_transitions_are_unconditional_and_a_missing_else_is_a_reason() {
    let always = &state(&with_state("lifecycle: new, to: done"), "first").transitions[0].clone();
    assert_eq!(always.guard, Guard::Always);
    assert_eq!(always.by, [Mover::System]);
    let plan = with_state("lifecycle: new, transitions: [{to: done, when: input.size > 1}]");
    let [when, otherwise] = &state(&plan, "first").transitions[..] else {
        panic!("two ways on");
    };
    assert_eq!(when.guard, Guard::When(Expression::new("input.size > 1")));
    assert_eq!(otherwise.guard, Guard::Otherwise);
    assert_eq!(otherwise.leads, raise("NO_MATCH"));
    let raised_in = &plan.exceptions.get("NO_MATCH").expect("a route").raised_in;
    assert_eq!(Vec::from_iter(raised_in), ["first"]);
}

#[test]
fn else_is_tried_last_wherever_it_is_written() {
    let plan = with_state(
        "lifecycle: new, transitions: [{to: first, else: true}, {to: done, when: 'true', by: [keeper, crew, bo.ek, system], require: [b, a]}]",
    );
    let [when, otherwise] = &state(&plan, "first").transitions[..] else {
        panic!("two ways on");
    };
    assert_eq!(otherwise.leads, Move::To("first".to_owned()));
    assert_eq!(
        when.by,
        [
            Mover::People(Party::Role("keeper".to_owned())),
            Mover::People(Party::Team("crew".to_owned())),
            Mover::People(Party::Person(Text::Plain("bo.ek".to_owned()))),
            Mover::System,
        ]
    );
    assert_eq!(Vec::from_iter(&when.require), ["a", "b"]);
}

#[test]
fn a_call_knows_its_operation_retry_and_every_error() {
    let plan = with_steps(
        "{id: a, call: Store.put, with: {id: 1}, as: svc-store, retry: standard, timeout: 10m, catch: [{error: full, raise: OFF}], compensate: {call: Store.undo}}",
    );
    let step = first(&plan);
    let Work::Call(call) = &step.work else {
        panic!("a call");
    };
    assert_eq!(
        (call.system.as_str(), call.operation.as_str()),
        ("Store", "put")
    );
    assert_eq!(call.sends.as_deref(), Some("thing.v1"));
    assert!(!call.idempotent);
    let retry = step.retry.as_ref().expect("a retry");
    assert_eq!(
        (retry.limit, retry.backoff, retry.jitter),
        (4, Backoff::Exponential, true)
    );
    assert_eq!(retry.max_delay, Some(elapsed(300)));
    let catches: Vec<(&str, &Move)> = step
        .catch
        .iter()
        .map(|catch| (catch.error.as_str(), &catch.leads))
        .collect();
    assert_eq!(catches, [("full", &raise("OFF")), ("any", &raise("ERROR"))]);
    let timeout = step.timeout.as_ref().expect("a limit");
    assert_eq!(timeout.after, elapsed(600));
    assert_eq!(timeout.then, [Rung::Raise("TIMEOUT".to_owned())]);
    let undo = step.compensate.as_ref().expect("a compensation");
    assert_eq!(undo.account.as_deref(), Some("svc-store"));
}

#[test]
fn a_call_without_a_retry_is_tried_once_and_reads_are_idempotent() {
    let plan = with_steps("{id: a, call: Store.get}");
    let step = first(&plan);
    assert_eq!(step.retry.as_ref().map(|retry| retry.limit), Some(0));
    assert_eq!(step.returns.as_deref(), Some("thing.v1"));
    assert!(matches!(&step.work, Work::Call(call) if call.idempotent));
    assert!(plan.contracts.get("thing.v1").is_some());
}

#[test]
fn a_caught_timeout_ends_the_ladder_and_nothing_follows_any() {
    let plan = with_steps(
        "{id: a, call: Store.get, timeout: 1m, catch: [{error: any, to: done}, {error: full, raise: OFF}]}",
    );
    let step = first(&plan);
    let timeout = step.timeout.as_ref().expect("a limit");
    assert_eq!(timeout.then, [Rung::To("done".to_owned())]);
    assert_eq!(step.catch.len(), 1);
}

#[test]
fn an_approval_has_a_count_a_clock_and_a_ladder_that_ends() {
    let plan = with_steps(
        "{id: a, approve: {by: [{person: '${ input.id }'}], evidence: [x], exclude: [case.requester], timeout: 1d, on_timeout: [{ask: {role: keeper}}]}}",
    );
    let step = first(&plan);
    let Work::Approve(approval) = &step.work else {
        panic!("an approval");
    };
    assert_eq!(
        approval.by,
        [Party::Expression(Expression::new("input.id"))]
    );
    assert_eq!(approval.count, crate::plan::people::Count::Number(1));
    assert_eq!(
        approval.missing_evidence.as_deref(),
        Some("CONTRACT_VIOLATION")
    );
    let timeout = step.timeout.as_ref().expect("a limit");
    assert_eq!(timeout.after, office_days(1));
    let [Rung::Ask(further), Rung::Raise(reason)] = &timeout.then[..] else {
        panic!("two rungs: {:?}", timeout.then);
    };
    assert_eq!(further.within, office_days(1));
    assert_eq!(reason, "TIMEOUT");
}

#[test]
fn rungs_after_the_last_one_are_left_out() {
    let plan = with_steps(
        "{id: a, task: Do it, assign: {queue: odd}, timeout: 1d, on_timeout: [{notify: crew, timeout: 2h}, {decide: expired}, {raise: OFF}]}",
    );
    let timeout = first(&plan).timeout.as_ref().expect("a limit");
    assert_eq!(timeout.then.len(), 2);
    assert!(
        timeout
            .then
            .iter()
            .rev()
            .skip(1)
            .all(|rung| !rung.is_last())
    );
}

#[test]
fn a_route_carries_its_table_and_what_its_inputs_are_bound_to() {
    let table = |with: &str| {
        let plan = with_steps(&format!("{{id: a, route: by-size{with}}}"));
        let Work::Route(route) = first(&plan).work.clone() else {
            panic!("a route");
        };
        assert_eq!(Vec::from_iter(plan.queues.names()), ["info", "odd"]);
        route
    };
    let bound = |route: &step::Route| route.inputs.get("size").map(|input| input.value.clone());
    let computed = |text: &str| {
        Some(Data::Text(Text::Computed {
            expression: Expression::new(text),
        }))
    };
    let route = table("");
    assert_eq!(bound(&route), computed("input.size"));
    assert_eq!(route.rows[0].tests.len(), 1);
    assert!(route.rows[1].tests.is_empty());
    assert_eq!(
        bound(&table(", with: {size: '${ input.id.size() }'}")),
        computed("input.id.size()")
    );
}

#[test]
fn a_match_has_a_reason_for_every_side_and_measures_ratios_by_unit() {
    let plan = whole(
        "  controls: {share: {value: 0.1, unit: ratio, weaker: higher}, gap: {value: 1, weaker: higher}}
  states:
    first: {lifecycle: new, steps: [{id: a, match: {claim: input.id, key: id, against: {x: input.id}, compare: [{field: f, with: x, tolerance: controls.share, raise: OFF}, {field: g, with: x, tolerance: controls.gap, raise: OFF}]}}], to: done}
    done: {lifecycle: done, end: completed}
",
    );
    let Work::Match(matching) = &first(&plan).work else {
        panic!("a match");
    };
    let side = matching.against.get("x").expect("a side");
    assert_eq!(side.missing, "NO_MATCH");
    let measures: Vec<Option<Measure>> = matching
        .compare
        .iter()
        .map(|field| field.tolerance.as_ref().map(|each| each.measure))
        .collect();
    assert_eq!(measures, [Some(Measure::Ratio), Some(Measure::Difference)]);
}

#[test]
fn the_engines_reasons_take_the_default_route() {
    let plan = with_steps("{id: a, call: Store.get, timeout: 1m}");
    let timeout = plan.exceptions.get("TIMEOUT").expect("a route");
    assert_eq!(timeout.queue.as_deref(), Some("odd"));
    assert_eq!(timeout.class, Some(ExceptionClass::Stalled));
    assert_eq!(timeout.resume, [Resume::Fallback]);
    assert!(timeout.raised_in.contains("first"));
    assert!(!timeout.declared);
    let off = plan.exceptions.get("OFF").expect("a route");
    assert_eq!((off.max_returns, off.declared), (2, true));
    let names: Vec<&str> = plan.exceptions.names().collect();
    assert_eq!(
        names,
        [
            "OFF",
            "default",
            "TIMEOUT",
            "ERROR",
            "CONTRACT_VIOLATION",
            "NO_MATCH"
        ]
    );
}

#[test]
fn without_a_default_route_only_the_fallback_is_left() {
    let plan = whole(
        "  states: {first: {lifecycle: new, steps: [{id: a, check: [{that: 'true', raise: ODD}]}], to: done}, done: {lifecycle: done, end: completed}}\n",
    );
    let odd = plan.exceptions.get("ODD").expect("a route");
    assert_eq!((odd.queue.as_deref(), odd.max_returns), (None, 3));
    assert_eq!(odd.resume, [Resume::Fallback]);
    assert!(odd.raised_in.contains("first"));
}

#[test]
fn queues_keep_their_own_calendar_or_that_of_the_workflow() {
    let plan = with_steps("{id: a, route: by-size}");
    let resolution = |name: &str| {
        let queue = plan.queues.get(name).expect("a queue");
        let sla = queue.sla.as_ref().expect("a promise");
        (
            sla.resolution.clone().and_then(|period| period.calendar),
            queue.shown_as,
        )
    };
    assert_eq!(
        resolution("odd"),
        (Some("office".to_owned()), Lifecycle::Blocked)
    );
    assert_eq!(
        resolution("info"),
        (Some("night".to_owned()), Lifecycle::Waiting)
    );
    assert_eq!(Vec::from_iter(plan.calendars.names()), ["night", "office"]);
}

#[test]
fn steps_inside_branches_and_items_are_found_with_their_places() {
    let plan = with_steps(
        "{id: p, parallel: {branches: {one: [{id: a, wait: 1h}], two: [{id: f, for_each: {in: input.list, as: each, steps: [{id: b, emit: sample.done}]}}]}}}",
    );
    let steps = state(&plan, "first").all_steps();
    let places: Vec<(&str, &str)> = steps
        .iter()
        .map(|step| (step.id.as_str(), step.origin.path.as_str()))
        .collect();
    assert_eq!(
        places,
        [
            ("p", "states.first.steps.p"),
            ("a", "states.first.steps.p.parallel.branches.one.a"),
            ("f", "states.first.steps.p.parallel.branches.two.f"),
            (
                "b",
                "states.first.steps.p.parallel.branches.two.f.for_each.steps.b"
            ),
        ]
    );
}

#[test]
fn only_lists_that_are_read_are_carried_along() {
    let plan = with_steps(
        "{id: a, check: [{that: input.id in lists.known && 'lists.other' != '', raise: OFF}]}",
    );
    assert_eq!(Vec::from_iter(plan.lists.names()), ["known"]);
}

#[test]
fn risks_of_a_state_are_risks_of_its_steps() {
    let plan = with_state(
        "lifecycle: new, risk: pii, steps: [{id: a, risk: [finance], wait: 1h}], to: done",
    );
    assert_eq!(Vec::from_iter(&first(&plan).risk), ["finance", "pii"]);
}

/// A picture is drawn of workflows that are still being worked on.
#[test]
fn what_is_not_sound_is_sketched_without_failing() {
    let texts = [
        "workflow: {}",
        "workflow: {name: a}",
        "workflow: {name: a, states: {}}",
        "workflow: {name: a, states: {x: {to: nowhere, steps: [{id: s}, {approve: {}}, {id: r, route: none}]}}}",
        "workflow: {name: a, states: {x: {steps: [{id: c, call: No.thing, catch: [{error: any, raise: R}]}]}}, exceptions: {R: {queue: none, resume: lost}}}",
    ];
    for text in texts {
        let mut sources = crate::source::Sources::default();
        let id = sources.add("a.yaml", text);
        let stream = crate::yaml::parse(id, text);
        let project = crate::syntax::decode(&sources, &[(id, stream.value)]);
        let today = crate::model::Surroundings::on(jiff::civil::date(2026, 11, 23));
        let model = crate::model::resolve::resolve(project.value, today).value;
        for workflow in &model.project.workflows {
            let plan = crate::plan::sketch(&model, workflow, &sources);
            assert_eq!(
                plan.states.iter().count(),
                workflow.body.all_states().count()
            );
        }
    }
}
