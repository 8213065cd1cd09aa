//! What `flowgate version` says: what every document declares, and what it ought to.

use std::io::{self, Write};

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::HumanOptions;
use super::impact::ReportedRelease;
use crate::compat::impact::DocumentImpact;
use crate::published;

/// The name and version of the shape of [`VersionReport`].
pub const VERSION_SCHEMA: &str = "flowgate/versions/v1";

/// The versions of documents.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VersionReport {
    /// The name and version of this shape.
    #[schemars(extend("const" = VERSION_SCHEMA))]
    pub schema: &'static str,
    /// The documents, by kind and name.
    pub documents: Vec<ReportedVersion>,
    /// Whether the versions were written into the files.
    pub applied: bool,
}

/// The version of one document.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedVersion {
    /// The kind, as `contract`.
    pub kind: &'static str,
    /// The name.
    pub name: String,
    /// The version that the document declares; null when it declares none.
    pub declared: Option<String>,
    /// The last release; null when there was none.
    pub released: Option<ReportedRelease>,
    /// The bump that the changes since then demand: `major`, `minor`, `patch` or `none`.
    pub required: &'static str,
    /// The version that the document ought to declare; null when nothing says which.
    pub next: Option<String>,
    /// The name under which it ought to be published, for a contract whose major goes up.
    pub next_name: Option<String>,
    /// The change that demands the most, as `state-removed at states.desk`.
    pub because: Option<String>,
    /// False when the declared version is too low.
    pub ok: bool,
}

impl VersionReport {
    /// How many versions are too low.
    pub fn too_low(&self) -> usize {
        let documents = self.documents.iter();
        documents.filter(|document| !document.ok).count()
    }
}

/// The report on documents that carry a version.
pub fn version_report(documents: &[DocumentImpact], applied: bool) -> VersionReport {
    let mut documents: Vec<ReportedVersion> = documents.iter().map(reported).collect();
    documents.sort_by(|left, right| (left.kind, &left.name).cmp(&(right.kind, &right.name)));
    VersionReport {
        schema: VERSION_SCHEMA,
        documents,
        applied,
    }
}

fn reported(document: &DocumentImpact) -> ReportedVersion {
    let declaration = &document.declaration;
    let ok = declaration.ok();
    let next = if ok {
        declaration.after.clone()
    } else {
        declaration.needed()
    };
    let released = declaration.released.as_ref();
    let because = document.demand().filter(|_| declaration.enforced);
    ReportedVersion {
        kind: document.facts.kind.as_str(),
        name: document.facts.name().to_owned(),
        declared: declaration.after.as_ref().map(ToString::to_string),
        released: released.map(|(version, tag)| ReportedRelease {
            version: version.to_string(),
            tag: tag.clone(),
        }),
        required: declaration.required.as_str(),
        next: next.map(|version| version.to_string()),
        next_name: declaration.new_name(&document.facts),
        because: because.map(|demand| demand.title()),
        ok,
    }
}

/// The published JSON Schema of [`VersionReport`].
pub fn schema() -> Schema {
    published::schema::<VersionReport>()
}

/// Writes the report for people: a table, and what to do.
///
/// # Errors
/// When writing fails.
pub fn write_human(
    report: &VersionReport,
    _options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    const HEAD: [&str; 5] = ["document", "declared", "released", "required", "next"];
    let rows: Vec<[String; 5]> = report.documents.iter().map(cells).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0).max(HEAD[column].len())
    };
    let widths: [usize; 5] = std::array::from_fn(width);
    let line = |cells: &[&str]| {
        let cells = cells.iter().zip(widths);
        let cells: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        cells.join("  ")
    };
    writeln!(out, "{}", line(&HEAD).trim_end())?;
    for (row, document) in rows.iter().zip(&report.documents) {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        let because = document.because.as_deref().unwrap_or_default();
        writeln!(out, "{}", format!("{}  {because}", line(&cells)).trim_end())?;
    }
    writeln!(out, "\n{}", conclusion(report))
}

fn cells(document: &ReportedVersion) -> [String; 5] {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let next = match (&document.next, &document.next_name) {
        (Some(next), Some(name)) => format!("{next} as {name}"),
        (next, _) => text(next),
    };
    let released = document.released.as_ref();
    [
        format!("{} {}", document.kind, document.name),
        text(&document.declared),
        text(&released.map(|released| released.version.clone())),
        document.required.to_owned(),
        if document.ok {
            next
        } else {
            format!("{next} !")
        },
    ]
}

fn conclusion(report: &VersionReport) -> String {
    let low = report.too_low();
    let new_names = report
        .documents
        .iter()
        .filter(|document| document.next_name.is_some());
    let new_names = new_names.count();
    match (low, report.applied) {
        (0, true) => "Every version is written as it ought to be.".to_owned(),
        (0, false) => "Every version is high enough.".to_owned(),
        (_, _) if new_names == low => {
            "A contract whose major version goes up is published under its next name, beside the old one.".to_owned()
        }
        (1, _) => "1 version is too low; `flowgate version --apply` writes it.".to_owned(),
        (low, _) => format!("{low} versions are too low; `flowgate version --apply` writes them."),
    }
}
