//! What a comparison costs among 10,000 documents, beside checking them all: one, ten and a thousand
//! changed files, on disk against a commit. The goal is a tenth of the check for one changed file, and
//! a cost that grows with the change.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use flowgate::check;
use flowgate::check::history::Past;
use flowgate::check::part::{self, survey::Survey};
use flowgate::check::project::{Opening, Releases, open};
use flowgate::compat::assess_changes;
use flowgate::diff::diff;
use flowgate::report::impact::{Comparison, impact_report};
use flowgate::report::{FORMATS, HumanOptions};
use flowgate::source::git::Repository;
use flowgate::source::{SourceTree, Worktree};

#[path = "../tests/it/repository.rs"]
mod repository;

const DEPARTMENTS: usize = 358;
const WORKFLOWS: usize = 22;
const ROUNDS: usize = 3;
const OPENING: Opening<'static> = Opening {
    today: jiff::civil::date(2026, 11, 23),
    also: &[],
};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Writes the files and commits them.
fn write(folder: &Path) -> Outcome<usize> {
    let files = repository::files(DEPARTMENTS, WORKFLOWS);
    for (path, text) in &files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    let git = git2::Repository::init(folder)?;
    let mut index = git.index()?;
    index.add_all(["*"], git2::IndexAddOption::DEFAULT, None)?;
    let tree = git.find_tree(index.write_tree()?)?;
    let author = git2::Signature::now("bench", "bench@example.com")?;
    git.commit(Some("HEAD"), &author, &author, "Begin", &tree, &[])?;
    Ok(files.len())
}

/// Changes one control in each of some workflows, spread over the departments.
fn change(folder: &Path, count: usize) -> Outcome<()> {
    for number in 0..count {
        let department = number * 7 % DEPARTMENTS;
        let name = repository::name(department, number / DEPARTMENTS);
        let path = folder.join(format!("workflows/d{department:03}/{name}.yaml"));
        let text = fs::read_to_string(&path)?;
        fs::write(path, text.replace("value: 500.00", "value: 900.00"))?;
    }
    Ok(())
}

/// What a comparison took, and what it read and parsed.
struct Work {
    survey: Duration,
    choice: Duration,
    load: Duration,
    report: Duration,
    parsed: usize,
    changed: usize,
}

impl Work {
    fn all(&self) -> Duration {
        self.survey + self.choice + self.load + self.report
    }
}

/// The comparison as `flowgate diff --base HEAD` does it.
fn compare(folder: &Path) -> Outcome<Work> {
    let started = Instant::now();
    let repository = Repository::discover(folder)?;
    let revision = repository.revision("HEAD", "")?;
    let worktree = Worktree::open(folder)?;
    let after = Survey::of(&worktree, None)?;
    let before = Survey::of(&revision, Some(&after))?;
    let survey = started.elapsed();
    let started = Instant::now();
    let part = part::of(&before, &after);
    let choice = started.elapsed();
    let started = Instant::now();
    let open = |survey: &Survey<'_>| part.open(survey, &OPENING, &|_, _| Releases::new());
    let (before, after) = (open(&before)?, open(&after)?);
    let load = started.elapsed();
    let started = Instant::now();
    let past = Past::default();
    let changes = diff(&before.model, &after.model);
    let changed = changes.len();
    let history = past.history(&after.model);
    let impact = assess_changes(changes, before.side(), after.side(), &history);
    let report = impact_report(&Comparison {
        impact: &impact,
        before: before.side(),
        after: after.side(),
        base: "base",
        head: "head",
        findings: None,
        command: "flowgate diff",
    });
    let human = FORMATS.iter().find(|format| format.id == "human");
    let mut shown = Vec::new();
    if let Some(write) = human.and_then(|format| format.impact) {
        write(&report, &HumanOptions::default(), &mut shown)?;
    }
    assert!(!shown.is_empty());
    Ok(Work {
        survey,
        choice,
        load,
        report: started.elapsed(),
        parsed: before.streams.len() + after.streams.len(),
        changed,
    })
}

/// Reading, resolving and judging everything, as `flowgate check` does it.
fn cold_check(folder: &Path) -> Outcome<Duration> {
    let started = Instant::now();
    let tree: &dyn SourceTree = &Worktree::open(folder)?;
    let loaded = open(tree, &OPENING, &|_, _| Releases::new())?;
    check::check(&loaded);
    Ok(started.elapsed())
}

#[expect(clippy::print_stdout, reason = "the figures are the result")]
fn main() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let files = write(folder)?;
    let check = cold_check(folder)?;
    println!("{files} files; a check of all: {check:.2?}");
    println!("changed  parsed    survey    choice      load    report       all  of a check");
    for count in [1, 10, 1000] {
        change(folder, count)?;
        let mut best: Option<Work> = None;
        for _ in 0..ROUNDS {
            let work = compare(folder)?;
            let is_better = best.as_ref().is_none_or(|best| work.all() < best.all());
            if is_better {
                best = Some(work);
            }
        }
        let Some(work) = best else { continue };
        assert_eq!(work.changed, count);
        let share = work.all().as_secs_f64() / check.as_secs_f64();
        println!(
            "{count:7} {:7} {:9.2?} {:9.2?} {:9.2?} {:9.2?} {:9.2?} {share:8.3}",
            work.parsed,
            work.survey,
            work.choice,
            work.load,
            work.report,
            work.all(),
        );
    }
    Ok(())
}
