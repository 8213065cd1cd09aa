//! `flowgate readiness`: the gate, and impact against effort.

use std::path::Path;

use serde_json::Value;

use crate::shell::{Folder, Run, TODAY};

const WORKFLOW: &str = "workflows/equipment-request.yaml";
const EVIDENCE: &str = "evidence/equipment-pilot.md";

fn readiness(folder: &Folder, arguments: &[&str]) -> Run {
    let mut all = vec!["readiness", "--today", TODAY];
    all.extend(arguments);
    folder.flowgate(&all)
}

fn json(folder: &Folder, arguments: &[&str]) -> Value {
    let mut all = vec!["--format", "json"];
    all.extend(arguments);
    let run = readiness(folder, &all);
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stderr))
}

fn back_office() -> Folder {
    Folder::copy_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/back-office"))
}

/// The starter with a process map that scores its workflow.
fn scored() -> Folder {
    let folder = Folder::starter();
    folder.write(
        "workflows/map-equipment.yaml",
        &map(
            "equipment",
            Some("equipment-request"),
            [4, 5, 3, 3],
            [2, 3, 2],
        ),
    );
    folder
}

fn map(name: &str, workflow: Option<&str>, impact: [u8; 4], effort: [u8; 3]) -> String {
    let workflow = workflow.map_or_else(String::new, |name| format!("  workflow: {name}\n"));
    format!(
        "process_map:\n  name: {name}\n  owner: ada.lind\n{workflow}  score:\n    \
         impact: {{cost: {}, errors: {}, compliance: {}, experience: {}}}\n    \
         effort: {{integration: {}, data: {}, change: {}}}\n",
        impact[0], impact[1], impact[2], impact[3], effort[0], effort[1], effort[2]
    )
}

/// The one check that fails in a report on one workflow.
fn failing(report: &Value) -> (String, String) {
    let checks = report["workflows"][0]["checks"].as_array().unwrap();
    let failing: Vec<&Value> = checks
        .iter()
        .filter(|check| check["passes"] == false)
        .collect();
    assert_eq!(failing.len(), 1, "{failing:#?}");
    let text = |key: &str| failing[0][key].as_str().unwrap().to_owned();
    (text("fault"), text("remedy"))
}

#[test]
fn the_example_company_is_ready() {
    let folder = back_office();
    for format in ["human", "json", "markdown", "svg"] {
        let run = readiness(&folder, &["--format", format]);
        assert_eq!(run.code, 0, "{format}: {}{}", run.stdout, run.stderr);
        insta::assert_snapshot!(format!("back_office_{format}"), run.stdout);
    }
}

