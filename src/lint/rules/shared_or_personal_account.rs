//! `shared-or-personal-account`: automation that acts under somebody else's name.

use crate::declare_rule;
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::lint::{Context, On};
use crate::model::calls::Call;
use crate::model::walk::StepInState;
use crate::rule::ERROR;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds service accounts that are a person or a shared login, calls that run as a person, as
    /// an account that the directory keeps for other workflows (`used_by`), or, where the written
    /// system declares accounts, as none.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   records: {ticket: {system: ITSM, key: ticket_id}}
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps: [{id: booked, call: ITSM.update_ticket, timeout: 1m}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   records: {ticket: {system: ITSM, key: ticket_id}}
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps: [{id: booked, call: ITSM.update_ticket, as: svc-rooms, timeout: 1m}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Give the workflow an account of its own under the system's `accounts:`, with the scopes that
    /// its operations need, and name it with `as:`.
    pub static RULE = {
        check: On::Project(check),
        id: "shared-or-personal-account",
        summary: "a call that runs as a person, or as nobody in particular",
        why: "the log names somebody who did not do it, and leaving staff take their access along",
        family: Security,
        level: ERROR,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

fn check(context: &mut Context<'_>) {
    let model = context.model;
    for system in &model.project.systems {
        for (account, _) in system.body.accounts.iter() {
            check_account(account, context);
        }
    }
    for workflow in &model.project.workflows {
        for place in workflow.body.all_steps() {
            check_step(&place, workflow, context);
        }
    }
}

fn check_account(account: &Spanned<String>, context: &mut Context<'_>) {
    let name = &account.value;
    let finding = if let Some(person) = context.model.person(name) {
        context
            .finding(account.span, format!("the account `{name}` is a person"))
            .label(person.name.span, "the person is declared here")
    } else if is_shared_login(name) {
        context.finding(account.span, format!("the account `{name}` is shared"))
    } else {
        return;
    };
    context.report(finding.help("declare one account for each workflow that needs one"));
}

/// Logins that several people or programs have by tradition.
fn is_shared_login(name: &str) -> bool {
    const LOGINS: [&str; 6] = [
        "admin",
        "administrator",
        "root",
        "superuser",
        "guest",
        "everyone",
    ];
    const WORDS: [&str; 3] = ["shared", "common", "generic"];
    let name = name.to_ascii_lowercase();
    LOGINS.contains(&name.as_str())
        || name
            .split(['-', '_', '.'])
            .any(|word| WORDS.contains(&word))
}

fn check_step(place: &StepInState<'_>, workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let step = place.step;
    let call = context.model.call(step);
    let Some(account) = step.account.as_ref().map(|account| &account.name) else {
        if let Some(call) =
            call.filter(|call| call.writes() && !call.system.body.accounts.is_empty())
        {
            check_missing(&call, context);
        }
        return;
    };
    match context.model.account(&account.value) {
        None if context.model.person(&account.value).is_some() => {
            let message = format!("`{}` runs as the person `{}`", step.name(), account.value);
            let finding = context.finding(account.span, message);
            context.report(with_replacement(finding, account, call.as_ref()));
        }
        Some((_, declared)) => {
            let used_by = &declared.used_by;
            let is_ours = used_by.iter().any(|name| name.value == workflow.name.value);
            if let Some(first) = used_by.first().filter(|_| !is_ours) {
                let message = format!(
                    "the account `{}` is not kept for `{}`",
                    account.value, workflow.name.value
                );
                let finding = context.finding(account.span, message);
                context.report(
                    finding
                        .label(first.span, "it is kept for these workflows")
                        .help("use an account of this workflow's own, or add the workflow to `used_by`"),
                );
            }
        }
        None => {}
    }
}

fn check_missing(call: &Call<'_>, context: &mut Context<'_>) {
    let name = &call.reference.value;
    let message = format!("`{}` calls `{name}` without an account", call.step.name());
    let mut finding = context.finding(call.reference.span, message);
    if let Some(account) = fitting_account(call) {
        let place = call.step.name_span().unwrap_or(call.reference.span);
        let edit = context.insert_beside(place, "as", &account.value);
        finding = finding
            .label(account.span, format!("`{}` may do this", account.value))
            .unsafe_fix(edit);
    }
    context.report(finding.help("name the workflow's own service account with `as:`"));
}

fn with_replacement(
    finding: Diagnostic,
    account: &Spanned<String>,
    call: Option<&Call<'_>>,
) -> Diagnostic {
    let finding = finding.help("declare a service account for it under the system's `accounts:`");
    match call.and_then(fitting_account) {
        Some(fitting) => finding.fix(Fix::needs_a_look(vec![Edit {
            span: account.span,
            text: fitting.value.clone(),
        }])),
        None => finding,
    }
}

/// The only account of the system that has the scope of the operation.
fn fitting_account<'a>(call: &Call<'a>) -> Option<&'a Spanned<String>> {
    let scope = call.operation.scope.as_ref()?;
    let accounts = call.system.body.accounts.iter();
    let mut fitting = accounts.filter(|(_, account)| {
        account
            .scopes
            .iter()
            .any(|granted| granted.value == scope.value)
    });
    let (name, _) = fitting.next()?;
    fitting.next().is_none().then_some(name)
}
