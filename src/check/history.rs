//! Earlier releases of the documents that a change touches, as the tags of the repository hold
//! them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Loaded, load};
use crate::compat::History;
use crate::compat::history::{EarlierNames, NameKind, Released, names};
use crate::diff::{DocumentChanges, diff};
use crate::model::{Model, Release, Surroundings};
use crate::source::git::{CommitId, Repository};
use crate::source::{Sources, TreeError};
use crate::syntax::DocumentKind;

/// Reads some documents, by path, as they were at a revision.
type OpenAt<'a, E> = dyn Fn(&str, &BTreeSet<String>) -> Result<Loaded, E> + 'a;

/// A document by kind and the name that it has now.
type Key = (DocumentKind, String);

/// A repository with the state of it that a project is built on.
pub struct Lineage<'a> {
    /// The repository.
    pub repository: &'a Repository,
    /// The folder of the project in it, as [`Repository::prefix`] says.
    pub prefix: &'a str,
    /// The commit that the project is built on; releases that are no part of it do not count.
    pub head: CommitId,
}

/// Projects as they were when documents were released.
#[derive(Debug, Default)]
pub struct Past {
    projects: BTreeMap<String, Loaded>,
    last: BTreeMap<Key, Release>,
    names: BTreeMap<Key, Vec<EarlierNames>>,
}

impl Past {
    /// Reads what the changed documents need: each of them as it was last released, and the names
    /// in all releases of those that have new names. `open` reads the named documents at a revision,
    /// with what they rest on; it is asked once for each tag.
    ///
    /// # Errors
    /// When the history or a tag cannot be read.
    pub fn of<E: From<TreeError>>(
        lineage: &Lineage<'_>,
        (before, after): (&Loaded, &Loaded),
        changes: &[DocumentChanges],
        open: &OpenAt<'_, E>,
    ) -> Result<Self, E> {
        let mut past = Past::default();
        let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut tags = Tags::default();
        for document in changes.iter().filter(|document| document.after.is_some()) {
            let key = (document.kind, document.name().to_owned());
            let releases = lineage.releases(document, &before.model, &after.model, &mut tags)?;
            let stable = |release: &&Release| release.version.pre.is_empty();
            let Some(last) = releases.iter().rfind(stable) else {
                continue;
            };
            let is_same = document.changes.is_empty() && last.unchanged == Some(true);
            if !is_same {
                let names = wanted.entry(last.tag.clone()).or_default();
                names.extend(earlier_names(document, &after.model));
            }
            past.last.insert(key.clone(), last.clone());
            if has_new_names(document, &before.model, &after.model) {
                let earlier = releases.iter().map(|release| {
                    let names = lineage.names(release, document, after, open)?;
                    Ok(EarlierNames {
                        tag: release.tag.clone(),
                        names,
                    })
                });
                past.names.insert(key, earlier.collect::<Result<_, E>>()?);
            }
        }
        for (tag, names) in wanted {
            let project = open(&reference(&tag), &names)?;
            past.projects.insert(tag, project);
        }
        Ok(past)
    }

    /// What is known about the documents of a project.
    pub fn history(&self, after: &Model) -> History<'_> {
        let mut since = BTreeMap::new();
        for (tag, project) in &self.projects {
            for changes in diff(&project.model, after) {
                let key = (tag.as_str(), changes.kind, changes.name().to_owned());
                since.insert(key, (project.side(), changes));
            }
        }
        let last = self.last.iter().map(|((kind, name), release)| {
            let released = Released {
                version: release.version.clone(),
                tag: release.tag.clone(),
                since: since.remove(&(release.tag.as_str(), *kind, name.clone())),
            };
            ((*kind, name.clone()), released)
        });
        History {
            last: last.collect(),
            names: self.names.clone(),
        }
    }
}

/// Tags that were asked: whether the project is built on them.
type Tags = BTreeMap<String, bool>;

fn reference(tag: &str) -> String {
    format!("refs/tags/{tag}")
}

