//! How high things stand: near what they are connected with, in order, with room between.

use super::columns::{Columns, Content, Item, Segment};
use super::order::Positions;
use super::straight::straighten;
use super::{Graph, Strength};

/// Room on each side of a box, across.
const NODE_ROOM: i64 = 14;
/// Room on each side of a line or label, across.
const LINE_ROOM: i64 = 6;
/// Room between the edge of a lane and what stands in it.
const LANE_ROOM: i64 = 12;
/// Rounds of moving things towards what they are connected with.
const ROUNDS: usize = 8;

/// Where everything stands across the direction.
pub(super) struct Placed {
    /// Where each item begins.
    pub begin: Vec<i64>,
    /// Where each part of a line leaves and arrives, by channel.
    pub ports: Vec<Vec<Ports>>,
    /// Where each loop leaves its box, by column.
    pub loops: Vec<Vec<i64>>,
    /// Where each lane begins, and its extent.
    pub lanes: Vec<(i64, i64)>,
}

/// Where a part of a line leaves one item and arrives at the next, from the beginning of each.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ports {
    pub from: i64,
    pub to: i64,
}

/// Finds a place for everything.
pub(super) fn place(graph: &Graph, columns: &Columns) -> Placed {
    let positions = Positions::of(columns);
    let (ports, loops) = ports(columns, &positions);
    let mut placement = Placement {
        columns,
        links: links(graph, columns, &ports),
        begin: vec![0; columns.items.len()],
    };
    placement.stack();
    for _ in 0..ROUNDS {
        placement.sweep(true, &[Side::Before]);
        placement.sweep(false, &[Side::After]);
    }
    placement.sweep(true, &[Side::Before, Side::After]);
    placement.sweep(false, &[Side::Before, Side::After]);
    let mut placed = Placed {
        begin: placement.begin,
        ports,
        loops,
        lanes: Vec::new(),
    };
    placed.close_gaps(graph, columns);
    placed.stack_lanes(graph, columns);
    straighten(graph, columns, &mut placed);
    placed
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

/// A connection of an item: to which item, how far from its own beginning the other should begin
/// for a straight line, and how much it matters.
#[derive(Clone, Copy)]
struct Link {
    other: usize,
    shift: i64,
    weight: i64,
    side: Side,
}

fn links(graph: &Graph, columns: &Columns, ports: &[Vec<Ports>]) -> Vec<Vec<Link>> {
    let mut links: Vec<Vec<Link>> = vec![Vec::new(); columns.items.len()];
    for (channel, ports) in columns.channels.iter().zip(ports) {
        for (segment, port) in channel.iter().zip(ports) {
            let (from, to) = (&columns.items[segment.from], &columns.items[segment.to]);
            if from.lane != to.lane {
                continue;
            }
            let weight = weight(graph, segment, from, to);
            links[segment.to].push(Link {
                other: segment.from,
                shift: port.from - port.to,
                weight,
                side: Side::Before,
            });
            links[segment.from].push(Link {
                other: segment.to,
                shift: port.to - port.from,
                weight,
                side: Side::After,
            });
        }
    }
    links
}

/// The middle of a long line is kept straight first, then the planned way.
fn weight(graph: &Graph, segment: &Segment, from: &Item, to: &Item) -> i64 {
    let is_node = |item: &Item| matches!(item.content, Content::Node(_));
    match (
        is_node(from) || is_node(to),
        graph.edges[segment.edge].strength,
    ) {
        (false, _) => 8,
        (true, Strength::Main) => 4,
        (true, Strength::Side) => 1,
    }
}

struct Placement<'a> {
    columns: &'a Columns,
    links: Vec<Vec<Link>>,
    begin: Vec<i64>,
}

