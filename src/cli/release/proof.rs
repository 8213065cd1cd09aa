//! `flowgate release --check`: whether a tag holds what it says, by making it again.

use serde_json::Value;

use super::survey::{Survey, survey};
use super::{Prepared, prepared};
use crate::check::evidence::keys;
use crate::check::release::Candidate;
use crate::cli::failure::Failure;
use crate::cli::opening::Location;
use crate::compat::approvals::State;
use crate::model::Model;
use crate::plan::Digest;
use crate::report::announcement::{JUDGED_LINE, MANIFEST_LINE, value_of};
use crate::report::difference::first_difference;
use crate::report::release::{PROOF_SCHEMA, Proof, ProofReport};
use crate::source::git::CommitId;
use crate::source::git::signature::signer;
use crate::source::git::tagging::TagRecord;

/// The name of the manifest among the files of a release.
pub const MANIFEST_FILE: &str = "manifest.json";

/// A tag that was looked at, with its files made again.
pub struct Proved {
    /// What was found.
    pub report: ProofReport,
    /// The release, made again; absent when its document is not there.
    pub prepared: Option<Prepared>,
}

/// Proves a tag.
///
/// # Errors
/// When there is no such tag, or its history cannot be read.
pub fn prove(location: &mut Location, tag: &str) -> Result<Proved, Failure> {
    let repository = location.repository()?;
    let Some(record) = repository.tag(tag)? else {
        return plain(location, tag);
    };
    let day = value_of(&record.message, JUDGED_LINE).and_then(|day| day.parse().ok());
    let now = directory(location, record.commit)?;
    location.today = day.unwrap_or(location.today);
    let survey = survey(location, &record.commit.to_string(), &[])?;
    let mut checks = vec![own_name(tag, &record)];
    checks.push(signature(location, tag, &record, &survey, &now)?);
    let own = survey
        .candidates
        .iter()
        .find(|candidate| candidate.tag.as_deref() == Some(tag));
    let prepared = own.and_then(|candidate| prepared(candidate, &survey));
    match (own, &prepared) {
        (Some(candidate), Some(prepared)) => {
            checks.extend(manifest(location, tag, &record, prepared)?);
            checks.push(approvals(location, candidate, &survey, &now)?);
            checks.push(obstacles(candidate, prepared));
        }
        _ => checks.push(Proof {
            what: "document",
            ok: false,
            found: "no document of that name declares this version there".to_owned(),
        }),
    }
    Ok(Proved {
        report: report(tag, record.commit, checks),
        prepared,
    })
}

/// A tag without a message, or none at all.
fn plain(location: &Location, tag: &str) -> Result<Proved, Failure> {
    let repository = location.repository()?;
    let Ok(commit) = repository.resolve(&format!("refs/tags/{tag}")) else {
        return Err(Failure::new(format!("there is no tag `{tag}`"))
            .hint("`git tag --list` lists them; `git fetch --tags` gets those of the server"));
    };
    let proof = Proof {
        what: "tag",
        ok: false,
        found: "it is a plain tag without a message, so nothing says what was released".to_owned(),
    };
    Ok(Proved {
        report: report(tag, commit, vec![proof]),
        prepared: None,
    })
}

fn report(tag: &str, commit: CommitId, checks: Vec<Proof>) -> ProofReport {
    ProofReport {
        schema: PROOF_SCHEMA,
        tag: tag.to_owned(),
        commit: commit.to_string(),
        ok: checks.iter().all(|proof| proof.ok),
        checks,
    }
}

/// The directory as it is now: that of the base, else of what is checked out. Keys that are no longer
/// in it are revoked.
fn directory(location: &Location, commit: CommitId) -> Result<Model, Failure> {
    let repository = location.repository()?;
    let released = location.load_as_of(commit)?;
    let base = location.configured_base(&released);
    let now = base.or_else(|| repository.head().ok());
    Ok(match now {
        Some(now) => location.load_as_of(now)?.model,
        None => released.model,
    })
}

fn own_name(tag: &str, record: &TagRecord) -> Proof {
    let ok = record.name == tag;
    Proof {
        what: "tag",
        ok,
        found: if ok {
            "annotated, under its own name".to_owned()
        } else {
            format!("it was made as `{}` and moved here", record.name)
        },
    }
}

