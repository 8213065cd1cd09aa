//! Every document at a commit, with what stands in the way of its release. The working tree is not
//! looked at.

use std::collections::BTreeMap;

use crate::check::release::{
    Candidate, Request, Tagged, compare, judge, nothing, releasable, tag_of,
};
use crate::check::{self, Finding, Loaded};
use crate::cli::failure::Failure;
use crate::cli::opening::Location;
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

/// A document with the release before.
type Known<'l> = (Versioned<'l>, Option<&'l Release>);

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
    let mut groups: BTreeMap<Option<CommitId>, Vec<Known<'_>>> = BTreeMap::new();
    let wanted = releasable(&loaded.model)
        .filter(|document| names.is_empty() || names.contains(&document.name.value));
    for document in wanted {
        let releases = loaded
            .model
            .releases_of_name(document.kind, &document.name.value);
        let stable = |release: &&Release| release.version.pre.is_empty();
        let previous = releases.rev().find(stable);
        let commit = match previous {
            None => None,
            Some(release) => Some(repository.resolve(&format!("refs/tags/{}", release.tag))?),
        };
        groups.entry(commit).or_default().push((document, previous));
    }
    let mut candidates = Vec::new();
    for (from, documents) in groups {
        let before = match from {
            None => nothing(&loaded),
            Some(from) => location.load_as_of(from)?,
        };
        let evidence = location.evidence(from, commit, &loaded.model)?;
        let compared = compare(&before, &loaded, &documents);
        for (document, previous) in &documents {
            let request = Request {
                after: &loaded,
                findings: &findings,
                previous: *previous,
                before: &before,
                documents: &compared,
                evidence: &evidence,
                tagged: tagged(document, &loaded, repository, commit),
            };
            candidates.extend(judge(document, &request));
        }
    }
    candidates.sort_by(|one, other| (one.kind, &one.name).cmp(&(other.kind, &other.name)));
    Ok(Survey {
        commit,
        loaded,
        findings,
        candidates,
    })
}

/// Where the tag of the declared version is.
fn tagged(
    document: &Versioned<'_>,
    loaded: &Loaded,
    repository: &Repository,
    commit: CommitId,
) -> Option<Tagged> {
    let tag = tag_of(document, &loaded.model.project)?;
    let at = repository.resolve(&format!("refs/tags/{tag}")).ok()?;
    Some(if at == commit {
        Tagged::Here
    } else {
        Tagged::Elsewhere
    })
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
