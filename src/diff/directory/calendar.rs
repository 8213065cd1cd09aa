//! Facts about working calendars, and about which one a promise runs in.

use super::compare_free;
use crate::diff::clock::{Week, lies_within, working_week};
use crate::diff::fact::Fact;
use crate::diff::kind::DirectoryChange;
use crate::diff::recorder::{Presence, Recorder};
use crate::source::Spanned;
use crate::syntax::directory::Calendar;
use crate::syntax::document::Entity;

/// Compares two versions of a calendar.
pub(in crate::diff) fn compare(
    recorder: &mut Recorder<'_>,
    before: &Entity<Calendar>,
    after: &Entity<Calendar>,
) {
    let (old, new) = (&before.body, &after.body);
    let hours = |calendar: &Entity<Calendar>| Some(Fact::new(shown(&calendar.body), calendar.key));
    recorder.compare(
        "hours",
        &after.name.value,
        Presence::any(direction(&working_week(old), &working_week(new))),
        hours(before),
        hours(after),
    );
    let changed = Presence::any(DirectoryChange::CalendarChanged);
    recorder.compare(
        "timezone",
        "timezone",
        changed,
        old.timezone.as_ref().map(Fact::text),
        new.timezone.as_ref().map(Fact::text),
    );
    let holidays = |calendar: &Calendar| {
        calendar
            .holidays
            .as_ref()
            .map(|file| Fact::text(&file.path))
    };
    recorder.compare(
        "holidays",
        "holidays",
        changed,
        holidays(old),
        holidays(new),
    );
    let contact = |calendar: &Calendar| calendar.contact.as_ref().map(|party| party.name.clone());
    super::compare_contact(
        recorder,
        "contact",
        contact(old).as_ref(),
        contact(new).as_ref(),
    );
    compare_free(recorder, before, after, |calendar| &calendar.extensions);
}

fn direction(before: &Week, after: &Week) -> DirectoryChange {
    match (lies_within(after, before), lies_within(before, after)) {
        (true, false) => DirectoryChange::CalendarShortened,
        (false, true) => DirectoryChange::CalendarExtended,
        (true, true) | (false, false) => DirectoryChange::CalendarChanged,
    }
}

fn shown(calendar: &Calendar) -> String {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    let week = working_week(calendar);
    let mut parts: Vec<(usize, usize, String)> = Vec::new();
    for (day, hours) in week
        .iter()
        .enumerate()
        .filter(|(_, hours)| !hours.is_empty())
    {
        let hours: Vec<String> = hours
            .iter()
            .map(|(from, to)| format!("{}-{}", clock(*from), clock(*to)))
            .collect();
        let hours = hours.join(", ");
        match parts.last_mut() {
            Some((_, last, same)) if *last + 1 == day && *same == hours => *last = day,
            Some(_) | None => parts.push((day, day, hours)),
        }
    }
    let parts: Vec<String> = parts
        .iter()
        .map(|(first, last, hours)| {
            if first == last {
                format!("{} {hours}", DAYS[*first])
            } else {
                format!("{}-{} {hours}", DAYS[*first], DAYS[*last])
            }
        })
        .collect();
    parts.join("; ")
}

/// The calendar that a promise runs in; none means every hour of every day.
pub(in crate::diff) fn compare_reference(
    recorder: &mut Recorder<'_>,
    before: Option<&Spanned<String>>,
    after: Option<&Spanned<String>>,
) {
    let week = |model: &crate::model::Model, name: Option<&Spanned<String>>| match name {
        None => Some(std::array::from_fn(|_| vec![(0, 24 * 60)])),
        Some(name) => model
            .calendar(&name.value)
            .map(|calendar| working_week(&calendar.body)),
    };
    let kind = match (week(recorder.before, before), week(recorder.after, after)) {
        (Some(before), Some(after)) => direction(&before, &after),
        (None, _) | (_, None) => DirectoryChange::CalendarChanged,
    };
    recorder.compare(
        "calendar",
        "calendar",
        Presence::any(kind),
        before.map(Fact::text),
        after.map(Fact::text),
    );
}
