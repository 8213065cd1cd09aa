//! From a workflow to its graph, state by state.

use std::collections::HashMap;

use petgraph::graph::DiGraph;
use petgraph::visit::EdgeRef;

use super::{Flow, Move, Node, Place, Way};
use crate::model::walk::StepInState;
use crate::source::Spanned;
use crate::syntax::decode::nearest;
use crate::syntax::references::{ReasonReference, StateReference};
use crate::syntax::step::{LadderRung, Step};
use crate::syntax::workflow::{ExceptionRoute, Resume, State, Workflow};

/// The reason that is raised when time runs out and nothing else is said.
const TIMEOUT: &str = "TIMEOUT";
/// The reason that is raised when a call fails and nothing else is said.
const ERROR: &str = "ERROR";
/// The reason that is raised when data breaks its contract.
const CONTRACT_VIOLATION: &str = "CONTRACT_VIOLATION";
/// The reason that is raised when no transition matches.
const NO_MATCH: &str = "NO_MATCH";

pub(super) fn build(workflow: &Workflow) -> Flow<'_> {
    let mut graph = DiGraph::new();
    let start = graph.add_node(Node::Start);
    let states: HashMap<&str, Place> = workflow
        .all_states()
        .map(|(name, state)| {
            (
                name.value.as_str(),
                graph.add_node(Node::State(name, state)),
            )
        })
        .collect();
    let first = workflow
        .all_states()
        .next()
        .map(|(name, _)| states[name.value.as_str()]);
    let mut builder = Builder {
        workflow,
        graph,
        states,
        exceptions: HashMap::new(),
        fallback: None,
        elsewhere: None,
    };
    if let Some(first) = first {
        builder.graph.add_edge(start, first, Way::Next);
    }
    for (name, state) in workflow.all_states() {
        builder.state(name, state);
    }
    let graph = builder.graph;
    let mut moves: Vec<Vec<Move<'_>>> = vec![Vec::new(); graph.node_count()];
    for edge in graph.edge_references() {
        moves[edge.source().index()].push(Move {
            from: edge.source(),
            way: *edge.weight(),
            to: edge.target(),
        });
    }
    Flow {
        graph,
        moves,
        start,
        states: builder.states,
    }
}

struct Builder<'a> {
    workflow: &'a Workflow,
    graph: DiGraph<Node<'a>, Way<'a>>,
    states: HashMap<&'a str, Place>,
    exceptions: HashMap<(String, &'a str), Place>,
    fallback: Option<Place>,
    elsewhere: Option<Place>,
}

/// Places whose work is complete, with the way by which they go on.
type Frontier<'a> = Vec<(Place, Way<'a>)>;

impl<'a> Builder<'a> {
    fn state(&mut self, name: &'a Spanned<String>, state: &'a State) {
        let place = self.states[name.value.as_str()];
        let frontier = self.steps(name, state, &state.steps, vec![(place, Way::Next)]);
        if state.end.is_some() {
            return;
        }
        let leave = self.graph.add_node(Node::Leave(name, state));
        self.connect(&frontier, leave);
        if let Some(to) = &state.to {
            self.go(leave, to, Way::To(to.name.span));
        }
        if let Some(transitions) = &state.transitions {
            for transition in &transitions.value {
                if let Some(to) = &transition.to {
                    self.go(leave, to, Way::Transition(transition));
                }
            }
            let has_else = transitions
                .value
                .iter()
                .any(|transition| transition.otherwise.is_some());
            if !has_else {
                self.raise_built_in(leave, NO_MATCH, name);
            }
        }
        if state.timeout.is_some() {
            self.ladder(place, name, &state.on_timeout, None);
        }
    }

