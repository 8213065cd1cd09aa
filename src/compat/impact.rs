//! Everything that a change set means, in one value: documents, verdicts, readers, approvals.

use std::collections::{BTreeMap, BTreeSet};

use super::acceptance::{self, AcceptanceRow, Accepted};
use super::approvals::{self, Approval};
use super::bearing::{risks, teams};
use super::bump::{Bump, Declaration, was_draft};
use super::consumers::{Consumer, of_contract};
use super::declaration::{ChangeMeta, Class, ControlEffect};
use super::dependents::of_document;
use super::evidence::{self, Bench};
use super::exact;
use super::headline::headline;
use super::history::{History, Released};
use super::matrix;
pub use super::matrix::{ControlRow, Standing};
use super::meta;
use super::propagation::{Inherited, inherited};
use super::stranded::Stranded;
use super::verdict::{Pair, Verdict, judge};
use crate::diff::{Change, DocumentChanges, DocumentSide, diff};
use crate::model::Model;
use crate::model::versioned::Versioned;
use crate::rule::Stage;
use crate::source::{Sources, Span};
use crate::syntax::DocumentKind;

/// A project with its texts.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The project.
    pub model: &'a Model,
    /// The texts that it was read from.
    pub sources: &'a Sources,
}

/// A change with its verdict.
#[derive(Debug, Clone)]
pub struct JudgedChange {
    /// What changed.
    pub change: Change,
    /// What it means.
    pub verdict: Verdict,
    /// What is known about its kind.
    pub meta: &'static ChangeMeta,
    /// Set when it is accepted on purpose.
    pub accepted: Option<Accepted>,
}

/// What demands a higher version of a document.
#[derive(Debug, Clone, Copy)]
pub struct Demand<'a> {
    /// What it demands.
    pub class: Class,
    /// The kind of the change.
    pub id: &'static str,
    /// The place inside the document, or inside the contract.
    pub path: &'a str,
    /// The contract that the change is made in, when it is inherited.
    pub contract: Option<&'a str>,
    /// One sentence in the words of the change.
    pub why: &'a str,
    /// Where it shows, in the texts of after.
    pub span: Option<Span>,
}

impl Demand<'_> {
    /// `state-removed at states.desk`, with the contract that it is inherited from.
    pub fn title(&self) -> String {
        let place = match self.path {
            "" => self.id.to_owned(),
            path => format!("{} at {path}", self.id),
        };
        match self.contract {
            Some(contract) => format!("{place} of {contract}"),
            None => place,
        }
    }
}

/// What the changes of one document mean.
#[derive(Debug, Clone)]
pub struct DocumentImpact {
    /// Which document, on which sides; its changes are in `changes`.
    pub facts: DocumentChanges,
    /// The versions against what the changes demand.
    pub declaration: Declaration,
    /// The heaviest class.
    pub class: Class,
    /// The changes, worst first.
    pub changes: Vec<JudgedChange>,
    /// The changes since the last release, worst first; absent when there was none.
    pub since_release: Option<Vec<JudgedChange>>,
    /// Breaking changes that it inherits from the contracts of its trigger.
    pub inherited: Vec<Inherited>,
    /// States whose running cases cannot go on after the change.
    pub stranded: Vec<Stranded>,
    /// Who relies on it: the readers of a contract, and what names another document.
    pub consumers: Vec<Consumer>,
    /// Kinds of risk, of before and after together.
    pub risks: BTreeSet<String>,
    /// The higher rollout stage of the two sides.
    pub stage: Stage,
    /// Who answers for it, before and after.
    pub owners: Vec<String>,
    /// The teams that the owners are in, and those that the document names.
    pub teams: BTreeSet<String>,
    /// The files that it is written in, before and after.
    pub paths: BTreeSet<String>,
    /// Whether it bound nobody before.
    pub was_draft: bool,
    /// Whether the change touches it. Other documents are here for what they accept on purpose.
    pub touched: bool,
}

impl DocumentImpact {
    /// The names of before and after.
    pub fn names(&self) -> BTreeSet<&str> {
        let sides = [&self.facts.before, &self.facts.after];
        sides
            .into_iter()
            .flatten()
            .map(|side| side.name.as_str())
            .collect()
    }

