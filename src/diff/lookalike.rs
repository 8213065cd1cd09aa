//! Things that are gone, and new things that may be the same under another name: a question for the
//! author, who writes `renamed_from` when it is so, and never a match.
//!
//! A new thing looks like one that is gone when comparing the two as if they were one finds nothing
//! but words, and when it stands where the other stood, between the same neighbours, or is called
//! much alike. Two candidates are none: whoever guesses is wrong half of the time.

use std::collections::BTreeSet;

use super::kind::{
    ChangeKind, ContractChange, ControlChange, DirectoryChange, DocumentChange, FieldChange,
    FlowChange, StepChange, WorkflowChange,
};
use super::pairing::{Identity, pair};
use super::recorder::Recorder;
use super::{Change, Lookalike};
use crate::source::{Span, Spanned};
use crate::syntax::decode::nearest;

/// So many pairs of something gone and something new are tried; more are a rewrite.
const TRIED: usize = 1_024;

/// How two things are compared as if they were one.
pub(super) struct Likeness<'c, T> {
    /// How things of this sort are matched.
    pub identity: Identity<T>,
    /// Where the name is written.
    pub span: fn(&T) -> Span,
    /// What mentions of the thing begin with, as `state:`; empty when nothing is compared by them.
    pub mention: &'static str,
    /// Whether so much is written in things of this sort that their place does not matter.
    pub anywhere: bool,
    /// Records what differs; false when the two cannot be one, whatever is written in them.
    pub compare: &'c dyn Fn(&mut Recorder<'_>, &T, &T) -> bool,
}

/// A thing with the kept things around it, by their names after.
struct Standing<'a, T> {
    thing: &'a T,
    above: Option<&'a str>,
    below: Option<&'a str>,
}

/// Which new thing looks like which one that is gone, each with its place.
pub(super) fn find<T>(
    recorder: &Recorder<'_>,
    (before, after): (&[T], &[T]),
    likeness: &Likeness<'_, T>,
) -> Vec<(Spanned<String>, Spanned<String>)> {
    let name = likeness.identity.name;
    let pairs = pair(before, after, likeness.identity);
    let kept = pairs.iter().filter_map(|pair| pair.before.zip(pair.after));
    let kept: Vec<(&T, &T)> = kept.collect();
    let old = standing(before, |thing| {
        let known = kept.iter().find(|(old, _)| std::ptr::eq(*old, thing));
        known.map(|(_, new)| name(new))
    });
    let new = standing(after, |thing| {
        let known = kept.iter().find(|(_, new)| std::ptr::eq(*new, thing));
        known.map(|(_, new)| name(new))
    });
    if old.len() * new.len() > TRIED {
        return Vec::new();
    }
    let mut alike = Vec::new();
    for (left, gone) in old.iter().enumerate() {
        for (right, added) in new.iter().enumerate() {
            if are_alike(recorder, gone, added, likeness) {
                alike.push((left, right));
            }
        }
    }
    let is_only = |(left, right): &(usize, usize)| {
        let rivals = alike.iter();
        let rivals = rivals.filter(|rival| rival.0 == *left || rival.1 == *right);
        rivals.count() == 1
    };
    let named = |thing: &T| Spanned::new(name(thing).to_owned(), (likeness.span)(thing));
    let found = alike.iter().copied().filter(is_only);
    found
        .map(|(left, right)| (named(old[left].thing), named(new[right].thing)))
        .collect()
}

fn are_alike<T>(
    recorder: &Recorder<'_>,
    gone: &Standing<'_, T>,
    added: &Standing<'_, T>,
    likeness: &Likeness<'_, T>,
) -> bool {
    let [old, new] = [gone, added].map(|standing| (likeness.identity.name)(standing.thing));
    let stands_there = (gone.above, gone.below) == (added.above, added.below);
    if !likeness.anywhere && !stands_there && !are_called_alike(old, new) {
        return false;
    }
    let mut rehearsal = recorder.rehearsal();
    rehearsal.suppose(likeness.mention, old, new);
    let mut rehearsal = rehearsal.rehearsal();
    let may_be = (likeness.compare)(&mut rehearsal, gone.thing, added.thing);
    may_be && rehearsal.finish().iter().all(is_of_words)
}

/// The things that are on one side only, with the kept ones around them.
fn standing<'a, T>(
    things: &'a [T],
    kept: impl Fn(&'a T) -> Option<&'a str>,
) -> Vec<Standing<'a, T>> {
    let names: Vec<Option<&str>> = things.iter().map(kept).collect();
    let lonely = things.iter().enumerate();
    let lonely = lonely.filter(|(index, _)| names[*index].is_none());
    lonely
        .map(|(index, thing)| Standing {
            thing,
            above: names[..index].iter().rev().find_map(|name| *name),
            below: names[index..].iter().find_map(|name| *name),
        })
        .collect()
}

/// `po_number` and `order_number`, `email` and `e_mail`.
fn are_called_alike(old: &str, new: &str) -> bool {
    let words = |name: &str| -> BTreeSet<String> {
        let words = name.split(['_', '-', '.', ' ']);
        let words = words.filter(|word| word.len() > 2);
        words.map(str::to_lowercase).collect()
    };
    !words(old).is_disjoint(&words(new)) || nearest(old, [new]).is_some()
}

/// True for a difference in words for people, and in the name itself.
fn is_of_words(change: &Change) -> bool {
    const WORDS: [ChangeKind; 9] = [
        ChangeKind::Document(DocumentChange::TextChanged),
        ChangeKind::Document(DocumentChange::ExtensionChanged),
        ChangeKind::Contract(ContractChange::ContractRenamed),
        ChangeKind::Workflow(WorkflowChange::WorkflowRenamed),
        ChangeKind::Directory(DirectoryChange::QueueRenamed),
        ChangeKind::Field(FieldChange::FieldRenamed),
        ChangeKind::Flow(FlowChange::StateRenamed),
        ChangeKind::Step(StepChange::StepRenamed),
        ChangeKind::Control(ControlChange::ControlRenamed),
    ];
    WORDS.contains(&change.kind)
}

/// Marks the two changes that may be one rename.
pub(super) fn note<'c>(
    changes: impl Iterator<Item = &'c mut Change>,
    old: &Spanned<String>,
    new: &Spanned<String>,
) {
    for change in changes {
        let is_at = |site: &Option<super::Site>, span| {
            let site = site.as_ref();
            site.is_some_and(|site| site.span == span)
        };
        let gone = change.after.is_none() && is_at(&change.before, old.span);
        let added = change.before.is_none() && is_at(&change.after, new.span);
        if gone || added {
            change.lookalike = Some(Lookalike {
                before: old.value.clone(),
                after: new.value.clone(),
                span: new.span,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::are_called_alike;

    #[test]
    fn names_are_alike_by_a_word_or_by_their_letters() {
        assert!(are_called_alike("po_number", "order_number"));
        assert!(are_called_alike("email", "e_mail"));
        assert!(are_called_alike("late-orders", "orders-overdue"));
        assert!(!are_called_alike("note", "tax_code"));
        assert!(!are_called_alike("created_by", "registered_at"));
    }
}
