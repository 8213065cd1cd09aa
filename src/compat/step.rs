//! How changes are judged: the steps of a workflow.

use super::declaration::{Direction, additive, breaking, patch, review};
use crate::diff::kind::StepChange;

super::declaration::judgements! {
    StepChange {
        StepAdded {
            docs: "The owner of a system that is new to the workflow is asked, and the record \
                must still be written first.",
            why: "`{subject}` is done as well: {after}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: StepRemoved,
            before: r#"- {id: post, call: ERP.post}"#,
            after: r#"- {id: post, call: ERP.post}
- {id: tell, notify: people-ops}"#,
        }
        StepRemoved {
            docs: "What the step did is left out from now on.",
            why: "`{subject}` is no longer done: {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: StepAdded,
            before: r#"- {id: post, call: ERP.post}
- {id: tell, notify: people-ops}"#,
            after: r#"- {id: post, call: ERP.post}"#,
        }
        StepReordered {
            docs: "Whether the record is still written first is checked again.",
            why: "The steps of {subject} run in the order {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: StepReordered,
            before: r#"- {id: post, call: ERP.post}
- {id: tell, notify: people-ops}"#,
            after: r#"- {id: tell, notify: people-ops}
- {id: post, call: ERP.post}"#,
        }
        StepMoved {
            docs: "The step keeps its name, so that expressions still find its result, but it \
                runs earlier or later.",
            why: "`{subject}` is done in {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: StepMoved,
            before: r#"work: {lifecycle: in_progress, steps: [{id: post, call: ERP.post}], to: check}
check: {lifecycle: in_progress, to: done}"#,
            after: r#"work: {lifecycle: in_progress, to: check}
check: {lifecycle: in_progress, steps: [{id: post, call: ERP.post}], to: done}"#,
        }
        StepRenamed {
            docs: "One change, not a removal and an addition, because `renamed_from` names the \
                old step.",
            why: "`{before}` is now called `{after}`; results of running cases move with it.",
            class: additive(), lapses: false,
            control: Neutral, running: MapFollows, affects: [RunningCases],
            undone_by: StepRenamed,
            before: r#"- {id: post, call: ERP.post}"#,
            after: r#"- {id: booked, renamed_from: post, call: ERP.post}"#,
        }
        StepKindChanged {
            docs: "For instance a person does what a system did.",
            why: "`{subject}` is {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: StepKindChanged,
            before: r#"- {id: post, call: ERP.post}"#,
            after: r#"- {id: post, task: Post the refund by hand.}"#,
        }
        OperationChanged {
            docs: "The owner of a system that is new to the workflow is asked, and the record \
                must still be written first.",
            why: "`{subject}` calls {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: OperationChanged,
            before: r#"- {id: post, call: ERP.post}"#,
            after: r#"- {id: post, call: Ledger.post}"#,
        }
        StepInputChanged {
            docs: "The system receives something else.",
            why: "`{subject}` is given {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: StepInputChanged,
            before: r#"- {id: post, call: ERP.post, with: {total: "${ input.total }"}}"#,
            after: r#"- {id: post, call: ERP.post, with: {total: "${ input.net }"}}"#,
        }
        StepConditionChanged {
            docs: "Two conditions in free form cannot be compared here, so a person must judge.",
            why: "`{subject}` is done when {after} instead of when {before}.",
            class: review(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: StepConditionChanged,
            before: r#"- {id: post, call: ERP.post}"#,
            after: r#"- {id: post, if: input.total > 0, call: ERP.post}"#,
        }
        StepAccountChanged {
            docs: "The account decides what the step may do; the security owner looks at its \
                scopes.",
            why: "`{subject}` runs as {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: StepAccountChanged,
            before: r#"- {id: post, call: ERP.post, as: svc-poster}"#,
            after: r#"- {id: post, call: ERP.post, as: svc-admin}"#,
        }
        RetryChanged {
            docs: "The arithmetic of the SLA is done again; past it, `sla-arithmetic` reports.",
            why: "`{subject}` is tried again by {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: RetryChanged,
            before: r#"- {id: post, call: ERP.post, retry: {limit: 3, delay: 10s}}"#,
            after: r#"- {id: post, call: ERP.post, retry: {limit: 5, delay: 10s}}"#,
        }
        TimeoutChanged {
            docs: "The arithmetic of the SLA is done again; past it, `sla-arithmetic` reports.",
            why: "`{subject}` may take {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: TimeoutChanged,
            before: r#"- {id: post, call: ERP.post, timeout: 5m}"#,
            after: r#"- {id: post, call: ERP.post, timeout: 10m}"#,
        }
        EscalationChanged {
            docs: "The ladder asks, tells or raises otherwise; separation of duties is checked \
                again.",
            why: "When the time for `{subject}` is up, {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: EscalationChanged,
            before: r#"- {id: kit, task: Pack it., timeout: 1d, on_timeout: [{raise: LATE}]}"#,
            after: r#"- {id: kit, task: Pack it., timeout: 1d, on_timeout: [{raise: STALLED}]}"#,
        }
        ErrorHandlingChanged {
            docs: "Other people receive the exception, or the case goes another way.",
            why: "When `{subject}` fails with {before}, the case goes another way than before: \
                {after}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: ErrorHandlingChanged,
            before: r#"- {id: post, call: ERP.post, catch: [{error: any, raise: SYSTEM_DOWN}]}"#,
            after: r#"- {id: post, call: ERP.post, catch: [{error: any, raise: ERP_DOWN}]}"#,
        }
        IdempotencyKeyAdded {
            docs: "The same work is not done twice any more.",
            why: "A repeated call of `{subject}` is recognised by {after}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [RunningCases],
            undone_by: IdempotencyKeyRemoved,
            before: r#"- {id: post, call: ERP.post}"#,
            after: r#"- {id: post, call: ERP.post, idempotency_key: input.refund_id}"#,
        }
        IdempotencyKeyChanged {
            docs: "A call made before the change is not recognised after it.",
            why: "`{subject}` is recognised by {after} instead of {before}, so a call that \
                repeats across the cut-over does the work twice.",
            class: breaking(Direction::None), lapses: false,
            control: Weakened, running: Pinned, affects: [RunningCases],
            undone_by: IdempotencyKeyChanged,
            before: r#"- {id: post, call: ERP.post, idempotency_key: input.refund_id}"#,
            after: r#"- {id: post, call: ERP.post, idempotency_key: input.order_id}"#,
        }
        IdempotencyKeyRemoved {
            docs: "Retries after a lost answer are repeated calls.",
            why: "A repeated call of `{subject}` does the work twice.",
            class: breaking(Direction::None), lapses: false,
            control: Weakened, running: Pinned, affects: [RunningCases],
            undone_by: IdempotencyKeyAdded,
            before: r#"- {id: post, call: ERP.post, idempotency_key: input.refund_id}"#,
            after: r#"- {id: post, call: ERP.post}"#,
        }
        CompensationAdded {
            docs: "A case that fails later is cleaned up.",
            why: "`{subject}` can be undone by {after}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [RunningCases],
            undone_by: CompensationRemoved,
            before: r#"- {id: post, call: ERP.post}"#,
            after: r#"- {id: post, call: ERP.post, compensate: {call: ERP.reverse}}"#,
        }
        CompensationRemoved {
            docs: "A case that fails later leaves its traces.",
            why: "`{subject}` can no longer be undone; it was by {before}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [RunningCases],
            undone_by: CompensationAdded,
            before: r#"- {id: post, call: ERP.post, compensate: {call: ERP.reverse}}"#,
            after: r#"- {id: post, call: ERP.post}"#,
        }
        EvidenceAdded {
            docs: "Who decides or finishes sees more; running cases may have to supply it.",
            why: "`{subject}` needs {after} as well.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [RunningCases],
            undone_by: EvidenceRemoved,
            before: r#"- {id: kit, task: Pack it., evidence: []}"#,
            after: r#"- {id: kit, task: Pack it., evidence: [asset_tag]}"#,
        }
        EvidenceRemoved {
            docs: "Who decides or finishes sees less.",
            why: "`{subject}` no longer needs {before}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [RunningCases],
            undone_by: EvidenceAdded,
            before: r#"- {id: kit, task: Pack it., evidence: [asset_tag]}"#,
            after: r#"- {id: kit, task: Pack it., evidence: []}"#,
        }
        AssignmentChanged {
            docs: "Duties move: the new queue's owner is asked.",
            why: "{after} does `{subject}` instead of {before}.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: AssignmentChanged,
            before: r#"- {id: kit, task: Pack it., assign: {queue: refunds}}"#,
            after: r#"- {id: kit, task: Pack it., assign: {queue: packing}}"#,
        }
        CheckAdded {
            docs: "Requests that went through may be stopped, and running cases that come here as \
                well.",
            why: "A case goes on only when {after}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Requesters, RunningCases],
            undone_by: CheckRemoved,
            before: r#"- {id: sound, check: []}"#,
            after: r#"- {id: sound, check: [{that: input.total > 0, raise: BAD_TOTAL}]}"#,
        }
        CheckRemoved {
            docs: "A safeguard is gone.",
            why: "A case goes on whether or not {before}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters],
            undone_by: CheckAdded,
            before: r#"- {id: sound, check: [{that: input.total > 0, raise: BAD_TOTAL}]}"#,
            after: r#"- {id: sound, check: []}"#,
        }
        CheckChanged {
            docs: "Unless a named control carries the figure, flowgate cannot see which way is \
                weaker, so a person must judge.",
            why: "`{subject}` demands {after} instead of {before}.",
            class: review(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: CheckChanged,
            before: r#"- {id: lines, match: {claim: input.lines, key: line, against: {po: steps.po.lines}, compare: [{field: price, with: po, raise: VARIANCE}]}}"#,
            after: r#"- {id: lines, match: {claim: input.lines, key: line, against: {po: steps.po.lines}, compare: [{field: price, with: po, tolerance: controls.price, raise: VARIANCE}]}}"#,
        }
        WaitChanged {
            docs: "Cases wait for longer or shorter, or for another event.",
            why: "`{subject}` waits for {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters, Operators],
            undone_by: WaitChanged,
            before: r#"- {id: pause, wait: 2h}"#,
            after: r#"- {id: pause, wait: 4h}"#,
        }
        NotificationChanged {
            docs: "Who is told, or what, is another.",
            why: "`{subject}` tells {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: NotificationChanged,
            before: r#"- {id: tell, notify: people-ops}"#,
            after: r#"- {id: tell, notify: payments}"#,
        }
        EventChanged {
            docs: "Listeners know the old event.",
            why: "`{subject}` publishes {after} instead of {before}; whoever listens hears \
                nothing.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: EventChanged,
            before: r#"- {id: done_event, emit: shop.refund.paid}"#,
            after: r#"- {id: done_event, emit: shop.refund.settled}"#,
        }
        BranchingChanged {
            docs: "What runs at the same time, or how the branches join, is another.",
            why: "`{subject}` runs {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: BranchingChanged,
            before: r#"- {id: both, parallel: {join: all, branches: {a: [{id: one, call: ERP.one}]}}}"#,
            after: r#"- {id: both, parallel: {join: any, branches: {a: [{id: one, call: ERP.one}]}}}"#,
        }
    }
}
