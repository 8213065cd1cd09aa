//! Policies in Rego, for teams that own some: the modules and data files below the paths that
//! the project file names under `policies`, judged over the facts of the whole project.
//!
//! A rule called `deny`, `violation` or `warn` (or with one of these words before a `_`) of any
//! package gives findings; `input` is what `schema/policy-facts.schema.json` describes. Only the
//! modules below this one know the evaluator, which is a feature of the build: without it a path
//! is refused, never passed over.

#[cfg(feature = "rego")]
mod data;
#[cfg(feature = "rego")]
mod fault;
#[cfg(feature = "rego")]
mod guard;
#[cfg(feature = "rego")]
mod judgement;
#[cfg(feature = "rego")]
mod place;
#[cfg(feature = "rego")]
mod program;
#[cfg(feature = "rego")]
mod recursion;
#[cfg(feature = "rego")]
mod result;
#[cfg(feature = "rego")]
mod trial;

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::model::rules::UNRESOLVED_REFERENCE;
use crate::rule::Meta;
use crate::source::{SourceId, Sources, Spanned};
use crate::syntax::Project;
use crate::yaml::Stream;

/// What a file below a path of `policies` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Rules.
    Module,
    /// Tests of rules: `*_test.rego`; only `flowgate policy test` reads them.
    Test,
    /// `data.json` or `data.yaml`, with the folders that lead to it from the path, which are
    /// where `data` has it.
    Data(Vec<String>),
}

/// What judging in Rego gave.
#[derive(Debug)]
pub struct Judged {
    /// Findings, and what is wrong with the policies themselves.
    pub diagnostics: Vec<Diagnostic>,
    /// The rules that findings may have, by name.
    pub rules: Vec<Arc<Meta>>,
    /// False when rules may exist that are not among `rules`, since the policies were not
    /// understood.
    pub is_complete: bool,
}

impl Default for Judged {
    fn default() -> Self {
        Judged {
            diagnostics: Vec::new(),
            rules: Vec::new(),
            is_complete: true,
        }
    }
}

/// How the tests of one file went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestedFile {
    /// The path of the file.
    pub path: String,
    /// What keeps its tests from being run, as `path:line: message`.
    pub faults: Vec<String>,
    /// The tests, in written order.
    pub cases: Vec<TestedRule>,
}

impl TestedFile {
    /// True when nothing went wrong.
    pub fn ok(&self) -> bool {
        self.faults.is_empty() && self.cases.iter().all(|case| case.fault.is_none())
    }
}

/// How one test went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestedRule {
    /// `package.test_name`.
    pub name: String,
    /// The line that it begins on, from 1.
    pub line: u32,
    /// What went wrong.
    pub fault: Option<String>,
}

/// True when an entry of `policies` is the path of a Rego file or folder; otherwise it is the
/// name of a pack.
pub fn is_path(entry: &str) -> bool {
    entry.contains('/') || entry.ends_with(".rego")
}

/// The paths that the project file names.
pub fn paths(project: &Project) -> Vec<&Spanned<String>> {
    let configs = project.configs.iter().take(1);
    let entries = configs.flat_map(|config| &config.body.policies);
    entries.filter(|entry| is_path(&entry.value)).collect()
}

/// What a file is, when it lies below one of the paths.
pub fn role<'p>(file: &str, paths: impl IntoIterator<Item = &'p str>) -> Option<Role> {
    paths
        .into_iter()
        .find_map(|path| role_below(file, path.trim_start_matches("./").trim_end_matches('/')))
}

fn role_below(file: &str, path: &str) -> Option<Role> {
    let inside = match path {
        "" | "." => file,
        _ if path == file => file.rsplit('/').next()?,
        _ => file.strip_prefix(path)?.strip_prefix('/')?,
    };
    let mut folders: Vec<String> = inside.split('/').map(str::to_owned).collect();
    match folders.pop()?.as_str() {
        name if name.ends_with("_test.rego") => Some(Role::Test),
        name if name.ends_with(".rego") => Some(Role::Module),
        "data.json" | "data.yaml" | "data.yml" => Some(Role::Data(folders)),
        _ => None,
    }
}

/// The files of a project that Rego is about.
#[derive(Debug, Default)]
struct Files {
    modules: Vec<SourceId>,
    tests: Vec<SourceId>,
    data: Vec<(SourceId, Vec<String>)>,
}

