//! `unused-reason`: exceptions that never happen.

use std::collections::BTreeSet;

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::resolve::BUILT_IN_REASONS;
use crate::rule::WARNING;
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;
use crate::yaml::edit;

declare_rule! {
    /// Finds reason codes that are declared under `exceptions` and never raised.
    ///
    /// `default` and the reasons that the engine raises itself, `TIMEOUT`, `ERROR`,
    /// `CONTRACT_VIOLATION` and `NO_MATCH`, are always in use.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   exceptions:
    ///     NO_ROOM: {class: policy, queue: facilities-exceptions, resume: fallback}
    ///     default: {queue: facilities-exceptions, resume: fallback, max_returns: 3}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   exceptions:
    ///     TIMEOUT: {class: stalled, queue: facilities-exceptions, resume: fallback}
    ///     default: {queue: facilities-exceptions, resume: fallback, max_returns: 3}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Raise the reason where it occurs, or remove the entry (`--fix=unsafe` does).
    pub static RULE = {
        check: On::Workflow(check),
        id: "unused-reason",
        summary: "a reason that is declared but never raised",
        why: "people believe that a danger is caught which no step looks for",
        family: Exceptions,
        level: WARNING,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(routes) = &workflow.body.exceptions else {
        return;
    };
    let raises = workflow.body.raises();
    let raised: BTreeSet<&str> = raises
        .iter()
        .map(|raise| raise.reason.value.as_str())
        .chain(BUILT_IN_REASONS)
        .chain(["default"])
        .collect();
    for (reason, _) in routes.value.iter() {
        if raised.contains(reason.value.as_str()) {
            continue;
        }
        let message = format!(
            "nothing in `{}` raises `{}`",
            workflow.name.value, reason.value
        );
        context.report(
            context
                .finding(reason.span, message)
                .help("raise it where it occurs, or remove the entry")
                .unsafe_fix(removal(routes.span, reason.span, context)),
        );
    }
}

fn removal(routes: Span, reason: Span, context: &Context<'_>) -> Option<crate::diagnostic::Edit> {
    let mapping = context.mapping_at(routes)?;
    edit::remove_entry(mapping, reason, context.sources.file(reason.source).text())
}
