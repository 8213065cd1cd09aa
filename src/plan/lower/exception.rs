//! Exception routes: declared ones, and that of `default` for every other reason.

use std::collections::BTreeSet;

use super::{Lowering, extensions, text};
use crate::model::resolve::{BUILT_IN_REASONS, reason};
use crate::plan::ByName;
use crate::plan::exception::{ExceptionRoute, Resume};
use crate::plan::state::State;
use crate::source::Spanned;
use crate::syntax::workflow::{self, ExceptionClass};

/// How often a case may come back from one reason where nobody says.
pub const MAX_RETURNS: u32 = 3;

/// The name of the route for reasons without one.
pub const DEFAULT_ROUTE: &str = "default";

impl Lowering<'_> {
    pub(super) fn exceptions(&self, states: &ByName<State>) -> ByName<ExceptionRoute> {
        let written = || {
            self.workflow
                .exceptions
                .iter()
                .flat_map(|exceptions| exceptions.value.iter())
        };
        let default = written().find(|(name, _)| name.value == DEFAULT_ROUTE);
        let returns = default
            .and_then(|(_, route)| route.max_returns.as_ref())
            .map_or(MAX_RETURNS, |returns| returns.value);
        let declared = written().map(|(name, route)| {
            let route = self.route(name, route, returns, states);
            (name.value.clone(), route)
        });
        let default = default.map(|(name, route)| self.route(name, route, returns, states));
        let raised: BTreeSet<&str> = states.values().flat_map(State::raises).collect();
        let undeclared = BUILT_IN_REASONS.into_iter().chain(raised).map(|reason| {
            let route = self.undeclared(reason, default.as_ref(), states);
            (reason.to_owned(), route)
        });
        declared.chain(undeclared).collect()
    }

    fn route(
        &self,
        name: &Spanned<String>,
        route: &workflow::ExceptionRoute,
        returns: u32,
        states: &ByName<State>,
    ) -> ExceptionRoute {
        ExceptionRoute {
            class: route
                .class
                .as_ref()
                .map(|class| class.value)
                .or_else(|| built_in_class(&name.value)),
            queue: route.queue.as_ref().map(|queue| queue.name.value.clone()),
            resume: resume(route),
            max_returns: route
                .max_returns
                .as_ref()
                .map_or(returns, |returns| returns.value),
            raised_in: self.raised_in(&name.value, states),
            declared: true,
            summary: text(route.summary.as_ref()),
            origin: self.origin(format!("exceptions.{}", name.value), name.span),
            extensions: extensions(&route.extensions),
        }
    }

    fn undeclared(
        &self,
        reason: &str,
        default: Option<&ExceptionRoute>,
        states: &ByName<State>,
    ) -> ExceptionRoute {
        let class = built_in_class(reason);
        let raised_in = self.raised_in(reason, states);
        match default {
            Some(route) => ExceptionRoute {
                class: class.or(route.class),
                raised_in,
                declared: false,
                extensions: ByName::default(),
                ..route.clone()
            },
            None => ExceptionRoute {
                class,
                queue: None,
                resume: vec![Resume::Fallback],
                max_returns: MAX_RETURNS,
                raised_in,
                declared: false,
                summary: None,
                origin: self.whole_document(),
                extensions: ByName::default(),
            },
        }
    }

    fn raised_in(&self, reason: &str, states: &ByName<State>) -> BTreeSet<String> {
        let start = self.start();
        states
            .iter()
            .filter(|(name, state)| {
                let at_the_door = reason == reason::CONTRACT_VIOLATION && *name == start;
                at_the_door || state.raises().contains(reason)
            })
            .map(|(name, _)| name.to_owned())
            .collect()
    }
}

fn resume(route: &workflow::ExceptionRoute) -> Vec<Resume> {
    let written: Vec<Resume> = route
        .resume
        .iter()
        .flat_map(|resume| resume.value.iter())
        .map(|resume| match resume {
            workflow::Resume::Same(_) => Resume::Same,
            workflow::Resume::Fallback(_) => Resume::Fallback,
            workflow::Resume::State(state) => Resume::State(state.name.value.clone()),
        })
        .collect();
    if written.is_empty() {
        vec![Resume::Fallback]
    } else {
        written
    }
}

fn built_in_class(reason: &str) -> Option<ExceptionClass> {
    match reason {
        reason::TIMEOUT => Some(ExceptionClass::Stalled),
        reason::ERROR => Some(ExceptionClass::System),
        reason::CONTRACT_VIOLATION => Some(ExceptionClass::DataQuality),
        reason::NO_MATCH => Some(ExceptionClass::Judgement),
        _ => None,
    }
}
