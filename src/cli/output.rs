//! Where results go: standard output in one format, and any number of files in others.

use std::env;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use crate::report::{FORMATS, Format, HumanOptions};
use crate::rule::Level;
use crate::syntax::decode::{listing, nearest};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nothing at or above the failing level.
    Clean,
    /// Findings, a bump that is too small, or artifacts that differ.
    Findings,
}

impl Status {
    /// 0 or 1.
    pub fn exit_code(self) -> ExitCode {
        match self {
            Status::Clean => ExitCode::SUCCESS,
            Status::Findings => ExitCode::from(1),
        }
    }

    /// [`Status::Findings`] when there is something.
    pub fn of(something: bool) -> Self {
        if something {
            Status::Findings
        } else {
            Status::Clean
        }
    }
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The lowest level that makes a run fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors only.
    Error,
    /// Warnings too.
    Warning,
    /// Everything.
    Info,
}

impl FailOn {
    /// The level.
    pub fn level(self) -> Level {
        match self {
            FailOn::Error => Level::Error,
            FailOn::Warning => Level::Warning,
            FailOn::Info => Level::Info,
        }
    }
}

/// Formats, files and colours.
#[derive(Debug, Clone, Args)]
pub struct OutputArguments {
    /// The format on standard output; `human`, and `github` in GitHub Actions, when absent.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Also writes a format to a file; may be given several times.
    #[arg(long, value_name = "FORMAT=FILE")]
    pub output: Vec<String>,
    /// When to use colours.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// A report for the outside: a writer for each format that can show it.
pub trait Writable {
    /// True when the format can show this report.
    fn supports(&self, format: &Format) -> bool;
    /// Writes the report.
    ///
    /// # Errors
    /// When writing fails.
    fn write(&self, format: &Format, options: &HumanOptions, out: &mut dyn Write)
    -> io::Result<()>;
}

impl OutputArguments {
    /// Writes a report to standard output and to every file that was asked for.
    ///
    /// # Errors
    /// When a format is unknown, cannot show the report, or a file cannot be written.
    pub fn write(
        &self,
        report: &dyn Writable,
        elapsed: Option<Duration>,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let shown = self.shown_format(report)?;
        let files = self
            .output
            .iter()
            .map(|output| parse_output(output, report))
            .collect::<Result<Vec<_>, _>>()?;
        for (format, path) in files {
            let mut bytes = Vec::new();
            report.write(format, &HumanOptions::default(), &mut bytes)?;
            write_whole(&path, &bytes)?;
        }
        // Formats for machines are the same for the same input; time is for people.
        let options = HumanOptions {
            elapsed: elapsed.filter(|_| shown.id == "human"),
            ..self.human_options()
        };
        report.write(shown, &options, out)?;
        Ok(())
    }

    fn shown_format(&self, report: &dyn Writable) -> Result<&'static Format, Failure> {
        if let Some(name) = &self.format {
            return find_format(name, report);
        }
        let in_actions = env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        let default = if in_actions { "github" } else { "human" };
        find_format(default, report).or_else(|_| find_format("human", report))
    }

    /// How human output is drawn on this terminal.
    pub fn human_options(&self) -> HumanOptions {
        let terminal = io::stdout().is_terminal();
        let set =
            |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
        let color = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => set("CLICOLOR_FORCE") || (terminal && !set("NO_COLOR")),
        };
        let width = env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse().ok());
        HumanOptions {
            color,
            width: width.unwrap_or(100).clamp(60, 120),
            ..HumanOptions::default()
        }
    }
}

fn find_format(name: &str, report: &dyn Writable) -> Result<&'static Format, Failure> {
    let suitable: Vec<&'static Format> = FORMATS
        .iter()
        .filter(|format| report.supports(format))
        .collect();
    if let Some(format) = suitable.iter().find(|format| format.id == name) {
        return Ok(format);
    }
    let names: Vec<&str> = suitable.iter().map(|format| format.id).collect();
    let failure = if FORMATS.iter().any(|format| format.id == name) {
        Failure::new(format!("the format `{name}` cannot show this"))
    } else {
        Failure::new(format!("there is no format `{name}`"))
    };
    Err(match nearest(name, names.iter().copied()) {
        Some(near) if near != name => failure.hint(format!("did you mean `{near}`?")),
        _ => failure.hint(format!("write one of {}", listing(&names))),
    })
}

fn parse_output(
    output: &str,
    report: &dyn Writable,
) -> Result<(&'static Format, PathBuf), Failure> {
    let Some((format, path)) = output.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        return Err(Failure::new(format!("`--output {output}` names no file"))
            .hint("write it as `--output sarif=flowgate.sarif`"));
    };
    Ok((find_format(format, report)?, PathBuf::from(path)))
}

/// Writes a file as a whole or not at all.
///
/// # Errors
/// When the file cannot be written.
pub fn write_whole(path: &std::path::Path, bytes: &[u8]) -> Result<(), Failure> {
    let cannot =
        |error: io::Error| Failure::new(format!("cannot write `{}`: {error}", path.display()));
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        fs::create_dir_all(folder).map_err(cannot)?;
    }
    let mut file = beside(folder.unwrap_or(std::path::Path::new("."))).map_err(cannot)?;
    file.write_all(bytes).map_err(cannot)?;
    file.persist(path).map_err(|error| cannot(error.error))?;
    Ok(())
}

/// A temporary file that others may read once it has its name, as far as the user's mask says so.
fn beside(folder: &std::path::Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(permissions);
    builder.tempfile_in(folder)
}