    /// False when the version is too low, or running cases are without a plan.
    pub fn ok(&self) -> bool {
        self.declaration.ok() && (self.was_draft || !self.plan_missing())
    }

    /// Compares the version with what is demanded of it, once it is known what is accepted.
    fn declare(&mut self, before: &Model, after: &Model, history: &History<'_>) {
        let key = (self.facts.kind, self.facts.name().to_owned());
        let demanded = self.demand().map_or(Class::None, |demand| demand.class);
        let released = history.last.get(&key);
        self.declaration = Declaration::of(&self.facts, demanded, (before, after), released);
        self.declaration.enforced &= self.touched || !self.inherited.is_empty();
    }

    /// What demands the most of the version: a change of its own, or one that it inherits.
    pub fn demand(&self) -> Option<Demand<'_>> {
        let changes = self.since_release.as_ref().unwrap_or(&self.changes);
        let own = changes.iter().map(|judged| Demand {
            class: judged.demanded(),
            id: judged.meta.id,
            path: &judged.change.path,
            contract: None,
            why: &judged.verdict.why,
            span: judged.change.after.as_ref().map(|site| site.span),
        });
        let inherited = self.inherited.iter().map(|inherited| Demand {
            class: inherited.class,
            id: inherited.id,
            path: &inherited.path,
            contract: Some(&inherited.contract),
            why: &inherited.why,
            span: Some(inherited.span),
        });
        let mut demands: Vec<Demand<'_>> = own.chain(inherited).collect();
        // Stable, so that the first of equals counts.
        demands.sort_by_key(|demand| std::cmp::Reverse(demand.class));
        demands.into_iter().next()
    }

    /// True when running cases are without a plan.
    pub fn plan_missing(&self) -> bool {
        self.changes
            .iter()
            .any(|judged| judged.verdict.plan_missing && judged.accepted.is_none())
            || !self.stranded.is_empty()
    }
}

/// Everything that a change set means.
#[derive(Debug, Clone)]
pub struct Impact {
    /// The documents that changed, by kind and name.
    pub documents: Vec<DocumentImpact>,
    /// The controls of changed workflows.
    pub controls: Vec<ControlRow>,
    /// Who must approve.
    pub approvals: Vec<Approval>,
    /// Whether it was looked up which approvals were given.
    pub is_settled: bool,
    /// Breaking changes that are accepted on purpose, and entries that are without effect.
    pub acceptances: Vec<AcceptanceRow>,
    /// The heaviest bump that is demanded.
    pub required: Bump,
    /// False when a version is too low or running cases are without a plan.
    pub ok: bool,
    /// The verdict on one line.
    pub headline: String,
}

/// Compares two projects, judges every change, and finds who reads and who must agree. Nothing is
/// known of earlier releases.
pub fn assess(before: Side<'_>, after: Side<'_>) -> Impact {
    let changes = diff(before.model, after.model);
    assess_changes(changes, before, after, &History::default())
}

/// As [`assess`], for changes that are known already, with what was released before.
pub fn assess_changes(
    changes: Vec<DocumentChanges>,
    before: Side<'_>,
    after: Side<'_>,
    history: &History<'_>,
) -> Impact {
    let untouched = accepting(&changes, before.model, after.model);
    let touched = changes.into_iter().map(|facts| (facts, true));
    let mut documents: Vec<DocumentImpact> = touched
        .chain(untouched.into_iter().map(|facts| (facts, false)))
        .map(|(facts, touched)| document(facts, touched, (before, after), history))
        .collect();
    let mut acceptances = Vec::new();
    for document in &mut documents {
        let own = versioned(document, after.model);
        let entries = own.map_or(&[][..], |own| own.accept);
        let rows = acceptance::settle(document, entries, before.model, after.model);
        acceptances.extend(rows);
    }
    inherit(&mut documents, (before, after), history);
    for document in &mut documents {
        document.declare(before.model, after.model, history);
    }
    let controls = documents
        .iter()
        .flat_map(|document| matrix::rows(document, before.model, after.model))
        .collect();
    let approvals = approvals::demanded(&documents, before.model, after.model);
    let required = documents
        .iter()
        .map(|document| document.declaration.required);
    let required = required.max().unwrap_or(Bump::None);
    let ok = documents.iter().all(DocumentImpact::ok);
    let headline = headline(&documents, &approvals, required);
    Impact {
        documents,
        controls,
        approvals,
        is_settled: false,
        acceptances,
        required,
        ok,
        headline,
    }
}

