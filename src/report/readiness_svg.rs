//! The impact-against-effort matrix as a picture: one file without network, light and dark.
//!
//! Marks are numbered and listed below, so that no label can lie over another. Each quadrant is a
//! grid of cells, a mark takes the free cell that is nearest to its score, and never one of another
//! quadrant; the exact figures are in the list. State is told by shape and words, not by colour.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::readiness::{GateState, ReadinessReport, ScoredItem};
use super::wording::one_line;
use super::{Format, HumanOptions};
use crate::model::score::{HIGH, Quadrant};

/// A picture of the matrix.
pub const FORMAT: Format = Format {
    id: "svg",
    title: "a picture of impact against effort",
    check: None,
    compile: None,
    impact: None,
    test: None,
    readiness: Some(write),
    versions: None,
    releases: None,
};

/// The picture is drawn for a narrow screen and scales up.
const WIDTH: u32 = 375;
const MARGIN: u32 = 16;
/// Where the plot begins.
const LEFT: u32 = 39;
const TOP: u32 = 66;
/// A quadrant: a strip for its name, then cells.
const COLUMNS: u32 = 6;
const ROWS: u32 = 5;
const CELL: u32 = 26;
const STRIP: u32 = 24;
const QUADRANT_WIDTH: u32 = COLUMNS * CELL + 4;
const QUADRANT_HEIGHT: u32 = STRIP + ROWS * CELL + 4;
const RADIUS: u32 = 11;
/// Characters in a line of the list.
const NAME_LETTERS: usize = 38;
const FACT_LETTERS: usize = 50;

/// Everything below one root, so that a page around the picture stays as it is.
const STYLE: &str = "\
.flowgate-readiness{--paper:#fff;--ink:#1b1f24;--soft:#57606a;--line:#8c959f;--best:#eaf5ee;--other:#f6f8fa;--mark:#1f6feb;--on-mark:#fff;font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}\
@media (prefers-color-scheme:dark){.flowgate-readiness{--paper:#0d1117;--ink:#e6edf3;--soft:#9da7b3;--line:#6e7681;--best:#12261b;--other:#161b22;--mark:#79b8ff;--on-mark:#0d1117}}\
.flowgate-readiness .paper{fill:var(--paper)}\
.flowgate-readiness text{fill:var(--ink);font-size:13px}\
.flowgate-readiness .head{font-size:17px;font-weight:600}\
.flowgate-readiness .part{font-size:13px;font-weight:600}\
.flowgate-readiness .fact{fill:var(--soft);font-size:12px}\
.flowgate-readiness .quadrant{fill:var(--other);stroke:var(--line)}\
.flowgate-readiness .best{fill:var(--best)}\
.flowgate-readiness .mark{fill:var(--paper);stroke:var(--ink);stroke-width:1.5}\
.flowgate-readiness .ready{fill:var(--mark);stroke:var(--mark)}\
.flowgate-readiness .none{stroke-dasharray:3 2}\
.flowgate-readiness .number{font-size:11px;font-weight:600;text-anchor:middle}\
.flowgate-readiness .on-ready{fill:var(--on-mark)}";

/// Whether something stands at the gate in a certain way.
type Stands = fn(GateState) -> bool;

/// What stands at the gate alike, with the title of its part of the list.
const PARTS: [(&str, Stands); 3] = [
    ("Ready", |gate| matches!(gate, GateState::Ready)),
    ("Not ready: gate first, score second", |gate| {
        matches!(gate, GateState::NotReady(_))
    }),
    ("No workflow yet", |gate| {
        matches!(gate, GateState::NoWorkflow)
    }),
];

/// Writes the picture.
///
/// # Errors
/// When writing fails.
fn write(report: &ReadinessReport, _options: &HumanOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut picture = Picture::default();
    picture.plot();
    let items = numbered(report);
    picture.marks(&items);
    picture.list(&items, report);
    out.write_all(picture.finish(&description(&items)).as_bytes())
}

/// The items in the order of the list, with their numbers from 1.
fn numbered(report: &ReadinessReport) -> Vec<(usize, ScoredItem<'_>)> {
    let mut items: Vec<ScoredItem<'_>> = Vec::new();
    for (_, belongs) in PARTS {
        let mut part: Vec<_> = report.scored().filter(|item| belongs(item.gate)).collect();
        part.sort_by_key(|item| (item.score.quadrant.quadrant(), item.name));
        items.extend(part);
    }
    items
        .into_iter()
        .enumerate()
        .map(|(index, item)| (index + 1, item))
        .collect()
}

