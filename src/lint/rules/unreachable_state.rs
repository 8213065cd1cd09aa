//! `unreachable-state`: states that no case ever comes to.

use std::collections::BTreeSet;

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
    // What is missing may be the state that leads on; that it is missing is said there.
    let is_missing = |(place, node): (Place, Node<'_>)| {
        matches!(node, Node::Elsewhere) && reached.contains(place)
    };
    if flow.places().any(is_missing) {
        return;
    }
    let mut told: BTreeSet<Place> = BTreeSet::new();
    for (place, name) in roots(flow, &reached) {
        if told.contains(&place) {
            continue;
        }
        let followers = flow.reach([place], |step| !reached.contains(step.to));
        let message = format!("no case ever comes to the state `{}`", name.value);
        let mut finding = context.finding(name.span, message).help(format!(
            "lead a `to`, a transition or a `resume` to `{}`, or remove the state",
            name.value
        ));
        for (follower, node) in flow.places() {
            if let Node::State(other, _) = node
                && followers.contains(follower)
                && told.insert(follower)
                && follower != place
            {
                let message = format!("nor to `{}`, which only follows from it", other.value);
                finding = finding.label(other.span, message);
            }
        }
        told.insert(place);
        context.report(finding);
    }
}

/// The states without cases: first those that no other one leads to, then those in circles.
fn roots<'a>(flow: &Flow<'a>, reached: &Reached<'a>) -> Vec<(Place, &'a Spanned<String>)> {
    let lonely = flow.places().filter_map(|(place, node)| match node {
        Node::State(name, _) if !reached.contains(place) => Some((place, name)),
        _ => None,
    });
    let (first, circles): (Vec<_>, Vec<_>) = lonely.partition(|(target, _)| {
        let mut places = flow.places();
        !places.any(|(place, _)| {
            let leads = flow.moves(place).iter().any(|step| step.to == *target);
            leads && !reached.contains(place)
        })
    });
    first.into_iter().chain(circles).collect()
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
