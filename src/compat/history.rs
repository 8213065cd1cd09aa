//! What was released before: versions that a change is measured against.

use std::collections::BTreeMap;

use semver::Version;

use super::impact::Side;
use crate::diff::DocumentChanges;
use crate::model::Model;
use crate::source::Span;
use crate::syntax::DocumentKind;

/// The last release of a document.
#[derive(Debug, Clone)]
pub struct Released<'a> {
    /// The version.
    pub version: Version,
    /// The tag.
    pub tag: String,
    /// The project as it was then and what changed in the document since; `None` when nothing did.
    pub since: Option<(Side<'a>, DocumentChanges)>,
}

/// Which thing of a document a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// A field of a contract.
    Field,
    /// A state of a workflow.
    State,
    /// A step of a workflow.
    Step,
    /// A reason code of a workflow.
    Reason,
    /// A control of a workflow.
    Control,
}

impl NameKind {
    /// As it stands in a sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            NameKind::Field => "field",
            NameKind::State => "state",
            NameKind::Step => "step",
            NameKind::Reason => "reason code",
            NameKind::Control => "control",
        }
    }
}

/// A name inside of a document that others may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Where it is written.
    pub span: Span,
    /// What it stands for, short and for people: `string`, `waiting`, `missing_info`.
    pub meaning: String,
}

/// The names inside of a document that others may know.
pub type Names = BTreeMap<(NameKind, String), Named>;

/// Names that an earlier release had.
#[derive(Debug, Clone)]
pub struct EarlierNames {
    /// The tag.
    pub tag: String,
    /// The names; the places are those of the release.
    pub names: Names,
}

/// What was released before, as far as a change needs to know it. The documents are called by the
/// names that they have now.
#[derive(Debug, Clone, Default)]
pub struct History<'a> {
    /// The last release of documents that changed.
    pub last: BTreeMap<(DocumentKind, String), Released<'a>>,
    /// The names in every release of documents that have new ones, the oldest release first.
    pub names: BTreeMap<(DocumentKind, String), Vec<EarlierNames>>,
}

/// The names inside of a document.
pub fn names(model: &Model, kind: DocumentKind, name: &str) -> Names {
    let mut names = Names::new();
    let mut add = |kind, name: &str, span, meaning: String| {
        names.insert((kind, name.to_owned()), Named { span, meaning });
    };
    let contract = model
        .contract(name)
        .filter(|_| kind == DocumentKind::Contract);
    for field in contract.iter().flat_map(|contract| contract.body.fields()) {
        let meaning = field
            .shape
            .kind
            .map_or("any type", |kind| kind.value.as_str());
        add(
            NameKind::Field,
            &field.name.value,
            field.name.span,
            meaning.to_owned(),
        );
    }
    let workflow = model
        .workflow(name)
        .filter(|_| kind == DocumentKind::Workflow);
    let Some(workflow) = workflow.map(|workflow| &workflow.body) else {
        return names;
    };
    for (state, body) in workflow.all_states() {
        let lifecycle = body
            .lifecycle
            .map_or("", |lifecycle| lifecycle.value.as_str());
        let meaning = match body.end {
            Some(end) => format!("{lifecycle}, {}", end.value.as_str()),
            None => lifecycle.to_owned(),
        };
        add(NameKind::State, &state.value, state.span, meaning);
    }
    for located in workflow.all_steps() {
        if let Some(span) = located.step.name_span() {
            let work = located.step.kind().map_or("", |kind| kind.key());
            add(NameKind::Step, located.step.name(), span, work.to_owned());
        }
    }
    for (reason, route) in workflow.exceptions.iter().flat_map(|map| map.value.iter()) {
        let class = route.class.map_or("", |class| class.value.as_str());
        add(
            NameKind::Reason,
            &reason.value,
            reason.span,
            class.to_owned(),
        );
    }
    for (control, body) in workflow.controls.iter() {
        let unit = body.unit.as_ref().map_or("", |unit| unit.value.as_str());
        add(
            NameKind::Control,
            &control.value,
            control.span,
            unit.to_owned(),
        );
    }
    names
}
