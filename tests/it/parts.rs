//! Comparing what a change reaches gives, byte for byte, what comparing everything gives.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use flowgate::check::history::Past;
use flowgate::check::part::survey::Survey;
use flowgate::check::part::{self, Part};
use flowgate::check::project::{Opening, Releases};
use flowgate::check::{self, Comparison, Loaded};
use flowgate::compat::assess_changes;
use flowgate::diff::diff;
use flowgate::report::impact::{self, impact_report};
use flowgate::report::view::check_report;
use flowgate::report::{FORMATS, HumanOptions};
use flowgate::source::git::BlobId;
use flowgate::source::{Memory, SourceTree, TreeError, Worktree};
use proptest::prelude::*;

use crate::examples::folder;
use crate::repository;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 23);
const OPENING: Opening<'static> = Opening {
    today: TODAY,
    also: &[],
};

type Files = BTreeMap<String, String>;

fn tree(files: &Files) -> Memory {
    let files = files.iter();
    files.fold(Memory::new(), |tree, (path, text)| {
        tree.with(path, text.as_str())
    })
}

fn open(part: &Part, survey: &Survey<'_>) -> Loaded {
    part.open(survey, &OPENING, &|_, _| Releases::new())
        .unwrap()
}

/// The report in every format that has one.
fn reports(before: &Loaded, after: &Loaded) -> BTreeMap<&'static str, String> {
    let past = Past::default();
    let history = past.history(&after.model);
    let changes = diff(&before.model, &after.model);
    let impact = assess_changes(changes, before.side(), after.side(), &history);
    let report = impact_report(&impact::Comparison {
        impact: &impact,
        before: before.side(),
        after: after.side(),
        base: "base",
        head: "head",
        findings: None,
        command: "flowgate diff",
    });
    let formats = FORMATS.iter().filter_map(|it| Some((it.id, it.impact?)));
    let written = formats.map(|(id, write)| {
        let mut bytes = Vec::new();
        write(&report, &HumanOptions::default(), &mut bytes).unwrap();
        (id, String::from_utf8(bytes).unwrap())
    });
    written.collect()
}

/// What `check --base` finds.
fn findings(before: &Loaded, after: &Loaded, left_out: &BTreeSet<String>) -> String {
    let comparison = Comparison {
        base: before,
        past: &Past::default(),
        left_out,
        evidence: None,
    };
    let findings = check::check_change(after, &comparison);
    let report = check_report(&after.sources, &findings, 0);
    serde_json::to_string_pretty(&report).unwrap()
}

/// Compares both ways; gives how many files were left out.
fn compare(before: &Files, after: &Files, checked: bool) -> usize {
    let (before, after) = (tree(before), tree(after));
    let after = Survey::of(&after, None).unwrap();
    let before = Survey::of(&before, Some(&after)).unwrap();
    let whole = [&before, &after].map(|survey| open(&Part::Whole, survey));
    let part = part::of(&before, &after);
    let parts = [&before, &after].map(|survey| open(&part, survey));
    let (expected, found) = (reports(&whole[0], &whole[1]), reports(&parts[0], &parts[1]));
    for (format, expected) in &expected {
        assert_eq!(expected, &found[format], "{format}");
    }
    let left_out = part.left_out(&after);
    if checked {
        let expected = findings(&whole[0], &whole[1], &BTreeSet::new());
        assert_eq!(expected, findings(&parts[0], &whole[1], &left_out));
    }
    left_out.len()
}

/// One random step: which file, where in it, and what is done there.
type Edit = (u16, u16, u8, u16);

fn edited(files: &Files, edits: &[Edit]) -> Files {
    let mut files = files.clone();
    for edit in edits {
        apply(&mut files, *edit);
    }
    files
}

fn apply(files: &mut Files, (file, line, what, other): Edit) {
    let paths: Vec<String> = files.keys().cloned().collect();
    let Some(path) = paths.get(usize::from(file) % paths.len().max(1)).cloned() else {
        return;
    };
    let text = files[&path].clone();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let place = usize::from(line) % lines.len().max(1);
    let words = |files: &Files| -> Vec<String> {
        let all = files.values().flat_map(|text| {
            let words = text.split(|it: char| !(it.is_alphanumeric() || "._-".contains(it)));
            words.filter(|word| word.len() > 3).map(str::to_owned)
        });
        all.collect::<BTreeSet<String>>().into_iter().collect()
    };
    match what % 12 {
        0 => lines[place].push_str(" # seen"),
        1 => {
            lines.remove(place);
        }
        2 => lines.insert(place, lines[place].clone()),
        3 => {
            // Another number.
            let digits = lines[place].replace(|it: char| it.is_ascii_digit(), "7");
            lines[place] = digits;
        }
        4 | 5 | 6 => {
            // Another name of the repository in the place of one.
            let known = words(files);
            let own: Vec<&str> = lines[place]
                .split(|it: char| !(it.is_alphanumeric() || "._-".contains(it)))
                .filter(|word| word.len() > 3)
                .collect();
            if let Some(word) = own.get(usize::from(other) % own.len().max(1)) {
                let new = &known[usize::from(other) * 31 % known.len()];
                lines[place] = lines[place].replace(*word, new);
            }
        }
        7 => {
            // A thing is renamed wherever it is named.
            let known = words(files);
            let word = known[usize::from(other) * 17 % known.len()].clone();
            for text in files.values_mut() {
                *text = text.replace(&word, &format!("{word}2"));
            }
            return;
        }
        8 => {
            files.remove(&path);
            files.insert(path.replace('/', "/moved-"), text);
            return;
        }
        9 => {
            files.remove(&path);
            return;
        }
        10 => {
            let copied = text.replace("name: ", "name: other-");
            files.insert(path.replace(".yaml", "-copy.yaml"), copied);
            return;
        }
        _ => {
            let indent = lines[place].len() - lines[place].trim_start().len();
            let key = ["accept: []", "owner: nobody", "renamed_from: erp.vendor.v1"];
            let key = key[usize::from(other) % key.len()];
            lines.insert(place, format!("{}{key}", " ".repeat(indent)));
        }
    }
    files.insert(path, lines.join("\n") + "\n");
}

