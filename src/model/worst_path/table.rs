//! The worst path as a small table of text.

use super::{Cost, Row, WorstPath};
use crate::model::calendar::Scale;

/// Rows of a table that fits beside a finding.
const SHOWN: usize = 8;

const HEAD: [&str; 6] = ["state", "step", "work", "wait", "retry", "total"];

impl WorstPath<'_> {
    /// The rows that take longest in their order, the others together, and the sum, in columns.
    pub fn table(&self) -> String {
        let mut lines = vec![HEAD.map(str::to_owned)];
        let shown = self.longest();
        let mut others = Cost::default();
        let mut count = 0_usize;
        for (position, row) in self.rows.iter().enumerate() {
            if shown.contains(&position) {
                lines.push(line(self.scale, &row.state.value, &step(row), row.cost));
            } else {
                others = others.plus(row.cost);
                count += 1;
            }
        }
        if count > 0 {
            let label = format!("{count} more");
            lines.push(line(self.scale, &label, "", others));
        }
        lines.push(line(self.scale, "together", "", self.cost()));
        align(&lines)
    }

    /// The positions of the rows that are shown: all of them, or those that take longest.
    fn longest(&self) -> Vec<usize> {
        let mut positions: Vec<usize> = (0..self.rows.len()).collect();
        if positions.len() > SHOWN + 1 {
            positions.sort_by_key(|position| std::cmp::Reverse(self.rows[*position].cost.total()));
            positions.truncate(SHOWN);
        }
        positions
    }
}

fn step(row: &Row<'_>) -> String {
    let name = row.step.map_or("", |step| step.name());
    match row.times {
        1 => name.to_owned(),
        times => format!("{name} ×{times}"),
    }
}

fn line(scale: Scale, state: &str, step: &str, cost: Cost) -> [String; 6] {
    let cell = |seconds: u64| match seconds {
        0 => "–".to_owned(),
        _ => scale.exact(seconds),
    };
    let total = match (cost.open, cost.total()) {
        (true, 0) => "no limit".to_owned(),
        (true, known) => format!("≥ {}", scale.exact(known)),
        (false, total) => cell(total),
    };
    [
        state.to_owned(),
        step.to_owned(),
        cell(cost.work),
        cell(cost.wait),
        cell(cost.retry),
        total,
    ]
}

/// Columns of equal width: names to the left, times to the right.
fn align(lines: &[[String; 6]]) -> String {
    let width = |column: usize| {
        let widths = lines.iter().map(|line| line[column].chars().count());
        widths.max().unwrap_or(0)
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    let written: Vec<String> = lines
        .iter()
        .map(|line| {
            let cells = line.iter().zip(widths).enumerate();
            let cells: Vec<String> = cells
                .map(|(column, (cell, width))| match column {
                    0 | 1 => format!("{cell:<width$}"),
                    _ => format!("{cell:>width$}"),
                })
                .collect();
            cells.join("  ").trim_end().to_owned()
        })
        .collect();
    written.join("\n")
}
