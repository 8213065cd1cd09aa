//! Markdown for comments on pull requests. The findings of a check come as a table, worst first,
//! within the forge's limit; the summary is never cut.

use std::cmp::Reverse;
use std::io::{self, Write};

use super::wording::{clickable, one_line, summary_line};
use super::{CheckReport, Format, HumanOptions, ReportedFinding};
use crate::rule::Level;
use crate::source::Sources;

/// A comment on a pull request.
pub const FORMAT: Format = Format {
    id: "markdown",
    title: "a comment on a pull request",
    check: Some(write),
    compile: None,
    impact: Some(super::impact_markdown::write),
    test: None,
    readiness: Some(super::readiness_markdown::write),
    versions: None,
    releases: None,
};

/// By this line a comment is found again and updated in place.
pub const MARKER: &str = "<!-- flowgate:check -->";

/// How long a comment may be, in characters, on GitHub.
const LIMIT: usize = 65_536;
/// What the lines about what did not fit need.
const RESERVED: usize = 200;

fn write(
    report: &CheckReport,
    _sources: &Sources,
    options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut text = format!("{MARKER}\n");
    let sign = if report.summary.errors > 0 {
        "❌"
    } else {
        "✅"
    };
    text.push_str(&format!(
        "## {sign} {}\n\n",
        summary_line(report, options.elapsed)
    ));
    text.push_str(&sections(report));
    let mut findings: Vec<&ReportedFinding> = report.counted().collect();
    findings.sort_by_key(|finding| Reverse(finding.level));
    if !findings.is_empty() {
        text.push_str("| level | place | what is wrong | rule |\n|---|---|---|---|\n");
    }
    let mut length = text.chars().count();
    for (index, finding) in findings.iter().enumerate() {
        let row = row(finding);
        length += row.chars().count();
        if length + RESERVED > LIMIT {
            let left_out = findings.len() - index;
            text.push_str(&format!(
                "\n_{left_out} more did not fit into a comment; `flowgate check` shows them._\n"
            ));
            break;
        }
        text.push_str(&row);
    }
    write!(out, "{text}")
}

fn row(finding: &ReportedFinding) -> String {
    let level = match finding.level {
        Level::Error => "❌ error",
        Level::Warning => "⚠️ warning",
        Level::Info => "info",
    };
    let help = finding
        .help
        .as_deref()
        .map_or_else(String::new, |help| format!("<br>{}", cell(help)));
    format!(
        "| {level} | {} | {}{help} | {} |\n",
        cell(&clickable(&finding.span)),
        cell(&finding.message),
        finding.rule
    )
}

/// Preview, suppressions and baseline, where there are any.
fn sections(report: &CheckReport) -> String {
    let mut text = String::new();
    if let Some(preview) = &report.preview {
        text.push_str(&format!("**{}**\n\n", preview.headline()));
        for document in &preview.documents {
            text.push_str(&format!("- {}\n", cell(&document.headline(preview.stage))));
            for newly in &document.newly_failing {
                text.push_str(&format!("  - {}\n", cell(&newly.line())));
            }
        }
        text.push('\n');
    }
    if let Some(headline) = report.suppressions_headline() {
        text.push_str(&format!("{headline}\n\n"));
        let soon: Vec<String> = report
            .ending_soon()
            .map(|suppression| format!("- ends soon: {}\n", cell(&suppression.line())))
            .collect();
        text.push_str(&soon.concat());
        if !soon.is_empty() {
            text.push('\n');
        }
    }
    if let Some(baseline) = &report.baseline {
        text.push_str(&format!("{}\n\n", cell(&baseline.headline())));
        for line in baseline.details() {
            let (indent, line) = match line.strip_prefix("  ") {
                Some(line) => ("  ", line.to_owned()),
                None => ("", line),
            };
            text.push_str(&format!("{indent}- {}\n", cell(&line)));
        }
        text.push('\n');
    }
    text
}

/// Text that stands in a table cell as it is; text in backticks stays code.
pub(super) fn cell(text: &str) -> String {
    let mut escaped = String::new();
    let mut in_code = false;
    for character in one_line(text).chars() {
        match character {
            '`' => {
                in_code = !in_code;
                escaped.push('`');
            }
            '|' => escaped.push_str("\\|"),
            '<' if !in_code => escaped.push_str("&lt;"),
            '>' if !in_code => escaped.push_str("&gt;"),
            '&' if !in_code => escaped.push_str("&amp;"),
            '*' | '_' | '[' | ']' | '\\' | '~' if !in_code => {
                escaped.push('\\');
                escaped.push(character);
            }
            // A name after this sign would be told.
            '@' if !in_code => escaped.push_str("&#64;"),
            _ => escaped.push(character),
        }
    }
    if in_code {
        escaped.push('`');
    }
    escaped
}
