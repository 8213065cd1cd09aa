//! How changes are judged: which values a field accepts.

use super::declaration::data;
use crate::diff::kind::ValuesChange;
use crate::model::shape::Relation;

super::declaration::judgements! {
    ValuesChange {
        EnumValueAdded {
            docs: "Old readers have no branch for the value. A list with `open: true` makes it an \
                addition.",
            why: "Readers of `{subject}` may meet {after}, which the closed list excluded.",
            class: data(Relation::Wider), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: EnumValueRemoved,
            before: r#"state: {type: string, required: true, enum: [open, paid]}"#,
            after: r#"state: {type: string, required: true, enum: [open, paid, void]}"#,
        }
        OpenEnumValueAdded {
            docs: "An open list tells readers from the start that more values will come.",
            why: "{after} is now listed for `{subject}`; readers had to accept other values \
                already.",
            class: data(Relation::Same), lapses: false,
            control: Neutral, running: Unaffected, affects: [],
            undone_by: OpenEnumValueRemoved,
            before: r#"state: {type: string, required: true, enum: [open, paid], open: true}"#,
            after: r#"state: {type: string, required: true, enum: [open, paid, void], open: true}"#,
        }
        EnumValueRemoved {
            docs: "New readers refuse old data with the value.",
            why: "Data with {before} in `{subject}` was fine and is refused now.",
            class: data(Relation::Narrower), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: EnumValueAdded,
            before: r#"state: {type: string, required: true, enum: [open, paid, void]}"#,
            after: r#"state: {type: string, required: true, enum: [open, paid]}"#,
        }
        OpenEnumValueRemoved {
            docs: "An open list refuses nothing.",
            why: "{before} is no longer listed for `{subject}`, but still accepted.",
            class: data(Relation::Same), lapses: false,
            control: Neutral, running: Unaffected, affects: [],
            undone_by: OpenEnumValueAdded,
            before: r#"state: {type: string, required: true, enum: [open, paid, void], open: true}"#,
            after: r#"state: {type: string, required: true, enum: [open, paid], open: true}"#,
        }
        EnumAdded {
            docs: "New readers refuse old data.",
            why: "`{subject}` must be one of {after}; old data with anything else is refused.",
            class: data(Relation::Narrower), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: EnumRemoved,
            before: r#"state: {type: string, required: true}"#,
            after: r#"state: {type: string, required: true, enum: [open, paid]}"#,
        }
        EnumRemoved {
            docs: "Old readers have no branch for other values.",
            why: "`{subject}` may hold anything where readers expect one of {before}.",
            class: data(Relation::Wider), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: EnumAdded,
            before: r#"state: {type: string, required: true, enum: [open, paid]}"#,
            after: r#"state: {type: string, required: true}"#,
        }
        EnumOpened {
            docs: "Old readers were built for the closed list.",
            why: "`{subject}` may hold values beside {before}, which readers were never told to \
                expect.",
            class: data(Relation::Wider), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: EnumClosed,
            before: r#"state: {type: string, required: true, enum: [open, paid]}"#,
            after: r#"state: {type: string, required: true, enum: [open, paid], open: true}"#,
        }
        EnumClosed {
            docs: "New readers refuse old data.",
            why: "`{subject}` must be one of {after}; old data with anything else is refused.",
            class: data(Relation::Narrower), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: EnumOpened,
            before: r#"state: {type: string, required: true, enum: [open, paid], open: true}"#,
            after: r#"state: {type: string, required: true, enum: [open, paid]}"#,
        }
        FormatAdded {
            docs: "New readers refuse old data.",
            why: "`{subject}` must be a {after}; old data in any other form is refused.",
            class: data(Relation::Narrower), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: FormatRemoved,
            before: r#"email: {type: string, required: true}"#,
            after: r#"email: {type: string, required: true, format: email}"#,
        }
        FormatRemoved {
            docs: "Old readers parse the form.",
            why: "`{subject}` may be any text where readers expect a {before}.",
            class: data(Relation::Wider), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: FormatAdded,
            before: r#"email: {type: string, required: true, format: email}"#,
            after: r#"email: {type: string, required: true}"#,
        }
        FormatChanged {
            docs: "A format is an assertion: every value is of that form. Few formats lie within \
                others (`email` and `idn-email`, say); most have nothing in common.",
            why: "`{subject}` is a {after} instead of a {before}, so one side refuses data of the \
                other.",
            class: data(Relation::Incomparable), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: FormatChanged,
            before: r#"host: {type: string, required: true, format: ipv4}"#,
            after: r#"host: {type: string, required: true, format: ipv6}"#,
        }
        ConstraintTightened {
            docs: "New readers refuse old data beyond the limit.",
            why: "The limit on `{subject}` goes from {before} to {after}, so old data beyond it \
                is refused.",
            class: data(Relation::Narrower), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: ConstraintLoosened,
            before: r#"total: {type: decimal, required: true, min: 0}"#,
            after: r#"total: {type: decimal, required: true, min: 1}"#,
        }
        ConstraintLoosened {
            docs: "Old readers meet values beyond the old limit.",
            why: "The limit on `{subject}` goes from {before} to {after}, so readers may meet \
                values they were promised not to.",
            class: data(Relation::Wider), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: ConstraintTightened,
            before: r#"total: {type: decimal, required: true, max: 1000}"#,
            after: r#"total: {type: decimal, required: true, max: 5000}"#,
        }
        ConstraintChanged {
            docs: "Neither limit follows from the other.",
            why: "The limit on `{subject}` is {after} instead of {before}; each accepts what the \
                other refuses.",
            class: data(Relation::Incomparable), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: ConstraintChanged,
            before: r#"packs: {type: integer, required: true, multiple_of: 4}"#,
            after: r#"packs: {type: integer, required: true, multiple_of: 6}"#,
        }
        PatternAdded {
            docs: "New readers refuse old data.",
            why: "`{subject}` must match {after}; old data that does not is refused.",
            class: data(Relation::Narrower), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: PatternRemoved,
            before: r#"code: {type: string, required: true}"#,
            after: r#"code: {type: string, required: true, pattern: "^[A-Z]+$"}"#,
        }
        PatternRemoved {
            docs: "Old readers rely on the pattern.",
            why: "`{subject}` may be any text where readers expect {before}.",
            class: data(Relation::Wider), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: PatternAdded,
            before: r#"code: {type: string, required: true, pattern: "^[A-Z]+$"}"#,
            after: r#"code: {type: string, required: true}"#,
        }
        PatternChanged {
            docs: "Patterns are compared as the sets of texts that they match, together with \
                everything else that the field demands. A pattern that is written otherwise and \
                matches the same texts is no change in meaning. What cannot be compared \
                (look-around, back-references) is for a person to judge.",
            why: "`{subject}` must match {after} instead of {before}.",
            class: data(Relation::Incomparable), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: PatternChanged,
            before: r#"code: {type: string, required: true, pattern: "^[A-Z]+$"}"#,
            after: r#"code: {type: string, required: true, pattern: "^[A-Z0-9]+$"}"#,
        }
        KeyAdded {
            docs: "Two old records may have the same value.",
            why: "`{subject}` identifies the record now, so old records that share a value are \
                refused.",
            class: data(Relation::Narrower), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: KeyRemoved,
            before: r#"number: {type: string, required: true}"#,
            after: r#"number: {type: string, required: true, key: true}"#,
        }
        KeyRemoved {
            docs: "Old readers rely on one record for each value.",
            why: "`{subject}` no longer identifies the record; readers that look it up may find \
                several.",
            class: data(Relation::Wider), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: KeyAdded,
            before: r#"number: {type: string, required: true, key: true}"#,
            after: r#"number: {type: string, required: true}"#,
        }
        UniquenessAdded {
            docs: "Old data may hold the same value twice.",
            why: "No two may share a value of `{subject}` now; old data in which they do is \
                refused.",
            class: data(Relation::Narrower), lapses: false,
            control: Neutral, running: NeedsPlan, affects: [Consumers, RunningCases],
            undone_by: UniquenessRemoved,
            before: r#"email: {type: string, required: true}"#,
            after: r#"email: {type: string, required: true, unique: true}"#,
        }
        UniquenessRemoved {
            docs: "Old readers rely on the value being there once.",
            why: "Values of `{subject}` may repeat; readers that rely on one of each may count \
                twice.",
            class: data(Relation::Wider), lapses: false,
            control: Neutral, running: Unaffected, affects: [Consumers],
            undone_by: UniquenessAdded,
            before: r#"email: {type: string, required: true, unique: true}"#,
            after: r#"email: {type: string, required: true}"#,
        }
    }
}
