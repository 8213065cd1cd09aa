//! Released versions of documents, as the tags of the repository tell.

use std::path::Path;

use super::project::Releases;
use super::{load, released};
use crate::compat::{self, Class, ClassRule, Direction};
use crate::diff::{Change, diff};
use crate::model::json_schema::SchemaFile;
use crate::model::shape::FieldShape;
use crate::model::{Release, Surroundings};
use crate::source::git::{Repository, Tag};
use crate::source::{self, Sources};
use crate::syntax::config::Versioning;
use crate::syntax::contract::{Compatibility, Contract};
use crate::syntax::scalars::Version;
use crate::syntax::{DocumentKind, Entity, Lasting, Project};

/// How tags of workflows and policies are called when the project file says nothing.
const TAG: &str = "{name}/v{version}";
/// How tags of contracts are called when the project file says nothing.
const CONTRACT_TAG: &str = "contract/{name}/v{version}";
/// How tags of policies are called.
const POLICY_TAG: &str = "policy/{name}/v{version}";

/// A document that can be released.
struct Releasable<'a> {
    kind: DocumentKind,
    /// Whether what released versions accept matters: the contract promises something for all.
    is_transitive: bool,
    name: &'a str,
    declared: Option<&'a semver::Version>,
    path: &'a str,
    text: &'a str,
}

/// The releases of every document of a project. Tags that cannot be read are left out; they are
/// judged where releases are made.
pub fn of(repository: &Repository, root: &Path, project: &Project, sources: &Sources) -> Releases {
    let mut releases = Releases::new();
    let (Ok(tags), Ok(prefix)) = (repository.tags(), repository.prefix(root)) else {
        return releases;
    };
    if tags.is_empty() {
        return releases;
    }
    let settings = project
        .configs
        .first()
        .and_then(|config| config.body.versioning.as_ref());
    for document in releasable(project, sources) {
        let template = template(document.kind, settings);
        let mut found: Vec<Release> = versions(&tags, template, document.name)
            .map(|(tag, version)| {
                let (fields, schema) = document.released(repository, &prefix, tag).unzip();
                Release {
                    unchanged: (document.declared == Some(&version))
                        .then(|| is_unchanged(repository, &prefix, tag, &document))
                        .flatten(),
                    version,
                    tag: tag.name.clone(),
                    fields,
                    schema: schema.flatten(),
                }
            })
            .collect();
        found.sort_by(|left, right| left.version.cmp(&right.version));
        if !found.is_empty() {
            releases.insert((document.kind, document.name.to_owned()), found);
        }
    }
    releases
}

fn releasable<'a>(project: &'a Project, sources: &'a Sources) -> Vec<Releasable<'a>> {
    let mut documents = Vec::new();
    for entity in &project.workflows {
        documents.push(document(
            DocumentKind::Workflow,
            entity,
            entity.body.version.as_ref(),
            sources,
        ));
    }
    for entity in &project.contracts {
        documents.push(document(
            DocumentKind::Contract,
            entity,
            entity.body.version.as_ref(),
            sources,
        ));
        if let Some(last) = documents.last_mut() {
            last.is_transitive = is_transitive(&entity.body);
        }
    }
    for entity in &project.policies {
        documents.push(document(
            DocumentKind::Policy,
            entity,
            entity.body.version.as_ref(),
            sources,
        ));
    }
    documents
}

fn document<'a, T>(
    kind: DocumentKind,
    entity: &'a Entity<T>,
    version: Option<&'a source::Spanned<Version>>,
    sources: &'a Sources,
) -> Releasable<'a> {
    let file = sources.file(entity.span.source);
    Releasable {
        kind,
        is_transitive: false,
        name: &entity.name.value,
        declared: version.map(|version| &version.value.semantic),
        path: file.path(),
        text: file.text(),
    }
}

fn template(kind: DocumentKind, settings: Option<&Versioning>) -> &str {
    match kind.lasting() {
        Some(Lasting::Contract) => settings
            .and_then(|settings| settings.contract_tag.as_ref())
            .map_or(CONTRACT_TAG, |tag| tag.value.as_str()),
        Some(Lasting::Policy) => POLICY_TAG,
        Some(Lasting::Workflow) | None => settings
            .and_then(|settings| settings.tag.as_ref())
            .map_or(TAG, |tag| tag.value.as_str()),
    }
}

