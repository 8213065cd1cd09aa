//! `flowgate run`: one case, walked by questions through a pipe and from an events file.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::examples::folder;

/// Exit code, standard output and standard error of `flowgate run` in an example.
fn walked(example: &str, arguments: &[&str], answers: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_flowgate"))
        .arg("run")
        .args(arguments)
        .args(["--today", "2026-11-23"])
        .current_dir(folder(example))
        .env_remove("GITHUB_ACTIONS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // Whoever has heard enough closes the pipe.
    drop(input.write_all(answers.as_bytes()));
    drop(input);
    let done = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (done.status.code(), text(&done.stdout), text(&done.stderr))
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

const LAPTOP: [&str; 3] = [
    "equipment-request",
    "--input",
    "scenarios/fixtures/laptop.json",
];

/// The number of the choice with these words in the last question.
fn number_of(screen: &str, words: &str) -> String {
    let mut lines = screen.lines().rev();
    let line = lines.find(|line| line.contains(words)).unwrap_or_else(|| {
        panic!("no choice says {words}: {screen}");
    });
    line.trim().split(' ').next().unwrap().to_owned()
}

#[test]
fn a_case_is_walked_by_questions_to_its_end() {
    // Each answer is found in the words of the question before it, as a person does it.
    let mut answers = String::new();
    for words in ["dev.rao approves", "completes `hand_over`"] {
        let (_, _, screen) = walked("starter", &LAPTOP, &answers);
        answers.push_str(&number_of(&screen, words));
        answers.push('\n');
    }
    answers.push('\n');
    let (code, shown, screen) = walked("starter", &LAPTOP, &answers);
    assert_eq!(code, Some(0), "{shown}{screen}");
    assert!(shown.contains("dev.rao approves budget"), "{shown}");
    assert!(
        shown.contains("→ the case has ended, completed."),
        "{shown}"
    );
    assert!(screen.contains("`budget` waits for a decision"), "{screen}");
    let (code, shown, _) = walked(
        "starter",
        &[&LAPTOP[..], &["--format", "json"]].concat(),
        &answers,
    );
    assert_eq!(code, Some(0));
    let report: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let schema = flowgate::report::walk::schema().to_value();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(&report)
        .map(|fault| fault.to_string())
        .collect();
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(report["outcome"]["is"], "ended");
}

#[test]
fn what_cannot_be_chosen_is_asked_again_and_an_early_end_leaves_the_case_waiting() {
    let (code, shown, screen) = walked("starter", &LAPTOP, "99\nfirst\nq\n");
    assert_eq!(code, Some(0));
    assert!(screen.contains("`99` is none of 1 to"), "{screen}");
    assert!(screen.contains("`first` is none of 1 to"), "{screen}");
    assert!(
        shown.contains("the case waits in `approval` for budget"),
        "{shown}"
    );
    let (_, at_the_end, _) = walked("starter", &LAPTOP, "");
    assert_eq!(at_the_end, shown, "the end of the answers is the same as q");
}

#[test]
fn a_case_is_walked_from_an_events_file() {
    let events =
        file("do: [{at: budget, approve: dev.rao}, {at: hand_over, complete: ada.lind}]\n");
    let path = events.path().to_str().unwrap().to_owned();
    let (code, shown, screen) =
        walked("starter", &[&LAPTOP[..], &["--events", &path]].concat(), "");
    assert!(screen.is_empty(), "{screen}");
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("dev.rao approves budget"), "{shown}");
}

#[test]
fn faults_of_files_are_told_with_their_place() {
    let events = file("do:\n  - {at: bugdet, approve: dev.rao}\n");
    let path = events.path().to_str().unwrap().to_owned();
    let (code, _, screen) = walked("starter", &[&LAPTOP[..], &["--events", &path]].concat(), "");
    assert_eq!(code, Some(2));
    assert!(screen.contains(":2:10:"), "{screen}");
    assert!(screen.contains("did you mean `budget`?"), "{screen}");
    let (code, _, screen) = walked("starter", &["equipment-request", "--input", "no.json"], "");
    assert_eq!(code, Some(2));
    assert!(screen.contains("cannot read `no.json`"), "{screen}");
    let (code, _, screen) = walked("starter", &["equipment-requst", "--input", "no.json"], "");
    assert_eq!(code, Some(2));
    assert!(
        screen.contains("did you mean `equipment-request`?"),
        "{screen}"
    );
}
