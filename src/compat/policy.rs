//! How changes are judged: policies, scenarios and project settings.

use super::declaration::{patch, review};
use crate::diff::kind::PolicyChange;

super::declaration::judgements! {
    PolicyChange {
        PolicyAdded {
            docs: "What the policy demands is demanded from the next change on.",
            why: "{subject} is in force.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: PolicyRemoved,
            before: r#"# not there"#,
            after: r#"policy: {name: change-control, owner: nadia.karim}"#,
        }
        PolicyRemoved {
            docs: "This change is still judged under the base policy.",
            why: "{subject} is no longer in force.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: PolicyAdded,
            before: r#"policy: {name: change-control, owner: nadia.karim}"#,
            after: r#"# not there"#,
        }
        LevelRaised {
            docs: "More findings fail.",
            why: "`{subject}` is {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: LevelLowered,
            before: r#"levels: [{set: {backup-missing: warning}}]"#,
            after: r#"levels: [{set: {backup-missing: error}}]"#,
        }
        LevelLowered {
            docs: "Fewer findings fail.",
            why: "`{subject}` is {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: LevelRaised,
            before: r#"levels: [{set: {backup-missing: error}}]"#,
            after: r#"levels: [{set: {backup-missing: warning}}]"#,
        }
        RequirementAdded {
            docs: "Documents that do not meet it are reported.",
            why: "{subject} is demanded: {after}.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: RequirementRemoved,
            before: r#"require: []"#,
            after: r#"require: [{id: FIN-01, that: workflow.owner != '', message: No owner.}]"#,
        }
        RequirementRemoved {
            docs: "This change is still judged under the base policy.",
            why: "{subject} is no longer demanded: {before}.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: RequirementAdded,
            before: r#"require: [{id: FIN-01, that: workflow.owner != '', message: No owner.}]"#,
            after: r#"require: []"#,
        }
        RequirementChanged {
            docs: "Which of the two demands less cannot be seen, so it counts as weakened.",
            why: "{subject} demands {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: RequirementChanged,
            before: r#"require: [{id: FIN-01, that: workflow.owner != '', message: No owner.}]"#,
            after: r#"require: [{id: FIN-01, that: workflow.backup != '', message: No owner.}]"#,
        }
        SeparationAdded {
            docs: "Whoever holds two of the duties is reported from the next change on.",
            why: "{subject} keeps apart: {after}.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: SeparationRemoved,
            before: r#"separate: []"#,
            after: r#"separate: [{id: order-and-pay, duties: [{task: {step: quote}}, {approve: {risk: finance}}], reason: One person could buy and pay.}]"#,
        }
        SeparationRemoved {
            docs: "One person may hold all of the duties.",
            why: "{subject} no longer keeps apart: {before}.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: SeparationAdded,
            before: r#"separate: [{id: order-and-pay, duties: [{task: {step: quote}}, {approve: {risk: finance}}], reason: One person could buy and pay.}]"#,
            after: r#"separate: []"#,
        }
        SeparatedDutyAdded {
            docs: "Nobody may hold it together with the others.",
            why: "`{after}` is kept apart from the other duties.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: SeparatedDutyRemoved,
            before: r#"separate: [{id: order-and-pay, duties: [{task: {step: quote}}, {approve: {risk: finance}}], reason: One person could buy and pay.}]"#,
            after: r#"separate: [{id: order-and-pay, duties: [{task: {step: quote}}, {approve: {risk: finance}}, {perform: ERP.post_invoice}], reason: One person could buy and pay.}]"#,
        }
        SeparatedDutyRemoved {
            docs: "One person may hold it together with the others. A duty that is changed is removed, \
                and another one added.",
            why: "`{before}` is no longer kept apart from the other duties.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: SeparatedDutyAdded,
            before: r#"separate: [{id: order-and-pay, duties: [{task: {step: quote}}, {approve: {risk: finance}}, {perform: ERP.post_invoice}], reason: One person could buy and pay.}]"#,
            after: r#"separate: [{id: order-and-pay, duties: [{task: {step: quote}}, {approve: {risk: finance}}], reason: One person could buy and pay.}]"#,
        }
        ApprovalRuleAdded {
            docs: "The next change is judged by it.",
            why: "Changes need an approval: {after}.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: ApprovalRuleRemoved,
            before: r#"approvals: []"#,
            after: r#"approvals: [{match: {control: weakened}, ask: [control_owner]}]"#,
        }
        ApprovalRuleRemoved {
            docs: "This change is still judged under the base policy.",
            why: "Changes no longer need an approval: {before}.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: ApprovalRuleAdded,
            before: r#"approvals: [{match: {control: weakened}, ask: [control_owner]}]"#,
            after: r#"approvals: []"#,
        }
        ApprovalRuleChanged {
            docs: "Other people are asked, so it counts as weakened.",
            why: "Changes that are {subject} need {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: ApprovalRuleChanged,
            before: r#"approvals: [{match: {control: weakened}, ask: [control_owner]}]"#,
            after: r#"approvals: [{match: {control: weakened}, ask: [owner]}]"#,
        }
        AcceptanceRuleAdded {
            docs: "The next change is judged by it.",
            why: "Breaking changes are accepted on purpose only so: {after}.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: AcceptanceRuleRemoved,
            before: r#"acceptance: []"#,
            after: r#"acceptance: [{match: {risk: finance}, by: [{role: finance_director}]}]"#,
        }
        AcceptanceRuleRemoved {
            docs: "This change is still judged under the base policy.",
            why: "Whoever accepts a breaking change is no longer asked to be: {before}.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: AcceptanceRuleAdded,
            before: r#"acceptance: [{match: {risk: finance}, by: [{role: finance_director}]}]"#,
            after: r#"acceptance: []"#,
        }
        LockAdded {
            docs: "One more rule is locked.",
            why: "`{subject}` is suppressed only with the control owner's approval.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: LockRemoved,
            before: r#"locked: [owner-missing]"#,
            after: r#"locked: [owner-missing, sla-missing]"#,
        }
        LockRemoved {
            docs: "One rule less is locked.",
            why: "`{subject}` can be suppressed without the control owner.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: LockAdded,
            before: r#"locked: [owner-missing, sla-missing]"#,
            after: r#"locked: [owner-missing]"#,
        }
        ApprovalEvidenceRaised {
            docs: "Weaker evidence no longer counts.",
            why: "An approval counts when it is {after}; it was {before}.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: ApprovalEvidenceLowered,
            before: r#"evidence: {minimum: committed}"#,
            after: r#"evidence: {minimum: signed}"#,
        }
        ApprovalEvidenceLowered {
            docs: "Weaker evidence counts from now on.",
            why: "An approval counts when it is {after}; it was {before}.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: ApprovalEvidenceRaised,
            before: r#"evidence: {minimum: signed}"#,
            after: r#"evidence: {minimum: committed}"#,
        }
        BaselineNamed {
            docs: "From here on `flowgate check` shows what the baseline does not know. What it \
                knows is unprotected until somebody mends it.",
            why: "Findings that `{after}` knows are no longer shown.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: BaselineDropped,
            before: r#"flowgate: 1"#,
            after: r#"baseline: flowgate.baseline.json"#,
        }
        BaselineDropped {
            docs: "Every finding counts again.",
            why: "Findings that `{before}` knows are shown again.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: BaselineNamed,
            before: r#"baseline: flowgate.baseline.json"#,
            after: r#"flowgate: 1"#,
        }
        ScenarioAdded {
            docs: "More of what the workflow does is held fast.",
            why: "\"{subject}\" of {document} is tried.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: ScenarioRemoved,
            before: r#"scenarios:
  workflow: refund
  cases:
    - {name: a small refund, expect: {end: completed}}"#,
            after: r#"scenarios:
  workflow: refund
  cases:
    - {name: a small refund, expect: {end: completed}}
    - {name: a large refund, expect: {end: rejected}}"#,
        }
        ScenarioRemoved {
            docs: "Less of what the workflow does is held fast.",
            why: "\"{subject}\" of {document} is no longer tried.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: ScenarioAdded,
            before: r#"scenarios:
  workflow: refund
  cases:
    - {name: a small refund, expect: {end: completed}}
    - {name: a large refund, expect: {end: rejected}}"#,
            after: r#"scenarios:
  workflow: refund
  cases:
    - {name: a small refund, expect: {end: completed}}"#,
        }
        ScenarioChanged {
            docs: "What is given, done or expected is another.",
            why: "\"{subject}\" of {document} is tried with {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: ScenarioChanged,
            before: r#"scenarios:
  workflow: refund
  cases:
    - {name: a small refund, expect: {end: completed}}"#,
            after: r#"scenarios:
  workflow: refund
  cases:
    - {name: a small refund, expect: {end: rejected}}"#,
        }
        ListChanged {
            docs: "Every expression that reads the list decides otherwise.",
            why: "The list `{subject}` is {after} instead of {before}.",
            class: review(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: ListChanged,
            before: r#"lists: {departments: [finance, sales]}"#,
            after: r#"lists: {departments: [finance, sales, people]}"#,
        }
        ProjectSettingChanged {
            docs: "Settings decide where documents are and how the tool works, not what the \
                workflows do.",
            why: "The setting `{subject}` is {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: ProjectSettingChanged,
            before: r#"versioning: {source: file}"#,
            after: r#"versioning: {source: tag}"#,
        }
    }
}
