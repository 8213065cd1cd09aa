//! Two charts in one, with what is new, gone and otherwise. What is gone stands where it stood.

use std::collections::{BTreeMap, BTreeSet};

use similar::{ChangeTag, TextDiff};

use super::{Chart, Edge, Line, Mark, Node, Way, state_id};

/// One chart of two versions. `renamed` gives the old name of a state for its new one.
pub fn compared(
    before: Option<&Chart>,
    after: Option<&Chart>,
    renamed: &BTreeMap<String, String>,
) -> Option<Chart> {
    match (before, after) {
        (Some(before), Some(after)) => Some(merged(&with_new_names(before, renamed), after)),
        (None, Some(chart)) => Some(marked(chart, Mark::Added)),
        (Some(chart), None) => Some(marked(chart, Mark::Removed)),
        (None, None) => None,
    }
}

/// A chart in which everything has the same mark.
fn marked(chart: &Chart, mark: Mark) -> Chart {
    let mut chart = chart.clone();
    for node in &mut chart.nodes {
        node.mark = mark;
    }
    for edge in &mut chart.edges {
        edge.mark = mark;
    }
    chart
}

fn with_new_names(chart: &Chart, renamed: &BTreeMap<String, String>) -> Chart {
    let ids: BTreeMap<String, String> = renamed
        .iter()
        .map(|(new, old)| (state_id(old), state_id(new)))
        .collect();
    let rename = |id: &mut String| {
        if let Some(new) = ids.get(id) {
            id.clone_from(new);
        }
    };
    let mut chart = chart.clone();
    chart.nodes.iter_mut().for_each(|node| rename(&mut node.id));
    for edge in &mut chart.edges {
        rename(&mut edge.from);
        rename(&mut edge.to);
    }
    chart
}

/// What an edge is known by: its ends, its kind, and its number among those.
type Key<'a> = (&'a str, &'a str, Way, usize);

fn keys(chart: &Chart) -> Vec<Key<'_>> {
    let mut seen: BTreeMap<(&str, &str, Way), usize> = BTreeMap::new();
    let edges = chart.edges.iter();
    edges
        .map(|edge| {
            let number = seen.entry((&edge.from, &edge.to, edge.way)).or_default();
            *number += 1;
            (edge.from.as_str(), edge.to.as_str(), edge.way, *number)
        })
        .collect()
}

fn merged(before: &Chart, after: &Chart) -> Chart {
    let title = if before.title == after.title {
        after.title.clone()
    } else {
        format!("{} → {}", before.title, after.title)
    };
    Chart {
        title,
        nodes: merged_nodes(before, after),
        edges: merged_edges(before, after),
    }
}

fn merged_nodes(before: &Chart, after: &Chart) -> Vec<Node> {
    let old: BTreeMap<&str, &Node> = before
        .nodes
        .iter()
        .map(|node| (node.id.as_str(), node))
        .collect();
    let mut nodes: Vec<Node> = after
        .nodes
        .iter()
        .map(|node| match old.get(node.id.as_str()) {
            Some(old) => {
                let lines = merged_lines(&old.lines, &node.lines);
                let is_same = old.shape == node.shape && is_unmarked(&lines);
                Node {
                    mark: if is_same { Mark::Same } else { Mark::Changed },
                    lines,
                    ..node.clone()
                }
            }
            None => Node {
                mark: Mark::Added,
                ..node.clone()
            },
        })
        .collect();
    let known: BTreeSet<&str> = after.nodes.iter().map(|node| node.id.as_str()).collect();
    let mut previous: Option<&str> = None;
    for node in &before.nodes {
        if !known.contains(node.id.as_str()) {
            let place = previous.and_then(|id| nodes.iter().position(|node| node.id == id));
            let removed = Node {
                mark: Mark::Removed,
                ..node.clone()
            };
            nodes.insert(place.map_or(0, |place| place + 1), removed);
        }
        previous = Some(&node.id);
    }
    nodes
}

fn merged_edges(before: &Chart, after: &Chart) -> Vec<Edge> {
    let old_keys = keys(before);
    let new_keys = keys(after);
    let old: BTreeMap<&Key<'_>, &Edge> = old_keys.iter().zip(&before.edges).collect();
    let mut edges: Vec<Edge> = after
        .edges
        .iter()
        .zip(&new_keys)
        .map(|(edge, key)| match old.get(key) {
            Some(old) => {
                let label = merged_lines(&old.label, &edge.label);
                Edge {
                    mark: if is_unmarked(&label) {
                        Mark::Same
                    } else {
                        Mark::Changed
                    },
                    label,
                    ..edge.clone()
                }
            }
            None => Edge {
                mark: Mark::Added,
                ..edge.clone()
            },
        })
        .collect();
    let known: BTreeSet<&Key<'_>> = new_keys.iter().collect();
    let gone = old_keys.iter().zip(&before.edges);
    edges.extend(
        gone.filter(|(key, _)| !known.contains(key))
            .map(|(_, edge)| Edge {
                mark: Mark::Removed,
                ..edge.clone()
            }),
    );
    edges
}

