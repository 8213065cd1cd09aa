//! Boxes: their texts, their sizes, and how they are drawn.

use std::fmt::Write;

use super::text::{BADGE, BODY, NAME, SMALL, Words, draw_word, escaped, width, word};
use crate::layout::{Area, Size};
use crate::syntax::workflow::Ending;
use crate::target::chart::{Chart, Line, Mark, Node, Shape};

/// The widest text in a box.
const TEXT_WIDTH: i64 = 215;
/// Between the edge of a box and its text.
const ROOM: i64 = 11;
/// Each way needs so much of a side of a box.
const WAY_ROOM: i64 = 13;

/// A box with its texts.
pub(super) struct Boxed {
    shape: Shape,
    mark: Mark,
    name: Words,
    phase: String,
    lines: Words,
    /// How large it is.
    pub size: Size,
}

impl Boxed {
    pub fn of(node: &Node, chart: &Chart) -> Self {
        let (head, rest) = match node.shape {
            Shape::Gate | Shape::Arrival => (&[][..], &node.lines[..]),
            Shape::State | Shape::End(_) | Shape::Queue | Shape::Anywhere | Shape::Fallback => {
                let heads = heads(&node.lines);
                node.lines.split_at(heads)
            }
        };
        let (name, phase) = named(head);
        let lines = Words::of(rest, BODY, TEXT_WIDTH);
        let (name_size, lines_size) = (name.size(), lines.size());
        let badge = badge_width(node.mark);
        let head_width = name_size.width + phase_width(&phase) + badge;
        let ways = |fits: &dyn Fn(&str, &str) -> bool| {
            let fitting = chart.edges.iter();
            let fitting = fitting.filter(|edge| fits(&edge.from, &edge.to)).count();
            i64::try_from(fitting + 1).unwrap_or(i64::MAX / 1_000) * WAY_ROOM
        };
        let sides = ways(&|from, _| from == node.id).max(ways(&|_, to| to == node.id));
        let gap = if name_size.height > 0 && lines_size.height > 0 {
            5
        } else {
            0
        };
        let text = name_size.height + gap + lines_size.height;
        // A gate and an arrival have no name line to carry the badge.
        let above = if head.is_empty() && badge > 0 { 16 } else { 0 };
        Boxed {
            shape: node.shape,
            mark: node.mark,
            size: Size {
                width: head_width.max(lines_size.width).max(badge).max(64) + 2 * ROOM,
                height: (text + above + 2 * ROOM - 2).max(sides),
            },
            name,
            phase,
            lines,
        }
    }

    /// Draws the box and what stands in it.
    pub fn draw(&self, svg: &mut String, area: Area) {
        self.draw_outline(svg, area);
        let (name_size, lines_size) = (self.name.size(), self.lines.size());
        let gap = if name_size.height > 0 && lines_size.height > 0 {
            5
        } else {
            0
        };
        let badge = badge_width(self.mark);
        let above = if name_size.height == 0 && badge > 0 {
            16
        } else {
            0
        };
        let text = name_size.height + gap + lines_size.height + above;
        let top = area.y + (area.height - text) / 2;
        let left = area.x + ROOM;
        self.name.draw(svg, "fg-name", left, top);
        if !self.phase.is_empty() {
            let _infallible = writeln!(
                svg,
                r#"<text class="fg-small" x="{}" y="{}">{}</text>"#,
                left + name_size.width + 6,
                top + 13,
                escaped(&self.phase)
            );
        }
        if badge > 0 {
            draw_word(svg, self.mark, area.right() - badge + 2, top + 12);
        }
        self.lines.draw(
            svg,
            "fg-line-text",
            left,
            top + name_size.height + gap + above,
        );
    }

    fn draw_outline(&self, svg: &mut String, area: Area) {
        let Area {
            x,
            y,
            width,
            height,
        } = area;
        let own = match self.shape {
            Shape::State => "fg-box",
            Shape::Arrival | Shape::Anywhere => "fg-box",
            Shape::End(Ending::Completed) => "fg-end",
            Shape::End(Ending::Rejected | Ending::Cancelled | Ending::Failed) => "fg-stop",
            Shape::Gate => "fg-gate",
            Shape::Queue | Shape::Fallback => "fg-queue",
        };
        let class = match self.mark {
            Mark::Same => own,
            Mark::Added => "fg-added",
            Mark::Removed => "fg-removed",
            Mark::Changed => "fg-changed",
        };
        let _infallible = match self.shape {
            // Cut corners: lines never end near a corner.
            Shape::Gate => writeln!(
                svg,
                r#"<path class="{class}" d="M{} {y}h{}l8 8v{}l-8 8h-{}l-8 -8v-{}z"/>"#,
                x + 8,
                width - 16,
                height - 16,
                width - 16,
                height - 16
            ),
            Shape::Queue => writeln!(
                svg,
                r#"<path class="{class}" d="M{x} {y}h{width}v{height}h-{width}zm5 0v{height}"/>"#
            ),
            Shape::State => rounded(svg, class, area, 5),
            Shape::Arrival | Shape::Anywhere | Shape::End(_) => rounded(svg, class, area, 12),
            Shape::Fallback => rounded(svg, class, area, 0),
        };
    }
}

fn rounded(svg: &mut String, class: &str, area: Area, radius: i64) -> std::fmt::Result {
    writeln!(
        svg,
        r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{}" rx="{radius}"/>"#,
        area.x, area.y, area.width, area.height
    )
}

/// How many of the first lines are the name: two when it changed.
fn heads(lines: &[Line]) -> usize {
    let changed = lines.len() > 1 && lines[0].mark == Mark::Removed && lines[1].mark == Mark::Added;
    if changed { 2 } else { 1.min(lines.len()) }
}

/// The name, and small beside it what kind it is.
fn named(head: &[Line]) -> (Words, String) {
    match head {
        [only] if only.mark == Mark::Same => {
            let (name, phase) = only
                .text
                .split_once(" · ")
                .map_or((only.text.as_str(), ""), |(name, phase)| (name, phase));
            (Words::wrapped([name], NAME, TEXT_WIDTH), phase.to_owned())
        }
        lines => (Words::of(lines, NAME, TEXT_WIDTH), String::new()),
    }
}

fn phase_width(phase: &str) -> i64 {
    if phase.is_empty() {
        0
    } else {
        width(phase, SMALL) + 6
    }
}

/// The word for what happened to the box.
fn badge_width(mark: Mark) -> i64 {
    match mark {
        Mark::Same => 0,
        Mark::Added | Mark::Removed | Mark::Changed => width(&word(mark), BADGE) + 10,
    }
}
