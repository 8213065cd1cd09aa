//! `flowgate version`: what every document declares, and what it ought to.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::opening::{Fork, Location, ProjectArguments};
use super::output::{OutputArguments, Status, Writable};
use crate::check::part::{Part, survey::Survey};
use crate::check::repair::repair;
use crate::check::{Comparison, Finding, Loaded, versions};
use crate::diagnostic::Applicability;
use crate::report::versions::{VersionReport, version_report};
use crate::report::{Format, HumanOptions};
use crate::syntax::decode::nearest;

/// Shows which version every document ought to have, and writes it.
#[derive(Debug, Args)]
pub struct VersionArguments {
    /// The documents; all when absent.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Writes versions that are too low into the files, comments kept.
    #[arg(long)]
    apply: bool,
    /// The revision that documents without a release are compared with; the `base` of the project
    /// file when absent.
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// The folder of the project; the nearest one with a flowgate.yaml when absent.
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// The day on which time limits are judged, instead of today.
    #[arg(long, value_name = "DATE", hide = true)]
    today: Option<jiff::civil::Date>,
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs the command.
///
/// # Errors
/// When the project or its history cannot be read, or a name is unknown.
pub fn run(arguments: &VersionArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let project = ProjectArguments {
        project: arguments.project.clone(),
        at: None,
        today: arguments.today,
    };
    let location = project.locate(None)?;
    let worktree = location.worktree()?;
    let survey = Survey::of(&worktree, None)?;
    let loaded = location.load_part(&Part::Whole, &survey, &[])?;
    refuse_unknown(arguments, &loaded)?;
    let fork = fork(arguments, &location, &loaded)?;
    let tree = location.revision(&fork.commit.to_string())?;
    let base = location.base(fork, &Part::Whole, &Survey::of(&tree, Some(&survey))?)?;
    let changes = versions::all_changes(&base.loaded, &loaded);
    let past = location.past_of(&base.fork, (&base.loaded, &loaded), &changes, &survey)?;
    let comparison = Comparison {
        base: &base.loaded,
        past: &past,
        evidence: None,
        left_out: &BTreeSet::new(),
    };
    let loaded = if arguments.apply {
        apply(arguments, &location, loaded, &comparison)?
    } else {
        loaded
    };
    let (mut documents, _) = versions::judge(&loaded, &comparison);
    documents.retain(|document| is_wanted(arguments, document.facts.name()));
    let report = version_report(&documents, arguments.apply);
    arguments.output.write(&report, None, out)?;
    Ok(Status::of(report.too_low() > 0))
}

fn is_wanted(arguments: &VersionArguments, name: &str) -> bool {
    arguments.names.is_empty() || arguments.names.iter().any(|wanted| wanted == name)
}

fn refuse_unknown(arguments: &VersionArguments, loaded: &Loaded) -> Result<(), Failure> {
    let known: Vec<&str> = loaded
        .model
        .versioned()
        .map(|document| document.name.value.as_str())
        .collect();
    let mut names = arguments.names.iter();
    let Some(unknown) = names.find(|name| !known.contains(&name.as_str())) else {
        return Ok(());
    };
    let failure = Failure::new(format!("there is no document `{unknown}` with a version"));
    Err(match nearest(unknown, known.iter().copied()) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`flowgate version` lists them all"),
    })
}

/// What documents without a release are compared with. A base that only the project file names may
/// be missing, as in a clone of one branch; then such documents demand nothing.
fn fork(
    arguments: &VersionArguments,
    location: &Location,
    loaded: &Loaded,
) -> Result<Fork, Failure> {
    if let Some(revision) = &arguments.base {
        return location.fork(revision, "HEAD");
    }
    let settings = loaded
        .model
        .config()
        .and_then(|config| config.project.as_ref());
    let configured = settings.and_then(|settings| settings.base.as_ref());
    let found = configured.map(|base| location.fork(&base.value, "HEAD"));
    match found {
        Some(Ok(fork)) => Ok(fork),
        Some(Err(_)) | None => location.fork("HEAD", "HEAD"),
    }
}

fn apply(
    arguments: &VersionArguments,
    location: &Location,
    loaded: Loaded,
    comparison: &Comparison<'_>,
) -> Result<Loaded, Failure> {
    let surroundings = loaded.model.surroundings.clone();
    let judge = |loaded: &Loaded| -> Vec<Finding> {
        let (_, mut findings) = versions::judge(loaded, comparison);
        findings.retain(|finding| {
            let document = finding.document.as_ref();
            document.is_some_and(|document| is_wanted(arguments, &document.name))
        });
        findings
    };
    let repaired = repair(
        loaded,
        Applicability::Safe,
        &|_| true,
        &|_| surroundings.clone(),
        &judge,
    );
    let worktree = location.worktree()?;
    for (path, text) in &repaired.changed {
        worktree.write(path, text)?;
    }
    location.load(&worktree, &[])
}

impl Writable for VersionReport {
    fn supports(&self, format: &Format) -> bool {
        format.versions.is_some()
    }

    fn write(
        &self,
        format: &Format,
        options: &HumanOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        format
            .versions
            .map_or(Ok(()), |write| write(self, options, out))
    }
}
