//! `backup-missing`: workflows for which nobody answers while the owner is out.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::WARNING;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds workflows without a backup, and backups who are the owner.
    ///
    /// Owners are ill, on holiday and in meetings. The backup decides meanwhile, so that a case
    /// does not wait two weeks for a signature.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   owner: tom.okafor
    ///   backup: tom.okafor
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   owner: tom.okafor
    ///   backup: priya.shah
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `backup:` with the name of a second person.
    pub static RULE = {
        check: On::Workflow(check),
        id: "backup-missing",
        summary: "nobody answers while the owner is out",
        why: "while the owner is out, every decision waits",
        family: Ownership,
        level: WARNING,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let name = &workflow.name.value;
    if context.entry_below(workflow.key, "backup").is_none() {
        let message = format!("nobody stands in for the owner of `{name}`");
        context.report(
            context
                .finding(workflow.name.span, message)
                .help("add `backup:` with the name of a second person"),
        );
        return;
    }
    let (Some(owner), Some(backup)) = (&workflow.body.owner, &workflow.body.backup) else {
        return;
    };
    if owner.value == backup.value {
        let message = format!(
            "`{}` is both the owner and the backup of `{name}`",
            backup.value
        );
        context.report(
            context
                .finding(backup.span, message)
                .label(owner.span, "the same person")
                .help("name a second person as backup"),
        );
    }
}
