//! The shipped repositories: the good ones are clean, the legacy one has its known faults.

use std::path::{Path, PathBuf};

use flowgate::check::project::{Opening, open};
use flowgate::check::{self, Finding, Loaded};
use flowgate::source::Worktree;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 23);

pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(name)
}

pub fn load(name: &str) -> Loaded {
    let tree = Worktree::open(&folder(name)).unwrap();
    let opening = Opening {
        today: TODAY,
        also: &[],
    };
    open(&tree, &opening, &|_, _| Default::default()).unwrap()
}

fn show(loaded: &Loaded, findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .filter(|finding| finding.suppressed.is_none())
        .map(|finding| {
            let diagnostic = &finding.diagnostic;
            let file = loaded.sources.file(diagnostic.span.source);
            let line = file.position(diagnostic.span.start).line;
            format!(
                "{}:{line}: {} {}: {}",
                file.path(),
                diagnostic.level,
                diagnostic.rule.id,
                diagnostic.message
            )
        })
        .collect()
}

/// The contract that is shipped exactly as the playbook prints it has its four notes.
const AS_PASTED: &str = "contracts/employee.identity.v1.yaml";

#[test]
fn the_back_office_is_clean() {
    let loaded = load("back-office");
    let findings = show(&loaded, &check::check(&loaded));
    let (pasted, others): (Vec<String>, Vec<String>) = findings
        .into_iter()
        .partition(|finding| finding.starts_with(AS_PASTED));
    assert!(others.is_empty(), "{}", others.join("\n"));
    assert_eq!(pasted.len(), 4, "{}", pasted.join("\n"));
    assert!(
        pasted.iter().all(|note| !note.contains(": error ")),
        "{}",
        pasted.join("\n")
    );
    assert_eq!(loaded.model.project.workflows.len(), 6);
}

#[test]
fn the_starter_is_clean() {
    let loaded = load("starter");
    let findings = show(&loaded, &check::check(&loaded));
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn the_legacy_repository_has_its_known_faults() {
    let loaded = load("legacy");
    let findings = show(&loaded, &check::check(&loaded));
    let rules: std::collections::BTreeSet<&str> = findings
        .iter()
        .filter_map(|finding| {
            finding
                .split(' ')
                .nth(2)
                .map(|rule| rule.trim_end_matches(':'))
        })
        .collect();
    assert!(rules.len() >= 30, "{rules:?}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("legacy", findings.join("\n")));
}

/// Compiles every workflow of a shipped repository and compares the committed artifacts.
fn compare_artifacts(name: &str) {
    let loaded = load(name);
    let findings = check::check(&loaded);
    for workflow in &loaded.model.project.workflows {
        let judged = findings.iter().map(|finding| flowgate::model::Judged {
            diagnostic: &finding.diagnostic,
            accepted: finding.suppressed.is_some(),
        });
        let sound = loaded.model.sound(&workflow.name.value, judged).unwrap();
        let plan = flowgate::plan::lower(sound, &loaded.sources);
        for target in flowgate::target::TARGETS {
            let emitted = (target.emit)(&plan);
            assert!(emitted.diagnostics.is_empty(), "{}", target.id);
            for artifact in emitted.value {
                let path = format!("examples/{name}/expected/{}", artifact.file_name);
                crate::generated::compare(&path, &artifact.content);
            }
        }
    }
}

#[test]
fn the_artifacts_of_the_back_office_are_committed() {
    compare_artifacts("back-office");
}
