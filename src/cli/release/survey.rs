//! Every document at a commit, with what stands in the way of its release. The working tree is not
//! looked at.

use std::collections::BTreeMap;

use crate::check::release::{Candidate, Request, Tagged, judge, releasable, tag_of};
use crate::check::{self, Finding, Loaded};
use crate::cli::failure::Failure;
use crate::cli::opening::Location;
use crate::compat::evidence::Evidence;
use crate::model::Release;
use crate::model::versioned::Versioned;
use crate::source::git::{CommitId, Repository};
use crate::syntax::decode::nearest;

/// The documents at a commit.
pub struct Survey {
    /// The commit.
    pub commit: CommitId,
    /// The project there.
    pub loaded: Loaded,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// The documents, by kind and name.
    pub candidates: Vec<Candidate>,
}

/// What the documents at the commit were before.
struct Earlier<'a> {
    location: &'a Location,
    repository: &'a Repository,
    commit: CommitId,
    projects: BTreeMap<String, Loaded>,
    evidence: BTreeMap<Option<String>, Evidence>,
}

/// Judges the documents at a revision: those of the names, or all.
///
/// # Errors
/// When the revision or its history cannot be read, or a name is unknown.
pub fn survey(location: &Location, revision: &str, names: &[String]) -> Result<Survey, Failure> {
    let repository = location.repository()?;
    let commit = repository.resolve(revision)?;
    let loaded = location.load_as_of(commit)?;
    refuse_unknown(&loaded, names)?;
    let findings = check::check(&loaded);
    let mut earlier = Earlier {
        location,
        repository,
        commit,
        projects: BTreeMap::new(),
        evidence: BTreeMap::new(),
    };
    let mut candidates = Vec::new();
    let wanted = releasable(&loaded.model)
        .filter(|document| names.is_empty() || names.contains(&document.name.value));
    for document in wanted {
        candidates.extend(earlier.judge(&document, &loaded, &findings)?);
    }
    candidates.sort_by(|one, other| (one.kind, &one.name).cmp(&(other.kind, &other.name)));
    Ok(Survey {
        commit,
        loaded,
        findings,
        candidates,
    })
}

impl Earlier<'_> {
    fn judge(
        &mut self,
        document: &Versioned<'_>,
        loaded: &Loaded,
        findings: &[Finding],
    ) -> Result<Option<Candidate>, Failure> {
        let releases = loaded
            .model
            .releases_of_name(document.kind, &document.name.value);
        let stable = |release: &&Release| release.version.pre.is_empty();
        let previous = releases.rev().find(stable);
        let tag = previous.map(|release| release.tag.clone());
        self.read(tag.as_deref(), loaded)?;
        let project = tag.as_ref().and_then(|tag| self.projects.get(tag));
        let nothing = Evidence::default();
        let request = Request {
            after: loaded,
            findings,
            previous: previous.zip(project),
            evidence: self.evidence.get(&tag).unwrap_or(&nothing),
            tagged: self.tagged(document, loaded),
        };
        Ok(judge(document, &request))
    }

    /// Reads the project of a tag, and what happened since.
    fn read(&mut self, tag: Option<&str>, loaded: &Loaded) -> Result<(), Failure> {
        let key = tag.map(str::to_owned);
        if self.evidence.contains_key(&key) {
            return Ok(());
        }
        let from = match tag {
            None => None,
            Some(tag) => {
                let from = self.repository.resolve(&format!("refs/tags/{tag}"))?;
                let project = self.location.load_as_of(from)?;
                self.projects.insert(tag.to_owned(), project);
                Some(from)
            }
        };
        let evidence = self.location.evidence(from, self.commit, &loaded.model)?;
        self.evidence.insert(key, evidence);
        Ok(())
    }

    fn tagged(&self, document: &Versioned<'_>, loaded: &Loaded) -> Option<Tagged> {
        let tag = tag_of(document, &loaded.model.project)?;
        let at = self.repository.resolve(&format!("refs/tags/{tag}")).ok()?;
        Some(if at == self.commit {
            Tagged::Here
        } else {
            Tagged::Elsewhere
        })
    }
}

fn refuse_unknown(loaded: &Loaded, names: &[String]) -> Result<(), Failure> {
    let known: Vec<&str> = releasable(&loaded.model)
        .map(|document| document.name.value.as_str())
        .collect();
    let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) else {
        return Ok(());
    };
    let failure = Failure::new(format!("there is no document `{unknown}` that is released"));
    Err(match nearest(unknown, known.iter().copied()) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`flowgate status` lists them all"),
    })
}
