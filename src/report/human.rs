//! The report for people: each finding with its characters, why it matters and what to write,
//! then a summary that fits on one screen.

mod excerpt;
mod summary;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, Report, Severity,
};
use textwrap::{WordSeparator, WordSplitter};

use crate::diagnostic::Applicability;
use crate::report::human::excerpt::{Canvas, Excerpt, Mark, line_number};
use crate::report::wording::{clickable, count, one_line, visible};
use crate::report::{CheckReport, Format, HumanOptions, Place, ReportedFinding, ReportedLabel};
use crate::rule::Level;
use crate::source::{SourceFile, Sources};

/// The default outside CI.
pub const FORMAT: Format = Format {
    id: "human",
    title: "for people, with the lines in question",
    check: Some(write),
    compile: Some(super::compile::write_human),
    impact: Some(super::impact_human::write),
    test: Some(super::test::write_human),
    readiness: Some(super::readiness_human::write),
    versions: Some(super::versions::write_human),
    releases: Some(super::release::write_human),
};

/// A rule with more findings than this is drawn only [`DRAWN_OF_MANY`] times.
const MANY: usize = 50;
const DRAWN_OF_MANY: usize = 3;
/// Labels this many lines away from the finding still belong into its picture.
const NEAR: u32 = 4;
const MOST_NOTES: usize = 5;
/// Longer lines of prose are hard to read, however wide the screen.
const PROSE: usize = 100;

fn write(
    report: &CheckReport,
    sources: &Sources,
    options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    draw(report, sources, options, out)?;
    summary::write(report, options, out)
}

/// Draws the findings that count.
pub(super) fn draw(
    report: &CheckReport,
    sources: &Sources,
    options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let pen = Pen::new(report, sources, options);
    let mut rules: BTreeMap<&str, Vec<&ReportedFinding>> = BTreeMap::new();
    for finding in report.counted() {
        rules
            .entry(finding.rule.as_ref())
            .or_default()
            .push(finding);
    }
    let mut drawn: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in report.counted() {
        let of_rule = &rules[finding.rule.as_ref()];
        let times = drawn.entry(finding.rule.as_ref()).or_default();
        *times += 1;
        if options.all || of_rule.len() <= MANY || *times <= DRAWN_OF_MANY {
            pen.finding(finding, out)?;
        }
        if !options.all && of_rule.len() > MANY && *times == DRAWN_OF_MANY {
            writeln!(out, "{}\n", others(&of_rule[DRAWN_OF_MANY..]))?;
        }
    }
    Ok(())
}

/// Says what is not drawn.
fn others(findings: &[&ReportedFinding]) -> String {
    let files: BTreeSet<&str> = findings
        .iter()
        .map(|finding| finding.span.file.as_str())
        .collect();
    let rule = findings.first().map_or("", |finding| finding.rule.as_ref());
    format!(
        "  ... and {} more of `{rule}` in {}; `flowgate check --all` shows them",
        findings.len(),
        count(files.len(), "file"),
    )
}

/// Breaks text into lines of at most `width` columns, between words only: a broken path or
/// option could not be copied.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let options = textwrap::Options::new(width)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, options)
        .into_iter()
        .map(|line| line.into_owned())
        .collect()
}

/// Draws findings.
struct Pen<'a> {
    files: BTreeMap<&'a str, Cow<'a, SourceFile>>,
    theme: GraphicalTheme,
    canvas: Canvas,
}

impl<'a> Pen<'a> {
    fn new(report: &CheckReport, sources: &'a Sources, options: &HumanOptions) -> Self {
        let mut theme = match (options.unicode, options.color) {
            (true, true) => GraphicalTheme::unicode(),
            (true, false) => GraphicalTheme::unicode_nocolor(),
            (false, true) => GraphicalTheme::ascii(),
            (false, false) => GraphicalTheme::none(),
        };
        theme.styles.error = theme.styles.error.bold();
        if !options.color {
            theme.styles = miette::ThemeStyles::none();
        }
        Pen {
            files: sources
                .iter()
                .map(|(_, file)| (file.path(), without_secrets(file, report)))
                .collect(),
            theme,
            canvas: Canvas {
                width: options.width.max(40),
                ellipsis: if options.unicode { "…" } else { "..." },
            },
        }
    }

