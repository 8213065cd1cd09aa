//! `flowgate compile`: sound workflows to plans and to the forms of engines and readers.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use similar::TextDiff;

use super::chosen;
use super::failure::Failure;
use super::opening::ProjectArguments;
use super::output::{OutputArguments, Status, Writable, write_whole};
use crate::check;
use crate::diagnostic::Checked;
use crate::plan::{Plan, lower};
use crate::report::compile::{ArtifactState, COMPILE_SCHEMA, CompileReport, CompiledArtifact};
use crate::report::{Format, HumanOptions};
use crate::syntax::decode::{listing, nearest};
use crate::target::{self, TARGETS, Target};

/// Lowers sound workflows to plans, and to the forms of engines and readers.
#[derive(Debug, Args)]
pub struct CompileArguments {
    /// The workflows; all that are neither draft nor retired when absent.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// The form to compile to.
    #[arg(long, value_name = "TARGET", default_value = "plan")]
    target: String,
    /// The folder to write to; standard output when absent.
    #[arg(short = 'o', long = "out", value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Compares with the files in the folder instead of writing them.
    #[arg(long, requires = "directory")]
    check: bool,
    /// Lists the targets.
    #[arg(long)]
    list_targets: bool,
    #[command(flatten)]
    project: ProjectArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// An artifact that is ready to be written.
struct Compiled {
    report: CompiledArtifact,
    content: String,
}

/// Runs the command.
///
/// # Errors
/// When the project cannot be read, a name or target is unknown, or a file cannot be written.
pub fn run(arguments: &CompileArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    if arguments.list_targets {
        return list_targets(out);
    }
    let target = find_target(&arguments.target)?;
    let location = arguments.project.locate(None)?;
    let loaded = chosen::load(&arguments.project, &location)?;
    let names = chosen::workflows(&loaded, &arguments.names, "to compile")?;
    let findings = check::check(&loaded);
    let sound = match chosen::sound(&loaded, &findings, &names) {
        Ok(sound) => sound,
        Err(blocking) => {
            return chosen::refuse((&arguments.output, "compiled"), &loaded, &blocking, out);
        }
    };
    let mut limits = Vec::new();
    let mut compiled = Vec::new();
    for sound in sound {
        let emitted = emit(target, &lower(sound, &loaded.sources));
        limits.extend(emitted.diagnostics);
        compiled.extend(emitted.value);
    }
    if !limits.is_empty() {
        let limits = check::located(&loaded, limits);
        return chosen::refuse((&arguments.output, "compiled"), &loaded, &limits, out);
    }
    match &arguments.directory {
        None => print(&compiled, out),
        Some(directory) if arguments.check => compare(arguments, directory, compiled, out),
        Some(directory) => write(arguments, directory, compiled, out),
    }
}

fn list_targets(out: &mut dyn Write) -> Result<Status, Failure> {
    for target in TARGETS {
        writeln!(
            out,
            "{:<10} {} (*.{})",
            target.id, target.title, target.extension
        )?;
    }
    Ok(Status::Clean)
}

fn find_target(name: &str) -> Result<&'static Target, Failure> {
    target::find(name).ok_or_else(|| {
        let known: Vec<&str> = TARGETS.iter().map(|target| target.id).collect();
        let failure = Failure::new(format!("there is no target `{name}`"));
        match nearest(name, known.iter().copied()) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint(format!("there are {}", listing(&known))),
        }
    })
}

fn emit(target: &'static Target, plan: &Plan) -> Checked<Vec<Compiled>> {
    let emitted = (target.emit)(plan);
    let compiled = emitted
        .value
        .into_iter()
        .map(|artifact| Compiled {
            report: CompiledArtifact {
                workflow: plan.name.clone(),
                target: target.id,
                file: artifact.file_name,
                plan: plan.digest.as_str().to_owned(),
                state: None,
                difference: String::new(),
            },
            content: artifact.content,
        })
        .collect();
    Checked {
        value: compiled,
        diagnostics: emitted.diagnostics,
    }
}

/// The contents themselves; several are told apart by a line with the name of the file.
fn print(compiled: &[Compiled], out: &mut dyn Write) -> Result<Status, Failure> {
    for (index, artifact) in compiled.iter().enumerate() {
        if compiled.len() > 1 {
            let gap = if index > 0 { "\n" } else { "" };
            writeln!(out, "{gap}==> {} <==", artifact.report.file)?;
        }
        write!(out, "{}", artifact.content)?;
    }
    Ok(Status::Clean)
}

fn write(
    arguments: &CompileArguments,
    directory: &Path,
    compiled: Vec<Compiled>,
    out: &mut dyn Write,
) -> Result<Status, Failure> {
    let mut artifacts = Vec::new();
    for artifact in compiled {
        write_whole(
            &directory.join(&artifact.report.file),
            artifact.content.as_bytes(),
        )?;
        artifacts.push(CompiledArtifact {
            state: Some(ArtifactState::Written),
            ..artifact.report
        });
    }
    show(arguments, artifacts, out)
}

fn compare(
    arguments: &CompileArguments,
    directory: &Path,
    compiled: Vec<Compiled>,
    out: &mut dyn Write,
) -> Result<Status, Failure> {
    let artifacts = compiled.into_iter().map(|artifact| {
        let path = directory.join(&artifact.report.file);
        let (state, difference) = match fs::read(&path) {
            Ok(found) if found == artifact.content.as_bytes() => {
                (ArtifactState::Same, String::new())
            }
            Ok(found) => {
                let found = String::from_utf8_lossy(&found).into_owned();
                (
                    ArtifactState::Different,
                    difference(&found, &artifact.content),
                )
            }
            Err(_) => (ArtifactState::Missing, String::new()),
        };
        CompiledArtifact {
            state: Some(state),
            difference,
            ..artifact.report
        }
    });
    let artifacts = artifacts.collect();
    show(arguments, artifacts, out)
}

/// The first lines that differ, as a unified difference.
fn difference(found: &str, expected: &str) -> String {
    const SHOWN: usize = 20;
    let differences = TextDiff::from_lines(found, expected);
    let unified = differences
        .unified_diff()
        .context_radius(2)
        .header("on disk", "compiled")
        .to_string();
    let mut lines: Vec<&str> = unified.lines().take(SHOWN).collect();
    if unified.lines().count() > SHOWN {
        lines.push("…");
    }
    lines.iter().map(|line| format!("  {line}\n")).collect()
}

fn show(
    arguments: &CompileArguments,
    artifacts: Vec<CompiledArtifact>,
    out: &mut dyn Write,
) -> Result<Status, Failure> {
    let report = CompileReport {
        schema: COMPILE_SCHEMA,
        artifacts,
    };
    let status = Status::of(report.has_drift());
    arguments.output.write(&report, None, out)?;
    Ok(status)
}

impl Writable for CompileReport {
    fn supports(&self, format: &Format) -> bool {
        format.compile.is_some()
    }

    fn write(
        &self,
        format: &Format,
        options: &HumanOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        format
            .compile
            .map_or(Ok(()), |write| write(self, options, out))
    }
}
