//! From the path of a result to the characters of the element that it names.

use super::Subject;
use super::result::ElementPath;
use crate::policy::facts::{Document, Facts, document_lists};
use crate::source::{Sources, Span};
use crate::syntax::DocumentKind;
use crate::yaml::{NodeRef, path};

/// Where the elements of a project are written.
pub(super) struct Elements<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) subject: &'a Subject<'a>,
    /// The texts of the policies, which are others when a change is judged by those of its base.
    pub(super) policies: &'a Sources,
}

impl Elements<'_> {
    /// A place in a policy as a place in the texts of the subject: the same, the file when it
    /// reads otherwise there, or the project file when it is gone.
    pub(super) fn home(&self, place: Span) -> Span {
        let texts = self.subject.sources;
        if std::ptr::eq(self.policies, texts) {
            return place;
        }
        let Some(source) = texts.find(self.policies.file(place.source).path()) else {
            let projects = self.facts.documents(DocumentKind::Project);
            let project = projects.first().map(|project| project.name().1);
            let first = || {
                texts
                    .iter()
                    .next()
                    .map(|(source, _)| Span::new(source, 0..0))
            };
            return project.or_else(first).unwrap_or(place);
        };
        let is_same =
            texts.file(source).text().get(place.range()) == Some(self.policies.text(place));
        let range = if is_same { place.range() } else { 0..0 };
        Span::new(source, range)
    }

    /// The element of a path: the document with its name, then keys and names inside it. What is
    /// not found below a document marks the last part that is.
    ///
    /// # Errors
    /// When the path names no document; with what is wrong.
    pub(super) fn find(&self, path: &ElementPath) -> Result<Span, String> {
        let parts = match path {
            ElementPath::Parts(parts) => parts.clone(),
            ElementPath::Text(text) => self.split(text),
        };
        let parts = match parts.split_first() {
            Some((first, rest)) if first == "input" => rest,
            Some(_) | None => &parts[..],
        };
        let Some((list, rest)) = parts.split_first() else {
            return Err("the path is empty".to_owned());
        };
        let Some(kind) = kind(list) else {
            let names: Vec<&str> = document_lists().map(|(plural, _)| plural).collect();
            return Err(format!(
                "a path begins with {} or project, not with `{list}`",
                names.join(", ")
            ));
        };
        let documents = self.facts.documents(kind);
        if kind == DocumentKind::Project {
            let project = documents.first().ok_or("there is no project file")?;
            return Ok(self.inside(*project, rest));
        }
        let Some((name, rest)) = rest.split_first() else {
            return Err(format!("the path ends before it names one of `{list}`"));
        };
        let named = documents.iter().find(|document| document.name().0 == name);
        let by_position = || documents.get(name.parse::<usize>().ok()?);
        match named.or_else(by_position) {
            Some(document) => Ok(self.inside(*document, rest)),
            None => Err(format!("there is no `{name}` among `{list}`")),
        }
    }

    /// The parts of a text; names of documents may have dots in them.
    fn split(&self, text: &str) -> Vec<String> {
        if let Some(pointer) = text.strip_prefix('/') {
            let parts = pointer.split('/');
            return parts
                .map(|part| part.replace("~1", "/").replace("~0", "~"))
                .collect();
        }
        let text = text.strip_prefix("input.").unwrap_or(text);
        let owned = |rest: &str| rest.split('.').map(str::to_owned).collect::<Vec<String>>();
        let Some((list, rest)) = text.split_once('.') else {
            return vec![text.to_owned()];
        };
        let documents = kind(list).map_or(Vec::new(), |kind| self.facts.documents(kind));
        let names = documents.iter().map(|document| document.name().0);
        let named = names.filter(|name| {
            let after = rest.strip_prefix(name);
            !name.is_empty() && after.is_some_and(|it| it.is_empty() || it.starts_with('.'))
        });
        let mut parts = vec![list.to_owned()];
        match named.max_by_key(|name| name.len()) {
            Some(name) => {
                parts.push(name.to_owned());
                let after = rest[name.len()..].strip_prefix('.');
                parts.extend(after.map(owned).unwrap_or_default());
            }
            None => parts.extend(owned(rest)),
        }
        parts
    }

    fn inside(&self, document: Document<'_>, parts: &[String]) -> Span {
        let (name, span) = document.name();
        let place = || {
            let body = self.body(document.kind(), name, span)?;
            path::place_of(body, parts)
        };
        place().unwrap_or(span)
    }

    /// The node of a document's definition.
    fn body(&self, kind: DocumentKind, name: &str, place: Span) -> Option<NodeRef<'_>> {
        let mut streams = self.subject.streams.iter();
        let (_, stream) = streams.find(|(source, _)| *source == place.source)?;
        let mut documents = stream.documents.iter();
        let yaml = documents.find(|yaml| yaml.span().contains(place))?;
        let root = yaml.root(self.subject.sources.file(place.source).text());
        if kind == DocumentKind::Project {
            return Some(root);
        }
        let mapping = root.mapping()?;
        let (singular, plural) = kind.root_keys();
        let own = mapping.get(singular);
        if let Some(own) = own.filter(|own| own.key.span().to(own.value.span()).contains(place)) {
            return Some(own.value);
        }
        Some(mapping.get(plural?)?.value.mapping()?.get(name)?.value)
    }
}

fn kind(list: &str) -> Option<DocumentKind> {
    if list == "project" {
        return Some(DocumentKind::Project);
    }
    let mut lists = document_lists();
    lists
        .find(|(plural, _)| *plural == list)
        .map(|(_, kind)| kind)
}