fn is_unmarked(lines: &[Line]) -> bool {
    lines.iter().all(|line| line.mark == Mark::Same)
}

fn merged_lines(before: &[Line], after: &[Line]) -> Vec<Line> {
    let texts = |lines: &[Line]| {
        lines
            .iter()
            .map(|line| line.text.clone())
            .collect::<Vec<_>>()
    };
    let (before, after) = (texts(before), texts(after));
    let (before, after): (Vec<&str>, Vec<&str>) = (
        before.iter().map(String::as_str).collect(),
        after.iter().map(String::as_str).collect(),
    );
    TextDiff::from_slices(&before, &after)
        .iter_all_changes()
        .map(|change| Line {
            text: change.value().to_owned(),
            mark: match change.tag() {
                ChangeTag::Equal => Mark::Same,
                ChangeTag::Insert => Mark::Added,
                ChangeTag::Delete => Mark::Removed,
            },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::compared;
    use crate::target::chart::{Chart, Edge, Mark, Node, Shape, Way};

    fn node(id: &str, line: &str) -> Node {
        Node {
            id: format!("s_{id}"),
            shape: Shape::State,
            lines: vec![line.to_owned().into()],
            lane: "ada.lind".to_owned(),
            mark: Mark::Same,
        }
    }

    fn chart(nodes: &[(&str, &str)], ways: &[(&str, &str)]) -> Chart {
        Chart {
            title: "t".to_owned(),
            nodes: nodes.iter().map(|(id, line)| node(id, line)).collect(),
            edges: ways
                .iter()
                .map(|(from, to)| Edge {
                    from: format!("s_{from}"),
                    to: format!("s_{to}"),
                    way: Way::Planned,
                    label: Vec::new(),
                    mark: Mark::Same,
                })
                .collect(),
        }
    }

    fn marks(chart: &Chart) -> Vec<(&str, Mark)> {
        let nodes = chart.nodes.iter();
        nodes.map(|node| (node.id.as_str(), node.mark)).collect()
    }

    #[test]
    fn what_is_gone_stands_where_it_stood() {
        let before = chart(
            &[("a", "1"), ("b", "2"), ("c", "3")],
            &[("a", "b"), ("b", "c")],
        );
        let after = chart(
            &[("a", "1"), ("c", "4"), ("d", "5")],
            &[("a", "c"), ("c", "d")],
        );
        let both = compared(Some(&before), Some(&after), &BTreeMap::new()).unwrap();
        assert_eq!(
            marks(&both),
            [
                ("s_a", Mark::Same),
                ("s_b", Mark::Removed),
                ("s_c", Mark::Changed),
                ("s_d", Mark::Added),
            ]
        );
        let ways: Vec<Mark> = both.edges.iter().map(|edge| edge.mark).collect();
        assert_eq!(
            ways,
            [Mark::Added, Mark::Added, Mark::Removed, Mark::Removed]
        );
        let lines: Vec<Mark> = both.nodes[2].lines.iter().map(|line| line.mark).collect();
        assert_eq!(lines, [Mark::Removed, Mark::Added]);
    }

    #[test]
    fn a_renamed_state_is_one_state() {
        let before = chart(&[("a", "a"), ("b", "b")], &[("a", "b")]);
        let after = chart(&[("a", "a"), ("new", "new")], &[("a", "new")]);
        let renamed = BTreeMap::from([("new".to_owned(), "b".to_owned())]);
        let both = compared(Some(&before), Some(&after), &renamed).unwrap();
        assert_eq!(
            marks(&both),
            [("s_a", Mark::Same), ("s_new", Mark::Changed)]
        );
        assert_eq!(both.edges[0].mark, Mark::Same);
    }

    #[test]
    fn the_same_twice_has_no_marks() {
        let one = chart(&[("a", "1"), ("b", "2")], &[("a", "b"), ("a", "b")]);
        let both = compared(Some(&one), Some(&one), &BTreeMap::new()).unwrap();
        assert_eq!(both, one);
        assert!(compared(None, None, &BTreeMap::new()).is_none());
    }
}
