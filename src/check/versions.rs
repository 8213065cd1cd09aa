//! The versions of all documents against what changed since they were released.

use super::{Comparison, Finding, Loaded, place};
use crate::compat::impact::DocumentImpact;
use crate::compat::{self, Impact, assess_changes, untouched};
use crate::diff::{DocumentChanges, diff};

/// The changes of every document with a version, those without changes among them.
pub fn all_changes(base: &Loaded, loaded: &Loaded) -> Vec<DocumentChanges> {
    let (before, after) = (&base.model, &loaded.model);
    let mut changes = diff(before, after);
    changes.extend(untouched(&changes, before, after, |_| true));
    changes
}

/// What the versions of all documents stand for, and what they ought to be. The findings are those
/// of versions that are too low.
pub fn judge(loaded: &Loaded, comparison: &Comparison<'_>) -> (Vec<DocumentImpact>, Vec<Finding>) {
    let history = comparison.past.history(&loaded.model);
    let changes = all_changes(comparison.base, loaded);
    let sides = (comparison.base.side(), loaded.side());
    let impact: Impact = assess_changes(changes, sides.0, sides.1, &history);
    let places = place::Places::new(loaded);
    let findings = compat::rules::too_low(&impact, sides, &history, &loaded.streams);
    let findings = findings.into_iter().map(|found| places.locate(found));
    let findings = findings.collect();
    let carries_a_version = |document: &DocumentImpact| {
        let side = document.facts.after.as_ref();
        side.is_some_and(|side| {
            let found = loaded
                .model
                .versioned_document(document.facts.kind, &side.name);
            found.is_some()
        })
    };
    let documents = impact.documents.into_iter().filter(carries_a_version);
    (documents.collect(), findings)
}
