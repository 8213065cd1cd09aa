//! What a picture of a plan shows, in words: boxes, the ways between them, and who answers for
//! what. Mermaid and SVG draw the same chart; [`compared`] marks what changed between two.

pub mod compared;
pub mod covered;
mod steps;
mod ways;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::Plan;
use crate::plan::exception::{ExceptionRoute, Queue, Resume};
use crate::plan::governance::Start;
use crate::plan::people::Assignee;
use crate::plan::state::{Move, State};
use crate::plan::step::{Step, Work};
use crate::plan::value::Text;
use crate::syntax::workflow::Ending;
use ways::{shortcuts, transition_label};

/// What happened to a part of a chart between two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Mark {
    /// It is as it was, or nothing is compared.
    #[default]
    Same,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

impl Mark {
    /// The word for it; empty for what is as it was.
    pub fn as_str(self) -> &'static str {
        match self {
            Mark::Same => "",
            Mark::Added => "added",
            Mark::Removed => "removed",
            Mark::Changed => "changed",
        }
    }
}

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Where cases come from.
    Arrival,
    /// A state, or the part of one between two approvals.
    State,
    /// A state that ends the case.
    End(Ending),
    /// An approval.
    Gate,
    /// A queue in which exceptions wait.
    Queue,
    /// Any step: reasons that the author did not declare.
    Anywhere,
    /// Manual mode.
    Fallback,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The text, as the author wrote it.
    pub text: String,
    /// What happened to it.
    pub mark: Mark,
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Line {
            text,
            mark: Mark::Same,
        }
    }
}

/// A box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Unique in the chart, of letters, digits and `_`; the same in every version of the plan.
    pub id: String,
    /// What it stands for.
    pub shape: Shape,
    /// What it says; the first line of a state is its name.
    pub lines: Vec<Line>,
    /// Who answers for it.
    pub lane: String,
    /// What happened to it.
    pub mark: Mark,
}

/// What kind of way leads from one box to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// The planned way.
    Planned,
    /// An exception.
    Exception,
    /// An exception that comes back to where it was raised.
    ThereAndBack,
}

/// A way between two boxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The box that it leaves.
    pub from: String,
    /// The box that it leads to.
    pub to: String,
    /// Its kind.
    pub way: Way,
    /// What it says.
    pub label: Vec<Line>,
    /// What happened to it.
    pub mark: Mark,
}

/// Everything that a picture shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// The name and version of the workflow.
    pub title: String,
    /// The boxes, the first one first.
    pub nodes: Vec<Node>,
    /// The ways.
    pub edges: Vec<Edge>,
}

impl Chart {
    /// The chart of a plan.
    pub fn of(plan: &Plan) -> Chart {
        let version = plan.version.as_deref().unwrap_or_default();
        let mut chart = Chart {
            title: format!("{} {version}", plan.name).trim().to_owned(),
            nodes: Vec::new(),
            edges: Vec::new(),
        };
        chart.arrival(plan);
        for (name, state) in plan.states.iter() {
            chart.state(plan, name, state);
        }
        for (name, state) in plan.states.iter() {
            chart.ways_on(name, state);
        }
        chart.exceptions(plan);
        chart
    }

    /// The planned way with everything that changed: without exceptions that stay as they were and
    /// without the boxes that only those lead to.
    pub fn focused(&self) -> Chart {
        let mut chart = self.clone();
        chart
            .edges
            .retain(|edge| edge.way == Way::Planned || edge.mark != Mark::Same);
        let ends = chart.edges.iter().flat_map(|edge| [&edge.from, &edge.to]);
        let reached: BTreeSet<String> = ends.cloned().collect();
        chart.nodes.retain(|node| match node.shape {
            Shape::Arrival | Shape::State | Shape::End(_) | Shape::Gate => true,
            Shape::Queue | Shape::Anywhere | Shape::Fallback => {
                node.mark != Mark::Same || reached.contains(&node.id)
            }
        });
        chart
    }

    fn node(&mut self, id: &str, shape: Shape, lane: &str, lines: Vec<String>) {
        self.nodes.push(Node {
            id: id.to_owned(),
            shape,
            lines: lines.into_iter().map(Line::from).collect(),
            lane: lane.to_owned(),
            mark: Mark::Same,
        });
    }

    fn edge(&mut self, from: &str, way: Way, label: Vec<String>, to: &str) {
        self.edges.push(Edge {
            from: from.to_owned(),
            to: to.to_owned(),
            way,
            label: label.into_iter().map(Line::from).collect(),
            mark: Mark::Same,
        });
    }

