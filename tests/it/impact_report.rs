//! The change-impact report as people read it: in a comment, as a page, as a picture.

use std::path::PathBuf;
use std::process::Command;

use crate::generated::compare;
use crate::shell::{Folder, Run, TODAY};

const INVOICES: &str = "workflows/invoice-three-way-match.yaml";

fn back_office() -> PathBuf {
    crate::examples::folder("back-office")
}

/// The shipped example with a weakened copy of its invoices: a higher limit, a weaker promise, a
/// second approval that is gone, and a check that is new.
fn weakened() -> Folder {
    let folder = Folder::copy_of(&back_office());
    folder.edit(
        INVOICES,
        "auto_post_limit: {value: 500.00",
        "auto_post_limit: {value: 2000.00",
    );
    folder.edit(INVOICES, "resolution: 6d", "resolution: 8d");
    let text = folder.read(INVOICES);
    let (before, rest) = text.split_once("        - id: controller\n").unwrap();
    let (_, after) = rest
        .split_once("      transitions:\n        - to: rejected")
        .unwrap();
    let text = format!("{before}      transitions:\n        - to: rejected{after}");
    folder.write(INVOICES, &text);
    folder.edit(INVOICES, " || steps.controller.decision == 'rejected'", "");
    folder.edit(
        INVOICES,
        "{to: posting, else: true}",
        "{to: sampling, else: true}",
    );
    let state = "    sampling:\n      lifecycle: in_progress\n      steps:\n        - id: sample\n          task: Check one invoice in twenty against its receipt\n          assign: {queue: ap-exceptions}\n          timeout: 1d\n      to: posting\n\n    posting:\n";
    folder.edit(INVOICES, "    posting:\n", state);
    folder
}

fn report_on(folder: &Folder, format: &str) -> String {
    let old = Folder::copy_of(&back_office());
    let run = diff(&old, folder, format);
    // Temporary folders have other names each time.
    let run = run.stdout.replace(&*old.path().to_string_lossy(), "before");
    run.replace(&*folder.path().to_string_lossy(), "after")
}

/// The comment on the weakened copy.
pub fn comment() -> String {
    report_on(&weakened(), "markdown")
}

fn diff(old: &Folder, new: &Folder, format: &str) -> Run {
    let (old, new) = (old.path().to_string_lossy(), new.path().to_string_lossy());
    let run = Folder::empty().flowgate(&["diff", &old, &new, "--today", TODAY, "--format", format]);
    assert!(run.code < 2, "{}", run.stderr);
    run
}

#[test]
fn the_comment_says_who_is_affected_before_it_proves_it() {
    let comment = comment();
    let parts = [
        "<!-- flowgate-impact -->",
        "## ❌ MAJOR",
        "Invoices from 500 to 2,000 EUR will pass `budget` without a human.",
        "Invoices pass without `controller`",
        "### Who must approve",
        "| **dana.ruiz** |",
        "↳ `guard-narrowed`",
        "### Controls",
        "```mermaid",
        "REMOVED<br/>approve controller",
        "time in the worst case",
        "### Running cases",
        "Cases that run now end under 3.0.0, for at most 30d.",
        "<b>Findings</b>",
        "<b>Roll back</b>",
        "Cases that have come to `sampling` by then have no place in the old version.",
        "```diff",
        "`flowgate diff before after`",
    ];
    let mut rest = comment.as_str();
    for part in parts {
        let (_, after) = rest
            .split_once(part)
            .unwrap_or_else(|| panic!("`{part}` is not there or too early:\n{comment}"));
        rest = after;
    }
}

#[test]
fn what_is_gone_is_shown_where_it_stood() {
    let report: serde_json::Value = serde_json::from_str(&report_on(&weakened(), "json")).unwrap();
    let changes = report["documents"][0]["changes"].as_array().unwrap();
    let removed = changes
        .iter()
        .find(|change| change["id"] == "approval-removed")
        .unwrap();
    assert_eq!(removed["span"]["head"], serde_json::Value::Null);
    assert_eq!(removed["span"]["base"]["start"]["line"], 96);
    let guard = changes
        .iter()
        .find(|change| change["id"] == "guard-narrowed")
        .unwrap();
    assert_eq!(guard["follows_from"], removed["fingerprint"]);
    assert_eq!(report["budgets"][0]["promised"]["after"], "8d (64h)");
}

#[test]
fn findings_that_the_change_brings_are_told_apart_from_old_ones() {
    let folder = Folder::copy_of(&back_office());
    folder.edit(INVOICES, "  owner: lee.chen\n", "");
    let report: serde_json::Value = serde_json::from_str(&report_on(&folder, "json")).unwrap();
    let rules = |which: &str| -> Vec<String> {
        let findings = report["findings"][which].as_array().unwrap();
        let rules = findings
            .iter()
            .map(|finding| finding["rule"].as_str().unwrap());
        rules.map(str::to_owned).collect()
    };
    assert!(
        rules("new").contains(&"owner-missing".to_owned()),
        "{report:#}"
    );
    assert_eq!(rules("fixed"), [""; 0]);
    assert_eq!(report["findings"]["unchanged"], 4);
}

