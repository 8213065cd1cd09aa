//! Facts about workflows as a whole: who answers, what starts a case, what is promised.

mod proof;
mod record;
mod trigger;

use std::cmp::Ordering;

use super::clock::Clock;
use super::contract::compare_retention;
use super::directory::calendar;
use super::documents::{compare_acceptances, compare_life, compare_reserved, compare_suppressions};
use super::fact::{Fact, conjuncts};
use super::kind::{DocumentChange, WorkflowChange};
use super::recorder::{Places, Presence, Recorder};
use super::renames::Renames;
use super::{control, exception, flow, operation, step};
use crate::model::shape::Relation;
use crate::model::shape::relation::of_sets;
use crate::source::{Span, Spanned};
use crate::syntax::document::Entity;
use crate::syntax::expressions::Expression;
use crate::syntax::names::{KebabName, Name, OneOrMany};
use crate::syntax::workflow::{ReservedNames, Scope, Sla, Workflow, WorkflowAudit};
use proof::compare_proof;
use record::{compare_outputs, compare_records};
use trigger::{compare_triggers, triggers};

/// Which person or address of a workflow is compared.
type Contact = fn(&Workflow) -> &Option<Spanned<String>>;

/// Which list of reserved names is compared.
type Reserved = fn(&ReservedNames) -> &[Spanned<String>];

/// Compares two versions of a workflow.
pub(super) fn compare(
    recorder: &mut Recorder<'_>,
    before: &Entity<Workflow>,
    after: &Entity<Workflow>,
) {
    let (old, new) = (&before.body, &after.body);
    recorder.rename(Renames::of(old, new));
    recorder.enter_workflow(&before.name.value, &after.name.value);
    compare_life(
        recorder,
        (&old.status, &old.sunset),
        (&new.status, &new.sunset),
        (&before.name, &after.name),
    );
    compare_words(recorder, before, after);
    compare_people(recorder, old, new);
    compare_risk(recorder, &old.risk, &new.risk);
    compare_scope(recorder, &old.scope, &new.scope);
    recorder.within("trigger", |recorder| {
        compare_triggers(recorder, &triggers(old), &triggers(new));
    });
    compare_outputs(recorder, old, new);
    compare_records(recorder, old, new);
    compare_sla(recorder, &old.sla, &new.sla);
    compare_proof(recorder, &old.proof, &new.proof);
    recorder.within("controls", |recorder| {
        control::compare_all(recorder, &old.controls, &new.controls);
    });
    recorder.within("states", |recorder| {
        flow::compare(recorder, old, new);
        step::compare_all(recorder, old, new);
    });
    exception::compare_all(recorder, old, new);
    operation::compare(recorder, old, new);
    compare_audit(recorder, (&old.audit, before.key), (&new.audit, after.key));
    compare_suppressions(recorder, &old.suppress, &new.suppress);
    compare_acceptances(recorder, &old.accept, &new.accept);
    compare_reserved_names(recorder, &old.reserved, &new.reserved);
}

fn compare_words(recorder: &mut Recorder<'_>, before: &Entity<Workflow>, after: &Entity<Workflow>) {
    let (old, new) = (&before.body, &after.body);
    recorder.text("title", &old.title, &new.title);
    recorder.text("summary", &old.summary, &new.summary);
    recorder.texts("tags", &old.tags, &new.tags);
    let places = Places {
        before: before.key,
        after: after.key,
    };
    recorder.extensions(places, &old.extensions, &new.extensions);
}

fn compare_people(recorder: &mut Recorder<'_>, before: &Workflow, after: &Workflow) {
    let people: [(_, _, Contact); 3] = [
        ("owner", DocumentChange::OwnerChanged, |workflow| {
            &workflow.owner
        }),
        ("backup", DocumentChange::BackupChanged, |workflow| {
            &workflow.backup
        }),
        ("contact", DocumentChange::ContactChanged, |workflow| {
            &workflow.contact
        }),
    ];
    for (key, kind, person) in people {
        let fact = |workflow| person(workflow).as_ref().map(Fact::text);
        recorder.compare(key, key, Presence::any(kind), fact(before), fact(after));
    }
}

/// Labels of risk, on a workflow, state or step.
pub(super) fn compare_risk(
    recorder: &mut Recorder<'_>,
    before: &OneOrMany<Spanned<Name<KebabName>>>,
    after: &OneOrMany<Spanned<Name<KebabName>>>,
) {
    let labels = |risk: &OneOrMany<Spanned<Name<KebabName>>>| {
        let labels = risk.iter();
        labels
            .map(|label| Fact::new(label.value.text.clone(), label.span))
            .collect()
    };
    recorder.members(
        "risk",
        None,
        DocumentChange::RiskLabelAdded,
        DocumentChange::RiskLabelRemoved,
        labels(before),
        labels(after),
    );
}

fn compare_scope(
    recorder: &mut Recorder<'_>,
    before: &Option<Spanned<Scope>>,
    after: &Option<Spanned<Scope>>,
) {
    use WorkflowChange::{ScopeNarrowed, ScopeWidened};
    let texts = |scope: &Option<Spanned<Scope>>, pick: fn(&Scope) -> &[Spanned<String>]| {
        let texts = scope.as_ref().map(|scope| pick(&scope.value));
        texts
            .unwrap_or_default()
            .iter()
            .map(Fact::text)
            .collect::<Vec<_>>()
    };
    recorder.within("scope", |recorder| {
        let includes = |scope| texts(scope, |scope| &scope.includes);
        recorder.members(
            "includes",
            None,
            ScopeWidened,
            ScopeNarrowed,
            includes(before),
            includes(after),
        );
        let excludes = |scope| texts(scope, |scope| &scope.excludes);
        recorder.members(
            "excludes",
            None,
            ScopeNarrowed,
            ScopeWidened,
            excludes(before),
            excludes(after),
        );
        let extensions = (before.as_ref(), after.as_ref());
        if let (Some(before), Some(after)) = extensions {
            let places = Places {
                before: before.span,
                after: after.span,
            };
            recorder.extensions(places, &before.value.extensions, &after.value.extensions);
        }
    });
}

