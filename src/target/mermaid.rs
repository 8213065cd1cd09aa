//! A plan as a Mermaid flowchart, which GitHub and most wikis draw.
//!
//! Solid lines are the planned way, dashed ones exceptions. A state is a box with its steps, an
//! approval a hexagon on the way out of its state, a queue a cylinder. A dashed line with two heads
//! is an exception that comes back to where it was raised.

mod label;
mod steps;

use std::collections::BTreeMap;

use super::{Artifact, Target, single};
use crate::diagnostic::Checked;
use crate::plan::Plan;
use crate::plan::exception::{ExceptionRoute, Queue, Resume};
use crate::plan::governance::Start;
use crate::plan::people::Mover;
use crate::plan::state::{Guard, Move, Rung, State, Timeout, Transition};
use crate::plan::step::{Step, Work};
use label::{escaped, joined, wrapped};

/// The diagram.
pub static TARGET: Target = Target {
    id: "mermaid",
    title: "a diagram for documentation and reviews",
    extension: "mmd",
    docs: "A Mermaid flowchart: states with their steps, approvals as gates, guards on the ways \
           between them, and dashed the exceptions with the queues that resolve them and the way \
           back. Reasons that the author did not declare leave from one node, *any step*.",
    emit,
};

fn emit(plan: &Plan) -> Checked<Vec<Artifact>> {
    single(plan, &TARGET, draw(plan))
}

fn draw(plan: &Plan) -> String {
    let mut diagram = Diagram::default();
    diagram.arrival(plan);
    for (name, state) in plan.states.iter() {
        diagram.state(name, state);
    }
    for (name, state) in plan.states.iter() {
        diagram.ways_on(name, state);
    }
    diagram.exceptions(plan);
    diagram.finish(plan)
}

/// A way between two nodes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    /// The planned way.
    Planned,
    /// An exception.
    Exception,
    /// An exception that comes back to where it was raised.
    ThereAndBack,
}

#[derive(Default)]
struct Diagram {
    lines: Vec<String>,
    edges: usize,
    thin: Vec<String>,
    gates: Vec<String>,
    queues: Vec<String>,
    ends: Vec<String>,
}

impl Diagram {
    fn node(&mut self, id: &str, shape: (&str, &str), label: &[String]) {
        let (open, close) = shape;
        self.lines
            .push(format!("{id}{open}\"{}\"{close}", joined(label)));
    }

    fn edge(&mut self, from: &str, line: Line, label: &[String], to: &str) {
        let arrow = match line {
            Line::Planned => "-->",
            Line::Exception => "-.->",
            Line::ThereAndBack => "<-.->",
        };
        let label = if label.is_empty() {
            String::new()
        } else {
            format!("|\"{}\"|", joined(label))
        };
        self.lines.push(format!("{from} {arrow}{label} {to}"));
        if line != Line::Planned {
            self.thin.push(self.edges.to_string());
        }
        self.edges += 1;
    }

    fn arrival(&mut self, plan: &Plan) {
        let mut label: Vec<String> = plan
            .triggers
            .iter()
            .map(|trigger| match &trigger.on {
                Start::Event(event) => format!("event {}", escaped(event)),
                Start::Form(form) => format!("form {}", escaped(form)),
                Start::Schedule(schedule) => format!("schedule {}", escaped(schedule)),
                Start::Hand => "by hand".to_owned(),
            })
            .collect();
        if label.is_empty() {
            label.push("by hand".to_owned());
        }
        self.node("arrival", ("([", "])"), &label);
        self.edge("arrival", Line::Planned, &[], &state_id(&plan.start));
    }

