//! `flowgate check`: reads, resolves and lints a project, and repairs it when asked to.

mod baseline;
mod wanted;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::opening::{Base, Location, ProjectArguments};
use super::output::{FailOn, OutputArguments, Status, Writable};
use crate::check::history::Past;
use crate::check::part::{self, Part, survey::Survey};
use crate::check::repair::repair;
use crate::check::stage::{PreviewedWorkflow, newly_failing, put_to_stage};
use crate::check::suppress::active;
use crate::check::{self, Comparison, Finding, Loaded};
use crate::compat::evidence::Evidence;
use crate::diagnostic::Applicability;
use crate::report::stage::preview;
use crate::report::suppressions::suppressions;
use crate::report::view::check_report;
use crate::report::{CheckReport, Format, HumanOptions};
use crate::rule::Stage;
use crate::source::{SourceId, SourceTree, Sources};
use baseline::BaselineArguments;
use wanted::Wanted;

/// Reads, resolves and lints a project.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Files, folders and names of workflows to report on; the whole project when absent. The rest
    /// is still read.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Also judges the change since this revision: version bumps, running cases, names that come
    /// back. The policies of the revision judge, so that a change cannot weaken what judges it.
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Previews a rollout stage: judges as if the workflows to report on were at it.
    #[arg(long, value_name = "STAGE", value_parser = clap::value_parser!(u8).range(0..=4), conflicts_with_all = ["fix", "base"])]
    stage: Option<Stage>,
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
    baseline: BaselineArguments,
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
    let mut wanted = Wanted::of(arguments, &location)?;
    let tree = tree(arguments, &location)?;
    let survey = arguments.base.as_ref().map(|_| Survey::of(&*tree, None));
    let survey = survey.transpose()?;
    let loaded = match &survey {
        Some(survey) => location.load_part(&Part::Whole, survey, &wanted.paths)?,
        None => location.load(&*tree, &wanted.paths)?,
    };
    refuse_nothing(&loaded, &location)?;
    wanted.find_names(&loaded, &location)?;
    let change = Change::of(arguments, &location, &loaded, survey.as_ref())?;
    let loaded = match arguments.fix {
        None => loaded,
        Some(which) => fix(arguments, which, &location, loaded, &wanted, &change)?,
    };
    let judged = judge(arguments, &location, loaded, &wanted, &change)?;
    let failing = arguments.fail_on.level();
    let fails = judged
        .report
        .counted()
        .any(|finding| finding.level >= failing);
    let shown = Shown {
        report: judged.report,
        sources: &judged.loaded.sources,
        folder: location.folder_in_repository(),
        all: arguments.all,
    };
    arguments
        .output
        .write(&shown, Some(started.elapsed()), out)?;
    Ok(Status::of(fails))
}

/// A project with what is to be said about it.
struct Judged {
    loaded: Loaded,
    report: CheckReport,
}

/// Judges the project, at another stage when one is previewed, and hides what is known.
fn judge(
    arguments: &CheckArguments,
    location: &Location,
    mut loaded: Loaded,
    wanted: &Wanted,
    change: &Change,
) -> Result<Judged, Failure> {
    let previewed = arguments.stage.map(|stage| {
        let today = check::check(&loaded);
        (stage, today, to_stage(&mut loaded, stage, wanted))
    });
    let base = change.base.as_ref().map(|(base, ..)| base);
    let compared = baseline::apply(arguments, location, &loaded, base, change.judge(&loaded))?;
    let findings = wanted.among(compared.findings, &loaded.sources);
    let mut report = check_report(&loaded.sources, &findings, loaded.model.project.len());
    report.preview = previewed.map(|(stage, today, workflows)| {
        let newly = newly_failing(&today, &findings, arguments.fail_on.level());
        preview(&loaded.sources, stage, &workflows, &newly)
    });
    report.suppressions = suppressions(&loaded.sources, &active(&findings, &loaded));
    report.baseline = compared.report;
    report.judged_under = change.base.as_ref().map(|(base, ..)| base.title());
    Ok(Judged { loaded, report })
}

