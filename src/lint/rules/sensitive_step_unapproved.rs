//! `sensitive-step-unapproved`: risky writes that a case reaches without anybody's approval.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::flow::risk::RiskWrites;
use crate::model::flow::{Bypass, Flow, Node, Way, Weakness};
use crate::rule::ERROR;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds writes that carry risk and that a case can reach without an approval.
    ///
    /// A write carries risk when its step or its state has `risk:`. In a workflow of risk `finance`
    /// or `access` that labels no step, every write does. Every path from the start to the write
    /// must pass an `approve` step; exceptions, timeouts and skipped steps are paths, too. A waiver
    /// counts as an approval when nothing but named `controls` can make it true, because then
    /// somebody has approved the control. An approval that a timeout gives does not count.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   risk: [finance]
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps:
    ///         - id: post
    ///           call: ERP.post_invoice
    ///           as: svc-poster
    ///           risk: finance
    ///           returns: itsm.ticket.v1
    ///           timeout: 1m
    ///           catch: [{error: any, raise: ERROR}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   risk: [finance]
    ///   states:
    ///     new:
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
    ///         - id: post
    ///           call: ERP.post_invoice
    ///           as: svc-poster
    ///           risk: finance
    ///           returns: itsm.ticket.v1
    ///           timeout: 1m
    ///           catch: [{error: any, raise: ERROR}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    ///     refused: {lifecycle: done, end: rejected}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Put an approval on every path to the write. Where small cases should pass, do not lead them
    /// round the approval: waive it with `waive_when` over a named control.
    pub static RULE = {
        check: On::Workflow(check),
        id: "sensitive-step-unapproved",
        summary: "a risky write that nobody approves",
        why: "money moves or access is given, and no person has agreed to it",
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
    for bypass in flow.unapproved(&writes) {
        let Some(call) = &bypass.write.step.call else {
            continue;
        };
        let message = format!(
            "a case reaches `{}` without an approval: {}",
            call.name.value,
            bypass.path.route(flow)
        );
        let mut finding = context
            .finding(call.name.span, message)
            .note("this write carries risk");
        for (span, label) in bypass.path.labels(flow) {
            finding = finding.label(span, label);
        }
        context.report(finding.help(remedy(flow, &bypass)));
    }
}

/// What to do about the approval that the path passes by, or about there being none.
fn remedy(flow: &Flow<'_>, bypass: &Bypass<'_>) -> String {
    for step in &bypass.path.moves {
        if let Node::If(place, _) = flow.node(step.from)
            && place.step.approve.is_some()
            && matches!(step.way, Way::Skip)
        {
            return format!(
                "replace the `if` of `{}` by a `waive_when` over a named control, as `input.total <= controls.limit`",
                place.step.name()
            );
        }
        if let Node::Done(place) = flow.node(step.to) {
            match place.step.weakness() {
                Some(Weakness::ApprovedByTime(_)) => {
                    return format!(
                        "let the timeout of `{}` raise a reason instead of approving",
                        place.step.name()
                    );
                }
                Some(Weakness::FreeWaiver(_)) => {
                    return format!(
                        "waive `{}` only over a named control, as `input.total <= controls.limit`",
                        place.step.name()
                    );
                }
                None => {}
            }
        }
    }
    format!(
        "put an `approve` step before `{}` on this path, too",
        bypass.write.step.name()
    )
}
