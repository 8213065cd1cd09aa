//! What is found in two states of which only a part was read.

use std::collections::BTreeSet;

use super::Part;
use super::survey::Survey;
use crate::check::{Finding, Loaded, check};
use crate::diff::diff;
use crate::model::rules::UNRESOLVED_REFERENCE;
use crate::policy::rules::POLICY_INVALID;
use crate::policy::{Policies, rego};
use crate::syntax::DocumentKind;

/// Reads a part of both states.
type LoadPart<'a, E> = dyn Fn(&Part) -> Result<(Loaded, Loaded), E> + 'a;

/// Two states of a project, read as far as their comparison needs.
pub struct Sides {
    /// The state before.
    pub before: Loaded,
    /// The state after.
    pub after: Loaded,
    /// What is found before and after, when that was asked for.
    pub findings: Option<(Vec<Finding>, Vec<Finding>)>,
    /// The files in which the change can make a difference to findings; `None` stands for all.
    pub reached: Option<BTreeSet<String>>,
    /// The digests of the files that may hold documents, before and after.
    pub digests: (String, String),
}

/// Reads two states as far as their comparison needs. `load` reads a part of both.
///
/// # Errors
/// Those of `load`.
pub fn open<E>(
    (before, after): (&Survey<'_>, &Survey<'_>),
    needs_findings: bool,
    load: &LoadPart<'_, E>,
) -> Result<Sides, E> {
    let digests = (before.digest(), after.digest());
    if !needs_findings {
        let (before, after) = load(&super::of(before, after))?;
        return Ok(Sides {
            before,
            after,
            findings: None,
            reached: None,
            digests,
        });
    }
    let (part, reached) = super::of_findings(before, after);
    let (mut before, mut after) = load(&part)?;
    let within = reached.as_ref();
    let findings = within.and_then(|reached| of_parts((&before, &after), reached));
    let findings = match findings {
        Some(findings) => findings,
        None => {
            if part != Part::Whole {
                (before, after) = load(&Part::Whole)?;
            }
            (check(&before), check(&after))
        }
    };
    Ok(Sides {
        before,
        after,
        findings: Some(findings),
        reached,
        digests,
    })
}

/// What is found before and after, as far as it can differ; `None` when only everything can tell,
/// because something judges the project as a whole or a name leads nowhere, for which all names count.
fn of_parts(
    (before, after): (&Loaded, &Loaded),
    reached: &BTreeSet<String>,
) -> Option<(Vec<Finding>, Vec<Finding>)> {
    let judges_whole = judges_whole(before) || judges_whole(after);
    let changes = diff(&before.model, &after.model);
    let judge_changes = |kind: DocumentKind| changes.iter().any(|it| it.kind == kind);
    if judges_whole || judge_changes(DocumentKind::Policy) {
        return None;
    }
    let (old, new) = (check(before), check(after));
    let leads_nowhere = |side: &Loaded, findings: &[Finding], other: &[Finding]| {
        let known: BTreeSet<&str> = other.iter().map(|it| it.fingerprint.as_str()).collect();
        findings.iter().any(|finding| {
            let rule = finding.diagnostic.rule.id.as_ref();
            let path = side.sources.file(finding.diagnostic.span.source).path();
            let counts = reached.contains(path) || !known.contains(finding.fingerprint.as_str());
            counts && (rule == UNRESOLVED_REFERENCE.id || rule == POLICY_INVALID.id)
        })
    };
    let is_open = leads_nowhere(before, &old, &new) || leads_nowhere(after, &new, &old);
    (!is_open).then_some((old, new))
}

fn judges_whole(side: &Loaded) -> bool {
    let project = &side.model.project;
    let config = side.model.config();
    config.is_some_and(|config| !config.suppress.is_empty())
        || !rego::paths(project).is_empty()
        || !Policies::of(project.all_policies()).are_local()
}
