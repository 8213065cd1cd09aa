//! From findings to the wire view: the only converter, and the place where byte spans become
//! lines and columns.

use std::collections::BTreeMap;

use crate::check::finding::{DocumentName, Finding, Suppressed};
use crate::diagnostic::{Fix, Label};
use crate::report::{
    CHECK_SCHEMA, CheckReport, CheckSummary, Place, Point, ReportedDocument, ReportedEdit,
    ReportedFinding, ReportedFix, ReportedLabel, ReportedSuppression,
};
use crate::rule::{Declared, Level};
use crate::source::{SourceFile, Sources, Span};

/// The report of a check that read `documents` documents.
pub fn check_report(sources: &Sources, findings: &[Finding], documents: usize) -> CheckReport {
    let mut rules: BTreeMap<&str, Declared> = BTreeMap::new();
    for finding in findings {
        let rule = &finding.diagnostic.rule;
        rules.insert(&rule.id, rule.clone());
    }
    let mut findings: Vec<ReportedFinding> = findings
        .iter()
        .map(|finding| reported_finding(sources, finding))
        .collect();
    findings.sort_by(|left, right| order(left).cmp(&order(right)));
    CheckReport {
        schema: CHECK_SCHEMA,
        summary: summary(&findings, documents),
        findings,
        suppressions: Vec::new(),
        preview: None,
        baseline: None,
        judged_under: None,
        rules: rules.into_values().collect(),
    }
}

fn order(finding: &ReportedFinding) -> impl Ord {
    let span = &finding.span;
    (
        &span.file,
        span.start.byte,
        &finding.rule,
        span.end.byte,
        &finding.message,
        &finding.fingerprint,
    )
}

fn summary(findings: &[ReportedFinding], documents: usize) -> CheckSummary {
    let mut summary = CheckSummary {
        documents,
        ..CheckSummary::default()
    };
    for finding in findings {
        let counter = match (&finding.suppressed, finding.level) {
            (Some(_), _) => &mut summary.suppressed,
            (None, Level::Error) => &mut summary.errors,
            (None, Level::Warning) => &mut summary.warnings,
            (None, Level::Info) => &mut summary.infos,
        };
        *counter += 1;
    }
    summary
}

fn reported_finding(sources: &Sources, finding: &Finding) -> ReportedFinding {
    let diagnostic = &finding.diagnostic;
    let note = diagnostic.note.iter().map(|message| ReportedLabel {
        message: message.clone(),
        span: place(sources, diagnostic.span),
    });
    let labels = diagnostic
        .labels
        .iter()
        .map(|label| reported_label(sources, label));
    ReportedFinding {
        rule: diagnostic.rule.id.clone(),
        family: diagnostic.rule.family,
        level: diagnostic.level,
        message: diagnostic.message.clone(),
        why: diagnostic.rule.why.clone(),
        help: diagnostic.help.clone(),
        document: finding.document.as_ref().map(reported_document),
        path: finding.path.clone(),
        span: place(sources, diagnostic.span),
        confidential: diagnostic.confidential,
        labels: note.chain(labels).collect(),
        fix: diagnostic
            .fix
            .as_ref()
            .map(|fix| reported_fix(sources, fix)),
        suppressed: finding.suppressed.as_ref().map(reported_suppression),
        fingerprint: finding.fingerprint.clone(),
    }
}

/// The document of a finding.
pub(super) fn reported_document(document: &DocumentName) -> ReportedDocument {
    ReportedDocument {
        kind: document.kind,
        name: document.name.clone(),
    }
}

fn reported_label(sources: &Sources, label: &Label) -> ReportedLabel {
    ReportedLabel {
        message: label.message.clone(),
        span: place(sources, label.span),
    }
}

fn reported_fix(sources: &Sources, fix: &Fix) -> ReportedFix {
    let mut edits: Vec<ReportedEdit> = fix
        .edits
        .iter()
        .map(|edit| ReportedEdit {
            span: place(sources, edit.span),
            text: edit.text.clone(),
        })
        .collect();
    edits.sort_by_key(|edit| (edit.span.start.byte, edit.span.end.byte));
    ReportedFix {
        applicability: fix.applicability,
        edits,
    }
}

pub(super) fn reported_suppression(suppressed: &Suppressed) -> ReportedSuppression {
    ReportedSuppression {
        reason: suppressed.reason.clone(),
        until: suppressed.until.clone(),
        approved_by: suppressed.approved_by.clone(),
        days_left: suppressed.days_left,
    }
}

/// A span with lines and columns.
pub(super) fn place(sources: &Sources, span: Span) -> Place {
    let file = sources.file(span.source);
    Place {
        file: file.path().replace('\\', "/"),
        start: point(file, span.start),
        end: point(file, span.end.max(span.start)),
    }
}

/// A span that cuts a character in two would be a bug elsewhere; a report is no place to fail.
fn point(file: &SourceFile, byte: u32) -> Point {
    let whole = (0..=byte)
        .rev()
        .take(4)
        .find(|byte| file.text().is_char_boundary(*byte as usize))
        .unwrap_or(byte);
    let position = file.position(whole);
    Point {
        line: position.line,
        column: position.column,
        byte: position.byte,
    }
}

#[cfg(test)]
mod tests {
    use crate::report::sample::{OWNER_MISSING, QUEUE_UNWATCHED, findings_in, sample};

    #[test]
    fn findings_are_sorted_and_suppressed_ones_count_as_such_only() {
        let (_, report) = sample();
        let order: Vec<(&str, u32)> = report
            .findings
            .iter()
            .map(|finding| (finding.rule.as_ref(), finding.span.start.line))
            .collect();
        assert_eq!(
            order,
            [
                ("owner-missing", 4),
                ("ambiguous-scalar", 6),
                ("queue-unwatched", 11),
                ("approval-can-stall", 13),
                ("runbook-missing", 13),
            ]
        );
        let summary = report.summary;
        let counts = (
            summary.errors,
            summary.warnings,
            summary.infos,
            summary.suppressed,
        );
        assert_eq!(counts, (2, 1, 1, 1));
        let rules: Vec<&str> = report.rules.iter().map(|rule| rule.id.as_ref()).collect();
        assert!(rules.is_sorted());
        assert_eq!(rules.len(), 5);
    }

    #[test]
    fn columns_count_characters_and_bytes_count_bytes() {
        let (_, report) = findings_in("é: 1\n  確認: x\n", &OWNER_MISSING, [(8, 14)]);
        let span = &report.findings[0].span;
        let start = (span.start.line, span.start.column, span.start.byte);
        let end = (span.end.line, span.end.column, span.end.byte);
        assert_eq!((start, end), ((2, 3, 8), (2, 5, 14)));
    }

    #[test]
    fn a_span_that_cuts_a_character_does_not_fail() {
        let (_, report) = findings_in("確", &QUEUE_UNWATCHED, [(1, 2)]);
        assert_eq!(report.findings[0].span.start.byte, 0);
    }
}
