//! Approvals that were given, how well each is proved, and whether it counts for what is asked.
//!
//! An approval counts when it is bound to the change as it is now, when its proof is at least as
//! good as the policies of the base ask for the risk of the document, and when it is of somebody
//! who neither wrote the change nor left.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::approvals::{Approval, Gate, State, in_force};
use super::change_set::{digest, subject};
use super::impact::{DocumentImpact, Side};
use crate::model::Model;
use crate::syntax::DocumentKind;
use crate::syntax::policy::{EvidenceDemand, EvidenceGrade, ExcludedApprover};

/// Kinds of risk for which nobody's word for somebody else is ever enough.
const NEVER_CLAIMED: [&str; 2] = ["finance", "access"];

/// An approval that somebody gave.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Given {
    /// Who approved, by the name in the directory.
    pub person: String,
    /// What was approved, as `workflow/refund`.
    pub subject: String,
    /// The digest of the change that was approved, as [`super::change_set::digest`] gives it.
    pub digest: String,
    /// How well it is proved.
    pub grade: EvidenceGrade,
    /// The day on which it was given.
    pub date: Date,
    /// Where it is recorded, as `commit 1a2b3c4…`.
    pub record: String,
    /// The fingerprint of the key that proves it; absent for what is not signed.
    pub key: Option<String>,
    /// Who took it over from a forge, and answers for that; absent for what was given here.
    pub importer: Option<String>,
}

/// What the history tells about a change: who wrote it, and who approved it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The approvals, the oldest first.
    pub given: Vec<Given>,
    /// Who wrote which files.
    pub authors: Vec<Authorship>,
    /// Who wrote the newest commit that changed something.
    pub last_pusher: Option<String>,
}

/// Who changed which files in one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorship {
    /// The person.
    pub person: String,
    /// The files.
    pub paths: BTreeSet<String>,
}

/// What an approval must be like to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    minimum: EvidenceGrade,
    by_risk: BTreeMap<String, EvidenceGrade>,
    excludes_last_pusher: bool,
    importers: BTreeSet<String>,
    valid_for_seconds: Option<u64>,
}

impl Terms {
    /// What the policies in force ask for together; `None` when none of them asks for evidence, so
    /// that approvals are only listed.
    pub fn of<'m>(models: impl IntoIterator<Item = &'m Model>) -> Option<Self> {
        let models = models.into_iter();
        let demands: Vec<&EvidenceDemand> = models
            .flat_map(in_force)
            .filter_map(|policy| policy.body.evidence.as_ref())
            .map(|demand| &demand.value)
            .collect();
        if demands.is_empty() {
            return None;
        }
        let minimum = demands.iter().filter_map(|demand| demand.minimum);
        let minimum = minimum.map(|grade| grade.value).max();
        let mut by_risk: BTreeMap<String, EvidenceGrade> = NEVER_CLAIMED
            .iter()
            .map(|risk| ((*risk).to_owned(), EvidenceGrade::Committed))
            .collect();
        for (risk, grade) in demands.iter().flat_map(|demand| demand.by_risk.iter()) {
            let known = by_risk.entry(risk.value.clone()).or_insert(grade.value);
            *known = (*known).max(grade.value);
        }
        let mut excluded = demands.iter().flat_map(|demand| &demand.exclude);
        let valid_for = demands
            .iter()
            .filter_map(|demand| demand.valid_for.as_ref());
        let importers = demands.iter().flat_map(|demand| &demand.importers);
        Some(Terms {
            minimum: minimum.unwrap_or(EvidenceGrade::Claimed),
            by_risk,
            excludes_last_pusher: excluded
                .any(|excluded| excluded.value == ExcludedApprover::LastPusher),
            importers: importers.map(|person| person.name.value.clone()).collect(),
            valid_for_seconds: valid_for.map(|length| length.value.elapsed_seconds()).min(),
        })
    }

    /// The weakest grade that counts for a document.
    pub fn minimum(&self, document: &DocumentImpact) -> EvidenceGrade {
        let by_risk = document.risks.iter();
        let by_risk = by_risk.filter_map(|risk| self.by_risk.get(risk)).max();
        by_risk.map_or(self.minimum, |grade| self.minimum.max(*grade))
    }

    /// What is taken over by somebody who may not is no more than a word for somebody else.
    fn grade(&self, given: &Given) -> EvidenceGrade {
        match &given.importer {
            Some(importer) if !self.importers.contains(importer) => EvidenceGrade::Claimed,
            Some(_) | None => given.grade,
        }
    }

    fn has_expired(&self, given: &Given, today: Date) -> bool {
        let Some(seconds) = self.valid_for_seconds else {
            return false;
        };
        let age = given.date.until(today).map_or(0, |span| span.get_days());
        u64::try_from(age).is_ok_and(|days| days * 86_400 > seconds)
    }
}