fn signature(
    location: &Location,
    tag: &str,
    record: &TagRecord,
    survey: &Survey,
    now: &Model,
) -> Result<Proof, Failure> {
    let config = survey.loaded.model.config();
    let versioning = config.and_then(|config| config.versioning.as_ref());
    let must = versioning
        .and_then(|versioning| versioning.signed)
        .is_some_and(|signed| signed.value);
    let (ok, found) = match &record.signed {
        None if must => (
            false,
            "it is not signed, and the project asks for that".to_owned(),
        ),
        None => (
            true,
            "it is not signed, and the project does not ask for that".to_owned(),
        ),
        Some(signed) => match signer(signed, &keys(now))? {
            Some(signer) => (true, format!("by {} with {}", signer.person, signer.key)),
            None if location.repository()?.verifies(tag)? => {
                (true, "`git verify-tag` accepts it".to_owned())
            }
            None => (
                false,
                "it is of no key in the directory, and `git verify-tag` does not accept it"
                    .to_owned(),
            ),
        },
    };
    Ok(Proof {
        what: "signature",
        ok,
        found,
    })
}

/// The manifest as it is made again against the one that is kept, and against the message.
fn manifest(
    location: &Location,
    tag: &str,
    record: &TagRecord,
    prepared: &Prepared,
) -> Result<Vec<Proof>, Failure> {
    let said = value_of(&record.message, MANIFEST_LINE).unwrap_or("nothing");
    let kept = location.repository()?.kept(tag, MANIFEST_FILE);
    let mut checks = Vec::new();
    if let Some(kept) = &kept {
        let digest = Digest::of_bytes(kept);
        let ok = digest.as_str() == said;
        checks.push(Proof {
            what: "kept manifest",
            ok,
            found: if ok {
                "it is the one that the tag names".to_owned()
            } else {
                let difference = differs(&prepared.manifest, kept);
                let difference = difference.map_or_else(String::new, |text| format!(": {text}"));
                format!("it was edited after the release{difference}")
            },
        });
    }
    let digest = Digest::of_bytes(&prepared.manifest);
    let ok = digest.as_str() == said;
    let found = if ok {
        "made again, it has the digest that the tag names".to_owned()
    } else {
        let difference = kept.and_then(|kept| differs(&prepared.manifest, &kept));
        difference.unwrap_or_else(|| {
            format!(
                "made again, it is {}, and the tag names {said}",
                digest.as_str()
            )
        })
    };
    checks.push(Proof {
        what: "manifest",
        ok,
        found,
    });
    Ok(checks)
}

fn differs(made: &[u8], kept: &[u8]) -> Option<String> {
    let made: Value = serde_json::from_slice(made).ok()?;
    let Ok(kept) = serde_json::from_slice::<Value>(kept) else {
        return Some("what is kept is no JSON".to_owned());
    };
    first_difference(&made, &kept)
}

/// Whether every approval was given, and by keys that still count.
fn approvals(
    location: &Location,
    candidate: &Candidate,
    survey: &Survey,
    now: &Model,
) -> Result<Proof, Failure> {
    let proof = |ok, found: String| Proof {
        what: "approvals",
        ok,
        found,
    };
    if !candidate.enforced {
        return Ok(proof(true, "no policy asks for proof of them".to_owned()));
    }
    let open: Vec<String> = candidate
        .open_approvals()
        .map(|approval| format!("{} ({})", approval.who, approval.state.as_str()))
        .collect();
    if !open.is_empty() {
        return Ok(proof(false, format!("missing: {}", open.join(", "))));
    }
    let repository = location.repository()?;
    let from = match &candidate.previous {
        Some((_, tag)) => Some(repository.resolve(&format!("refs/tags/{tag}"))?),
        None => None,
    };
    let today = location.evidence(from, survey.commit, now)?;
    let given = candidate.approvals.iter();
    let given = given.filter(|approval| approval.state == State::Given);
    for given in given.flat_map(|approval| &approval.given) {
        let still = today.given.iter().any(|other| {
            other.person == given.person
                && other.record == given.record
                && other.grade >= given.grade
        });
        if !still {
            let key = given.key.as_deref().unwrap_or("without a key");
            return Ok(proof(
                false,
                format!(
                    "the approval of {} in {} no longer counts: {key} was revoked since",
                    given.person, given.record
                ),
            ));
        }
    }
    let count = candidate.approvals.len();
    Ok(proof(true, format!("all given ({count})")))
}

/// What else the release would have been refused for.
fn obstacles(candidate: &Candidate, prepared: &Prepared) -> Proof {
    let errors = prepared.errors;
    let ok = errors == 0 && candidate.document.declaration.ok();
    Proof {
        what: "check",
        ok,
        found: if ok {
            "clean, with a version that is high enough".to_owned()
        } else {
            "it has errors, or its version is too low".to_owned()
        },
    }
}
