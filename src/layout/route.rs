//! The lines: straight inside columns, changing their height on tracks in the channels between.

use super::columns::{Columns, Content, label_offset};
use super::place::Placed;
use super::rank::Ranks;
use super::{Area, Drawing, Extent, Graph, Point, Route, Size};

/// Between the edge of a column and the first track.
const CHANNEL_ROOM: i64 = 16;
/// Between two tracks.
const TRACK: i64 = 10;
/// Around the whole drawing, along.
const OUTER_ROOM: i64 = 16;
/// Lines on one track keep this distance.
const TRACK_ROOM: i64 = 8;
/// Between two lines that lead back to one box, along.
const LOOP_STEP: i64 = 8;
/// Rounds of exchanging neighbouring tracks.
const ROUNDS: usize = 24;

/// A part of a line in a channel: at which heights it comes from the left and from the right.
#[derive(Debug, Clone, Copy)]
struct Wire {
    /// Where it comes from the column before.
    begin: i64,
    /// Where it ends.
    end: i64,
    /// True when it ends in the column before too.
    turns: bool,
    track: i64,
}

impl Wire {
    fn low(&self) -> i64 {
        self.begin.min(self.end)
    }

    fn high(&self) -> i64 {
        self.begin.max(self.end)
    }

    fn is_straight(&self) -> bool {
        self.begin == self.end && !self.turns
    }

    fn lefts(&self) -> impl Iterator<Item = i64> {
        std::iter::once(self.begin).chain(self.turns.then_some(self.end))
    }

    fn right(&self) -> Option<i64> {
        (!self.turns).then_some(self.end)
    }

    /// How bad it is to have this wire on a track before another.
    fn cost_before(&self, other: &Wire) -> usize {
        const SHARED: usize = 8;
        let inside =
            |wire: &Wire, height: i64| usize::from(wire.low() < height && height < wire.high());
        let crossed: usize = other.lefts().map(|height| inside(self, height)).sum();
        let crossed = crossed + self.right().map_or(0, |height| inside(other, height));
        // One's way out and the other's way in at one height would lie on each other.
        let shared = self.right().map_or(0, |right| {
            other.lefts().filter(|left| *left == right).count()
        });
        crossed + shared * SHARED
    }
}

/// Draws everything.
pub(super) fn draw(graph: &Graph, ranks: &Ranks, columns: &Columns, placed: &Placed) -> Drawing {
    let wires = wires(columns, placed);
    let along = Along::of(graph, columns, &wires);
    let direction = graph.direction;
    let mut routes = vec![
        Route {
            points: Vec::new(),
            label: None,
        };
        graph.edges.len()
    ];
    for (channel, wires) in wires.iter().enumerate() {
        route_lines(graph, columns, &along, wires, channel, &mut routes);
        route_loops(graph, columns, placed, &along, wires, channel, &mut routes);
    }
    for (index, route) in routes.iter_mut().enumerate() {
        route.points = corners(&route.points);
        if ranks.reversed[index] {
            route.points.reverse();
        }
    }
    let nodes = boxes(graph, columns, placed, &along, &mut routes);
    let across: i64 = placed.lanes.iter().map(|(_, extent)| extent).sum();
    let lanes = placed.lanes.iter().map(|(begin, extent)| {
        let extent = Extent {
            along: along.length,
            across: *extent,
        };
        direction.area(0, *begin, extent)
    });
    let size = direction.point(along.length, across);
    Drawing {
        size: Size {
            width: size.x,
            height: size.y,
        },
        nodes,
        routes,
        lanes: lanes.collect(),
    }
}

/// The parts of lines in a channel.
fn route_lines(
    graph: &Graph,
    columns: &Columns,
    along: &Along,
    wires: &[Wire],
    channel: usize,
    routes: &mut [Route],
) {
    let direction = graph.direction;
    for (segment, wire) in columns.channels[channel].iter().zip(wires) {
        let begin = along.end_of(graph, columns, channel, segment.from);
        let end = along.begin_of(graph, columns, channel + 1, segment.to);
        let track = along.track(channel, wire.track);
        routes[segment.edge].points.extend([
            direction.point(begin, wire.begin),
            direction.point(track, wire.begin),
            direction.point(track, wire.end),
            direction.point(end, wire.end),
        ]);
    }
}

