//! What every target makes of the workflows below `tests/targets`, byte by byte.
//!
//! Each folder holds a `workflow.yaml` with the documents that it rests on, and one artifact for
//! each target, named after it. `UPDATE=1 cargo test --test targets` writes the artifacts anew.

#![allow(clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use flowgate::diagnostic::Diagnostic;
use flowgate::model::{Judged, Model, Surroundings, resolve};
use flowgate::plan::{Plan, lower, schema};
use flowgate::source::{Sources, Spanned};
use flowgate::syntax::visit::{Visit, Visitor};
use flowgate::syntax::{Project, decode};
use flowgate::target::{TARGETS, Target};
use flowgate::yaml;

#[derive(Default)]
struct Files {
    paths: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Files {
    fn file(&mut self, path: &'a Spanned<String>) {
        self.paths.insert(path.value.clone());
    }
}

/// A repository of one file, in which every file that is referred to exists.
struct Repository {
    sources: Sources,
    model: Model,
    diagnostics: Vec<Diagnostic>,
}

impl Repository {
    fn read(text: &str) -> Self {
        let mut sources = Sources::default();
        let id = sources.add("workflow.yaml", text);
        let stream = yaml::parse(id, text);
        let mut diagnostics = stream.diagnostics;
        let project = decode(&sources, &[(id, stream.value)]);
        diagnostics.extend(project.diagnostics);
        let surroundings = surroundings(&project.value);
        let model = resolve::resolve(project.value, surroundings);
        diagnostics.extend(model.diagnostics);
        Repository {
            sources,
            model: model.value,
            diagnostics,
        }
    }

    /// The plan of the first workflow of the file.
    fn plan(&self) -> Plan {
        let name = &self.model.project.workflows[0].name.value;
        match self
            .model
            .sound(name, self.diagnostics.iter().map(Judged::from))
        {
            Ok(sound) => lower(sound, &self.sources),
            Err(trouble) => panic!("not sound: {trouble:#?}"),
        }
    }
}

fn surroundings(project: &Project) -> Surroundings {
    let mut files = Files::default();
    project
        .workflows
        .iter()
        .for_each(|each| each.body.visit(&mut files));
    project
        .contracts
        .iter()
        .for_each(|each| each.body.visit(&mut files));
    project
        .queues
        .iter()
        .for_each(|each| each.body.visit(&mut files));
    project
        .calendars
        .iter()
        .for_each(|each| each.body.visit(&mut files));
    let mut surroundings = Surroundings::on(jiff::civil::date(2026, 11, 20));
    let texts = files.paths.iter().map(|path| (path.clone(), text_of(path)));
    surroundings.files.texts = texts.collect();
    surroundings.files.paths = files.paths;
    surroundings
}

/// A text that can stand in the file: holidays are read, everything else is only named.
fn text_of(path: &str) -> String {
    if path.ends_with(".ics") {
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//flowgate//tests//EN\r\nEND:VCALENDAR\r\n"
            .to_owned()
    } else {
        format!("The text of {path}.\n")
    }
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/targets");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(root)
        .expect("the folder of cases")
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

/// The artifacts of a target by file name, or in their place what it cannot express.
fn recorded(repository: &Repository, plan: &Plan, target: &Target) -> Vec<(String, String)> {
    let emitted = (target.emit)(plan);
    if !emitted.diagnostics.is_empty() {
        let refused = emitted.diagnostics.iter().map(|limit| {
            let help = limit.help.as_deref().unwrap_or_default();
            let place = repository.sources.text(limit.span);
            format!("at `{place}`: {}\n  {help}\n", limit.message)
        });
        return vec![(format!("{}.refused.txt", target.id), refused.collect())];
    }
    let artifacts = emitted.value.into_iter();
    artifacts
        .map(|artifact| {
            let name = artifact.file_name.replace(&plan.name, target.id);
            let extension = format!("{0}.{0}.", target.id);
            let name = name.replace(&extension, &format!("{}.", target.id));
            (name, artifact.content)
        })
        .collect()
}

#[test]
fn artifacts_are_as_recorded() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut differences = Vec::new();
    for case in cases() {
        let text = std::fs::read_to_string(case.join("workflow.yaml")).expect("a workflow");
        let repository = Repository::read(&text);
        let plan = repository.plan();
        let mut known = BTreeSet::from(["workflow.yaml".to_owned()]);
        for target in TARGETS {
            for (name, content) in recorded(&repository, &plan, target) {
                let path = case.join(&name);
                known.insert(name);
                if update {
                    std::fs::write(&path, &content).expect("a writable folder");
                } else if std::fs::read_to_string(&path).ok() != Some(content) {
                    differences.push(path);
                }
            }
        }
        for entry in std::fs::read_dir(&case).expect("a folder") {
            let name = entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name");
            assert!(known.contains(&name), "nothing makes {name} of {case:?}");
        }
    }
    assert!(
        differences.is_empty(),
        "these differ; look, then run with UPDATE=1: {differences:#?}"
    );
}

#[test]
fn plans_follow_their_published_schema() {
    let schema = serde_json::to_value(schema()).expect("a schema");
    let validator = jsonschema::draft202012::new(&schema).expect("a valid schema");
    for case in cases() {
        let text = std::fs::read_to_string(case.join("workflow.yaml")).expect("a workflow");
        let plan = Repository::read(&text).plan();
        let document = serde_json::from_str(&plan.to_json()).expect("JSON");
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{case:?}: {errors:#?}");
    }
}