    /// The boxes of a state, cut at its approvals.
    fn state(&mut self, name: &str, state: &State) {
        let mut segments = segments(name, state).into_iter();
        let Some(first) = segments.next() else {
            return;
        };
        let shape = if state.end.is_some() {
            self.ends.push(first.id.clone());
            ("([", "])")
        } else {
            ("[", "]")
        };
        self.node(&first.id, shape, &first.label);
        let mut last = first.id;
        for segment in segments {
            if segment.is_gate {
                self.gates.push(segment.id.clone());
                self.node(&segment.id, ("{{", "}}"), &segment.label);
            } else {
                self.node(&segment.id, ("[", "]"), &segment.label);
            }
            self.edge(&last, Line::Planned, &[], &segment.id);
            last = segment.id;
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
                self.edge(&last.id, Line::Planned, &label, &state_id(to));
            }
        }
        let from = state_id(name);
        for (label, to) in shortcuts(state) {
            self.edge(&from, Line::Planned, &[label], &state_id(&to));
        }
    }

    fn exceptions(&mut self, plan: &Plan) {
        for (name, queue) in plan.queues.iter() {
            let is_used = plan
                .exceptions
                .values()
                .any(|route| is_drawn(route) && route.queue.as_deref() == Some(name));
            if is_used {
                self.queue(name, queue);
            }
        }
        for (name, _) in plan.states.iter() {
            self.raised(name, plan);
        }
        self.undeclared(plan);
        self.ways_back(plan);
    }

    fn queue(&mut self, name: &str, queue: &Queue) {
        let id = queue_id(name);
        let keeper = queue.owner.as_ref().or(queue.team.as_ref());
        let mut label = vec![escaped(name)];
        label.push(match keeper {
            Some(keeper) => format!("{} · {}", queue.kind.as_str(), escaped(keeper)),
            None => queue.kind.as_str().to_owned(),
        });
        self.node(&id, ("[(", ")]"), &label);
        self.queues.push(id);
    }

    /// The reasons that a state raises, one line for each queue and kind of way back.
    fn raised(&mut self, name: &str, plan: &Plan) {
        let mut lines: Vec<(String, Line, Vec<String>)> = Vec::new();
        let declared = plan
            .exceptions
            .iter()
            .filter(|(_, route)| route.declared && route.raised_in.contains(name));
        for (reason, route) in declared {
            let to = destination(route);
            let line = if route.resume.contains(&Resume::Same) {
                Line::ThereAndBack
            } else {
                Line::Exception
            };
            match lines
                .iter_mut()
                .find(|(known, kind, _)| *known == to && *kind == line)
            {
                Some((_, _, reasons)) => reasons.push(escaped(reason)),
                None => lines.push((to, line, vec![escaped(reason)])),
            }
        }
        for (to, line, reasons) in lines {
            self.edge(&state_id(name), line, &reasons, &to);
        }
    }

    /// Reasons that take the default route leave from one node for all states.
    fn undeclared(&mut self, plan: &Plan) {
        let mut targets: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (reason, route) in plan.exceptions.iter() {
            if !route.declared && is_drawn(route) {
                targets
                    .entry(destination(route))
                    .or_default()
                    .push(escaped(reason));
            }
        }
        if !targets.is_empty() {
            self.node("anywhere", ("([", "])"), &["any step".to_owned()]);
        }
        for (to, reasons) in targets {
            self.edge("anywhere", Line::Exception, &reasons, &to);
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
                    Resume::Same => "anywhere".to_owned(),
                    Resume::Fallback => {
                        needs_fallback = true;
                        FALLBACK.to_owned()
                    }
                    Resume::State(state) => state_id(state),
                };
                targets
                    .entry((queue_id(queue), to))
                    .or_default()
                    .push(escaped(reason));
            }
        }
        if needs_fallback {
            self.fallback(plan);
        }
        for ((queue, to), reasons) in targets {
            let label = if to == FALLBACK { Vec::new() } else { reasons };
            self.edge(&queue, Line::Exception, &label, &to);
        }
    }

    fn fallback(&mut self, plan: &Plan) {
        let mut label = vec!["fallback".to_owned()];
        if let Some(fallback) = &plan.fallback {
            let owner = fallback.owner.as_deref().unwrap_or("nobody");
            label.push(format!("{} by {}", fallback.mode.as_str(), escaped(owner)));
        }
        self.node(FALLBACK, ("[/", "/]"), &label);
    }

    fn finish(self, plan: &Plan) -> String {
        let version = plan.version.as_deref().unwrap_or_default();
        let title = format!("{} {version}", plan.name);
        let mut text = format!(
            "---\ntitle: \"{}\"\nconfig:\n  flowchart:\n    wrappingWidth: {WRAPPING_WIDTH}\n---\nflowchart TD\n",
            title.trim()
        );
        for line in &self.lines {
            text.push_str("  ");
            text.push_str(line);
            text.push('\n');
        }
        let classes = [
            ("gate", "stroke:#b26a00,stroke-width:2px", &self.gates),
            ("queue", "stroke:#a33,stroke-dasharray:4 3", &self.queues),
            ("ending", "stroke:#2a7,stroke-width:2px", &self.ends),
        ];
        for (class, style, members) in classes {
            if !members.is_empty() {
                text.push_str(&format!("  classDef {class} {style}\n"));
                text.push_str(&format!("  class {} {class}\n", members.join(",")));
            }
        }
        if !self.thin.is_empty() {
            let edges = self.thin.join(",");
            text.push_str(&format!(
                "  linkStyle {edges} stroke:#a33,stroke-width:1px\n"
            ));
        }
        text
    }
}

