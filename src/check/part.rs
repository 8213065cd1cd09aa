//! The part of two states of a project that tells them apart: what changed, who reads it, and what
//! these rest on. Two parts compare as the two wholes do.
//!
//! People, queues, systems, policies and the project file are always read, since everything names
//! them and they are small. A file that holds workflows, contracts, scenarios and process maps alone is
//! read only when it is needed:
//!
//! - it differs between the two states;
//! - its text mentions the name of something that differs, or of something in the directory that
//!   mentions it in turn;
//! - it accepts breaks, suppresses findings or has an earlier name;
//! - one of those names what it declares.
//!
//! What is found in one document also depends on its neighbours: who else uses its queue, who else
//! reads its contract, which other duties its people have. Where findings are compared, readers are
//! followed over any number of steps, and the neighbours of all of these are read too
//! ([`neighbour`], [`findings`]).
//!
//! Whether a file is of that sort, and what it declares, is seen from its lines ([`outline`]); when
//! these leave room for doubt, it is parsed. Where a change may reach everything, there is no part.

pub mod findings;
pub mod mention;
mod neighbour;
pub mod outline;
pub mod piece;
pub mod survey;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::Loaded;
use super::project::{Opening, PROJECT_FILE, Releases, open_selected};
use crate::model::Model;
use crate::source::{SourceId, Sources, TreeError};
use crate::syntax::{DocumentKind, Project};
use mention::{Finder, runs};
use piece::{Piece, Word};
use survey::{Survey, Text};

/// Which files of two trees are needed to compare them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// All of them.
    Whole,
    /// Those that are parsed in any case, and these.
    Files(BTreeSet<String>),
}

impl Part {
    /// Opens one of the trees.
    ///
    /// # Errors
    /// When the tree cannot be listed.
    pub fn open(
        &self,
        survey: &Survey<'_>,
        opening: &Opening<'_>,
        releases: &dyn Fn(&Project, &Sources) -> Releases,
    ) -> Result<Loaded, TreeError> {
        open_selected(survey, opening, &|path| self.has(survey, path), releases)
    }

    /// The files of a tree that are not needed.
    pub fn left_out(&self, survey: &Survey<'_>) -> BTreeSet<String> {
        let files = survey.files.keys();
        files
            .filter(|path| !self.has(survey, path))
            .cloned()
            .collect()
    }

    /// True when the file is needed.
    pub fn has(&self, survey: &Survey<'_>, path: &str) -> bool {
        let can_wait = || {
            let text = survey.files.get(path);
            text.is_some_and(|text| text.outline.is_some())
        };
        match self {
            Part::Whole => true,
            Part::Files(files) => files.contains(path) || !can_wait(),
        }
    }
}

/// The part of two states that tells them apart.
pub fn of(before: &Survey<'_>, after: &Survey<'_>) -> Part {
    let states = States { before, after };
    let part = || {
        let changed = states.changed();
        let mut words = states.words(&changed)?;
        let readers = states.readers(&words)?;
        // Whoever runs a workflow gives it what the contract of its trigger asks for.
        words.names = states.workflows_in(&readers);
        let callers = states.readers(&words)?;
        let near = readers.into_iter().chain(callers);
        let near = states.in_any_case(near.chain(changed.iter().cloned()));
        Some(states.with_what_they_name(&near, &changed, false))
    };
    part().map_or(Part::Whole, Part::Files)
}

/// The part of two states that tells apart what is found in them, with the files in which the change
/// can make a difference: those that changed and their readers, over any number of steps. `None`
/// stands for all files.
pub fn of_findings(before: &Survey<'_>, after: &Survey<'_>) -> (Part, Option<BTreeSet<String>>) {
    let states = States { before, after };
    let part = || {
        let changed = states.changed();
        let mut words = states.words(&changed)?;
        let mut reached = states.readers(&words)?;
        let mut new = reached.clone();
        while !new.is_empty() {
            words.names = states.workflows_in(&new);
            let readers = states.readers(&words)?;
            new = readers.difference(&reached).cloned().collect();
            reached.extend(new.iter().cloned());
        }
        reached.retain(|path| {
            !states
                .sides(path)
                .all(|text| holds_only(text, &[DocumentKind::ProcessMap]))
        });
        let whole: BTreeSet<String> = reached.union(&changed).cloned().collect();
        let neighbours = states.neighbours(&whole)?;
        let near = states.in_any_case(whole.iter().cloned().chain(neighbours));
        let files = states.with_what_they_name(&near, &whole, true);
        let can_wait = |path: &String| {
            let mut sides = states.sides(path);
            sides.all(|text| text.outline.is_some())
        };
        Some((files, whole.into_iter().filter(can_wait).collect()))
    };
    match part() {
        Some((files, reached)) => (Part::Files(files), Some(reached)),
        None => (Part::Whole, None),
    }
}

