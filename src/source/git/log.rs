//! The commits that led from one state to another: who wrote what, and what they said.

use std::collections::BTreeSet;

use git2::{Commit, Sort};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{CommitId, Repository, trouble};
use crate::source::tree::TreeError;

/// A name and an address, as git keeps them; anybody can write any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
}

/// What a signature is about, and the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The signed bytes.
    pub payload: Vec<u8>,
    /// The signature, in its armour.
    pub signature: Vec<u8>,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitRecord {
    /// The commit.
    pub id: CommitId,
    /// Who wrote it.
    pub author: Identity,
    /// Who committed it.
    pub committer: Identity,
    /// The day on which it was committed, in UTC.
    pub date: Date,
    /// The whole message.
    pub message: String,
    /// The files of the project that differ from those of every parent.
    pub changed: BTreeSet<String>,
    /// The signature, when there is one.
    pub signed: Option<Signed>,
}

impl Repository {
    /// The commits that `to` is built on and `from` is not, the oldest first. `prefix` is the folder
    /// of the project in the repository.
    ///
    /// # Errors
    /// When the history between them cannot be read.
    pub fn commits(
        &self,
        from: Option<CommitId>,
        to: CommitId,
        prefix: &str,
    ) -> Result<Vec<CommitRecord>, TreeError> {
        let damaged = |error: git2::Error| trouble::damaged("the history", &error);
        let mut walk = self.git.revwalk().map_err(damaged)?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE)
            .map_err(damaged)?;
        walk.push(to.0).map_err(damaged)?;
        if let Some(from) = from {
            walk.hide(from.0).map_err(damaged)?;
        }
        let mut records = Vec::new();
        for id in walk {
            let commit = self
                .git
                .find_commit(id.map_err(damaged)?)
                .map_err(damaged)?;
            records.push(self.record(&commit, prefix).map_err(damaged)?);
        }
        Ok(records)
    }

    fn record(&self, commit: &Commit<'_>, prefix: &str) -> Result<CommitRecord, git2::Error> {
        let identity = |signature: &git2::Signature<'_>| Identity {
            name: String::from_utf8_lossy(signature.name_bytes()).into_owned(),
            email: String::from_utf8_lossy(signature.email_bytes()).into_owned(),
        };
        let signed = self.git.extract_signature(&commit.id(), None).ok();
        Ok(CommitRecord {
            id: CommitId(commit.id()),
            author: identity(&commit.author()),
            committer: identity(&commit.committer()),
            date: day(commit.time().seconds()),
            message: String::from_utf8_lossy(commit.message_bytes()).into_owned(),
            changed: self.changed(commit, prefix)?,
            signed: signed.map(|(signature, payload)| Signed {
                payload: payload.to_vec(),
                signature: signature.to_vec(),
            }),
        })
    }

    /// What a merge takes from one of its parents, somebody else wrote.
    fn changed(&self, commit: &Commit<'_>, prefix: &str) -> Result<BTreeSet<String>, git2::Error> {
        let tree = commit.tree()?;
        if commit.parent_count() == 0 {
            return self.differing(None, &tree, prefix);
        }
        let mut common: Option<BTreeSet<String>> = None;
        for parent in commit.parents() {
            let differing = self.differing(Some(&parent.tree()?), &tree, prefix)?;
            common = Some(match common {
                None => differing,
                Some(known) => known.intersection(&differing).cloned().collect(),
            });
        }
        Ok(common.unwrap_or_default())
    }

    fn differing(
        &self,
        before: Option<&git2::Tree<'_>>,
        after: &git2::Tree<'_>,
        prefix: &str,
    ) -> Result<BTreeSet<String>, git2::Error> {
        let difference = self.git.diff_tree_to_tree(before, Some(after), None)?;
        let mut paths = BTreeSet::new();
        for delta in difference.deltas() {
            for file in [delta.old_file(), delta.new_file()] {
                let Some(path) = file.path_bytes() else {
                    continue;
                };
                let path = String::from_utf8_lossy(path);
                let below = match prefix {
                    "" => Some(&*path),
                    prefix => path
                        .strip_prefix(prefix)
                        .and_then(|path| path.strip_prefix('/')),
                };
                paths.extend(below.map(str::to_owned));
            }
        }
        Ok(paths)
    }
}

/// The day of a moment in UTC, so that it is the same everywhere.
pub(super) fn day(seconds: i64) -> Date {
    let moment = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    moment.to_zoned(TimeZone::UTC).date()
}
