//! Who must approve a change set, and why.
//!
//! Demands come from the base: its policies, its control owners, its labels of risk, so that a
//! change cannot drop the approver that it needs.

use std::collections::{BTreeMap, BTreeSet};

use super::declaration::{Class, ControlEffect};
use super::evidence::Given;
use super::impact::{DocumentImpact, JudgedChange};
use super::selector::{fits_change, fits_document};
use crate::diff::ChangeKind;
use crate::diff::kind::{FlowChange, StepChange};
use crate::diff::selector_text;
use crate::model::Model;
use crate::syntax::governance::Status;
use crate::syntax::policy::{ApprovalDemand, Approver, Duty, NamedApprover, Policy};
use crate::syntax::step::{ApprovalCount, Count};
use crate::syntax::{DocumentKind, Entity};

/// By which duty somebody is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gate {
    /// Somebody answers for a weakened control.
    ControlOwner,
    /// Somebody answers for a reader that breaks.
    AffectedOwner,
    /// The base policy asks for somebody.
    Policy,
    /// Somebody answers for a queue that receives more.
    QueueOwner,
    /// Somebody answers for a touched document, before or after.
    Owner,
}

impl Gate {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Gate::ControlOwner => "control-owner",
            Gate::AffectedOwner => "affected-owner",
            Gate::Policy => "policy",
            Gate::QueueOwner => "queue-owner",
            Gate::Owner => "owner",
        }
    }
}

/// Whether an approval was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Not yet.
    Missing,
    /// For an earlier state of the change, or too long ago.
    Stale,
    /// By somebody who may not, or with too little proof.
    Refused,
    /// By all whom it takes.
    Given,
}

impl State {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Missing => "missing",
            State::Stale => "stale",
            State::Refused => "refused",
            State::Given => "given",
        }
    }
}

/// An approval that the change set needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// By which duty.
    pub gate: Gate,
    /// A person, or `role` with its name.
    pub who: String,
    /// How many of those asked must agree, when it is not each of them.
    pub count: Option<String>,
    /// The changes that it is about, as `document: change-id`.
    pub because: Vec<String>,
    /// The documents that these changes are in.
    pub documents: BTreeSet<(DocumentKind, String)>,
    /// Whether it was given; [`super::evidence::settle`] says so.
    pub state: State,
    /// What was given and counts.
    pub given: Vec<Given>,
    /// Why what was given does not count, or why nobody can give it.
    pub trouble: Option<String>,
}

/// Collects reasons by gate and person.
#[derive(Default)]
struct Demands {
    reasons: BTreeMap<(Gate, String, Option<String>), Reasons>,
}

#[derive(Default)]
struct Reasons {
    texts: Vec<String>,
    documents: BTreeSet<(DocumentKind, String)>,
}

impl Demands {
    fn ask(
        &mut self,
        (gate, who, count): (Gate, &str, Option<&str>),
        document: &DocumentImpact,
        reason: String,
    ) {
        let key = (gate, who.to_owned(), count.map(str::to_owned));
        let reasons = self.reasons.entry(key).or_default();
        if !reasons.texts.contains(&reason) {
            reasons.texts.push(reason);
        }
        let about = (document.facts.kind, document.facts.name().to_owned());
        reasons.documents.insert(about);
    }

    fn finish(self) -> Vec<Approval> {
        let demands = self.reasons.into_iter();
        demands
            .map(|((gate, who, count), reasons)| Approval {
                gate,
                who,
                count,
                because: reasons.texts,
                documents: reasons.documents,
                state: State::Missing,
                given: Vec::new(),
                trouble: None,
            })
            .collect()
    }
}

/// The approvals that a change set needs under the policies of `before`.
pub(super) fn demanded(
    documents: &[DocumentImpact],
    before: &Model,
    after: &Model,
) -> Vec<Approval> {
    demanded_under(&[before], documents, (before, after))
}

