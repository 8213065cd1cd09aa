//! What a check reports on: named files and folders, and the files of named workflows.

use std::env;
use std::path::{Path, PathBuf};

use super::CheckArguments;
use crate::check::project::is_below;
use crate::check::{Finding, Loaded};
use crate::cli::failure::Failure;
use crate::cli::opening::Location;
use crate::source::{SourceTree, Sources};
use crate::syntax::decode::nearest;

/// What is reported on; everything when nothing was named.
pub struct Wanted {
    /// Files and folders, from the root of the project.
    pub paths: Vec<String>,
    /// What is no path, and so must be the name of a workflow.
    names: Vec<PathBuf>,
}

impl Wanted {
    /// Divides the arguments into paths of the project and what must be names.
    ///
    /// # Errors
    /// When the project cannot be listed, or a path leads out of it.
    pub fn of(arguments: &CheckArguments, location: &Location) -> Result<Self, Failure> {
        let mut wanted = Wanted {
            paths: Vec::new(),
            names: Vec::new(),
        };
        let is_at_revision = arguments.project.at.as_deref();
        let listed = match is_at_revision {
            Some(revision) => location.revision(revision)?.paths()?,
            None => location.worktree()?.paths()?,
        };
        for path in &arguments.paths {
            let relative = match is_at_revision {
                Some(_) => Some(slashed(path)),
                None => below_root(path, location)?,
            };
            let known = relative.filter(|relative| {
                relative.is_empty() || listed.iter().any(|path| is_below(path, relative))
            });
            match known {
                Some(known) => wanted.paths.push(known),
                None => wanted.names.push(path.clone()),
            }
        }
        Ok(wanted)
    }

    /// Replaces names of workflows by their files.
    ///
    /// # Errors
    /// When a name is neither a path nor that of a workflow.
    pub fn find_names(&mut self, loaded: &Loaded, location: &Location) -> Result<(), Failure> {
        for name in std::mem::take(&mut self.names) {
            let Some(workflow) = name.to_str().and_then(|name| loaded.model.workflow(name)) else {
                return Err(unknown(&name, loaded, location));
            };
            let file = loaded.sources.file(workflow.key.source);
            self.paths.push(file.path().to_owned());
        }
        Ok(())
    }

    /// True when the file is reported on.
    pub fn has(&self, path: &str) -> bool {
        (self.paths.is_empty() && self.names.is_empty())
            || self.paths.iter().any(|folder| is_below(path, folder))
    }

    /// The findings in the files that are reported on.
    pub fn among(&self, findings: Vec<Finding>, sources: &Sources) -> Vec<Finding> {
        findings
            .into_iter()
            .filter(|finding| self.has(sources.file(finding.diagnostic.span.source).path()))
            .collect()
    }
}

fn slashed(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    path.trim_end_matches('/').to_owned()
}

/// The path from the root of the project; `None` when there is nothing at it, or it lies outside.
fn below_root(path: &Path, location: &Location) -> Result<Option<String>, Failure> {
    let root = location.root.canonicalize()?;
    let Ok(absolute) = env::current_dir()?.join(path).canonicalize() else {
        return Ok(None);
    };
    let relative = absolute.strip_prefix(&root).ok();
    Ok(relative.map(|relative| relative.to_string_lossy().replace('\\', "/")))
}

fn unknown(name: &Path, loaded: &Loaded, location: &Location) -> Failure {
    let failure = Failure::new(format!(
        "there is no file or folder `{0}` in the project, and no workflow `{0}`",
        name.display()
    ));
    let workflows = &loaded.model.project.workflows;
    let names = workflows
        .iter()
        .map(|workflow| workflow.name.value.as_str());
    match name.to_str().and_then(|name| nearest(name, names)) {
        Some(near) => failure.hint(format!("did you mean the workflow `{near}`?")),
        None => failure.hint(format!(
            "paths must lie below the project folder `{}`",
            location.root.display()
        )),
    }
}
