//! `decision-table-gap`: tables that leave cases out, or answer them twice.

use crate::declare_rule;
use crate::expr::{Example, Expression, Premises, Solution};
use crate::lint::{Context, On};
use crate::model::table::Table;
use crate::rule::{ERROR, Level};
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::decision::{Decision, HitPolicy, Row};

/// Tables beyond so many rows are not searched for rows that meet.
const MOST: usize = 400;

declare_rule! {
    /// Finds decision tables in which some case meets no row, with an example of such a case.
    ///
    /// What else counts depends on `hit`. Where it is `unique`, or absent, no case may meet two rows.
    /// Where it is `any`, two rows that a case can meet give the same outputs. Where it is `first`,
    /// a row that no case reaches any more is a warning, and so is a row under any policy that no
    /// case can meet.
    ///
    /// A cell is a test of its input: `-` for anything, a comparison such as `< 10000` or
    /// `!= 'new'`, `in ['a', 'b']`, or a value to be equal to. Cells that are none, rows with too many
    /// or too few of them, and outputs that do not fit the table are reported by this rule, too.
    ///
    /// A text input can be what the contracts of the workflows list that route by the table; without
    /// such a list, it can be any text.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// decisions:
    ///   seat-routing:
    ///     hit: unique
    ///     inputs: {seats: integer}
    ///     outputs: {queue: queue}
    ///     rules:
    ///       - ["< 10", {queue: facilities}]
    ///       - ["> 10", {queue: facilities-exceptions}]
    /// ```
    ///
    /// ```yaml,good
    /// decisions:
    ///   seat-routing:
    ///     hit: unique
    ///     inputs: {seats: integer}
    ///     outputs: {queue: queue}
    ///     rules:
    ///       - ["< 10", {queue: facilities}]
    ///       - [">= 10", {queue: facilities-exceptions}]
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add a row for the case that is shown, or narrow one of the rows that meet.
    pub static RULE = {
        check: On::Project(check),
        id: "decision-table-gap",
        summary: "a decision table with a gap or an overlap",
        why: "a case that the table does not decide, or decides twice, is routed by chance",
        family: Structure,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(context: &mut Context<'_>) {
    for decision in &context.model.project.decisions {
        check_table(decision, context);
    }
}

fn check_table(decision: &Entity<Decision>, context: &mut Context<'_>) {
    let table = context.model.table(&decision.body, &decision.name.value);
    let is_sound = table.faults.is_empty();
    for fault in &table.faults {
        let finding = context.finding(fault.span, fault.message.clone());
        context.report(finding.help(fault.help.clone()));
    }
    if !is_sound || table.rows.is_empty() {
        return;
    }
    let premises = table.premises();
    let hit = decision.body.hit.as_ref();
    let hit = hit.map_or(HitPolicy::Unique, |hit| hit.value);
    gap(&decision.name, &table, &premises, context);
    for position in 0..table.rows.len() {
        if never_met(&table, position, &premises, context) {
            continue;
        }
        match hit {
            HitPolicy::Unique | HitPolicy::Any if position < MOST => {
                overlap(&table, position, hit, &premises, context);
            }
            HitPolicy::First => unreached(&table, position, &premises, context),
            HitPolicy::Unique | HitPolicy::Any => {}
        }
    }
}

fn gap(
    name: &Spanned<String>,
    table: &Table<'_>,
    premises: &Premises<'_>,
    context: &mut Context<'_>,
) {
    let rows: Vec<&Expression> = table.rows.iter().map(|(_, row)| row).collect();
    if let Solution::Possible(example) = premises.solve(&[], &rows) {
        let message = format!("no row of `{}` matches {}", name.value, when(&example));
        let finding = context.finding(name.span, message);
        context
            .report(finding.help("add a row for that case, or widen the one that it belongs to"));
    }
}

fn when(example: &Example) -> String {
    if example.is_any() {
        "in any case".to_owned()
    } else {
        format!("when {example}")
    }
}

fn never_met(
    table: &Table<'_>,
    position: usize,
    premises: &Premises<'_>,
    context: &mut Context<'_>,
) -> bool {
    let (row, condition) = &table.rows[position];
    let is_never_met = premises.solve(&[condition], &[]) == Solution::Impossible;
    if is_never_met {
        let finding = context.finding(row.span, "no case can match this row");
        context.report(
            finding
                .help("correct its tests, or remove it")
                .with_level(Level::Warning),
        );
    }
    is_never_met
}

/// Reports the first earlier row that a case of this one can match, too.
fn overlap(
    table: &Table<'_>,
    position: usize,
    hit: HitPolicy,
    premises: &Premises<'_>,
    context: &mut Context<'_>,
) {
    let (row, condition) = &table.rows[position];
    for (other, earlier) in &table.rows[..position] {
        if hit == HitPolicy::Any && same_outputs(row, other) {
            continue;
        }
        let Solution::Possible(example) = premises.solve(&[earlier, condition], &[]) else {
            continue;
        };
        let (message, help) = match hit {
            HitPolicy::Any => (
                "this row and an earlier one give different outputs",
                "give both the same outputs, or narrow one of them",
            ),
            HitPolicy::Unique | HitPolicy::First => (
                "this row and an earlier one match at once",
                "narrow one of them, or write `hit: first` when the order is meant to decide",
            ),
        };
        let finding = context.finding(row.span, format!("{message} {}", when(&example)));
        context.report(finding.label(other.span, "the earlier row").help(help));
        return;
    }
}

fn same_outputs(one: &Row, other: &Row) -> bool {
    let given = |row: &Row, name: &str| {
        let mut outputs = row.outputs.iter();
        let found = outputs.find(|(output, _)| output.value == name);
        found.map(|(_, value)| value.value.clone())
    };
    let mut names = one.outputs.iter().chain(&other.outputs);
    names.all(|(name, _)| given(one, &name.value) == given(other, &name.value))
}

fn unreached(
    table: &Table<'_>,
    position: usize,
    premises: &Premises<'_>,
    context: &mut Context<'_>,
) {
    let (row, condition) = &table.rows[position];
    let earlier: Vec<&Expression> = table.rows[..position].iter().map(|(_, row)| row).collect();
    if !earlier.is_empty() && premises.solve(&[condition], &earlier) == Solution::Impossible {
        let finding = context.finding(row.span, "the rows before leave no case for this row");
        context.report(
            finding
                .help("move it before the wider rows, or remove it")
                .with_level(Level::Warning),
        );
    }
}
