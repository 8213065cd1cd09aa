//! `noisy-escalation`: escalations that come too early, or to everybody at once.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::walk::{StepInState, party_span};
use crate::rule::WARNING;
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::duration::Duration;
use crate::syntax::step::{LadderRung, Step};
use crate::syntax::workflow::{Alert, AlertKind, State, Workflow};

declare_rule! {
    /// Finds escalations that come before half of the time that somebody was promised, and those
    /// that go to several levels at once.
    ///
    /// An escalation is an `ask` or `notify` after a timeout, or a `stuck` alert. The time that was
    /// promised is the resolution target of the queue for a task, the response target of the
    /// workflow for an approval, and the longest timeout of people's work in the state for an alert.
    /// Raising a reason is no escalation: it goes to a queue. Days and hours are compared only where
    /// the length of a working day makes no difference.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: book, task: Book the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 1h, on_timeout: [{notify: priya.shah}, {raise: TIMEOUT}]}
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
    ///         - {id: book, task: Book the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 1d, on_timeout: [{notify: priya.shah}, {raise: TIMEOUT}]}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Give people at least half of what they were promised before others are told, and give each
    /// level time before the next one is asked.
    pub static RULE = {
        check: On::Workflow(check),
        id: "noisy-escalation",
        summary: "an escalation that comes too early or to everybody",
        why: "people who are told of everything too early stop listening",
        family: Sla,
        level: WARNING,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    for place in workflow.body.all_steps() {
        check_step(&place, &workflow.body, context);
    }
    for (_, state) in workflow.body.all_states() {
        check_levels(&state.on_timeout, context);
    }
    let monitoring = workflow.body.monitoring.iter();
    for alert in monitoring.flat_map(|monitoring| &monitoring.value.alerts) {
        check_alert(alert, &workflow.body, context);
    }
}

fn check_step(place: &StepInState<'_>, workflow: &Workflow, context: &mut Context<'_>) {
    let step = place.step;
    let approve = step.approve.as_ref().map(|approve| &approve.value);
    for ladder in approve
        .map(|approve| &approve.on_timeout)
        .into_iter()
        .chain([&step.on_timeout])
    {
        check_levels(ladder, context);
    }
    let timeout = approve
        .and_then(|approve| approve.timeout.as_ref())
        .or(step.timeout.as_ref());
    let mut rungs = approve
        .iter()
        .flat_map(|approve| &approve.on_timeout)
        .chain(&step.on_timeout);
    let told = rungs.find_map(escalates);
    let promised = if approve.is_some() {
        let sla = workflow.sla.as_ref();
        let response = sla.and_then(|sla| sla.value.response.as_ref());
        response.map(|response| (response, "the workflow answers within".to_owned()))
    } else {
        promise_of_queue(step, context)
    };
    let (Some(timeout), Some((target, who)), Some(_)) = (timeout, promised, told) else {
        return;
    };
    if !is_surely_below_half(timeout.value, target.value) {
        return;
    }
    let message = format!(
        "`{}` is escalated after {}, before half of the {} that were promised",
        step.name(),
        timeout.value,
        target.value
    );
    context.report(
        context
            .finding(timeout.span, message)
            .label(target.span, format!("{who} {}", target.value))
            .help(format!(
                "wait at least half of {} before others are asked or told",
                target.value
            )),
    );
}

fn promise_of_queue<'a>(
    step: &'a Step,
    context: &Context<'a>,
) -> Option<(&'a Spanned<Duration>, String)> {
    let queue = step.assign.as_ref()?.queue.as_ref()?;
    let queue = context.model.queue(&queue.name.value)?;
    let resolution = queue.body.sla.as_ref()?.value.resolution.as_ref()?;
    Some((
        resolution,
        format!("`{}` does its work within", queue.name.value),
    ))
}

/// Where a rung tells or asks somebody else.
fn escalates(rung: &LadderRung) -> Option<Span> {
    let asked = rung.ask.as_ref().and_then(party_span);
    asked.or_else(|| rung.notify.as_ref().map(|party| party.name.span))
}

/// Two rungs of one kind without time between them.
fn check_levels(ladder: &[LadderRung], context: &mut Context<'_>) {
    for pair in ladder.windows(2) {
        let [first, second] = pair else {
            continue;
        };
        let same_kind = (first.ask.is_some() && second.ask.is_some())
            || (first.notify.is_some() && second.notify.is_some());
        let waits = first
            .timeout
            .as_ref()
            .is_some_and(|timeout| !timeout.value.is_zero());
        let (Some(before), Some(span)) = (escalates(first), escalates(second)) else {
            continue;
        };
        if same_kind && !waits {
            let text = |span| context.sources.text(span);
            let message = format!(
                "`{}` and `{}` are called at the same moment",
                text(before),
                text(span)
            );
            context.report(
                context
                    .finding(span, message)
                    .label(before, "called first, without time to act")
                    .help("give the first one a `timeout:` before the next is called, or leave one out"),
            );
        }
    }
}

fn check_alert(alert: &Alert, workflow: &Workflow, context: &mut Context<'_>) {
    let kind = alert.alert.as_ref().map(|kind| kind.value);
    let (Some(AlertKind::Stuck), Some(after), Some(name)) = (kind, &alert.after, &alert.state)
    else {
        return;
    };
    let states = workflow.states.as_ref();
    let Some(state) = states.and_then(|states| states.value.get(&name.name.value)) else {
        return;
    };
    let Some(allowed) = longest_work(state) else {
        return;
    };
    if is_surely_below_half(after.value, allowed.value) {
        let message = format!(
            "a case in `{}` is called stuck after {}, before half of the {} that its work may take",
            name.name.value, after.value, allowed.value
        );
        context.report(
            context
                .finding(after.span, message)
                .label(allowed.span, "the work may take so long")
                .help(format!(
                    "alert after at least half of {}, better after all of it",
                    allowed.value
                )),
        );
    }
}

/// The longest timeout of what people do in the state.
fn longest_work(state: &State) -> Option<&Spanned<Duration>> {
    let steps = state.all_steps();
    let people = steps
        .into_iter()
        .filter(|step| step.task.is_some() || step.approve.is_some());
    people
        .filter_map(|step| {
            let approve = step.approve.as_ref();
            let own = approve.and_then(|approve| approve.value.timeout.as_ref());
            own.or(step.timeout.as_ref())
        })
        .max_by_key(|timeout| timeout.value.elapsed_seconds())
}

/// True when a time is less than half of another, however long a working day is.
fn is_surely_below_half(time: Duration, target: Duration) -> bool {
    const SHORT_DAY: u64 = 6 * 3600;
    const LONG_DAY: u64 = 24 * 3600;
    [(SHORT_DAY, 5), (SHORT_DAY, 7), (LONG_DAY, 5), (LONG_DAY, 7)]
        .into_iter()
        .all(|(day, week)| {
            let seconds = |time: Duration| {
                (u64::from(time.weeks) * week + u64::from(time.days)) * day + time.seconds
            };
            seconds(time) * 2 < seconds(target)
        })
}