    fn arrival(&mut self, plan: &Plan) {
        let mut lines: Vec<String> = plan
            .triggers
            .iter()
            .map(|trigger| match &trigger.on {
                Start::Event(event) => format!("event {event}"),
                Start::Form(form) => format!("form {form}"),
                Start::Schedule(schedule) => format!("schedule {schedule}"),
                Start::Hand => "by hand".to_owned(),
            })
            .collect();
        if lines.is_empty() {
            lines.push("by hand".to_owned());
        }
        self.node("arrival", Shape::Arrival, accountable(plan), lines);
        self.edge("arrival", Way::Planned, Vec::new(), &state_id(&plan.start));
    }

    /// The boxes of a state, cut at its approvals.
    fn state(&mut self, plan: &Plan, name: &str, state: &State) {
        let lane = state.owner.as_deref().unwrap_or(accountable(plan));
        let mut last: Option<String> = None;
        for segment in segments(name, state) {
            let shape = match (state.end, segment.is_gate) {
                (_, true) => Shape::Gate,
                (Some(end), false) => Shape::End(end),
                (None, false) => Shape::State,
            };
            let lane = segment.lane.as_deref().unwrap_or(lane);
            self.node(&segment.id, shape, lane, segment.lines);
            if let Some(last) = last {
                self.edge(&last, Way::Planned, Vec::new(), &segment.id);
            }
            last = Some(segment.id);
        }
    }

    fn ways_on(&mut self, name: &str, state: &State) {
        let segments = segments(name, state);
        let Some(last) = segments.last() else {
            return;
        };
        for transition in &state.transitions {
            if let Move::To(to) = &transition.leads {
                let label = transition_label(transition);
                self.edge(&last.id, Way::Planned, label, &state_id(to));
            }
        }
        let from = state_id(name);
        for (label, to) in shortcuts(state) {
            self.edge(&from, Way::Planned, vec![label], &state_id(&to));
        }
    }

    fn exceptions(&mut self, plan: &Plan) {
        for (name, queue) in plan.queues.iter() {
            let is_used = plan
                .exceptions
                .values()
                .any(|route| is_drawn(route) && route.queue.as_deref() == Some(name));
            if is_used {
                self.queue(plan, name, queue);
            }
        }
        for (name, _) in plan.states.iter() {
            self.raised(name, plan);
        }
        self.undeclared(plan);
        self.ways_back(plan);
    }

    fn queue(&mut self, plan: &Plan, name: &str, queue: &Queue) {
        let keeper = queue.owner.as_deref().or(queue.team.as_deref());
        let kind = queue.kind.as_str();
        let about = match keeper {
            Some(keeper) => format!("{kind} · {keeper}"),
            None => kind.to_owned(),
        };
        let lane = keeper.unwrap_or(accountable(plan));
        self.node(
            &queue_id(name),
            Shape::Queue,
            lane,
            vec![name.to_owned(), about],
        );
    }

    /// The reasons that a state raises, one line for each queue and kind of way back.
    fn raised(&mut self, name: &str, plan: &Plan) {
        let mut ways: Vec<(String, Way, Vec<String>)> = Vec::new();
        let declared = plan
            .exceptions
            .iter()
            .filter(|(_, route)| route.declared && route.raised_in.contains(name));
        for (reason, route) in declared {
            let to = destination(route);
            let way = if route.resume.contains(&Resume::Same) {
                Way::ThereAndBack
            } else {
                Way::Exception
            };
            match ways
                .iter_mut()
                .find(|(known, kind, _)| *known == to && *kind == way)
            {
                Some((_, _, reasons)) => reasons.push(reason.to_owned()),
                None => ways.push((to, way, vec![reason.to_owned()])),
            }
        }
        for (to, way, reasons) in ways {
            self.edge(&state_id(name), way, reasons, &to);
        }
    }

    /// Reasons that take the default route leave from one node for all states.
    fn undeclared(&mut self, plan: &Plan) {
        let mut targets: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (reason, route) in plan.exceptions.iter() {
            if !route.declared && is_drawn(route) {
                let reasons = targets.entry(destination(route)).or_default();
                reasons.push(reason.to_owned());
            }
        }
        if !targets.is_empty() {
            let lines = vec!["any step".to_owned()];
            self.node(ANYWHERE, Shape::Anywhere, accountable(plan), lines);
        }
        for (to, reasons) in targets {
            self.edge(ANYWHERE, Way::Exception, reasons, &to);
        }
    }

