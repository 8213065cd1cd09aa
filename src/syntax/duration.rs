//! Lengths of time as authors promise them; what a day is depends on the calendar.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, Decoder, text};
use super::visit::{Visit, Visitor};
use crate::yaml::NodeRef;

/// A length of time. Under a calendar a day is a working day and hours are working hours, so the
/// units are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Duration {
    /// Weeks.
    pub weeks: u32,
    /// Days.
    pub days: u32,
    /// Hours, minutes and seconds, in seconds.
    pub seconds: u64,
}

/// What durations look like: `30s 15m 4h 3d 2w`, combinations, and ISO 8601.
const PATTERN: &str =
    "^(([0-9]+(w|d|h|m|s) ?)+|P([0-9]+W)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+S)?)?)$";

impl Duration {
    /// Reads `1d`, `1h 30m`, `P1DT2H`. `None` for anything else and for amounts beyond 100 years.
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix('P') {
            Some(iso) => Self::parse_iso(iso),
            None => Self::parse_units(text, ["w", "d", "h", "m", "s"]),
        }
    }

    fn parse_iso(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once('T') {
            Some((_, "")) => return None,
            Some((date, time)) => (date, time),
            None => (text, ""),
        };
        if date.is_empty() && time.is_empty() {
            return None;
        }
        let mut result = Duration::default();
        if !date.is_empty() {
            result = Self::parse_units(date, ["W", "D", "", "", ""])?;
        }
        if !time.is_empty() {
            result.seconds = Self::parse_units(time, ["", "", "H", "M", "S"])?.seconds;
        }
        result.within_limit()
    }

    fn parse_units(text: &str, units: [&str; 5]) -> Option<Self> {
        let mut result = Duration::default();
        let mut rest = text;
        let mut last_unit = None;
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let amount: u32 = rest.get(..digits)?.parse().ok()?;
            let unit = rest.get(digits..digits + 1)?;
            let index = units.iter().position(|known| *known == unit)?;
            if last_unit.is_some_and(|last| index <= last) {
                return None;
            }
            last_unit = Some(index);
            match index {
                0 => result.weeks = amount,
                1 => result.days = amount,
                2 => result.seconds += u64::from(amount) * 3600,
                3 => result.seconds += u64::from(amount) * 60,
                _ => result.seconds += u64::from(amount),
            }
            rest = &rest[digits + 1..];
            rest = rest
                .strip_prefix(' ')
                .filter(|rest| !rest.is_empty())
                .unwrap_or(rest);
        }
        last_unit.and(result.within_limit())
    }

    fn within_limit(self) -> Option<Self> {
        const CENTURY_SECONDS: u64 = 100 * 366 * 86_400;
        (self.elapsed_seconds() <= CENTURY_SECONDS).then_some(self)
    }

    /// Seconds when a day has 24 hours and a week seven days.
    pub fn elapsed_seconds(self) -> u64 {
        (u64::from(self.weeks) * 7 + u64::from(self.days)) * 86_400 + self.seconds
    }

    /// True for `0s` and the like.
    pub fn is_zero(self) -> bool {
        self.elapsed_seconds() == 0
    }
}

impl fmt::Display for Duration {
    /// The shortest spelling: `1d`, `1h 30m`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amounts = [
            (u64::from(self.weeks), "w"),
            (u64::from(self.days), "d"),
            (self.seconds / 3600, "h"),
            (self.seconds % 3600 / 60, "m"),
            (self.seconds % 60, "s"),
        ];
        let parts: Vec<String> = amounts
            .iter()
            .filter(|(amount, _)| *amount > 0)
            .map(|(amount, unit)| format!("{amount}{unit}"))
            .collect();
        if parts.is_empty() {
            formatter.write_str("0s")
        } else {
            formatter.write_str(&parts.join(" "))
        }
    }
}

impl Decode for Duration {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        let scalar = text(
            node,
            decoder,
            "a length of time, as `30s`, `15m`, `4h`, `3d` or `2w`",
        )?;
        let duration = Duration::parse(scalar.text());
        if duration.is_none() {
            decoder.invalid_value(
                node.span(),
                format!("`{}` is not a length of time", scalar.text()),
                "write a number and a unit, larger units first: `30s`, `15m`, `4h`, `3d`, `2w` or `1h 30m`".to_owned(),
            );
        }
        duration
    }
}

impl Visit for Duration {
    fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
}

impl JsonSchema for Duration {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }
    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": PATTERN })
    }
}

#[cfg(test)]
mod tests {
    use super::Duration;

    fn seconds(text: &str) -> Option<u64> {
        Duration::parse(text).map(Duration::elapsed_seconds)
    }

    #[test]
    fn reads_what_people_write() {
        assert_eq!(seconds("30s"), Some(30));
        assert_eq!(seconds("15m"), Some(900));
        assert_eq!(seconds("1h 30m"), Some(5400));
        assert_eq!(seconds("1h30m"), Some(5400));
        assert_eq!(seconds("2w"), Some(14 * 86_400));
        assert_eq!(seconds("P1DT2H"), Some(86_400 + 7200));
        assert_eq!(seconds("PT90M"), Some(5400));
    }

    #[test]
    fn refuses_what_is_no_length_of_time() {
        for text in [
            "",
            "d",
            "5",
            "5 d",
            "1m 1h",
            "1d 1d",
            "P",
            "PT",
            "P1H",
            "-1d",
            "1.5h",
            "99999999999d",
            "4000000000w",
            "1d ",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn prints_the_shortest_spelling() {
        for text in ["0s", "1d", "1h 30m", "2w 1d", "45s"] {
            assert_eq!(
                Duration::parse(text)
                    .map(|duration| duration.to_string())
                    .as_deref(),
                Some(text)
            );
        }
    }
}
