//! What an approval is bound to: the texts of a document and of all that it rests on, before and
//! after. One more push that touches any of them gives another digest; other documents in the same
//! change do not.

use std::collections::{BTreeMap, BTreeSet};

use super::impact::Side;
use crate::diff::DocumentChanges;
use crate::model::Closure;
use crate::plan::Digest;
use crate::source::Sources;
use crate::syntax::{DocumentKind, Entity};

/// The kinds that a workflow rests on. People and teams are not among them: who may approve is
/// decided by the directory of the base, and a newcomer makes no approval stale.
const RESTS_ON: [DocumentKind; 5] = [
    DocumentKind::Contract,
    DocumentKind::Queue,
    DocumentKind::System,
    DocumentKind::Calendar,
    DocumentKind::Decision,
];

/// A document, or a file that one names, with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The kind; that of the document that names it for a file.
    pub kind: DocumentKind,
    /// The name, or the path of the file.
    pub name: String,
    /// The files that it is written in.
    pub paths: BTreeSet<String>,
    /// The text.
    pub text: String,
}

/// `workflow/refund`, as approvals name a document.
pub fn subject(kind: DocumentKind, name: &str) -> String {
    if name.is_empty() {
        kind.as_str().to_owned()
    } else {
        format!("{}/{name}", kind.as_str())
    }
}

/// A document and all that it rests on, the document first. Empty when there is no such document.
pub fn parts(side: Side<'_>, kind: DocumentKind, name: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = part(side, kind, name).into_iter().collect();
    if parts.is_empty() {
        return parts;
    }
    if kind == DocumentKind::Contract {
        parts.extend(schema_file(side, name));
    }
    let workflow = side.model.workflow(name);
    let Some(workflow) = workflow.filter(|_| kind == DocumentKind::Workflow) else {
        return parts;
    };
    let closure = Closure::of(side.model, workflow);
    for kind in RESTS_ON {
        for name in closure.names(kind) {
            parts.extend(part(side, kind, name));
            if kind == DocumentKind::Contract {
                parts.extend(schema_file(side, name));
            }
        }
    }
    // Named retries and lists are written there.
    parts.extend(part(side, DocumentKind::Project, ""));
    parts
}

/// The digest of a change of a document.
pub fn digest(changes: &DocumentChanges, before: Side<'_>, after: Side<'_>) -> Digest {
    let texts = |side: Side<'_>, name: Option<&str>| -> BTreeMap<(DocumentKind, String), Digest> {
        let parts = name.map(|name| parts(side, changes.kind, name));
        let parts = parts.into_iter().flatten();
        parts
            .map(|part| {
                let digest = Digest::of_bytes(part.text.as_bytes());
                ((part.kind, part.name), digest)
            })
            .collect()
    };
    let name =
        |side: &Option<crate::diff::DocumentSide>| side.as_ref().map(|side| side.name.clone());
    let (old_name, new_name) = (name(&changes.before), name(&changes.after));
    let (old, new) = (
        texts(before, old_name.as_deref()),
        texts(after, new_name.as_deref()),
    );
    let keys: BTreeSet<&(DocumentKind, String)> = old.keys().chain(new.keys()).collect();
    let mut lines = subject(changes.kind, changes.name());
    for key in keys {
        let (before, after) = (old.get(key), new.get(key));
        if before != after {
            let word = |digest: Option<&Digest>| digest.map_or("-", Digest::as_str).to_owned();
            lines.push_str(&format!(
                "\n{}\t{}\t{}",
                subject(key.0, &key.1),
                word(before),
                word(after)
            ));
        }
    }
    Digest::of_bytes(lines.as_bytes())
}

fn part(side: Side<'_>, kind: DocumentKind, name: &str) -> Option<Part> {
    let project = &side.model.project;
    let sources = side.sources;
    let found = match kind {
        DocumentKind::Workflow => written(&project.workflows, name, sources),
        DocumentKind::Contract => written(&project.contracts, name, sources),
        DocumentKind::Queue => written(&project.queues, name, sources),
        DocumentKind::Team => written(&project.teams, name, sources),
        DocumentKind::Person => written(&project.people, name, sources),
        DocumentKind::System => written(&project.systems, name, sources),
        DocumentKind::Calendar => written(&project.calendars, name, sources),
        DocumentKind::Decision => written(&project.decisions, name, sources),
        DocumentKind::Policy => written(&project.policies, name, sources),
        DocumentKind::Scenarios => written(&project.scenarios, name, sources),
        DocumentKind::ProcessMap => written(&project.process_maps, name, sources),
        DocumentKind::Project => project.configs.first().map(|config| {
            let file = sources.file(config.span.source);
            let paths = BTreeSet::from([file.path().to_owned()]);
            (file.text().to_owned(), paths)
        }),
    };
    found.map(|(text, paths)| Part {
        kind,
        name: name.to_owned(),
        paths,
        text,
    })
}

/// The text of a document with the files that hold it; scenarios of a workflow may be in several.
fn written<T>(
    entities: &[Entity<T>],
    name: &str,
    sources: &Sources,
) -> Option<(String, BTreeSet<String>)> {
    let own = entities.iter().filter(|entity| entity.name.value == name);
    let own: Vec<&Entity<T>> = own.collect();
    if own.is_empty() {
        return None;
    }
    let texts: Vec<&str> = own.iter().map(|entity| sources.text(entity.span)).collect();
    let paths = own.iter();
    let paths = paths.map(|entity| sources.file(entity.span.source).path().to_owned());
    Some((texts.join("\n"), paths.collect()))
}

/// The JSON Schema file that a contract names.
fn schema_file(side: Side<'_>, contract: &str) -> Option<Part> {
    let contract = side.model.contract(contract)?;
    let written = &contract.body.json_schema.as_ref()?.path;
    let files = &side.model.surroundings.files;
    let path = files.find(written)?;
    Some(Part {
        kind: DocumentKind::Contract,
        name: path.to_owned(),
        paths: BTreeSet::from([path.to_owned()]),
        text: files.text(written)?.to_owned(),
    })
}
