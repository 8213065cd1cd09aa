//! Steps of a workflow with their surroundings, and the one kind that each step has.

use crate::source::{Span, Spanned};
use crate::syntax::references::{DecisionReference, OperationReference, WorkflowReference};
use crate::syntax::step::{
    Approve, Check, Emit, ForEach, Match, Notify, Parallel, Party, Step, Wait,
};
use crate::syntax::workflow::{State, Workflow};

/// A step with the state it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct StepInState<'a> {
    /// The name of the state.
    pub state_name: &'a Spanned<String>,
    /// The state.
    pub state: &'a State,
    /// The step.
    pub step: &'a Step,
}

/// What kind of work a step is.
#[derive(Debug, Clone, Copy)]
pub enum StepKind<'a> {
    /// Assertions.
    Check(&'a Spanned<Vec<Check>>),
    /// An n-way match.
    Match(&'a Spanned<Match>),
    /// A decision table.
    Route(&'a DecisionReference),
    /// An operation of a system.
    Call(&'a OperationReference),
    /// Work for a person.
    Task(&'a Spanned<String>),
    /// A decision by people.
    Approve(&'a Spanned<Approve>),
    /// Time or an event.
    Wait(&'a Spanned<Wait>),
    /// A notification.
    Notify(&'a Spanned<Notify>),
    /// An event.
    Emit(&'a Spanned<Emit>),
    /// Another workflow.
    Run(&'a WorkflowReference),
    /// Parallel branches.
    Parallel(&'a Spanned<Parallel>),
    /// Steps for every item.
    ForEach(&'a Spanned<ForEach>),
}

impl StepKind<'_> {
    /// The key that authors write.
    pub fn key(&self) -> &'static str {
        match self {
            StepKind::Check(_) => "check",
            StepKind::Match(_) => "match",
            StepKind::Route(_) => "route",
            StepKind::Call(_) => "call",
            StepKind::Task(_) => "task",
            StepKind::Approve(_) => "approve",
            StepKind::Wait(_) => "wait",
            StepKind::Notify(_) => "notify",
            StepKind::Emit(_) => "emit",
            StepKind::Run(_) => "run",
            StepKind::Parallel(_) => "parallel",
            StepKind::ForEach(_) => "for_each",
        }
    }

    /// The value of the key.
    pub fn span(&self) -> Span {
        match self {
            StepKind::Check(value) => value.span,
            StepKind::Match(value) => value.span,
            StepKind::Route(value) => value.name.span,
            StepKind::Call(value) => value.name.span,
            StepKind::Task(value) => value.span,
            StepKind::Approve(value) => value.span,
            StepKind::Wait(value) => value.span,
            StepKind::Notify(value) => value.span,
            StepKind::Emit(value) => value.span,
            StepKind::Run(value) => value.name.span,
            StepKind::Parallel(value) => value.span,
            StepKind::ForEach(value) => value.span,
        }
    }
}

impl Step {
    /// Every kind that is written; a sound step has exactly one.
    pub fn kinds(&self) -> Vec<StepKind<'_>> {
        let kinds = [
            self.check.as_ref().map(StepKind::Check),
            self.matching.as_ref().map(StepKind::Match),
            self.route.as_ref().map(StepKind::Route),
            self.call.as_ref().map(StepKind::Call),
            self.task.as_ref().map(StepKind::Task),
            self.approve.as_ref().map(StepKind::Approve),
            self.wait.as_ref().map(StepKind::Wait),
            self.notify.as_ref().map(StepKind::Notify),
            self.emit.as_ref().map(StepKind::Emit),
            self.run.as_ref().map(StepKind::Run),
            self.parallel.as_ref().map(StepKind::Parallel),
            self.for_each.as_ref().map(StepKind::ForEach),
        ];
        kinds.into_iter().flatten().collect()
    }

    /// The kind, when exactly one is written.
    pub fn kind(&self) -> Option<StepKind<'_>> {
        match self.kinds()[..] {
            [kind] => Some(kind),
            _ => None,
        }
    }

    /// The id; empty when it is missing.
    pub fn name(&self) -> &str {
        self.id.as_ref().map_or("", |id| id.value.text.as_str())
    }

    /// Where the id is written; without an id, where the kind is.
    pub fn name_span(&self) -> Option<Span> {
        let id = self.id.as_ref().map(|id| id.span);
        id.or_else(|| self.kinds().first().map(StepKind::span))
    }

    /// The steps inside this one: branches and items.
    pub fn nested(&self) -> impl Iterator<Item = &Step> {
        let branches = self.parallel.iter().flat_map(|parallel| {
            parallel
                .value
                .branches
                .iter()
                .flat_map(|branches| branches.iter().flat_map(|(_, steps)| steps))
        });
        let items = self
            .for_each
            .iter()
            .flat_map(|for_each| for_each.value.steps.iter().flatten());
        branches.chain(items)
    }

    /// The steps inside this one, for changing them.
    pub fn nested_mut(&mut self) -> impl Iterator<Item = &mut Step> {
        let branches = self.parallel.iter_mut().flat_map(|parallel| {
            let branches = parallel.value.branches.iter_mut();
            branches.flat_map(|branches| branches.iter_mut().flat_map(|(_, steps)| steps))
        });
        let items = self
            .for_each
            .iter_mut()
            .flat_map(|for_each| for_each.value.steps.iter_mut().flatten());
        branches.chain(items)
    }

    /// Adds this step and everything inside it, in written order.
    pub fn collect<'a>(&'a self, steps: &mut Vec<&'a Step>) {
        steps.push(self);
        for step in self.nested() {
            step.collect(steps);
        }
    }
}

impl State {
    /// Every step in written order, those inside branches and items too.
    pub fn all_steps(&self) -> Vec<&Step> {
        let mut steps = Vec::new();
        for step in &self.steps {
            step.collect(&mut steps);
        }
        steps
    }
}

impl Workflow {
    /// Every state in written order.
    pub fn all_states(&self) -> impl Iterator<Item = (&Spanned<String>, &State)> {
        self.states.iter().flat_map(|states| states.value.iter())
    }

    /// Every step in written order with its state, those inside branches and items too.
    pub fn all_steps(&self) -> impl Iterator<Item = StepInState<'_>> {
        self.all_states().flat_map(|(state_name, state)| {
            state.all_steps().into_iter().map(move |step| StepInState {
                state_name,
                state,
                step,
            })
        })
    }
}

/// Where a party is written, when it names anybody.
pub fn party_span(party: &Party) -> Option<Span> {
    let role = party.role.as_ref().map(|role| role.name.span);
    role.or_else(|| party.team.as_ref().map(|team| team.name.span))
        .or_else(|| party.person.as_ref().map(|person| person.span))
        .or_else(|| party.expression.as_ref().map(|expression| expression.span))
}
