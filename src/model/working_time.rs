//! How much working time a calendar gives to a length of time.

use crate::syntax::directory::{Calendar, DAYS, WorkingHours};
use crate::syntax::duration::Duration;

impl Calendar {
    /// The working time of a promise in seconds, when it begins on the morning of the longest day.
    pub fn working_seconds(&self, length: Duration) -> u64 {
        let mut week = 0;
        let mut longest = 0;
        for (days, hours) in self.hours.iter().flat_map(|hours| hours.iter()) {
            let day = hours.value.seconds();
            week += day * days_in(&days.value);
            longest = longest.max(day);
        }
        u64::from(length.weeks) * week + u64::from(length.days) * longest + length.seconds
    }
}

impl WorkingHours {
    /// How long the hours of one day are.
    pub fn seconds(&self) -> u64 {
        let of_span = |(from, to): &(jiff::civil::Time, jiff::civil::Time)| {
            u64::try_from(from.duration_until(*to).as_secs()).unwrap_or(0)
        };
        self.spans.iter().map(of_span).sum()
    }
}

/// How many days of the week `mon-fri` or `sat` means.
fn days_in(range: &str) -> u64 {
    let position = |day: &str| DAYS.iter().position(|known| *known == day).unwrap_or(0);
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let between = (position(last) + DAYS.len() - position(first)) % DAYS.len();
    u64::try_from(between + 1).unwrap_or(1)
}
