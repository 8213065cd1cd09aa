//! `flowgate policy`: tests policies, begins new ones, and shows the facts that they read.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::opening::{Location, ProjectArguments};
use super::output::{OutputArguments, Status, Writable};
use crate::check::trial::{self, Suite, SuiteResult};
use crate::policy::facts::{Facts, Selection, json};
use crate::policy::packs::PACKS;
use crate::policy::rego::{self, TestedFile};
use crate::report::policy_test::{self, PolicyTestReport};
use crate::report::{Format, HumanOptions};
use crate::source::{self, SourceTree};
use crate::syntax::DocumentKind;
use crate::syntax::decode::nearest;
use crate::syntax::names::{KebabName, NamePattern};
use crate::syntax::policy_test as syntax;

/// Tests policies, begins new ones, and shows the facts that they read.
#[derive(Debug, Args)]
pub struct PolicyArguments {
    #[command(subcommand)]
    verb: PolicyVerb,
}

#[derive(Debug, Subcommand)]
enum PolicyVerb {
    Test(TestArguments),
    New(NewArguments),
    Facts(FactsArguments),
}

/// Runs the test files beside policies and says which requirements no case covers.
#[derive(Debug, Args)]
struct TestArguments {
    /// Policy files or folders; every policy of the project when absent.
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Runs the tests of the shipped packs; a requirement that no case covers fails the run.
    #[arg(long)]
    packs: bool,
    #[command(flatten)]
    project: ProjectArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Writes a policy with its test file.
#[derive(Debug, Args)]
struct NewArguments {
    /// The name of the policy.
    name: String,
    #[command(flatten)]
    project: ProjectArguments,
}

/// Prints the facts that policies read, as JSON: of the whole project, or of one document.
#[derive(Debug, Args)]
struct FactsArguments {
    /// The name of a workflow, contract, queue, system, team, person or decision table.
    name: Option<String>,
    #[command(flatten)]
    project: ProjectArguments,
}

/// Runs the command.
///
/// # Errors
/// When the project cannot be read, or a file not be written.
pub fn run(arguments: &PolicyArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    match &arguments.verb {
        PolicyVerb::Test(arguments) => test(arguments, out),
        PolicyVerb::New(arguments) => new(arguments, out),
        PolicyVerb::Facts(arguments) => facts(arguments, out),
    }
}

/// The test file beside a policy.
pub(super) fn test_path(policy: &str) -> String {
    match policy.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.test.{extension}"),
        None => format!("{policy}.test.yaml"),
    }
}

fn test(arguments: &TestArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let (suites, rego) = if arguments.packs {
        let files = PACKS.iter().flat_map(|pack| pack.policies);
        (files.map(Suite::shipped).collect(), Vec::new())
    } else {
        own_suites(arguments)?
    };
    let results: Vec<SuiteResult> = suites.iter().map(trial::run).collect();
    let report = PolicyTestReport::of(&results, &rego);
    let is_covered = |result: &SuiteResult| result.uncovered().next().is_none();
    let uncovered = arguments.packs && !results.iter().all(is_covered);
    arguments.output.write(&report, None, out)?;
    Ok(Status::of(!report.ok || uncovered))
}

/// The policies of the project, and the tests of its Rego, which have run.
fn own_suites(arguments: &TestArguments) -> Result<(Vec<Suite>, Vec<TestedFile>), Failure> {
    let location = arguments.project.locate(None)?;
    let tree = location.worktree()?;
    let loaded = location.load(&tree, &[])?;
    let is_below = |path: &str| {
        let mut wanted = arguments.paths.iter();
        arguments.paths.is_empty()
            || wanted.any(|wanted| {
                let wanted = wanted.trim_start_matches("./").trim_end_matches('/');
                crate::check::project::is_below(path, wanted)
            })
    };
    let mut rego = rego::test(&loaded.model, &loaded.sources);
    rego.retain(|file| is_below(&file.path));
    let mut paths: Vec<&str> = Vec::new();
    for policy in &loaded.model.project.policies {
        let path = loaded.sources.file(policy.key.source).path();
        let wanted = is_below(path) || is_below(&test_path(path));
        if wanted && !policy.body.require.is_empty() && !paths.contains(&path) {
            paths.push(path);
        }
    }
    if paths.is_empty() && rego.is_empty() {
        let what = if arguments.paths.is_empty() {
            "in the project"
        } else {
            "below these paths"
        };
        return Err(
            Failure::new(format!("there are no policies with requirements {what}"))
                .hint("`flowgate policy new NAME` writes one; `--packs` tests the shipped ones"),
        );
    }
    let suites = paths.into_iter().map(|path| suite(path, &tree));
    Ok((suites.collect(), rego))
}

