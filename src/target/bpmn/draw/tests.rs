//! What must hold for any drawing: nothing covers anything, and lines end where they belong.

use proptest::prelude::*;

use super::{Line, Shape, Sheet, sheet};
use crate::layout::{Area, Point};
use crate::target::bpmn::process::{Event, Facts, Flow, Kind, Node, Scope, Task};

fn node(number: usize, name: &str, kind: Kind, lane: usize) -> Node {
    Node {
        id: format!("n{number}"),
        name: name.to_owned(),
        kind,
        lane,
        facts: Facts::default(),
    }
}

fn flow(from: usize, to: usize, name: &str, is_aside: bool) -> Flow {
    Flow {
        from,
        to,
        name: name.to_owned(),
        condition: None,
        is_aside,
    }
}

/// A way through some nodes, ways that jump between them, and events at the edges of activities.
fn scope() -> impl Strategy<Value = (Scope, usize)> {
    let nodes = prop::collection::vec((0..5_usize, 0..3_usize, "[a-zA-Z ]{0,30}"), 2..9);
    let jumps = prop::collection::vec((any::<usize>(), any::<usize>(), any::<bool>()), 0..6);
    let errors = prop::collection::vec((any::<usize>(), any::<usize>(), "[A-Z_]{3,18}"), 0..10);
    (nodes, jumps, errors).prop_map(|(kinds, jumps, errors)| {
        let mut scope = Scope::default();
        let last = kinds.len() - 1;
        for (number, (kind, lane, name)) in kinds.iter().enumerate() {
            let kind = match kind {
                _ if number == 0 => Kind::Start(Event::None),
                _ if number == last => Kind::End(Event::None),
                0 => Kind::Exclusive,
                1 => Kind::Sub {
                    scope: Scope::default(),
                    each: None,
                },
                _ => Kind::Task(Task::Service),
            };
            scope.nodes.push(node(number, name, kind, *lane));
        }
        for number in 0..last {
            scope.flows.push(flow(number, number + 1, "", false));
        }
        let inner = |number: usize| 1 + number % (last.max(2) - 1);
        if last > 1 {
            for (from, to, named) in jumps {
                let name = if named { "more than 5" } else { "" };
                let (from, to) = (inner(from), inner(to));
                if from != to {
                    scope.flows.push(flow(from, to, name, true));
                }
            }
            for (host, to, name) in errors {
                let host = inner(host);
                if matches!(scope.nodes[host].kind, Kind::Exclusive) || inner(to) == host {
                    continue;
                }
                let number = scope.nodes.len();
                let kind = Kind::Boundary {
                    host,
                    on: Event::Error(name.clone()),
                    interrupts: true,
                };
                let lane = scope.nodes[host].lane;
                scope.nodes.push(node(number, &name, kind, lane));
                scope.flows.push(flow(number, inner(to), "", true));
            }
        }
        (scope, 3)
    })
}

fn overlap(one: Area, other: Area) -> bool {
    one.x < other.right()
        && other.x < one.right()
        && one.y < other.bottom()
        && other.y < one.bottom()
}

/// The part of an area that a line may not enter.
fn inside(area: Area) -> Area {
    Area {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width - 2,
        height: area.height - 2,
    }
}

fn segments(line: &Line) -> impl Iterator<Item = Area> + '_ {
    line.points.windows(2).map(|pair| {
        let [one, other] = pair else {
            return Area::default();
        };
        Area {
            x: one.x.min(other.x),
            y: one.y.min(other.y),
            width: (one.x - other.x).abs().max(1),
            height: (one.y - other.y).abs().max(1),
        }
    })
}

fn touches(shape: Area, end: Option<&Point>) -> bool {
    end.is_some_and(|end| {
        (shape.x - 1..=shape.right() + 1).contains(&end.x)
            && (shape.y - 1..=shape.bottom() + 1).contains(&end.y)
    })
}

fn is_event(node: &Node) -> bool {
    matches!(node.kind, Kind::Boundary { .. })
}

fn judge(scope: &Scope, drawn: &Sheet) -> Result<(), TestCaseError> {
    let boxes: Vec<(usize, &Shape)> = drawn.shapes.iter().enumerate().collect();
    let labels: Vec<Area> = drawn
        .shapes
        .iter()
        .filter_map(|shape| shape.label)
        .chain(drawn.lines.iter().filter_map(|line| line.label))
        .collect();
    for (index, (one, shape)) in boxes.iter().enumerate() {
        for (other, beside) in &boxes[index + 1..] {
            let host = |event: usize, of: usize| matches!(scope.nodes[event].kind, Kind::Boundary { host, .. } if host == of);
            let belong = host(*one, *other) || host(*other, *one);
            prop_assert!(
                belong || !overlap(shape.area, beside.area),
                "{one} covers {other}"
            );
        }
        for label in &labels {
            prop_assert!(!overlap(shape.area, *label), "a label covers {one}");
        }
    }
    for (index, label) in labels.iter().enumerate() {
        for other in &labels[index + 1..] {
            prop_assert!(!overlap(*label, *other), "labels cover each other");
        }
    }
    for (flow, line) in scope.flows.iter().zip(&drawn.lines) {
        prop_assert!(touches(drawn.shapes[flow.from].area, line.points.first()));
        prop_assert!(touches(drawn.shapes[flow.to].area, line.points.last()));
        for (number, shape) in &boxes {
            if *number == flow.from || *number == flow.to || is_event(&scope.nodes[*number]) {
                continue;
            }
            let host = matches!(scope.nodes[flow.from].kind, Kind::Boundary { host, .. } if host == *number);
            for segment in segments(line) {
                prop_assert!(
                    host || !overlap(inside(shape.area), segment),
                    "a line from {} to {} crosses {number}",
                    flow.from,
                    flow.to
                );
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn nothing_covers_anything((scope, lanes) in scope()) {
        let lanes: Vec<String> = (0..lanes).map(|lane| format!("lane {lane}")).collect();
        if let Some(drawn) = sheet(&scope, &lanes) {
            judge(&scope, &drawn)?;
        }
        if let Some(drawn) = sheet(&scope, &[]) {
            judge(&scope, &drawn)?;
        }
    }

    #[test]
    fn events_stand_on_the_side_of_their_activity((scope, _) in scope()) {
        let Some(drawn) = sheet(&scope, &[]) else {
            return Ok(());
        };
        for (node, shape) in scope.nodes.iter().zip(&drawn.shapes) {
            let Kind::Boundary { host, .. } = node.kind else {
                continue;
            };
            let area = drawn.shapes[host].area;
            let centre = shape.area.x + shape.area.width / 2;
            prop_assert!(centre == area.x || centre == area.right());
            prop_assert!(shape.area.y >= area.y && shape.area.bottom() <= area.bottom());
        }
    }
}
