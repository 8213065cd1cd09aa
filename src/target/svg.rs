//! A plan as a swimlane diagram in SVG: who answers for what, from left to right.
//!
//! The file stands alone: no script, no font, no network. Texts are measured with a built-in table
//! of widths, and every box is made a little wider than that, so that they fit with any plain font.

mod boxes;
mod lines;
mod style;
mod text;

use std::fmt::Write;

use super::chart::{Chart, Mark, Way};
use super::{Artifact, Target, single};
use crate::diagnostic::Checked;
use crate::layout::{self, Direction, Drawing, Graph, Size, Strength, layout};
use crate::plan::Plan;
use boxes::Boxed;
use text::{LANE, Words};

/// The diagram.
pub static TARGET: Target = Target {
    id: "svg",
    title: "a swimlane diagram for documents, slides and print",
    extension: "svg",
    docs: "A picture that stands alone: lanes for the people, teams and queues that answer for \
           something, in them the states with their steps, approvals as gates, queues, and the \
           ends. Solid lines are the planned way with its guards, thin dashed ones exceptions, \
           those with two heads come back to where they were raised. Light and dark follow the \
           reader's setting. A workflow with so many ways that nobody could read the picture is \
           drawn without its exceptions, or as a note that says so.",
    emit,
};

fn emit(plan: &Plan) -> Checked<Vec<Artifact>> {
    single(plan, &TARGET, draw(&Chart::of(plan), Look::Lanes))
}

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// From left to right, with a lane for everybody who answers for something.
    Lanes,
    /// From top to bottom without lanes, for narrow screens and print.
    Column,
}

/// Width of the names of lanes.
const LANE_HEAD: i64 = 132;
/// Height of the title.
const TITLE: i64 = 34;
/// Height of the explanation of lines.
const LEGEND: i64 = 34;

/// The colours and lines that every picture carries.
pub fn style_sheet() -> &'static str {
    style::sheet()
}

/// Draws a chart as a whole SVG document, which can stand in a page as well.
pub fn draw(chart: &Chart, look: Look) -> String {
    drawn(chart, look)
        .or_else(|| {
            let mut planned = chart.clone();
            planned.edges.retain(|edge| edge.way == Way::Planned);
            planned
                .title
                .push_str(" (too large to show its exceptions)");
            drawn(&planned, look)
        })
        .unwrap_or_else(|| too_large(chart))
}

