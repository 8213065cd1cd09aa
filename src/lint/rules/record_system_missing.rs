//! `record-system-missing`: objects that are written without a system of record.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::Model;
use crate::model::calls::Call;
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds writes to systems that no record of the workflow names.
    ///
    /// `records:` says for each business object which system's copy is the truth, and which systems
    /// receive a copy with `sync`. A write is covered when a record names its system. When the
    /// directory says which `object` an operation is about, it is covered by the record of that
    /// object, or by a system that declares it under `record_of`.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps: [{id: booked, call: ITSM.update_ticket, as: svc-rooms, timeout: 1m}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   records: {ticket: {system: ITSM, key: ticket_id}}
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps: [{id: booked, call: ITSM.update_ticket, as: svc-rooms, timeout: 1m}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add the object to `records:` with the system whose copy is the truth; list the other systems
    /// that are written under its `sync`.
    pub static RULE = {
        check: On::Workflow(check),
        id: "record-system-missing",
        summary: "an object written without a system of record",
        why: "when two systems disagree, nobody can say which one is right",
        family: Data,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let model = context.model;
    let steps = workflow.body.all_steps();
    let uncovered: Vec<Call<'_>> = steps
        .filter_map(|place| model.call(place.step))
        .filter(|call| call.writes() && !is_covered(call, &workflow.body, model))
        .collect();
    let Some(first) = uncovered.first() else {
        return;
    };
    if workflow.body.records.is_empty() {
        let message = format!(
            "`{}` writes data and names no system of record",
            workflow.name.value
        );
        let mut finding = context.finding(workflow.name.span, message).help(format!(
            "add `records: {{object: {{system: {}, key: …}}}}`",
            first.system.name.value
        ));
        for call in &uncovered {
            finding = finding.label(call.reference.span, "this writes");
        }
        context.report(finding);
        return;
    }
    let mut told: Vec<&str> = Vec::new();
    for call in &uncovered {
        let system = call.system.name.value.as_str();
        if !told.contains(&system) {
            told.push(system);
            report(call, workflow, context);
        }
    }
}

fn is_covered(call: &Call<'_>, workflow: &Workflow, model: &Model) -> bool {
    let system = &call.system.name.value;
    if let Some(object) = &call.operation.object {
        let object = &object.value.text;
        let is_declared = |system: &Entity<crate::syntax::directory::System>| {
            system
                .body
                .record_of
                .iter()
                .any(|record| record.value.text == *object)
        };
        return workflow.records.get(object).is_some()
            || model.project.systems.iter().any(is_declared);
    }
    let mut records = workflow.records.iter();
    records.any(|(_, record)| {
        let truth = record.system.iter();
        truth
            .chain(&record.sync)
            .any(|named| named.name.value == *system)
    })
}

fn report(call: &Call<'_>, workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let system = &call.system.name.value;
    let (what, help) = match &call.operation.object {
        Some(object) => (
            format!(
                "`{}` of `{}` has no system of record",
                object.value.text, call.reference.value
            ),
            format!(
                "add `{}: {{system: …, key: …}}` under `records:`",
                object.value.text
            ),
        ),
        None => (
            format!(
                "no record of `{}` names `{system}`, which this writes",
                workflow.name.value
            ),
            format!("add the object under `records:`, or `{system}` to the `sync` of its record"),
        ),
    };
    context.report(context.finding(call.reference.span, what).help(help));
}
