//! What a release says of itself: the changelog entry, the message of the tag, and the in-toto
//! statement that other tools sign and carry on.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::manifest::{Manifest, ReleasedApproval, ReleasedChange};
use crate::plan::{Digest, canonical};

/// The line of the message with the digest of the manifest.
pub const MANIFEST_LINE: &str = "Flowgate-Manifest:";
/// The line of the message with the day of the judgement.
pub const JUDGED_LINE: &str = "Flowgate-Judged-On:";
/// The line of the message with the digest of the statement.
const STATEMENT_LINE: &str = "Flowgate-Statement:";
/// Begins a line of the message for each person who approved.
const APPROVED_LINE: &str = "Flowgate-Approved-By:";

/// The headings of a changelog entry with the classes below them.
const SECTIONS: [(&str, &[&str]); 3] = [
    ("Breaking", &["breaking"]),
    ("To judge", &["review"]),
    ("Changed", &["additive", "patch"]),
];

/// The entry of the changelog, in Markdown.
pub fn changelog(manifest: &Manifest) -> String {
    let mut text = format!(
        "## {} {} ({})\n\n{}\n",
        manifest.name, manifest.version, manifest.judged_on, manifest.headline
    );
    for (title, classes) in SECTIONS {
        let own = manifest.changes.iter();
        let own: Vec<&ReleasedChange> = own
            .filter(|change| classes.contains(&change.class))
            .collect();
        if own.is_empty() {
            continue;
        }
        text.push_str(&format!("\n### {title}\n\n"));
        for change in own {
            text.push_str(&format!("- {}\n", line(change)));
        }
    }
    let people = approvers(&manifest.approvals);
    if !people.is_empty() {
        text.push_str(&format!("\nApproved by {}.\n", people.join(", ")));
    }
    if let Some(tag) = &manifest.roll_back {
        text.push_str(&format!("\nRoll back to `{tag}`.\n"));
    }
    text
}

/// The message of the tag.
pub fn message(manifest: &Manifest, manifest_bytes: &[u8], statement: &[u8]) -> String {
    let mut text = format!(
        "{} {}\n\n{}\n",
        manifest.name, manifest.version, manifest.headline
    );
    let changes = manifest
        .changes
        .iter()
        .filter(|change| change.class != "none");
    let lines: Vec<String> = changes
        .map(|change| format!("- {}\n", line(change)))
        .collect();
    if !lines.is_empty() {
        text.push_str(&format!("\n{}", lines.concat()));
    }
    let digest = |bytes: &[u8]| Digest::of_bytes(bytes);
    text.push_str(&format!(
        "\n{MANIFEST_LINE} {}\n{STATEMENT_LINE} {}\n{JUDGED_LINE} {}\n",
        digest(manifest_bytes).as_str(),
        digest(statement).as_str(),
        manifest.judged_on
    ));
    for person in approvers(&manifest.approvals) {
        text.push_str(&format!("{APPROVED_LINE} {person}\n"));
    }
    text
}

/// The in-toto statement: the plan and the manifest, and what was verified about them.
pub fn statement(manifest: &Manifest, manifest_bytes: &[u8]) -> Vec<u8> {
    let subject = |name: String, digest: &str| {
        let hexadecimal = digest.strip_prefix("sha256:").unwrap_or(digest);
        json!({"name": name, "digest": {"sha256": hexadecimal}})
    };
    let digest = Digest::of_bytes(manifest_bytes);
    let mut subjects = vec![subject(
        format!("{}-{}.json", manifest.name, manifest.version),
        digest.as_str(),
    )];
    if let Some(plan) = &manifest.plan {
        subjects.push(subject(format!("{}.plan.json", manifest.name), &plan.file));
    }
    let policies = manifest.policies.iter();
    let policies: Vec<Value> = policies
        .map(|(name, digest)| subject(name.clone(), digest))
        .collect();
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects,
        "predicateType": "https://in-toto.io/attestation/svr/v0.1",
        "predicate": {
            "verifier": {"id": format!("flowgate {}", manifest.flowgate)},
            "timeVerified": format!("{}T00:00:00Z", manifest.judged_on),
            "policies": policies,
            "properties": properties(manifest),
        },
    });
    canonical::text(&statement).into_bytes()
}

/// What holds of a release. What was not asked for is not claimed.
fn properties(manifest: &Manifest) -> Vec<&'static str> {
    let mut properties = Vec::new();
    if manifest.findings.errors == 0 {
        properties.push("flowgate:lint-clean");
    }
    properties.push("flowgate:semver-ok");
    let scenarios = manifest.scenarios;
    if scenarios
        .is_some_and(|scenarios| scenarios.played > 0 && scenarios.played == scenarios.passed)
    {
        properties.push("flowgate:scenarios-pass");
    }
    let given = |approval: &ReleasedApproval| approval.state == "given";
    if manifest.approvals_enforced && manifest.approvals.iter().all(given) {
        properties.push("flowgate:approvals-complete");
    }
    properties
}

fn line(change: &ReleasedChange) -> String {
    let place = match change.path.as_str() {
        "" => String::new(),
        path => format!(" at `{path}`"),
    };
    format!("{} (`{}`{place})", change.why, change.id)
}

/// `dana.ruiz (signed)`, each once.
fn approvers(approvals: &[ReleasedApproval]) -> Vec<String> {
    let given = approvals.iter().flat_map(|approval| &approval.given);
    let people: BTreeSet<String> = given
        .map(|given| format!("{} ({})", given.person, given.grade))
        .collect();
    people.into_iter().collect()
}

/// The value of a line of a message, as [`message`] writes it.
pub fn value_of<'m>(message: &'m str, line: &str) -> Option<&'m str> {
    let mut lines = message.lines().filter_map(|text| text.strip_prefix(line));
    lines.next_back().map(str::trim)
}
