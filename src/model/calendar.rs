//! Working time: from a calendar document and its holiday file to what a promise means in time.
//!
//! Days and clock units are two ways to count. `2d` leads to the same clock time two working days
//! later; `16h` uses up sixteen hours of working time. Weeks are as many working days as the
//! calendar's week has.

mod closures;
mod document;
mod ics;
mod recurrence;
mod scale;
mod week;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

use self::closures::{Closures, Part};
use self::week::Week;
use crate::syntax::duration::Duration;
pub use document::read_all;
pub use scale::Scale;

/// A calendar that can count: time zone, working hours, times without work.
#[derive(Debug, Clone)]
pub struct WorkCalendar {
    zone: TimeZone,
    week: Week,
    closures: Closures,
    scale: Scale,
}

/// Why a time cannot be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncountable {
    /// There is no working time in ten years: every day is a holiday.
    NoWorkingTime,
    /// The end lies centuries away.
    TooFar,
}

/// Working time on the time line: from, and the first moment after it.
type Shift = (Timestamp, Timestamp);

/// Days without work after which there is none.
const IDLE_LIMIT: usize = 3_660;
/// Days that are looked at before an end counts as too far away.
const DAY_LIMIT: usize = 400 * 366;

impl WorkCalendar {
    /// What a day and a week are worth.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The time zone whose clocks count.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// When a length of time that begins at `start` is over. Outside working hours it begins when
    /// they do. Days and weeks come first: the same clock time on a later working day, or the
    /// nearest working moment of that day. Hours, minutes and seconds are working time.
    ///
    /// # Errors
    /// When the calendar has no working time, or not enough of it in four centuries.
    pub fn add(&self, start: &Zoned, length: Duration) -> Result<Zoned, Uncountable> {
        let mut at = self.next_working_moment(start.timestamp())?;
        let days = u64::from(length.weeks) * self.scale.days_in_week + u64::from(length.days);
        if days > 0 {
            at = self.days_later(at, days)?;
        }
        let left = i64::try_from(length.seconds).map_err(|_| Uncountable::TooFar)?;
        let end = self.after_working(at, SignedDuration::from_secs(left))?;
        Ok(end.to_zoned(self.zone.clone()))
    }

    /// The working time between two moments; negative when the second comes first.
    pub fn between(&self, from: &Zoned, to: &Zoned) -> SignedDuration {
        let (first, last) = (from.timestamp(), to.timestamp());
        if first > last {
            return -self.between(to, from);
        }
        let end = self.reading(last).date();
        let mut total = SignedDuration::ZERO;
        for day in self.reading(first).date().series(1.day()) {
            if day > end {
                break;
            }
            for (open, close) in self.shifts(day) {
                let (open, close) = (open.max(first), close.min(last));
                if open < close {
                    total = total.saturating_add(open.duration_until(close));
                }
            }
        }
        total
    }

    /// True while somebody works: from the opening to just before the closing.
    pub fn is_working(&self, at: &Zoned) -> bool {
        let at = at.timestamp();
        self.shifts(self.reading(at).date())
            .iter()
            .any(|(open, close)| *open <= at && at < *close)
    }

    /// The moment itself inside working hours, their closing included; else the next opening.
    fn next_working_moment(&self, at: Timestamp) -> Result<Timestamp, Uncountable> {
        for day in self.days_from(at).take(IDLE_LIMIT) {
            let shift = self.shifts(day).into_iter().find(|(_, close)| at <= *close);
            if let Some((open, _)) = shift {
                return Ok(at.max(open));
            }
        }
        Err(Uncountable::NoWorkingTime)
    }

