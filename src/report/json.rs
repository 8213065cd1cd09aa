//! The report as JSON, in the published shape.

use crate::published;
use crate::report::Format;

/// For scripts; the shape is a contract.
pub const FORMAT: Format = Format {
    id: "json",
    title: "JSON in a published, versioned shape",
    check: Some(|report, _, _, out| published::write(report, out)),
    compile: Some(|report, _, out| published::write(report, out)),
    impact: Some(|report, _, out| published::write(report, out)),
    test: Some(|report, _, _, out| published::write(report, out)),
    readiness: Some(|report, _, out| published::write(report, out)),
    versions: Some(|report, _, out| published::write(report, out)),
    releases: Some(|report, _, out| published::write(report, out)),
};

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