/// The name of the tag of a release. A contract's leaves out the major version that stands in the
/// contract's name, since the version says it.
pub fn tag_name(
    kind: DocumentKind,
    name: &str,
    version: &semver::Version,
    project: &Project,
) -> String {
    let settings = project.configs.first();
    let settings = settings.and_then(|config| config.body.versioning.as_ref());
    let short = match kind.lasting() {
        Some(Lasting::Contract) => name.rsplit_once(".v").map_or(name, |(short, _)| short),
        Some(Lasting::Workflow | Lasting::Policy) | None => name,
    };
    template(kind, settings)
        .replace("{name}", short)
        .replace("{version}", &version.to_string())
}

/// The tags of a document with their versions; `tags` are sorted by name. A contract's tag names
/// it with or without its major version.
fn versions<'a>(
    tags: &'a [Tag],
    template: &str,
    name: &str,
) -> impl Iterator<Item = (&'a Tag, semver::Version)> {
    let short = name.rsplit_once(".v").map_or(name, |(short, _)| short);
    let mut names = vec![name];
    names.extend((short != name).then_some(short));
    let patterns: Vec<(String, String)> = names
        .iter()
        .filter_map(|name| {
            let (before, after) = template.split_once("{version}")?;
            Some((
                before.replace("{name}", name),
                after.replace("{name}", name),
            ))
        })
        .collect();
    patterns.into_iter().flat_map(move |(before, after)| {
        let first = tags.partition_point(|tag| tag.name.as_str() < before.as_str());
        tags[first..]
            .iter()
            .map_while(move |tag| Some((tag, tag.name.strip_prefix(before.as_str())?)))
            .filter_map(move |(tag, rest)| {
                let version = semver::Version::parse(rest.strip_suffix(after.as_str())?).ok()?;
                Some((tag, version))
            })
            .collect::<Vec<_>>()
    })
}

/// Whether the document's file in the tag is the same, byte by byte or at least in meaning; `None`
/// when it was moved since, so that only a comparison of the projects can say.
fn is_unchanged(
    repository: &Repository,
    prefix: &str,
    tag: &Tag,
    document: &Releasable<'_>,
) -> Option<bool> {
    let bytes = repository.file(tag.commit, prefix, document.path).ok()??;
    if bytes == document.text.as_bytes() {
        return Some(true);
    }
    let released = String::from_utf8_lossy(&bytes).into_owned();
    Some(same_meaning(&released, document))
}

fn is_transitive(contract: &Contract) -> bool {
    match contract.compatibility.map(|promise| promise.value) {
        Some(
            Compatibility::BackwardTransitive
            | Compatibility::ForwardTransitive
            | Compatibility::FullTransitive,
        ) => true,
        Some(
            Compatibility::Backward
            | Compatibility::Forward
            | Compatibility::Full
            | Compatibility::None,
        )
        | None => false,
    }
}

impl Releasable<'_> {
    /// What a contract accepted in a tag, where that matters.
    fn released(
        &self,
        repository: &Repository,
        prefix: &str,
        tag: &Tag,
    ) -> Option<(Vec<FieldShape>, Option<SchemaFile>)> {
        if !self.is_transitive {
            return None;
        }
        // Where it stands now it is found without listing the tree of the tag.
        let bytes = repository.file(tag.commit, prefix, self.path).ok()?;
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let fields = text.and_then(|text| released::fields(self.path, &text, self.name));
        if let Some(fields) = fields {
            return Some((fields, None));
        }
        let revision = repository.revision(&tag.commit.to_string(), prefix).ok()?;
        released::contract(&revision, self.path, self.name)
    }
}

/// True when nothing but the layout differs, or the way in which a condition is written.
fn same_meaning(released: &str, document: &Releasable<'_>) -> bool {
    let model = |text: &str| {
        let mut sources = Sources::default();
        sources.add(document.path, text);
        load(sources, |_| Surroundings::on(jiff::civil::Date::ZERO)).model
    };
    let changed = diff(&model(released), &model(document.text));
    let counts = |change: &Change| {
        compat::meta(change.kind).class != ClassRule::Always(Class::None, Direction::None)
    };
    let own = changed
        .iter()
        .filter(|changes| changes.kind == document.kind && changes.name() == document.name);
    !own.flat_map(|document| &document.changes).any(counts)
}
