//! Generated files are committed and compared; `UPDATE=1 cargo test --test it` rewrites them.

use std::fs;
use std::path::Path;

/// Compares a committed file with what it should be.
pub fn compare(path: &str, expected: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, expected).unwrap();
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == expected,
        "{path} is stale; run `UPDATE=1 cargo test --test it`"
    );
}

#[test]
fn schemas() {
    for (name, schema) in flowgate::catalog::schema::published() {
        let text = serde_json::to_string_pretty(&schema).unwrap();
        compare(&format!("schema/{name}"), &format!("{text}\n"));
    }
}

#[test]
fn schemas_of_outputs() {
    let outputs = [
        ("plan", flowgate::plan::schema()),
        ("report", flowgate::report::check_schema()),
        ("readiness", flowgate::report::readiness::schema()),
        ("baseline", flowgate::report::baseline::schema()),
        ("impact", flowgate::report::impact::schema()),
        (
            "policy-test-report",
            flowgate::report::policy_test::schema(),
        ),
        ("test-report", flowgate::report::test::test_schema()),
        ("run-report", flowgate::report::walk::schema()),
        ("versions", flowgate::report::versions::schema()),
        ("releases", flowgate::report::release::schema()),
        ("release", flowgate::report::manifest::schema()),
    ];
    for (name, schema) in outputs {
        let text = serde_json::to_string_pretty(&schema).unwrap();
        compare(&format!("schema/{name}.schema.json"), &format!("{text}\n"));
    }
}

#[test]
fn rule_reference() {
    compare(
        "src/lint/rules/README.md",
        &flowgate::catalog::reference::rules(),
    );
}

#[test]
fn pack_reference() {
    compare("policies/README.md", &flowgate::catalog::reference::packs());
}

#[test]
fn change_reference() {
    compare(
        "src/compat/README.md",
        &flowgate::catalog::reference::changes(),
    );
}
