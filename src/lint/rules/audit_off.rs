//! `audit-off`: risky decisions that leave no trace.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::Model;
use crate::rule::ERROR;
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds workflows with a risk whose log of decisions or runs is switched off.
    ///
    /// Both are logged unless `audit:` says otherwise. A workflow has a risk when it, one of its states
    /// or one of its steps says so, and when a contract that it reads has a field with `pii: true`.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   risk: [compliance]
    ///   audit: {decisions: false}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   risk: [compliance]
    ///   audit: {decisions: true, retention: 520w}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Remove the line, or write `true`.
    pub static RULE = {
        check: On::Workflow(check),
        id: "audit-off",
        summary: "a risky workflow without a log of its decisions or runs",
        why: "who decided what, and when, cannot be found out afterwards",
        family: Security,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(audit) = &workflow.body.audit else {
        return;
    };
    let Some((risk, place)) = risk(workflow, context.model) else {
        return;
    };
    let settings = [
        ("decisions", &audit.value.decisions),
        ("runs", &audit.value.runs),
    ];
    for (what, setting) in settings {
        let Some(setting) = setting.as_ref().filter(|setting| !setting.value) else {
            continue;
        };
        let message = format!("the {what} of `{}` leave no trace", workflow.name.value);
        context.report(
            context
                .finding(setting.span, message)
                .label(place, format!("it has the risk `{risk}`"))
                .help("write `true`, or remove the key"),
        );
    }
}

/// The first risk of a workflow, with the place that says so.
fn risk<'a>(workflow: &'a Entity<Workflow>, model: &'a Model) -> Option<(&'a str, Span)> {
    let body = &workflow.body;
    let states = body.all_states().flat_map(|(_, state)| state.risk.iter());
    let steps = body.all_steps().flat_map(|place| place.step.risk.iter());
    let mut declared = body.risk.iter().chain(states).chain(steps);
    if let Some(risk) = declared.next() {
        return Some((risk.value.text.as_str(), risk.span));
    }
    let personal = model.readings(workflow).into_iter().find(|reading| {
        let is_own = reading.reader == workflow.name.value;
        let contract = model.contract(&reading.contract.value);
        is_own && contract.is_some_and(|contract| contract.body.has_declared_personal_field())
    });
    personal.map(|reading| ("pii", reading.contract.span))
}
