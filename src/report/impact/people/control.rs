//! What a control decides, in the words of those whom it decides about.

use super::Told;
use crate::plan::step::Work;

/// What a control decides.
pub(super) enum Use {
    /// Below it, an approval is waived.
    Waiver(String),
    /// From it on, an approval is asked for.
    Condition(String),
    /// Values may differ by it.
    Tolerance(String),
}

/// The first thing that a control decides in the workflow as it will be.
pub(super) fn use_of(told: &Told<'_>) -> Option<Use> {
    let name = format!("controls.{}", told.judged.change.subject);
    let is_named = |text: &str| {
        text.split(|sign: char| !(sign.is_alphanumeric() || sign == '_' || sign == '.'))
            .any(|word| word == name)
    };
    let states = told.plan?.states.values();
    states.flat_map(|state| state.all_steps()).find_map(|step| {
        let id = || step.id.clone();
        match &step.work {
            Work::Approve(approval) => {
                let waiver = approval.waive_when.as_ref();
                let condition = step.condition.as_ref();
                if waiver.is_some_and(|waiver| is_named(waiver.as_str())) {
                    Some(Use::Waiver(id()))
                } else if condition.is_some_and(|condition| is_named(condition.as_str())) {
                    Some(Use::Condition(id()))
                } else {
                    None
                }
            }
            Work::Match(matching) => {
                let compared = matching.compare.iter().find(|field| {
                    let tolerance = field.tolerance.as_ref();
                    tolerance.is_some_and(|tolerance| is_named(tolerance.amount.as_str()))
                });
                compared.map(|field| Use::Tolerance(field.field.clone()))
            }
            Work::Check(_)
            | Work::Route(_)
            | Work::Call(_)
            | Work::Task(_)
            | Work::Wait(_)
            | Work::Notify(_)
            | Work::Emit(_)
            | Work::Run(_)
            | Work::Parallel(_)
            | Work::ForEach(_) => None,
        }
    })
}

impl Use {
    pub(super) fn weakened(&self, told: &Told<'_>) -> String {
        let cases = told.cases();
        let (from, to) = range(&told.before(), &told.after());
        match self {
            Use::Waiver(step) => {
                format!("{cases} from {from} to {to} will pass `{step}` without a human.")
            }
            Use::Condition(step) => {
                format!("{cases} from {from} to {to} will no longer be put to `{step}`.")
            }
            Use::Tolerance(field) => {
                format!("Differences of `{field}` up to {to} will pass unseen; it was {from}.")
            }
        }
    }

    pub(super) fn strengthened(&self, told: &Told<'_>) -> String {
        let cases = told.cases();
        let (from, to) = range(&told.after(), &told.before());
        match self {
            Use::Waiver(step) => {
                format!("{cases} from {from} to {to} will wait for `{step}`, where they passed.")
            }
            Use::Condition(step) => {
                format!("{cases} from {from} to {to} will be put to `{step}` as well.")
            }
            Use::Tolerance(field) => {
                format!("Differences of `{field}` above {from} will be held back; it was {to}.")
            }
        }
    }
}

/// Two amounts for a sentence; the unit of both stands behind the second one only.
fn range(from: &str, to: &str) -> (String, String) {
    let (from, to) = (amount(from), amount(to));
    match (from.rsplit_once(' '), to.rsplit_once(' ')) {
        (Some((number, unit)), Some((_, other))) if unit == other => (number.to_owned(), to),
        _ => (from, to),
    }
}

/// `2000.00 EUR` as people write it: `2,000 EUR`. Ratios are percentages.
fn amount(text: &str) -> String {
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    let Ok(value) = number.parse::<rust_decimal::Decimal>() else {
        return text.to_owned();
    };
    let (value, unit) = match unit {
        "ratio" => (value * rust_decimal::Decimal::ONE_HUNDRED, "%"),
        unit => (value, unit),
    };
    let whole = value.normalize().to_string();
    let (integer, fraction) = whole.split_once('.').unwrap_or((&whole, ""));
    let (sign, digits) = integer
        .strip_prefix('-')
        .map_or(("", integer), |digits| ("-", digits));
    let grouped: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|chunk| std::str::from_utf8(chunk).ok())
        .collect();
    let mut result = format!("{sign}{}", grouped.join(","));
    if !fraction.is_empty() {
        result.push_str(&format!(".{fraction}"));
    }
    if !unit.is_empty() {
        result.push_str(&format!(" {unit}"));
    }
    result
}

#[cfg(test)]
mod tests {
    use super::{amount, range};

    #[test]
    fn amounts_read_as_people_write_them() {
        let written = ["2000.00 EUR", "0.025 ratio", "-1234567.50", "0 each", "2d"];
        let read = ["2,000 EUR", "2.5 %", "-1,234,567.5", "0 each", "2d"];
        assert_eq!(written.map(amount), read);
        let both = range("500.00 EUR", "2000.00 EUR");
        assert_eq!(both, ("500".to_owned(), "2,000 EUR".to_owned()));
    }
}
