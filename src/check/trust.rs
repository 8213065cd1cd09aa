//! What a change may not decide about itself. It is judged by the policies, levels and locks of the
//! base, and with the labels of risk, the rollout stage and the status that its documents had, as
//! far as these ask for more.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Loaded;
use crate::model::Model;
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::governance::Status;
use crate::syntax::names::{KebabName, Name, OneOrMany};
use crate::syntax::step::Step;
use crate::syntax::workflow::Workflow;

/// Labels of risk, as they are written.
type Labels = OneOrMany<Spanned<Name<KebabName>>>;

/// The project whose policies judge a change: the base, unless nothing was there yet.
pub fn governing<'a>(base: &'a Loaded, loaded: &'a Loaded) -> &'a Loaded {
    if base.sources.is_empty() {
        loaded
    } else {
        base
    }
}

/// The project as it is judged: what the change took off is still on.
pub fn judged<'a>(model: &'a Model, base: &Model) -> Cow<'a, Model> {
    let asks_for_more = |workflow: &Entity<Workflow>| {
        let old = earlier(workflow, base)?;
        let mut patched = workflow.body.clone();
        let changed = restore(&mut patched, old, workflow.name.span);
        changed.then_some(patched)
    };
    let patches: Vec<(usize, Workflow)> = model
        .project
        .workflows
        .iter()
        .enumerate()
        .filter_map(|(position, workflow)| Some((position, asks_for_more(workflow)?)))
        .collect();
    if patches.is_empty() {
        return Cow::Borrowed(model);
    }
    let mut judged = model.clone();
    for (position, body) in patches {
        judged.project.workflows[position].body = body;
    }
    Cow::Owned(judged)
}

fn earlier<'b>(workflow: &Entity<Workflow>, base: &'b Model) -> Option<&'b Workflow> {
    let old_name = workflow.body.renamed_from.as_ref();
    let old = base.workflow(&workflow.name.value);
    let old = old.or_else(|| base.workflow(&old_name?.value.text));
    old.map(|old| &old.body)
}

/// Puts back what the old version had and the new one has not; true when there was something.
/// What is put back is shown at the name of what it belongs to.
fn restore(new: &mut Workflow, old: &Workflow, name: Span) -> bool {
    let mut changed = add_labels(&mut new.risk, &old.risk, name);
    if new.rollout_stage() < old.rollout_stage() {
        let number = old.stage.map(|stage| stage.value);
        let span = new.stage.map_or(name, |stage| stage.span);
        new.stage = number.map(|number| Spanned::new(number, span));
        changed = true;
    }
    let is_draft =
        |workflow: &Workflow| workflow.status.map(|status| status.value) == Some(Status::Draft);
    if is_draft(new) && !is_draft(old) {
        new.status = None;
        changed = true;
    }
    let old_steps: Vec<&Step> = old.all_steps().map(|located| located.step).collect();
    let Some(states) = &mut new.states else {
        return changed;
    };
    for (name, state) in states.value.iter_mut() {
        let old_state = old.all_states().find(|(old, _)| old.value == name.value);
        if let Some((_, old_state)) = old_state {
            changed |= add_labels(&mut state.risk, &old_state.risk, name.span);
        }
        for step in &mut state.steps {
            changed |= restore_step(step, &old_steps, name.span);
        }
    }
    changed
}

fn restore_step(new: &mut Step, old: &[&Step], name: Span) -> bool {
    let own = old.iter().find(|step| step.name() == new.name());
    let span = new.name_span().unwrap_or(name);
    let mut changed = own.is_some_and(|own| add_labels(&mut new.risk, &own.risk, span));
    for step in new.nested_mut() {
        changed |= restore_step(step, old, name);
    }
    changed
}

fn add_labels(new: &mut Labels, old: &Labels, span: Span) -> bool {
    let known: BTreeSet<String> = new.iter().map(|label| label.value.text.clone()).collect();
    let lost: Vec<_> = old
        .iter()
        .filter(|label| !known.contains(&label.value.text))
        .map(|label| Spanned::new(label.value.clone(), span))
        .collect();
    let changed = !lost.is_empty();
    new.items.extend(lost);
    changed
}
