//! The baseline of a check: where its file is, and when it is written.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::CheckArguments;
use crate::check::baseline::{Baseline, Comparison, Known, are_there, compare, total, unreadable};
use crate::check::{Finding, Loaded};
use crate::cli::failure::Failure;
use crate::cli::opening::{Base, Location};
use crate::cli::output::write_whole;
use crate::report::baseline::{self as file, ReportedBaseline, known_findings};
use crate::rule::Level;
use crate::source::SourceTree;
use crate::syntax::decode::listing;

/// The file that `--write-baseline` begins when neither it nor the project file names one.
const DEFAULT_FILE: &str = "flowgate.baseline.json";

/// Which baseline counts, and whether it is written.
#[derive(Debug, Clone, Args)]
pub struct BaselineArguments {
    /// Shows only what is not in this baseline; the `baseline` of the project file when absent.
    #[arg(long, value_name = "FILE", conflicts_with = "no_baseline")]
    baseline: Option<PathBuf>,
    /// Shows everything, whatever the project file says about a baseline.
    #[arg(long)]
    no_baseline: bool,
    /// Records the findings of the project to begin a baseline; takes out of an existing one what
    /// is fixed. The file is that of `--baseline` or of the project file when absent.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, conflicts_with_all = ["no_baseline", "stage", "base"])]
    write_baseline: Option<Option<PathBuf>>,
    /// Lets `--write-baseline` add to an existing baseline what is new, and lists it.
    #[arg(long, requires = "write_baseline")]
    allow_growth: bool,
}

/// Where the file of a baseline is.
#[derive(Debug)]
enum Place {
    /// Named on the command line, from the current folder.
    Named(PathBuf),
    /// Named by the project file, from the root of the project.
    Project(String),
}

/// The findings that are not known, and how the project stands to its baseline.
pub struct Compared {
    /// What is to be shown.
    pub findings: Vec<Finding>,
    /// The section of the report; absent without a baseline.
    pub report: Option<ReportedBaseline>,
}

/// Hides what the baseline knows, and writes it when it was asked for, or when it only shrinks.
/// Where a change is judged, the baseline of its base counts, so that no change can hide its own
/// findings; a change that begins a baseline is seen as such in the diff.
///
/// # Errors
/// When the file is damaged, of another tool or version, missing, or cannot be written.
pub fn apply(
    arguments: &CheckArguments,
    location: &Location,
    loaded: &Loaded,
    base: Option<&Base>,
    findings: Vec<Finding>,
) -> Result<Compared, Failure> {
    let Some(place) = place(&arguments.baseline, loaded) else {
        return Ok(Compared {
            findings,
            report: None,
        });
    };
    let is_asked = arguments.baseline.write_baseline.is_some();
    let existing = match of_base(&place, base, location)? {
        Some(of_base) => Some(of_base),
        None => read(&place, arguments, location)?,
    };
    if existing.is_none() && !is_asked {
        return Err(missing(&place));
    }
    let begins = existing.is_none();
    let baseline = existing.unwrap_or_default();
    let comparison = compare(&baseline, findings, loaded);
    if is_asked {
        refuse_part(arguments, &unreadable(&comparison, begins, loaded))?;
        return rewrite(arguments, &place, location, loaded, comparison, begins);
    }
    let mut report = file::baseline(&place.shown(), &comparison, loaded);
    if shrinks_by_itself(arguments, &comparison, loaded) {
        write(&place, location, &comparison.shrunk)?;
        report.written = true;
    }
    Ok(Compared {
        findings: comparison.new,
        report: Some(report),
    })
}

impl Place {
    fn shown(&self) -> String {
        match self {
            Place::Named(path) => path.to_string_lossy().replace('\\', "/"),
            Place::Project(path) => path.clone(),
        }
    }

    fn file(&self, location: &Location) -> PathBuf {
        match self {
            Place::Named(path) => path.clone(),
            Place::Project(path) => location.root.join(path),
        }
    }
}

fn place(arguments: &BaselineArguments, loaded: &Loaded) -> Option<Place> {
    if arguments.no_baseline {
        return None;
    }
    let written = arguments.write_baseline.as_ref();
    let named = written
        .and_then(Option::as_ref)
        .or(arguments.baseline.as_ref());
    if let Some(named) = named {
        return Some(Place::Named(named.clone()));
    }
    let config = loaded.model.config();
    let configured = config.and_then(|config| config.baseline.as_ref());
    match configured {
        Some(path) => Some(Place::Project(path.value.clone())),
        None => written.map(|_| Place::Project(DEFAULT_FILE.to_owned())),
    }
}

fn missing(place: &Place) -> Failure {
    Failure::new(format!("there is no baseline `{}`", place.shown()))
        .hint("`flowgate check --write-baseline` begins one; `--no-baseline` shows everything")
}

/// The baseline that the base of a change has; `None` when it has none, or the command line names
/// another file.
fn of_base(
    place: &Place,
    base: Option<&Base>,
    location: &Location,
) -> Result<Option<Baseline>, Failure> {
    let (Place::Project(_), Some(base)) = (place, base) else {
        return Ok(None);
    };
    let config = base.loaded.model.config();
    let Some(path) = config.and_then(|config| config.baseline.as_ref()) else {
        return Ok(None);
    };
    let bytes = read_at(&path.value, &base.fork.commit.to_string(), location)?;
    bytes
        .map(|bytes| understood(bytes, &path.value))
        .transpose()
}

fn read_at(path: &str, revision: &str, location: &Location) -> Result<Option<Vec<u8>>, Failure> {
    let tree = location.revision(revision)?;
    let is_there = tree.paths()?.iter().any(|known| known == path);
    Ok(is_there.then(|| tree.read(path)).transpose()?)
}