/// The part of one state that some documents rest on.
pub fn of_names(state: &Survey<'_>, names: &BTreeSet<String>) -> Part {
    let states = States {
        before: state,
        after: state,
    };
    let declares = |text: &Text| {
        let outline = text.outline.as_ref();
        outline.is_some_and(|outline| outline.names.iter().any(|(_, name)| names.contains(name)))
    };
    let files = state.files.iter().filter(|(_, text)| declares(text));
    let near = files.map(|(path, _)| path.clone()).collect();
    Part::Files(states.with_what_they_name(&near, &BTreeSet::new(), false))
}

/// A project without the files that a part leaves out.
pub fn narrowed(loaded: &Loaded, left_out: &BTreeSet<String>) -> Model {
    let is_kept = |source: SourceId| !left_out.contains(loaded.sources.file(source).path());
    let project = loaded.model.project.of_sources(&is_kept);
    Model::new(project, loaded.model.surroundings.clone())
}

/// What [`narrowed`] takes away.
pub fn rest(loaded: &Loaded, left_out: &BTreeSet<String>) -> Model {
    let is_kept = |source: SourceId| left_out.contains(loaded.sources.file(source).path());
    let project = loaded.model.project.of_sources(&is_kept);
    Model::new(project, loaded.model.surroundings.clone())
}

/// What readers are known by.
struct Words {
    names: BTreeSet<Word>,
    /// Whether a schema file changed, which another one may take in.
    has_schema: bool,
}

struct States<'s, 't> {
    before: &'s Survey<'t>,
    after: &'s Survey<'t>,
}

