//! `wait-without-timeout`: approvals, tasks and events that are waited for without end.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::walk::{StepInState, StepKind, party_span};
use crate::rule::ERROR;
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::duration::Duration;
use crate::syntax::step::{LadderRung, Wait};
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds approvals, tasks and waits for an event that have no `timeout`, and rungs of a timeout
    /// ladder that ask somebody without one. A `timeout` of the state bounds all steps in it.
    ///
    /// What happens after the timeout is written in `on_timeout`; without it the case goes to the
    /// default queue as `TIMEOUT`.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: book, task: Book and set up the room, assign: {queue: facilities}, returns: itsm.ticket.v1}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: book, task: Book and set up the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `timeout:`. `--fix=unsafe` writes at most a third of the promised resolution time; how
    /// long people really need is for you to say.
    pub static RULE = {
        check: On::Workflow(check),
        id: "wait-without-timeout",
        summary: "an approval, task or event that is waited for without end",
        why: "a wait without an end is where cases are forgotten",
        family: Sla,
        level: ERROR,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let proposal = proposal(&workflow.body);
    for (name, state) in workflow.body.all_states() {
        let duty = format!("the state `{}`", name.value);
        check_ladder(&state.on_timeout, &duty, context);
    }
    for place in workflow.body.all_steps() {
        if let Some(id) = &place.step.id {
            let name = Spanned::new(id.value.text.as_str(), id.span);
            check_step(&place, name, proposal, context);
        }
    }
}

fn check_step(
    place: &StepInState<'_>,
    name: Spanned<&str>,
    proposal: &str,
    context: &mut Context<'_>,
) {
    let step = place.step;
    let Some((subject, timeout_beside)) = wait(place, name) else {
        return;
    };
    check_ladder(&step.on_timeout, &subject, context);
    if let Some(approve) = &step.approve {
        check_ladder(&approve.value.on_timeout, &subject, context);
    }
    let has_timeout = |beside: Span| {
        let written = context.mapping_at(beside);
        written.is_none_or(|keys| keys.get("timeout").is_some())
    };
    if has_timeout(name.span) || has_timeout(timeout_beside) || place.state.timeout.is_some() {
        return;
    }
    let edit = context.insert_beside(timeout_beside, "timeout", proposal);
    context.report(
        context
            .finding(name.span, format!("{subject} may wait forever"))
            .help(format!(
                "add `timeout:`, such as `{proposal}`, and say in `on_timeout` what happens then"
            ))
            .unsafe_fix(edit),
    );
}

/// What waits, in words, and a place in the mapping that a timeout belongs to.
fn wait(place: &StepInState<'_>, name: Spanned<&str>) -> Option<(String, Span)> {
    let id = name.value;
    let kind = place.step.kind()?;
    if let StepKind::Approve(approve) = kind {
        return Some((format!("the approval `{id}`"), approve.span));
    }
    if let StepKind::Task(_) = kind {
        return Some((format!("the task `{id}`"), name.span));
    }
    let StepKind::Wait(wait) = kind else {
        return None;
    };
    let event = event(&wait.value)?;
    Some((format!("`{id}`, which waits for `{event}`,"), name.span))
}

fn event(wait: &Wait) -> Option<&str> {
    match wait {
        Wait::For(_) => None,
        Wait::Until(wait) => wait.event.as_ref().map(|event| event.value.as_str()),
    }
}

/// Whoever is asked next may be silent too.
fn check_ladder(rungs: &[LadderRung], subject: &str, context: &mut Context<'_>) {
    for rung in rungs.iter().filter(|rung| rung.timeout.is_none()) {
        let Some(span) = rung.ask.as_ref().and_then(party_span) else {
            continue;
        };
        let asked = context.sources.text(span);
        let message = format!("when {subject} is late, `{asked}` is asked and may never answer");
        context.report(
            context
                .finding(span, message)
                .help("add `timeout:` beside this `ask`, and a rung after it that raises a reason"),
        );
    }
}

/// Timeouts that people choose, the longest first.
const COMMON: [&str; 9] = ["1w", "3d", "2d", "1d", "4h", "2h", "1h", "30m", "15m"];

/// The longest common timeout within a third of the promised resolution.
fn proposal(workflow: &Workflow) -> &'static str {
    let sla = workflow.sla.as_ref();
    let Some(resolution) = sla.and_then(|sla| sla.value.resolution.as_ref()) else {
        return "1d";
    };
    let limit = resolution.value.elapsed_seconds() / 3;
    let fits =
        |text: &&str| Duration::parse(text).is_some_and(|common| common.elapsed_seconds() <= limit);
    COMMON.into_iter().find(fits).unwrap_or("15m")
}
