//! Writes that need somebody's approval.

use std::collections::BTreeSet;

use super::Node;
use crate::model::Model;
use crate::source::Span;
use crate::syntax::directory::Effect;
use crate::syntax::step::Step;
use crate::syntax::workflow::{State, Workflow};

/// Kinds of risk under which every write counts when no step says which ones matter.
const RISKY_WORKFLOWS: [&str; 2] = ["finance", "access"];

/// The calls of a workflow that write and carry risk.
#[derive(Debug, Default)]
pub struct RiskWrites {
    calls: BTreeSet<Span>,
}

impl RiskWrites {
    /// Calls of writing operations whose step, surrounding step or state carries `risk`. A workflow
    /// of risk `finance` or `access` that labels nothing means all of its writes.
    pub fn of(model: &Model, workflow: &Workflow) -> Self {
        let states = || workflow.all_states().map(|(_, state)| state);
        let labels_anything = states().any(|state| {
            let steps = state.all_steps();
            !state.risk.is_empty() || steps.iter().any(|step| !step.risk.is_empty())
        });
        let all_count = !labels_anything
            && workflow
                .risk
                .iter()
                .any(|risk| RISKY_WORKFLOWS.contains(&risk.value.text.as_str()));
        let mut writes = RiskWrites::default();
        for state in states() {
            writes.add_state(model, state, all_count);
        }
        writes
    }

    fn add_state(&mut self, model: &Model, state: &State, all_count: bool) {
        let counts = all_count || !state.risk.is_empty();
        for step in &state.steps {
            self.add(model, step, counts);
        }
    }

    fn add(&mut self, model: &Model, step: &Step, counts: bool) {
        let counts = counts || !step.risk.is_empty();
        if let Some(call) = step.call.as_ref().filter(|_| counts && step.writes(model)) {
            self.calls.insert(call.name.span);
        }
        for nested in step.nested() {
            self.add(model, nested, counts);
        }
    }

    /// The same without some calls.
    #[must_use]
    pub fn without(&self, calls: impl IntoIterator<Item = Span>) -> Self {
        let mut left = self.calls.clone();
        for call in calls {
            left.remove(&call);
        }
        RiskWrites { calls: left }
    }

    /// True where such a write begins.
    pub fn contains(&self, node: Node<'_>) -> bool {
        let Node::Step(place) = node else {
            return false;
        };
        let call = place.step.call.as_ref();
        call.is_some_and(|call| self.calls.contains(&call.name.span))
    }

    /// True when nothing needs an approval.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }
}

impl Step {
    /// True for a call of an operation that changes its system.
    pub fn writes(&self, model: &Model) -> bool {
        let operation = self
            .call
            .as_ref()
            .and_then(|call| model.operation(&call.name.value));
        let effect = operation.and_then(|(_, operation)| operation.effect.as_ref());
        matches!(
            effect.map(|effect| effect.value),
            Some(Effect::Write | Effect::Create)
        )
    }
}
