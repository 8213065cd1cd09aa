//! Facts about workflows as a whole: who answers, what starts a case, what is promised.

use std::cmp::Ordering;

use super::clock::Clock;
use super::contract::compare_retention;
use super::directory::calendar;
use super::documents::{compare_life, compare_reserved, compare_suppressions};
use super::fact::{Fact, conjuncts};
use super::kind::{DocumentChange, WorkflowChange};
use super::pairing::{Identity, pair};
use super::recorder::{Named, Places, Presence, Recorder, named};
use super::renames::Renames;
use super::{control, exception, field, flow, operation, step};
use crate::model::shape::Relation;
use crate::model::shape::Shape;
use crate::model::shape::relation::of_sets;
use crate::source::{Span, Spanned};
use crate::syntax::document::Entity;
use crate::syntax::expressions::Expression;
use crate::syntax::names::{KebabName, Name, OneOrMany};
use crate::syntax::workflow::{
    Proof, Record, ReservedNames, Scope, Sla, Trigger, Workflow, WorkflowAudit,
};

/// Compares two versions of a workflow.
pub(super) fn compare(
    recorder: &mut Recorder<'_>,
    before: &Entity<Workflow>,
    after: &Entity<Workflow>,
) {
    let (old, new) = (&before.body, &after.body);
    recorder.rename(Renames::of(old, new));
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
        compare_triggers(recorder, triggers(old), triggers(new));
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
    let people: [(_, _, fn(&Workflow) -> &Option<Spanned<String>>); 3] = [
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

/// A trigger with what it is known by: `event hris.employee.created`.
struct Start<'a> {
    name: String,
    source: Fact,
    trigger: &'a Trigger,
}

fn triggers(workflow: &Workflow) -> Vec<Start<'_>> {
    let written = workflow.trigger.iter();
    written
        .flat_map(|triggers| {
            triggers
                .value
                .iter()
                .map(|trigger| (trigger, triggers.span))
        })
        .map(|(trigger, span)| start(trigger, span))
        .collect()
}

fn start(trigger: &Trigger, span: Span) -> Start<'_> {
    let source = match (&trigger.event, &trigger.form, &trigger.schedule) {
        (Some(event), _, _) => Fact::new(format!("event {}", event.value), event.span),
        (None, Some(form), _) => Fact::new(format!("form {}", form.value), form.span),
        (None, None, Some(schedule)) => Fact::new("schedule", schedule.span),
        (None, None, None) => Fact::new("nothing", span),
    };
    Start {
        name: source.site.text.clone(),
        source,
        trigger,
    }
}

/// One trigger that becomes another one is replaced; several are compared one by one.
fn compare_triggers(recorder: &mut Recorder<'_>, before: Vec<Start<'_>>, after: Vec<Start<'_>>) {
    if let ([old], [new]) = (&before[..], &after[..]) {
        recorder.compare(
            "source",
            &new.name,
            Presence::any(WorkflowChange::TriggerReplaced),
            Some(old.source.clone()),
            Some(new.source.clone()),
        );
        return compare_trigger(recorder, old.trigger, new.trigger);
    }
    let identity = Identity {
        name: |start: &Start<'_>| start.name.as_str(),
        renamed_from: |_| None,
    };
    for pair in pair(&before, &after, identity) {
        let source = |start: Option<&Start<'_>>| start.map(|start| start.source.clone());
        let name = pair
            .after
            .or(pair.before)
            .map_or("", |start| start.name.as_str());
        match (pair.before, pair.after) {
            (Some(before), Some(after)) => recorder.within(name, |recorder| {
                compare_trigger(recorder, before.trigger, after.trigger);
            }),
            (before, after) => {
                let kinds = Presence::new(
                    WorkflowChange::TriggerAdded,
                    WorkflowChange::TriggerRemoved,
                    WorkflowChange::TriggerReplaced,
                );
                recorder.compare(name, name, kinds, source(before), source(after));
            }
        }
    }
}

