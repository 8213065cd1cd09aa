//! `tests/compat/<change>/`: before and after of one kind of change, with the verdicts on it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use flowgate::check::{Loaded, load};
use flowgate::compat::{self, Side, assess};
use flowgate::diff::diff;
use flowgate::model::{Release, Surroundings};
use flowgate::source::Sources;
use flowgate::syntax::DocumentKind;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 8, 1);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat")
}

fn project(text: &str) -> Loaded {
    let mut sources = Sources::default();
    sources.add("project.yaml", text);
    load(sources, |_| Surroundings::on(TODAY))
}

fn side(loaded: &Loaded) -> Side<'_> {
    Side {
        model: &loaded.model,
        sources: &loaded.sources,
    }
}

/// Every pair with its name.
fn pairs() -> Vec<(String, Loaded, Loaded)> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let read = |name: &str, file: &str| {
        project(&fs::read_to_string(folder().join(name).join(file)).unwrap())
    };
    names
        .into_iter()
        .map(|name| {
            let (before, after) = (read(&name, "before.yaml"), read(&name, "after.yaml"));
            (name, before, after)
        })
        .collect()
}

fn ids(before: &Loaded, after: &Loaded) -> BTreeSet<&'static str> {
    diff(&before.model, &after.model)
        .iter()
        .flat_map(|document| &document.changes)
        .map(|change| compat::meta(change.kind).id)
        .collect()
}

