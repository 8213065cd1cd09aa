//! Facts about scenarios: the cases of one workflow, in whichever documents they stand.

use std::collections::{BTreeMap, BTreeSet};

use super::fact::{Fact, canonical_data};
use super::kind::PolicyChange;
use super::pairing::{Identity, pair};
use super::recorder::{Presence, Recorder};
use super::{DocumentChanges, DocumentSide};
use crate::model::Model;
use crate::source::{Span, Spanned};
use crate::syntax::DocumentKind;
use crate::syntax::scenarios::{Action, Case, Expectation, FileOrData, Given};

/// Every case of one workflow, with where the first document begins.
struct Collected<'a> {
    key: Span,
    cases: Vec<&'a Case>,
}

fn collect(model: &Model) -> BTreeMap<&str, Collected<'_>> {
    let mut all: BTreeMap<&str, Collected<'_>> = BTreeMap::new();
    for entity in &model.project.scenarios {
        let cases = entity.body.cases.iter().flatten();
        all.entry(entity.name.value.as_str())
            .or_insert(Collected {
                key: entity.key,
                cases: Vec::new(),
            })
            .cases
            .extend(cases);
    }
    all
}

/// Compares the scenarios of every workflow.
pub(super) fn compare(before: &Model, after: &Model) -> Vec<DocumentChanges> {
    let (old, new) = (collect(before), collect(after));
    let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let mut documents = Vec::new();
    for name in names {
        let mut recorder = Recorder::new(before, after);
        let (old, new) = (old.get(name), new.get(name));
        compare_cases(&mut recorder, old, new);
        let side = |collected: Option<&Collected<'_>>| {
            collected.map(|collected| DocumentSide {
                name: name.to_owned(),
                version: None,
                key: collected.key,
            })
        };
        let document = DocumentChanges {
            kind: DocumentKind::Scenarios,
            before: side(old),
            after: side(new),
            changes: recorder.finish(),
        };
        super::documents::keep(&mut documents, document);
    }
    documents
}

fn compare_cases(
    recorder: &mut Recorder<'_>,
    before: Option<&Collected<'_>>,
    after: Option<&Collected<'_>>,
) {
    let identity = Identity {
        name: |case: &&Case| case.name.as_ref().map_or("", |name| name.value.as_str()),
        renamed_from: |_| None,
    };
    let before = before.map_or(&[][..], |collected| &collected.cases);
    let after = after.map_or(&[][..], |collected| &collected.cases);
    recorder.within("cases", |recorder| {
        for pair in pair(before, after, identity) {
            let name = pair.after.or(pair.before).map_or("", identity.name);
            let fact = |case: Option<&&Case>| case.and_then(|case| described(case));
            let kinds = Presence::new(
                PolicyChange::ScenarioAdded,
                PolicyChange::ScenarioRemoved,
                PolicyChange::ScenarioChanged,
            );
            recorder.compare(name, name, kinds, fact(pair.before), fact(pair.after));
        }
    });
}

/// What happens in a case, on one line.
fn described(case: &Case) -> Option<Fact> {
    let name = case.name.as_ref()?;
    let mut parts: Vec<String> = Vec::new();
    if let Some(given) = &case.given {
        given_parts(given, &mut parts);
    }
    for action in &case.actions {
        parts.push(format!("do {}", action_text(&action.value)));
    }
    if let Some(expectation) = &case.expect {
        expected_parts(expectation, &mut parts);
    }
    Some(Fact::new(parts.join("; "), name.span))
}

fn file_or_data(given: &FileOrData) -> String {
    match given {
        FileOrData::File(file) => file.path.value.clone(),
        FileOrData::Map(data) => canonical_data(data),
        FileOrData::List(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| canonical_data(&item.value))
                .collect();
            items.join(", ")
        }
    }
}

