//! A temporary repository and the program, for tests of the command line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The day on which the program judges time limits in tests.
pub const TODAY: &str = "2026-11-23";

/// A temporary folder in which the program and git are run.
pub struct Folder {
    folder: TempDir,
}

/// What a run of the program gave.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Folder {
    /// An empty folder.
    pub fn empty() -> Folder {
        Folder {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The starter repository, committed on the branch `main`.
    pub fn starter() -> Folder {
        let folder = Folder::empty();
        let run = folder.flowgate(&["new", "."]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        folder.git(&["init", "--quiet", "--initial-branch=main"]);
        folder.commit("Begin");
        folder
    }

    /// A copy of a folder, without git.
    pub fn copy_of(source: &Path) -> Folder {
        let folder = Folder::empty();
        copy(source, folder.path());
        folder
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn join(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.join(path)).unwrap()
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Replaces a text that must be there.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} has no `{from}`");
        self.write(path, &text.replace(from, to));
    }

    pub fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        let output = isolated(Command::new("git").args(arguments).current_dir(self.path()))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn flowgate(&self, arguments: &[&str]) -> Run {
        self.flowgate_with(arguments, &[])
    }

    pub fn flowgate_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowgate"));
        command.args(arguments).current_dir(self.path());
        for name in ["GITHUB_ACTIONS", "NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
            command.env_remove(name);
        }
        command.envs(environment.iter().copied());
        Run::of(isolated(&mut command).output().unwrap())
    }
}

impl Run {
    pub fn of(output: Output) -> Run {
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Nothing of the user's own git configuration may decide a test.
fn isolated(command: &mut Command) -> &mut Command {
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "Ada Lind")
        .env("GIT_AUTHOR_EMAIL", "ada.lind@example.com")
        .env("GIT_COMMITTER_NAME", "Ada Lind")
        .env("GIT_COMMITTER_EMAIL", "ada.lind@example.com")
        .env("GIT_AUTHOR_DATE", "2026-11-02T09:00:00Z")
        .env("GIT_COMMITTER_DATE", "2026-11-02T09:00:00Z")
}

fn copy(source: &Path, target: &Path) {
    fs::create_dir_all(target).unwrap();
    for entry in fs::read_dir(source).unwrap() {
        let path = entry.unwrap().path();
        let place = target.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &place);
        } else {
            fs::copy(&path, place).unwrap();
        }
    }
}
