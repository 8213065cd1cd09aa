//! Events that come back every year (`RRULE:FREQ=YEARLY`), as a question about one day.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::ics::date;

/// The days on which a yearly event begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Yearly {
    first: Date,
    interval: u16,
    last: Option<Date>,
    months: Vec<i8>,
    /// Days of the month; negative ones count from its end.
    month_days: Vec<i8>,
    /// Days of the week with their place in the month or year; 0 means each of them.
    week_days: Vec<(i8, Weekday)>,
}

/// How far a number of repetitions is followed.
const FOLLOWED_DAYS: usize = 200 * 366;

impl Yearly {
    /// Reads the value of an `RRULE` whose event begins first on a day.
    ///
    /// # Errors
    /// What cannot be read, for people.
    pub(super) fn parse(first: Date, rule: &str) -> Result<Self, String> {
        let mut yearly = Yearly {
            first,
            interval: 1,
            last: None,
            months: Vec::new(),
            month_days: Vec::new(),
            week_days: Vec::new(),
        };
        let mut frequency = None;
        let mut count = None;
        for part in rule.trim().split(';').filter(|part| !part.is_empty()) {
            let not_read = || format!("`{part}` in `RRULE` is not understood");
            let (key, value) = part.split_once('=').ok_or_else(not_read)?;
            match key.to_ascii_uppercase().as_str() {
                "FREQ" => frequency = Some(value.to_ascii_uppercase()),
                "INTERVAL" => yearly.interval = number(value, 1..=1000).ok_or_else(not_read)?,
                "COUNT" => count = Some(number(value, 1..=u16::MAX).ok_or_else(not_read)?),
                "UNTIL" => yearly.last = Some(until(value).ok_or_else(not_read)?),
                "BYMONTH" => yearly.months = numbers(value, 1..=12).ok_or_else(not_read)?,
                "BYMONTHDAY" => {
                    yearly.month_days = numbers(value, -31..=31).ok_or_else(not_read)?;
                }
                "BYDAY" => yearly.week_days = week_days(value).ok_or_else(not_read)?,
                "WKST" => {}
                _ => return Err(not_read()),
            }
        }
        if frequency.as_deref() != Some("YEARLY") {
            let frequency = frequency.unwrap_or_default();
            return Err(format!(
                "an event repeats with `FREQ={frequency}`, and holidays can only repeat `YEARLY`"
            ));
        }
        if let Some(count) = count {
            yearly.last = yearly.day_of(count);
        }
        Ok(yearly)
    }

    /// True when the event begins on this day.
    pub(super) fn begins_on(&self, day: Date) -> bool {
        let years = i32::from(day.year()) - i32::from(self.first.year());
        day == self.first
            || (day > self.first
                && years % i32::from(self.interval) == 0
                && self.last.is_none_or(|last| day <= last)
                && self.matches(day))
    }

    fn matches(&self, day: Date) -> bool {
        if self.month_days.is_empty() && self.week_days.is_empty() {
            let month = match self.months[..] {
                [] => day.month() == self.first.month(),
                _ => self.months.contains(&day.month()),
            };
            return month && day.day() == self.first.day();
        }
        let from_end = day.day() - day.days_in_month() - 1;
        let month = self.months.is_empty() || self.months.contains(&day.month());
        let month_day = self.month_days.is_empty()
            || self.month_days.contains(&day.day())
            || self.month_days.contains(&from_end);
        month && month_day && (self.week_days.is_empty() || self.is_week_day(day))
    }

    fn is_week_day(&self, day: Date) -> bool {
        let in_month = !self.months.is_empty() || !self.month_days.is_empty();
        let (position, length) = if in_month {
            (i16::from(day.day()), i16::from(day.days_in_month()))
        } else {
            (day.day_of_year(), day.days_in_year())
        };
        let from_start = (position - 1) / 7 + 1;
        let from_end = -((length - position) / 7 + 1);
        self.week_days
            .iter()
            .filter(|(_, week_day)| *week_day == day.weekday())
            .any(|(place, _)| {
                let place = i16::from(*place);
                place == 0 || place == from_start || place == from_end
            })
    }

