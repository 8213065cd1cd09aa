//! `over-scoped-account`: accounts that may do more than they are used for.

use std::collections::BTreeSet;

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::Model;
use crate::rule::WARNING;
use crate::source::Spanned;
use crate::syntax::step::Step;
use crate::yaml::edit;

declare_rule! {
    /// Finds scopes of service accounts that no operation needs which is called with the account,
    /// compensations included, and scopes that stand for everything (`*`).
    ///
    /// Accounts that no workflow of the repository uses are left alone, and so are those that call
    /// an operation whose scope the directory does not say.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// systems:
    ///   Badges:
    ///     owner: tom.okafor
    ///     accounts: {svc-badges: {scopes: ["*"], rotate_every: 90d, rotated: "2026-06-01"}}
    /// ```
    ///
    /// ```yaml,good
    /// systems:
    ///   Badges:
    ///     owner: tom.okafor
    ///     accounts: {svc-badges: {scopes: [badge.print], rotate_every: 90d, rotated: "2026-06-01"}}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Take the scope away from the account, at the system first and then here;
    /// `flowgate check --fix=unsafe` does the latter.
    pub static RULE = {
        check: On::Project(check),
        id: "over-scoped-account",
        summary: "an account that may do more than it is used for",
        why: "whoever gets hold of the account can do all that it may, not only what it does",
        family: Security,
        level: WARNING,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

fn check(context: &mut Context<'_>) {
    let model = context.model;
    for system in &model.project.systems {
        for (name, account) in system.body.accounts.iter() {
            let needed = needed_scopes(&name.value, model);
            for scope in &account.scopes {
                let message = if is_everything(&scope.value) {
                    format!(
                        "`{}` may do everything that `{}` covers",
                        name.value, scope.value
                    )
                } else if needed
                    .as_ref()
                    .is_some_and(|needed| !needed.contains(scope.value.as_str()))
                {
                    format!(
                        "nothing that runs as `{}` needs `{}`",
                        name.value, scope.value
                    )
                } else {
                    continue;
                };
                report(scope, message, context);
            }
        }
    }
}

fn is_everything(scope: &str) -> bool {
    scope == "*" || scope.ends_with(".*") || scope.ends_with(":*")
}

/// The scopes of the operations that are called with an account; `None` when it is not used, or
/// when what it is used for is not known in full.
fn needed_scopes<'a>(account: &str, model: &'a Model) -> Option<BTreeSet<&'a str>> {
    let workflows = model.project.workflows.iter();
    let steps = workflows.flat_map(|workflow| workflow.body.all_steps());
    let called: Vec<&str> = steps
        .flat_map(|place| operations(place.step, account))
        .collect();
    if called.is_empty() {
        return None;
    }
    called
        .into_iter()
        .map(|operation| {
            let (_, operation) = model.operation(operation)?;
            operation.scope.as_ref().map(|scope| scope.value.as_str())
        })
        .collect()
}

/// What a step calls with an account: the operation, and the one that undoes it.
fn operations<'a>(step: &'a Step, account: &str) -> Vec<&'a str> {
    let own = step.account.as_ref().map(|own| own.name.value.as_str());
    let mut operations = Vec::new();
    if own == Some(account) {
        operations.extend(step.call.as_ref().map(|call| call.name.value.as_str()));
    }
    if let Some(compensate) = step.compensate.as_ref().map(|compensate| &compensate.value) {
        let other = compensate
            .account
            .as_ref()
            .map(|other| other.name.value.as_str());
        if other.or(own) == Some(account) {
            operations.extend(
                compensate
                    .call
                    .as_ref()
                    .map(|call| call.name.value.as_str()),
            );
        }
    }
    operations
}

fn report(scope: &Spanned<String>, message: String, context: &mut Context<'_>) {
    let text = context.sources.file(scope.span.source).text();
    let removal = context
        .mapping_at(scope.span)
        .and_then(|mapping| mapping.get("scopes"))
        .and_then(|scopes| scopes.value.sequence())
        .and_then(|scopes| edit::remove_item(scopes, scope.span, text));
    context.report(
        context
            .finding(scope.span, message)
            .help("take the scope away from the account")
            .unsafe_fix(removal),
    );
}