#[test]
fn the_json_follows_its_published_schema() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schema/impact.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let report = serde_json::from_str(&report_on(&weakened(), "json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(&report)
        .map(|fault| fault.to_string())
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// The levels of headings in order.
fn headings(page: &str) -> Vec<u32> {
    let tags = page.split("<h").skip(1);
    tags.filter_map(|tag| tag.chars().next()?.to_digit(10))
        .collect()
}

#[test]
fn the_page_has_a_skip_link_landmarks_and_headings_in_order() {
    let page = report_on(&weakened(), "html");
    for part in [
        "<!DOCTYPE html>",
        "<html lang=\"en\">",
        "href=\"#main\"",
        "<header>",
        "<nav aria-label",
        "<main id=\"main\"",
        "<footer>",
        "prefers-color-scheme:dark",
        "@media print",
        "Content-Security-Policy",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let levels = headings(&page);
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
    let jumps = levels.windows(2).filter(|pair| pair[1] > pair[0] + 1);
    assert_eq!(jumps.count(), 0, "{levels:?}");
    let regions = page.matches("tabindex=\"0\"").count();
    assert_eq!(
        regions,
        page.matches("tabindex=\"0\" role=\"region\" aria-label=\"")
            .count()
    );
    for link in page.split("href=\"#").skip(1) {
        let id = link.split('"').next().unwrap();
        assert!(
            page.contains(&format!("id=\"{id}\"")),
            "#{id} leads nowhere"
        );
    }
    let outside = page.replace("http://www.w3.org/2000/svg", "");
    assert!(
        !outside.contains("http:") && !outside.contains("https:"),
        "no network"
    );
    assert!(!page.contains("<script"), "no script is needed");
}

/// Texts that try to become something else, wherever an author may write one.
fn hostile() -> Folder {
    let folder = weakened();
    let word = "x".repeat(3_000);
    let hostile = format!(
        "\"</script><script>alert(1)</script> ]]> <!-- --> `a` | @everyone \u{202e}txt ```mermaid\\nend {word}\""
    );
    folder.edit(
        INVOICES,
        "task: Check one invoice in twenty against its receipt",
        &format!("task: {hostile}"),
    );
    folder.edit(INVOICES, "expense claims", &hostile);
    folder.edit(
        INVOICES,
        "input.po_number != ''",
        "input.po_number != '<b>x</b> || | `'",
    );
    folder
}

#[test]
fn hostile_texts_stay_texts_in_every_format() {
    let folder = hostile();
    let page = report_on(&folder, "html");
    assert!(!page.contains("<script") && !page.contains("<b>x</b>"));
    assert!(!page.contains('\u{202e}') && page.contains("&lt;script&gt;"));
    let comment = report_on(&folder, "markdown");
    assert!(!comment.contains('\u{202e}') && comment.chars().count() < 65_536);
    let plain = outside_of_code(&comment);
    assert!(
        !plain.contains("<script") && !plain.contains(" @everyone"),
        "{plain}"
    );
    // Only the fences that the report itself opens.
    assert_eq!(comment.matches("\n```mermaid\n").count(), 1);
}

/// The Markdown without blocks and spans of code.
fn outside_of_code(comment: &str) -> String {
    let mut fence: Option<&str> = None;
    let mut plain = String::new();
    for line in comment.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => {
                let line = line.replace("\\`", "");
                plain.extend(line.split('`').step_by(2));
                plain.push('\n');
            }
        }
    }
    assert_eq!(fence, None, "a block of code is left open");
    plain
}

#[test]
fn a_comment_never_exceeds_the_limit_of_the_forge() {
    let folder = weakened();
    let mut text = folder.read(INVOICES);
    for number in 0..1_500 {
        text = text.replace(
            "  controls:\n",
            &format!("  controls:\n    limit_{number}: {{value: {number}, weaker: higher, owner: dana.ruiz}}\n"),
        );
    }
    folder.write(INVOICES, &text);
    let comment = report_on(&folder, "markdown");
    assert!(comment.chars().count() < 65_536);
    assert!(comment.contains("## ❌ MAJOR") && comment.contains("did not fit"));
    assert!(comment.contains("What changes for people"));
}

/// The picture in the README is that of the report.
#[test]
fn the_picture_of_the_readme_is_current() {
    let page = report_on(&weakened(), "html");
    let start = page.find("<svg").unwrap();
    let end = page.find("</svg>").unwrap() + "</svg>".len();
    compare(
        ".github/change-impact.svg",
        &format!("{}\n", &page[start..end]),
    );
}

/// The browser, where there is one.
fn browser() -> Option<String> {
    let named = std::env::var("CHROMIUM").ok();
    let known = ["chromium", "chromium-browser", "google-chrome"].map(str::to_owned);
    named.into_iter().chain(known).find(|name| {
        let version = Command::new(name).arg("--version").output();
        version.is_ok_and(|version| version.status.success())
    })
}

/// Opens a page and gives the document and what the console says.
fn open(browser: &str, folder: &Folder, page: &str) -> (String, String) {
    folder.write("page.html", page);
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            "--virtual-time-budget=4000",
            "--window-size=1440,900",
            "--dump-dom",
        ])
        .arg(format!(
            "--user-data-dir={}",
            folder.join("profile").display()
        ))
        .arg(format!("file://{}", folder.join("page.html").display()))
        .output()
        .unwrap();
    let console = String::from_utf8_lossy(&output.stderr);
    let console = console.lines().filter(|line| line.contains("CONSOLE"));
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        console.collect::<Vec<_>>().join("\n"),
    )
}

