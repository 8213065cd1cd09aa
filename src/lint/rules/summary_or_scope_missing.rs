//! `summary-or-scope-missing`: workflows that do not say what they are for, and what not.

use crate::declare_rule;
use crate::diagnostic::Diagnostic;
use crate::lint::{Context, On};
use crate::rule::{ERROR, Level, error_from};
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds workflows without a summary, and workflows without boundaries: what they are for and
    /// what does not start them.
    ///
    /// A missing summary is an error. Missing boundaries are a warning before rollout stage 1 and
    /// an error from it on.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   scope: {includes: [rooms with special set-up]}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   scope: {includes: [rooms with special set-up], excludes: [catering]}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `summary:` with one paragraph that says what the workflow does and why, and
    /// `scope: {includes: […], excludes: […]}`.
    pub static RULE = {
        check: On::Workflow(check),
        id: "summary-or-scope-missing",
        summary: "no summary, or no boundaries",
        why: "nobody can find, explain or refuse work by a definition that does not say what it is for",
        family: Docs,
        level: ERROR,
        since: "0.1.0",
    }
}

const SUMMARY_HELP: &str = "add `summary:` with one paragraph that says what it does and why";
const SCOPE_HELP: &str = "add `scope: {includes: […], excludes: […]}`";

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let name = &workflow.name.value;
    let place = workflow.name.span;
    let has_summary = context.entry_below(workflow.key, "summary").is_some();
    let has_scope = context.entry_below(workflow.key, "scope").is_some();
    match (has_summary, has_scope) {
        (false, false) => {
            let message = format!("the workflow `{name}` has neither a summary nor boundaries");
            let help = format!(
                "{SUMMARY_HELP}, and {}",
                SCOPE_HELP.trim_start_matches("add ")
            );
            context.report(context.finding(place, message).help(help));
        }
        (false, true) => {
            let message = format!("the workflow `{name}` has no summary");
            context.report(context.finding(place, message).help(SUMMARY_HELP));
        }
        (true, false) => {
            let message = format!("the workflow `{name}` does not say what it is for and what not");
            context.report(about_scope(workflow, place, message, context).help(SCOPE_HELP));
        }
        (true, true) => {}
    }
    check_summary(workflow, context);
    check_scope(workflow, context);
}

fn check_summary(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let blank = |summary: &&crate::source::Spanned<String>| summary.value.trim().is_empty();
    let Some(summary) = workflow.body.summary.as_ref().filter(blank) else {
        return;
    };
    let message = format!(
        "the summary of the workflow `{}` is blank",
        workflow.name.value
    );
    let finding = context.finding(summary.span, message);
    context.report(finding.help("write one paragraph that says what it does and why"));
}

fn check_scope(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(entry) = context.entry_below(workflow.key, "scope") else {
        return;
    };
    let Some(scope) = entry.value.mapping() else {
        return;
    };
    let is_empty = |key: &str| {
        let items = scope.get(key).map(|entry| entry.value.sequence());
        items.is_none_or(|items| items.is_some_and(|items| items.is_empty()))
    };
    let name = &workflow.name.value;
    let (message, help) = match (is_empty("includes"), is_empty("excludes")) {
        (true, true) => (
            format!("the boundaries of the workflow `{name}` are empty"),
            "write what it is for in `includes`, and what does not start it in `excludes`",
        ),
        (true, false) => (
            format!("the boundaries of the workflow `{name}` do not say what it is for"),
            "add `includes: […]`",
        ),
        (false, true) => (
            format!("the boundaries of the workflow `{name}` do not say what does not start it"),
            "add `excludes: […]` with the cases that belong elsewhere",
        ),
        (false, false) => return,
    };
    context.report(about_scope(workflow, entry.key.span(), message, context).help(help));
}

/// Boundaries are asked for from rollout stage 1 on.
fn about_scope(
    workflow: &Entity<Workflow>,
    span: Span,
    message: String,
    context: &Context<'_>,
) -> Diagnostic {
    let level: Level = error_from(1).at(workflow.body.rollout_stage());
    context.finding(span, message).with_level(level)
}
