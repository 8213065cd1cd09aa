//! The rules about changes: each looks at one changed document with what it was before.

mod acceptance;
mod bump_too_small;
mod migration_map_missing;
mod required_approval_missing;
mod reserved_name_reused;

use super::history::History;
use super::impact::{DocumentImpact, Impact, Side};
use crate::diagnostic::{Diagnostic, Edit};
use crate::model::Model;
use crate::model::versioned::Versioned;
use crate::rule::Meta;
use crate::source::{SourceId, Span};
use crate::yaml::{Entry, Stream, edit, path};

/// A rule about a change.
#[derive(Debug)]
pub struct Rule {
    /// Name, level, reference text.
    pub meta: &'static Meta,
    /// What it sees in a project without an earlier version.
    alone: Option<fn(&Model) -> Vec<Diagnostic>>,
    /// What it sees in a change.
    of_change: Option<fn(&Impact, &mut Context<'_>)>,
}

/// Every rule about changes, in reference order.
pub static RULES: &[Rule] = &[
    bump_too_small::RULE,
    migration_map_missing::RULE,
    reserved_name_reused::RULE,
    required_approval_missing::RULE,
    acceptance::INCOMPLETE,
    acceptance::FORBIDDEN,
    acceptance::UNUSED,
];

/// What a rule sees beside the document, and where it reports.
#[derive(Debug)]
pub struct Context<'a> {
    /// The project before.
    pub before: Side<'a>,
    /// The project after.
    pub after: Side<'a>,
    /// What was released before.
    pub history: &'a History<'a>,
    streams: &'a [(SourceId, Stream)],
    rule: &'static Meta,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Context<'a> {
    fn finding(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.rule, span, message)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The document as it is now, when it is one of those with a version.
    fn versioned(&self, document: &DocumentImpact) -> Option<Versioned<'a>> {
        let side = document.facts.after.as_ref()?;
        self.after
            .model
            .versioned_document(document.facts.kind, &side.name)
    }

    /// The written entry whose key stands at the span, in the texts of after.
    fn entry_at(&self, key: Span) -> Option<Entry<'a>> {
        let text = self.after.sources.file(key.source).text();
        self.streams
            .iter()
            .filter(|(source, _)| *source == key.source)
            .flat_map(|(_, stream)| &stream.documents)
            .find_map(|document| path::entry_at(document, text, key))
    }

    /// The entry at a path of keys below the definition whose key stands at `owner`.
    fn entry_below(&self, owner: Span, keys: &[&str]) -> Option<Entry<'a>> {
        let entry = self.entry_at(owner)?;
        keys.iter()
            .try_fold(entry, |entry, key| entry.value.mapping()?.get(key))
    }

    /// An edit that adds `key: value` to the mapping that `entry` holds.
    fn insert_into(&self, entry: Entry<'a>, key: &str, value: &str) -> Option<Edit> {
        let text = self.after.sources.file(entry.key.span().source).text();
        edit::insert_entry(entry.value.mapping()?, text, key, value)
    }

    /// `workflows/refund.yaml:40`, in the texts of before.
    fn place_before(&self, span: Span) -> String {
        let file = self.before.sources.file(span.source);
        format!("{}:{}", file.path(), file.position(span.start).line)
    }
}

/// What the rules about changes see in a project alone, without an earlier version.
pub fn run_alone(model: &Model) -> Vec<Diagnostic> {
    let looks = RULES.iter().filter_map(|rule| rule.alone);
    looks.flat_map(|look| look(model)).collect()
}

/// Judges a change by every rule. Findings come rule by rule, in the order of the documents; their
/// places are in the texts of `after`, whose YAML is in `streams`.
pub fn run(
    impact: &Impact,
    sides: (Side<'_>, Side<'_>),
    history: &History<'_>,
    streams: &[(SourceId, Stream)],
) -> Vec<Diagnostic> {
    let rules = RULES.iter();
    rules
        .flat_map(|rule| run_rule(rule, impact, sides, history, streams))
        .collect()
}

/// The versions that are too low.
pub fn too_low(
    impact: &Impact,
    sides: (Side<'_>, Side<'_>),
    history: &History<'_>,
    streams: &[(SourceId, Stream)],
) -> Vec<Diagnostic> {
    run_rule(&bump_too_small::RULE, impact, sides, history, streams)
}

fn run_rule(
    rule: &Rule,
    impact: &Impact,
    (before, after): (Side<'_>, Side<'_>),
    history: &History<'_>,
    streams: &[(SourceId, Stream)],
) -> Vec<Diagnostic> {
    let mut context = Context {
        before,
        after,
        history,
        streams,
        rule: rule.meta,
        diagnostics: Vec::new(),
    };
    if let Some(look) = rule.of_change {
        look(impact, &mut context);
    }
    context.diagnostics
}
