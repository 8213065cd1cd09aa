//! Workflow commands of GitHub Actions, which show findings beside the changed lines.
//!
//! GitHub shows at most ten errors, ten warnings and ten notices of a step. So only as many are
//! written as commands, the others as plain lines of the log, and a last notice says so.

use std::cmp::Reverse;
use std::io::{self, Write};

use crate::diagnostic::Applicability;
use crate::report::wording::{clickable, count, one_line, summary_line};
use crate::report::{CheckReport, Format, HumanOptions, Place, ReportedFinding};
use crate::rule::Level;
use crate::source::Sources;

/// The default inside GitHub Actions.
pub const FORMAT: Format = Format {
    id: "github",
    title: "annotations for GitHub Actions",
    check: Some(write),
    compile: None,
    impact: None,
    test: None,
    readiness: None,
    versions: None,
    releases: None,
};

/// How many annotations of one level GitHub shows for a step.
const SHOWN_PER_LEVEL: usize = 10;

fn write(
    report: &CheckReport,
    _sources: &Sources,
    options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut findings: Vec<&ReportedFinding> = report.counted().collect();
    findings.sort_by_key(|finding| Reverse(finding.level));
    let total = findings.len();
    let (shown, others) = choose(findings);
    for finding in shown {
        writeln!(out, "{}", annotation(finding))?;
    }
    if !others.is_empty() {
        let message = format!(
            "GitHub shows {} of {total} findings here; the log of this step has the other {}.",
            total - others.len(),
            others.len(),
        );
        writeln!(out, "::notice title=flowgate::{}", escape_data(&message))?;
    }
    for finding in others {
        writeln!(out, "{}", plain(finding))?;
    }
    let safe = report.repairable(Applicability::Safe);
    write!(out, "{}", summary_line(report, options.elapsed))?;
    if safe > 0 {
        write!(
            out,
            " `flowgate check --fix` repairs {}.",
            count(safe, "finding")
        )?;
    }
    writeln!(out)
}

/// The findings that GitHub will show and the others. One notice is kept free for saying that
/// there are others.
fn choose(findings: Vec<&ReportedFinding>) -> (Vec<&ReportedFinding>, Vec<&ReportedFinding>) {
    let of_level = |level| {
        findings
            .iter()
            .filter(|finding| finding.level == level)
            .count()
    };
    let too_many = [Level::Error, Level::Warning, Level::Info]
        .into_iter()
        .any(|level| of_level(level) > SHOWN_PER_LEVEL);
    let notices = SHOWN_PER_LEVEL - usize::from(too_many);
    let mut room = [SHOWN_PER_LEVEL, SHOWN_PER_LEVEL, notices];
    findings.into_iter().partition(|finding| {
        let room = match finding.level {
            Level::Error => &mut room[0],
            Level::Warning => &mut room[1],
            Level::Info => &mut room[2],
        };
        let fits = *room > 0;
        *room = room.saturating_sub(1);
        fits
    })
}

fn annotation(finding: &ReportedFinding) -> String {
    let command = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "notice",
    };
    let help = finding
        .help
        .iter()
        .map(|help| format!("\nWhat to write: {help}"));
    let mut message = format!("{}\nWhy: {}", finding.message, finding.why);
    message.extend(help);
    format!(
        "::{command} {},title={}::{}",
        properties(&finding.span),
        escape_property(&finding.rule),
        escape_data(&message),
    )
}

/// GitHub refuses columns for a place of several lines.
fn properties(place: &Place) -> String {
    let (start, last_line) = (place.start, place.last_line());
    let file = escape_property(&place.file);
    let lines = format!("file={file},line={},endLine={last_line}", start.line);
    if start.line == place.end.line {
        format!(
            "{lines},col={},endColumn={}",
            start.column, place.end.column
        )
    } else {
        lines
    }
}

/// The runner still obeys commands of the old form `##[…]` anywhere in a line.
fn plain(finding: &ReportedFinding) -> String {
    format!(
        "{} {}: {} ({})",
        finding.level,
        clickable(&finding.span),
        one_line(&finding.message),
        finding.rule
    )
    .replace("##[", "## [")
}

fn escape_data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{FORMAT, escape_data, escape_property};
    use crate::report::HumanOptions;
    use crate::report::sample::{
        AMBIGUOUS_SCALAR, QUEUE_UNWATCHED, RUNBOOK_MISSING, findings_in, sample, written,
    };
    use crate::rule::Meta;

    fn many(rule: &'static Meta, number: usize) -> String {
        let ranges = (0..number).map(|line| (line * 6 + 3, line * 6 + 5));
        let input = findings_in(&"a: no\n".repeat(number), rule, ranges);
        written(FORMAT.check, &input, &HumanOptions::default())
    }

    fn commands(text: &str, command: &str) -> usize {
        let start = format!("::{command} ");
        text.lines().filter(|line| line.starts_with(&start)).count()
    }

    #[test]
    fn annotations_of_the_sample() {
        let text = written(FORMAT.check, &sample(), &HumanOptions::default());
        insta::assert_snapshot!(text);
    }

    #[test]
    fn steering_characters_are_escaped() {
        assert_eq!(escape_data("5%: a,\r\nb"), "5%25: a,%0D%0Ab");
        assert_eq!(escape_property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }

    #[test]
    fn no_more_annotations_than_github_shows() {
        let errors = many(&QUEUE_UNWATCHED, 12);
        assert_eq!(
            (commands(&errors, "error"), commands(&errors, "notice")),
            (10, 1)
        );
        assert!(errors.contains("shows 10 of 12 findings here"));
        assert_eq!(errors.lines().count(), 10 + 1 + 2 + 1);
        let exactly = many(&AMBIGUOUS_SCALAR, 10);
        assert_eq!(
            (commands(&exactly, "warning"), commands(&exactly, "notice")),
            (10, 0)
        );
        let infos = many(&RUNBOOK_MISSING, 11);
        assert_eq!(commands(&infos, "notice"), 10);
    }

    #[test]
    fn plain_lines_hold_no_commands() {
        let text = "a: no\n".repeat(11);
        let ranges = (0..11).map(|line| (line * 6 + 3, line * 6 + 5));
        let (sources, mut report) = findings_in(&text, &QUEUE_UNWATCHED, ranges);
        for finding in &mut report.findings {
            finding.message = "x\n::stop-commands::y ##[group]z".to_owned();
        }
        let text = written(FORMAT.check, &(sources, report), &HumanOptions::default());
        let last = text.lines().rev().nth(1).expect("a plain line");
        assert_eq!(
            last,
            "error a.yaml:11:4: x ::stop-commands::y ## [group]z (queue-unwatched)"
        );
    }
}
