//! `flowgate approvals import`: the review record of a forge as proof of approvals.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::opening::{Location, ProjectArguments};
use super::output::Status;
use crate::check::evidence::{EXPORT_DIGEST, EXPORTED};
use crate::compat::change_set::{digest, subject};
use crate::compat::{Class, assess};
use crate::forge::{self, Review};
use crate::model::Model;
use crate::plan::Digest;
use crate::report::wording::count;
use crate::source::git::CommitId;
use crate::source::git::tagging::Signing;

/// Takes over approvals that were given elsewhere.
#[derive(Debug, Args)]
pub struct ApprovalsArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Import(ImportArguments),
}

/// Records the reviews that a forge exports, as an empty signed commit. Run it where the author of
/// the change cannot, with a key that the directory of the base names.
#[derive(Debug, Args)]
struct ImportArguments {
    /// What GitHub answers to `GET /repos/OWNER/REPO/pulls/NUMBER/reviews`.
    #[arg(long, value_name = "FILE", required_unless_present = "gitlab")]
    github: Option<PathBuf>,
    /// What GitLab answers to `GET /projects/ID/merge_requests/IID/approvals`.
    #[arg(long, value_name = "FILE", conflicts_with = "github")]
    gitlab: Option<PathBuf>,
    /// The commit that was approved, where the forge does not say: the head of the merge request.
    #[arg(long, value_name = "REV")]
    commit: Option<String>,
    /// The revision that the change is compared with; the `base` of the project file when absent.
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Shows what would be recorded, and does nothing.
    #[arg(long)]
    dry_run: bool,
    /// The folder of the project; the nearest one with a flowgate.yaml when absent.
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// The day on which time limits are judged, instead of today.
    #[arg(long, value_name = "DATE", hide = true)]
    today: Option<jiff::civil::Date>,
}

/// Runs the command.
///
/// # Errors
/// When the export or the history cannot be read, or git cannot record it.
pub fn run(arguments: &ApprovalsArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let What::Import(arguments) = &arguments.what;
    let project = ProjectArguments {
        project: arguments.project.clone(),
        at: None,
        today: arguments.today,
    };
    let location = project.locate(None)?;
    let (text, reviews) = read(arguments)?;
    let base = base(arguments, &location)?;
    let mut lines = Vec::new();
    let mut unknown = Vec::new();
    for review in &reviews {
        match imported(review, arguments, &location, &base)? {
            Some(found) => lines.extend(found),
            None => unknown.push(review.account.as_str()),
        }
    }
    if !unknown.is_empty() {
        writeln!(
            out,
            "Nobody in the directory has the account {}.",
            unknown.join(", ")
        )?;
    }
    if lines.is_empty() {
        writeln!(out, "There is nothing to import.")?;
        return Ok(Status::Clean);
    }
    let message = format!(
        "Import approvals\n\n{}{EXPORT_DIGEST} {}\n",
        lines.concat(),
        Digest::of_bytes(text.as_bytes()).as_str()
    );
    if arguments.dry_run {
        write!(out, "{message}")?;
        return Ok(Status::Clean);
    }
    let repository = location.repository()?;
    if repository.signing()? == Signing::Unsigned {
        return Err(Failure::new(
            "an import proves nothing unless it is signed, and git is not set up to sign",
        )
        .hint(
            "for a key of SSH: `git config gpg.format ssh` and `git config user.signingKey FILE`",
        ));
    }
    let commit = repository.commit_nothing(&message, Signing::Signed)?;
    writeln!(
        out,
        "Imported {} in the signed commit {}.",
        count(lines.len(), "approval"),
        commit.short()
    )?;
    Ok(Status::Clean)
}

fn read(arguments: &ImportArguments) -> Result<(String, Vec<Review>), Failure> {
    let text = |file: &PathBuf| {
        fs::read_to_string(file).map_err(|error| {
            Failure::new(format!(
                "cannot read `{}`: {}",
                file.display(),
                error.kind()
            ))
        })
    };
    let (text, reviews) = match (&arguments.github, &arguments.gitlab) {
        (Some(file), _) => {
            let text = text(file)?;
            let reviews = forge::github(&text);
            (text, reviews)
        }
        (None, Some(file)) => {
            let text = text(file)?;
            let reviews = forge::gitlab(&text);
            (text, reviews)
        }
        (None, None) => return Err(Failure::new("no export is named")),
    };
    let reviews = reviews.map_err(|trouble| {
        Failure::new(trouble)
            .hint("give the answer of the forge as it is, for instance from `gh api`")
    })?;
    Ok((text, reviews))
}

/// How the base is named.
fn base(arguments: &ImportArguments, location: &Location) -> Result<String, Failure> {
    if let Some(base) = &arguments.base {
        return Ok(base.clone());
    }
    let head = location.repository()?.head()?;
    let loaded = location.load_as_of(head)?;
    location.base_name(&loaded).ok_or_else(|| {
        Failure::new("nothing says what to compare with")
            .hint("name a revision with `--base`, or write `project: {base: origin/main}` into flowgate.yaml")
    })
}

/// The lines for a review; `None` when nobody has its account. It counts for every document that the
/// change touched when it was reviewed.
fn imported(
    review: &Review,
    arguments: &ImportArguments,
    location: &Location,
    base: &str,
) -> Result<Option<Vec<String>>, Failure> {
    let Some(commit) = review.commit.as_ref().or(arguments.commit.as_ref()) else {
        return Err(
            Failure::new("the export does not say which commit was approved")
                .hint("name the head of the merge request with `--commit`"),
        );
    };
    let reviewed: CommitId = location.repository()?.resolve(commit)?;
    let fork = location.fork(base, &reviewed.to_string())?;
    let base = location.load_as_of(fork.commit)?;
    let Some(person) = person_of(&review.account, &base.model) else {
        return Ok(None);
    };
    let loaded = location.load_as_of(reviewed)?;
    let (before, after) = (base.side(), loaded.side());
    let impact = assess(before, after);
    let date = review.date.unwrap_or(location.today);
    let changed = impact.documents.iter().filter(|document| {
        let mut changes = document.changes.iter();
        changes.any(|judged| judged.verdict.class != Class::None)
    });
    let lines = changed.map(|document| {
        let facts = &document.facts;
        format!(
            "{EXPORTED} {person} {} {} {date} {}\n",
            subject(facts.kind, facts.name()),
            digest(facts, before, after).as_str(),
            review.record
        )
    });
    Ok(Some(lines.collect()))
}

fn person_of(account: &str, directory: &Model) -> Option<String> {
    let mut people = directory.project.people.iter();
    let found = people.find(|person| {
        let accounts = [&person.body.github, &person.body.gitlab];
        let mut accounts = accounts.into_iter().flatten();
        accounts.any(|known| {
            known
                .value
                .trim_start_matches('@')
                .eq_ignore_ascii_case(account)
        })
    });
    found.map(|person| person.name.value.clone())
}
