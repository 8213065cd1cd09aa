//! Collects the changes of one document, with the path that the walk has reached.

use std::cell::OnceCell;

use super::fact::{Fact, collapsed};
use super::kind::{ChangeKind, DocumentChange};
use super::lookalike::{self, Likeness};
use super::pairing::{Identity, pair};
use super::renames::Renames;
use super::{Change, Site};
use crate::model::Model;
use crate::model::premises::Knowledge;
use crate::source::Spanned;
use crate::syntax::names::NameMap;
use crate::syntax::scalars::{Extensions, Literal};
use crate::syntax::workflow::Workflow;

/// The kinds of change that a value can have by being there or not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Presence {
    pub added: ChangeKind,
    pub removed: ChangeKind,
    pub changed: ChangeKind,
}

impl Presence {
    /// One kind whatever happens.
    pub fn any(kind: impl Into<ChangeKind>) -> Self {
        let kind = kind.into();
        Presence {
            added: kind,
            removed: kind,
            changed: kind,
        }
    }

    /// A kind for each.
    pub fn new(
        added: impl Into<ChangeKind>,
        removed: impl Into<ChangeKind>,
        changed: impl Into<ChangeKind>,
    ) -> Self {
        Presence {
            added: added.into(),
            removed: removed.into(),
            changed: changed.into(),
        }
    }
}

/// Collects the changes of one document.
#[derive(Debug)]
pub(super) struct Recorder<'m> {
    /// The project before.
    pub before: &'m Model,
    /// The project after.
    pub after: &'m Model,
    renames: Renames,
    /// The renames, and those that the author may have forgotten to name.
    supposed: Renames,
    workflows: Option<(&'m Workflow, &'m Workflow)>,
    knowledge: OnceCell<Knowledge>,
    path: Vec<String>,
    changes: Vec<Change>,
}

impl<'m> Recorder<'m> {
    pub fn new(before: &'m Model, after: &'m Model) -> Self {
        Recorder {
            before,
            after,
            renames: Renames::default(),
            supposed: Renames::default(),
            workflows: None,
            knowledge: OnceCell::new(),
            path: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// From here on, mentions of renamed things count as unchanged.
    pub fn rename(&mut self, renames: Renames) {
        self.supposed = renames.clone();
        self.renames = renames;
    }

    /// From here on, conditions are those of this workflow.
    pub fn enter_workflow(&mut self, before: &str, after: &str) {
        let old = self.before.workflow(before);
        let new = self.after.workflow(after);
        self.workflows = old.zip(new).map(|(old, new)| (&old.body, &new.body));
    }

    /// The workflow on both sides.
    pub fn workflows(&self) -> Option<(&'m Workflow, &'m Workflow)> {
        self.workflows
    }

    /// What is known of the data of the workflow after.
    pub fn knowledge(&self) -> Option<&Knowledge> {
        let (_, workflow) = self.workflows?;
        Some(
            self.knowledge
                .get_or_init(|| self.after.knowledge(workflow)),
        )
    }

    /// What a mention of before is called after.
    pub fn renamed(&self, mention: &str) -> String {
        self.renames.apply(mention)
    }

    /// The name after of a state that was called so before.
    pub fn renamed_state<'n>(&'n self, name: &'n str) -> &'n str {
        self.renames.state(name)
    }

    /// A fact of before, compared by the names of after.
    pub fn translated(&self, fact: Fact) -> Fact {
        let canonical = self.renames.apply(fact.canonical());
        fact.compared_by(canonical)
    }

    /// The name after of a queue that was called so before.
    pub fn renamed_queue<'n>(&self, name: &'n str) -> &'n str
    where
        'm: 'n,
    {
        let queues = self.after.project.queues.iter();
        let mut queues = queues.filter(|queue| self.before.queue(&queue.name.value).is_none());
        let is_gone = self.before.queue(name).is_some() && self.after.queue(name).is_none();
        let renamed = queues.find(|queue| {
            let old = queue.body.renamed_from.as_ref();
            is_gone && old.is_some_and(|old| old.value.text == name)
        });
        renamed.map_or(name, |queue| queue.name.value.as_str())
    }

    /// Records nothing here, but somewhere else, as if what looks renamed had been renamed.
    pub fn rehearsal(&self) -> Recorder<'m> {
        let mut rehearsal = Recorder::new(self.before, self.after);
        rehearsal.workflows = self.workflows;
        rehearsal.rename(self.supposed.clone());
        rehearsal
    }

