//! Promised times, compared in the working hours in which they run.

use std::cmp::Ordering;

use crate::model::Model;
use crate::syntax::directory::Calendar;
use crate::syntax::duration::Duration;

/// The days of the week, as calendars name them.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Minutes of a day, from and to.
pub(super) type Minutes = (u32, u32);

/// The working minutes of each day of the week, in order, neighbours joined.
pub(super) type Week = [Vec<Minutes>; 7];

/// How long a day and a week are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    day: u64,
    week: u64,
}

impl Clock {
    /// Twenty-four hours, seven days.
    const ELAPSED: Clock = Clock {
        day: 86_400,
        week: 7,
    };

    /// The clock of a calendar; the one on the wall when there is none of that name.
    pub fn of(model: &Model, calendar: Option<&str>) -> Self {
        let Some(calendar) = calendar.and_then(|name| model.calendar(name)) else {
            return Clock::ELAPSED;
        };
        let week = working_week(&calendar.body);
        let days = week.iter().filter(|day| !day.is_empty()).count();
        let longest = week.iter().map(|day| worked(day)).max().unwrap_or_default();
        if longest == 0 {
            return Clock::ELAPSED;
        }
        Clock {
            day: u64::from(longest) * 60,
            week: days as u64,
        }
    }

    /// How two lengths of time stand to each other on this clock.
    pub fn compare(self, before: Duration, after: Duration) -> Ordering {
        self.seconds(before).cmp(&self.seconds(after))
    }

    fn seconds(self, duration: Duration) -> u64 {
        (u64::from(duration.weeks) * self.week + u64::from(duration.days)) * self.day
            + duration.seconds
    }
}

fn worked(day: &[Minutes]) -> u32 {
    day.iter().map(|(from, to)| to - from).sum()
}

/// The working hours of a calendar, day by day.
pub(super) fn working_week(calendar: &Calendar) -> Week {
    let mut week: Week = Default::default();
    let hours = calendar.hours.iter().flat_map(|hours| hours.iter());
    for (range, hours) in hours {
        for day in days_of(&range.value) {
            week[day].extend(&hours.value.spans);
        }
    }
    week.map(merged)
}

fn days_of(range: &str) -> Vec<usize> {
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let position = |name: &str| DAYS.iter().position(|day| *day == name);
    let (Some(first), Some(last)) = (position(first), position(last)) else {
        return Vec::new();
    };
    let length = (last + 7 - first) % 7;
    (0..=length).map(|offset| (first + offset) % 7).collect()
}

fn merged(mut day: Vec<Minutes>) -> Vec<Minutes> {
    day.sort_unstable();
    let mut result: Vec<Minutes> = Vec::new();
    for (from, to) in day {
        match result.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            Some(_) | None => result.push((from, to)),
        }
    }
    result
}

/// True when every working minute of `inner` is one of `outer`.
pub(super) fn lies_within(inner: &Week, outer: &Week) -> bool {
    inner.iter().zip(outer).all(|(inner, outer)| {
        inner
            .iter()
            .all(|(from, to)| outer.iter().any(|(start, end)| start <= from && to <= end))
    })
}
