//! The verdict on one line.

use std::collections::BTreeSet;

use super::approvals::{Approval, State};
use super::bump::Bump;
use super::causes::causes;
use super::declaration::{Class, ControlEffect, InFlightEffect};
use super::impact::{DocumentImpact, JudgedChange};
use crate::diff::ChangeKind;
use crate::diff::kind::FlowChange;

/// `MAJOR (declared 3.1.0 → needs 4.0.0) · 1 control weakened · waiting for dana.ruiz`.
pub fn headline(documents: &[DocumentImpact], approvals: &[Approval], required: Bump) -> String {
    let is_same =
        |document: &DocumentImpact| document.changes.is_empty() && document.inherited.is_empty();
    if documents.iter().all(is_same) {
        return "NONE · nothing changed".to_owned();
    }
    let mut parts = vec![format!("{}{}", word(required), versions(documents))];
    let changes: Vec<(&DocumentImpact, &JudgedChange)> = documents
        .iter()
        .flat_map(|document| {
            document
                .changes
                .iter()
                .map(move |judged| (document, judged))
        })
        .collect();
    let count = |fits: &dyn Fn(&DocumentImpact, &JudgedChange) -> bool| {
        let fitting = changes
            .iter()
            .filter(|(document, judged)| fits(document, judged));
        fitting.count()
    };
    let own_of = |fits: &dyn Fn(&JudgedChange) -> bool| -> usize {
        let own = documents.iter().map(|document| own(document, fits));
        own.sum()
    };
    let weakened = own_of(&weakens);
    let review = own_of(&|judged| judged.verdict.class == Class::Review);
    let moved =
        count(&|_, judged| is_state(judged) && judged.verdict.in_flight == InFlightEffect::Migrate);
    let stranded = count(&|document, judged| {
        judged.verdict.plan_missing && judged.accepted.is_none() && !document.was_draft
    });
    parts.extend(counted(weakened, "control weakened", "controls weakened"));
    parts.extend(counted(review, "change to judge", "changes to judge"));
    parts.extend(counted(
        moved,
        "state needs migration",
        "states need migration",
    ));
    parts.extend(counted(
        stranded,
        "change without a plan for running cases",
        "changes without a plan for running cases",
    ));
    let stuck: usize = documents
        .iter()
        .filter(|document| !document.was_draft)
        .map(|document| document.stranded.len())
        .sum();
    parts.extend(counted(
        stuck,
        "state strands running cases",
        "states strand running cases",
    ));
    parts.extend(waiting(approvals));
    if parts.len() == 1 && required == Bump::None {
        parts.push("nothing that anybody relies on changed".to_owned());
    }
    parts.join(" · ")
}

fn weakens(judged: &JudgedChange) -> bool {
    judged.verdict.control == ControlEffect::Weakened
}

/// How many changes are so, without those that follow from one that is to be decided anyway.
fn own(document: &DocumentImpact, fits: &dyn Fn(&JudgedChange) -> bool) -> usize {
    let causes = causes(&document.changes);
    let changes = document.changes.iter().zip(causes);
    let own = changes.filter(|(judged, cause)| {
        let cause = cause.map(|cause| &document.changes[cause]);
        let is_decided = |cause: &JudgedChange| fits(cause) || weakens(cause);
        fits(judged) && !cause.is_some_and(is_decided)
    });
    own.count()
}

fn word(required: Bump) -> String {
    required.as_str().to_uppercase()
}

fn counted(count: usize, one: &str, many: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    }
}

fn is_state(judged: &JudgedChange) -> bool {
    matches!(
        judged.change.kind,
        ChangeKind::Flow(FlowChange::StateRemoved | FlowChange::StateRenamed)
    )
}

fn versions(documents: &[DocumentImpact]) -> String {
    let low: Vec<&DocumentImpact> = documents
        .iter()
        .filter(|document| !document.declaration.ok())
        .collect();
    match low[..] {
        [] => String::new(),
        [document] => {
            let declared = document.declaration.after.as_ref();
            let needed = document.declaration.needed();
            let name = if documents.len() > 1 {
                format!("{} ", document.facts.name())
            } else {
                String::new()
            };
            match (declared, needed) {
                (Some(declared), Some(needed)) => {
                    format!(" ({name}declared {declared} → needs {needed})")
                }
                (_, Some(needed)) => format!(" ({name}declared none → needs {needed})"),
                (_, None) => String::new(),
            }
        }
        _ => format!(" ({} versions too low)", low.len()),
    }
}

fn waiting(approvals: &[Approval]) -> Option<String> {
    let people: BTreeSet<&str> = approvals
        .iter()
        .filter(|approval| approval.state != State::Given)
        .map(|approval| approval.who.as_str())
        .collect();
    let people: Vec<&str> = people.into_iter().collect();
    match people.len() {
        0 => None,
        1..=3 => Some(format!("waiting for {}", people.join(", "))),
        count => Some(format!("waiting for {count} approvers")),
    }
}
