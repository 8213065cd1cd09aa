//! Finding and opening the project that a command is about.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use crate::check::Loaded;
use crate::check::evidence;
use crate::check::history::{Lineage, Past};
use crate::check::part::{self, Part, survey::Survey};
use crate::check::project::{self, Opening, PROJECT_FILE, Releases};
use crate::check::releases;
use crate::compat::accepting;
use crate::compat::evidence::Evidence;
use crate::diff::{DocumentChanges, diff};
use crate::model::{Model, Release};
use crate::source::git::{CommitId, Repository, Revision};
use crate::source::{SourceTree, Sources, TreeError, Worktree};
use crate::syntax::Project;

/// Which project, and in which state.
#[derive(Debug, Clone, Args)]
pub struct ProjectArguments {
    /// The folder of the project; the nearest one with a flowgate.yaml when absent.
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// Reads the project from a git revision instead of the working tree.
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// The day on which time limits are judged, instead of today.
    #[arg(long, value_name = "DATE", hide = true)]
    pub today: Option<jiff::civil::Date>,
}

/// Where a project is, and the repository around it when there is one.
pub struct Location {
    /// The folder of the project.
    pub root: PathBuf,
    /// The git repository that holds it.
    pub repository: Result<Repository, TreeError>,
    /// The day on which time limits are judged.
    pub today: jiff::civil::Date,
}

impl ProjectArguments {
    /// Where the project is. `near` is a path that the user named, to look from.
    ///
    /// # Errors
    /// When the folder does not exist.
    pub fn locate(&self, near: Option<&Path>) -> Result<Location, Failure> {
        let root = match &self.project {
            Some(folder) => folder.clone(),
            None => nearest_project(near)?,
        };
        if !root.is_dir() {
            return Err(
                Failure::new(format!("there is no folder `{}`", root.display()))
                    .hint("check the path after `--project`"),
            );
        }
        let repository = Repository::discover(&root);
        let today = self.today.unwrap_or_else(|| jiff::Zoned::now().date());
        Ok(Location {
            root,
            repository,
            today,
        })
    }
}

/// The nearest folder upwards with a project file, else the folder to look from.
fn nearest_project(near: Option<&Path>) -> Result<PathBuf, Failure> {
    let current = env::current_dir()
        .map_err(|error| Failure::new(format!("the current folder cannot be read: {error}")))?;
    let start = match near {
        Some(path) if path.is_dir() => current.join(path),
        Some(path) => current
            .join(path)
            .parent()
            .map_or_else(|| current.clone(), Path::to_path_buf),
        None => current.clone(),
    };
    let with_file = |start: &Path| {
        start
            .ancestors()
            .find(|folder| folder.join(PROJECT_FILE).is_file())
            .map(Path::to_path_buf)
    };
    let fallback = if near.is_some_and(Path::is_dir) {
        start.clone()
    } else {
        current
    };
    Ok(with_file(&start).unwrap_or(fallback))
}

/// Where the history of a project left that of a revision.
pub struct Fork {
    /// The revision as it was named.
    pub revision: String,
    /// The commit that is compared with: where the change left the revision.
    pub commit: CommitId,
    /// The commit that the change is built on.
    pub head: CommitId,
}

/// The state of a project that a change is compared with.
pub struct Base {
    /// The project there, or the part of it that the comparison needs.
    pub loaded: Loaded,
    /// Which state it is.
    pub fork: Fork,
}

impl Base {
    /// `origin/main @ 1a2b3c4`
    pub fn title(&self) -> String {
        format!("{} @ {}", self.fork.revision, self.fork.commit.short())
    }
}

impl Location {
    /// Where the history of `head` left that of `revision`.
    ///
    /// # Errors
    /// When there is no repository, it does not know the revisions, or they share no history.
    pub fn fork(&self, revision: &str, head: &str) -> Result<Fork, Failure> {
        let repository = self.repository()?;
        Ok(Fork {
            revision: revision.to_owned(),
            commit: repository.merge_base(revision, head)?,
            head: repository.resolve(head)?,
        })
    }

