//! Data that crosses a boundary: what is given on one side, and what the other side takes.
//!
//! A `contract:` beside `with` describes what is sent. Where `with` has one key that is no field of
//! the contract and that holds an object, the contract describes this object, as in
//! `with: {employee: "${ input }"}`.

use super::Model;
use super::fit::{self, Misfit, Typed};
use super::shape::{FieldShape, Shape};
use super::walk::StepKind;
use crate::expr::Type;
use crate::source::{Span, Spanned};
use crate::syntax::expressions::Data;
use crate::syntax::references::{ContractReference, OperationReference};
use crate::syntax::step::{Emit, Step};
use crate::syntax::workflow::Workflow;

/// One crossing of a boundary at which something does not fit.
#[derive(Debug)]
pub struct Mismatch<'a> {
    /// What is wrong.
    pub misfit: Misfit,
    /// What is given.
    pub given: Given<'a>,
    /// Who takes it: the name of a contract or workflow.
    pub taker: &'a str,
    /// Where the author names the taker, or what is given when data of one contract goes to another.
    pub span: Span,
}

/// What is given.
#[derive(Debug, Clone, Copy)]
pub enum Given<'a> {
    /// Written data; below the key of the object that the contract describes, when there is one.
    Written(&'a Spanned<Data>, Option<&'a str>),
    /// Nothing, where something must be.
    Nothing,
    /// The data of a contract.
    Contract(&'a str),
    /// What a workflow hands back.
    Outputs(&'a str),
}

/// The fields that one side takes.
struct Taken<'a> {
    name: &'a str,
    fields: Vec<FieldShape>,
}

impl Model {
    /// Everything that does not fit at the boundaries of a workflow, in written order.
    pub fn mismatches<'a>(&'a self, workflow: &'a Workflow, typed: &Typed) -> Vec<Mismatch<'a>> {
        let mut crossings = Crossings {
            model: self,
            typed,
            found: Vec::new(),
        };
        for place in workflow.all_steps() {
            crossings.step(place.step);
        }
        crossings.found
    }
}

struct Crossings<'a, 't> {
    model: &'a Model,
    typed: &'t Typed,
    found: Vec<Mismatch<'a>>,
}

