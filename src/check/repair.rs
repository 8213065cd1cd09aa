//! Applying repairs until none is left, without ever breaking a file.

use std::collections::BTreeMap;

use super::{Finding, Loaded, load};
use crate::diagnostic::fix;
use crate::diagnostic::{Applicability, Fix};
use crate::model::Surroundings;
use crate::source::{SourceId, Sources};
use crate::syntax::Project;
use crate::yaml;

/// What repairing a project gave.
#[derive(Debug)]
pub struct Repaired {
    /// The project after the repairs.
    pub loaded: Loaded,
    /// The new texts of the changed files, by path.
    pub changed: BTreeMap<String, String>,
    /// How many repairs went in.
    pub applied: usize,
}

/// Repairs can uncover others, but not without end.
const ROUNDS: usize = 20;

/// Applies every repair up to `limit` that `judge` finds in the files that `selected` accepts. A
/// repair that would leave a file unreadable is not applied.
pub fn repair(
    loaded: Loaded,
    limit: Applicability,
    selected: &dyn Fn(&str) -> bool,
    surroundings: &dyn Fn(&Project) -> Surroundings,
    judge: &dyn Fn(&Loaded) -> Vec<Finding>,
) -> Repaired {
    let mut result = Repaired {
        loaded,
        changed: BTreeMap::new(),
        applied: 0,
    };
    for _ in 0..ROUNDS {
        let findings = judge(&result.loaded);
        let (sources, applied) = repair_once(
            &result.loaded,
            &findings,
            limit,
            selected,
            &mut result.changed,
        );
        if applied == 0 {
            break;
        }
        result.applied += applied;
        result.loaded = load(sources, surroundings);
    }
    result
}

fn repair_once(
    loaded: &Loaded,
    findings: &[Finding],
    limit: Applicability,
    selected: &dyn Fn(&str) -> bool,
    changed: &mut BTreeMap<String, String>,
) -> (Sources, usize) {
    let mut sources = Sources::default();
    let mut total = 0;
    for (id, file) in loaded.sources.iter() {
        if !file.is_document() {
            sources.add_beside(file.path(), file.text());
            continue;
        }
        let fixes: Vec<&Fix> = findings
            .iter()
            .filter(|finding| finding.suppressed.is_none() && selected(file.path()))
            .filter_map(|finding| finding.diagnostic.fix.as_ref())
            .filter(|fix| fix.applicability <= limit)
            .filter(|fix| fix.edits.iter().all(|edit| edit.span.source == id))
            .collect();
        let (text, applied) = apply_unbroken(id, file.text(), &fixes);
        if applied > 0 && text != file.text() {
            changed.insert(file.path().to_owned(), text.clone());
            total += applied;
            sources.add(file.path(), text);
        } else {
            sources.add(file.path(), file.text());
        }
    }
    (sources, total)
}

/// Applies the repairs that leave the text as readable as it was; one that does not may not keep
/// the others out.
fn apply_unbroken(id: SourceId, text: &str, fixes: &[&Fix]) -> (String, usize) {
    let faults = |text: &str| yaml::parse(id, text).diagnostics.len();
    let (repaired, applied) = fix::apply(text, fixes.iter().copied());
    let limit = faults(text);
    if applied == 0 || faults(&repaired) <= limit {
        return (repaired, applied);
    }
    let mut kept: Vec<&Fix> = Vec::new();
    for fix in fixes {
        kept.push(fix);
        if faults(&fix::apply(text, kept.iter().copied()).0) > limit {
            kept.pop();
        }
    }
    fix::apply(text, kept)
}