impl Impact {
    /// Says of every approval whether it was given.
    pub fn settle(&mut self, sides: (Side<'_>, Side<'_>), bench: &Bench<'_>) {
        evidence::settle(&mut self.approvals, &self.documents, sides, bench);
        self.is_settled = true;
    }
}

/// Gives workflows the breaking changes of the contracts that their triggers take. Those that the
/// change does not touch become part of it.
fn inherit(
    documents: &mut Vec<DocumentImpact>,
    (before, after): (Side<'_>, Side<'_>),
    history: &History<'_>,
) {
    let mut inherited = inherited(documents, before.model, after.model);
    let is_heir = |document: &Versioned<'_>| {
        document.kind == DocumentKind::Workflow && inherited.contains_key(&document.name.value)
    };
    let known: Vec<DocumentChanges> = documents.iter().map(|known| known.facts.clone()).collect();
    let heirs = untouched(&known, before.model, after.model, is_heir);
    let heirs = heirs.into_iter();
    documents.extend(heirs.map(|facts| document(facts, false, (before, after), history)));
    for document in documents {
        if document.facts.kind == DocumentKind::Workflow
            && let Some(own) = inherited.remove(document.facts.name())
        {
            document.inherited = own;
        }
    }
}

/// Documents that the change does not touch, but that accept breaking changes on purpose.
pub fn accepting(
    changes: &[DocumentChanges],
    before: &Model,
    after: &Model,
) -> Vec<DocumentChanges> {
    untouched(changes, before, after, |document| {
        !document.accept.is_empty()
    })
}

/// Documents with a version that the change does not touch, as far as they are selected.
pub fn untouched(
    changes: &[DocumentChanges],
    before: &Model,
    after: &Model,
    selected: impl Fn(&Versioned<'_>) -> bool,
) -> Vec<DocumentChanges> {
    let side = |document: &Versioned<'_>| DocumentSide {
        name: document.name.value.clone(),
        version: document
            .version
            .map(|version| version.value.semantic.clone()),
        key: document.key,
    };
    let touched: BTreeSet<(DocumentKind, &str)> = changes
        .iter()
        .map(|changes| (changes.kind, changes.name()))
        .collect();
    let old: BTreeMap<(DocumentKind, &str), Versioned<'_>> = before
        .versioned()
        .map(|document| ((document.kind, document.name.value.as_str()), document))
        .collect();
    after
        .versioned()
        .filter(|document| !touched.contains(&(document.kind, document.name.value.as_str())))
        .filter(|document| selected(document))
        .map(|document| DocumentChanges {
            kind: document.kind,
            before: old
                .get(&(document.kind, document.name.value.as_str()))
                .map(side),
            after: Some(side(&document)),
            changes: Vec::new(),
        })
        .collect()
}

fn versioned<'a>(document: &DocumentImpact, after: &'a Model) -> Option<Versioned<'a>> {
    let side = document.facts.after.as_ref()?;
    after.versioned_document(document.facts.kind, &side.name)
}

