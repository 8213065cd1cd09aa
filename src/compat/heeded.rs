//! What the ways out of a state heed: decisions of approvals and named controls. A guard that no
//! longer asks for one of them controls less, whatever its words are.

use std::collections::{BTreeMap, BTreeSet};

use super::declaration::ControlEffect;
use super::verdict::Pair;
use crate::diff::kind::FlowChange;
use crate::diff::{Change, ChangeKind};
use crate::syntax::workflow::{State, Workflow};

/// What a changed guard does to controls, with a sentence that begins with a space; `None` when the
/// ways out of its state heed what they heeded.
pub(super) fn effect(change: &Change, pair: &Pair<'_>) -> Option<(ControlEffect, String)> {
    const GUARDS: [ChangeKind; 3] = [
        ChangeKind::Flow(FlowChange::GuardChanged),
        ChangeKind::Flow(FlowChange::GuardNarrowed),
        ChangeKind::Flow(FlowChange::GuardWidened),
    ];
    if !GUARDS.contains(&change.kind) {
        return None;
    }
    let (old, new) = pair
        .document
        .before
        .as_ref()
        .zip(pair.document.after.as_ref())?;
    let old = &pair.before.workflow(&old.name)?.body;
    let new = &pair.after.workflow(&new.name)?.body;
    let name = change.path.strip_prefix("states.")?.split('.').next()?;
    let state = |workflow: &'_ Workflow, name: &str| {
        let mut states = workflow.all_states();
        let found = states.find(|(known, _)| known.value == name);
        found.map(|(_, state)| state.clone())
    };
    let after = state(new, name)?;
    let old_name = after.renamed_from.as_ref();
    let before = state(old, name).or_else(|| state(old, &old_name?.value.text))?;
    let renamed = renames(new);
    let was = heeded(&before, old).into_iter();
    let was: BTreeSet<String> = was
        .map(|mention| renamed.get(&mention).cloned().unwrap_or(mention))
        .collect();
    let is = heeded(&after, new);
    let listed = |names: Vec<&String>| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        names.join(", ")
    };
    let lost: Vec<&String> = was.difference(&is).collect();
    let gained: Vec<&String> = is.difference(&was).collect();
    if !lost.is_empty() {
        let sentence = format!(
            " No way out of `{name}` asks for {} any more.",
            listed(lost)
        );
        return Some((ControlEffect::Weakened, sentence));
    }
    let sentence = format!(
        " The ways out of `{name}` now ask for {}.",
        listed(gained.clone())
    );
    (!gained.is_empty()).then_some((ControlEffect::Strengthened, sentence))
}

/// What the guards of a state ask for: `steps.budget` for the decision of an approval,
/// `controls.limit` for a control.
fn heeded(state: &State, workflow: &Workflow) -> BTreeSet<String> {
    let approvals: BTreeSet<&str> = workflow
        .all_steps()
        .filter(|located| located.step.approve.is_some())
        .map(|located| located.step.name())
        .collect();
    let transitions = state.transitions.iter().flat_map(|list| &list.value);
    let guards = transitions.filter_map(|transition| transition.when.as_ref());
    let mentions = guards.flat_map(|guard| guard.mentions());
    mentions
        .filter_map(|mention| {
            let names: Vec<&str> = mention.path.segments().take(2).collect();
            match names[..] {
                ["steps", step] if approvals.contains(step) => Some(format!("steps.{step}")),
                ["controls", control] => Some(format!("controls.{control}")),
                _ => None,
            }
        })
        .collect()
}

/// Old mentions with the new ones.
fn renames(workflow: &Workflow) -> BTreeMap<String, String> {
    let steps = workflow.all_steps().filter_map(|located| {
        let old = located.step.renamed_from.as_ref()?;
        let new = located.step.name();
        Some((format!("steps.{}", old.value.text), format!("steps.{new}")))
    });
    let controls = workflow.controls.iter().filter_map(|(name, control)| {
        let old = control.renamed_from.as_ref()?;
        let new = &name.value;
        Some((
            format!("controls.{}", old.value.text),
            format!("controls.{new}"),
        ))
    });
    steps.chain(controls).collect()
}