/// The baseline of the file; `None` when there is no file.
fn read(
    place: &Place,
    arguments: &CheckArguments,
    location: &Location,
) -> Result<Option<Baseline>, Failure> {
    let bytes = match (place, &arguments.project.at) {
        (Place::Project(path), Some(revision)) => match read_at(path, revision, location)? {
            Some(bytes) => bytes,
            None => return Ok(None),
        },
        (Place::Project(path), None) if !location.root.join(path).exists() => {
            refuse_outside(path)?;
            return Ok(None);
        }
        (Place::Project(path), None) => location.worktree()?.read(path)?,
        (Place::Named(path), _) => match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                let shown = place.shown();
                return Err(Failure::new(format!("cannot read `{shown}`: {error}")));
            }
        },
    };
    understood(bytes, &place.shown()).map(Some)
}

fn understood(bytes: Vec<u8>, shown: &str) -> Result<Baseline, Failure> {
    let refuse = |trouble: String| {
        Failure::new(format!("the baseline `{shown}` {trouble}"))
            .hint("take the last good state of the file from git, or update flowgate")
    };
    let text = String::from_utf8(bytes).map_err(|_| refuse("is not UTF-8 text".to_owned()))?;
    file::read(&text).map_err(refuse)
}

fn refuse_outside(path: &str) -> Result<(), Failure> {
    let leaves = Path::new(path).is_absolute() || path.split('/').any(|name| name == "..");
    if leaves {
        let failure = Failure::new(format!("the baseline `{path}` lies outside the project"));
        return Err(failure.hint("name a path below the project in `baseline:`"));
    }
    Ok(())
}

/// A part of a project says nothing about the rest, nor a file that cannot be read about itself.
fn refuse_part(
    arguments: &CheckArguments,
    cannot_be_read: &BTreeSet<String>,
) -> Result<(), Failure> {
    if !arguments.paths.is_empty() {
        return Err(Failure::new(
            "a baseline is recorded for the whole project, not for some paths",
        )
        .hint("leave the paths out after `--write-baseline`"));
    }
    let files: Vec<&str> = cannot_be_read.iter().map(String::as_str).collect();
    if files.is_empty() {
        return Ok(());
    }
    let message = format!(
        "no baseline is recorded while {} cannot be read, because what is in it is unknown",
        listing(&files)
    );
    Err(Failure::new(message).hint(
        "`flowgate check --no-baseline` says what is wrong there; `exclude` leaves files out",
    ))
}

/// Begins a baseline with everything, or takes out what is fixed; adds what is new on request.
fn rewrite(
    arguments: &CheckArguments,
    place: &Place,
    location: &Location,
    loaded: &Loaded,
    comparison: Comparison,
    begins: bool,
) -> Result<Compared, Failure> {
    if !begins && !arguments.baseline.allow_growth {
        write(place, location, &comparison.shrunk)?;
        let mut report = file::baseline(&place.shown(), &comparison, loaded);
        report.refused = total(&growth(&comparison));
        report.written = true;
        return Ok(Compared {
            findings: comparison.new,
            report: Some(report),
        });
    }
    write(place, location, &comparison.grown)?;
    let added = if begins {
        Vec::new()
    } else {
        growth(&comparison)
    };
    let fixed = known_findings(&comparison.fixed);
    let findings = comparison.new.into_iter().chain(comparison.hidden);
    let after = compare(&comparison.grown, findings.collect(), loaded);
    let mut report = file::baseline(&place.shown(), &after, loaded);
    report.added_findings = known_findings(&added);
    report.fixed_findings = fixed;
    report.written = true;
    let mut findings = after.new;
    findings.sort_by_key(|finding| (finding.diagnostic.span, finding.diagnostic.rule.id.clone()));
    Ok(Compared {
        findings,
        report: Some(report),
    })
}

/// What the grown baseline has and the shrunk one has not.
fn growth(comparison: &Comparison) -> Vec<Known> {
    let before = &comparison.shrunk.known;
    let entries = comparison.grown.known.iter().filter_map(|entry| {
        let known = before.iter().find(|known| {
            let identity = (&known.document, &known.path, &known.rule, &known.message);
            identity == (&entry.document, &entry.path, &entry.rule, &entry.message)
        });
        let count = match known {
            Some(known) if known.level >= entry.level => entry.count.saturating_sub(known.count),
            Some(_) | None => entry.count,
        };
        let added = Known {
            count,
            ..entry.clone()
        };
        (count > 0).then_some(added)
    });
    entries.collect()
}

/// A baseline shrinks by itself where somebody can commit it, and only at a consistent state:
/// nothing else is wrong, and the documents of what is fixed are still there. A file that is
/// half-way through an edit must not cost its baseline.
fn shrinks_by_itself(arguments: &CheckArguments, comparison: &Comparison, loaded: &Loaded) -> bool {
    let is_whole =
        arguments.paths.is_empty() && arguments.stage.is_none() && arguments.project.at.is_none();
    let is_change = arguments.base.is_some();
    let in_ci = env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
    let is_clean = comparison
        .new
        .iter()
        .all(|finding| finding.suppressed.is_some() || finding.diagnostic.level < Level::Error);
    !in_ci
        && is_whole
        && !is_change
        && is_clean
        && total(&comparison.fixed) > 0
        && are_there(&comparison.fixed, loaded)
}

fn write(place: &Place, location: &Location, baseline: &Baseline) -> Result<(), Failure> {
    let text = file::written(baseline)
        .map_err(|error| Failure::new(format!("cannot write the baseline: {error}")))?;
    match place {
        Place::Project(path) if location.root.join(path).exists() => {
            Ok(location.worktree()?.write(path, &text)?)
        }
        Place::Project(_) | Place::Named(_) => write_whole(&place.file(location), text.as_bytes()),
    }
}
