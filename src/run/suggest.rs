//! Missing scenarios: a search over what can happen to cases finds ways to what no scenario
//! reaches.
//!
//! The search plays scripts on the interpreter. From each script that showed something new it
//! tries what can happen next, and data that turns the conditions that the case has met; the
//! graph of what was seen grows until everything is reached or nothing new turns up. The order
//! is fixed, so that the same plan gives the same suggestions.

mod moves;
mod points;
mod unreached;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::coverage::{Coverage, parts};
use super::scenario::replay::Outcome;
use super::scenario::{Answer, Played, Script, Stub, blank, play};
use super::solve::{Change, put};
use super::trace::{Entry, What};
use super::{World, sample};
use crate::expr::{Record, Value};
use crate::plan::step::Step;
use crate::syntax::duration::Duration;
use points::Free;

/// How many scripts one search plays.
const MOST_PLAYS: usize = 6_000;
/// From how many cases in which the same was decided one condition is turned in each direction.
const MOST_TURNS: usize = 3;
/// How many actions one script has at most.
const MOST_ACTIONS: usize = 24;

/// What a search found.
#[derive(Debug, Default)]
pub struct Found {
    /// Scripts that together reach all that can be reached, the simplest first.
    pub scripts: Vec<Suggestion>,
    /// The numbers of the parts that the search did not reach, with why.
    pub unreached: Vec<(usize, String)>,
}

/// A script with what it reaches.
#[derive(Debug)]
pub struct Suggestion {
    /// The script.
    pub script: Script,
    /// The numbers of the parts that it reaches and that neither scenarios nor earlier
    /// suggestions do.
    pub reaches: Vec<usize>,
}

/// A script that showed something new.
struct Kept {
    script: Script,
    /// How much happens in it: reasons that are raised, then actions.
    effort: (usize, usize),
    reached: BTreeSet<usize>,
}

struct Searcher<'w, 'p> {
    world: &'w World<'p>,
    coverage: &'w Coverage,
    free: &'w Free<'p>,
    steps: BTreeMap<&'p str, &'p Step>,
    lengths: Vec<Duration>,
    seen: BTreeSet<String>,
    features: BTreeSet<String>,
    turns: BTreeMap<String, usize>,
    kept: Vec<Kept>,
    waiting: VecDeque<usize>,
    missing: BTreeSet<usize>,
    trace_words: BTreeSet<String>,
    plays: usize,
}

/// Looks for scripts that reach what `coverage` has not reached; `seeds` are those of the
/// scenarios that there are.
pub fn suggest(world: &World<'_>, coverage: &Coverage, seeds: &[Script]) -> Found {
    let states: Vec<_> = world.plan.states.values().collect();
    let all = states.iter().flat_map(|state| state.all_steps());
    let steps: BTreeMap<&str, &Step> = all.map(|step| (step.id.as_str(), step)).collect();
    let free = moves::free(&steps);
    let items = coverage.items.iter().enumerate();
    let missing = items
        .filter(|(_, item)| item.count == 0)
        .map(|(number, _)| number);
    let mut searcher = Searcher {
        world,
        coverage,
        free: &free,
        lengths: moves::lengths(&states),
        steps,
        seen: BTreeSet::new(),
        features: BTreeSet::new(),
        turns: BTreeMap::new(),
        kept: Vec::new(),
        waiting: VecDeque::new(),
        missing: missing.collect(),
        trace_words: BTreeSet::new(),
        plays: 0,
    };
    if searcher.missing.is_empty() {
        return Found::default();
    }
    searcher.seed(seeds);
    searcher.search();
    searcher.found()
}

/// A script with changed data.
fn changed(script: &Script, changes: &[Change]) -> Script {
    let mut next = script.clone();
    let steps = script.stubs.keys();
    let steps = steps.map(|step| (step.as_str().into(), stub_value(script, step)));
    let mut roots = Record::from([
        ("input".into(), script.input.clone()),
        ("steps".into(), steps.collect::<Record>().into()),
    ]);
    for change in changes {
        put(&mut roots, &change.place, change.value.clone());
    }
    if let Some(input) = roots.remove("input") {
        next.input = input;
    }
    for change in changes {
        let (Some("steps"), Some(step)) = (
            change.place.first().map(String::as_str),
            change.place.get(1),
        ) else {
            continue;
        };
        let place = ["steps".to_owned(), step.clone()];
        if let Some(value) = super::solve::read(&roots, &place) {
            let answers = vec![Answer::Result(value)];
            next.stubs.insert(step.clone(), Stub { answers });
        }
    }
    next
}

