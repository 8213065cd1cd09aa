//! Every expression of a workflow: what it must give, when it is computed, and what its siblings
//! have told by then.

use crate::expr::{self, Environment, Proven, TextRange, Type};
use crate::model::Model;
use crate::model::flow::Node;
use crate::source::Span;
use crate::syntax::expressions::{Data, Expression, Template, TemplatePart};
use crate::syntax::step::{Emit, LadderRung, Notify, Party, Step, Wait, WaitFor};
use crate::syntax::workflow::{Ending, State, Workflow};

/// One expression of a workflow.
#[derive(Debug)]
pub struct Use<'a> {
    /// Its characters.
    pub written: Written<'a>,
    /// What it must give.
    pub demand: Demand,
    /// When it is computed.
    pub moment: Moment<'a>,
    /// Names that are known here only, with their types.
    pub locals: Vec<(String, Type)>,
    /// Conditions that have held by then.
    pub held: Vec<&'a Expression>,
    /// Conditions that have failed by then.
    pub failed: Vec<&'a Expression>,
}

/// The characters of an expression.
#[derive(Debug, Clone, Copy)]
pub enum Written<'a> {
    /// A bare expression.
    Bare(&'a Expression),
    /// A `${ }` part of a text.
    Part(&'a Template, TemplatePart<'a>),
}

impl<'a> Written<'a> {
    /// The text of the expression.
    pub fn text(&self) -> &'a str {
        match self {
            Written::Bare(expression) => &expression.text,
            Written::Part(_, part) => part.text,
        }
    }

    /// The characters of the file for a range of the text.
    pub fn span(&self, range: TextRange) -> Span {
        let range = range.range();
        match self {
            Written::Bare(expression) => expression.offsets.span(range),
            Written::Part(template, part) => template
                .offsets
                .span(part.start + range.start..part.start + range.end),
        }
    }
}

/// What an expression must give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// True or false.
    Condition,
    /// Anything.
    Value,
    /// A list.
    List,
    /// A number.
    Number,
    /// Somebody who may not decide; a step that was not done excludes nobody.
    Excluded,
}

/// When an expression is computed.
#[derive(Debug, Clone, Copy)]
pub enum Moment<'a> {
    /// When a case begins.
    Start,
    /// When a step begins.
    Step(&'a Step),
    /// When a step is complete.
    Done(&'a Step),
    /// When the steps of a state are complete.
    Leave(&'a State),
    /// When a case ends as completed.
    End,
}

/// What tells one moment of a workflow from every other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Identity {
    Start,
    Step(*const Step),
    Done(*const Step),
    Leave(*const State),
    End,
}

impl<'a> Moment<'a> {
    pub(super) fn identity(self) -> Identity {
        match self {
            Moment::Start => Identity::Start,
            Moment::Step(step) => Identity::Step(step),
            Moment::Done(step) => Identity::Done(step),
            Moment::Leave(state) => Identity::Leave(state),
            Moment::End => Identity::End,
        }
    }

    /// The moment at which something is computed in a place of the graph.
    pub(super) fn in_place(node: Node<'a>) -> Option<Self> {
        match node {
            Node::Start => Some(Moment::Start),
            Node::If(place, _) => Some(Moment::Step(place.step)),
            Node::Step(place) => {
                (place.step.condition.is_none()).then_some(Moment::Step(place.step))
            }
            Node::Done(place) => Some(Moment::Done(place.step)),
            Node::Leave(_, state) => Some(Moment::Leave(state)),
            Node::State(_, state) => {
                let end = state.end.as_ref();
                end.filter(|end| end.value == Ending::Completed)
                    .map(|_| Moment::End)
            }
            Node::Exception { .. } | Node::Fallback | Node::Elsewhere | Node::BranchEnd => None,
        }
    }
}

/// Every expression of a workflow, in written order.
pub(super) fn of<'a>(
    model: &'a Model,
    workflow: &'a Workflow,
    environment: &Environment,
) -> Vec<Use<'a>> {
    let mut collector = Collector {
        model,
        environment,
        uses: Vec::new(),
        locals: Vec::new(),
    };
    for trigger in workflow
        .trigger
        .iter()
        .flat_map(|trigger| &trigger.value.items)
    {
        collector.bare(trigger.filter.as_ref(), Demand::Condition, Moment::Start);
        collector.bare(trigger.dedupe.as_ref(), Demand::Value, Moment::Start);
    }
    for proof in &workflow.proof {
        collector.bare(proof.that.as_ref(), Demand::Condition, Moment::End);
    }
    for (_, output) in workflow.outputs.iter() {
        collector.bare(Some(output), Demand::Value, Moment::End);
    }
    for (_, state) in workflow.all_states() {
        state.steps.iter().for_each(|step| collector.step(step));
        collector.transitions(state);
    }
    collector.uses
}

