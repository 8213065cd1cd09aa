//! How changes are judged: what a contract as a whole can change in.

use super::declaration::{Direction, additive, breaking, patch, promise, review};
use crate::diff::kind::ContractChange;
use crate::model::shape::Relation;

super::declaration::judgements! {
    ContractChange {
        ContractAdded {
            docs: "A new contract, or a new major beside the old one, binds nobody.",
            why: "{document} is new; nobody relies on it yet.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [],
            undone_by: ContractRemoved,
            before: r#"# not there"#,
            after: r#"contract:
  name: order.placed.v1
  version: 1.0.0
  producer: Shop
  schema: {order_id: string}"#,
        }
        ContractRemoved {
            docs: "Consumers lose the promise they rely on. Deprecate first and remove after the \
                `sunset`: then it is no longer breaking.",
            why: "{document} is gone, and readers meet data that nobody promises.",
            class: breaking(Direction::Forward), lapses: true,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: ContractAdded,
            before: r#"contract:
  name: order.placed.v1
  version: 1.0.0
  producer: Shop
  schema: {order_id: string}"#,
            after: r#"# not there"#,
        }
        ContractRenamed {
            docs: "One change, not a removal and an addition, because `renamed_from` names the \
                old contract. Serving both names for a while makes it an addition.",
            why: "{before} is now called {after}, and readers that ask for the old name find \
                nothing.",
            class: breaking(Direction::Forward), lapses: true,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: ContractRenamed,
            before: r#"contract:
  name: order.placed.v1
  version: 1.0.0
  producer: Shop
  schema: {order_id: string}"#,
            after: r#"contract:
  name: shop.order.v1
  renamed_from: order.placed.v1
  version: 1.0.0
  producer: Shop
  schema: {order_id: string}"#,
        }
        ProducerChanged {
            docs: "Both system owners and every consumer are asked: a new source seldom fills \
                fields in quite the same way.",
            why: "The data of {document} comes from {after} instead of {before}, with its own \
                habits and outages.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: ProducerChanged,
            before: r#"producer: Shop"#,
            after: r#"producer: Marketplace"#,
        }
        ConsumerAdded {
            docs: "A named consumer has a say in breaking changes.",
            why: "{subject} reads {document} from now on and is asked about later changes.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: ConsumerRemoved,
            before: r#"consumers: [ERP]"#,
            after: r#"consumers: [ERP, Billing]"#,
        }
        ConsumerRemoved {
            docs: "A consumer that is not named is not asked. Its owner agrees to being taken off \
                the list.",
            why: "{subject} is no longer named as a reader of {document} and loses its say.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Consumers],
            undone_by: ConsumerAdded,
            before: r#"consumers: [ERP, Billing]"#,
            after: r#"consumers: [ERP]"#,
        }
        FreshnessTightened {
            docs: "An earlier deadline is within the old promise; the producer's owner agrees to \
                keep it.",
            why: "The data of {document} is promised to be at most {after} old instead of \
                {before}.",
            class: promise(Relation::Narrower), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: FreshnessLoosened,
            before: r#"freshness_sla: "< 15m""#,
            after: r#"freshness_sla: "< 5m""#,
        }
        FreshnessLoosened {
            docs: "Readers planned with the old age. A later deadline is a wider promise, which \
                breaks those who rely on it.",
            why: "The data of {document} may be {after} old where {before} was promised.",
            class: promise(Relation::Wider), lapses: false,
            control: Weakened, running: Unaffected, affects: [Consumers],
            undone_by: FreshnessTightened,
            before: r#"freshness_sla: "< 15m""#,
            after: r#"freshness_sla: "< 1h""#,
        }
        AvailabilityTightened {
            docs: "A higher share is within the old promise; the producer's owner agrees to keep \
                it.",
            why: "{document} is promised to be there {after} of the time instead of {before}.",
            class: promise(Relation::Narrower), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: AvailabilityLoosened,
            before: r#"availability: 99.5%"#,
            after: r#"availability: 99.9%"#,
        }
        AvailabilityLoosened {
            docs: "Readers planned with the old share.",
            why: "{document} is promised to be there {after} of the time, where readers planned \
                with {before}.",
            class: promise(Relation::Wider), lapses: false,
            control: Weakened, running: Unaffected, affects: [Consumers],
            undone_by: AvailabilityTightened,
            before: r#"availability: 99.9%"#,
            after: r#"availability: 99.5%"#,
        }
        QualityRuleAdded {
            docs: "The producer promises more. It is the producer's owner who must be able to \
                keep it.",
            why: "Data of {document} now keeps the rule {after}.",
            class: promise(Relation::Narrower), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: QualityRuleRemoved,
            before: r#"quality_rules: []"#,
            after: r#"quality_rules: [{field: order_id, unique: true}]"#,
        }
        QualityRuleRemoved {
            docs: "Readers were built on the rule.",
            why: "Readers of {document} can no longer rely on {before}.",
            class: promise(Relation::Wider), lapses: false,
            control: Weakened, running: Unaffected, affects: [Consumers],
            undone_by: QualityRuleAdded,
            before: r#"quality_rules: [email must be unique]"#,
            after: r#"quality_rules: []"#,
        }
        QualityRuleTightened {
            docs: "The new rule accepts less data than the old one.",
            why: "A rule of {document} demands more: {before} becomes {after}.",
            class: promise(Relation::Narrower), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: QualityRuleLoosened,
            before: r#"quality_rules: [{field: total, max: 5000}]"#,
            after: r#"quality_rules: [{field: total, max: 1000}]"#,
        }
        QualityRuleLoosened {
            docs: "The new rule accepts data that readers never met.",
            why: "A rule of {document} demands less: {before} becomes {after}.",
            class: promise(Relation::Wider), lapses: false,
            control: Weakened, running: Unaffected, affects: [Consumers],
            undone_by: QualityRuleTightened,
            before: r#"quality_rules: [{field: total, max: 1000}]"#,
            after: r#"quality_rules: [{field: total, max: 5000}]"#,
        }
        QualityRuleChanged {
            docs: "Neither rule follows from the other, so readers lose something they relied on.",
            why: "A rule of {document} is another one: {before} becomes {after}.",
            class: promise(Relation::Incomparable), lapses: false,
            control: Weakened, running: Unaffected, affects: [Consumers],
            undone_by: QualityRuleChanged,
            before: r#"quality_rules: [{field: total, enum: [EUR, SEK]}]"#,
            after: r#"quality_rules: [{field: total, enum: [EUR, USD]}]"#,
        }
        CompatibilityTightened {
            docs: "Later changes of the contract are judged more strictly.",
            why: "{document} promises {after} where it promised {before}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: CompatibilityRelaxed,
            before: r#"compatibility: backward"#,
            after: r#"compatibility: full"#,
        }
        CompatibilityRelaxed {
            docs: "Later changes of the contract are judged less strictly. This change is still \
                judged by the old promise.",
            why: "{document} promises only {after} where it promised {before}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Consumers],
            undone_by: CompatibilityTightened,
            before: r#"compatibility: full"#,
            after: r#"compatibility: backward"#,
        }
        ViolationLogAdded {
            docs: "A violation that is logged can be found and mended.",
            why: "Violations of {document} are logged from now on.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: ViolationLogRemoved,
            before: r#"audit: {violations: ignore}"#,
            after: r#"audit: {violations: log}"#,
        }
        ViolationLogRemoved {
            docs: "What is not logged cannot be found.",
            why: "Violations of {document} are no longer logged, so nobody learns of bad data.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: ViolationLogAdded,
            before: r#"audit: {violations: log}"#,
            after: r#"audit: {violations: ignore}"#,
        }
        ViolationSampleMasked {
            docs: "Personal fields no longer stand in the log.",
            why: "Logged samples of {document} are {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: ViolationSampleUnmasked,
            before: r#"audit: {violations: log, sample: full}"#,
            after: r#"audit: {violations: log, sample: masked}"#,
        }
        ViolationSampleUnmasked {
            docs: "Whoever may read the log may read the fields.",
            why: "Logged samples of {document} are {after} instead of {before}, so personal data \
                may stand in the log.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: ViolationSampleMasked,
            before: r#"audit: {violations: log, sample: masked}"#,
            after: r#"audit: {violations: log, sample: full}"#,
        }
        SchemaFileChanged {
            docs: "The two schemas are compared as sets of values, with references, combinations \
                and conditions; what a producer emits is taken to have no properties beside those \
                that the schema lists. `format` counts as an assertion. What cannot be compared is \
                for a person to judge, and the report says why.",
            why: "The JSON Schema of {document} is {after} instead of {before}.",
            class: review(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: SchemaFileChanged,
            before: r#"json_schema: ../schemas/order.json"#,
            after: r#"json_schema: ../schemas/order-2.json"#,
        }
    }
}
