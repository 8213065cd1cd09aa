//! Traces of the reference interpreter on random workflows and random events: they walk only edges
//! of the flow graph, never stand still without a way on, and are the same every time.

use std::collections::{BTreeMap, BTreeSet};

use flowgate::check::{self, Loaded};
use flowgate::expr::{Record, Value};
use flowgate::model::flow::{Flow, Node};
use flowgate::model::{Model, Surroundings};
use flowgate::plan::people::Mover;
use flowgate::plan::state::{Move, Rung, State};
use flowgate::plan::{Plan, lower};
use flowgate::run::coverage::{Coverage, Part};
use flowgate::run::scenario::{Script, path, play, prepare};
use flowgate::run::suggest::suggest;
use flowgate::run::trace::{Entry, What};
use flowgate::run::{
    Arrival, Case, Event, Position, Waiting, WaitingFor, World, apply, start, word,
};
use flowgate::source::Sources;
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::examples;
use crate::flow::small;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 8, 1);
const PEOPLE: &str =
    "people: {ada: {roles: [lead]}, bob: {roles: [lead]}}\n---\nqueues: {q: {owner: ada}}\n";

/// Something that can happen to a case now; `choice` picks among what can.
fn next_event(
    world: &World<'_>,
    case: &Case<'_>,
    stubs: Option<&Script>,
    choice: u8,
) -> Option<Event> {
    let pick = |count: usize| usize::from(choice) / 4 % count.max(1);
    if let Position::Queued { queue, .. } = &case.position {
        let people = world.directory.queue(queue, world.day(case.now));
        let ways = case.ways_back(world);
        return Some(Event::Resolved {
            queue: (*queue).to_owned(),
            person: people.into_iter().next()?,
            to: ways.get(pick(ways.len())).map(|way| word(way).to_owned()),
            data: Record::new(),
        });
    }
    if let Position::Leaving(state, due) = case.position {
        let transition = &world.plan.states.get(state)?.transitions[due];
        let data = transition
            .require
            .iter()
            .map(|name| (name.as_str().into(), Value::text("x")));
        assert!(
            transition.by.contains(&Mover::System),
            "no people move cases here"
        );
        return Some(Event::Moved {
            person: "ada".to_owned(),
            to: None,
            data: data.collect(),
        });
    }
    let waiting = case.waiting();
    let due = case.next_due().map(Event::Passed);
    let Some(wanted) = waiting
        .get(pick(waiting.len()))
        .filter(|_| choice % 4 != 3 || due.is_none())
    else {
        return due;
    };
    Some(answer_to(wanted, stubs, choice))
}

/// What a step that waits may hear.
fn answer_to(wanted: &Waiting, stubs: Option<&Script>, choice: u8) -> Event {
    let pick = |count: usize| usize::from(choice) / 4 % count.max(1);
    let step = wanted.step.clone();
    let answer = |step: &str| {
        let stub = stubs.and_then(|stubs| stubs.stubs.get(step));
        match stub.and_then(|stub| stub.answer(0)) {
            Some(flowgate::run::scenario::Answer::Result(value)) => value.clone(),
            _ => Record::new().into(),
        }
    };
    match &wanted.wanted {
        WaitingFor::Answer(_) | WaitingFor::Undoing { .. } => Event::Answered {
            activity: wanted.activity,
            answer: match choice % 4 {
                0 | 1 => Ok(answer(&step)),
                _ => Err(["broken", "not_found", "timeout"][pick(3)].to_owned()),
            },
        },
        WaitingFor::Evidence(evidence) => Event::Attached {
            activity: wanted.activity,
            evidence: if choice % 4 == 2 {
                BTreeSet::new()
            } else {
                evidence.clone()
            },
        },
        WaitingFor::Task(people) => Event::Completed {
            result: answer(&step),
            person: people.iter().next().cloned().unwrap_or_default(),
            evidence: [
                "supplier_quote",
                "asset_tag",
                "return_receipt",
                "work_note",
                "meeting_notes",
            ]
            .map(str::to_owned)
            .into(),
            step,
        },
        WaitingFor::Decision(people) => Event::Decided {
            step,
            person: people
                .iter()
                .nth(pick(people.len()))
                .cloned()
                .unwrap_or_default(),
            agrees: choice % 4 != 2,
            data: Record::new(),
        },
        WaitingFor::Time(until) => Event::Passed(*until),
        WaitingFor::Event(name) => Event::Arrived {
            name: name.clone(),
            data: answer(&step),
        },
    }
}

fn walk<'p>(
    world: &World<'p>,
    arrival: &Arrival,
    stubs: Option<&Script>,
    choices: &[u8],
) -> Case<'p> {
    let mut case = start(world, arrival);
    for choice in choices {
        if !goes_on(&case) {
            break;
        }
        let event = next_event(world, &case, stubs, *choice);
        assert!(
            event.is_some(),
            "a dead end: {:?} in {:#?}",
            case.position,
            case.trace
        );
        if let Some(event) = event {
            // Some are refused, which must leave the case where it is.
            let before = case.position.clone();
            let done = apply(world, &mut case, &event);
            assert!(done.is_ok() || case.position == before, "{event:?}");
        }
    }
    case
}

