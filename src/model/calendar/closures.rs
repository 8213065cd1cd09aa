//! Times without work: the events of a holiday file, asked day by day.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::ics::{Event, Fault, Property, date, date_time, read};
use super::recurrence::Yearly;
use crate::syntax::duration::Duration;

/// A part of a day, in seconds from its midnight on the clock.
pub(super) type Part = (u32, u32);

const DAY: u32 = 86_400;
const LONGEST_EVENT: u64 = 366 * DAY as u64;
/// A day must look back over all repetitions that may reach it.
const LONGEST_REPEATED: u64 = 31 * DAY as u64;
const MOST_DAYS: usize = 100_000;
const MOST_REPEATING: usize = 1_000;

/// Times without work.
#[derive(Debug, Clone, Default)]
pub(super) struct Closures {
    once: BTreeMap<Date, Vec<Part>>,
    repeating: Vec<Repeating>,
}

#[derive(Debug, Clone)]
struct Repeating {
    rule: Yearly,
    /// Seconds after midnight.
    at: u32,
    length: u64,
    except: BTreeSet<Date>,
}

impl Closures {
    /// The events of a holiday file, on the clocks of a time zone.
    pub(super) fn parse(
        text: &str,
        zone: &TimeZone,
        zones: &TimeZoneDatabase,
    ) -> (Self, Vec<Fault>) {
        let (events, mut faults) = read(text);
        let mut closures = Closures::default();
        let clocks = Clocks { zone, zones };
        for event in &events {
            if let Err(fault) = closures.add(event, &clocks) {
                faults.push(fault);
            }
            if closures.once.len() > MOST_DAYS || closures.repeating.len() > MOST_REPEATING {
                let message = format!(
                    "the file has more than {MOST_DAYS} days or {MOST_REPEATING} repeating events"
                );
                faults.push(Fault::new(event.line, message));
                break;
            }
        }
        faults.sort_by_key(|fault| fault.line);
        (closures, faults)
    }

    /// The closed parts of a day, in no order.
    pub(super) fn on(&self, day: Date) -> Vec<Part> {
        let mut parts = self.once.get(&day).cloned().unwrap_or_default();
        for event in &self.repeating {
            event.add_parts(day, &mut parts);
        }
        parts
    }

    fn add(&mut self, event: &Event, clocks: &Clocks<'_>) -> Result<(), Fault> {
        let cancelled = event
            .property("STATUS")
            .is_some_and(|status| status.value.trim().eq_ignore_ascii_case("CANCELLED"));
        if cancelled {
            return Ok(());
        }
        if let Some(changed) = event.property("RECURRENCE-ID") {
            return Err(Fault::new(
                changed.line,
                "an event that replaces one repetition of another is not understood",
            ));
        }
        let Some(start) = event.property("DTSTART") else {
            return Err(Fault::new(event.line, "an event has no `DTSTART`"));
        };
        let first = clocks.moment(start, &start.value)?;
        let length = clocks.length(event, first)?;
        let mut except = BTreeSet::new();
        for (property, value) in values(event, "EXDATE") {
            except.insert(clocks.moment(property, value)?.at.date());
        }
        let mut starts = Vec::new();
        for (property, value) in values(event, "RDATE") {
            starts.push(clocks.moment(property, value)?.at);
        }
        match event.property("RRULE") {
            Some(rule) => {
                let yearly = Yearly::parse(first.at.date(), &rule.value)
                    .map_err(|message| Fault::new(rule.line, message))?;
                if length > LONGEST_REPEATED {
                    let message = "an event that repeats lasts more than a month";
                    return Err(Fault::new(rule.line, message));
                }
                self.repeating.push(Repeating {
                    rule: yearly,
                    at: seconds(first.at.time()),
                    length,
                    except: except.clone(),
                });
            }
            None => starts.push(first.at),
        }
        for start in starts {
            if !except.contains(&start.date()) {
                self.close(start, length);
            }
        }
        Ok(())
    }

    fn close(&mut self, start: DateTime, length: u64) {
        for (day, part) in days(start, length) {
            let parts = self.once.entry(day).or_default();
            if part == (0, DAY) {
                *parts = vec![part];
            } else if parts.first() != Some(&(0, DAY)) && !parts.contains(&part) {
                parts.push(part);
            }
        }
    }
}

impl Repeating {
    /// Adds the part of a day that repetitions cover which began on it or shortly before.
    fn add_parts(&self, day: Date, parts: &mut Vec<Part>) {
        let reach = (u64::from(self.at) + self.length).saturating_sub(1) / u64::from(DAY);
        for back in 0..=i64::try_from(reach).unwrap_or(0) {
            let Ok(began) = day.checked_sub(back.days()) else {
                return;
            };
            if self.rule.begins_on(began) && !self.except.contains(&began) {
                let start = at(began, self.at);
                parts.extend(
                    days(start, self.length)
                        .filter(|(covered, _)| *covered == day)
                        .map(|(_, part)| part),
                );
            }
        }
    }
}

