//! States, transitions and timeout ladders.

use super::{Lowering, extensions, people, step, text, value};
use crate::model::resolve::reason;
use crate::plan::ByName;
use crate::plan::people::Mover;
use crate::plan::period::Period;
use crate::plan::state::{Escalation, Guard, Move, Rung, State, Timeout, Transition};
use crate::source::Spanned;
use crate::syntax::duration::Duration;
use crate::syntax::step::LadderRung;
use crate::syntax::workflow::{self, Lifecycle};

impl Lowering<'_> {
    pub(super) fn states(&self) -> ByName<State> {
        self.workflow
            .all_states()
            .map(|(name, state)| (name.value.clone(), self.state(name, state)))
            .collect()
    }

    fn state(&self, name: &Spanned<String>, state: &workflow::State) -> State {
        let path = format!("states.{}", name.value);
        let risk = value::set(state.risk.iter().map(|risk| risk.value.text.clone()));
        let surroundings = step::Surroundings {
            state: name.span,
            risk: &risk,
        };
        State {
            lifecycle: state
                .lifecycle
                .as_ref()
                .map_or(Lifecycle::InProgress, |lifecycle| lifecycle.value),
            title: text(state.title.as_ref()),
            summary: text(state.summary.as_ref()),
            owner: text(state.owner.as_ref()).or_else(|| text(self.workflow.owner.as_ref())),
            steps: self.steps(&state.steps, &format!("{path}.steps"), surroundings),
            transitions: self.transitions(name, state, &path),
            end: state.end.as_ref().map(|end| end.value),
            timeout: state.timeout.as_ref().map(|limit| {
                let otherwise = Rung::Raise(reason::TIMEOUT.to_owned());
                self.timeout(self.working(limit.value), &state.on_timeout, otherwise)
            }),
            max_visits: state.max_visits.as_ref().map(|visits| visits.value),
            origin: self.origin(path, name.span),
            extensions: extensions(&state.extensions),
        }
    }

    fn transitions(
        &self,
        name: &Spanned<String>,
        state: &workflow::State,
        path: &str,
    ) -> Vec<Transition> {
        if let Some(to) = &state.to {
            return vec![Transition {
                guard: Guard::Always,
                leads: Move::To(to.name.value.clone()),
                by: vec![Mover::System],
                require: value::set(std::iter::empty()),
                origin: self.origin(format!("{path}.to"), to.name.span),
                extensions: ByName::default(),
            }];
        }
        let Some(written) = &state.transitions else {
            return Vec::new();
        };
        let (conditional, otherwise): (Vec<_>, Vec<_>) = written
            .value
            .iter()
            .partition(|transition| transition.when.is_some());
        let mut transitions: Vec<Transition> = conditional
            .into_iter()
            .chain(otherwise.first().copied())
            .filter_map(|transition| self.transition(transition, path))
            .collect();
        if let [only] = &mut transitions[..]
            && only.guard == Guard::Otherwise
        {
            only.guard = Guard::Always;
        }
        if otherwise.is_empty() {
            transitions.push(Transition {
                guard: Guard::Otherwise,
                leads: Move::Raise(reason::NO_MATCH.to_owned()),
                by: vec![Mover::System],
                require: value::set(std::iter::empty()),
                origin: self.origin(path.to_owned(), name.span),
                extensions: ByName::default(),
            });
        }
        transitions
    }

    fn transition(&self, transition: &workflow::Transition, path: &str) -> Option<Transition> {
        let to = &transition.to.as_ref()?.name;
        Some(Transition {
            guard: transition.when.as_ref().map_or(Guard::Otherwise, |when| {
                Guard::When(value::expression(when))
            }),
            leads: Move::To(to.value.clone()),
            by: self.movers(&transition.by.items),
            require: value::set(transition.require.iter().map(|data| data.value.clone())),
            origin: self.origin(format!("{path}.transitions.{}", to.value), to.span),
            extensions: extensions(&transition.extensions),
        })
    }

    /// A limit with its ladder; `otherwise` ends a ladder that does not end itself.
    pub(super) fn timeout(&self, after: Period, rungs: &[LadderRung], otherwise: Rung) -> Timeout {
        let mut then: Vec<Rung> = Vec::new();
        for rung in rungs.iter().filter_map(|rung| self.rung(rung, &after)) {
            let is_last = rung.is_last();
            then.push(rung);
            if is_last {
                break;
            }
        }
        if !then.last().is_some_and(Rung::is_last) {
            then.push(otherwise);
        }
        Timeout { after, then }
    }

    fn rung(&self, rung: &LadderRung, before: &Period) -> Option<Rung> {
        let within = |timeout: Option<&Spanned<Duration>>| {
            timeout.map_or_else(|| before.clone(), |timeout| self.working(timeout.value))
        };
        if let Some(party) = &rung.ask {
            return Some(Rung::Ask(Escalation {
                party: people::party(party),
                within: within(rung.timeout.as_ref()),
            }));
        }
        if let Some(party) = &rung.notify {
            return Some(Rung::Notify(Escalation {
                party: self.party_reference(party),
                within: within(rung.timeout.as_ref()),
            }));
        }
        let raise = rung.raise.as_ref();
        raise
            .map(|reason| Rung::Raise(reason.name.value.clone()))
            .or_else(|| {
                let to = rung.to.as_ref();
                to.map(|state| Rung::To(state.name.value.clone()))
            })
            .or_else(|| rung.decide.as_ref().map(|each| Rung::Decide(each.value)))
    }
}
