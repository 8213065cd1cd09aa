//! `unnamed-threshold`: amounts that decide about an approval and have no name.

use crate::declare_rule;
use crate::diagnostic::{Edit, Fix};
use crate::expr::{self, Binary, Environment, ExpressionKind, Literal, Proven, Type, Unary};
use crate::lint::{Context, On};
use crate::model::flow::{Flow, Move, Node, Way};
use crate::rule::WARNING;
use crate::syntax::Entity;
use crate::syntax::expressions::Expression;
use crate::syntax::step::Step;
use crate::syntax::workflow::{Ending, State, Transition, Workflow};
use crate::yaml::edit;

declare_rule! {
    /// Finds amounts written out in the conditions that decide whether somebody must approve: `if`
    /// of an approval, `waive_when`, and transitions of which one leads to an approval and another to
    /// a completed end without one.
    ///
    /// A number counts as an amount where a field is compared with it by `<`, `<=`, `>` or `>=`. Sizes
    /// of lists do not count, and neither does 0.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   trigger: {form: room-request, input: {room: string, cost: decimal}, dedupe: input.room}
    ///   controls: {least: {value: 5.00, weaker: higher}}
    ///   states:
    ///     new:
    ///       lifecycle: waiting
    ///       steps:
    ///         - id: cost_ok
    ///           if: input.cost > 500
    ///           approve: {by: [{role: budget_owner}], exclude: [case.requester], evidence: [offer], timeout: 1d, delegate: {role: budget_deputy}, on_timeout: [{ask: {role: it_lead}, timeout: 1d}]}
    ///       transitions:
    ///         - {to: refused, when: steps.cost_ok.decision == 'rejected'}
    ///         - {to: done, else: true}
    ///     refused: {lifecycle: done, end: rejected}
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   trigger: {form: room-request, input: {room: string, cost: decimal}, dedupe: input.room}
    ///   controls: {approval_from: {value: 500.00, weaker: higher}}
    ///   states:
    ///     new:
    ///       lifecycle: waiting
    ///       steps:
    ///         - id: cost_ok
    ///           if: input.cost > controls.approval_from
    ///           approve: {by: [{role: budget_owner}], exclude: [case.requester], evidence: [offer], timeout: 1d, delegate: {role: budget_deputy}, on_timeout: [{ask: {role: it_lead}, timeout: 1d}]}
    ///       transitions:
    ///         - {to: refused, when: steps.cost_ok.decision == 'rejected'}
    ///         - {to: done, else: true}
    ///     refused: {lifecycle: done, end: rejected}
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Name the amount under `controls:` and say in which direction it becomes weaker;
    /// `--fix=unsafe` does.
    pub static RULE = {
        check: On::Workflow(check),
        id: "unnamed-threshold",
        summary: "an amount without a name decides about an approval",
        why: "without a name and a direction, no review sees that a limit was raised",
        family: Approvals,
        level: WARNING,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

/// A number that a field is compared with.
struct Amount<'e> {
    literal: &'e expr::Expression,
    subject: &'e expr::Expression,
    /// True when the condition asks for more than the number.
    asks_for_more: bool,
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let environment = context.model.environment(&workflow.body);
    let ahead = context.flow(workflow).map(|flow| (flow, Ahead::of(flow)));
    for (_, state) in workflow.body.all_states() {
        for step in state.all_steps() {
            if let Some(condition) = step.condition.as_ref().filter(|_| holds_approval(step)) {
                look(workflow, condition, Some(true), &environment, context);
            }
            let approve = step.approve.as_ref();
            if let Some(waiver) = approve.and_then(|approve| approve.value.waive_when.as_ref()) {
                look(workflow, waiver, Some(false), &environment, context);
            }
        }
        if let Some((flow, ahead)) = &ahead {
            for (transition, leads_to_approval) in ahead.choices(flow, state) {
                if let Some(when) = &transition.when {
                    look(workflow, when, leads_to_approval, &environment, context);
                }
            }
        }
    }
}

fn holds_approval(step: &Step) -> bool {
    step.approve.is_some() || step.nested().any(holds_approval)
}

/// What lies ahead of each place of a workflow, by the number of the place, when nothing goes wrong.
struct Ahead {
    approval: Vec<bool>,
    completion_without_one: Vec<bool>,
}

impl Ahead {
    fn of(flow: &Flow<'_>) -> Self {
        let is_approval = |node: Node<'_>| matches!(node, Node::If(place, _) | Node::Step(place) if place.step.approve.is_some());
        let completes = |node: Node<'_>| matches!(node, Node::State(_, state) if state.end.as_ref().is_some_and(|end| end.value == Ending::Completed));
        let passes = |step: &Move<'_>| match step.way {
            Way::Next | Way::Skip | Way::To(_) | Way::Transition(_) => {
                !is_approval(flow.node(step.from))
            }
            Way::Raise(_)
            | Way::BuiltIn
            | Way::Resume(_)
            | Way::GiveUp(_)
            | Way::Jump(_)
            | Way::TimedDecision(_) => false,
        };
        Ahead {
            approval: flow.leads_to(is_approval, passes),
            completion_without_one: flow.leads_to(completes, passes),
        }
    }

    /// True when an approval lies ahead, false when a completed end does without one.
    fn leads_to_approval(&self, flow: &Flow<'_>, transition: &Transition) -> Option<bool> {
        let target = flow.state(&transition.to.as_ref()?.name.value)?.index();
        if self.approval[target] {
            return Some(true);
        }
        self.completion_without_one[target].then_some(false)
    }

    /// The transitions of a state that leads both to an approval and round it; with each, which of
    /// the two it does, when it is one of them.
    fn choices<'a>(
        &self,
        flow: &Flow<'a>,
        state: &'a State,
    ) -> Vec<(&'a Transition, Option<bool>)> {
        let transitions = state.transitions.iter().flat_map(|list| &list.value);
        let judged: Vec<(&Transition, Option<bool>)> = transitions
            .map(|transition| (transition, self.leads_to_approval(flow, transition)))
            .collect();
        let leads = |wanted: bool| judged.iter().any(|(_, leads)| *leads == Some(wanted));
        if leads(true) && leads(false) {
            judged
        } else {
            Vec::new()
        }
    }
}

