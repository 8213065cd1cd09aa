//! People with keys of their own, who work on one repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::shell::{Run, TODAY};

/// A repository with the starter project, in which several people work.
pub struct Office {
    folder: TempDir,
    keys: TempDir,
}

/// The name and the address of somebody.
pub type Person = (&'static str, &'static str);

/// Owns the workflow, and releases.
pub const ADA: Person = ("Ada Lind", "ada.lind@example.com");
/// Writes changes.
pub const BEN: Person = ("Ben Ortiz", "ben.ortiz@example.com");
/// Answers for the control, and for the policy.
pub const CLEO: Person = ("Cleo Marsh", "cleo.marsh@example.com");
/// Set the repository up, and is in no directory.
pub const FOUNDER: Person = ("Founder", "founder@example.org");

pub const WORKFLOW: &str = "workflows/equipment-request.yaml";
pub const POLICY: &str = "policies/change-control.yaml";
pub const PEOPLE: &str = "directory/people.yaml";

impl Office {
    /// The starter on `main`, where approvals and tags have to be signed.
    pub fn new() -> Office {
        let office = Office {
            folder: tempfile::tempdir().unwrap(),
            keys: tempfile::tempdir().unwrap(),
        };
        for person in [ADA, BEN, CLEO, FOUNDER] {
            office.make_key(person);
        }
        let run = office.flowgate(FOUNDER, &["new", "."]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        office.edit("flowgate.yaml", "base: origin/main", "base: main");
        office.edit(
            "flowgate.yaml",
            "policies:",
            "versioning: {signed: true}\npolicies:",
        );
        office.edit(POLICY, "minimum: committed", "minimum: signed");
        for person in [ADA, BEN, CLEO] {
            let name = short(person);
            office.write(&format!("keys/{name}.pub"), &office.public_key(person));
            let entry = format!("email: {}", person.1);
            office.edit(
                PEOPLE,
                &entry,
                &format!("{entry}, signing_key: keys/{name}.pub"),
            );
        }
        office.git(FOUNDER, &["init", "--quiet", "--initial-branch=main"]);
        office.commit(FOUNDER, "Begin");
        office
    }

    /// The same with everything released.
    pub fn released() -> Office {
        let office = Office::new();
        for person in [ADA, BEN, CLEO] {
            let run = office.flowgate(person, &["approve"]);
            assert!(
                run.code == 0 || run.stderr.contains("waits for you"),
                "{}",
                run.stderr
            );
        }
        let run = office.flowgate(ADA, &["release"]);
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        office
    }

    fn make_key(&self, person: Person) {
        let key = self.keys.path().join(short(person));
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", person.1, "-f"])
            .arg(&key)
            .status()
            .unwrap();
        assert!(made.success());
        let settings = format!(
            "[user]\n name = {}\n email = {}\n signingKey = {}\n[gpg]\n format = ssh\n[tag]\n gpgSign = true\n",
            person.0,
            person.1,
            key.display()
        );
        fs::write(key.with_extension("gitconfig"), settings).unwrap();
    }

    pub fn public_key(&self, person: Person) -> String {
        fs::read_to_string(self.keys.path().join(short(person)).with_extension("pub")).unwrap()
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} has no `{from}`");
        self.write(path, &text.replace(from, to));
    }

    pub fn commit(&self, person: Person, message: &str) {
        self.git(person, &["add", "--all"]);
        self.git(person, &["commit", "--quiet", "--message", message]);
    }

    /// Runs `git` as somebody.
    pub fn git(&self, person: Person, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.args(arguments).current_dir(self.path());
        let output = self.act_as(person, &mut command).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {stderr}");
        String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned()
    }

    /// Runs the program as somebody.
    pub fn flowgate(&self, person: Person, arguments: &[&str]) -> Run {
        Run::of(self.command(person, arguments).output().unwrap())
    }

    /// The program as somebody, about to run.
    pub fn command(&self, person: Person, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowgate"));
        command.args(arguments).current_dir(self.path());
        if !matches!(arguments.first(), Some(&"new" | &"explain")) {
            command.args(["--today", TODAY]);
        }
        self.act_as(person, &mut command);
        command
    }

    /// Whoever runs a command is known by their settings alone.
    fn act_as<'c>(&self, person: Person, command: &'c mut Command) -> &'c mut Command {
        let settings: PathBuf = self
            .keys
            .path()
            .join(short(person))
            .with_extension("gitconfig");
        for name in ["GITHUB_ACTIONS", "NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
            command.env_remove(name);
        }
        command
            .env("GIT_CONFIG_GLOBAL", settings)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_DATE", "2026-11-20T09:00:00Z")
            .env("GIT_COMMITTER_DATE", "2026-11-20T09:00:00Z")
    }

    /// The findings that a change has, without those about scenarios, as `rule: message`.
    pub fn findings(&self) -> Vec<String> {
        let run = self.flowgate(BEN, &["check", "--base", "main", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&run.stdout)
            .unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr));
        let findings = report["findings"].as_array().unwrap().iter();
        findings
            .filter(|finding| finding["suppressed"].is_null() && finding["rule"] != "scenario-gap")
            .map(|finding| {
                let text = |key: &str| finding[key].as_str().unwrap().to_owned();
                format!("{}: {}", text("rule"), text("message"))
            })
            .collect()
    }
}

fn short(person: Person) -> String {
    person.0.split(' ').next().unwrap().to_lowercase()
}
