//! Annotated tags: reading them with their signature, and making a set of them at once.
//!
//! A tag is made in a repository of its own that is thrown away, by `git tag` with the settings of
//! the real one, so that it is signed the way its user always signs. Only when all tags of a set are
//! made does the real repository get them, in one transaction that creates and never moves.

use std::fs::{self, File};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use git2::ObjectType;
use jiff::civil::Date;
use tempfile::TempDir;

use super::log::{Identity, Signed, day};
use super::program::Program;
use super::{CommitId, Repository, trouble};
use crate::source::tree::TreeError;

/// Where the files of a release are kept, by the name of its tag.
const RELEASES: &str = "refs/flowgate/releases";
/// Held while tags are made; names them, so that the next run can clear up after a crash.
const LOCK: &str = "flowgate-release";
/// Settings that decide who makes a tag and how it is signed.
const SETTINGS: [&str; 5] = ["user.", "committer.", "gpg.", "tag.gpgsign", "gitsign."];
/// How signatures in tags begin: those of SSH, OpenPGP and X.509.
const ARMOURS: [&str; 3] = [
    "-----BEGIN SSH SIGNATURE-----",
    "-----BEGIN PGP SIGNATURE-----",
    "-----BEGIN SIGNED MESSAGE-----",
];

/// A tag to make.
#[derive(Debug, Clone)]
pub struct NewTag {
    /// The name without `refs/tags/`.
    pub name: String,
    /// What it stands for.
    pub commit: CommitId,
    /// The whole message.
    pub message: String,
    /// Files to keep beside it, by name.
    pub files: Vec<(String, Vec<u8>)>,
}

/// An annotated tag as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRecord {
    /// The name that it gives itself.
    pub name: String,
    /// What it stands for.
    pub commit: CommitId,
    /// Who made it.
    pub tagger: Option<Identity>,
    /// The day on which it was made, in UTC.
    pub date: Option<Date>,
    /// The message without the signature.
    pub message: String,
    /// The signature, when there is one.
    pub signed: Option<Signed>,
}

/// Whether tags are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// They are.
    Signed,
    /// They are not, because nothing is set up for it.
    Unsigned,
}

