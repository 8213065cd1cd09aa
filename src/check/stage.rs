//! A rollout stage before it is reached: the project as if workflows were there, and what of it
//! would fail that does not fail today.

use std::collections::HashMap;

use super::{Finding, Loaded};
use crate::rule::{Level, Stage};
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::governance::{RolloutStage, Status};
use crate::syntax::workflow::Workflow;

/// A workflow that is judged at another stage than it is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewedWorkflow {
    /// The name.
    pub name: String,
    /// The stage that it is at today.
    pub stage: Stage,
    /// Drafts are reported, not enforced, at whatever stage.
    pub is_draft: bool,
}

/// Puts the selected workflows to a stage, as if their files said so. Returns them as they were,
/// in path order.
pub fn put_to_stage(
    loaded: &mut Loaded,
    stage: Stage,
    selected: impl Fn(&Entity<Workflow>) -> bool,
) -> Vec<PreviewedWorkflow> {
    let workflows = loaded.model.project.workflows.iter_mut();
    workflows
        .filter(|workflow| selected(workflow))
        .map(|workflow| {
            let body = &mut workflow.body;
            let previewed = PreviewedWorkflow {
                name: workflow.name.value.clone(),
                stage: body.rollout_stage(),
                is_draft: body.status.map(|status| status.value) == Some(Status::Draft),
            };
            let span = body.stage.map_or(workflow.name.span, |stage| stage.span);
            body.stage = Some(Spanned::new(RolloutStage { number: stage }, span));
            previewed
        })
        .collect()
}

/// A finding that would fail a run at the previewed stage, and does not today.
#[derive(Debug, Clone, Copy)]
pub struct NewlyFailing<'a> {
    /// The finding at the previewed stage.
    pub finding: &'a Finding,
    /// Its level today; absent when it is not found today.
    pub before: Option<Level>,
}

/// The findings at or above `failing` that are below it today.
pub fn newly_failing<'a>(
    today: &[Finding],
    previewed: &'a [Finding],
    failing: Level,
) -> Vec<NewlyFailing<'a>> {
    let levels: HashMap<&str, Level> = counted(today)
        .map(|finding| (finding.fingerprint.as_str(), finding.diagnostic.level))
        .collect();
    counted(previewed)
        .filter(|finding| finding.diagnostic.level >= failing)
        .map(|finding| NewlyFailing {
            finding,
            before: levels.get(finding.fingerprint.as_str()).copied(),
        })
        .filter(|newly| newly.before.is_none_or(|before| before < failing))
        .collect()
}

fn counted(findings: &[Finding]) -> impl Iterator<Item = &Finding> {
    let counts = |finding: &&Finding| finding.suppressed.is_none();
    findings.iter().filter(counts)
}