fn too_large(chart: &Chart) -> String {
    let size = Size {
        width: 640,
        height: 60,
    };
    let mut svg = opened(chart, size, Look::Column);
    let note = format!("{} boxes, too many to draw", chart.nodes.len());
    let _infallible = write!(svg, r#"<text class="fg-small" x="16" y="46">{note}</text>"#);
    svg.push_str("</svg>\n");
    svg
}

fn drawn(chart: &Chart, look: Look) -> Option<String> {
    let lanes = lanes(chart, look);
    let boxes: Vec<Boxed> = chart
        .nodes
        .iter()
        .map(|node| Boxed::of(node, chart))
        .collect();
    let labels: Vec<Option<Words>> = chart.edges.iter().map(lines::label).collect();
    let graph = graph(chart, look, &lanes, &boxes, &labels);
    let drawing = layout(&graph)?;
    let left = if look == Look::Lanes { LANE_HEAD } else { 0 };
    let legend = legend(chart);
    let size = Size {
        width: (drawing.size.width + left).max(lines::legend_width(&legend)),
        height: drawing.size.height + TITLE + LEGEND * i64::from(!legend.is_empty()),
    };
    let mut svg = opened(chart, size, look);
    let _infallible = writeln!(svg, r#"<g transform="translate({left} {TITLE})">"#);
    if look == Look::Lanes {
        lane_bands(&mut svg, &drawing, &lanes);
    }
    for (edge, (route, label)) in chart.edges.iter().zip(drawing.routes.iter().zip(&labels)) {
        lines::draw(&mut svg, edge, route, label.as_ref());
    }
    for (boxed, area) in boxes.iter().zip(&drawing.nodes) {
        boxed.draw(&mut svg, *area);
    }
    svg.push_str("</g>\n");
    lines::draw_legend(&mut svg, &legend, size.height - LEGEND);
    svg.push_str("</svg>\n");
    Some(svg)
}

/// The lanes in the order in which a case first meets them.
fn lanes(chart: &Chart, look: Look) -> Vec<&str> {
    let mut lanes: Vec<&str> = Vec::new();
    if look == Look::Lanes {
        for node in &chart.nodes {
            if !lanes.contains(&node.lane.as_str()) {
                lanes.push(&node.lane);
            }
        }
    }
    lanes
}

fn graph(
    chart: &Chart,
    look: Look,
    lanes: &[&str],
    boxes: &[Boxed],
    labels: &[Option<Words>],
) -> Graph {
    let place = |id: &str| chart.nodes.iter().position(|node| node.id == id);
    let edges = chart
        .edges
        .iter()
        .zip(labels)
        .map(|(edge, label)| layout::Edge {
            from: place(&edge.from).unwrap_or(0),
            to: place(&edge.to).unwrap_or(0),
            strength: match edge.way {
                Way::Planned => Strength::Main,
                Way::Exception | Way::ThereAndBack => Strength::Side,
            },
            label: label.as_ref().map(Words::size),
        });
    let nodes = chart.nodes.iter().zip(boxes).map(|(node, boxed)| {
        let lane = lanes.iter().position(|lane| *lane == node.lane);
        layout::Node::new(boxed.size, lane.unwrap_or(0))
    });
    let heads = lanes.iter().map(|lane| lane_name(lane).size().height + 20);
    Graph {
        nodes: nodes.collect(),
        edges: edges.collect(),
        lanes: heads.collect(),
        direction: match look {
            Look::Lanes => Direction::Right,
            Look::Column => Direction::Down,
        },
    }
}

fn lane_name(lane: &str) -> Words {
    Words::wrapped([lane], LANE, LANE_HEAD - 20)
}

/// The beginning of the document with its texts for those who do not see it.
fn opened(chart: &Chart, size: Size, look: Look) -> String {
    let Size { width, height } = size;
    let title = text::escaped(&chart.title);
    let heading = Words::wrapped([chart.title.as_str()], text::TITLE, width - 32).first();
    let description = text::escaped(&description(chart));
    let style = style::sheet();
    let look = match look {
        Look::Lanes => "lanes",
        Look::Column => "column",
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"fg-picture fg-{look}\" role=\"img\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         aria-label=\"{title}\">\n<title>{title}</title>\n<desc>{description}</desc>\n\
         <style>{style}</style>\n<rect class=\"fg-ground\" width=\"{width}\" height=\"{height}\"/>\n\
         <text class=\"fg-title\" x=\"16\" y=\"23\">{heading}</text>\n"
    )
}

/// The picture in a sentence for each box: what it is and where it leads.
fn description(chart: &Chart) -> String {
    let name = |id: &str| {
        let node = chart.nodes.iter().find(|node| node.id == id);
        let line = node.and_then(|node| node.lines.first());
        line.map_or(String::new(), |line| line.text.clone())
    };
    let sentences = chart.nodes.iter().map(|node| {
        let ways: Vec<String> = chart
            .edges
            .iter()
            .filter(|edge| edge.from == node.id && edge.mark != Mark::Removed)
            .map(|edge| name(&edge.to))
            .collect();
        let mark = match node.mark {
            Mark::Same => String::new(),
            Mark::Added | Mark::Removed | Mark::Changed => format!(" ({})", node.mark.as_str()),
        };
        let leads = if ways.is_empty() {
            String::new()
        } else {
            format!(" leads to {}", ways.join(", "))
        };
        format!("{}{mark}{leads}.", name(&node.id))
    });
    sentences.collect::<Vec<_>>().join(" ")
}

fn lane_bands(svg: &mut String, drawing: &Drawing, lanes: &[&str]) {
    for (index, (area, lane)) in drawing.lanes.iter().zip(lanes).enumerate() {
        let shade = if index % 2 == 0 { "a" } else { "b" };
        let _infallible = writeln!(
            svg,
            r#"<rect class="fg-lane-{shade}" x="{}" y="{}" width="{}" height="{}"/>"#,
            -LANE_HEAD,
            area.y,
            area.width + LANE_HEAD,
            area.height
        );
        let name = lane_name(lane);
        let top = area.y + (area.height - name.size().height) / 2;
        name.draw(svg, "fg-lane-name", 10 - LANE_HEAD, top);
    }
    if let (Some(first), Some(last)) = (drawing.lanes.first(), drawing.lanes.last()) {
        let _infallible = writeln!(
            svg,
            r#"<path class="fg-lane-edge" d="M0 {}V{}"/>"#,
            first.y,
            last.bottom()
        );
    }
}

/// The kinds of line and mark that occur, for the explanation below the picture.
fn legend(chart: &Chart) -> Vec<(lines::Sample, &'static str)> {
    let has_way = |way: Way| chart.edges.iter().any(|edge| edge.way == way);
    let has_mark = |mark: Mark| {
        chart.edges.iter().any(|edge| edge.mark == mark)
            || chart.nodes.iter().any(|node| node.mark == mark)
    };
    let ways = [
        (Way::Planned, "planned way"),
        (Way::Exception, "exception"),
        (Way::ThereAndBack, "exception that comes back"),
    ];
    let marks = [Mark::Added, Mark::Removed, Mark::Changed];
    let ways = ways.into_iter().filter(|(way, _)| has_way(*way));
    let ways = ways.map(|(way, words)| (lines::Sample::Way(way), words));
    let marks = marks.into_iter().filter(|mark| has_mark(*mark));
    ways.chain(marks.map(|mark| (lines::Sample::Mark(mark), mark.as_str())))
        .collect()
}

#[cfg(test)]
mod tests;
