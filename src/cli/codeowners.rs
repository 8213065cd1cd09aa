//! `flowgate codeowners`: whom a forge asks to review, from owners and risks.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use similar::TextDiff;

use super::chosen;
use super::failure::Failure;
use super::opening::{Location, ProjectArguments};
use super::output::{Status, write_whole};
use crate::check::codeowners::{END, lines, merged};

/// Where forges look for the file, in their order.
const PLACES: [&str; 4] = [
    ".github/CODEOWNERS",
    "CODEOWNERS",
    "docs/CODEOWNERS",
    ".gitlab/CODEOWNERS",
];

/// Prints who reviews which file, from owners and risks, for the CODEOWNERS file of a forge.
#[derive(Debug, Args)]
pub struct CodeownersArguments {
    /// Writes the lines into the file; what others wrote there stays.
    #[arg(long, conflicts_with_all = ["check", "at"])]
    write: bool,
    /// Compares with the file instead.
    #[arg(long)]
    check: bool,
    /// The file; the one that the forge reads when absent.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    project: ProjectArguments,
}

/// Runs the command.
///
/// # Errors
/// When the project cannot be read, or the file not be read or written.
pub fn run(arguments: &CodeownersArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let location = arguments.project.locate(None)?;
    let loaded = chosen::load(&arguments.project, &location)?;
    let lines = lines(&loaded, &location.folder_in_repository());
    if !arguments.write && !arguments.check {
        write!(out, "{lines}")?;
        return Ok(Status::Clean);
    }
    let file = arguments.file.clone().unwrap_or_else(|| place(&location));
    let existing = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            let reason = error.kind();
            return Err(Failure::new(format!(
                "cannot read `{}`: {reason}",
                file.display()
            )));
        }
    };
    let Some(expected) = merged(&existing, &lines) else {
        return Err(Failure::new(format!(
            "`{}` has a beginning of the written part without an end",
            file.display()
        ))
        .hint(format!("write `{END}` where it ends")));
    };
    if expected == existing {
        writeln!(out, "`{}` is up to date.", shown(&file, &location))?;
        return Ok(Status::Clean);
    }
    if arguments.write {
        write_whole(&file, expected.as_bytes())?;
        writeln!(out, "Wrote `{}`.", shown(&file, &location))?;
        return Ok(Status::Clean);
    }
    let difference = TextDiff::from_lines(&existing, &expected);
    let difference = difference.unified_diff().context_radius(1).to_string();
    write!(out, "{difference}")?;
    writeln!(
        out,
        "\n`{}` is out of date; `flowgate codeowners --write` writes it.",
        shown(&file, &location)
    )?;
    Ok(Status::Findings)
}

/// The file that is there, else the first that forges look for.
fn place(location: &Location) -> PathBuf {
    let repository = location.repository.as_ref().ok();
    let top = repository.and_then(|repository| repository.workdir());
    let top = top.unwrap_or(&location.root);
    let mut places = PLACES.iter().map(|place| top.join(place));
    places
        .find(|place| place.is_file())
        .unwrap_or_else(|| top.join(PLACES[0]))
}

/// The path below the repository, so that the output is the same everywhere.
fn shown(file: &std::path::Path, location: &Location) -> String {
    let repository = location.repository.as_ref().ok();
    let top = repository.and_then(|repository| repository.workdir());
    let below = top.and_then(|top| file.strip_prefix(top).ok());
    below.unwrap_or(file).display().to_string()
}
