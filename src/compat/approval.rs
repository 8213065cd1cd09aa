//! How changes are judged: human decisions.

use super::declaration::{additive, patch, review};
use crate::diff::kind::ApprovalChange;

super::declaration::judgements! {
    ApprovalChange {
        ApprovalAdded {
            docs: "Requests wait for a person who was not asked before.",
            why: "`{subject}` must be agreed to: {after}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Requesters, RunningCases],
            undone_by: ApprovalRemoved,
            before: r#"- {id: post, call: ERP.post}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}]}}
- {id: post, call: ERP.post}"#,
        }
        ApprovalRemoved {
            docs: "Nothing that requesters rely on breaks, and still the control owner must \
                agree: an approval is a control.",
            why: "`{subject}` is gone: cases pass without {before}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters],
            undone_by: ApprovalAdded,
            before: r#"- {id: ok, approve: {by: [{role: lead}]}}
- {id: post, call: ERP.post}"#,
            after: r#"- {id: post, call: ERP.post}"#,
        }
        ApprovalCountRaised {
            docs: "Requests wait for more people.",
            why: "`{subject}` needs {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Requesters],
            undone_by: ApprovalCountLowered,
            before: r#"- {id: ok, approve: {by: [{role: lead}, {role: controller}], count: 1}}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}, {role: controller}], count: 2}}"#,
        }
        ApprovalCountLowered {
            docs: "One pair of eyes less sees the case.",
            why: "`{subject}` needs only {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters],
            undone_by: ApprovalCountRaised,
            before: r#"- {id: ok, approve: {by: [{role: lead}, {role: controller}], count: 2}}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}, {role: controller}], count: 1}}"#,
        }
        ApproversNarrowed {
            docs: "Whether anybody is left to decide is checked again: `approval-deadlock`.",
            why: "Only {after} may decide `{subject}`; it was {before}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [],
            undone_by: ApproversWidened,
            before: r#"- {id: ok, approve: {by: [{role: lead}, {role: controller}]}}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}]}}"#,
        }
        ApproversWidened {
            docs: "Somebody can decide who could not.",
            why: "{after} may decide `{subject}`; it was {before}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [],
            undone_by: ApproversNarrowed,
            before: r#"- {id: ok, approve: {by: [{role: lead}]}}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}, {role: controller}]}}"#,
        }
        ApproversReplaced {
            docs: "Somebody can decide who could not, so it counts as weakened.",
            why: "{after} decides `{subject}` instead of {before}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [],
            undone_by: ApproversReplaced,
            before: r#"- {id: ok, approve: {by: [{role: lead}]}}"#,
            after: r#"- {id: ok, approve: {by: [{role: controller}]}}"#,
        }
        ExclusionAdded {
            docs: "Separation of duties is stricter.",
            why: "{after} may not decide `{subject}`.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [],
            undone_by: ExclusionRemoved,
            before: r#"- {id: ok, approve: {by: [{role: lead}]}}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}], exclude: [case.requester]}}"#,
        }
        ExclusionRemoved {
            docs: "Separation of duties is looser: somebody may decide about their own case. The \
                rule `self-approval` is locked.",
            why: "{before} may decide `{subject}` from now on.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [],
            undone_by: ExclusionAdded,
            before: r#"- {id: ok, approve: {by: [{role: lead}], exclude: [case.requester]}}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}]}}"#,
        }
        ApprovalConditionAdded {
            docs: "Cases in which the condition is false pass without anybody.",
            why: "`{subject}` is asked for only when {after}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters],
            undone_by: ApprovalConditionRemoved,
            before: r#"- {id: ok, approve: {by: [{role: lead}]}}"#,
            after: r#"- {id: ok, if: input.total > 500, approve: {by: [{role: lead}]}}"#,
        }
        ApprovalConditionRemoved {
            docs: "More cases wait for a person.",
            why: "`{subject}` is asked for more often: {before} no longer limits it.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Requesters],
            undone_by: ApprovalConditionAdded,
            before: r#"- {id: ok, if: input.total > 500, approve: {by: [{role: lead}]}}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}]}}"#,
        }
        ApprovalConditionChanged {
            docs: "Which way is weaker cannot be seen, so it counts as weakened until a person \
                has judged.",
            why: "`{subject}` is asked for when {after} instead of when {before}.",
            class: review(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters],
            undone_by: ApprovalConditionChanged,
            before: r#"- {id: ok, if: input.total > 500, approve: {by: [{role: lead}]}}"#,
            after: r#"- {id: ok, if: input.total > 900, approve: {by: [{role: lead}]}}"#,
        }
        WaiverAdded {
            docs: "Such cases pass without anybody.",
            why: "`{subject}` is waived when {after}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters],
            undone_by: WaiverRemoved,
            before: r#"- {id: ok, approve: {by: [{role: lead}]}}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}], waive_when: input.total < controls.limit}}"#,
        }
        WaiverRemoved {
            docs: "More cases wait for a person.",
            why: "`{subject}` is never waived; it was when {before}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Requesters],
            undone_by: WaiverAdded,
            before: r#"- {id: ok, approve: {by: [{role: lead}], waive_when: input.total < controls.limit}}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}]}}"#,
        }
        WaiverNarrowed {
            docs: "A further condition was joined to the waiver by `&&`.",
            why: "`{subject}` is waived only when {after}; it was when {before}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Requesters],
            undone_by: WaiverWidened,
            before: r#"- {id: ok, approve: {by: [{role: lead}], waive_when: input.total < controls.limit}}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}], waive_when: "input.total < controls.limit && case.exceptions.size() == 0"}}"#,
        }
        WaiverWidened {
            docs: "A condition was taken out of the waiver.",
            why: "`{subject}` is waived when {after}; it was only when {before}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters],
            undone_by: WaiverNarrowed,
            before: r#"- {id: ok, approve: {by: [{role: lead}], waive_when: "input.total < controls.limit && case.exceptions.size() == 0"}}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}], waive_when: input.total < controls.limit}}"#,
        }
        WaiverChanged {
            docs: "Which way is weaker cannot be seen, so it counts as weakened until a person \
                has judged.",
            why: "`{subject}` is waived when {after} instead of when {before}.",
            class: review(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters],
            undone_by: WaiverChanged,
            before: r#"- {id: ok, approve: {by: [{role: lead}], waive_when: input.total < controls.limit}}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}], waive_when: input.total <= controls.limit}}"#,
        }
        AutoApprovalAdded {
            docs: "Nobody has to look at the case for it to pass.",
            why: "When nobody decides `{subject}` in time, it counts as approved.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters],
            undone_by: AutoApprovalRemoved,
            before: r#"- {id: ok, approve: {by: [{role: lead}], timeout: 1d, on_timeout: [{raise: STALLED}]}}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}], timeout: 1d, on_timeout: [{decide: approved}]}}"#,
        }
        AutoApprovalRemoved {
            docs: "Somebody has to look at the case.",
            why: "When nobody decides `{subject}` in time, it no longer counts as approved.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Requesters],
            undone_by: AutoApprovalAdded,
            before: r#"- {id: ok, approve: {by: [{role: lead}], timeout: 1d, on_timeout: [{decide: approved}]}}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}], timeout: 1d, on_timeout: [{raise: STALLED}]}}"#,
        }
        DelegateChanged {
            docs: "Separation of duties is checked again.",
            why: "{after} stands in for `{subject}` instead of {before}.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: DelegateChanged,
            before: r#"- {id: ok, approve: {by: [{role: lead}], delegate: {role: deputy}}}"#,
            after: r#"- {id: ok, approve: {by: [{role: lead}], delegate: {role: director}}}"#,
        }
    }
}
