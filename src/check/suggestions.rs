//! Scenarios that are missing, written for review: each was played from the text that is shown.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::Loaded;
use super::scenarios::cases_of;
use crate::model::{ProjectFiles, Sound};
use crate::plan::lower;
use crate::run::World;
use crate::run::coverage::{Coverage, Item, Kind};
use crate::run::scenario::{self, Script, judge, play, prepare, written};
use crate::run::suggest::{Suggestion, suggest};
use crate::source::{Sources, Span};
use crate::syntax::scenarios::Case;
use crate::{syntax, yaml};

/// What is suggested for a workflow.
#[derive(Debug)]
pub struct Suggested {
    /// The workflow.
    pub workflow: String,
    /// The `scenarios:` document; nothing when no scenario is missing or none was found.
    pub text: String,
    /// How many cases it has.
    pub cases: usize,
    /// What nothing reaches: in words, where it is written, and why not.
    pub unreached: Vec<Unreached>,
}

/// A part of a workflow that the search did not reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// The part, in words.
    pub what: String,
    /// Where it is written.
    pub span: Span,
    /// Why it is not reached.
    pub why: String,
}

/// Looks for scenarios that reach what those of a sound workflow do not.
pub fn suggestions(loaded: &Loaded, sound: Sound<'_>) -> Suggested {
    let plan = lower(sound, &loaded.sources);
    let name = sound.workflow().name.value.clone();
    let world = World::new(&plan, &loaded.model);
    let files = &loaded.model.surroundings.files;
    let mut coverage = Coverage::of(&plan);
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut seeds: Vec<Script> = Vec::new();
    for case in cases_of(loaded, &name) {
        names.extend(case.name.iter().map(|name| name.value.clone()));
        let Some(script) = prepare(&world, files, case).value else {
            continue;
        };
        let mut changed = World::new(&plan, &loaded.model);
        changed.set_controls(script.controls.clone());
        let played = play(&changed, &script);
        // What a scenario reaches on a way that it does not expect is not tested by it.
        if judge(&changed, &script, case, &played).failures.is_empty() {
            coverage.add(&played.case.trace);
            seeds.push(script);
        }
    }
    let found = suggest(&world, &coverage, &seeds);
    let mut unreached = found.unreached;
    let mut text = String::new();
    let mut cases = 0;
    for suggestion in &found.scripts {
        let title = title(&coverage, suggestion, &mut names);
        let played = play(&world, &suggestion.script);
        let case = written(&world, &title, &suggestion.script, &played);
        if is_confirmed(&world, &name, &coverage, suggestion, &case) {
            text.push_str(&reaching(&coverage, suggestion));
            text.push_str(&case);
            cases += 1;
        } else {
            let why = "a way was found, but it cannot be written as a scenario";
            let parts = suggestion.reaches.iter();
            unreached.extend(parts.map(|number| (*number, why.to_owned())));
        }
    }
    if cases > 0 {
        text.insert_str(0, &beginning(&name));
    }
    let unreached = unreached.into_iter().filter_map(|(number, why)| {
        let item = coverage.items.get(number)?;
        Some(Unreached {
            what: item.words.clone(),
            span: item.span,
            why,
        })
    });
    Suggested {
        workflow: name,
        text,
        cases,
        unreached: unreached.collect(),
    }
}

fn beginning(workflow: &str) -> String {
    format!("scenarios:\n  workflow: {workflow}\n  cases:\n")
}

/// A name for a suggested case that no other has: the most telling part that only it reaches.
fn title(coverage: &Coverage, suggestion: &Suggestion, names: &mut BTreeSet<String>) -> String {
    let parts = suggestion.reaches.iter();
    let items = parts.filter_map(|number| coverage.items.get(*number));
    // Of several ways and states the last one says where the case gets to.
    let telling = items
        .enumerate()
        .min_by_key(|(number, item)| match item.part.kind() {
            Kind::Reasons => (0, *number),
            Kind::Timers => (1, *number),
            Kind::Rows => (2, *number),
            Kind::Transitions => (3, usize::MAX - number),
            Kind::States => (4, usize::MAX - number),
        });
    let words = telling.map_or_else(String::new, |(_, item)| item.words.replace('`', ""));
    let words = words.split(" when ").next().unwrap_or_default().to_owned();
    let mut name = words.clone();
    let mut number = 1;
    while !names.insert(name.clone()) {
        number += 1;
        name = format!("{words} ({number})");
    }
    name
}

/// The most parts that are named one by one above a case.
const NAMED: usize = 4;

/// What a suggested case reaches, as comments above it.
fn reaching(coverage: &Coverage, suggestion: &Suggestion) -> String {
    let parts = suggestion.reaches.iter();
    let items: Vec<&Item> = parts
        .filter_map(|number| coverage.items.get(*number))
        .collect();
    let mut text = String::new();
    for kind in Kind::ALL {
        let of_kind: Vec<&str> = items
            .iter()
            .filter(|item| item.part.kind() == kind)
            .map(|item| item.words.as_str())
            .collect();
        // Writing into a text cannot fail.
        let wrote = if of_kind.len() > NAMED {
            writeln!(text, "    # reaches {} {}", of_kind.len(), kind.as_str())
        } else {
            of_kind
                .iter()
                .try_for_each(|words| writeln!(text, "    # reaches {words}"))
        };
        wrote.unwrap_or_default();
    }
    text
}

/// Whether a case, read back from its text, passes and reaches what it is there for.
fn is_confirmed(
    world: &World<'_>,
    workflow: &str,
    coverage: &Coverage,
    suggestion: &Suggestion,
    case: &str,
) -> bool {
    let text = beginning(workflow) + case;
    let mut sources = Sources::default();
    let source = sources.add("suggested.yaml", text.as_str());
    let stream = yaml::parse(source, &text);
    let read = syntax::decode(&sources, &[(source, stream.value)]);
    let cases = read
        .value
        .scenarios
        .iter()
        .flat_map(|entity| &entity.body.cases);
    let cases: Vec<&Case> = cases.flatten().collect();
    let ([case], [], []) = (&cases[..], &stream.diagnostics[..], &read.diagnostics[..]) else {
        return false;
    };
    let Some(script) = prepare(world, &ProjectFiles::default(), case).value else {
        return false;
    };
    let played = play(world, &script);
    let reached = coverage.reached(&played.case.trace);
    scenario::judge(world, &script, case, &played)
        .failures
        .is_empty()
        && suggestion
            .reaches
            .iter()
            .all(|number| reached.contains(number))
}
