//! `flowgate` without a verb: what is here, and what to do next.

use std::io::Write;

use super::failure::Failure;
use super::opening::ProjectArguments;
use super::output::Status;
use crate::check;
use crate::report::wording::count as in_words;
use crate::rule::Level;

/// Runs without a verb.
///
/// # Errors
/// When the current folder cannot be read.
pub fn run(out: &mut dyn Write) -> Result<Status, Failure> {
    let arguments = ProjectArguments {
        project: None,
        at: None,
        today: None,
    };
    let location = arguments.locate(None)?;
    let loaded = location.load(&location.worktree()?, &[])?;
    let project = &loaded.model.project;
    writeln!(
        out,
        "flowgate {}: checks, compares and compiles business workflows\n",
        env!("CARGO_PKG_VERSION")
    )?;
    if project.is_empty() {
        writeln!(out, "There are no workflow documents here yet.\n")?;
        writeln!(
            out,
            "  flowgate new DIR     write a complete starter repository"
        )?;
        writeln!(out, "  flowgate --help      all commands")?;
        return Ok(Status::Clean);
    }
    let findings = check::check(&loaded);
    let count = |level: Level| {
        let in_force = findings
            .iter()
            .filter(|finding| finding.suppressed.is_none());
        in_force
            .filter(|finding| finding.diagnostic.level == level)
            .count()
    };
    writeln!(
        out,
        "Here: {}, {}, {} in all; {}, {}.\n",
        in_words(project.workflows.len(), "workflow"),
        in_words(project.contracts.len(), "contract"),
        in_words(project.len(), "document"),
        in_words(count(Level::Error), "error"),
        in_words(count(Level::Warning), "warning")
    )?;
    writeln!(
        out,
        "  flowgate check                       what is wrong, where, and what to write instead"
    )?;
    writeln!(
        out,
        "  flowgate diff --base origin/main     what a change means for people and controls"
    )?;
    writeln!(
        out,
        "  flowgate test                        whether workflows do what their scenarios expect"
    )?;
    writeln!(
        out,
        "  flowgate compile --target mermaid    what runs, as a diagram"
    )?;
    writeln!(out, "  flowgate --help                      all commands")?;
    Ok(Status::Clean)
}
