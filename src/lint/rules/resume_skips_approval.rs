//! `resume-skips-approval`: exceptions that come back behind an approval.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::flow::risk::RiskWrites;
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds exceptions whose `resume` takes a case past an approval to a write that carries risk.
    ///
    /// The case left before the approval was given and comes back behind it, so the write is done
    /// without one. Which writes carry risk and what counts as an approval is told under
    /// `sensitive-step-unapproved`.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   risk: [finance]
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps: [{id: known, check: [{that: "input.room != ''", raise: NO_ROOM}]}]
    ///       to: approval
    ///     approval:
    ///       lifecycle: waiting
    ///       steps:
    ///         - id: cost_ok
    ///           approve: {by: [{role: budget_owner}], exclude: [case.requester], evidence: [offer], timeout: 1d}
    ///       transitions:
    ///         - {to: refused, when: steps.cost_ok.decision == 'rejected'}
    ///         - {to: posting, else: true}
    ///     posting:
    ///       lifecycle: in_progress
    ///       steps:
    ///         - {id: post, call: ERP.post_invoice, as: svc-poster, risk: finance, returns: itsm.ticket.v1, timeout: 1m, catch: [{error: any, raise: ERROR}]}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    ///     refused: {lifecycle: done, end: rejected}
    ///   exceptions:
    ///     NO_ROOM: {class: missing_info, queue: needs-info, resume: posting}
    ///     default: {queue: facilities-exceptions, resume: fallback, max_returns: 3}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   risk: [finance]
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps: [{id: known, check: [{that: "input.room != ''", raise: NO_ROOM}]}]
    ///       to: approval
    ///     approval:
    ///       lifecycle: waiting
    ///       steps:
    ///         - id: cost_ok
    ///           approve: {by: [{role: budget_owner}], exclude: [case.requester], evidence: [offer], timeout: 1d}
    ///       transitions:
    ///         - {to: refused, when: steps.cost_ok.decision == 'rejected'}
    ///         - {to: posting, else: true}
    ///     posting:
    ///       lifecycle: in_progress
    ///       steps:
    ///         - {id: post, call: ERP.post_invoice, as: svc-poster, risk: finance, returns: itsm.ticket.v1, timeout: 1m, catch: [{error: any, raise: ERROR}]}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    ///     refused: {lifecycle: done, end: rejected}
    ///   exceptions:
    ///     NO_ROOM: {class: missing_info, queue: needs-info, resume: approval}
    ///     default: {queue: facilities-exceptions, resume: fallback, max_returns: 3}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Let the exception resume in the state that asks for the approval, in one before it, or with
    /// `same`. Where one reason is raised before and after the approval, use two reasons.
    pub static RULE = {
        check: On::Workflow(check),
        id: "resume-skips-approval",
        summary: "an exception that resumes past an approval",
        why: "a case that failed once is then done without the approval that every other case needs",
        family: Approvals,
        level: ERROR,
        locked: true,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(flow) = context.flow(workflow) else {
        return;
    };
    let writes = RiskWrites::of(context.model, &workflow.body);
    for skipping in flow.skipping_resumes(&writes) {
        let Some(call) = &skipping.write.step.call else {
            continue;
        };
        let resumes_in = context.sources.text(skipping.resume);
        let message = format!(
            "a case that resumes in `{resumes_in}` reaches `{}` without an approval: {}",
            call.name.value,
            skipping.path.route(flow)
        );
        let mut finding = context
            .finding(skipping.resume, message)
            .note("comes back behind the approval");
        for (span, label) in skipping.path.labels(flow) {
            if span != skipping.resume {
                finding = finding.label(span, label);
            }
        }
        let finding = finding.label(call.name.span, "nobody has approved this write");
        context.report(finding.help(
            "resume in the state that asks for the approval, or before it; use two reasons where one is raised on both sides",
        ));
    }
}