fn compare_trigger(recorder: &mut Recorder<'_>, before: &Trigger, after: &Trigger) {
    let text = |text: &Option<Spanned<String>>| text.as_ref().map(Fact::text);
    if before.schedule.is_some() && after.schedule.is_some() {
        recorder.compare(
            "schedule",
            "schedule",
            Presence::any(WorkflowChange::ScheduleChanged),
            text(&before.schedule),
            text(&after.schedule),
        );
    }
    let calendar = |trigger: &Trigger| {
        let calendar = trigger.calendar.as_ref();
        calendar.map(|calendar| Fact::text(&calendar.name))
    };
    recorder.compare(
        "calendar",
        "calendar",
        Presence::any(WorkflowChange::ScheduleChanged),
        calendar(before),
        calendar(after),
    );
    compare_contract(
        recorder,
        "contract",
        "the trigger",
        before.contract.as_ref().map(|contract| &contract.name),
        after.contract.as_ref().map(|contract| &contract.name),
    );
    let fields = |trigger: &Trigger| {
        let input = trigger.input.as_ref();
        input
            .map(|input| Shape::of_fields(&input.value))
            .unwrap_or_default()
    };
    recorder.within("input", |recorder| {
        field::compare_all(recorder, &fields(before), &fields(after));
    });
    compare_filter(recorder, &before.filter, &after.filter);
    recorder.compare(
        "dedupe",
        "dedupe",
        Presence::new(
            WorkflowChange::DedupeAdded,
            WorkflowChange::DedupeRemoved,
            WorkflowChange::DedupeChanged,
        ),
        before.dedupe.as_ref().map(Fact::expression),
        after.dedupe.as_ref().map(Fact::expression),
    );
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

fn compare_filter(
    recorder: &mut Recorder<'_>,
    before: &Option<Expression>,
    after: &Option<Expression>,
) {
    let kind = match of_conditions(before, after) {
        Relation::Same => return,
        Relation::Narrower => WorkflowChange::TriggerNarrowed,
        Relation::Wider => WorkflowChange::TriggerWidened,
        Relation::Incomparable => WorkflowChange::TriggerFilterChanged,
    };
    recorder.compare(
        "filter",
        "filter",
        Presence::any(kind),
        before.as_ref().map(Fact::expression),
        after.as_ref().map(Fact::expression),
    );
}

fn compare_outputs(recorder: &mut Recorder<'_>, before: &Workflow, after: &Workflow) {
    let outputs = |workflow: &Workflow| -> Vec<(String, Fact)> {
        let outputs = workflow.outputs.iter();
        outputs
            .map(|(name, value)| (name.value.clone(), Fact::expression(value)))
            .collect()
    };
    let identity = Identity {
        name: |output: &(String, Fact)| output.0.as_str(),
        renamed_from: |_| None,
    };
    let (before, after) = (outputs(before), outputs(after));
    recorder.within("outputs", |recorder| {
        for pair in pair(&before, &after, identity) {
            let name = pair
                .after
                .or(pair.before)
                .map_or("", |output| output.0.as_str());
            let fact = |output: Option<&(String, Fact)>| output.map(|output| output.1.clone());
            let kinds = Presence::new(
                WorkflowChange::OutputAdded,
                WorkflowChange::OutputRemoved,
                WorkflowChange::OutputChanged,
            );
            recorder.compare(name, name, kinds, fact(pair.before), fact(pair.after));
        }
    });
}

fn compare_records(recorder: &mut Recorder<'_>, before: &Workflow, after: &Workflow) {
    let identity = Identity {
        name: |record: &Named<'_, Record>| record.name.value.as_str(),
        renamed_from: |_| None,
    };
    let (before, after) = (named(&before.records), named(&after.records));
    recorder.within("records", |recorder| {
        for pair in pair(&before, &after, identity) {
            let name = pair
                .after
                .or(pair.before)
                .map_or("", |record| record.name.value.as_str());
            let system = |record: Option<&Named<'_, Record>>| {
                let record = record?;
                let system = record.value.system.as_ref();
                Some(system.map_or(record.fact(), |system| Fact::text(&system.name)))
            };
            let (before, after) = (system(pair.before), system(pair.after));
            let (Some(old), Some(new)) = (pair.before, pair.after) else {
                let kinds = Presence::new(
                    WorkflowChange::RecordAdded,
                    WorkflowChange::RecordRemoved,
                    WorkflowChange::RecordSystemChanged,
                );
                recorder.compare(name, name, kinds, before, after);
                continue;
            };
            recorder.within(name, |recorder| {
                let kind = Presence::any(WorkflowChange::RecordSystemChanged);
                recorder.compare("system", name, kind, before, after);
                compare_record(recorder, name, old.value, new.value);
            });
        }
    });
}

