//! What every drawing holds, on random graphs and on particular ones.

use proptest::prelude::*;

use super::{Area, Direction, Drawing, Edge, Graph, Node, Point, Size, Strength, layout};

fn graphs() -> impl Strategy<Value = Graph> {
    let size = || (1_i64..220, 1_i64..120).prop_map(|(width, height)| Size { width, height });
    (1_usize..28, 1_usize..5, any::<bool>()).prop_flat_map(move |(nodes, lanes, down)| {
        let node = (size(), 0..lanes).prop_map(|(size, lane)| Node::new(size, lane));
        let edge = (
            0..nodes,
            0..nodes,
            any::<bool>(),
            proptest::option::of(size()),
        )
            .prop_map(|(from, to, main, label)| Edge {
                from,
                to,
                strength: if main { Strength::Main } else { Strength::Side },
                label,
            });
        let nodes = proptest::collection::vec(node, nodes);
        let edges = proptest::collection::vec(edge, 0..50);
        (nodes, edges).prop_map(move |(nodes, edges)| Graph {
            nodes,
            edges,
            lanes: vec![40; lanes],
            direction: if down {
                Direction::Down
            } else {
                Direction::Right
            },
        })
    })
}

fn overlap(left: Area, right: Area) -> bool {
    left.x < right.right()
        && right.x < left.right()
        && left.y < right.bottom()
        && right.y < left.bottom()
}

/// True when a line from one point to another runs through the inside of an area.
fn crosses(from: Point, to: Point, area: Area) -> bool {
    from.x.min(to.x) < area.right()
        && area.x < from.x.max(to.x)
        && from.y == to.y
        && area.y < from.y
        && from.y < area.bottom()
        || from.y.min(to.y) < area.bottom()
            && area.y < from.y.max(to.y)
            && from.x == to.x
            && area.x < from.x
            && from.x < area.right()
}

fn is_on_edge(point: Point, area: Area) -> bool {
    let across = (area.y..=area.bottom()).contains(&point.y);
    let along = (area.x..=area.right()).contains(&point.x);
    ((point.x == area.x || point.x == area.right()) && across)
        || ((point.y == area.y || point.y == area.bottom()) && along)
}

fn contains(outer: Area, inner: Area) -> bool {
    outer.x <= inner.x
        && outer.y <= inner.y
        && inner.right() <= outer.right()
        && inner.bottom() <= outer.bottom()
}

/// Everything that the module promises, or what is wrong.
fn faults(graph: &Graph, drawing: &Drawing) -> Vec<String> {
    let mut faults = Vec::new();
    let whole = Area {
        x: 0,
        y: 0,
        width: drawing.size.width,
        height: drawing.size.height,
    };
    for (index, area) in drawing.nodes.iter().enumerate() {
        let (node, size) = (graph.nodes[index], (area.width, area.height));
        if size != (node.size.width, node.size.height) {
            faults.push(format!("box {index} has another size"));
        }
        if !contains(drawing.lanes[node.lane], *area) || !contains(whole, *area) {
            faults.push(format!("box {index} leaves its lane"));
        }
        for (other, second) in drawing.nodes.iter().enumerate().skip(index + 1) {
            if overlap(*area, *second) {
                faults.push(format!("boxes {index} and {other} overlap"));
            }
        }
    }
    let labels: Vec<(usize, Area)> = drawing
        .routes
        .iter()
        .enumerate()
        .filter_map(|(index, route)| Some((index, route.label?)))
        .collect();
    for (index, (edge, label)) in labels.iter().enumerate() {
        if !contains(whole, *label) {
            faults.push(format!("the label of {edge} leaves the drawing"));
        }
        if drawing.nodes.iter().any(|area| overlap(*area, *label)) {
            faults.push(format!("the label of {edge} covers a box"));
        }
        for (other, second) in &labels[index + 1..] {
            if overlap(*label, *second) {
                faults.push(format!("the labels of {edge} and {other} overlap"));
            }
        }
    }
    faults.extend(line_faults(graph, drawing, &labels, whole));
    faults
}

/// What is wrong with the lines.
fn line_faults(
    graph: &Graph,
    drawing: &Drawing,
    labels: &[(usize, Area)],
    whole: Area,
) -> Vec<String> {
    let mut faults = Vec::new();
    for (index, route) in drawing.routes.iter().enumerate() {
        let edge = graph.edges[index];
        if edge.label.is_some() != route.label.is_some() {
            faults.push(format!("line {index} lost its label"));
        }
        let ends = [route.points.first(), route.points.last()];
        for (end, node) in ends.into_iter().zip([edge.from, edge.to]) {
            if !end.is_some_and(|end| is_on_edge(*end, drawing.nodes[node])) {
                faults.push(format!("line {index} does not touch box {node}"));
            }
        }
        for pair in route.points.windows(2) {
            let [from, to] = pair else { continue };
            if from.x != to.x && from.y != to.y {
                faults.push(format!("line {index} is askew"));
            }
            if from.x.min(to.x) < 0
                || from.x.max(to.x) > whole.width
                || from.y.max(to.y) > whole.height
            {
                faults.push(format!("line {index} leaves the drawing"));
            }
            for (node, area) in drawing.nodes.iter().enumerate() {
                if crosses(*from, *to, *area) {
                    faults.push(format!("line {index} crosses box {node}"));
                }
            }
            for (label, area) in labels {
                if crosses(*from, *to, *area) {
                    faults.push(format!("line {index} crosses the label of {label}"));
                }
            }
        }
    }
    faults
}

