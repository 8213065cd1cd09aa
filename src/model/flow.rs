//! The control-flow graph of a workflow: states, steps, exceptions, and every way between them.
//!
//! A step has two nodes: [`Node::Step`] when it begins and [`Node::Done`] when its work is
//! complete. What goes wrong leaves from the first, so a path that avoids the second one has not
//! had the step's result: that is how a way around an approval is found.

mod approvals;
mod build;
pub mod risk;
mod trail;
mod worlds;

use std::collections::{HashMap, VecDeque};

use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::Model;
use super::guard::waives_over_named_controls;
use super::walk::StepInState;
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::expressions::Expression;
use crate::syntax::step::{Join, Step, TimedDecision};
use crate::syntax::workflow::{ExceptionRoute, State, Transition, Workflow};
pub use approvals::{Bypass, Skipping};
pub use trail::Path;

/// A place in the life of a case.
#[derive(Debug, Clone, Copy)]
pub enum Node<'a> {
    /// Before the first state.
    Start,
    /// A state is entered.
    State(&'a Spanned<String>, &'a State),
    /// The condition of a step is judged.
    If(StepInState<'a>, &'a Expression),
    /// A step begins.
    Step(StepInState<'a>),
    /// A step is complete.
    Done(StepInState<'a>),
    /// All steps of a state are complete; transitions are judged.
    Leave(&'a Spanned<String>, &'a State),
    /// A reason was raised in a state; the case waits in the queue of the route.
    Exception {
        /// The reason.
        reason: &'a str,
        /// The state it was raised in.
        raised_in: &'a Spanned<String>,
        /// Where the reason leads; `None` when nothing is declared, not even `default`.
        route: Option<&'a ExceptionRoute>,
        /// True when the reason has a route of its own, not only `default`.
        is_named: bool,
    },
    /// The end of a parallel branch whose last step can be skipped.
    BranchEnd,
    /// Manual mode: the workflow is done by hand.
    Fallback,
    /// A state that does not exist; nobody knows how the case goes on.
    Elsewhere,
}

/// A way from one place to the next.
#[derive(Debug, Clone, Copy)]
pub enum Way<'a> {
    /// In order.
    Next,
    /// The step is skipped, because its condition is false or its list is empty.
    Skip,
    /// `to:` of a state.
    To(Span),
    /// A transition.
    Transition(&'a Transition),
    /// A reason is raised, at the place where it is written.
    Raise(Span),
    /// The engine raises a reason of its own.
    BuiltIn,
    /// A resolved exception comes back, at the place where that is written.
    Resume(Span),
    /// An exception that came back too often goes to manual mode.
    GiveUp(Span),
    /// A timeout or error moves the case, at the place where that is written.
    Jump(Span),
    /// A timeout decides.
    TimedDecision(Span),
}

impl Way<'_> {
    /// Where the way is written.
    pub fn span(&self) -> Option<Span> {
        match self {
            Way::Next | Way::Skip | Way::BuiltIn => None,
            Way::Transition(transition) => transition.to.as_ref().map(|to| to.name.span),
            Way::To(span)
            | Way::Raise(span)
            | Way::Resume(span)
            | Way::GiveUp(span)
            | Way::Jump(span)
            | Way::TimedDecision(span) => Some(*span),
        }
    }
}

/// A place in a [`Flow`].
pub type Place = NodeIndex;

/// One step of a case through the graph.
#[derive(Debug, Clone, Copy)]
pub struct Move<'a> {
    /// Where from.
    pub from: Place,
    /// How.
    pub way: Way<'a>,
    /// Where to.
    pub to: Place,
}

/// The control-flow graph of one workflow.
#[derive(Debug)]
pub struct Flow<'a> {
    graph: DiGraph<Node<'a>, Way<'a>>,
    /// The ways out of every place, in written order.
    moves: Vec<Vec<Move<'a>>>,
    start: Place,
    states: HashMap<&'a str, Place>,
}

/// The graphs of all workflows of a project, each built once.
#[derive(Debug)]
pub struct Flows<'a> {
    by_key: HashMap<Span, Flow<'a>>,
}

impl<'a> Flows<'a> {
    /// Builds the graph of every workflow.
    pub fn of(model: &'a Model) -> Self {
        let workflows = model.project.workflows.iter();
        Flows {
            by_key: workflows
                .map(|workflow| (workflow.key, Flow::of(&workflow.body)))
                .collect(),
        }
    }

