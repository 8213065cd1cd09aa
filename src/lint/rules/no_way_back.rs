//! `no-way-back`: exceptions from which a case never returns, or returns for ever.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::moves::Moves;
use crate::model::raises::Raise;
use crate::model::resolve::BUILT_IN_REASONS;
use crate::rule::ERROR;
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::workflow::{ExceptionRoute, Resume, Workflow};

declare_rule! {
    /// Finds exceptions without `resume`, and exceptions by which a case can come back without end.
    ///
    /// A case comes back without end when the reason can be raised again after every return, and
    /// nothing stops it: no `max_returns` of the exception or of `default`, and neither `fallback`
    /// nor a state that ends the case among the ways that the resolver may choose. Where the resolver
    /// may choose an end and yet sends the case back without limit, `unbounded-loop` reports it.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   exceptions:
    ///     TIMEOUT: {class: stalled, queue: facilities-exceptions}
    ///     ERROR: {class: system, queue: replay, resume: same}
    ///     default: {queue: facilities-exceptions, resume: fallback}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   exceptions:
    ///     TIMEOUT: {class: stalled, queue: facilities-exceptions, resume: [new, done]}
    ///     ERROR: {class: system, queue: replay, resume: same, max_returns: 5}
    ///     default: {queue: facilities-exceptions, resume: fallback}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `resume:` with `same`, `fallback`, a state, or a list of states for the resolver to choose
    /// from. Add `max_returns:` to the exception, or to `default` for all of them; after so many
    /// returns the case goes to the fallback.
    pub static RULE = {
        check: On::Workflow(check),
        id: "no-way-back",
        summary: "an exception without an end",
        why: "a case that cannot leave its exception is neither done nor given up",
        family: Exceptions,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(routes) = &workflow.body.exceptions else {
        return;
    };
    let returning = Returning::of(&workflow.body);
    for (reason, route) in routes.value.iter() {
        let is_written = context
            .entry_at(reason.span)
            .and_then(|entry| entry.value.mapping()?.get("resume"))
            .is_some_and(|resume| resume.value.sequence().is_none());
        if ways(route).is_empty() {
            if is_written {
                continue;
            }
            let message = format!("a case that raises `{}` has no way back", reason.value);
            context.report(context.finding(reason.span, message).help(
                "add `resume:` with `same`, `fallback`, a state, or a list of states to choose from",
            ));
        } else if let Some(way) = returning.endless_way(reason, route) {
            let message = format!("`{}` can send a case back without end", reason.value);
            context.report(
                context.finding(way, message).help(
                    "add `max_returns:` here or to `default`, or let the resolver choose a state that ends the case",
                ),
            );
        }
    }
}

fn ways(route: &ExceptionRoute) -> Vec<&Resume> {
    let resume = route.resume.iter();
    resume.flat_map(|resume| resume.value.iter()).collect()
}

/// What is needed to tell whether a case comes back to where its reason was raised.
struct Returning<'a> {
    workflow: &'a Workflow,
    raises: Vec<Raise<'a>>,
    moves: Moves<'a>,
}

impl<'a> Returning<'a> {
    /// Ways through other exceptions that nothing limits are ways, too.
    fn of(workflow: &'a Workflow) -> Self {
        let mut returning = Returning {
            workflow,
            raises: workflow.raises(),
            moves: workflow.moves(),
        };
        let routes = workflow.exceptions.iter();
        for (reason, route) in routes.flat_map(|routes| routes.value.iter()) {
            if returning.is_limited(route) {
                continue;
            }
            for state in returning.raising_states(reason) {
                for way in ways(route) {
                    if let Resume::State(target) = way {
                        returning.moves.add(state, &target.name.value);
                    }
                }
            }
        }
        returning
    }

    /// The states in which a reason can be raised; the engine's own reasons, and with them
    /// `default`, anywhere.
    fn raising_states(&self, reason: &Spanned<String>) -> Vec<&'a str> {
        let is_anywhere =
            reason.value == "default" || BUILT_IN_REASONS.contains(&reason.value.as_str());
        if is_anywhere {
            let states = self.workflow.all_states();
            let open = states.filter(|(_, state)| state.end.is_none());
            return open.map(|(name, _)| name.value.as_str()).collect();
        }
        let raises = self.raises.iter();
        raises
            .filter(|raise| raise.reason.value == reason.value)
            .map(|raise| raise.state.value.as_str())
            .collect()
    }

    fn is_limited(&self, route: &ExceptionRoute) -> bool {
        let routes = self.workflow.exceptions.as_ref();
        let default = routes.and_then(|routes| routes.value.get("default"));
        route.max_returns.is_some()
            || default.is_some_and(|default| default.max_returns.is_some())
            || self.workflow.has_way_out(route)
    }

    /// The way by which a case comes to raise the same reason again, without limit.
    fn endless_way(&self, reason: &Spanned<String>, route: &'a ExceptionRoute) -> Option<Span> {
        if self.is_limited(route) {
            return None;
        }
        let states = self.raising_states(reason);
        ways(route).into_iter().find_map(|way| match way {
            Resume::Same(span) => (!states.is_empty()).then_some(*span),
            Resume::Fallback(_) => None,
            Resume::State(target) => states
                .iter()
                .any(|state| self.moves.reaches(&target.name.value, state))
                .then_some(target.name.span),
        })
    }
}
