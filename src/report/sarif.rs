//! SARIF 2.1.0, the exchange format of code scanning: rules with their reference text, results
//! with places, repairs and suppressions. Plain types, of which only what is used is declared.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::published;
use crate::report::wording::reference_text;
use crate::report::{
    CheckReport, Format, HumanOptions, Place, ReportedFinding, ReportedFix, ReportedLabel,
    ReportedSuppression,
};
use crate::rule::{Level, Meta};
use crate::source::Sources;

/// For code scanning.
pub const FORMAT: Format = Format {
    id: "sarif",
    title: "SARIF 2.1.0 for code scanning",
    check: Some(write),
    compile: None,
    impact: None,
    test: None,
    readiness: None,
    versions: None,
    releases: None,
};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Stands for the root of the repository, or of the project where there is no repository.
const ROOT: &str = "%SRCROOT%";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    column_kind: &'static str,
    original_uri_base_ids: BTreeMap<&'static str, BaseFolder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<RunProperties<'a>>,
    results: Vec<SarifResult<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunProperties<'a> {
    judged_under: &'a str,
}

#[derive(Serialize)]
struct BaseFolder {
    description: Text<'static>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    short_description: Text<'a>,
    full_description: Text<'a>,
    help: Help,
    default_configuration: Configuration,
    properties: Tags,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Tags {
    tags: [&'static str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    partial_fingerprints: BTreeMap<&'static str, &'a str>,
    /// Written when empty too: SARIF wants it on every result or on none.
    suppressions: Vec<Suppression<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix<'a>>,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_offset: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_length: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'a> {
    fully_qualified_name: String,
    kind: &'a str,
}

#[derive(Serialize)]
struct Suppression<'a> {
    kind: &'static str,
    status: &'static str,
    justification: &'a str,
    properties: SuppressionProperties<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SuppressionProperties<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fix<'a> {
    description: Message,
    artifact_changes: Vec<ArtifactChange<'a>>,
    properties: FixProperties,
}

#[derive(Serialize)]
struct FixProperties {
    applicability: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'a> {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    inserted_content: Text<'a>,
}

fn write(
    report: &CheckReport,
    _sources: &Sources,
    _options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    published::write(&log(report), out)
}

fn log(report: &CheckReport) -> Log<'_> {
    let rules = &report.rules;
    let index = |id: &str| rules.iter().position(|rule| rule.id == id);
    let root = BaseFolder {
        description: Text {
            text: "The root of the repository.",
        },
    };
    Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: env!("CARGO_PKG_NAME"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules: rules.iter().map(|rule| described_rule(rule)).collect(),
                },
            },
            column_kind: "unicodeCodePoints",
            original_uri_base_ids: BTreeMap::from([(ROOT, root)]),
            properties: report
                .judged_under
                .as_deref()
                .map(|judged_under| RunProperties { judged_under }),
            results: report
                .findings
                .iter()
                .map(|finding| result(finding, index(&finding.rule)))
                .collect(),
        }],
    }
}

fn described_rule(rule: &Meta) -> Rule<'_> {
    Rule {
        id: &rule.id,
        short_description: Text {
            text: &rule.summary,
        },
        full_description: Text { text: &rule.why },
        help: Help {
            text: reference_text(&rule.docs),
            markdown: reference_text(&rule.docs),
        },
        default_configuration: Configuration {
            level: level(rule.level.at(0)),
        },
        properties: Tags {
            tags: [rule.family.as_str()],
        },
    }
}

fn result(finding: &ReportedFinding, rule_index: Option<usize>) -> SarifResult<'_> {
    let on_the_finding = |label: &&ReportedLabel| label.span == finding.span;
    let mut primary = location(&finding.span, None);
    primary.message = finding
        .labels
        .iter()
        .find(on_the_finding)
        .map(|label| Text {
            text: &label.message,
        });
    primary.logical_locations = logical_location(finding).into_iter().collect();
    let related = finding.labels.iter().filter(|label| !on_the_finding(label));
    SarifResult {
        rule_id: &finding.rule,
        rule_index,
        level: level(finding.level),
        message: Message {
            text: match &finding.help {
                Some(help) => format!("{}\n{help}", finding.message),
                None => finding.message.clone(),
            },
        },
        locations: [primary],
        related_locations: related
            .enumerate()
            .map(|(index, label)| Location {
                id: Some(index),
                ..location(&label.span, Some(&label.message))
            })
            .collect(),
        partial_fingerprints: BTreeMap::from([(
            "flowgateFinding/v1",
            finding.fingerprint.as_str(),
        )]),
        suppressions: finding.suppressed.iter().map(suppression).collect(),
        fixes: finding.fix.iter().map(|part| fix(finding, part)).collect(),
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    }
}

