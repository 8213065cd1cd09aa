//! The rules that decoding can break: shape of documents, not their sense.

use crate::declare_meta;
use crate::rule::{ERROR, WARNING};

declare_meta! {
    /// Finds keys that the language does not have, root keys of unknown kinds among them.
    ///
    /// A misspelt key would otherwise be ignored, and with it the control that it was meant to
    /// set. Keys that begin with `x-` are free: they are kept and travel to the plan.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   bakup: tom.okafor
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   backup: tom.okafor
    ///   x-cost-centre: 4711
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Take the suggested key (`--fix=unsafe` does), remove the key, or give it the prefix `x-`.
    pub static UNKNOWN_KEY = {
        id: "unknown-key",
        summary: "a key that the language does not have",
        why: "a misspelt key is silently without effect in most tools, and so is the control it was meant to set",
        family: Structure,
        level: ERROR,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds definitions that lack a key without which they mean nothing: a step without `id`,
    /// an approval without `by`, a check without `that`.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// queues:
    ///   late-work: {kind: work, owner: tom.okafor, sla: {response: 4h, resolution: 1d}}
    /// ---
    /// workflow:
    ///   records: {room: {key: room_id}}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   records: {room: {system: ITSM, key: room_id}}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add the key.
    pub static MISSING_KEY = {
        id: "missing-key",
        summary: "a key that must be there is not",
        why: "without it the definition has no meaning that could be checked or run",
        family: Structure,
        level: ERROR,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds values of another type than the key takes: a list where a mapping is wanted, a number
    /// where a length of time is wanted, and keys without any value.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   scope: room bookings
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   scope: {includes: [room bookings], excludes: [catering]}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Write the value in the form that the message names.
    pub static WRONG_TYPE = {
        id: "wrong-type",
        summary: "a value of the wrong type",
        why: "a value that cannot be understood is a control that does not exist",
        family: Structure,
        level: ERROR,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds values outside their vocabulary or form: an unknown `lifecycle`, a name with a space,
    /// `5` where `5m` is meant, a date that the calendar does not have.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   sla: {response: 4 hours, resolution: 1d, calendar: business}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   sla: {response: 4h, resolution: 1d, calendar: business}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Take the suggested word, or write the value in the form that the message names.
    pub static INVALID_VALUE = {
        id: "invalid-value",
        summary: "a value outside its vocabulary or form",
        why: "a word that the language does not know has no effect when the workflow runs",
        family: Structure,
        level: ERROR,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds a document that was pasted without its indentation: the root key is empty and the keys
    /// that belong under it stand beside it.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// contract:
    /// name: office.booking.v1
    /// version: 1.0.0
    /// owner: priya.shah
    /// producer: ITSM
    /// consumers: [HRIS]
    /// schema:
    /// room_id: {type: string, required: true}
    /// ```
    ///
    /// ```yaml,good
    /// contract:
    ///   name: office.booking.v1
    ///   version: 1.0.0
    ///   owner: priya.shah
    ///   producer: ITSM
    ///   consumers: [HRIS]
    ///   schema:
    ///     room_id: {type: string, required: true}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// `flowgate check --fix` indents the document.
    pub static FLATTENED_DOCUMENT = {
        id: "flattened-document",
        summary: "a document that was pasted without its indentation",
        why: "YAML reads it as an empty document with unrelated keys beside it",
        family: Structure,
        level: ERROR,
        fixable: Safe,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds unquoted values that are read as text by one YAML reader and as a boolean, number or
    /// date by another: `no`, `on`, `1.10`, `09:00`, `2026-12-31`, where text is meant.
    ///
    /// flowgate follows YAML 1.2 and keeps the value as it is written.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   scope: {includes: [room bookings], excludes: [no]}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   scope: {includes: [room bookings], excludes: ["no"]}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Put the value in quotes; `flowgate check --fix` does.
    pub static AMBIGUOUS_SCALAR = {
        id: "ambiguous-scalar",
        summary: "unquoted text that other YAML readers take for something else",
        why: "the same file means different things to different tools",
        family: Structure,
        level: WARNING,
        fixable: Safe,
        since: "0.1.0",
    }
}

/// Every rule of this module, in reference order.
pub static RULES: &[&crate::rule::Meta] = &[
    &UNKNOWN_KEY,
    &MISSING_KEY,
    &WRONG_TYPE,
    &INVALID_VALUE,
    &FLATTENED_DOCUMENT,
    &AMBIGUOUS_SCALAR,
];
