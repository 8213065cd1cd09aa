//! From a change to a proved release, in real repositories with people who sign.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::people::{ADA, BEN, CLEO, FOUNDER, Office, PEOPLE, POLICY, Person, WORKFLOW};

const TAG: &str = "equipment-request/v0.1.1";

/// Ben raises the limit from which somebody decides, and the version with it.
fn change(office: &Office, limit: &str) {
    office.git(BEN, &["switch", "--quiet", "--create", "change"]);
    office.edit(WORKFLOW, "value: 500.00", &format!("value: {limit}"));
    office.edit(WORKFLOW, "version: 0.1.0", "version: 0.1.1");
    office.commit(BEN, "Raise the limit");
}

fn approve(office: &Office, person: Person) {
    let run = office.flowgate(person, &["approve"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
}

fn merge(office: &Office) {
    office.git(ADA, &["switch", "--quiet", "main"]);
    office.git(
        ADA,
        &[
            "merge",
            "--quiet",
            "--no-ff",
            "--message",
            "Merge",
            "change",
        ],
    );
}

/// An approved change on `main`.
fn approved() -> Office {
    let office = Office::released();
    change(&office, "600.00");
    approve(&office, CLEO);
    approve(&office, ADA);
    merge(&office);
    office
}

fn released() -> Office {
    let office = approved();
    let run = office.flowgate(ADA, &["release"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    office
}

fn proof(office: &Office) -> (i32, String) {
    let run = office.flowgate(BEN, &["release", "--check", TAG]);
    assert_eq!(run.stderr, "");
    (run.code, run.stdout)
}

#[track_caller]
fn names(office: &Office, fault: &str) {
    let (code, said) = proof(office);
    assert_eq!(code, 1, "{said}");
    let differs = said.lines().filter(|line| line.contains("differs"));
    let differs: Vec<&str> = differs.collect();
    assert!(
        differs.iter().any(|line| line.contains(fault)),
        "{fault}\n{said}"
    );
}

const MISSING: [&str; 2] = [
    "required-approval-missing: ada.lind has not approved the change of workflow \
     `equipment-request`, asked as its owner",
    "required-approval-missing: cleo.marsh has not approved the change of workflow \
     `equipment-request`, asked as the owner of the weakened control and by the policies \
     of the base",
];

#[test]
fn a_change_is_refused_until_everybody_has_agreed_and_is_then_released() {
    let office = Office::released();
    a_version_too_low_is_refused(&office);
    words_alone_approve_nothing(&office);
    one_more_push_makes_approvals_stale(&office);
    what_is_approved_is_released(&office);
}

fn a_version_too_low_is_refused(office: &Office) {
    office.git(BEN, &["switch", "--quiet", "--create", "change"]);
    office.edit(WORKFLOW, "value: 500.00", "value: 600.00");
    office.commit(BEN, "Raise the limit");
    let low = "bump-too-small: version 0.1.0 is too low: `control-weakened` at \
               `controls.approval_from.value` takes 0.1.1 after `equipment-request/v0.1.0`";
    assert!(
        office.findings().contains(&low.to_owned()),
        "{:#?}",
        office.findings()
    );
    office.edit(WORKFLOW, "version: 0.1.0", "version: 0.1.1");
    office.commit(BEN, "Raise the version");
    assert_eq!(office.findings(), MISSING);
}

fn words_alone_approve_nothing(office: &Office) {
    let own = office.flowgate(BEN, &["approve", "equipment-request"]);
    assert_eq!(own.code, 2, "{}", own.stdout);
    assert!(
        own.stderr.contains("nobody approves what they wrote"),
        "{}",
        own.stderr
    );

    let forged = office.flowgate(CLEO, &["approve", "--dry-run"]).stdout;
    assert!(forged.contains("Flowgate-Approved: workflow/equipment-request sha256:"));
    let as_cleo = format!("{} <{}>", CLEO.0, CLEO.1);
    let committed = [
        "-c",
        "user.name=Cleo Marsh",
        "-c",
        "user.email=cleo.marsh@example.com",
    ];
    let commit = [
        "commit",
        "--quiet",
        "--allow-empty",
        "--no-gpg-sign",
        "--author",
        &as_cleo,
    ];
    let message = ["--message", forged.as_str()];
    office.git(BEN, &[&committed[..], &commit[..], &message[..]].concat());
    let refused = "required-approval-missing: cleo.marsh gave an approval that does not count for \
                   workflow `equipment-request`, asked as the owner of the weakened control and by the policies \
         of the base";
    assert_eq!(office.findings(), [MISSING[0], refused]);
    let claim = format!("{forged}Reviewed-by: {as_cleo}\n");
    office.git(
        BEN,
        &["commit", "--quiet", "--allow-empty", "--message", &claim],
    );
    assert_eq!(office.findings(), [MISSING[0], refused]);
    let said = office
        .flowgate(BEN, &["check", "--base", "main", "--format", "json"])
        .stdout;
    assert!(
        said.contains("is only `committed`, and the policies ask for `signed`"),
        "{said}"
    );
}

fn one_more_push_makes_approvals_stale(office: &Office) {
    approve(office, CLEO);
    approve(office, ADA);
    assert_eq!(office.findings(), Vec::<String>::new());
    office.edit(WORKFLOW, "value: 600.00", "value: 650.00");
    office.commit(BEN, "Raise it a little more");
    let stale = office.findings();
    assert_eq!(stale.len(), 2, "{stale:#?}");
    assert!(
        stale
            .iter()
            .all(|text| text.contains("approved another state of")),
        "{stale:#?}"
    );
    let unreleased = office.flowgate(ADA, &["release"]);
    assert_eq!(unreleased.code, 1);
    assert!(
        unreleased.stdout.contains("is not part of `main`"),
        "{}",
        unreleased.stdout
    );
}

fn what_is_approved_is_released(office: &Office) {
    approve(office, CLEO);
    approve(office, ADA);
    merge(office);
    let before = office.git(ADA, &["for-each-ref"]);
    let dry = office.flowgate(ADA, &["release", "--dry-run"]);
    assert_eq!(dry.code, 0, "{}{}", dry.stdout, dry.stderr);
    assert_eq!(office.git(ADA, &["for-each-ref"]), before);
    let run = office.flowgate(ADA, &["release"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let message = office.git(ADA, &["tag", "--list", "--format=%(contents)", TAG]);
    let (message, _) = message.split_once("-----BEGIN").unwrap();
    for line in message.lines() {
        assert!(dry.stdout.contains(line), "{line}\n{}", dry.stdout);
    }
    let (code, said) = proof(office);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("signature: by ada.lind with SHA256:"),
        "{said}"
    );
    let again = office.flowgate(ADA, &["release"]);
    assert!(
        again.stdout.contains("There is nothing to release."),
        "{}",
        again.stdout
    );
}

#[test]
fn an_approval_is_of_a_key_and_not_of_an_address() {
    let office = Office::released();
    change(&office, "600.00");
    let message = office.flowgate(CLEO, &["approve", "--dry-run"]).stdout;
    // Signed, but with the key of somebody else.
    let forged = [
        "-c",
        "user.email=cleo.marsh@example.com",
        "commit",
        "-S",
        "--allow-empty",
        "-m",
    ];
    office.git(BEN, &[&forged[..], &[message.as_str()]].concat());
    let findings = office.findings();
    assert!(
        findings
            .iter()
            .any(|text| text.contains("cleo.marsh has not approved")),
        "{findings:#?}"
    );
}

#[test]
fn an_edited_manifest_is_named() {
    let office = released();
    assert_eq!(proof(&office).0, 0);
    let kept = format!("refs/flowgate/releases/{TAG}");
    let manifest = office.git(ADA, &["show", &format!("{kept}:manifest.json")]);
    office.write(
        "manifest.json",
        &manifest.replace("\"stage\":1", "\"stage\":4"),
    );
    let blob = office.git(ADA, &["hash-object", "-w", "manifest.json"]);
    fs::write(
        office.path().join("tree"),
        format!("100644 blob {blob}\tmanifest.json\n"),
    )
    .unwrap();
    let made = Command::new("git")
        .args(["mktree"])
        .current_dir(office.path())
        .stdin(fs::File::open(office.path().join("tree")).unwrap())
        .output()
        .unwrap();
    let tree = String::from_utf8(made.stdout).unwrap();
    office.git(ADA, &["update-ref", &kept, tree.trim()]);
    names(
        &office,
        "edited after the release: `stage` is 1, and 4 was released",
    );
}

#[test]
fn a_moved_tag_is_named() {
    let office = released();
    let reference = format!("refs/tags/{TAG}");
    office.git(
        ADA,
        &[
            "update-ref",
            &reference,
            "refs/tags/equipment-request/v0.1.0",
        ],
    );
    names(
        &office,
        "it was made as `equipment-request/v0.1.0` and moved here",
    );
    office.git(ADA, &["update-ref", &reference, "main"]);
    names(&office, "a plain tag without a message");
}

/// Makes the tag again with its message at what is checked out, signed by somebody.
fn retag(office: &Office, person: Person) {
    let message = office.git(person, &["tag", "--list", "--format=%(contents)", TAG]);
    let (message, _) = message.split_once("-----BEGIN").unwrap();
    fs::write(office.path().join("../message"), message).ok();
    office.git(
        person,
        &[
            "tag",
            "--force",
            "--sign",
            "--cleanup=verbatim",
            "-m",
            message,
            TAG,
        ],
    );
}

#[test]
fn an_altered_source_is_named() {
    let office = released();
    office.edit(WORKFLOW, "value: 600.00", "value: 9000.00");
    office.commit(BEN, "Alter");
    retag(&office, BEN);
    names(&office, "`sources.workflows/equipment-request.yaml` is");
    names(&office, "approvals: missing: ");
}

#[test]
fn a_weakened_policy_is_named() {
    let office = released();
    office.edit(POLICY, "minimum: signed", "minimum: claimed");
    office.commit(BEN, "Weaken");
    retag(&office, BEN);
    names(&office, "`policies.change-control` is");
}

#[test]
fn a_revoked_key_is_named() {
    let office = released();
    assert_eq!(proof(&office).0, 0);
    office.write("keys/cleo.pub", &office.public_key(FOUNDER));
    office.commit(FOUNDER, "Revoke the key of Cleo");
    names(&office, "the approval of cleo.marsh in commit ");
    names(&office, "was revoked since");
}

#[test]
fn a_signature_of_a_stranger_is_named() {
    let office = released();
    retag(&office, FOUNDER);
    names(&office, "it is of no key in the directory");
    let unsigned = [
        "tag",
        "--force",
        "--annotate",
        "--no-sign",
        "-m",
        "nothing",
        TAG,
    ];
    office.git(ADA, &unsigned);
    names(&office, "it is not signed, and the project asks for that");
}

#[test]
fn nothing_is_released_without_a_signature_where_the_project_asks_for_one() {
    let office = approved();
    let mut command = office.command(ADA, &["release"]);
    let run = command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(2));
    let told = String::from_utf8(run.stderr).unwrap();
    assert!(told.contains("git is not set up to sign"), "{told}");
    let broken = office
        .command(ADA, &["release"])
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "user.signingKey")
        .env("GIT_CONFIG_VALUE_0", "/no/such/key")
        .output()
        .unwrap();
    assert_eq!(broken.status.code(), Some(2));
    assert_eq!(office.git(ADA, &["tag", "--list", TAG]), "");
    assert_eq!(
        office.git(
            ADA,
            &["for-each-ref", &format!("refs/flowgate/releases/{TAG}")]
        ),
        ""
    );
}

#[test]
fn a_tag_is_never_moved() {
    let office = approved();
    office.git(BEN, &["tag", "--no-sign", TAG, "main~1"]);
    let run = office.flowgate(ADA, &["release"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(
        run.stdout.contains("is not above") || run.stdout.contains("never moved"),
        "{}",
        run.stdout
    );
}

#[test]
fn the_status_says_what_waits_for_whom() {
    let office = Office::released();
    let clean = office.flowgate(BEN, &["status"]);
    assert_eq!(clean.code, 0, "{}{}", clean.stdout, clean.stderr);
    change(&office, "600.00");
    approve(&office, CLEO);
    merge(&office);
    // The working tree is not looked at.
    office.edit(WORKFLOW, "value: 600.00", "value: 9000.00");
    let run = office.flowgate(BEN, &["status"]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.stdout);
    let json = office.flowgate(BEN, &["status", "--format", "json"]);
    let report: Value = serde_json::from_str(&json.stdout).unwrap();
    let schema = flowgate::report::release::schema().to_value();
    assert!(jsonschema::is_valid(&schema, &report), "{report:#}");
    let unknown = office.flowgate(BEN, &["status", "equipment-requests"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("did you mean `equipment-request`?"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn the_same_bytes_everywhere() {
    let office = released();
    let manifest = office.git(
        ADA,
        &[
            "show",
            &format!("refs/flowgate/releases/{TAG}:manifest.json"),
        ],
    );
    let manifest_value: Value = serde_json::from_str(&manifest).unwrap();
    let schema = flowgate::report::manifest::schema().to_value();
    assert!(
        jsonschema::is_valid(&schema, &manifest_value),
        "{manifest_value:#}"
    );
    let elsewhere = tempfile::tempdir().unwrap();
    let clone = elsewhere.path().join("a folder of another name");
    let source = office.path().to_str().unwrap();
    office.git(BEN, &["clone", "--quiet", source, clone.to_str().unwrap()]);
    let run = Command::new(env!("CARGO_BIN_EXE_flowgate"))
        .args(["release", "--check", TAG, "--out", "made"])
        .current_dir(&clone)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", elsewhere.path())
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("TZ", "Pacific/Kiritimati")
        .output()
        .unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    assert_eq!(
        run.status.code(),
        Some(0),
        "{said}{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let made = clone.join("made/equipment-request");
    assert_eq!(
        fs::read_to_string(made.join("0.1.1.json")).unwrap(),
        manifest
    );
    for (file, kept) in [
        ("0.1.1.plan.json", "plan.json"),
        ("0.1.1.statement.json", "statement.json"),
        ("0.1.1.changelog.md", "changelog.md"),
    ] {
        let kept = office.git(
            ADA,
            &["show", &format!("refs/flowgate/releases/{TAG}:{kept}")],
        );
        assert_eq!(
            fs::read_to_string(made.join(file)).unwrap().trim_end(),
            kept
        );
    }
}

#[test]
fn what_a_release_says_of_itself() {
    let office = released();
    let kept = |file: &str| {
        office.git(
            ADA,
            &["show", &format!("refs/flowgate/releases/{TAG}:{file}")],
        )
    };
    let mut settings = insta::Settings::clone_current();
    settings.add_filter("[0-9a-f]{64}", "[digest]");
    settings.bind(|| {
        insta::assert_snapshot!("changelog", kept("changelog.md"));
        let message = office.git(ADA, &["tag", "--list", "--format=%(contents)", TAG]);
        let (message, _) = message.split_once("-----BEGIN").unwrap();
        insta::assert_snapshot!("message", message);
        let statement: Value = serde_json::from_str(&kept("statement.json")).unwrap();
        insta::assert_snapshot!("statement", format!("{statement:#}"));
    });
}

#[test]
fn a_killed_release_is_made_or_not_made() {
    // `FLOWGATE_KILLS=200` for the long run; every fifth moment of it here.
    let kills = std::env::var("FLOWGATE_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok());
    let kills: u32 = kills.unwrap_or(12);
    let office = approved();
    let started = Instant::now();
    let run = office.flowgate(ADA, &["release", "--dry-run"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let longest = started.elapsed() * 3 / 2;
    let before = office.git(ADA, &["for-each-ref"]);
    let (mut made, mut not_made) = (0, 0);
    for number in 0..kills {
        kill_after(&office, longest * (number * 37 % kills) / kills);
        let tag = office.git(ADA, &["tag", "--list", TAG]);
        if tag.is_empty() {
            not_made += 1;
            let now = office.git(ADA, &["for-each-ref"]);
            let now: Vec<&str> = now
                .lines()
                .filter(|line| !line.contains("refs/flowgate/"))
                .collect();
            let untouched: Vec<&str> = before
                .lines()
                .filter(|line| !line.contains("refs/flowgate/"))
                .collect();
            assert_eq!(now, untouched);
        } else {
            made += 1;
            let (code, said) = proof(&office);
            assert_eq!(code, 0, "{said}");
            office.git(ADA, &["tag", "--delete", TAG]);
            let kept = format!("refs/flowgate/releases/{TAG}");
            office.git(ADA, &["update-ref", "-d", &kept]);
        }
    }
    println!("killed {kills} times: {made} releases made, {not_made} not made");
    let run = office.flowgate(ADA, &["release"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert_eq!(proof(&office).0, 0);
}

/// Kills the program and all that it started, as a power failure would.
fn kill_after(office: &Office, delay: Duration) {
    use std::os::unix::process::CommandExt;
    let mut command = office.command(ADA, &["release"]);
    command
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(delay);
    let group = format!("-{}", child.id());
    let killed = Command::new("kill")
        .args(["-KILL", "--", &group])
        .stderr(Stdio::null())
        .status();
    killed.unwrap();
    child.wait().unwrap();
}

#[test]
fn what_a_killed_release_left_is_cleared_away() {
    let office = approved();
    let lock = format!(".git/refs/tags/{TAG}.lock");
    office.write(&lock, "");
    let run = office.flowgate(ADA, &["release"]);
    // The lock may be that of somebody who is at work.
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(
        run.stderr.contains("git cannot create the tags"),
        "{}",
        run.stderr
    );
    office.write(&lock, "");
    office.write(".git/flowgate-release", &format!("refs/tags/{TAG}\n"));
    let run = office.flowgate(ADA, &["release"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert_eq!(proof(&office).0, 0);
    assert_eq!(office.read(".git/flowgate-release"), "");
}

#[test]
fn a_name_that_is_none_makes_no_tag() {
    let office = Office::new();
    let template = "signed: true, tag: \"{name}/v{version}\\ncreate refs/heads/evil\"";
    office.edit("flowgate.yaml", "signed: true", template);
    office.edit(
        POLICY,
        "  evidence: {minimum: signed, exclude: [author]}\n",
        "",
    );
    office.commit(FOUNDER, "Name tags in a way of its own");
    let run = office.flowgate(ADA, &["release", "equipment-request"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(
        run.stderr.contains("cannot be the name of a tag"),
        "{}",
        run.stderr
    );
    assert!(!office.git(ADA, &["for-each-ref"]).contains("evil"));
}

#[test]
fn the_settings_of_a_directory_decide_who_is_who() {
    let office = Office::released();
    change(&office, "600.00");
    // A change cannot give itself a key that counts.
    office.write("keys/cleo.pub", &office.public_key(BEN));
    office.commit(BEN, "Replace the key");
    let message = office
        .flowgate(CLEO, &["approve", "--dry-run", "equipment-request"])
        .stdout;
    office.git(
        BEN,
        &["commit", "-S", "--allow-empty", "--message", &message],
    );
    let findings = office.findings();
    assert!(
        findings
            .iter()
            .any(|text| text.contains("cleo.marsh has not approved")),
        "{findings:#?}"
    );
    assert!(office.read(PEOPLE).contains("signing_key: keys/cleo.pub"));
}
