//! `dead-letter-missing`: failed calls that nobody can replay.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::error_from;
use crate::syntax::Entity;
use crate::syntax::directory::QueueKind;
use crate::syntax::workflow::{ExceptionClass, Workflow};

declare_rule! {
    /// Finds exceptions of the class `system` whose queue is no dead-letter queue, or is one without
    /// instructions for the replay.
    ///
    /// When a system fails, nobody has to judge anything: the call has to be kept and replayed once
    /// the system is back. That is what a queue of the kind `dead_letter` with `replay` is for.
    ///
    /// A warning before rollout stage 3, an error from it on.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   exceptions:
    ///     ERROR: {class: system, queue: facilities-exceptions, resume: same}
    ///     default: {queue: facilities-exceptions, resume: fallback, max_returns: 3}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   exceptions:
    ///     ERROR: {class: system, queue: replay, resume: same}
    ///     default: {queue: facilities-exceptions, resume: fallback, max_returns: 3}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Send the reason to a queue with `kind: dead_letter` and `replay: runbooks/….md`.
    pub static RULE = {
        check: On::Workflow(check),
        id: "dead-letter-missing",
        summary: "failed calls without a dead-letter queue and a replay",
        why: "what a system refused today is lost tomorrow unless it is kept and replayed",
        family: Exceptions,
        level: error_from(3),
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let routes = workflow.body.exceptions.iter();
    for (reason, route) in routes.flat_map(|routes| routes.value.iter()) {
        let class = route.class.as_ref().map(|class| class.value);
        let Some(written) = route.queue.as_ref().map(|queue| &queue.name) else {
            continue;
        };
        let Some(queue) = context.model.queue(&written.value) else {
            continue;
        };
        if class != Some(ExceptionClass::System) {
            continue;
        }
        let kind = queue.body.kind.as_ref().map(|kind| kind.value);
        let (message, help) = if kind != Some(QueueKind::DeadLetter) {
            (
                format!(
                    "`{}` goes to `{}`, which is no dead-letter queue",
                    reason.value, written.value
                ),
                "name a queue with `kind: dead_letter` and `replay:`",
            )
        } else if queue.body.replay.is_none() {
            (
                format!(
                    "`{}` goes to `{}`, which does not say how to replay",
                    reason.value, written.value
                ),
                "add `replay:` with the path of the instructions to the queue",
            )
        } else {
            continue;
        };
        context.report(
            context
                .finding(written.span, message)
                .label(
                    queue.name.span,
                    format!("`{}` is declared here", written.value),
                )
                .help(help),
        );
    }
}
