//! Working time against a count minute by minute, and what people expect of it.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::fmt::Write as _;

use flowgate::check;
use flowgate::diagnostic::Diagnostic;
use flowgate::model::calendar::{Uncountable, WorkCalendar};
use flowgate::model::{Model, Surroundings};
use flowgate::source::Sources;
use flowgate::syntax::duration::Duration;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use proptest::prelude::*;

fn load(calendar: &str, holidays: Option<&str>) -> (Model, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    sources.add(
        "calendars.yaml",
        format!("calendar:\n  name: office\n{calendar}"),
    );
    let mut surroundings = Surroundings::on(date(2026, 8, 1));
    if let Some(text) = holidays {
        let files = &mut surroundings.files;
        files.paths.insert("days.ics".to_owned());
        files.texts.insert("days.ics".to_owned(), text.to_owned());
    }
    let loaded = check::load(sources, |_| surroundings);
    (loaded.model, loaded.diagnostics)
}

fn faults(calendar: &str, holidays: Option<&str>) -> Vec<String> {
    load(calendar, holidays)
        .1
        .into_iter()
        .map(|finding| {
            assert_eq!(finding.rule.id, "invalid-value", "{}", finding.message);
            format!("{} | {}", finding.message, finding.help.unwrap_or_default())
        })
        .collect()
}

fn office(zone: &str, hours: &str, events: &str) -> WorkCalendar {
    let text = format!("BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n");
    let calendar = format!("  timezone: {zone}\n  hours: {hours}\n  holidays: days.ics\n");
    let (model, findings) = load(&calendar, Some(&text));
    assert!(findings.is_empty(), "{findings:#?}");
    model.work_calendar("office").unwrap().clone()
}

fn stockholm(events: &str) -> WorkCalendar {
    office("Europe/Stockholm", "{mon-fri: \"09:00-17:00\"}", events)
}

fn event(lines: &[&str]) -> String {
    format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", lines.join("\r\n"))
}

/// `2026-06-18 16:00` on the calendar's clocks, plus a length, as a time on its clocks.
fn end(calendar: &WorkCalendar, start: &str, length: &str) -> String {
    let start: DateTime = start.parse().unwrap();
    let start = start.to_zoned(calendar.zone().clone()).unwrap();
    let end = calendar
        .add(&start, Duration::parse(length).unwrap())
        .unwrap();
    end.strftime("%Y-%m-%d %H:%M").to_string()
}

#[test]
fn days_keep_the_clock_time_and_hours_use_working_time() {
    let calendar = stockholm("");
    let end = |start: &str, length: &str| end(&calendar, start, length);
    // 2026-06-04 is a Thursday.
    assert_eq!(end("2026-06-04 16:00", "1d"), "2026-06-05 16:00");
    assert_eq!(end("2026-06-05 16:00", "1d"), "2026-06-08 16:00");
    assert_eq!(end("2026-06-05 16:00", "4h"), "2026-06-08 12:00");
    assert_eq!(end("2026-06-05 09:00", "8h"), "2026-06-05 17:00");
    assert_eq!(end("2026-06-05 17:00", "1d"), "2026-06-08 17:00");
    assert_eq!(end("2026-06-06 11:00", "1d"), "2026-06-09 09:00");
    assert_eq!(end("2026-06-06 11:00", "30m"), "2026-06-08 09:30");
    assert_eq!(end("2026-06-04 10:00", "2w"), "2026-06-18 10:00");
    assert_eq!(end("2026-06-04 10:00", "1d 8h"), "2026-06-08 10:00");
    assert_eq!(end("2026-06-06 11:00", "0s"), "2026-06-08 09:00");
}

