//! Everything that a change set means, in one value: documents, verdicts, readers, approvals.

use std::collections::BTreeSet;

use super::approvals::{self, Approval};
use super::bump::{Bump, Declaration, was_draft};
use super::consumers::{Consumer, of_contract};
use super::declaration::{ChangeMeta, Class, ControlEffect};
use super::exact;
use super::headline::headline;
use super::meta;
use super::verdict::{Pair, Verdict, judge};
use crate::diff::{Change, DocumentChanges, diff, value_text};
use crate::model::Model;
use crate::model::shape::FieldShape;
use crate::rule::Stage;
use crate::source::{Sources, Spanned};
use crate::syntax::DocumentKind;
use crate::syntax::names::{KebabName, Name, OneOrMany};
use crate::syntax::workflow::{Control, Workflow};

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
    /// Who reads the data, for contracts.
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

    /// True when running cases are without a plan.
    pub fn plan_missing(&self) -> bool {
        self.changes
            .iter()
            .any(|judged| judged.verdict.plan_missing)
    }
}

/// How a control of a changed workflow stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// As before.
    Kept,
    /// It controls more.
    Stronger,
    /// It controls less, or nobody can see that it does not.
    Weaker,
}

impl Standing {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Kept => "kept",
            Standing::Stronger => "stronger",
            Standing::Weaker => "weaker",
        }
    }
}

/// A control of a changed workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlRow {
    /// The workflow.
    pub workflow: String,
    /// The control.
    pub name: String,
    /// Its value before, with the unit.
    pub before: Option<String>,
    /// Its value after, with the unit.
    pub after: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// How it stands.
    pub standing: Standing,
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
    /// The heaviest bump that is demanded.
    pub required: Bump,
    /// False when a version is too low or running cases are without a plan.
    pub ok: bool,
    /// The verdict on one line.
    pub headline: String,
}

/// Compares two projects, judges every change, and finds who reads and who must agree.
pub fn assess(before: Side<'_>, after: Side<'_>) -> Impact {
    let documents: Vec<DocumentImpact> = diff(before.model, after.model)
        .into_iter()
        .map(|facts| document(facts, before, after))
        .collect();
    let controls = documents
        .iter()
        .flat_map(|document| controls(document, before.model, after.model))
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
        required,
        ok,
        headline,
    }
}

fn document(mut facts: DocumentChanges, before: Side<'_>, after: Side<'_>) -> DocumentImpact {
    let changes = std::mem::take(&mut facts.changes);
    let pair = Pair {
        before: before.model,
        after: after.model,
        document: &facts,
    };
    let changes = judged(changes, &pair);
    let classes = changes.iter().map(|judged| judged.verdict.class);
    let class = classes.max().unwrap_or(Class::None);
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
        declaration: Declaration::of(&facts, class, before.model, after.model),
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
        owners,
        changes,
        facts,
    }
}

/// The changes with their verdicts, the heaviest first.
fn judged(changes: Vec<Change>, pair: &Pair<'_>) -> Vec<JudgedChange> {
    let exact = exact::of_contract(&changes, pair);
    let mut changes: Vec<JudgedChange> = changes
        .into_iter()
        .zip(exact)
        .map(|(change, exact)| JudgedChange {
            verdict: judge(&change, pair, exact.as_ref()),
            meta: meta(change.kind),
            change,
        })
        .collect();
    // Stable, so that equals stay in the order of their paths.
    changes.sort_by_key(|judged| std::cmp::Reverse(judged.weight()));
    changes
}

/// Who reads a document; only contracts have readers.
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
        | DocumentKind::Team
        | DocumentKind::Person
        | DocumentKind::System
        | DocumentKind::Calendar
        | DocumentKind::Decision
        | DocumentKind::Policy
        | DocumentKind::Scenarios
        | DocumentKind::ProcessMap
        | DocumentKind::Project => Vec::new(),
    }
}

