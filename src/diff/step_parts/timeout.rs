//! Facts about how long something may take, and what happens when time is up.

use crate::diff::fact::Fact;
use crate::diff::kind::StepChange;
use crate::diff::party::of_party;
use crate::diff::recorder::{Presence, Recorder};
use crate::source::Spanned;
use crate::syntax::duration::Duration;
use crate::syntax::step::LadderRung;

/// How long something may take.
pub(in crate::diff) fn compare_timeout(
    recorder: &mut Recorder<'_>,
    name: &str,
    before: &Option<Spanned<Duration>>,
    after: &Option<Spanned<Duration>>,
) {
    recorder.compare(
        "timeout",
        name,
        Presence::any(StepChange::TimeoutChanged),
        before.as_ref().map(Fact::duration),
        after.as_ref().map(Fact::duration),
    );
}

/// What happens when time is up; decisions by the clock are told by approvals.
pub(in crate::diff) fn compare_ladder(
    recorder: &mut Recorder<'_>,
    name: &str,
    before: &[LadderRung],
    after: &[LadderRung],
) {
    let ladder = |rungs: &[LadderRung]| {
        let facts: Vec<Fact> = rungs.iter().filter_map(rung).collect();
        let span = facts.first()?.site.span;
        let texts: Vec<&str> = facts.iter().map(|fact| fact.site.text.as_str()).collect();
        let canonical: Vec<&str> = facts.iter().map(Fact::canonical).collect();
        Some(Fact::new(texts.join(", then "), span).compared_by(canonical.join("\n")))
    };
    recorder.compare(
        "on_timeout",
        name,
        Presence::any(StepChange::EscalationChanged),
        ladder(before),
        ladder(after),
    );
}

fn rung(rung: &LadderRung) -> Option<Fact> {
    let fact = if let Some(party) = &rung.ask {
        let party = of_party(party)?;
        let canonical = format!("ask {}", party.canonical());
        Fact::new(format!("ask {}", party.site.text), party.site.span).compared_by(canonical)
    } else if let Some(reason) = &rung.raise {
        let name = &reason.name;
        Fact::new(format!("raise {}", name.value), name.span)
            .compared_by(format!("reason:{}", name.value))
    } else if let Some(party) = &rung.notify {
        Fact::new(format!("notify {}", party.name.value), party.name.span)
    } else if let Some(state) = &rung.to {
        let name = &state.name;
        Fact::new(format!("go to {}", name.value), name.span)
            .compared_by(format!("state:{}", name.value))
    } else {
        let decision = rung.decide.as_ref()?;
        Fact::new(format!("decide {}", decision.value.as_str()), decision.span)
    };
    Some(match &rung.timeout {
        None => fact,
        Some(timeout) => {
            let canonical = format!("{} for {}", fact.canonical(), timeout.value);
            let text = format!("{} for {}", fact.site.text, timeout.value);
            Fact::new(text, fact.site.span).compared_by(canonical)
        }
    })
}
