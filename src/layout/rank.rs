//! In which column every box stands, and which lines run backwards.

use super::{Edge, Graph};

/// The order of the boxes along the direction.
pub(super) struct Ranks {
    /// The rank of each node, from 0.
    pub rank: Vec<usize>,
    /// The edges that run from a higher rank to a lower one.
    pub reversed: Vec<bool>,
}

impl Ranks {
    /// The ends of an edge in the order of their ranks.
    pub fn ends(&self, graph: &Graph, edge: usize) -> (usize, usize) {
        let Edge { from, to, .. } = graph.edges[edge];
        if self.reversed[edge] {
            (to, from)
        } else {
            (from, to)
        }
    }
}

/// Ranks nodes by the longest way to them.
pub(super) fn rank(graph: &Graph) -> Ranks {
    let reversed = back_edges(graph);
    let mut ranks = Ranks {
        rank: vec![0; graph.nodes.len()],
        reversed,
    };
    let order = topological(graph, &ranks);
    let (successors, incoming) = neighbours(graph, &ranks);
    for node in &order {
        for next in &successors[*node] {
            ranks.rank[*next] = ranks.rank[*next].max(ranks.rank[*node] + 1);
        }
    }
    // What nothing leads to stands right before what it leads to.
    for node in order.iter().rev().filter(|node| incoming[**node] == 0) {
        let nearest = successors[*node].iter().map(|next| ranks.rank[*next]).min();
        if let Some(nearest) = nearest {
            ranks.rank[*node] = nearest.saturating_sub(1);
        }
    }
    ranks
}

/// The edges that close a cycle when the graph is walked in depth, strong edges first.
fn back_edges(graph: &Graph) -> Vec<bool> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Not,
        Open,
        Done,
    }
    let mut outgoing: Vec<Vec<usize>> = vec![Vec::new(); graph.nodes.len()];
    for (index, edge) in graph.edges.iter().enumerate() {
        if edge.from != edge.to {
            outgoing[edge.from].push(index);
        }
    }
    for edges in &mut outgoing {
        edges.sort_by_key(|edge| graph.edges[*edge].strength);
    }
    let mut seen = vec![Seen::Not; graph.nodes.len()];
    let mut back = vec![false; graph.edges.len()];
    for root in 0..graph.nodes.len() {
        if seen[root] != Seen::Not {
            continue;
        }
        seen[root] = Seen::Open;
        let mut stack = vec![(root, 0)];
        while let Some((node, next)) = stack.pop() {
            let Some(edge) = outgoing[node].get(next) else {
                seen[node] = Seen::Done;
                continue;
            };
            stack.push((node, next + 1));
            let to = graph.edges[*edge].to;
            match seen[to] {
                Seen::Open => back[*edge] = true,
                Seen::Done => {}
                Seen::Not => {
                    seen[to] = Seen::Open;
                    stack.push((to, 0));
                }
            }
        }
    }
    back
}

/// The nodes that each node leads to, and by how many edges each is led to.
fn neighbours(graph: &Graph, ranks: &Ranks) -> (Vec<Vec<usize>>, Vec<usize>) {
    let mut successors = vec![Vec::new(); graph.nodes.len()];
    let mut incoming = vec![0; graph.nodes.len()];
    for index in 0..graph.edges.len() {
        let (first, second) = ranks.ends(graph, index);
        if first != second {
            successors[first].push(second);
            incoming[second] += 1;
        }
    }
    (successors, incoming)
}

fn topological(graph: &Graph, ranks: &Ranks) -> Vec<usize> {
    let (successors, mut incoming) = neighbours(graph, ranks);
    let mut order: Vec<usize> = (0..graph.nodes.len())
        .filter(|node| incoming[*node] == 0)
        .collect();
    let mut next = 0;
    while let Some(node) = order.get(next).copied() {
        next += 1;
        for successor in &successors[node] {
            incoming[*successor] -= 1;
            if incoming[*successor] == 0 {
                order.push(*successor);
            }
        }
    }
    order
}
