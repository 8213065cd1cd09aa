//! Who reads a changed contract, and whom the change breaks.

use std::collections::{BTreeMap, BTreeSet};

use super::declaration::{Class, Direction};
use super::impact::JudgedChange;
use super::readers::{Uses, uses};
use crate::diff::kind::{ContractChange, FieldChange};
use crate::diff::{ChangeKind, DocumentChanges};
use crate::model::Model;
use crate::source::Span;
use crate::syntax::DocumentKind;

/// What a change does to a reader. Ordered by weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing that it reads changed.
    Unaffected,
    /// It is not in this repository, so nothing is known.
    Unknown,
    /// What it reads changed in a way that may be fine, or what it reads cannot be seen.
    PotentiallyAffected,
    /// It relies on what is no longer so.
    Broken,
}

impl Status {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Unaffected => "unaffected",
            Status::Unknown => "unknown",
            Status::PotentiallyAffected => "potentially_affected",
            Status::Broken => "broken",
        }
    }
}

/// A reader of a changed contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consumer {
    /// What sort of document it is, as `workflow`; `consumer` when that is not known.
    pub kind: &'static str,
    /// The system or workflow.
    pub name: String,
    /// What the changes do to it.
    pub status: Status,
    /// The changed fields that it reads; all that it reads when none of them changed.
    pub reads: Vec<String>,
    /// Each changed field with the first place that reads it, in the texts of after.
    pub places: Vec<(String, Span)>,
    /// Whether what it reads can be seen here.
    pub visible: bool,
    /// Where it reads, in the texts of after.
    pub at: Option<Span>,
    /// Who answers for it.
    pub owner: Option<String>,
}

impl Consumer {
    /// True when its owner has a say: it breaks, or nobody can see that it does not.
    pub fn has_a_say(&self) -> bool {
        match self.status {
            Status::Broken => true,
            Status::PotentiallyAffected => !self.visible,
            Status::Unaffected | Status::Unknown => false,
        }
    }
}

/// The readers of a changed contract, by name: those that it names on either side, and the
/// workflows of the repository that refer to it.
pub(super) fn of_contract(
    document: &DocumentChanges,
    changes: &[JudgedChange],
    before: &Model,
    after: &Model,
) -> Vec<Consumer> {
    let sides = [(&document.before, before), (&document.after, after)];
    let mut names: BTreeSet<String> = BTreeSet::new();
    for (side, model) in sides {
        let contract = side.as_ref().and_then(|side| model.contract(&side.name));
        let declared = contract
            .iter()
            .flat_map(|contract| &contract.body.consumers);
        names.extend(declared.map(|consumer| consumer.name.value.clone()));
    }
    let mut workflows: BTreeMap<String, Uses> = BTreeMap::new();
    for workflow in &after.project.workflows {
        let sides = [&document.before, &document.after];
        let mut contracts = sides.into_iter().flatten().map(|side| side.name.as_str());
        if let Some(uses) = contracts.find_map(|contract| uses(after, &workflow.body, contract)) {
            names.insert(workflow.name.value.clone());
            workflows.insert(workflow.name.value.clone(), uses);
        }
    }
    names
        .into_iter()
        .map(|name| match workflows.get(&name) {
            Some(uses) => workflow_consumer(name, uses, changes, after),
            None => other_consumer(name, changes, after),
        })
        .collect()
}

/// What one change does to readers, before it is known what they read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// To nobody.
    Nobody,
    /// To those who read the field.
    Field { breaks: bool },
    /// To those who send the data.
    Senders,
    /// To everybody.
    Everybody { breaks: bool },
}

fn reach(judged: &JudgedChange) -> Reach {
    let verdict = &judged.verdict;
    let breaking = verdict.class == Class::Breaking;
    match judged.change.kind {
        ChangeKind::Field(
            FieldChange::FieldOptionalRemoved | FieldChange::FieldDefaultedRemoved,
        ) => Reach::Field { breaks: true },
        ChangeKind::Field(_) | ChangeKind::Values(_) => match (breaking, verdict.direction) {
            (true, Direction::Forward | Direction::Both) => Reach::Field { breaks: true },
            (true, Direction::Backward) => Reach::Senders,
            (true, Direction::None) => Reach::Field { breaks: false },
            (false, _) if verdict.class == Class::Patch => Reach::Nobody,
            (false, _) => Reach::Field { breaks: false },
        },
        ChangeKind::Contract(ContractChange::ContractRemoved | ContractChange::ContractRenamed) => {
            Reach::Everybody { breaks: breaking }
        }
        ChangeKind::Contract(_) | ChangeKind::Document(_) if breaking => {
            Reach::Everybody { breaks: false }
        }
        ChangeKind::Contract(ContractChange::SchemaFileChanged) => {
            Reach::Everybody { breaks: false }
        }
        ChangeKind::Contract(_)
        | ChangeKind::Document(_)
        | ChangeKind::Workflow(_)
        | ChangeKind::Operation(_)
        | ChangeKind::Flow(_)
        | ChangeKind::Step(_)
        | ChangeKind::Approval(_)
        | ChangeKind::Control(_)
        | ChangeKind::Directory(_)
        | ChangeKind::Policy(_) => Reach::Nobody,
    }
}

