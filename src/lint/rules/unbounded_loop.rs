//! `unbounded-loop`: ways round that nothing limits.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::flow::{Flow, Move, Node, Way};
use crate::rule::ERROR;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::workflow::{ExceptionRoute, State, Workflow};

declare_rule! {
    /// Finds loops of states that a case can go round in without limit.
    ///
    /// A loop is limited by `max_visits` of one of its states, or by a `timeout` of one of them that
    /// leads out of the loop. A loop through an exception is also limited by its `max_returns`, that of
    /// `default` standing for all reasons. That a resolver may choose to end the case does not limit how
    /// often it comes back; where not even that is possible, `no-way-back` reports it. A loop that cannot
    /// be left at all is reported by `no-path-to-end`.
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
    ///         - {to: new, else: true}
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       max_visits: 3
    ///       steps: [{id: book, task: Book the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}]
    ///       transitions:
    ///         - {to: done, when: steps.book.ticket_state == 'closed'}
    ///         - {to: new, else: true}
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Give the exception a `max_returns`, a state of the loop a `max_visits`, or a `timeout` with an `on_timeout` that leads out.
    pub static RULE = {
        check: On::Workflow(check),
        id: "unbounded-loop",
        summary: "a loop that nothing limits",
        why: "a case can be sent back and forth forever while its promise runs out",
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
    let limited: Vec<bool> = flow
        .places()
        .map(|(_, node)| match node {
            Node::State(name, state) => is_limited(flow, name, state),
            Node::Exception { route, .. } => is_limited_return(&workflow.body, route),
            Node::Start
            | Node::If(..)
            | Node::Step(_)
            | Node::Done(_)
            | Node::Leave(..)
            | Node::BranchEnd
            | Node::Fallback
            | Node::Elsewhere => false,
        })
        .collect();
    let open = |step: &Move<'_>| !limited[step.to.index()];
    for group in flow.loops(open) {
        let first = group
            .iter()
            .find(|place| matches!(flow.node(**place), Node::State(..)));
        let Some(first) = first.filter(|first| reached.contains(**first)) else {
            continue;
        };
        let round = flow.round_trip(*first, open);
        if let (Some(path), true) = (round, leads[first.index()]) {
            report(flow, &path, context);
        }
    }
}

fn report<'a>(flow: &Flow<'a>, path: &crate::model::flow::Path<'a>, context: &mut Context<'_>) {
    let Some(back) = path.moves.last().and_then(|step| step.way.span()) else {
        return;
    };
    let Some(first) = path.states(flow).first().copied() else {
        return;
    };
    let mut finding = context.finding(
        back,
        format!(
            "nothing limits how often a case goes round {}",
            path.route(flow)
        ),
    );
    for (span, label) in path.labels(flow) {
        if span != back {
            finding = finding.label(span, label);
        }
    }
    let resumes = |step: &&Move<'a>| matches!(step.way, Way::Resume(_));
    let returns = if path.moves.iter().any(|step| resumes(&step)) {
        "the returns with `max_returns: 3` of the exception, "
    } else {
        ""
    };
    context.report(finding.help(format!(
        "limit {returns}the rounds with `max_visits: 3` in `{}`, or the time with a `timeout` that leads out of the loop",
        first.value
    )));
}

/// True when a case comes back from the exception only so often, and where nobody could end it
/// otherwise, which `no-way-back` reports.
fn is_limited_return(workflow: &Workflow, route: Option<&ExceptionRoute>) -> bool {
    let Some(route) = route else { return true };
    let default = workflow.exceptions.as_ref();
    let default = default.and_then(|routes| routes.value.get("default"));
    let limits = |route: &ExceptionRoute| route.max_returns.is_some();
    limits(route) || default.is_some_and(limits) || !workflow.has_way_out(route)
}

/// True when a case can come to the state, or stay in it, only so often or so long.
fn is_limited(flow: &Flow<'_>, name: &Spanned<String>, state: &State) -> bool {
    if state.max_visits.is_some() {
        return true;
    }
    let mut targets = state.on_timeout.iter().filter_map(|rung| rung.to.as_ref());
    let leads_back = |target: &crate::syntax::references::StateReference| {
        let target = flow.state(&target.name.value);
        let place = flow.state(&name.value);
        match (target, place) {
            (Some(target), Some(place)) => flow.reach([target], |_| true).contains(place),
            (None, _) | (_, None) => false,
        }
    };
    state.timeout.is_some() && !targets.any(leads_back)
}