/// What a step gives in the end; an empty object where the script does not say.
fn stub_value(script: &Script, step: &str) -> Value {
    let answers = script.stubs.get(step).map(|stub| &stub.answers);
    let results = answers.into_iter().flatten().rev();
    let mut results = results.filter_map(|answer| match answer {
        Answer::Result(value) => Some(value.clone()),
        Answer::Error(_) => None,
    });
    results.next().unwrap_or_else(|| Record::new().into())
}

impl<'p> Searcher<'_, 'p> {
    /// Scripts to begin with: the beginnings of those that there are, and one with made-up data.
    fn seed(&mut self, seeds: &[Script]) {
        let mut made = blank(self.world);
        made.input = sample::input(self.world);
        for (step, returns) in self.free {
            let value = returns.map(|returns| sample::contract(self.world, returns));
            if let Some(value) = value {
                let answers = vec![Answer::Result(value)];
                made.stubs.insert((*step).to_owned(), Stub { answers });
            }
        }
        for script in seeds {
            if script.trigger == made.trigger && script.controls.is_empty() {
                let mut beginning = script.clone();
                for (step, stub) in &made.stubs {
                    let stubs = &mut beginning.stubs;
                    stubs.entry(step.clone()).or_insert_with(|| stub.clone());
                }
                for count in 0..=script.actions.len() {
                    let mut beginning = beginning.clone();
                    beginning.actions.truncate(count);
                    self.consider(beginning);
                }
            }
        }
        let filter = self.world.plan.triggers.first();
        if let Some(filter) = filter.and_then(|trigger| trigger.filter.as_ref()) {
            let solver = super::solve::Solver::new(self.world, self.free, BTreeMap::new());
            let roots = Record::from([("input".into(), made.input.clone())]);
            let ways = solver.conditions(filter.as_str(), true, &roots);
            if let Some(way) = ways.first() {
                made = changed(&made, way);
            }
        }
        self.consider(made);
    }

    fn search(&mut self) {
        while let Some(number) = self.waiting.pop_front() {
            if self.missing.is_empty() || self.plays >= MOST_PLAYS {
                return;
            }
            let script = self.kept[number].script.clone();
            let played = play(self.world, &script);
            if script.actions.len() < MOST_ACTIONS {
                for next in self.moves(&script, &played) {
                    self.consider(next);
                }
            }
            let decided = decided(&played.case.trace);
            for point in points::points(self.world, self.free, &played.case) {
                let turns = self.turns.entry(format!("{} {decided}", point.key));
                let turns = turns.or_default();
                if *turns >= MOST_TURNS {
                    continue;
                }
                *turns += 1;
                for way in point.ways {
                    self.consider(changed(&script, &way));
                }
            }
        }
    }

    /// Plays a script, and keeps it when it shows something new.
    fn consider(&mut self, script: Script) {
        if self.plays >= MOST_PLAYS || !self.seen.insert(format!("{script:?}")) {
            return;
        }
        self.plays += 1;
        let played = play(self.world, &script);
        if !played.refused.is_empty() || played.unanswered.is_some() {
            return;
        }
        let features = features(&played);
        let count = self.features.len();
        self.features.extend(features);
        if self.features.len() == count {
            return;
        }
        let reached = self.coverage.reached(&played.case.trace);
        for number in &reached {
            self.missing.remove(number);
        }
        self.trace_words.extend(met(&played.case.trace));
        self.waiting.push_back(self.kept.len());
        let raised = played.case.trace.iter();
        let raised = raised.filter(|entry| matches!(entry.what, What::Raised { .. }));
        let effort = (raised.count(), script.actions.len());
        self.kept.push(Kept {
            script,
            effort,
            reached,
        });
    }

    /// For each part the simplest script that reaches it, without those that others make needless.
    fn found(self) -> Found {
        let items = &self.coverage.items;
        let is_open = |number: &usize| items[*number].count == 0 && !self.missing.contains(number);
        let open: BTreeSet<usize> = (0..items.len()).filter(is_open).collect();
        let simplest = |part: &usize| {
            let kept = self.kept.iter().enumerate();
            let reaching = kept.filter(|(_, kept)| kept.reached.contains(part));
            reaching
                .min_by_key(|(number, kept)| (kept.effort, *number))
                .map(|(number, _)| number)
        };
        let mut chosen: BTreeSet<usize> = open.iter().filter_map(simplest).collect();
        let mut by_gain: Vec<usize> = chosen.iter().copied().collect();
        by_gain.sort_by_key(|number| self.kept[*number].reached.intersection(&open).count());
        for number in by_gain {
            let others = chosen.iter().filter(|other| **other != number);
            let others: BTreeSet<usize> = others
                .flat_map(|other| self.kept[*other].reached.iter().copied())
                .collect();
            let reached = self.kept[number].reached.intersection(&open);
            if reached.into_iter().all(|part| others.contains(part)) {
                chosen.remove(&number);
            }
        }
        let mut chosen: Vec<usize> = chosen.into_iter().collect();
        chosen.sort_by_key(|number| (self.kept[*number].effort, *number));
        let mut left = open;
        let mut scripts = Vec::new();
        for number in chosen {
            let kept = &self.kept[number];
            let reaches: Vec<usize> = kept.reached.intersection(&left).copied().collect();
            left.retain(|part| !reaches.contains(part));
            scripts.push(Suggestion {
                script: kept.script.clone(),
                reaches,
            });
        }
        let unreached = self.missing.iter();
        let unreached = unreached.map(|number| (*number, self.why(*number)));
        Found {
            unreached: unreached.collect(),
            scripts,
        }
    }
}

