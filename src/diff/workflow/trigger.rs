//! Facts about what starts a case.

use super::compare_contract;
use crate::diff::condition::{self, Kinds};
use crate::diff::fact::Fact;
use crate::diff::field;
use crate::diff::kind::WorkflowChange;
use crate::diff::pairing::{Identity, pair};
use crate::diff::recorder::{Presence, Recorder};
use crate::model::shape::Shape;
use crate::source::{Span, Spanned};
use crate::syntax::expressions::Expression;
use crate::syntax::workflow::{Trigger, Workflow};

/// A trigger with what it is known by: `event hris.employee.created`.
pub(super) struct Start<'a> {
    name: String,
    source: Fact,
    trigger: &'a Trigger,
}

pub(super) fn triggers(workflow: &Workflow) -> Vec<Start<'_>> {
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
pub(super) fn compare_triggers(
    recorder: &mut Recorder<'_>,
    before: &[Start<'_>],
    after: &[Start<'_>],
) {
    if let ([old], [new]) = (before, after) {
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
    for pair in pair(before, after, identity) {
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

fn compare_filter(
    recorder: &mut Recorder<'_>,
    before: &Option<Expression>,
    after: &Option<Expression>,
) {
    let kinds = Kinds {
        narrower: WorkflowChange::TriggerNarrowed.into(),
        wider: WorkflowChange::TriggerWidened.into(),
        other: WorkflowChange::TriggerFilterChanged.into(),
    };
    condition::record(recorder, ("filter", "the trigger"), kinds, before, after);
}
