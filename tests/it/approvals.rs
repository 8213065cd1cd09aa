//! Reviews of forges as proof, and who reviews what.

use crate::people::{ADA, BEN, CLEO, FOUNDER, Office, PEOPLE, POLICY, WORKFLOW};

/// A change of the limit by Ben, where reviews of a forge are asked for and Ada imports them.
fn reviewed() -> (Office, String) {
    let office = Office::new();
    office.edit(
        POLICY,
        "minimum: signed",
        "minimum: committed, by_risk: {pii: exported}, importers: [ada.lind, ben.ortiz]",
    );
    for (name, account) in [("ada.lind", "adal"), ("cleo.marsh", "cleom")] {
        let entry = format!("email: {name}@example.com");
        office.edit(
            PEOPLE,
            &entry,
            &format!("{entry}, github: {account}, gitlab: {account}"),
        );
    }
    office.commit(FOUNDER, "Name the accounts");
    office.git(BEN, &["switch", "--quiet", "--create", "change"]);
    office.edit(WORKFLOW, "value: 500.00", "value: 600.00");
    office.edit(WORKFLOW, "version: 0.1.0", "version: 0.1.1");
    office.edit(WORKFLOW, "  stage: 1\n", "  stage: 1\n  risk: [pii]\n");
    office.commit(BEN, "Raise the limit");
    let head = office.git(BEN, &["rev-parse", "HEAD"]);
    (office, head)
}

/// What GitHub answers about the reviews of a commit.
fn github(commit: &str) -> String {
    let review = |id: u32, login: &str, state: &str| {
        format!(
            r#"{{"id": {id}, "user": {{"login": "{login}", "id": 1}}, "body": "", "state": "{state}",
            "commit_id": "{commit}", "submitted_at": "2026-11-20T10:00:00Z"}}"#
        )
    };
    let reviews = [
        review(80, "cleom", "APPROVED"),
        review(81, "adal", "CHANGES_REQUESTED"),
        review(82, "stranger", "APPROVED"),
        review(83, "adal", "APPROVED"),
    ];
    format!("[{}]", reviews.join(","))
}

fn missing(office: &Office) -> Vec<String> {
    let mut findings = office.findings();
    findings.retain(|finding| finding.starts_with("required-approval-missing"));
    findings
}

#[test]
fn the_review_of_a_forge_is_the_best_proof() {
    let (office, head) = reviewed();
    assert_eq!(missing(&office).len(), 2);
    let signed = office.flowgate(CLEO, &["approve"]);
    assert_eq!(signed.code, 0, "{}", signed.stderr);
    let weak = missing(&office);
    assert!(
        weak[1].contains("gave an approval that does not count"),
        "{weak:#?}"
    );
    let export = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(export.path(), github(&head)).unwrap();
    let file = export.path().to_str().unwrap();
    let run = office.flowgate(FOUNDER, &["approvals", "import", "--github", file]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout
            .contains("Nobody in the directory has the account stranger.")
    );
    // The signature of somebody who is in no directory proves nothing.
    assert_eq!(missing(&office).len(), 2);
    let run = office.flowgate(ADA, &["approvals", "import", "--github", file]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert_eq!(missing(&office), Vec::<String>::new());
    office.edit(WORKFLOW, "value: 600.00", "value: 650.00");
    office.commit(BEN, "A little more");
    let stale = missing(&office);
    assert!(
        stale.iter().all(|text| text.contains("another state")),
        "{stale:#?}"
    );
    assert_eq!(stale.len(), 2);
}

#[test]
fn the_author_imports_nothing() {
    let (office, head) = reviewed();
    let export = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(export.path(), github(&head)).unwrap();
    let file = export.path().to_str().unwrap();
    let run = office.flowgate(BEN, &["approvals", "import", "--github", file]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let refused = missing(&office);
    assert_eq!(refused.len(), 2, "{refused:#?}");
    assert!(
        refused.iter().all(|text| text.contains("does not count")),
        "{refused:#?}"
    );
}

#[test]
fn gitlab_does_not_say_what_was_approved() {
    let (office, head) = reviewed();
    let export = tempfile::NamedTempFile::new().unwrap();
    let answer = r#"{"id": 5, "iid": 7, "approved_by": [
        {"user": {"id": 1, "username": "cleom"}}, {"user": {"id": 2, "username": "adal"}}]}"#;
    std::fs::write(export.path(), answer).unwrap();
    let file = export.path().to_str().unwrap();
    let run = office.flowgate(ADA, &["approvals", "import", "--gitlab", file]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("with `--commit`"), "{}", run.stderr);
    let arguments = ["approvals", "import", "--gitlab", file, "--commit", &head];
    let run = office.flowgate(ADA, &arguments);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert_eq!(missing(&office), Vec::<String>::new());
    std::fs::write(export.path(), "{}").unwrap();
    let run = office.flowgate(ADA, &["approvals", "import", "--github", file]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("no list of reviews of GitHub"),
        "{}",
        run.stderr
    );
}

#[test]
fn code_owners_follow_owners_and_risks() {
    let office = Office::new();
    office.edit(
        PEOPLE,
        "email: ada.lind@example.com",
        "github: adal, email: ada.lind@example.com",
    );
    let printed = office.flowgate(ADA, &["codeowners"]);
    assert_eq!(printed.code, 0, "{}", printed.stderr);
    insta::assert_snapshot!(printed.stdout);
    office.write(".github/CODEOWNERS", "* @everybody\n");
    let drift = office.flowgate(ADA, &["codeowners", "--check"]);
    assert_eq!(drift.code, 1, "{}", drift.stdout);
    assert!(
        drift.stdout.contains("+/workflows/equipment-request.yaml"),
        "{}",
        drift.stdout
    );
    assert_eq!(office.flowgate(ADA, &["codeowners", "--write"]).code, 0);
    let file = office.read(".github/CODEOWNERS");
    assert_eq!(file, format!("* @everybody\n\n{}", printed.stdout));
    assert_eq!(office.flowgate(ADA, &["codeowners", "--check"]).code, 0);
    office.edit(WORKFLOW, "owner: ada.lind", "owner: ben.ortiz");
    let drift = office.flowgate(ADA, &["codeowners", "--check"]);
    assert_eq!(drift.code, 1, "{}", drift.stdout);
    office.write(".github/CODEOWNERS", "# flowgate: begin\n");
    let broken = office.flowgate(ADA, &["codeowners", "--write"]);
    assert_eq!(broken.code, 2);
    assert_eq!(office.read(".github/CODEOWNERS"), "# flowgate: begin\n");
}