impl JudgedChange {
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

/// The kinds of risk of a document. Reading personal data is a risk whether it is named or not.
fn risks(model: &Model, kind: DocumentKind, name: &str) -> BTreeSet<String> {
    let mut risks = BTreeSet::new();
    let has_personal_data = |contract: &str| {
        let contract = model.contract(contract);
        contract.is_some_and(|contract| contract.body.fields().iter().any(is_personal))
    };
    if kind == DocumentKind::Contract && has_personal_data(name) {
        risks.insert("pii".to_owned());
    }
    let workflow = model
        .workflow(name)
        .filter(|_| kind == DocumentKind::Workflow);
    let Some(workflow) = workflow.map(|workflow| &workflow.body) else {
        return risks;
    };
    let mut add = |labels: &OneOrMany<Spanned<Name<KebabName>>>| {
        risks.extend(labels.iter().map(|label| label.value.text.clone()));
    };
    add(&workflow.risk);
    for (_, state) in workflow.all_states() {
        add(&state.risk);
    }
    for located in workflow.all_steps() {
        add(&located.step.risk);
    }
    if contracts_read(workflow).any(has_personal_data) {
        risks.insert("pii".to_owned());
    }
    risks
}

fn contracts_read(workflow: &Workflow) -> impl Iterator<Item = &str> {
    let triggers = workflow
        .trigger
        .iter()
        .flat_map(|triggers| triggers.value.iter());
    let triggers = triggers.filter_map(|trigger| trigger.contract.as_ref());
    let steps = workflow
        .all_steps()
        .filter_map(|located| located.step.returns.as_ref());
    triggers
        .chain(steps)
        .map(|contract| contract.name.value.as_str())
}

fn is_personal(field: &FieldShape) -> bool {
    let shape = &field.shape;
    let inner = [&shape.items, &shape.values];
    shape.pii.value
        || shape.properties.iter().any(is_personal)
        || inner
            .into_iter()
            .flatten()
            .any(|shape| shape.pii.value || shape.properties.iter().any(is_personal))
}

fn teams(model: &Model, kind: DocumentKind, name: &str) -> BTreeSet<String> {
    let mut teams = BTreeSet::new();
    if let Some(owner) = approvals::owner(model, kind, name) {
        for team in &model.project.teams {
            let lead = team.body.lead.iter();
            let mut people = lead.chain(&team.body.members);
            if people.any(|person| person.name.value == owner) {
                teams.insert(team.name.value.clone());
            }
        }
    }
    let queue = model.queue(name).filter(|_| kind == DocumentKind::Queue);
    let queue = queue.and_then(|queue| queue.body.team.as_ref());
    let system = model.system(name).filter(|_| kind == DocumentKind::System);
    let system = system.and_then(|system| system.body.team.as_ref());
    teams.extend(queue.or(system).map(|team| team.name.value.clone()));
    teams
}

/// The name before a rename, when nothing else has taken it.
fn old_name<'a>(control: &'a Control, after: &Workflow) -> Option<&'a str> {
    let name = control.renamed_from.as_ref()?.value.text.as_str();
    after.controls.get(name).is_none().then_some(name)
}

fn controls(document: &DocumentImpact, before: &Model, after: &Model) -> Vec<ControlRow> {
    if document.facts.kind != DocumentKind::Workflow {
        return Vec::new();
    }
    let side = |side: &Option<crate::diff::DocumentSide>, model: &'_ Model| {
        let workflow = side.as_ref().and_then(|side| model.workflow(&side.name));
        workflow
            .map(|workflow| workflow.body.clone())
            .unwrap_or_default()
    };
    let (old, new) = (
        side(&document.facts.before, before),
        side(&document.facts.after, after),
    );
    let mut rows: Vec<ControlRow> = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (name, control) in new.controls.iter() {
        let earlier = old.controls.entry(&name.value);
        let earlier = earlier.or_else(|| old.controls.entry(old_name(control, &new)?));
        seen.extend(earlier.map(|(name, _)| name.value.as_str()));
        rows.push(row(
            document,
            &name.value,
            earlier.map(|(_, control)| control),
            Some(control),
        ));
    }
    for (name, control) in old.controls.iter() {
        if !seen.contains(name.value.as_str()) {
            rows.push(row(document, &name.value, Some(control), None));
        }
    }
    rows.sort_by(|left, right| left.name.cmp(&right.name));
    rows
}

fn row(
    document: &DocumentImpact,
    name: &str,
    before: Option<&Control>,
    after: Option<&Control>,
) -> ControlRow {
    let path = format!("controls.{name}");
    let effects = document.changes.iter().filter(|judged| {
        let below = judged.change.path.strip_prefix(&path);
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    let effects: Vec<ControlEffect> = effects.map(|judged| judged.verdict.control).collect();
    let standing = if after.is_none() || effects.contains(&ControlEffect::Weakened) {
        Standing::Weaker
    } else if before.is_none() || effects.contains(&ControlEffect::Strengthened) {
        Standing::Stronger
    } else {
        Standing::Kept
    };
    let owner = before.and_then(|control| control.owner.as_ref());
    let owner = owner.or_else(|| after.and_then(|control| control.owner.as_ref()));
    ControlRow {
        workflow: document.facts.name().to_owned(),
        name: name.to_owned(),
        before: before.map(value_text),
        after: after.map(value_text),
        owner: owner.map(|owner| owner.name.value.clone()),
        standing,
    }
}
