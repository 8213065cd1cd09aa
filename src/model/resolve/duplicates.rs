//! Names that are given twice.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::model::{Model, rules};
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

pub(super) fn report(model: &Model, diagnostics: &mut Vec<Diagnostic>) {
    let project = &model.project;
    if let [first, others @ ..] = &project.configs[..] {
        for other in others {
            diagnostics.push(
                Diagnostic::new(
                    &rules::DUPLICATE_NAME,
                    other.key,
                    "the repository has a second project file",
                )
                .label(first.key, "the first one is here and counts")
                .help("keep one `flowgate.yaml`, at the root"),
            );
        }
    }
    entities("workflow", &project.workflows, diagnostics);
    entities("contract", &project.contracts, diagnostics);
    entities("queue", &project.queues, diagnostics);
    entities("team", &project.teams, diagnostics);
    entities("person", &project.people, diagnostics);
    entities("system", &project.systems, diagnostics);
    entities("calendar", &project.calendars, diagnostics);
    entities("decision table", &project.decisions, diagnostics);
    entities("policy", &project.policies, diagnostics);
    for workflow in &project.workflows {
        steps(&workflow.body, diagnostics);
    }
}

fn entities<T>(what: &str, entities: &[Entity<T>], diagnostics: &mut Vec<Diagnostic>) {
    let names = entities
        .iter()
        .filter(|entity| entity.is_named())
        .map(|entity| &entity.name);
    unique(names, diagnostics, |name| {
        format!("there are two definitions of the {what} `{name}`")
    });
}

fn steps(workflow: &Workflow, diagnostics: &mut Vec<Diagnostic>) {
    let names: Vec<Spanned<String>> = workflow
        .all_steps()
        .filter_map(|place| place.step.id.as_ref())
        .map(|id| Spanned::new(id.value.text.clone(), id.span))
        .collect();
    unique(names.iter(), diagnostics, |name| {
        format!("two steps of this workflow have the id `{name}`")
    });
}

fn unique<'a>(
    names: impl Iterator<Item = &'a Spanned<String>>,
    diagnostics: &mut Vec<Diagnostic>,
    message: impl Fn(&str) -> String,
) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for name in names {
        match seen.get(name.value.as_str()) {
            None => {
                seen.insert(&name.value, name.span);
            }
            Some(first) => diagnostics.push(
                Diagnostic::new(&rules::DUPLICATE_NAME, name.span, message(&name.value))
                    .note("given again here")
                    .label(*first, "first given here")
                    .help("rename one of the two, or remove it"),
            ),
        }
    }
}