    fn steps(
        &mut self,
        name: &'a Spanned<String>,
        state: &'a State,
        steps: &'a [Step],
        mut frontier: Frontier<'a>,
    ) -> Frontier<'a> {
        for step in steps {
            let context = StepInState {
                state_name: name,
                state,
                step,
            };
            let mut skipped = None;
            if let Some(condition) = &step.condition {
                let judged = self.graph.add_node(Node::If(context, condition));
                self.connect(&frontier, judged);
                frontier = vec![(judged, Way::Next)];
                skipped = Some((judged, Way::Skip));
            }
            let begin = self.graph.add_node(Node::Step(context));
            let done = self.graph.add_node(Node::Done(context));
            self.connect(&frontier, begin);
            self.work(begin, done, context);
            self.trouble(begin, done, context);
            frontier = vec![(done, Way::Next)];
            frontier.extend(skipped);
        }
        frontier
    }

    /// The ways from the beginning of a step to its completion.
    fn work(&mut self, begin: Place, done: Place, context: StepInState<'a>) {
        let StepInState {
            state_name,
            state,
            step,
        } = context;
        if let Some(parallel) = &step.parallel {
            let branches = parallel
                .value
                .branches
                .iter()
                .flat_map(|branches| branches.iter());
            let mut has_branch = false;
            for (_, steps) in branches {
                let frontier = self.steps(state_name, state, steps, vec![(begin, Way::Next)]);
                self.join(&frontier, done);
                has_branch = true;
            }
            if !has_branch {
                self.graph.add_edge(begin, done, Way::Next);
            }
        } else if let Some(for_each) = &step.for_each {
            let steps = for_each.value.steps.as_deref().unwrap_or_default();
            let frontier = self.steps(state_name, state, steps, vec![(begin, Way::Next)]);
            self.connect(&frontier, done);
            self.graph.add_edge(begin, done, Way::Skip);
        } else {
            self.graph.add_edge(begin, done, Way::Next);
        }
    }

    /// The end of one branch: its last places lead to the join by one way.
    fn join(&mut self, frontier: &Frontier<'a>, done: Place) {
        if let [(place, way)] = frontier[..] {
            self.graph.add_edge(place, done, way);
            return;
        }
        // A skipped last step leaves a branch by several ways, of which one arrives.
        let gate = self.graph.add_node(Node::BranchEnd);
        self.connect(frontier, gate);
        self.graph.add_edge(gate, done, Way::Next);
    }

    /// Everything that a step can raise.
    fn trouble(&mut self, begin: Place, done: Place, context: StepInState<'a>) {
        let StepInState {
            state_name, step, ..
        } = context;
        for reason in raised_by_work(step) {
            self.raise(begin, reason, state_name);
        }
        let mut everything_caught = false;
        let mut timeout_caught = false;
        for catch in &step.catch {
            let error = catch.error.as_ref().map(|error| error.value.as_str());
            everything_caught |= error == Some("any");
            timeout_caught |= matches!(error, Some("any" | "timeout"));
            if let Some(reason) = &catch.raise {
                self.raise(begin, reason, state_name);
            }
            if let Some(to) = &catch.to {
                self.go(begin, to, Way::Jump(to.name.span));
            }
        }
        let can_fail = step.call.is_some() || step.run.is_some() || step.emit.is_some();
        if can_fail && !everything_caught {
            self.raise_built_in(begin, ERROR, state_name);
        }
        if step.returns.is_some() {
            self.raise_built_in(begin, CONTRACT_VIOLATION, state_name);
        }
        let approve = step.approve.as_ref().map(|approve| &approve.value);
        let ladder = match approve {
            Some(approve) if !approve.on_timeout.is_empty() => &approve.on_timeout,
            _ => &step.on_timeout,
        };
        let has_timeout =
            step.timeout.is_some() || approve.is_some_and(|approve| approve.timeout.is_some());
        if !ladder.is_empty() || (has_timeout && !timeout_caught) {
            self.ladder(begin, state_name, ladder, approve.map(|_| done));
        }
    }

    /// The rungs of a timeout ladder; without a last rung that leads on, TIMEOUT is raised. Time
    /// can decide only where something is decided, which is then `done`.
    fn ladder(
        &mut self,
        from: Place,
        state: &'a Spanned<String>,
        rungs: &'a [LadderRung],
        done: Option<Place>,
    ) {
        let mut leads_on = false;
        for rung in rungs {
            if let Some(reason) = &rung.raise {
                self.raise(from, reason, state);
                leads_on = true;
            }
            if let Some(to) = &rung.to {
                self.go(from, to, Way::Jump(to.name.span));
                leads_on = true;
            }
            if let (Some(decision), Some(done)) = (&rung.decide, done) {
                self.graph
                    .add_edge(from, done, Way::TimedDecision(decision.span));
                leads_on = true;
            }
        }
        if !leads_on {
            self.raise_built_in(from, TIMEOUT, state);
        }
    }

    fn raise(&mut self, from: Place, reason: &'a ReasonReference, state: &'a Spanned<String>) {
        let exception = self.exception(&reason.name.value, state);
        self.graph
            .add_edge(from, exception, Way::Raise(reason.name.span));
    }

    fn raise_built_in(&mut self, from: Place, reason: &'static str, state: &'a Spanned<String>) {
        let exception = self.exception(reason, state);
        self.graph.add_edge(from, exception, Way::BuiltIn);
    }

    /// The node of a reason raised in a state, with its ways back.
    fn exception(&mut self, reason: &'a str, state: &'a Spanned<String>) -> Place {
        let key = (reason.to_owned(), state.value.as_str());
        if let Some(place) = self.exceptions.get(&key) {
            return *place;
        }
        let workflow = self.workflow;
        let routes = workflow.exceptions.as_ref().map(|routes| &routes.value);
        let named = routes.and_then(|routes| routes.get(reason));
        let route = named.or_else(|| routes.and_then(|routes| routes.get("default")));
        let place = self.graph.add_node(Node::Exception {
            reason,
            raised_in: state,
            route,
            is_named: named.is_some(),
        });
        self.exceptions.insert(key, place);
        let resumes = route.and_then(|route| route.resume.as_ref());
        for resume in resumes.into_iter().flat_map(|resume| &resume.value.items) {
            self.resume(place, resume, state);
        }
        // Who comes back too often is taken over by hand.
        let returns = |route: &ExceptionRoute| route.max_returns.as_ref().map(|limit| limit.span);
        let limit = route.and_then(returns);
        let limit = limit.or_else(|| {
            routes
                .and_then(|routes| routes.get("default"))
                .and_then(returns)
        });
        if let Some(span) = limit {
            let fallback = self.fallback();
            self.graph.add_edge(place, fallback, Way::GiveUp(span));
        }
        place
    }

    fn resume(&mut self, from: Place, resume: &'a Resume, state: &'a Spanned<String>) {
        match resume {
            Resume::Same(span) => {
                let target = self.states[state.value.as_str()];
                self.graph.add_edge(from, target, Way::Resume(*span));
            }
            Resume::Fallback(span) => {
                let fallback = self.fallback();
                self.graph.add_edge(from, fallback, Way::Resume(*span));
            }
            Resume::State(target) => self.go(from, target, Way::Resume(target.name.span)),
        }
    }

    fn fallback(&mut self) -> Place {
        match self.fallback {
            Some(place) => place,
            None => *self.fallback.insert(self.graph.add_node(Node::Fallback)),
        }
    }

    fn go(&mut self, from: Place, to: &'a StateReference, way: Way<'a>) {
        let name = to.name.value.as_str();
        let target = self.states.get(name).copied().or_else(|| {
            let names = self.workflow.all_states().map(|(name, _)| name);
            let meant = nearest(name, names.map(|name| name.value.as_str()))?;
            self.states.get(meant).copied()
        });
        let target = target.unwrap_or_else(|| self.elsewhere());
        self.graph.add_edge(from, target, way);
    }

    fn elsewhere(&mut self) -> Place {
        match self.elsewhere {
            Some(place) => place,
            None => *self.elsewhere.insert(self.graph.add_node(Node::Elsewhere)),
        }
    }

    fn connect(&mut self, frontier: &Frontier<'a>, target: Place) {
        for (place, way) in frontier {
            self.graph.add_edge(*place, target, *way);
        }
    }
}

/// The reasons that a step's own work raises.
fn raised_by_work(step: &Step) -> Vec<&ReasonReference> {
    let mut reasons: Vec<&ReasonReference> = Vec::new();
    let checks = step.check.iter().flat_map(|checks| &checks.value);
    reasons.extend(checks.filter_map(|check| check.raise.as_ref()));
    if let Some(matching) = &step.matching {
        reasons.extend(matching.value.missing.iter().map(|(_, reason)| reason));
        reasons.extend(
            matching
                .value
                .compare
                .iter()
                .filter_map(|comparison| comparison.raise.as_ref()),
        );
    }
    let approve = step.approve.as_ref();
    reasons.extend(approve.and_then(|approve| approve.value.missing_evidence.as_ref()));
    reasons
}
