//! Breaking changes that are accepted on purpose: by an entry in the document that names the change,
//! with a reason, a person and a date. It counts for that change only, and for as long as the change
//! is not released.

use super::approvals;
use super::impact::{DocumentImpact, JudgedChange};
use super::selector::{fits_change, fits_document};
use crate::diff::approver_text;
use crate::model::Model;
use crate::source::{Span, Spanned};
use crate::syntax::DocumentKind;
use crate::syntax::governance::Acceptance;
use crate::syntax::policy::{AcceptanceRule, Approver};

/// Why a breaking change does not demand what it would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The reason that was given.
    pub reason: String,
    /// Who accepts it.
    pub approved_by: String,
    /// The day on which it was accepted, as `2026-11-20`.
    pub date: String,
}

/// Whether an entry counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    InForce,
    /// It lacks these keys, or its date is still to come.
    Incomplete(Vec<&'static str>),
    /// Nothing that changed since the last release is what it names.
    Unused,
    /// A policy of the base says who may accept this, and it is not this person.
    Forbidden {
        /// The policy.
        policy: String,
        /// Who may: nobody when empty.
        by: Vec<String>,
    },
}

impl Standing {
    /// The word that outputs use.
    pub fn as_str(&self) -> &'static str {
        match self {
            Standing::InForce => "in_force",
            Standing::Incomplete(_) => "incomplete",
            Standing::Unused => "unused",
            Standing::Forbidden { .. } => "forbidden",
        }
    }
}

/// An entry of a document with what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptanceRow {
    /// The kind of the document.
    pub kind: DocumentKind,
    /// The document.
    pub document: String,
    /// The change as the entry names it: `9f2c41d07a3e`, or `sla-loosened at sla.resolution`.
    pub change: String,
    /// Where the entry names the change, in the texts of after.
    pub span: Span,
    /// The reason, where one is given.
    pub reason: Option<String>,
    /// Who accepts it, where somebody is named.
    pub approved_by: Option<String>,
    /// The day, where one is given.
    pub date: Option<String>,
    /// Whether it counts.
    pub standing: Standing,
}

/// The keys that an entry lacks to count on a day.
pub fn missing(entry: &Acceptance, today: jiff::civil::Date) -> Vec<&'static str> {
    let keys = [
        ("reason", entry.reason.is_none()),
        ("approved_by", entry.approved_by.is_none()),
        (
            "date",
            entry.date.is_none_or(|date| date.value.civil > today),
        ),
    ];
    let missing = keys.into_iter().filter(|(_, is_missing)| *is_missing);
    missing.map(|(key, _)| key).collect()
}

/// How an entry names its change.
pub fn named(entry: &Acceptance) -> String {
    let change = entry.change.as_ref().map_or("", |change| &change.value);
    match &entry.at {
        Some(at) => format!("{change} at {}", at.value),
        None => change.to_owned(),
    }
}

/// Marks the changes of a document that its entries accept. The policies of `base` say who may.
pub(super) fn settle(
    document: &mut DocumentImpact,
    entries: &[Spanned<Acceptance>],
    base: &Model,
    after: &Model,
) -> Vec<AcceptanceRow> {
    let mut rows = Vec::new();
    for entry in entries {
        let standing = standing(document, &entry.value, base, after);
        if standing == Standing::InForce {
            let accepted = accepted(&entry.value);
            for judged in matching(document, &entry.value) {
                judged.accepted = Some(accepted.clone());
            }
        }
        let accepted = accepted(&entry.value);
        let written = |text: String| Some(text).filter(|text| !text.is_empty());
        rows.push(AcceptanceRow {
            kind: document.facts.kind,
            document: document.facts.name().to_owned(),
            change: named(&entry.value),
            span: entry
                .value
                .change
                .as_ref()
                .map_or(entry.span, |change| change.span),
            reason: written(accepted.reason),
            approved_by: written(accepted.approved_by),
            date: written(accepted.date),
            standing,
        });
    }
    rows
}

fn accepted(entry: &Acceptance) -> Accepted {
    let person = entry
        .approved_by
        .as_ref()
        .map(|person| person.name.value.clone());
    Accepted {
        reason: entry
            .reason
            .as_ref()
            .map(|reason| reason.value.clone())
            .unwrap_or_default(),
        approved_by: person.unwrap_or_default(),
        date: entry
            .date
            .map(|date| date.value.civil.to_string())
            .unwrap_or_default(),
    }
}

/// The changes that an entry names: those of the change, and those since the last release.
fn matching<'d>(
    document: &'d mut DocumentImpact,
    entry: &Acceptance,
) -> impl Iterator<Item = &'d mut JudgedChange> {
    let change = entry.change.as_ref().map(|change| change.value.clone());
    let at = entry.at.as_ref().map(|at| at.value.clone());
    let since = document.since_release.iter_mut().flatten();
    let changes = document.changes.iter_mut().chain(since);
    changes.filter(move |judged| {
        let by_fingerprint = at.is_none() && change.as_ref() == Some(&judged.verdict.fingerprint);
        let by_kind = change.as_deref() == Some(judged.meta.id)
            && at.as_deref().unwrap_or_default() == judged.change.path;
        by_fingerprint || by_kind
    })
}

fn standing(
    document: &mut DocumentImpact,
    entry: &Acceptance,
    base: &Model,
    after: &Model,
) -> Standing {
    let missing = missing(entry, after.surroundings.today);
    if !missing.is_empty() {
        return Standing::Incomplete(missing);
    }
    let found: Vec<JudgedChange> = matching(document, entry)
        .map(|judged| judged.clone())
        .collect();
    if found.is_empty() {
        return Standing::Unused;
    }
    let approver = accepted(entry).approved_by;
    for policy in approvals::in_force(base) {
        for rule in &policy.body.acceptance {
            for judged in &found {
                if fits(&rule.value, document, judged)
                    && !may(&rule.value, &approver, document, judged, (base, after))
                {
                    return Standing::Forbidden {
                        policy: policy.name.value.clone(),
                        by: whom(&rule.value),
                    };
                }
            }
        }
    }
    Standing::InForce
}

fn fits(rule: &AcceptanceRule, document: &DocumentImpact, judged: &JudgedChange) -> bool {
    rule.selector
        .as_ref()
        .is_none_or(|selector| fits_document(selector, document) && fits_change(selector, judged))
}

fn whom(rule: &AcceptanceRule) -> Vec<String> {
    if is_forbidden(rule) {
        return Vec::new();
    }
    rule.by.iter().map(approver_text).collect()
}

fn is_forbidden(rule: &AcceptanceRule) -> bool {
    rule.forbid.is_some_and(|forbid| forbid.value)
}

fn may(
    rule: &AcceptanceRule,
    approver: &str,
    document: &DocumentImpact,
    judged: &JudgedChange,
    models: (&Model, &Model),
) -> bool {
    if is_forbidden(rule) {
        return false;
    }
    rule.by.is_empty()
        || rule
            .by
            .iter()
            .any(|by| is_meant(by, approver, document, judged, models))
}

/// Roles and owners are those of the base.
fn is_meant(
    by: &Approver,
    approver: &str,
    document: &DocumentImpact,
    judged: &JudgedChange,
    (base, after): (&Model, &Model),
) -> bool {
    let people = approvals::asked_before(by, document, judged, (base, after));
    people.iter().any(|who| match who.strip_prefix("role ") {
        Some(role) => base
            .role_holders(role)
            .any(|person| person.name.value == approver),
        None => who == approver,
    })
}
