//! Ways to a risky write on which nobody has approved.
//!
//! A write is safe when every path to it passes an approval. So the approvals are closed: what can
//! still be reached is reached without one, by a path that can be shown.

use std::collections::{BTreeMap, BTreeSet};

use super::risk::RiskWrites;
use super::worlds::{Closed, World, is_closed};
use super::{Flow, Move, Node, Path, Place, Reached, Way};
use crate::model::walk::StepInState;
use crate::source::Span;

/// A write that can be reached without an approval, and how.
#[derive(Debug)]
pub struct Bypass<'a> {
    /// The write.
    pub write: StepInState<'a>,
    /// The way to it.
    pub path: Path<'a>,
}

/// A resume that takes a case past the approval of a write, and how.
#[derive(Debug)]
pub struct Skipping<'a> {
    /// Where the resume is written.
    pub resume: Span,
    /// The write.
    pub write: StepInState<'a>,
    /// The way from the start through the resume to the write.
    pub path: Path<'a>,
}

impl<'a> Flow<'a> {
    /// Writes that a case reaches without an approval and without coming back from an exception.
    pub fn unapproved(&self, writes: &RiskWrites) -> Vec<Bypass<'a>> {
        let mut found: BTreeMap<Place, Bypass<'a>> = BTreeMap::new();
        for world in self.worlds() {
            let search = Search::new(self, &world);
            let reached = self.reach([self.start], |step| search.is_open(step) && !resumes(step));
            for (place, node) in self.places() {
                if let Node::Step(write) = node
                    && writes.contains(node)
                    && reached.contains(place)
                {
                    found.entry(place).or_insert_with(|| Bypass {
                        write,
                        path: self.path(&reached, place),
                    });
                }
            }
        }
        found.into_values().collect()
    }

    /// Resumes by which a case comes to a write without an approval that it could not have avoided
    /// otherwise. Writes that are found by [`Flow::unapproved`] are left out.
    pub fn skipping_resumes(&self, writes: &RiskWrites) -> Vec<Skipping<'a>> {
        let unapproved: BTreeSet<Span> = self
            .unapproved(writes)
            .iter()
            .filter_map(|bypass| bypass.write.step.call.as_ref())
            .map(|call| call.name.span)
            .collect();
        let mut found: BTreeMap<Span, Skipping<'a>> = BTreeMap::new();
        for world in self.worlds() {
            for skipping in Search::new(self, &world).skipping(writes, &unapproved) {
                found.entry(skipping.resume).or_insert(skipping);
            }
        }
        found.into_values().collect()
    }
}

fn resumes(step: &Move<'_>) -> bool {
    matches!(step.way, Way::Resume(_))
}

/// The graph of one world without its approvals.
struct Search<'f, 'a> {
    flow: &'f Flow<'a>,
    closed: Vec<Closed>,
}

impl<'f, 'a> Search<'f, 'a> {
    fn new(flow: &'f Flow<'a>, world: &World) -> Self {
        Search {
            flow,
            closed: flow.closed_in(world),
        }
    }

    fn is_open(&self, step: &Move<'a>) -> bool {
        let approves = matches!(
            self.flow.node(step.to),
            Node::Done(place) if place.step.is_effective_approval()
        );
        !approves && !is_closed(&self.closed, step)
    }

    /// The resumes that lead from before an approval to behind it. A resume counts when its target
    /// is not reached without resuming and leads on to a write without resuming again; of several
    /// on one path, the first.
    fn skipping(&self, writes: &RiskWrites, unapproved: &BTreeSet<Span>) -> Vec<Skipping<'a>> {
        let flow = self.flow;
        let direct = flow.reach([flow.start], |step| self.is_open(step) && !resumes(step));
        let mut ahead: BTreeMap<Place, Option<(Reached, Place)>> = BTreeMap::new();
        for (place, _) in flow.places() {
            for step in flow.moves(place).iter().filter(|step| resumes(step)) {
                if !direct.contains(step.to) {
                    ahead
                        .entry(step.to)
                        .or_insert_with(|| self.write_ahead(step.to, writes, unapproved));
                }
            }
        }
        let skips =
            |step: &Move<'a>| resumes(step) && ahead.get(&step.to).is_some_and(Option::is_some);
        let before = flow.reach([flow.start], |step| self.is_open(step) && !skips(step));
        let mut found = Vec::new();
        for (place, _) in flow.places().filter(|(place, _)| before.contains(*place)) {
            for step in flow.moves(place) {
                let Way::Resume(resume) = step.way else {
                    continue;
                };
                let Some(Some((after, target))) = ahead.get(&step.to) else {
                    continue;
                };
                if let Node::Step(write) = flow.node(*target) {
                    let path = flow.path(&before, place).and(step);
                    found.push(Skipping {
                        resume,
                        write,
                        path: path.then(flow.path(after, *target)),
                    });
                }
            }
        }
        found
    }

    /// The nearest write that is reached from a place without approval and without resuming.
    fn write_ahead(
        &self,
        from: Place,
        writes: &RiskWrites,
        unapproved: &BTreeSet<Span>,
    ) -> Option<(Reached, Place)> {
        let reached = self
            .flow
            .reach([from], |step| self.is_open(step) && !resumes(step));
        let is_new = |place: StepInState<'a>| {
            let call = place.step.call.as_ref();
            call.is_some_and(|call| !unapproved.contains(&call.name.span))
        };
        let (nearest, _) = self
            .flow
            .places()
            .filter(|(place, _)| reached.contains(*place))
            .filter(|(_, node)| writes.contains(*node))
            .filter(|(_, node)| matches!(node, Node::Step(place) if is_new(*place)))
            .min_by_key(|(place, _)| self.flow.path(&reached, *place).moves.len())?;
        Some((reached, nearest))
    }
}
