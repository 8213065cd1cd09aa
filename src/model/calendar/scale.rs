//! What a day of a promise is worth, and the two readings of a length of time.

use crate::syntax::duration::Duration;

/// What a day and a week are worth where a promise is counted.
///
/// A day is the mean of the calendar's working days, so that a week is exactly the working time
/// of the week, also where Friday is shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Seconds of a day.
    pub day: u64,
    /// Days of a week.
    pub days_in_week: u64,
}

impl Scale {
    /// Time that passes, where no calendar is named: 24 hours a day, seven days a week.
    pub const ELAPSED: Scale = Scale {
        day: 86_400,
        days_in_week: 7,
    };

    /// A length of time in seconds.
    pub fn seconds(self, length: Duration) -> u64 {
        let days = u64::from(length.weeks)
            .saturating_mul(self.days_in_week)
            .saturating_add(u64::from(length.days));
        days.saturating_mul(self.day).saturating_add(length.seconds)
    }

    /// A length of time that is counted elsewhere: as many days here as it is there.
    pub fn seconds_of(self, other: Scale, length: Duration) -> u64 {
        let there = u128::from(other.seconds(length));
        let here = there * u128::from(self.day) / u128::from(other.day.max(1));
        u64::try_from(here).unwrap_or(u64::MAX)
    }

    /// Days with at most two decimals: `4.24d`, `5d`.
    pub fn days(self, seconds: u64) -> String {
        let day = u128::from(self.day.max(1));
        let hundredths = (u128::from(seconds) * 100 + day / 2) / day;
        let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
        let text = text.trim_end_matches('0').trim_end_matches('.');
        format!("{text}d")
    }

    /// Hours, minutes and seconds: `33h 57m`.
    pub fn clock(self, seconds: u64) -> String {
        Duration {
            seconds,
            ..Duration::default()
        }
        .to_string()
    }

    /// Both readings, the one that people would write first: `1d (8h)`, `4h (0.5d)`. Less than a
    /// tenth of a day has one reading only.
    pub fn both(self, seconds: u64) -> String {
        let clock = self.clock(seconds);
        if seconds >= self.day {
            format!("{} ({clock})", self.days(seconds))
        } else if seconds >= self.day / 10 && seconds > 0 {
            format!("{clock} ({})", self.days(seconds))
        } else {
            clock
        }
    }

    /// The shortest exact reading: `2d`, `1d 2h`, `7m 30s`.
    pub fn exact(self, seconds: u64) -> String {
        let days = seconds / self.day.max(1);
        Duration {
            weeks: 0,
            days: u32::try_from(days).unwrap_or(u32::MAX),
            seconds: seconds % self.day.max(1),
        }
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;
    use crate::syntax::duration::Duration;

    const OFFICE: Scale = Scale {
        day: 8 * 3600,
        days_in_week: 5,
    };

    fn seconds(scale: Scale, text: &str) -> u64 {
        scale.seconds(Duration::parse(text).unwrap())
    }

    #[test]
    fn days_are_working_days() {
        assert_eq!(seconds(OFFICE, "2w 1d 1h"), (11 * 8 + 1) * 3600);
        assert_eq!(seconds(Scale::ELAPSED, "1w"), 7 * 86_400);
        let week = Duration::parse("1w").unwrap();
        assert_eq!(OFFICE.seconds_of(Scale::ELAPSED, week), 7 * 8 * 3600);
    }

    #[test]
    fn both_readings_are_shown() {
        let both = |text: &str| OFFICE.both(seconds(OFFICE, text));
        assert_eq!(both("1d"), "1d (8h)");
        assert_eq!(both("4h"), "4h (0.5d)");
        assert_eq!(both("33h 57m"), "4.24d (33h 57m)");
        assert_eq!(both("7m 30s"), "7m 30s");
        assert_eq!(both("0s"), "0s");
        assert_eq!(OFFICE.exact(seconds(OFFICE, "1w 90m")), "5d 1h 30m");
    }
}
