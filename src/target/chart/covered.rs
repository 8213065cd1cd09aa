//! A chart with how often each part was tried.

use super::ways::transition_label;
use super::{Chart, Line, Mark, Way, segments, state_id};
use crate::plan::Plan;
use crate::plan::state::Move;

/// A part of a plan that can be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried<'p> {
    /// A state.
    State(&'p str),
    /// A transition, by its state and position.
    Transition(&'p str, usize),
    /// A reason.
    Reason(&'p str),
}

impl Chart {
    /// The chart of a plan with how often its parts were tried; `times` says nothing about what is
    /// not counted.
    pub fn covered(plan: &Plan, times: impl Fn(Tried<'_>) -> Option<usize>) -> Chart {
        let mut chart = Chart::of(plan);
        for (name, state) in plan.states.iter() {
            let id = state_id(name);
            let count = times(Tried::State(name)).map(counted);
            let node = chart.nodes.iter_mut().find(|node| node.id == id);
            if let (Some(node), Some(count)) = (node, count) {
                node.lines.push(count);
            }
            let Some(last) = segments(name, state).pop() else {
                continue;
            };
            for (number, transition) in state.transitions.iter().enumerate() {
                let Move::To(to) = &transition.leads else {
                    continue;
                };
                let label: Vec<Line> = transition_label(transition)
                    .into_iter()
                    .map(Line::from)
                    .collect();
                // A label that has its count already is no longer the one that is looked for.
                let edge = chart.edges.iter_mut().find(|edge| {
                    edge.way == Way::Planned
                        && edge.from == last.id
                        && edge.to == state_id(to)
                        && edge.label == label
                });
                let count = times(Tried::Transition(name, number)).map(counted);
                if let (Some(edge), Some(count)) = (edge, count) {
                    edge.label.push(count);
                }
            }
        }
        for edge in &mut chart.edges {
            if edge.way == Way::Planned {
                continue;
            }
            for line in &mut edge.label {
                if let Some(count) = times(Tried::Reason(&line.text)) {
                    line.text = format!("{} · {count}", line.text);
                    if count == 0 {
                        line.mark = Mark::Changed;
                    }
                }
            }
        }
        chart
    }
}

fn counted(times: usize) -> Line {
    match times {
        0 => Line {
            text: "never tried".to_owned(),
            mark: Mark::Changed,
        },
        1 => Line::from("1 scenario".to_owned()),
        more => Line::from(format!("{more} scenarios")),
    }
}
