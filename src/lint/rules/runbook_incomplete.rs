//! `runbook-incomplete`: runbooks that leave out what people need at night.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::runbook::{Runbook, Topic};
use crate::rule::error_from;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds fallback runbooks without sections on replay, roll back and manual mode.
    ///
    /// Headings are understood in Markdown, AsciiDoc and reStructuredText and in the words that
    /// people use: "Replay" or "Re-run", "Roll back" or "Undo", "Manual mode" or "By hand". A
    /// heading with nothing below it does not count.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   fallback: {mode: manual, owner: tom.okafor, runbook: runbooks/rooms-draft.md}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   fallback: {mode: manual, owner: tom.okafor, runbook: runbooks/rooms.md}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Write the missing sections: how a failed run is replayed, how a wrong one is undone, and how
    /// the work is done by hand.
    pub static RULE = {
        check: On::Workflow(check),
        id: "runbook-incomplete",
        summary: "a runbook without replay, roll back or manual mode",
        why: "whoever is called at night finds out by trying",
        family: Docs,
        level: error_from(4),
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let fallback = workflow.body.fallback.as_ref();
    let Some(path) = fallback.and_then(|fallback| fallback.value.runbook.as_ref()) else {
        return;
    };
    let Some(text) = context.model.surroundings.files.text(&path.path) else {
        return;
    };
    let runbook = Runbook::read(text);
    let missing: Vec<Topic> = Topic::ALL
        .into_iter()
        .filter(|topic| !runbook.covers(*topic))
        .collect();
    if missing.is_empty() {
        return;
    }
    let words: Vec<&str> = missing.iter().map(|topic| topic.as_str()).collect();
    let message = format!(
        "the runbook `{}` has no section on {}",
        path.path.value,
        words.join(" and none on ")
    );
    let headings: Vec<String> = missing
        .iter()
        .map(|topic| format!("`## {}`", topic.title()))
        .collect();
    context.report(context.finding(path.path.span, message).help(format!(
        "write {}, with what to do step by step",
        headings.join(" and ")
    )));
}
