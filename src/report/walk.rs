//! One case that was walked with `flowgate run`: its trace, and where it is at the end.

use std::io::{self, Write};

use jiff::tz::TimeZone;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::trace::line;
use super::view::place;
use super::wording::clickable;
use crate::run::scenario::replay::{Happened, Outcome};
use crate::run::trace::Entry;
use crate::source::{Sources, Span};
use crate::syntax::workflow::Ending;

/// The name and version of the shape of [`WalkReport`].
pub const WALK_SCHEMA: &str = "flowgate/run/v1";

/// One case.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WalkReport {
    /// The name and version of this shape.
    #[schemars(extend("const" = WALK_SCHEMA))]
    pub schema: &'static str,
    /// The workflow.
    pub workflow: String,
    /// The digest of the plan that was executed.
    pub plan: String,
    /// The states that were entered.
    pub path: Vec<String>,
    /// Where the case is at the end.
    pub outcome: Outcome,
    /// What was done to the case, in order.
    pub events: Vec<Happened>,
    /// Everything that happened.
    pub trace: Vec<Entry>,
    /// How many actions of the events file were not done, since the case asked for an answer that
    /// the file does not give.
    pub left: usize,
    /// The step that asked for it.
    pub unanswered: Option<String>,
}

impl WalkReport {
    /// True when the case ended in failure, never started, or could not do what was wanted of it.
    pub fn fails(&self) -> bool {
        let is_lost = match self.outcome {
            Outcome::TurnedAway | Outcome::Stopped => true,
            Outcome::Ended { end } => end == Ending::Failed,
            Outcome::Waiting { .. } | Outcome::Queued { .. } | Outcome::Manual => false,
        };
        is_lost || self.left > 0
    }
}

/// The published JSON Schema of [`WalkReport`], as it is written.
pub fn schema() -> Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<WalkReport>()
}

/// Writes the report as JSON.
///
/// # Errors
/// When writing fails.
pub fn write_json(report: &WalkReport, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}

/// Writes entries of a trace for people, with times of a time zone.
///
/// # Errors
/// When writing fails.
pub fn write_entries(entries: &[Entry], zone: &TimeZone, out: &mut dyn Write) -> io::Result<()> {
    for entry in entries {
        writeln!(out, "{}", line(entry, zone))?;
    }
    Ok(())
}

/// Writes for people where the case is at the end.
///
/// # Errors
/// When writing fails.
pub fn write_outcome(report: &WalkReport, out: &mut dyn Write) -> io::Result<()> {
    let words = match &report.outcome {
        Outcome::TurnedAway => "no case began".to_owned(),
        Outcome::Waiting { state, steps } if steps.is_empty() => {
            format!("the case waits in `{state}`")
        }
        Outcome::Waiting { state, steps } => {
            format!("the case waits in `{state}` for {}", steps.join(", "))
        }
        Outcome::Queued { queue, reason, .. } => {
            format!("the case waits in `{queue}`, since `{reason}` was raised")
        }
        Outcome::Manual => "the case is in manual mode".to_owned(),
        Outcome::Ended { end } => format!("the case has ended, {}", end.as_str()),
        Outcome::Stopped => "the case was stopped: it does not come to an end".to_owned(),
    };
    writeln!(out, "\n{} → {words}.", report.path.join(" → "))?;
    if let Some(step) = &report.unanswered {
        writeln!(
            out,
            "`{step}` asks for an answer: add it to `given: {{steps: …}}` of the events file."
        )?;
    }
    if report.left > 0 {
        writeln!(out, "Not done: the last {} of `do`.", report.left)?;
    }
    Ok(())
}

/// Where something is written, as `events.yaml:3:5`.
pub fn place_text(sources: &Sources, span: Span) -> String {
    clickable(&place(sources, span))
}