/// The approvals that a change set needs under the policies of all `governing` projects.
pub fn demanded_under(
    governing: &[&Model],
    documents: &[DocumentImpact],
    (before, after): (&Model, &Model),
) -> Vec<Approval> {
    let mut demands = Demands::default();
    for document in documents
        .iter()
        .filter(|document| !document.changes.is_empty())
    {
        for owner in &document.owners {
            for judged in document.changes.iter().filter(|judged| counts(judged)) {
                demands.ask(
                    (Gate::Owner, owner, None),
                    document,
                    reason(document, judged),
                );
            }
        }
        for judged in &document.changes {
            for owner in control_owners(document, judged, before) {
                demands.ask(
                    (Gate::ControlOwner, &owner, None),
                    document,
                    reason(document, judged),
                );
            }
            if let Some(owner) = queue_owner(judged, after) {
                demands.ask(
                    (Gate::QueueOwner, &owner, None),
                    document,
                    reason(document, judged),
                );
            }
        }
        for (owner, judged) in affected_owners(document) {
            demands.ask(
                (Gate::AffectedOwner, &owner, None),
                document,
                reason(document, judged),
            );
        }
    }
    for policy in governing.iter().flat_map(|model| in_force(model)) {
        for demand in &policy.body.approvals {
            by_policy(demand, documents, (before, after), &mut demands);
        }
    }
    demands.finish()
}

/// What is shown to mean the same needs nobody's consent.
fn counts(judged: &JudgedChange) -> bool {
    judged.verdict.class != Class::None || judged.verdict.control != ControlEffect::Neutral
}

fn reason(document: &DocumentImpact, judged: &JudgedChange) -> String {
    let name = document.facts.name();
    if name.is_empty() {
        format!("{}: {}", document.facts.kind.as_str(), judged.meta.id)
    } else {
        format!("{name}: {}", judged.meta.id)
    }
}

/// The policies that are neither drafts nor retired.
pub fn in_force(model: &Model) -> impl Iterator<Item = &Entity<Policy>> {
    let policies = model.project.policies.iter();
    policies.filter(
        |policy| match policy.body.status.map(|status| status.value) {
            Some(Status::Draft | Status::Retired) => false,
            Some(Status::Active | Status::Deprecated) | None => true,
        },
    )
}

/// Who answers for a document.
pub fn owner(model: &Model, kind: DocumentKind, name: &str) -> Option<String> {
    model.accountable(kind, name).map(str::to_owned)
}

/// Who answers for what a change weakens: the owner that the control names, else the role that the
/// base policy names for the risk, else the owner of the document, else the owner of a policy.
fn control_owners(document: &DocumentImpact, judged: &JudgedChange, before: &Model) -> Vec<String> {
    if judged.verdict.control != ControlEffect::Weakened {
        return Vec::new();
    }
    if let Some(owner) = named_control_owner(document, judged, before) {
        return vec![owner];
    }
    let roles = roles_for_risk(document, before);
    if !roles.is_empty() {
        return roles;
    }
    if !document.owners.is_empty() {
        return document.owners.clone();
    }
    let owners = in_force(before).filter_map(|policy| policy.body.owner.as_ref());
    let mut owners: Vec<String> = owners.map(|owner| owner.name.value.clone()).collect();
    owners.sort_unstable();
    owners.dedup();
    if owners.is_empty() {
        owners.push("somebody who is not named yet".to_owned());
    }
    owners
}

fn named_control_owner(
    document: &DocumentImpact,
    judged: &JudgedChange,
    before: &Model,
) -> Option<String> {
    let name = &document.facts.before.as_ref()?.name;
    let workflow = before
        .workflow(name)
        .filter(|_| document.facts.kind == DocumentKind::Workflow)?;
    let control = match judged.change.kind {
        ChangeKind::Control(_) => workflow.body.controls.get(&judged.change.subject)?,
        ChangeKind::Document(_)
        | ChangeKind::Contract(_)
        | ChangeKind::Field(_)
        | ChangeKind::Values(_)
        | ChangeKind::Workflow(_)
        | ChangeKind::Operation(_)
        | ChangeKind::Flow(_)
        | ChangeKind::Step(_)
        | ChangeKind::Approval(_)
        | ChangeKind::Directory(_)
        | ChangeKind::Policy(_) => return None,
    };
    control.owner.as_ref().map(|owner| owner.name.value.clone())
}

fn roles_for_risk(document: &DocumentImpact, before: &Model) -> Vec<String> {
    let mut roles = Vec::new();
    for demand in in_force(before).flat_map(|policy| &policy.body.approvals) {
        let about_risk = demand.selector.as_ref().is_some_and(|selector| {
            !selector.risk.is_empty()
                && selector.control.is_none()
                && selector.class.is_none()
                && fits_document(selector, document)
        });
        if about_risk {
            roles.extend(
                demand
                    .ask
                    .iter()
                    .flatten()
                    .filter_map(|approver| match approver {
                        Approver::Named(named) => person_or_role(named),
                        Approver::Duty(_) => None,
                    }),
            );
        }
    }
    roles.sort_unstable();
    roles.dedup();
    roles
}