    /// The graph of a workflow of the project.
    pub fn get(&self, workflow: &Entity<Workflow>) -> Option<&Flow<'a>> {
        self.by_key.get(&workflow.key)
    }
}

/// What can be reached, and by which way first.
#[derive(Debug)]
pub struct Reached<'a> {
    by: Vec<Option<Move<'a>>>,
    distances: Vec<Option<usize>>,
}

impl Reached<'_> {
    /// True when the place can be reached.
    pub fn contains(&self, place: Place) -> bool {
        self.distances[place.index()].is_some()
    }

    /// How many moves away the place is, when it can be reached.
    pub fn distance(&self, place: Place) -> Option<usize> {
        self.distances[place.index()]
    }
}

impl<'a> Flow<'a> {
    /// The graph of a workflow. A way to a state that does not exist leads to the one that was
    /// probably meant, or to [`Node::Elsewhere`].
    pub fn of(workflow: &'a Workflow) -> Self {
        build::build(workflow)
    }

    /// Before the first state.
    pub fn start(&self) -> Place {
        self.start
    }

    /// Every place, in written order.
    pub fn places(&self) -> impl Iterator<Item = (Place, Node<'a>)> {
        self.graph
            .node_indices()
            .map(|place| (place, self.graph[place]))
    }

    /// The place where a state is entered.
    pub fn state(&self, name: &str) -> Option<Place> {
        self.states.get(name).copied()
    }

