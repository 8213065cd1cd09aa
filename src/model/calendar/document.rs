//! Calendar documents to calendars that can count; what cannot be understood becomes findings.

use jiff::tz::TimeZoneDatabase;

use super::WorkCalendar;
use super::closures::Closures;
use super::week::Week;
use crate::diagnostic::{Checked, Diagnostic, Edit, Fix};
use crate::model::ProjectFiles;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::decode::nearest;
use crate::syntax::directory::Calendar;
use crate::syntax::rules::INVALID_VALUE;

/// Every calendar in written order; `None` where zone or hours cannot be understood.
pub fn read_all(
    calendars: &[Entity<Calendar>],
    files: &ProjectFiles,
) -> Checked<Vec<Option<WorkCalendar>>> {
    let mut reader = Reader {
        files,
        zones: TimeZoneDatabase::bundled(),
        diagnostics: Vec::new(),
    };
    let value = calendars
        .iter()
        .map(|calendar| reader.calendar(calendar))
        .collect();
    Checked {
        value,
        diagnostics: reader.diagnostics,
    }
}

struct Reader<'f> {
    files: &'f ProjectFiles,
    zones: TimeZoneDatabase,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn calendar(&mut self, entity: &Entity<Calendar>) -> Option<WorkCalendar> {
        let calendar = &entity.body;
        let written = calendar.timezone.as_ref();
        let zone = written.and_then(|written| {
            let zone = self.zones.get(&written.value).ok();
            if zone.is_none() {
                self.unknown_zone(written);
            }
            zone
        });
        let week = Week::of(calendar);
        let scale = week.scale();
        if scale.is_none() {
            self.no_working_hours(entity);
        }
        let zone = zone?;
        let closures = match &calendar.holidays {
            Some(holidays) => self.holidays(&holidays.path, &zone),
            None => Closures::default(),
        };
        Some(WorkCalendar {
            zone,
            week,
            closures,
            scale: scale?,
        })
    }

    fn unknown_zone(&mut self, written: &Spanned<String>) {
        let message = format!(
            "`{}` is no time zone of the IANA database",
            shortened(&written.value)
        );
        let finding = Diagnostic::new(&INVALID_VALUE, written.span, message);
        let names: Vec<String> = self
            .zones
            .available()
            .map(|name| name.as_str().to_owned())
            .collect();
        let finding = match near_zone(&written.value, &names) {
            Some(near) => finding
                .help(format!("did you mean `{near}`?"))
                .fix(Fix::needs_a_look(vec![Edit {
                    span: written.span,
                    text: near.to_owned(),
                }])),
            None => finding.help("write the name of a region and a city, as `Europe/Stockholm`"),
        };
        self.diagnostics.push(finding);
    }

    fn no_working_hours(&mut self, entity: &Entity<Calendar>) {
        // Shorter than any entry; one that cannot be read is reported where it stands.
        const SHORTEST_ENTRY: usize = "mon: ".len();
        let written = entity.body.hours.as_ref().and_then(|hours| hours.span);
        let Some(span) = written.filter(|span| span.range().len() < SHORTEST_ENTRY) else {
            return;
        };
        let message = format!(
            "the calendar `{}` has no working hours, so no promise under it can ever be kept",
            entity.name.value
        );
        self.diagnostics.push(
            Diagnostic::new(&INVALID_VALUE, span, message)
                .help("write the hours of the week, as `{mon-fri: \"09:00-17:00\"}`"),
        );
    }

    fn holidays(&mut self, path: &Spanned<String>, zone: &jiff::tz::TimeZone) -> Closures {
        // A file that does not exist is reported as an unresolved reference.
        let Some(found) = self.files.find(path) else {
            return Closures::default();
        };
        let Some(text) = self.files.texts.get(found) else {
            let message = format!("the holiday file `{found}` cannot be read: it is no UTF-8 text");
            self.diagnostics.push(
                Diagnostic::new(&INVALID_VALUE, path.span, message)
                    .help("save the file as UTF-8, or export it again from your calendar"),
            );
            return Closures::default();
        };
        let (closures, faults) = Closures::parse(text, zone, &self.zones);
        if let [first, more @ ..] = &faults[..] {
            let message = format!(
                "the holiday file `{found}` cannot be understood in line {}: {}{}",
                first.line,
                shortened(&first.message),
                match more.len() {
                    0 => String::new(),
                    1 => ", and one more fault".to_owned(),
                    count => format!(", and {count} more faults"),
                }
            );
            self.diagnostics.push(
                Diagnostic::new(&INVALID_VALUE, path.span, message).help(
                    "correct the file, or export it again; holidays are `VEVENT`s with whole days or times, once or every year",
                ),
            );
        }
        closures
    }
}

/// The zone that was probably meant: one that is spelt nearly the same, or the one of the city.
fn near_zone<'n>(written: &str, names: &'n [String]) -> Option<&'n str> {
    let city = written.rsplit('/').next().unwrap_or(written);
    let city = city.trim().replace(' ', "_");
    let of_city = || {
        names.iter().map(String::as_str).find(|name| {
            name.rsplit_once('/')
                .is_some_and(|(_, known)| known.eq_ignore_ascii_case(&city))
        })
    };
    nearest_zone(written, names).or_else(of_city)
}

/// Short names such as `EST` are near to everything that is short.
fn nearest_zone<'n>(written: &str, names: &'n [String]) -> Option<&'n str> {
    let regions = names
        .iter()
        .map(String::as_str)
        .filter(|name| name.contains('/'));
    nearest(written, regions)
}

/// A text of unknown origin in a message.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 120;
    let line = text.replace(['\n', '\r'], " ");
    if line.chars().count() <= LONGEST {
        line
    } else {
        line.chars().take(LONGEST).chain(['…']).collect()
    }
}
