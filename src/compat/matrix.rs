//! How the controls of changed workflows stand.

use std::collections::BTreeSet;

use super::declaration::ControlEffect;
use super::impact::DocumentImpact;
use crate::diff::value_text;
use crate::model::Model;
use crate::syntax::DocumentKind;
use crate::syntax::workflow::{Control, Workflow};

/// How a control of a changed workflow stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// As before.
    Kept,
    /// It controls more.
    Stronger,
    /// It controls less, or nobody can see that it does not.
    Weaker,
}

impl Standing {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Kept => "kept",
            Standing::Stronger => "stronger",
            Standing::Weaker => "weaker",
        }
    }
}

/// A control of a changed workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlRow {
    /// The workflow.
    pub workflow: String,
    /// The control.
    pub name: String,
    /// Its value before, with the unit.
    pub before: Option<String>,
    /// Its value after, with the unit.
    pub after: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// How it stands.
    pub standing: Standing,
}

/// The name before a rename, when nothing else has taken it.
fn old_name<'a>(control: &'a Control, after: &Workflow) -> Option<&'a str> {
    let name = control.renamed_from.as_ref()?.value.text.as_str();
    after.controls.get(name).is_none().then_some(name)
}

/// The controls of a changed workflow, by name.
pub(super) fn rows(document: &DocumentImpact, before: &Model, after: &Model) -> Vec<ControlRow> {
    if document.facts.kind != DocumentKind::Workflow {
        return Vec::new();
    }
    let side = |side: &Option<crate::diff::DocumentSide>, model: &'_ Model| {
        let workflow = side.as_ref().and_then(|side| model.workflow(&side.name));
        workflow
            .map(|workflow| workflow.body.clone())
            .unwrap_or_default()
    };
    let (old, new) = (
        side(&document.facts.before, before),
        side(&document.facts.after, after),
    );
    let mut rows: Vec<ControlRow> = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (name, control) in new.controls.iter() {
        let earlier = old.controls.entry(&name.value);
        let earlier = earlier.or_else(|| old.controls.entry(old_name(control, &new)?));
        seen.extend(earlier.map(|(name, _)| name.value.as_str()));
        rows.push(row(
            document,
            &name.value,
            earlier.map(|(_, control)| control),
            Some(control),
        ));
    }
    for (name, control) in old.controls.iter() {
        if !seen.contains(name.value.as_str()) {
            rows.push(row(document, &name.value, Some(control), None));
        }
    }
    rows.sort_by(|left, right| left.name.cmp(&right.name));
    rows
}

fn row(
    document: &DocumentImpact,
    name: &str,
    before: Option<&Control>,
    after: Option<&Control>,
) -> ControlRow {
    let path = format!("controls.{name}");
    let effects = document.changes.iter().filter(|judged| {
        let below = judged.change.path.strip_prefix(&path);
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    let effects: Vec<ControlEffect> = effects.map(|judged| judged.verdict.control).collect();
    let standing = if after.is_none() || effects.contains(&ControlEffect::Weakened) {
        Standing::Weaker
    } else if before.is_none() || effects.contains(&ControlEffect::Strengthened) {
        Standing::Stronger
    } else {
        Standing::Kept
    };
    let owner = before.and_then(|control| control.owner.as_ref());
    let owner = owner.or_else(|| after.and_then(|control| control.owner.as_ref()));
    ControlRow {
        workflow: document.facts.name().to_owned(),
        name: name.to_owned(),
        before: before.map(value_text),
        after: after.map(value_text),
        owner: owner.map(|owner| owner.name.value.clone()),
        standing,
    }
}