    /// The state that a place belongs to.
    pub fn state_of(&self, place: Place) -> Option<&'a Spanned<String>> {
        match self.graph[place] {
            Node::State(name, _) | Node::Leave(name, _) => Some(name),
            Node::If(step, _) | Node::Step(step) | Node::Done(step) => Some(step.state_name),
            Node::Exception { raised_in, .. } => Some(raised_in),
            Node::Start | Node::BranchEnd | Node::Fallback | Node::Elsewhere => None,
        }
    }

    /// What a place is.
    pub fn node(&self, place: Place) -> Node<'a> {
        self.graph[place]
    }

    /// The ways out of a place, in written order.
    pub fn moves(&self, place: Place) -> &[Move<'a>] {
        &self.moves[place.index()]
    }

    /// Everything that can be reached from the given places by open moves. Branches that must all
    /// be done are left only when all of them can be.
    pub fn reach(
        &self,
        from: impl IntoIterator<Item = Place>,
        open: impl Fn(&Move<'a>) -> bool,
    ) -> Reached<'a> {
        let count = self.graph.node_count();
        let mut result = Reached {
            by: vec![None; count],
            distances: vec![None; count],
        };
        let mut arrived: Vec<usize> = vec![0; count];
        let mut queue: VecDeque<Place> = from.into_iter().collect();
        for place in &queue {
            result.distances[place.index()] = Some(0);
        }
        while let Some(place) = queue.pop_front() {
            let distance = result.distance(place).map(|distance| distance + 1);
            for step in self.moves(place) {
                let target = step.to.index();
                if result.contains(step.to) || !open(step) {
                    continue;
                }
                arrived[target] += 1;
                result.by[target] = Some(*step);
                if arrived[target] >= self.needed(step.to) {
                    result.distances[target] = distance;
                    queue.push_back(step.to);
                }
            }
        }
        result
    }

    /// How many ways must have arrived before a place is entered.
    pub fn needed(&self, place: Place) -> usize {
        let Node::Done(StepInState { step, .. }) = self.graph[place] else {
            return 1;
        };
        match &step.parallel {
            Some(parallel)
                if !matches!(
                    parallel.value.join.as_ref().map(|join| join.value),
                    Some(Join::Any)
                ) =>
            {
                self.graph
                    .edges_directed(place, Direction::Incoming)
                    .count()
                    .max(1)
            }
            _ => 1,
        }
    }

    /// Everything from which a goal can be reached by open moves, by the number of the place.
    pub fn leads_to(
        &self,
        goal: impl Fn(Node<'a>) -> bool,
        open: impl Fn(&Move<'a>) -> bool,
    ) -> Vec<bool> {
        let mut leads = vec![false; self.graph.node_count()];
        let mut unseen: Vec<Place> = self
            .places()
            .filter(|(_, node)| goal(*node))
            .map(|(place, _)| place)
            .collect();
        while let Some(place) = unseen.pop() {
            if std::mem::replace(&mut leads[place.index()], true) {
                continue;
            }
            let before = self.graph.neighbors_directed(place, Direction::Incoming);
            unseen.extend(before.filter(|before| {
                let mut moves = self.moves(*before).iter();
                moves.any(|step| step.to == place && open(step))
            }));
        }
        leads
    }

    /// Everything from which a case can finish as somebody designed it, by the number of the place:
    /// in a state with `end`, or in manual mode for a reason that says so. Manual mode after too
    /// many returns, or by `default`, is for what nobody foresaw.
    pub fn leads_to_an_end(&self) -> Vec<bool> {
        let is_end = |node: Node<'a>| match node {
            Node::Fallback | Node::Elsewhere => true,
            Node::State(_, state) => state.end.is_some(),
            Node::Start
            | Node::If(..)
            | Node::Step(_)
            | Node::Done(_)
            | Node::Leave(..)
            | Node::Exception { .. }
            | Node::BranchEnd => false,
        };
        let is_unforeseen = |step: &Move<'a>| {
            let by_default = matches!(
                self.node(step.from),
                Node::Exception {
                    is_named: false,
                    ..
                }
            );
            let to_manual_mode = matches!(self.node(step.to), Node::Fallback);
            matches!(step.way, Way::GiveUp(_)) || (by_default && to_manual_mode)
        };
        self.leads_to(is_end, |step| !is_unforeseen(step))
    }

    /// The way from where the search began to a reached place.
    pub fn path(&self, reached: &Reached<'a>, target: Place) -> Path<'a> {
        let mut moves = Vec::new();
        let mut place = target;
        while let Some(step) = reached.by[place.index()] {
            moves.push(step);
            place = step.from;
            // A place is never entered twice, so the path cannot be longer than the graph.
            if moves.len() > self.graph.node_count() {
                break;
            }
        }
        moves.reverse();
        Path {
            start: place,
            moves,
        }
    }

    /// Groups of places that a case can go round in by open moves, each in written order.
    pub fn loops(&self, open: impl Fn(&Move<'a>) -> bool) -> Vec<Vec<Place>> {
        let mut passable: DiGraph<(), ()> = DiGraph::new();
        for _ in self.places() {
            passable.add_node(());
        }
        for step in self.moves.iter().flatten().filter(|step| open(step)) {
            passable.add_edge(step.from, step.to, ());
        }
        let mut loops: Vec<Vec<Place>> = kosaraju_scc(&passable)
            .into_iter()
            .filter(|group| group.len() > 1 || passable.contains_edge(group[0], group[0]))
            .map(|mut group| {
                group.sort_unstable();
                group
            })
            .collect();
        loops.sort();
        loops
    }

    /// The shortest way by open moves from a place back to it.
    pub fn round_trip(&self, place: Place, open: impl Fn(&Move<'a>) -> bool) -> Option<Path<'a>> {
        let reached = self.reach([place], &open);
        self.places()
            .filter(|(last, _)| reached.contains(*last))
            .flat_map(|(last, _)| self.moves(last))
            .filter(|step| step.to == place && open(step))
            .map(|closing| self.path(&reached, closing.from).and(*closing))
            .min_by_key(|path| path.moves.len())
    }
}

impl Step {
    /// True for an approval that nobody can pass without a person's decision: no timeout approves,
    /// and it is waived over named controls only, which is a decision made beforehand. That a
    /// conditional approval can be skipped is a way of its own in the graph.
    pub fn is_effective_approval(&self) -> bool {
        self.approve.is_some() && self.weakness().is_none()
    }

    /// What lets a case pass an approval without a decision.
    pub fn weakness(&self) -> Option<Weakness> {
        let approve = &self.approve.as_ref()?.value;
        let rungs = approve.on_timeout.iter().chain(&self.on_timeout);
        let by_time = rungs
            .filter_map(|rung| rung.decide.as_ref())
            .find(|decision| decision.value == TimedDecision::Approved)
            .map(|decision| Weakness::ApprovedByTime(decision.span));
        by_time.or_else(|| {
            let waiver = approve.waive_when.as_ref()?;
            (!waives_over_named_controls(&waiver.text)).then_some(Weakness::FreeWaiver(waiver.span))
        })
    }
}

/// What lets a case pass an approval without a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// A timeout approves.
    ApprovedByTime(Span),
    /// A waiver that is not over named controls.
    FreeWaiver(Span),
}