impl<'s> States<'s, '_> {
    /// What readers of the change are known by; `None` when everything may be one.
    fn words(&self, changed: &BTreeSet<String>) -> Option<Words> {
        if changed.contains(PROJECT_FILE) {
            return None;
        }
        let mut names = BTreeSet::new();
        for path in changed {
            self.names_in(path, &mut names);
        }
        let others = self.changed_others()?;
        names.extend(others.iter().map(|path| Word::name(file_name(path))));
        self.spread(&mut names)?;
        Some(Words {
            names,
            has_schema: others.iter().any(|path| path.ends_with(".json")),
        })
    }

    /// Adds the files that count by themselves. A state that has documents never looks as if it had
    /// none.
    fn in_any_case(&self, near: impl Iterator<Item = String>) -> BTreeSet<String> {
        let first = [self.before, self.after].map(|side| side.files.keys().next());
        let first = first.into_iter().flatten().cloned();
        let stands_out = self.all().filter(|(_, text)| {
            let outline = text.outline.as_ref();
            outline.is_some_and(|outline| outline.stands_out)
        });
        let stands_out = stands_out.map(|(path, _)| path.to_owned());
        near.chain(first).chain(stands_out).collect()
    }

    /// The workflows that some files declare.
    fn workflows_in(&self, files: &BTreeSet<String>) -> BTreeSet<Word> {
        let texts = files.iter().flat_map(|path| self.sides(path));
        let names = texts.filter_map(|text| text.outline.as_ref());
        let names = names.flat_map(|outline| &outline.names);
        let workflows = names.filter(|(kind, _)| *kind == DocumentKind::Workflow);
        workflows.map(|(_, name)| Word::name(name)).collect()
    }

    fn all(&self) -> impl Iterator<Item = (&'s str, &'s Arc<Text>)> + use<'s> {
        let (before, after) = (&self.before.files, &self.after.files);
        let gone = before.iter().filter(|(path, text)| {
            let same = after.get(*path).is_some_and(|after| after.is_same(text));
            !same
        });
        let all = gone.chain(after);
        all.map(|(path, text)| (path.as_str(), text))
    }

    /// The files with documents that differ.
    fn changed(&self) -> BTreeSet<String> {
        let (before, after) = (&self.before.files, &self.after.files);
        let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let same = |path: &String| {
            let texts = before.get(path).zip(after.get(path));
            texts.is_some_and(|(before, after)| before.is_same(after))
        };
        let changed = paths.into_iter().filter(|path| !same(path));
        changed.cloned().collect()
    }

    /// What a changed file declares on either side, as far as that differs.
    fn names_in(&self, path: &str, words: &mut BTreeSet<Word>) {
        let sides = [self.before, self.after].map(|side| side.files.get(path));
        for text in sides.into_iter().flatten() {
            let names = text.outline.iter().flat_map(|outline| &outline.names);
            words.extend(names.map(|(_, name)| Word::name(name)));
        }
        let in_any_case = |text: Option<&'s Arc<Text>>| text.filter(|text| text.outline.is_none());
        let [before, after] = sides.map(in_any_case);
        let shares = |text: Option<&Arc<Text>>| {
            text.and_then(|text| text.text.as_deref())
                .is_some_and(|text| text.contains('&'))
        };
        // What an alias stands for may have changed elsewhere in the file.
        let all = shares(before) || shares(after);
        let pieces = |text: Option<&'s Arc<Text>>| text.map_or(&[][..], |text| text.pieces());
        for (own, other) in [(before, after), (after, before)] {
            let differs = |piece: &&Piece| all || !pieces(other).contains(piece);
            for piece in pieces(own).iter().filter(differs) {
                words.extend(piece.words.iter().cloned());
                words.extend(piece.whole().map(Word::name));
            }
        }
    }

    /// The files that documents may mention and that differ; `None` when that cannot be told.
    fn changed_others(&self) -> Option<Vec<&'s str>> {
        let (before, after) = (self.before, self.after);
        let paths: BTreeSet<&str> = before.others().chain(after.others()).collect();
        if paths.is_empty() {
            return Some(Vec::new());
        }
        let finder = Finder::of(paths.iter().map(|path| file_name(path)))?;
        let texts: Vec<&str> = self.texts().collect();
        let mentioned: BTreeSet<&str> = texts
            .par_iter()
            .flat_map_iter(|text| finder.found(text))
            .collect();
        let counts = |path: &&str| path.ends_with(".json") || is_one_of(path, &mentioned);
        let differs = |path: &&str| {
            let is_there = (before.has(path), after.has(path));
            match is_there {
                (true, true) => {
                    let (old, new) = (before.other(path), after.other(path));
                    old.is_none() || old != new
                }
                _ => true,
            }
        };
        Some(paths.into_iter().filter(counts).filter(differs).collect())
    }

    fn texts(&self) -> impl Iterator<Item = &'s str> + use<'s> {
        self.all().filter_map(|(_, text)| text.text.as_deref())
    }

    fn pieces(&self) -> Vec<&'s Piece> {
        let all: Vec<&'s Arc<Text>> = self.all().map(|(_, text)| text).collect();
        let in_any_case = all.into_par_iter().filter(|text| text.outline.is_none());
        in_any_case.flat_map_iter(|text| text.pieces()).collect()
    }

    /// Adds what in the directory mentions one of the words, over and over.
    fn spread(&self, words: &mut BTreeSet<Word>) -> Option<()> {
        let mut open = self.pieces();
        let mut new: Vec<Word> = words.iter().cloned().collect();
        while !new.is_empty() && !open.is_empty() {
            let all = Finder::of(new.iter().map(|word| word.text.as_str()))?;
            let names = new.iter().filter(|word| !word.is_role);
            let names = Finder::of(names.map(|word| word.text.as_str()))?;
            let (reached, rest): (Vec<&Piece>, Vec<&Piece>) = open.into_iter().partition(|piece| {
                let finder = if piece.holds_roles() { &names } else { &all };
                finder.is_in(&piece.text)
            });
            open = rest;
            let reached = reached.into_iter().flat_map(|piece| &piece.words);
            new = reached
                .filter(|word| words.insert((*word).clone()))
                .cloned()
                .collect();
        }
        Some(())
    }

    /// The files that need not be parsed and mention one of the words.
    fn readers(&self, words: &Words) -> Option<BTreeSet<String>> {
        let finder = Finder::of(words.names.iter().map(|word| word.text.as_str()))?;
        let reads = |text: &Text| {
            let content = text.text.as_deref().unwrap_or_default();
            (words.has_schema && content.contains("json_schema")) || finder.is_in(content)
        };
        let files: Vec<(&str, &Arc<Text>)> = self.all().collect();
        let readers = files
            .into_par_iter()
            .filter(|(_, text)| text.outline.is_some() && reads(text));
        Some(readers.map(|(path, _)| path.to_owned()).collect())
    }

    /// Adds the files that declare what these name. What is listed in contracts and process maps
    /// counts only in those of `whole`. Of what those files name in turn only contracts count: they
    /// describe the cases that another workflow is given.
    fn with_what_they_name(
        &self,
        near: &BTreeSet<String>,
        whole: &BTreeSet<String>,
        for_findings: bool,
    ) -> BTreeSet<String> {
        let declared = self.declared();
        let called = self.operations();
        let named = |text: &'s str, found: &mut BTreeSet<(DocumentKind, &'s str)>| {
            for run in runs(text) {
                found.extend(declared.get(run).into_iter().flatten());
                let system = run.rsplit_once('.').map_or("", |(system, _)| system);
                let operations = called.get(system).into_iter().flatten();
                let inner = operations.flat_map(|text| runs(text));
                found.extend(inner.filter_map(|run| declared.get(run)).flatten());
            }
        };
        let (mut found, mut behind) = (BTreeSet::new(), BTreeSet::new());
        let mut named_by_them = BTreeSet::new();
        for path in near.iter().map(String::as_str) {
            for text in self.sides(path) {
                let is_needed = whole.contains(path) || !is_list(text);
                let names = if is_needed { &mut found } else { &mut behind };
                named(text.text.as_deref().unwrap_or_default(), names);
            }
        }
        // Systems whose names are no plain runs are taken as called.
        for texts in called.iter().filter(|(name, _)| !outline::is_plain(name)) {
            texts.1.iter().for_each(|text| named(text, &mut found));
        }
        for (kind, path) in &found {
            for text in self.sides(path) {
                let is_workflow = *kind == DocumentKind::Workflow;
                let names = if is_workflow {
                    &mut behind
                } else {
                    &mut named_by_them
                };
                named(text.text.as_deref().unwrap_or_default(), names);
            }
        }
        behind.retain(|(kind, _)| *kind == DocumentKind::Contract);
        if for_findings {
            // A contract whose consumers are not there would look wrong.
            behind.extend(named_by_them);
        }
        let paths = found.into_iter().chain(behind).map(|(_, path)| path);
        near.iter()
            .map(String::as_str)
            .chain(paths)
            .map(str::to_owned)
            .collect()
    }

    /// What the operations of each system are: who calls one rests on what all of them name.
    fn operations(&self) -> BTreeMap<&'s str, Vec<&'s str>> {
        let mut operations: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for piece in self.pieces() {
            if let Some(system) = piece.whole().filter(|_| piece.is_operation()) {
                operations.entry(system).or_default().push(&piece.text);
            }
        }
        operations
    }

    /// The files that declare a name, of those that need not be parsed.
    fn declared(&self) -> BTreeMap<&'s str, Vec<(DocumentKind, &'s str)>> {
        let mut declared: BTreeMap<&str, Vec<(DocumentKind, &str)>> = BTreeMap::new();
        for (path, text) in self.all() {
            for (kind, name) in text.outline.iter().flat_map(|outline| &outline.names) {
                declared.entry(name).or_default().push((*kind, path));
            }
        }
        declared
    }

    fn sides(&self, path: &str) -> impl Iterator<Item = &'s Arc<Text>> + use<'s> {
        let sides = [self.before, self.after];
        let texts = sides.map(|side| side.files.get(path));
        texts.into_iter().flatten()
    }
}

/// Contracts and process maps name workflows without needing them.
fn is_list(text: &Text) -> bool {
    holds_only(text, &[DocumentKind::Contract, DocumentKind::ProcessMap])
}

fn holds_only(text: &Text, kinds: &[DocumentKind]) -> bool {
    let outline = text.outline.as_ref();
    outline.is_some_and(|outline| outline.kinds.iter().all(|kind| kinds.contains(kind)))
}

fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// True when the name of the file was found, or the part of it that is searched for.
fn is_one_of(path: &str, mentioned: &BTreeSet<&str>) -> bool {
    mentioned.iter().any(|part| file_name(path).contains(part))
}