    /// The project as it was at a fork.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub fn base(&self, fork: Fork, part: &Part, survey: &Survey<'_>) -> Result<Base, Failure> {
        let loaded = self.load_part(part, survey, &[])?;
        Ok(Base { loaded, fork })
    }

    /// Earlier releases of what changed between two states. `known` has read the later one.
    ///
    /// # Errors
    /// When the history or a tag cannot be read.
    pub fn past(
        &self,
        fork: &Fork,
        (before, after): (&Loaded, &Loaded),
        known: &Survey<'_>,
    ) -> Result<Past, Failure> {
        let (old, new) = (&before.model, &after.model);
        let mut changes = diff(old, new);
        changes.extend(accepting(&changes, old, new));
        self.past_of(fork, (before, after), &changes, known)
    }

    /// Earlier releases of the documents of some changes.
    ///
    /// # Errors
    /// When the history or a tag cannot be read.
    pub fn past_of(
        &self,
        fork: &Fork,
        sides: (&Loaded, &Loaded),
        changes: &[DocumentChanges],
        known: &Survey<'_>,
    ) -> Result<Past, Failure> {
        let repository = self.repository()?;
        let lineage = Lineage {
            repository,
            prefix: &repository.prefix(&self.root)?,
            head: fork.head,
        };
        Past::of(&lineage, sides, changes, &|tag, names| {
            let revision = self.revision(tag)?;
            let survey = Survey::of(&revision, Some(known))?;
            let part = part::of_names(&survey, names);
            // Earlier releases of an earlier release count for nothing.
            Ok(part.open(&survey, &self.opening(&[]), &|_, _| Releases::new())?)
        })
    }

    /// The project at a commit, with only those releases that it is built on: the same whatever was
    /// released since.
    ///
    /// # Errors
    /// When the commit cannot be read.
    pub fn load_as_of(&self, commit: CommitId) -> Result<Loaded, Failure> {
        let repository = self.repository()?;
        let tree = self.revision(&commit.to_string())?;
        let opening = Opening {
            today: self.today,
            also: &[],
        };
        let is_before = |release: &Release| {
            let at = repository.resolve(&format!("refs/tags/{}", release.tag));
            at.is_ok_and(|at| at != commit && repository.is_part_of(at, commit).unwrap_or_default())
        };
        Ok(project::open(&tree, &opening, &|project, sources| {
            let mut releases = releases::of(repository, &self.root, project, sources);
            for releases in releases.values_mut() {
                releases.retain(is_before);
            }
            releases.retain(|_, releases| !releases.is_empty());
            releases
        })?)
    }

    /// The base that the project file names, where this clone knows it.
    pub fn configured_base(&self, loaded: &Loaded) -> Option<CommitId> {
        let name = self.base_name(loaded)?;
        self.repository().ok()?.resolve(&name).ok()
    }

    /// How the project file names the base.
    pub fn base_name(&self, loaded: &Loaded) -> Option<String> {
        let project = loaded.model.config()?.project.as_ref()?;
        Some(project.base.as_ref()?.value.clone())
    }

    /// Who wrote and who approved what happened from one commit to another, by the people and keys
    /// of a directory.
    ///
    /// # Errors
    /// When the history cannot be read, or a signature not be judged.
    pub fn evidence(
        &self,
        from: Option<CommitId>,
        to: CommitId,
        directory: &Model,
    ) -> Result<Evidence, Failure> {
        let repository = self.repository()?;
        let prefix = repository.prefix(&self.root)?;
        let records = repository.commits(from, to, &prefix)?;
        Ok(evidence::of(&records, directory)?)
    }

    /// The project's files as they are on disk.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn worktree(&self) -> Result<Worktree, Failure> {
        Ok(Worktree::open(&self.root)?)
    }

    /// The project's files at a revision.
    ///
    /// # Errors
    /// When there is no repository, or it does not know the revision.
    pub fn revision(&self, revision: &str) -> Result<Revision, Failure> {
        let repository = self.repository()?;
        let prefix = repository.prefix(&self.root)?;
        Ok(repository.revision(revision, &prefix)?)
    }

    /// The repository around the project.
    ///
    /// # Errors
    /// When the project is in none.
    pub fn repository(&self) -> Result<&Repository, Failure> {
        self.repository
            .as_ref()
            .map_err(|error| error.clone().into())
    }

    /// Where the project lies in its repository, relative with `/`; empty for the whole of it, and
    /// without a repository.
    pub fn folder_in_repository(&self) -> String {
        let repository = self.repository.as_ref().ok();
        let folder = repository.and_then(|repository| repository.prefix(&self.root).ok());
        folder.unwrap_or_default()
    }

    /// Reads and resolves the project of a tree.
    ///
    /// # Errors
    /// When the tree cannot be listed.
    pub fn load(&self, tree: &dyn SourceTree, also: &[String]) -> Result<Loaded, Failure> {
        let opening = self.opening(also);
        Ok(project::open(tree, &opening, &|project, sources| {
            self.releases(project, sources)
        })?)
    }

    /// Reads and resolves a part of the project of a tree.
    ///
    /// # Errors
    /// When the tree cannot be listed.
    pub fn load_part(
        &self,
        part: &Part,
        survey: &Survey<'_>,
        also: &[String],
    ) -> Result<Loaded, Failure> {
        let opening = self.opening(also);
        Ok(part.open(survey, &opening, &|project, sources| {
            self.releases(project, sources)
        })?)
    }

    fn opening<'a>(&self, also: &'a [String]) -> Opening<'a> {
        Opening {
            today: self.today,
            also,
        }
    }

    fn releases(&self, project: &Project, sources: &Sources) -> Releases {
        let repository = self.repository.as_ref().ok();
        repository.map_or_else(Default::default, |repository| {
            releases::of(repository, &self.root, project, sources)
        })
    }
}
