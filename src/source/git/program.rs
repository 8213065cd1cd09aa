//! Programs that do what libgit2 cannot: `git` signs the way its user has set it up and writes
//! several references at once, `ssh-keygen` judges signatures.
//!
//! Nothing that a repository says is run beyond what `git` itself runs for its user.

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::source::tree::TreeError;

/// A program that is about to run.
pub(super) struct Program {
    name: &'static str,
    command: Command,
}

/// How a program ended.
pub(super) struct Ended {
    /// Whether it did what it was asked.
    pub(super) succeeded: bool,
    /// What it printed.
    pub(super) stdout: Vec<u8>,
    /// What it complained about, on one line.
    pub(super) complaint: String,
}

impl Program {
    /// A program of the search path.
    pub(super) fn new(name: &'static str) -> Self {
        let mut command = Command::new(name);
        // Answers are read, so they must not be in the user's language.
        command.env("LC_ALL", "C");
        Program { name, command }
    }

    pub(super) fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub(super) fn arguments<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        self.command.args(arguments);
        self
    }

    pub(super) fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(super) fn without_variable(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs it with `input` on its standard input.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn run(mut self, input: &[u8]) -> Result<Ended, TreeError> {
        let cannot = |error: std::io::Error| {
            let name = self.name;
            TreeError::new(format!("cannot run `{name}`: {}", error.kind()))
                .with_hint(format!("install `{name}` where the search path finds it"))
        };
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(cannot)?;
        if let Some(mut pipe) = child.stdin.take() {
            // A program that does not read all of it says why when it ends.
            drop(pipe.write_all(input));
        }
        let output = child.wait_with_output().map_err(cannot)?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        let complaint: Vec<&str> = complaint.lines().map(str::trim).collect();
        Ok(Ended {
            succeeded: output.status.success(),
            stdout: output.stdout,
            complaint: complaint.join("; "),
        })
    }
}
