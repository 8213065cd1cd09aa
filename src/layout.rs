//! A layered layout: where the boxes, lines and labels of a diagram stand. Pure geometry; it knows
//! neither plans nor pictures, and serves the SVG pictures as well as the diagrams inside BPMN.
//!
//! # What is guaranteed
//!
//! By construction, and held by property tests on random graphs:
//! - boxes do not overlap, each stands inside its lane, and lanes do not overlap;
//! - lines are orthogonal, begin and end on the edge of their boxes and cross no box;
//! - a label covers no box, no other label, and no line but its own, which it stands beside;
//! - the same graph gives the same drawing; nodes and edges keep the order in which they are given
//!   unless another order has fewer crossings, so that small changes move little;
//! - nothing recurses, and what is too large to be drawn is refused ([`layout`]).
//!
//! # How
//!
//! After Sugiyama: lines that run against the order of a depth-first walk are turned around
//! ([`rank`]); nodes stand in columns by the longest way to them; a line that passes a column takes
//! part in it as a point with room around it, a label as a box of its own in a column between
//! ([`columns`]); columns are reordered until crossings do not become fewer ([`order`]); inside
//! each lane things move towards what they are connected with, in order and with their distance
//! ([`place`], [`straight`]); and lines change their height only in the channels between columns, each on a
//! track of its own ([`route`]). Boxes are in columns and verticals in channels: that is why no
//! line can cross a box.
//!
//! # Why not a crate
//!
//! `dagre`, `rust-sugiyama` and `layout-rs` were looked at: the first two give coordinates of boxes
//! and leave lines to the caller, none knows lanes, and none keeps lines and labels off boxes.

mod columns;
mod order;
mod place;
mod rank;
mod route;
mod straight;
#[cfg(test)]
mod tests;

/// A length on both axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    /// From left to right.
    pub width: i64,
    /// From top to bottom.
    pub height: i64,
}

/// A point; `y` grows downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Point {
    /// From the left.
    pub x: i64,
    /// From the top.
    pub y: i64,
}

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Area {
    /// The left edge.
    pub x: i64,
    /// The top edge.
    pub y: i64,
    /// From left to right.
    pub width: i64,
    /// From top to bottom.
    pub height: i64,
}

impl Area {
    /// The right edge.
    pub fn right(self) -> i64 {
        self.x + self.width
    }

    /// The bottom edge.
    pub fn bottom(self) -> i64 {
        self.y + self.height
    }
}

/// Where the planned way leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From left to right, with lanes as horizontal bands.
    Right,
    /// From top to bottom, with lanes as vertical bands.
    Down,
}

/// A box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// How large it is.
    pub size: Size,
    /// The lane that it stands in.
    pub lane: usize,
    /// Lines arrive at least so far from each other and from the corners, and never nearer than
    /// seven.
    pub arriving: i64,
    /// Lines leave at least so far from each other and from the corners.
    pub leaving: i64,
}

impl Node {
    /// A box whose lines may begin and end anywhere on its sides.
    pub fn new(size: Size, lane: usize) -> Self {
        Node {
            size,
            lane,
            arriving: 0,
            leaving: 0,
        }
    }
}

/// How much a line decides about the order of the boxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// It is kept straight, and runs in the direction of the drawing before others do.
    Main,
    /// It runs where there is room.
    Side,
}

/// A line from one box to another, or back to the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The box that it leaves.
    pub from: usize,
    /// The box that it leads to.
    pub to: usize,
    /// How much it decides.
    pub strength: Strength,
    /// The size of its label, when it has one; it stands near the beginning of the line.
    pub label: Option<Size>,
}

/// What is to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// The boxes, the first one first.
    pub nodes: Vec<Node>,
    /// The lines.
    pub edges: Vec<Edge>,
    /// The least extent of each lane across the direction; at least one lane.
    pub lanes: Vec<i64>,
    /// Where the planned way leads.
    pub direction: Direction,
}

/// A line in the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The corners, from the box that it leaves to the box that it leads to.
    pub points: Vec<Point>,
    /// Where the label stands.
    pub label: Option<Area>,
}

/// Where everything stands, in the order of the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// How large the whole is.
    pub size: Size,
    /// The boxes.
    pub nodes: Vec<Area>,
    /// The lines.
    pub routes: Vec<Route>,
    /// The lanes, over the whole length of the drawing.
    pub lanes: Vec<Area>,
}

/// A length along and across the direction of the drawing.
#[derive(Debug, Clone, Copy, Default)]
struct Extent {
    along: i64,
    across: i64,
}

impl Direction {
    fn extent(self, size: Size) -> Extent {
        match self {
            Direction::Right => Extent {
                along: size.width,
                across: size.height,
            },
            Direction::Down => Extent {
                along: size.height,
                across: size.width,
            },
        }
    }

    fn point(self, along: i64, across: i64) -> Point {
        match self {
            Direction::Right => Point {
                x: along,
                y: across,
            },
            Direction::Down => Point {
                x: across,
                y: along,
            },
        }
    }

    fn area(self, along: i64, across: i64, extent: Extent) -> Area {
        let corner = self.point(along, across);
        let size = self.point(extent.along, extent.across);
        Area {
            x: corner.x,
            y: corner.y,
            width: size.x,
            height: size.y,
        }
    }
}

/// Draws a graph; `None` when its lines would pass so many columns that nobody could read the
/// drawing. Lanes and nodes that an edge or node names and that are not there are taken for the
/// first one.
pub fn layout(graph: &Graph) -> Option<Drawing> {
    let graph = mended(graph);
    let ranks = rank::rank(&graph);
    let mut columns = columns::columns(&graph, &ranks)?;
    order::reduce_crossings(&mut columns);
    let placed = place::place(&graph, &columns);
    Some(route::draw(&graph, &ranks, &columns, &placed))
}

/// The graph without names of things that are not there, and with sizes that can be added up.
fn mended(graph: &Graph) -> Graph {
    const LARGEST: i64 = 100_000;
    let fits = |size: Size| Size {
        width: size.width.clamp(1, LARGEST),
        height: size.height.clamp(1, LARGEST),
    };
    let mut graph = graph.clone();
    if graph.lanes.is_empty() {
        graph.lanes.push(0);
    }
    let (lanes, nodes) = (graph.lanes.len(), graph.nodes.len());
    for lane in &mut graph.lanes {
        *lane = (*lane).clamp(0, LARGEST);
    }
    for node in &mut graph.nodes {
        node.size = fits(node.size);
        node.lane = if node.lane < lanes { node.lane } else { 0 };
        node.arriving = node.arriving.clamp(straight::PORT_ROOM, LARGEST);
        node.leaving = node.leaving.clamp(straight::PORT_ROOM, LARGEST);
    }
    if nodes == 0 {
        graph.edges.clear();
    }
    for edge in &mut graph.edges {
        edge.from = if edge.from < nodes { edge.from } else { 0 };
        edge.to = if edge.to < nodes { edge.to } else { 0 };
        edge.label = edge.label.map(fits);
    }
    graph
}
