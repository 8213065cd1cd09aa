//! `calendar-missing`: days that are promised without saying which days count.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::WARNING;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds workflows that promise days or weeks without a calendar.
    ///
    /// Without one, a day has 24 hours and the weekend counts: a case that arrives on Friday at
    /// five with `resolution: 1d` is late on Saturday at five.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   sla: {response: 4h, resolution: 3d}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   sla: {response: 4h, resolution: 3d, calendar: business}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `calendar:` with the name of a calendar; `--fix` does when there is exactly one.
    pub static RULE = {
        check: On::Workflow(check),
        id: "calendar-missing",
        summary: "days are promised without working hours",
        why: "requester and team count the same promise differently, and both are right",
        family: Sla,
        level: WARNING,
        fixable: Safe,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(entry) = context.entry_below(workflow.key, "sla") else {
        return;
    };
    let has_calendar = entry
        .value
        .mapping()
        .is_none_or(|sla| sla.get("calendar").is_some());
    let Some(sla) = workflow.body.sla.as_ref().filter(|_| !has_calendar) else {
        return;
    };
    let promises = [&sla.value.response, &sla.value.resolution];
    let in_days = promises
        .into_iter()
        .flatten()
        .find(|promise| promise.value.days > 0 || promise.value.weeks > 0);
    let Some(promise) = in_days else {
        return;
    };
    let message = format!(
        "the workflow `{}` promises {} without saying which hours and days count",
        workflow.name.value, promise.value
    );
    let finding = context.finding(promise.span, message);
    context.report(match &context.model.project.calendars[..] {
        [] => {
            finding.help("declare working hours below `calendars:`, and name them in `calendar:`")
        }
        [only] => finding
            .help(format!("add `calendar: {}`", only.name.value))
            .safe_fix(context.insert_below(entry.key.span(), "calendar", &only.name.value)),
        [first, ..] => finding.help(format!(
            "add `calendar:` with the one that holds here, such as `{}`",
            first.name.value
        )),
    });
}