fn compare_record(recorder: &mut Recorder<'_>, name: &str, before: &Record, after: &Record) {
    recorder.compare(
        "key",
        name,
        Presence::any(WorkflowChange::RecordKeyChanged),
        before.key.as_ref().map(Fact::text),
        after.key.as_ref().map(Fact::text),
    );
    let sync = |record: &Record| {
        let targets = record.sync.iter();
        targets.map(|target| Fact::text(&target.name)).collect()
    };
    recorder.members(
        "sync",
        None,
        WorkflowChange::SyncTargetAdded,
        WorkflowChange::SyncTargetRemoved,
        sync(before),
        sync(after),
    );
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
                    order => order.is_lt(),
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
        calendar::compare_reference(recorder, calendar_name(&old), calendar_name(&new));
    });
}

fn compare_proof(recorder: &mut Recorder<'_>, before: &[Proof], after: &[Proof]) {
    let proofs = |proofs: &[Proof]| -> Vec<(String, Fact, Option<Expression>)> {
        proofs.iter().filter_map(proof).collect()
    };
    let (before, after) = (proofs(before), proofs(after));
    let kept = |fact: &Fact, others: &[(String, Fact, Option<Expression>)]| {
        others.iter().any(|(_, other, _)| other.same(fact))
    };
    let left = |ours: &[(String, Fact, Option<Expression>)], others: &[_]| {
        let ours = ours.iter().filter(|(_, fact, _)| !kept(fact, others));
        ours.cloned().collect::<Vec<_>>()
    };
    let (old, new) = (left(&before, &after), left(&after, &before));
    let identity = Identity {
        name: |proof: &(String, Fact, Option<Expression>)| proof.0.as_str(),
        renamed_from: |_| None,
    };
    recorder.within("proof", |recorder| {
        for pair in pair(&old, &new, identity) {
            let fact = |proof: Option<&(String, Fact, Option<Expression>)>| {
                proof.map(|proof| proof.1.clone())
            };
            let that = |proof: Option<&(String, Fact, Option<Expression>)>| {
                proof.and_then(|proof| proof.2.clone())
            };
            let name = pair
                .after
                .or(pair.before)
                .map_or("", |proof| proof.0.as_str());
            let kind = match of_conditions(&that(pair.before), &that(pair.after)) {
                Relation::Same | Relation::Incomparable => WorkflowChange::ProofChanged,
                Relation::Narrower => WorkflowChange::ProofAdded,
                Relation::Wider => WorkflowChange::ProofRemoved,
            };
            let (before, after) = (fact(pair.before), fact(pair.after));
            recorder.compare(name, name, Presence::any(kind), before, after);
        }
    });
}

fn proof(proof: &Proof) -> Option<(String, Fact, Option<Expression>)> {
    let that = proof.that.as_ref()?;
    let system = proof
        .from
        .as_ref()
        .map_or("", |system| system.name.value.as_str());
    let fact = Fact::expression(that);
    let shown = format!("{system}: {}", fact.site.text);
    let canonical = format!("{system}: {}", fact.canonical());
    let fact = Fact::new(shown, that.span).compared_by(canonical);
    Some((system.to_owned(), fact, proof.that.clone()))
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
    let lists: [(_, fn(&ReservedNames) -> &[Spanned<String>]); 4] = [
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
