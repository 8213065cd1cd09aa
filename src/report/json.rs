//! The report as JSON, in the published shape.

use std::io::{self, Write};

use crate::report::{CheckReport, Format, HumanOptions};
use crate::source::Sources;

/// For scripts; the shape is a contract.
pub const FORMAT: Format = Format {
    id: "json",
    title: "JSON in a published, versioned shape",
    check: Some(write),
    compile: Some(super::compile::write_json),
    impact: Some(write_impact),
    test: Some(super::test::write_json),
    readiness: Some(write_readiness),
    versions: Some(super::versions::write_json),
    releases: Some(super::release::write_json),
};

fn write(
    report: &CheckReport,
    _sources: &Sources,
    _options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}

fn write_impact(
    report: &super::impact::ImpactReport,
    _options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}

fn write_readiness(
    report: &super::readiness::ReadinessReport,
    _options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::FORMAT;
    use crate::report::sample::{sample, written};
    use crate::report::{HumanOptions, check_schema};

    #[test]
    fn the_shape_is_the_contract() {
        let text = written(FORMAT.check, &sample(), &HumanOptions::default());
        insta::assert_snapshot!(text);
    }

    #[test]
    fn the_published_schema_accepts_it() {
        let text = written(FORMAT.check, &sample(), &HumanOptions::default());
        let report = serde_json::from_str(&text).expect("JSON");
        let schema = check_schema().to_value();
        let validator = jsonschema::validator_for(&schema).expect("a valid schema");
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}
