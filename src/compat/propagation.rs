//! What changes of contracts mean for the interface of workflows: whoever starts a workflow writes the
//! data of its trigger, so a contract that accepts less there makes the workflow accept less.

use std::collections::BTreeMap;

use super::declaration::{Class, ClassRule, Direction};
use super::impact::{DocumentImpact, JudgedChange};
use super::meta;
use super::position::{Position, derive};
use super::verdict::sentence;
use crate::diff::{Change, ChangeKind, fields};
use crate::model::Model;
use crate::source::Span;
use crate::syntax::DocumentKind;
use crate::syntax::workflow::Workflow;

/// A change of a contract that a workflow inherits through its trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inherited {
    /// The contract.
    pub contract: String,
    /// The kind of the change.
    pub id: &'static str,
    /// The place inside the contract.
    pub path: String,
    /// What it means for those who start the workflow.
    pub class: Class,
    /// One sentence in the words of the change.
    pub why: String,
    /// Where the trigger names the contract, in the texts of after.
    pub span: Span,
}

/// The class and direction of a change of data in another position than that of its contract.
fn class_at(change: &Change, position: Position) -> Option<(Class, Direction)> {
    match meta(change.kind).class {
        ClassRule::Data(relation) => Some(derive(relation, position)),
        ClassRule::Always(class, direction) => {
            let is_data = matches!(change.kind, ChangeKind::Field(_) | ChangeKind::Values(_));
            is_data.then_some((class, direction))
        }
        ClassRule::Promise(_) => None,
    }
}

/// What it means for those who start a workflow that its trigger takes another contract: the heaviest
/// difference of their fields. `None` when one of the two is not there to be compared.
pub(super) fn of_move(
    (before, old): (&Model, &str),
    (after, new): (&Model, &str),
) -> Option<(Class, Direction, Option<Change>)> {
    let (old, new) = (before.contract(old)?, after.contract(new)?);
    let is_written_here =
        |contract: &crate::syntax::contract::Contract| contract.json_schema.is_none();
    if !is_written_here(&old.body) || !is_written_here(&new.body) {
        return None;
    }
    let changes = fields((before, &old.body), (after, &new.body));
    let classes = changes
        .into_iter()
        .filter_map(|change| Some((class_at(&change, Position::Input)?, change)));
    let heaviest = classes.max_by_key(|((class, _), _)| *class);
    Some(match heaviest {
        Some(((class, direction), change)) => (class.max(Class::Additive), direction, Some(change)),
        None => (Class::Additive, Direction::None, None),
    })
}

/// The changes that workflows inherit, by workflow: from contracts that changed in place under a
/// trigger that names them before and after.
pub(super) fn inherited(
    documents: &[DocumentImpact],
    before: &Model,
    after: &Model,
) -> BTreeMap<String, Vec<Inherited>> {
    let mut inherited: BTreeMap<String, Vec<Inherited>> = BTreeMap::new();
    for document in documents {
        let facts = &document.facts;
        let sides = facts.before.as_ref().zip(facts.after.as_ref());
        let Some((old, new)) = sides.filter(|_| facts.kind == DocumentKind::Contract) else {
            continue;
        };
        let breaking: Vec<&Change> = document
            .changes
            .iter()
            .filter(|judged| judged.accepted.is_none() && !moves_on(document, judged))
            .map(|judged| &judged.change)
            .filter(|change| is_breaking(change))
            .collect();
        if breaking.is_empty() || document.was_draft {
            continue;
        }
        for workflow in &after.project.workflows {
            let earlier = before.workflow(&workflow.name.value);
            let read_before = earlier.and_then(|earlier| trigger(&earlier.body, &old.name));
            let Some(span) = trigger(&workflow.body, &new.name).filter(|_| read_before.is_some())
            else {
                continue;
            };
            let changes = breaking.iter().map(|change| Inherited {
                contract: new.name.clone(),
                id: meta(change.kind).id,
                path: change.path.clone(),
                class: Class::Breaking,
                why: sentence(meta(change.kind).why, change, &new.name),
                span,
            });
            let own = inherited.entry(workflow.name.value.clone()).or_default();
            own.extend(changes);
        }
    }
    inherited
}

/// What breaks a contract from 1.0.0 on is published under its next name, so its readers stay with
/// the old one.
fn moves_on(document: &DocumentImpact, judged: &JudgedChange) -> bool {
    let from = document.declaration.from();
    judged.verdict.class == Class::Breaking && from.is_some_and(|version| version.major > 0)
}

fn is_breaking(change: &Change) -> bool {
    class_at(change, Position::Input).is_some_and(|(class, _)| class == Class::Breaking)
        && matches!(meta(change.kind).class, ClassRule::Data(_))
}

/// Where a trigger names a contract.
fn trigger(workflow: &Workflow, contract: &str) -> Option<Span> {
    let triggers = workflow.trigger.iter();
    let mut triggers = triggers.flat_map(|triggers| triggers.value.iter());
    triggers.find_map(|trigger| {
        let reference = trigger.contract.as_ref()?;
        (reference.name.value == contract).then_some(reference.name.span)
    })
}
