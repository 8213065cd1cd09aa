//! Temporary git repositories that depend on nothing but what a test puts into them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flowgate::source::git::BlobId;
use git2::build::{CheckoutBuilder, TreeUpdateBuilder};
use git2::{FileMode, ObjectType, Oid, RepositoryInitOptions, Signature, Time};
use tempfile::TempDir;

/// A path that ends so is a symbolic link to the text given with it.
pub const LINK: char = '@';
/// A path that ends so is a submodule.
pub const SUBMODULE: char = '%';

/// A repository in a temporary folder, with `main` checked out but no files on disk.
pub struct Git {
    folder: TempDir,
    git: git2::Repository,
}

impl Git {
    /// A repository without commits.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main");
        let git = git2::Repository::init_opts(folder.path(), &options).unwrap();
        Git { folder, git }
    }

    /// The folder of the checked-out files.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Commits exactly these files and lets the branch point there.
    pub fn commit(&self, branch: &str, files: &[(&str, &str)], parents: &[Oid]) -> Oid {
        let mut builder = TreeUpdateBuilder::new();
        for (path, text) in files {
            let blob = self.git.blob(text.as_bytes()).unwrap();
            let some_commit = Oid::from_str(&"1".repeat(40)).unwrap();
            match path.chars().last() {
                Some(LINK) => builder.upsert(path.trim_end_matches(LINK), blob, FileMode::Link),
                Some(SUBMODULE) => builder.upsert(
                    path.trim_end_matches(SUBMODULE),
                    some_commit,
                    FileMode::Commit,
                ),
                _ => builder.upsert(*path, blob, FileMode::Blob),
            };
        }
        let empty = self.git.treebuilder(None).unwrap().write().unwrap();
        let empty = self.git.find_tree(empty).unwrap();
        let tree = builder.create_updated(&self.git, &empty).unwrap();
        let tree = self.git.find_tree(tree).unwrap();
        let parents: Vec<_> = parents
            .iter()
            .map(|id| self.git.find_commit(*id).unwrap())
            .collect();
        let parents: Vec<_> = parents.iter().collect();
        let author = author();
        let commit = self
            .git
            .commit(None, &author, &author, "test", &tree, &parents);
        self.reference(&format!("refs/heads/{branch}"), commit.unwrap())
    }

    /// Lets a reference point to a commit.
    pub fn reference(&self, name: &str, commit: Oid) -> Oid {
        self.git.reference(name, commit, true, "test").unwrap();
        commit
    }

    /// Makes a tag without a message.
    pub fn tag(&self, name: &str, commit: Oid) {
        self.reference(&format!("refs/tags/{name}"), commit);
    }

    /// Makes a tag with a message.
    pub fn annotated_tag(&self, name: &str, commit: Oid) {
        let commit = self.git.find_object(commit, None).unwrap();
        self.git
            .tag(name, &commit, &author(), "test", false)
            .unwrap();
    }

    /// Makes a tag that leads to a text.
    pub fn tag_of_a_blob(&self, name: &str, text: &str) {
        let blob = self.git.blob(text.as_bytes()).unwrap();
        let blob = self.git.find_object(blob, Some(ObjectType::Blob)).unwrap();
        self.git.tag_lightweight(name, &blob, false).unwrap();
    }

    /// Makes a remote known.
    pub fn remote(&self, name: &str) {
        self.git.remote(name, "file:///nowhere").unwrap();
    }

    /// Writes the files of `main` to disk.
    pub fn check_out(&self) {
        let mut options = CheckoutBuilder::new();
        self.git.checkout_head(Some(options.force())).unwrap();
    }

    /// Checks `main` out a second time.
    pub fn linked_worktree(&self, name: &str, path: &Path) {
        self.git.worktree(name, path, None).unwrap();
    }

    /// The loose object of a file, made writable.
    pub fn writable_object(&self, blob: Option<BlobId>) -> PathBuf {
        let id = blob.unwrap().to_string();
        let path = self
            .git
            .path()
            .join("objects")
            .join(&id[..2])
            .join(&id[2..]);
        let content = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, content).unwrap();
        path
    }
}

/// Clones through git's own transport, the only one that can make a shallow clone.
pub fn clone(from: &Path, to: &Path, arguments: &[&str]) -> PathBuf {
    let path = from.to_str().unwrap().replace('\\', "/");
    let source = format!("file:///{}", path.trim_start_matches('/'));
    let mut all = vec!["clone", "-q"];
    all.extend(arguments);
    all.extend([source.as_str(), to.to_str().unwrap()]);
    git(from, &all);
    to.to_owned()
}

/// Runs git as if this machine had no configuration.
pub fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", folder);
    command.env("XDG_CONFIG_HOME", folder);
    let output = command
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

fn author() -> Signature<'static> {
    Signature::new("Test", "test@example.org", &Time::new(1_700_000_000, 0)).unwrap()
}
