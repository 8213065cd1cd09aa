//! `writes-without-compensation`: half-done work that stays half-done.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::calls::Call;
use crate::model::moves::Moves;
use crate::model::walk::StepInState;
use crate::rule::{Level, error_from};
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds writes without `compensate` after which another system is written in the same case.
    ///
    /// When the later write fails for good, the earlier one must be undone, or two systems disagree.
    /// The last write of a case needs no undoing.
    ///
    /// A warning before rollout stage 3. From it on an error for steps with the risk `finance` or
    /// `access`, their own, their state's or their workflow's, and a warning for others.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   records: {ticket: {system: ITSM, key: ticket_id, sync: [ERP]}}
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps:
    ///         - {id: booked, call: ITSM.update_ticket, as: svc-rooms, timeout: 1m}
    ///         - {id: billed, call: ERP.post_invoice, as: svc-poster, timeout: 1m}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   records: {ticket: {system: ITSM, key: ticket_id, sync: [ERP]}}
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps:
    ///         - {id: booked, call: ITSM.update_ticket, as: svc-rooms, timeout: 1m, compensate: {call: ITSM.update_ticket}}
    ///         - {id: billed, call: ERP.post_invoice, as: svc-poster, timeout: 1m}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `compensate: {call: …}` with the operation that undoes the write.
    pub static RULE = {
        check: On::Workflow(check),
        id: "writes-without-compensation",
        summary: "two systems written and no way to undo the first",
        why: "a case that fails halfway leaves systems that contradict each other",
        family: Reliability,
        level: error_from(3),
        since: "0.1.0",
    }
}

/// Risks for which half-done work is an error.
const GRAVE_RISKS: [&str; 2] = ["finance", "access"];

struct Write<'a> {
    place: StepInState<'a>,
    call: Call<'a>,
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let model = context.model;
    let moves = workflow.body.moves();
    let writes: Vec<Write<'_>> = workflow
        .body
        .all_steps()
        .filter_map(|place| model.call(place.step).map(|call| Write { place, call }))
        .filter(|write| write.call.writes())
        .collect();
    for (position, write) in writes.iter().enumerate() {
        if write.call.step.compensate.is_some() {
            continue;
        }
        let mut others = writes.iter().enumerate();
        let later = others.find(|(other, later)| {
            let is_elsewhere = later.call.system.name.value != write.call.system.name.value;
            is_elsewhere && follows(&moves, write, later, position < *other)
        });
        if let Some((_, later)) = later {
            report(write, later, workflow, context);
        }
    }
}

fn follows<'a>(moves: &Moves<'a>, write: &Write<'a>, later: &Write<'a>, in_order: bool) -> bool {
    let (from, to) = (write.place.state_name, later.place.state_name);
    if from.value == to.value {
        in_order
    } else {
        moves.reaches(&from.value, &to.value)
    }
}

fn report(
    write: &Write<'_>,
    later: &Write<'_>,
    workflow: &Entity<Workflow>,
    context: &mut Context<'_>,
) {
    let step = write.call.step;
    let risks = workflow.body.risk.iter().chain(step.risk.iter());
    let mut risks = risks.chain(write.place.state.risk.iter());
    let is_grave = risks.any(|risk| GRAVE_RISKS.contains(&risk.value.text.as_str()));
    let message = format!(
        "`{}` is not undone when `{}` fails after it",
        write.call.reference.value, later.call.reference.value
    );
    let finding = context
        .finding(write.call.reference.span, message)
        .label(later.call.reference.span, "this comes later and can fail")
        .help("add `compensate: {call: …}` with the operation that undoes it");
    context.report(if is_grave {
        finding
    } else {
        finding.with_level(Level::Warning)
    });
}