#[test]
fn the_legacy_repository_is_told_what_to_write() {
    let folder = Folder::copy_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/legacy"));
    let run = readiness(&folder, &[]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.stdout);
    let run = readiness(&folder, &["--format", "markdown"]);
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn the_shape_is_as_published() {
    let schema = flowgate::report::readiness::schema().to_value();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let folder = scored();
    folder.write(
        "workflows/map-candidate.yaml",
        &map("travel", None, [1, 1, 1, 1], [5, 5, 5]),
    );
    for report in [json(&folder, &[]), json(&back_office(), &[])] {
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

/// What is done to a repository.
type Edit<'a> = &'a dyn Fn(&Folder);

#[test]
fn an_attestation_counts_only_when_it_is_sound() {
    let cases: [(Edit<'_>, &str, &str); 5] = [
        (
            &|folder| std::fs::remove_file(folder.join(EVIDENCE)).unwrap(),
            "there is no file `evidence/equipment-pilot.md`",
            "add `evidence/equipment-pilot.md`",
        ),
        (
            &|folder| folder.write(EVIDENCE, " \n\n"),
            "the file `evidence/equipment-pilot.md` is empty",
            "write into `evidence/equipment-pilot.md`",
        ),
        (
            &|folder| attest(folder, "ada.lind", "2026-11-24"),
            "2026-11-24 has not come yet",
            "write the day on which it was attested",
        ),
        (
            &|folder| attest(folder, "ada.lindt", "2026-05-04"),
            "`ada.lindt` is not in the directory",
            "have somebody who is there attest it anew",
        ),
        (
            &|folder| {
                attest(folder, "old.hand", "2026-05-04");
                let people = folder.read("directory/people.yaml");
                folder.write(
                    "directory/people.yaml",
                    &people.replacen(
                        "people:\n",
                        "people:\n  old.hand: {name: Old Hand, left: \"2026-08-01\"}\n",
                        1,
                    ),
                );
            },
            "`old.hand` left on 2026-08-01",
            "have somebody who is there attest it anew",
        ),
    ];
    for (change, fault, remedy) in cases {
        let folder = Folder::starter();
        change(&folder);
        let (found, written) = failing(&json(&folder, &[]));
        assert!(found.contains(fault), "{found}");
        assert!(written.contains(remedy), "{written}");
        assert_eq!(readiness(&folder, &[]).code, 1);
    }
    let folder = Folder::starter();
    attest(&folder, "ada.lind", TODAY);
    assert_eq!(readiness(&folder, &[]).code, 0, "today has come");
    // A scan is no text, but it is there.
    std::fs::write(folder.join(EVIDENCE), [0xff, 0xd8, 0xff]).unwrap();
    assert_eq!(readiness(&folder, &[]).code, 0);
}

/// Attests the happy path by another person or on another day.
fn attest(folder: &Folder, by: &str, date: &str) {
    let text = folder.read(WORKFLOW);
    let start = text.find("happy_path_stable:").unwrap();
    let end = start + text[start..].find('}').unwrap() + 1;
    let attested =
        format!("happy_path_stable: {{by: {by}, date: \"{date}\", evidence: {EVIDENCE}}}");
    folder.write(
        WORKFLOW,
        &format!("{}{attested}{}", &text[..start], &text[end..]),
    );
}

#[test]
fn the_rule_and_the_gate_agree() {
    let folder = Folder::starter();
    folder.write(EVIDENCE, "");
    let run = folder.flowgate(&["check", "--today", TODAY]);
    assert_eq!(run.code, 1);
    let message = "`happy_path_stable` does not count, because";
    assert!(run.stdout.contains(message), "{}", run.stdout);
}

#[test]
fn a_map_that_was_to_be_renewed_makes_attestations_stale() {
    let folder = scored();
    attest(&folder, "ada.lind", "2026-05-04");
    let path = "workflows/map-equipment.yaml";
    let text = folder.read(path);
    folder.write(
        path,
        &format!("{text}  refresh: quarterly\n  refreshed: \"2026-07-01\"\n"),
    );
    let (fault, remedy) = failing(&json(&folder, &[]));
    assert!(
        fault.contains("the process map `equipment` was to be renewed by 2026-10-01"),
        "{fault}"
    );
    assert!(
        remedy.contains("renew the process map `equipment`"),
        "{remedy}"
    );
    // Looking at the process again is enough, and so is attesting anew.
    folder.edit(path, "2026-07-01", "2026-10-01");
    assert_eq!(readiness(&folder, &[]).code, 0);
    folder.edit(path, "2026-10-01", "2026-07-01");
    attest(&folder, "ada.lind", "2026-11-02");
    assert_eq!(readiness(&folder, &[]).code, 0);
    // Without a cadence nothing grows old.
    attest(&folder, "ada.lind", "2016-11-02");
    folder.edit(path, "  refresh: quarterly\n", "");
    assert_eq!(readiness(&folder, &[]).code, 0);
}

#[test]
fn the_gate_comes_first_and_the_score_second() {
    let folder = scored();
    let ready = json(&folder, &[]);
    assert_eq!(ready["workflows"][0]["score"]["quadrant"], "quick_win");
    assert!(
        readiness(&folder, &[])
            .stdout
            .contains("  ready: quick win, impact 3.75, effort 2.33")
    );
    folder.write(EVIDENCE, "");
    let run = readiness(&folder, &[]);
    assert_eq!(run.code, 1);
    let verdict = "  not ready, 1 of 10 checks fail; would be: quick win";
    assert!(run.stdout.contains(verdict), "{}", run.stdout);
    assert!(
        run.stdout
            .contains("quick win      equipment-request (not ready: 1 check fails)"),
        "{}",
        run.stdout
    );
    let markdown = readiness(&folder, &["--format", "markdown"]).stdout;
    assert!(
        markdown.contains("not ready (would be: quick win)"),
        "{markdown}"
    );
    let picture = readiness(&folder, &["--format", "svg"]).stdout;
    assert!(
        picture.contains("Not ready: gate first, score second"),
        "{picture}"
    );
}

#[test]
fn drafts_must_pass_only_when_they_are_named() {
    let folder = Folder::starter();
    folder.write(EVIDENCE, "");
    folder.edit(
        WORKFLOW,
        "  version: 0.1.0\n",
        "  version: 0.1.0\n  status: draft\n",
    );
    let run = readiness(&folder, &[]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(
        run.stdout.contains("0 not ready, 1 draft not ready yet"),
        "{}",
        run.stdout
    );
    assert_eq!(readiness(&folder, &["equipment-request"]).code, 1);
    folder.edit(WORKFLOW, "status: draft", "status: retired");
    assert_eq!(json(&folder, &[])["summary"]["workflows"], 0);
}

#[test]
fn figures_outside_the_scale_are_findings() {
    let folder = scored();
    folder.edit("workflows/map-equipment.yaml", "cost: 4", "cost: 6");
    let run = folder.flowgate(&["check", "--today", TODAY]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("a figure from 1 (little) to 5 (much)"),
        "{}",
        run.stdout
    );
    assert_eq!(json(&folder, &[])["workflows"][0]["score"], Value::Null);
}

#[test]
fn wrong_names_and_formats_are_refused() {
    let folder = Folder::starter();
    let run = readiness(&folder, &["equipment-requests"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("did you mean `equipment-request`?"),
        "{}",
        run.stderr
    );
    let run = readiness(&folder, &["--format", "sarif"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("the format `sarif` cannot show this"),
        "{}",
        run.stderr
    );
    let run = readiness(&Folder::empty(), &[]);
    assert_eq!(run.code, 2);
}

#[test]
fn another_revision_can_be_judged() {
    let folder = Folder::starter();
    folder.write(EVIDENCE, "");
    assert_eq!(readiness(&folder, &["--at", "HEAD"]).code, 0);
}

/// Every number in an attribute of every element of this name and class.
fn circles(picture: &str) -> Vec<(i64, i64)> {
    let number = |element: &str, name: &str| -> i64 {
        let start = element.find(&format!(" {name}=\"")).unwrap() + name.len() + 3;
        element[start..].split('"').next().unwrap().parse().unwrap()
    };
    picture
        .split("<text class=\"number")
        .skip(1)
        .map(|element| (number(element, "x"), number(element, "y")))
        .collect()
}

#[test]
fn marks_never_lie_over_each_other_and_never_leave_their_quadrant() {
    let folder = scored();
    for index in 0..45 {
        let text = map(&format!("same-{index}"), None, [4, 4, 4, 4], [1, 2, 1]);
        folder.write(&format!("workflows/map-same-{index}.yaml"), &text);
    }
    let picture = readiness(&folder, &["--format", "svg"]).stdout;
    // 30 fit into a quadrant; all 46 are in the list.
    let marks = circles(&picture);
    assert_eq!(marks.len(), 30 + 46);
    for (index, (x, y)) in marks.iter().enumerate() {
        for (other_x, other_y) in &marks[..index] {
            assert!(
                (x - other_x).abs() >= 26 || (y - other_y).abs() >= 26,
                "{x} {y}"
            );
        }
    }
    assert!(
        marks[..30].iter().all(|(x, y)| *x < 199 && *y < 228),
        "{marks:?}"
    );
}

#[test]
fn the_picture_is_well_formed_whatever_the_names_are() {
    let folder = scored();
    folder.edit(
        "workflows/map-equipment.yaml",
        "name: equipment",
        "name: \"<b>&\\u0007 \\\"x\\\" ]]>\"",
    );
    folder.edit(
        "workflows/map-equipment.yaml",
        "  workflow: equipment-request\n",
        "",
    );
    let picture = readiness(&folder, &["--format", "svg"]).stdout;
    let mut reader = quick_xml::Reader::from_str(&picture);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("{error}: {picture}"),
        }
    }
    assert!(!picture.contains("<b>"), "{picture}");
    assert!(
        picture.contains("role=\"img\"") && picture.contains("<desc "),
        "{picture}"
    );
    assert!(
        !picture.contains("http://") || picture.matches("http").count() == 1,
        "no network"
    );
}
