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

#[test]
fn the_back_office_is_clean() {
    let loaded = load("back-office");
    let findings = show(&loaded, &check::check(&loaded));
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    assert_eq!(loaded.model.project.workflows.len(), 6);
}

#[test]
fn the_starter_is_clean() {
    let loaded = load("starter");
    let findings = show(&loaded, &check::check(&loaded));
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}
