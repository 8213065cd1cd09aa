//! A project at one commit, as a tree.

use std::collections::{BTreeMap, BTreeSet};

use git2::{FileMode, ObjectType, Oid, Repository, Tree};

use super::{BlobId, CommitId, Objects, trouble};
use crate::source::ignored::{IGNORE_FILES, Rules};
use crate::source::tree::{SourceTree, TreeError};

/// As many links as Linux follows for one path.
const MAX_LINKS: usize = 40;
/// As long as a path may be on Linux; a longer link target is not one.
const MAX_TARGET_BYTES: usize = 4096;

/// A project at one commit; reading never touches the checked-out files.
///
/// Symbolic links lead to other files of the same project or are left out. Submodules are left
/// out.
pub struct Revision {
    commit: CommitId,
    objects: Objects,
    files: Files,
    listed: Vec<String>,
}

/// All files of a project, hidden ones too, and what the links among them say.
#[derive(Default)]
struct Files {
    blobs: BTreeMap<String, BlobId>,
    links: BTreeMap<String, String>,
}

impl Revision {
    pub(super) fn open(
        git: &Repository,
        objects: Objects,
        commit: &git2::Commit<'_>,
        prefix: &str,
    ) -> Result<Self, TreeError> {
        let (files, listed) = Walk::new(git, prefix)?.walk(commit)?;
        Ok(Revision {
            commit: CommitId(commit.id()),
            objects,
            files,
            listed,
        })
    }

    /// The commit.
    pub fn commit_id(&self) -> CommitId {
        self.commit
    }

    /// The content of a file without reading it; for a link, that of the file it leads to.
    pub fn blob_id(&self, path: &str) -> Option<BlobId> {
        let direct = self.files.blobs.get(path).copied();
        direct.or_else(|| self.files.resolve(path))
    }

    /// The files that differ between two states of a project, sorted: added, removed and
    /// changed ones, hidden ones too. No content is read.
    pub fn changed_paths(&self, after: &Revision) -> Vec<String> {
        let (before, after) = (&self.files.blobs, &after.files.blobs);
        let removed = before.keys().filter(|path| !after.contains_key(*path));
        let written = after
            .iter()
            .filter(|(path, blob)| before.get(*path) != Some(blob));
        let changed: BTreeSet<_> = removed.chain(written.map(|(path, _)| path)).collect();
        changed.into_iter().cloned().collect()
    }

    fn blob(&self, path: &str) -> Result<Oid, TreeError> {
        self.blob_id(path)
            .map(|BlobId(id)| id)
            .ok_or_else(|| TreeError::no_such_file(path))
    }
}

impl SourceTree for Revision {
    fn paths(&self) -> Result<Vec<String>, TreeError> {
        Ok(self.listed.clone())
    }

    fn size(&self, path: &str) -> Result<u64, TreeError> {
        let (size, _) = self
            .objects
            .read_header(self.blob(path)?)
            .map_err(|error| trouble::damaged(&format!("`{path}`"), &error))?;
        Ok(size as u64)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, TreeError> {
        let object = self
            .objects
            .read(self.blob(path)?)
            .map_err(|error| trouble::damaged(&format!("`{path}`"), &error))?;
        Ok(object.data().to_vec())
    }

    fn content(&self, path: &str) -> Option<BlobId> {
        self.blob_id(path)
    }
}

impl Files {
    /// Follows links in every part of a path, as a file system does; `None` when that leaves
    /// the project, runs in circles or ends at nothing.
    fn resolve(&self, path: &str) -> Option<BlobId> {
        let mut pending: Vec<&str> = path.rsplit('/').collect();
        let mut reached = String::new();
        let mut links = 0;
        while let Some(name) = pending.pop() {
            if name.is_empty() || name == "." {
                continue;
            }
            let folder = reached.len();
            if name == ".." {
                let parent = reached.rfind('/').unwrap_or(0);
                if folder == 0 {
                    return None;
                }
                reached.truncate(parent);
                continue;
            }
            if folder > 0 {
                reached.push('/');
            }
            reached.push_str(name);
            if let Some(target) = self.links.get(&reached) {
                links += 1;
                if links > MAX_LINKS || target.starts_with('/') {
                    return None;
                }
                reached.truncate(folder);
                pending.extend(target.rsplit('/'));
            }
        }
        self.blobs.get(&reached).copied()
    }
}

/// The way through the git trees of a commit.
struct Walk<'a> {
    git: &'a Repository,
    /// The names of the folders that lead to the project.
    prefix: Vec<&'a str>,
    files: Files,
    listed: Vec<String>,
}

struct Folder<'a> {
    tree: Tree<'a>,
    /// Relative to the repository, empty or with `/` at the end.
    path: String,
    rules: Rules,
    /// False below a folder that is hidden or excluded.
    listed: bool,
}

