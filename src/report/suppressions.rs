//! The suppressions in force in the report of a check, and which of them end soon.

use schemars::JsonSchema;
use serde::Serialize;

use super::view::{place, reported_document, reported_suppression};
use super::wording::{clickable, count, one_line};
use super::{CheckReport, Place, ReportedDocument, ReportedSuppression};
use crate::check::suppress::{ActiveSuppression, SOON_DAYS};
use crate::source::Sources;

/// A suppression that is in force.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedActiveSuppression {
    /// The rule.
    pub rule: String,
    /// The document that it is about.
    pub document: ReportedDocument,
    /// The path inside the document; null for the whole document.
    pub at: Option<String>,
    /// Why, until when, and who accepted it.
    #[serde(flatten)]
    pub terms: ReportedSuppression,
    /// True when it ends within 30 days.
    pub ends_soon: bool,
    /// How many findings do not count because of it.
    pub findings: usize,
    /// Where it is written.
    pub span: Place,
}

/// The section of a report.
pub fn suppressions(
    sources: &Sources,
    active: &[ActiveSuppression],
) -> Vec<ReportedActiveSuppression> {
    active
        .iter()
        .map(|suppression| ReportedActiveSuppression {
            rule: suppression.rule.clone(),
            document: reported_document(&suppression.document),
            at: suppression.at.clone(),
            terms: reported_suppression(&suppression.terms),
            ends_soon: suppression
                .terms
                .days_left
                .is_some_and(|days| days <= SOON_DAYS),
            findings: suppression.findings,
            span: place(sources, suppression.span),
        })
        .collect()
}

impl ReportedActiveSuppression {
    /// What is accepted where, and how long still.
    pub fn line(&self) -> String {
        let document = format!("{} {}", self.document.kind, self.document.name);
        let place = match &self.at {
            Some(at) => format!("{} at {at}", document.trim_end()),
            None => document.trim_end().to_owned(),
        };
        let by = match &self.terms.approved_by {
            Some(person) => format!(", accepted by {person}"),
            None => String::new(),
        };
        let line = format!(
            "{} in {place}: {}{by} ({})",
            self.rule,
            self.remaining(),
            clickable(&self.span)
        );
        one_line(&line)
    }

    /// How long it lasts still.
    pub fn remaining(&self) -> String {
        let until = self.terms.until.as_deref().unwrap_or_default();
        match self.terms.days_left {
            Some(0) => format!("ends today, {until}"),
            Some(left) => format!("{} left, until {until}", days(left)),
            None => "no end".to_owned(),
        }
    }
}

fn days(days: i32) -> String {
    count(usize::try_from(days).unwrap_or_default(), "day")
}

impl CheckReport {
    /// The suppressions in one line; nothing when there is none.
    pub fn suppressions_headline(&self) -> Option<String> {
        let first = self.suppressions.first()?;
        let next = match first.terms.days_left {
            Some(0) => "today".to_owned(),
            Some(left) => format!("in {}", days(left)),
            None => "never".to_owned(),
        };
        let number = count(self.suppressions.len(), "suppression");
        Some(format!("{number} in force; the next ends {next}."))
    }

    /// Those that end soon.
    pub fn ending_soon(&self) -> impl Iterator<Item = &ReportedActiveSuppression> {
        let suppressions = self.suppressions.iter();
        suppressions.filter(|suppression| suppression.ends_soon)
    }
}
