//! `sla-arithmetic`: promises that the workflow's own timeouts break.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::calendar::Scale;
use crate::model::worst_path::{Row, Timing, WorstPath};
use crate::rule::error_from;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::duration::Duration;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds workflows whose steps may take longer than the resolution that is promised, without
    /// any exception.
    ///
    /// Every timeout is used to the end: a call takes its timeout once per attempt and all pauses
    /// in between, an approval or task takes its timeout and those of every rung of its ladder, a
    /// `for_each` its steps as often as `limit` allows, parallel branches the longest of them.
    /// Loops are taken once. Conditions are not compared with each other, so two branches that
    /// exclude each other may both count.
    ///
    /// Under a calendar, `1d` is one working day and `4h` are working hours; the finding shows
    /// both readings.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   sla: {response: 4h, resolution: 1d, calendar: business}
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: agreed, approve: {by: {role: it_lead}, timeout: 6h, on_timeout: [{ask: {role: people_ops_lead}, timeout: 6h}, {raise: TIMEOUT}]}}
    ///         - {id: book, task: Book and set up the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   sla: {response: 4h, resolution: 3d, calendar: business}
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: agreed, approve: {by: {role: it_lead}, timeout: 6h, on_timeout: [{ask: {role: people_ops_lead}, timeout: 6h}, {raise: TIMEOUT}]}}
    ///         - {id: book, task: Book and set up the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Promise what the steps may take, or give the longest steps less: the table names them.
    pub static RULE = {
        check: On::Workflow(check),
        id: "sla-arithmetic",
        summary: "the steps may take longer than the promise",
        why: "a case can be late although everybody was on time, and nobody sees it coming",
        family: Sla,
        level: error_from(2),
        since: "0.1.0",
    }
}

/// How many of the longest steps are marked in the text.
const MARKED: usize = 3;

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let Some(timing) = Timing::of(workflow, context.model) else {
        return;
    };
    let Some(promise) = timing.promised() else {
        return;
    };
    let scale = timing.scale();
    let promised = scale.seconds(promise.value);
    let path = timing.worst_path();
    let needed = path.cost().total();
    if needed <= promised {
        return;
    }
    let least = if path.cost().open { "at least " } else { "" };
    let message = format!(
        "`{}` may take {least}{} on its longest path, {} more than it promises",
        workflow.name.value,
        scale.both(needed),
        scale.exact(needed - promised),
    );
    let mut finding = context
        .finding(promise.span, message)
        .note(format!("the promise: {}", scale.both(promised)))
        .help(help(&path, promise, needed));
    for row in most_expensive(&path) {
        finding = finding.label(row.span, mark(row, scale));
    }
    context.report(finding);
}

fn help(path: &WorstPath<'_>, promise: &Spanned<Duration>, needed: u64) -> String {
    let scale = path.scale;
    let in_days = promise.value.days > 0 || promise.value.weeks > 0;
    let unit = if in_days { scale.day.max(1) } else { 3600 };
    let enough = needed.div_ceil(unit);
    let enough = format!("{enough}{}", if in_days { "d" } else { "h" });
    let advice = if path.cost().open {
        format!("give every step a limit, and promise {enough} or more")
    } else {
        format!("promise {enough}, or let the longest steps take less")
    };
    format!("{advice}:\n{}", path.table())
}

/// The rows that take longest, in the order of the path.
fn most_expensive<'p, 'a>(path: &'p WorstPath<'a>) -> Vec<&'p Row<'a>> {
    let mut rows: Vec<(usize, &Row<'a>)> = path.rows.iter().enumerate().collect();
    rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.cost.total()));
    rows.truncate(MARKED);
    rows.sort_by_key(|(position, _)| *position);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn mark(row: &Row<'_>, scale: Scale) -> String {
    let name = row.name();
    let total = scale.both(row.cost.total());
    let ladder = row.step.is_some_and(|step| {
        let approve = step.approve.as_ref();
        let rungs = approve.map_or(0, |approve| approve.value.on_timeout.len());
        rungs + step.on_timeout.len() > 1
    });
    let with = match (row.cost.retry > 0, ladder, row.times) {
        (true, _, 1) => ", with every attempt and pause".to_owned(),
        (true, _, times) => format!(", {times} times with every attempt and pause"),
        (false, true, 1) => ", with every rung of its ladder".to_owned(),
        (false, _, 1) => String::new(),
        (false, _, times) => format!(", {times} times"),
    };
    format!("`{name}` may take {total}{with}")
}