fn location<'a>(place: &Place, message: Option<&'a str>) -> Location<'a> {
    Location {
        id: None,
        physical_location: PhysicalLocation {
            artifact_location: artifact(&place.file),
            region: region(place),
        },
        logical_locations: Vec::new(),
        message: message.map(|text| Text { text }),
    }
}

fn logical_location(finding: &ReportedFinding) -> Option<LogicalLocation<'_>> {
    let document = finding.document.as_ref()?;
    let parts = [document.name.as_str(), finding.path.as_str()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| LogicalLocation {
        fully_qualified_name: parts.join("/"),
        kind: document.kind,
    })
}

fn artifact(file: &str) -> ArtifactLocation {
    ArtifactLocation {
        uri: relative_uri(file),
        uri_base_id: ROOT,
    }
}

fn region(place: &Place) -> Region {
    Region {
        start_line: place.start.line,
        start_column: place.start.column,
        end_line: place.end.line,
        end_column: place.end.column,
        byte_offset: None,
        byte_length: None,
    }
}

fn suppression(suppressed: &ReportedSuppression) -> Suppression<'_> {
    Suppression {
        kind: "inSource",
        status: "accepted",
        justification: &suppressed.reason,
        properties: SuppressionProperties {
            until: suppressed.until.as_deref(),
            approved_by: suppressed.approved_by.as_deref(),
        },
    }
}

fn fix<'a>(finding: &'a ReportedFinding, fix: &'a ReportedFix) -> Fix<'a> {
    let mut files: BTreeMap<&str, Vec<Replacement>> = BTreeMap::new();
    for edit in &fix.edits {
        let (start, end) = (edit.span.start.byte, edit.span.end.byte);
        files.entry(&edit.span.file).or_default().push(Replacement {
            deleted_region: Region {
                byte_offset: Some(start),
                byte_length: Some(end - start),
                ..region(&edit.span)
            },
            inserted_content: Text { text: &edit.text },
        });
    }
    Fix {
        description: Message {
            text: finding
                .help
                .clone()
                .unwrap_or_else(|| format!("repair {}", finding.rule)),
        },
        artifact_changes: files
            .into_iter()
            .map(|(file, replacements)| ArtifactChange {
                artifact_location: artifact(file),
                replacements,
            })
            .collect(),
        properties: FixProperties {
            applicability: fix.applicability.as_str(),
        },
    }
}

/// A path as a relative URI: everything but unreserved characters and `/` as `%XX`.
fn relative_uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{FORMAT, relative_uri};
    use crate::report::HumanOptions;
    use crate::report::sample::{AMBIGUOUS_SCALAR, findings_in, sample, written};

    /// The official schema, see `tests/schemas/README.md`.
    const OFFICIAL: &str = include_str!("../../tests/schemas/sarif-2.1.0.schema.json");

    fn against_official_schema(text: &str) -> Vec<String> {
        // A lone `]` makes the pattern of language codes, which are not written, no valid regex.
        let mended = OFFICIAL.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
        let schema: Value = serde_json::from_str(&mended).expect("JSON");
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .expect("a valid schema");
        let log = serde_json::from_str(text).expect("JSON");
        validator
            .iter_errors(&log)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    }

    #[test]
    fn every_part_is_valid_sarif() {
        let text = written(FORMAT.check, &sample(), &HumanOptions::default());
        assert_eq!(against_official_schema(&text), Vec::<String>::new());
        let version = format!("\"{}\"", env!("CARGO_PKG_VERSION"));
        insta::assert_snapshot!(text.replace(&version, "\"(version)\""));
    }

    #[test]
    fn the_schema_would_object() {
        let text = written(FORMAT.check, &sample(), &HumanOptions::default());
        let broken = text.replace("unicodeCodePoints", "letters");
        assert_eq!(against_official_schema(&broken).len(), 1);
    }

    #[test]
    fn nothing_found_is_a_run_without_results() {
        let input = findings_in("a: 1\n", &AMBIGUOUS_SCALAR, []);
        let text = written(FORMAT.check, &input, &HumanOptions::default());
        assert_eq!(against_official_schema(&text), Vec::<String>::new());
        assert!(text.contains("\"results\": []"));
    }

    #[test]
    fn paths_become_relative_uris() {
        assert_eq!(relative_uri("a b/é#1%.yaml"), "a%20b/%C3%A9%231%25.yaml");
    }
}
