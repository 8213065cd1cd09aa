//! `flowgate check`: reads, resolves and lints a project, and repairs it when asked to.

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::opening::{Base, Location, ProjectArguments};
use super::output::{FailOn, OutputArguments, Status, Writable};
use crate::check::history::Past;
use crate::check::project::is_below;
use crate::check::repair::repair;
use crate::check::{self, Comparison, Finding, Loaded};
use crate::diagnostic::Applicability;
use crate::report::view::check_report;
use crate::report::{CheckReport, Format, HumanOptions};
use crate::source::{SourceTree, Sources};

/// Reads, resolves and lints a project.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Files and folders to report on; the whole project when absent. The rest is still read.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Also judges the change since this revision: version bumps, running cases, names that come
    /// back. The policies of the revision judge, so that a change cannot weaken what judges it.
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Repairs what can be repaired, in place; `--fix=unsafe` also what needs a look.
    #[arg(long, value_name = "WHICH", num_args = 0..=1, require_equals = true, default_missing_value = "safe")]
    fix: Option<Which>,
    /// The lowest level that makes the run fail.
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
    /// Shows every finding, however many one rule has.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    project: ProjectArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Which repairs to apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Those that cannot change the meaning.
    Safe,
    /// Those that need a look too.
    Unsafe,
}

/// Runs the command.
///
/// # Errors
/// When the project cannot be read, or an output not be written.
pub fn run(arguments: &CheckArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let started = Instant::now();
    let location = arguments
        .project
        .locate(arguments.paths.first().map(PathBuf::as_path))?;
    let wanted = wanted_paths(arguments, &location)?;
    let loaded = load(arguments, &location, &wanted)?;
    let change = Change::of(arguments, &location, &loaded)?;
    let loaded = match arguments.fix {
        None => loaded,
        Some(which) => fix(arguments, which, &location, loaded, &wanted, &change)?,
    };
    refuse_nothing(&loaded, &location)?;
    let findings: Vec<Finding> = change
        .judge(&loaded)
        .into_iter()
        .filter(|finding| {
            is_wanted(
                loaded.sources.file(finding.diagnostic.span.source).path(),
                &wanted,
            )
        })
        .collect();
    let failing = arguments.fail_on.level();
    let fails = findings
        .iter()
        .any(|finding| finding.suppressed.is_none() && finding.diagnostic.level >= failing);
    let mut report = check_report(&loaded.sources, &findings, loaded.model.project.len());
    report.judged_under = change.base.as_ref().map(|(base, _)| base.title());
    let report = Shown {
        report,
        sources: &loaded.sources,
        folder: location.folder_in_repository(),
        all: arguments.all,
    };
    arguments
        .output
        .write(&report, Some(started.elapsed()), out)?;
    Ok(Status::of(fails))
}

/// What led to the project, when that is judged too.
struct Change {
    base: Option<(Base, Past)>,
}

impl Change {
    fn of(
        arguments: &CheckArguments,
        location: &Location,
        loaded: &Loaded,
    ) -> Result<Self, Failure> {
        let Some(revision) = &arguments.base else {
            return Ok(Change { base: None });
        };
        let head = arguments.project.at.as_deref().unwrap_or("HEAD");
        let base = location.base(revision, head)?;
        let past = location.past(&base, loaded)?;
        Ok(Change {
            base: Some((base, past)),
        })
    }

    fn judge(&self, loaded: &Loaded) -> Vec<Finding> {
        match &self.base {
            None => check::check(loaded),
            Some((base, past)) => {
                let base = &base.loaded;
                check::check_change(loaded, &Comparison { base, past })
            }
        }
    }
}

/// A check report with the texts it is about.
pub struct Shown<'a> {
    /// The report.
    pub report: CheckReport,
    /// The texts.
    pub sources: &'a Sources,
    /// Where the project lies in its repository; empty for the whole of it.
    pub folder: String,
    /// Whether every finding is drawn, however many one rule has.
    pub all: bool,
}

impl Writable for Shown<'_> {
    fn supports(&self, format: &Format) -> bool {
        format.check.is_some()
    }

    fn write(
        &self,
        format: &Format,
        options: &HumanOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let options = HumanOptions {
            all: self.all,
            ..*options
        };
        match format.check {
            Some(write) if format.is_seen_from_the_repository() => {
                let report = self.report.seen_from_above(&self.folder);
                write(&report, self.sources, &options, out)
            }
            Some(write) => write(&self.report, self.sources, &options, out),
            None => Ok(()),
        }
    }
}

fn load(
    arguments: &CheckArguments,
    location: &Location,
    wanted: &[String],
) -> Result<Loaded, Failure> {
    match &arguments.project.at {
        Some(revision) => location.load(&location.revision(revision)?, wanted),
        None => location.load(&location.worktree()?, wanted),
    }
}

fn fix(
    arguments: &CheckArguments,
    which: Which,
    location: &Location,
    loaded: Loaded,
    wanted: &[String],
    change: &Change,
) -> Result<Loaded, Failure> {
    if let Some(revision) = &arguments.project.at {
        return Err(
            Failure::new(format!("`--fix` cannot repair the revision `{revision}`"))
                .hint("leave `--at` out to repair the files on disk"),
        );
    }
    let limit = match which {
        Which::Safe => Applicability::Safe,
        Which::Unsafe => Applicability::Unsafe,
    };
    let surroundings = loaded.model.surroundings.clone();
    let selected = |path: &str| is_wanted(path, wanted);
    let judge = |loaded: &Loaded| change.judge(loaded);
    let repaired = repair(loaded, limit, &selected, &|_| surroundings.clone(), &judge);
    let worktree = location.worktree()?;
    for (path, text) in &repaired.changed {
        worktree.write(path, text)?;
    }
    // What could not be read has no text, so it is read again to be reported.
    location.load(&worktree, wanted)
}

/// Nothing to check is not the same as nothing wrong.
fn refuse_nothing(loaded: &Loaded, location: &Location) -> Result<(), Failure> {
    if !loaded.sources.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "there are no workflow documents in `{}`",
        location.root.display()
    ))
    .hint("`flowgate new DIR` writes a starter repository; `--project DIR` names another folder"))
}

/// The named paths, relative to the project.
fn wanted_paths(arguments: &CheckArguments, location: &Location) -> Result<Vec<String>, Failure> {
    let cannot = |path: &Path| {
        Failure::new(format!(
            "there is no file or folder `{}` in the project",
            path.display()
        ))
        .hint(format!(
            "paths must lie below the project folder `{}`",
            location.root.display()
        ))
    };
    if arguments.project.at.is_some() {
        let names = arguments
            .paths
            .iter()
            .map(|path| path.to_string_lossy().replace('\\', "/"));
        return Ok(names
            .map(|name| name.trim_end_matches('/').to_owned())
            .collect());
    }
    let current = env::current_dir()?;
    let root = location.root.canonicalize()?;
    let listed = location.worktree()?.paths()?;
    let mut wanted = Vec::new();
    for path in &arguments.paths {
        let absolute = current
            .join(path)
            .canonicalize()
            .map_err(|_| cannot(path))?;
        let relative = absolute.strip_prefix(&root).map_err(|_| cannot(path))?;
        let relative = relative.to_string_lossy().replace('\\', "/");
        if !listed.iter().any(|path| is_below(path, &relative)) && !relative.is_empty() {
            return Err(cannot(path));
        }
        wanted.push(relative);
    }
    Ok(wanted)
}

fn is_wanted(path: &str, wanted: &[String]) -> bool {
    wanted.is_empty() || wanted.iter().any(|folder| is_below(path, folder))
}
