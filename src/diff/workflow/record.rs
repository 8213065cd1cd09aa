//! Facts about what a case leaves behind: its outputs and records.

use crate::diff::fact::Fact;
use crate::diff::kind::WorkflowChange;
use crate::diff::pairing::{Identity, pair};
use crate::diff::recorder::{Named, Presence, Recorder, named};
use crate::syntax::workflow::{Record, Workflow};

pub(super) fn compare_outputs(recorder: &mut Recorder<'_>, before: &Workflow, after: &Workflow) {
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

pub(super) fn compare_records(recorder: &mut Recorder<'_>, before: &Workflow, after: &Workflow) {
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
