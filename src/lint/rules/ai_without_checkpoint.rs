//! `ai-without-checkpoint`: answers of a model that are acted on unseen.

use std::collections::BTreeSet;

use crate::declare_rule;
use crate::expr::{self, Binary, ExpressionKind, TextRange};
use crate::lint::{Context, On};
use crate::model::Model;
use crate::model::flow::{Flow, Move, Node, Place, Way};
use crate::model::reading::{self, Moment, Use, Written};
use crate::model::walk::StepInState;
use crate::rule::ERROR;
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::directory::{Effect, QueueKind};
use crate::syntax::expressions::Expression;
use crate::syntax::step::{Check, Step};
use crate::syntax::workflow::{Ending, Workflow};

declare_rule! {
    /// Finds uses of what a model answered, that a case reaches although neither its confidence was
    /// compared with a control nor a person has looked at it.
    ///
    /// A model is an operation with `effect: model`. What counts as a look: a check that
    /// `steps.<id>.confidence` is at least a control, raising a reason whose queue people work on; an
    /// `if` or transition with that condition; an approval; and a task that is given the answer.
    /// What people are told in notifications and messages is no use.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   controls: {least_confidence: {value: 0.85, weaker: lower}}
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: guess, call: RoomAI.suggest, returns: rooms.suggestion.v1, with: {room: "${ input.room }"}, timeout: 2m}
    ///         - {id: known, call: ITSM.get_ticket, with: {ticket: "${ steps.guess.ticket }"}, returns: itsm.ticket.v1, timeout: 2m}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    ///   exceptions:
    ///     UNSURE: {class: judgement, queue: facilities-exceptions, resume: same}
    ///     default: {queue: facilities-exceptions, resume: fallback, max_returns: 3}
    /// ---
    /// systems:
    ///   RoomAI: {owner: tom.okafor, operations: {suggest: {effect: model}}}
    /// ---
    /// contracts:
    ///   rooms.suggestion.v1:
    ///     producer: RoomAI
    ///     consumers: [room-booking]
    ///     schema: {ticket: {type: string, required: true}, confidence: {type: decimal, required: true}}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   controls: {least_confidence: {value: 0.85, weaker: lower}}
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       steps:
    ///         - {id: guess, call: RoomAI.suggest, returns: rooms.suggestion.v1, with: {room: "${ input.room }"}, timeout: 2m}
    ///         - {id: sure, check: [{that: steps.guess.confidence >= controls.least_confidence, raise: UNSURE}]}
    ///         - {id: known, call: ITSM.get_ticket, with: {ticket: "${ steps.guess.ticket }"}, returns: itsm.ticket.v1, timeout: 2m}
    ///       to: done
    ///     done: {lifecycle: done, end: completed}
    ///   exceptions:
    ///     UNSURE: {class: judgement, queue: facilities-exceptions, resume: same}
    ///     default: {queue: facilities-exceptions, resume: fallback, max_returns: 3}
    /// ---
    /// systems:
    ///   RoomAI: {owner: tom.okafor, operations: {suggest: {effect: model}}}
    /// ---
    /// contracts:
    ///   rooms.suggestion.v1:
    ///     producer: RoomAI
    ///     consumers: [room-booking]
    ///     schema: {ticket: {type: string, required: true}, confidence: {type: decimal, required: true}}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Check the confidence against a control before the answer is used, and raise a reason that leads
    /// to people; or let somebody approve first.
    pub static RULE = {
        check: On::Step(check),
        id: "ai-without-checkpoint",
        summary: "a model's answer is acted on unseen",
        why: "a model is sometimes wrong, and then nobody notices before the harm is done",
        family: Approvals,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(place: &StepInState<'_>, workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let step = place.step;
    let call = context.model.call(step);
    let effect = call.and_then(|call| call.operation.effect.as_ref());
    if effect.map(|effect| effect.value) != Some(Effect::Model) {
        return;
    }
    let Some(flow) = context.flow(workflow) else {
        return;
    };
    let Some(entity) = context.model.workflow(&workflow.name.value) else {
        return;
    };
    let uses = reading::uses(context.model, &entity.body);
    let mut model = Answer {
        project: context.model,
        workflow: &entity.body,
        step: step.name(),
        shown_by: Vec::new(),
    };
    model.shown_by = model.tasks_that_show(&uses);
    let answered = flow
        .places()
        .filter(|(_, node)| matches!(node, Node::Done(done) if std::ptr::eq(done.step, step)));
    let answered: Vec<Place> = answered.map(|(place, _)| place).collect();
    let reached = flow.reach(answered, |step| !model.is_looked_at(flow, step));
    let mut reported: BTreeSet<Span> = BTreeSet::new();
    for reading in &uses {
        let Some(span) = model.reads(reading).filter(|_| !model.is_look(reading)) else {
            continue;
        };
        let mut places = flow.places().filter(|(_, node)| is_at(reading, *node));
        if places.any(|(place, _)| reached.contains(place)) && reported.insert(span) {
            report(place, span, context);
        }
    }
}

fn report(place: &StepInState<'_>, span: Span, context: &mut Context<'_>) {
    let name = place.step.name();
    let message =
        format!("the answer of the model `{name}` is used here, and nothing has judged it before");
    let finding = context.finding(span, message).help(format!(
        "check `steps.{name}.confidence >= controls.…` before, and raise a reason that leads to people"
    ));
    let call = place.step.call.as_ref();
    context.report(match call {
        Some(call) => finding.label(call.name.span, "the model answers here"),
        None => finding,
    });
}

/// What a step got from a model.
struct Answer<'m> {
    project: &'m Model,
    workflow: &'m Workflow,
    step: &'m str,
    /// Tasks that show it to whoever does them.
    shown_by: Vec<&'m Step>,
}