/// Whether anything can still happen.
fn goes_on(case: &Case<'_>) -> bool {
    match case.position {
        Position::TurnedAway | Position::Manual | Position::Ended(_) | Position::Stopped => false,
        Position::Working(_)
        | Position::Leaving(..)
        | Position::Undoing(_)
        | Position::Queued { .. } => true,
    }
}

/// The states that follow each state in the flow graph, whatever lies between.
fn successors(flow: &Flow<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let mut successors: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, node) in flow.places() {
        let Node::State(name, _) = node else {
            continue;
        };
        let found = successors.entry(name.value.clone()).or_default();
        let mut unseen: Vec<_> = flow.moves(from).iter().map(|step| step.to).collect();
        let mut seen = BTreeSet::new();
        while let Some(place) = unseen.pop() {
            if !seen.insert(place) {
                continue;
            }
            if let Node::State(next, _) = flow.node(place) {
                found.insert(next.value.clone());
            } else {
                unseen.extend(flow.moves(place).iter().map(|step| step.to));
            }
        }
    }
    successors
}

fn is_allowed_back(plan: &Plan, reason: &str, to: &str) {
    let routes = &plan.exceptions;
    let route = routes.get(reason).or_else(|| routes.get("default"));
    let is_allowed = route.unwrap().resume.iter().any(|way| word(way) == to);
    assert!(is_allowed || to == "fallback", "{reason} to {to}");
}

fn may_be_raised_in(plan: &Plan, reason: &str, state: &String) {
    if let Some(route) = plan.exceptions.get(reason)
        && route.declared
    {
        assert!(route.raised_in.contains(state), "{reason} in {state}");
    }
}

/// Whether a way that the plan writes down leads where the case went: a transition, an error that
/// is caught, a rung of a ladder, a way back that the reason allows.
fn every_step_has_a_cause(plan: &Plan, trace: &[Entry]) {
    let mut wanted: Option<String> = Some(plan.start.clone());
    let mut raised_in = String::new();
    let step = |id: &str| {
        let mut steps = plan.states.values().flat_map(State::all_steps);
        steps.find(|step| step.id == id).unwrap()
    };
    let target = |leads: &Move| match leads {
        Move::To(state) => state.clone(),
        Move::Raise(reason) => format!("! {reason}"),
    };
    for entry in trace {
        if let What::Moved {
            state, transition, ..
        } = &entry.what
        {
            let transition = &plan.states.get(state).unwrap().transitions[*transition];
            wanted = Some(target(&transition.leads));
        }
        if let What::Caught { step: at, by, .. } = &entry.what {
            let catch = &step(at).catch;
            let entry = catch.iter().find(|entry| entry.error == *by).unwrap();
            wanted = Some(target(&entry.leads));
        }
        if let What::TimerFired {
            place,
            rung: Some(rung),
        } = &entry.what
        {
            let timeout = match &place.step {
                Some(at) => step(at).timeout.as_ref(),
                None => plan.states.get(&place.state).unwrap().timeout.as_ref(),
            };
            match &timeout.unwrap().then[*rung] {
                Rung::To(state) => wanted = Some(state.clone()),
                Rung::Raise(reason) => wanted = Some(format!("! {reason}")),
                Rung::Ask(_) | Rung::Notify(_) | Rung::Decide(_) => {}
            }
        }
        if let What::Resolved { reason, to, .. } = &entry.what {
            is_allowed_back(plan, reason, to);
            wanted = match to.as_str() {
                "same" => Some(raised_in.clone()),
                "fallback" => None,
                state => Some(state.to_owned()),
            };
        }
        if let What::Raised { reason, place, .. } = &entry.what {
            may_be_raised_in(plan, reason, &place.state);
            raised_in.clone_from(&place.state);
            wanted = None;
        }
        if let What::Entered { state, .. } = &entry.what {
            assert_eq!(wanted.as_ref(), Some(state), "{trace:#?}");
            wanted = None;
        }
    }
}

fn judge(
    model: &Model,
    world: &World<'_>,
    arrival: &Arrival,
    stubs: Option<&Script>,
    choices: &[u8],
) {
    let case = walk(world, arrival, stubs, choices);
    let again = walk(world, arrival, stubs, choices);
    assert_eq!(case.trace, again.trace, "the same events, another trace");
    assert!(
        case.trace.is_sorted_by_key(|entry| entry.at),
        "time runs backwards"
    );
    let workflow = model.workflow(&world.plan.name).unwrap();
    let successors = successors(&Flow::of(&workflow.body));
    for pair in path(&case.trace).windows(2) {
        assert!(
            successors[&pair[0]].contains(&pair[1]),
            "no edge leads from {} to {}: {:#?}",
            pair[0],
            pair[1],
            case.trace
        );
    }
    every_step_has_a_cause(world.plan, &case.trace);
    for (name, state) in world.plan.states.iter() {
        let visits = path(&case.trace)
            .iter()
            .filter(|entered| *entered == name)
            .count();
        let most = state
            .max_visits
            .map_or(usize::MAX, |most| most as usize + 1);
        assert!(visits <= most, "{name} was entered {visits} times");
    }
}