    /// Supposes that something had been renamed.
    pub fn suppose(&mut self, mention: &str, old: &str, new: &str) {
        if !mention.is_empty() {
            self.supposed.add(mention, old, new);
        }
    }

    /// Says of things that are gone which new ones look like them.
    pub fn compare_lonely<T>(&mut self, sides: (&[T], &[T]), likeness: &Likeness<'_, T>) {
        for (old, new) in lookalike::find(self, sides, likeness) {
            lookalike::note(self.changes.iter_mut(), &old, &new);
            self.suppose(likeness.mention, &old.value, &new.value);
        }
    }

    /// Everything recorded, by path, so that the order of keys never shows.
    pub fn finish(self) -> Vec<Change> {
        let mut changes = self.changes;
        changes.sort_by(|left, right| {
            let texts = |change: &Change| {
                let text = |site: &Option<Site>| site.as_ref().map(|site| site.text.clone());
                (text(&change.before), text(&change.after))
            };
            (&left.path, left.kind)
                .cmp(&(&right.path, right.kind))
                .then_with(|| texts(left).cmp(&texts(right)))
        });
        changes
    }

    /// Walks on below a key.
    pub fn within<R>(&mut self, key: &str, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.path.push(key.to_owned());
        let result = inside(self);
        self.path.pop();
        result
    }

    /// Records a change at the path reached.
    pub fn record(
        &mut self,
        kind: impl Into<ChangeKind>,
        subject: &str,
        before: Option<Fact>,
        after: Option<Fact>,
    ) {
        self.changes.push(Change {
            kind: kind.into(),
            path: self.path.join("."),
            subject: subject.to_owned(),
            before: before.map(|fact| fact.site),
            after: after.map(|fact| fact.site),
            example: None,
            lookalike: None,
        });
    }

    /// Records a difference between two conditions under a key, with a case that tells them apart.
    pub fn compare_by_case(
        &mut self,
        key: &str,
        subject: &str,
        kind: ChangeKind,
        (before, after): (Option<Fact>, Option<Fact>),
        example: Option<String>,
    ) {
        let known = self.changes.len();
        self.compare(key, subject, Presence::any(kind), before, after);
        if let Some(change) = self.changes.get_mut(known) {
            change.example = example;
        }
    }

    /// Records a difference between two values under a key.
    pub fn compare(
        &mut self,
        key: &str,
        subject: &str,
        kinds: Presence,
        before: Option<Fact>,
        after: Option<Fact>,
    ) {
        let before = before.map(|before| self.translated(before));
        let kind = match (&before, &after) {
            (None, None) => return,
            (Some(before), Some(after)) if before.same(after) => return,
            (None, Some(_)) => kinds.added,
            (Some(_), None) => kinds.removed,
            (Some(_), Some(_)) => kinds.changed,
        };
        self.within(key, |recorder| {
            recorder.record(kind, subject, before, after);
        });
    }