/// The picture in words.
fn description(items: &[(usize, ScoredItem<'_>)]) -> String {
    if items.is_empty() {
        return "No process map has a complete score.".to_owned();
    }
    let parts: Vec<String> = items
        .iter()
        .map(|(_, item)| format!("{}: {}", item.name, facts(item)))
        .collect();
    format!("{}.", parts.join("; "))
}

fn facts(item: &ScoredItem<'_>) -> String {
    match item.remark() {
        Some(remark) => format!("{remark}; would be: {}", item.score.line()),
        None => item.score.line(),
    }
}

/// The facts below the title of the part that an item is listed in.
fn listed_facts(item: &ScoredItem<'_>) -> String {
    match item.gate {
        GateState::Ready | GateState::NoWorkflow => item.score.line(),
        GateState::NotReady(_) => facts(item),
    }
}

/// The picture while it grows downwards.
#[derive(Default)]
struct Picture {
    body: String,
    bottom: u32,
}

impl Picture {
    fn add(&mut self, line: &str) {
        self.body.push_str(line);
        self.body.push('\n');
    }

    /// Quadrants with their names, and the axes.
    fn plot(&mut self) {
        self.add(&format!(
            "<text class=\"head\" x=\"{MARGIN}\" y=\"28\">Impact against effort</text>"
        ));
        self.add(&format!("<text class=\"fact\" x=\"{MARGIN}\" y=\"48\">From 1 (little) to 5 (much); from {HIGH} on it is much.</text>"));
        for quadrant in Quadrant::ALL {
            let (x, y) = corner(quadrant);
            let best = if quadrant == Quadrant::QuickWin {
                " best"
            } else {
                ""
            };
            self.add(&format!("<rect class=\"quadrant{best}\" x=\"{x}\" y=\"{y}\" width=\"{QUADRANT_WIDTH}\" height=\"{QUADRANT_HEIGHT}\"/>"));
            self.add(&format!(
                "<text class=\"part\" x=\"{}\" y=\"{}\">{}</text>",
                x + 7,
                y + 17,
                capitalised(quadrant.title())
            ));
        }
        let right = LEFT + 2 * QUADRANT_WIDTH;
        let bottom = TOP + 2 * QUADRANT_HEIGHT;
        let middle = TOP + QUADRANT_HEIGHT;
        for (x, anchor, text) in [
            (LEFT, "start", "1"),
            (LEFT + QUADRANT_WIDTH, "middle", "effort →"),
            (right, "end", "5"),
        ] {
            self.add(&format!(
                "<text class=\"fact\" x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\">{text}</text>",
                bottom + 17
            ));
        }
        for (y, anchor, text) in [
            (bottom, "start", "1"),
            (middle, "middle", "impact →"),
            (TOP, "end", "5"),
        ] {
            self.add(&format!("<text class=\"fact\" text-anchor=\"{anchor}\" transform=\"translate({} {y}) rotate(-90)\">{text}</text>", LEFT - 8));
        }
        self.bottom = bottom + 26;
    }

    /// One mark for each item, as long as its quadrant has a free cell.
    fn marks(&mut self, items: &[(usize, ScoredItem<'_>)]) {
        let mut taken = BTreeSet::new();
        for (number, item) in items {
            let quadrant = item.score.quadrant.quadrant();
            let wanted = cell(item, quadrant);
            let Some((column, row)) = free_cell(quadrant, wanted, &taken) else {
                continue;
            };
            taken.insert((quadrant, column, row));
            let (x, y) = corner(quadrant);
            let centre = (
                x + 2 + column * CELL + CELL / 2,
                y + STRIP + 2 + row * CELL + CELL / 2,
            );
            self.mark(*number, item, centre);
        }
    }

    fn mark(&mut self, number: usize, item: &ScoredItem<'_>, (x, y): (u32, u32)) {
        let title = escaped(&format!("{}: {}", item.name, facts(item)));
        let shape = shape(item.gate, x, y);
        let on_ready = if item.gate == GateState::Ready {
            " on-ready"
        } else {
            ""
        };
        self.add(&format!(
            "<g><title>{title}</title>{shape}<text class=\"number{on_ready}\" x=\"{x}\" y=\"{}\">{number}</text></g>",
            y + 4
        ));
    }

    /// The list of marks, then what has no score.
    fn list(&mut self, items: &[(usize, ScoredItem<'_>)], report: &ReadinessReport) {
        for (title, belongs) in PARTS {
            let part: Vec<_> = items
                .iter()
                .filter(|(_, item)| belongs(item.gate))
                .collect();
            if part.is_empty() {
                continue;
            }
            self.heading(title);
            for (number, item) in part {
                let y = self.bottom + 13;
                self.mark(*number, item, (MARGIN + RADIUS, y + 4));
                self.entry(item.name, &listed_facts(item));
            }
        }
        let unscored = report
            .workflows
            .iter()
            .filter(|workflow| workflow.score.is_none());
        let unscored: Vec<_> = unscored.collect();
        if !unscored.is_empty() {
            self.heading("No score, so no place in the matrix");
            for workflow in unscored {
                self.entry(&workflow.workflow, &workflow.verdict());
            }
        }
        if items.is_empty() {
            self.heading("No process map has a complete score");
        }
    }

    fn heading(&mut self, title: &str) {
        self.bottom += 30;
        self.add(&format!(
            "<text class=\"part\" x=\"{MARGIN}\" y=\"{}\">{title}</text>",
            self.bottom
        ));
        self.bottom += 6;
    }

    /// A name and what there is to say, in as many lines as they need.
    fn entry(&mut self, name: &str, facts: &str) {
        let x = MARGIN + 2 * RADIUS + 9;
        self.bottom += 4;
        for (text, class, letters, height) in [
            (name, "name", NAME_LETTERS, 17),
            (facts, "fact", FACT_LETTERS, 16),
        ] {
            for line in textwrap::wrap(&one_line(text), letters) {
                self.bottom += height;
                self.add(&format!(
                    "<text class=\"{class}\" x=\"{x}\" y=\"{}\">{}</text>",
                    self.bottom,
                    escaped(&line)
                ));
            }
        }
        self.bottom += 6;
    }

    fn finish(self, description: &str) -> String {
        let height = self.bottom + MARGIN;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"flowgate-readiness\" role=\"img\" aria-labelledby=\"flowgate-readiness-title flowgate-readiness-text\" viewBox=\"0 0 {WIDTH} {height}\" width=\"600\" style=\"max-width:100%;height:auto\">\n\
             <title id=\"flowgate-readiness-title\">Impact against effort of automating workflows</title>\n\
             <desc id=\"flowgate-readiness-text\">{}</desc>\n\
             <style>{STYLE}</style>\n\
             <rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>\n\
             {}</svg>\n",
            escaped(description),
            self.body
        )
    }
}

/// The upper left corner of a quadrant.
fn corner(quadrant: Quadrant) -> (u32, u32) {
    let (right, down) = match quadrant {
        Quadrant::QuickWin => (0, 0),
        Quadrant::MajorProject => (1, 0),
        Quadrant::FillIn => (0, 1),
        Quadrant::Avoid => (1, 1),
    };
    (LEFT + right * QUADRANT_WIDTH, TOP + down * QUADRANT_HEIGHT)
}

/// The cell of a quadrant in which a score lies; in whole numbers, so that every machine draws the
/// same.
fn cell(item: &ScoredItem<'_>, quadrant: Quadrant) -> (u32, u32) {
    let (impact, effort) = (&item.score.impact, &item.score.effort);
    let impact = impact.cost + impact.errors + impact.compliance + impact.experience;
    let effort = effort.integration + effort.data + effort.change;
    let (high_impact, high_effort) = match quadrant {
        Quadrant::QuickWin => (true, false),
        Quadrant::MajorProject => (true, true),
        Quadrant::FillIn => (false, false),
        Quadrant::Avoid => (false, true),
    };
    // A quadrant spans two points of the mean.
    let least_effort = if high_effort { HIGH } else { 1 } * 3;
    let most_impact = if high_impact { 5 } else { HIGH } * 4;
    let column = effort.saturating_sub(least_effort) * COLUMNS / 6;
    let row = most_impact.saturating_sub(impact) * ROWS / 8;
    (column.min(COLUMNS - 1), row.min(ROWS - 1))
}

fn free_cell(
    quadrant: Quadrant,
    wanted: (u32, u32),
    taken: &BTreeSet<(Quadrant, u32, u32)>,
) -> Option<(u32, u32)> {
    let cells = (0..ROWS).flat_map(|row| (0..COLUMNS).map(move |column| (column, row)));
    cells
        .filter(|(column, row)| !taken.contains(&(quadrant, *column, *row)))
        .min_by_key(|(column, row)| {
            let (x, y) = (column.abs_diff(wanted.0), row.abs_diff(wanted.1));
            (x * x + y * y, *row, *column)
        })
}

/// A filled circle when ready, an open square when not, a dashed circle without a workflow.
fn shape(gate: GateState, x: u32, y: u32) -> String {
    match gate {
        GateState::Ready => {
            format!("<circle class=\"mark ready\" cx=\"{x}\" cy=\"{y}\" r=\"{RADIUS}\"/>")
        }
        GateState::NotReady(_) => format!(
            "<rect class=\"mark\" x=\"{}\" y=\"{}\" width=\"20\" height=\"20\"/>",
            x - 10,
            y - 10
        ),
        GateState::NoWorkflow => {
            format!("<circle class=\"mark none\" cx=\"{x}\" cy=\"{y}\" r=\"{RADIUS}\"/>")
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Text as XML has it.
fn escaped(text: &str) -> String {
    one_line(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