/// Who judges approvals, and by what.
#[derive(Debug, Clone, Copy)]
pub struct Bench<'a> {
    /// What an approval must be like.
    pub terms: &'a Terms,
    /// The directory that decides who is who.
    pub directory: &'a Model,
    /// The approvals that were given.
    pub evidence: &'a Evidence,
    /// The day.
    pub today: Date,
}

/// A document that an approval is about.
struct Asked<'a> {
    subject: String,
    digest: String,
    minimum: EvidenceGrade,
    authors: BTreeSet<&'a str>,
}

/// How an approval of one person for one document stands.
enum Standing<'a> {
    Counts(&'a Given),
    Refused(String),
    Stale(String),
    Missing,
}

/// Says of every approval that a change needs whether it was given.
pub fn settle(
    approvals: &mut [Approval],
    documents: &[DocumentImpact],
    (before, after): (Side<'_>, Side<'_>),
    bench: &Bench<'_>,
) {
    for approval in approvals {
        let about = documents.iter().filter(|document| {
            let key = (document.facts.kind, document.facts.name().to_owned());
            approval.documents.contains(&key)
        });
        let asked: Vec<Asked<'_>> = about
            .map(|document| Asked {
                subject: subject(document.facts.kind, document.facts.name()),
                digest: digest(&document.facts, before, after).as_str().to_owned(),
                minimum: bench.terms.minimum(document),
                authors: authors(document, bench.evidence),
            })
            .collect();
        bench.settle(approval, &asked);
    }
}

/// The people who wrote what changed in a document.
fn authors<'e>(document: &DocumentImpact, evidence: &'e Evidence) -> BTreeSet<&'e str> {
    let own = evidence
        .authors
        .iter()
        .filter(|author| !author.paths.is_disjoint(&document.paths));
    own.map(|author| author.person.as_str()).collect()
}

