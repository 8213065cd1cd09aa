//! Where everything stands in the picture: one sheet for the process, and one for each scope
//! inside, which viewers open from its box.
//!
//! The layered layout of [`crate::layout`] places boxes, lines and labels. Events at the edge of an
//! activity stand at its right side, where the lines of its exceptions begin, so that the same
//! layout keeps them apart. Lines end at the outline of circles and diamonds.

use super::process::{Kind, Node, Scope};
use crate::layout::{self, Area, Direction, Graph, Point, Size, Strength};

/// The picture of one scope.
#[derive(Debug)]
pub(super) struct Sheet {
    /// How large it is, labels of lanes and pool included.
    pub size: Size,
    /// The boxes, in the order of the nodes.
    pub shapes: Vec<Shape>,
    /// The lines, in the order of the flows.
    pub lines: Vec<Line>,
    /// The lanes.
    pub lanes: Vec<Area>,
}

/// A box.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    /// Where it stands.
    pub area: Area,
    /// Where its name stands, when that is outside.
    pub label: Option<Area>,
}

/// A line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Its corners.
    pub points: Vec<Point>,
    /// Where its name stands.
    pub label: Option<Area>,
}

/// Circles of events.
const EVENT: i64 = 36;
/// Diamonds of gateways.
const GATEWAY: i64 = 50;
/// Between two events at the side of an activity, from centre to centre.
const EXIT: i64 = 46;
/// The names of a pool and its lanes.
pub(super) const HEADER: i64 = 30;
/// Between a circle and its name.
const GAP: i64 = 4;
/// A line of text.
const LINE: i64 = 15;
/// A character, on average.
const CHARACTER: i64 = 7;

/// Draws a scope with its lanes; `None` when nobody could read it.
pub(super) fn sheet(scope: &Scope, lanes: &[String]) -> Option<Sheet> {
    let hosts = Hosts::of(scope);
    // Which sides lines leave from depends on the graph alone, so that a first drawing tells how
    // much room the events at each side need.
    let unknown = vec![Sides::default(); scope.nodes.len()];
    let first = layout::layout(&graph(scope, lanes, &hosts, &unknown))?;
    let sides = sides(scope, &hosts, &first);
    let drawing = layout::layout(&graph(scope, lanes, &hosts, &sides))?;
    let shift = if lanes.is_empty() { 0 } else { 2 * HEADER };
    let mut shapes = vec![Shape::default(); scope.nodes.len()];
    for (position, node) in hosts.drawn.iter().enumerate() {
        let room = moved(drawing.nodes[position], shift);
        shapes[*node] = shape(&scope.nodes[*node], room, sides[*node]);
    }
    let mut lines = Vec::new();
    for (flow, route) in scope.flows.iter().zip(&drawing.routes) {
        let mut points: Vec<Point> = route
            .points
            .iter()
            .map(|point| shifted(*point, shift))
            .collect();
        let label = route.label.map(|label| moved(label, shift));
        let from = &scope.nodes[flow.from];
        if let Kind::Boundary { host, .. } = from.kind {
            let begin = points.first().copied().unwrap_or_default();
            shapes[flow.from] = Shape {
                area: circle_at(begin, shapes[host].area),
                label,
            };
        } else if let Some(first) = points.first_mut() {
            *first = docked(from, shapes[flow.from].area, *first);
        }
        if let Some(last) = points.last_mut() {
            *last = docked(&scope.nodes[flow.to], shapes[flow.to].area, *last);
        }
        lines.push(Line {
            points,
            label: label.filter(|_| !is_boundary(from)),
        });
    }
    Some(Sheet {
        size: Size {
            width: drawing.size.width + shift,
            height: drawing.size.height,
        },
        shapes,
        lines,
        lanes: bands(&drawing.lanes, lanes),
    })
}

fn graph(scope: &Scope, lanes: &[String], hosts: &Hosts, sides: &[Sides]) -> Graph {
    let edges = scope.flows.iter().map(|flow| {
        let from = &scope.nodes[flow.from];
        let name = if is_boundary(from) {
            &from.name
        } else {
            &flow.name
        };
        layout::Edge {
            from: hosts.position[flow.from],
            to: hosts.position[flow.to],
            strength: if flow.is_aside {
                Strength::Side
            } else {
                Strength::Main
            },
            label: (!name.is_empty()).then(|| text(name, 26)),
        }
    });
    let nodes = hosts
        .drawn
        .iter()
        .map(|node| boxed(&scope.nodes[*node], sides[*node]));
    Graph {
        nodes: nodes.collect(),
        edges: edges.collect(),
        lanes: lane_sizes(lanes),
        direction: Direction::Right,
    }
}

