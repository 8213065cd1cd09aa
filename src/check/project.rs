//! A tree to a loaded project: which files hold documents, and what lies around them.

use std::collections::{BTreeMap, BTreeSet};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::{Loaded, load, load_with};
use crate::diagnostic::Diagnostic;
use crate::model::rules::UNRESOLVED_REFERENCE;
use crate::model::{ProjectFiles, Release, Surroundings, json_schema};
use crate::policy::rego;
use crate::source::{
    self, Reading, Reason, SourceTree, Sources, Span, Spanned, TreeError, Unreadable,
};
use crate::syntax::config::ProjectFile;
use crate::syntax::decode::nearest;
use crate::syntax::visit::Visitor;
use crate::syntax::{DocumentKind, Project};
use crate::yaml::rules::INVALID_YAML;

/// The name of the project file, at the root of the project.
pub const PROJECT_FILE: &str = "flowgate.yaml";

/// Released versions by kind and name, lowest first.
pub type Releases = BTreeMap<(DocumentKind, String), Vec<Release>>;

/// How a project is opened.
#[derive(Debug, Clone)]
pub struct Opening<'a> {
    /// The day on which time limits are judged.
    pub today: jiff::civil::Date,
    /// Files to read beside those below the roots, because the user named them.
    pub also: &'a [String],
}

/// Reads and resolves the project of a tree. `releases` is asked once the documents are known.
///
/// # Errors
/// When the tree cannot be listed.
pub fn open(
    tree: &dyn SourceTree,
    opening: &Opening<'_>,
    releases: &dyn Fn(&Project, &Sources) -> Releases,
) -> Result<Loaded, TreeError> {
    open_selected(tree, opening, &|_| true, releases)
}

/// As [`open`], with documents of the selected files alone.
///
/// # Errors
/// When the tree cannot be listed.
pub fn open_selected(
    tree: &dyn SourceTree,
    opening: &Opening<'_>,
    selected: &dyn Fn(&str) -> bool,
    releases: &dyn Fn(&Project, &Sources) -> Releases,
) -> Result<Loaded, TreeError> {
    let paths = tree.paths()?;
    let config = read_config(tree, &paths);
    let mut documents = document_paths(&paths, config.as_ref(), opening.also);
    documents.retain(|path| selected(path));
    let reading = source::read(tree, &documents);
    let Reading {
        sources,
        unreadable,
    } = reading;
    let mut loaded = load_with(sources, |project, sources| {
        let releases = releases(project, sources);
        let mut surroundings =
            surroundings(tree, &paths, &documents, project, opening.today, releases);
        schema_files(tree, project, sources, &mut surroundings.files);
        surroundings
    });
    loaded
        .diagnostics
        .extend(unreadable.iter().map(report_unreadable));
    loaded.diagnostics.extend(missing_roots(&loaded, &paths));
    Ok(loaded)
}

/// The project file alone, for where the documents are; its faults are reported when it is read
/// with the others.
pub(super) fn read_config(tree: &dyn SourceTree, paths: &[String]) -> Option<ProjectFile> {
    if !paths.iter().any(|path| path == PROJECT_FILE) {
        return None;
    }
    let reading = source::read(tree, &[PROJECT_FILE.to_owned()]);
    let loaded = load(reading.sources, |_| {
        Surroundings::on(jiff::civil::Date::ZERO)
    });
    loaded
        .model
        .project
        .configs
        .into_iter()
        .next()
        .map(|config| config.body)
}

pub(super) fn document_paths(
    paths: &[String],
    config: Option<&ProjectFile>,
    also: &[String],
) -> Vec<String> {
    let settings = config.and_then(|config| config.project.as_ref());
    let roots: Vec<&str> = settings
        .into_iter()
        .flat_map(|settings| &settings.roots)
        .map(|root| root.value.trim_start_matches("./").trim_end_matches('/'))
        .collect();
    let excluded = exclusions(settings.into_iter().flat_map(|settings| &settings.exclude));
    let rego = config.into_iter().flat_map(|config| &config.policies);
    let rego: Vec<&str> = rego
        .map(|entry| entry.value.as_str())
        .filter(|entry| rego::is_path(entry))
        .collect();
    let is_rego = |path: &str| rego::role(path, rego.iter().copied()).is_some();
    paths
        .iter()
        .filter(|path| is_yaml(path) || is_rego(path))
        .filter(|path| {
            if is_rego(path) {
                return true;
            }
            let below_a_root = roots.is_empty() || roots.iter().any(|root| is_below(path, root));
            let wanted = below_a_root
                && !excluded
                    .matched_path_or_any_parents(path, false)
                    .is_ignore();
            wanted || path.as_str() == PROJECT_FILE || also.contains(path)
        })
        .cloned()
        .collect()
}

