//! What expressions compute with: exact, immutable values that are cheap to copy.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::ErrorKind;
use super::ast::Literal;

/// Values by name: the fields of a map or object, or the roots an expression sees.
pub type Record = BTreeMap<Arc<str>, Value>;

/// A value. Equality is that of Rust; [`super::evaluate`] compares integers with decimals too.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// An exact number with a point.
    Decimal(Decimal),
    /// A string.
    Text(Arc<str>),
    /// A day.
    Date(Date),
    /// An instant.
    Timestamp(Timestamp),
    /// An exact length of time.
    Duration(SignedDuration),
    /// Values in order.
    List(Arc<[Value]>),
    /// Values by name.
    Map(Arc<Record>),
}

impl Value {
    /// A string.
    pub fn text(text: &str) -> Self {
        Value::Text(text.into())
    }

    /// The word for the kind of value, as in contracts.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Boolean(_) => "boolean",
            Value::Integer(_) => "integer",
            Value::Decimal(_) => "decimal",
            Value::Text(_) => "string",
            Value::Date(_) => "date",
            Value::Timestamp(_) => "timestamp",
            Value::Duration(_) => "duration",
            Value::List(_) => "list",
            Value::Map(_) => "map",
        }
    }

    /// The number as a decimal, for integers and decimals.
    pub(super) fn as_decimal(&self) -> Option<Decimal> {
        if let Value::Integer(integer) = self {
            Some(Decimal::from(*integer))
        } else if let Value::Decimal(decimal) = self {
            Some(*decimal)
        } else {
            None
        }
    }
}

impl From<&Literal> for Value {
    fn from(literal: &Literal) -> Self {
        match literal {
            Literal::Null => Value::Null,
            Literal::Boolean(value) => Value::Boolean(*value),
            Literal::Integer(value) => Value::Integer(*value),
            Literal::Decimal(value) => Value::Decimal(*value),
            Literal::Text(text) => Value::Text(Arc::clone(text)),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Boolean(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Integer(value)
    }
}

impl From<Decimal> for Value {
    fn from(value: Decimal) -> Self {
        Value::Decimal(value)
    }
}

impl From<Vec<Value>> for Value {
    fn from(elements: Vec<Value>) -> Self {
        Value::List(elements.into())
    }
}

impl From<Record> for Value {
    fn from(fields: Record) -> Self {
        Value::Map(Arc::new(fields))
    }
}

impl Display for Value {
    /// The value as an expression would write it.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => Literal::Null.fmt(formatter),
            Value::Boolean(value) => value.fmt(formatter),
            Value::Integer(value) => value.fmt(formatter),
            Value::Decimal(value) => Literal::Decimal(*value).fmt(formatter),
            Value::Text(text) => Literal::Text(Arc::clone(text)).fmt(formatter),
            Value::Date(date) => write!(formatter, "date('{date}')"),
            Value::Timestamp(timestamp) => write!(formatter, "timestamp('{timestamp}')"),
            Value::Duration(duration) => {
                write!(formatter, "duration('{}')", print_duration(*duration))
            }
            Value::List(elements) => {
                formatter.write_str("[")?;
                for (index, element) in elements.iter().enumerate() {
                    let separator = if index == 0 { "" } else { ", " };
                    write!(formatter, "{separator}{element}")?;
                }
                formatter.write_str("]")
            }
            Value::Map(fields) => {
                formatter.write_str("{")?;
                for (index, (name, value)) in fields.iter().enumerate() {
                    let separator = if index == 0 { "" } else { ", " };
                    let key = Literal::Text(Arc::clone(name));
                    write!(formatter, "{separator}{key}: {value}")?;
                }
                formatter.write_str("}")
            }
        }
    }
}

/// How many steps an evaluation may still take; long texts and lists cost more than one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    left: u64,
}

impl Budget {
    /// A budget of so many steps; a small condition takes about ten.
    pub fn new(steps: u64) -> Self {
        Budget { left: steps }
    }

    /// The steps that are left.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Takes steps, or the rest and fails.
    pub(super) fn spend(&mut self, steps: u64) -> Result<(), Fault> {
        let Some(left) = self.left.checked_sub(steps) else {
            self.left = 0;
            return Err(Fault::new(ErrorKind::BudgetExhausted, "budget exhausted"));
        };
        self.left = left;
        Ok(())
    }

    /// Pays for reading or making so many bytes or elements.
    pub(super) fn spend_size(&mut self, size: usize) -> Result<(), Fault> {
        self.spend(u64::try_from(size / 16).unwrap_or(u64::MAX))
    }
}

/// What went wrong in an operation, before it is known where.
#[derive(Debug)]
pub(super) struct Fault {
    pub kind: ErrorKind,
    pub message: String,
}

impl Fault {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Fault {
            kind,
            message: message.into(),
        }
    }
}

/// Reads a day such as `2026-05-04`.
pub fn parse_date(text: &str) -> Option<Date> {
    // A date with a time behind it would be cut silently.
    (text.len() == 10).then(|| text.parse().ok())?
}

