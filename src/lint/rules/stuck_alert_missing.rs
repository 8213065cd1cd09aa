//! `stuck-alert-missing`: workflows whose stuck cases nobody hears of.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::{Stage, error_from};
use crate::syntax::Entity;
use crate::syntax::workflow::{AlertKind, Workflow};

declare_rule! {
    /// Finds workflows from rollout stage 3 on that tell nobody when a case is stuck, and stuck
    /// alerts at any stage that do not say after how long.
    ///
    /// Before stage 3 people move the cases themselves and see what lies still; until then
    /// `readiness-incomplete` asks for monitoring of any kind.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   stage: 4
    ///   monitoring:
    ///     review: weekly
    ///     metrics: [success_rate, time_in_state, exceptions_by_reason, sla_attainment, data_quality]
    ///     alerts: [{alert: sla_breach, notify: people-ops}]
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   stage: 4
    ///   monitoring:
    ///     review: weekly
    ///     metrics: [success_rate, time_in_state, exceptions_by_reason, sla_attainment, data_quality]
    ///     alerts: [{alert: stuck, state: new, after: 1d, notify: people-ops}]
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `{alert: stuck, state: …, after: …, notify: …}` to `monitoring.alerts`, at least for the
    /// state in which systems are written to.
    pub static RULE = {
        check: On::Workflow(check),
        id: "stuck-alert-missing",
        summary: "stuck cases stay silent",
        why: "an automation that stops without a word is found by the person who waits for it",
        family: Observability,
        level: error_from(4),
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let monitoring = workflow.body.monitoring.as_ref();
    let alerts = monitoring.map_or(&[][..], |monitoring| &monitoring.value.alerts);
    let mut has_stuck_alert = false;
    for alert in alerts {
        let Some(kind) = alert
            .alert
            .as_ref()
            .filter(|kind| kind.value == AlertKind::Stuck)
        else {
            continue;
        };
        has_stuck_alert = true;
        let written = context.mapping_at(kind.span);
        if written.is_some_and(|alert| alert.get("after").is_none()) {
            let message = "this alert does not say after how long a case counts as stuck";
            let finding = context.finding(kind.span, message);
            context.report(finding.help("add `after:` with a length of time, such as `after: 1d`"));
        }
    }
    if !has_stuck_alert && workflow.body.rollout_stage() >= FROM_STAGE {
        report_silence(workflow, context);
    }
}

/// From here on systems do the work, so that nobody sees a case lie still.
pub(super) const FROM_STAGE: Stage = 3;

fn report_silence(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let entry = context.entry_below(workflow.key, "monitoring");
    let faulty = entry.is_some() && workflow.body.monitoring.is_none();
    if faulty {
        return;
    }
    let span = entry.map_or(workflow.name.span, |entry| entry.key.span());
    let message = format!(
        "nobody is told when a case of the workflow `{}` is stuck",
        workflow.name.value
    );
    context.report(
        context
            .finding(span, message)
            .help("add `{alert: stuck, after: …, notify: …}` to the alerts of `monitoring`"),
    );
}