fn exclusions<'a>(patterns: impl Iterator<Item = &'a Spanned<String>>) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for pattern in patterns {
        if builder.add_line(None, &pattern.value).is_err() {
            continue;
        }
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// Test files of policies are no documents of the project; `flowgate policy test` reads them.
fn is_yaml(path: &str) -> bool {
    match path.rsplit_once('.') {
        Some((stem, "yaml" | "yml")) => !stem.ends_with(".test"),
        Some(_) | None => false,
    }
}

/// True for the folder itself, everything below it, and for `.`.
pub fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || folder == "."
        || path == folder
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
}

fn surroundings(
    tree: &dyn SourceTree,
    paths: &[String],
    documents: &[String],
    project: &Project,
    today: jiff::civil::Date,
    releases: Releases,
) -> Surroundings {
    let mut files = ProjectFiles {
        paths: paths.iter().cloned().collect(),
        texts: BTreeMap::new(),
        sources: BTreeMap::new(),
        folders: documents
            .iter()
            .map(|path| {
                path.rsplit_once('/')
                    .map_or("", |(folder, _)| folder)
                    .to_owned()
            })
            .collect(),
    };
    let mut mentioned = Mentioned {
        files: &files,
        found: BTreeSet::new(),
    };
    project.visit_all(&mut mentioned);
    let wanted: Vec<String> = mentioned.found.into_iter().collect();
    let reading = source::read(tree, &wanted);
    let unreadable: Vec<_> = reading.unreadable.iter().map(|file| file.source).collect();
    for (id, file) in reading.sources.iter() {
        if !unreadable.contains(&id) {
            files
                .texts
                .insert(file.path().to_owned(), file.text().to_owned());
        }
    }
    Surroundings {
        files,
        releases,
        today,
    }
}

/// Takes the JSON Schema files of contracts, and what they refer to, among the sources.
fn schema_files(
    tree: &dyn SourceTree,
    project: &Project,
    sources: &mut Sources,
    files: &mut ProjectFiles,
) {
    let named = project.contracts.iter();
    let named = named.filter_map(|contract| contract.body.json_schema.as_ref());
    let mut pending: Vec<String> = named
        .filter_map(|file| files.find(&file.path).map(str::to_owned))
        .collect();
    while let Some(path) = pending.pop() {
        if files.sources.contains_key(&path) || !files.paths.contains(&path) {
            continue;
        }
        if !files.texts.contains_key(&path) {
            let reading = source::read(tree, std::slice::from_ref(&path));
            let text = reading
                .sources
                .iter()
                .next()
                .map(|(_, file)| file.text().to_owned());
            files.texts.extend(text.map(|text| (path.clone(), text)));
        }
        let Some(text) = files.texts.get(&path) else {
            continue;
        };
        let source = sources.add_beside(path.as_str(), text.as_str());
        pending.extend(json_schema::referenced(&path, text, source));
        files.sources.insert(path, source);
    }
}

/// The files that documents mention and that exist.
struct Mentioned<'f> {
    files: &'f ProjectFiles,
    found: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Mentioned<'_> {
    fn file(&mut self, path: &'a Spanned<String>) {
        self.found.extend(self.files.find(path).map(str::to_owned));
    }
}

fn report_unreadable(unreadable: &Unreadable) -> Diagnostic {
    let span = Span::new(unreadable.source, 0..0);
    let finding = |message: String| Diagnostic::new(&INVALID_YAML, span, message);
    match &unreadable.reason {
        Reason::InvalidUtf8(position) => finding(format!(
            "the file is not UTF-8 text: the byte at line {}, column {} belongs to no character",
            position.line, position.column
        ))
        .help("save the file as UTF-8"),
        Reason::TooLarge { bytes, limit } => finding(format!(
            "the file has {bytes} bytes, more than the limit of {limit} bytes"
        ))
        .help("split it; data does not belong into a document, and artifacts can be left out with `exclude`"),
        Reason::Io(error) => {
            let diagnostic = finding(format!("the file cannot be read: {}", error.message));
            match &error.hint {
                Some(hint) => diagnostic.help(hint.clone()),
                None => diagnostic,
            }
        }
    }
}

/// A root that does not exist would mean that nothing is checked, and nobody would notice.
fn missing_roots(loaded: &Loaded, paths: &[String]) -> Vec<Diagnostic> {
    let folders: Vec<&str> = paths
        .iter()
        .filter_map(|path| path.split_once('/').map(|(folder, _)| folder))
        .collect();
    let settings = loaded
        .model
        .config()
        .and_then(|config| config.project.as_ref());
    settings
        .into_iter()
        .flat_map(|settings| &settings.roots)
        .filter(|root| {
            let folder = root.value.trim_start_matches("./").trim_end_matches('/');
            !paths.iter().any(|path| is_below(path, folder))
        })
        .map(|root| {
            let message = format!(
                "there is no folder `{}` with files in the repository",
                root.value
            );
            let diagnostic = Diagnostic::new(&UNRESOLVED_REFERENCE, root.span, message);
            match nearest(&root.value, folders.iter().copied()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help("correct the path, or remove it"),
            }
        })
        .collect()
}