/// A reference to a contract, which may have been renamed on the way.
pub(super) fn compare_contract(
    recorder: &mut Recorder<'_>,
    key: &str,
    place: &str,
    before: Option<&Spanned<String>>,
    after: Option<&Spanned<String>>,
) {
    let renamed = |name: &str| {
        let contract = recorder.after.contract(name)?;
        let old = contract.body.renamed_from.as_ref()?;
        Some(old.value.text.clone())
    };
    if let (Some(before), Some(after)) = (before, after)
        && renamed(&after.value).is_some_and(|old| old == before.value)
    {
        return;
    }
    recorder.compare(
        key,
        place,
        Presence::any(WorkflowChange::ContractMoved),
        before.map(Fact::text),
        after.map(Fact::text),
    );
}

/// How the cases of one condition stand to those of another, seen by the conditions that `&&`
/// joins: one more accepts less.
pub(super) fn of_conditions(before: &Option<Expression>, after: &Option<Expression>) -> Relation {
    Relation::of_presence(before.as_ref(), after.as_ref(), |before, after| {
        let parts = |condition: &Expression| conjuncts(&condition.text).into_iter().collect();
        of_sets(&parts(before), &parts(after)).reversed()
    })
}

/// Promised times, of a workflow or a queue.
pub(super) fn compare_sla(
    recorder: &mut Recorder<'_>,
    before: &Option<Spanned<Sla>>,
    after: &Option<Spanned<Sla>>,
) {
    let part = |sla: &Option<Spanned<Sla>>| sla.as_ref().map(|sla| sla.value.clone());
    let (old, new) = (
        part(before).unwrap_or_default(),
        part(after).unwrap_or_default(),
    );
    let calendar_name = |sla: &Sla| sla.calendar.as_ref().map(|calendar| calendar.name.clone());
    let clock = Clock::of(
        recorder.before,
        calendar_name(&old).as_ref().map(|name| name.value.as_str()),
    );
    recorder.within("sla", |recorder| {
        let times = [
            ("response", &old.response, &new.response),
            ("resolution", &old.resolution, &new.resolution),
        ];
        for (key, before, after) in times {
            let later = match (before, after) {
                (Some(before), Some(after)) => match clock.compare(before.value, after.value) {
                    Ordering::Equal => continue,
                    Ordering::Less => true,
                    Ordering::Greater => false,
                },
                (_, after) => after.is_none(),
            };
            let kind = if later {
                WorkflowChange::SlaLoosened
            } else {
                WorkflowChange::SlaTightened
            };
            recorder.compare(
                key,
                key,
                Presence::any(kind),
                before.as_ref().map(Fact::duration),
                after.as_ref().map(Fact::duration),
            );
        }
        calendar::compare_reference(
            recorder,
            calendar_name(&old).as_ref(),
            calendar_name(&new).as_ref(),
        );
    });
}

fn compare_audit(
    recorder: &mut Recorder<'_>,
    (before, key_before): (&Option<Spanned<WorkflowAudit>>, Span),
    (after, key_after): (&Option<Spanned<WorkflowAudit>>, Span),
) {
    let part = |audit: &Option<Spanned<WorkflowAudit>>| {
        audit
            .as_ref()
            .map(|audit| audit.value.clone())
            .unwrap_or_default()
    };
    let (old, new) = (part(before), part(after));
    recorder.within("audit", |recorder| {
        let flags = [
            ("decisions", old.decisions, new.decisions),
            ("runs", old.runs, new.runs),
        ];
        for (key, before, after) in flags {
            let before = before.unwrap_or(Spanned::new(true, key_before));
            let after = after.unwrap_or(Spanned::new(true, key_after));
            let word = |flag: Spanned<bool>| {
                let word = if flag.value { "logged" } else { "not logged" };
                Some(Fact::new(format!("{key} {word}"), flag.span))
            };
            let kind = if after.value {
                DocumentChange::AuditStrengthened
            } else {
                DocumentChange::AuditWeakened
            };
            recorder.compare(key, key, Presence::any(kind), word(before), word(after));
        }
        compare_retention(recorder, old.retention, new.retention);
    });
}

fn compare_reserved_names(
    recorder: &mut Recorder<'_>,
    before: &Option<Spanned<ReservedNames>>,
    after: &Option<Spanned<ReservedNames>>,
) {
    let lists: [(_, Reserved); 4] = [
        ("states", |names| &names.states),
        ("steps", |names| &names.steps),
        ("reasons", |names| &names.reasons),
        ("controls", |names| &names.controls),
    ];
    recorder.within("reserved", |recorder| {
        for (key, list) in lists {
            let names = |reserved: &Option<Spanned<ReservedNames>>| {
                let names = reserved.as_ref().map(|reserved| list(&reserved.value));
                names.unwrap_or_default().iter().map(Fact::text).collect()
            };
            compare_reserved(recorder, key, names(before), names(after));
        }
    });
}
