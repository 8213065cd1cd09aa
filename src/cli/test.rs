//! `flowgate test`: plays the scenarios of workflows and says what they reach.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::failure::Failure;
use super::opening::{Location, ProjectArguments};
use super::output::{OutputArguments, Status, Writable, write_whole};
use crate::check::scenarios::{self, Tested};
use crate::check::{self, Finding, Loaded};
use crate::model::NotSound;
use crate::report::test::TestReport;
use crate::report::test_view::{diagram, test_report};
use crate::report::view::check_report;
use crate::report::{Format, HumanOptions};
use crate::source::Sources;
use crate::syntax::decode::{listing, nearest};

/// Plays the scenarios of workflows on their plans, with a virtual clock.
#[derive(Debug, Args)]
pub struct TestArguments {
    /// The workflows; all that are neither draft nor retired when absent.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Writes a Mermaid diagram for each workflow, with how often each part is reached.
    #[arg(long, value_name = "DIR")]
    coverage: Option<PathBuf>,
    /// Fails when the scenarios of a workflow reach less than so many percent of its states,
    /// transitions, reason codes, timers and decision rows.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    minimum: Option<u8>,
    #[command(flatten)]
    project: ProjectArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs the command.
///
/// # Errors
/// When the project cannot be read, a name is unknown, or a file cannot be written.
pub fn run(arguments: &TestArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let started = Instant::now();
    let location = arguments.project.locate(None)?;
    let loaded = load(arguments, &location)?;
    let names = wanted(&loaded, &arguments.names)?;
    let findings = check::check(&loaded);
    let tested = match played(&loaded, &findings, &names) {
        Ok(tested) => tested,
        Err(blocking) => return refuse(arguments, &loaded, &blocking, out),
    };
    for tested in &tested {
        if let Some(folder) = &arguments.coverage {
            let path = folder.join(format!("{}.coverage.mmd", tested.workflow));
            write_whole(&path, diagram(tested).as_bytes())?;
        }
    }
    let found = scenarios::findings(&loaded, &tested);
    let minimum = arguments.minimum.map(usize::from);
    let shown = Shown {
        report: test_report(&loaded.sources, &tested, &found, minimum),
        sources: &loaded.sources,
    };
    arguments
        .output
        .write(&shown, Some(started.elapsed()), out)?;
    Ok(Status::of(shown.report.fails()))
}

fn load(arguments: &TestArguments, location: &Location) -> Result<Loaded, Failure> {
    match &arguments.project.at {
        Some(revision) => location.load(&location.revision(revision)?, &[]),
        None => location.load(&location.worktree()?, &[]),
    }
}

/// The workflows that are named, or all that are in force.
pub fn wanted<'l>(loaded: &'l Loaded, names: &[String]) -> Result<Vec<&'l str>, Failure> {
    let workflows = &loaded.model.project.workflows;
    let known = || {
        workflows
            .iter()
            .map(|workflow| workflow.name.value.as_str())
    };
    for name in names {
        if !known().any(|known| known == name) {
            let failure = Failure::new(format!("there is no workflow `{name}`"));
            return Err(match nearest(name, known()) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint(format!(
                    "there are {}",
                    listing(&known().collect::<Vec<_>>())
                )),
            });
        }
    }
    let wanted: Vec<&str> = workflows
        .iter()
        .filter(|workflow| match names {
            [] => workflow.body.is_in_force(),
            names => names.contains(&workflow.name.value),
        })
        .map(|workflow| workflow.name.value.as_str())
        .collect();
    if wanted.is_empty() {
        return Err(Failure::new("there is no workflow to test").hint(
            "`flowgate new DIR` writes a starter repository; `--project DIR` names another folder",
        ));
    }
    Ok(wanted)
}

/// Every workflow with its scenarios played, or the findings that stand in the way.
fn played(
    loaded: &Loaded,
    findings: &[Finding],
    names: &[&str],
) -> Result<Vec<Tested>, Vec<Finding>> {
    let mut tested = Vec::new();
    let mut blocking: Vec<*const crate::diagnostic::Diagnostic> = Vec::new();
    for name in names {
        match scenarios::sound(loaded, findings, name) {
            Ok(sound) => tested.push(scenarios::test(loaded, sound)),
            Err(NotSound::Unknown) => {}
            Err(NotSound::Findings(found)) => {
                blocking.extend(found.into_iter().map(std::ptr::from_ref));
            }
        }
    }
    if blocking.is_empty() {
        return Ok(tested);
    }
    let stands_in_the_way =
        |finding: &&Finding| blocking.contains(&std::ptr::from_ref(&finding.diagnostic));
    Err(findings.iter().filter(stands_in_the_way).cloned().collect())
}

fn refuse(
    arguments: &TestArguments,
    loaded: &Loaded,
    blocking: &[Finding],
    out: &mut dyn Write,
) -> Result<Status, Failure> {
    let report = super::check::Shown {
        report: check_report(&loaded.sources, blocking, loaded.model.project.len()),
        sources: &loaded.sources,
        folder: String::new(),
        all: false,
    };
    arguments.output.write(&report, None, out)?;
    writeln!(
        io::stderr(),
        "nothing was tested: these workflows cannot be compiled"
    )?;
    Ok(Status::Findings)
}

/// A test report with the texts it is about.
struct Shown<'a> {
    report: TestReport,
    sources: &'a Sources,
}

impl Writable for Shown<'_> {
    fn supports(&self, format: &Format) -> bool {
        format.test.is_some()
    }

    fn write(
        &self,
        format: &Format,
        options: &HumanOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        format.test.map_or(Ok(()), |write| {
            write(&self.report, self.sources, options, out)
        })
    }
}