/// The dotted path of the field that a change is about, as readers write it; the old name where
/// there is one.
fn changed_field(judged: &JudgedChange) -> String {
    let subject = judged.change.subject.replace("[]", "");
    match (&judged.change.kind, &judged.change.before) {
        (ChangeKind::Field(FieldChange::FieldRenamed), Some(before)) => {
            match subject.rsplit_once('.') {
                Some((parent, _)) => format!("{parent}.{}", before.text),
                None => before.text.clone(),
            }
        }
        (_, Some(_) | None) => subject,
    }
}

fn workflow_consumer(
    name: String,
    uses: &Uses,
    changes: &[JudgedChange],
    after: &Model,
) -> Consumer {
    let mut status = Status::Unaffected;
    let mut touched: BTreeSet<String> = BTreeSet::new();
    let mut at = None;
    let mut raise = |found: Status, place: Option<Span>, status: &mut Status| {
        if found > *status || at.is_none() {
            at = place.or(at);
        }
        *status = found.max(*status);
    };
    for judged in changes {
        match reach(judged) {
            Reach::Nobody => {}
            Reach::Everybody { breaks: true } => raise(Status::Broken, uses.named, &mut status),
            Reach::Everybody { breaks: false } => {
                raise(Status::PotentiallyAffected, uses.named, &mut status);
            }
            Reach::Senders => {
                if uses.sends.is_some() {
                    raise(Status::PotentiallyAffected, uses.sends, &mut status);
                }
            }
            Reach::Field { breaks } => {
                let field = changed_field(judged);
                for (read, place) in &uses.reads {
                    let exact = is_within(read, &field);
                    if exact || is_within(&field, read) {
                        touched.insert(read.clone());
                        let found = if breaks && exact {
                            Status::Broken
                        } else {
                            Status::PotentiallyAffected
                        };
                        raise(found, Some(*place), &mut status);
                    }
                }
                if breaks && uses.whole.is_some() {
                    raise(Status::PotentiallyAffected, uses.whole, &mut status);
                }
            }
        }
    }
    let places = touched
        .iter()
        .filter_map(|field| Some((field.clone(), *uses.reads.get(field)?)))
        .collect();
    let reads = if touched.is_empty() {
        uses.reads.keys().cloned().collect()
    } else {
        touched.into_iter().collect()
    };
    Consumer {
        kind: DocumentKind::Workflow.as_str(),
        owner: after
            .workflow(&name)
            .and_then(|workflow| workflow.body.owner.as_ref())
            .map(|owner| owner.value.clone()),
        name,
        status,
        reads,
        places,
        visible: uses.whole.is_none(),
        at: at.or(uses.named),
    }
}

/// True when `path` is `parent` or lies below it.
fn is_within(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What a system reads cannot be seen; what is not in the directory is not known at all.
fn other_consumer(name: String, changes: &[JudgedChange], after: &Model) -> Consumer {
    let reaches: Vec<Reach> = changes.iter().map(reach).collect();
    let known = after.system(&name).is_some() || after.workflow(&name).is_some();
    let broken = reaches.contains(&Reach::Everybody { breaks: true });
    let touched = reaches.iter().any(|reach| match reach {
        Reach::Nobody => false,
        Reach::Senders => false,
        Reach::Field { breaks } | Reach::Everybody { breaks } => {
            *breaks || matches!(reach, Reach::Everybody { .. })
        }
    });
    let status = match (known, broken, touched) {
        (false, _, _) => Status::Unknown,
        (true, true, _) => Status::Broken,
        (true, false, true) => Status::PotentiallyAffected,
        (true, false, false) => Status::Unaffected,
    };
    let system = after
        .system(&name)
        .and_then(|system| system.body.owner.as_ref());
    let owner = system.map(|owner| owner.name.value.clone());
    let workflow = after
        .workflow(&name)
        .and_then(|workflow| workflow.body.owner.clone());
    let kind = if after.system(&name).is_some() {
        DocumentKind::System.as_str()
    } else if after.workflow(&name).is_some() {
        DocumentKind::Workflow.as_str()
    } else {
        "consumer"
    };
    Consumer {
        kind,
        owner: owner.or(workflow.map(|owner| owner.value)),
        name,
        status,
        reads: Vec::new(),
        places: Vec::new(),
        visible: false,
        at: None,
    }
}
