//! The working hours of a week.

use jiff::civil::Weekday;

use super::closures::Part;
use super::scale::Scale;
use crate::syntax::directory::Calendar;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The working hours of a week, Monday first.
#[derive(Debug, Clone, Default)]
pub(super) struct Week {
    days: [Vec<Part>; 7],
}

impl Week {
    /// The hours that a calendar writes. Where several entries name one day, the one with the
    /// fewest days holds, and the last of equally narrow ones: `fri` beside `mon-fri` is the
    /// exception that it looks like.
    pub(super) fn of(calendar: &Calendar) -> Self {
        let mut entries: Vec<(Vec<usize>, Vec<Part>)> = calendar
            .hours
            .iter()
            .flat_map(|hours| hours.iter())
            .map(|(range, hours)| {
                let spans = &hours.value.spans;
                let parts = spans.iter().map(|(from, to)| (from * 60, to * 60));
                (days_of(&range.value), parts.collect())
            })
            .collect();
        entries.sort_by_key(|(days, _)| std::cmp::Reverse(days.len()));
        let mut week = Week::default();
        for (days, parts) in entries {
            for day in days {
                week.days[day].clone_from(&parts);
            }
        }
        week
    }

    /// The working hours of a day of the week.
    pub(super) fn on(&self, day: Weekday) -> &[Part] {
        self.days
            .get(usize::try_from(day.to_monday_zero_offset()).unwrap_or(0))
            .map_or(&[], Vec::as_slice)
    }

    /// What a day and a week are worth; `None` without any working hours.
    pub(super) fn scale(&self) -> Option<Scale> {
        let length = |parts: &Vec<Part>| -> u64 {
            parts.iter().map(|(from, to)| u64::from(to - from)).sum()
        };
        let lengths: Vec<u64> = self
            .days
            .iter()
            .map(length)
            .filter(|length| *length > 0)
            .collect();
        let days = u64::try_from(lengths.len()).ok().filter(|days| *days > 0)?;
        Some(Scale {
            day: (lengths.iter().sum::<u64>() / days).max(1),
            days_in_week: days,
        })
    }
}

/// The days that `mon-fri`, `sat` or `sat-mon` means, Monday being 0.
fn days_of(range: &str) -> Vec<usize> {
    let position = |day: &str| DAYS.iter().position(|known| *known == day);
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    match (position(first), position(last)) {
        (Some(first), Some(last)) => {
            let more = (last + DAYS.len() - first) % DAYS.len();
            (0..=more).map(|next| (first + next) % DAYS.len()).collect()
        }
        _ => Vec::new(),
    }
}
