//! What expressions of a workflow can read, with types: the trigger's input, results of steps, the
//! case, controls and lists.

use super::Model;
use crate::expr::{Environment, Field, Object, Presence, Type};
use crate::syntax::contract::{
    Contract, Field as ContractField, FieldEntry, FieldType, QualityRule,
};
use crate::syntax::decision::CellType;
use crate::syntax::duration::Duration;
use crate::syntax::names::{FieldName, NameMap};
use crate::syntax::scalars::Literal;
use crate::syntax::step::Step;
use crate::syntax::workflow::{Trigger, Workflow};

/// The decisions that an approval can end with.
pub const DECISIONS: [&str; 5] = ["approved", "rejected", "waived", "expired", "skipped"];

impl Model {
    /// Everything that expressions of a workflow can read. Results of steps are optional: a path
    /// through the workflow must have provided them.
    pub fn environment(&self, workflow: &Workflow) -> Environment {
        let steps =
            workflow
                .all_steps()
                .fold(Object::new(), |object, place| match &place.step.id {
                    Some(id) => {
                        let field = Field::optional(self.result_type(place.step)).at(id.span);
                        object.with(&id.value.text, field)
                    }
                    None => object,
                });
        Environment::new()
            .with("input", self.input_type(workflow))
            .with("steps", steps)
            .with("case", case_type())
            .with("controls", controls_type(workflow))
            .with("lists", self.lists_type())
    }

    /// The type of what starts a case; unknown when triggers bring different data.
    pub fn input_type(&self, workflow: &Workflow) -> Type {
        let triggers = workflow
            .trigger
            .iter()
            .flat_map(|trigger| &trigger.value.items);
        let mut types = triggers.map(|trigger| self.trigger_type(trigger));
        let Some(first) = types.next() else {
            return Type::Any;
        };
        if types.all(|other| other == first) {
            first
        } else {
            Type::Any
        }
    }

    fn trigger_type(&self, trigger: &Trigger) -> Type {
        if let Some(contract) = &trigger.contract {
            return self.contract_type(&contract.name.value);
        }
        match &trigger.input {
            Some(input) => fields_type(&input.value).into(),
            None => Type::Any,
        }
    }

    /// The type of the data under a contract; unknown when the contract or its fields are.
    pub fn contract_type(&self, name: &str) -> Type {
        match self
            .contract(name)
            .and_then(|contract| contract.body.schema.as_ref())
        {
            Some(schema) => fields_type(&schema.value).into(),
            None => Type::Any,
        }
    }

    /// The type of what a step leaves behind.
    pub fn result_type(&self, step: &Step) -> Type {
        if step.approve.is_some() {
            return approval_type().into();
        }
        if let Some(decision) = &step.route {
            return self.decision_type(&decision.name.value);
        }
        if let Some(workflow) = &step.run {
            return self.outputs_type(&workflow.name.value);
        }
        let returned = self.received(step).map_or(Type::Any, |contract| {
            self.contract_type(&contract.name.value)
        });
        if step.task.is_none() {
            return returned;
        }
        // A task without a contract still tells who did it and when.
        let is_open = step.returns.is_some();
        if let Type::Object(object) = &returned {
            with_completion(object.as_ref().clone()).into()
        } else if is_open {
            returned
        } else {
            with_completion(Object::new()).into()
        }
    }

    fn decision_type(&self, name: &str) -> Type {
        let Some(outputs) = self
            .decision(name)
            .and_then(|decision| decision.body.outputs.as_ref())
        else {
            return Type::Any;
        };
        let object = outputs
            .value
            .iter()
            .fold(Object::new(), |object, (name, kind)| {
                object.with(
                    &name.value,
                    Field::required(cell_type(kind.value)).at(name.span),
                )
            });
        object.into()
    }

    /// The type of what another workflow hands back.
    pub(super) fn outputs_type(&self, name: &str) -> Type {
        let Some(workflow) = self.workflow(name) else {
            return Type::Any;
        };
        let outputs = workflow
            .body
            .outputs
            .iter()
            .fold(Object::new(), |object, (name, _)| {
                object.with(&name.value, Field::required(Type::Any).at(name.span))
            });
        outputs.into()
    }

    pub(super) fn lists_type(&self) -> Type {
        let Some(config) = self.config() else {
            return Object::new().into();
        };
        let lists = config
            .lists
            .iter()
            .fold(Object::new(), |object, (name, items)| {
                let texts: Option<Vec<&str>> = items
                    .value
                    .iter()
                    .map(|item| match &item.value {
                        Literal::Text(text) => Some(text.as_str()),
                        Literal::Number(_) | Literal::Boolean(_) => None,
                    })
                    .collect();
                let of = match texts {
                    Some(_) => Type::string(),
                    None => literals_type(items.value.iter().map(|item| &item.value)),
                };
                object.with(&name.value, Field::required(Type::list(of)).at(name.span))
            });
        lists.into()
    }

    /// What the quality rules of a contract can read: its fields by their names, and the lists of the
    /// project. A rule says nothing of a record that lacks one of the fields that it reads.
    pub fn contract_environment(&self, contract: &Contract) -> Environment {
        let schema = contract.schema.as_ref().map(|schema| &schema.value);
        schema.into_iter().flat_map(NameMap::iter).fold(
            Environment::new().with("lists", self.lists_type()),
            |environment, (name, entry)| environment.with(&name.value, field_type(entry).of),
        )
    }
}

