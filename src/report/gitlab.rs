//! The Code Quality report of GitLab, which shows findings in merge requests.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::published;
use crate::report::{CheckReport, Format, HumanOptions, ReportedFinding};
use crate::rule::Level;
use crate::source::Sources;

/// For `artifacts: reports: codequality:`.
pub const FORMAT: Format = Format {
    id: "gitlab",
    title: "Code Quality report for GitLab",
    check: Some(write),
    compile: None,
    impact: None,
    test: None,
    readiness: None,
    versions: None,
    releases: None,
};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

fn write(
    report: &CheckReport,
    _sources: &Sources,
    _options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let issues: Vec<Issue> = report
        .counted()
        .map(|finding| {
            let times = seen.entry(&finding.fingerprint).or_default();
            *times += 1;
            issue(finding, *times)
        })
        .collect();
    published::write(&issues, out)
}

/// GitLab drops all but one of the issues with the same fingerprint, so repetitions are numbered.
fn issue(finding: &ReportedFinding, times: usize) -> Issue<'_> {
    Issue {
        description: match &finding.help {
            Some(help) => format!("{}: {help}", finding.message),
            None => finding.message.clone(),
        },
        check_name: &finding.rule,
        fingerprint: match times {
            1 => finding.fingerprint.clone(),
            _ => format!("{}-{times}", finding.fingerprint),
        },
        severity: match finding.level {
            Level::Error => "major",
            Level::Warning => "minor",
            Level::Info => "info",
        },
        location: Location {
            path: &finding.span.file,
            lines: Lines {
                begin: finding.span.start.line,
                end: finding.span.last_line(),
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::FORMAT;
    use crate::report::HumanOptions;
    use crate::report::sample::{AMBIGUOUS_SCALAR, findings_in, sample, written};

    #[test]
    fn issues_of_the_sample() {
        let text = written(FORMAT.check, &sample(), &HumanOptions::default());
        insta::assert_snapshot!(text);
    }

    #[test]
    fn every_issue_has_what_gitlab_requires() {
        let text = written(FORMAT.check, &sample(), &HumanOptions::default());
        let issues: Vec<Value> = serde_json::from_str(&text).expect("JSON");
        assert_eq!(issues.len(), 4, "suppressed findings are no issues");
        for issue in &issues {
            for key in [
                "/description",
                "/check_name",
                "/fingerprint",
                "/location/path",
            ] {
                let value = issue.pointer(key).and_then(Value::as_str).expect(key);
                assert!(!value.is_empty(), "{key}");
            }
            let severity = issue["severity"].as_str().expect("severity");
            assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity));
            assert!(issue["location"]["lines"]["begin"].as_u64() >= Some(1));
        }
    }

    #[test]
    fn equal_fingerprints_are_numbered() {
        let input = findings_in(
            "a: no\nb: no\nc: no\n",
            &AMBIGUOUS_SCALAR,
            [(3, 5), (9, 11), (15, 17)],
        );
        let text = written(FORMAT.check, &input, &HumanOptions::default());
        let issues: Vec<Value> = serde_json::from_str(&text).expect("JSON");
        let fingerprints: BTreeSet<&str> = issues
            .iter()
            .filter_map(|issue| issue["fingerprint"].as_str())
            .collect();
        let expected = ["000000000000", "000000000000-2", "000000000000-3"];
        assert_eq!(fingerprints, BTreeSet::from(expected));
    }
}
