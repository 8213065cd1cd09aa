//! `queue-owner-missing`: queues whose cases belong to nobody.

use crate::declare_rule;
use crate::diagnostic::Diagnostic;
use crate::lint::{Context, On};
use crate::model::queues::{QueueUse, QueueUses};
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::directory::{Queue, QueueKind};

declare_rule! {
    /// Finds queues without an owner, and queues whose owner has left: those that a workflow sends
    /// cases to, by itself or through a decision table, and those for exceptions, missing
    /// information and dead letters in any case.
    ///
    /// A queue of exceptions without an owner is a list of the cases that nobody looks at.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// queues:
    ///   late-bookings: {kind: exception, team: people-ops, sla: {response: 4h, resolution: 1d}}
    /// ```
    ///
    /// ```yaml,good
    /// queues:
    ///   late-bookings: {kind: exception, owner: priya.shah, team: people-ops, sla: {response: 4h, resolution: 1d}}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `owner:` with the name of one person; the team may do the work.
    pub static RULE = {
        check: On::Project(check),
        id: "queue-owner-missing",
        summary: "a queue for which nobody answers",
        why: "exceptions and tasks that belong to no one wait until the requester complains",
        family: Ownership,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(context: &mut Context<'_>) {
    let model = context.model;
    let uses = model.queue_uses();
    for queue in &model.project.queues {
        match &queue.body.owner {
            Some(owner) => check_left(queue, &owner.name.value, context),
            None => check_absent(queue, &uses, context),
        }
    }
}

fn check_absent(queue: &Entity<Queue>, uses: &QueueUses<'_>, context: &mut Context<'_>) {
    let name = &queue.name.value;
    let first_use = uses.of(name).first();
    let kind = queue
        .body
        .kind
        .as_ref()
        .map_or(QueueKind::Work, |kind| kind.value);
    let matters = first_use.is_some() || kind != QueueKind::Work;
    if !matters || context.entry_below(queue.key, "owner").is_some() {
        return;
    }
    let help = match lead(queue, context) {
        Some(lead) => {
            format!("add `owner:` with one person, such as `{lead}`, who leads its team")
        }
        None => "add `owner:` with the name of the person who answers for it".to_owned(),
    };
    let message = format!("nobody answers for the queue `{name}`");
    let finding = context.finding(queue.name.span, message).help(help);
    context.report(show_use(finding, first_use));
}

fn show_use(finding: Diagnostic, first_use: Option<&QueueUse<'_>>) -> Diagnostic {
    match first_use {
        Some(QueueUse { workflow, place }) => finding.label(
            *place,
            format!("cases of `{}` are sent there", workflow.name.value),
        ),
        None => finding,
    }
}

fn lead<'m>(queue: &'m Entity<Queue>, context: &Context<'m>) -> Option<&'m str> {
    let team = context.model.team(&queue.body.team.as_ref()?.name.value)?;
    let lead = &team.body.lead.as_ref()?.name.value;
    context.model.is_active_person(lead).then_some(lead)
}

fn check_left(queue: &Entity<Queue>, owner: &str, context: &mut Context<'_>) {
    let model = context.model;
    let Some(person) = model.person(owner).filter(|person| model.has_left(person)) else {
        return;
    };
    let (Some(left), Some(written)) = (&person.body.left, &queue.body.owner) else {
        return;
    };
    let message = format!(
        "`{owner}`, the owner of the queue `{}`, left on {}",
        queue.name.value, left.value.civil
    );
    context.report(
        context
            .finding(written.name.span, message)
            .label(left.span, "the last day is written here")
            .help("name the person who answers for the queue now"),
    );
}
