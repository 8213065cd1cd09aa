//! How changes are judged: what every kind of document can change in.

use super::declaration::{Direction, additive, breaking, patch};
use crate::diff::kind::DocumentChange;

super::declaration::judgements! {
    DocumentChange {
        OwnerChanged {
            docs: "The accountable person of a document is another one. Nothing that others rely \
                on changes, but the old and the new owner both consent.",
            why: "{document} passes from {before} to {after}, so both must agree.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: OwnerChanged,
            before: r#"owner: priya.shah"#,
            after: r#"owner: tom.okafor"#,
        }
        BackupChanged {
            docs: "The stand-in of the accountable person is another one.",
            why: "When the owner of {document} is out, {after} decides instead of {before}.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: BackupChanged,
            before: r#"backup: tom.okafor"#,
            after: r#"backup: kim.berg"#,
        }
        ContactChanged {
            docs: "The team or the place to ask questions is another one.",
            why: "Questions about {document} go to {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: ContactChanged,
            before: r##"contact: "#refunds""##,
            after: r##"contact: "#payments""##,
        }
        TextChanged {
            docs: "A title, summary, description, tag, sample or instruction reads differently. \
                Layout, comments, quotes and the order of keys are no change at all.",
            why: "The words under {subject} changed; nothing that runs depends on them.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: TextChanged,
            before: r#"summary: Pays a refund."#,
            after: r#"summary: Pays a refund that the shop has accepted."#,
        }
        ExtensionChanged {
            docs: "Keys that begin with `x-` travel to the plan untouched, so only their readers \
                know what a change means.",
            why: "The free key {subject} changed; flowgate hands it on without reading it.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: ExtensionChanged,
            before: r#"x-cost-centre: 4711"#,
            after: r#"x-cost-centre: 4712"#,
        }
        DocumentActivated {
            docs: "The status goes from `draft` to `active`. What changed while it was a draft \
                bound nobody.",
            why: "{document} is in force from now on, so every gate applies to it.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [RunningCases, Requesters],
            undone_by: DocumentWithdrawn,
            before: r#"status: draft"#,
            after: r#"status: active"#,
        }
        DocumentWithdrawn {
            docs: "The status goes back to `draft`. Readers lose what they rely on, and gates no \
                longer apply.",
            why: "{document} is a draft again: its promises are no longer enforced.",
            class: breaking(Direction::None), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters, Consumers],
            undone_by: DocumentActivated,
            before: r#"status: active"#,
            after: r#"status: draft"#,
        }
        DocumentDeprecated {
            docs: "The status becomes `deprecated`. It stays in force until its `sunset`, and its \
                removal after that day is no longer breaking.",
            why: "{document} is to be replaced; its readers should move before the sunset.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers, Requesters],
            undone_by: DocumentReinstated,
            before: r#"status: active"#,
            after: r#"status: deprecated"#,
        }
        DocumentRetired {
            docs: "The status becomes `retired`. After an announced `sunset` that is an addition; \
                before it, it breaks readers.",
            why: "{document} is no longer in force, and whoever still relies on it is left \
                without.",
            class: breaking(Direction::None), lapses: true,
            control: Neutral, running: Unaffected, affects: [Consumers, Requesters],
            undone_by: DocumentReinstated,
            before: r#"status: active"#,
            after: r#"status: retired"#,
        }
        DocumentReinstated {
            docs: "The status goes back to `active`.",
            why: "{document} is in force again.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers, Requesters],
            undone_by: DocumentDeprecated,
            before: r#"status: deprecated"#,
            after: r#"status: active"#,
        }
        SunsetAdvanced {
            docs: "Readers plan their move by the sunset; an earlier one takes time from them. \
                Naming a first sunset together with the deprecation is part of the deprecation.",
            why: "{document} may go on {after} already, while readers planned for {before}.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: SunsetPostponed,
            before: r#"status: deprecated
sunset: "2027-06-30""#,
            after: r#"status: deprecated
sunset: "2027-03-31""#,
        }
        SunsetPostponed {
            docs: "Readers have more time to move.",
            why: "{document} stays until {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: SunsetAdvanced,
            before: r#"status: deprecated
sunset: "2027-03-31""#,
            after: r#"status: deprecated
sunset: "2027-06-30""#,
        }
        SuppressionAdded {
            docs: "Somebody accepts a finding for a while, or for longer than before. What the \
                rule protects is unprotected for that time.",
            why: "The finding {subject} no longer counts until {after}.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: SuppressionRemoved,
            before: r#"suppress: []"#,
            after: r#"suppress: [{rule: backup-missing, reason: Hiring, until: "2027-01-31", approved_by: nadia.karim}]"#,
        }
        SuppressionRemoved {
            docs: "A suppression is gone or ends earlier.",
            why: "The finding {subject} counts again.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: SuppressionAdded,
            before: r#"suppress: [{rule: backup-missing, reason: Hiring, until: "2027-01-31", approved_by: nadia.karim}]"#,
            after: r#"suppress: []"#,
        }
        AcceptanceAdded {
            docs: "Somebody accepts a breaking change on purpose, so that it no longer demands a new \
                major version and a plan for running cases. The entry counts until the next release.",
            why: "A breaking change is accepted on purpose: {after}.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Consumers],
            undone_by: AcceptanceRemoved,
            before: r#"accept: []"#,
            after: r#"accept: [{change: sla-loosened, at: sla.resolution, reason: Agreed with sales, approved_by: nadia.karim, date: "2026-07-30"}]"#,
        }
        AcceptanceRemoved {
            docs: "An acceptance is gone, as it should be after a release.",
            why: "This is no longer accepted: {before}.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Consumers],
            undone_by: AcceptanceAdded,
            before: r#"accept: [{change: sla-loosened, at: sla.resolution, reason: Agreed with sales, approved_by: nadia.karim, date: "2026-07-30"}]"#,
            after: r#"accept: []"#,
        }
        ReservedNameAdded {
            docs: "A name that was used before is kept from being given another meaning.",
            why: "The name {subject} may not come back with another meaning.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: ReservedNameReleased,
            before: r#"reserved: {states: []}"#,
            after: r#"reserved: {states: [packing]}"#,
        }
        ReservedNameReleased {
            docs: "Old payloads, logs and readers still know the name with its old meaning.",
            why: "The name {subject} may come back with another meaning, and old data and readers \
                would misunderstand it.",
            class: breaking(Direction::Both), lapses: false,
            control: Weakened, running: Unaffected, affects: [Consumers],
            undone_by: ReservedNameAdded,
            before: r#"reserved: {states: [packing]}"#,
            after: r#"reserved: {states: []}"#,
        }
        RiskLabelAdded {
            docs: "A risk label switches rules and approvers on. The change itself is judged with \
                the label, too.",
            why: "{document} is now known to carry the risk {subject}, and the rules and \
                approvers for it apply.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [],
            undone_by: RiskLabelRemoved,
            before: r#"risk: [access]"#,
            after: r#"risk: [access, finance]"#,
        }
        RiskLabelRemoved {
            docs: "Taking a label off switches rules and approvers off. This change is still \
                judged with the old label.",
            why: "The label {subject} is gone, so the rules and approvers for that risk no longer \
                apply after this change.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [],
            undone_by: RiskLabelAdded,
            before: r#"risk: [access, finance]"#,
            after: r#"risk: [access]"#,
        }
        AuditStrengthened {
            docs: "Decisions or runs are logged that were not, or the log is kept for longer.",
            why: "The log of {document} says more: {before} becomes {after}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: AuditWeakened,
            before: r#"audit: {decisions: true, retention: 52w}"#,
            after: r#"audit: {decisions: true, retention: 104w}"#,
        }
        AuditWeakened {
            docs: "Decisions or runs are no longer logged, or the log is kept for a shorter time, \
                so that less can be proved afterwards.",
            why: "The log of {document} says less: {before} becomes {after}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: AuditStrengthened,
            before: r#"audit: {decisions: true}"#,
            after: r#"audit: {decisions: false}"#,
        }
    }
}
