//! Operations that steps call, and what they do to their systems.

use super::Model;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::directory::{Effect, Operation, System};
use crate::syntax::references::ContractReference;
use crate::syntax::step::{Retry, RetryPolicy, Step};

use super::walk::StepKind;

/// A call of a declared operation.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The step that calls.
    pub step: &'a Step,
    /// `System.operation`, as the step writes it.
    pub reference: &'a Spanned<String>,
    /// The system.
    pub system: &'a Entity<System>,
    /// The operation.
    pub operation: &'a Operation,
}

impl Model {
    /// The call of a step, when it is one and its operation is declared.
    pub fn call<'a>(&'a self, step: &'a Step) -> Option<Call<'a>> {
        let Some(StepKind::Call(call)) = step.kind() else {
            return None;
        };
        let (system, operation) = self.operation(&call.name.value)?;
        Some(Call {
            step,
            reference: &call.name,
            system,
            operation,
        })
    }

    /// The retry that a step follows, when it is declared.
    pub fn retry_of<'a>(&'a self, step: &'a Step) -> Option<&'a RetryPolicy> {
        match &step.retry.as_ref()?.value {
            Retry::Named(name) => self.retry(&name.name.value),
            Retry::Inline(policy) => Some(policy),
        }
    }
}

impl<'a> Call<'a> {
    /// True when the operation changes its system.
    pub fn writes(&self) -> bool {
        match self.operation.effect.as_ref().map(|effect| effect.value) {
            Some(Effect::Write | Effect::Create) => true,
            Some(Effect::Read | Effect::Model) | None => false,
        }
    }

    /// True when the operation makes a new object.
    pub fn creates(&self) -> bool {
        self.operation.effect.as_ref().map(|effect| effect.value) == Some(Effect::Create)
    }

    /// True when doing it again changes nothing more: by a key, by declaration, or because it
    /// updates what exists.
    pub fn is_repeatable(&self) -> bool {
        let operation_name = self.reference.value.rsplit('.').next().unwrap_or_default();
        self.step.idempotency_key.is_some()
            || self
                .operation
                .idempotent
                .as_ref()
                .is_some_and(|it| it.value)
            || operation_name.starts_with("upsert")
    }

    /// The contract of what comes back, from the step or from the operation.
    pub fn returns(&self) -> Option<&'a ContractReference> {
        let step = self.step.returns.as_ref();
        step.or(self.operation.returns.as_ref())
    }

    /// The contract of what is sent, from the step or from the operation.
    pub fn takes(&self) -> Option<&'a ContractReference> {
        let step = self.step.contract.as_ref();
        step.or(self.operation.takes.as_ref())
    }
}