impl Files {
    fn of(paths: &[&Spanned<String>], sources: &Sources) -> Self {
        let mut files = Files::default();
        for (source, file) in sources.iter() {
            match role(file.path(), paths.iter().map(|path| path.value.as_str())) {
                Some(Role::Module) => files.modules.push(source),
                Some(Role::Test) => files.tests.push(source),
                Some(Role::Data(folders)) => files.data.push((source, folders)),
                None => {}
            }
        }
        files
    }
}

/// The project that is judged, with the places of its elements.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The project.
    pub model: &'a Model,
    /// Its texts.
    pub sources: &'a Sources,
    /// The YAML documents of its texts.
    pub streams: &'a [(SourceId, Stream)],
}

/// Asks the rules that a project has below its paths. A project without paths costs nothing.
///
/// Findings stand in the texts of the subject. What is wrong with the policies themselves stands
/// in `sources`, theirs.
pub fn judge(policies: &Model, sources: &Sources, subject: &Subject<'_>) -> Judged {
    let paths = paths(&policies.project);
    if paths.is_empty() {
        return Judged::default();
    }
    let mut diagnostics = empty(&paths, sources);
    let files = Files::of(&paths, sources);
    let mut judged = judge_files(&files, &paths, sources, subject);
    diagnostics.append(&mut judged.diagnostics);
    Judged {
        diagnostics,
        ..judged
    }
}

/// Runs the tests of a project's Rego, in path order.
pub fn test(model: &Model, sources: &Sources) -> Vec<TestedFile> {
    let paths = paths(&model.project);
    if paths.is_empty() {
        return Vec::new();
    }
    test_files(&Files::of(&paths, sources), sources)
}

/// A path without rules would judge nothing, and nobody would notice.
fn empty(paths: &[&Spanned<String>], sources: &Sources) -> Vec<Diagnostic> {
    let is_empty = |path: &&&Spanned<String>| {
        let is_rule = |file: &str| role(file, [path.value.as_str()]) == Some(Role::Module);
        !sources.iter().any(|(_, file)| is_rule(file.path()))
    };
    let empty = paths.iter().filter(is_empty);
    empty
        .map(|path| {
            let message = format!("there is no Rego policy at `{}`", path.value);
            Diagnostic::new(&UNRESOLVED_REFERENCE, path.span, message)
                .help("correct the path of the `.rego` file, or of the folder that holds some")
        })
        .collect()
}

#[cfg(feature = "rego")]
use judgement::judge_files;
#[cfg(feature = "rego")]
use trial::test_files;

#[cfg(not(feature = "rego"))]
use super::rules::POLICY_INVALID;

#[cfg(not(feature = "rego"))]
const WITHOUT: &str = "this build of flowgate cannot evaluate Rego";

#[cfg(not(feature = "rego"))]
fn judge_files(
    _files: &Files,
    paths: &[&Spanned<String>],
    _sources: &Sources,
    _subject: &Subject<'_>,
) -> Judged {
    let refused = paths.iter().map(|path| {
        let message = format!("{WITHOUT}, so that `{}` is not judged", path.value);
        Diagnostic::new(&POLICY_INVALID, path.span, message)
            .help("use a build with the Cargo feature `rego`, which is on by default")
    });
    Judged {
        diagnostics: refused.collect(),
        rules: Vec::new(),
        is_complete: false,
    }
}

#[cfg(not(feature = "rego"))]
fn test_files(files: &Files, sources: &Sources) -> Vec<TestedFile> {
    let refused = files.tests.iter().map(|source| TestedFile {
        path: sources.file(*source).path().to_owned(),
        faults: vec![WITHOUT.to_owned()],
        cases: Vec::new(),
    });
    refused.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_roles_by_their_names() {
        let role = |file: &str| role(file, ["./policies/rego/", "single/one.rego"]);
        assert_eq!(role("policies/rego/a.rego"), Some(Role::Module));
        assert_eq!(role("policies/rego/deep/a_test.rego"), Some(Role::Test));
        let folders = vec!["limits".to_owned(), "eu".to_owned()];
        let data = role("policies/rego/limits/eu/data.yaml");
        assert_eq!(data, Some(Role::Data(folders)));
        assert_eq!(
            role("policies/rego/data.json"),
            Some(Role::Data(Vec::new()))
        );
        assert_eq!(role("single/one.rego"), Some(Role::Module));
        for other in [
            "single/data.json",
            "policies/rego/house.yaml",
            "policies/regolith/a.rego",
        ] {
            assert_eq!(role(other), None, "{other}");
        }
    }
}