/// What a played script shows; another script is worth going on from when it shows more.
fn features(played: &Played<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut before = String::new();
    for entry in &played.case.trace {
        found.extend(parts(&entry.what).iter().map(|part| format!("{part:?}")));
        found.extend(feature(&entry.what));
        if let What::Entered { state, .. } = &entry.what {
            found.insert(format!("{before} to {state}"));
            before.clone_from(state);
        } else if let What::Raised { reason, .. } = &entry.what {
            before.clone_from(reason);
        }
    }
    let voted = played
        .case
        .trace
        .iter()
        .filter(|entry| matches!(entry.what, What::Voted { .. }));
    let outcome = Outcome::of(&played.case);
    found.insert(format!("{outcome:?} {}", voted.count()));
    found
}

/// The decisions of people in a trace.
fn decided(trace: &[Entry]) -> String {
    let decisions = trace.iter().filter_map(|entry| {
        if let What::Decided { step, decision, .. } = &entry.what {
            Some(format!("{step} {decision}"))
        } else {
            None
        }
    });
    decisions
        .collect::<BTreeSet<String>>()
        .into_iter()
        .collect::<Vec<_>>()
        .join(", ")
}

/// What one entry shows beside the parts that it reaches.
fn feature(what: &What) -> Option<String> {
    Some(match what {
        What::Begun { step, .. } => format!("begun {step}"),
        What::Skipped { step, .. } => format!("skipped {step}"),
        What::Done { step, .. } => format!("done {step}"),
        What::Guarded {
            state,
            transition,
            held,
            ..
        } => format!("guard {state} {transition} {held}"),
        What::Decided { step, decision, .. } => format!("decided {step} {decision}"),
        What::Caught { step, by, .. } => format!("caught {step} {by}"),
        What::Raised { reason, place, .. } => format!("raised {reason} {place:?}"),
        What::Resolved { reason, to, .. } => format!("resolved {reason} {to}"),
        What::FellBack { .. }
        | What::Arrived { .. }
        | What::TurnedAway { .. }
        | What::Entered { .. }
        | What::Routed { .. }
        | What::Attempted { .. }
        | What::Answered { .. }
        | What::AttemptFailed { .. }
        | What::Asked { .. }
        | What::Voted { .. }
        | What::Waiting { .. }
        | What::Cancelled { .. }
        | What::TimerFired { .. }
        | What::Elapsed { .. }
        | What::Received { .. }
        | What::Told { .. }
        | What::Held { .. }
        | What::Moved { .. }
        | What::Queued { .. }
        | What::Corrected { .. }
        | What::Undone { .. }
        | What::PromiseMissed { .. }
        | What::Proved { .. }
        | What::Ended { .. }
        | What::Refused { .. }
        | What::Stopped { .. } => return None,
    })
}

/// The states and steps that a trace has met, for words about what was not reached.
fn met(trace: &[Entry]) -> BTreeSet<String> {
    let names = trace.iter().filter_map(|entry| {
        if let What::Entered { state, .. } = &entry.what {
            Some(format!("state {state}"))
        } else if let What::Begun { step, .. } = &entry.what {
            Some(format!("step {step}"))
        } else {
            None
        }
    });
    names.collect()
}