    /// Ways back that do not lead to where the reason was raised, one line for each target.
    fn ways_back(&mut self, plan: &Plan) {
        let mut targets: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        let mut needs_fallback = false;
        for (reason, route) in plan.exceptions.iter().filter(|(_, route)| is_drawn(route)) {
            needs_fallback |= route.queue.is_none();
            let Some(queue) = &route.queue else {
                continue;
            };
            for resume in &route.resume {
                let to = match resume {
                    Resume::Same if route.declared => continue,
                    Resume::Same => ANYWHERE.to_owned(),
                    Resume::Fallback => {
                        needs_fallback = true;
                        FALLBACK.to_owned()
                    }
                    Resume::State(state) => state_id(state),
                };
                let reasons = targets.entry((queue_id(queue), to)).or_default();
                reasons.push(reason.to_owned());
            }
        }
        if needs_fallback {
            self.fallback(plan);
        }
        for ((queue, to), reasons) in targets {
            let label = if to == FALLBACK { Vec::new() } else { reasons };
            self.edge(&queue, Way::Exception, label, &to);
        }
    }

    fn fallback(&mut self, plan: &Plan) {
        let mut lines = vec!["fallback".to_owned()];
        let mut lane = accountable(plan);
        if let Some(fallback) = &plan.fallback {
            let owner = fallback.owner.as_deref();
            let mode = fallback.mode.as_str();
            lines.push(format!("{mode} by {}", owner.unwrap_or("nobody")));
            lane = owner.unwrap_or(lane);
        }
        self.node(FALLBACK, Shape::Fallback, lane, lines);
    }
}

const ANYWHERE: &str = "anywhere";
const FALLBACK: &str = "fallback";

/// Who answers for what has no owner of its own.
fn accountable(plan: &Plan) -> &str {
    plan.owner.as_deref().unwrap_or("nobody")
}

/// States, gates, queues and the nodes of the chart have different first letters, so that no name
/// can be taken for another or for a word of a drawing language.
pub(super) fn state_id(name: &str) -> String {
    format!("s_{name}")
}

/// Names of queues have no `_`, so that nothing is mixed up.
fn queue_id(name: &str) -> String {
    format!("q_{}", name.replace('-', "_"))
}

fn is_drawn(route: &ExceptionRoute) -> bool {
    !route.raised_in.is_empty()
}

fn destination(route: &ExceptionRoute) -> String {
    route
        .queue
        .as_deref()
        .map_or_else(|| FALLBACK.to_owned(), queue_id)
}

/// A box or gate of a state.
struct Segment {
    id: String,
    is_gate: bool,
    lane: Option<String>,
    lines: Vec<String>,
}

/// The parts of a state; a gate is known by its step, so that it stays itself when others go.
fn segments(name: &str, state: &State) -> Vec<Segment> {
    let phase = state.end.map_or(state.lifecycle.as_str(), Ending::as_str);
    let mut segments = vec![Segment {
        id: state_id(name),
        is_gate: false,
        lane: None,
        lines: vec![format!("{name} · {phase}")],
    }];
    for step in &state.steps {
        let gate = matches!(step.work, Work::Approve(_));
        let goes_on = segments
            .last()
            .is_some_and(|segment| !segment.is_gate && !gate);
        if !goes_on {
            let letter = if gate { 'a' } else { 'b' };
            segments.push(Segment {
                id: format!("{letter}_{}", step.id),
                is_gate: gate,
                lane: None,
                lines: Vec::new(),
            });
        }
        if let Some(segment) = segments.last_mut() {
            segment.lines.extend(steps::summary(step));
            segment.lane = segment.lane.take().or_else(|| worker(step));
        }
    }
    segments
}

/// Who does the work of a step, when people do.
fn worker(step: &Step) -> Option<String> {
    match &step.work {
        Work::Approve(approval) => approval.by.first().map(steps::party),
        Work::Task(task) => task.assign.first().and_then(|assignee| match assignee {
            Assignee::Queue(queue) => {
                let is_named = matches!(queue, Text::Plain(_));
                is_named.then(|| steps::assignee(assignee))
            }
            Assignee::Role(_) | Assignee::Team(_) | Assignee::Person(_) => {
                Some(steps::assignee(assignee))
            }
        }),
        Work::Check(_)
        | Work::Match(_)
        | Work::Route(_)
        | Work::Call(_)
        | Work::Wait(_)
        | Work::Notify(_)
        | Work::Emit(_)
        | Work::Run(_)
        | Work::Parallel(_)
        | Work::ForEach(_) => None,
    }
}
