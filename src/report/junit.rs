//! JUnit XML, which nearly every CI system reads: one suite per file, one case per finding.
//!
//! Errors are failures. Warnings, infos and suppressed findings are skipped cases, because a
//! failure would break builds that flowgate itself lets pass. A file without findings is one
//! passed case, so that "nothing found" differs from "nothing read".

use std::collections::BTreeMap;
use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::check::packs::is_shipped;
use crate::report::wording::clickable;
use crate::report::{CheckReport, Format, HumanOptions, ReportedFinding};
use crate::rule::Level;
use crate::source::Sources;

/// For the test view of CI systems.
pub const FORMAT: Format = Format {
    id: "junit",
    title: "JUnit XML for the test view of CI systems",
    check: Some(write),
    compile: None,
    impact: None,
    test: Some(super::test::write_junit),
    readiness: None,
    versions: None,
    releases: None,
};

fn write(
    report: &CheckReport,
    sources: &Sources,
    _options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut files: BTreeMap<&str, Vec<&ReportedFinding>> = BTreeMap::new();
    // Files of packs are listed only where something is wrong with them.
    let own = sources.iter().map(|(_, file)| file.path());
    for path in own.filter(|path| !is_shipped(path)) {
        files.entry(path).or_default();
    }
    for finding in &report.findings {
        files.entry(&finding.span.file).or_default().push(finding);
    }
    let mut tests = Report::new("flowgate");
    tests.add_test_suites(files.iter().map(|(path, findings)| suite(path, findings)));
    // Written at once, so that a reader that goes away is told from a fault of the report.
    let text = tests.to_string().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

fn suite(path: &str, findings: &[&ReportedFinding]) -> TestSuite {
    let mut suite = TestSuite::new(path);
    if findings.is_empty() {
        let mut passed = TestCase::new("nothing to report", TestCaseStatus::success());
        passed.set_classname(path);
        suite.add_test_case(passed);
    }
    suite.add_test_cases(findings.iter().map(|finding| case(path, finding)));
    suite
}

fn case(path: &str, finding: &ReportedFinding) -> TestCase {
    let mut status = match (&finding.suppressed, finding.level) {
        (None, Level::Error) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        (None, Level::Warning | Level::Info) | (Some(_), _) => TestCaseStatus::skipped(),
    };
    let message = match &finding.suppressed {
        None => format!("{}: {}", finding.level, finding.message),
        Some(suppressed) => format!("suppressed, {}: {}", suppressed.reason, finding.message),
    };
    status
        .set_message(message)
        .set_type(finding.rule.as_ref())
        .set_description(description(finding));
    let start = finding.span.start;
    let name = format!("{} at {}:{}", finding.rule, start.line, start.column);
    let mut case = TestCase::new(name, status);
    case.set_classname(path);
    case
}

fn description(finding: &ReportedFinding) -> String {
    let mut lines = vec![
        clickable(&finding.span),
        finding.message.clone(),
        format!("why: {}", finding.why),
    ];
    lines.extend(finding.help.iter().map(|help| format!("help: {help}")));
    lines.push(format!("more: flowgate explain {}", finding.rule));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use quick_xml::Reader;
    use quick_xml::events::Event;

    use super::FORMAT;
    use crate::report::HumanOptions;
    use crate::report::sample::{sample, written};

    #[test]
    fn cases_of_the_sample() {
        let text = written(FORMAT.check, &sample(), &HumanOptions::default());
        insta::assert_snapshot!(text);
    }

    #[test]
    fn the_xml_is_well_formed_and_its_totals_are_right() {
        let text = written(FORMAT.check, &sample(), &HumanOptions::default());
        let mut reader = Reader::from_str(&text);
        reader.config_mut().check_end_names = true;
        let mut path: Vec<String> = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Start(tag) => {
                    path.push(String::from_utf8_lossy(tag.name().as_ref()).into_owned());
                    seen.push(path.join("/"));
                    for attribute in tag.attributes() {
                        attribute.expect("a well-formed attribute");
                    }
                }
                Event::Empty(tag) => {
                    let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
                    seen.push(format!("{}/{name}", path.join("/")));
                }
                Event::End(_) => drop(path.pop()),
                Event::Eof => break,
                Event::Text(_)
                | Event::CData(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_)
                | Event::GeneralRef(_) => {}
            }
        }
        let count = |path: &str| seen.iter().filter(|seen| *seen == path).count();
        assert_eq!(count("testsuites"), 1);
        assert_eq!(count("testsuites/testsuite"), 2);
        assert_eq!(count("testsuites/testsuite/testcase"), 6);
        assert_eq!(count("testsuites/testsuite/testcase/failure"), 2);
        assert_eq!(count("testsuites/testsuite/testcase/skipped"), 3);
        let totals =
            r#"<testsuites name="flowgate" tests="6" skipped="3" failures="2" errors="0">"#;
        assert!(text.contains(totals));
    }
}
