//! Revisions of a git repository as source trees; the only module that knows git.

pub mod log;
mod program;
mod revision;
pub mod signature;
pub mod tagging;
mod trouble;

use std::ffi::OsStr;
use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use git2::{ErrorClass, ErrorCode, FileMode, ObjectType};

use super::tree::{SourceTree, TreeError};
pub use revision::Revision;

/// A commit; displayed as its full hexadecimal id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(git2::Oid);

impl CommitId {
    /// The first seven digits, as people write it.
    pub fn short(self) -> String {
        self.to_string().chars().take(7).collect()
    }
}

/// The content of a file: equal ids mean equal bytes. Displayed as its full hexadecimal id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(git2::Oid);

impl BlobId {
    /// The id that git gives to these bytes; `None` when there are more than it can hash.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let id = git2::Oid::hash_object(ObjectType::Blob, bytes);
        id.ok().map(BlobId)
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A tag that leads to a commit, annotated or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name without `refs/tags/`.
    pub name: String,
    /// The commit it stands for.
    pub commit: CommitId,
}

/// The object database of a repository.
///
/// It is opened on its own because it may be read from many threads at once, unlike a
/// [`git2::Repository`].
type Objects = Arc<git2::Odb<'static>>;

/// A git repository: a clone, a bare clone or a linked worktree.
pub struct Repository {
    git: git2::Repository,
    objects: Objects,
}

impl Repository {
    /// Finds the repository that `path` belongs to, searching upwards.
    ///
    /// # Errors
    /// When there is none, when it belongs to someone else, or when it uses a format that is not
    /// understood.
    pub fn discover(path: &Path) -> Result<Self, TreeError> {
        let nowhere: [&OsStr; 0] = [];
        let found = git2::Repository::discover_path(path, nowhere)
            .map_err(|error| trouble::cannot_open(path, None, &error))?;
        let cannot_open = |error| trouble::cannot_open(path, Some(&found), &error);
        let git = git2::Repository::open(&found).map_err(cannot_open)?;
        let folder = git.commondir().join("objects");
        let folder = folder.to_str().ok_or_else(|| {
            TreeError::new(format!("the path `{}` is not valid UTF-8", path.display()))
        })?;
        let objects = git2::Odb::new().map_err(cannot_open)?;
        objects.add_disk_alternate(folder).map_err(cannot_open)?;
        Ok(Repository {
            git,
            objects: Arc::new(objects),
        })
    }

    /// The folder with the checked-out files; a bare clone has none.
    pub fn workdir(&self) -> Option<&Path> {
        self.git.workdir()
    }

    /// Where a project lies in the repository, relative with `/`, empty for the repository's own
    /// folder and in a bare clone: what [`Repository::revision`] wants to know.
    ///
    /// # Errors
    /// When the folder is not part of the checked-out files.
    pub fn prefix(&self, project: &Path) -> Result<String, TreeError> {
        let Some(workdir) = self.workdir() else {
            return Ok(String::new());
        };
        let canonical = |path: &Path| -> Option<PathBuf> { path.canonicalize().ok() };
        let prefix = canonical(project)
            .zip(canonical(workdir))
            .and_then(|(project, workdir)| Some(project.strip_prefix(workdir).ok()?.to_owned()));
        let Some(prefix) = prefix else {
            let shown = project.display();
            return Err(TreeError::new(format!(
                "`{shown}` is not inside the checked-out files of its repository"
            )));
        };
        let names = prefix.components().map(Component::as_os_str);
        let names: Vec<_> = names.map(OsStr::to_string_lossy).collect();
        Ok(names.join("/"))
    }

    /// The project at a revision: a branch, a tag, a commit id or anything else that
    /// `git rev-parse` takes. `prefix` is the project's folder in the repository, empty for the
    /// whole; a project that did not exist then has no files.
    ///
    /// # Errors
    /// When the revision is unknown or not a commit, when `prefix` is a file there, or when an
    /// object is missing or damaged.
    pub fn revision(&self, spec: &str, prefix: &str) -> Result<Revision, TreeError> {
        let commit = self.commit(spec)?;
        Revision::open(&self.git, Arc::clone(&self.objects), &commit, prefix)
    }

