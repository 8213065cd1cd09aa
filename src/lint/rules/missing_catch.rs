//! `missing-catch`: failures of calls that nobody designed a way for.

use crate::declare_rule;
use crate::diagnostic::{Edit, Fix};
use crate::lint::{Context, On};
use crate::model::walk::StepInState;
use crate::rule::{Level, error_from};
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::decode::listing;
use crate::syntax::step::{Catch, Step};
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds calls whose errors or timeouts reach nothing but the default queue, and catches that
    /// are never reached because `any` stands before them.
    ///
    /// A call may fail with the errors that its system declares for the operation, with a timeout,
    /// or with something else; `error: any` stands for all of them. An `exceptions` entry of the
    /// name `ERROR` or `TIMEOUT` is a way of its own, too. A catch that is never reached is an
    /// error at every stage; `flowgate check --fix` puts `any` last.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps:
    ///         - {id: book, call: ITSM.get_ticket, returns: itsm.ticket.v1, timeout: 1m}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    ///   exceptions:
    ///     SYSTEM_DOWN: {class: system, queue: replay, resume: same}
    ///     default: {queue: facilities-exceptions, resume: fallback, max_returns: 3}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: in_progress
    ///       steps:
    ///         - {id: book, call: ITSM.get_ticket, returns: itsm.ticket.v1, timeout: 1m, catch: [{error: any, raise: SYSTEM_DOWN}]}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    ///   exceptions:
    ///     SYSTEM_DOWN: {class: system, queue: replay, resume: same}
    ///     default: {queue: facilities-exceptions, resume: fallback, max_returns: 3}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `catch: [{error: any, raise: SYSTEM_DOWN}]` with a reason whose queue can replay the call,
    /// and catch errors that need a person before it.
    pub static RULE = {
        check: On::Step(check),
        id: "missing-catch",
        summary: "a failure that only reaches the default queue",
        why: "a system that is down then looks like any odd case, and the wrong people get it",
        family: Exceptions,
        level: error_from(3),
        fixable: Safe,
        since: "0.1.0",
    }
}

/// The error that stands for all errors.
const ANY: &str = "any";
/// The error of a call that took too long.
const TIMEOUT: &str = "timeout";

fn check(place: &StepInState<'_>, workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    check_order(place.step, context);
    check_coverage(place.step, &workflow.body, context);
}

fn check_order(step: &Step, context: &mut Context<'_>) {
    let errors: Vec<&Spanned<String>> = step.catch.iter().filter_map(caught).collect();
    let Some(position) = errors.iter().position(|error| error.value == ANY) else {
        return;
    };
    let (any, dead) = (errors[position], &errors[position + 1..]);
    if dead.is_empty() {
        return;
    }
    let mut names: Vec<&str> = dead.iter().map(|error| error.value.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let are = if names.len() > 1 { "are" } else { "is" };
    let message = format!(
        "`any` stands before {}, which {are} therefore never caught",
        listing(&names).replace(" or ", " and ")
    );
    let mut finding = context
        .finding(any.span, message)
        .with_level(Level::Error)
        .note("this catches everything");
    for error in dead {
        finding = finding.label(error.span, "never reached");
    }
    let finding = finding.help("put `error: any` last");
    let finding = match put_last(any, dead, context) {
        Some(fix) => finding.fix(fix),
        None => finding,
    };
    context.report(finding);
}

fn caught(catch: &Catch) -> Option<&Spanned<String>> {
    catch.error.as_ref()
}

/// Moves the catch to the end of the list.
fn put_last(
    any: &Spanned<String>,
    dead: &[&Spanned<String>],
    context: &Context<'_>,
) -> Option<Fix> {
    let entries: Option<Vec<Span>> = std::iter::once(&any)
        .chain(dead)
        .map(|error| Some(context.mapping_at(error.span)?.node().span()))
        .collect();
    let entries = entries?;
    let (first, last) = (*entries.first()?, *entries.last()?);
    let text = context.sources.file(any.span.source).text();
    let lines = Lines { text };
    if lines.begins_item(first) && lines.begins_item(last) {
        return Some(lines.moved_behind(first, last));
    }
    let texts = entries.iter().cycle().skip(1);
    let edits = entries.iter().zip(texts).map(|(place, from)| Edit {
        span: *place,
        text: text[from.range()].to_owned(),
    });
    Some(Fix::safe(edits.collect()))
}

/// A text whose lists have an item per line or more.
struct Lines<'a> {
    text: &'a str,
}

impl Lines<'_> {
    fn start(&self, offset: usize) -> usize {
        self.text[..offset]
            .rfind('\n')
            .map_or(0, |newline| newline + 1)
    }

    /// Behind the line break; behind the text on its last line.
    fn end(&self, offset: usize) -> usize {
        let newline = self.text[offset..].find('\n');
        newline.map_or(self.text.len(), |newline| offset + newline + 1)
    }

    fn begins_item(&self, item: Span) -> bool {
        let start = item.range().start;
        self.text[self.start(start)..start].trim() == "-"
    }

    /// Moves the lines of one item behind those of another, so that comments stay with their item.
    fn moved_behind(&self, item: Span, other: Span) -> Fix {
        let lines = self.start(item.range().start)..self.end(item.range().end);
        let target = self.end(other.range().end);
        let moved = &self.text[lines.clone()];
        let is_unfinished = !self.text[..target].ends_with('\n');
        let text = if is_unfinished {
            format!("\n{}", moved.trim_end())
        } else {
            moved.to_owned()
        };
        let place = |range| Span::new(item.source, range);
        Fix::safe(vec![
            Edit {
                span: place(lines),
                text: String::new(),
            },
            Edit {
                span: place(target..target),
                text,
            },
        ])
    }
}

fn check_coverage(step: &Step, workflow: &Workflow, context: &mut Context<'_>) {
    let Some(call) = &step.call else {
        return;
    };
    let catches = |name: &str| {
        step.catch
            .iter()
            .filter_map(caught)
            .any(|error| error.value == name)
    };
    let has_route = |reason: &str| {
        let routes = workflow.exceptions.as_ref();
        routes.is_some_and(|routes| routes.value.get(reason).is_some())
    };
    if catches(ANY) {
        return;
    }
    let times_out = step.timeout.is_some()
        && !catches(TIMEOUT)
        && step.on_timeout.is_empty()
        && !has_route("TIMEOUT");
    let fails = !has_route("ERROR");
    let what = match (fails, times_out) {
        (true, true) => "an error or a timeout",
        (true, false) => "an error",
        (false, true) => "a timeout",
        (false, false) => return,
    };
    let message = format!(
        "{what} of `{}` only reaches the default queue",
        call.name.value
    );
    let finding = context.finding(call.name.span, message);
    let declared = context.model.operation(&call.name.value);
    let mut open: Vec<&str> = declared
        .iter()
        .flat_map(|(_, operation)| &operation.errors)
        .map(|error| error.value.text.as_str())
        .filter(|error| !catches(error))
        .collect();
    open.sort_unstable();
    let help = if open.is_empty() || !fails {
        "add `catch: [{error: any, raise: …}]` with a reason whose queue can replay the call"
            .to_owned()
    } else {
        format!(
            "catch {}, and last `any`, each with a reason of its own",
            listing(&open).replace(" or ", " and ")
        )
    };
    context.report(finding.help(help));
}
