//! The worst path with one exception: where it is raised, how long its queue may take, and what
//! is still to do after it.

use std::collections::HashMap;

use super::{Cost, Row, Timing, sum};
use crate::model::flow::{Flow, Node, Place};
use crate::source::Spanned;
use crate::syntax::step::Step;
use crate::syntax::workflow::{ExceptionRoute, Resume};

/// The longest path with one exception on it.
#[derive(Debug, Clone)]
pub struct Detour<'a> {
    /// The reason.
    pub reason: &'a str,
    /// The state in which it is raised.
    pub raised_in: &'a Spanned<String>,
    /// What takes time until it is raised.
    pub before: Vec<Row<'a>>,
    /// The queue that resolves it, when one is named.
    pub queue: Option<&'a Spanned<String>>,
    /// The time that the queue promises; nothing while the clock of the case stands still.
    pub in_queue: u64,
    /// True when the clock of the case stands still in the queue.
    pub pauses: bool,
    /// What takes time after the case has come back.
    pub after: Vec<Row<'a>>,
}

impl Detour<'_> {
    /// What the whole may take.
    pub fn cost(&self) -> Cost {
        let waiting = Cost {
            wait: self.in_queue,
            ..Cost::default()
        };
        sum(&self.before).plus(waiting).plus(sum(&self.after))
    }
}

/// A place at which a reason can be raised.
#[derive(Clone, Copy)]
struct Raise<'a> {
    state: usize,
    /// How many steps may have been completed when it happens.
    steps: usize,
    reason: &'a str,
    raised_in: &'a Spanned<String>,
    route: Option<&'a ExceptionRoute>,
}

impl<'a> Timing<'a> {
    /// The longest path on which one exception is raised at the last moment, resolved in the time
    /// that its queue promises, and followed by the longest way on; `None` when nothing can be
    /// raised. A queue that pauses the promise takes no time.
    pub fn with_one_exception(&self) -> Option<Detour<'a>> {
        let flow = Flow::of(self.workflow);
        let mut worst: Option<(u64, Raise<'a>, Option<usize>)> = None;
        for raise in self.raises(&flow) {
            let Some(before) = self.states.before(raise.state) else {
                continue;
            };
            let (in_queue, _) = self.queue_time(raise.route);
            let raised = before
                .saturating_add(self.states.stay(raise.state).total(raise.steps))
                .saturating_add(in_queue);
            for back in self.ways_back(&raise) {
                let rest = back.map_or(0, |state| self.states.after(state));
                let total = raised.saturating_add(rest);
                if worst.is_none_or(|(longest, _, _)| total > longest) {
                    worst = Some((total, raise, back));
                }
            }
        }
        let (_, raise, back) = worst?;
        let mut before = self.states.rows_to(raise.state);
        before.extend(self.states.stay(raise.state).rows(raise.steps));
        let (in_queue, pauses) = self.queue_time(raise.route);
        let queue = raise.route.and_then(|route| route.queue.as_ref());
        Some(Detour {
            reason: raise.reason,
            raised_in: raise.raised_in,
            before,
            queue: queue.map(|queue| &queue.name),
            in_queue,
            pauses,
            after: back.map_or_else(Vec::new, |state| self.states.rows_from(state)),
        })
    }

    fn raises(&self, flow: &Flow<'a>) -> Vec<Raise<'a>> {
        let steps = self.positions_of_steps();
        let mut raises = Vec::new();
        for (place, node) in flow.places() {
            let (state, steps) = match node {
                Node::Step(context) => {
                    let position = steps.get(&std::ptr::from_ref(context.step));
                    (context.state_name, position.copied().unwrap_or(0))
                }
                Node::State(name, state) | Node::Leave(name, state) => (name, state.steps.len()),
                Node::Start
                | Node::Done(_)
                | Node::Exception { .. }
                | Node::If(..)
                | Node::BranchEnd
                | Node::Elsewhere
                | Node::Fallback => continue,
            };
            if let Some(state) = self.states.position(&state.value) {
                raises.extend(raised_at(flow, place, state, steps));
            }
        }
        raises
    }

    /// How many steps of its state are complete after each step, inner ones with the outer one.
    fn positions_of_steps(&self) -> HashMap<*const Step, usize> {
        let mut positions = HashMap::new();
        for (_, state) in self.workflow.all_states() {
            for (position, step) in state.steps.iter().enumerate() {
                let mut inside = vec![step];
                while let Some(step) = inside.pop() {
                    positions.insert(std::ptr::from_ref(step), position + 1);
                    inside.extend(step.nested());
                }
            }
        }
        positions
    }

    /// The states in which the case may go on; `None` is manual mode.
    fn ways_back(&self, raise: &Raise<'a>) -> Vec<Option<usize>> {
        let resumes = raise.route.and_then(|route| route.resume.as_ref());
        let ways: Vec<Option<usize>> = resumes
            .into_iter()
            .flat_map(|resume| &resume.value.items)
            .map(|resume| match resume {
                Resume::Same(_) => Some(raise.state),
                Resume::Fallback(_) => None,
                Resume::State(state) => self.states.position(&state.name.value),
            })
            .collect();
        if ways.is_empty() { vec![None] } else { ways }
    }

    fn queue_time(&self, route: Option<&ExceptionRoute>) -> (u64, bool) {
        let queue = route
            .and_then(|route| route.queue.as_ref())
            .and_then(|queue| self.model.queue(&queue.name.value));
        let Some(queue) = queue else {
            return (0, false);
        };
        if queue.body.pauses_sla.as_ref().is_some_and(|it| it.value) {
            return (0, true);
        }
        let promised = queue.body.sla.as_ref().and_then(|sla| {
            let scale = self.model.scale(&sla.value)?;
            let resolution = sla.value.resolution.as_ref()?.value;
            Some(self.scale.seconds_of(scale, resolution))
        });
        (promised.unwrap_or(0), false)
    }
}

fn raised_at<'a>(
    flow: &Flow<'a>,
    place: Place,
    state: usize,
    steps: usize,
) -> impl Iterator<Item = Raise<'a>> {
    flow.moves(place)
        .iter()
        .filter_map(move |step| match flow.node(step.to) {
            Node::Exception {
                reason,
                raised_in,
                route,
                is_named: _,
            } => Some(Raise {
                state,
                steps,
                reason,
                raised_in,
                route,
            }),
            Node::Start
            | Node::State(..)
            | Node::Step(_)
            | Node::Done(_)
            | Node::Leave(..)
            | Node::If(..)
            | Node::BranchEnd
            | Node::Elsewhere
            | Node::Fallback => None,
        })
}
