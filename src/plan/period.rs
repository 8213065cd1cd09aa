//! Lengths of time, the calendars in which they run, and promises made of them.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::origin::{FileReference, Origin};
use super::{ByName, Extensions};
use crate::syntax::duration::Duration;

/// A length of time and the clock that measures it. With a calendar, a day is a working day, a
/// week is the working days of seven days, and seconds are counted in working hours. Without one,
/// a day has 24 hours and a week seven days. Days and seconds are therefore never converted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Period {
    /// Weeks; none when absent.
    #[serde(skip_serializing_if = "is_zero")]
    pub weeks: u32,
    /// Days.
    pub days: u32,
    /// Hours, minutes and seconds, in seconds.
    pub seconds: u64,
    /// The calendar of the plan in which the time runs; elapsed time when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(weeks: &u32) -> bool {
    *weeks == 0
}

impl fmt::Display for Period {
    /// The shortest spelling, as `1d` or `1h 30m`; the calendar is not named.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let duration = Duration {
            weeks: self.weeks,
            days: self.days,
            seconds: self.seconds,
        };
        duration.fmt(formatter)
    }
}

/// A promise of time.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Sla {
    /// Until somebody looks at the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Period>,
    /// Until the case has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Period>,
    /// Free keys of the author.
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// A working calendar.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Calendar {
    /// The time zone of the IANA database.
    pub timezone: String,
    /// Working hours by day, `mon` to `sun`; a day that is not here is free.
    pub hours: ByName<Vec<Hours>>,
    /// Days without work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holidays: Option<Holidays>,
    /// Where it is written.
    pub origin: Origin,
}

/// Working hours of a day, without overlap, in order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Hours {
    /// The first minute, as `09:00`.
    pub from: String,
    /// The minute after the last one, as `17:00`.
    pub to: String,
}

/// Days without work, as an iCalendar file.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Holidays {
    /// The file.
    pub file: FileReference,
    /// The digest of its text, as `sha256:…`; absent when the text was not at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}