impl Bench<'_> {
    fn settle(&self, approval: &mut Approval, asked: &[Asked<'_>]) {
        let candidates = self.candidates(&approval.who);
        let needed = match approval.count.as_deref() {
            Some("all") => candidates.len().max(1),
            Some(number) if approval.who.starts_with("role ") => number.parse().unwrap_or(1),
            Some(_) | None => 1,
        };
        let mut troubles: Vec<(State, String)> = Vec::new();
        let mut agreed = 0;
        for person in &candidates {
            match self.person(person, asked) {
                Ok(given) => {
                    agreed += 1;
                    approval.given.extend(given);
                }
                Err(Some(trouble)) => troubles.push(trouble),
                Err(None) => {}
            }
        }
        if agreed < needed && approval.gate == Gate::Owner {
            // Whoever wrote the change agrees with it; somebody else must have looked at it.
            let wrote = |asked: &Asked<'_>| asked.authors.contains(approval.who.as_str());
            if asked.iter().all(wrote)
                && let Some(given) = self.second_pair_of_eyes(asked)
            {
                approval.given = given;
                agreed = needed;
            }
        }
        if agreed >= needed {
            approval.state = State::Given;
            approval.trouble = None;
            return;
        }
        troubles.sort_by_key(|(state, _)| std::cmp::Reverse(*state));
        let trouble = troubles.into_iter().next();
        approval.state = trouble.as_ref().map_or(State::Missing, |(state, _)| *state);
        approval.trouble = trouble
            .map(|(_, text)| text)
            .or_else(|| self.nobody_left(&candidates, asked, &approval.who));
    }

    /// The people whom a demand means and who are still here.
    fn candidates(&self, who: &str) -> Vec<String> {
        let directory = self.directory;
        match who.strip_prefix("role ") {
            Some(role) => directory
                .role_holders(role)
                .filter(|person| !directory.has_left(person))
                .map(|person| person.name.value.clone())
                .collect(),
            None => Some(who.to_owned())
                .filter(|who| directory.is_active_person(who))
                .into_iter()
                .collect(),
        }
    }

    /// The approvals of one person for all documents, or what is wrong with them.
    fn person(
        &self,
        person: &str,
        asked: &[Asked<'_>],
    ) -> Result<Vec<Given>, Option<(State, String)>> {
        let mut found = Vec::new();
        for asked in asked {
            match self.standing(person, asked) {
                Standing::Counts(given) => found.push(given.clone()),
                Standing::Refused(text) => return Err(Some((State::Refused, text))),
                Standing::Stale(text) => return Err(Some((State::Stale, text))),
                Standing::Missing => return Err(None),
            }
        }
        if found.is_empty() {
            Err(None)
        } else {
            Ok(found)
        }
    }

    fn standing(&self, person: &str, asked: &Asked<'_>) -> Standing<'_> {
        let own = self
            .evidence
            .given
            .iter()
            .filter(|given| given.person == person && given.subject == asked.subject);
        let own: Vec<&Given> = own.collect();
        let Some(newest) = own.last() else {
            return Standing::Missing;
        };
        if asked.authors.contains(person) {
            return Standing::Refused(format!(
                "{person} wrote the change, and nobody approves what they wrote"
            ));
        }
        if self.terms.excludes_last_pusher && self.evidence.last_pusher.as_deref() == Some(person) {
            return Standing::Refused(format!(
                "{person} pushed last, and the policies exclude the last pusher"
            ));
        }
        let current = own.iter().filter(|given| given.digest == asked.digest);
        let current: Vec<&&Given> = current.collect();
        let Some(best) = current.iter().max_by_key(|given| self.terms.grade(given)) else {
            return Standing::Stale(format!(
                "{person} approved an earlier state in {}, and the change went on since",
                newest.record
            ));
        };
        let grade = self.terms.grade(best);
        if grade < asked.minimum {
            return Standing::Refused(format!(
                "the approval of {person} in {} is only `{}`, and the policies ask for `{}`",
                best.record,
                grade.as_str(),
                asked.minimum.as_str()
            ));
        }
        let by_author = |given: &Given| {
            let importer = given.importer.as_deref();
            importer.is_some_and(|importer| asked.authors.contains(importer))
        };
        if current.iter().all(|given| by_author(given)) {
            return Standing::Refused(format!(
                "the approval of {person} in {} was imported by somebody who wrote the change",
                best.record
            ));
        }
        let counts =
            |given: &&&&Given| self.terms.grade(given) >= asked.minimum && !by_author(given);
        let valid = |given: &&&&Given| !self.terms.has_expired(given, self.today);
        match current.iter().filter(counts).find(valid) {
            Some(given) => Standing::Counts(given),
            None => Standing::Stale(format!(
                "the approval of {person} in {} is older than the policies allow",
                best.record
            )),
        }
    }

    /// For each document an approval of anybody who did not write it.
    fn second_pair_of_eyes(&self, asked: &[Asked<'_>]) -> Option<Vec<Given>> {
        let each = asked.iter().map(|asked| {
            let others = self.evidence.given.iter();
            let mut others = others.filter(|given| self.directory.is_active_person(&given.person));
            others.find_map(|given| match self.standing(&given.person, asked) {
                Standing::Counts(given) => Some(given.clone()),
                Standing::Refused(_) | Standing::Stale(_) | Standing::Missing => None,
            })
        });
        each.collect::<Option<Vec<Given>>>()
            .filter(|given| !given.is_empty())
    }

    /// Why nobody can give it, where that is so.
    fn nobody_left(&self, candidates: &[String], asked: &[Asked<'_>], who: &str) -> Option<String> {
        if candidates.is_empty() {
            return Some(format!("nobody in the directory is {who}"));
        }
        let wrote = |person: &String| {
            let mut asked = asked.iter();
            asked.any(|asked| asked.authors.contains(person.as_str()))
        };
        candidates
            .iter()
            .all(wrote)
            .then(|| format!("{who} wrote the change, and nobody approves what they wrote"))
    }
}

/// The documents of a change that a person is asked to approve, with what the approval is bound to.
pub fn asked_of(
    person: &str,
    approvals: &[Approval],
    documents: &[DocumentImpact],
    (before, after): (Side<'_>, Side<'_>),
    directory: &Model,
) -> Vec<((DocumentKind, String), String)> {
    let holds = |role: &str| {
        let mut holders = directory.role_holders(role);
        holders.any(|holder| holder.name.value == person)
    };
    let is_meant = |approval: &&Approval| match approval.who.strip_prefix("role ") {
        Some(role) => holds(role),
        None => approval.who == person,
    };
    let keys: BTreeSet<&(DocumentKind, String)> = approvals
        .iter()
        .filter(is_meant)
        .flat_map(|approval| &approval.documents)
        .collect();
    documents
        .iter()
        .filter_map(|document| {
            let key = (document.facts.kind, document.facts.name().to_owned());
            let bound = digest(&document.facts, before, after);
            keys.contains(&key)
                .then(|| (key, bound.as_str().to_owned()))
        })
        .collect()
}
