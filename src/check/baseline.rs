//! Baselines: what a repository was adopted with, so that a check can tell what is new since then.
//!
//! A finding is known again by rule, document and path, never by line or file, so that text may
//! move. Lists whose items have no name are known by index; a finding whose index moved is found
//! by its message, else by the list. A known finding that became more serious is not known: a
//! warning that was accepted is no permission for an error.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::place::documents;
use super::{Finding, Loaded};
use crate::rule::{Level, RuleId};
use crate::source::SourceId;
use crate::syntax::Entity;
use crate::yaml::rules::INVALID_YAML;

/// The findings that a repository is known to have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// How many were ever recorded, those that are mended since included.
    pub recorded: u64,
    /// Those that are not mended yet, sorted.
    pub known: Vec<Known>,
}

/// Findings of one rule at one path with one message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    /// Kind and name of the document; absent when the file could not be understood.
    pub document: Option<(String, String)>,
    /// The path inside the document, else that of the file.
    pub path: String,
    /// The rule.
    pub rule: String,
    /// What was wrong.
    pub message: String,
    /// The highest level that is known.
    pub level: Level,
    /// How many.
    pub count: u64,
}

/// What a baseline says about the findings of today.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The findings that are not known.
    pub new: Vec<Finding>,
    /// Known findings, which are not shown.
    pub hidden: Vec<Finding>,
    /// How many of the new ones are known at a lower level.
    pub raised: u64,
    /// What is known and no longer found.
    pub fixed: Vec<Known>,
    /// The baseline without what is fixed.
    pub shrunk: Baseline,
    /// The baseline with everything that is found today.
    pub grown: Baseline,
}

impl Baseline {
    /// Everything in it, one by one.
    pub fn total(&self) -> u64 {
        total(&self.known)
    }

    /// Puts the entries of a file in order; equal ones become one.
    pub fn of(recorded: u64, entries: impl IntoIterator<Item = Known>) -> Self {
        let mut merged: BTreeMap<_, (Level, u64)> = BTreeMap::new();
        for entry in entries {
            let key = (entry.document, entry.path, entry.rule, entry.message);
            let (level, count) = merged.entry(key).or_insert((entry.level, 0));
            *level = entry.level.max(*level);
            *count = count.saturating_add(entry.count);
        }
        let known = merged.into_iter().map(|(key, (level, count))| Known {
            document: key.0,
            path: key.1,
            rule: key.2,
            message: key.3,
            level,
            count,
        });
        Baseline {
            recorded,
            known: known.collect(),
        }
    }
}

/// How many findings entries stand for.
pub fn total(entries: &[Known]) -> u64 {
    let counts = entries.iter().map(|entry| entry.count);
    counts.fold(0, u64::saturating_add)
}

impl Known {
    fn of(finding: &Finding, level: Level, loaded: &Loaded) -> Self {
        let document = finding.document.as_ref();
        let file = loaded.sources.file(finding.diagnostic.span.source).path();
        Known {
            document: document.map(|document| (document.kind.to_owned(), document.name.clone())),
            path: document.map_or(file, |_| finding.path.as_str()).to_owned(),
            rule: finding.diagnostic.rule.id.to_string(),
            message: finding.diagnostic.message.clone(),
            level,
            count: 1,
        }
    }
}

/// True when a baseline may hold the finding. It never holds that nothing of a file can be read,
/// because what is in the file is then unknown.
fn can_be_known(finding: &Finding, understood: &HashSet<SourceId>) -> bool {
    let rule = &finding.diagnostic.rule;
    let is_unreadable =
        rule.id == INVALID_YAML.id && !understood.contains(&finding.diagnostic.span.source);
    finding.suppressed.is_none() && !is_unreadable
}

/// The files with documents.
fn understood(loaded: &Loaded) -> HashSet<SourceId> {
    let documents = documents(&loaded.model.project).into_iter();
    documents.map(|(span, _)| span.source).collect()
}

/// The files that cannot be read among findings that are not known: nobody can say what is fixed
/// in them.
pub fn unreadable(comparison: &Comparison, begins: bool, loaded: &Loaded) -> BTreeSet<String> {
    let understood = understood(loaded);
    let findings = comparison.new.iter();
    findings
        .filter(|finding| finding.diagnostic.rule.id == INVALID_YAML.id)
        .filter(|finding| !begins || !understood.contains(&finding.diagnostic.span.source))
        .map(|finding| loaded.sources.file(finding.diagnostic.span.source).path())
        .map(str::to_owned)
        .collect()
}

/// Compares the findings of a project with its baseline.
pub fn compare(baseline: &Baseline, findings: Vec<Finding>, loaded: &Loaded) -> Comparison {
    let understood = understood(loaded);
    let today: Vec<Option<Known>> = findings
        .iter()
        .map(|finding| {
            let known = || Known::of(finding, finding.diagnostic.level, loaded);
            can_be_known(finding, &understood).then(known)
        })
        .collect();
    let known = after_renames(&baseline.known, loaded);
    let (found, remaining) = matched(&known, &today);
    let mut comparison = Comparison {
        fixed: remaining_entries(&known, &remaining),
        ..Comparison::default()
    };
    let (mut kept, mut all, mut added) = (Vec::new(), Vec::new(), 0);
    for ((finding, entry), found) in findings.into_iter().zip(today).zip(found) {
        let before = found.map(|position| known[position].level);
        let is_known = before.is_some_and(|before| finding.diagnostic.level <= before);
        if let Some(entry) = entry {
            added += u64::from(before.is_none());
            comparison.raised += u64::from(before.is_some() && !is_known);
            kept.extend(before.map(|before| Known {
                level: entry.level.min(before),
                ..entry.clone()
            }));
            all.push(entry);
        }
        let side = if is_known {
            &mut comparison.hidden
        } else {
            &mut comparison.new
        };
        side.push(finding);
    }
    comparison.shrunk = Baseline::of(baseline.recorded, kept);
    comparison.grown = Baseline::of(baseline.recorded.saturating_add(added), all);
    comparison
}