proptest! {
    #[test]
    fn what_the_module_promises_holds_on_any_graph(graph in graphs()) {
        let drawing = layout(&graph).unwrap();
        let faults = faults(&graph, &drawing);
        prop_assert!(faults.is_empty(), "{faults:#?}\n{drawing:#?}");
        prop_assert_eq!(layout(&graph), Some(drawing));
    }

    /// Something new beside the others leaves their order alone: in each lane, what stood above or
    /// before something else still does.
    #[test]
    fn small_changes_keep_the_order(graph in graphs()) {
        let before = layout(&graph).unwrap();
        let mut larger = graph.clone();
        larger.nodes.push(Node::new(Size { width: 60, height: 30 }, 0));
        let after = layout(&larger).unwrap();
        for (left, one) in graph.nodes.iter().enumerate() {
            for (right, other) in graph.nodes.iter().enumerate() {
                let old = order(graph.direction, before.nodes[left], before.nodes[right]);
                let new = order(graph.direction, after.nodes[left], after.nodes[right]);
                prop_assert!(one.lane != other.lane || old == new);
            }
        }
    }
}

/// How two boxes stand to each other: by column, else by place in the column.
fn order(direction: Direction, left: Area, right: Area) -> std::cmp::Ordering {
    let spans = |area: Area| match direction {
        Direction::Right => (area.x, area.right(), area.y),
        Direction::Down => (area.y, area.bottom(), area.x),
    };
    let (left, right) = (spans(left), spans(right));
    if left.1 <= right.0 || right.1 <= left.0 {
        left.0.cmp(&right.0)
    } else {
        left.2.cmp(&right.2)
    }
}

fn edge(from: usize, to: usize) -> Edge {
    Edge {
        from,
        to,
        strength: Strength::Main,
        label: None,
    }
}

fn boxes(count: usize) -> Vec<Node> {
    let size = Size {
        width: 80,
        height: 40,
    };
    vec![Node::new(size, 0); count]
}

fn graph(count: usize, edges: Vec<Edge>) -> Graph {
    Graph {
        nodes: boxes(count),
        edges,
        lanes: vec![0],
        direction: Direction::Right,
    }
}

#[test]
fn a_chain_is_one_straight_line() {
    let drawing = layout(&graph(4, vec![edge(0, 1), edge(1, 2), edge(2, 3)])).unwrap();
    assert!(drawing.nodes.is_sorted_by_key(|area| area.x));
    assert!(
        drawing
            .nodes
            .iter()
            .all(|area| area.y == drawing.nodes[0].y)
    );
    assert!(drawing.routes.iter().all(|route| route.points.len() == 2));
}

#[test]
fn a_way_back_runs_backwards_and_does_not_bend_the_planned_way() {
    let back = Edge {
        strength: Strength::Side,
        ..edge(2, 0)
    };
    let graph = graph(3, vec![back, edge(0, 1), edge(1, 2)]);
    let drawing = layout(&graph).unwrap();
    assert!(drawing.nodes.is_sorted_by_key(|area| area.x));
    let points = &drawing.routes[0].points;
    assert!(points[0].x > points[points.len() - 1].x);
    assert_eq!(faults(&graph, &drawing), [""; 0]);
}

#[test]
fn two_lines_that_could_run_apart_do_not_cross() {
    let crossed = graph(5, vec![edge(0, 1), edge(0, 2), edge(1, 4), edge(2, 3)]);
    let drawing = layout(&crossed).unwrap();
    let [first, second, third, fourth] = [1, 2, 4, 3].map(|node: usize| drawing.nodes[node].y);
    assert_eq!(first < second, third < fourth);
}

#[test]
fn the_empty_graph_and_names_of_nothing_are_drawn() {
    assert_eq!(layout(&graph(0, Vec::new())).unwrap().nodes, []);
    assert_eq!(layout(&graph(0, vec![edge(3, 4)])).unwrap().routes, []);
    let mut wrong = graph(2, vec![edge(7, 1)]);
    wrong.nodes[1].lane = 9;
    wrong.nodes[0].size = Size {
        width: -5,
        height: i64::MAX,
    };
    assert!(layout(&wrong).is_some());
}

#[test]
fn long_chains_do_not_recurse_and_tangles_are_refused() {
    let chain = |count: usize| {
        (1..count)
            .map(|node| edge(node - 1, node))
            .collect::<Vec<_>>()
    };
    assert!(layout(&graph(20_000, chain(20_000))).is_some());
    let mut tangle = chain(1_000);
    tangle.extend((0..500).map(|node| edge(node, 999 - node)));
    assert!(layout(&graph(1_000, tangle)).is_none());
}
