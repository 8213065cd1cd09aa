//! `call-without-timeout`: calls that can hang.

use crate::declare_rule;
use crate::diagnostic::Edit;
use crate::lint::{Context, On};
use crate::model::walk::StepInState;
use crate::rule::error_from;
use crate::syntax::Entity;
use crate::syntax::step::Step;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds calls without a `timeout`, in states that have none either.
    ///
    /// A warning before rollout stage 2, an error from it on.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps: [{id: ticket, call: ITSM.get_ticket}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps: [{id: ticket, call: ITSM.get_ticket, timeout: 1m}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `timeout:` with how long one attempt may take. `flowgate check --fix` adds one minute for
    /// reads and five for writes.
    pub static RULE = {
        check: On::Step(check),
        id: "call-without-timeout",
        summary: "a call that can hang",
        why: "a system that does not answer holds the case, and nobody is told",
        family: Reliability,
        level: error_from(2),
        fixable: Safe,
        since: "0.1.0",
    }
}

fn check(place: &StepInState<'_>, _workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let step = place.step;
    let Some(call) = &step.call else {
        return;
    };
    let is_written = || context.entry_beside(call.name.span, "timeout").is_some();
    if step.timeout.is_some() || is_written() || place.state.timeout.is_some() {
        return;
    }
    let message = format!("the call `{}` can hang", call.name.value);
    context.report(
        context
            .finding(call.name.span, message)
            .help("add `timeout:` with how long one attempt may take")
            .safe_fix(addition(step, context)),
    );
}

fn addition(step: &Step, context: &Context<'_>) -> Option<Edit> {
    let writes = context.model.call(step).is_some_and(|call| call.writes());
    let timeout = if writes { "5m" } else { "1m" };
    context.insert_beside(step.name_span()?, "timeout", timeout)
}
