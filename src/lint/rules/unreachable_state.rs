//! `unreachable-state`: states that no case ever comes to.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::flow::{Flow, Node, Place, Reached};
use crate::rule::ERROR;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds states that no case ever comes to.
    ///
    /// Every way counts: `to`, transitions, jumps of `catch` and `on_timeout`, and the `resume` of
    /// every exception that can be raised. A state into which running cases are moved by
    /// `change.migrate` is entered, too.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps: [{id: book, task: Book the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}]
    ///       to: done
    ///     second_look:
    ///       lifecycle: in_progress
    ///       steps: [{id: look, task: Look at the room, assign: {queue: facilities}, timeout: 6h}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps: [{id: book, task: Book the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}]
    ///       to: second_look
    ///     second_look:
    ///       lifecycle: in_progress
    ///       steps: [{id: look, task: Look at the room, assign: {queue: facilities}, timeout: 6h}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Lead a way to the state, or remove it. The first state of the list is where cases begin, so
    /// a state that was put before the old first one makes that one unreachable.
    pub static RULE = {
        check: On::Workflow(check),
        id: "unreachable-state",
        summary: "a state that no case comes to",
        why: "work that was designed here is never done, and nobody notices",
        family: Structure,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(flow) = context.flow(workflow) else {
        return;
    };
    let reached = flow.reach(entries(&workflow.body, flow), |_| true);
    for (place, node) in flow.places() {
        let Node::State(name, _) = node else {
            continue;
        };
        if reached.contains(place) {
            continue;
        }
        let finding = match entered_from(flow, place, &reached) {
            Some(before) => context
                .finding(
                    name.span,
                    format!(
                        "the state `{}` is entered only from `{}`, which no case comes to",
                        name.value, before.value
                    ),
                )
                .label(before.span, "no case comes here")
                .help(format!(
                    "lead a way to `{}`, or remove both states",
                    before.value
                )),
            None => context
                .finding(
                    name.span,
                    format!("no case ever comes to the state `{}`", name.value),
                )
                .help(format!(
                    "lead a `to`, a transition or a `resume` to `{}`, or remove the state",
                    name.value
                )),
        };
        context.report(finding);
    }
}

/// Where cases come in: at the start, and where a change moves running cases to.
fn entries(workflow: &Workflow, flow: &Flow<'_>) -> Vec<Place> {
    let migration = workflow
        .change
        .iter()
        .filter_map(|change| change.value.migrate.as_ref());
    let moved = migration
        .flat_map(|migration| migration.value.states.iter())
        .filter_map(|(_, target)| flow.state(&target.name.value));
    std::iter::once(flow.start()).chain(moved).collect()
}

/// Another unreachable state with a way to this one.
fn entered_from<'a>(
    flow: &Flow<'a>,
    target: Place,
    reached: &Reached<'a>,
) -> Option<&'a Spanned<String>> {
    flow.places()
        .filter(|(place, _)| !reached.contains(*place))
        .filter(|(place, _)| flow.moves(*place).iter().any(|step| step.to == target))
        .filter_map(|(place, _)| flow.state_of(place))
        .find(|name| flow.state(&name.value) != Some(target))
}