impl QualityRule {
    /// The condition of a structured rule.
    pub fn condition(&self) -> Option<&crate::syntax::expressions::Expression> {
        match self {
            QualityRule::Structured(rule) => rule.value.that.as_ref(),
            QualityRule::Prose(_) => None,
        }
    }
}

fn case_type() -> Object {
    let exception = Object::new()
        .with("reason", Field::required(Type::string()))
        .with("state", Field::required(Type::string()))
        .with("queue", Field::required(Type::string()))
        .with("resolved_by", Field::optional(Type::string()));
    Object::new()
        .with("id", Field::required(Type::string()))
        .with("requester", Field::required(Type::string()))
        .with("age", Field::required(Type::Duration))
        .with("exceptions", Field::required(Type::list(exception.into())))
        .with("data", Field::required(Type::Any))
}

fn approval_type() -> Object {
    Object::new()
        .with("decision", Field::required(Type::one_of(DECISIONS, false)))
        .with("approver", Field::required(Type::string()))
        .with("comment", Field::optional(Type::string()))
        .with("decided_at", Field::optional(Type::Timestamp))
}

/// What every finished task tells beside its result.
fn with_completion(object: Object) -> Object {
    object
        .with("completed_by", Field::required(Type::string()))
        .with("completed_at", Field::required(Type::Timestamp))
}

fn controls_type(workflow: &Workflow) -> Object {
    workflow
        .controls
        .iter()
        .fold(Object::new(), |object, (name, control)| {
            let of = control
                .value
                .as_ref()
                .map_or(Type::Any, |value| literal_type(&value.value));
            object.with(&name.value, Field::required(of).at(name.span))
        })
}

/// The type of a written value: a length of time where the text is one, so that controls can be
/// compared with times.
pub fn literal_type(literal: &Literal) -> Type {
    match literal {
        Literal::Boolean(_) => Type::Boolean,
        Literal::Number(text)
            if text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'-') =>
        {
            Type::Integer
        }
        Literal::Number(_) => Type::Decimal,
        Literal::Text(text) if Duration::parse(text).is_some() => Type::Duration,
        Literal::Text(_) => Type::string(),
    }
}

fn literals_type<'a>(literals: impl Iterator<Item = &'a Literal>) -> Type {
    let types = literals.map(literal_type);
    types
        .map(Some)
        .reduce(|joined, other| joined?.join(&other?))
        .flatten()
        .unwrap_or(Type::Any)
}

/// Fields of a contract, or of an inline input, as an object.
pub fn fields_type(fields: &NameMap<FieldName, FieldEntry>) -> Object {
    fields.iter().fold(Object::new(), |object, (name, entry)| {
        object.with(&name.value, field_type(entry).at(name.span))
    })
}

fn field_type(entry: &FieldEntry) -> Field {
    match entry {
        FieldEntry::Short(short) => Field::new(
            plain_type(short.value.kind),
            Presence::of(!short.value.required, false),
        ),
        FieldEntry::Full(field) => {
            let is_true = |flag: &Option<crate::source::Spanned<bool>>| {
                flag.as_ref().is_some_and(|flag| flag.value)
            };
            let presence = match field.default {
                // The default stands in for what is missing.
                Some(_) => Presence::Always,
                None => Presence::of(!is_true(&field.required), is_true(&field.nullable)),
            };
            Field::new(full_type(field), presence)
        }
    }
}

fn full_type(field: &ContractField) -> Type {
    let Some(kind) = &field.kind else {
        return Type::Any;
    };
    match kind.value {
        FieldType::String => match &field.members {
            Some(members) => {
                let open = field.open.as_ref().is_some_and(|open| open.value);
                Type::one_of(members.value.iter().map(|member| member.value.text()), open)
            }
            None => Type::string(),
        },
        FieldType::List => Type::list(
            field
                .items
                .as_ref()
                .map_or(Type::Any, |items| field_type(items).of),
        ),
        FieldType::Map => Type::map(
            field
                .values
                .as_ref()
                .map_or(Type::Any, |values| field_type(values).of),
        ),
        FieldType::Object => match &field.properties {
            Some(properties) => fields_type(&properties.value).into(),
            None => Type::Any,
        },
        FieldType::Integer
        | FieldType::Decimal
        | FieldType::Boolean
        | FieldType::Date
        | FieldType::Timestamp
        | FieldType::Duration => plain_type(kind.value),
    }
}

fn plain_type(kind: FieldType) -> Type {
    match kind {
        FieldType::String => Type::string(),
        FieldType::Integer => Type::Integer,
        FieldType::Decimal => Type::Decimal,
        FieldType::Boolean => Type::Boolean,
        FieldType::Date => Type::Date,
        FieldType::Timestamp => Type::Timestamp,
        FieldType::Duration => Type::Duration,
        FieldType::List | FieldType::Map | FieldType::Object => Type::Any,
    }
}

pub(super) fn cell_type(kind: CellType) -> Type {
    match kind {
        CellType::Integer => Type::Integer,
        CellType::Decimal => Type::Decimal,
        CellType::Boolean => Type::Boolean,
        CellType::Date => Type::Date,
        CellType::Duration => Type::Duration,
        CellType::String | CellType::Queue | CellType::Person | CellType::Role | CellType::Team => {
            Type::string()
        }
    }
}
