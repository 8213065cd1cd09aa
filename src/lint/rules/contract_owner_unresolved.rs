//! `contract-owner-unresolved`: contracts for which nobody answers.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::WARNING;
use crate::syntax::Entity;
use crate::syntax::contract::Contract;

declare_rule! {
    /// Finds contracts that have neither an owner nor a producer system with an owner.
    ///
    /// The owner of the producing system answers for what it sends, so most contracts need no owner
    /// of their own. When the system has none either, nobody can agree to a change.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// systems:
    ///   Scanner: {summary: The badge reader at the door.}
    /// ---
    /// contract:
    ///   producer: Scanner
    /// ```
    ///
    /// ```yaml,good
    /// systems:
    ///   Scanner: {summary: The badge reader at the door.}
    /// ---
    /// contract:
    ///   owner: tom.okafor
    ///   producer: Scanner
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Give the producing system an `owner:`, or the contract one of its own.
    pub static RULE = {
        check: On::Contract(check),
        id: "contract-owner-unresolved",
        summary: "a contract for which nobody answers",
        why: "readers who need a change, or are broken by one, have nobody to talk to",
        family: Ownership,
        level: WARNING,
        since: "0.1.0",
    }
}

fn check(contract: &Entity<Contract>, context: &mut Context<'_>) {
    if context.entry_below(contract.key, "owner").is_some() {
        return;
    }
    let Some(producer) = &contract.body.producer else {
        return;
    };
    let producer = &producer.name;
    let Some(system) = context.model.system(&producer.value) else {
        return;
    };
    if context.entry_below(system.key, "owner").is_some() {
        return;
    }
    let message = format!(
        "neither the contract `{}` nor its producer `{}` has an owner",
        contract.name.value, producer.value
    );
    context.report(
        context
            .finding(producer.span, message)
            .label(system.name.span, "this system has no owner")
            .help(format!(
                "add `owner:` to the system `{}`, or to the contract",
                producer.value
            )),
    );
}
