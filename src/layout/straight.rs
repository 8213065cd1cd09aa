//! Moves the ends of lines along the sides of boxes where that makes the lines straight.

use super::columns::{Columns, Content, Segment};
use super::place::{Placed, Ports};
use super::{Graph, Strength};

/// Lines end at least so far from each other, and from the corner of a box.
pub(super) const PORT_ROOM: i64 = 7;

/// Straightens what can be straightened, strong lines first; their order on a side stays.
pub(super) fn straighten(graph: &Graph, columns: &Columns, placed: &mut Placed) {
    for channel in 0..columns.channels.len() {
        for end in [End::Leaving, End::Arriving] {
            straighten_channel(graph, columns, placed, channel, end);
        }
    }
}

/// One of the two ends of a part of a line.
#[derive(Clone, Copy)]
enum End {
    Leaving,
    Arriving,
}

impl End {
    fn item(self, segment: &Segment) -> usize {
        match self {
            End::Leaving => segment.from,
            End::Arriving => segment.to,
        }
    }

    fn port(self, ports: &Ports) -> i64 {
        match self {
            End::Leaving => ports.from,
            End::Arriving => ports.to,
        }
    }

    fn set(self, ports: &mut Ports, port: i64) {
        match self {
            End::Leaving => ports.from = port,
            End::Arriving => ports.to = port,
        }
    }

    /// The port of this end with which the line would be straight.
    fn straight(self, segment: &Segment, ports: &Ports, begin: &[i64]) -> i64 {
        match self {
            End::Leaving => begin[segment.to] + ports.to - begin[segment.from],
            End::Arriving => begin[segment.from] + ports.from - begin[segment.to],
        }
    }
}

fn straighten_channel(
    graph: &Graph,
    columns: &Columns,
    placed: &mut Placed,
    index: usize,
    end: End,
) {
    let channel = &columns.channels[index];
    let mut order: Vec<usize> = (0..channel.len()).collect();
    order.sort_by_key(|line| {
        let port = end.port(&placed.ports[index][*line]);
        (end.item(&channel[*line]), port)
    });
    for group in
        order.chunk_by(|left, right| end.item(&channel[*left]) == end.item(&channel[*right]))
    {
        let item = end.item(&channel[group[0]]);
        let Content::Node(node) = columns.items[item].content else {
            continue;
        };
        let room = match end {
            End::Leaving => graph.nodes[node].leaving,
            End::Arriving => graph.nodes[node].arriving,
        };
        let lines: Vec<Line> = group
            .iter()
            .map(|line| Line {
                port: end.port(&placed.ports[index][*line]),
                wish: end.straight(&channel[*line], &placed.ports[index][*line], &placed.begin),
                strength: graph.edges[channel[*line].edge].strength,
            })
            .collect();
        let far = match end {
            End::Leaving => first_loop(columns, placed, index, item),
            End::Arriving => None,
        };
        let far = far.unwrap_or(columns.items[item].anchor);
        for (line, port) in group.iter().zip(moved(&lines, far, room)) {
            end.set(&mut placed.ports[index][*line], port);
        }
    }
}

struct Line {
    port: i64,
    wish: i64,
    strength: Strength,
}

/// The ports of one side of a box, in order, between 0 and `far`.
fn moved(lines: &[Line], far: i64, room: i64) -> Vec<i64> {
    let mut ports: Vec<i64> = lines.iter().map(|line| line.port).collect();
    let mut fixed = vec![false; lines.len()];
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|line| lines[*line].strength);
    for index in order {
        let wish = lines[index].wish;
        let count = |between: usize| i64::try_from(between + 1).unwrap_or(0) * room;
        let before = fixed[..index].iter().rposition(|fixed| *fixed);
        let after = fixed[index + 1..].iter().position(|fixed| *fixed);
        let low = match before {
            Some(before) => ports[before] + count(index - before - 1),
            None => count(index),
        };
        let high = match after {
            Some(after) => ports[index + 1 + after] - count(after),
            None => far - count(lines.len() - index - 1),
        };
        if low <= wish && wish <= high {
            (ports[index], fixed[index]) = (wish, true);
            spread(&mut ports, &fixed, room);
        }
    }
    ports
}

/// Makes room between ports that stay and those that moved.
fn spread(ports: &mut [i64], fixed: &[bool], room: i64) {
    for index in 1..ports.len() {
        if !fixed[index] {
            ports[index] = ports[index].max(ports[index - 1] + room);
        }
    }
    for index in (1..ports.len()).rev() {
        if !fixed[index - 1] {
            ports[index - 1] = ports[index - 1].min(ports[index] - room);
        }
    }
}

/// Where the first loop of a box leaves it.
fn first_loop(columns: &Columns, placed: &Placed, column: usize, item: usize) -> Option<i64> {
    let loops = columns.loops[column].iter().zip(&placed.loops[column]);
    loops
        .filter(|(turn, _)| turn.item == item)
        .map(|(_, port)| *port)
        .min()
}
