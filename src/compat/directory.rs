//! How changes are judged: queues, systems, people, calendars and decision tables.

use super::declaration::{Direction, additive, breaking, patch, review};
use crate::diff::kind::DirectoryChange;

super::declaration::judgements! {
    DirectoryChange {
        QueueAdded {
            docs: "A new queue binds nobody yet.",
            why: "Work can wait in {document}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: QueueRemoved,
            before: r#"# not there"#,
            after: r#"queue: {name: refunds, owner: tom.okafor}"#,
        }
        QueueRemoved {
            docs: "Send its exceptions elsewhere and empty it first.",
            why: "Items that wait in {document} belong nowhere, and exceptions sent there are \
                lost.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Operators, RunningCases],
            undone_by: QueueAdded,
            before: r#"queue: {name: refunds, owner: tom.okafor}"#,
            after: r#"# not there"#,
        }
        QueueRenamed {
            docs: "One change, not a removal and an addition, because `renamed_from` names the \
                old queue. What waits in it and exceptions that are sent there move along.",
            why: "`{before}` is now called `{after}`; items that wait in it move along.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: QueueRenamed,
            before: r#"queue: {name: refunds, owner: tom.okafor}"#,
            after: r#"queue: {name: refund-desk, renamed_from: refunds, owner: tom.okafor}"#,
        }
        QueueKindChanged {
            docs: "The kind decides how waiting cases are shown and replayed.",
            why: "{document} is for {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: QueueKindChanged,
            before: r#"kind: exception"#,
            after: r#"kind: dead_letter"#,
        }
        PauseAdded {
            docs: "A promise got weaker.",
            why: "While a case waits in {document}, its clock stands still, so requesters may \
                wait longer than was promised.",
            class: breaking(Direction::None), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters],
            undone_by: PauseRemoved,
            before: r#"pauses_sla: false"#,
            after: r#"pauses_sla: true"#,
        }
        PauseRemoved {
            docs: "The arithmetic of the SLA is done again.",
            why: "While a case waits in {document}, its clock runs on.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: PauseAdded,
            before: r#"pauses_sla: true"#,
            after: r#"pauses_sla: false"#,
        }
        SystemAdded {
            docs: "A new system binds nobody yet.",
            why: "Workflows can use {document}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: SystemRemoved,
            before: r#"# not there"#,
            after: r#"system: {name: ERP, owner: dana.ruiz}"#,
        }
        SystemRemoved {
            docs: "Steps, records and contracts that name it must move first.",
            why: "{document} is gone, and whatever uses it has nothing to call.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers, Operators],
            undone_by: SystemAdded,
            before: r#"system: {name: ERP, owner: dana.ruiz}"#,
            after: r#"# not there"#,
        }
        ServiceAccountAdded {
            docs: "The security owner looks at its scopes.",
            why: "Steps can run as `{subject}`: {after}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [],
            undone_by: ServiceAccountRemoved,
            before: r#"accounts: {}"#,
            after: r#"accounts: {svc-poster: {scopes: [refund.post]}}"#,
        }
        ServiceAccountRemoved {
            docs: "Steps that name it are reported.",
            why: "Steps can no longer run as `{subject}`.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: ServiceAccountAdded,
            before: r#"accounts: {svc-poster: {scopes: [refund.post]}}"#,
            after: r#"accounts: {}"#,
        }
        AccountScopeWidened {
            docs: "The security owner agrees: what the account can do, whoever gets hold of it \
                can do.",
            why: "{subject} may do {after} as well.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [],
            undone_by: AccountScopeNarrowed,
            before: r#"accounts: {svc-poster: {scopes: [refund.post]}}"#,
            after: r#"accounts: {svc-poster: {scopes: [refund.post, ledger.write]}}"#,
        }
        AccountScopeNarrowed {
            docs: "Steps that need the scope fail.",
            why: "{subject} may no longer do {before}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [],
            undone_by: AccountScopeWidened,
            before: r#"accounts: {svc-poster: {scopes: [refund.post, ledger.write]}}"#,
            after: r#"accounts: {svc-poster: {scopes: [refund.post]}}"#,
        }
        RotationQuickened {
            docs: "A stolen credential is worth less.",
            why: "The credential of `{subject}` changes every {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: RotationSlowed,
            before: r#"accounts: {svc-poster: {rotate_every: 180d}}"#,
            after: r#"accounts: {svc-poster: {rotate_every: 90d}}"#,
        }
        RotationSlowed {
            docs: "A stolen credential is worth more.",
            why: "The credential of `{subject}` changes every {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: RotationQuickened,
            before: r#"accounts: {svc-poster: {rotate_every: 90d}}"#,
            after: r#"accounts: {svc-poster: {rotate_every: 180d}}"#,
        }
        ServiceOperationAdded {
            docs: "A new operation binds nobody yet.",
            why: "`{subject}` of {document} can be called.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [],
            undone_by: ServiceOperationRemoved,
            before: r#"operations: {}"#,
            after: r#"operations: {post: {effect: write, scope: refund.post}}"#,
        }
        ServiceOperationRemoved {
            docs: "Steps that call it fail.",
            why: "`{subject}` of {document} can no longer be called.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers, Operators],
            undone_by: ServiceOperationAdded,
            before: r#"operations: {post: {effect: write, scope: refund.post}}"#,
            after: r#"operations: {}"#,
        }
        ServiceOperationChanged {
            docs: "Whether callers mind is for a person to judge: effect, scope, errors and \
                contracts are what they rely on.",
            why: "`{subject}` is {after} instead of {before}.",
            class: review(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers, Operators],
            undone_by: ServiceOperationChanged,
            before: r#"operations: {post: {effect: write, scope: refund.post}}"#,
            after: r#"operations: {post: {effect: create, scope: refund.post}}"#,
        }
        RoleGranted {
            docs: "Whoever holds a role is an approver wherever the role is asked, so more people \
                may decide.",
            why: "{document} holds the role {after} and may decide what it decides.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [],
            undone_by: RoleRevoked,
            before: r#"{roles: []}"#,
            after: r#"{roles: [finance_controller]}"#,
        }
        RoleRevoked {
            docs: "Whether anybody is left to decide is checked again: `approval-deadlock`.",
            why: "{document} no longer holds the role {before}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: RoleGranted,
            before: r#"{roles: [finance_controller]}"#,
            after: r#"{roles: []}"#,
        }
        DirectoryEntryAdded {
            docs: "Nothing relies on it yet.",
            why: "{document} is new in the directory.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [],
            undone_by: DirectoryEntryRemoved,
            before: r#"# not there"#,
            after: r#"teams: {refunds: {lead: tom.okafor}}"#,
        }
        DirectoryEntryRemoved {
            docs: "Whatever still names it is reported.",
            why: "{document} is no longer in the directory.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: DirectoryEntryAdded,
            before: r#"teams: {refunds: {lead: tom.okafor}}"#,
            after: r#"# not there"#,
        }
        DirectoryEntryChanged {
            docs: "Members, addresses, absences, keys, dates and evidence are kept up to date \
                here.",
            why: "{subject} of {document} is {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: DirectoryEntryChanged,
            before: r#"{email: kim@example.com}"#,
            after: r#"{email: kim.berg@example.com}"#,
        }
        CalendarShortened {
            docs: "A promise of two working days takes more days.",
            why: "There are fewer working hours, {after} instead of {before}, so every promise in \
                them takes longer.",
            class: breaking(Direction::None), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters],
            undone_by: CalendarExtended,
            before: r#"{timezone: Europe/Stockholm, hours: {mon-fri: "09:00-17:00"}}"#,
            after: r#"{timezone: Europe/Stockholm, hours: {mon-fri: "09:00-16:00"}}"#,
        }
        CalendarExtended {
            docs: "The teams that keep the promises agree.",
            why: "There are more working hours, {after} instead of {before}, so every promise in \
                them is kept sooner.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: CalendarShortened,
            before: r#"{timezone: Europe/Stockholm, hours: {mon-fri: "09:00-17:00"}}"#,
            after: r#"{timezone: Europe/Stockholm, hours: {mon-fri: "09:00-18:00"}}"#,
        }
        CalendarChanged {
            docs: "Neither lies within the other, or the time zone or the holidays are others.",
            why: "The working hours are {after} instead of {before}.",
            class: review(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters, Operators],
            undone_by: CalendarChanged,
            before: r#"{timezone: Europe/Stockholm, hours: {mon-fri: "09:00-17:00"}}"#,
            after: r#"{timezone: Europe/Madrid, hours: {mon-fri: "09:00-17:00"}}"#,
        }
        DecisionAdded {
            docs: "A new table binds nobody yet.",
            why: "{document} can be asked.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [],
            undone_by: DecisionRemoved,
            before: r#"# not there"#,
            after: r#"decision: {name: refund-routing, inputs: {total: decimal}, outputs: {queue: queue}, rules: [["-", {queue: refunds}]]}"#,
        }
        DecisionRemoved {
            docs: "Steps that route by it fail.",
            why: "{document} can no longer be asked.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: DecisionAdded,
            before: r#"decision: {name: refund-routing, inputs: {total: decimal}, outputs: {queue: queue}, rules: [["-", {queue: refunds}]]}"#,
            after: r#"# not there"#,
        }
        DecisionChanged {
            docs: "Which cases go elsewhere is for a person to judge; the scenarios show it.",
            why: "{subject} of {document} is {after} instead of {before}.",
            class: review(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: DecisionChanged,
            before: r#"rules: [["< 500", {queue: refunds}], [">= 500", {queue: review}]]"#,
            after: r#"rules: [["< 900", {queue: refunds}], [">= 900", {queue: review}]]"#,
        }
    }
}