/// What a document may have been called when it was released.
fn earlier_names(document: &DocumentChanges, after: &Model) -> BTreeSet<String> {
    let sides = [&document.before, &document.after].into_iter().flatten();
    let mut names: BTreeSet<String> = sides.map(|side| side.name.clone()).collect();
    let workflow = after.workflow(document.name());
    let renamed = workflow.and_then(|workflow| workflow.body.renamed_from.as_ref());
    names.extend(renamed.map(|name| name.value.text.clone()));
    let contract = after.contract(document.name());
    let renamed = contract.and_then(|contract| contract.body.renamed_from.as_ref());
    names.extend(renamed.map(|name| name.value.text.clone()));
    names
}

impl Lineage<'_> {
    /// The releases of a document that the project is built on, lowest first, under the names of
    /// before and after.
    fn releases(
        &self,
        document: &DocumentChanges,
        before: &Model,
        after: &Model,
        tags: &mut Tags,
    ) -> Result<Vec<Release>, TreeError> {
        let mut found: BTreeMap<semver::Version, Release> = BTreeMap::new();
        for (side, model) in [(&document.before, before), (&document.after, after)] {
            let names = side.iter().map(|side| side.name.as_str());
            for release in names.flat_map(|name| model.releases_of_name(document.kind, name)) {
                if self.is_part(&release.tag, tags)? {
                    found.insert(release.version.clone(), release.clone());
                }
            }
        }
        Ok(found.into_values().collect())
    }

    /// True when the project is built on what a tag stands for.
    fn is_part(&self, tag: &str, tags: &mut Tags) -> Result<bool, TreeError> {
        if let Some(known) = tags.get(tag) {
            return Ok(*known);
        }
        let commit = self.repository.resolve(&reference(tag))?;
        let is_part = self.repository.is_part_of(commit, self.head)?;
        if !is_part && self.repository.is_shallow() {
            return Err(self.repository.unknown_order(tag));
        }
        tags.insert(tag.to_owned(), is_part);
        Ok(is_part)
    }

    /// The names inside of a document at a release. One file is enough, unless it was moved since.
    fn names<E: From<TreeError>>(
        &self,
        release: &Release,
        document: &DocumentChanges,
        after: &Loaded,
        open: &OpenAt<'_, E>,
    ) -> Result<crate::compat::history::Names, E> {
        let commit = self.repository.resolve(&reference(&release.tag))?;
        let found = |model: &Model| {
            let sides = [&document.after, &document.before];
            let mut sides = sides.into_iter().flatten();
            sides.find_map(|side| {
                let names = names(model, document.kind, &side.name);
                Some(names).filter(|names| !names.is_empty())
            })
        };
        let Some(side) = &document.after else {
            return Ok(Default::default());
        };
        let path = after.sources.file(side.key.source).path();
        if let Some(bytes) = self.repository.file(commit, self.prefix, path)? {
            let mut sources = Sources::default();
            sources.add(path, String::from_utf8_lossy(&bytes));
            let alone = load(sources, |_| Surroundings::on(jiff::civil::Date::ZERO));
            if let Some(names) = found(&alone.model) {
                return Ok(names);
            }
        }
        let wanted = earlier_names(document, &after.model);
        let project = open(&reference(&release.tag), &wanted)?;
        Ok(found(&project.model).unwrap_or_default())
    }
}

/// True when a document has fields, states or reason codes that it had not.
fn has_new_names(document: &DocumentChanges, before: &Model, after: &Model) -> bool {
    let (Some(old), Some(new)) = (&document.before, &document.after) else {
        return false;
    };
    let old = names(before, document.kind, &old.name);
    let new = names(after, document.kind, &new.name);
    new.keys().any(|key| {
        let counts = match key.0 {
            NameKind::Field | NameKind::State | NameKind::Reason => true,
            NameKind::Step | NameKind::Control => false,
        };
        counts && !old.contains_key(key)
    })
}
