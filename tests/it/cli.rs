//! The command line in real repositories: exit codes, flags, and what goes wrong.

use crate::shell::{Folder, TODAY};

const WORKFLOW: &str = "workflows/equipment-request.yaml";

fn check(folder: &Folder, arguments: &[&str]) -> crate::shell::Run {
    let mut all = vec!["check", "--today", TODAY];
    all.extend(arguments);
    folder.flowgate(&all)
}

#[test]
fn a_new_repository_is_clean_on_disk_and_in_git() {
    let folder = Folder::starter();
    for arguments in [
        &[][..],
        &["--at", "HEAD"],
        &["--at", "main"],
        &["--fail-on", "info"],
    ] {
        let run = check(&folder, arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {}{}", run.stdout, run.stderr);
    }
    assert!(check(&folder, &[]).stdout.contains("nothing to report"));
}

#[test]
fn new_overwrites_nothing() {
    let folder = Folder::starter();
    let before = folder.read(WORKFLOW);
    let run = folder.flowgate(&["new", "."]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("is not empty"), "{}", run.stderr);
    assert_eq!(folder.read(WORKFLOW), before);
}

#[test]
fn findings_end_with_exit_code_one() {
    let folder = Folder::starter();
    folder.edit(WORKFLOW, "  owner: ada.lind\n", "");
    let run = check(&folder, &[]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("has no owner"), "{}", run.stdout);
    assert_eq!(
        check(&folder, &["--at", "HEAD"]).code,
        0,
        "the commit is still clean"
    );
}

#[test]
fn warnings_fail_only_when_asked_to() {
    let folder = Folder::starter();
    folder.edit(WORKFLOW, "  backup: ben.ortiz\n", "");
    assert_eq!(check(&folder, &[]).code, 0);
    assert_eq!(check(&folder, &["--fail-on", "warning"]).code, 1);
}

#[test]
fn paths_narrow_the_report() {
    let folder = Folder::starter();
    folder.edit(WORKFLOW, "  owner: ada.lind\n", "");
    assert_eq!(check(&folder, &["contracts"]).code, 0);
    assert_eq!(check(&folder, &["workflows"]).code, 1);
    assert_eq!(check(&folder, &[WORKFLOW]).code, 1);
    let run = check(&folder, &["workflow"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("there is no file or folder `workflow`"),
        "{}",
        run.stderr
    );
}

#[test]
fn an_empty_folder_is_not_green() {
    let folder = Folder::empty();
    let run = check(&folder, &[]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("there are no workflow documents"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("flowgate new"), "{}", run.stderr);
    assert_eq!(folder.flowgate(&[]).code, 0, "the overview helps");
}

#[test]
fn revisions_need_a_repository_that_knows_them() {
    let folder = Folder::starter();
    let run = check(&folder, &["--at", "mian"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("`mian`") && run.stderr.contains("`main`"),
        "{}",
        run.stderr
    );

    let outside = Folder::empty();
    assert_eq!(outside.flowgate(&["new", "."]).code, 0);
    let run = check(&outside, &["--at", "HEAD"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("not in a git repository"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_bare_clone_is_read_at_a_revision() {
    let folder = Folder::starter();
    let clones = Folder::empty();
    clones.git(&[
        "clone",
        "--quiet",
        "--bare",
        &folder.path().to_string_lossy(),
        "bare.git",
    ]);
    let run = check(&clones, &["--project", "bare.git", "--at", "main"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn unreadable_files_are_findings() {
    let folder = Folder::starter();
    std::fs::write(
        folder.join("workflows/bytes.yaml"),
        b"workflow:\n  name: \xff\n",
    )
    .unwrap();
    std::fs::write(
        folder.join("workflows/big.yaml"),
        vec![b'#'; 50 * 1024 * 1024],
    )
    .unwrap();
    let run = check(&folder, &[]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("is not UTF-8 text"), "{}", run.stdout);
    assert!(
        run.stdout.contains("more than the limit of 8388608 bytes"),
        "{}",
        run.stdout
    );
}

/// The names that a broken file declares are not missing: nothing is said about those who use
/// them, nothing is "repaired" there, and nothing is compiled without them.
#[test]
fn a_broken_file_is_one_finding() {
    for (file, from, to) in [
        (WORKFLOW, "  owner:", "  \towner:"),
        ("directory/queues.yaml", "queues:", "queues: ]"),
        ("directory/people.yaml", "people:", "poeple:"),
        ("contracts/equipment.request.v1.yaml", "name:", "name"),
    ] {
        let folder = Folder::starter();
        folder.edit(file, from, to);
        let run = check(&folder, &[]);
        assert!(run.stdout.contains(": 1 error"), "{file}: {}", run.stdout);
        let compiled = folder.flowgate(&["compile", "-o", "out"]);
        assert_ne!(compiled.code, 0, "{file}: {}", compiled.stdout);
        check(&folder, &["--fix=unsafe"]);
        let changed = folder.git(&["diff", "--name-only"]);
        assert!(changed.lines().all(|path| path == file), "{changed}");
    }
    let folder = Folder::starter();
    std::fs::write(folder.join("directory/queues.yaml"), b"queues: \xff\n").unwrap();
    let run = check(&folder, &[]);
    assert!(run.stdout.contains(": 1 error"), "{}", run.stdout);
}

#[test]
fn a_broken_file_hides_no_name_that_it_does_not_have() {
    let folder = Folder::starter();
    folder.write("directory/more.yaml", "queues: [\n");
    folder.edit(
        "directory/queues.yaml",
        "queues:",
        "queues:\n  q-x: {owner: nobody.here}",
    );
    let run = check(&folder, &[]);
    assert!(run.stdout.contains("`nobody.here`"), "{}", run.stdout);
    assert!(run.stdout.contains(": 2 errors"), "{}", run.stdout);
}

#[test]
fn a_condition_that_reads_wrongly_is_one_finding() {
    for wrong in [
        "decision = 'rejected'",
        "decision == 'reject'",
        "decision == rejected",
    ] {
        let folder = Folder::starter();
        folder.edit(WORKFLOW, "decision == 'rejected'", wrong);
        let run = check(&folder, &[]);
        assert!(run.stdout.contains(": 1 error"), "{wrong}: {}", run.stdout);
    }
}

/// Hours that cannot be understood say nothing about the promises that are counted in them.
#[test]
fn faulty_hours_are_one_finding() {
    let folder = Folder::starter();
    folder.edit("directory/systems.yaml", "09:00-17:00", "22:00-06:00");
    let run = check(&folder, &[]);
    assert!(
        run.stdout.contains("are not hours of a day"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains(": 1 error."), "{}", run.stdout);
}

#[test]
fn the_project_file_asks_for_what_there_is() {
    for (line, message) in [
        ("flowgate: 2", "knows the edition `1`"),
        ("flowgate: 1\nrequires: \">=99\"", "asks for flowgate >=99"),
        ("flowgate: 1\nrequires: latest", "`latest` is not a range"),
    ] {
        let folder = Folder::starter();
        folder.edit("flowgate.yaml", "flowgate: 1", line);
        let run = check(&folder, &[]);
        assert_eq!(run.code, 1, "{line}");
        assert!(run.stdout.contains(message), "{line}: {}", run.stdout);
    }
    let folder = Folder::starter();
    folder.edit(
        "flowgate.yaml",
        "flowgate: 1",
        "flowgate: 1\nrequires: \">=0.1, <9\"",
    );
    let run = check(&folder, &[]);
    assert_eq!(run.code, 0, "{}", run.stdout);
}

#[test]
fn a_schedule_that_starts_nothing_is_shown_at_its_field() {
    let folder = Folder::starter();
    let form = "    form: equipment-request\n";
    folder.edit(WORKFLOW, form, "    schedule: \"0 25 * * 1\"\n");
    let run = check(&folder, &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let mut hours = findings
        .iter()
        .filter(|finding| finding["message"] == "`25` is no hour of a schedule");
    let span = &hours.next().unwrap()["span"];
    let at = |end: &str| usize::try_from(span[end]["byte"].as_u64().unwrap()).unwrap();
    assert_eq!(&folder.read(WORKFLOW)[at("start")..at("end")], "25");
}

/// Annotations land only where the path counts from the root of the repository.
#[test]
fn annotations_count_paths_from_the_root_of_the_repository() {
    let folder = Folder::empty();
    assert_eq!(folder.flowgate(&["new", "ops/flows"]).code, 0);
    folder.git(&["init", "--quiet", "--initial-branch=main"]);
    folder.commit("Begin");
    let file = format!("ops/flows/{WORKFLOW}");
    folder.edit(&file, "  owner: ada.lind\n", "");
    for format in ["github", "gitlab", "sarif"] {
        let run = check(&folder, &["--project", "ops/flows", "--format", format]);
        assert!(run.stdout.contains(&file), "{format}: {}", run.stdout);
    }
    for format in ["human", "json", "junit"] {
        let run = check(&folder, &["--project", "ops/flows", "--format", format]);
        assert!(run.stdout.contains(WORKFLOW), "{format}: {}", run.stdout);
        assert!(!run.stdout.contains(&file), "{format}: {}", run.stdout);
    }
}

#[test]
fn byte_order_marks_and_crlf_are_read() {
    let folder = Folder::starter();
    let text = folder.read(WORKFLOW).replace('\n', "\r\n");
    folder.write(WORKFLOW, &format!("\u{feff}{text}"));
    let run = check(&folder, &[]);
    assert_eq!(run.code, 0, "{}", run.stdout);
}

#[cfg(unix)]
#[test]
fn folder_loops_end() {
    let folder = Folder::starter();
    std::os::unix::fs::symlink(folder.path(), folder.join("workflows/again")).unwrap();
    assert_eq!(check(&folder, &[]).code, 0);
}

#[test]
fn two_documents_with_one_name_are_shown_both() {
    let folder = Folder::starter();
    folder.write("workflows/copy.yaml", &folder.read(WORKFLOW));
    let run = check(&folder, &[]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout
            .contains("there are two definitions of the workflow"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("first given here"), "{}", run.stdout);
}

#[test]
fn repairs_keep_comments_and_come_to_an_end() {
    let folder = Folder::starter();
    folder.edit(
        WORKFLOW,
        "includes: [laptops, screens, telephones]",
        "includes: [laptops, no] # not quoted",
    );
    let before = check(&folder, &["--fail-on", "warning"]);
    assert_eq!(before.code, 1, "{}", before.stdout);
    let run = check(&folder, &["--fix", "--fail-on", "warning"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(
        folder
            .read(WORKFLOW)
            .contains("includes: [laptops, \"no\"] # not quoted")
    );
    let again = folder.read(WORKFLOW);
    check(&folder, &["--fix"]);
    assert_eq!(folder.read(WORKFLOW), again);
    assert_eq!(check(&folder, &["--fix", "--at", "HEAD"]).code, 2);
}

#[test]
fn outputs_go_to_files_beside_the_report() {
    let folder = Folder::starter();
    folder.edit(WORKFLOW, "  owner: ada.lind\n", "");
    let run = check(
        &folder,
        &[
            "--format",
            "json",
            "--output",
            "sarif=out/flowgate.sarif",
            "--output",
            "junit=out/junit.xml",
        ],
    );
    assert_eq!(run.code, 1, "{}", run.stderr);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["schema"], "flowgate/report/v1");
    assert_eq!(report["findings"][0]["rule"], "owner-missing");
    assert_eq!(
        report["findings"][0]["document"]["name"],
        "equipment-request"
    );
    assert!(folder.read("out/flowgate.sarif").contains("\"2.1.0\""));
    assert!(folder.read("out/junit.xml").contains("owner-missing"));
    let run = check(&folder, &["--format", "yaml"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("there is no format `yaml`"),
        "{}",
        run.stderr
    );
}

#[test]
fn github_annotations_are_the_default_in_actions() {
    let folder = Folder::starter();
    folder.edit(WORKFLOW, "  owner: ada.lind\n", "");
    let run = folder.flowgate_with(&["check", "--today", TODAY], &[("GITHUB_ACTIONS", "true")]);
    assert!(
        run.stdout
            .starts_with("::error file=workflows/equipment-request.yaml,line="),
        "{}",
        run.stdout
    );
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = Folder::starter();
    folder.edit(WORKFLOW, "  owner: ada.lind\n", "");
    for format in ["json", "sarif", "gitlab", "junit", "github"] {
        let first = check(&folder, &["--format", format]).stdout;
        assert_eq!(
            check(&folder, &["--format", format]).stdout,
            first,
            "{format}"
        );
        assert!(
            !first.contains(&*folder.path().to_string_lossy()),
            "{format} names the folder"
        );
    }
}

#[test]
fn a_released_version_may_not_change_its_meaning() {
    let folder = Folder::starter();
    folder.git(&[
        "tag",
        "--annotate",
        "--message",
        "0.1.0",
        "equipment-request/v0.1.0",
    ]);
    assert_eq!(check(&folder, &[]).code, 0);
    folder.edit(
        WORKFLOW,
        "  owner: ada.lind\n",
        "  owner: ada.lind # since 2026\n",
    );
    assert_eq!(check(&folder, &[]).code, 0, "a comment changes nothing");
    folder.edit(WORKFLOW, "resolution: 5d", "resolution: 6d");
    let run = check(&folder, &[]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(run.stdout.contains("version-reused"), "{}", run.stdout);
}

#[test]
fn explain_and_schema_answer() {
    let folder = Folder::empty();
    let run = folder.flowgate(&["explain", "owner-missing"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("## How to mend it"));
    let run = folder.flowgate(&["explain", "owner-mising"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("did you mean `owner-missing`?"),
        "{}",
        run.stderr
    );
    let run = folder.flowgate(&["schema", "workflow"]);
    let schema: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(schema["title"], "flowgate: workflow");
    assert_eq!(folder.flowgate(&["schema", "workflw"]).code, 2);
    for arguments in [
        &["completions", "bash"][..],
        &["man"],
        &["--help"],
        &["check", "--help"],
    ] {
        let run = folder.flowgate(arguments);
        assert_eq!(run.code, 0, "{arguments:?}");
        assert!(run.stdout.contains("flowgate"), "{arguments:?}");
    }
    assert_eq!(folder.flowgate(&["chekc"]).code, 2);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_flowgate"))
        .args(["schema"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(output.stderr.is_empty());
}