impl Placement<'_> {
    /// Puts the items of each lane one after the other, around a common middle.
    fn stack(&mut self) {
        for column in &self.columns.columns {
            for lane in by_lane(self.columns, column) {
                let offsets = offsets(self.columns, lane);
                let last = lane
                    .last()
                    .map_or(0, |item| self.columns.items[*item].across);
                let extent = offsets.last().copied().unwrap_or(0) + last;
                for (item, offset) in lane.iter().zip(offsets) {
                    self.begin[*item] = offset - extent / 2;
                }
            }
        }
    }

    fn sweep(&mut self, forward: bool, sides: &[Side]) {
        let count = self.columns.columns.len();
        for step in 0..count {
            let index = if forward { step } else { count - 1 - step };
            for lane in by_lane(self.columns, &self.columns.columns[index]) {
                let offsets = offsets(self.columns, lane);
                let wishes: Vec<(i64, i64)> = lane
                    .iter()
                    .zip(&offsets)
                    .map(|(item, offset)| {
                        let (wish, weight) = self.wish(*item, sides);
                        (wish - offset, weight)
                    })
                    .collect();
                for ((item, offset), place) in lane.iter().zip(offsets).zip(in_order(&wishes)) {
                    self.begin[*item] = place + offset;
                }
            }
        }
    }

    /// Where an item would like to begin, and how much.
    fn wish(&self, item: usize, sides: &[Side]) -> (i64, i64) {
        let mut wishes: Vec<(i64, i64)> = self.links[item]
            .iter()
            .filter(|link| sides.contains(&link.side))
            .map(|link| (self.begin[link.other] + link.shift, link.weight))
            .collect();
        wishes.sort_unstable();
        let total: i64 = wishes.iter().map(|(_, weight)| weight).sum();
        let mut passed = 0;
        for (wish, weight) in &wishes {
            passed += weight;
            if passed * 2 >= total {
                return (*wish, total);
            }
        }
        (self.begin[item], 1)
    }
}

/// The runs of one lane in a column.
fn by_lane<'a>(columns: &'a Columns, column: &'a [usize]) -> impl Iterator<Item = &'a [usize]> {
    column.chunk_by(|left, right| columns.items[*left].lane == columns.items[*right].lane)
}

/// How far each item must begin from the first one, at least.
fn offsets(columns: &Columns, lane: &[usize]) -> Vec<i64> {
    let mut offsets = Vec::with_capacity(lane.len());
    let mut next = 0;
    for (index, item) in lane.iter().enumerate() {
        let item = &columns.items[*item];
        if index > 0 {
            next += room(item);
        }
        offsets.push(next);
        next += item.across + room(item);
    }
    offsets
}

fn room(item: &Item) -> i64 {
    match item.content {
        Content::Node(_) => NODE_ROOM,
        Content::Bend | Content::Label(_) => LINE_ROOM,
    }
}

/// The places nearest to the wishes that do not decrease (pool adjacent violators).
fn in_order(wishes: &[(i64, i64)]) -> Vec<i64> {
    struct Pool {
        sum: i64,
        weight: i64,
        members: usize,
    }
    impl Pool {
        fn mean(&self) -> i64 {
            self.sum.div_euclid(self.weight)
        }
    }
    let mut pools: Vec<Pool> = Vec::new();
    for (wish, weight) in wishes {
        pools.push(Pool {
            sum: wish * weight,
            weight: *weight,
            members: 1,
        });
        while let [.., previous, last] = &mut pools[..] {
            if previous.mean() <= last.mean() {
                break;
            }
            previous.sum += last.sum;
            previous.weight += last.weight;
            previous.members += last.members;
            pools.pop();
        }
    }
    pools
        .iter()
        .flat_map(|pool| std::iter::repeat_n(pool.mean(), pool.members))
        .collect()
}

