//! The README is true: its generated parts are what the program says, its commands run.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::generated::compare;
use crate::shell::{Folder, TODAY};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// The text between two markers.
fn between(text: &str, name: &str) -> String {
    let begin = format!("<!-- {name}: begin -->\n");
    let start = text
        .find(&begin)
        .unwrap_or_else(|| panic!("README.md has no part `{name}`"))
        + begin.len();
    let end = start
        + text[start..]
            .find(&format!("<!-- {name}: end -->"))
            .unwrap();
    text[start..end].to_owned()
}

fn with(text: &str, name: &str, content: &str) -> String {
    let old = between(text, name);
    let begin = format!("<!-- {name}: begin -->\n");
    text.replacen(&format!("{begin}{old}"), &format!("{begin}{content}"), 1)
}

fn commands() -> String {
    let mut table = String::from("| command | does |\n|---|---|\n");
    for command in flowgate::cli::command().get_subcommands() {
        let about = command
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default();
        table.push_str(&format!(
            "| `flowgate {}` | {} |\n",
            command.get_name(),
            about.lines().next().unwrap_or_default()
        ));
    }
    table
}

fn formats() -> String {
    let mut table = String::from(
        "| format | what for | `check` | `diff` | `compile` | `test` | `readiness` |\n|---|---|---|---|---|---|---|\n",
    );
    for format in flowgate::report::FORMATS {
        let mark = |has: bool| if has { "✓" } else { "" };
        table.push_str(&format!(
            "| `{}` | {} | {} | {} | {} | {} | {} |\n",
            format.id,
            format.title,
            mark(format.check.is_some()),
            mark(format.impact.is_some()),
            mark(format.compile.is_some()),
            mark(format.test.is_some()),
            mark(format.readiness.is_some())
        ));
    }
    table
}

fn targets() -> String {
    let mut table = String::from("| target | what it is | files |\n|---|---|---|\n");
    for target in flowgate::target::TARGETS {
        table.push_str(&format!(
            "| `{}` | {} | `*.{}` |\n",
            target.id, target.title, target.extension
        ));
    }
    table
}

/// What `check` says when an approval begins to approve itself.
fn sample() -> String {
    let folder = Folder::copy_of(&root().join("examples/back-office"));
    let workflow = "workflows/invoice-three-way-match.yaml";
    let text = folder.read(workflow);
    let (before, after) = text.split_once("- {raise: APPROVAL_STALLED}").unwrap();
    folder.write(workflow, &format!("{before}- {{decide: approved}}{after}"));
    let run = folder.flowgate_with(&["check", "--today", TODAY, workflow], &[("COLUMNS", "96")]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    let shown: Vec<&str> = run
        .stdout
        .lines()
        .take_while(|line| !line.starts_with("Checked"))
        .collect();
    format!("```text\n{}\n```\n", shown.join("\n").trim_end())
}

fn picture() -> String {
    let path = "examples/back-office/expected/weekly-operational-reporting.mmd";
    format!(
        "```mermaid\n{}```\n",
        fs::read_to_string(root().join(path)).unwrap()
    )
}

/// The verdict and the sentences of a report.
fn impact() -> String {
    let comment = crate::impact_report::comment();
    let shown = comment.split("### Who must approve").next().unwrap();
    let shown: Vec<String> = shown
        .lines()
        .skip(1)
        .filter(|line| !line.is_empty() && !line.starts_with("###"))
        .map(|line| match line.strip_prefix("## ") {
            Some(verdict) => format!("> **{verdict}**\n>"),
            None => format!("> {line}"),
        })
        .collect();
    format!("{}\n", shown.join("\n"))
}

#[test]
fn the_generated_parts_are_what_the_program_says() {
    let mut text = readme();
    for (name, content) in [
        ("commands", commands()),
        ("formats", formats()),
        ("targets", targets()),
        ("sample", sample()),
        ("picture", picture()),
        ("impact", impact()),
    ] {
        text = with(&text, name, &content);
    }
    compare("README.md", &text);
}

#[cfg(unix)]
#[test]
fn the_tour_runs() {
    let run = Command::new(root().join("examples/tour.sh"))
        .env("FLOWGATE", env!("CARGO_BIN_EXE_flowgate"))
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success(),
        "{shown}{}",
        String::from_utf8_lossy(&run.stderr)
    );
    for expected in [
        "without an approval",
        "auto-approval-added",
        "flowchart TD",
        "(exit code 1: a version is too low)",
    ] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    assert!(between(&readme(), "first command").contains("./examples/tour.sh"));
}

#[test]
fn the_yaml_of_the_readme_is_read_without_faults_of_shape() {
    let text = readme();
    let fences: Vec<&str> = text
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert!(fences.len() >= 3);
    for fence in fences {
        let is_document = fence.starts_with("workflow:") || fence.starts_with("flowgate:");
        if !is_document {
            continue;
        }
        let folder = Folder::empty();
        folder.write(
            "flowgate.yaml",
            if fence.starts_with("flowgate:") {
                fence
            } else {
                "flowgate: 1\n"
            },
        );
        folder.write(
            "workflows/document.yaml",
            if fence.starts_with("flowgate:") {
                "queues: {}\n"
            } else {
                fence
            },
        );
        let run = folder.flowgate(&["check", "--today", TODAY, "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        for finding in report["findings"].as_array().unwrap() {
            let rule = finding["rule"].as_str().unwrap();
            let of_shape = [
                "invalid-yaml",
                "unknown-key",
                "missing-key",
                "wrong-type",
                "exclusive-keys",
                "ambiguous-scalar",
            ];
            assert!(!of_shape.contains(&rule), "{fence}\n{finding:#}");
        }
    }
}
