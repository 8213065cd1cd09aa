//! `flowgate test --suggest`: what scenarios are missing is found, written, and passes.

use std::collections::BTreeSet;

use flowgate::check::suggestions::{Suggested, suggestions};
use flowgate::check::{self, Loaded, scenarios};
use flowgate::rule::Family;
use flowgate::run::coverage::Kind;
use flowgate::source::Sources;

use crate::examples::load;

fn suggested(loaded: &Loaded, workflow: &str) -> Suggested {
    let mut findings = check::check(loaded);
    findings.retain(|finding| finding.diagnostic.rule.family != Family::Policy);
    let sound = scenarios::sound(loaded, &findings, workflow).unwrap();
    suggestions(loaded, sound)
}

fn names(loaded: &Loaded) -> Vec<String> {
    let workflows = loaded.model.project.workflows.iter();
    workflows.map(|entity| entity.name.value.clone()).collect()
}

/// The project with a suggested document in the place of all scenarios.
fn with_suggested(mut loaded: Loaded, suggested: &Suggested) -> Loaded {
    let mut sources = Sources::default();
    let source = sources.add("suggested.yaml", suggested.text.as_str());
    let stream = flowgate::yaml::parse(source, &suggested.text).value;
    let read = flowgate::syntax::decode(&sources, &[(source, stream)]);
    assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
    loaded.model.project.scenarios = read.value.scenarios;
    loaded
}

#[test]
fn without_any_scenario_suggestions_reach_everything() {
    for example in ["back-office", "starter"] {
        for name in names(&load(example)) {
            let mut loaded = load(example);
            loaded.model.project.scenarios.clear();
            let suggested = suggested(&loaded, &name);
            assert_eq!(suggested.unreached, Vec::new(), "{name}");
            let loaded = with_suggested(loaded, &suggested);
            let sound = loaded.model.sound(&name, std::iter::empty()).unwrap();
            let tested = scenarios::test(&loaded, sound);
            assert_eq!(tested.cases.len(), suggested.cases);
            for case in &tested.cases {
                assert!(case.failures.is_empty(), "{name}: {:?}", case.failures);
            }
            for kind in Kind::ALL {
                let (reached, all) = tested.coverage.share(kind);
                assert_eq!(reached, all, "{name}: {}", kind.as_str());
            }
            let names: BTreeSet<&str> =
                tested.cases.iter().map(|case| case.name.as_str()).collect();
            assert_eq!(names.len(), tested.cases.len(), "{name}: names repeat");
        }
    }
}

#[test]
fn one_missing_scenario_is_suggested_again() {
    let mut suggestions = 0;
    for name in names(&load("starter")) {
        let whole = load("starter");
        let cases = |loaded: &Loaded| {
            let documents = loaded.model.project.scenarios.iter();
            documents
                .map(|document| document.body.cases.as_ref().unwrap().len())
                .sum::<usize>()
        };
        for number in 0..cases(&whole) {
            let mut loaded = load("starter");
            let document = &mut loaded.model.project.scenarios[0];
            drop(document.body.cases.as_mut().unwrap().remove(number));
            let sound = loaded.model.sound(&name, std::iter::empty()).unwrap();
            let missing = scenarios::test(&loaded, sound).coverage.missing().count();
            let suggested = suggested(&loaded, &name);
            assert_eq!(suggested.unreached, Vec::new());
            assert_eq!(suggested.cases == 0, missing == 0, "{}", suggested.text);
            suggestions += suggested.cases;
        }
    }
    assert!(suggestions > 0);
}
