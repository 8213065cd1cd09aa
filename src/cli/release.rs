//! `flowgate release`: tags approved versions, and proves tags. `flowgate status` shows what there
//! is to release.

mod proof;
pub mod survey;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::opening::{Location, ProjectArguments};
use super::output::{OutputArguments, Status, Writable, write_whole};
use crate::check::release::{Candidate, Standing};
use crate::report::announcement::{changelog, message, statement};
use crate::report::manifest::{bytes, manifest};
use crate::report::release::{RELEASE_SCHEMA, ReleaseReport, Releases, reported};
use crate::report::{Format, HumanOptions};
use crate::source::git::tagging::{NewTag, Signing};
use proof::MANIFEST_FILE;
use survey::{Survey, survey};

/// Tags approved versions with a manifest of what was released, or proves a tag.
#[derive(Debug, Args)]
pub struct ReleaseArguments {
    /// The documents; all that changed since their last release when absent.
    #[arg(value_name = "NAME", conflicts_with = "check")]
    names: Vec<String>,
    /// Shows what would happen, and does nothing.
    #[arg(long)]
    dry_run: bool,
    /// Proves a tag: makes the release again and names the first difference.
    #[arg(long, value_name = "TAG", conflicts_with = "dry_run")]
    check: Option<String>,
    /// Also writes manifest, changelog entry and in-toto statement below this folder.
    #[arg(
        short = 'o',
        long = "out",
        value_name = "DIR",
        conflicts_with = "dry_run"
    )]
    directory: Option<PathBuf>,
    /// The commit to release; the one that is checked out when absent. The working tree is never
    /// looked at.
    #[arg(long, value_name = "REV", conflicts_with = "check")]
    at: Option<String>,
    /// The folder of the project; the nearest one with a flowgate.yaml when absent.
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// The day on which time limits are judged, instead of today.
    #[arg(long, value_name = "DATE", hide = true)]
    today: Option<jiff::civil::Date>,
    #[command(flatten)]
    output: OutputArguments,
}

