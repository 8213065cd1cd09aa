//! In which order things stand in a column, so that few lines cross.

use super::columns::{Columns, Segment};

/// Passes over all columns, forwards and backwards in turn.
const PASSES: usize = 16;
/// Neighbours are exchanged only in drawings up to this size.
const EXCHANGED: usize = 4_000;

/// Reorders the items of each lane in each column.
pub(super) fn reduce_crossings(columns: &mut Columns) {
    let neighbours = Neighbours::of(columns);
    let mut positions = Positions::of(columns);
    let mut best = columns.columns.clone();
    let mut fewest = crossings(columns, &positions);
    for pass in 0..PASSES {
        if fewest == 0 {
            break;
        }
        sweep(columns, &neighbours, &mut positions, pass % 2 == 0);
        if columns.items.len() <= EXCHANGED {
            exchange(columns, &neighbours, &mut positions);
        }
        let found = crossings(columns, &positions);
        if found < fewest {
            fewest = found;
            best.clone_from(&columns.columns);
        }
    }
    columns.columns = best;
}

/// What each item is connected with, in the column before and in the column after.
struct Neighbours {
    before: Vec<Vec<usize>>,
    after: Vec<Vec<usize>>,
}

impl Neighbours {
    fn of(columns: &Columns) -> Self {
        let mut before = vec![Vec::new(); columns.items.len()];
        let mut after = vec![Vec::new(); columns.items.len()];
        for segment in columns.channels.iter().flatten() {
            before[segment.to].push(segment.from);
            after[segment.from].push(segment.to);
        }
        Neighbours { before, after }
    }
}

/// The place of each item in its column.
pub(super) struct Positions {
    /// Counted over the whole column.
    pub in_column: Vec<usize>,
    /// Counted in its lane, with the lane in front: what is new in one lane moves nothing in
    /// another.
    seat: Vec<usize>,
}

/// Between the seats of two lanes.
const LANE_SEATS: usize = 1_000;

impl Positions {
    pub fn of(columns: &Columns) -> Self {
        let mut positions = Positions {
            in_column: vec![0; columns.items.len()],
            seat: vec![0; columns.items.len()],
        };
        for column in &columns.columns {
            positions.update(columns, column);
        }
        positions
    }

    fn update(&mut self, columns: &Columns, column: &[usize]) {
        let (mut lane, mut begin) = (0, 0);
        for (position, item) in column.iter().enumerate() {
            let own = columns.items[*item].lane;
            if own != lane {
                (lane, begin) = (own, position);
            }
            self.in_column[*item] = position;
            self.seat[*item] = own * LANE_SEATS + position - begin;
        }
    }
}

/// Puts each item at the mean of what it is connected with on one side. Lanes stay together, equals
/// stay in their order, and what is not connected keeps its place.
fn sweep(columns: &mut Columns, neighbours: &Neighbours, positions: &mut Positions, forward: bool) {
    const FINE: usize = 1_000;
    let count = columns.columns.len();
    for step in 1..count {
        let (index, known) = if forward {
            (step, &neighbours.before)
        } else {
            (count - 1 - step, &neighbours.after)
        };
        let mut column = std::mem::take(&mut columns.columns[index]);
        let mut connected: Vec<usize> = column
            .iter()
            .copied()
            .filter(|item| !known[*item].is_empty())
            .collect();
        connected.sort_by_cached_key(|item| {
            let known = &known[*item];
            let sum: usize = known.iter().map(|other| positions.seat[*other]).sum();
            (columns.items[*item].lane, sum * FINE / known.len())
        });
        let mut next = connected.into_iter();
        for item in &mut column {
            if !known[*item].is_empty() {
                *item = next.next().unwrap_or(*item);
            }
        }
        positions.update(columns, &column);
        columns.columns[index] = column;
    }
}

/// Exchanges neighbours of one lane while that saves crossings.
fn exchange(columns: &mut Columns, neighbours: &Neighbours, positions: &mut Positions) {
    const ROUNDS: usize = 6;
    for _ in 0..ROUNDS {
        let mut changed = false;
        for column in &mut columns.columns {
            for index in 1..column.len() {
                let (first, second) = (column[index - 1], column[index]);
                if columns.items[first].lane != columns.items[second].lane {
                    continue;
                }
                let cost = |upper: usize, lower: usize| {
                    let sides = [&neighbours.before, &neighbours.after];
                    let crossed =
                        sides.map(|side| pair_crossings(&side[upper], &side[lower], positions));
                    crossed.into_iter().sum::<usize>()
                };
                if cost(second, first) < cost(first, second) {
                    column.swap(index - 1, index);
                    positions.in_column.swap(first, second);
                    positions.seat.swap(first, second);
                    changed = true;
                }
            }
        }
        if !changed {
            return;
        }
    }
}

fn pair_crossings(upper: &[usize], lower: &[usize], positions: &Positions) -> usize {
    upper
        .iter()
        .map(|one| {
            let others = lower.iter();
            others
                .filter(|other| positions.in_column[**other] < positions.in_column[*one])
                .count()
        })
        .sum()
}

/// How many lines cross in all channels.
fn crossings(columns: &Columns, positions: &Positions) -> usize {
    let in_channel = |channel: &Vec<Segment>| {
        let mut ends: Vec<(usize, usize)> = channel
            .iter()
            .map(|segment| {
                (
                    positions.in_column[segment.from],
                    positions.in_column[segment.to],
                )
            })
            .collect();
        ends.sort_unstable();
        inversions(ends.into_iter().map(|(_, to)| to))
    };
    columns.channels.iter().map(in_channel).sum()
}

/// How many pairs stand in the wrong order; counted with a tree of sums.
fn inversions(values: impl ExactSizeIterator<Item = usize> + Clone) -> usize {
    let largest = values.clone().max().unwrap_or(0);
    let mut tree = vec![0_usize; largest + 2];
    let mut found = 0;
    for (seen, value) in values.enumerate() {
        let (mut not_greater, mut index) = (0, value + 1);
        while index > 0 {
            not_greater += tree[index];
            index &= index - 1;
        }
        found += seen - not_greater;
        let mut index = value + 1;
        while index < tree.len() {
            tree[index] += 1;
            index += index & index.wrapping_neg();
        }
    }
    found
}
