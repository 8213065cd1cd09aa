//! The workflows that a command is about, and what stands in their way.

use std::io::{self, Write};

use super::check::Shown;
use super::failure::Failure;
use super::opening::{Location, ProjectArguments};
use super::output::{OutputArguments, Status};
use crate::check::{Finding, Loaded, scenarios};
use crate::model::{NotSound, Sound};
use crate::report::view::check_report;
use crate::report::wording::count;
use crate::syntax::decode::{listing, nearest};

/// Reads the project, from the revision when one is named.
///
/// # Errors
/// When there is no such revision, or the project cannot be read.
pub fn load(arguments: &ProjectArguments, location: &Location) -> Result<Loaded, Failure> {
    match &arguments.at {
        Some(revision) => location.load(&location.revision(revision)?, &[]),
        None => location.load(&location.worktree()?, &[]),
    }
}

/// Refuses names that no workflow has.
///
/// # Errors
/// With the nearest name, for the first that is unknown.
pub fn refuse_unknown(loaded: &Loaded, names: &[String]) -> Result<(), Failure> {
    let workflows = loaded.model.project.workflows.iter();
    let known: Vec<&str> = workflows
        .map(|workflow| workflow.name.value.as_str())
        .collect();
    let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) else {
        return Ok(());
    };
    let failure = Failure::new(format!("there is no workflow `{unknown}`"));
    Err(match nearest(unknown, known.iter().copied()) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint(format!("there are {}", listing(&known))),
    })
}

/// The workflows that are named, or all that are in force, in path order. `purpose` says what is
/// done with them, as `to compile`.
///
/// # Errors
/// When a name is unknown, or there is no workflow.
pub fn workflows<'l>(
    loaded: &'l Loaded,
    names: &[String],
    purpose: &str,
) -> Result<Vec<&'l str>, Failure> {
    refuse_unknown(loaded, names)?;
    let workflows = loaded.model.project.workflows.iter();
    let wanted: Vec<&str> = workflows
        .filter(|workflow| match names {
            [] => workflow.body.is_in_force(),
            names => names.contains(&workflow.name.value),
        })
        .map(|workflow| workflow.name.value.as_str())
        .collect();
    if wanted.is_empty() {
        return Err(
            Failure::new(format!("there is no workflow {purpose}")).hint(
                "`flowgate new DIR` writes a starter repository; `--project DIR` names another folder",
            ),
        );
    }
    Ok(wanted)
}

/// Every workflow as a sound one, or the findings that stand in the way.
///
/// # Errors
/// With the findings.
pub fn sound<'m>(
    loaded: &'m Loaded,
    findings: &[Finding],
    names: &[&str],
) -> Result<Vec<Sound<'m>>, Vec<Finding>> {
    let mut sound = Vec::new();
    let mut blocking: Vec<*const crate::diagnostic::Diagnostic> = Vec::new();
    for name in names {
        match scenarios::sound(loaded, findings, name) {
            Ok(workflow) => sound.push(workflow),
            Err(NotSound::Unknown) => {}
            Err(NotSound::Findings(diagnostics)) => {
                blocking.extend(diagnostics.into_iter().map(std::ptr::from_ref));
            }
        }
    }
    if blocking.is_empty() {
        return Ok(sound);
    }
    let stands_in_the_way =
        |finding: &&Finding| blocking.contains(&std::ptr::from_ref(&finding.diagnostic));
    Err(findings.iter().filter(stands_in_the_way).cloned().collect())
}

/// Shows the findings that stand in the way of what was to be done, as `compiled`.
///
/// # Errors
/// When the output cannot be written.
pub fn refuse(
    (output, done): (&OutputArguments, &str),
    loaded: &Loaded,
    blocking: &[Finding],
    out: &mut dyn Write,
) -> Result<Status, Failure> {
    let report = Shown {
        report: check_report(&loaded.sources, blocking, loaded.model.project.len()),
        sources: &loaded.sources,
        folder: String::new(),
        all: false,
    };
    output.write(&report, None, out)?;
    let verb = if blocking.len() == 1 {
        "stands"
    } else {
        "stand"
    };
    writeln!(
        io::stderr(),
        "nothing was {done}: {} {verb} in the way",
        count(blocking.len(), "finding")
    )?;
    Ok(Status::Findings)
}