/// The widths at which a page is looked at.
const WIDTHS: [u32; 3] = [375, 768, 1440];

/// A page with the report in a frame of each width; each frame says how wide it is and how far it scrolls sideways.
fn frames(scratch: &Folder, report: &str) -> String {
    // The page forbids scripts; the copy that is measured allows one.
    let script = "<script>document.querySelectorAll('details').forEach(d=>d.open=true);parent.postMessage([innerWidth,document.documentElement.scrollWidth-document.documentElement.clientWidth].join(' '),'*')</script></body>";
    let (head, rest) = report.split_once("<meta http-equiv").unwrap();
    let (_, rest) = rest.split_once('>').unwrap();
    scratch.write(
        "measured.html",
        &format!("{head}{rest}").replace("</body>", script),
    );
    let frames = WIDTHS.map(|width| {
        format!("<iframe src=\"measured.html\" style=\"border:0;width:{width}px;height:900px\"></iframe>")
    });
    format!(
        "<title></title><script>addEventListener('message',m=>document.title+=m.data+';')</script>{}",
        frames.concat()
    )
}

#[test]
fn the_page_fits_phones_tablets_and_screens() {
    let Some(browser) = browser() else {
        eprintln!("NOT VERIFIED: there is no Chromium here, so no page was opened");
        return;
    };
    let scratch = Folder::empty();
    for report in [
        report_on(&weakened(), "html"),
        report_on(&hostile(), "html"),
    ] {
        let (_, console) = open(&browser, &scratch, &report);
        assert_eq!(console, "");
        let (document, _) = open(&browser, &scratch, &frames(&scratch, &report));
        let title = document.split("<title>").nth(1).unwrap();
        let title = title.split("</title>").next().unwrap();
        let mut found: Vec<(u32, u32)> = title
            .split_terminator(';')
            .map(|widths| {
                let (inner, scrolled) = widths.split_once(' ').unwrap();
                (inner.parse().unwrap(), scrolled.parse().unwrap())
            })
            .collect();
        found.sort_unstable();
        assert_eq!(
            found,
            WIDTHS.map(|width| (width, 0)),
            "the width, and how far the page scrolls sideways"
        );
    }
}

/// What the scenarios of the invoices show when they are played on both versions.
fn behaviour(folder: &Folder) -> serde_json::Value {
    let report: serde_json::Value = serde_json::from_str(&report_on(folder, "json")).unwrap();
    let behaviour = report["behaviour"].as_array().unwrap();
    assert!(behaviour.len() < 2, "{behaviour:?}");
    behaviour.first().cloned().unwrap_or_default()
}

fn sentences(behaviour: &serde_json::Value) -> Vec<String> {
    let differing = behaviour["differing"].as_array().unwrap().iter();
    let sentences = differing.map(|case| case["sentence"].as_str().unwrap().to_owned());
    let untried = behaviour["untried"].as_array().unwrap().iter();
    let untried = untried.map(|untried| untried.as_str().unwrap().to_owned());
    sentences.chain(untried).collect()
}

#[test]
fn scenarios_of_both_versions_say_what_happens_differently() {
    let folder = Folder::copy_of(&back_office());
    folder.edit(
        INVOICES,
        "auto_post_limit: {value: 500.00",
        "auto_post_limit: {value: 2000.00",
    );
    insta::assert_snapshot!("behaviour_limit", sentences(&behaviour(&folder)).join("\n"));
    let text = folder.read(INVOICES);
    let (before, rest) = text.split_once("        - id: controller\n").unwrap();
    let (_, after) = rest.split_once("      transitions:\n").unwrap();
    folder.write(INVOICES, &format!("{before}      transitions:\n{after}"));
    folder.edit(INVOICES, " || steps.controller.decision == 'rejected'", "");
    insta::assert_snapshot!(
        "behaviour_approval",
        sentences(&behaviour(&folder)).join("\n")
    );
}

#[test]
fn scenarios_go_as_before_when_only_words_change() {
    let folder = Folder::copy_of(&back_office());
    folder.edit(INVOICES, "backup: omar.said", "backup: priya.shah");
    let behaviour = behaviour(&folder);
    assert_eq!(sentences(&behaviour), Vec::<String>::new());
    assert!(behaviour["played"].as_u64().unwrap() > 10, "{behaviour}");
    folder.edit(INVOICES, "to: evidence", "to: nowhere");
    let broken = self::behaviour(&folder);
    assert_eq!(broken["played"], 0);
    assert!(
        broken["obstacle"].as_str().unwrap().contains("has errors"),
        "{broken}"
    );
}