/// The entries of renamed workflows and contracts under their names of today.
fn after_renames(known: &[Known], loaded: &Loaded) -> Vec<Known> {
    let project = &loaded.model.project;
    let workflows = project.workflows.iter().filter_map(|workflow| {
        let old = workflow.body.renamed_from.as_ref()?;
        Some(("workflow", old.value.text.as_str(), name(workflow)))
    });
    let taken: BTreeSet<&str> = project.workflows.iter().map(name).collect();
    let renames: HashMap<(&str, &str), &str> = workflows
        .filter(|(_, old, _)| !taken.contains(old))
        .map(|(kind, old, new)| ((kind, old), new))
        .collect();
    let renamed = |entry: &Known| {
        let (kind, old) = entry.document.as_ref()?;
        let new = renames.get(&(kind.as_str(), old.as_str()))?;
        Some(Known {
            document: Some((kind.clone(), (*new).to_owned())),
            ..entry.clone()
        })
    };
    known
        .iter()
        .map(|entry| renamed(entry).unwrap_or_else(|| entry.clone()))
        .collect()
}

fn name<T>(entity: &Entity<T>) -> &str {
    &entity.name.value
}

/// What of an entry must be equal, from strict to loose.
type Likeness = fn(&Known) -> (Option<String>, Option<&str>);

const LIKENESSES: [Likeness; 4] = [
    |entry| (Some(entry.path.clone()), Some(&entry.message)),
    |entry| (place_without_indexes(entry), Some(&entry.message)),
    |entry| (Some(entry.path.clone()), None),
    |entry| {
        // Files without documents have nothing but their path and their message.
        let path = match entry.document {
            Some(_) => place_without_indexes(entry),
            None => Some(entry.path.clone()),
        };
        (path, None)
    },
];

/// The path with `*` for the index of an item; nothing for a file, which may have moved.
fn place_without_indexes(entry: &Known) -> Option<String> {
    entry.document.as_ref()?;
    let is_index = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = entry.path.split('.');
    let parts: Vec<&str> = parts
        .map(|part| if is_index(part) { "*" } else { part })
        .collect();
    Some(parts.join("."))
}

/// For each finding the position of the entry that stands for it, and how many of each entry are
/// left over.
fn matched(known: &[Known], today: &[Option<Known>]) -> (Vec<Option<usize>>, Vec<u64>) {
    let mut remaining: Vec<u64> = known.iter().map(|entry| entry.count).collect();
    let mut found: Vec<Option<usize>> = vec![None; today.len()];
    for likeness in LIKENESSES {
        let mut entries: HashMap<_, Vec<usize>> = HashMap::new();
        for (position, entry) in known.iter().enumerate().rev() {
            if remaining[position] > 0 {
                entries
                    .entry(key(entry, likeness))
                    .or_default()
                    .push(position);
            }
        }
        for (finding, found) in today.iter().zip(&mut found) {
            let Some(finding) = finding.as_ref().filter(|_| found.is_none()) else {
                continue;
            };
            let Some(positions) = entries.get_mut(&key(finding, likeness)) else {
                continue;
            };
            while let Some(position) = positions.last().copied() {
                if remaining[position] > 0 {
                    remaining[position] -= 1;
                    *found = Some(position);
                    break;
                }
                positions.pop();
            }
        }
    }
    (found, remaining)
}

type Key<'a> = (
    &'a str,
    Option<&'a (String, String)>,
    (Option<String>, Option<&'a str>),
);

fn key(entry: &Known, likeness: Likeness) -> Key<'_> {
    (&entry.rule, entry.document.as_ref(), likeness(entry))
}

fn remaining_entries(known: &[Known], remaining: &[u64]) -> Vec<Known> {
    known
        .iter()
        .zip(remaining)
        .filter(|(_, remaining)| **remaining > 0)
        .map(|(entry, remaining)| Known {
            count: *remaining,
            ..entry.clone()
        })
        .collect()
}

/// True when every document that the entries are about is still in the project.
pub fn are_there(entries: &[Known], loaded: &Loaded) -> bool {
    let documents: BTreeSet<(&str, String)> = documents(&loaded.model.project)
        .into_iter()
        .map(|(_, document)| (document.kind, document.name))
        .collect();
    let is_there =
        |(kind, name): &(String, String)| documents.contains(&(kind.as_str(), name.clone()));
    entries
        .iter()
        .all(|entry| entry.document.as_ref().is_some_and(is_there))
}

/// The rules that only a control owner may give up, among findings, with how many of each.
pub fn locked(findings: &[Finding], loaded: &Loaded) -> BTreeMap<RuleId, u64> {
    let policies = loaded.model.project.all_policies();
    let by_policy: BTreeSet<&str> = policies
        .flat_map(|policy| &policy.body.locked)
        .map(|rule| rule.value.as_str())
        .collect();
    let mut counts = BTreeMap::new();
    for finding in findings {
        let rule = &finding.diagnostic.rule;
        if rule.locked || by_policy.contains(rule.id.as_ref()) {
            *counts.entry(rule.id.clone()).or_insert(0) += 1;
        }
    }
    counts
}