/// A policy file with what lies beside it.
fn suite(path: &str, tree: &dyn SourceTree) -> Suite {
    let test_path = test_path(path);
    let test = text(&test_path, tree);
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut sources = source::Sources::default();
    let id = sources.add(test_path.as_str(), test.as_deref().unwrap_or_default());
    let base = test
        .as_deref()
        .and_then(|test| syntax::read(id, test).value.base);
    let base = base.and_then(|base| text(&format!("{folder}/{}", base.value), tree));
    Suite {
        policy: text(path, tree).unwrap_or_default(),
        policy_path: path.to_owned(),
        test_path,
        test,
        base,
    }
}

/// The text of a file of the project, when it is there.
fn text(path: &str, tree: &dyn SourceTree) -> Option<String> {
    let reading = source::read(tree, &[path.trim_start_matches('/').to_owned()]);
    if !reading.unreadable.is_empty() {
        return None;
    }
    reading
        .sources
        .iter()
        .next()
        .map(|(_, file)| file.text().to_owned())
}

impl Writable for PolicyTestReport {
    fn supports(&self, format: &Format) -> bool {
        matches!(format.id, "human" | "json" | "junit")
    }

    fn write(
        &self,
        format: &Format,
        _options: &HumanOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        match format.id {
            "json" => policy_test::write_json(self, out),
            "junit" => policy_test::write_junit(self, out),
            _ => policy_test::write_human(self, out),
        }
    }
}

const POLICY: &str = include_str!("policy/policy.yaml");
const TEST: &str = include_str!("policy/policy.test.yaml");

fn new(arguments: &NewArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let name = &arguments.name;
    if !KebabName::accepts(name) {
        return Err(
            Failure::new(format!("`{name}` cannot be the name of a policy"))
                .hint(format!("use {}", KebabName::FORM)),
        );
    }
    let location = arguments.project.locate(None)?;
    let tree = location.worktree()?;
    let loaded = location.load(&tree, &[])?;
    let owner = loaded
        .model
        .project
        .people
        .first()
        .map(|person| person.name.value.as_str());
    let policy = format!("policies/{name}.yaml");
    let files = [
        (
            policy.clone(),
            POLICY
                .replace("NAME", name)
                .replace("OWNER", owner.unwrap_or("somebody")),
        ),
        (test_path(&policy), TEST.to_owned()),
    ];
    for (path, _) in &files {
        refuse_present(&location, path)?;
    }
    for (path, text) in &files {
        super::output::write_whole(&location.root.join(PathBuf::from(path)), text.as_bytes())?;
        writeln!(out, "  {path}")?;
    }
    writeln!(
        out,
        "\nTry:\n\n  flowgate policy test {policy}\n  flowgate policy facts"
    )?;
    Ok(Status::Clean)
}

/// Nothing of the user's is overwritten.
fn refuse_present(location: &Location, path: &str) -> Result<(), Failure> {
    if location.root.join(path).exists() {
        return Err(
            Failure::new(format!("there is a file `{path}` already")).hint("choose another name")
        );
    }
    Ok(())
}

fn facts(arguments: &FactsArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let location = arguments.project.locate(None)?;
    let loaded = match &arguments.project.at {
        Some(revision) => location.load(&location.revision(revision)?, &[])?,
        None => location.load(&location.worktree()?, &[])?,
    };
    let facts = Facts::new(&loaded.model, &loaded.sources, Selection::whole());
    let shown = match &arguments.name {
        None => facts.to_json(),
        Some(name) => one_document(name, &facts)?,
    };
    let text =
        serde_json::to_string_pretty(&shown).map_err(|error| Failure::new(error.to_string()))?;
    writeln!(out, "{text}")?;
    Ok(Status::Clean)
}

/// The facts of a document under the name by which requirements see it.
fn one_document(name: &str, facts: &Facts<'_>) -> Result<serde_json::Value, Failure> {
    let documents = DocumentKind::ALL
        .into_iter()
        .flat_map(|kind| facts.documents(kind));
    let documents: Vec<_> = documents.collect();
    if let Some(document) = documents.iter().find(|document| document.name().0 == name) {
        let value = json(&facts.view(*document).value());
        let kind = document.kind().as_str().to_owned();
        return Ok(serde_json::Value::Object(
            [(kind, value)].into_iter().collect(),
        ));
    }
    let failure = Failure::new(format!("there is no document `{name}`"));
    let names = documents.iter().map(|document| document.name().0);
    Err(match nearest(name, names) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`flowgate policy facts` without a name prints all of them"),
    })
}