impl Repository {
    /// The annotated tag of a name; `None` when there is no tag of this name, or a plain one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn tag(&self, name: &str) -> Result<Option<TagRecord>, TreeError> {
        let damaged = |error: git2::Error| trouble::damaged(&format!("the tag `{name}`"), &error);
        let Ok(reference) = self.git.find_reference(&format!("refs/tags/{name}")) else {
            return Ok(None);
        };
        let Some(id) = reference.target() else {
            return Ok(None);
        };
        let Ok(tag) = self.git.find_tag(id) else {
            return Ok(None);
        };
        let commit = reference.peel_to_commit().map_err(damaged)?;
        let odb = self.git.odb().map_err(damaged)?;
        let object = odb.read(id).map_err(damaged)?;
        let text = String::from_utf8_lossy(object.data()).into_owned();
        let start = ARMOURS
            .iter()
            .filter_map(|armour| text.rfind(&format!("\n{armour}")));
        let (payload, signature) = match start.max() {
            Some(start) => text.split_at(start + 1),
            None => (text.as_str(), ""),
        };
        let message = payload
            .split_once("\n\n")
            .map_or("", |(_, message)| message);
        let tagger = tag.tagger();
        Ok(Some(TagRecord {
            name: String::from_utf8_lossy(tag.name_bytes()).into_owned(),
            commit: CommitId(commit.id()),
            date: tagger.as_ref().map(|tagger| day(tagger.when().seconds())),
            tagger: tagger.map(|tagger| Identity {
                name: String::from_utf8_lossy(tagger.name_bytes()).into_owned(),
                email: String::from_utf8_lossy(tagger.email_bytes()).into_owned(),
            }),
            message: message.to_owned(),
            signed: (!signature.is_empty()).then(|| Signed {
                payload: payload.as_bytes().to_vec(),
                signature: signature.as_bytes().to_vec(),
            }),
        }))
    }

    /// A file that is kept beside a tag.
    pub fn kept(&self, tag: &str, file: &str) -> Option<Vec<u8>> {
        let reference = self.git.find_reference(&format!("{RELEASES}/{tag}")).ok()?;
        let tree = reference.peel_to_tree().ok()?;
        let entry = tree.get_name(file)?;
        let blob = self.git.find_blob(entry.id()).ok()?;
        Some(blob.content().to_vec())
    }

    /// Whether `git` is set up to sign here.
    ///
    /// # Errors
    /// When `git` cannot be run.
    pub fn signing(&self) -> Result<Signing, TreeError> {
        let is_set_up = self.settings()?.iter().any(|(key, value)| {
            let switch = key == "tag.gpgsign" && value != "false";
            switch || (key == "user.signingkey" && !value.is_empty())
        });
        Ok(if is_set_up {
            Signing::Signed
        } else {
            Signing::Unsigned
        })
    }

    /// Whether `git` itself, as its user has set it up, accepts the signature of a tag.
    ///
    /// # Errors
    /// When `git` cannot be run.
    pub fn verifies(&self, tag: &str) -> Result<bool, TreeError> {
        let ended = self.program().arguments(["verify-tag", tag]).run(b"")?;
        Ok(ended.succeeded)
    }

    /// Makes all tags, or none.
    ///
    /// # Errors
    /// When one exists already, cannot be made or signed, or when another release is running.
    pub fn make_tags(&self, tags: &[NewTag], signing: Signing) -> Result<(), TreeError> {
        tags.iter().try_for_each(well_named)?;
        let mut lock = self.lock()?;
        let workshop = self.workshop()?;
        let mut kept = String::from("start\n");
        let mut created = String::from("start\n");
        for tag in tags {
            let object = self.made(workshop.path(), tag, signing)?;
            let files = self.keep(&tag.files).map_err(|error| unwritten(&error))?;
            kept.push_str(&format!("update {RELEASES}/{} {files}\n", tag.name));
            created.push_str(&format!("create refs/tags/{} {object}\n", tag.name));
        }
        for text in [&mut kept, &mut created] {
            text.push_str("prepare\ncommit\n");
        }
        let names: String = tags
            .iter()
            .flat_map(|tag| {
                let kept = format!("{RELEASES}/{}\n", tag.name);
                [kept, format!("refs/tags/{}\n", tag.name)]
            })
            .collect();
        write_over(&mut lock, &names).map_err(|error| unlockable(&error))?;
        // The files of a release are there before its tag, which is what makes it one.
        self.transact(&kept)?;
        self.transact(&created)?;
        write_over(&mut lock, "").map_err(|error| unlockable(&error))
    }

    /// Records an empty commit on what is checked out.
    ///
    /// # Errors
    /// When `git` cannot make or sign it, or the branch moved meanwhile.
    pub fn commit_nothing(&self, message: &str, signing: Signing) -> Result<CommitId, TreeError> {
        let head = self.head()?;
        let parent = head.to_string();
        let tree = format!("{parent}^{{tree}}");
        let sign: &[&str] = match signing {
            Signing::Signed => &["-S"],
            Signing::Unsigned => &["--no-gpg-sign"],
        };
        let made = self
            .program()
            .argument("commit-tree")
            .arguments(sign.iter().copied())
            .arguments(["-p", &parent, "-F", "-", &tree])
            .run(message.as_bytes())?;
        if !made.succeeded {
            return Err(
                TreeError::new(format!("git cannot make the commit: {}", made.complaint))
                    .with_hint("see that `git commit` works and signs here"),
            );
        }
        let id = String::from_utf8_lossy(&made.stdout).trim().to_owned();
        let moved = self
            .program()
            .arguments(["update-ref", "-m", "flowgate approve", "HEAD", &id, &parent])
            .run(b"")?;
        if !moved.succeeded {
            return Err(TreeError::new(format!(
                "git cannot move the branch: {}",
                moved.complaint
            )));
        }
        self.resolve(&id)
    }

    /// Who `git` says commits here.
    ///
    /// # Errors
    /// When nobody is set.
    pub fn committer(&self) -> Result<Identity, TreeError> {
        let ended = self
            .program()
            .arguments(["var", "GIT_COMMITTER_IDENT"])
            .run(b"")?;
        let text = String::from_utf8_lossy(&ended.stdout).into_owned();
        let identity = text.split_once('<').and_then(|(name, rest)| {
            let (email, _) = rest.split_once('>')?;
            Some(Identity {
                name: name.trim().to_owned(),
                email: email.to_owned(),
            })
        });
        identity.ok_or_else(|| {
            TreeError::new("git does not know who you are")
                .with_hint("run `git config user.name` and `git config user.email` with yours")
        })
    }

    fn program(&self) -> Program {
        Program::new("git")
            .argument("--git-dir")
            .argument(self.git.path())
    }

    /// The settings that decide how tags are made, those of the user's own files among them.
    fn settings(&self) -> Result<Vec<(String, String)>, TreeError> {
        let ended = self
            .program()
            .arguments(["config", "--null", "--list"])
            .run(b"")?;
        let text = String::from_utf8_lossy(&ended.stdout).into_owned();
        let pairs = text.split('\0').filter_map(|entry| {
            let (key, value) = entry.split_once('\n').unwrap_or((entry, "true"));
            let wanted = SETTINGS.iter().any(|setting| key.starts_with(setting));
            wanted.then(|| (key.to_owned(), value.to_owned()))
        });
        Ok(pairs.collect())
    }

    /// An empty repository that sees the objects of this one.
    fn workshop(&self) -> Result<TempDir, TreeError> {
        let folder = tempfile::tempdir().map_err(|error| unwritable(&error))?;
        let made = Program::new("git")
            .arguments(["init", "--bare", "--quiet", "--template="])
            .argument(folder.path())
            .without_variable("GIT_DIR")
            .run(b"")?;
        if !made.succeeded {
            return Err(TreeError::new(format!(
                "git cannot make a repository in the temporary folder: {}",
                made.complaint
            )));
        }
        let objects = self.git.commondir().join("objects");
        let information = folder.path().join("objects/info");
        fs::create_dir_all(&information).map_err(|error| unwritable(&error))?;
        let mut line = objects.into_os_string().into_encoded_bytes();
        line.push(b'\n');
        fs::write(information.join("alternates"), line).map_err(|error| unwritable(&error))?;
        Ok(folder)
    }

    /// Makes a tag in the workshop and takes the object over.
    fn made(&self, workshop: &Path, tag: &NewTag, signing: Signing) -> Result<String, TreeError> {
        let within = || Program::new("git").argument("--git-dir").argument(workshop);
        let settings = self.settings()?;
        let mut program = within().arguments([
            "tag",
            "--annotate",
            "--cleanup=verbatim",
            match signing {
                Signing::Signed => "--sign",
                Signing::Unsigned => "--no-sign",
            },
            "--file=-",
            &tag.name,
            &tag.commit.to_string(),
        ]);
        program = program.variable("GIT_CONFIG_COUNT", settings.len().to_string());
        for (number, (key, value)) in settings.iter().enumerate() {
            program = program
                .variable(&format!("GIT_CONFIG_KEY_{number}"), key)
                .variable(&format!("GIT_CONFIG_VALUE_{number}"), value);
        }
        let made = program.run(tag.message.as_bytes())?;
        if !made.succeeded {
            return Err(TreeError::new(format!(
                "git cannot make the tag `{}`: {}",
                tag.name, made.complaint
            ))
            .with_hint("see that `git tag --sign` works here; nothing was released"));
        }
        let name = format!("refs/tags/{}", tag.name);
        let object = within().arguments(["cat-file", "tag", &name]).run(b"")?;
        let odb = self.git.odb().map_err(|error| unwritten(&error))?;
        let id = odb.write(ObjectType::Tag, &object.stdout);
        Ok(id.map_err(|error| unwritten(&error))?.to_string())
    }

    /// Keeps files as one tree.
    fn keep(&self, files: &[(String, Vec<u8>)]) -> Result<String, git2::Error> {
        let mut builder = self.git.treebuilder(None)?;
        for (name, bytes) in files {
            builder.insert(name, self.git.blob(bytes)?, 0o100_644)?;
        }
        Ok(builder.write()?.to_string())
    }

    fn transact(&self, commands: &str) -> Result<(), TreeError> {
        let ended = self
            .program()
            .arguments(["update-ref", "--stdin"])
            .run(commands.as_bytes())?;
        if ended.succeeded {
            return Ok(());
        }
        Err(
            TreeError::new(format!("git cannot create the tags: {}", ended.complaint))
                .with_hint("a tag is never moved; nothing was released"),
        )
    }

    /// Makes sure that no other release is running, and clears up after one that was killed.
    fn lock(&self) -> Result<File, TreeError> {
        let path = self.git.commondir().join(LOCK);
        let mut options = File::options();
        let mut file = options
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)
            .map_err(|error| unlockable(&error))?;
        if file.try_lock().is_err() {
            return Err(
                TreeError::new("another release is running in this repository")
                    .with_hint("try again when it is done"),
            );
        }
        let mut names = String::new();
        file.read_to_string(&mut names)
            .map_err(|error| unlockable(&error))?;
        for name in names.lines() {
            self.clear(name);
        }
        Ok(file)
    }

    /// Removes the lock that git was killed with.
    fn clear(&self, reference: &str) {
        let is_own = reference.starts_with("refs/tags/") || reference.starts_with(RELEASES);
        if is_own && git2::Reference::is_valid_name(reference) {
            let lock: PathBuf = self.git.commondir().join(format!("{reference}.lock"));
            // Most were never left behind.
            drop(fs::remove_file(lock));
        }
    }
}

/// Names come from files, and commands are made of them.
fn well_named(tag: &NewTag) -> Result<(), TreeError> {
    let is_name = git2::Reference::is_valid_name(&format!("refs/tags/{}", tag.name));
    if is_name && !tag.name.starts_with('-') {
        return Ok(());
    }
    Err(TreeError::new(format!(
        "`{}` cannot be the name of a tag",
        tag.name.escape_debug()
    ))
    .with_hint("change the name of the document, or `versioning.tag` in flowgate.yaml"))
}

fn write_over(file: &mut File, text: &str) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

fn unlockable(error: &std::io::Error) -> TreeError {
    TreeError::new(format!(
        "cannot write `{LOCK}` in the git folder: {}",
        error.kind()
    ))
    .with_hint("a release needs to write to the repository")
}

fn unwritable(error: &std::io::Error) -> TreeError {
    TreeError::new(format!(
        "cannot write to the temporary folder: {}",
        error.kind()
    ))
}

fn unwritten(error: &git2::Error) -> TreeError {
    TreeError::new(format!(
        "cannot write to the repository: {}",
        error.message()
    ))
    .with_hint("nothing was released")
}
