//! The preview of a rollout stage in the report of a check: what would newly fail, by document.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::view::{place, reported_document};
use super::wording::{clickable, count, one_line};
use super::{LevelWord, Place, ReportedDocument};
use crate::check::finding::DocumentName;
use crate::check::stage::{NewlyFailing, PreviewedWorkflow};
use crate::rule::{Level, RuleId, Stage};
use crate::source::Sources;

/// Findings judged as if workflows were at another rollout stage than they are.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedPreview {
    /// The stage that is previewed.
    #[schemars(range(max = 4))]
    pub stage: Stage,
    /// The previewed workflows, then other documents with something that would newly fail.
    pub documents: Vec<PreviewedDocument>,
}

/// What the stage would mean for one document.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PreviewedDocument {
    /// The document; null for files that could not be read.
    pub document: Option<ReportedDocument>,
    /// The stage that a workflow is at today; null for other documents.
    pub stage: Option<Stage>,
    /// True for a draft, of which nothing is enforced.
    pub draft: bool,
    /// What would fail, and does not today.
    pub newly_failing: Vec<ReportedNewlyFailing>,
}

/// A finding that would newly fail.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedNewlyFailing {
    /// The rule.
    #[schemars(with = "String")]
    pub rule: RuleId,
    /// The level at the previewed stage.
    #[serde(with = "LevelWord")]
    pub level: Level,
    /// The level today; null when it is not found today.
    #[schemars(with = "Option<LevelWord>")]
    #[serde(serialize_with = "level_today")]
    pub before: Option<Level>,
    /// What is wrong.
    pub message: String,
    /// The characters that are wrong.
    pub span: Place,
    /// The fingerprint of the finding.
    pub fingerprint: String,
}

fn level_today<S: serde::Serializer>(
    level: &Option<Level>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    level.map(Level::as_str).serialize(serializer)
}

impl ReportedPreview {
    /// Everything that would newly fail.
    pub fn newly_failing(&self) -> impl Iterator<Item = &ReportedNewlyFailing> {
        self.documents
            .iter()
            .flat_map(|document| &document.newly_failing)
    }

    /// What the reader must know before anything else.
    pub fn headline(&self) -> String {
        let workflows = self
            .documents
            .iter()
            .filter(|document| document.stage.is_some())
            .count();
        let they = if workflows == 1 {
            "it was"
        } else {
            "they were"
        };
        format!(
            "Preview of rollout stage {}: {} judged as if {they} there. No file is changed.",
            self.stage,
            count(workflows, "workflow"),
        )
    }
}

impl PreviewedDocument {
    /// The name, the way from stage to stage, and how much would newly fail.
    pub fn headline(&self, to: Stage) -> String {
        let name = match &self.document {
            Some(document) => one_line(&format!("{} {}", document.kind, document.name)),
            None => "unreadable files".to_owned(),
        };
        let name = name.trim_end();
        let way = match self.stage {
            Some(from) if from == to => format!(" (at stage {to} already)"),
            Some(from) => format!(" (stage {from} → {to})"),
            None => String::new(),
        };
        match (self.newly_failing.len(), self.draft) {
            (0, true) => format!("{name}{way}: a draft, of which nothing is enforced"),
            (0, false) => format!("{name}{way}: nothing would newly fail"),
            (number, _) => format!("{name}{way}: {} would newly fail", count(number, "finding")),
        }
    }
}

impl ReportedNewlyFailing {
    /// Where it is and what it is today.
    pub fn line(&self) -> String {
        let today = match self.before {
            Some(level) => format!("{level} today"),
            None => "not reported today".to_owned(),
        };
        format!("{} at {} ({today})", self.rule, clickable(&self.span))
    }
}

/// The section of a report.
pub fn preview(
    sources: &Sources,
    stage: Stage,
    workflows: &[PreviewedWorkflow],
    newly: &[NewlyFailing<'_>],
) -> ReportedPreview {
    let mut by_document: BTreeMap<Option<DocumentName>, Vec<ReportedNewlyFailing>> =
        BTreeMap::new();
    for newly in newly {
        by_document
            .entry(newly.finding.document.clone())
            .or_default()
            .push(reported(sources, newly));
    }
    let mut documents: Vec<PreviewedDocument> = workflows
        .iter()
        .map(|workflow| {
            let name = Some(DocumentName {
                kind: "workflow",
                name: workflow.name.clone(),
            });
            PreviewedDocument {
                document: name.as_ref().map(reported_document),
                stage: Some(workflow.stage),
                draft: workflow.is_draft,
                newly_failing: by_document.remove(&name).unwrap_or_default(),
            }
        })
        .collect();
    documents.extend(
        by_document
            .into_iter()
            .map(|(name, newly_failing)| PreviewedDocument {
                document: name.as_ref().map(reported_document),
                stage: None,
                draft: false,
                newly_failing,
            }),
    );
    ReportedPreview { stage, documents }
}

fn reported(sources: &Sources, newly: &NewlyFailing<'_>) -> ReportedNewlyFailing {
    let diagnostic = &newly.finding.diagnostic;
    ReportedNewlyFailing {
        rule: diagnostic.rule.id.clone(),
        level: diagnostic.level,
        before: newly.before,
        message: diagnostic.message.clone(),
        span: place(sources, diagnostic.span),
        fingerprint: newly.finding.fingerprint.clone(),
    }
}
