//! `no-path-to-end`: states from which a case cannot finish.

use std::collections::BTreeSet;

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::flow::{Flow, Move, Node, Place};
use crate::rule::ERROR;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::workflow::{State, Workflow};

declare_rule! {
    /// Finds states from which no case can finish.
    ///
    /// A case finishes in a state with `end:`, or in manual mode when a reason of its own resumes
    /// with `fallback`. Every way counts, exceptions and their `resume` included. Two things are no
    /// end that anybody designed: manual mode after too many returns, and the `fallback` of
    /// `default`. Of states that lead to each other, the first is reported.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps: [{id: book, task: Book the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}]
    ///       transitions:
    ///         - {to: done, when: steps.book.ticket_state == 'closed'}
    ///         - {to: parked, else: true}
    ///     parked:
    ///       lifecycle: waiting
    ///       steps: [{id: pause, wait: 1d}]
    ///       to: parked
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps: [{id: book, task: Book the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}]
    ///       transitions:
    ///         - {to: done, when: steps.book.ticket_state == 'closed'}
    ///         - {to: parked, else: true}
    ///     parked:
    ///       lifecycle: waiting
    ///       steps: [{id: pause, wait: 1d}]
    ///       to: given_up
    ///     given_up: {lifecycle: done, end: cancelled}
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Lead a transition to a state with `end:`, or let the resolver of an exception choose one.
    pub static RULE = {
        check: On::Workflow(check),
        id: "no-path-to-end",
        summary: "a state from which no case can finish",
        why: "every case that comes here stays open for good",
        family: Structure,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(flow) = context.flow(workflow) else {
        return;
    };
    let leads = flow.leads_to_an_end();
    let reached = flow.reach([flow.start()], |_| true);
    let trapped: Vec<(Place, BTreeSet<Place>)> = flow
        .places()
        .filter(|(place, _)| reached.contains(*place) && !leads[place.index()])
        .filter(|(_, node)| matches!(node, Node::State(..)))
        .map(|(place, _)| (place, states_after(flow, place)))
        .collect();
    for (place, after) in &trapped {
        let Node::State(name, state) = flow.node(*place) else {
            continue;
        };
        let leads_back = |other: &Place| {
            let mut others = trapped.iter();
            others.any(|(state, after)| state == other && after.contains(place))
        };
        let is_first = after.first().is_none_or(|first| first >= place);
        if is_first && after.iter().all(leads_back) {
            report(flow, name, state, after, context);
        }
    }
}

/// The states that a case can come to after this one; this one, too, when it can come back.
fn states_after(flow: &Flow<'_>, place: Place) -> BTreeSet<Place> {
    let next = flow.moves(place).iter().map(|step| step.to);
    let after = flow.reach(next, |_| true);
    flow.places()
        .filter(|(place, node)| matches!(node, Node::State(..)) && after.contains(*place))
        .map(|(place, _)| place)
        .collect()
}

fn report(
    flow: &Flow<'_>,
    name: &Spanned<String>,
    state: &State,
    after: &BTreeSet<Place>,
    context: &mut Context<'_>,
) {
    let place = flow.state(&name.value);
    let by_transitions = |step: &Move<'_>| !matches!(flow.node(step.to), Node::Exception { .. });
    let route = place.and_then(|place| {
        flow.round_trip(place, by_transitions)
            .or_else(|| flow.round_trip(place, |_| true))
    });
    let message = match route {
        Some(path) => format!(
            "a case in `{}` can never finish: it only goes round {}",
            name.value,
            path.route(flow)
        ),
        // A state that does not say how it goes on is reported by `exclusive-keys`.
        None if state.to.is_none() && state.transitions.is_none() => return,
        None => format!(
            "a case in `{}` can never finish: no way leads on",
            name.value
        ),
    };
    let mut finding = context.finding(name.span, message).help(
        "lead a transition to a state with `end:`, or let an exception resume in such a state",
    );
    for other in after {
        if let Node::State(other, _) = flow.node(*other)
            && other.span != name.span
        {
            let label = format!("`{}` leads to no end either", other.value);
            finding = finding.label(other.span, label);
        }
    }
    context.report(finding);
}