impl<'a> Crossings<'a, '_> {
    fn step(&mut self, step: &'a Step) {
        match step.kind() {
            Some(StepKind::Call(call)) => self.call(step, call),
            Some(StepKind::Run(run)) => {
                if let Some(taken) = self.input(&run.name.value) {
                    self.sent(step.with.as_ref(), &taken, run.name.span);
                }
                self.outputs(step, &run.name.value);
            }
            Some(StepKind::Emit(emit)) => self.emitted(step, &emit.value, emit.span),
            Some(
                StepKind::Check(_)
                | StepKind::Match(_)
                | StepKind::Route(_)
                | StepKind::Task(_)
                | StepKind::Approve(_)
                | StepKind::Wait(_)
                | StepKind::Notify(_)
                | StepKind::Parallel(_)
                | StepKind::ForEach(_),
            )
            | None => {}
        }
        let undo = step.compensate.as_ref().map(|undo| &undo.value);
        if let Some(undo) = undo
            && let Some(call) = &undo.call
            && let Some(taken) = self.operation(call)
        {
            self.sent(undo.with.as_ref(), &taken, call.name.span);
        }
    }

    fn call(&mut self, step: &'a Step, call: &'a OperationReference) {
        let declared = self.model.operation(&call.name.value).map(|it| it.1);
        let takes = self.operation(call);
        let own = step.contract.as_ref().and_then(|it| self.contract(it));
        let described = match (&own, &step.contract) {
            (Some(own), Some(contract)) => self.sent(step.with.as_ref(), own, contract.name.span),
            _ => None,
        };
        match (&takes, &step.contract) {
            (Some(takes), None) => {
                self.sent(step.with.as_ref(), takes, call.name.span);
            }
            // What is around the described object is nobody's but the operation's.
            (Some(takes), Some(contract))
                if described.is_some() && takes.name != contract.name.value =>
            {
                self.sent(step.with.as_ref(), takes, call.name.span);
            }
            (Some(takes), Some(contract)) => self.passed(contract, takes, contract.name.span),
            (None, _) => {}
        }
        let given = declared.and_then(|declared| declared.returns.as_ref());
        if let (Some(given), Some(returns)) = (given, &step.returns)
            && let Some(taken) = self.contract(returns)
        {
            self.passed(given, &taken, returns.name.span);
        }
    }

    fn emitted(&mut self, step: &'a Step, emit: &'a Emit, place: Span) {
        let (own, with) = match emit {
            Emit::Event(_) => (None, None),
            Emit::Published(event) => (event.contract.as_ref(), event.with.as_ref()),
        };
        let contract = own.or(step.contract.as_ref());
        if let Some(taken) = contract.and_then(|contract| self.contract(contract)) {
            self.sent(with.or(step.with.as_ref()), &taken, place);
        }
    }

    fn contract(&self, reference: &'a ContractReference) -> Option<Taken<'a>> {
        let contract = self.model.contract(&reference.name.value)?;
        contract.body.schema.as_ref()?;
        Some(Taken {
            name: &reference.name.value,
            fields: contract.body.fields(),
        })
    }

    fn operation(&self, call: &'a OperationReference) -> Option<Taken<'a>> {
        let (_, operation) = self.model.operation(&call.name.value)?;
        self.contract(operation.takes.as_ref()?)
    }

    /// What starts a case of another workflow; nothing when its triggers differ.
    fn input(&self, name: &'a str) -> Option<Taken<'a>> {
        let workflow = self.model.workflow(name)?;
        let triggers = workflow.body.trigger.as_ref()?;
        let [trigger] = &triggers.value.items[..] else {
            return None;
        };
        match (&trigger.contract, &trigger.input) {
            (Some(contract), _) => self.contract(contract),
            (None, Some(input)) => Some(Taken {
                name,
                fields: Shape::of_fields(&input.value),
            }),
            (None, None) => None,
        }
    }

    /// Written data against what is taken; the key of the object that is described, if it is one.
    fn sent(
        &mut self,
        with: Option<&'a Spanned<Data>>,
        taken: &Taken<'a>,
        span: Span,
    ) -> Option<&'a str> {
        let Some(with) = with else {
            let nothing = Type::from(crate::expr::Object::new());
            let misfit = fit::of_type(&nothing, &taken.fields);
            self.add(misfit, Given::Nothing, taken, span);
            return None;
        };
        let (data, key) = self.described(with, &taken.fields);
        for misfit in fit::of_data(data, &taken.fields, self.typed) {
            self.add(Some(misfit), Given::Written(with, key), taken, span);
        }
        key
    }

    fn described(
        &self,
        with: &'a Spanned<Data>,
        fields: &[FieldShape],
    ) -> (&'a Spanned<Data>, Option<&'a str>) {
        let Data::Map(entries) = &with.value else {
            return (with, None);
        };
        let [(key, value)] = &entries[..] else {
            return (with, None);
        };
        let is_object = match &value.value {
            Data::Map(_) => true,
            Data::Text(template) => matches!(
                self.typed.of(template),
                Type::Object(_) | Type::Map(_) | Type::Any
            ),
            Data::Null | Data::Boolean(_) | Data::Number(_) | Data::List(_) => false,
        };
        let is_field = fields.iter().any(|field| field.name.value == key.value);
        if is_object && !is_field {
            (value, Some(&key.value))
        } else {
            (with, None)
        }
    }

    /// Data of one contract against what is taken.
    fn passed(&mut self, given: &'a ContractReference, taken: &Taken<'a>, span: Span) {
        let name = &given.name.value;
        if name != taken.name {
            let of = self.model.contract_type(name);
            let misfit = fit::of_type(&of, &taken.fields);
            self.add(misfit, Given::Contract(name), taken, span);
        }
    }

    /// What another workflow hands back against the contract that the step names.
    fn outputs(&mut self, step: &'a Step, workflow: &'a str) {
        let Some(returns) = &step.returns else { return };
        if self.model.workflow(workflow).is_none() {
            return;
        }
        if let Some(taken) = self.contract(returns) {
            let given = self.model.outputs_type(workflow);
            let misfit = fit::of_type(&given, &taken.fields);
            self.add(misfit, Given::Outputs(workflow), &taken, returns.name.span);
        }
    }

    fn add(&mut self, misfit: Option<Misfit>, given: Given<'a>, taken: &Taken<'a>, span: Span) {
        self.found.extend(misfit.map(|misfit| Mismatch {
            misfit,
            given,
            taker: taken.name,
            span,
        }));
    }
}