/// The lines that lead back to the box that they leave.
fn route_loops(
    graph: &Graph,
    columns: &Columns,
    placed: &Placed,
    along: &Along,
    wires: &[Wire],
    channel: usize,
    routes: &mut [Route],
) {
    let direction = graph.direction;
    let wires = &wires[columns.channels[channel].len()..];
    for (turn, wire) in columns.loops[channel].iter().zip(wires) {
        let begin = along.end_of(graph, columns, channel, turn.item);
        let track = along.track(channel, wire.track);
        let back = Along::loop_back(turn.position, begin, box_along(graph, turn.edge));
        let far = placed.begin[turn.item] + columns.items[turn.item].anchor;
        let route = &mut routes[turn.edge];
        route.points.extend([
            direction.point(begin, wire.begin),
            direction.point(track, wire.begin),
            direction.point(track, wire.end),
            direction.point(back, wire.end),
            direction.point(back, far),
        ]);
        route.label = graph.edges[turn.edge].label.map(|label| {
            let extent = direction.extent(label);
            direction.area(back + LOOP_STEP / 2, wire.end + 3, extent)
        });
    }
}

/// The boxes; labels go to their lines.
fn boxes(
    graph: &Graph,
    columns: &Columns,
    placed: &Placed,
    along: &Along,
    routes: &mut [Route],
) -> Vec<Area> {
    let mut nodes = vec![Area::default(); graph.nodes.len()];
    for (index, column) in columns.columns.iter().enumerate() {
        for item in column {
            let begin = placed.begin[*item];
            match columns.items[*item].content {
                Content::Node(node) => {
                    let extent = graph.direction.extent(graph.nodes[node].size);
                    let first = along.begin_of(graph, columns, index, *item);
                    nodes[node] = graph.direction.area(first, begin, extent);
                }
                Content::Label(edge) => {
                    let begin = begin + label_offset(graph.direction);
                    routes[edge].label = graph.edges[edge].label.map(|label| {
                        let extent = graph.direction.extent(label);
                        graph.direction.area(along.columns[index].0, begin, extent)
                    });
                }
                Content::Bend => {}
            }
        }
    }
    nodes
}

/// The wires of each channel, with their tracks; those of loops come last.
fn wires(columns: &Columns, placed: &Placed) -> Vec<Vec<Wire>> {
    let mut all = Vec::with_capacity(columns.channels.len());
    for (index, channel) in columns.channels.iter().enumerate() {
        let lines = channel.iter().zip(&placed.ports[index]);
        let mut wires: Vec<Wire> = lines
            .map(|(segment, port)| Wire {
                begin: placed.begin[segment.from] + port.from,
                end: placed.begin[segment.to] + port.to,
                turns: false,
                track: 0,
            })
            .collect();
        let loops = columns.loops[index].iter().zip(&placed.loops[index]);
        wires.extend(loops.map(|(turn, port)| Wire {
            begin: placed.begin[turn.item] + port,
            end: placed.begin[turn.item] + turn.line,
            turns: true,
            track: 0,
        }));
        assign_tracks(&mut wires);
        all.push(wires);
    }
    all
}

