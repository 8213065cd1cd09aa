//! A project to findings: reading, resolving, linting, then levels, suppressions and order.

pub mod baseline;
pub mod codeowners;
pub mod evidence;
pub mod finding;
pub mod history;
mod levels;
pub mod packs;
pub mod part;
mod place;
pub mod project;
pub mod release;
mod released;
pub mod releases;
pub mod repair;
mod rulebook;
pub mod scenarios;
pub mod stage;
pub mod suggestions;
pub mod suppress;
pub mod trial;
pub mod trust;
pub mod versions;

use std::borrow::Cow;
use std::collections::BTreeSet;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::catalog;
use crate::compat::evidence::{Bench, Evidence, Terms};
use crate::compat::{self, Side, assess_changes};
use crate::diagnostic::Diagnostic;
use crate::diff::diff;
use crate::lint;
use crate::model::{Model, Surroundings, json_schema, resolve};
use crate::policy::{self, Policies, rego};
use crate::rule::Declared;
use crate::source::{SourceId, Sources};
use crate::syntax::Project;
use crate::syntax::decode::Decoder;
use crate::syntax::unread::Unread;
use crate::yaml::{self, Stream};
pub use finding::{DocumentName, Finding, Suppressed};
use history::Past;
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

impl Loaded {
    /// The project with its texts, as a side of a comparison.
    pub fn side(&self) -> Side<'_> {
        Side {
            model: &self.model,
            sources: &self.sources,
        }
    }
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
    surroundings: impl FnOnce(&Project, &mut Sources) -> Surroundings,
) -> Loaded {
    let own = sources
        .iter()
        .filter(|(_, file)| file.is_document() && !packs::is_shipped(file.path()))
        .filter(|(_, file)| !is_foreign(file.path()));
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
    let surroundings = surroundings(&project, &mut sources);
    diagnostics.extend(json_schema::read_all(&mut project, &surroundings.files));
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
    let is_read = sources.file(source).is_read();
    if !is_read || !parsed.value.is_whole {
        project.unread.push(Unread {
            source,
            text: (is_read && !text.contains('\0')).then(|| text.to_owned()),
        });
    }
    ParsedFile {
        source,
        stream: parsed.value,
        project,
        diagnostics: decoder.finish_after(parsed.diagnostics),
    }
}

/// What a project is compared with when a change is judged.
#[derive(Debug, Clone, Copy)]
pub struct Comparison<'a> {
    /// The project before the change. Its policies judge the change.
    pub base: &'a Loaded,
    /// Earlier releases of what changed.
    pub past: &'a Past,
    /// Who wrote and who approved the change; absent when approvals are not the matter.
    pub evidence: Option<&'a Evidence>,
    /// The files that are the same in both and that no change reaches; the base is without them.
    pub left_out: &'a BTreeSet<String>,
}

impl Comparison<'_> {
    /// What of a project is compared.
    fn of<'l>(&self, loaded: &'l Loaded) -> Cow<'l, Model> {
        if self.left_out.is_empty() {
            Cow::Borrowed(&loaded.model)
        } else {
            Cow::Owned(part::narrowed(loaded, self.left_out))
        }
    }
}

/// Judges a loaded project. Findings come by file, place and rule; suppressed ones are among them.
pub fn check(loaded: &Loaded) -> Vec<Finding> {
    let diagnostics = lint::run(&loaded.model, &loaded.sources, &loaded.streams);
    let nothing = BTreeSet::new();
    finish(loaded, diagnostics, (loaded, &loaded.model), &nothing)
}

/// Findings of a stage behind the checks, such as a target, at their places.
pub fn located(loaded: &Loaded, diagnostics: Vec<Diagnostic>) -> Vec<Finding> {
    let places = Places::new(loaded);
    let findings = diagnostics.into_iter();
    let mut findings: Vec<Finding> = findings
        .map(|diagnostic| places.locate(diagnostic))
        .collect();
    findings.sort_by(|left, right| order(left).cmp(&order(right)));
    number_equal_fingerprints(&mut findings);
    findings
}

/// Judges a project and the change that led to it, under the policies of the base: a change cannot
/// weaken what judges it.
pub fn check_change(loaded: &Loaded, comparison: &Comparison<'_>) -> Vec<Finding> {
    let base = &comparison.base;
    let judged = trust::judged(&loaded.model, &base.model);
    let mut diagnostics = lint::run(&judged, &loaded.sources, &loaded.streams);
    diagnostics.extend(judge_change(loaded, comparison));
    finish(
        loaded,
        diagnostics,
        (trust::governing(base, loaded), &judged),
        comparison.left_out,
    )
}

/// What the rules about changes find.
fn judge_change(loaded: &Loaded, comparison: &Comparison<'_>) -> Vec<Diagnostic> {
    let model = comparison.of(loaded);
    let after = Side {
        model: &model,
        ..loaded.side()
    };
    let before = comparison.base.side();
    let history = comparison.past.history(&model);
    let changes = diff(before.model, after.model);
    let mut impact = assess_changes(changes, before, after, &history);
    let governing = &trust::governing(comparison.base, loaded).model;
    if let (Some(evidence), Some(terms)) = (comparison.evidence, Terms::of([governing])) {
        let bench = Bench {
            terms: &terms,
            directory: governing,
            evidence,
            today: loaded.model.surroundings.today,
        };
        impact.settle((before, after), &bench);
    }
    compat::rules::run(&impact, (before, after), &history, &loaded.streams)
}

