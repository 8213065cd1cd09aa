//! Documents that did not change themselves and rest on what did.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::compat::Impact;
use crate::compat::consumers::Status;
use crate::model::{Closure, Model};
use crate::syntax::DocumentKind;

/// A document that is modified indirectly: through what it rests on.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedReach {
    /// The kind, as `workflow`.
    pub kind: &'static str,
    /// The name.
    pub name: String,
    /// The changed documents that it rests on, as `kind name`.
    pub through: Vec<String>,
    /// Who answers for it.
    pub owner: Option<String>,
}

/// The documents that rest on changed ones: workflows by everything that they name, other documents
/// where they name something that changed for them. Sorted by kind and name.
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
    let direct: BTreeSet<(&str, &str)> = changed
        .iter()
        .map(|(kind, name)| (kind.as_str(), *name))
        .collect();
    let mut found: BTreeMap<(&'static str, String), (BTreeSet<String>, Option<String>)> =
        BTreeMap::new();
    for workflow in &after.project.workflows {
        let closure = Closure::of(after, workflow);
        let through = changed
            .iter()
            .filter(|(kind, name)| closure.contains(*kind, name))
            .map(|(kind, name)| format!("{} {name}", kind.as_str()));
        let through: BTreeSet<String> = through.collect();
        if !through.is_empty() {
            let owner = workflow.body.owner.as_ref();
            let key = (DocumentKind::Workflow.as_str(), workflow.name.value.clone());
            found.insert(key, (through, owner.map(|owner| owner.value.clone())));
        }
    }
    for document in &impact.documents {
        let through = format!("{} {}", document.facts.kind.as_str(), document.facts.name());
        let here = document
            .consumers
            .iter()
            .filter(|consumer| consumer.at.is_some());
        for consumer in here.filter(|consumer| consumer.status > Status::Unaffected) {
            let reach = found.entry((consumer.kind, consumer.name.clone()));
            let reach = reach.or_insert_with(|| (BTreeSet::new(), consumer.owner.clone()));
            reach.0.insert(through.clone());
        }
    }
    found
        .into_iter()
        .filter(|((kind, name), _)| !direct.contains(&(*kind, name.as_str())))
        .map(|((kind, name), (through, owner))| ReportedReach {
            kind,
            name,
            through: through.into_iter().collect(),
            owner,
        })
        .collect()
}
