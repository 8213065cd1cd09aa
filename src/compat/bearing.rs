//! What a document bears on: kinds of risk, and teams.

use std::collections::BTreeSet;

use super::approvals;
use crate::model::Model;
use crate::model::shape::FieldShape;
use crate::source::Spanned;
use crate::syntax::DocumentKind;
use crate::syntax::names::{KebabName, Name, OneOrMany};
use crate::syntax::workflow::Workflow;

/// The kinds of risk of a document. Reading personal data is a risk whether it is named or not.
pub(super) fn risks(model: &Model, kind: DocumentKind, name: &str) -> BTreeSet<String> {
    let mut risks = BTreeSet::new();
    let has_personal_data = |contract: &str| {
        let contract = model.contract(contract);
        contract.is_some_and(|contract| contract.body.fields().iter().any(is_personal))
    };
    if kind == DocumentKind::Contract && has_personal_data(name) {
        risks.insert("pii".to_owned());
    }
    let workflow = model
        .workflow(name)
        .filter(|_| kind == DocumentKind::Workflow);
    let Some(workflow) = workflow.map(|workflow| &workflow.body) else {
        return risks;
    };
    let mut add = |labels: &OneOrMany<Spanned<Name<KebabName>>>| {
        risks.extend(labels.iter().map(|label| label.value.text.clone()));
    };
    add(&workflow.risk);
    for (_, state) in workflow.all_states() {
        add(&state.risk);
    }
    for located in workflow.all_steps() {
        add(&located.step.risk);
    }
    if contracts_read(workflow).any(has_personal_data) {
        risks.insert("pii".to_owned());
    }
    risks
}

fn contracts_read(workflow: &Workflow) -> impl Iterator<Item = &str> {
    let triggers = workflow
        .trigger
        .iter()
        .flat_map(|triggers| triggers.value.iter());
    let triggers = triggers.filter_map(|trigger| trigger.contract.as_ref());
    let steps = workflow
        .all_steps()
        .filter_map(|located| located.step.returns.as_ref());
    triggers
        .chain(steps)
        .map(|contract| contract.name.value.as_str())
}

fn is_personal(field: &FieldShape) -> bool {
    let shape = &field.shape;
    let inner = [&shape.items, &shape.values];
    shape.pii.value
        || shape.properties.iter().any(is_personal)
        || inner
            .into_iter()
            .flatten()
            .any(|shape| shape.pii.value || shape.properties.iter().any(is_personal))
}

/// The teams that the owner of a document is in, and that it names.
pub(super) fn teams(model: &Model, kind: DocumentKind, name: &str) -> BTreeSet<String> {
    let mut teams = BTreeSet::new();
    if let Some(owner) = approvals::owner(model, kind, name) {
        for team in &model.project.teams {
            let lead = team.body.lead.iter();
            let mut people = lead.chain(&team.body.members);
            if people.any(|person| person.name.value == owner) {
                teams.insert(team.name.value.clone());
            }
        }
    }
    let queue = model.queue(name).filter(|_| kind == DocumentKind::Queue);
    let queue = queue.and_then(|queue| queue.body.team.as_ref());
    let system = model.system(name).filter(|_| kind == DocumentKind::System);
    let system = system.and_then(|system| system.body.team.as_ref());
    teams.extend(queue.or(system).map(|team| team.name.value.clone()));
    teams
}
