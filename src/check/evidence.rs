//! What the history of a change tells about who wrote and who approved it.

use std::collections::BTreeSet;

use crate::compat::evidence::{Authorship, Evidence, Given};
use crate::model::Model;
use crate::source::TreeError;
use crate::source::git::log::{CommitRecord, Identity};
use crate::source::git::signature::{self, Key, Signer};
use crate::syntax::policy::EvidenceGrade;

/// Begins the line of a commit message that approves a change.
pub const APPROVED: &str = "Flowgate-Approved:";
/// Begins the line of a commit message that takes over the review of a forge.
pub const EXPORTED: &str = "Flowgate-Exported:";
/// Begins the line with the digest of what the forge exported.
pub const EXPORT_DIGEST: &str = "Flowgate-Export-Digest:";
/// Begins the line that names somebody on whose behalf a commit was written.
const REVIEWED_BY: &str = "Reviewed-by:";
/// Begins the line that names a further author.
const CO_AUTHORED_BY: &str = "Co-authored-by:";

/// The signing keys of everybody in a directory. What somebody signed before they left stays signed;
/// whether they may approve today is another question.
pub fn keys(directory: &Model) -> Vec<Key> {
    let people = directory.project.people.iter();
    people
        .flat_map(|person| {
            let file = person.body.signing_key.as_ref();
            let text = file.and_then(|file| directory.surroundings.files.text(&file.path));
            signature::keys(&person.name.value, text.unwrap_or_default())
        })
        .collect()
}

/// Reads commits, the oldest first. The people and keys are those of `directory`.
///
/// # Errors
/// When a signature cannot be judged.
pub fn of(records: &[CommitRecord], directory: &Model) -> Result<Evidence, TreeError> {
    let keys = keys(directory);
    let mut evidence = Evidence::default();
    for record in records {
        let approvals = approved(&record.message);
        let exported = exported(record);
        if approvals.is_empty() && exported.is_empty() && record.changed.is_empty() {
            continue;
        }
        let signer = match &record.signed {
            Some(signed) => signature::signer(signed, &keys)?,
            None => None,
        };
        if !record.changed.is_empty() {
            let people = authors(record, signer.as_ref(), directory);
            evidence.last_pusher =
                person_of(&record.committer, directory).or_else(|| people.first().cloned());
            evidence
                .authors
                .extend(people.into_iter().map(|person| Authorship {
                    person,
                    paths: record.changed.clone(),
                }));
        }
        if let Some(signer) = &signer {
            evidence
                .given
                .extend(exported.into_iter().map(|given| Given {
                    key: Some(signer.key.clone()),
                    importer: Some(signer.person.clone()),
                    ..given
                }));
        }
        for (subject, digest) in approvals {
            for (person, grade, key) in approvers(record, signer.as_ref(), directory) {
                evidence.given.push(Given {
                    person,
                    subject: subject.clone(),
                    digest: digest.clone(),
                    grade,
                    date: record.date,
                    record: format!("commit {}", record.id),
                    key,
                    importer: None,
                });
            }
        }
    }
    Ok(evidence)
}

/// Who approves with a commit, and how well that is proved: the key counts more than the address.
fn approvers(
    record: &CommitRecord,
    signer: Option<&Signer>,
    directory: &Model,
) -> Vec<(String, EvidenceGrade, Option<String>)> {
    let mut approvers = Vec::new();
    if let Some(signer) = signer {
        let key = Some(signer.key.clone());
        approvers.push((signer.person.clone(), EvidenceGrade::Signed, key));
    } else if let Some(person) = person_of(&record.author, directory)
        && record
            .author
            .email
            .eq_ignore_ascii_case(&record.committer.email)
    {
        approvers.push((person, EvidenceGrade::Committed, None));
    }
    let claimed = named(&record.message, REVIEWED_BY);
    let claimed = claimed.filter_map(|identity| person_of(&identity, directory));
    approvers.extend(claimed.map(|person| (person, EvidenceGrade::Claimed, None)));
    approvers
}

/// Everybody who had a hand in a commit, as far as the directory knows them.
fn authors(record: &CommitRecord, signer: Option<&Signer>, directory: &Model) -> Vec<String> {
    let mut people: BTreeSet<String> = BTreeSet::new();
    people.extend(signer.map(|signer| signer.person.clone()));
    let further = named(&record.message, CO_AUTHORED_BY);
    let own = [record.author.clone(), record.committer.clone()];
    for identity in own.into_iter().chain(further) {
        people.extend(person_of(&identity, directory));
        people.extend(person_called(&identity, directory));
    }
    people.into_iter().collect()
}

/// The person with an address.
pub fn person_of(identity: &Identity, directory: &Model) -> Option<String> {
    let mut people = directory.project.people.iter();
    let found = people.find(|person| {
        let email = person.body.email.as_ref();
        email.is_some_and(|email| email.value.eq_ignore_ascii_case(&identity.email))
    });
    found.map(|person| person.name.value.clone())
}

/// The person with a name. Enough to keep authors from approving, never to approve.
fn person_called(identity: &Identity, directory: &Model) -> Option<String> {
    let mut people = directory.project.people.iter();
    let found = people.find(|person| {
        let name = person.body.name.as_ref();
        person.name.value == identity.name || name.is_some_and(|name| name.value == identity.name)
    });
    found.map(|person| person.name.value.clone())
}

/// The subjects and digests of the lines that approve.
fn approved(message: &str) -> Vec<(String, String)> {
    let lines = message.lines().filter_map(|line| {
        let (subject, digest) = line.strip_prefix(APPROVED)?.trim().rsplit_once(' ')?;
        digest
            .starts_with("sha256:")
            .then(|| (subject.trim().to_owned(), digest.to_owned()))
    });
    lines.collect()
}

/// What was taken over from a forge. It counts only with the signature of whoever took it over.
fn exported(record: &CommitRecord) -> Vec<Given> {
    let lines = record.message.lines().filter_map(|line| {
        let (whom, what) = line.strip_prefix(EXPORTED)?.trim().split_once(" sha256:")?;
        let (person, subject) = whom.split_once(' ')?;
        let mut words = what.splitn(3, ' ');
        let (digest, date, review) = (words.next()?, words.next()?, words.next()?);
        Some(Given {
            person: person.to_owned(),
            subject: subject.to_owned(),
            digest: format!("sha256:{digest}"),
            grade: EvidenceGrade::Exported,
            date: date.parse().ok()?,
            record: format!("{review}, imported in commit {}", record.id),
            key: None,
            importer: None,
        })
    });
    lines.collect()
}

/// The people in lines such as `Reviewed-by: Dana Ruiz <dana@example.com>`.
fn named<'m>(message: &'m str, key: &'m str) -> impl Iterator<Item = Identity> + 'm {
    message.lines().filter_map(move |line| {
        let start = line.get(..key.len())?;
        if !start.eq_ignore_ascii_case(key) {
            return None;
        }
        let (name, rest) = line[key.len()..].trim().split_once('<')?;
        Some(Identity {
            name: name.trim().to_owned(),
            email: rest.trim_end_matches('>').trim().to_owned(),
        })
    })
}