impl<'m> Answer<'m> {
    /// Where an expression reads the answer.
    fn reads(&self, reading: &Use<'_>) -> Option<Span> {
        let tree = expr::parse(reading.written.text()).ok()?;
        let references = tree.references().into_iter();
        let mut own = references.filter(|reference| self.is_answer(&reference.path));
        own.next().map(|found| reading.written.span(found.range))
    }

    fn is_answer(&self, path: &expr::Path) -> bool {
        path.starts_at("steps") && path.segments().nth(1) == Some(self.step)
    }

    /// True when a use is itself the judgement, or is only shown to people.
    fn is_look(&self, reading: &Use<'_>) -> bool {
        let is_shown = match reading.moment {
            Moment::Step(step) => {
                let is_text = matches!(reading.written, Written::Part(..));
                step.notify.is_some()
                    || is_shown_by(step, reading)
                    || (step.check.is_some() && is_text)
            }
            Moment::Start | Moment::Done(_) | Moment::Leave(_) | Moment::End => false,
        };
        let judges = |text: &str| expr::parse(text).is_ok_and(|tree| self.is_confident(&tree));
        is_shown
            || judges(reading.written.text())
            || reading.held.iter().any(|held| judges(&held.text))
    }

    /// True when the condition holds only for answers that are as sure as a control demands.
    fn is_confident(&self, tree: &expr::Expression) -> bool {
        let ExpressionKind::Binary {
            operator,
            left,
            right,
        } = &tree.kind
        else {
            return false;
        };
        let is_confidence = |side: &expr::Expression| {
            side.path().is_some_and(|path| {
                self.is_answer(&path) && path.segments().last() == Some("confidence")
            })
        };
        let is_control =
            |side: &expr::Expression| side.path().is_some_and(|path| path.starts_at("controls"));
        match operator {
            Binary::And => self.is_confident(left) || self.is_confident(right),
            Binary::Greater | Binary::GreaterOrEqual => is_confidence(left) && is_control(right),
            Binary::Less | Binary::LessOrEqual => is_control(left) && is_confidence(right),
            Binary::Or => self.is_confident(left) && self.is_confident(right),
            Binary::Equal
            | Binary::NotEqual
            | Binary::In
            | Binary::Add
            | Binary::Subtract
            | Binary::Multiply
            | Binary::Divide
            | Binary::Remainder => false,
        }
    }

