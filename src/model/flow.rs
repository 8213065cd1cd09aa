//! The control-flow graph of a workflow: states, steps, exceptions, and every way between them.
//!
//! A step has two nodes: [`Node::Step`] when it begins and [`Node::Done`] when its work is
//! complete. What goes wrong leaves from the first, so a path that avoids the second one has not
//! had the step's result: that is how a way around an approval is found.

mod build;

use std::collections::VecDeque;

use petgraph::Direction;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use super::walk::StepInState;
use crate::source::{Span, Spanned};
use crate::syntax::step::{Join, Step, TimedDecision};
use crate::syntax::workflow::{ExceptionRoute, State, Transition, Workflow};

/// A place in the life of a case.
#[derive(Debug, Clone, Copy)]
pub enum Node<'a> {
    /// Before the first state.
    Start,
    /// A state is entered.
    State(&'a Spanned<String>, &'a State),
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
    },
    /// The end of a parallel branch whose last step can be skipped.
    BranchEnd,
    /// Manual mode: the workflow is done by hand.
    Fallback,
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
    /// A timeout or error moves the case, at the place where that is written.
    Jump(Span),
    /// A timeout decides.
    TimedDecision(Span),
}

/// The control-flow graph of one workflow.
#[derive(Debug)]
pub struct Flow<'a> {
    graph: DiGraph<Node<'a>, Way<'a>>,
    start: NodeIndex,
}

/// A place in a [`Flow`].
pub type Place = NodeIndex;

/// What can be reached, and by which way first.
#[derive(Debug)]
pub struct Reached {
    by: Vec<Option<EdgeIndex>>,
    reached: Vec<bool>,
}

impl Reached {
    /// True when the place can be reached.
    pub fn contains(&self, place: Place) -> bool {
        self.reached[place.index()]
    }
}

impl<'a> Flow<'a> {
    /// The graph of a workflow. Ways to states that do not exist are left out.
    pub fn of(workflow: &'a Workflow) -> Self {
        build::build(workflow)
    }

    /// Every place, in written order.
    pub fn places(&self) -> impl Iterator<Item = (Place, Node<'a>)> {
        self.graph
            .node_indices()
            .map(|place| (place, self.graph[place]))
    }

    /// What a place is.
    pub fn node(&self, place: Place) -> Node<'a> {
        self.graph[place]
    }

    /// The ways out of a place, in written order.
    pub fn ways(&self, place: Place) -> Vec<(Way<'a>, Place)> {
        let mut ways: Vec<_> = self
            .graph
            .edges(place)
            .map(|edge| (edge.id(), *edge.weight(), edge.target()))
            .collect();
        ways.sort_by_key(|(id, _, _)| *id);
        ways.into_iter()
            .map(|(_, way, target)| (way, target))
            .collect()
    }

    /// True where a case ends: an end state, or manual mode.
    pub fn is_end(&self, place: Place) -> bool {
        match self.graph[place] {
            Node::Fallback => true,
            Node::State(_, state) => state.end.is_some(),
            Node::Start
            | Node::Step(_)
            | Node::Done(_)
            | Node::Leave(..)
            | Node::BranchEnd
            | Node::Exception { .. } => false,
        }
    }

    /// Everything that can be reached from the start without entering an avoided place or taking
    /// an avoided way. Branches that must all be done are left only when all of them can be.
    pub fn reach(
        &self,
        avoid: impl Fn(Node<'a>) -> bool,
        avoid_way: impl Fn(Way<'a>) -> bool,
    ) -> Reached {
        let count = self.graph.node_count();
        let mut result = Reached {
            by: vec![None; count],
            reached: vec![false; count],
        };
        let mut arrived: Vec<usize> = vec![0; count];
        let mut queue = VecDeque::from([self.start]);
        result.reached[self.start.index()] = true;
        while let Some(place) = queue.pop_front() {
            let mut edges: Vec<_> = self.graph.edges(place).collect();
            edges.sort_by_key(EdgeRef::id);
            for edge in edges {
                let target = edge.target();
                if avoid(self.graph[target])
                    || avoid_way(*edge.weight())
                    || result.reached[target.index()]
                {
                    continue;
                }
                arrived[target.index()] += 1;
                result.by[target.index()] = Some(edge.id());
                if arrived[target.index()] >= self.needed(target) {
                    result.reached[target.index()] = true;
                    queue.push_back(target);
                }
            }
        }
        result
    }

    /// How many ways must have arrived before a place is entered.
    fn needed(&self, place: Place) -> usize {
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

    /// Everything from which an end can be reached.
    pub fn leads_to_an_end(&self) -> Vec<bool> {
        let mut leads = vec![false; self.graph.node_count()];
        let mut open: Vec<Place> = self
            .graph
            .node_indices()
            .filter(|place| self.is_end(*place))
            .collect();
        while let Some(place) = open.pop() {
            if std::mem::replace(&mut leads[place.index()], true) {
                continue;
            }
            open.extend(self.graph.neighbors_directed(place, Direction::Incoming));
        }
        leads
    }

    /// The places from the start to a reached place, with the way into each.
    pub fn path(&self, reached: &Reached, target: Place) -> Vec<(Option<Way<'a>>, Place)> {
        let mut path = Vec::new();
        let mut place = target;
        loop {
            let by = reached.by[place.index()];
            path.push((by.map(|edge| self.graph[edge]), place));
            match by.and_then(|edge| self.graph.edge_endpoints(edge)) {
                // A place is never entered twice, so the path cannot be longer than the graph.
                Some((source, _)) if path.len() <= self.graph.node_count() => place = source,
                _ => break,
            }
        }
        path.reverse();
        path
    }

    /// The states of a path, in order, each once in a row.
    pub fn states_of(&self, path: &[(Option<Way<'a>>, Place)]) -> Vec<&'a Spanned<String>> {
        let mut states: Vec<&'a Spanned<String>> = Vec::new();
        for (_, place) in path {
            if let Node::State(name, _) = self.graph[*place] {
                states.push(name);
            }
        }
        states
    }

    /// Groups of states that a case can go round in, each in written order. `bounded` says which
    /// places and ways limit how often they are passed; loops through them do not count.
    pub fn loops(
        &self,
        bounded: impl Fn(Node<'a>) -> bool,
        bounded_way: impl Fn(Way<'a>) -> bool,
    ) -> Vec<Vec<Place>> {
        let unbounded = self.graph.filter_map(
            |place, node| (!bounded(*node)).then_some(place),
            |_, way| (!bounded_way(*way)).then_some(()),
        );
        let mut loops: Vec<Vec<Place>> = petgraph::algo::tarjan_scc(&unbounded)
            .into_iter()
            .filter(|group| group.len() > 1 || unbounded.contains_edge(group[0], group[0]))
            .map(|group| {
                let mut places: Vec<Place> =
                    group.into_iter().map(|place| unbounded[place]).collect();
                places.sort_unstable();
                places
            })
            .collect();
        loops.sort();
        loops
    }
}

impl Step {
    /// True for an approval that nobody can pass without a person's decision: it has no condition
    /// and no timeout that approves. A waiver over named controls is a decision made beforehand.
    pub fn is_effective_approval(&self) -> bool {
        let decides = self.approve.as_ref().is_some_and(|approve| {
            let rungs = approve.value.on_timeout.iter().chain(&self.on_timeout);
            !rungs
                .filter_map(|rung| rung.decide.as_ref())
                .any(|decision| decision.value == TimedDecision::Approved)
        });
        decides && self.condition.is_none()
    }
}
