//! How changes are judged: what a workflow promises and what starts it.

use super::declaration::{Direction, additive, breaking, promise, review};
use crate::diff::kind::WorkflowChange;
use crate::model::shape::Relation;

super::declaration::judgements! {
    WorkflowChange {
        WorkflowAdded {
            docs: "A new workflow binds nobody yet.",
            why: "{document} is new; no case runs under it yet.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [],
            undone_by: WorkflowRemoved,
            before: r#"# not there"#,
            after: r#"workflow:
  name: refund
  version: 1.0.0
  owner: priya.shah
  states:
    new: {lifecycle: new, to: done}
    done: {lifecycle: done, end: completed}"#,
        }
        WorkflowRemoved {
            docs: "Requesters lose the service and running cases their definition. Retire it \
                after a `sunset`: then it is no longer breaking.",
            why: "Nobody can start {document} any more, and its running cases have no definition.",
            class: breaking(Direction::None), lapses: true,
            control: Neutral, running: Pinned, affects: [Requesters, RunningCases],
            undone_by: WorkflowAdded,
            before: r#"workflow:
  name: refund
  version: 1.0.0
  owner: priya.shah
  states:
    new: {lifecycle: new, to: done}
    done: {lifecycle: done, end: completed}"#,
            after: r#"# not there"#,
        }
        WorkflowRenamed {
            docs: "One change, not a removal and an addition, because `renamed_from` names the \
                old workflow.",
            why: "{before} is now called {after}; whoever starts it by the old name starts \
                nothing.",
            class: breaking(Direction::None), lapses: true,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: WorkflowRenamed,
            before: r#"workflow:
  name: refund
  version: 1.0.0
  owner: priya.shah
  states:
    new: {lifecycle: new, to: done}
    done: {lifecycle: done, end: completed}"#,
            after: r#"workflow:
  name: customer-refund
  renamed_from: refund
  version: 1.0.0
  owner: priya.shah
  states:
    new: {lifecycle: new, to: done}
    done: {lifecycle: done, end: completed}"#,
        }
        TriggerAdded {
            docs: "Whoever started cases before still can.",
            why: "{after} starts cases of {document} from now on.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: TriggerRemoved,
            before: r#"trigger: {event: shop.refund.requested}"#,
            after: r#"trigger: [{event: shop.refund.requested}, {form: refund}]"#,
        }
        TriggerRemoved {
            docs: "Callers still send what nobody listens to.",
            why: "{before} no longer starts cases of {document}; such requests are lost.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: TriggerAdded,
            before: r#"trigger: [{event: shop.refund.requested}, {form: refund}]"#,
            after: r#"trigger: {event: shop.refund.requested}"#,
        }
        TriggerReplaced {
            docs: "Callers still send what nobody listens to.",
            why: "Cases of {document} start by {after} instead of {before}; such requests are \
                lost.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: TriggerReplaced,
            before: r#"trigger: {event: shop.refund.requested}"#,
            after: r#"trigger: {event: shop.return.accepted}"#,
        }
        TriggerNarrowed {
            docs: "Requests that were taken are passed over without a word.",
            why: "Fewer events start a case of {document}: the filter goes from {before} to \
                {after}.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: TriggerWidened,
            before: r#"trigger: {event: shop.refund.requested}"#,
            after: r#"trigger: {event: shop.refund.requested, filter: event.total > 0}"#,
        }
        TriggerWidened {
            docs: "Everything that was taken still is.",
            why: "More events start a case of {document}: the filter goes from {before} to \
                {after}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: TriggerNarrowed,
            before: r#"trigger: {event: shop.refund.requested, filter: event.total > 0}"#,
            after: r#"trigger: {event: shop.refund.requested}"#,
        }
        TriggerFilterChanged {
            docs: "Neither filter follows from the other as far as flowgate can see, so a person \
                must judge.",
            why: "Other events start a case of {document}: the filter goes from {before} to \
                {after}.",
            class: review(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: TriggerFilterChanged,
            before: r#"trigger: {event: shop.refund.requested, filter: event.total > 0}"#,
            after: r#"trigger: {event: shop.refund.requested, filter: event.total >= 1}"#,
        }
        ScheduleChanged {
            docs: "Whether readers of the result mind the other time is for a person to judge.",
            why: "Cases of {document} start at `{after}` instead of `{before}`.",
            class: review(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: ScheduleChanged,
            before: r#"trigger: {schedule: "0 7 * * 1"}"#,
            after: r#"trigger: {schedule: "0 8 * * 1"}"#,
        }
        ScopeNarrowed {
            docs: "Requesters who came here have to go elsewhere.",
            why: "{document} is no longer for everything it was for: {subject}.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: ScopeWidened,
            before: r#"scope: {includes: [card payments, invoices]}"#,
            after: r#"scope: {includes: [card payments]}"#,
        }
        ScopeWidened {
            docs: "Whoever came here before still may.",
            why: "{document} is for more cases than before: {subject}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Requesters],
            undone_by: ScopeNarrowed,
            before: r#"scope: {includes: [card payments]}"#,
            after: r#"scope: {includes: [card payments, invoices]}"#,
        }
        DedupeAdded {
            docs: "The same request no longer starts two cases.",
            why: "Repeated triggers of {document} are recognised by {after}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [RunningCases],
            undone_by: DedupeRemoved,
            before: r#"trigger: {event: shop.refund.requested}"#,
            after: r#"trigger: {event: shop.refund.requested, dedupe: input.refund_id}"#,
        }
        DedupeChanged {
            docs: "A request seen before the change is not recognised after it.",
            why: "Repeated triggers are recognised by {after} instead of {before}, so one that \
                repeats across the cut-over starts a second case.",
            class: breaking(Direction::None), lapses: false,
            control: Weakened, running: Pinned, affects: [RunningCases],
            undone_by: DedupeChanged,
            before: r#"trigger: {event: shop.refund.requested, dedupe: input.refund_id}"#,
            after: r#"trigger: {event: shop.refund.requested, dedupe: input.order_id}"#,
        }
        DedupeRemoved {
            docs: "Events are delivered at least once, so repetitions do occur.",
            why: "A repeated trigger starts {document} a second time.",
            class: breaking(Direction::None), lapses: false,
            control: Weakened, running: Pinned, affects: [RunningCases],
            undone_by: DedupeAdded,
            before: r#"trigger: {event: shop.refund.requested, dedupe: input.refund_id}"#,
            after: r#"trigger: {event: shop.refund.requested}"#,
        }
        ContractMoved {
            docs: "What it means follows from the differences of the two contracts' fields, which \
                a person compares.",
            why: "{document} uses {after} instead of {before} at {subject}.",
            class: review(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: ContractMoved,
            before: r#"trigger: {event: shop.refund.requested, contract: refund.request.v1}"#,
            after: r#"trigger: {event: shop.refund.requested, contract: refund.request.v2}"#,
        }
        OutputAdded {
            docs: "Readers that do not know the output ignore it.",
            why: "{document} hands back `{subject}` as well.",
            class: promise(Relation::Same), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: OutputRemoved,
            before: r#"outputs: {}"#,
            after: r#"outputs: {paid: input.total}"#,
        }
        OutputRemoved {
            docs: "Whoever runs the workflow and reads the output finds nothing.",
            why: "{document} no longer hands back `{subject}`.",
            class: promise(Relation::Wider), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: OutputAdded,
            before: r#"outputs: {paid: input.total}"#,
            after: r#"outputs: {}"#,
        }
        OutputChanged {
            docs: "Whether the values are the same for readers is for a person to judge.",
            why: "`{subject}` of {document} is {after} instead of {before}.",
            class: review(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: OutputChanged,
            before: r#"outputs: {paid: input.total}"#,
            after: r#"outputs: {paid: input.accepted}"#,
        }
        RecordAdded {
            docs: "The object had no system of record before.",
            why: "{after} holds the truth about `{subject}`.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: RecordRemoved,
            before: r#"records: {}"#,
            after: r#"records: {refund: {system: ERP, key: refund_id, sync: [Shop]}}"#,
        }
        RecordRemoved {
            docs: "Readers no longer know which copy counts.",
            why: "No system is named that holds the truth about `{subject}`; it was {before}.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: RecordAdded,
            before: r#"records: {refund: {system: ERP, key: refund_id, sync: [Shop]}}"#,
            after: r#"records: {}"#,
        }
        RecordSystemChanged {
            docs: "The data owners on both sides agree; readers of the old record read an old \
                copy.",
            why: "{after} holds the truth about `{subject}` instead of {before}.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: RecordSystemChanged,
            before: r#"records: {refund: {system: ERP, key: refund_id, sync: [Shop]}}"#,
            after: r#"records: {refund: {system: Ledger, key: refund_id, sync: [Shop]}}"#,
        }
        RecordKeyChanged {
            docs: "Records made before the change are kept under the old key.",
            why: "`{subject}` is identified by {after} instead of {before}, so running cases no \
                longer find their record.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Pinned, affects: [Consumers, RunningCases],
            undone_by: RecordKeyChanged,
            before: r#"records: {refund: {system: ERP, key: refund_id, sync: [Shop]}}"#,
            after: r#"records: {refund: {system: ERP, key: order_id, sync: [Shop]}}"#,
        }
        SyncTargetAdded {
            docs: "The data owner of the new target agrees.",
            why: "{subject} gets a copy from now on.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: SyncTargetRemoved,
            before: r#"records: {refund: {system: ERP, key: refund_id, sync: [Shop]}}"#,
            after: r#"records: {refund: {system: ERP, key: refund_id, sync: [Shop, Billing]}}"#,
        }
        SyncTargetRemoved {
            docs: "Readers of the copy are not told.",
            why: "{subject} no longer gets a copy and goes on with old data.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: SyncTargetAdded,
            before: r#"records: {refund: {system: ERP, key: refund_id, sync: [Shop, Billing]}}"#,
            after: r#"records: {refund: {system: ERP, key: refund_id, sync: [Shop]}}"#,
        }
        SlaTightened {
            docs: "The team lead agrees, and the arithmetic of the worst path must still fit.",
            why: "The {subject} time of {document} is promised within {after} instead of {before}.",
            class: promise(Relation::Narrower), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators, Requesters],
            undone_by: SlaLoosened,
            before: r#"sla: {response: 4h, resolution: 5d}"#,
            after: r#"sla: {response: 4h, resolution: 4d}"#,
        }
        SlaLoosened {
            docs: "Requesters planned with the old promise.",
            why: "The {subject} time of {document} is {after} where {before} was promised.",
            class: promise(Relation::Wider), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters],
            undone_by: SlaTightened,
            before: r#"sla: {response: 4h, resolution: 5d}"#,
            after: r#"sla: {response: 4h, resolution: 8d}"#,
        }
        ProofAdded {
            docs: "Readers of a finished case can rely on more.",
            why: "{document} is done only when {after} holds.",
            class: promise(Relation::Narrower), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Consumers],
            undone_by: ProofRemoved,
            before: r#"proof: []"#,
            after: r#"proof: [{from: ERP, that: steps.post.entry_id != ''}]"#,
        }
        ProofRemoved {
            docs: "Readers of a finished case can rely on less.",
            why: "{document} counts as done without {before}.",
            class: promise(Relation::Wider), lapses: false,
            control: Weakened, running: Unaffected, affects: [Consumers],
            undone_by: ProofAdded,
            before: r#"proof: [{from: ERP, that: steps.post.entry_id != ''}]"#,
            after: r#"proof: []"#,
        }
        ProofChanged {
            docs: "Unless one condition is the other with more joined by `&&`, neither follows \
                from the other.",
            why: "{document} is done when {after} holds instead of {before}.",
            class: promise(Relation::Incomparable), lapses: false,
            control: Weakened, running: Unaffected, affects: [Consumers],
            undone_by: ProofChanged,
            before: r#"proof: [{from: ERP, that: steps.post.entry_id != ''}]"#,
            after: r#"proof: [{from: ERP, that: steps.post.state == 'booked'}]"#,
        }
    }
}
