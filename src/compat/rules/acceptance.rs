//! `acceptance-incomplete`, `acceptance-forbidden`, `acceptance-unused`: breaks that are accepted on
//! purpose, but not in force.

use super::{Context, Rule};
use crate::compat::acceptance::{Standing, missing, named};
use crate::compat::impact::Impact;
use crate::declare_meta;
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::model::Model;
use crate::rule::{ERROR, WARNING};
use crate::source::Span;
use crate::yaml::edit;

declare_meta! {
    /// Finds `accept` entries without a reason, a person or a date, or with a date that is still to
    /// come. Such an entry is without effect.
    ///
    /// A breaking change that everybody concerned has agreed to can be accepted in the document
    /// itself, by its fingerprint or by its kind and place, as `flowgate diff` shows them. It then
    /// demands no more of the version than an addition, and no plan for running cases. The entry
    /// counts for that change only and until the next release, and every report shows it.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   accept: [{change: sla-loosened, at: sla.resolution, reason: Agreed with facilities.}]
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   version: 1.1.0
    ///   accept: [{change: sla-loosened, at: sla.resolution, reason: Agreed with facilities., approved_by: priya.shah, date: "2026-07-30"}]
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Say why, who accepts it, and since when.
    pub static ACCEPTANCE_INCOMPLETE = {
        id: "acceptance-incomplete",
        summary: "an accepted break without reason, person or date",
        why: "a break that nobody answers for hurts its readers all the same",
        family: Versioning,
        level: ERROR,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds `accept` entries of somebody who may not accept the change. Policies say under
    /// `acceptance` who may, and what nobody may; those of the base count, so that a change cannot
    /// allow itself to be accepted. `flowgate check --base REV` looks for it.
    ///
    /// ## Example
    ///
    /// Suppose that the base has a policy with `acceptance: [{match: {kind: workflow}, by: [{person:
    /// nadia.karim}]}]`.
    ///
    /// ```yaml,bad
    /// workflow:
    ///   version: 2.0.0
    ///   sla: {response: 4h, resolution: 5d, calendar: business}
    ///   accept: [{change: sla-loosened, at: sla.resolution, reason: Agreed with facilities., approved_by: priya.shah, date: "2026-07-30"}]
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   version: 1.1.0
    ///   sla: {response: 4h, resolution: 5d, calendar: business}
    ///   accept: [{change: sla-loosened, at: sla.resolution, reason: Agreed with facilities., approved_by: nadia.karim, date: "2026-07-30"}]
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Have the break accepted by somebody who may, or raise the version as far as it demands.
    pub static ACCEPTANCE_FORBIDDEN = {
        id: "acceptance-forbidden",
        summary: "a break accepted by somebody who may not",
        why: "whoever makes a break cannot be the one who waves it through",
        family: Versioning,
        level: ERROR,
        locked: true,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds `accept` entries that name no change: the change was released since, was taken back, or
    /// is called otherwise. Where the document was never released, what counts is the change from the
    /// base. `flowgate check --base REV` looks for it.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   version: 1.0.1
    ///   accept: [{change: sla-loosened, at: sla.resolution, reason: Agreed with facilities., approved_by: priya.shah, date: "2026-07-30"}]
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   version: 1.0.1
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Remove the entry; `flowgate check --base REV --fix` does.
    pub static ACCEPTANCE_UNUSED = {
        id: "acceptance-unused",
        summary: "an accepted break that is not there",
        why: "it would wave the next break of its kind through, without anybody having looked at it",
        family: Versioning,
        level: WARNING,
        fixable: Safe,
        since: "0.1.0",
    }
}

pub(super) const INCOMPLETE: Rule = Rule {
    meta: &ACCEPTANCE_INCOMPLETE,
    alone: Some(within),
    of_change: None,
};

pub(super) const FORBIDDEN: Rule = Rule {
    meta: &ACCEPTANCE_FORBIDDEN,
    alone: None,
    of_change: Some(forbidden),
};

pub(super) const UNUSED: Rule = Rule {
    meta: &ACCEPTANCE_UNUSED,
    alone: None,
    of_change: Some(unused),
};

/// Entries that lack something, which needs no earlier version to be seen.
fn within(model: &Model) -> Vec<Diagnostic> {
    let today = model.surroundings.today;
    let entries = model.versioned().flat_map(|document| document.accept);
    entries
        .filter_map(|entry| {
            let missing = missing(&entry.value, today);
            let span = entry.value.change.as_ref()?.span;
            if missing.is_empty() {
                return None;
            }
            let keys = missing.join("`, `");
            let named = named(&entry.value);
            Some(match entry.value.date {
                Some(date) if date.value.civil > today => Diagnostic::new(
                    &ACCEPTANCE_INCOMPLETE,
                    date.span,
                    format!("nobody can have accepted `{named}` on a day that is still to come"),
                )
                .help("write the day on which it was accepted"),
                Some(_) | None => Diagnostic::new(
                    &ACCEPTANCE_INCOMPLETE,
                    span,
                    format!("the accepted `{named}` lacks `{keys}`"),
                )
                .help(format!(
                    "add `{keys}`, or raise the version as the change demands"
                )),
            })
        })
        .collect()
}

fn forbidden(impact: &Impact, context: &mut Context<'_>) {
    for row in &impact.acceptances {
        let Standing::Forbidden { policy, by } = &row.standing else {
            continue;
        };
        let who = row.approved_by.as_deref().unwrap_or("nobody");
        let (message, help) = if by.is_empty() {
            (
                format!(
                    "`{}` may not be accepted by anybody, says the policy `{policy}`",
                    row.change
                ),
                "raise the version as far as the change demands".to_owned(),
            )
        } else {
            (
                format!(
                    "{who} may not accept `{}`, says the policy `{policy}`",
                    row.change
                ),
                format!(
                    "have it accepted by {}, or raise the version as far as the change demands",
                    by.join(" or ")
                ),
            )
        };
        let finding = context.finding(row.span, message);
        context.report(finding.help(help));
    }
}

fn unused(impact: &Impact, context: &mut Context<'_>) {
    for row in &impact.acceptances {
        if row.standing != Standing::Unused {
            continue;
        }
        let since = context.history.last.get(&(row.kind, row.document.clone()));
        let since = since.map_or("in this change".to_owned(), |released| {
            format!("since `{}`", released.tag)
        });
        let message = format!("nothing {since} is `{}`", row.change);
        let finding = context
            .finding(row.span, message)
            .help("remove the entry, or correct it; `flowgate diff` shows the changes");
        let edit = removal(row.span, context);
        context.report(match edit {
            Some(edit) => finding.fix(Fix::safe(vec![edit])),
            None => finding,
        });
    }
}

/// Removes an entry, and the whole list when it is the only one.
fn removal(change: Span, context: &Context<'_>) -> Option<Edit> {
    let document = context.after.model.versioned().find(|document| {
        let mut entries = document.accept.iter();
        entries.any(|entry| entry.span.contains(change))
    })?;
    let text = context.after.sources.file(change.source).text();
    let mapping = context.entry_at(document.key)?.value.mapping()?;
    let list = mapping.get("accept")?;
    let items = list.value.sequence()?;
    let entry = document
        .accept
        .iter()
        .find(|entry| entry.span.contains(change))?;
    if items.len() == 1 {
        edit::remove_entry(mapping, list.key.span(), text)
    } else {
        edit::remove_item(items, entry.span, text)
    }
}
