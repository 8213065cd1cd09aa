//! `undeclared-reason`: reasons that lead to no entry of `exceptions`.

use crate::declare_rule;
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::lint::{Context, On};
use crate::model::resolve::BUILT_IN_REASONS;
use crate::rule::ERROR;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::decode::nearest;
use crate::syntax::workflow::{ExceptionRoute, Workflow};

declare_rule! {
    /// Finds reason codes that are raised, or that running cases are migrated to, without an entry
    /// under `exceptions`.
    ///
    /// The reasons that the engine raises itself, `TIMEOUT`, `ERROR`, `CONTRACT_VIOLATION` and
    /// `NO_MATCH`, need no entry: they go to `default`. A workflow without any `exceptions` is
    /// reported once, by `exception-queue-missing`.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps: [{id: known, check: [{that: input.room != '', raise: MISING_ROOM}]}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    ///   exceptions:
    ///     MISSING_ROOM: {class: missing_info, queue: needs-info, resume: same}
    ///     default: {queue: facilities-exceptions, resume: fallback, max_returns: 3}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps: [{id: known, check: [{that: input.room != '', raise: MISSING_ROOM}]}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    ///   exceptions:
    ///     MISSING_ROOM: {class: missing_info, queue: needs-info, resume: same}
    ///     default: {queue: facilities-exceptions, resume: fallback, max_returns: 3}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Take the suggested code (`--fix=unsafe` does), or declare the reason with the queue that
    /// resolves it and the way back.
    pub static RULE = {
        check: On::Workflow(check),
        id: "undeclared-reason",
        summary: "a reason that is raised but not declared",
        why: "nobody has said who resolves it and how the case comes back",
        family: Exceptions,
        level: ERROR,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(routes) = &workflow.body.exceptions else {
        return;
    };
    let declared: Vec<(&Spanned<String>, &ExceptionRoute)> = routes.value.iter().collect();
    let raises = workflow.body.raises();
    let migrated = workflow
        .body
        .change
        .iter()
        .filter_map(|change| change.value.migrate.as_ref())
        .flat_map(|migrate| migrate.value.reasons.iter())
        .map(|(_, reason)| &reason.name);
    for reason in raises.iter().map(|raise| raise.reason).chain(migrated) {
        let is_known = BUILT_IN_REASONS.contains(&reason.value.as_str())
            || declared.iter().any(|(name, _)| name.value == reason.value);
        if !is_known {
            let message = format!("the reason `{}` is not declared", reason.value);
            let finding = context.finding(reason.span, message);
            context.report(with_remedy(finding, reason, &declared));
        }
    }
}

fn with_remedy(
    finding: Diagnostic,
    reason: &Spanned<String>,
    declared: &[(&Spanned<String>, &ExceptionRoute)],
) -> Diagnostic {
    let codes = declared.iter().map(|(name, _)| *name);
    let codes: Vec<_> = codes.filter(|name| name.value != "default").collect();
    let near = nearest(&reason.value, codes.iter().map(|name| name.value.as_str()));
    let Some(near) = codes.iter().find(|name| Some(name.value.as_str()) == near) else {
        return finding.help(format!(
            "add `{}: {{class: …, queue: …, resume: …}}` under `exceptions:`",
            reason.value
        ));
    };
    finding
        .label(near.span, format!("`{}` is declared here", near.value))
        .help(format!("did you mean `{}`?", near.value))
        .fix(Fix::needs_a_look(vec![Edit {
            span: reason.span,
            text: near.value.clone(),
        }]))
}