fn document(
    mut facts: DocumentChanges,
    touched: bool,
    (before, after): (Side<'_>, Side<'_>),
    history: &History<'_>,
) -> DocumentImpact {
    let changes = std::mem::take(&mut facts.changes);
    let changes = judged(changes, &facts, before.model, after.model);
    let classes = changes.iter().map(|judged| judged.verdict.class);
    let class = classes.max().unwrap_or(Class::None);
    let released = history.last.get(&(facts.kind, facts.name().to_owned()));
    let since_release = released.map(|released| since(released, after.model));
    let consumers = consumers(&facts, &changes, before.model, after.model);
    let sides = [(&facts.before, before), (&facts.after, after)];
    let present: Vec<_> = sides
        .into_iter()
        .filter_map(|(side, project)| side.as_ref().map(|side| (side, project)))
        .collect();
    let each = |find: &dyn Fn(&Model, DocumentKind, &str) -> BTreeSet<String>| {
        let found = present.iter();
        let found = found.flat_map(|(side, project)| find(project.model, facts.kind, &side.name));
        found.collect::<BTreeSet<String>>()
    };
    let owners: Vec<String> =
        each(&|model, kind, name| approvals::owner(model, kind, name).into_iter().collect())
            .into_iter()
            .collect();
    let stages = present.iter().filter_map(|(side, project)| {
        let workflow = project.model.workflow(&side.name);
        workflow.map(|workflow| workflow.body.rollout_stage())
    });
    DocumentImpact {
        declaration: Declaration::of(&facts, class, (before.model, after.model), released),
        since_release,
        inherited: Vec::new(),
        stranded: stranded(&facts, before.model, after.model),
        class,
        consumers,
        risks: each(&risks),
        stage: stages.max().unwrap_or_default(),
        teams: each(&teams),
        paths: present
            .iter()
            .map(|(side, project)| project.sources.file(side.key.source).path().to_owned())
            .collect(),
        was_draft: was_draft(&facts, before.model),
        touched,
        owners,
        changes,
        facts,
    }
}

/// The states of a workflow whose running cases cannot go on.
fn stranded(facts: &DocumentChanges, before: &Model, after: &Model) -> Vec<Stranded> {
    if facts.kind != DocumentKind::Workflow || was_draft(facts, before) {
        return Vec::new();
    }
    let sides = facts.before.as_ref().zip(facts.after.as_ref());
    let workflows = sides
        .and_then(|(old, new)| Some((before.workflow(&old.name)?, after.workflow(&new.name)?)));
    workflows.map_or_else(Vec::new, |(old, new)| {
        super::stranded::find(&old.body, &new.body)
    })
}

/// What changed in a document since its last release.
fn since(released: &Released<'_>, after: &Model) -> Vec<JudgedChange> {
    let Some((side, facts)) = &released.since else {
        return Vec::new();
    };
    judged(facts.changes.clone(), facts, side.model, after)
}

/// The changes with their verdicts, the heaviest first.
fn judged(
    changes: Vec<Change>,
    document: &DocumentChanges,
    before: &Model,
    after: &Model,
) -> Vec<JudgedChange> {
    let pair = &Pair {
        before,
        after,
        document,
    };
    let exact = exact::of_document(&changes, pair);
    let mut changes: Vec<JudgedChange> = changes
        .into_iter()
        .zip(exact)
        .map(|(change, exact)| JudgedChange {
            verdict: judge(&change, pair, exact.as_ref()),
            meta: meta(change.kind),
            change,
            accepted: None,
        })
        .collect();
    // Stable, so that equals stay in the order of their paths.
    changes.sort_by_key(|judged| std::cmp::Reverse(judged.weight()));
    changes
}

/// Who relies on a document.
fn consumers(
    facts: &DocumentChanges,
    changes: &[JudgedChange],
    before: &Model,
    after: &Model,
) -> Vec<Consumer> {
    match facts.kind {
        DocumentKind::Contract => of_contract(facts, changes, before, after),
        DocumentKind::Workflow
        | DocumentKind::Queue
        | DocumentKind::System
        | DocumentKind::Calendar
        | DocumentKind::Decision => of_document(facts, changes, after),
        DocumentKind::Team
        | DocumentKind::Person
        | DocumentKind::Policy
        | DocumentKind::Scenarios
        | DocumentKind::ProcessMap
        | DocumentKind::Project => Vec::new(),
    }
}

impl JudgedChange {
    /// The class that counts for the version: what is accepted on purpose is an addition.
    pub fn demanded(&self) -> Class {
        match self.accepted {
            Some(_) => self.verdict.class.min(Class::Additive),
            None => self.verdict.class,
        }
    }

    /// What decides comes first: what breaks, then what weakens, then what a person must judge.
    pub fn weight(&self) -> u8 {
        let class = match self.verdict.class {
            Class::Breaking => 5,
            Class::Review => 3,
            Class::Additive => 2,
            Class::Patch => 1,
            Class::None => 0,
        };
        match self.verdict.control {
            ControlEffect::Weakened => class.max(4),
            ControlEffect::Neutral | ControlEffect::Strengthened => class,
        }
    }
}