/// Where lines leave and arrive: spread over the side of a box, in the order of the other ends.
fn ports(columns: &Columns, positions: &Positions) -> (Vec<Vec<Ports>>, Vec<Vec<i64>>) {
    let mut ports: Vec<Vec<Ports>> = Vec::with_capacity(columns.channels.len());
    let mut loops: Vec<Vec<i64>> = Vec::with_capacity(columns.channels.len());
    for (channel, turns) in columns.channels.iter().zip(&columns.loops) {
        let mut found = vec![Ports::default(); channel.len()];
        let mut by_item: Vec<usize> = (0..channel.len()).collect();
        by_item.sort_by_key(|index| {
            let segment = &channel[*index];
            (segment.from, positions.in_column[segment.to], segment.edge)
        });
        for group in by_item.chunk_by(|left, right| channel[*left].from == channel[*right].from) {
            let item = channel[group[0]].from;
            let turns = turns.iter().filter(|turn| turn.item == item).count();
            for (index, segment) in group.iter().enumerate() {
                found[*segment].from = port(&columns.items[item], index, group.len() + turns);
            }
        }
        by_item.sort_by_key(|index| {
            let segment = &channel[*index];
            (segment.to, positions.in_column[segment.from], segment.edge)
        });
        for group in by_item.chunk_by(|left, right| channel[*left].to == channel[*right].to) {
            for (index, segment) in group.iter().enumerate() {
                let item = &columns.items[channel[*segment].to];
                found[*segment].to = port(item, index, group.len());
            }
        }
        let of_loop = turns.iter().map(|turn| {
            let lines = channel.iter().filter(|segment| segment.from == turn.item);
            let others = turns.iter().filter(|other| other.item == turn.item);
            let (lines, others) = (lines.count(), others.count());
            // The innermost loop leaves nearest to the far edge.
            let position = usize::try_from(turn.position).unwrap_or(0);
            let item = &columns.items[turn.item];
            port(item, lines + others - 1 - position, lines + others)
        });
        loops.push(of_loop.collect());
        ports.push(found);
    }
    (ports, loops)
}

fn port(item: &Item, index: usize, count: usize) -> i64 {
    match item.content {
        Content::Node(_) => {
            let far = box_extent(item);
            let whole = |number: usize| i64::try_from(number).unwrap_or(0);
            far * (whole(index) + 1) / (whole(count) + 1)
        }
        Content::Bend | Content::Label(_) => item.anchor,
    }
}

/// The extent of a box without the room for loops.
fn box_extent(item: &Item) -> i64 {
    item.anchor
}

impl Placed {
    /// Puts the lanes one below the other, each as large as what stands in it.
    fn stack_lanes(&mut self, graph: &Graph, columns: &Columns) {
        let mut bounds: Vec<Option<(i64, i64)>> = vec![None; graph.lanes.len()];
        for (item, begin) in columns.items.iter().zip(&self.begin) {
            let end = begin + item.across;
            let (low, high) = bounds[item.lane].unwrap_or((*begin, end));
            bounds[item.lane] = Some((low.min(*begin), high.max(end)));
        }
        let mut next = 0;
        let mut shifts = Vec::with_capacity(bounds.len());
        for (bound, least) in bounds.iter().zip(&graph.lanes) {
            let (low, high) = bound.unwrap_or_default();
            let needed = high - low + 2 * LANE_ROOM;
            let extent = needed.max(*least);
            shifts.push(next + (extent - (high - low)) / 2 - low);
            self.lanes.push((next, extent));
            next += extent;
        }
        for (item, begin) in columns.items.iter().zip(&mut self.begin) {
            *begin += shifts[item.lane];
        }
    }

    /// Takes out of each lane the strips in which nothing stands.
    fn close_gaps(&mut self, graph: &Graph, columns: &Columns) {
        let mut taken: Vec<Vec<(i64, i64)>> = vec![Vec::new(); graph.lanes.len()];
        for (item, begin) in columns.items.iter().zip(&self.begin) {
            let room = room(item);
            taken[item.lane].push((begin - room, begin + item.across + room));
        }
        let moved: Vec<Vec<(i64, i64)>> = taken.into_iter().map(gaps).collect();
        for (item, begin) in columns.items.iter().zip(&mut self.begin) {
            let own = *begin - room(item);
            let after = moved[item.lane].partition_point(|(end, _)| *end <= own);
            let gap = after
                .checked_sub(1)
                .map_or(0, |last| moved[item.lane][last].1);
            *begin -= gap;
        }
    }
}

/// Where the gaps between spans end, with the length of all gaps up to there.
fn gaps(mut spans: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    spans.sort_unstable();
    let mut gaps = Vec::new();
    let mut total = 0;
    let mut reached: Option<i64> = None;
    for (begin, end) in spans {
        if let Some(reached) = reached.filter(|reached| *reached < begin) {
            total += begin - reached;
            gaps.push((begin, total));
        }
        reached = Some(reached.map_or(end, |reached| reached.max(end)));
    }
    gaps
}
