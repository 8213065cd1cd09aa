//! Workflows that did not change themselves and rest on what did.

use schemars::JsonSchema;
use serde::Serialize;

use crate::compat::Impact;
use crate::model::{Closure, Model};
use crate::syntax::DocumentKind;

/// A workflow that changes through what it rests on.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedReach {
    /// The workflow.
    pub workflow: String,
    /// The changed documents that it rests on, as `kind name`.
    pub through: Vec<String>,
    /// Who answers for it.
    pub owner: Option<String>,
}

/// The workflows that rest on changed documents, in the order of the project.
pub(super) fn indirect(impact: &Impact, after: &Model) -> Vec<ReportedReach> {
    let changed: Vec<(DocumentKind, &str)> = impact
        .documents
        .iter()
        .filter(|document| !document.changes.is_empty())
        .map(|document| (document.facts.kind, document.facts.name()))
        .filter(|(kind, _)| *kind != DocumentKind::Project)
        .collect();
    if changed.is_empty() {
        return Vec::new();
    }
    after
        .project
        .workflows
        .iter()
        .filter(|workflow| {
            let name = workflow.name.value.as_str();
            !changed.contains(&(DocumentKind::Workflow, name))
        })
        .filter_map(|workflow| {
            let closure = Closure::of(after, workflow);
            let through: Vec<String> = changed
                .iter()
                .filter(|(kind, name)| closure.contains(*kind, name))
                .map(|(kind, name)| format!("{} {name}", kind.as_str()))
                .collect();
            (!through.is_empty()).then(|| ReportedReach {
                workflow: workflow.name.value.clone(),
                through,
                owner: workflow
                    .body
                    .owner
                    .as_ref()
                    .map(|owner| owner.value.clone()),
            })
        })
        .collect()
}
