//! A diagnostic with everything that reports and suppressions need to know about its place.

use crate::diagnostic::Diagnostic;

/// The document that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocumentName {
    /// The kind, as `workflow`.
    pub kind: &'static str,
    /// The name; empty for the project file and for documents that do not name themselves.
    pub name: String,
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    /// The reason that the author gave.
    pub reason: String,
    /// The last day, as `2026-12-31`; absent when the author named none.
    pub until: Option<String>,
    /// Who accepted it.
    pub approved_by: Option<String>,
    /// How many days are left until the last day; 0 on it.
    pub days_left: Option<i32>,
}

/// A diagnostic with its final level, its document, path and fingerprint.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The diagnostic, at the level that counts.
    pub diagnostic: Diagnostic,
    /// The document it is about; absent for files that could not be read.
    pub document: Option<DocumentName>,
    /// The path inside the document, as `states.approval.steps.manager_ok`.
    pub path: String,
    /// Twelve hexadecimal digits over rule, document and path; no line numbers.
    pub fingerprint: String,
    /// Set when the author accepted the finding for a while.
    pub suppressed: Option<Suppressed>,
}
