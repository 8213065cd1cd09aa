//! The change-impact report as one page that stands alone: no script, no network, no font.
//!
//! Every text goes through the same door: what is invisible or turns the direction of writing is
//! made visible, then everything that means something to HTML is escaped. The two exceptions are
//! pictures, which `target::svg` writes and escapes, and code between backticks.

mod page;

use std::io::{self, Write};

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, Output, State};

use super::impact::ImpactReport;
use super::wording::visible;
use super::{Format, HumanOptions};

/// A page.
pub const FORMAT: Format = Format {
    id: "html",
    title: "a page that stands alone, for the browser and for print",
    check: None,
    compile: None,
    impact: Some(write),
    test: None,
    readiness: None,
    versions: None,
    releases: None,
};

/// Writes the report as a page.
///
/// # Errors
/// When writing fails.
pub fn write(
    report: &ImpactReport,
    _options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = rendered(report).map_err(io::Error::other)?;
    out.write_all(page.as_bytes())
}

fn rendered(report: &ImpactReport) -> Result<String, Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(shown);
    environment.add_filter("words", words);
    environment.add_template("page", include_str!("page.html"))?;
    let page = page::page(report);
    let template = environment.get_template("page")?;
    template.render(Serde(&page))
}

/// The door for texts.
fn shown(output: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() => {
            let text = Value::from(visible(text));
            minijinja::escape_formatter(output, state, &text)
        }
        Some(_) | None => minijinja::escape_formatter(output, state, value),
    }
}

/// A sentence in which pairs of backticks mean code.
fn words(text: &str) -> Value {
    let text = visible(text);
    let pieces: Vec<&str> = text.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return Value::from_safe_string(escaped(&text));
    }
    let pieces = pieces.iter().enumerate().map(|(index, piece)| {
        if index % 2 == 0 {
            escaped(piece)
        } else {
            format!("<code>{}</code>", escaped(piece))
        }
    });
    Value::from_safe_string(pieces.collect())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
}

#[cfg(test)]
mod tests;
