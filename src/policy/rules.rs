//! The rules about policies themselves.

use crate::declare_meta;
use crate::rule::{ERROR, Meta};

declare_meta! {
    /// Finds requirements that cannot be judged: conditions and messages that name facts which do
    /// not exist, compare what cannot be compared, read what may be absent, or need more steps than
    /// one judgement is given; and kinds that nothing matches. The facts are in
    /// `schema/policy-facts.schema.json`; `flowgate policy facts` prints those of a document.
    ///
    /// Of policies in Rego it finds what cannot be read, evaluated or placed, what takes too long,
    /// and what asks the network, the clock or chance.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// policy:
    ///   name: ownership
    ///   owner: priya.shah
    ///   require:
    ///     - {id: backup, that: workflow.bakcup != '', message: nobody stands in}
    /// ```
    ///
    /// ```yaml,good
    /// policy:
    ///   name: ownership
    ///   owner: priya.shah
    ///   require:
    ///     - {id: backup, that: workflow.backup != '', message: nobody stands in}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Correct the marked characters; the help says what was probably meant. Ask for what may be
    /// absent with `has(…) && …`.
    pub static POLICY_INVALID = {
        id: "policy-invalid",
        summary: "a requirement of a policy that cannot be judged",
        why: "a requirement that is not judged protects nothing, and nobody would notice",
        family: Policy,
        level: ERROR,
        locked: true,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

/// Every rule about policies.
pub static RULES: &[&Meta] = &[&POLICY_INVALID];
