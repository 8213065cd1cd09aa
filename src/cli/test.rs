//! `flowgate test`: plays the scenarios of workflows and says what they reach.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::chosen;
use super::failure::Failure;
use super::opening::ProjectArguments;
use super::output::{OutputArguments, Status, Writable, write_whole};
use crate::check;
use crate::check::scenarios::{self, Tested};
use crate::report::test::TestReport;
use crate::report::test_view::{TestOptions, diagram, test_report};
use crate::report::{Format, HumanOptions};
use crate::source::Sources;

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
    /// Shows every case with its trace and with what is needed to play it once more: the data, the
    /// answers of systems, what people and time did. For `--format json`.
    #[arg(long)]
    trace: bool,
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
    let loaded = chosen::load(&arguments.project, &location)?;
    let names = chosen::workflows(&loaded, &arguments.names, "to test")?;
    let findings = check::check(&loaded);
    let sound = match chosen::sound(&loaded, &findings, &names) {
        Ok(sound) => sound,
        Err(blocking) => {
            return chosen::refuse((&arguments.output, "tested"), &loaded, &blocking, out);
        }
    };
    let tested: Vec<Tested> = sound
        .into_iter()
        .map(|sound| scenarios::test(&loaded, sound))
        .collect();
    for tested in &tested {
        if let Some(folder) = &arguments.coverage {
            let path = folder.join(format!("{}.coverage.mmd", tested.workflow));
            write_whole(&path, diagram(tested).as_bytes())?;
        }
    }
    let found = scenarios::findings(&loaded, &tested);
    let options = TestOptions {
        minimum: arguments.minimum.map(usize::from),
        trace: arguments.trace,
    };
    let shown = Shown {
        report: test_report(&loaded.sources, &tested, &found, options),
        sources: &loaded.sources,
    };
    arguments
        .output
        .write(&shown, Some(started.elapsed()), out)?;
    Ok(Status::of(shown.report.fails()))
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
