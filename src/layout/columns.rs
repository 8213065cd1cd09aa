//! Columns: the boxes of each rank, the points where lines pass, and between the ranks the labels.

use super::rank::Ranks;
use super::{Direction, Extent, Graph};

/// So many things can stand in all columns together.
const LARGEST: usize = 60_000;
/// Room around a label on the side of its line.
const LABEL_GAP: i64 = 5;
/// Between a box and a line that leads back to it, and between such lines.
pub(super) const LOOP_GAP: i64 = 14;

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// A box.
    Node(usize),
    /// A line passes.
    Bend,
    /// A line passes, with its label.
    Label(usize),
}

/// A place in a column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub content: Content,
    pub lane: usize,
    /// How much room it takes across.
    pub across: i64,
    /// Where in that room the line passes; for boxes, the far edge of the box.
    pub anchor: i64,
}

/// A part of a line, from one column to the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub from: usize,
    pub to: usize,
    pub edge: usize,
}

/// A line from a box back to itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loop {
    pub edge: usize,
    pub item: usize,
    /// Where it runs, from the beginning of the item.
    pub line: i64,
    /// The number of loops of this box before it.
    pub position: i64,
}

/// Everything in its column.
pub(super) struct Columns {
    pub items: Vec<Item>,
    /// The items of each column, in order; those of one lane stand together.
    pub columns: Vec<Vec<usize>>,
    /// The parts of lines between each column and the next; one more than there are gaps.
    pub channels: Vec<Vec<Segment>>,
    /// The loops beside each column.
    pub loops: Vec<Vec<Loop>>,
}

/// Puts everything into columns; `None` when that would be too much.
pub(super) fn columns(graph: &Graph, ranks: &Ranks) -> Option<Columns> {
    let spread = Spread::of(graph, ranks);
    let passed: usize = (0..graph.edges.len())
        .map(|edge| spread.between(graph, ranks, edge).len())
        .sum();
    if passed + graph.nodes.len() > LARGEST {
        return None;
    }
    let count = spread.column.last().map_or(0, |last| last + 1);
    let mut columns = Columns {
        items: Vec::new(),
        columns: vec![Vec::new(); count],
        channels: vec![Vec::new(); count],
        loops: vec![Vec::new(); count],
    };
    for (index, node) in graph.nodes.iter().enumerate() {
        let extent = graph.direction.extent(node.size);
        columns.add(
            spread.column[ranks.rank[index]],
            Item {
                content: Content::Node(index),
                lane: node.lane,
                across: extent.across,
                anchor: extent.across,
            },
        );
    }
    for (index, edge) in graph.edges.iter().enumerate() {
        if edge.from == edge.to {
            columns.add_loop(graph, index, spread.column[ranks.rank[edge.from]]);
        } else {
            columns.add_line(graph, ranks, &spread, index);
        }
    }
    for column in &mut columns.columns {
        column.sort_by_key(|item| columns.items[*item].lane);
    }
    Some(columns)
}

/// Which column a rank has, with columns for labels in between.
struct Spread {
    column: Vec<usize>,
}

impl Spread {
    fn of(graph: &Graph, ranks: &Ranks) -> Self {
        let count = ranks.rank.iter().max().map_or(0, |last| last + 1);
        let mut has_label = vec![false; count];
        for (index, edge) in graph.edges.iter().enumerate() {
            if edge.label.is_some() && edge.from != edge.to {
                has_label[label_gap(graph, ranks, index)] = true;
            }
        }
        let mut next = 0;
        let column = has_label
            .into_iter()
            .map(|label| {
                let column = next;
                next += if label { 2 } else { 1 };
                column
            })
            .collect();
        Spread { column }
    }

    /// The columns that an edge passes between its ends.
    fn between(&self, graph: &Graph, ranks: &Ranks, edge: usize) -> std::ops::Range<usize> {
        let (first, second) = ranks.ends(graph, edge);
        let begin = self.column[ranks.rank[first]] + 1;
        begin..self.column[ranks.rank[second]].max(begin)
    }
}

/// The rank after which the label stands: near the beginning of the line.
fn label_gap(graph: &Graph, ranks: &Ranks, edge: usize) -> usize {
    let (first, second) = ranks.ends(graph, edge);
    if ranks.reversed[edge] {
        ranks.rank[second] - 1
    } else {
        ranks.rank[first]
    }
}

impl Columns {
    fn add(&mut self, column: usize, item: Item) -> usize {
        self.items.push(item);
        let id = self.items.len() - 1;
        self.columns[column].push(id);
        id
    }

    fn add_loop(&mut self, graph: &Graph, index: usize, column: usize) {
        let edge = graph.edges[index];
        let label = edge
            .label
            .map_or(0, |label| graph.direction.extent(label).across + LABEL_GAP);
        let position = self.loops[column]
            .iter()
            .filter(|known| known.item == edge.from)
            .count();
        // Nodes are added first, so that a node and its item have one number.
        let item = &mut self.items[edge.from];
        let line = item.across + LOOP_GAP;
        item.across = line + label;
        self.loops[column].push(Loop {
            edge: index,
            item: edge.from,
            line,
            position: i64::try_from(position).unwrap_or(0),
        });
    }

    fn add_line(&mut self, graph: &Graph, ranks: &Ranks, spread: &Spread, index: usize) {
        let edge = graph.edges[index];
        let (first, second) = ranks.ends(graph, index);
        let label_column = spread.column[label_gap(graph, ranks, index)] + 1;
        let mut last = first;
        for column in spread.between(graph, ranks, index) {
            let label = edge.label.filter(|_| column == label_column);
            let item = match label {
                Some(label) => labelled(
                    graph,
                    index,
                    graph.direction.extent(label),
                    graph.nodes[edge.from].lane,
                ),
                None => Item {
                    content: Content::Bend,
                    lane: graph.nodes[first].lane,
                    across: 0,
                    anchor: 0,
                },
            };
            let id = self.add(column, item);
            self.channels[column - 1].push(Segment {
                from: last,
                to: id,
                edge: index,
            });
            last = id;
        }
        let channel = spread.column[ranks.rank[second]] - 1;
        self.channels[channel].push(Segment {
            from: last,
            to: second,
            edge: index,
        });
    }
}

/// A label above its line, or to the right of it.
fn labelled(graph: &Graph, edge: usize, label: Extent, lane: usize) -> Item {
    let across = label.across + LABEL_GAP;
    Item {
        content: Content::Label(edge),
        lane,
        across,
        anchor: match graph.direction {
            Direction::Right => across,
            Direction::Down => 0,
        },
    }
}

/// Where a label begins in its room.
pub(super) fn label_offset(direction: Direction) -> i64 {
    match direction {
        Direction::Right => 0,
        Direction::Down => LABEL_GAP,
    }
}