fn generated(departments: usize, workflows: usize) -> Files {
    repository::files(departments, workflows)
        .into_iter()
        .collect()
}

fn shipped(name: &str) -> Files {
    let tree = Worktree::open(&folder(name)).unwrap();
    let paths = tree.paths().unwrap();
    let text = |path: &String| String::from_utf8(tree.read(path).unwrap()).ok();
    paths
        .iter()
        .filter(|path| {
            Path::new(path.as_str())
                .extension()
                .is_some_and(|it| it != "svg")
        })
        .filter_map(|path| Some((path.clone(), text(path)?)))
        .collect()
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(any::<Edit>(), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn departments_compare_the_same(edits in edits()) {
        let before = generated(2, 5);
        compare(&before, &edited(&before, &edits), true);
    }

    #[test]
    fn the_back_office_compares_the_same(edits in edits()) {
        let before = shipped("back-office");
        compare(&before, &edited(&before, &edits), false);
    }
}

#[test]
fn what_counts_without_a_change_is_read() {
    let before = generated(2, 5);
    let path = format!("workflows/d001/{}.yaml", repository::name(1, 3));
    let mut after = before.clone();
    let edit = |files: &mut Files, from: &str, to: &str| {
        let text = files[&path].replace(from, to);
        assert_ne!(text, files[&path]);
        files.insert(path.clone(), text);
    };
    edit(&mut after, "resolution: 5d", "resolution: 9d");
    assert!(compare(&before, &after, true) >= 8);
    // A system that answers with a contract which changes.
    let answer = "contracts/inventory.d000.assignment.v1.yaml";
    let mut after = before.clone();
    let text = before[answer].replace("[assigned, released]", "[assigned]");
    after.insert(answer.to_owned(), text);
    assert!(compare(&before, &after, true) >= 7);
    // The project file reaches everything.
    let mut after = before.clone();
    let text = before["flowgate.yaml"].replace("limit: 3", "limit: 5");
    after.insert("flowgate.yaml".to_owned(), text);
    assert_eq!(compare(&before, &after, true), 0);
}

/// A tree that knows the ids of its contents, as a revision does, and counts what is read.
struct Counting {
    tree: Memory,
    ids: BTreeMap<String, BlobId>,
    read: AtomicUsize,
}

impl Counting {
    fn of(files: &Files) -> Self {
        let ids = files
            .iter()
            .map(|(path, text)| (path.clone(), BlobId::of(text.as_bytes()).unwrap()));
        Counting {
            tree: tree(files),
            ids: ids.collect(),
            read: AtomicUsize::new(0),
        }
    }
}

impl SourceTree for Counting {
    fn paths(&self) -> Result<Vec<String>, TreeError> {
        self.tree.paths()
    }

    fn size(&self, path: &str) -> Result<u64, TreeError> {
        self.tree.size(path)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, TreeError> {
        self.read.fetch_add(1, Ordering::Relaxed);
        self.tree.read(path)
    }

    fn content(&self, path: &str) -> Option<BlobId> {
        self.ids.get(path).copied()
    }
}

/// How many workflows and contracts are parsed on each side, and how many files of the base are read,
/// when one workflow changes.
fn work(departments: usize) -> ([usize; 2], usize) {
    let before = generated(departments, 12);
    let mut after = before.clone();
    let path = format!("workflows/d003/{}.yaml", repository::name(3, 7));
    let text = before[&path].replace("value: 500.00", "value: 900.00");
    after.insert(path, text);
    let (before, after) = (Counting::of(&before), Counting::of(&after));
    let survey = Survey::of(&after, None).unwrap();
    let base = Survey::of(&before, Some(&survey)).unwrap();
    let part = part::of(&base, &survey);
    let parsed = [&base, &survey].map(|survey| {
        let project = open(&part, survey).model.project;
        project.workflows.len() + project.contracts.len()
    });
    (parsed, before.read.load(Ordering::Relaxed))
}

#[test]
fn the_work_grows_with_the_change_and_not_with_the_repository() {
    let small = work(10);
    // The changed workflow, the two contracts that name it, and a file that shows there are some.
    assert_eq!(small.0, [4, 4]);
    assert_eq!(work(40), small);
    // The project file to know where documents are, and the file that changed.
    assert_eq!(small.1, 2);
}
