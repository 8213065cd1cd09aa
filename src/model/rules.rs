//! The rules that resolving can break: names that lead nowhere, names given twice, definitions
//! that say none or several of what excludes each other.

use crate::declare_meta;
use crate::rule::ERROR;

declare_meta! {
    /// Finds names that refer to nothing: queues, people, roles, teams, systems, operations,
    /// accounts, contracts, calendars, decisions, retries, lists, workflows, states, steps and
    /// files.
    ///
    /// The nearest declared name is suggested and shown. As long as the repository declares no
    /// systems at all, any system may be named; the same holds for people. Nothing is said of a
    /// name that stands in a file which could not be read.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   sla: {response: 4h, resolution: 1d, calendar: busines}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   sla: {response: 4h, resolution: 1d, calendar: business}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Take the suggested name (`--fix=unsafe` does), or declare what is missing.
    pub static UNRESOLVED_REFERENCE = {
        id: "unresolved-reference",
        summary: "a name that refers to nothing",
        why: "work sent to a place that does not exist waits there forever",
        family: Structure,
        level: ERROR,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds two documents of one kind with the same name, and two steps of one workflow with the
    /// same id.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// queues:
    ///   front-desk: {owner: tom.okafor, sla: {response: 4h, resolution: 1d}}
    /// ---
    /// queues:
    ///   front-desk: {owner: priya.shah, sla: {response: 4h, resolution: 1d}}
    /// ```
    ///
    /// ```yaml,good
    /// queues:
    ///   front-desk: {owner: tom.okafor, sla: {response: 4h, resolution: 1d}}
    ///   back-desk: {owner: priya.shah, sla: {response: 4h, resolution: 1d}}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Rename one of the two, or remove it.
    pub static DUPLICATE_NAME = {
        id: "duplicate-name",
        summary: "two definitions with one name",
        why: "nobody can tell which of the two is meant",
        family: Structure,
        level: ERROR,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds definitions that give none or several of keys of which exactly one is needed: a step
    /// that is both `call` and `task`, a transition with `when` and `else`, an end state that goes
    /// on.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new: {lifecycle: new, steps: [{id: book, timeout: 6h}], to: done}
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new: {lifecycle: new, steps: [{id: book, task: Book the room, assign: {queue: facilities}, timeout: 6h}], to: done}
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Keep one of the keys that the message names.
    pub static EXCLUSIVE_KEYS = {
        id: "exclusive-keys",
        summary: "none or several of keys of which exactly one is needed",
        why: "what is said twice, or not at all, is run in a way that nobody reviewed",
        family: Structure,
        level: ERROR,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds JSON Schema files of contracts that cannot be read: broken JSON, keywords with a value
    /// that they do not take, and references that lead nowhere or to another machine.
    ///
    /// Drafts 7, 2019-09 and 2020-12 are read, as `$schema` says; the newest when it is absent.
    /// References reach the file itself and other files of the repository. Nothing is fetched.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// contract:
    ///   name: order.record.v1
    ///   version: 1.0.0
    ///   producer: Shop
    ///   json_schema: schemas/remote.schema.json    # has {"$ref": "https://example.com/line.json"}
    /// ```
    ///
    /// ```yaml,good
    /// contract:
    ///   name: order.record.v1
    ///   version: 1.0.0
    ///   producer: Shop
    ///   json_schema: schemas/order.schema.json     # has {"$ref": "line.schema.json"}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Correct what the message names. A schema of another organisation is copied into the
    /// repository, where changes of it are seen.
    pub static INVALID_JSON_SCHEMA = {
        id: "invalid-json-schema",
        summary: "a JSON Schema file that cannot be read",
        why: "what the schema does not say is not checked, and no change of it is judged",
        family: Structure,
        level: ERROR,
        since: "0.1.0",
    }
}

/// Every rule of this module, in reference order.
pub static RULES: &[&crate::rule::Meta] = &[
    &UNRESOLVED_REFERENCE,
    &DUPLICATE_NAME,
    &EXCLUSIVE_KEYS,
    &INVALID_JSON_SCHEMA,
];