const FALLBACK: &str = "fallback";

/// Wide enough for the name of an operation, so that steps keep to one line each.
const WRAPPING_WIDTH: u32 = 340;

/// States, queues and the nodes of the diagram have different first letters, so that no name can
/// be taken for another or for a word of Mermaid.
fn state_id(name: &str) -> String {
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
    label: Vec<String>,
}

fn segments(name: &str, state: &State) -> Vec<Segment> {
    let phase = state.end.map_or(
        state.lifecycle.as_str(),
        crate::syntax::workflow::Ending::as_str,
    );
    let mut segments = vec![Segment {
        id: state_id(name),
        is_gate: false,
        label: vec![format!("{} · {phase}", escaped(name))],
    }];
    for step in &state.steps {
        let gate = matches!(step.work, Work::Approve(_));
        let goes_on = segments
            .last()
            .is_some_and(|segment| !segment.is_gate && !gate);
        if !goes_on {
            segments.push(Segment {
                id: format!("s{}_{name}", segments.len() + 1),
                is_gate: gate,
                label: Vec::new(),
            });
        }
        if let Some(segment) = segments.last_mut() {
            segment.label.extend(steps::summary(step));
        }
    }
    segments
}

fn transition_label(transition: &Transition) -> Vec<String> {
    let mut label = match &transition.guard {
        Guard::Always => Vec::new(),
        Guard::When(condition) => wrapped(condition.as_str()),
        Guard::Otherwise => vec!["otherwise".to_owned()],
    };
    let people: Vec<String> = transition
        .by
        .iter()
        .filter_map(|mover| match mover {
            Mover::System => None,
            Mover::People(party) => Some(steps::party(party)),
        })
        .collect();
    if !people.is_empty() {
        label.push(format!("by {}", people.join(" or ")));
    }
    label
}

/// Ways to other states that no transition takes: errors and passed time.
fn shortcuts(state: &State) -> Vec<(String, String)> {
    let of_timeout = |timeout: &Option<Timeout>, what: &str| {
        let rungs = timeout.iter().flat_map(|timeout| &timeout.then);
        let what = escaped(what);
        rungs
            .filter_map(|rung| match rung {
                Rung::To(to) => Some((format!("{what} too late"), to.clone())),
                Rung::Ask(_) | Rung::Notify(_) | Rung::Raise(_) | Rung::Decide(_) => None,
            })
            .collect::<Vec<_>>()
    };
    let of_step = |step: &Step| {
        let errors = step.catch.iter().filter_map(|catch| match &catch.leads {
            Move::To(to) => {
                let label = format!("{} fails with {}", escaped(&step.id), escaped(&catch.error));
                Some((label, to.clone()))
            }
            Move::Raise(_) => None,
        });
        let mut ways: Vec<(String, String)> = errors.collect();
        ways.extend(of_timeout(&step.timeout, &step.id));
        ways
    };
    let mut ways: Vec<(String, String)> = state.all_steps().into_iter().flat_map(of_step).collect();
    ways.extend(of_timeout(&state.timeout, "the state"));
    ways
}
