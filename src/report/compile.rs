//! What `flowgate compile` made: the artifacts, and how they differ from those on disk.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::HumanOptions;

/// The name and version of the shape of [`CompileReport`].
pub const COMPILE_SCHEMA: &str = "flowgate/compile/v1";

/// Everything that was compiled.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CompileReport {
    /// The name and version of this shape.
    #[schemars(extend("const" = COMPILE_SCHEMA))]
    pub schema: &'static str,
    /// The artifacts, by workflow in path order.
    pub artifacts: Vec<CompiledArtifact>,
}

/// One artifact.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CompiledArtifact {
    /// The workflow.
    pub workflow: String,
    /// The target.
    #[schemars(with = "String")]
    pub target: &'static str,
    /// The name of the file.
    pub file: String,
    /// The digest of the plan that it was made of.
    pub plan: String,
    /// How it relates to the file on disk; null when nothing was written or compared.
    pub state: Option<ArtifactState>,
    /// The lines that differ, for people.
    #[serde(skip)]
    pub difference: String,
}

/// How an artifact relates to the file on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ArtifactState {
    /// The file is written.
    Written,
    /// The file is what it should be.
    Same,
    /// The file differs.
    Different,
    /// The file does not exist.
    Missing,
}

impl CompileReport {
    /// True when a compared file is not what it should be.
    pub fn has_drift(&self) -> bool {
        self.artifacts.iter().any(|artifact| {
            matches!(
                artifact.state,
                Some(ArtifactState::Different | ArtifactState::Missing)
            )
        })
    }
}

/// Writes the report for people: one line for each artifact, and what differs.
///
/// # Errors
/// When writing fails.
pub fn write_human(
    report: &CompileReport,
    _options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    for artifact in &report.artifacts {
        let state = match artifact.state {
            Some(ArtifactState::Written) => "written",
            Some(ArtifactState::Same) => "same",
            Some(ArtifactState::Different) => "differs",
            Some(ArtifactState::Missing) => "missing",
            None => "compiled",
        };
        writeln!(out, "{state:<9} {}", artifact.file)?;
        write!(out, "{}", artifact.difference)?;
    }
    let count = report.artifacts.len();
    let plural = if count == 1 { "" } else { "s" };
    if report.has_drift() {
        writeln!(
            out,
            "\nThe files on disk are not what the workflows say; `flowgate compile` with `-o` writes them."
        )
    } else {
        writeln!(out, "\nCompiled {count} artifact{plural}.")
    }
}
