//! Lines with their heads and labels, and the explanation of them.

use std::fmt::Write;

use super::text::{SMALL, Words, width};
use crate::layout::{Point, Route};
use crate::target::chart::{Edge, Line, Mark, Way};

/// The widest label of a line.
const LABEL_WIDTH: i64 = 170;
/// How round corners are.
const ROUND: i64 = 5;
/// The length of an arrow's head.
const HEAD: i64 = 8;

/// A kind of line to explain.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sample {
    Way(Way),
    Mark(Mark),
}

/// The label of an edge; what happened to it is said in a word.
pub(super) fn label(edge: &Edge) -> Option<Words> {
    if edge.label.is_empty() && edge.mark == Mark::Same {
        return None;
    }
    let lines: Vec<Line> = edge
        .label
        .iter()
        .map(|line| marked(line.clone(), edge.mark))
        .collect();
    Some(Words::of(&lines, SMALL, LABEL_WIDTH).headed(edge.mark))
}

/// What stands at a way that is gone is gone with it.
fn marked(line: Line, mark: Mark) -> Line {
    match (line.mark, mark) {
        (Mark::Same, Mark::Removed) => Line {
            mark: Mark::Removed,
            ..line
        },
        (_, _) => line,
    }
}

fn classes(edge_way: Way, mark: Mark) -> (&'static str, &'static str) {
    match (mark, edge_way) {
        (Mark::Added, _) => ("fg-way-added", "fg-head-added"),
        (Mark::Removed, _) => ("fg-way-removed", "fg-head-removed"),
        (Mark::Changed, _) => ("fg-way-changed", "fg-head-changed"),
        (Mark::Same, Way::Planned) => ("fg-way", "fg-head"),
        (Mark::Same, Way::Exception | Way::ThereAndBack) => {
            ("fg-way-exception", "fg-head-exception")
        }
    }
}

/// Draws a line, its heads and its label.
pub(super) fn draw(svg: &mut String, edge: &Edge, route: &Route, label: Option<&Words>) {
    let (line, head) = classes(edge.way, edge.mark);
    let _infallible = writeln!(svg, r#"<path class="{line}" d="{}"/>"#, path(&route.points));
    if let [.., before, last] = route.points[..] {
        draw_head(svg, head, before, last);
    }
    if let (Way::ThereAndBack, [first, next, ..]) = (edge.way, &route.points[..]) {
        draw_head(svg, head, *next, *first);
    }
    if let (Some(label), Some(area)) = (label, route.label) {
        label.draw(svg, "fg-small", area.x, area.y);
    }
}

/// The line with round corners.
fn path(points: &[Point]) -> String {
    let Some(first) = points.first() else {
        return String::new();
    };
    let mut path = format!("M{} {}", first.x, first.y);
    for corner in points.windows(3) {
        let [before, corner, after] = corner else {
            continue;
        };
        let from = towards(*corner, *before);
        let to = towards(*corner, *after);
        let _infallible = write!(
            path,
            "L{} {}Q{} {} {} {}",
            from.x, from.y, corner.x, corner.y, to.x, to.y
        );
    }
    if let [.., last] = points {
        let _infallible = write!(path, "L{} {}", last.x, last.y);
    }
    path
}

/// A little from a corner towards the next one, at most half of the way.
fn towards(corner: Point, next: Point) -> Point {
    let step = |from: i64, to: i64| {
        let distance = (to - from).abs().min(2 * ROUND) / 2;
        from + (to - from).signum() * distance
    };
    Point {
        x: step(corner.x, next.x),
        y: step(corner.y, next.y),
    }
}

fn draw_head(svg: &mut String, class: &str, before: Point, tip: Point) {
    let (along_x, along_y) = ((tip.x - before.x).signum(), (tip.y - before.y).signum());
    let half = HEAD / 2;
    let base = Point {
        x: tip.x - along_x * HEAD,
        y: tip.y - along_y * HEAD,
    };
    let _infallible = writeln!(
        svg,
        r#"<path class="{class}" d="M{} {}L{} {}L{} {}z"/>"#,
        tip.x,
        tip.y,
        base.x - along_y * half,
        base.y - along_x * half,
        base.x + along_y * half,
        base.y + along_x * half
    );
}

/// Draws samples of lines with words.
pub(super) fn draw_legend(svg: &mut String, samples: &[(Sample, &'static str)], top: i64) {
    const SAMPLE: i64 = 30;
    let mut x = 16;
    let y = top + 16;
    for (sample, words) in samples {
        let (way, mark) = match sample {
            Sample::Way(way) => (*way, Mark::Same),
            Sample::Mark(mark) => (Way::Planned, *mark),
        };
        let (line, head) = classes(way, mark);
        let (begin, end) = (Point { x, y }, Point { x: x + SAMPLE, y });
        let points = [begin, end];
        let _infallible = writeln!(svg, r#"<path class="{line}" d="{}"/>"#, path(&points));
        draw_head(svg, head, begin, end);
        if way == Way::ThereAndBack {
            draw_head(svg, head, end, begin);
        }
        let _infallible = writeln!(
            svg,
            r#"<text class="fg-small" x="{}" y="{}">{words}</text>"#,
            x + SAMPLE + 6,
            y + 4
        );
        x += SAMPLE + 6 + width(words, SMALL) + 16;
    }
}

/// How wide the explanation is.
pub(super) fn legend_width(samples: &[(Sample, &'static str)]) -> i64 {
    let widths = samples.iter().map(|(_, words)| 52 + width(words, SMALL));
    32 + widths.sum::<i64>()
}