impl<'a> Walk<'a> {
    fn new(git: &'a Repository, prefix: &'a str) -> Result<Self, TreeError> {
        let names = prefix.split('/').filter(|name| !matches!(*name, "" | "."));
        let prefix_names: Vec<_> = names.collect();
        if prefix_names.contains(&"..") || prefix.starts_with('/') {
            return Err(TreeError::new(format!(
                "the folder `{prefix}` is not inside the repository"
            )));
        }
        Ok(Walk {
            git,
            prefix: prefix_names,
            files: Files::default(),
            listed: Vec::new(),
        })
    }

    fn walk(mut self, commit: &git2::Commit<'a>) -> Result<(Files, Vec<String>), TreeError> {
        let tree = commit
            .tree()
            .map_err(|error| trouble::damaged(&format!("the commit `{}`", commit.id()), &error))?;
        let Some(project) = self.project(tree)? else {
            return Ok((self.files, self.listed));
        };
        let skip = project.path.len();
        let mut pending = vec![project];
        while let Some(folder) = pending.pop() {
            self.visit(&folder, skip, &mut pending)?;
        }
        let found: Vec<_> = (self.files.links.keys())
            .filter_map(|path| Some((path.clone(), self.files.resolve(path)?)))
            .collect();
        self.files.blobs.extend(found);
        let blobs = &self.files.blobs;
        self.listed.retain(|path| blobs.contains_key(path));
        self.listed.sort_unstable();
        Ok((self.files, self.listed))
    }

    /// The project's folder; `None` when the commit has none.
    fn project(&self, top: Tree<'a>) -> Result<Option<Folder<'a>>, TreeError> {
        let mut folder = Folder {
            tree: top,
            path: String::new(),
            rules: Rules::default(),
            listed: true,
        };
        for name in &self.prefix {
            folder.rules = self.rules(&folder)?;
            let entry = folder.tree.get_name(name);
            let Some((id, kind)) = entry.map(|entry| (entry.id(), entry.kind())) else {
                return Ok(None);
            };
            folder.path.push_str(name);
            if kind != Some(ObjectType::Tree) {
                let path = &folder.path;
                return Err(TreeError::new(format!("`{path}` is not a folder there")));
            }
            folder.tree = self.tree(id, &folder.path)?;
            folder.path.push('/');
        }
        Ok(Some(folder))
    }

    /// Records the files of a folder and adds its folders to `pending`. The first `skip` bytes
    /// of a path lead to the project.
    fn visit(
        &mut self,
        folder: &Folder<'a>,
        skip: usize,
        pending: &mut Vec<Folder<'a>>,
    ) -> Result<(), TreeError> {
        let rules = self.rules(folder)?;
        for entry in &folder.tree {
            let name = String::from_utf8_lossy(entry.name_bytes());
            let path = format!("{}{name}", folder.path);
            let is_folder = entry.kind() == Some(ObjectType::Tree);
            let listed = folder.listed && rules.lists(&path, is_folder);
            if is_folder {
                pending.push(Folder {
                    tree: self.tree(entry.id(), &path)?,
                    path: path + "/",
                    rules: rules.clone(),
                    listed,
                });
                continue;
            }
            if entry.kind() != Some(ObjectType::Blob) {
                continue;
            }
            let below = path[skip..].to_owned();
            if entry.filemode() == i32::from(FileMode::Link) {
                if let Some(target) = self.link_target(entry.id(), &path)? {
                    self.files.links.insert(below.clone(), target);
                }
            } else {
                self.files.blobs.insert(below.clone(), BlobId(entry.id()));
            }
            if listed {
                self.listed.push(below);
            }
        }
        Ok(())
    }

    fn rules(&self, folder: &Folder<'a>) -> Result<Rules, TreeError> {
        let mut contents = [const { None }; IGNORE_FILES.len()];
        for (content, name) in contents.iter_mut().zip(IGNORE_FILES) {
            let Some(entry) = folder.tree.get_name(name) else {
                continue;
            };
            let is_link = entry.filemode() == i32::from(FileMode::Link);
            if entry.kind() == Some(ObjectType::Blob) && !is_link {
                let path = format!("{}{name}", folder.path);
                *content = Some(self.content(entry.id(), &path)?);
            }
        }
        folder.rules.enter(&folder.path, contents)
    }

    fn tree(&self, id: Oid, path: &str) -> Result<Tree<'a>, TreeError> {
        self.git
            .find_tree(id)
            .map_err(|error| trouble::damaged(&format!("the folder `{path}`"), &error))
    }

    fn content(&self, id: Oid, path: &str) -> Result<Vec<u8>, TreeError> {
        self.git
            .find_blob(id)
            .map(|blob| blob.content().to_vec())
            .map_err(|error| trouble::damaged(&format!("`{path}`"), &error))
    }

    fn link_target(&self, id: Oid, path: &str) -> Result<Option<String>, TreeError> {
        let target = self.content(id, path)?;
        let is_path = target.len() <= MAX_TARGET_BYTES;
        Ok(String::from_utf8(target).ok().filter(|_| is_path))
    }
}