    fn finding(&self, finding: &ReportedFinding, out: &mut dyn Write) -> io::Result<()> {
        let (near, far) = self.divide_labels(finding);
        let own = |label: &&&ReportedLabel| label.span == finding.span;
        let note = near.iter().find(own);
        let mut marks = vec![mark(&finding.span, note.map(|label| &label.message), true)];
        marks.extend(
            near.iter()
                .filter(|label| !own(label))
                .map(|label| mark(&label.span, Some(&label.message), false)),
        );
        let header = (finding.level.as_str(), finding.message.as_str());
        self.picture(finding.level, header, &finding.span, marks, out)?;
        for label in far.iter().take(MOST_NOTES) {
            let marks = vec![mark(&label.span, None, true)];
            self.picture(
                Level::Info,
                ("note", &label.message),
                &label.span,
                marks,
                out,
            )?;
        }
        if far.len() > MOST_NOTES {
            let more = count(far.len() - MOST_NOTES, "more place");
            writeln!(out, "  note: {more} (see `--format json`)")?;
        }
        self.facts(finding, out)?;
        writeln!(out)
    }

    /// Labels that fit into the picture of the finding, and those that need their own.
    fn divide_labels<'f>(
        &self,
        finding: &'f ReportedFinding,
    ) -> (Vec<&'f ReportedLabel>, Vec<&'f ReportedLabel>) {
        let file = self.files.get(finding.span.file.as_str());
        let lines = |place: &Place| match file {
            Some(file) => (
                line_number(file, place.start.byte as usize),
                line_number(file, place.end.byte as usize),
            ),
            None => (place.start.line, place.end.line),
        };
        let (mut first, mut last) = lines(&finding.span);
        let (mut same, mut far): (Vec<_>, Vec<_>) = finding
            .labels
            .iter()
            .partition(|label| label.span.file == finding.span.file);
        let mut near = Vec::new();
        while let Some(index) = same.iter().position(|label| {
            let (start, end) = lines(&label.span);
            start <= last + NEAR && first <= end + NEAR
        }) {
            let label = same.remove(index);
            let (start, end) = lines(&label.span);
            (first, last) = (first.min(start), last.max(end));
            near.push(label);
        }
        same.append(&mut far);
        (near, same)
    }

    /// A headline and the marked lines, drawn by miette.
    fn picture(
        &self,
        level: Level,
        (word, message): (&str, &str),
        place: &Place,
        marks: Vec<Mark>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut theme = self.theme.clone();
        let word = format!("{word}:");
        let (severity, style, icon) = match level {
            Level::Error => (
                Severity::Error,
                theme.styles.error,
                &mut theme.characters.error,
            ),
            Level::Warning => (
                Severity::Warning,
                theme.styles.warning,
                &mut theme.characters.warning,
            ),
            Level::Info => (
                Severity::Advice,
                theme.styles.advice,
                &mut theme.characters.advice,
            ),
        };
        *icon = word;
        let diagnostic = MietteDiagnostic::new(visible(message)).with_severity(severity);
        let mut drawing = String::new();
        let report = match self.files.get(place.file.as_str()) {
            Some(file) => {
                let excerpt = Excerpt::new(file, clickable(place), marks, self.canvas);
                theme.styles.highlights = excerpt
                    .marks
                    .iter()
                    .map(|mark| {
                        if mark.primary {
                            style
                        } else {
                            theme.styles.help
                        }
                    })
                    .collect();
                let spans: Vec<LabeledSpan> = excerpt.marks.into_iter().map(labeled).collect();
                Report::new(diagnostic.with_labels(spans)).with_source_code(excerpt.text)
            }
            None => Report::new(diagnostic),
        };
        GraphicalReportHandler::new_themed(theme)
            .with_width(self.canvas.width.min(PROSE))
            .without_primary_span_start()
            .with_word_separator(WordSeparator::AsciiSpace)
            .with_word_splitter(WordSplitter::NoHyphenation)
            .with_break_words(false)
            .without_syntax_highlighting()
            .render_report(&mut drawing, report.as_ref())
            .map_err(io::Error::other)?;
        if !self.files.contains_key(place.file.as_str()) {
            drawing.push_str(&format!("    at {}\n", clickable(place)));
        }
        out.write_all(drawing.as_bytes())
    }

    /// Why it matters, what to write, and where to read more.
    fn facts(&self, finding: &ReportedFinding, out: &mut dyn Write) -> io::Result<()> {
        self.fact("why", &finding.why, out)?;
        if let Some(help) = &finding.help {
            self.fact("help", help, out)?;
        }
        if let Some(fix) = &finding.fix {
            let repair = match fix.applicability {
                Applicability::Safe => "`flowgate check --fix` repairs this",
                Applicability::Unsafe => {
                    "`flowgate check --fix=unsafe` repairs this; look at the change"
                }
            };
            self.fact("fix", repair, out)?;
        }
        let rule = match finding.path.as_str() {
            "" => finding.rule.to_string(),
            path => format!("{} at {path}", finding.rule),
        };
        self.fact("rule", &rule, out)?;
        self.fact("more", &format!("flowgate explain {}", finding.rule), out)
    }

    fn fact(&self, word: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let text = visible(text);
        let width = self.canvas.width.min(PROSE).saturating_sub(8);
        let lines = wrap(&text, width);
        let word = format!("{word}:");
        for (index, line) in lines.iter().enumerate() {
            if index == 0 {
                let space = " ".repeat(6_usize.saturating_sub(word.len()));
                writeln!(
                    out,
                    "  {}{space}{line}",
                    self.theme.styles.help.style(&word)
                )?;
            } else {
                writeln!(out, "        {line}")?;
            }
        }
        Ok(())
    }
}

