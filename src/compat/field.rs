//! How changes are judged: what a field of a contract or of a trigger's inputs can change in.

use super::declaration::{Direction, additive, breaking, data};
use crate::diff::kind::FieldChange;
use crate::model::shape::Relation;

super::declaration::judgements! {
    FieldChange {
        FieldRequiredAdded {
            docs: "New readers refuse old data. Make the field optional, give it a `default`, or \
                raise the major. Under `forward` it is an addition.",
            why: "Data written before lacks `{subject}`, so replays, dead letters and running \
                cases are refused.",
            class: data(Relation::Narrower), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: FieldRequiredRemoved,
            before: r#"# not there"#,
            after: r#"currency: {type: string, required: true}"#,
        }
        FieldDefaultedAdded {
            docs: "The default stands in where old data has nothing.",
            why: "Data without `{subject}` gets the default, so old data stays readable.",
            class: data(Relation::Same), lapses: false,
            control: Neutral, running: Unaffected, affects: [],
            undone_by: FieldDefaultedRemoved,
            before: r#"# not there"#,
            after: r#"currency: {type: string, required: true, default: EUR}"#,
        }
        FieldOptionalAdded {
            docs: "Producers emit listed fields only and readers ignore the rest, so an optional \
                field disturbs neither.",
            why: "`{subject}` may be there from now on; readers that do not know it ignore it.",
            class: data(Relation::Same), lapses: false,
            control: Neutral, running: Unaffected, affects: [],
            undone_by: FieldOptionalRemoved,
            before: r#"# not there"#,
            after: r#"note: {type: string}"#,
        }
        FieldRequiredRemoved {
            docs: "Old readers refuse or misread new data. Deprecate the field with a `sunset` \
                and remove it after that day: then it is an addition. The name belongs in \
                `reserved`.",
            why: "Readers that rely on `{subject}` no longer get it.",
            class: data(Relation::Wider), lapses: true,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: FieldRequiredAdded,
            before: r#"currency: {type: string, required: true}"#,
            after: r#"# not there"#,
        }
        FieldDefaultedRemoved {
            docs: "The default stands in for readers that still ask for the field.",
            why: "Readers fall back to the default of `{subject}`.",
            class: data(Relation::Same), lapses: true,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: FieldDefaultedAdded,
            before: r#"currency: {type: string, required: true, default: EUR}"#,
            after: r#"# not there"#,
        }
        FieldOptionalRemoved {
            docs: "Readers had to do without the field already, so the class is an addition; the \
                impact names every reader that uses it. The name belongs in `reserved`.",
            why: "`{subject}` is never given any more; a reader that uses it is listed as broken.",
            class: data(Relation::Same), lapses: true,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: FieldOptionalAdded,
            before: r#"note: {type: string}"#,
            after: r#"# not there"#,
        }
        FieldRenamed {
            docs: "One change, not a removal and an addition, because `renamed_from` names the \
                old field.",
            why: "`{before}` is now called `{after}`: old data has only the old name, old readers \
                look for it.",
            class: data(Relation::Incomparable), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers],
            undone_by: FieldRenamed,
            before: r#"order_no: {type: string, required: true}"#,
            after: r#"po_number: {type: string, required: true, renamed_from: order_no}"#,
        }
        FieldMadeRequired {
            docs: "New readers refuse old data that lacks the field. A `default` would stand in \
                for it.",
            why: "Data without `{subject}` was fine and is refused now.",
            class: data(Relation::Narrower), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: FieldMadeOptional,
            before: r#"email: {type: string}"#,
            after: r#"email: {type: string, required: true}"#,
        }
        FieldMadeOptional {
            docs: "Old readers never had to handle its absence.",
            why: "Readers that rely on `{subject}` may find nothing.",
            class: data(Relation::Wider), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: FieldMadeRequired,
            before: r#"email: {type: string, required: true}"#,
            after: r#"email: {type: string}"#,
        }
        FieldMadeNullable {
            docs: "Old readers never had to handle null.",
            why: "Readers of `{subject}` may meet null, which was never there before.",
            class: data(Relation::Wider), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: FieldMadeNonNull,
            before: r#"email: {type: string, required: true}"#,
            after: r#"email: {type: string, required: true, nullable: true}"#,
        }
        FieldMadeNonNull {
            docs: "New readers refuse old data.",
            why: "Data with null in `{subject}` was fine and is refused now.",
            class: data(Relation::Narrower), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: FieldMadeNullable,
            before: r#"email: {type: string, required: true, nullable: true}"#,
            after: r#"email: {type: string, required: true}"#,
        }
        FieldTypeWidened {
            docs: "Old readers meet values that their type does not hold.",
            why: "`{subject}` may hold any {after} where readers expect {before}.",
            class: data(Relation::Wider), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: FieldTypeNarrowed,
            before: r#"amount: {type: integer, required: true}"#,
            after: r#"amount: {type: decimal, required: true}"#,
        }
        FieldTypeNarrowed {
            docs: "New readers refuse old data.",
            why: "`{subject}` must be {after}; old data with any other {before} is refused.",
            class: data(Relation::Narrower), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: FieldTypeWidened,
            before: r#"amount: {type: decimal, required: true}"#,
            after: r#"amount: {type: integer, required: true}"#,
        }
        FieldTypeChanged {
            docs: "Neither type holds the other's values.",
            why: "`{subject}` is {after} instead of {before}: neither side reads the other's data.",
            class: data(Relation::Incomparable), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: FieldTypeChanged,
            before: r#"placed: {type: string, required: true}"#,
            after: r#"placed: {type: timestamp, required: true}"#,
        }
        FieldUnitAdded {
            docs: "The unit was not written down before; that it is the one meant all along is \
                for the finance owner to confirm.",
            why: "`{subject}` is now said to count {after}.",
            class: data(Relation::Same), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: FieldUnitChanged,
            before: r#"amount: {type: decimal, required: true}"#,
            after: r#"amount: {type: decimal, required: true, unit: EUR}"#,
        }
        FieldUnitChanged {
            docs: "No reader notices until the sums are wrong. The finance owner agrees.",
            why: "`{subject}` counts {after} instead of {before}: the same figure means something \
                else.",
            class: data(Relation::Incomparable), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: FieldUnitChanged,
            before: r#"amount: {type: decimal, required: true, unit: EUR}"#,
            after: r#"amount: {type: decimal, required: true, unit: SEK}"#,
        }
        DefaultChanged {
            docs: "Both sides accept the same data, but data that leaves the field out means \
                something else.",
            why: "Where nothing is given for `{subject}`, {after} is read instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: DefaultChanged,
            before: r#"currency: {type: string, default: EUR}"#,
            after: r#"currency: {type: string, default: SEK}"#,
        }
        ClassificationRaised {
            docs: "The data-protection owner is asked; workflows that read the field take over \
                its class.",
            why: "`{subject}` is {after} instead of {before}, so fewer people may see it.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Consumers],
            undone_by: ClassificationLowered,
            before: r#"iban: {type: string, classification: confidential}"#,
            after: r#"iban: {type: string, classification: restricted}"#,
        }
        ClassificationLowered {
            docs: "The data-protection owner decides.",
            why: "`{subject}` is {after} instead of {before}, so more people may see it.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Consumers],
            undone_by: ClassificationRaised,
            before: r#"iban: {type: string, classification: restricted}"#,
            after: r#"iban: {type: string, classification: confidential}"#,
        }
        PiiMarked {
            docs: "Every workflow that reads the field carries the risk `pii`.",
            why: "`{subject}` is treated as personal data from now on.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Consumers],
            undone_by: PiiUnmarked,
            before: r#"email: {type: string}"#,
            after: r#"email: {type: string, pii: true}"#,
        }
        PiiUnmarked {
            docs: "The data-protection owner decides.",
            why: "`{subject}` is no longer treated as personal data, so the rules for it no \
                longer apply.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Consumers],
            undone_by: PiiMarked,
            before: r#"email: {type: string, pii: true}"#,
            after: r#"email: {type: string}"#,
        }
        FieldDeprecated {
            docs: "With a `sunset`, its removal after that day is no longer breaking.",
            why: "Readers of `{subject}` should move before it goes.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: FieldReinstated,
            before: r#"fax: {type: string}"#,
            after: r#"fax: {type: string, deprecated: true, sunset: "2027-06-30"}"#,
        }
        FieldReinstated {
            docs: "The field is no longer deprecated.",
            why: "`{subject}` stays after all.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: FieldDeprecated,
            before: r#"fax: {type: string, deprecated: true, sunset: "2027-06-30"}"#,
            after: r#"fax: {type: string}"#,
        }
        FieldSunsetAdvanced {
            docs: "Readers plan their move by the sunset.",
            why: "`{subject}` may go on {after} already, while readers planned for {before}.",
            class: breaking(Direction::None), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: FieldSunsetPostponed,
            before: r#"fax: {type: string, deprecated: true, sunset: "2027-06-30"}"#,
            after: r#"fax: {type: string, deprecated: true, sunset: "2027-03-31"}"#,
        }
        FieldSunsetPostponed {
            docs: "Readers have more time to move.",
            why: "`{subject}` stays until {after} instead of {before}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: FieldSunsetAdvanced,
            before: r#"fax: {type: string, deprecated: true, sunset: "2027-03-31"}"#,
            after: r#"fax: {type: string, deprecated: true, sunset: "2027-06-30"}"#,
        }
    }
}
