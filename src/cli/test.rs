//! `flowgate test`: plays the scenarios of workflows and says what they reach.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use super::chosen;
use super::failure::Failure;
use super::opening::ProjectArguments;
use super::output::{OutputArguments, Status, Writable, write_whole};
use crate::check;
use crate::check::Loaded;
use crate::check::scenarios::{self, Tested};
use crate::check::suggestions::{Suggested, suggestions};
use crate::model::Sound;
use crate::report::test::TestReport;
use crate::report::test_view::{TestOptions, diagram, suggested_yaml, test_report};
use crate::report::wording::count;
use crate::report::{Format, HumanOptions};
use crate::rule::Family;
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
    /// Writes the scenarios that are missing, as YAML to review, instead of a report: to standard
    /// output, or to a new file.
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with_all = ["coverage", "minimum", "trace", "format", "output"]
    )]
    suggest: Option<Option<PathBuf>>,
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
    let mut findings = check::check(&loaded);
    if arguments.suggest.is_some() {
        // That nothing was ever tried must not keep anybody from trying.
        findings.retain(|finding| finding.diagnostic.rule.family != Family::Policy);
    }
    let sound = match chosen::sound(&loaded, &findings, &names) {
        Ok(sound) => sound,
        Err(blocking) => {
            return chosen::refuse((&arguments.output, "tested"), &loaded, &blocking, out);
        }
    };
    if let Some(file) = &arguments.suggest {
        return suggest(&loaded, sound, file.as_deref(), out);
    }
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

/// Writes what is missing; what nothing reaches is named below it.
fn suggest(
    loaded: &Loaded,
    sound: Vec<Sound<'_>>,
    file: Option<&Path>,
    out: &mut dyn Write,
) -> Result<Status, Failure> {
    if let Some(file) = file.filter(|file| file.exists()) {
        let failure = Failure::new(format!("`{}` is there already", file.display()));
        return Err(failure.hint("suggestions are for review; name a new file"));
    }
    let suggested: Vec<Suggested> = sound
        .into_iter()
        .map(|sound| suggestions(loaded, sound))
        .collect();
    let text = suggested_yaml(&loaded.sources, &suggested);
    match file {
        Some(file) => {
            write_whole(file, text.as_bytes())?;
            let cases = suggested.iter().map(|suggested| suggested.cases).sum();
            writeln!(
                out,
                "{} written to {}.",
                count(cases, "scenario"),
                file.display()
            )?;
        }
        None => out.write_all(text.as_bytes())?,
    }
    Ok(Status::Clean)
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