struct Collector<'a, 'e> {
    model: &'a Model,
    environment: &'e Environment,
    uses: Vec<Use<'a>>,
    /// Names of the loops around.
    locals: Vec<(String, Type)>,
}

impl<'a> Collector<'a, '_> {
    fn add(&mut self, written: Written<'a>, demand: Demand, moment: Moment<'a>) -> &mut Use<'a> {
        self.uses.push(Use {
            written,
            demand,
            moment,
            locals: self.locals.clone(),
            held: Vec::new(),
            failed: Vec::new(),
        });
        let last = self.uses.len() - 1;
        &mut self.uses[last]
    }

    fn bare(&mut self, expression: Option<&'a Expression>, demand: Demand, moment: Moment<'a>) {
        if let Some(expression) = expression {
            self.add(Written::Bare(expression), demand, moment);
        }
    }

    fn template(&mut self, template: &'a Template, moment: Moment<'a>) {
        for part in template.parts() {
            self.add(Written::Part(template, part), Demand::Value, moment);
        }
    }

    fn data(&mut self, data: &'a Data, moment: Moment<'a>) {
        match data {
            Data::Null | Data::Boolean(_) | Data::Number(_) => {}
            Data::Text(template) => self.template(template, moment),
            Data::List(items) => items.iter().for_each(|item| self.data(&item.value, moment)),
            Data::Map(entries) => entries
                .iter()
                .for_each(|(_, value)| self.data(&value.value, moment)),
        }
    }

    fn party(&mut self, party: &'a Party, moment: Moment<'a>) {
        if let Some(person) = &party.person {
            self.template(person, moment);
        }
        self.bare(party.expression.as_ref(), Demand::Value, moment);
    }

    fn ladder(&mut self, rungs: &'a [LadderRung], moment: Moment<'a>) {
        for party in rungs.iter().filter_map(|rung| rung.ask.as_ref()) {
            self.party(party, moment);
        }
    }

    fn transitions(&mut self, state: &'a State) {
        let mut failed: Vec<&'a Expression> = Vec::new();
        for transition in state.transitions.iter().flat_map(|list| &list.value) {
            let Some(when) = &transition.when else {
                continue;
            };
            let earlier = failed.clone();
            self.add(Written::Bare(when), Demand::Condition, Moment::Leave(state))
                .failed = earlier;
            failed.push(when);
        }
    }

    fn step(&mut self, step: &'a Step) {
        let moment = Moment::Step(step);
        let from = self.uses.len();
        self.work(step, moment);
        // Whatever a step computes, its condition has held by then.
        if let Some(condition) = &step.condition {
            for reading in &mut self.uses[from..] {
                reading.held.insert(0, condition);
            }
            self.add(Written::Bare(condition), Demand::Condition, moment);
        }
        if let Some(for_each) = &step.for_each {
            self.bare(for_each.value.list.as_ref(), Demand::List, moment);
            self.items(step);
        }
        for branch in step
            .parallel
            .iter()
            .filter_map(|parallel| parallel.value.branches.as_ref())
        {
            branch
                .iter()
                .flat_map(|(_, steps)| steps)
                .for_each(|step| self.step(step));
        }
    }

    /// The steps of a loop, which know the item.
    fn items(&mut self, step: &'a Step) {
        let Some(for_each) = &step.for_each else {
            return;
        };
        let list = for_each
            .value
            .list
            .as_ref()
            .and_then(|list| expr::parse(&list.text).ok());
        let environment = self
            .locals
            .iter()
            .fold(self.environment.clone(), |environment, (name, of)| {
                environment.with(name, of.clone())
            });
        let of = list.map_or(Type::Any, |list| {
            let outcome = expr::check(&list, &environment, &Proven::new());
            if let Type::List(item) = &outcome.of {
                item.as_ref().clone()
            } else {
                Type::Any
            }
        });
        let name = for_each
            .value
            .item
            .as_ref()
            .map(|item| item.value.text.clone());
        let known = self.locals.len();
        self.locals.extend(name.map(|name| (name, of)));
        for step in for_each.value.steps.iter().flatten() {
            self.step(step);
        }
        self.locals.truncate(known);
    }

    fn work(&mut self, step: &'a Step, moment: Moment<'a>) {
        self.checks(step, moment);
        if let Some(matching) = &step.matching {
            self.bare(matching.value.claim.as_ref(), Demand::List, moment);
            for (_, lines) in matching
                .value
                .against
                .iter()
                .flat_map(|against| against.iter())
            {
                self.bare(Some(lines), Demand::List, moment);
            }
            for comparison in &matching.value.compare {
                self.bare(comparison.tolerance.as_ref(), Demand::Number, moment);
            }
        }
        self.approval(step, moment);
        self.messages(step, moment);
        if let Some(assign) = &step.assign {
            if let Some(person) = &assign.person {
                self.template(person, moment);
            }
            if let Some(queue) = &assign.queue {
                self.template(queue, moment);
            }
        }
        if let Some(with) = &step.with {
            self.data(&with.value, moment);
        }
        self.bare(step.idempotency_key.as_ref(), Demand::Value, moment);
        self.ladder(&step.on_timeout, moment);
        if let Some(with) = step
            .compensate
            .as_ref()
            .and_then(|compensate| compensate.value.with.as_ref())
        {
            self.data(&with.value, Moment::Done(step));
        }
    }

    fn checks(&mut self, step: &'a Step, moment: Moment<'a>) {
        let mut held: Vec<&'a Expression> = Vec::new();
        for check in step.check.iter().flat_map(|checks| &checks.value) {
            if let Some(that) = &check.that {
                let earlier = held.clone();
                self.add(Written::Bare(that), Demand::Condition, moment)
                    .held = earlier;
                held.push(that);
            }
            if let Some(message) = &check.message {
                self.template(message, moment);
            }
        }
    }

    fn approval(&mut self, step: &'a Step, moment: Moment<'a>) {
        let Some(approve) = step.approve.as_ref().map(|approve| &approve.value) else {
            return;
        };
        self.bare(approve.waive_when.as_ref(), Demand::Condition, moment);
        for party in approve
            .by
            .iter()
            .flat_map(|by| &by.items)
            .chain(&approve.delegate)
        {
            self.party(party, moment);
        }
        for excluded in &approve.exclude {
            self.bare(Some(excluded), Demand::Excluded, moment);
        }
        self.ladder(&approve.on_timeout, moment);
    }

    fn messages(&mut self, step: &'a Step, moment: Moment<'a>) {
        if let Some(Notify::Message(message)) = step.notify.as_ref().map(|notify| &notify.value) {
            for template in message.to.iter().chain(&message.message) {
                self.template(template, moment);
            }
        }
        if let Some(Emit::Published(event)) = step.emit.as_ref().map(|emit| &emit.value)
            && let Some(with) = &event.with
        {
            self.data(&with.value, moment);
        }
        if let Some(Wait::Until(wait)) = step.wait.as_ref().map(|wait| &wait.value) {
            self.bare(wait.until.as_ref(), Demand::Value, moment);
            self.awaited(wait, moment);
        }
    }

    /// A filter of a wait knows the event.
    fn awaited(&mut self, wait: &'a WaitFor, moment: Moment<'a>) {
        let Some(filter) = &wait.filter else { return };
        let event = match &wait.contract {
            Some(contract) => self.model.contract_type(&contract.name.value),
            None => Type::Any,
        };
        let reading = self.add(Written::Bare(filter), Demand::Condition, moment);
        reading.locals.push(("event".to_owned(), event));
    }
}
