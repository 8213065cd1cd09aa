//! Promises that hold for every released version, not only for the one before.

use super::{Accepted, Comparison, Judgement, Refusal, rests_on_values};
use crate::compat::declaration::{Class, Direction};
use crate::compat::position::Position;
use crate::compat::verdict::Pair;
use crate::diff::Change;
use crate::syntax::DocumentKind;

/// The judgement with what released versions add, where the contract promises compatibility with
/// all of them. The oldest version that is broken is named.
pub(in crate::compat) fn also(
    judgement: Judgement,
    change: &Change,
    pair: &Pair<'_>,
    position: Position,
) -> Judgement {
    let Some((backward, forward)) = position.protects_every_release() else {
        return judgement;
    };
    let names = (&pair.document.before, &pair.document.after);
    let (Some(before), Some(after)) = names else {
        return judgement;
    };
    let accepted = Accepted::of_model(pair.after, &after.name);
    let Some(accepted) = accepted.filter(|_| rests_on_values(change).is_some()) else {
        return judgement;
    };
    let releases = pair.after.releases(DocumentKind::Contract, &after.name);
    let earlier = releases
        .iter()
        .filter(|release| before.version.as_ref() != Some(&release.version));
    for release in earlier {
        let Some(released) = &release.fields else {
            continue;
        };
        let released = Accepted {
            fields: released.clone(),
            schema: release.schema.clone(),
        };
        let exact = Comparison::new(&released, &accepted, "schema.").judge_fully(change);
        let Some(exact) = exact else {
            continue;
        };
        let refused =
            |refusal: &Refusal, protected: bool| protected && matches!(refusal, Refusal::Some(_));
        let broken = Direction::of(
            refused(&exact.backward, backward),
            refused(&exact.forward, forward),
        );
        if broken != Direction::None {
            let mut judgement = judgement;
            if judgement.witness.is_none() {
                let (backward, forward) = broken.parts();
                let proof = exact.witness(backward, forward);
                judgement.witness = proof;
            }
            return named(judgement, broken, &release.version);
        }
    }
    judgement
}

fn named(mut judgement: Judgement, broken: Direction, version: &semver::Version) -> Judgement {
    let what = match broken {
        Direction::Backward => format!("data of the released version {version} is refused"),
        Direction::Forward => format!("readers of the released version {version} refuse new data"),
        Direction::Both | Direction::None => {
            format!("neither side of the released version {version} reads the other's data")
        }
    };
    judgement.because = format!(
        "{} By the promise for every release: {what}.",
        judgement.because
    );
    let (known, new) = (judgement.direction.parts(), broken.parts());
    judgement.direction = Direction::of(known.0 || new.0, known.1 || new.1);
    judgement.class = Class::Breaking;
    judgement
}
