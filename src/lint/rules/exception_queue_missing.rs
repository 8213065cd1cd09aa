//! `exception-queue-missing`: exceptions that nobody takes.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds workflows whose exceptions have no `default` queue.
    ///
    /// Not every exception can be foreseen. What has no entry of its own, an unhandled timeout, an
    /// error, a broken contract, goes to `exceptions.default`; without it such a case belongs to
    /// nobody.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   exceptions:
    ///     ERROR: {class: system, queue: replay, resume: same, max_returns: 3}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   exceptions:
    ///     ERROR: {class: system, queue: replay, resume: same}
    ///     default: {queue: facilities-exceptions, resume: fallback, max_returns: 3}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `default:` under `exceptions:`, with a queue that somebody owns and a way back.
    pub static RULE = {
        check: On::Workflow(check),
        id: "exception-queue-missing",
        summary: "exceptions that nobody takes",
        why: "a case that fails in a way nobody foresaw would wait where nobody looks",
        family: Exceptions,
        level: ERROR,
        locked: true,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let name = &workflow.name;
    let key = context.entry_below(workflow.key, "exceptions");
    let (span, message, help) = match &workflow.body.exceptions {
        Some(routes) if routes.value.get("default").is_some() => return,
        Some(routes) if context.entry_beside(routes.span, "default").is_some() => return,
        Some(routes) => (
            key.map_or(routes.span, |entry| entry.key.span()),
            format!("the exceptions of `{}` have no default queue", name.value),
            "add `default: {queue: …, resume: fallback, max_returns: 3}` below it",
        ),
        None if key.is_some() => return,
        None => (
            name.span,
            format!(
                "the workflow `{}` has no queue for its exceptions",
                name.value
            ),
            "add `exceptions:` with `default: {queue: …, resume: fallback, max_returns: 3}`",
        ),
    };
    context.report(context.finding(span, message).help(help));
}