fn bands(drawn: &[Area], lanes: &[String]) -> Vec<Area> {
    if lanes.is_empty() {
        return Vec::new();
    }
    let band = |lane: &Area| Area {
        x: HEADER,
        width: lane.width + HEADER,
        ..*lane
    };
    drawn.iter().map(band).collect()
}

/// What happens at the two sides of an activity with events at its edge.
#[derive(Debug, Clone, Copy, Default)]
struct Sides {
    left: Side,
    right: Side,
}

/// One side.
#[derive(Debug, Clone, Copy, Default)]
struct Side {
    lines: i64,
    has_events: bool,
}

impl Side {
    /// The width that its events take beside the activity.
    fn margin(self) -> i64 {
        if self.has_events { EVENT / 2 } else { 0 }
    }

    /// How far its lines are from each other.
    fn room(self) -> i64 {
        if self.has_events { EXIT } else { 12 }
    }
}

/// Which sides the lines of a first drawing leave from.
fn sides(scope: &Scope, hosts: &Hosts, drawing: &layout::Drawing) -> Vec<Sides> {
    let mut sides = vec![Sides::default(); scope.nodes.len()];
    for (flow, route) in scope.flows.iter().zip(&drawing.routes) {
        let from = &scope.nodes[flow.from];
        let ends = [
            (flow.from, route.points.first(), is_boundary(from)),
            (flow.to, route.points.last(), false),
        ];
        for (node, end, is_event) in ends {
            let area = drawing.nodes[hosts.position[node]];
            let host = hosts.drawn[hosts.position[node]];
            let Some(end) = end else {
                continue;
            };
            let side = if end.x * 2 < area.x + area.right() {
                &mut sides[host].left
            } else {
                &mut sides[host].right
            };
            side.lines += 1;
            side.has_events |= is_event;
        }
    }
    sides
}

/// Nodes that the layout places; events at the edge stand where their activity is.
struct Hosts {
    drawn: Vec<usize>,
    position: Vec<usize>,
}

impl Hosts {
    fn of(scope: &Scope) -> Self {
        let mut drawn = Vec::new();
        let mut position = vec![0; scope.nodes.len()];
        for (index, node) in scope.nodes.iter().enumerate() {
            if !is_boundary(node) {
                position[index] = drawn.len();
                drawn.push(index);
            }
        }
        for (index, node) in scope.nodes.iter().enumerate() {
            if let Kind::Boundary { host, .. } = node.kind {
                position[index] = position[host];
            }
        }
        Hosts { drawn, position }
    }
}

fn is_boundary(node: &Node) -> bool {
    matches!(node.kind, Kind::Boundary { .. })
}

fn lane_sizes(lanes: &[String]) -> Vec<i64> {
    if lanes.is_empty() {
        return vec![0];
    }
    let length =
        |name: &String| i64::try_from(name.chars().count()).unwrap_or(0) * CHARACTER + 2 * LINE;
    lanes.iter().map(length).collect()
}

/// The room that a node takes, its events and its name included.
fn boxed(node: &Node, sides: Sides) -> layout::Node {
    match &node.kind {
        Kind::Exclusive | Kind::Parallel => {
            let size = Size {
                width: GATEWAY,
                height: GATEWAY,
            };
            layout::Node::new(size, node.lane)
        }
        Kind::Start(_) | Kind::End(_) => {
            let label = beside(&node.name);
            let size = Size {
                width: EVENT + label.map_or(0, |label| label.width + GAP),
                height: EVENT,
            };
            event(size, node.lane)
        }
        Kind::Catch(_) => {
            let label = text(&node.name, 18);
            let size = Size {
                width: EVENT.max(label.width),
                height: EVENT + 2 * (label.height + GAP),
            };
            event(size, node.lane)
        }
        Kind::Task(_) | Kind::Sub { .. } | Kind::Call(_) | Kind::Boundary { .. } => {
            let inside = of_activity(node);
            let needed = |side: Side| (side.lines + 1) * side.room();
            layout::Node {
                size: Size {
                    width: inside.width + sides.left.margin() + sides.right.margin(),
                    height: inside
                        .height
                        .max(needed(sides.left))
                        .max(needed(sides.right)),
                },
                lane: node.lane,
                arriving: sides.left.room(),
                leaving: sides.right.room(),
            }
        }
    }
}

/// Lines reach an event in the middle of its side.
fn event(size: Size, lane: usize) -> layout::Node {
    layout::Node {
        size,
        lane,
        arriving: size.height / 2,
        leaving: size.height / 2,
    }
}

/// The box of an activity, wide enough for its name.
fn of_activity(node: &Node) -> Size {
    let marker = i64::from(!matches!(node.kind, Kind::Task(_))) * LINE;
    let mut width = 110;
    loop {
        let lines = lines_of(
            &node.name,
            usize::try_from((width - 16) / CHARACTER).unwrap_or(8),
        );
        let height = lines * LINE + 34 + marker;
        if height <= 95 || width >= 260 {
            return Size {
                width,
                height: height.max(80),
            };
        }
        width += 20;
    }
}

