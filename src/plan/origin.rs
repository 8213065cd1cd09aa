//! Where the parts of a plan come from. Nothing here is a part of what the plan means.

use schemars::JsonSchema;
use serde::Serialize;

use crate::source::Span;

/// Where a part of a plan is written. Line numbers are left out, so that layout changes no
/// artifact; the digest sees no origin at all, so that moving a file does not change it either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Origin {
    /// The file, relative to the project root.
    pub file: String,
    /// The path inside the document, as `states.approval.steps.manager_ok`; absent for a whole
    /// document.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The characters, for findings of targets.
    #[serde(skip)]
    pub span: Span,
}

/// A file that people or engines look up. Its place is no part of what the plan means; that there
/// is one is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FileReference {
    /// The path, relative to the project root.
    pub path: String,
}