/// Reads an instant such as `2026-05-04T09:30:00Z` or `…+02:00`.
pub fn parse_timestamp(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

const SECOND: i128 = 1_000_000_000;
const DAY: i128 = 86_400 * SECOND;

/// Reads a duration: `4h`, `3d`, `1h30m`, `-1.5s`, or ISO 8601 such as `P3DT4H`, as exact time
/// (a day has 24 hours). Months and years have no exact length and are refused.
pub fn parse_duration(text: &str) -> Option<SignedDuration> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let magnitude = match unsigned.strip_prefix('P') {
        Some(iso) => {
            let (days, time) = iso.split_once('T').unwrap_or((iso, ""));
            if iso.is_empty() || iso.ends_with('T') {
                return None;
            }
            sum_parts(days, date_unit)?.checked_add(sum_parts(time, time_unit)?)?
        }
        None if unsigned.is_empty() => return None,
        None => sum_parts(unsigned, short_unit)?,
    };
    let nanoseconds = if negative { -magnitude } else { magnitude };
    let seconds = i64::try_from(nanoseconds / SECOND).ok()?;
    let rest = i32::try_from(nanoseconds % SECOND).ok()?;
    Some(SignedDuration::new(seconds, rest))
}

fn date_unit(unit: &str) -> Option<i128> {
    match unit {
        "W" => Some(7 * DAY),
        "D" => Some(DAY),
        _ => None,
    }
}

fn time_unit(unit: &str) -> Option<i128> {
    match unit {
        "H" => Some(3600 * SECOND),
        "M" => Some(60 * SECOND),
        "S" => Some(SECOND),
        _ => None,
    }
}

fn short_unit(unit: &str) -> Option<i128> {
    match unit {
        "w" => Some(7 * DAY),
        "d" => Some(DAY),
        "h" => Some(3600 * SECOND),
        "m" => Some(60 * SECOND),
        "s" => Some(SECOND),
        "ms" => Some(SECOND / 1000),
        "us" | "µs" => Some(SECOND / 1_000_000),
        "ns" => Some(1),
        _ => None,
    }
}

/// Adds up numbers with units, such as `1h30m`, in nanoseconds.
fn sum_parts(text: &str, length: impl Fn(&str) -> Option<i128>) -> Option<i128> {
    let mut total: i128 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, behind) = rest.split_at(digits);
        let is_number = |c: char| c.is_ascii_digit() || c == '.';
        let (unit, next) = behind.split_at(behind.find(is_number).unwrap_or(behind.len()));
        let unit = length(unit)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        if whole.len() > 18 || fraction.len() > 9 {
            return None;
        }
        let parts = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
        let fraction = fraction.parse::<i128>().ok()?.checked_mul(unit)? / parts;
        let part = whole.parse::<i128>().ok()?.checked_mul(unit)?;
        total = total.checked_add(part)?.checked_add(fraction)?;
        rest = next;
    }
    Some(total)
}

/// The duration in seconds, as CEL writes it: `5400s`, `1.5s`.
pub(super) fn print_duration(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().unsigned_abs();
    let rest = duration.subsec_nanos().unsigned_abs();
    let sign = if duration.is_negative() { "-" } else { "" };
    if rest == 0 {
        return format!("{sign}{seconds}s");
    }
    let fraction = format!("{rest:09}");
    format!("{sign}{seconds}.{}s", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_both_notations_are_exact_seconds() {
        for (text, seconds) in [
            ("30s", 30),
            ("4h", 14_400),
            ("3d", 259_200),
            ("2w", 1_209_600),
            ("1h30m", 5_400),
            ("1.5h", 5_400),
            ("-5m", -300),
            ("P3DT4H", 273_600),
            ("PT15M", 900),
            ("P2W", 1_209_600),
            ("-P1D", -86_400),
        ] {
            let expected = Some(SignedDuration::from_secs(seconds));
            assert_eq!(parse_duration(text), expected, "{text}");
        }
        assert_eq!(
            parse_duration("1500ms").map(print_duration).as_deref(),
            Some("1.5s")
        );
        assert_eq!(
            parse_duration("-1ns").map(print_duration).as_deref(),
            Some("-0.000000001s")
        );
        for text in [
            "",
            "-",
            "4",
            "h",
            "4 h",
            "4y",
            "P",
            "PT",
            "P1M",
            "P1Y",
            "P1H",
            "1..5h",
            ".h",
            "3dT",
            "99999999999999999999w",
            "999999999999999999w",
            "1.0000000001s",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn days_and_instants_are_whole() {
        assert_eq!(
            parse_date("2026-02-28")
                .map(|date| date.to_string())
                .as_deref(),
            Some("2026-02-28")
        );
        for text in [
            "2026-02-30",
            "2026-02-28T10:00:00",
            "20260228",
            "28.02.2026",
            "",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
        assert_eq!(
            parse_timestamp("2026-02-28T10:00:00+02:00"),
            parse_timestamp("2026-02-28T08:00:00Z")
        );
        assert_eq!(parse_timestamp("2026-02-28T10:00:00"), None);
    }

    #[test]
    fn values_print_as_expressions() {
        let fields = Record::from([
            (
                "a".into(),
                Value::from(vec![Value::Integer(1), Value::text("it's")]),
            ),
            ("b".into(), Value::Decimal(Decimal::from(2))),
        ]);
        assert_eq!(
            Value::from(fields).to_string(),
            "{'a': [1, 'it\\'s'], 'b': 2.0}"
        );
    }
}