#[test]
fn every_kind_of_change_has_a_pair_that_shows_it() {
    let pairs = pairs();
    let names: BTreeSet<&str> = pairs.iter().map(|(name, ..)| name.as_str()).collect();
    let missing: Vec<&str> = compat::changes()
        .map(|change| change.id)
        .filter(|id| !names.contains(id))
        .collect();
    assert!(missing.is_empty(), "no folder in tests/compat: {missing:?}");
    let mut wrong = Vec::new();
    for (name, before, after) in &pairs {
        let found = ids(before, after);
        if !found.contains(name.as_str()) {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn identical_projects_have_no_changes() {
    for (name, before, after) in pairs() {
        assert!(ids(&before, &before).is_empty(), "{name}");
        assert!(ids(&after, &after).is_empty(), "{name}");
    }
}

#[test]
fn what_was_done_is_undone_by_the_opposite() {
    let mut wrong = Vec::new();
    for (name, before, after) in pairs() {
        let Some(meta) = compat::changes().find(|change| change.id == name) else {
            continue;
        };
        // A rename is seen only where `renamed_from` says so, which the way back does not.
        if name.ends_with("-renamed") {
            continue;
        }
        let opposite = compat::meta(meta.undone_by).id;
        let found = ids(&after, &before);
        if !found.contains(opposite) {
            wrong.push(format!("{name} is undone by {opposite}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_verdicts_are_those_of_the_snapshots() {
    for (name, before, after) in pairs() {
        let impact = assess(side(&before), side(&after));
        let mut lines = vec![impact.headline.clone()];
        for document in &impact.documents {
            for judged in &document.changes {
                let verdict = &judged.verdict;
                lines.push(format!(
                    "{} | {} | {} | {} | {} | {}",
                    judged.meta.id,
                    verdict.class.as_str(),
                    verdict.direction.as_str(),
                    verdict.control.as_str(),
                    verdict.in_flight.as_str(),
                    verdict.why
                ));
                lines.extend(judged.change.lookalike.iter().map(|lookalike| {
                    format!("  `{}` looks like `{}`", lookalike.after, lookalike.before)
                }));
                lines.extend(verdict.witness.iter().map(|witness| {
                    let (payload, by) = (&witness.payload, witness.rejected_by.as_str());
                    format!("  {payload} is refused by {by}")
                }));
            }
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(folder().join(&name));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("verdict", lines.join("\n")));
    }
}

fn fields_of(text: &str) -> Vec<flowgate::model::shape::FieldShape> {
    let loaded = project(text);
    let contract = loaded.model.contract("order.placed.v1").unwrap();
    contract.body.fields()
}

#[test]
fn a_promise_for_every_release_names_the_release_that_is_broken() {
    let contract = |version: &str, fields: &str| {
        format!(
            "contract:\n  name: order.placed.v1\n  version: {version}\n  producer: Shop\n  compatibility: full_transitive\n  schema: {{order_id: {{type: string, required: true}}{fields}}}\n"
        )
    };
    let first = contract("1.0.0", ", note: {type: string}");
    let releases = vec![Release {
        version: semver::Version::new(1, 0, 0),
        tag: "contract/order.placed/v1.0.0".to_owned(),
        unchanged: None,
        fields: Some(fields_of(&first)),
    }];
    let after = |fields: &str| {
        let mut sources = Sources::default();
        sources.add("project.yaml", contract("1.2.0", fields));
        load(sources, |_| {
            let mut surroundings = Surroundings::on(TODAY);
            let key = (DocumentKind::Contract, "order.placed.v1".to_owned());
            surroundings.releases.insert(key, releases.clone());
            surroundings
        })
    };
    let before = project(&contract("1.1.0", ""));
    let verdict = |after: &Loaded| {
        let impact = assess(side(&before), side(after));
        impact.documents[0].changes[0].verdict.clone()
    };
    let other = verdict(&after(", note: {type: integer}"));
    assert_eq!(other.class, compat::Class::Breaking);
    assert!(
        other.why.contains("the released version 1.0.0"),
        "{}",
        other.why
    );
    let same = verdict(&after(", note: {type: string}"));
    assert_eq!(same.class, compat::Class::Additive);
}

const REFUND: &str = "workflow:
  name: refund
  version: 1.0.0
  owner: priya.shah
  trigger: {form: refund, input: {total: decimal}}
  controls:
    limit: {value: 500, unit: EUR, weaker: higher, owner: lee.chen}
  states:
    judging:
      lifecycle: waiting
      steps:
        - {id: manager, approve: {by: [{role: manager}]}}
        - {id: auditor, approve: {by: [{role: auditor}]}}
      transitions:
        - {to: refused, when: \"steps.manager.decision == 'rejected' || steps.auditor.decision == 'rejected' || input.total > controls.limit\"}
        - {to: paid, else: true}
    paid: {lifecycle: done, end: completed}
    refused: {lifecycle: done, end: rejected}
";

/// What a change of guards does to controls: `weakened: …` with the names that it speaks of.
fn heeding(after: &str) -> Vec<String> {
    let (before, after) = (project(REFUND), project(after));
    let impact = assess(side(&before), side(&after));
    let changes = impact
        .documents
        .iter()
        .flat_map(|document| &document.changes);
    let guards = changes.filter(|judged| judged.meta.id.starts_with("guard-"));
    let mut found: Vec<String> = guards
        .map(|judged| {
            let why = &judged.verdict.why;
            let sentence = why.find("No way out").or(why.find("The ways out"));
            let sentence = sentence.map_or("", |start| &why[start..]);
            format!("{} {sentence}", judged.verdict.control.as_str())
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_guard_that_no_longer_heeds_an_approval_or_a_control_is_weaker() {
    let unheeded = REFUND.replace(" || steps.auditor.decision == 'rejected'", "");
    assert_eq!(
        heeding(&unheeded),
        ["weakened No way out of `judging` asks for `steps.auditor` any more."]
    );
    let spelled_out = REFUND.replace("input.total > controls.limit", "input.total > 900");
    assert_eq!(
        heeding(&spelled_out),
        ["weakened No way out of `judging` asks for `controls.limit` any more."]
    );
}

#[test]
fn guards_that_heed_the_same_in_other_words_are_no_weaker() {
    let limited = REFUND.replace("controls.limit\"", "controls.limit && input.total < 9000\"");
    assert_eq!(heeding(&limited), ["neutral "]);
    let renamed = REFUND
        .replace("id: auditor,", "id: revisor, renamed_from: auditor,")
        .replace("steps.auditor", "steps.revisor")
        .replace("> controls.limit", "> controls.limit + 1");
    assert_eq!(heeding(&renamed), ["neutral "]);
    let other_way_round = REFUND
        .replace("to: refused, when:", "to: paid, when: \"steps.manager.decision == 'approved' && steps.auditor.decision == 'approved' && input.total <= controls.limit\"} #")
        .replace("to: paid, else", "to: refused, else");
    assert_eq!(heeding(&other_way_round), ["neutral ", "neutral "]);
}
