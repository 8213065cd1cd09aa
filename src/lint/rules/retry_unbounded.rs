//! `retry-unbounded`: retries that never give up, or hammer a system that is down.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::{ERROR, Level};
use crate::source::Span;
use crate::syntax::step::{Retry, RetryPolicy};

declare_rule! {
    /// Finds retries without a `limit`, and, as a warning, retries whose pauses do not grow.
    ///
    /// A `backoff` that is written is a decision, `constant` too. A single retry needs none.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps: [{id: ticket, call: ITSM.get_ticket, timeout: 1m, retry: {delay: 30s, backoff: exponential}}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps: [{id: ticket, call: ITSM.get_ticket, timeout: 1m, retry: {limit: 4, delay: 30s, backoff: exponential}}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `limit:`, the number of retries after the first attempt, and `backoff: exponential`;
    /// `flowgate check --fix` adds a limit of 4.
    pub static RULE = {
        check: On::Project(check),
        id: "retry-unbounded",
        summary: "a retry without a limit or backoff",
        why: "a call that is tried for ever never becomes an exception that somebody sees",
        family: Reliability,
        level: ERROR,
        fixable: Safe,
        since: "0.1.0",
    }
}

fn check(context: &mut Context<'_>) {
    let model = context.model;
    let named = model
        .config()
        .into_iter()
        .flat_map(|config| config.retries.iter());
    for (name, policy) in named {
        let what = format!("the retry `{}`", name.value);
        let place = context
            .entry_at(name.span)
            .map_or(name.span, |entry| entry.value.span());
        judge(policy, &what, name.span, place, context);
    }
    for workflow in &model.project.workflows {
        for place in workflow.body.all_steps() {
            let Some(retry) = &place.step.retry else {
                continue;
            };
            if let Retry::Inline(policy) = &retry.value {
                let what = format!("the retry of `{}`", place.step.name());
                judge(policy, &what, retry.span, retry.span, context);
            }
        }
    }
}

/// `shown` is marked, `mapping` holds the keys of the retry.
fn judge(policy: &RetryPolicy, what: &str, shown: Span, mapping: Span, context: &mut Context<'_>) {
    let Some(limit) = &policy.limit else {
        if context.entry_beside(mapping, "limit").is_some() {
            return;
        }
        let edit = addition(mapping, "limit", "4", context);
        context.report(
            context
                .finding(shown, format!("{what} never gives up"))
                .help("add `limit:` with the number of retries after the first attempt")
                .safe_fix(edit),
        );
        return;
    };
    let has_backoff =
        policy.backoff.is_some() || context.entry_beside(mapping, "backoff").is_some();
    if !has_backoff && limit.value > 1 {
        let edit = addition(mapping, "backoff", "exponential", context);
        context.report(
            context
                .finding(shown, format!("{what} tries {} times without growing pauses", limit.value))
                .with_level(Level::Warning)
                .help("add `backoff: exponential`, or `backoff: constant` when equal pauses are meant")
                .safe_fix(edit),
        );
    }
}

fn addition(
    mapping: Span,
    key: &str,
    value: &str,
    context: &Context<'_>,
) -> Option<crate::diagnostic::Edit> {
    let text = context.sources.file(mapping.source).text();
    crate::yaml::edit::insert_entry(context.mapping_at(mapping)?, text, key, value)
}