fn person_or_role(named: &NamedApprover) -> Option<String> {
    let role = named
        .role
        .as_ref()
        .map(|role| format!("role {}", role.name.value));
    role.or_else(|| {
        named
            .person
            .as_ref()
            .map(|person| person.name.value.clone())
    })
}

/// The owner of a queue to which duties move.
fn queue_owner(judged: &JudgedChange, after: &Model) -> Option<String> {
    let moves = matches!(
        judged.change.kind,
        ChangeKind::Flow(FlowChange::ExceptionRerouted | FlowChange::ReasonAdded)
            | ChangeKind::Step(StepChange::AssignmentChanged)
    );
    let text = &judged.change.after.as_ref().filter(|_| moves)?.text;
    let name = text.strip_prefix("queue ").unwrap_or(text);
    let owner = after.queue(name)?.body.owner.as_ref()?;
    Some(owner.name.value.clone())
}

/// The owners of the readers that break, each with the changes that break readers.
fn affected_owners(document: &DocumentImpact) -> Vec<(String, &JudgedChange)> {
    let breaking: Vec<&JudgedChange> = document
        .changes
        .iter()
        .filter(|judged| judged.verdict.class == Class::Breaking)
        .collect();
    let consumers = document
        .consumers
        .iter()
        .filter(|consumer| consumer.has_a_say());
    let owners = consumers.filter_map(|consumer| consumer.owner.clone());
    owners
        .flat_map(|owner| breaking.iter().map(move |judged| (owner.clone(), *judged)))
        .collect()
}

fn count_text(demand: &ApprovalDemand) -> Option<String> {
    let ApprovalCount::Written(count) = &demand.count.as_ref()?.value;
    match count {
        Count::All => Some("all".to_owned()),
        Count::Number(1) => None,
        Count::Number(number) => Some(number.to_string()),
    }
}

fn by_policy(
    demand: &ApprovalDemand,
    documents: &[DocumentImpact],
    (before, after): (&Model, &Model),
    demands: &mut Demands,
) {
    let count = count_text(demand);
    let scope = format!("policy on {}", selector_text(demand.selector.as_ref()));
    for document in documents {
        let fits = |judged: &&JudgedChange| {
            counts(judged)
                && demand.selector.as_ref().is_none_or(|selector| {
                    fits_document(selector, document) && fits_change(selector, judged)
                })
        };
        for judged in document.changes.iter().filter(fits) {
            for approver in demand.ask.iter().flatten() {
                for who in asked(approver, document, judged, (before, after)) {
                    let count = count.as_deref();
                    let by = (Gate::Policy, who.as_str(), count);
                    demands.ask(by, document, scope.clone());
                    demands.ask(by, document, reason(document, judged));
                }
            }
        }
    }
}

/// Whom a demand means, as things were before the change: a person, or `role` with its name.
pub(super) fn asked_before(
    approver: &Approver,
    document: &DocumentImpact,
    judged: &JudgedChange,
    (before, after): (&Model, &Model),
) -> Vec<String> {
    let is_owner = matches!(approver, Approver::Duty(duty) if duty.value == Duty::Owner);
    if !is_owner {
        return asked(approver, document, judged, (before, after));
    }
    let old = document.facts.before.as_ref();
    let owner = old.and_then(|side| owner(before, document.facts.kind, &side.name));
    owner.into_iter().collect()
}

fn asked(
    approver: &Approver,
    document: &DocumentImpact,
    judged: &JudgedChange,
    (before, after): (&Model, &Model),
) -> Vec<String> {
    let duty = match approver {
        Approver::Named(named) => return person_or_role(named).into_iter().collect(),
        Approver::Duty(duty) => duty.value,
    };
    match duty {
        Duty::Owner => document.owners.clone(),
        Duty::ControlOwner => control_owners(document, judged, before),
        Duty::AffectedOwners => {
            let owners = affected_owners(document).into_iter();
            owners.map(|(owner, _)| owner).collect()
        }
        Duty::QueueOwner => queue_owner(judged, after).into_iter().collect(),
    }
}
