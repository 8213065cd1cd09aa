//! The precondition of a plan: a workflow whose findings leave no hole in what would run.
//!
//! A workflow is sound when nothing is found wrong with it or with the documents that it rests on.
//! Which findings count:
//!
//! - **Every finding at error level**, of whatever family: a plan without an accountable owner or
//!   with an approval that somebody can give to himself would run, and should not. Findings that
//!   the author accepted for a while (`suppress:`) and findings that the configuration lowered to a
//!   warning do not count.
//! - **Every finding of reading, decoding and resolving that is an error by default** (invalid
//!   YAML, unknown and missing keys, wrong types and values, unresolved and duplicate names,
//!   exclusive keys), even where it was accepted or lowered: such a finding means that something
//!   the author wrote was not understood, and the plan would be silently without it.
//!
//! Which documents count: the workflow, the project file, which holds retries and lists, and the
//! [`Closure`] of the workflow. What stands in the workflow's file and belongs to no document that
//! could be read counts too, since it may be a part of the workflow.

use super::Model;
use super::closure::Closure;
use crate::diagnostic::Diagnostic;
use crate::rule::{DefaultLevel, Level};
use crate::source::Span;
use crate::syntax::workflow::Workflow;
use crate::syntax::{DocumentKind, Entity, Project};

/// A workflow of a model that can be lowered to a plan; made by [`Model::sound`] only.
#[derive(Debug, Clone, Copy)]
pub struct Sound<'m> {
    model: &'m Model,
    workflow: &'m Entity<Workflow>,
}

impl<'m> Sound<'m> {
    /// The resolved project.
    pub fn model(self) -> &'m Model {
        self.model
    }

    /// The workflow.
    pub fn workflow(self) -> &'m Entity<Workflow> {
        self.workflow
    }
}

/// A finding at its final level, with the author's word about it.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'d> {
    /// The finding, at the level that the configuration gives it.
    pub diagnostic: &'d Diagnostic,
    /// True when the author accepted it for a while.
    pub accepted: bool,
}

impl<'d> From<&'d Diagnostic> for Judged<'d> {
    fn from(diagnostic: &'d Diagnostic) -> Self {
        Judged {
            diagnostic,
            accepted: false,
        }
    }
}

/// Why there is no plan.
#[derive(Debug)]
pub enum NotSound<'d> {
    /// The project has no workflow of that name.
    Unknown,
    /// What must be mended first, in the order in which it was given.
    Findings(Vec<&'d Diagnostic>),
}

impl Model {
    /// The workflow of a name, when nothing is found wrong with what would run; see the
    /// [module](self) for what counts. Pass every finding of the project, those of reading and
    /// decoding included.
    ///
    /// # Errors
    /// When there is no such workflow, or with the findings that stand in the way.
    pub fn sound<'d>(
        &self,
        workflow: &str,
        findings: impl IntoIterator<Item = Judged<'d>>,
    ) -> Result<Sound<'_>, NotSound<'d>> {
        let Some(entity) = self.workflow(workflow) else {
            return Err(NotSound::Unknown);
        };
        let places = Places::of(self, entity);
        let blocking: Vec<&Diagnostic> = findings
            .into_iter()
            .filter(|finding| blocks(*finding) && places.concern(finding.diagnostic.span))
            .map(|finding| finding.diagnostic)
            .collect();
        if blocking.is_empty() {
            Ok(Sound {
                model: self,
                workflow: entity,
            })
        } else {
            Err(NotSound::Findings(blocking))
        }
    }
}

fn blocks(finding: Judged<'_>) -> bool {
    let rule = finding.diagnostic.rule;
    let leaves_a_hole = rule.level == DefaultLevel::Always(Level::Error)
        && [
            crate::yaml::rules::RULES,
            crate::syntax::rules::RULES,
            super::rules::RULES,
        ]
        .iter()
        .any(|rules| rules.iter().any(|known| known.id == rule.id));
    leaves_a_hole || (finding.diagnostic.level == Level::Error && !finding.accepted)
}

/// The places whose findings concern one workflow.
struct Places {
    workflow: Span,
    inside: Vec<Span>,
    documents: Vec<Span>,
}

impl Places {
    fn of(model: &Model, workflow: &Entity<Workflow>) -> Self {
        let closure = Closure::of(model, workflow);
        let documents = places(&model.project);
        let inside = documents
            .iter()
            .filter(|(kind, name, _)| {
                *kind == DocumentKind::Project || closure.contains(*kind, name)
            })
            .map(|(_, _, span)| *span)
            .collect();
        Places {
            workflow: workflow.span,
            inside,
            documents: documents.into_iter().map(|(_, _, span)| span).collect(),
        }
    }

    fn concern(&self, place: Span) -> bool {
        let covered_by = |spans: &[Span]| spans.iter().any(|span| span.contains(place));
        covered_by(&self.inside)
            || (place.source == self.workflow.source && !covered_by(&self.documents))
    }
}

/// Every named document with its kind and place.
fn places(project: &Project) -> Vec<(DocumentKind, &str, Span)> {
    fn of<T>(
        kind: DocumentKind,
        entities: &[Entity<T>],
    ) -> impl Iterator<Item = (DocumentKind, &str, Span)> {
        entities
            .iter()
            .map(move |entity| (kind, entity.name.value.as_str(), entity.span))
    }
    of(DocumentKind::Workflow, &project.workflows)
        .chain(of(DocumentKind::Contract, &project.contracts))
        .chain(of(DocumentKind::Queue, &project.queues))
        .chain(of(DocumentKind::Team, &project.teams))
        .chain(of(DocumentKind::Person, &project.people))
        .chain(of(DocumentKind::System, &project.systems))
        .chain(of(DocumentKind::Calendar, &project.calendars))
        .chain(of(DocumentKind::Decision, &project.decisions))
        .chain(of(DocumentKind::Policy, &project.policies))
        .chain(of(DocumentKind::Scenarios, &project.scenarios))
        .chain(of(DocumentKind::ProcessMap, &project.process_maps))
        .chain(of(DocumentKind::Project, &project.configs))
        .collect()
}
