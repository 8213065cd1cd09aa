//! `flowgate diff`: what a change means, from two revisions, a revision and the files on disk, or
//! two folders.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::opening::{Location, ProjectArguments};
use super::output::{OutputArguments, Status, Writable};
use crate::check::history::Past;
use crate::check::part::{self, Part, survey::Survey};
use crate::check::{self, Loaded};
use crate::compat::assess_changes;
use crate::diff::diff;
use crate::report::impact::{Comparison, ImpactReport, impact_report};
use crate::report::{Format, HumanOptions};
use crate::source::SourceTree;

/// Shows what a change means for people, controls, readers and running cases.
#[derive(Debug, Args)]
pub struct DiffArguments {
    /// Two folders to compare, the old one first; revisions of the project when absent.
    #[arg(value_name = "FOLDER", num_args = 2)]
    folders: Vec<PathBuf>,
    /// The revision to compare with; the `base` of the project file when absent. The merge base
    /// with the head counts.
    #[arg(long, value_name = "REV", conflicts_with = "folders")]
    base: Option<String>,
    /// The revision to compare; the files on disk when absent.
    #[arg(long, value_name = "REV", conflicts_with = "folders")]
    head: Option<String>,
    /// The folder of the project; the nearest one with a flowgate.yaml when absent.
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// The day on which time limits are judged, instead of today.
    #[arg(long, value_name = "DATE", hide = true)]
    today: Option<jiff::civil::Date>,
    #[command(flatten)]
    output: OutputArguments,
}

/// What is compared, with a name for the report.
struct Compared {
    before: Loaded,
    after: Loaded,
    past: Past,
    base: String,
    head: String,
    command: String,
}

impl DiffArguments {
    /// Checking both sides takes longer than comparing them; a terminal has no room for it.
    fn needs_findings(&self) -> bool {
        let shown = self.output.format.as_deref();
        let files = self.output.output.iter();
        let files = files.filter_map(|output| output.split_once('=').map(|(format, _)| format));
        files.chain(shown).any(|format| format != "human")
    }
}

/// Runs the command.
///
/// # Errors
/// When one of the two sides cannot be read.
pub fn run(arguments: &DiffArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let compared = match &arguments.folders[..] {
        [old, new] => folders(arguments, old, new)?,
        _ => revisions(arguments)?,
    };
    let (before, after) = (compared.before.side(), compared.after.side());
    let history = compared.past.history(after.model);
    let changes = diff(before.model, after.model);
    let impact = assess_changes(changes, before, after, &history);
    let findings = arguments.needs_findings().then(|| {
        (
            check::check(&compared.before),
            check::check(&compared.after),
        )
    });
    let report = impact_report(&Comparison {
        impact: &impact,
        before,
        after,
        base: &compared.base,
        head: &compared.head,
        findings: findings
            .as_ref()
            .map(|(before, after)| (before.as_slice(), after.as_slice())),
        command: &compared.command,
    });
    arguments.output.write(&report, None, out)?;
    Ok(Status::of(!report.verdict.ok))
}

fn location(arguments: &DiffArguments, project: Option<&Path>) -> Result<Location, Failure> {
    ProjectArguments {
        project: project.map(Path::to_path_buf),
        at: None,
        today: arguments.today,
    }
    .locate(None)
}

fn folders(arguments: &DiffArguments, old: &Path, new: &Path) -> Result<Compared, Failure> {
    let open = |folder: &Path| {
        let location = location(arguments, Some(folder))?;
        let loaded = location.load(&location.worktree()?, &[])?;
        if loaded.sources.is_empty() {
            return Err(Failure::new(format!(
                "there are no workflow documents in `{}`",
                folder.display()
            ))
            .hint("name the folder that holds the project"));
        }
        Ok(loaded)
    };
    Ok(Compared {
        before: open(old)?,
        after: open(new)?,
        past: Past::default(),
        base: old.display().to_string(),
        head: new.display().to_string(),
        command: format!("flowgate diff {} {}", old.display(), new.display()),
    })
}

fn revisions(arguments: &DiffArguments) -> Result<Compared, Failure> {
    let location = location(arguments, arguments.project.as_deref())?;
    location.repository()?;
    let (tree, head_revision, head): (Box<dyn SourceTree>, &str, String) = match &arguments.head {
        Some(revision) => {
            let tree = location.revision(revision)?;
            let commit = tree.commit_id().to_string();
            (Box::new(tree), revision, commit)
        }
        None => (
            Box::new(location.worktree()?),
            "HEAD",
            "worktree".to_owned(),
        ),
    };
    let survey = Survey::of(&*tree, None)?;
    let wanted = match &arguments.base {
        Some(base) => base.clone(),
        None => configured_base(&survey)?,
    };
    let fork = location.fork(&wanted, head_revision)?;
    let base_tree = location.revision(&fork.commit.to_string())?;
    let base_survey = Survey::of(&base_tree, Some(&survey))?;
    if base_survey.files.is_empty() && survey.files.is_empty() {
        return Err(Failure::new(format!(
            "there are no workflow documents in `{}`",
            location.root.display()
        ))
        .hint("`--project DIR` names another folder"));
    }
    let part = if arguments.needs_findings() {
        Part::Whole
    } else {
        part::of(&base_survey, &survey)
    };
    let after = location.load_part(&part, &survey, &[])?;
    let base = location.base(fork, &part, &base_survey)?;
    let merge_base = base.fork.commit;
    let command = match &arguments.head {
        Some(_) => format!("flowgate diff --base {merge_base} --head {head}"),
        None => format!("flowgate diff --base {merge_base}"),
    };
    Ok(Compared {
        past: location.past(&base, &after, &survey)?,
        base: merge_base.to_string(),
        before: base.loaded,
        after,
        head,
        command,
    })
}

/// The base that the project file names.
fn configured_base(survey: &Survey<'_>) -> Result<String, Failure> {
    let config = survey.config();
    let project = config.and_then(|config| config.project.as_ref());
    project
        .and_then(|project| project.base.as_ref())
        .map(|base| base.value.clone())
        .ok_or_else(|| {
            Failure::new("nothing says what to compare with")
                .hint("name a revision with `--base`, or write `project: {base: origin/main}` into flowgate.yaml")
        })
}

impl Writable for ImpactReport {
    fn supports(&self, format: &Format) -> bool {
        format.impact.is_some()
    }

    fn write(
        &self,
        format: &Format,
        options: &HumanOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        format
            .impact
            .map_or(Ok(()), |write| write(self, options, out))
    }
}
