//! Documents of before and after, matched and handed to what knows their kind.

use super::fact::Fact;
use super::kind::{
    ChangeKind, ContractChange, DirectoryChange, DocumentChange, PolicyChange, WorkflowChange,
};
use super::lookalike::{self, Likeness};
use super::pairing::{Identity, pair};
use super::recorder::{Presence, Recorder};
use super::{
    Change, DocumentChanges, DocumentSide, contract, directory, policy, process_map, project,
    scenario, workflow,
};
use crate::model::Model;
use crate::source::Spanned;
use crate::syntax::DocumentKind;
use crate::syntax::directory::Queue;
use crate::syntax::document::{Entity, Project};
use crate::syntax::governance::{Acceptance, Status, Suppression};
use crate::syntax::scalars::{Date, Version};

/// How the documents of one kind are matched and compared.
struct Kind<T> {
    kind: DocumentKind,
    entities: fn(&Project) -> &[Entity<T>],
    renamed_from: fn(&Entity<T>) -> Option<&str>,
    version: fn(&T) -> Option<&Spanned<Version>>,
    added: ChangeKind,
    removed: ChangeKind,
    renamed: Option<ChangeKind>,
    compare: fn(&mut Recorder<'_>, &Entity<T>, &Entity<T>),
}

/// Compares the documents of every kind.
pub(super) fn compare_all(before: &Model, after: &Model) -> Vec<DocumentChanges> {
    let mut documents = Vec::new();
    compare_versioned(before, after, &mut documents);
    compare_directory(before, after, &mut documents);
    compare_kind(before, after, &POLICIES, &mut documents);
    documents.extend(scenario::compare(before, after));
    compare_kind(before, after, &PROCESS_MAPS, &mut documents);
    documents.extend(project::compare(before, after));
    documents
}

fn compare_versioned(before: &Model, after: &Model, documents: &mut Vec<DocumentChanges>) {
    let workflows = Kind {
        kind: DocumentKind::Workflow,
        entities: |project| &project.workflows,
        renamed_from: |entity| {
            entity
                .body
                .renamed_from
                .as_ref()
                .map(|name| name.value.text.as_str())
        },
        version: |workflow| workflow.version.as_ref(),
        added: ChangeKind::Workflow(WorkflowChange::WorkflowAdded),
        removed: ChangeKind::Workflow(WorkflowChange::WorkflowRemoved),
        renamed: Some(ChangeKind::Workflow(WorkflowChange::WorkflowRenamed)),
        compare: workflow::compare,
    };
    let contracts = Kind {
        kind: DocumentKind::Contract,
        entities: |project| &project.contracts,
        renamed_from: |entity| {
            entity
                .body
                .renamed_from
                .as_ref()
                .map(|name| name.value.text.as_str())
        },
        version: |contract| contract.version.as_ref(),
        added: ChangeKind::Contract(ContractChange::ContractAdded),
        removed: ChangeKind::Contract(ContractChange::ContractRemoved),
        renamed: Some(ChangeKind::Contract(ContractChange::ContractRenamed)),
        compare: contract::compare,
    };
    compare_kind(before, after, &workflows, documents);
    compare_kind(before, after, &contracts, documents);
}

const POLICIES: Kind<crate::syntax::policy::Policy> = Kind {
    kind: DocumentKind::Policy,
    entities: |project| &project.policies,
    renamed_from: |_| None,
    version: |policy| policy.version.as_ref(),
    added: ChangeKind::Policy(PolicyChange::PolicyAdded),
    removed: ChangeKind::Policy(PolicyChange::PolicyRemoved),
    renamed: None,
    compare: policy::compare,
};

const PROCESS_MAPS: Kind<crate::syntax::process_map::ProcessMap> = Kind {
    kind: DocumentKind::ProcessMap,
    entities: |project| &project.process_maps,
    renamed_from: |_| None,
    version: |map| map.version.as_ref(),
    added: ChangeKind::Directory(DirectoryChange::DirectoryEntryAdded),
    removed: ChangeKind::Directory(DirectoryChange::DirectoryEntryRemoved),
    renamed: None,
    compare: process_map::compare,
};

/// A kind of the directory; its documents have no version, and most say nothing about an older name.
fn entry<T>(
    kind: DocumentKind,
    entities: fn(&Project) -> &[Entity<T>],
    [added, removed]: [DirectoryChange; 2],
    compare: fn(&mut Recorder<'_>, &Entity<T>, &Entity<T>),
) -> Kind<T> {
    Kind {
        kind,
        entities,
        renamed_from: |_| None,
        version: |_| None,
        added: ChangeKind::Directory(added),
        removed: ChangeKind::Directory(removed),
        renamed: None,
        compare,
    }
}

/// What is said of entries that have no changes of their own kind.
const ENTRY: [DirectoryChange; 2] = [
    DirectoryChange::DirectoryEntryAdded,
    DirectoryChange::DirectoryEntryRemoved,
];

fn compare_directory(before: &Model, after: &Model, documents: &mut Vec<DocumentChanges>) {
    compare_workers(before, after, documents);
    compare_surroundings(before, after, documents);
}

/// Who does the work: queues, teams and people.
fn compare_workers(before: &Model, after: &Model, documents: &mut Vec<DocumentChanges>) {
    let queues = Kind {
        renamed_from: |entity: &Entity<Queue>| {
            let old = entity.body.renamed_from.as_ref();
            old.map(|name| name.value.text.as_str())
        },
        renamed: Some(ChangeKind::Directory(DirectoryChange::QueueRenamed)),
        ..entry(
            DocumentKind::Queue,
            |project| &project.queues,
            [DirectoryChange::QueueAdded, DirectoryChange::QueueRemoved],
            directory::queue::compare,
        )
    };
    let teams = entry(
        DocumentKind::Team,
        |project| &project.teams,
        ENTRY,
        directory::people::compare_team,
    );
    let people = entry(
        DocumentKind::Person,
        |project| &project.people,
        ENTRY,
        directory::people::compare,
    );
    compare_kind(before, after, &queues, documents);
    compare_kind(before, after, &teams, documents);
    compare_kind(before, after, &people, documents);
}

/// What the work relies on: systems, calendars and decisions.
fn compare_surroundings(before: &Model, after: &Model, documents: &mut Vec<DocumentChanges>) {
    let systems = entry(
        DocumentKind::System,
        |project| &project.systems,
        [DirectoryChange::SystemAdded, DirectoryChange::SystemRemoved],
        directory::system::compare,
    );
    let calendars = entry(
        DocumentKind::Calendar,
        |project| &project.calendars,
        ENTRY,
        directory::calendar::compare,
    );
    let decisions = entry(
        DocumentKind::Decision,
        |project| &project.decisions,
        [
            DirectoryChange::DecisionAdded,
            DirectoryChange::DecisionRemoved,
        ],
        directory::decision::compare,
    );
    compare_kind(before, after, &systems, documents);
    compare_kind(before, after, &calendars, documents);
    compare_kind(before, after, &decisions, documents);
}

fn compare_kind<T>(
    before: &Model,
    after: &Model,
    kind: &Kind<T>,
    documents: &mut Vec<DocumentChanges>,
) {
    let identity = Identity {
        name: |entity: &Entity<T>| entity.name.value.as_str(),
        renamed_from: kind.renamed_from,
    };
    let before_entities = (kind.entities)(&before.project);
    let after_entities = (kind.entities)(&after.project);
    let side = |entity: &Entity<T>| DocumentSide {
        name: entity.name.value.clone(),
        version: (kind.version)(&entity.body).map(|version| version.value.semantic.clone()),
        key: entity.key,
    };
    let known = documents.len();
    for pair in pair(before_entities, after_entities, identity) {
        let changes = compare_pair(before, after, kind, (pair.before, pair.after));
        keep(
            documents,
            DocumentChanges {
                kind: kind.kind,
                before: pair.before.map(side),
                after: pair.after.map(side),
                changes,
            },
        );
    }
    if kind.renamed.is_none() {
        return;
    }
    let likeness = Likeness {
        identity,
        span: |entity: &Entity<T>| entity.name.span,
        mention: "",
        anywhere: kind.kind != DocumentKind::Queue,
        compare: &|recorder, old, new| {
            (kind.compare)(recorder, old, new);
            family(&old.name.value) != family(&new.name.value)
        },
    };
    let recorder = Recorder::new(before, after);
    for (old, new) in lookalike::find(&recorder, (before_entities, after_entities), &likeness) {
        let found = documents[known..].iter_mut();
        let changes = found.flat_map(|document| document.changes.iter_mut());
        lookalike::note(changes, &old, &new);
    }
}

/// `order.placed` of `order.placed.v2`: another major version is no other name.
fn family(name: &str) -> &str {
    let (family, version) = name.rsplit_once(".v").unwrap_or((name, ""));
    let is_major = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    if is_major { family } else { name }
}

fn compare_pair<T>(
    before: &Model,
    after: &Model,
    kind: &Kind<T>,
    sides: (Option<&Entity<T>>, Option<&Entity<T>>),
) -> Vec<Change> {
    let mut recorder = Recorder::new(before, after);
    let name = |entity: &Entity<T>| Some(Fact::new(entity.name.value.clone(), entity.name.span));
    match sides {
        (Some(old), Some(new)) => {
            if let Some(renamed) = kind.renamed
                && old.name.value != new.name.value
            {
                recorder.record(renamed, &new.name.value, name(old), name(new));
            }
            (kind.compare)(&mut recorder, old, new);
        }
        (None, Some(new)) => recorder.record(kind.added, &new.name.value, None, name(new)),
        (Some(old), None) => recorder.record(kind.removed, &old.name.value, name(old), None),
        (None, None) => {}
    }
    recorder.finish()
}

/// Keeps a document in which something changed, be it the version alone.
pub(super) fn keep(documents: &mut Vec<DocumentChanges>, document: DocumentChanges) {
    let version = |side: &Option<DocumentSide>| side.as_ref().and_then(|side| side.version.clone());
    if !document.changes.is_empty() || version(&document.before) != version(&document.after) {
        documents.push(document);
    }
}

/// Where a document is in its life, with the day on which it ends.
pub(super) fn compare_life(
    recorder: &mut Recorder<'_>,
    before: (&Option<Spanned<Status>>, &Option<Spanned<Date>>),
    after: (&Option<Spanned<Status>>, &Option<Spanned<Date>>),
    name: (&Spanned<String>, &Spanned<String>),
) {
    use DocumentChange::{
        DocumentActivated, DocumentDeprecated, DocumentReinstated, DocumentRetired,
        DocumentWithdrawn, SunsetAdvanced, SunsetPostponed,
    };
    let status = |status: &Option<Spanned<Status>>, name: &Spanned<String>| {
        status.unwrap_or(Spanned::new(Status::Active, name.span))
    };
    let (old, new) = (status(before.0, name.0), status(after.0, name.1));
    let kind = match (old.value, new.value) {
        (_, Status::Retired) => DocumentRetired,
        (_, Status::Draft) => DocumentWithdrawn,
        (Status::Draft, Status::Active | Status::Deprecated) => DocumentActivated,
        (_, Status::Deprecated) => DocumentDeprecated,
        (_, Status::Active) => DocumentReinstated,
    };
    let fact = |status: &Spanned<Status>| Some(Fact::word(status, Status::as_str));
    recorder.compare(
        "status",
        &name.1.value,
        Presence::any(kind),
        fact(&old),
        fact(&new),
    );
    if (before.1.is_none() || after.1.is_none()) && old.value != new.value {
        return;
    }
    let earlier = match (before.1, after.1) {
        (Some(before), Some(after)) => after.value < before.value,
        (before, _) => before.is_none(),
    };
    let kind = if earlier {
        SunsetAdvanced
    } else {
        SunsetPostponed
    };
    recorder.compare(
        "sunset",
        &name.1.value,
        Presence::any(kind),
        before.1.as_ref().map(Fact::date),
        after.1.as_ref().map(Fact::date),
    );
}

/// Findings that are accepted for a while.
pub(super) fn compare_suppressions(
    recorder: &mut Recorder<'_>,
    before: &[Spanned<Suppression>],
    after: &[Spanned<Suppression>],
) {
    use DocumentChange::{SuppressionAdded, SuppressionRemoved};
    let identity = Identity {
        name: |entry: &(String, &Spanned<Suppression>)| entry.0.as_str(),
        renamed_from: |_| None,
    };
    let before: Vec<_> = before
        .iter()
        .map(|entry| (accepted(entry), entry))
        .collect();
    let after: Vec<_> = after.iter().map(|entry| (accepted(entry), entry)).collect();
    recorder.within("suppress", |recorder| {
        for pair in pair(&before, &after, identity) {
            let until = |entry: Option<&(String, &Spanned<Suppression>)>| {
                entry.map(|(_, entry)| match &entry.value.until {
                    Some(until) => Fact::date(until),
                    None => Fact::new("no end", entry.span),
                })
            };
            let until_date = |entry: &(String, &Spanned<Suppression>)| {
                entry.1.value.until.map(|until| until.value)
            };
            let name = pair
                .after
                .or(pair.before)
                .map_or("", |entry| entry.0.as_str());
            let longer = match (pair.before, pair.after) {
                (Some(before), Some(after)) => match (until_date(before), until_date(after)) {
                    (Some(before), Some(after)) => after > before,
                    (_, after) => after.is_none(),
                },
                (None, _) => true,
                (Some(_), None) => false,
            };
            let kind = if longer {
                SuppressionAdded
            } else {
                SuppressionRemoved
            };
            recorder.compare(
                name,
                name,
                Presence::any(kind),
                until(pair.before),
                until(pair.after),
            );
            if let (Some((_, before)), Some((_, after))) = (pair.before, pair.after) {
                recorder.text("reason", &before.value.reason, &after.value.reason);
                let approver = |entry: &Spanned<Suppression>| {
                    entry
                        .value
                        .approved_by
                        .as_ref()
                        .map(|person| person.name.clone())
                };
                recorder.text("approved_by", &approver(before), &approver(after));
            }
        }
    });
}

/// Breaking changes that are accepted on purpose.
pub(super) fn compare_acceptances(
    recorder: &mut Recorder<'_>,
    before: &[Spanned<Acceptance>],
    after: &[Spanned<Acceptance>],
) {
    let facts = |list: &[Spanned<Acceptance>]| {
        let facts = list.iter().filter_map(|entry| {
            let change = entry.value.change.as_ref()?;
            let place = entry.value.at.as_ref();
            let place = place.map_or(String::new(), |at| format!(" at {}", at.value));
            let person = entry.value.approved_by.as_ref();
            let person = person.map_or("nobody", |person| person.name.value.as_str());
            let text = format!("{}{place}, by {person}", change.value);
            Some(Fact::new(text, change.span))
        });
        facts.collect()
    };
    recorder.members(
        "accept",
        None,
        DocumentChange::AcceptanceAdded,
        DocumentChange::AcceptanceRemoved,
        facts(before),
        facts(after),
    );
}

fn accepted(suppression: &Spanned<Suppression>) -> String {
    let text = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.value.clone());
    let rule = text(&suppression.value.rule).unwrap_or_default();
    match text(&suppression.value.at) {
        Some(at) => format!("{rule} at {at}"),
        None => rule,
    }
}

/// Names of one kind that may not come back.
pub(super) fn compare_reserved(
    recorder: &mut Recorder<'_>,
    key: &str,
    before: Vec<Fact>,
    after: Vec<Fact>,
) {
    recorder.members(
        key,
        None,
        DocumentChange::ReservedNameAdded,
        DocumentChange::ReservedNameReleased,
        before,
        after,
    );
}