/// Puts the workflows that are reported on to a stage.
fn to_stage(loaded: &mut Loaded, stage: Stage, wanted: &Wanted) -> Vec<PreviewedWorkflow> {
    let files = loaded.sources.iter();
    let files: Vec<SourceId> = files
        .filter(|(_, file)| wanted.has(file.path()))
        .map(|(id, _)| id)
        .collect();
    put_to_stage(loaded, stage, |workflow| {
        files.contains(&workflow.key.source)
    })
}

/// What led to the project, when that is judged too.
struct Change {
    base: Option<(Base, Past, Evidence)>,
    left_out: BTreeSet<String>,
}

impl Change {
    /// `after` has read the project. Repairs may change any file, so then everything is compared.
    fn of(
        arguments: &CheckArguments,
        location: &Location,
        loaded: &Loaded,
        after: Option<&Survey<'_>>,
    ) -> Result<Self, Failure> {
        let Some((revision, after)) = arguments.base.as_ref().zip(after) else {
            return Ok(Change {
                base: None,
                left_out: BTreeSet::new(),
            });
        };
        let head = arguments.project.at.as_deref().unwrap_or("HEAD");
        let fork = location.fork(revision, head)?;
        let tree = location.revision(&fork.commit.to_string())?;
        let before = Survey::of(&tree, Some(after))?;
        let part = match arguments.fix {
            None => part::of(&before, after),
            Some(Which::Safe | Which::Unsafe) => Part::Whole,
        };
        let base = location.base(fork, &part, &before)?;
        let left_out = part.left_out(after);
        let past = if left_out.is_empty() {
            location.past(&base.fork, (&base.loaded, loaded), after)?
        } else {
            let compared = location.load_part(&part, after, &[])?;
            location.past(&base.fork, (&base.loaded, &compared), after)?
        };
        let directory = &base.loaded.model;
        let evidence = location.evidence(Some(base.fork.commit), base.fork.head, directory)?;
        Ok(Change {
            base: Some((base, past, evidence)),
            left_out,
        })
    }

    fn judge(&self, loaded: &Loaded) -> Vec<Finding> {
        match &self.base {
            None => check::check(loaded),
            Some((base, past, evidence)) => {
                let comparison = Comparison {
                    base: &base.loaded,
                    past,
                    evidence: Some(evidence),
                    left_out: &self.left_out,
                };
                check::check_change(loaded, &comparison)
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

fn tree(arguments: &CheckArguments, location: &Location) -> Result<Box<dyn SourceTree>, Failure> {
    Ok(match &arguments.project.at {
        Some(revision) => Box::new(location.revision(revision)?),
        None => Box::new(location.worktree()?),
    })
}

fn fix(
    arguments: &CheckArguments,
    which: Which,
    location: &Location,
    loaded: Loaded,
    wanted: &Wanted,
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
    let selected = |path: &str| wanted.has(path);
    let judge = |loaded: &Loaded| change.judge(loaded);
    let repaired = repair(loaded, limit, &selected, &|_| surroundings.clone(), &judge);
    let worktree = location.worktree()?;
    for (path, text) in &repaired.changed {
        worktree.write(path, text)?;
    }
    // What could not be read has no text, so it is read again to be reported.
    location.load(&worktree, &wanted.paths)
}

/// Nothing to check is not the same as nothing wrong.
fn refuse_nothing(loaded: &Loaded, location: &Location) -> Result<(), Failure> {
    if !loaded.sources.is_empty() {
        return Ok(());
    }
    let failure = Failure::new(format!(
        "there are no workflow documents in `{}`",
        location.root.display()
    ));
    Err(failure.hint(if location.root.join("HEAD").is_file() {
        "this is a bare repository; `--at REV` reads a revision of it"
    } else {
        "`flowgate new DIR` writes a starter repository; `--project DIR` names another folder"
    }))
}