/// Shows where every document stands: its release, what changed since, and who must approve.
#[derive(Debug, Args)]
pub struct StatusArguments {
    /// The documents; all when absent.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    project: ProjectArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// A release that is made but for its tag.
pub struct Prepared {
    /// The name of the tag.
    pub tag: String,
    /// The document and the version, for the names of files.
    pub stem: String,
    /// The bytes of the manifest.
    pub manifest: Vec<u8>,
    /// The entry of the changelog.
    pub changelog: String,
    /// The bytes of the in-toto statement.
    pub statement: Vec<u8>,
    /// The compiled plan, for what is compiled.
    pub plan: Option<String>,
    /// The message of the tag.
    pub message: String,
    /// How many errors `check` found.
    pub errors: usize,
}

/// Runs `flowgate status`.
///
/// # Errors
/// When the history cannot be read, or a name is unknown.
pub fn status(arguments: &StatusArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let location = arguments.project.locate(None)?;
    let revision = arguments.project.at.as_deref().unwrap_or("HEAD");
    let survey = survey(&location, revision, &arguments.names)?;
    let report = report("status", &survey, Signing::Unsigned);
    let blocked = report.blocked() > 0;
    let output = &arguments.output;
    output.write(&Releases::Report(report), None, out)?;
    Ok(Status::of(blocked))
}

/// Runs `flowgate release`.
///
/// # Errors
/// When the history cannot be read, a name is unknown, or a tag cannot be made.
pub fn run(arguments: &ReleaseArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let project = ProjectArguments {
        project: arguments.project.clone(),
        at: None,
        today: arguments.today,
    };
    let mut location = project.locate(None)?;
    if let Some(tag) = &arguments.check {
        let tag = tag.strip_prefix("refs/tags/").unwrap_or(tag);
        let proved = proof::prove(&mut location, tag)?;
        if let (Some(folder), Some(prepared)) = (&arguments.directory, &proved.prepared) {
            prepared.write(folder)?;
        }
        let ok = proved.report.ok;
        let output = &arguments.output;
        output.write(&Releases::Proof(proved.report), None, out)?;
        return Ok(Status::of(!ok));
    }
    release(arguments, &location, out)
}

fn release(
    arguments: &ReleaseArguments,
    location: &Location,
    out: &mut dyn Write,
) -> Result<Status, Failure> {
    let revision = arguments.at.as_deref().unwrap_or("HEAD");
    let mut survey = survey(location, revision, &arguments.names)?;
    refuse_foreign(location, &mut survey)?;
    let repository = location.repository()?;
    let signing = repository.signing()?;
    let mode = if arguments.dry_run {
        "dry-run"
    } else {
        "release"
    };
    let mut report = report(mode, &survey, signing);
    let blocked = report.blocked() > 0;
    if !blocked {
        let releases = prepare(&survey);
        for prepared in &releases {
            let own = report.documents.iter_mut();
            let own = own.filter(|document| document.tag.as_ref() == Some(&prepared.tag));
            for document in own.filter(|document| document.standing == Standing::Ready.as_str()) {
                document.manifest = Some(digest(&prepared.manifest));
                document.message = Some(prepared.message.clone());
            }
        }
        if !releases.is_empty() {
            refuse_unsigned(&survey, signing)?;
        }
        if !arguments.dry_run && !releases.is_empty() {
            let tags: Vec<NewTag> = releases
                .iter()
                .map(|prepared| prepared.tag_at(&survey))
                .collect();
            repository.make_tags(&tags, signing)?;
            report.released = true;
            for prepared in &releases {
                if let Some(folder) = &arguments.directory {
                    prepared.write(folder)?;
                }
            }
        }
    }
    arguments
        .output
        .write(&Releases::Report(report), None, out)?;
    Ok(Status::of(blocked))
}

/// A commit that is not part of the base was never merged, so nobody guarded it.
fn refuse_foreign(location: &Location, survey: &mut Survey) -> Result<(), Failure> {
    let Some(base) = location.configured_base(&survey.loaded) else {
        return Ok(());
    };
    if location.repository()?.is_part_of(survey.commit, base)? {
        return Ok(());
    }
    let name = location.base_name(&survey.loaded).unwrap_or_default();
    for candidate in survey.candidates.iter_mut().filter(|it| it.is_open()) {
        candidate.standing = Standing::Blocked;
        candidate.obstacles.push(format!(
            "the commit is not part of `{name}`, which releases are made from"
        ));
    }
    Ok(())
}

fn refuse_unsigned(survey: &Survey, signing: Signing) -> Result<(), Failure> {
    let config = survey.loaded.model.config();
    let versioning = config.and_then(|config| config.versioning.as_ref());
    let must = versioning
        .and_then(|versioning| versioning.signed)
        .is_some_and(|signed| signed.value);
    if !must || signing == Signing::Signed {
        return Ok(());
    }
    Err(
        Failure::new("the project asks for signed tags, and git is not set up to sign").hint(
            "for a key of SSH: `git config gpg.format ssh` and `git config user.signingKey FILE`",
        ),
    )
}

fn report(mode: &'static str, survey: &Survey, signing: Signing) -> ReleaseReport {
    ReleaseReport {
        schema: RELEASE_SCHEMA,
        mode,
        commit: survey.commit.to_string(),
        signed: signing == Signing::Signed,
        released: false,
        documents: survey.candidates.iter().map(reported).collect(),
    }
}

fn prepare(survey: &Survey) -> Vec<Prepared> {
    let ready = survey.candidates.iter();
    let ready = ready.filter(|candidate| candidate.standing == Standing::Ready);
    ready
        .filter_map(|candidate| prepared(candidate, survey))
        .collect()
}

/// Makes everything of a release but the tag.
fn prepared(candidate: &Candidate, survey: &Survey) -> Option<Prepared> {
    let manifest = manifest(
        candidate,
        &survey.loaded,
        &survey.findings,
        &survey.commit.to_string(),
    )?;
    let bytes = bytes(&manifest);
    let statement = statement(&manifest, &bytes);
    let plan = candidate.tested.as_ref().map(|tested| &tested.plan);
    Some(Prepared {
        tag: manifest.tag.clone(),
        stem: format!("{}/{}", manifest.name, manifest.version),
        changelog: changelog(&manifest),
        message: message(&manifest, &bytes, &statement),
        plan: plan.map(crate::plan::Plan::to_json),
        errors: manifest.findings.errors,
        manifest: bytes,
        statement,
    })
}

fn digest(bytes: &[u8]) -> String {
    crate::plan::Digest::of_bytes(bytes).as_str().to_owned()
}

impl Prepared {
    fn tag_at(&self, survey: &Survey) -> NewTag {
        let mut files = vec![
            (MANIFEST_FILE.to_owned(), self.manifest.clone()),
            (
                "changelog.md".to_owned(),
                self.changelog.clone().into_bytes(),
            ),
            ("statement.json".to_owned(), self.statement.clone()),
        ];
        let plan = self.plan.as_ref();
        files.extend(plan.map(|plan| ("plan.json".to_owned(), plan.clone().into_bytes())));
        NewTag {
            name: self.tag.clone(),
            commit: survey.commit,
            message: self.message.clone(),
            files,
        }
    }

    /// Writes the files below a folder, as `employee-onboarding/2.1.0.json`.
    fn write(&self, folder: &Path) -> Result<(), Failure> {
        let file = |ending: &str| folder.join(format!("{}{ending}", self.stem));
        write_whole(&file(".json"), &self.manifest)?;
        write_whole(&file(".changelog.md"), self.changelog.as_bytes())?;
        write_whole(&file(".statement.json"), &self.statement)?;
        match &self.plan {
            Some(plan) => write_whole(&file(".plan.json"), plan.as_bytes()),
            None => Ok(()),
        }
    }
}

impl Writable for Releases {
    fn supports(&self, format: &Format) -> bool {
        format.releases.is_some()
    }

    fn write(
        &self,
        format: &Format,
        options: &HumanOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        format
            .releases
            .map_or(Ok(()), |write| write(self, options, out))
    }
}