    fn demands_confidence(&self, condition: &Expression) -> bool {
        expr::parse(&condition.text).is_ok_and(|tree| self.is_confident(&tree))
    }

    /// True when a case that makes this move has been looked at.
    fn is_looked_at(&self, flow: &Flow<'_>, step: &Move<'_>) -> bool {
        match (flow.node(step.from), step.way) {
            (Node::Step(place), way) => {
                let is_done = matches!(way, Way::Next);
                let mut shown_by = self.shown_by.iter();
                let shows = shown_by.any(|task| std::ptr::eq(*task, place.step));
                (is_done && (place.step.is_effective_approval() || shows))
                    || (self.is_checkpoint(place.step) && matches!(way, Way::Next | Way::Raise(_)))
            }
            (Node::If(_, condition), Way::Next) => self.demands_confidence(condition),
            (Node::Leave(..), Way::Transition(taken)) => {
                let when = taken.when.as_ref();
                when.is_some_and(|when| self.demands_confidence(when))
            }
            _ => false,
        }
    }

    fn tasks_that_show(&self, uses: &[Use<'m>]) -> Vec<&'m Step> {
        let tasks = uses.iter().filter_map(|reading| {
            let Moment::Step(step) = reading.moment else {
                return None;
            };
            let shows = is_shown_by(step, reading) && self.reads(reading).is_some();
            shows.then_some(step)
        });
        tasks.collect()
    }

    fn is_checkpoint(&self, step: &Step) -> bool {
        let mut checks = step.check.iter().flat_map(|checks| &checks.value);
        checks.any(|check| {
            let demands = check
                .that
                .as_ref()
                .map(|that| self.demands_confidence(that));
            demands == Some(true) && self.leads_to_people(check)
        })
    }

    /// True unless the failed check goes to a queue that machines replay.
    fn leads_to_people(&self, check: &Check) -> bool {
        let routes = self
            .workflow
            .exceptions
            .as_ref()
            .map(|routes| &routes.value);
        let reason = check.raise.as_ref().map(|raise| raise.name.value.as_str());
        let route = routes
            .zip(reason)
            .and_then(|(routes, reason)| routes.get(reason).or_else(|| routes.get("default")));
        let queue = route
            .and_then(|route| route.queue.as_ref())
            .and_then(|queue| self.project.queue(&queue.name.value));
        let kind = queue.and_then(|queue| queue.body.kind.as_ref());
        kind.map(|kind| kind.value) != Some(QueueKind::DeadLetter)
    }
}

/// True when the expression is part of what a task gives to whoever does it.
fn is_shown_by(step: &Step, reading: &Use<'_>) -> bool {
    let given = step.with.as_ref().filter(|_| step.task.is_some());
    let span = reading.written.span(TextRange::default());
    given.is_some_and(|with| with.span.contains(span))
}

/// True for the places where an expression is computed.
fn is_at(reading: &Use<'_>, node: Node<'_>) -> bool {
    match (reading.moment, node) {
        (Moment::Start, Node::Start) => true,
        (Moment::Step(step), Node::If(place, condition)) => {
            std::ptr::eq(step, place.step)
                && matches!(reading.written, Written::Bare(own) if std::ptr::eq(own, condition))
        }
        (Moment::Step(step), Node::Step(place)) => {
            let own = step.condition.as_ref().map(|condition| condition.span);
            let is_condition =
                matches!(reading.written, Written::Bare(written) if Some(written.span) == own);
            std::ptr::eq(step, place.step) && !is_condition
        }
        (Moment::Done(step), Node::Done(place)) => std::ptr::eq(step, place.step),
        (Moment::Leave(state), Node::Leave(_, left)) => std::ptr::eq(state, left),
        (Moment::End, Node::State(_, state)) => state
            .end
            .as_ref()
            .is_some_and(|end| end.value == Ending::Completed),
        _ => false,
    }
}
