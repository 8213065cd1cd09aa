//! How the cases in which a condition holds stand to those of another, as far as it can be shown.

use super::fact::{Fact, conjuncts};
use super::kind::{ChangeKind, FlowChange};
use super::recorder::Recorder;
use crate::expr::{self, Answer, Premises, Solution};
use crate::model::premises::Controls;
use crate::model::shape::Relation;
use crate::model::shape::relation::of_sets;
use crate::syntax::expressions::Expression;

/// How one condition stands to another.
#[derive(Debug)]
pub(super) struct Comparison {
    /// The cases of after against those of before.
    pub relation: Relation,
    /// A case that one takes and the other does not.
    pub example: Option<String>,
}

impl Comparison {
    fn plain(relation: Relation) -> Self {
        Comparison {
            relation,
            example: None,
        }
    }
}

/// Compares two conditions of a workflow; one that is absent holds always. By what they mean where
/// that can be shown, else by the parts that `&&` joins: one more accepts less.
pub(super) fn compare(
    recorder: &Recorder<'_>,
    before: &Option<Expression>,
    after: &Option<Expression>,
) -> Comparison {
    match (before, after) {
        (Some(before), Some(after)) => {
            let parts = |text: &str| conjuncts(text).into_iter().collect();
            let old = recorder.renamed(&before.text);
            let by_parts = of_sets(&parts(&old), &parts(&after.text)).reversed();
            if by_parts == Relation::Same {
                return Comparison::plain(Relation::Same);
            }
            meant(recorder, before, after).unwrap_or(Comparison::plain(by_parts))
        }
        (None, Some(_)) => Comparison::plain(Relation::Narrower),
        (Some(_), None) => Comparison::plain(Relation::Wider),
        (None, None) => Comparison::plain(Relation::Same),
    }
}

/// How the meanings of two conditions stand to each other; `None` when that cannot be shown.
pub(super) fn meant(
    recorder: &Recorder<'_>,
    before: &Expression,
    after: &Expression,
) -> Option<Comparison> {
    let (old_workflow, new_workflow) = recorder.workflows()?;
    let old = expr::parse(&recorder.renamed(&before.text)).ok()?;
    let new = expr::parse(&after.text).ok()?;
    // A control whose value changes is a change of its own, so its values do not count here.
    let values = |workflow: &crate::syntax::workflow::Workflow| -> Vec<(String, String)> {
        let controls = workflow.controls.iter();
        let values = controls.map(|(name, control)| {
            let value = super::value_text(control);
            (name.value.clone(), value)
        });
        values.collect()
    };
    let mentions = |condition: &expr::Expression| {
        let references = condition.references();
        references
            .iter()
            .any(|reference| reference.path.starts_at("controls"))
    };
    let controls = if mentions(&old) && values(old_workflow) != values(new_workflow) {
        Controls::Any
    } else {
        Controls::AsWritten
    };
    let after_change = of_sides(&recorder.knowledge()?.premises(controls), &old, &new);
    // What a condition of before reads may be gone, so that only the data of before can tell.
    after_change.or_else(|| {
        let knowledge = recorder.before.knowledge(old_workflow);
        of_sides(&knowledge.premises(controls), &old, &new)
    })
}

fn of_sides(
    premises: &Premises<'_>,
    old: &expr::Expression,
    new: &expr::Expression,
) -> Option<Comparison> {
    let forth = premises.implies(old, new);
    let back = premises.implies(new, old);
    let (relation, example) = match (forth, back) {
        (Answer::Yes, Answer::Yes) => (Relation::Same, None),
        (Answer::No, Answer::Yes) => (Relation::Narrower, case(premises, old, new)),
        (Answer::Yes, Answer::No) => (Relation::Wider, case(premises, new, old)),
        (Answer::No, Answer::No) => (Relation::Incomparable, case(premises, old, new)),
        (Answer::Unknown, _) | (_, Answer::Unknown) => return None,
    };
    Some(Comparison { relation, example })
}

/// A case in which the first condition holds and the second does not.
fn case(
    premises: &Premises<'_>,
    holds: &expr::Expression,
    fails: &expr::Expression,
) -> Option<String> {
    match premises.solve(&[holds], &[fails]) {
        Solution::Possible(example) if !example.is_any() => Some(example.to_string()),
        Solution::Possible(_) | Solution::Impossible | Solution::Unknown => None,
    }
}

/// The kinds of change of a condition by how the cases changed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kinds {
    pub narrower: ChangeKind,
    pub wider: ChangeKind,
    pub other: ChangeKind,
}

/// Records how a condition changed; one that is only written otherwise is said to mean the same.
pub(super) fn record(
    recorder: &mut Recorder<'_>,
    (key, subject): (&str, &str),
    kinds: Kinds,
    before: &Option<Expression>,
    after: &Option<Expression>,
) {
    let comparison = compare(recorder, before, after);
    let facts = (
        before.as_ref().map(Fact::expression),
        after.as_ref().map(Fact::expression),
    );
    let kind = match comparison.relation {
        Relation::Same => FlowChange::ConditionRewritten.into(),
        Relation::Narrower => kinds.narrower,
        Relation::Wider => kinds.wider,
        Relation::Incomparable => kinds.other,
    };
    recorder.compare_by_case(key, subject, kind, facts, comparison.example);
}