    /// The day of the n-th repetition; `None` when it is too far away to matter.
    fn day_of(&self, count: u16) -> Option<Date> {
        self.first
            .series(1.day())
            .take(FOLLOWED_DAYS)
            .filter(|day| self.begins_on(*day))
            .nth(usize::from(count) - 1)
    }
}

fn number(text: &str, range: std::ops::RangeInclusive<u16>) -> Option<u16> {
    text.parse().ok().filter(|number| range.contains(number))
}

fn numbers(text: &str, range: std::ops::RangeInclusive<i8>) -> Option<Vec<i8>> {
    text.split(',')
        .map(|text| text.parse().ok())
        .map(|number: Option<i8>| number.filter(|number| *number != 0 && range.contains(number)))
        .collect()
}

fn until(text: &str) -> Option<Date> {
    date(text.get(..8)?)
}

fn week_days(text: &str) -> Option<Vec<(i8, Weekday)>> {
    text.split(',')
        .map(|text| {
            let (place, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
            let day = match day.to_ascii_uppercase().as_str() {
                "MO" => Weekday::Monday,
                "TU" => Weekday::Tuesday,
                "WE" => Weekday::Wednesday,
                "TH" => Weekday::Thursday,
                "FR" => Weekday::Friday,
                "SA" => Weekday::Saturday,
                "SU" => Weekday::Sunday,
                _ => return None,
            };
            let place = match place {
                "" => 0,
                written => written
                    .parse()
                    .ok()
                    .filter(|place: &i8| *place != 0 && place.abs() <= 53)?,
            };
            Some((place, day))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::Yearly;

    fn days(first: jiff::civil::Date, rule: &str) -> Vec<String> {
        let yearly = Yearly::parse(first, rule).unwrap();
        first
            .series(jiff::ToSpan::day(1))
            .take(365 * 4)
            .filter(|day| yearly.begins_on(*day))
            .map(|day| day.to_string())
            .collect()
    }

    #[test]
    fn the_same_date_every_year() {
        let found = days(date(2026, 12, 25), "FREQ=YEARLY;COUNT=3");
        assert_eq!(found, ["2026-12-25", "2027-12-25", "2028-12-25"]);
    }

    #[test]
    fn the_last_monday_of_may_until_a_day() {
        let rule = "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;UNTIL=20280101T000000Z";
        assert_eq!(days(date(2026, 5, 25), rule), ["2026-05-25", "2027-05-31"]);
    }

    #[test]
    fn midsummer_eve_is_a_friday_between_the_19th_and_the_25th() {
        let rule = "FREQ=YEARLY;BYMONTH=6;BYDAY=FR;BYMONTHDAY=19,20,21,22,23,24,25;UNTIL=20281231";
        let expected = ["2026-06-19", "2027-06-25", "2028-06-23"];
        assert_eq!(days(date(2026, 6, 19), rule), expected);
    }

    #[test]
    fn every_second_year_on_the_first_monday_of_the_year() {
        let rule = "FREQ=YEARLY;INTERVAL=2;BYDAY=1MO";
        assert_eq!(days(date(2026, 1, 5), rule), ["2026-01-05", "2028-01-03"]);
    }

    #[test]
    fn a_leap_day_comes_back_in_leap_years() {
        assert_eq!(
            days(date(2024, 2, 29), "FREQ=YEARLY;COUNT=2"),
            ["2024-02-29"]
        );
        let yearly = Yearly::parse(date(2024, 2, 29), "FREQ=YEARLY").unwrap();
        assert!(yearly.begins_on(date(2028, 2, 29)));
        assert!(!yearly.begins_on(date(2026, 2, 28)));
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let first = date(2026, 1, 1);
        for rule in [
            "FREQ=WEEKLY",
            "COUNT=2",
            "FREQ=YEARLY;BYWEEKNO=20",
            "FREQ=YEARLY;BYSETPOS=1;BYDAY=MO",
            "FREQ=YEARLY;BYDAY=XX",
            "FREQ=YEARLY;BYDAY=é",
            "FREQ=YEARLY;INTERVAL=0",
            "FREQ=YEARLY;UNTIL=é2026",
            "FREQ=YEARLY;BYMONTH=13",
            "FREQ",
        ] {
            assert!(Yearly::parse(first, rule).is_err(), "{rule}");
        }
    }
}
