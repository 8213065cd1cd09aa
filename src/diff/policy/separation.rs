//! Facts about duties that are kept apart.

use crate::diff::fact::Fact;
use crate::diff::kind::PolicyChange;
use crate::diff::pairing::{Identity, pair};
use crate::diff::recorder::{Presence, Recorder};
use crate::source::{Span, Spanned};
use crate::syntax::names::{KebabName, Name, OneOrMany};
use crate::syntax::separation::{SeparatedDuty, Separation};

/// Compares what two versions of a policy keep apart.
pub(super) fn compare(recorder: &mut Recorder<'_>, before: &[Separation], after: &[Separation]) {
    let identity = Identity {
        name: |separation: &Separation| {
            let id = separation.id.as_ref();
            id.map_or("", |id| id.value.text.as_str())
        },
        renamed_from: |_| None,
    };
    recorder.within("separate", |recorder| {
        for pair in pair(before, after, identity) {
            let name = pair.after.or(pair.before).map_or("", identity.name);
            match (pair.before, pair.after) {
                (Some(before), Some(after)) => recorder.within(name, |recorder| {
                    recorder.members(
                        "duties",
                        None,
                        PolicyChange::SeparatedDutyAdded,
                        PolicyChange::SeparatedDutyRemoved,
                        duties(before),
                        duties(after),
                    );
                    recorder.text("reason", &before.reason, &after.reason);
                }),
                (before, after) => recorder.compare(
                    name,
                    name,
                    Presence::new(
                        PolicyChange::SeparationAdded,
                        PolicyChange::SeparationRemoved,
                        PolicyChange::SeparatedDutyRemoved,
                    ),
                    before.and_then(whole),
                    after.and_then(whole),
                ),
            }
        }
    });
}

/// All duties on one line.
fn whole(separation: &Separation) -> Option<Fact> {
    let facts = duties(separation);
    let texts: Vec<String> = facts.iter().map(|fact| fact.site.text.clone()).collect();
    let id = separation.id.as_ref()?;
    Some(Fact::new(texts.join("; "), id.span))
}

fn duties(separation: &Separation) -> Vec<Fact> {
    let duties = separation.duties.iter().flat_map(|duties| &duties.value);
    duties.filter_map(duty).collect()
}

/// `approve risk finance`: the words of a duty, in one order however they are written.
fn duty(duty: &SeparatedDuty) -> Option<Fact> {
    let (key, span): (&str, Span) = *duty.keys().first()?;
    let mut words = vec![key.to_owned()];
    words.extend(patterns("", &duty.perform));
    for steps in duty.approve.iter().chain(&duty.task) {
        let steps = &steps.value;
        words.extend(patterns("workflow ", &steps.workflow));
        words.extend(patterns("state ", &steps.state));
        words.extend(patterns("step ", &steps.step));
        words.extend(risks(&steps.risk));
    }
    if let Some(moves) = &duty.moves {
        let moves = &moves.value;
        words.extend(patterns("workflow ", &moves.workflow));
        words.extend(patterns("from ", &moves.from));
        words.extend(patterns("to ", &moves.to));
        words.extend(risks(&moves.risk));
    }
    Some(Fact::new(words.join(" "), span))
}

fn patterns(key: &str, patterns: &OneOrMany<Spanned<String>>) -> Option<String> {
    let values = patterns.iter().map(|pattern| pattern.value.as_str());
    one_of(key, values.collect())
}

fn risks(risks: &OneOrMany<Spanned<Name<KebabName>>>) -> Option<String> {
    let values = risks.iter().map(|risk| risk.value.text.as_str());
    one_of("risk ", values.collect())
}

fn one_of(key: &str, mut values: Vec<&str>) -> Option<String> {
    values.sort_unstable();
    (!values.is_empty()).then(|| format!("{key}{}", values.join(" or ")))
}