/// Reports the amounts of a condition; `needed` says whether it asks for the approval or waives it.
fn look(
    workflow: &Entity<Workflow>,
    written: &Expression,
    needed: Option<bool>,
    environment: &Environment,
    context: &mut Context<'_>,
) {
    let Ok(tree) = expr::parse(&written.text) else {
        return;
    };
    let mut amounts = Vec::new();
    collect(&tree, true, environment, &mut amounts);
    for amount in amounts {
        report(workflow, written, &amount, needed, context);
    }
}

fn collect<'e>(
    tree: &'e expr::Expression,
    truth: bool,
    environment: &Environment,
    amounts: &mut Vec<Amount<'e>>,
) {
    if let ExpressionKind::Unary {
        operator: Unary::Not,
        operand,
    } = &tree.kind
    {
        return collect(operand, !truth, environment, amounts);
    }
    let Some((left, right, left_is_more)) = ordered(tree) else {
        for child in tree.children() {
            collect(child, truth, environment, amounts);
        }
        return;
    };
    for (literal, subject, is_more) in [(right, left, left_is_more), (left, right, !left_is_more)] {
        if is_amount(literal) && is_measured(subject, environment) {
            amounts.push(Amount {
                literal,
                subject,
                asks_for_more: is_more == truth,
            });
        }
    }
}

/// The sides of a comparison by size, and whether the left one must be more.
fn ordered(tree: &expr::Expression) -> Option<(&expr::Expression, &expr::Expression, bool)> {
    let ExpressionKind::Binary {
        operator,
        left,
        right,
    } = &tree.kind
    else {
        return None;
    };
    let is_more = matches!(operator, Binary::Greater | Binary::GreaterOrEqual);
    let is_less = matches!(operator, Binary::Less | Binary::LessOrEqual);
    (is_more || is_less).then_some((&**left, &**right, is_more))
}

/// True for a number other than 0.
fn is_amount(tree: &expr::Expression) -> bool {
    if let ExpressionKind::Unary {
        operator: Unary::Minus,
        operand,
    } = &tree.kind
    {
        return is_amount(operand);
    }
    let ExpressionKind::Literal(literal) = &tree.kind else {
        return false;
    };
    match literal {
        Literal::Integer(number) => *number != 0,
        Literal::Decimal(number) => !number.is_zero(),
        Literal::Null | Literal::Boolean(_) | Literal::Text(_) => false,
    }
}

/// True for a number that the case brings, other than a size.
fn is_measured(tree: &expr::Expression, environment: &Environment) -> bool {
    let counts = matches!(
        &tree.kind,
        ExpressionKind::Method { method: name, .. } | ExpressionKind::Call { function: name, .. }
            if &*name.text == "size"
    );
    let of = expr::check(tree, environment, &Proven::new()).of;
    let references = tree.references();
    let reads_case = references
        .iter()
        .any(|reference| !reference.path.starts_at("controls"));
    !counts && reads_case && matches!(of, Type::Integer | Type::Decimal)
}

fn report(
    workflow: &Entity<Workflow>,
    written: &Expression,
    amount: &Amount<'_>,
    needed: Option<bool>,
    context: &mut Context<'_>,
) {
    let span = written.offsets.span(amount.literal.range.range());
    let number = amount.literal.range.of(&written.text);
    let name = free_name(workflow, amount.subject);
    let higher_is_weaker = needed.is_none_or(|needed| needed == amount.asks_for_more);
    let weaker = if higher_is_weaker { "higher" } else { "lower" };
    let message =
        format!("whether somebody must approve hangs on `{number}`, an amount without a name");
    let finding = context.finding(span, message).help(format!(
        "name it under `controls:` and write `controls.{name}` here"
    ));
    let control = format!("{{value: {number}, weaker: {weaker}}}");
    context.report(match declare(workflow, &name, &control, context) {
        Some(declared) => finding.fix(Fix::needs_a_look(vec![
            declared,
            Edit {
                span,
                text: format!("controls.{name}"),
            },
        ])),
        None => finding,
    });
}

/// A name for the amount that no control has.
fn free_name(workflow: &Entity<Workflow>, subject: &expr::Expression) -> String {
    let references = subject.references();
    let read = references.first().map(|reference| &reference.path);
    let last = read.and_then(|path| path.segments().filter(|it| !it.starts_with('[')).last());
    let base = format!("{}_limit", last.unwrap_or("amount"));
    let is_taken = |name: &str| workflow.body.controls.names().any(|taken| taken == name);
    let numbered = (2_usize..).map(|number| format!("{base}_{number}"));
    let mut names = std::iter::once(base.clone()).chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or(base)
}

fn declare(
    workflow: &Entity<Workflow>,
    name: &str,
    control: &str,
    context: &Context<'_>,
) -> Option<Edit> {
    match context.entry_below(workflow.key, "controls") {
        Some(entry) => {
            let text = context.sources.file(workflow.key.source).text();
            edit::insert_entry(entry.value.mapping()?, text, name, control)
        }
        None => context.insert_below(workflow.key, "controls", &format!("{{{name}: {control}}}")),
    }
}