    fn days_later(&self, at: Timestamp, days: u64) -> Result<Timestamp, Uncountable> {
        let reading = self.reading(at);
        let (mut left, mut idle) = (days, 0);
        for day in self.days_from(at).skip(1).take(DAY_LIMIT) {
            let shifts = self.shifts(day);
            let Some((_, close)) = shifts.last().copied() else {
                idle += 1;
                if idle > IDLE_LIMIT {
                    return Err(Uncountable::NoWorkingTime);
                }
                continue;
            };
            idle = 0;
            left -= 1;
            if left == 0 {
                let same = self
                    .instant(day.to_datetime(reading.time()))
                    .ok_or(Uncountable::TooFar)?;
                let shift = shifts.into_iter().find(|(_, close)| same <= *close);
                return Ok(shift.map_or(close, |(open, _)| same.max(open)));
            }
        }
        Err(Uncountable::TooFar)
    }

    fn after_working(
        &self,
        at: Timestamp,
        length: SignedDuration,
    ) -> Result<Timestamp, Uncountable> {
        if length.is_zero() {
            return Ok(at);
        }
        let (mut left, mut idle) = (length, 0);
        for day in self.days_from(at).take(DAY_LIMIT) {
            idle += 1;
            for (open, close) in self.shifts(day) {
                let open = open.max(at);
                if open >= close {
                    continue;
                }
                idle = 0;
                let available = open.duration_until(close);
                if left <= available {
                    return open.checked_add(left).map_err(|_| Uncountable::TooFar);
                }
                left -= available;
            }
            if idle > IDLE_LIMIT {
                return Err(Uncountable::NoWorkingTime);
            }
        }
        Err(Uncountable::TooFar)
    }

    fn days_from(&self, at: Timestamp) -> impl Iterator<Item = Date> {
        self.reading(at).date().series(1.day())
    }

    /// The working time of a day in order, without overlap.
    fn shifts(&self, day: Date) -> Vec<Shift> {
        self.parts(day)
            .into_iter()
            .filter_map(|(from, to)| {
                let open = self.instant(clock(day, from)?)?;
                let close = self.instant(clock(day, to)?)?;
                (open < close).then_some((open, close))
            })
            .collect()
    }

    /// The working hours of a day less what is closed.
    fn parts(&self, day: Date) -> Vec<Part> {
        let hours = self.week.on(day.weekday());
        if hours.is_empty() {
            return Vec::new();
        }
        let mut open = hours.to_vec();
        for (from, to) in self.closures.on(day) {
            open = open
                .into_iter()
                .flat_map(|(open, close)| [(open, close.min(from)), (open.max(to), close)])
                .filter(|(open, close)| open < close)
                .collect();
        }
        open
    }

    /// When clocks first show a time or a later one. Skipped times are those of the jump.
    fn instant(&self, clock: DateTime) -> Option<Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(clock);
        match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(clock).ok(),
            AmbiguousOffset::Fold { before, .. } => before.to_timestamp(clock).ok(),
            AmbiguousOffset::Gap { before, .. } => {
                let beyond = before.to_timestamp(clock).ok()?;
                self.last_change(beyond)
            }
        }
    }

    /// The latest time that clocks have shown so far: an hour that comes twice counts once.
    fn reading(&self, at: Timestamp) -> DateTime {
        let shown = self.zone.to_datetime(at);
        let ambiguous = self.zone.to_ambiguous_timestamp(shown);
        match ambiguous.offset() {
            AmbiguousOffset::Fold { before, after } if self.zone.to_offset(at) == after => self
                .last_change(at)
                .map_or(shown, |change| before.to_datetime(change)),
            AmbiguousOffset::Unambiguous { .. }
            | AmbiguousOffset::Fold { .. }
            | AmbiguousOffset::Gap { .. } => shown,
        }
    }

    /// The last change of the clocks up to and including a moment.
    fn last_change(&self, at: Timestamp) -> Option<Timestamp> {
        let next = at.checked_add(SignedDuration::from_nanos(1)).ok()?;
        let change = self.zone.preceding(next).next()?;
        Some(change.timestamp())
    }
}

/// A time of a day from its seconds; 86,400 is the next midnight.
fn clock(day: Date, seconds: u32) -> Option<DateTime> {
    day.to_datetime(Time::midnight())
        .checked_add(SignedDuration::from_secs(i64::from(seconds)))
        .ok()
}
