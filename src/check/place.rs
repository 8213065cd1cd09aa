//! Which document a finding is about, and at which path.

use super::{DocumentName, Finding, Loaded, fingerprint};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::{DocumentKind, Entity, Project};
use crate::yaml::path;

/// Where documents lie.
pub(super) struct Places<'a> {
    loaded: &'a Loaded,
    /// Documents by span, sorted.
    documents: Vec<(Span, DocumentName)>,
}

impl<'a> Places<'a> {
    pub(super) fn new(loaded: &'a Loaded) -> Self {
        let mut documents = documents(&loaded.model.project);
        documents.sort();
        Places { loaded, documents }
    }

    pub(super) fn locate(&self, diagnostic: Diagnostic) -> Finding {
        let document = self.document(diagnostic.span);
        let path = self.path(diagnostic.span, document);
        let (kind, name) =
            document.map_or(("", ""), |document| (document.kind, document.name.as_str()));
        let mut parts = vec![diagnostic.rule.id.as_ref(), kind, name, path.as_str()];
        let file = self.loaded.sources.file(diagnostic.span.source).path();
        if document.is_none() {
            parts.push(file);
        }
        Finding {
            fingerprint: fingerprint(&parts),
            document: document.cloned(),
            path,
            diagnostic,
            suppressed: None,
        }
    }

    fn document(&self, span: Span) -> Option<&DocumentName> {
        let after = self
            .documents
            .partition_point(|(document, _)| document.start_key() <= span.start_key());
        self.documents[..after]
            .iter()
            .rev()
            .take_while(|(document, _)| document.source == span.source)
            .find(|(document, _)| document.contains(span))
            .map(|(_, name)| name)
    }

    /// The path inside the document, without the root key and the name that lead to it.
    fn path(&self, span: Span, document: Option<&DocumentName>) -> String {
        let text = self.loaded.sources.file(span.source).text();
        let segments = self
            .loaded
            .streams
            .iter()
            .filter(|(source, _)| *source == span.source)
            .flat_map(|(_, stream)| &stream.documents)
            .map(|yaml| path::path_at(yaml, text, span))
            .find(|segments| !segments.is_empty())
            .unwrap_or_default();
        let skipped = document.map_or(0, |document| prefix_length(document, &segments));
        segments[skipped.min(segments.len())..].join(".")
    }
}

/// How many segments lead to the document itself: `workflow` or `queues`, `name`.
fn prefix_length(document: &DocumentName, segments: &[String]) -> usize {
    let kind = DocumentKind::ALL
        .into_iter()
        .find(|kind| kind.as_str() == document.kind);
    match kind.map(DocumentKind::root_keys) {
        Some((_, Some(plural))) if segments.first().is_some_and(|first| first == plural) => 2,
        Some((singular, _)) if segments.first().is_some_and(|first| first == singular) => 1,
        _ => 0,
    }
}

/// Every document with its name, kind by kind.
pub(super) fn documents(project: &Project) -> Vec<(Span, DocumentName)> {
    let mut documents = Vec::new();
    add(DocumentKind::Workflow, &project.workflows, &mut documents);
    add(DocumentKind::Contract, &project.contracts, &mut documents);
    add(DocumentKind::Queue, &project.queues, &mut documents);
    add(DocumentKind::Team, &project.teams, &mut documents);
    add(DocumentKind::Person, &project.people, &mut documents);
    add(DocumentKind::System, &project.systems, &mut documents);
    add(DocumentKind::Calendar, &project.calendars, &mut documents);
    add(DocumentKind::Decision, &project.decisions, &mut documents);
    add(DocumentKind::Policy, &project.policies, &mut documents);
    add(DocumentKind::Policy, &project.packs, &mut documents);
    add(DocumentKind::Scenarios, &project.scenarios, &mut documents);
    add(
        DocumentKind::ProcessMap,
        &project.process_maps,
        &mut documents,
    );
    add(DocumentKind::Project, &project.configs, &mut documents);
    documents
}

fn add<T>(kind: DocumentKind, entities: &[Entity<T>], documents: &mut Vec<(Span, DocumentName)>) {
    for entity in entities {
        let name = DocumentName {
            kind: kind.as_str(),
            name: entity.name.value.clone(),
        };
        documents.push((entity.span, name));
    }
}

impl Span {
    fn start_key(self) -> (crate::source::SourceId, u32) {
        (self.source, self.start)
    }
}