fn small_project(text: &str) -> Loaded {
    let mut sources = Sources::default();
    sources.add("small.yaml", text);
    sources.add("people.yaml", PEOPLE);
    check::load(sources, |_| Surroundings::on(TODAY))
}

fn small_arrival(flag: bool, ok: bool) -> Arrival {
    let input = ["flag", "ok", "trusted"].into_iter().zip([flag, ok, !ok]);
    let input: Record = input
        .map(|(name, value)| (name.into(), Value::Boolean(value)))
        .collect();
    Arrival {
        trigger: None,
        input: input.into(),
        earlier: None,
        id: "case".to_owned(),
        requester: Value::Null,
        at: "2026-03-02T08:00:00Z".parse().unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn small_workflows_walk_their_flow(
        workflow in small::workflow(),
        flag in any::<bool>(),
        ok in any::<bool>(),
        choices in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let text = workflow.yaml();
        let loaded = small_project(&text);
        let sound = loaded.model.sound("small", std::iter::empty()).unwrap();
        let plan = lower(sound, &loaded.sources);
        let world = World::new(&plan, &loaded.model);
        let arrival = small_arrival(flag, ok);
        judge(&loaded.model, &world, &arrival, None, &choices);
        let found = check::check(&loaded);
        let is_a_loop = |id: &str| ["unbounded-loop", "no-path-to-end"].contains(&id);
        if !found.iter().any(|finding| is_a_loop(&finding.diagnostic.rule.id)) {
            let case = walk(&world, &arrival, None, &choices);
            prop_assert_ne!(case.position, Position::Stopped, "{}", text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    /// What random events reach, the search for suggestions reaches too.
    #[test]
    fn the_search_gets_to_every_state_that_chance_gets_to(
        workflow in small::workflow(),
        flag in any::<bool>(),
        ok in any::<bool>(),
        choices in prop::collection::vec(any::<u8>(), 0..30),
    ) {
        let text = workflow.yaml();
        let loaded = small_project(&text);
        let sound = loaded.model.sound("small", std::iter::empty()).unwrap();
        let plan = lower(sound, &loaded.sources);
        let world = World::new(&plan, &loaded.model);
        let arrival = small_arrival(flag, ok);
        let case = walk(&world, &arrival, None, &choices);
        let coverage = Coverage::of(&plan);
        let found = suggest(&world, &coverage, &[]);
        let unreached: BTreeSet<usize> = found.unreached.iter().map(|(part, _)| *part).collect();
        for part in coverage.reached(&case.trace) {
            let item = &coverage.items[part];
            let is_state = matches!(item.part, Part::State(_));
            prop_assert!(!is_state || !unreached.contains(&part), "{}\n{text}\n{:#?}", item.words, case.trace);
        }
    }
}

#[test]
fn examples_walk_their_flow_whatever_happens() {
    let loaded = examples::load("back-office");
    let files = &loaded.model.surroundings.files;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let choices = prop::collection::vec(any::<u8>(), 60);
    for scenarios in &loaded.model.project.scenarios {
        let sound = loaded
            .model
            .sound(&scenarios.name.value, std::iter::empty())
            .unwrap();
        let plan = lower(sound, &loaded.sources);
        let world = World::new(&plan, &loaded.model);
        for written in scenarios.body.cases.iter().flatten() {
            let script = prepare(&world, files, written).value.unwrap();
            let arrival = Arrival {
                trigger: script.trigger,
                input: script.input.clone(),
                earlier: None,
                id: script.id.clone(),
                requester: script.requester.clone(),
                at: script.at,
            };
            for _ in 0..3 {
                let choices = choices.new_tree(&mut runner).unwrap().current();
                judge(&loaded.model, &world, &arrival, Some(&script), &choices);
            }
        }
    }
}

#[test]
fn two_states_that_lead_to_each_other_are_stopped() {
    let text = "workflow:\n  name: ring\n  states:\n    one: {lifecycle: new, to: two}\n    two: {lifecycle: triage, to: one}\n";
    let mut sources = Sources::default();
    sources.add("ring.yaml", text);
    let loaded = check::load(sources, |_| Surroundings::on(TODAY));
    let sound = loaded.model.sound("ring", std::iter::empty()).unwrap();
    let plan = lower(sound, &loaded.sources);
    let world = World::new(&plan, &loaded.model);
    let script = Script {
        trigger: None,
        id: "case".to_owned(),
        input: Record::new().into(),
        earlier: None,
        requester: Value::Null,
        at: "2026-03-02T08:00:00Z".parse().unwrap(),
        controls: BTreeMap::new(),
        stubs: BTreeMap::new(),
        evidence: BTreeMap::new(),
        actions: Vec::new(),
    };
    let played = play(&world, &script);
    assert_eq!(played.case.position, Position::Stopped);
    assert!(matches!(
        played.case.trace.last().map(|entry| &entry.what),
        Some(What::Stopped { .. })
    ));
}