/// Gives every wire a track, in an order with few crossings; wires that do not meet share one.
fn assign_tracks(wires: &mut [Wire]) {
    let mut order: Vec<usize> = (0..wires.len())
        .filter(|wire| !wires[*wire].is_straight())
        .collect();
    // Lines down: the lowest first; lines up: the highest first.
    order.sort_by_key(|wire| {
        let Wire { begin, end, .. } = wires[*wire];
        if end > begin { -begin } else { begin }
    });
    for _ in 0..ROUNDS {
        let mut changed = false;
        for index in 1..order.len() {
            let (first, second) = (&wires[order[index - 1]], &wires[order[index]]);
            if second.cost_before(first) < first.cost_before(second) {
                order.swap(index - 1, index);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    for index in 0..order.len() {
        let wire = wires[order[index]];
        let meets = |other: &&usize| {
            let other = &wires[**other];
            other.low() < wire.high() + TRACK_ROOM && wire.low() < other.high() + TRACK_ROOM
        };
        let before = order[..index].iter().filter(meets);
        let last = before.map(|other| wires[*other].track).max();
        wires[order[index]].track = last.map_or(0, |last| last + 1);
    }
}

/// Where columns and channels begin along the direction.
struct Along {
    /// Begin and extent of each column.
    columns: Vec<(i64, i64)>,
    length: i64,
}

impl Along {
    fn of(graph: &Graph, columns: &Columns, wires: &[Vec<Wire>]) -> Self {
        let mut next = OUTER_ROOM;
        let mut found = Vec::with_capacity(columns.columns.len());
        for (index, column) in columns.columns.iter().enumerate() {
            let extents = column
                .iter()
                .map(|item| match columns.items[*item].content {
                    Content::Node(node) => graph.direction.extent(graph.nodes[node].size).along,
                    Content::Bend => 0,
                    Content::Label(edge) => label_along(graph, edge),
                });
            let widest = extents.max().unwrap_or(0);
            let loops = columns.loops[index].iter();
            let loops = loops.map(|turn| 2 * (LOOP_STEP + label_along(graph, turn.edge)));
            let extent = widest.max(loops.max().unwrap_or(0));
            found.push((next, extent));
            let bent = wires[index].iter().filter(|wire| !wire.is_straight());
            let tracks = bent.map(|wire| wire.track + 1).max().unwrap_or(0);
            let is_last = index + 1 == columns.columns.len();
            next += extent;
            if !is_last || tracks > 0 {
                next += 2 * CHANNEL_ROOM + (tracks - 1).max(0) * TRACK;
            }
        }
        Along {
            columns: found,
            length: next + OUTER_ROOM,
        }
    }

    fn track(&self, channel: usize, track: i64) -> i64 {
        let (begin, extent) = self.columns[channel];
        begin + extent + CHANNEL_ROOM + track * TRACK
    }

    /// Where a loop comes back to its box, which ends at `end`.
    fn loop_back(position: i64, end: i64, extent: i64) -> i64 {
        end - (extent / 2 + position * LOOP_STEP).min(extent)
    }

    /// Where an item begins: boxes stand in the middle of their column.
    fn begin_of(&self, graph: &Graph, columns: &Columns, column: usize, item: usize) -> i64 {
        let (begin, extent) = self.columns[column];
        match columns.items[item].content {
            Content::Node(node) => {
                begin + (extent - graph.direction.extent(graph.nodes[node].size).along) / 2
            }
            Content::Bend | Content::Label(_) => begin,
        }
    }

    fn end_of(&self, graph: &Graph, columns: &Columns, column: usize, item: usize) -> i64 {
        let (begin, extent) = self.columns[column];
        match columns.items[item].content {
            Content::Node(node) => {
                self.begin_of(graph, columns, column, item)
                    + graph.direction.extent(graph.nodes[node].size).along
            }
            Content::Bend | Content::Label(_) => begin + extent,
        }
    }
}

/// How long the box is that a loop leaves and comes back to.
fn box_along(graph: &Graph, edge: usize) -> i64 {
    let node = graph.nodes[graph.edges[edge].from];
    graph.direction.extent(node.size).along
}

fn label_along(graph: &Graph, edge: usize) -> i64 {
    let label = graph.edges[edge].label;
    label.map_or(0, |label| graph.direction.extent(label).along)
}

/// The points without those that lie on a straight line.
fn corners(points: &[Point]) -> Vec<Point> {
    let mut corners: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        if corners.last() == Some(point) {
            continue;
        }
        if let [.., before, last] = corners[..] {
            let straight = (before.x == last.x && last.x == point.x)
                || (before.y == last.y && last.y == point.y);
            if straight {
                corners.pop();
            }
        }
        corners.push(*point);
    }
    corners
}
