//! `success-metric-missing`: workflows by which nothing can be judged.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::error_from;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds workflows without a success metric, and metrics without a baseline or a target.
    ///
    /// One figure from before and one to aim at are enough to tell later whether the automation was
    /// worth it.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   success: {metric: cycle_time}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   success: {metric: cycle_time, baseline: 2d, target: 1d}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `success: {metric: …, baseline: …, target: …}`. Measure the baseline before anything is
    /// automated: afterwards it is too late.
    pub static RULE = {
        check: On::Workflow(check),
        id: "success-metric-missing",
        summary: "nothing to judge the workflow by",
        why: "whether it helps becomes a matter of opinion",
        family: Observability,
        level: error_from(1),
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let name = &workflow.name.value;
    let Some(entry) = context.entry_below(workflow.key, "success") else {
        context.report(
            context
                .finding(
                    workflow.name.span,
                    format!("nothing says how the success of the workflow `{name}` is measured"),
                )
                .help("add `success: {metric: …, baseline: …, target: …}`"),
        );
        return;
    };
    let written = entry.value.mapping();
    let metric = workflow
        .body
        .success
        .as_ref()
        .and_then(|success| success.value.metric.as_ref());
    let (Some(written), Some(metric)) = (written, metric) else {
        return;
    };
    let missing: Vec<&str> = ["baseline", "target"]
        .into_iter()
        .filter(|key| written.get(key).is_none())
        .collect();
    if missing.is_empty() {
        return;
    }
    let message = format!(
        "the success metric `{}` of the workflow `{name}` has no {}",
        metric.value,
        missing.join(" and no ")
    );
    let keys: Vec<String> = missing.iter().map(|key| format!("`{key}: …`")).collect();
    context.report(
        context
            .finding(metric.span, message)
            .help(format!("add {}", keys.join(" and "))),
    );
}
