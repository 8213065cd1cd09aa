//! A plan as a Mermaid flowchart, which GitHub and most wikis draw.
//!
//! Solid lines are the planned way, dashed ones exceptions. A state is a box with its steps, an
//! approval a hexagon on the way out of its state, a queue a cylinder. A dashed line with two heads
//! is an exception that comes back to where it was raised. In a comparison the words *added*,
//! *removed* and *changed* say what the colours show.

mod label;

use super::chart::{Chart, Edge, Line, Mark, Node, Shape, Way};
use super::{Artifact, Target, single};
use crate::diagnostic::Checked;
use crate::plan::Plan;
use label::escaped;

/// The diagram.
pub static TARGET: Target = Target {
    id: "mermaid",
    title: "a diagram for documentation and reviews",
    extension: "mmd",
    docs: "A Mermaid flowchart: states with their steps, approvals as gates, guards on the ways \
           between them, and dashed the exceptions with the queues that resolve them and the way \
           back. Reasons that the author did not declare leave from one node, *any step*.",
    emit,
};

fn emit(plan: &Plan) -> Checked<Vec<Artifact>> {
    single(plan, &TARGET, draw(&Chart::of(plan)))
}

/// Wide enough for the name of an operation, so that steps keep to one line each.
const WRAPPING_WIDTH: u32 = 340;

/// Draws a chart.
pub fn draw(chart: &Chart) -> String {
    let mut text = format!(
        "---\ntitle: \"{}\"\nconfig:\n  flowchart:\n    wrappingWidth: {WRAPPING_WIDTH}\n---\nflowchart TD\n",
        escaped(&chart.title)
    );
    for each in &chart.nodes {
        text.push_str(&format!("  {}\n", node(each)));
    }
    for each in &chart.edges {
        text.push_str(&format!("  {}\n", edge(each)));
    }
    text.push_str(&classes(chart));
    text.push_str(&lines(chart));
    text
}

fn node(node: &Node) -> String {
    let (open, close) = match node.shape {
        Shape::Arrival | Shape::End(_) | Shape::Anywhere => ("([", "])"),
        Shape::State => ("[", "]"),
        Shape::Gate => ("{{", "}}"),
        Shape::Queue => ("[(", ")]"),
        Shape::Fallback => ("[/", "/]"),
    };
    let label = joined(node.mark, &node.lines);
    format!("{}{open}\"{label}\"{close}", node.id)
}

fn edge(edge: &Edge) -> String {
    let arrow = match (edge.way, edge.mark) {
        (Way::Planned, Mark::Same | Mark::Added | Mark::Changed) => "-->",
        (Way::Planned, Mark::Removed) | (Way::Exception, _) => "-.->",
        (Way::ThereAndBack, _) => "<-.->",
    };
    let label = joined(edge.mark, &edge.label);
    let label = if label.is_empty() {
        String::new()
    } else {
        format!("|\"{label}\"|")
    };
    format!("{} {arrow}{label} {}", edge.from, edge.to)
}

/// Lines of a label, with words for what happened to the whole and to each of them.
fn joined(mark: Mark, lines: &[Line]) -> String {
    let mut texts: Vec<String> = Vec::new();
    if mark != Mark::Same {
        texts.push(mark.as_str().to_uppercase());
    }
    texts.extend(lines.iter().map(|line| match line.mark {
        Mark::Same | Mark::Changed => escaped(&line.text),
        Mark::Added => format!("+ {}", escaped(&line.text)),
        Mark::Removed => format!("− {}", escaped(&line.text)),
    }));
    texts.join("<br/>")
}

const ADDED: &str = "stroke:#1a7f37,stroke-width:3px";
const REMOVED: &str = "stroke:#cf222e,stroke-width:2px,stroke-dasharray:6 4";
const CHANGED: &str = "stroke:#9a6700,stroke-width:3px";

fn classes(chart: &Chart) -> String {
    let with = |fits: &dyn Fn(&&Node) -> bool| {
        let nodes = chart.nodes.iter().filter(fits);
        let ids: Vec<&str> = nodes.map(|node| node.id.as_str()).collect();
        ids.join(",")
    };
    let classes = [
        (
            "gate",
            "stroke:#b26a00,stroke-width:2px",
            with(&|node| node.shape == Shape::Gate),
        ),
        (
            "queue",
            "stroke:#a33,stroke-dasharray:4 3",
            with(&|node| node.shape == Shape::Queue),
        ),
        (
            "ending",
            "stroke:#2a7,stroke-width:2px",
            with(&|node| matches!(node.shape, Shape::End(_))),
        ),
        ("added", ADDED, with(&|node| node.mark == Mark::Added)),
        ("removed", REMOVED, with(&|node| node.mark == Mark::Removed)),
        ("changed", CHANGED, with(&|node| node.mark == Mark::Changed)),
    ];
    let written = classes.iter().filter(|(_, _, members)| !members.is_empty());
    written
        .map(|(class, style, members)| {
            format!("  classDef {class} {style}\n  class {members} {class}\n")
        })
        .collect()
}

fn lines(chart: &Chart) -> String {
    let with = |fits: &dyn Fn(&Edge) -> bool| {
        let edges = chart.edges.iter().enumerate();
        let numbers: Vec<String> = edges
            .filter(|(_, edge)| fits(edge))
            .map(|(index, _)| index.to_string())
            .collect();
        numbers.join(",")
    };
    let thin = with(&|edge| edge.mark == Mark::Same && edge.way != Way::Planned);
    let styles = [
        ("stroke:#a33,stroke-width:1px", thin),
        (ADDED, with(&|edge| edge.mark == Mark::Added)),
        (REMOVED, with(&|edge| edge.mark == Mark::Removed)),
        (CHANGED, with(&|edge| edge.mark == Mark::Changed)),
    ];
    let written = styles.iter().filter(|(_, numbers)| !numbers.is_empty());
    written
        .map(|(style, numbers)| format!("  linkStyle {numbers} {style}\n"))
        .collect()
}