/// A secret that was found must not be told to everybody who reads the build log.
fn without_secrets<'a>(file: &'a SourceFile, report: &CheckReport) -> Cow<'a, SourceFile> {
    let secrets: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.confidential && finding.span.file == file.path())
        .map(|finding| finding.span.start.byte as usize..finding.span.end.byte as usize)
        .collect();
    if secrets.is_empty() {
        Cow::Borrowed(file)
    } else {
        Cow::Owned(file.masked(&secrets))
    }
}

fn mark(place: &Place, label: Option<&String>, primary: bool) -> Mark {
    Mark {
        range: place.start.byte as usize..place.end.byte as usize,
        label: label.map(|label| one_line(label)),
        primary,
    }
}

fn labeled(mark: Mark) -> LabeledSpan {
    let span = (mark.range.start, mark.range.len());
    if mark.primary {
        LabeledSpan::new_primary_with_span(mark.label, span)
    } else {
        LabeledSpan::new_with_span(mark.label, span)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{FORMAT, MANY};
    use crate::report::HumanOptions;
    use crate::report::sample::{
        AMBIGUOUS_SCALAR, OWNER_MISSING, WORKFLOW, findings_in, sample, written,
    };
    use crate::source::Sources;

    fn drawn(text: &str, places: &[(usize, usize)], width: usize) -> String {
        let options = HumanOptions {
            width,
            ..HumanOptions::default()
        };
        let input = findings_in(text, &OWNER_MISSING, places.iter().copied());
        written(FORMAT.check, &input, &options)
    }

    #[test]
    fn plain_at_80_columns() {
        insta::assert_snapshot!(written(FORMAT.check, &sample(), &HumanOptions::default()));
    }

    #[test]
    fn colored_at_120_columns() {
        let options = HumanOptions {
            color: true,
            width: 120,
            elapsed: Some(Duration::from_millis(1_234)),
            ..HumanOptions::default()
        };
        let text = written(FORMAT.check, &sample(), &options);
        insta::assert_snapshot!(text.replace('\u{1b}', "ESC"));
    }

    #[test]
    fn ascii_at_60_columns() {
        let options = HumanOptions {
            unicode: false,
            width: 60,
            ..HumanOptions::default()
        };
        insta::assert_snapshot!(written(FORMAT.check, &sample(), &options));
    }

    #[test]
    fn secrets_are_masked_wherever_their_line_is_drawn() {
        let (sources, mut report) = findings_in(
            "user: rooms\npassword: hunter2\n",
            &OWNER_MISSING,
            [(0, 4), (22, 29)],
        );
        report.findings[1].confidential = true;
        let text = written(FORMAT.check, &(sources, report), &HumanOptions::default());
        assert!(!text.contains("hunter2"), "{text}");
        assert_eq!(text.matches("password: *******").count(), 2, "{text}");
    }

    #[test]
    fn nothing_found_is_one_line() {
        assert_eq!(
            drawn(WORKFLOW, &[], 80),
            "Checked 1 document: nothing to report.\n"
        );
    }

    #[test]
    fn many_findings_of_one_rule_do_not_flood() {
        let text = "a: no\n".repeat(MANY + 1);
        let ranges = || (0..=MANY).map(|line| (line * 6 + 3, line * 6 + 5));
        let input = findings_in(&text, &AMBIGUOUS_SCALAR, ranges());
        let few = written(FORMAT.check, &input, &HumanOptions::default());
        assert_eq!(few.matches("warning: this is wrong").count(), 3);
        assert!(few.contains("and 48 more of `ambiguous-scalar` in 1 file"));
        let options = HumanOptions {
            all: true,
            ..HumanOptions::default()
        };
        let all = written(FORMAT.check, &input, &options);
        assert_eq!(all.matches("warning: this is wrong").count(), 51);
    }

    #[test]
    fn odd_places() {
        let long = format!("a: [{}, here, {}]\n", "x, ".repeat(200), "y, ".repeat(200));
        let here = long.find("here").expect("needle");
        let tall = "a:\n".repeat(12);
        let cases = [
            ("empty file", drawn("", &[(0, 0)], 80)),
            ("end of file", drawn("a: 1\n", &[(5, 5)], 80)),
            ("end without a newline", drawn("a: 1", &[(4, 4)], 80)),
            ("beyond the end", drawn("a: 1\n", &[(90, 99)], 80)),
            (
                "carriage returns",
                drawn("a: 1\r\nb: 2\r\nc: 3\r\n", &[(9, 10), (6, 12)], 80),
            ),
            (
                "tabs",
                drawn("a:\tb\t# c\n\td: e\n", &[(3, 4), (10, 14)], 80),
            ),
            (
                "wide characters",
                drawn("確認: 👩‍💻 e\u{301} x\n", &[(0, 6), (23, 24)], 80),
            ),
            ("half a character", drawn("確認\n", &[(1, 4)], 80)),
            (
                "steering characters",
                drawn("a: \u{1b}[31m\u{202e}b\u{7}\n", &[(3, 12)], 80),
            ),
            ("a long line", drawn(&long, &[(here, here + 4)], 80)),
            ("a long mark", drawn(&long, &[(4, 1200)], 80)),
            ("a tall mark", drawn(&tall, &[(3, 33)], 80)),
            ("a mark of three lines", drawn(&tall, &[(3, 12)], 80)),
        ];
        let text: Vec<String> = cases
            .iter()
            .map(|(name, text)| {
                let pictures = text.split("  why:").next().unwrap_or_default();
                let both = text.split("\n\n").take(2).collect::<Vec<_>>().join("\n");
                let shown = if text.matches("why:").count() > 1 {
                    &both
                } else {
                    pictures
                };
                format!("# {name}\n{shown}")
            })
            .collect();
        insta::assert_snapshot!(text.join("\n"));
    }

    #[test]
    fn long_labels_stay_on_the_screen() {
        let places = [(16, 22), (30, 60)];
        let (sources, mut report) = findings_in(WORKFLOW, &OWNER_MISSING, places);
        for finding in &mut report.findings {
            finding.labels[0].message = "one person, and behind that person another ".repeat(4);
        }
        let text = written(FORMAT.check, &(sources, report), &HumanOptions::default());
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_file_that_is_not_at_hand_is_named() {
        let (_, report) = sample();
        let input = (Sources::default(), report);
        let text = written(FORMAT.check, &input, &HumanOptions::default());
        let start =
            "  error: nobody owns `employee-onboarding`\n    at workflows/on boarding.yaml:4:10\n";
        assert!(text.starts_with(start), "{text}");
    }

    #[test]
    fn nothing_read_is_not_called_fine() {
        let mut input = findings_in("", &OWNER_MISSING, []);
        input.1.summary.documents = 0;
        let text = written(FORMAT.check, &input, &HumanOptions::default());
        assert!(text.starts_with("No documents here"), "{text}");
    }

    proptest! {
        #[test]
        fn no_text_and_no_place_makes_it_fail(
            text in "[a: \\t\\r\\n確é\u{301}\u{1b}…]{0,60}",
            places in proptest::collection::vec((0_usize..70, 0_usize..70), 1..5),
            width in 0_usize..100,
            color: bool,
        ) {
            let ranges = places.iter().map(|(start, length)| (*start, start + length));
            let (sources, mut report) = findings_in(&text, &OWNER_MISSING, ranges);
            let labels: Vec<_> = report
                .findings
                .iter()
                .flat_map(|finding| finding.labels.clone())
                .collect();
            for finding in &mut report.findings {
                finding.labels.extend(labels.iter().cloned());
            }
            let options = HumanOptions { width, color, ..HumanOptions::default() };
            let text = written(FORMAT.check, &(sources, report), &options);
            prop_assert_eq!(text.matches("this is wrong").count(), places.len());
        }
    }
}