fn given_parts(given: &Given, parts: &mut Vec<String>) {
    if let Some(input) = &given.input {
        parts.push(format!("given {}", file_or_data(&input.value)));
    }
    let mut named: BTreeSet<String> = BTreeSet::new();
    for (step, data) in given.steps.iter() {
        named.insert(format!(
            "{} gives {}",
            step.value,
            file_or_data(&data.value)
        ));
    }
    for (control, data) in given.controls.iter() {
        named.insert(format!(
            "{} is {}",
            control.value,
            canonical_data(&data.value)
        ));
    }
    for (step, evidence) in given.evidence.iter() {
        let names: Vec<&str> = evidence.iter().map(|each| each.value.as_str()).collect();
        named.insert(format!("{} has {}", step.value, names.join(", ")));
    }
    parts.extend(named);
    if let Some(trigger) = &given.trigger {
        parts.push(format!("by {}", trigger.value));
    }
    if let Some(earlier) = &given.earlier {
        parts.push(format!("after {}", file_or_data(&earlier.value)));
    }
    if let Some(case) = &given.case {
        parts.push(format!("case {}", canonical_data(&case.value)));
    }
    if let Some(at) = &given.at {
        parts.push(format!("at {}", at.value.clock));
    }
}

fn action_text(action: &Action) -> String {
    let words: [(_, &Option<Spanned<String>>); 10] = [
        ("at", &action.at),
        ("approve", &action.approve),
        ("reject", &action.reject),
        ("complete", &action.complete),
        ("resolve", &action.resolve),
        ("move", &action.moves),
        ("close", &action.close),
        ("fail", &action.fail),
        ("event", &action.event),
        ("to", &action.to),
    ];
    let mut parts: Vec<String> = words
        .iter()
        .filter_map(|(word, value)| {
            value
                .as_ref()
                .map(|value| format!("{word} {}", value.value))
        })
        .collect();
    if let Some(wait) = &action.wait {
        parts.push(format!("wait {}", wait.value));
    }
    if let Some(with) = &action.with {
        parts.push(format!("with {}", canonical_data(&with.value)));
    }
    let evidence = action
        .evidence
        .iter()
        .map(|evidence| format!("evidence {}", evidence.value));
    parts.extend(evidence);
    if let Some(times) = &action.times {
        parts.push(format!("{} times", times.value));
    }
    parts.join(" ")
}

fn expected_parts(expectation: &Expectation, parts: &mut Vec<String>) {
    let path: Vec<&str> = expectation
        .path
        .iter()
        .map(|state| state.value.as_str())
        .collect();
    if !path.is_empty() {
        parts.push(format!("path {}", path.join(", ")));
    }
    let raises = expectation.raises.iter();
    parts.extend(raises.map(|reason| format!("raises {}", reason.value)));
    if let Some(queue) = &expectation.queue {
        parts.push(format!("queue {}", queue.name.value));
    }
    if let Some(end) = &expectation.end {
        parts.push(format!("end {}", end.value.as_str()));
    }
    if let Some(refused) = &expectation.refused {
        let at = refused.at.as_ref().map_or("", |at| at.value.as_str());
        let because = refused.because.as_ref();
        let because = because.map_or("", |because| because.value.as_str());
        parts.push(format!("refused at {at} {because}"));
    }
    let mut named: BTreeSet<String> = BTreeSet::new();
    for (step, decision) in expectation.decisions.iter() {
        named.insert(format!("{} is {}", step.value, decision.value));
    }
    for (step, attempts) in expectation.attempts.iter() {
        named.insert(format!("{} takes {} attempts", step.value, attempts.value));
    }
    for (output, data) in expectation.outputs.iter() {
        named.insert(format!(
            "{} is {}",
            output.value,
            canonical_data(&data.value)
        ));
    }
    for (field, data) in expectation.data.iter() {
        let data = canonical_data(&data.value);
        named.insert(format!("case has {} as {data}", field.value));
    }
    parts.extend(named);
    if let Some(within) = &expectation.within {
        parts.push(format!("within {}", within.value));
    }
    if let Some(manual) = &expectation.manual {
        let not = if manual.value { "" } else { "not " };
        parts.push(format!("{not}in manual mode"));
    }
    if let Some(starts) = &expectation.starts {
        let not = if starts.value { "" } else { "not " };
        parts.push(format!("{not}started"));
    }
}
