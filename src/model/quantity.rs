//! Written values that have an order: numbers, dates, lengths of time.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::syntax::duration::Duration;
use crate::syntax::scalars::Literal;

/// A single value, read as what it can be ordered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quantity {
    /// An exact number.
    Number(Decimal),
    /// A calendar date.
    Date(jiff::civil::Date),
    /// A length of time.
    Duration(Duration),
    /// True or false.
    Boolean(bool),
    /// Anything else, which has no order.
    Text(String),
}

impl Quantity {
    /// Reads a literal. Quotes make no difference, as they make none to a reviewer.
    pub fn of(literal: &Literal) -> Self {
        match literal {
            Literal::Boolean(value) => Quantity::Boolean(*value),
            Literal::Number(text) | Literal::Text(text) => Quantity::read(text),
        }
    }

    /// Reads a text.
    pub fn read(text: &str) -> Self {
        if let Some(number) = number(text) {
            return Quantity::Number(number);
        }
        if let Ok(date) = text.parse::<jiff::civil::Date>() {
            return Quantity::Date(date);
        }
        if let Some(duration) = Duration::parse(text) {
            return Quantity::Duration(duration);
        }
        match text {
            "true" => Quantity::Boolean(true),
            "false" => Quantity::Boolean(false),
            _ => Quantity::Text(text.to_owned()),
        }
    }

    /// How this value stands to another; `None` when the two cannot be ordered.
    pub fn compare(&self, other: &Quantity) -> Option<Ordering> {
        match (self, other) {
            (Quantity::Number(left), Quantity::Number(right)) => Some(left.cmp(right)),
            (Quantity::Date(left), Quantity::Date(right)) => Some(left.cmp(right)),
            (Quantity::Boolean(left), Quantity::Boolean(right)) => Some(left.cmp(right)),
            (Quantity::Duration(left), Quantity::Duration(right)) => {
                Some(left.elapsed_seconds().cmp(&right.elapsed_seconds()))
            }
            (Quantity::Text(left), Quantity::Text(right)) if left == right => Some(Ordering::Equal),
            (
                Quantity::Number(_)
                | Quantity::Date(_)
                | Quantity::Duration(_)
                | Quantity::Boolean(_)
                | Quantity::Text(_),
                _,
            ) => None,
        }
    }

    /// The one spelling of the value: `500.00` and `5e2` both give `500`.
    pub fn canonical(&self) -> String {
        match self {
            Quantity::Number(number) => number.normalize().to_string(),
            Quantity::Date(date) => date.to_string(),
            Quantity::Duration(duration) => duration.to_string(),
            Quantity::Boolean(value) => value.to_string(),
            Quantity::Text(text) => text.clone(),
        }
    }
}

/// Reads a number of the core schema exactly; `None` for texts and for what a decimal cannot hold.
pub fn number(text: &str) -> Option<Decimal> {
    let plain = text.strip_prefix('+').unwrap_or(text);
    let leads = plain.strip_prefix('-').unwrap_or(plain);
    leads.bytes().next().filter(u8::is_ascii_digit)?;
    plain
        .parse()
        .ok()
        .or_else(|| Decimal::from_scientific(plain).ok())
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::Quantity;

    #[test]
    fn reads_values_by_their_meaning() {
        let same = [
            ("500.00", "5e2"),
            ("1.50", "1.5"),
            ("1d", "P1D"),
            ("+3", "3"),
        ];
        for (left, right) in same {
            assert_eq!(
                Quantity::read(left).canonical(),
                Quantity::read(right).canonical(),
                "{left} and {right}"
            );
        }
    }

    #[test]
    fn orders_only_what_has_an_order() {
        let compare = |left, right| Quantity::read(left).compare(&Quantity::read(right));
        assert_eq!(compare("9", "10"), Some(Ordering::Less));
        assert_eq!(compare("0.85", "0.9"), Some(Ordering::Less));
        assert_eq!(compare("2h", "90m"), Some(Ordering::Greater));
        assert_eq!(compare("2026-01-02", "2026-01-01"), Some(Ordering::Greater));
        assert_eq!(compare("strict", "lax"), None);
        assert_eq!(compare("3", "lax"), None);
    }
}
