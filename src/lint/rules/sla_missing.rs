//! `sla-missing`: workflows that promise no time, or not in a way that can be kept.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::ERROR;
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::duration::Duration;
use crate::syntax::workflow::{Sla, Workflow};

declare_rule! {
    /// Finds workflows without a response time or without a resolution time, and those that promise
    /// a first look later than the result.
    ///
    /// Response is the time until somebody looks at a case, resolution the time until it is done.
    /// Working days are compared by the hours of the calendar.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   sla: {resolution: 3d, calendar: business}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   sla: {response: 4h, resolution: 3d, calendar: business}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `sla: {response: …, resolution: …, calendar: …}` with what requesters may rely on.
    pub static RULE = {
        check: On::Workflow(check),
        id: "sla-missing",
        summary: "no response or resolution time",
        why: "without a promised time nobody can tell a slow case from a lost one",
        family: Sla,
        level: ERROR,
        locked: true,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let name = &workflow.name.value;
    let Some(entry) = context.entry_below(workflow.key, "sla") else {
        context.report(
            context
                .finding(
                    workflow.name.span,
                    format!("the workflow `{name}` promises no time"),
                )
                .help("add `sla: {response: …, resolution: …, calendar: …}`"),
        );
        return;
    };
    let Some(mapping) = entry.value.mapping() else {
        return;
    };
    let missing: Vec<&str> = ["response", "resolution"]
        .into_iter()
        .filter(|key| mapping.get(key).is_none())
        .collect();
    if !missing.is_empty() {
        report_missing(name, &missing, entry.key.span(), context);
    }
    if let Some(sla) = &workflow.body.sla {
        check_order(name, &sla.value, context);
    }
}

fn report_missing(name: &str, missing: &[&str], span: Span, context: &mut Context<'_>) {
    let keys: Vec<String> = missing.iter().map(|key| format!("`{key}: …`")).collect();
    context.report(
        context
            .finding(
                span,
                format!(
                    "the workflow `{name}` promises no {} time",
                    missing.join(" and no ")
                ),
            )
            .help(format!("add {} to `sla`", keys.join(" and "))),
    );
}

fn check_order(name: &str, sla: &Sla, context: &mut Context<'_>) {
    let (Some(response), Some(resolution)) = (&sla.response, &sla.resolution) else {
        return;
    };
    // Without working hours that can be understood, nothing is known about the order.
    let Some(scale) = context.model.scale(sla) else {
        return;
    };
    let limit = scale.seconds(resolution.value);
    if scale.seconds(response.value) <= limit {
        return;
    }
    let message = format!(
        "the workflow `{name}` promises a response after {}, later than the resolution after {}",
        response.value, resolution.value
    );
    let in_hours = Duration {
        seconds: limit,
        ..Duration::default()
    };
    let help = match &sla.calendar {
        Some(calendar) => format!(
            "promise a response within the resolution, which is {in_hours} by the calendar `{}`",
            calendar.name.value
        ),
        None => "promise a response within the resolution".to_owned(),
    };
    context.report(
        context
            .finding(response.span, message)
            .label(resolution.span, "the case is to be done by then")
            .help(help),
    );
}
