//! The rule that targets can break.

use crate::declare_meta;
use crate::rule::{ERROR, Meta};

declare_meta! {
    /// Finds what a target of `flowgate compile` cannot express: what an engine has no words for,
    /// and what would exceed one of its quotas. Nothing is compiled then, since an artifact that
    /// means less than the workflow would be a silent loss. `flowgate explain TARGET` lists the
    /// limits of a target.
    ///
    /// `flowgate check` does not look for it: whether it matters depends on the target.
    ///
    /// ## Example
    ///
    /// Step Functions waits for every branch of a `parallel`, so `join: any` cannot be compiled to
    /// `asl`. A limit of time on the one step means the same and can be compiled.
    ///
    /// ```yaml,bad
    /// workflow:
    ///   proof: [{from: ITSM, that: "case.id != ''"}]
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - id: either
    ///           parallel:
    ///             join: any
    ///             branches:
    ///               room: [{id: book, task: Book and set up the room, assign: {queue: facilities}, timeout: 6h}]
    ///               pause: [{id: rested, wait: 2d}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   proof: [{from: ITSM, that: "case.id != ''"}]
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: book, task: Book and set up the room, assign: {queue: facilities}, timeout: 2d}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Write what the message names, or compile to a target that holds the construct.
    pub static TARGET_LIMIT = {
        id: "target-limit",
        summary: "the target cannot express a part of the workflow",
        why: "an artifact that means less than the workflow runs something nobody approved",
        family: Structure,
        level: ERROR,
        since: "0.1.0",
    }
}

/// Every rule of this module, in reference order.
pub static RULES: &[&Meta] = &[&TARGET_LIMIT];
