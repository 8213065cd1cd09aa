//! `flowgate readiness`: which workflows are ready to be automated, and which are worth it.

use std::io::{self, Write};

use clap::Args;

use super::chosen;
use super::failure::Failure;
use super::opening::ProjectArguments;
use super::output::{OutputArguments, Status, Writable};
use crate::report::readiness::{ReadinessReport, readiness_report};
use crate::report::{Format, HumanOptions};

/// Judges the ten readiness checks of workflows, then weighs impact against effort.
#[derive(Debug, Args)]
pub struct ReadinessArguments {
    /// The workflows; all that are not retired when absent. Drafts must pass only when named.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    project: ProjectArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs the command.
///
/// # Errors
/// When the project cannot be read, a name is unknown, or an output not be written.
pub fn run(arguments: &ReadinessArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let location = arguments.project.locate(None)?;
    let loaded = chosen::load(&arguments.project, &location)?;
    chosen::refuse_unknown(&loaded, &arguments.names)?;
    let project = &loaded.model.project;
    if project.workflows.is_empty() && project.process_maps.is_empty() {
        return Err(Failure::new("there is no workflow to judge").hint(
            "`flowgate new DIR` writes a starter repository; `--project DIR` names another folder",
        ));
    }
    let report = readiness_report(&loaded, &arguments.names);
    arguments.output.write(&Shown(&report), None, out)?;
    Ok(Status::of(report.summary.failing > 0))
}

/// A readiness report for the outside.
struct Shown<'a>(&'a ReadinessReport);

impl Writable for Shown<'_> {
    fn supports(&self, format: &Format) -> bool {
        format.readiness.is_some()
    }

    fn write(
        &self,
        format: &Format,
        options: &HumanOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        match format.readiness {
            Some(write) => write(self.0, options, out),
            None => Ok(()),
        }
    }
}
