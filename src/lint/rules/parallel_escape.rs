//! `parallel-escape`: jumps out of parallel work, and joins that cannot do their job.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::ERROR;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::references::StateReference;
use crate::syntax::step::{ForEach, Join, Parallel, Step};
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds jumps out of work that runs at the same time as other work, and joins that cannot do
    /// their job.
    ///
    /// A `to:` in `catch` or `on_timeout` moves the case while the other branches, or the other items
    /// of a `for_each` with `at_once`, are still being worked on. A `raise:` does not: it stops them,
    /// and somebody decides how the case goes on. A join cannot do its job when there is no branch,
    /// and when `join: any` has a branch without steps, which is done before the others begin.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - id: prepare
    ///           parallel:
    ///             branches:
    ///               room: [{id: book, task: Book the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}]
    ///               food: [{id: order, task: Order the food, assign: {queue: facilities}, timeout: 6h, on_timeout: [{to: done}]}]
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
    ///         - id: prepare
    ///           parallel:
    ///             branches:
    ///               room: [{id: book, task: Book the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}]
    ///               food: [{id: order, task: Order the food, assign: {queue: facilities}, timeout: 6h, on_timeout: [{raise: TIMEOUT}]}]
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Raise a reason instead of jumping, and let its `resume` name the state.
    pub static RULE = {
        check: On::Workflow(check),
        id: "parallel-escape",
        summary: "a jump out of parallel work, or a join that cannot do its job",
        why: "work goes on in branches of a case that is already somewhere else",
        family: Structure,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    for (_, state) in workflow.body.all_states() {
        for step in &state.steps {
            walk(step, None, context);
        }
    }
}

/// What runs at the same time as a step.
#[derive(Clone, Copy)]
enum Beside<'a> {
    /// The other branches of a step.
    Branches {
        step: &'a str,
        branch: &'a Spanned<String>,
    },
    /// The other items of a step.
    Items {
        step: &'a str,
        list: &'a Spanned<ForEach>,
    },
}

fn walk<'a>(step: &'a Step, beside: Option<Beside<'a>>, context: &mut Context<'_>) {
    if let Some(beside) = beside {
        for target in jumps(step) {
            report_jump(step, target, beside, context);
        }
    }
    if let Some(parallel) = &step.parallel {
        check_join(step, parallel, context);
        let branches = parallel.value.branches.iter();
        for (branch, steps) in branches.flat_map(|branches| branches.iter()) {
            let is_alone = count(&parallel.value) < 2;
            let others = Beside::Branches {
                step: step.name(),
                branch,
            };
            let beside = if is_alone { beside } else { Some(others) };
            for nested in steps {
                walk(nested, beside, context);
            }
        }
    }
    if let Some(list) = &step.for_each {
        let at_once = list.value.at_once.as_ref();
        let others = Beside::Items {
            step: step.name(),
            list,
        };
        let is_concurrent = at_once.is_some_and(|number| number.value > 1);
        let beside = if is_concurrent { Some(others) } else { beside };
        for nested in list.value.steps.iter().flatten() {
            walk(nested, beside, context);
        }
    }
}

fn count(parallel: &Parallel) -> usize {
    let branches = parallel.branches.iter();
    branches.flat_map(|branches| branches.iter()).count()
}

/// Every state that the step itself moves the case to.
fn jumps(step: &Step) -> impl Iterator<Item = &StateReference> {
    let approve = step.approve.iter();
    let rungs = approve.flat_map(|approve| &approve.value.on_timeout);
    let rungs = rungs.chain(&step.on_timeout);
    let caught = step.catch.iter().filter_map(|catch| catch.to.as_ref());
    caught.chain(rungs.filter_map(|rung| rung.to.as_ref()))
}

fn report_jump(
    step: &Step,
    target: &StateReference,
    beside: Beside<'_>,
    context: &mut Context<'_>,
) {
    let name = step.name();
    let state = &target.name.value;
    let (message, place, label) = match beside {
        Beside::Branches { step, branch } => (
            format!(
                "`{name}` moves the case to `{state}` while other branches of `{step}` still run"
            ),
            branch.span,
            format!("`{name}` runs in this branch"),
        ),
        Beside::Items { step, list } => (
            format!(
                "`{name}` moves the case to `{state}` while other items of `{step}` are worked on"
            ),
            list.span,
            "several items are worked on at the same time".to_owned(),
        ),
    };
    context.report(
        context
            .finding(target.name.span, message)
            .label(place, label)
            .help(format!(
                "raise a reason instead, which stops the rest, and let it `resume` in `{state}`"
            )),
    );
}

fn check_join(step: &Step, parallel: &Spanned<Parallel>, context: &mut Context<'_>) {
    let Some(branches) = &parallel.value.branches else {
        return;
    };
    let name = step.name();
    let span = step.name_span().unwrap_or(parallel.span);
    if branches.is_empty() {
        context.report(
            context
                .finding(span, format!("`{name}` has no branches to wait for"))
                .help("add two branches with steps, or remove the step"),
        );
    }
    let join = parallel.value.join.as_ref();
    let Some(join) = join.filter(|join| join.value == Join::Any) else {
        return;
    };
    let empty = branches.iter().find(|(_, steps)| steps.is_empty());
    if let Some((branch, _)) = empty {
        let message = format!(
            "the branch `{}` of `{name}` is done before the others begin",
            branch.value
        );
        context.report(
            context
                .finding(branch.span, message)
                .note("nothing is done in this branch")
                .label(
                    join.span,
                    "the first branch that is done cancels the others",
                )
                .help("put the steps into the branch, or remove it"),
        );
    }
}