/// The days that an event covers, with the part of each.
fn days(start: DateTime, length: u64) -> impl Iterator<Item = (Date, Part)> {
    let mut left = length;
    let mut from = seconds(start.time());
    let mut next = Some(start.date());
    std::iter::from_fn(move || {
        let day = next.filter(|_| left > 0)?;
        let covered = left.min(u64::from(DAY - from));
        let to = from + u32::try_from(covered).unwrap_or(DAY - from);
        let part = (from, to);
        left -= covered;
        from = 0;
        next = day.tomorrow().ok();
        Some((day, part))
    })
}

/// A moment of a day; seconds are below 86,400.
fn at(day: Date, seconds: u32) -> DateTime {
    let midnight = day.to_datetime(Time::midnight());
    midnight
        .checked_add(SignedDuration::from_secs(i64::from(seconds)))
        .unwrap_or(midnight)
}

/// Seconds since midnight on the clock.
pub(super) fn seconds(time: Time) -> u32 {
    let part = |value: i8| u32::try_from(value).unwrap_or(0);
    part(time.hour()) * 3600 + part(time.minute()) * 60 + part(time.second())
}

fn values<'e>(event: &'e Event, name: &'e str) -> impl Iterator<Item = (&'e Property, &'e str)> {
    event.all(name).flat_map(|property| {
        property
            .value
            .split(',')
            .map(move |value| (property, value))
    })
}

/// A written moment on the calendar's own clocks.
#[derive(Clone, Copy)]
struct Moment {
    at: DateTime,
    whole_day: bool,
}

struct Clocks<'z> {
    zone: &'z TimeZone,
    zones: &'z TimeZoneDatabase,
}

impl Clocks<'_> {
    fn moment(&self, property: &Property, value: &str) -> Result<Moment, Fault> {
        let value = value.trim();
        let fault = || {
            let message = format!(
                "`{value}` is neither a date, as `20261224`, nor a time, as `20261224T120000`"
            );
            Fault::new(property.line, message)
        };
        if let Some(day) = date(value) {
            return Ok(Moment {
                at: day.to_datetime(Time::midnight()),
                whole_day: true,
            });
        }
        let at = match value.strip_suffix(['Z', 'z']) {
            Some(utc) => {
                let clock = date_time(utc).ok_or_else(fault)?;
                self.translate(clock, &TimeZone::UTC).ok_or_else(fault)?
            }
            None => {
                let clock = date_time(value).ok_or_else(fault)?;
                match property.parameter("TZID") {
                    Some(name) => {
                        let zone = self.zones.get(name).map_err(|_| {
                            let message = format!("`{name}` is no time zone of the IANA database");
                            Fault::new(property.line, message)
                        })?;
                        self.translate(clock, &zone).ok_or_else(fault)?
                    }
                    None => clock,
                }
            }
        };
        Ok(Moment {
            at,
            whole_day: false,
        })
    }

    fn translate(&self, clock: DateTime, zone: &TimeZone) -> Option<DateTime> {
        let instant: Timestamp = zone.to_timestamp(clock).ok()?;
        Some(self.zone.to_datetime(instant))
    }

    /// How long an event lasts, in seconds on the clock.
    fn length(&self, event: &Event, first: Moment) -> Result<u64, Fault> {
        let whole_day = if first.whole_day { u64::from(DAY) } else { 0 };
        let (line, length) = if let Some(end) = event.property("DTEND") {
            let last = self.moment(end, &end.value)?.at;
            let length = last.duration_since(first.at).as_secs();
            let length = u64::try_from(length)
                .map_err(|_| Fault::new(end.line, "an event ends before it begins"))?;
            // Some programs write a single day as if it ended when it begins.
            (end.line, length.max(whole_day))
        } else if let Some(duration) = event.property("DURATION") {
            let value = duration.value.trim();
            let length = Duration::parse(value.trim_start_matches('+'))
                .filter(|_| value.trim_start_matches('+').starts_with('P'))
                .ok_or_else(|| {
                    let message = format!("`{value}` is no length of time, as `P1D`");
                    Fault::new(duration.line, message)
                })?;
            (duration.line, length.elapsed_seconds())
        } else {
            (event.line, whole_day)
        };
        if length > LONGEST_EVENT {
            let days = length / u64::from(DAY);
            let message = format!("an event lasts {days} days, more than a year");
            return Err(Fault::new(line, message));
        }
        Ok(length)
    }
}
