//! `rotation-overdue`: credentials that nobody changes.

use jiff::ToSpan;

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::{ERROR, Level};
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::directory::{Account, System};

declare_rule! {
    /// Finds service accounts whose credential should have changed by today, and, as a warning,
    /// accounts that do not say how often it changes or when it changed last.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// systems:
    ///   Badges:
    ///     owner: tom.okafor
    ///     accounts: {svc-badges: {scopes: [badge.print], rotate_every: 90d, rotated: "2020-01-31"}}
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
    /// Change the credential, then write the day under `rotated`.
    pub static RULE = {
        check: On::System(check),
        id: "rotation-overdue",
        summary: "a credential that should have changed",
        why: "a credential that leaked once works until it is changed",
        family: Security,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(system: &Entity<System>, context: &mut Context<'_>) {
    for (name, account) in system.body.accounts.iter() {
        check_account(name, account, context);
    }
}

fn check_account(name: &Spanned<String>, account: &Account, context: &mut Context<'_>) {
    let undeclared = |message: String, help: &str, context: &Context<'_>| {
        let finding = context.finding(name.span, message);
        finding.with_level(Level::Warning).help(help)
    };
    let is_unreadable = |key: &str, is_read: bool| {
        let entry = context.entry_at(name.span);
        let written = entry.and_then(|entry| entry.value.mapping()?.get(key));
        written.is_some() && !is_read
    };
    if is_unreadable("rotate_every", account.rotate_every.is_some())
        || is_unreadable("rotated", account.rotated.is_some())
    {
        return;
    }
    match (&account.rotate_every, &account.rotated) {
        (Some(every), Some(rotated)) => {
            let days = i64::try_from(every.value.elapsed_seconds() / 86_400).unwrap_or(i64::MAX);
            let Ok(due) = rotated.value.civil.checked_add(days.days()) else {
                return;
            };
            if due < context.model.surroundings.today {
                let message = format!("the credential of `{}` was to change by {due}", name.value);
                let finding = context.finding(rotated.span, message);
                context.report(
                    finding
                        .label(every.span, format!("every {} from then", every.value))
                        .help("change the credential and write the day here"),
                );
            }
        }
        (None, _) => context.report(undeclared(
            format!(
                "nobody says how often the credential of `{}` changes",
                name.value
            ),
            "add `rotate_every:` and `rotated:`",
            context,
        )),
        (Some(_), None) => context.report(undeclared(
            format!(
                "nobody says when the credential of `{}` changed last",
                name.value
            ),
            "add `rotated:` with the day on which it changed last",
            context,
        )),
    }
}