    /// One file of a project at a commit, as [`Repository::revision`] would give it; `None` when it
    /// is not there. Nothing else of the project is looked at, unless a link is in the way.
    ///
    /// # Errors
    /// As [`Repository::revision`].
    pub fn file(
        &self,
        CommitId(commit): CommitId,
        prefix: &str,
        path: &str,
    ) -> Result<Option<Vec<u8>>, TreeError> {
        let damaged = |error: git2::Error| trouble::damaged(&format!("`{path}`"), &error);
        let commit_id = commit.to_string();
        let commit = self.git.find_commit(commit).map_err(damaged)?;
        let mut tree = commit.tree().map_err(damaged)?;
        let names = prefix.split('/').chain(path.split('/'));
        let mut names = names.filter(|name| !name.is_empty()).peekable();
        while let Some(name) = names.next() {
            let Some((id, mode)) = tree
                .get_name(name)
                .map(|entry| (entry.id(), entry.filemode()))
            else {
                return Ok(None);
            };
            if mode == i32::from(FileMode::Link) {
                let revision = self.revision(&commit_id, prefix)?;
                let is_there = revision.blob_id(path).is_some();
                return is_there.then(|| revision.read(path)).transpose();
            }
            if names.peek().is_none() {
                let blob = self.git.find_blob(id);
                let is_file =
                    mode != i32::from(FileMode::Tree) && mode != i32::from(FileMode::Commit);
                return is_file
                    .then(|| blob.map(|blob| blob.content().to_vec()).map_err(damaged))
                    .transpose();
            }
            if mode != i32::from(FileMode::Tree) {
                return Ok(None);
            }
            tree = self.git.find_tree(id).map_err(damaged)?;
        }
        Ok(None)
    }

    /// The commit that is checked out.
    ///
    /// # Errors
    /// When the repository has no commits yet.
    pub fn head(&self) -> Result<CommitId, TreeError> {
        self.commit("HEAD").map(|commit| CommitId(commit.id()))
    }

    /// The best common ancestor of two revisions: where a branch left another.
    ///
    /// # Errors
    /// When a revision is unknown, when there is no common ancestor, or when a shallow clone
    /// lacks it.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<CommitId, TreeError> {
        let (first, second) = (self.commit(one)?.id(), self.commit(other)?.id());
        self.git
            .merge_base(first, second)
            .map(CommitId)
            .map_err(|error| {
                if self.is_shallow() {
                    trouble::shallow_merge_base(one, other)
                } else if error.class() == ErrorClass::Merge {
                    trouble::unrelated(one, other)
                } else {
                    trouble::damaged("the history", &error)
                }
            })
    }

    /// The commit that a revision stands for.
    ///
    /// # Errors
    /// When the revision is unknown or not a commit.
    pub fn resolve(&self, spec: &str) -> Result<CommitId, TreeError> {
        self.commit(spec).map(|commit| CommitId(commit.id()))
    }

    /// True when the first commit is the second, or one that it was built on.
    ///
    /// # Errors
    /// When the history between them cannot be read.
    pub fn is_part_of(&self, commit: CommitId, history: CommitId) -> Result<bool, TreeError> {
        let CommitId(older) = commit;
        let CommitId(newer) = history;
        if older == newer {
            return Ok(true);
        }
        self.git
            .graph_descendant_of(newer, older)
            .map_err(|error| trouble::damaged("the history", &error))
    }

    /// Every tag that leads to a commit, sorted bytewise by name.
    ///
    /// # Errors
    /// When the tags cannot be listed or the object of one is missing or damaged.
    pub fn tags(&self) -> Result<Vec<Tag>, TreeError> {
        let unlisted = |error: git2::Error| trouble::damaged("the list of tags", &error);
        let mut tags = Vec::new();
        for reference in self.git.references_glob("refs/tags/*").map_err(unlisted)? {
            let reference = reference.map_err(unlisted)?;
            let name = String::from_utf8_lossy(reference.shorthand_bytes()).into_owned();
            let target = reference
                .peel(ObjectType::Any)
                .map_err(|error| trouble::damaged(&format!("the tag `{name}`"), &error))?;
            if target.kind() == Some(ObjectType::Commit) {
                let commit = CommitId(target.id());
                tags.push(Tag { name, commit });
            }
        }
        tags.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Ok(tags)
    }

    /// True when the clone lacks a part of the history.
    pub fn is_shallow(&self) -> bool {
        // libgit2 looks into the linked worktree's own folder, where git does not put it.
        let file = self.git.commondir().join("shallow");
        std::fs::metadata(file).is_ok_and(|metadata| metadata.len() > 0)
    }

    fn commit(&self, spec: &str) -> Result<git2::Commit<'_>, TreeError> {
        let object = self
            .git
            .revparse_single(spec)
            .map_err(|error| self.no_revision(spec, &error))?;
        object.peel_to_commit().map_err(|error| {
            if error.code() == ErrorCode::NotFound {
                trouble::damaged(&format!("the revision `{spec}`"), &error)
            } else {
                TreeError::new(format!("`{spec}` is not a commit"))
            }
        })
    }
}
