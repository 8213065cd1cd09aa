//! `flowgate approve`: records that somebody agrees with a change, bound to what they saw.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::opening::{Location, ProjectArguments};
use super::output::Status;
use super::release::survey::survey;
use crate::check::Loaded;
use crate::check::evidence::{APPROVED, person_of};
use crate::compat::change_set::{digest, subject};
use crate::compat::evidence::{Evidence, Terms, asked_of};
use crate::compat::impact::DocumentImpact;
use crate::compat::{Class, assess};
use crate::model::Model;
use crate::report::wording::count;
use crate::source::git::tagging::Signing;
use crate::syntax::policy::EvidenceGrade;

/// Records your approval of a change, as an empty commit that is signed where git is set up for it.
#[derive(Debug, Args)]
pub struct ApproveArguments {
    /// The documents; all that wait for you when absent.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// The revision that the change is compared with; the `base` of the project file when absent. On
    /// the base itself the changes since the last releases are meant.
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

/// A changed document.
struct Subject {
    /// The name without the kind.
    name: String,
    /// `workflow/refund`.
    title: String,
    /// What an approval is bound to.
    digest: String,
    /// Whether it waits for whoever runs the program.
    is_asked: bool,
    /// Whether whoever runs the program wrote a part of it.
    is_own: bool,
    /// The files that it is written in.
    minimum: Option<EvidenceGrade>,
}

/// Runs the command.
///
/// # Errors
/// When the history cannot be read, nothing waits for an approval, or git cannot record it.
pub fn run(arguments: &ApproveArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let project = ProjectArguments {
        project: arguments.project.clone(),
        at: None,
        today: arguments.today,
    };
    let location = project.locate(None)?;
    let repository = location.repository()?;
    let head = repository.head()?;
    let loaded = location.load_as_of(head)?;
    let base = match &arguments.base {
        Some(base) => Some(repository.resolve(base)?),
        None => location.configured_base(&loaded),
    };
    let is_on_base = base.is_none_or(|base| base == head);
    let subjects = match base {
        Some(base) if !is_on_base => of_branch(&location, &base.to_string(), &loaded)?,
        Some(_) | None => of_releases(&location)?,
    };
    let chosen = choose(&subjects, arguments)?;
    let signing = repository.signing()?;
    let asks = |subject: &&&Subject| subject.minimum >= Some(EvidenceGrade::Signed);
    if signing == Signing::Unsigned
        && let Some(subject) = chosen.iter().find(asks)
    {
        return Err(Failure::new(format!(
            "the policies ask for a signed approval of {}, and git is not set up to sign",
            subject.title
        ))
        .hint(
            "for a key of SSH: `git config gpg.format ssh` and `git config user.signingKey FILE`",
        ));
    }
    let message = message(&chosen);
    if arguments.dry_run {
        write!(out, "{message}")?;
        return Ok(Status::Clean);
    }
    let commit = repository.commit_nothing(&message, signing)?;
    let signed = match signing {
        Signing::Signed => "signed",
        Signing::Unsigned => "unsigned",
    };
    writeln!(
        out,
        "Approved {} in the {signed} commit {}.",
        count(chosen.len(), "document"),
        commit.short()
    )?;
    for subject in chosen {
        writeln!(out, "  {}", subject.title)?;
    }
    Ok(Status::Clean)
}

/// Who runs the program, by the address that git commits with.
fn person(location: &Location, directory: &Model) -> Result<String, Failure> {
    let identity = location.repository()?.committer()?;
    person_of(&identity, directory).ok_or_else(|| {
        Failure::new(format!(
            "nobody in the directory has the address `{}`, which git commits with",
            identity.email
        ))
        .hint("write it as `email` of your entry under `people`, or set `git config user.email`")
    })
}

/// What changed since the branch left its base.
fn of_branch(location: &Location, base: &str, loaded: &Loaded) -> Result<Vec<Subject>, Failure> {
    let fork = location.fork(base, "HEAD")?;
    let base = location.load_as_of(fork.commit)?;
    let (before, after) = (base.side(), loaded.side());
    let impact = assess(before, after);
    let directory = &base.model;
    let person = person(location, directory)?;
    let evidence = location.evidence(Some(fork.commit), fork.head, directory)?;
    let asked = asked_of(
        &person,
        &impact.approvals,
        &impact.documents,
        (before, after),
        directory,
    );
    let asked: BTreeSet<_> = asked.into_iter().map(|(key, _)| key).collect();
    let terms = Terms::of([directory]);
    let changed = impact.documents.iter();
    let changed = changed.filter(|document| document.changes.iter().any(counts));
    Ok(changed
        .map(|document| Subject {
            name: document.facts.name().to_owned(),
            title: subject(document.facts.kind, document.facts.name()),
            digest: digest(&document.facts, before, after).as_str().to_owned(),
            is_asked: asked.contains(&(document.facts.kind, document.facts.name().to_owned())),
            is_own: wrote(&person, document, &evidence),
            minimum: terms.as_ref().map(|terms| terms.minimum(document)),
        })
        .collect())
}

fn counts(judged: &crate::compat::impact::JudgedChange) -> bool {
    judged.verdict.class != Class::None
}

/// What changed since the last releases.
fn of_releases(location: &Location) -> Result<Vec<Subject>, Failure> {
    let survey = survey(location, "HEAD", &[])?;
    let directory = &survey.loaded.model;
    let person = person(location, directory)?;
    let terms = Terms::of([directory]);
    let repository = location.repository()?;
    let mut subjects = Vec::new();
    for candidate in survey.candidates.iter().filter(|it| it.is_open()) {
        let from = match &candidate.previous {
            Some((_, tag)) => Some(repository.resolve(&format!("refs/tags/{tag}"))?),
            None => None,
        };
        let evidence = location.evidence(from, survey.commit, directory)?;
        let is_asked = candidate.approvals.iter().any(|approval| {
            let role = approval.who.strip_prefix("role ");
            let holds = |role: &str| {
                let mut holders = directory.role_holders(role);
                holders.any(|holder| holder.name.value == person)
            };
            role.map_or(approval.who == person, holds)
        });
        subjects.push(Subject {
            name: candidate.name.clone(),
            title: subject(candidate.kind, &candidate.name),
            digest: candidate.change_set.clone(),
            is_asked,
            is_own: wrote(&person, &candidate.document, &evidence),
            minimum: terms
                .as_ref()
                .map(|terms| terms.minimum(&candidate.document)),
        });
    }
    Ok(subjects)
}

fn wrote(person: &str, document: &DocumentImpact, evidence: &Evidence) -> bool {
    evidence
        .authors
        .iter()
        .any(|author| author.person == person && !author.paths.is_disjoint(&document.paths))
}

/// The documents that are named, else those that wait.
fn choose<'s>(
    subjects: &'s [Subject],
    arguments: &ApproveArguments,
) -> Result<Vec<&'s Subject>, Failure> {
    let titles: Vec<&str> = subjects
        .iter()
        .map(|subject| subject.title.as_str())
        .collect();
    let names = &arguments.names;
    let is_named =
        |subject: &Subject, name: &String| subject.name == *name || subject.title == *name;
    for name in names {
        if !subjects.iter().any(|subject| is_named(subject, name)) {
            return Err(Failure::new(format!("`{name}` is not among what changed"))
                .hint(format!("there is {}", titles.join(", "))));
        }
    }
    let chosen: Vec<&Subject> = subjects
        .iter()
        .filter(|subject| match &names[..] {
            [] => subject.is_asked,
            names => names.iter().any(|name| is_named(subject, name)),
        })
        .collect();
    if let Some(own) = chosen.iter().find(|subject| subject.is_own) {
        return Err(Failure::new(format!(
            "you wrote a part of {}, and nobody approves what they wrote",
            own.title
        ))
        .hint("somebody else has to approve it"));
    }
    if chosen.is_empty() {
        let failure = Failure::new("nothing that changed waits for you");
        return Err(match &titles[..] {
            [] => failure.hint("nothing changed"),
            titles => failure.hint(format!(
                "name what you approve all the same: {}",
                titles.join(", ")
            )),
        });
    }
    Ok(chosen)
}

fn message(chosen: &[&Subject]) -> String {
    let titles: Vec<&str> = chosen
        .iter()
        .map(|subject| subject.title.as_str())
        .collect();
    let title = match titles[..] {
        [one] => format!("Approve {one}"),
        _ => format!("Approve {}", count(titles.len(), "document")),
    };
    let lines: Vec<String> = chosen
        .iter()
        .map(|subject| format!("{APPROVED} {} {}\n", subject.title, subject.digest))
        .collect();
    format!("{title}\n\n{}", lines.concat())
}
