//! `sunset-passed`: contracts that are read after their end.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::WARNING;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds workflows that use a contract whose `sunset` date has come.
    ///
    /// Drafts and retired workflows are left alone.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   trigger: {form: room-request, contract: rooms.request.v1, dedupe: input.room}
    /// ---
    /// contract:
    ///   consumers: [room-booking]
    ///   status: deprecated
    ///   sunset: "2026-05-31"
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   trigger: {form: room-request, contract: rooms.request.v1, dedupe: input.room}
    /// ---
    /// contract:
    ///   consumers: [room-booking]
    ///   status: deprecated
    ///   sunset: "2027-05-31"
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Move to the contract's next major version, or have its owner give it a later sunset.
    pub static RULE = {
        check: On::Workflow(check),
        id: "sunset-passed",
        summary: "a contract that is read after its end",
        why: "the producer may stop the data any day, and owes nobody a warning",
        family: Versioning,
        level: WARNING,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    if !workflow.body.is_in_force() {
        return;
    }
    let model = context.model;
    for reading in model.readings(workflow) {
        let contract = model.contract(&reading.contract.value);
        let Some(sunset) = contract.and_then(|contract| contract.body.sunset.as_ref()) else {
            continue;
        };
        if sunset.value.civil > model.surroundings.today {
            continue;
        }
        let message = format!(
            "`{}` may be gone since {}",
            reading.contract.value, sunset.value.civil
        );
        context.report(
            context
                .finding(reading.contract.span, message)
                .label(sunset.span, "its sunset is here")
                .help("move to its next major version, or have its owner give it a later sunset"),
        );
    }
}
