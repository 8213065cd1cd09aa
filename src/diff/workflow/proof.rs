//! Facts about what proves that a case is done.

use super::of_conditions;
use crate::diff::fact::Fact;
use crate::diff::kind::WorkflowChange;
use crate::diff::pairing::{Identity, pair};
use crate::diff::recorder::{Presence, Recorder};
use crate::model::shape::Relation;
use crate::syntax::expressions::Expression;
use crate::syntax::workflow::Proof;

pub(super) fn compare_proof(recorder: &mut Recorder<'_>, before: &[Proof], after: &[Proof]) {
    let proofs = |proofs: &[Proof]| -> Vec<(String, Fact, Option<Expression>)> {
        proofs.iter().filter_map(proof).collect()
    };
    let (before, after) = (proofs(before), proofs(after));
    let kept = |fact: &Fact, others: &[(String, Fact, Option<Expression>)]| {
        others.iter().any(|(_, other, _)| other.same(fact))
    };
    let left = |ours: &[(String, Fact, Option<Expression>)], others: &[_]| {
        let ours = ours.iter().filter(|(_, fact, _)| !kept(fact, others));
        ours.cloned().collect::<Vec<_>>()
    };
    let (old, new) = (left(&before, &after), left(&after, &before));
    let identity = Identity {
        name: |proof: &(String, Fact, Option<Expression>)| proof.0.as_str(),
        renamed_from: |_| None,
    };
    recorder.within("proof", |recorder| {
        for pair in pair(&old, &new, identity) {
            let fact = |proof: Option<&(String, Fact, Option<Expression>)>| {
                proof.map(|proof| proof.1.clone())
            };
            let that = |proof: Option<&(String, Fact, Option<Expression>)>| {
                proof.and_then(|proof| proof.2.clone())
            };
            let name = pair
                .after
                .or(pair.before)
                .map_or("", |proof| proof.0.as_str());
            let kind = match of_conditions(&that(pair.before), &that(pair.after)) {
                Relation::Same | Relation::Incomparable => WorkflowChange::ProofChanged,
                Relation::Narrower => WorkflowChange::ProofAdded,
                Relation::Wider => WorkflowChange::ProofRemoved,
            };
            let (before, after) = (fact(pair.before), fact(pair.after));
            recorder.compare(name, name, Presence::any(kind), before, after);
        }
    });
}

fn proof(proof: &Proof) -> Option<(String, Fact, Option<Expression>)> {
    let that = proof.that.as_ref()?;
    let system = proof
        .from
        .as_ref()
        .map_or("", |system| system.name.value.as_str());
    let fact = Fact::expression(that);
    let shown = format!("{system}: {}", fact.site.text);
    let canonical = format!("{system}: {}", fact.canonical());
    let fact = Fact::new(shown, that.span).compared_by(canonical);
    Some((system.to_owned(), fact, proof.that.clone()))
}
