//! A project to findings: reading, resolving, linting, then levels, suppressions and order.

pub mod finding;
mod levels;
mod packs;
mod place;
pub mod project;
pub mod releases;
pub mod repair;
mod rulebook;
mod suppress;
pub mod trial;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::catalog;
use crate::diagnostic::Diagnostic;
use crate::lint;
use crate::model::{Model, Surroundings, resolve};
use crate::policy::{self, Policies, rego};
use crate::source::{SourceId, Sources};
use crate::syntax::Project;
use crate::syntax::decode::Decoder;
use crate::yaml::{self, Stream};
pub use finding::{DocumentName, Finding, Suppressed};
use place::Places;
use rulebook::Rulebook;

/// A project that was read and resolved, with everything found wrong on the way.
#[derive(Debug)]
pub struct Loaded {
    /// The texts.
    pub sources: Sources,
    /// The YAML documents of each text, in the same order.
    pub streams: Vec<(SourceId, Stream)>,
    /// The resolved project.
    pub model: Model,
    /// What reading, decoding and resolving found.
    pub diagnostics: Vec<Diagnostic>,
}

struct ParsedFile {
    source: SourceId,
    stream: Stream,
    project: Project,
    diagnostics: Vec<Diagnostic>,
}

/// Reads and resolves texts; `surroundings` is asked once the documents are known.
pub fn load(sources: Sources, surroundings: impl FnOnce(&Project) -> Surroundings) -> Loaded {
    load_with(sources, |project, _| surroundings(project))
}

/// As [`load`], for surroundings that depend on the texts too.
pub fn load_with(
    mut sources: Sources,
    surroundings: impl FnOnce(&Project, &Sources) -> Surroundings,
) -> Loaded {
    let own = sources
        .iter()
        .filter(|(_, file)| !packs::is_shipped(file.path()) && !is_foreign(file.path()));
    let ids: Vec<SourceId> = own.map(|(id, _)| id).collect();
    let files: Vec<ParsedFile> = ids.par_iter().map(|id| parse_file(&sources, *id)).collect();
    let mut project = Project::default();
    let mut streams = Vec::with_capacity(files.len());
    let mut diagnostics = Vec::new();
    let rego: Vec<String> = rego_paths(&files);
    for file in files {
        // Data of Rego policies is in YAML too, but no document.
        let path = sources.file(file.source).path();
        if rego::role(path, rego.iter().map(String::as_str)).is_some() {
            continue;
        }
        project.append(file.project);
        streams.push((file.source, file.stream));
        diagnostics.extend(file.diagnostics);
    }
    diagnostics.extend(packs::unknown(&project));
    for source in packs::select(&project, &mut sources) {
        let file = parse_file(&sources, source);
        project.packs.extend(file.project.policies);
        streams.push((file.source, file.stream));
        diagnostics.extend(file.diagnostics);
    }
    let surroundings = surroundings(&project, &sources);
    let resolved = resolve::resolve(project, surroundings);
    diagnostics.extend(resolved.diagnostics);
    Loaded {
        sources,
        streams,
        model: resolved.value,
        diagnostics,
    }
}

/// True for what is no YAML: modules of Rego policies, and data in JSON.
fn is_foreign(path: &str) -> bool {
    path.ends_with(".rego") || path.ends_with(".json")
}

/// The paths of Rego that the first project file names.
fn rego_paths(files: &[ParsedFile]) -> Vec<String> {
    let with_config = files.iter().find(|file| !file.project.configs.is_empty());
    let named = with_config.map(|file| rego::paths(&file.project));
    let named = named.unwrap_or_default().into_iter();
    named.map(|path| path.value.clone()).collect()
}

fn parse_file(sources: &Sources, source: SourceId) -> ParsedFile {
    let text = sources.file(source).text();
    let parsed = yaml::parse(source, text);
    let mut decoder = Decoder::new();
    let mut project = Project::default();
    for document in &parsed.value.documents {
        project.add(document, text, &mut decoder);
    }
    ParsedFile {
        source,
        stream: parsed.value,
        project,
        diagnostics: decoder.finish_after(parsed.diagnostics),
    }
}

/// Judges a loaded project. Findings come by file, place and rule; suppressed ones are among them.
pub fn check(loaded: &Loaded) -> Vec<Finding> {
    let mut diagnostics = loaded.diagnostics.clone();
    diagnostics.extend(lint::run(&loaded.model, &loaded.sources, &loaded.streams));
    let policies = Policies::of(loaded.model.project.all_policies());
    diagnostics.extend(policies.diagnostics.iter().cloned());
    diagnostics.extend(policy::judge(&policies, &loaded.model, &loaded.sources).diagnostics);
    let judged = rego::judge(&loaded.model, &loaded.sources, &loaded.streams);
    let rulebook = Rulebook::of(&loaded.model, &judged);
    diagnostics.extend(judged.diagnostics);
    let levels = levels::Selection::new(loaded, &rulebook);
    diagnostics.extend(levels.diagnostics());
    let places = Places::new(loaded);
    let mut findings: Vec<Finding> = diagnostics
        .into_iter()
        .map(|diagnostic| places.locate(diagnostic))
        .filter_map(|finding| levels.apply(finding))
        .collect();
    let complaints = suppress::apply(&mut findings, loaded, &rulebook);
    findings.extend(
        complaints
            .into_iter()
            .map(|diagnostic| places.locate(diagnostic))
            .filter_map(|finding| levels.apply(finding)),
    );
    findings.sort_by(|left, right| order(left).cmp(&order(right)));
    number_equal_fingerprints(&mut findings);
    findings
}

fn order(finding: &Finding) -> (crate::source::Span, &str, &str) {
    let diagnostic = &finding.diagnostic;
    (diagnostic.span, &diagnostic.rule.id, &diagnostic.message)
}

/// Two findings of one rule at one path differ by their number, so that both can be known again.
fn number_equal_fingerprints(findings: &mut [Finding]) {
    let mut seen: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for finding in findings {
        let count = seen.entry(finding.fingerprint.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            finding.fingerprint = fingerprint(&[&finding.fingerprint, &count.to_string()]);
        }
    }
}

/// Twelve hexadecimal digits over the parts.
pub fn fingerprint(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    digest
        .finalize()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// True when a rule of this name exists.
pub fn is_rule(name: &str) -> bool {
    catalog::rule(name).is_some()
}
