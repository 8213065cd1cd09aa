//! Which reasons a state can raise.

use std::collections::BTreeSet;

use super::state::{Move, Rung, State, Timeout};
use super::step::{Step, Work};
use crate::model::resolve::reason;

impl State {
    /// Every reason that can be raised here, the engine's own ones included, sorted.
    pub fn raises(&self) -> BTreeSet<&str> {
        let mut reasons = BTreeSet::new();
        for step in self.all_steps() {
            step.add_raised(&mut reasons);
        }
        for transition in &self.transitions {
            add_move(&transition.leads, &mut reasons);
        }
        add_timeout(self.timeout.as_ref(), &mut reasons);
        if !self.steps.is_empty() || self.transitions.len() > 1 {
            reasons.insert(reason::ERROR);
        }
        reasons
    }
}

impl Step {
    fn add_raised<'p>(&'p self, reasons: &mut BTreeSet<&'p str>) {
        let sends = match &self.work {
            Work::Check(check) => {
                reasons.extend(check.assertions.iter().map(|check| check.raise.as_str()));
                None
            }
            Work::Match(matching) => {
                reasons.extend(matching.against.values().map(|side| side.missing.as_str()));
                reasons.extend(matching.compare.iter().map(|field| field.raise.as_str()));
                None
            }
            Work::Route(route) => {
                reasons.insert(&route.no_match);
                None
            }
            Work::Approve(approval) => {
                reasons.extend(approval.missing_evidence.as_deref());
                None
            }
            Work::Call(call) => call.sends.as_ref(),
            Work::Emit(emission) => emission.sends.as_ref(),
            Work::Task(_)
            | Work::Wait(_)
            | Work::Notify(_)
            | Work::Run(_)
            | Work::Parallel(_)
            | Work::ForEach(_) => None,
        };
        if sends.or(self.returns.as_ref()).is_some() {
            reasons.insert(reason::CONTRACT_VIOLATION);
        }
        for catch in &self.catch {
            add_move(&catch.leads, reasons);
        }
        add_timeout(self.timeout.as_ref(), reasons);
    }
}

fn add_timeout<'p>(timeout: Option<&'p Timeout>, reasons: &mut BTreeSet<&'p str>) {
    for rung in timeout.iter().flat_map(|timeout| &timeout.then) {
        match rung {
            Rung::Raise(reason) => {
                reasons.insert(reason);
            }
            Rung::Ask(_) | Rung::Notify(_) | Rung::To(_) | Rung::Decide(_) => {}
        }
    }
}

fn add_move<'p>(leads: &'p Move, reasons: &mut BTreeSet<&'p str>) {
    match leads {
        Move::Raise(reason) => {
            reasons.insert(reason);
        }
        Move::To(_) => {}
    }
}
