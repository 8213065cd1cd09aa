//! How changes are judged: the states, transitions and exceptions of a workflow.

use super::declaration::{Direction, additive, breaking, none, review};
use crate::diff::kind::FlowChange;

super::declaration::judgements! {
    FlowChange {
        StateAdded {
            docs: "Running cases are in states that still exist.",
            why: "Cases can be seen in `{subject}` from now on.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [RunningCases],
            undone_by: StateRemoved,
            before: r#"work: {lifecycle: in_progress, to: done}"#,
            after: r#"work: {lifecycle: in_progress, to: done}
packing: {lifecycle: in_progress, to: done}"#,
        }
        StateRemoved {
            docs: "Pin running cases to the old version with a drain date, or map the state to \
                another one under `change: {migrate: {states: …}}`.",
            why: "Running cases that wait in `{subject}` have nowhere to be.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [RunningCases],
            undone_by: StateAdded,
            before: r#"work: {lifecycle: in_progress, to: done}
packing: {lifecycle: in_progress, to: done}"#,
            after: r#"work: {lifecycle: in_progress, to: done}"#,
        }
        StateRenamed {
            docs: "One change, not a removal and an addition, because `renamed_from` names the \
                old state. The map entry for running cases follows from it.",
            why: "`{before}` is now called `{after}`; running cases, requester status and \
                dashboards move with it.",
            class: additive(), lapses: false,
            control: Neutral, running: MapFollows, affects: [RunningCases, Consumers],
            undone_by: StateRenamed,
            before: r#"work: {lifecycle: in_progress, to: done}"#,
            after: r#"handling: {renamed_from: work, lifecycle: in_progress, to: done}"#,
        }
        LifecycleChanged {
            docs: "Requester status, dashboards and reports group the state otherwise. The way a \
                case ends counts as its status.",
            why: "Cases in `{subject}` show as {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [RunningCases, Consumers],
            undone_by: LifecycleChanged,
            before: r#"work: {lifecycle: in_progress, to: done}"#,
            after: r#"work: {lifecycle: waiting, to: done}"#,
        }
        LoopLimitChanged {
            docs: "What goes to the fallback, and when, is another. Absent means without limit.",
            why: "A case may come to {subject} {after} times instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [RunningCases, Operators],
            undone_by: LoopLimitChanged,
            before: r#"work: {lifecycle: in_progress, max_visits: 3, to: done}"#,
            after: r#"work: {lifecycle: in_progress, max_visits: 5, to: done}"#,
        }
        TransitionAdded {
            docs: "Running cases keep the ways they had.",
            why: "A case can go {subject} when {after}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [RunningCases],
            undone_by: TransitionRemoved,
            before: r#"- {to: done, else: true}"#,
            after: r#"- {to: rejected, when: input.total == 0}
- {to: done, else: true}"#,
        }
        TransitionRemoved {
            docs: "Cases in that state must keep a way out.",
            why: "A case can no longer go {subject}; it could when {before}.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Pinned, affects: [RunningCases],
            undone_by: TransitionAdded,
            before: r#"- {to: rejected, when: input.total == 0}
- {to: done, else: true}"#,
            after: r#"- {to: done, else: true}"#,
        }
        GuardNarrowed {
            docs: "It can be shown that every case that takes the way now took it before, and that \
                some case no longer does. Where those cases go instead is for a person to judge; a \
                named control would show which way is weaker.",
            why: "Fewer cases go {subject}: when {after} instead of when {before}.",
            class: review(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: GuardWidened,
            before: r#"- {to: rejected, when: input.total < 10}
- {to: done, else: true}"#,
            after: r#"- {to: rejected, when: input.total < 1}
- {to: done, else: true}"#,
        }
        GuardWidened {
            docs: "It can be shown that every case that took the way before still does, and that \
                some other case does too. What that means for those cases is for a person to judge; \
                a named control would show which way is weaker.",
            why: "More cases go {subject}: when {after} instead of when {before}.",
            class: review(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: GuardNarrowed,
            before: r#"- {to: rejected, when: input.total < 1}
- {to: done, else: true}"#,
            after: r#"- {to: rejected, when: input.total < 10}
- {to: done, else: true}"#,
        }
        GuardChanged {
            docs: "Some cases leave the way and others take it, or the two conditions cannot be \
                compared. So a person must judge; a named control would show which way is weaker.",
            why: "A case goes {subject} when {after} instead of when {before}.",
            class: review(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: GuardChanged,
            before: r#"- {to: rejected, when: input.total == 0}
- {to: done, else: true}"#,
            after: r#"- {to: rejected, when: input.total == 1}
- {to: done, else: true}"#,
        }
        ConditionRewritten {
            docs: "It can be shown that both conditions hold in the same cases, for the types, \
                limits and controls that are declared. Nothing needs to be judged.",
            why: "The condition is written otherwise and holds in the same cases: {after} instead \
                of {before}.",
            class: none(), lapses: false,
            control: Neutral, running: Unaffected, affects: [],
            undone_by: ConditionRewritten,
            before: r#"- {to: rejected, when: "!(input.total >= 1)"}
- {to: done, else: true}"#,
            after: r#"- {to: rejected, when: input.total < 1}
- {to: done, else: true}"#,
        }
        TransitionsReordered {
            docs: "The first way that fits is taken, so a case that fits several goes elsewhere.",
            why: "The ways out of `{subject}` are tried in the order {after} instead of {before}.",
            class: review(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: TransitionsReordered,
            before: r#"- {to: rejected, when: input.total == 0}
- {to: done, when: input.total < 5}"#,
            after: r#"- {to: done, when: input.total < 5}
- {to: rejected, when: input.total == 0}"#,
        }
        MoversNarrowed {
            docs: "Running cases may wait for somebody who can move them.",
            why: "Only {after} may move a case {subject}; it was {before}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: MoversWidened,
            before: r#"- {to: done, by: [{role: clerk}, {role: lead}]}"#,
            after: r#"- {to: done, by: [{role: lead}]}"#,
        }
        MoversWidened {
            docs: "Somebody can move a case who could not.",
            why: "{after} may move a case {subject}; it was {before}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: MoversNarrowed,
            before: r#"- {to: done, by: [{role: lead}]}"#,
            after: r#"- {to: done, by: [{role: clerk}, {role: lead}]}"#,
        }
        MoversReplaced {
            docs: "Somebody can move a case who could not, so it counts as weakened.",
            why: "{after} may move a case {subject} instead of {before}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: MoversReplaced,
            before: r#"- {to: done, by: [{role: lead}]}"#,
            after: r#"- {to: done, by: [{role: clerk}]}"#,
        }
        RequiredDataAdded {
            docs: "Running cases were never asked for it. Map it under `change: {migrate: {data: \
                …}}` or pin them.",
            why: "A case goes {subject} only with `{after}`, which running cases lack.",
            class: breaking(Direction::None), lapses: false,
            control: Strengthened, running: NeedsPlan, affects: [RunningCases],
            undone_by: RequiredDataRemoved,
            before: r#"- {to: done, require: []}"#,
            after: r#"- {to: done, require: [approval_note]}"#,
        }
        RequiredDataRemoved {
            docs: "What had to be there may be missing.",
            why: "A case goes {subject} without `{before}`.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [RunningCases],
            undone_by: RequiredDataAdded,
            before: r#"- {to: done, require: [approval_note]}"#,
            after: r#"- {to: done, require: []}"#,
        }
        ReasonAdded {
            docs: "Reports meet a code that they do not know.",
            why: "Exceptions can be raised as `{subject}`: {after}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers, Operators],
            undone_by: ReasonRemoved,
            before: r#"BAD: {class: policy, queue: refunds, resume: same}"#,
            after: r#"BAD: {class: policy, queue: refunds, resume: same}
LATE: {class: stalled, queue: refunds, resume: same}"#,
        }
        ReasonRemoved {
            docs: "Map open items to another code under `change: {migrate: {reasons: …}}`, or pin \
                running cases.",
            why: "`{subject}` is gone, and open items that carry it belong nowhere.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, Operators],
            undone_by: ReasonAdded,
            before: r#"BAD: {class: policy, queue: refunds, resume: same}
LATE: {class: stalled, queue: refunds, resume: same}"#,
            after: r#"BAD: {class: policy, queue: refunds, resume: same}"#,
        }
        ReasonRenamed {
            docs: "One change, not a removal and an addition, because `renamed_from` names the \
                old code.",
            why: "`{before}` is now called `{after}`; open items move with it.",
            class: additive(), lapses: false,
            control: Neutral, running: MapFollows, affects: [Consumers, Operators],
            undone_by: ReasonRenamed,
            before: r#"LATE: {class: stalled, queue: refunds, resume: same}"#,
            after: r#"OVERDUE: {renamed_from: LATE, class: stalled, queue: refunds, resume: same}"#,
        }
        ExceptionRerouted {
            docs: "The owner of the new queue takes over the duty and is asked.",
            why: "`{subject}` goes to {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators, RunningCases],
            undone_by: ExceptionRerouted,
            before: r#"LATE: {class: stalled, queue: refunds, resume: same}"#,
            after: r#"LATE: {class: stalled, queue: escalations, resume: same}"#,
        }
        ExceptionClassChanged {
            docs: "The class decides who may resolve it and how it is reported.",
            why: "`{subject}` counts as {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators, RunningCases],
            undone_by: ExceptionClassChanged,
            before: r#"LATE: {class: stalled, queue: refunds, resume: same}"#,
            after: r#"LATE: {class: policy, queue: refunds, resume: same}"#,
        }
        ResumeChanged {
            docs: "A way back that passes an approval is reported by `resume-skips-approval`.",
            why: "A case resolved from `{subject}` comes back at {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators, RunningCases],
            undone_by: ResumeChanged,
            before: r#"LATE: {class: stalled, queue: refunds, resume: same}"#,
            after: r#"LATE: {class: stalled, queue: refunds, resume: fallback}"#,
        }
    }
}
