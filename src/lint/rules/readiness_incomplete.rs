//! `readiness-incomplete`: workflows that are not ready to be automated.

use super::stuck_alert_missing;
use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::readiness::{Check, Outcome, Weakness, judge};
use crate::rule::{Stage, error_from};
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Judges the ten readiness checks and names those that fail:
    ///
    /// 1. one clear trigger
    /// 2. the minimum inputs are defined
    /// 3. a named owner
    /// 4. the happy path was stable when it was done by hand
    /// 5. the commonest exceptions have a queue
    /// 6. success can be measured
    /// 7. every written object has a system of record
    /// 8. a manual fallback
    /// 9. stuck and failed runs are noticed
    /// 10. changes follow a process
    ///
    /// Each is derived from the definition where that is possible, and may be attested under
    /// `readiness:` with person, date and evidence otherwise. The fourth can only be attested. An
    /// attestation counts when the person is still there, the day has come, the file of the
    /// evidence exists and is not empty, and, for a workflow whose process map has a `refresh`
    /// cadence, the map or the attestation is not older than that.
    /// Checks for which another rule reports the fault are named, but are not reported alone.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   summary: Books a room with special set-up when the calendar cannot do it alone.
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   summary: Books a room with special set-up when the calendar cannot do it alone.
    ///   readiness: {happy_path_stable: {by: tom.okafor, date: "2026-05-04", evidence: evidence/rooms.md}}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add what the help names for each check. Automate what people do well by hand; what they do
    /// badly only becomes faster.
    pub static RULE = {
        check: On::Workflow(check),
        id: "readiness-incomplete",
        summary: "a readiness check fails",
        why: "automating what is not stable by hand multiplies its faults",
        family: Docs,
        level: error_from(1),
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let mut failing = judge(workflow, context.model);
    failing.retain(|outcome| !outcome.passes());
    let stage = workflow.body.rollout_stage();
    if failing
        .iter()
        .all(|outcome| is_reported_elsewhere(outcome, stage))
    {
        return;
    }
    let faults: Vec<String> = failing.iter().map(Outcome::fault).collect();
    let message = format!(
        "the workflow `{}` fails {} of the ten readiness checks: {}",
        workflow.name.value,
        failing.len(),
        faults.join("; ")
    );
    let finding = context.finding(workflow.name.span, message);
    context.report(finding.help(remedies(&failing)));
}

/// True when another rule reports the fault, with its place.
fn is_reported_elsewhere(outcome: &Outcome<'_>, stage: Stage) -> bool {
    if outcome.attestation.is_some() {
        let mut weaknesses = outcome.weaknesses.iter();
        return weaknesses.all(Weakness::is_reported_elsewhere);
    }
    match outcome.check {
        Check::HappyPathStable | Check::ChangeProcess => false,
        Check::MonitoringReady => stage >= stuck_alert_missing::FROM_STAGE,
        Check::SingleTrigger
        | Check::InputsDefined
        | Check::OwnerNamed
        | Check::ExceptionsNamed
        | Check::MetricsDefined
        | Check::RecordsIdentified
        | Check::FallbackDefined => true,
    }
}

/// What is missing first, then what is there and does not count.
fn remedies(failing: &[Outcome<'_>]) -> String {
    let (attested, missing): (Vec<&Outcome<'_>>, Vec<&Outcome<'_>>) = failing
        .iter()
        .partition(|outcome| outcome.attestation.is_some());
    let missing: Vec<&str> = missing
        .iter()
        .map(|outcome| outcome.check.remedy())
        .collect();
    let mut parts: Vec<String> = attested.iter().map(|outcome| outcome.remedy()).collect();
    if !missing.is_empty() {
        parts.insert(0, format!("add {}", missing.join("; ")));
    }
    parts.join("; ")
}