#[test]
fn holidays_of_one_day_several_days_and_every_year_count_as_no_day() {
    let events = [
        event(&["DTSTART;VALUE=DATE:20260619", "SUMMARY:Midsummer Eve"]),
        event(&["DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227"]),
        event(&["DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=YEARLY"]),
        event(&["DTSTART;VALUE=DATE:20270402", "DURATION:P4D"]),
        event(&["DTSTART;VALUE=DATE:20260706", "STATUS:CANCELLED"]),
    ];
    let calendar = stockholm(&events.concat());
    let end = |start: &str, length: &str| end(&calendar, start, length);
    assert_eq!(end("2026-06-18 16:00", "1d"), "2026-06-22 16:00");
    assert_eq!(end("2026-06-18 16:00", "2h"), "2026-06-22 10:00");
    assert_eq!(end("2026-12-23 10:00", "1d"), "2026-12-28 10:00");
    assert_eq!(end("2026-12-31 10:00", "1d"), "2027-01-04 10:00");
    assert_eq!(end("2027-04-01 10:00", "1d"), "2027-04-06 10:00");
    assert_eq!(end("2026-07-03 10:00", "1d"), "2026-07-06 10:00");
}

#[test]
fn half_days_shorten_the_day_and_keep_it_a_working_day() {
    let events = [
        event(&["DTSTART:20261230T120000", "DTEND:20261230T170000"]),
        event(&["DTSTART:20261229T110000Z", "DTEND:20261229T160000Z"]),
        event(&[
            "DTSTART;TZID=Europe/Helsinki:20261228T130000",
            "DURATION:PT6H",
        ]),
    ];
    let calendar = stockholm(&events.concat());
    let end = |start: &str, length: &str| end(&calendar, start, length);
    for day in ["2026-12-28", "2026-12-29", "2026-12-30"] {
        assert_eq!(end(&format!("{day} 09:00"), "3h"), format!("{day} 12:00"));
    }
    assert_eq!(end("2026-12-28 09:00", "4h"), "2026-12-29 10:00");
    assert_eq!(end("2026-12-24 16:00", "3d"), "2026-12-29 12:00");
}

#[test]
fn the_exception_beside_a_range_holds_and_the_mean_day_is_a_day() {
    let hours = "{mon-fri: \"08:00-12:00, 13:00-18:00\", fri: \"08:00-12:00\"}";
    let calendar = office("Europe/Stockholm", hours, "");
    assert_eq!(calendar.scale().day, 8 * 3600);
    assert_eq!(calendar.scale().days_in_week, 5);
    assert_eq!(end(&calendar, "2026-06-04 15:00", "1d"), "2026-06-05 12:00");
    assert_eq!(end(&calendar, "2026-06-03 12:30", "1d"), "2026-06-04 13:00");
    assert_eq!(end(&calendar, "2026-06-05 10:00", "3h"), "2026-06-08 09:00");
    let weekend = office("Europe/Stockholm", "{sat-mon: \"10:00-14:00\"}", "");
    assert_eq!(weekend.scale().days_in_week, 3);
    assert_eq!(end(&weekend, "2026-06-06 10:00", "3d"), "2026-06-13 10:00");
}

#[test]
fn nights_of_clock_changes_have_the_hours_that_really_pass() {
    let calendar = office("Europe/Stockholm", "{mon-sun: \"00:00-06:00\"}", "");
    let night = |day: &str| {
        let moment = |time: &str| -> Zoned {
            let clock: DateTime = format!("{day} {time}").parse().unwrap();
            clock.to_zoned(calendar.zone().clone()).unwrap()
        };
        calendar
            .between(&moment("00:00"), &moment("12:00"))
            .as_hours()
    };
    assert_eq!(night("2026-03-28"), 6);
    assert_eq!(night("2026-03-29"), 5);
    assert_eq!(night("2026-10-25"), 7);
    assert_eq!(end(&calendar, "2026-03-29 01:00", "2h"), "2026-03-29 04:00");
    assert_eq!(end(&calendar, "2026-03-28 02:30", "1d"), "2026-03-29 03:00");
    // 02:10 for the second time, after 02:59 has been seen.
    let again: Timestamp = "2026-10-25T01:10:00Z".parse().unwrap();
    let next = calendar
        .add(&again.to_zoned(calendar.zone().clone()), in_days(1))
        .unwrap();
    assert_eq!(next.strftime("%d %H:%M").to_string(), "26 03:00");
}

