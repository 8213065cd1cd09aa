//! `freshness-too-slow`: data that may be older than the time in which it is needed.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::walk::StepKind;
use crate::rule::WARNING;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::contract::Freshness;
use crate::syntax::directory::Effect;
use crate::syntax::duration::Duration;
use crate::syntax::references::ContractReference;
use crate::syntax::step::{Step, Wait};
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds contracts that promise a greater age of their data than the place where the data is
    /// read can bear.
    ///
    /// There are three such places. What starts a case must not be older than the response that is
    /// promised. An event that a step waits for must not be under way for longer than the step
    /// waits. What a call reads must not be older than the whole case may become, because then
    /// nothing that happened since the case began need be in it. Ages run day and night, so a day
    /// counts as 24 hours here; working hours would only give more time.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// contract:
    ///   freshness_sla: "< 1d"
    /// ---
    /// workflow:
    ///   trigger: {event: rooms.requested, contract: rooms.request.v1, dedupe: input.room}
    ///   sla: {response: 4h, resolution: 3d, calendar: business}
    /// ```
    ///
    /// ```yaml,good
    /// contract:
    ///   freshness_sla: "< 15m"
    /// ---
    /// workflow:
    ///   trigger: {event: rooms.requested, contract: rooms.request.v1, dedupe: input.room}
    ///   sla: {response: 4h, resolution: 3d, calendar: business}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Agree on fresher data with the owner of the contract, or promise more time.
    pub static RULE = {
        check: On::Workflow(check),
        id: "freshness-too-slow",
        summary: "data may be older than the time in which it is needed",
        why: "everybody keeps the promise and the answer is still late, or about yesterday",
        family: Data,
        level: WARNING,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let sla = workflow.body.sla.as_ref().map(|sla| &sla.value);
    let response = sla.and_then(|sla| sla.response.as_ref());
    let resolution = sla.and_then(|sla| sla.resolution.as_ref());
    let triggers = workflow.body.trigger.iter();
    for trigger in triggers.flat_map(|trigger| &trigger.value.items) {
        compare(context, trigger.contract.as_ref(), response, |age, time| {
            format!("what starts a case may be {age} old, and a response is promised in {time}")
        });
    }
    for place in workflow.body.all_steps() {
        let name = place.step.name();
        let returns = place.step.returns.as_ref();
        let read = returns.filter(|_| reads(place.step, context));
        compare(context, read, resolution, |age, time| {
            format!("what `{name}` reads may be {age} old, and the whole case ends in {time}")
        });
        compare(
            context,
            awaited(place.step),
            place.step.timeout.as_ref(),
            |age, time| {
                format!("`{name}` waits {time} for an event that may be under way for {age}")
            },
        );
    }
}

/// True when a step calls an operation that only reads; what a write returns is its own result.
fn reads(step: &Step, context: &Context<'_>) -> bool {
    let operation = step
        .call
        .as_ref()
        .and_then(|call| context.model.operation(&call.name.value));
    let effect = operation.and_then(|(_, operation)| operation.effect.as_ref());
    effect.is_some_and(|effect| effect.value == Effect::Read)
}

/// The contract of the event that a step waits for.
fn awaited(step: &Step) -> Option<&ContractReference> {
    match step.kind()? {
        StepKind::Wait(wait) => match &wait.value {
            Wait::Until(until) => until.contract.as_ref(),
            Wait::For(_) => None,
        },
        StepKind::Check(_)
        | StepKind::Match(_)
        | StepKind::Route(_)
        | StepKind::Call(_)
        | StepKind::Task(_)
        | StepKind::Approve(_)
        | StepKind::Notify(_)
        | StepKind::Emit(_)
        | StepKind::Run(_)
        | StepKind::Parallel(_)
        | StepKind::ForEach(_) => None,
    }
}

fn compare(
    context: &mut Context<'_>,
    contract: Option<&ContractReference>,
    needed: Option<&Spanned<Duration>>,
    message: impl Fn(Duration, Duration) -> String,
) {
    let (Some(contract), Some(needed)) = (contract, needed) else {
        return;
    };
    let Some(age) = freshness(context, contract) else {
        return;
    };
    let (limit, time) = (age.value.limit, needed.value);
    if limit.elapsed_seconds() <= time.elapsed_seconds() {
        return;
    }
    let name = &contract.name.value;
    context.report(
        context
            .finding(contract.name.span, message(limit, time))
            .label(age.span, format!("`{name}` promises this age"))
            .label(needed.span, "this is the time in which it is needed")
            .help(format!(
                "agree on data that is at most {time} old with the owner of `{name}`, or allow {limit} here"
            )),
    );
}

fn freshness(context: &Context<'_>, contract: &ContractReference) -> Option<Spanned<Freshness>> {
    let contract = context.model.contract(&contract.name.value)?;
    contract.body.freshness_sla
}
