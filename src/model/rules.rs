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

/// Every rule of this module, in reference order.
pub static RULES: &[&crate::rule::Meta] =
    &[&UNRESOLVED_REFERENCE, &DUPLICATE_NAME, &EXCLUSIVE_KEYS];