#[test]
fn a_calendar_without_working_time_gives_an_error() {
    let always = event(&[
        "DTSTART;VALUE=DATE:20200101",
        "RRULE:FREQ=YEARLY;BYMONTHDAY=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31",
    ]);
    let calendar = stockholm(&always);
    let start = date(2026, 6, 4).at(10, 0, 0, 0);
    let start = start.to_zoned(calendar.zone().clone()).unwrap();
    for length in ["1d", "1h", "0s"] {
        let length = Duration::parse(length).unwrap();
        assert_eq!(
            calendar.add(&start, length),
            Err(Uncountable::NoWorkingTime)
        );
    }
    let rare = office("Europe/Stockholm", "{mon: \"09:00-09:01\"}", "");
    let century = Duration::parse("800000h").unwrap();
    assert_eq!(rare.add(&start, century), Err(Uncountable::TooFar));
}

#[test]
fn faults_of_calendar_documents_are_findings() {
    let hours = "  hours: {mon-fri: \"09:00-17:00\"}\n";
    let zone = "  timezone: Europe/Stockholm\n";
    insta::assert_snapshot!(
        [
            faults(&format!("  timezone: Europe/Stokholm\n{hours}"), None),
            faults(&format!("  timezone: Stockholm\n{hours}"), None),
            faults(&format!("  timezone: New York\n{hours}"), None),
            faults(&format!("  timezone: CEST\n{hours}"), None),
            faults(&format!("{zone}  hours: {{}}\n"), None),
            faults(&format!("{zone}  hours: {{mon: \"9-17\"}}\n"), None),
        ]
        .concat()
        .join("\n"),
        @r#"
    `Europe/Stokholm` is no time zone of the IANA database | did you mean `Europe/Stockholm`?
    `Stockholm` is no time zone of the IANA database | did you mean `Europe/Stockholm`?
    `New York` is no time zone of the IANA database | did you mean `America/New_York`?
    `CEST` is no time zone of the IANA database | write the name of a region and a city, as `Europe/Stockholm`
    the calendar `office` has no working hours, so no promise under it can ever be kept | write the hours of the week, as `{mon-fri: "09:00-17:00"}`
    `9-17` are not hours of a day | write from and to, as "09:00-17:00", "08:00-12:00, 13:00-17:00" or "00:00-24:00"; hours after midnight belong to the next day
    "#);
}

#[test]
fn faults_of_holiday_files_are_findings() {
    let calendar =
        "  timezone: Europe/Stockholm\n  hours: {mon: \"09:00-17:00\"}\n  holidays: days.ics\n";
    let texts = [
        "<!DOCTYPE html>\n<title>Sign in</title>\n".to_owned(),
        String::new(),
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260101\r\n".to_owned(),
        format!(
            "BEGIN:VCALENDAR\n{}END:VCALENDAR\n",
            event(&["DTSTART;VALUE=DATE:20260230"])
        ),
        format!(
            "BEGIN:VCALENDAR\n{}END:VCALENDAR\n",
            event(&["DTSTART:20260105", "RRULE:FREQ=WEEKLY"])
        ),
        format!(
            "BEGIN:VCALENDAR\n{}END:VCALENDAR\n",
            event(&["DTSTART:20260105", "DTEND:20260104"])
        ),
        format!(
            "BEGIN:VCALENDAR\n{}END:VCALENDAR\n",
            event(&["SUMMARY:x", "nonsense"])
        ),
        format!(
            "BEGIN:VCALENDAR\n{}END:VCALENDAR\n",
            event(&["DTSTART;TZID=Mars:20260105T100000"])
        ),
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VTODO\nEND:VCALENDAR\n".to_owned(),
    ];
    let found: Vec<String> = texts
        .iter()
        .flat_map(|text| faults(calendar, Some(text)))
        .map(|fault| fault.split(" | ").next().unwrap().to_owned())
        .collect();
    insta::assert_snapshot!(found.join("\n"), @r"
    the holiday file `days.ics` cannot be understood in line 1: this is no iCalendar file: `BEGIN:VCALENDAR` is missing
    the holiday file `days.ics` cannot be understood in line 1: this is no iCalendar file: `BEGIN:VCALENDAR` is missing
    the holiday file `days.ics` cannot be understood in line 1: `BEGIN:VCALENDAR` has no end; the file may be cut off
    the holiday file `days.ics` cannot be understood in line 3: `20260230` is neither a date, as `20261224`, nor a time, as `20261224T120000`
    the holiday file `days.ics` cannot be understood in line 4: an event repeats with `FREQ=WEEKLY`, and holidays can only repeat `YEARLY`
    the holiday file `days.ics` cannot be understood in line 4: an event ends before it begins
    the holiday file `days.ics` cannot be understood in line 2: an event has no `DTSTART`, and one more fault
    the holiday file `days.ics` cannot be understood in line 3: `Mars` is no time zone of the IANA database
    the holiday file `days.ics` cannot be understood in line 3: `END:VTODO` stands where `VEVENT` of line 2 must end
    ");
}

#[test]
fn hostile_holiday_files_are_read_in_time() {
    let calendar =
        "  timezone: Europe/Stockholm\n  hours: {mon: \"09:00-17:00\"}\n  holidays: days.ics\n";
    let deep = "BEGIN:VEVENT\n".repeat(200_000);
    let many = event(&["DTSTART;VALUE=DATE:20260101", "DURATION:P365D"]).repeat(20_000);
    let repeating = event(&[
        "DTSTART:20260101T0900000",
        "DTSTART:20260230",
        "RRULE:FREQ=YEARLY;COUNT=60000;BYMONTH=2;BYMONTHDAY=30",
    ])
    .repeat(2_000);
    let folded = format!("SUMMARY:{}", "x\n ".repeat(200_000));
    for text in [deep, many, repeating, folded] {
        let text = format!("BEGIN:VCALENDAR\n{text}\nEND:VCALENDAR\n");
        assert!(
            load(calendar, Some(&text))
                .0
                .work_calendar("office")
                .is_some()
        );
    }
}

/// A random calendar in plain terms: hours in minutes of the day, and closed times.
#[derive(Debug, Clone)]
struct Plain {
    zone: &'static str,
    week: Vec<Vec<(u16, u16)>>,
    closed: Vec<(Date, u16, u16)>,
    start: Date,
}

/// Zones and days, most of them shortly before a change of the clocks: at night, at midnight, by
/// half an hour, and by a whole day.
const PLACES: [(&str, Date); 11] = [
    ("Europe/Stockholm", date(2026, 3, 27)),
    ("Europe/Stockholm", date(2026, 10, 23)),
    ("America/New_York", date(2026, 3, 6)),
    ("America/New_York", date(2026, 10, 30)),
    ("America/Sao_Paulo", date(2018, 2, 15)),
    ("America/Havana", date(2026, 10, 30)),
    ("Asia/Beirut", date(2026, 3, 27)),
    ("Australia/Lord_Howe", date(2026, 4, 3)),
    ("Australia/Lord_Howe", date(2026, 10, 2)),
    ("Pacific/Apia", date(2011, 12, 28)),
    ("Asia/Kolkata", date(2026, 10, 2)),
];

fn plain() -> impl Strategy<Value = Plain> {
    let hours = prop::collection::vec(0..1440_u16, 0..=4).prop_map(|mut edges| {
        edges.sort_unstable();
        edges.dedup();
        edges
            .chunks_exact(2)
            .map(|pair| (pair[0], pair[1]))
            .collect()
    });
    let closed = (0..14_i32, 0..1440_u16, 0..=1440_u16);
    (
        prop::sample::select(PLACES.to_vec()),
        prop::collection::vec(hours, 7),
        prop::collection::vec(closed, 0..3),
    )
        .prop_map(|((zone, start), week, closed)| Plain {
            zone,
            week,
            closed: closed
                .into_iter()
                .map(|(day, from, to)| {
                    let (from, to) = if from < to { (from, to) } else { (0, 1440) };
                    (start.checked_add(day.days()).unwrap(), from, to)
                })
                .collect(),
            start,
        })
        .prop_filter("a calendar with working hours", |plain| {
            plain
                .week
                .iter()
                .any(|day: &Vec<(u16, u16)>| !day.is_empty())
        })
}

impl Plain {
    fn calendar(&self) -> WorkCalendar {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let hours: Vec<String> = days
            .iter()
            .zip(&self.week)
            .filter(|(_, spans)| !spans.is_empty())
            .map(|(day, spans)| {
                let spans: Vec<String> = spans
                    .iter()
                    .map(|(from, to)| format!("{}-{}", clock(*from), clock(*to)))
                    .collect();
                format!("{day}: \"{}\"", spans.join(", "))
            })
            .collect();
        let mut events = String::new();
        for (day, from, to) in &self.closed {
            let day = day.strftime("%Y%m%d");
            let from = clock(*from).replace(':', "");
            let length =
                to - (from[..2].parse::<u16>().unwrap() * 60 + from[2..].parse::<u16>().unwrap());
            let lines = format!("DTSTART:{day}T{from}00\r\nDURATION:PT{length}M");
            write!(events, "{}", event(&[&lines])).unwrap();
        }
        office(self.zone, &format!("{{{}}}", hours.join(", ")), &events)
    }

    fn is_open(&self, clock: DateTime) -> bool {
        let minute =
            u16::try_from(clock.hour()).unwrap() * 60 + u16::try_from(clock.minute()).unwrap();
        let weekday = usize::try_from(clock.weekday().to_monday_zero_offset()).unwrap();
        let covers = |(from, to): &(u16, u16)| (*from..*to).contains(&minute);
        self.week[weekday].iter().any(covers)
            && !self
                .closed
                .iter()
                .any(|(day, from, to)| *day == clock.date() && covers(&(*from, *to)))
    }

    /// Every minute of five weeks.
    fn minutes(&self) -> Vec<Minute> {
        let zone = TimeZoneDatabase::bundled().get(self.zone).unwrap();
        let first = self.start.to_zoned(TimeZone::UTC).unwrap().timestamp() - 72.hours();
        let mut latest = DateTime::MIN;
        (0..35 * 1440)
            .map(|minute| {
                let at = first + SignedDuration::from_mins(minute);
                let shown = zone.to_datetime(at);
                let again = shown < latest || (shown == latest && minute > 0);
                latest = latest.max(shown);
                let passed = latest + 1.minutes();
                Minute {
                    at,
                    latest,
                    clock: if again { passed } else { shown },
                    open: self.is_open(latest),
                }
            })
            .collect()
    }
}

/// A minute in which the clocks may show what they have shown before.
#[derive(Debug, Clone, Copy)]
struct Minute {
    at: Timestamp,
    /// The latest minute that has been shown so far, this one included.
    latest: DateTime,
    /// What is shown; when it has been shown before, the time at which the clocks went back.
    clock: DateTime,
    /// Whether somebody works.
    open: bool,
}

/// A minute after the first one: near the first change of the clocks, where there is one.
fn near_a_change(plain: &Plain, first: Timestamp, minute: i64) -> i64 {
    let zone = TimeZoneDatabase::bundled().get(plain.zone).unwrap();
    let from = first + 3.hours();
    let change = zone
        .following(from)
        .next()
        .map(|change| (change.timestamp() - first).get_seconds() / 60);
    match change.filter(|minutes| *minutes < 15_000) {
        Some(change) if minute % 4 != 0 => change + minute % 180 - 90,
        _ => minute,
    }
}

fn clock_units(minutes: u32) -> Duration {
    Duration {
        seconds: u64::from(minutes) * 60,
        ..Duration::default()
    }
}

fn in_days(days: u32) -> Duration {
    Duration {
        days,
        ..Duration::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn working_time_agrees_with_a_count_of_minutes(
        plain in plain(),
        start in 4320..10_080_usize,
        length in 1..2000_usize,
        days in 1..6_u32,
    ) {
        let calendar = plain.calendar();
        let zone = calendar.zone().clone();
        let minutes = plain.minutes();
        let start = near_a_change(&plain, minutes[0].at, i64::try_from(start).unwrap());
        let start = usize::try_from(start).unwrap();
        let from = minutes[start].at.to_zoned(zone.clone());
        let worked = minutes[start..].iter().filter(|minute| minute.open).nth(length - 1);
        if let Some(last) = worked {
            let end = calendar.add(&from, clock_units(u32::try_from(length).unwrap())).unwrap();
            prop_assert_eq!(end.timestamp(), last.at + SignedDuration::from_mins(1));
            let between = calendar.between(&from, &end);
            prop_assert_eq!(between, SignedDuration::from_mins(i64::try_from(length).unwrap()));
            prop_assert_eq!(calendar.between(&end, &from), -between);
        }
        for minute in minutes.iter().skip(start).step_by(97) {
            prop_assert_eq!(calendar.is_working(&minute.at.to_zoned(zone.clone())), minute.open);
        }
        let at = |at: Timestamp| minutes.iter().find(|minute| minute.at == at).copied();
        let begun = calendar.add(&from, Duration::default()).unwrap().timestamp();
        let Some(begun) = at(begun) else {
            return Ok(());
        };
        let mut later: Vec<Date> = minutes
            .iter()
            .filter(|minute| minute.open && minute.latest.date() > begun.latest.date())
            .map(|minute| minute.latest.date())
            .collect();
        later.dedup();
        if let Some(day) = later.get(usize::try_from(days).unwrap() - 1) {
            let end = calendar.add(&from, in_days(days)).unwrap().timestamp();
            let same = day.to_datetime(begun.clock.time());
            let shown = minutes.iter().find(|minute| minute.latest >= same).unwrap();
            if shown.open && shown.latest.date() == *day {
                prop_assert_eq!(end, shown.at);
            }
            let before = at(end - SignedDuration::from_mins(1)).unwrap();
            prop_assert_eq!(before.latest.date().max(at(end).unwrap().latest.date()), *day);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]

    #[test]
    fn parts_add_up_and_later_starts_never_end_earlier(
        plain in plain(),
        start in 0..10_000_i64,
        later in prop_oneof![0..90_i64, 0..3000_i64],
        first in 0..3000_u32,
        second in 0..3000_u32,
        days in 0..8_u32,
    ) {
        let calendar = plain.calendar();
        let zone = calendar.zone().clone();
        let origin = plain.start.to_zoned(TimeZone::UTC).unwrap().timestamp();
        let start = near_a_change(&plain, origin, start);
        let from = (origin + SignedDuration::from_mins(start)).to_zoned(zone.clone());
        let after = (origin + SignedDuration::from_mins(start + later)).to_zoned(zone);
        let once = calendar.add(&from, clock_units(first + second)).unwrap();
        let twice = calendar.add(&from, clock_units(first)).and_then(|middle| calendar.add(&middle, clock_units(second))).unwrap();
        prop_assert_eq!(&once, &twice);
        let length = Duration { weeks: 0, days, seconds: u64::from(first) * 60 };
        prop_assert!(calendar.add(&from, length).unwrap() <= calendar.add(&after, length).unwrap());
        let longer = Duration { seconds: length.seconds + 60, ..length };
        prop_assert!(calendar.add(&from, length).unwrap() < calendar.add(&from, longer).unwrap());
        prop_assert!(calendar.add(&from, length).unwrap() >= from);
    }
}
