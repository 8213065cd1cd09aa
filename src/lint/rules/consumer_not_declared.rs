//! `consumer-not-declared`: readers that the contract does not know.

use std::collections::BTreeMap;

use crate::declare_rule;
use crate::diagnostic::Edit;
use crate::lint::{Context, On};
use crate::model::Model;
use crate::rule::WARNING;
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::contract::Contract;
use crate::yaml::edit;

declare_rule! {
    /// Finds workflows and systems that read a contract without being among its `consumers`.
    ///
    /// A system reads the contract of what a call sends it. A workflow reads the contract of its
    /// trigger and those that its steps return; it needs to be listed only where the contract lists
    /// workflows at all, since many producers count systems only. The producer itself is no consumer.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: tell, call: ERP.get_invoice, with: {room: "${ input.room }", email: rooms@example.com}, contract: rooms.request.v1, returns: itsm.ticket.v1, timeout: 1m}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ---
    /// contract:
    ///   consumers: [HRIS]
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: tell, call: ERP.get_invoice, with: {room: "${ input.room }", email: rooms@example.com}, contract: rooms.request.v1, returns: itsm.ticket.v1, timeout: 1m}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ---
    /// contract:
    ///   consumers: [HRIS, ERP]
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add the reader to `consumers`; `flowgate check --fix` does.
    pub static RULE = {
        check: On::Project(check),
        id: "consumer-not-declared",
        summary: "a reader that the contract does not know",
        why: "the producer changes what it believes nobody reads, and asks only those it knows",
        family: Data,
        level: WARNING,
        fixable: Safe,
        since: "0.1.0",
    }
}

fn check(context: &mut Context<'_>) {
    let model = context.model;
    for contract in &model.project.contracts {
        for (reader, place) in readers(&contract.name.value, model) {
            let mut consumers = contract.body.consumers.iter();
            let is_producer = contract
                .body
                .producer
                .as_ref()
                .is_some_and(|producer| producer.name.value == reader);
            let counts = model.workflow(reader).is_none() || lists_workflows(contract, model);
            if counts && !is_producer && !consumers.any(|consumer| consumer.name.value == reader) {
                report(contract, reader, place, context);
            }
        }
    }
}

/// True when the producer counts workflows among its consumers.
fn lists_workflows(contract: &Entity<Contract>, model: &Model) -> bool {
    let mut consumers = contract.body.consumers.iter();
    consumers.any(|consumer| model.workflow(&consumer.name.value).is_some())
}

/// Who reads a contract, with the first place that says so.
fn readers<'a>(contract: &str, model: &'a Model) -> BTreeMap<&'a str, Span> {
    let mut readers = BTreeMap::new();
    let workflows = model.project.workflows.iter();
    for workflow in workflows.filter(|workflow| workflow.body.is_in_force()) {
        for reading in model.readings(workflow) {
            if reading.contract.value == contract {
                readers
                    .entry(reading.reader)
                    .or_insert(reading.contract.span);
            }
        }
    }
    readers
}

fn report(contract: &Entity<Contract>, reader: &str, place: Span, context: &mut Context<'_>) {
    let consumers = &contract.body.consumers;
    let span = match (consumers.first(), consumers.last()) {
        (Some(first), Some(last)) => first.name.span.to(last.name.span),
        _ => contract.name.span,
    };
    let message = format!(
        "`{reader}` reads `{}` and is not among its consumers",
        contract.name.value
    );
    let finding = context
        .finding(span, message)
        .label(place, "it is read here")
        .help(format!("add `{reader}` to `consumers`"));
    context.report(finding.safe_fix(addition(contract, reader, context)));
}

fn addition(contract: &Entity<Contract>, reader: &str, context: &Context<'_>) -> Option<Edit> {
    let text = context.sources.file(contract.key.source).text();
    match context.entry_below(contract.key, "consumers") {
        Some(entry) => edit::append_item(entry.value, text, reader),
        None => context.insert_below(contract.key, "consumers", &format!("[{reader}]")),
    }
}