/// Gives findings their levels and places, and takes away what is suppressed. The policies of
/// `governing`, which is without the files of `left_out`, decide about what was found in `judged`.
fn finish(
    loaded: &Loaded,
    found: Vec<Diagnostic>,
    (governing, judged): (&Loaded, &Model),
    left_out: &BTreeSet<String>,
) -> Vec<Finding> {
    let mut diagnostics = loaded.diagnostics.clone();
    diagnostics.extend(found);
    diagnostics.extend(compat::rules::run_alone(&loaded.model));
    diagnostics.extend(judge_policies(loaded, (governing, judged), left_out));
    let rego = judge_rego(loaded, (governing, judged));
    diagnostics.extend(rego.diagnostics.iter().cloned());
    let rulebook = Rulebook::of(&loaded.model, &rego);
    let governing = &governing.model;
    let levels = levels::Selection::new(governing, judged, &loaded.sources);
    diagnostics.extend(levels::unknown_rules(&loaded.model, &rulebook));
    let places = Places::new(loaded);
    let mut findings: Vec<Finding> = diagnostics
        .into_iter()
        .map(|diagnostic| places.locate(diagnostic))
        .filter_map(|finding| levels.apply(finding))
        .collect();
    let of_scenarios = scenarios::check(loaded, &accepted(&findings, loaded, governing, &rulebook));
    findings.extend(
        of_scenarios
            .into_iter()
            .map(|diagnostic| places.locate(diagnostic))
            .filter_map(|finding| levels.apply(finding)),
    );
    let complaints = suppress::apply(&mut findings, loaded, governing, &rulebook);
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

/// What the policies of `governing` find in `judged`. What is wrong with policies is told of those of
/// the project itself, since its files are the ones to mend; of the base only what can no longer be
/// judged.
fn judge_policies(
    loaded: &Loaded,
    (governing, judged): (&Loaded, &Model),
    left_out: &BTreeSet<String>,
) -> Vec<Diagnostic> {
    let own = Policies::of(loaded.model.project.all_policies());
    let mut diagnostics = own.diagnostics.clone();
    let found = policy::judge(&own, judged, &loaded.sources).diagnostics;
    if std::ptr::eq(governing, loaded) {
        diagnostics.extend(found);
        return diagnostics;
    }
    diagnostics.extend(found.into_iter().filter(is_about_a_policy));
    let policies = Policies::of(governing.model.project.all_policies());
    let found = policy::judge(&policies, judged, &loaded.sources).diagnostics;
    let (lost, found): (Vec<Diagnostic>, _) = found.into_iter().partition(is_about_a_policy);
    let before = || {
        let unchanged = part::rest(loaded, left_out);
        let of_base = policy::judge(&policies, &governing.model, &governing.sources);
        let of_rest = policy::judge(&policies, &unchanged, &loaded.sources);
        [of_base.diagnostics, of_rest.diagnostics].concat()
    };
    let told = trust::no_longer_judged(lost, &diagnostics, before, (governing, loaded));
    diagnostics.extend(found);
    diagnostics.extend(told);
    diagnostics
}

fn is_about_a_policy(diagnostic: &Diagnostic) -> bool {
    diagnostic.rule.id == policy::rules::POLICY_INVALID.id
}

/// As [`judge_policies`], for those in Rego.
fn judge_rego(loaded: &Loaded, (governing, judged): (&Loaded, &Model)) -> rego::Judged {
    let subject = rego::Subject {
        model: judged,
        sources: &loaded.sources,
        streams: &loaded.streams,
    };
    let mut own = rego::judge(&loaded.model, &loaded.sources, &subject);
    if std::ptr::eq(governing, loaded) {
        return own;
    }
    let is_by_a_policy = |it: &Diagnostic| matches!(it.rule, Declared::ByPolicy(_));
    own.diagnostics.retain(|it| !is_by_a_policy(it));
    let found = rego::judge(&governing.model, &governing.sources, &subject).diagnostics;
    let (found, lost): (Vec<Diagnostic>, _) = found.into_iter().partition(is_by_a_policy);
    let before = || {
        let subject = rego::Subject {
            model: &governing.model,
            sources: &governing.sources,
            streams: &governing.streams,
        };
        rego::judge(&governing.model, &governing.sources, &subject).diagnostics
    };
    let told = trust::no_longer_judged(lost, &own.diagnostics, before, (governing, loaded));
    own.diagnostics.extend(found);
    own.diagnostics.extend(told);
    own
}

/// The findings as they are once suppressions count.
fn accepted(
    findings: &[Finding],
    loaded: &Loaded,
    governing: &Model,
    rulebook: &Rulebook,
) -> Vec<Finding> {
    let mut findings = findings.to_vec();
    // What is wrong with suppressions is reported with the final findings.
    suppress::apply(&mut findings, loaded, governing, rulebook);
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
