//! `flowgate new`: a complete starter repository that checks clean.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::output::Status;
use crate::catalog;

/// Writes a complete starter repository: project file, a workflow, contracts, directory, policy,
/// scenarios, runbook, CI workflow and editor settings.
#[derive(Debug, Args)]
pub struct NewArguments {
    /// The folder to write; it must be empty or not exist.
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// Lists files of the starter example with their texts.
macro_rules! starter {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../examples/starter/", $path)))),*]
    };
}

/// The starter, which is a tested example of its own.
pub static STARTER: &[(&str, &str)] = starter![
    "README.md",
    "flowgate.yaml",
    "workflows/equipment-request.yaml",
    "contracts/equipment.request.v1.yaml",
    "contracts/inventory.assignment.v1.yaml",
    "directory/people.yaml",
    "directory/queues.yaml",
    "directory/systems.yaml",
    "policies/change-control.yaml",
    "scenarios/equipment-request.yaml",
    "scenarios/fixtures/laptop.json",
    "scenarios/fixtures/without-justification.json",
    "runbooks/equipment-request.md",
    "evidence/equipment-pilot.md",
    ".github/workflows/flowgate.yaml",
    ".vscode/settings.json",
];

/// Where editors find the schema of all documents.
const SCHEMA_PATH: &str = ".flowgate/file.schema.json";

/// Runs the command.
///
/// # Errors
/// When the folder holds something already, or cannot be written.
pub fn run(arguments: &NewArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let directory = &arguments.directory;
    refuse_used(directory)?;
    let schema = serde_json::to_string_pretty(&catalog::schema::file())
        .map_err(|error| Failure::new(error.to_string()))?;
    let schema = format!("{schema}\n");
    let files = STARTER
        .iter()
        .copied()
        .chain([(SCHEMA_PATH, schema.as_str())]);
    for (path, text) in files {
        write_file(&directory.join(path), text)?;
        writeln!(out, "  {path}")?;
    }
    let shown = directory.display();
    writeln!(
        out,
        "\nA repository with one workflow is in {shown}. Try:\n"
    )?;
    writeln!(out, "  flowgate check --project {shown}")?;
    writeln!(out, "  flowgate test --project {shown}")?;
    writeln!(out, "  flowgate compile --project {shown} --target mermaid")?;
    Ok(Status::Clean)
}

/// Nothing of the user's is overwritten; a `.git` folder may be there.
fn refuse_used(directory: &Path) -> Result<(), Failure> {
    if directory.is_file() {
        return Err(
            Failure::new(format!("`{}` is a file", directory.display())).hint("name a folder")
        );
    }
    let Ok(entries) = fs::read_dir(directory) else {
        return Ok(());
    };
    let used = entries
        .filter_map(Result::ok)
        .any(|entry| entry.file_name() != ".git");
    if used {
        return Err(
            Failure::new(format!("the folder `{}` is not empty", directory.display()))
                .hint("name a folder that is empty or does not exist"),
        );
    }
    Ok(())
}

fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    let cannot =
        |error: std::io::Error| Failure::new(format!("cannot write `{}`: {error}", path.display()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(cannot)?;
    }
    fs::write(path, text).map_err(cannot)
}
