//! Facts about decision tables.

use super::{compare_free, compare_owner};
use crate::diff::fact::{Fact, canonical_expression, collapsed};
use crate::diff::kind::DirectoryChange;
use crate::diff::recorder::{Presence, Recorder};
use crate::model::quantity::Quantity;
use crate::source::{Span, Spanned};
use crate::syntax::decision::{CellType, Decision, HitPolicy, Row};
use crate::syntax::document::Entity;
use crate::syntax::names::{FieldName, NameMap};

/// Compares two versions of a decision table.
pub(in crate::diff) fn compare(
    recorder: &mut Recorder<'_>,
    before: &Entity<Decision>,
    after: &Entity<Decision>,
) {
    let (old, new) = (&before.body, &after.body);
    recorder.text("summary", &old.summary, &new.summary);
    compare_owner(recorder, &old.owner, &new.owner);
    let changed = Presence::any(DirectoryChange::DecisionChanged);
    let hit = |decision: &Entity<Decision>| {
        let hit = decision
            .body
            .hit
            .unwrap_or(Spanned::new(HitPolicy::Unique, decision.key));
        Some(Fact::word(&hit, HitPolicy::as_str))
    };
    recorder.compare("hit", "the hit policy", changed, hit(before), hit(after));
    // Cells follow the order of the inputs, outputs are found by name.
    let columns = |columns: &Option<Spanned<Columns>>, ordered: bool| {
        columns
            .as_ref()
            .map(|columns| columns_fact(columns, ordered))
    };
    recorder.compare(
        "inputs",
        "the list of inputs",
        changed,
        columns(&old.inputs, true),
        columns(&new.inputs, true),
    );
    recorder.compare(
        "outputs",
        "the list of outputs",
        changed,
        columns(&old.outputs, false),
        columns(&new.outputs, false),
    );
    compare_rows(recorder, after, (old, before.key), (new, after.key));
    compare_free(recorder, before, after, |decision| &decision.extensions);
}

type Columns = NameMap<FieldName, Spanned<CellType>>;

fn columns_fact(columns: &Spanned<Columns>, ordered: bool) -> Fact {
    let mut names: Vec<String> = columns
        .value
        .iter()
        .map(|(name, kind)| format!("{}: {}", name.value, kind.value.as_str()))
        .collect();
    let text = names.join(", ");
    if !ordered {
        names.sort_unstable();
    }
    Fact::new(text, columns.span).compared_by(names.join(", "))
}

/// Rows are told one by one; under the hit policy `first` their order counts.
fn compare_rows(
    recorder: &mut Recorder<'_>,
    table: &Entity<Decision>,
    (before, key_before): (&Decision, Span),
    (after, key_after): (&Decision, Span),
) {
    let rows = |decision: &Decision| -> Vec<Fact> {
        let rows = decision.rules.iter().flat_map(|rows| &rows.value);
        rows.map(row_fact).collect()
    };
    let (old, new) = (rows(before), rows(after));
    let kind = DirectoryChange::DecisionChanged;
    let texts = |rows: &[Fact]| -> Vec<String> {
        rows.iter().map(|row| row.canonical().to_owned()).collect()
    };
    let (mut sorted_old, mut sorted_new) = (texts(&old), texts(&new));
    let reordered = sorted_old != sorted_new;
    sorted_old.sort_unstable();
    sorted_new.sort_unstable();
    if sorted_old != sorted_new {
        return recorder.members("rules", Some("a row"), kind, kind, old, new);
    }
    let first_wins = table
        .body
        .hit
        .is_some_and(|hit| hit.value == HitPolicy::First);
    if reordered && first_wins {
        let order = |rows: &[Fact], key: Span| {
            let span = rows.first().map_or(key, |row| row.site.span);
            let texts: Vec<&str> = rows.iter().map(|row| row.site.text.as_str()).collect();
            Some(Fact::new(texts.join("; "), span))
        };
        let (old, new) = (order(&old, key_before), order(&new, key_after));
        recorder.compare("rules", "the order of rows", Presence::any(kind), old, new);
    }
}

fn row_fact(row: &Row) -> Fact {
    let cells: Vec<String> = row
        .cells
        .iter()
        .map(|cell| collapsed(&cell.value))
        .collect();
    let compared: Vec<String> = row
        .cells
        .iter()
        .map(|cell| canonical_expression(&cell.value))
        .collect();
    let mut outputs: Vec<String> = row
        .outputs
        .iter()
        .map(|(name, value)| format!("{}: {}", name.value, Quantity::of(&value.value).canonical()))
        .collect();
    outputs.sort_unstable();
    let outputs = outputs.join(", ");
    Fact::new(format!("{} gives {outputs}", cells.join(", ")), row.span)
        .compared_by(format!("{} gives {outputs}", compared.join(", ")))
}
