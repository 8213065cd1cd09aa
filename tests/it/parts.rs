//! Comparing what a change reaches gives, byte for byte, what comparing everything gives.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use flowgate::check::history::Past;
use flowgate::check::part::findings::{self, Sides};
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

const POLICY: &str = "policies/change-control.yaml";

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
fn reports(sides: &Sides) -> BTreeMap<&'static str, String> {
    let (before, after) = (&sides.before, &sides.after);
    let findings = sides.findings.as_ref();
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
        findings: findings.map(|(before, after)| (before.as_slice(), after.as_slice())),
        reached: sides.reached.as_ref(),
        digests: (&sides.digests.0, &sides.digests.1),
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
fn findings_since(before: &Loaded, after: &Loaded, left_out: &BTreeSet<String>) -> String {
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

/// Compares both ways; gives how many files were left out, without and with findings.
fn compare(before: &Files, after: &Files, checked: bool) -> [usize; 2] {
    let (before, after) = (tree(before), tree(after));
    let after = Survey::of(&after, None).unwrap();
    let before = Survey::of(&before, Some(&after)).unwrap();
    let load = |part: &Part| -> Result<(Loaded, Loaded), TreeError> {
        Ok((open(part, &before), open(part, &after)))
    };
    let left_out = [false, true].map(|with_findings| {
        let found = findings::open((&before, &after), with_findings, &load).unwrap();
        let (old, new) = load(&Part::Whole).unwrap();
        let whole = Sides {
            findings: with_findings.then(|| (check::check(&old), check::check(&new))),
            before: old,
            after: new,
            reached: found.reached.clone(),
            digests: found.digests.clone(),
        };
        let (expected, shown) = (reports(&whole), reports(&found));
        for (format, expected) in &expected {
            assert_eq!(expected, &shown[format], "{format}");
        }
        whole.after.streams.len() - found.after.streams.len()
    });
    if checked {
        let part = part::of(&before, &after);
        let whole = load(&Part::Whole).unwrap();
        let base = open(&part, &before);
        let expected = findings_since(&whole.0, &whole.1, &BTreeSet::new());
        let shown = findings_since(&base, &whole.1, &part.left_out(&after));
        assert_eq!(expected, shown);
    }
    left_out
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

fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|it: char| !(it.is_alphanumeric() || "._-".contains(it)));
    words.filter(|word| word.len() > 3)
}

fn all_words(files: &Files) -> Vec<String> {
    let all = files.values().flat_map(|text| words(text));
    let all: BTreeSet<&str> = all.collect();
    all.into_iter().map(str::to_owned).collect()
}

fn apply(files: &mut Files, (file, line, what, other): Edit) {
    let paths: Vec<String> = files.keys().cloned().collect();
    let Some(path) = paths.get(usize::from(file) % paths.len().max(1)).cloned() else {
        return;
    };
    let text = files[&path].clone();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let place = usize::from(line) % lines.len().max(1);
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
        4..=6 => {
            // Another name of the repository in the place of one.
            let known = all_words(files);
            let own: Vec<&str> = words(&lines[place]).collect();
            if let Some(word) = own.get(usize::from(other) % own.len().max(1)) {
                let new = &known[usize::from(other) * 31 % known.len()];
                lines[place] = lines[place].replace(*word, new);
            }
        }
        7 => {
            // A thing is renamed wherever it is named.
            let known = all_words(files);
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

/// Departments with one policy that keeps duties apart in all of them.
fn generated(departments: usize, workflows: usize) -> Files {
    let files = repository::files(departments, workflows).into_iter();
    let mut files: Files = files.collect();
    let duties = "  separate:\n    - {id: apart, reason: r, duties: [{task: {step: hand_over}}, {approve: {step: budget}}]}\n";
    files.entry(POLICY.to_owned()).or_default().push_str(duties);
    files
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
    // Both ways in four formats and with findings take their time; what is gone through here is
    // drawn anew on every run.
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

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

/// How many files are left out when one text is replaced, without and with findings.
fn left_out(path: &str, from: &str, to: &str) -> [usize; 2] {
    let before = generated(3, 5);
    let mut after = before.clone();
    let text = before[path].replace(from, to);
    assert_ne!(text, before[path]);
    after.insert(path.to_owned(), text);
    compare(&before, &after, true)
}

#[test]
fn what_a_change_does_not_reach_is_left_out() {
    // Three departments have five workflows and three contracts each. One file shows that there are
    // documents.
    let workflow = format!("workflows/d001/{}.yaml", repository::name(1, 3));
    let changed = left_out(&workflow, "resolution: 5d", "resolution: 9d");
    // Two contracts name the workflow. Findings need its neighbours, which are the whole department.
    assert_eq!(changed, [24 - 4, 24 - 9]);
    // Everybody in the department calls what answers with this contract.
    let answer = "contracts/inventory.d001.assignment.v1.yaml";
    let narrowed = left_out(answer, "[assigned, released]", "[assigned]");
    assert_eq!(narrowed, [24 - 9, 24 - 9]);
    assert_eq!(left_out("flowgate.yaml", "limit: 3", "limit: 5"), [0, 0]);
    // A policy judges everything.
    let unsure = "  require: [{id: a, that: 9 / workflow.stage > 1, message: b}]\n  approvals:";
    assert_eq!(left_out(POLICY, "  approvals:", unsure)[1], 0);
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
    // The project file to know where documents are, the file that changed, and the two that it
    // refers to: a runbook and its evidence.
    assert_eq!(small.1, 4);
}
