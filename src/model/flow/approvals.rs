//! Ways to a risky write on which nobody has approved.
//!
//! A write is safe when every path to it passes an approval. So the approvals are closed: what can
//! still be reached is reached without one, by a path that can be shown.

use std::collections::BTreeMap;

use super::risk::RiskWrites;
use super::worlds::{ClosedWays, World, Worlds};
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
        let worlds = Worlds::of(self);
        let mut found: BTreeMap<Place, Bypass<'a>> = BTreeMap::new();
        // A world only closes ways, so what is safe in the open one is safe in all.
        if Search::new(self, &worlds, World::OPEN)
            .direct(writes)
            .is_empty()
        {
            return Vec::new();
        }
        for world in worlds.all() {
            for (place, bypass) in Search::new(self, &worlds, world).direct(writes) {
                found.entry(place).or_insert(bypass);
            }
        }
        found.into_values().collect()
    }

    /// Resumes by which a case comes to a write without an approval that it could not have avoided
    /// otherwise. Writes that are found by [`Flow::unapproved`] are left out.
    pub fn skipping_resumes(&self, writes: &RiskWrites) -> Vec<Skipping<'a>> {
        let unapproved = self.unapproved(writes);
        let calls = unapproved
            .iter()
            .filter_map(|bypass| bypass.write.step.call.as_ref());
        let writes = writes.without(calls.map(|call| call.name.span));
        let worlds = Worlds::of(self);
        let mut found: BTreeMap<Span, Skipping<'a>> = BTreeMap::new();
        if !Search::new(self, &worlds, World::OPEN).reaches_any(&writes) {
            return Vec::new();
        }
        for world in worlds.all() {
            for skipping in Search::new(self, &worlds, world).skipping(&writes) {
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
    closed: ClosedWays,
}

impl<'f, 'a> Search<'f, 'a> {
    fn new(flow: &'f Flow<'a>, worlds: &Worlds, world: World) -> Self {
        Search {
            flow,
            closed: worlds.closed_in(world),
        }
    }

    /// Writes that are reached without resuming.
    fn direct(&self, writes: &RiskWrites) -> Vec<(Place, Bypass<'a>)> {
        let flow = self.flow;
        let reached = flow.reach([flow.start], |step| self.is_open(step) && !resumes(step));
        let mut found = Vec::new();
        for (place, node) in flow.places().filter(|(place, _)| reached.contains(*place)) {
            if let Node::Step(write) = node
                && writes.contains(node)
            {
                let path = flow.path(&reached, place);
                found.push((place, Bypass { write, path }));
            }
        }
        found
    }

    fn reaches_any(&self, writes: &RiskWrites) -> bool {
        let flow = self.flow;
        let reached = flow.reach([flow.start], |step| self.is_open(step));
        let mut places = flow.places();
        places.any(|(place, node)| reached.contains(place) && writes.contains(node))
    }

    fn is_open(&self, step: &Move<'a>) -> bool {
        let approves = matches!(
            self.flow.node(step.to),
            Node::Done(place) if place.step.is_effective_approval()
        );
        !approves && !self.closed.contain(step)
    }

    /// The resumes that lead from before an approval to behind it. A resume counts when its target
    /// is not reached without resuming and leads on to a write without resuming again; of several
    /// on one path, the first.
    fn skipping(&self, writes: &RiskWrites) -> Vec<Skipping<'a>> {
        let flow = self.flow;
        let direct = flow.reach([flow.start], |step| self.is_open(step) && !resumes(step));
        let anywhere = flow.reach([flow.start], |step| self.is_open(step));
        let mut ahead: BTreeMap<Place, Option<(Reached<'a>, Place)>> = BTreeMap::new();
        for (place, _) in flow.places().filter(|(place, _)| anywhere.contains(*place)) {
            for step in flow.moves(place).iter().filter(|step| resumes(step)) {
                if !direct.contains(step.to) {
                    ahead
                        .entry(step.to)
                        .or_insert_with(|| self.write_ahead(step.to, writes));
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
                    let path = flow.path(&before, place).and(*step);
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
    fn write_ahead(&self, from: Place, writes: &RiskWrites) -> Option<(Reached<'a>, Place)> {
        let flow = self.flow;
        let reached = flow.reach([from], |step| self.is_open(step) && !resumes(step));
        let (nearest, _) = flow
            .places()
            .filter(|(_, node)| writes.contains(*node))
            .filter_map(|(place, _)| Some((place, reached.distance(place)?)))
            .min_by_key(|(_, distance)| *distance)?;
        Some((reached, nearest))
    }
}
