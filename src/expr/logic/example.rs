//! A case in words: `input.total` is 500 and `input.manager_id` is absent.

use std::fmt::{self, Display, Formatter};

use jiff::SignedDuration;

use super::formula::Variable;
use super::scale::Point;
use crate::expr::value::Value;

/// A case, as far as it matters; nothing matters when it says nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Example {
    /// What is the case, in the order in which the conditions read it.
    pub facts: Vec<Fact>,
}

/// Something that is the case.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// What the conditions read, such as `input.total`.
    pub subject: String,
    /// What it is.
    pub given: Given,
}

/// What data is in a case.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// It has this value.
    Value(Value),
    /// It is there, with any value.
    Present,
    /// It is not there.
    Absent,
}

impl Example {
    pub(super) fn of(variables: &[Variable], values: &[(usize, Point)]) -> Example {
        let mut values: Vec<&(usize, Point)> = values.iter().collect();
        values.sort_by_key(|(variable, _)| *variable);
        let facts = values.into_iter().filter_map(|(variable, point)| {
            let variable = &variables[*variable];
            let given = match (variable.is_presence, point) {
                (true, Point::Truth(true)) => Given::Present,
                (true, _) => Given::Absent,
                (false, point) => Given::Value(variable.scale?.value(point)?),
            };
            Some(Fact {
                subject: variable.subject.clone(),
                given,
            })
        });
        let mut facts: Vec<Fact> = facts.collect();
        let valued: Vec<String> = facts
            .iter()
            .filter(|fact| matches!(fact.given, Given::Value(_)))
            .map(|fact| fact.subject.clone())
            .collect();
        facts.retain(|fact| fact.given != Given::Present || !valued.contains(&fact.subject));
        Example { facts }
    }

    /// True when nothing matters: every case is an example.
    pub fn is_any(&self) -> bool {
        self.facts.is_empty()
    }
}

impl Display for Example {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        for (position, fact) in self.facts.iter().enumerate() {
            let is_last = position + 1 == self.facts.len();
            formatter.write_str(match position {
                0 => "",
                _ if is_last => " and ",
                _ => ", ",
            })?;
            fact.fmt(formatter)?;
        }
        Ok(())
    }
}

impl Display for Fact {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` is ", self.subject)?;
        match &self.given {
            Given::Present => formatter.write_str("present"),
            Given::Absent => formatter.write_str("absent"),
            Given::Value(Value::Decimal(number)) => write!(formatter, "{}", number.normalize()),
            Given::Value(Value::Date(date)) => write!(formatter, "{date}"),
            Given::Value(Value::Timestamp(instant)) => write!(formatter, "{instant}"),
            Given::Value(Value::Duration(length)) => write_length(formatter, *length),
            Given::Value(value) => write!(formatter, "{value}"),
        }
    }
}

/// A length of time in the largest unit that fits: `3d`, `90m`, `-5s`.
fn write_length(formatter: &mut Formatter<'_>, length: SignedDuration) -> fmt::Result {
    const UNITS: [(i64, &str); 3] = [(86_400, "d"), (3_600, "h"), (60, "m")];
    let seconds = length.as_secs();
    if length.subsec_nanos() == 0 && seconds != 0 {
        let fits = |(unit, _): &&(i64, &str)| seconds % unit == 0;
        if let Some((unit, letter)) = UNITS.iter().find(fits) {
            return write!(formatter, "{}{letter}", seconds / unit);
        }
    }
    formatter.write_str(&crate::expr::value::print_duration(length))
}
