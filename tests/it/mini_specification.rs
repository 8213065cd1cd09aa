//! The contract of the playbook, as people paste it: accepted, with notes that `--fix` can take.

use flowgate::catalog;
use flowgate::check::repair::repair;
use flowgate::check::{self, Loaded};
use flowgate::diagnostic::Applicability;
use flowgate::model::Surroundings;
use flowgate::rule::Level;
use flowgate::source::Sources;

const PASTED: &str = r#"contract:
  name: employee.identity.v1
  producer: HRIS
  consumers: [IdP, ITSM, Payroll]
  freshness_sla: "< 15m"
  schema:
    employee_id: {type: string, format: uuid, required: true}
    email: {type: string, format: email, required: true}
    dept: {type: string, required: true}
    manager_id: {type: string, required: false}
  quality_rules:
    - email must be unique
    - dept must be in allowed list
  change_rules:
    - breaking changes require major version bump
    - backward compatible additions allowed in minor versions
  audit:
    - log all contract violations with payload sample + source timestamp
"#;

const REPAIRED: &str = r#"contract:
  name: employee.identity.v1
  version: 1.0.0
  producer: HRIS
  consumers: [IdP, ITSM, Payroll]
  freshness_sla: "< 15m"
  schema:
    employee_id: {type: string, format: uuid, required: true}
    email: {type: string, format: email, required: true}
    dept: {type: string, required: true}
    manager_id: {type: string, required: false}
  quality_rules:
    - {field: email, unique: true}
    - dept must be in allowed list
  change_rules:
    - breaking changes require major version bump
    - backward compatible additions allowed in minor versions
  audit: {violations: log, sample: masked, timestamp: source}
"#;

fn nowhere() -> Surroundings {
    Surroundings::on(jiff::civil::date(2026, 8, 1))
}

fn load(text: &str) -> Loaded {
    let mut sources = Sources::default();
    sources.add("contract.yaml", text);
    check::load(sources, |_| nowhere())
}

/// Rules with the characters they mark, in written order.
fn notes(loaded: &Loaded) -> Vec<(Level, &'static str, &str)> {
    let findings = check::check(loaded).into_iter();
    findings
        .map(|finding| finding.diagnostic)
        // Nobody owns a producer that the repository does not know.
        .filter(|diagnostic| diagnostic.rule.id != "contract-owner-unresolved")
        .map(|diagnostic| {
            let marked = loaded.sources.text(diagnostic.span);
            let rule = catalog::rule(&diagnostic.rule.id).unwrap();
            (diagnostic.level, rule.id.as_ref(), marked)
        })
        .collect()
}

#[test]
fn the_pasted_contract_gives_four_notes() {
    assert_eq!(
        notes(&load(PASTED)),
        [
            (Level::Warning, "version-missing", "employee.identity.v1"),
            (Level::Info, "prose-quality-rule", "email must be unique"),
            (
                Level::Info,
                "prose-quality-rule",
                "dept must be in allowed list"
            ),
            (
                Level::Warning,
                "pii-in-violation-sample",
                "log all contract violations with payload sample + source timestamp"
            ),
        ]
    );
}

#[test]
fn safe_repairs_leave_what_needs_a_decision() {
    let repaired = repair(
        load(PASTED),
        Applicability::Safe,
        &|_| true,
        &|_| nowhere(),
        &check::check,
    );
    assert_eq!(
        repaired.changed.get("contract.yaml").map(String::as_str),
        Some(REPAIRED)
    );
    assert_eq!(
        notes(&repaired.loaded),
        [(
            Level::Info,
            "prose-quality-rule",
            "dept must be in allowed list"
        )]
    );
}