    /// Records the values that one side lists and the other does not; without a subject each value
    /// is its own.
    pub fn members(
        &mut self,
        key: &str,
        subject: Option<&str>,
        added: impl Into<ChangeKind>,
        removed: impl Into<ChangeKind>,
        before: Vec<Fact>,
        after: Vec<Fact>,
    ) {
        let (added, removed) = (added.into(), removed.into());
        let before = before.into_iter().map(|fact| self.translated(fact));
        let (before, after) = (distinct(before.collect()), distinct(after));
        let identity: Identity<Fact> = Identity {
            name: Fact::canonical,
            renamed_from: |_| None,
        };
        self.within(key, |recorder| {
            for pair in pair(&before, &after, identity) {
                let fact = |fact: Option<&Fact>| fact.cloned();
                let kind = match (pair.before, pair.after) {
                    (Some(_), None) => removed,
                    (None, Some(_)) => added,
                    (Some(_), Some(_)) | (None, None) => continue,
                };
                let value = pair.before.or(pair.after);
                let value = value.map_or("", |fact| fact.site.text.as_str());
                let subject = subject.unwrap_or(value).to_owned();
                recorder.record(kind, &subject, fact(pair.before), fact(pair.after));
            }
        });
    }

    /// Records a difference in words for people.
    pub fn text(
        &mut self,
        key: &str,
        before: &Option<Spanned<String>>,
        after: &Option<Spanned<String>>,
    ) {
        let fact = |text: &Option<Spanned<String>>| {
            text.as_ref()
                .filter(|text| !collapsed(&text.value).is_empty())
                .map(Fact::text)
        };
        self.compare(
            key,
            key,
            Presence::any(DocumentChange::TextChanged),
            fact(before),
            fact(after),
        );
    }

    /// Records differences in lists of words for people.
    pub fn texts(&mut self, key: &str, before: &[Spanned<String>], after: &[Spanned<String>]) {
        self.members(
            key,
            Some(key),
            DocumentChange::TextChanged,
            DocumentChange::TextChanged,
            before.iter().map(Fact::text).collect(),
            after.iter().map(Fact::text).collect(),
        );
    }

    /// Records differences in samples.
    pub fn samples(&mut self, key: &str, before: &[Spanned<Literal>], after: &[Spanned<Literal>]) {
        self.members(
            key,
            Some(key),
            DocumentChange::TextChanged,
            DocumentChange::TextChanged,
            before.iter().map(Fact::literal).collect(),
            after.iter().map(Fact::literal).collect(),
        );
    }

    /// Records differences in free keys, at the place of the thing that has them.
    pub fn extensions(&mut self, place: Places, before: &Extensions, after: &Extensions) {
        let facts = |extensions: &Extensions, span| -> Vec<(String, Fact)> {
            extensions
                .entries
                .iter()
                .map(|(key, value)| (key.clone(), Fact::new(canonical_json(value), span)))
                .collect()
        };
        let before = facts(before, place.before);
        let after = facts(after, place.after);
        let find = |facts: &[(String, Fact)], key: &str| {
            facts
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, fact)| fact.clone())
        };
        let keys: std::collections::BTreeSet<&String> =
            before.iter().chain(&after).map(|(key, _)| key).collect();
        for key in keys {
            self.compare(
                key,
                key,
                Presence::any(DocumentChange::ExtensionChanged),
                find(&before, key),
                find(&after, key),
            );
        }
    }
}

/// A list in which every value counts once.
fn distinct(facts: Vec<Fact>) -> Vec<Fact> {
    let mut result: Vec<Fact> = Vec::new();
    for fact in facts {
        if !result.iter().any(|known| known.same(&fact)) {
            result.push(fact);
        }
    }
    result
}

/// Where a thing stands on both sides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places {
    pub before: crate::source::Span,
    pub after: crate::source::Span,
}

fn canonical_json(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => collapsed(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical_json).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let mut entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{key}: {}", canonical_json(value)))
                .collect();
            entries.sort_unstable();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// A named definition of a map, for pairing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'a, T> {
    pub name: &'a Spanned<String>,
    pub value: &'a T,
}

/// The definitions of a map.
pub(super) fn named<P, T>(map: &NameMap<P, T>) -> Vec<Named<'_, T>> {
    map.iter()
        .map(|(name, value)| Named { name, value })
        .collect()
}

impl<T> Named<'_, T> {
    /// The name as a fact.
    pub fn fact(&self) -> Fact {
        Fact::new(self.name.value.clone(), self.name.span)
    }
}