/// How many lines a text takes when words are kept together.
fn lines_of(text: &str, most: usize) -> i64 {
    i64::try_from(wrapped(text, most).len()).unwrap_or(1)
}

fn wrapped(text: &str, most: usize) -> Vec<usize> {
    let mut lines = vec![0];
    for word in text.split(' ') {
        let mut length = word.chars().count();
        let last = lines.last().copied().unwrap_or(0);
        if last > 0 && last + 1 + length <= most {
            if let Some(line) = lines.last_mut() {
                *line += 1 + length;
            }
            continue;
        }
        if last > 0 {
            lines.push(0);
        }
        // Viewers break words that are longer than a line.
        while length > most {
            if let Some(line) = lines.last_mut() {
                *line = most;
            }
            lines.push(0);
            length -= most;
        }
        if let Some(line) = lines.last_mut() {
            *line = length;
        }
    }
    lines
}

/// The size of a name outside.
fn text(name: &str, most: usize) -> Size {
    let lines = wrapped(name, most);
    let widest = lines.iter().copied().max().unwrap_or(0);
    Size {
        width: i64::try_from(widest).unwrap_or(0) * CHARACTER + 6,
        height: i64::try_from(lines.len()).unwrap_or(1) * LINE,
    }
}

/// The size of a name beside a circle; at most two lines, so that it is not higher.
fn beside(name: &str) -> Option<Size> {
    if name.is_empty() {
        return None;
    }
    let mut most = 16;
    while lines_of(name, most) > 2 {
        most += 4;
    }
    Some(text(name, most))
}

fn shape(node: &Node, room: Area, sides: Sides) -> Shape {
    let middle = room.y + room.height / 2;
    match &node.kind {
        Kind::Exclusive | Kind::Parallel => Shape {
            area: room,
            label: None,
        },
        Kind::Start(_) => named(node, room, room.right() - EVENT, room.x),
        Kind::End(_) => named(node, room, room.x, room.x + EVENT + GAP),
        Kind::Catch(_) => {
            let label = text(&node.name, 18);
            let centre = room.x + room.width / 2;
            Shape {
                area: circle(Point {
                    x: centre,
                    y: middle,
                }),
                label: Some(Area {
                    x: centre - label.width / 2,
                    y: middle + EVENT / 2 + GAP,
                    width: label.width,
                    height: label.height,
                }),
            }
        }
        Kind::Task(_) | Kind::Sub { .. } | Kind::Call(_) | Kind::Boundary { .. } => {
            let x = room.x + sides.left.margin();
            let width = of_activity(node).width;
            Shape {
                area: Area { x, width, ..room },
                label: None,
            }
        }
    }
}

fn named(node: &Node, room: Area, circle: i64, label: i64) -> Shape {
    let middle = room.y + room.height / 2;
    Shape {
        area: Area {
            x: circle,
            y: middle - EVENT / 2,
            width: EVENT,
            height: EVENT,
        },
        label: beside(&node.name).map(|size| Area {
            x: label,
            y: middle - size.height / 2,
            width: size.width,
            height: size.height,
        }),
    }
}

fn circle(centre: Point) -> Area {
    Area {
        x: centre.x - EVENT / 2,
        y: centre.y - EVENT / 2,
        width: EVENT,
        height: EVENT,
    }
}

/// The circle of an event at the side of an activity where its line begins.
fn circle_at(begin: Point, host: Area) -> Area {
    let is_left = begin.x * 2 < host.x + host.right();
    circle(Point {
        x: if is_left { host.x } else { host.right() },
        y: begin.y,
    })
}

/// Moves the end of a line sideways to the outline of what it belongs to.
fn docked(node: &Node, area: Area, end: Point) -> Point {
    let centre = area.x + area.width / 2;
    let off = (end.y - (area.y + area.height / 2)).abs();
    let reach = match &node.kind {
        Kind::Exclusive | Kind::Parallel => area.width / 2 - off,
        Kind::Start(_) | Kind::End(_) | Kind::Catch(_) => {
            let radius = EVENT / 2;
            (radius * radius - off * off).max(0).isqrt()
        }
        Kind::Task(_) | Kind::Sub { .. } | Kind::Call(_) | Kind::Boundary { .. } => area.width / 2,
    };
    let x = if end.x < centre {
        centre - reach
    } else {
        centre + reach
    };
    // Widths may be odd.
    let x = if reach == area.width / 2 && end.x >= centre {
        area.right()
    } else {
        x
    };
    Point { x, y: end.y }
}

fn moved(area: Area, by: i64) -> Area {
    Area {
        x: area.x + by,
        ..area
    }
}

fn shifted(point: Point, by: i64) -> Point {
    Point {
        x: point.x + by,
        ..point
    }
}
