//! `metrics-or-review-missing`: monitoring that leaves out a figure, or that nobody looks at.

use crate::declare_rule;
use crate::diagnostic::Edit;
use crate::lint::{Context, On};
use crate::rule::WARNING;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;
use crate::yaml::{Entry, edit};

declare_rule! {
    /// Finds `monitoring:` sections that keep fewer than the five metrics, or that name no cadence
    /// at which somebody reviews them.
    ///
    /// The five are `success_rate`, `time_in_state`, `exceptions_by_reason`, `sla_attainment` and
    /// `data_quality`; any others may be added. Whether there must be monitoring at all is for
    /// `readiness-incomplete` and `stuck-alert-missing`.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   monitoring:
    ///     review: weekly
    ///     metrics: [success_rate, sla_attainment]
    ///     alerts: [{alert: stuck, state: new, after: 1d, notify: people-ops}]
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   monitoring:
    ///     review: weekly
    ///     metrics: [success_rate, time_in_state, exceptions_by_reason, sla_attainment, data_quality]
    ///     alerts: [{alert: stuck, state: new, after: 1d, notify: people-ops}]
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add the metrics that the message names (`--fix` does) and `review:` with a cadence that
    /// people keep.
    pub static RULE = {
        check: On::Workflow(check),
        id: "metrics-or-review-missing",
        summary: "a metric is not kept, or nobody reviews them",
        why: "drift shows in figures that somebody looks at, or not at all",
        family: Observability,
        level: WARNING,
        fixable: Safe,
        since: "0.1.0",
    }
}

/// What every workflow is watched by.
const METRICS: [&str; 5] = [
    "success_rate",
    "time_in_state",
    "exceptions_by_reason",
    "sla_attainment",
    "data_quality",
];

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(entry) = context.entry_below(workflow.key, "monitoring") else {
        return;
    };
    let Some(monitoring) = entry.value.mapping() else {
        return;
    };
    let name = &workflow.name.value;
    check_metrics(name, entry, context);
    if monitoring.get("review").is_none() {
        let message = format!("nobody reviews the metrics of the workflow `{name}`");
        context.report(
            context
                .finding(entry.key.span(), message)
                .help("add `review: weekly`, or another cadence that people keep"),
        );
    }
}

fn check_metrics(name: &str, monitoring: Entry<'_>, context: &mut Context<'_>) {
    let metrics = monitoring
        .value
        .mapping()
        .and_then(|keys| keys.get("metrics"));
    let list = metrics.map(|metrics| metrics.value);
    if list.is_some_and(|list| list.sequence().is_none()) {
        return;
    }
    let kept: Vec<&str> = list
        .and_then(|list| list.sequence())
        .into_iter()
        .flat_map(|list| list.items())
        .filter_map(|item| item.scalar().map(|metric| metric.text()))
        .collect();
    let missing: Vec<&str> = METRICS
        .into_iter()
        .filter(|metric| !kept.contains(metric))
        .collect();
    if missing.is_empty() {
        return;
    }
    let text = context.sources.file(monitoring.key.span().source).text();
    let edit: Option<Edit> = match list {
        Some(list) => edit::append_items(list, text, &missing),
        None => context.insert_below(
            monitoring.key.span(),
            "metrics",
            &format!("[{}]", missing.join(", ")),
        ),
    };
    let span = metrics.map_or(monitoring.key.span(), |metrics| metrics.key.span());
    let message = format!(
        "the monitoring of the workflow `{name}` leaves out `{}`",
        missing.join("`, `")
    );
    context.report(
        context
            .finding(span, message)
            .help(format!("add `{}` to `metrics`", missing.join("`, `")))
            .safe_fix(edit),
    );
}
