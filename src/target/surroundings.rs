//! What the expressions of a plan see, with types: the plan's own contracts, results and controls.

use crate::expr::{Environment, Field, Object, Presence, Type, parse_duration};
use crate::plan::shape::{self, Input};
use crate::plan::step::{Step, Work};
use crate::plan::value::{Literal, Number};
use crate::plan::{ByName, Plan};
use crate::syntax::contract::FieldType;
use crate::syntax::decision::CellType;

/// Everything that an expression of the plan can read. Results of steps may be absent: which of
/// them are there depends on the way that a case took.
pub fn environment(plan: &Plan) -> Environment {
    let all_steps = plan.states.values().flat_map(|state| state.all_steps());
    let steps = all_steps.fold(Object::new(), |object, step| {
        object.with(&step.id, Field::optional(result_type(plan, step)))
    });
    let controls = plan
        .controls
        .iter()
        .fold(Object::new(), |object, (name, control)| {
            object.with(name, Field::required(literal_type(&control.value)))
        });
    let lists = plan
        .lists
        .iter()
        .fold(Object::new(), |object, (name, values)| {
            object.with(name, Field::required(Type::list(literals_type(values))))
        });
    Environment::new()
        .with("input", input_type(plan))
        .with("steps", steps)
        .with("case", case_type())
        .with("controls", controls)
        .with("lists", lists)
}

fn input_type(plan: &Plan) -> Type {
    match &plan.input {
        Input::Contract(contract) => contract_type(plan, contract),
        Input::Fields(fields) if fields.is_empty() => Type::Any,
        Input::Fields(fields) => fields_type(fields).into(),
    }
}

/// The type of data under a contract; unknown where a JSON Schema stands in place of fields.
pub fn contract_type(plan: &Plan, name: &str) -> Type {
    match plan.contracts.get(name) {
        Some(contract) if !contract.fields.is_empty() => fields_type(&contract.fields).into(),
        Some(_) | None => Type::Any,
    }
}

fn result_type(plan: &Plan, step: &Step) -> Type {
    let returned = step
        .returns
        .as_ref()
        .map_or(Type::Any, |contract| contract_type(plan, contract));
    match &step.work {
        Work::Approve(_) => approval_type().into(),
        Work::Route(route) => {
            let outputs = route.outputs.iter();
            outputs
                .fold(Object::new(), |object, (name, kind)| {
                    object.with(name, Field::required(cell_type(*kind)))
                })
                .into()
        }
        Work::Task(_) => match returned {
            Type::Object(object) => completed(object.as_ref().clone()).into(),
            Type::Any
            | Type::Null
            | Type::Boolean
            | Type::Integer
            | Type::Decimal
            | Type::Date
            | Type::Timestamp
            | Type::Duration
            | Type::String(_)
            | Type::List(_)
            | Type::Map(_) => Type::Any,
        },
        Work::Check(_)
        | Work::Match(_)
        | Work::Call(_)
        | Work::Wait(_)
        | Work::Notify(_)
        | Work::Emit(_)
        | Work::Run(_)
        | Work::Parallel(_)
        | Work::ForEach(_) => returned,
    }
}

/// What every finished task tells beside its result.
fn completed(object: Object) -> Object {
    object
        .with("completed_by", Field::required(Type::string()))
        .with("completed_at", Field::required(Type::Timestamp))
}

fn approval_type() -> Object {
    Object::new()
        .with("decision", Field::required(Type::string()))
        .with("approver", Field::new(Type::string(), Presence::Nullable))
        .with("approvers", Field::required(Type::list(Type::string())))
        .with("comment", Field::optional(Type::string()))
        .with("decided_at", Field::optional(Type::Timestamp))
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

fn fields_type(fields: &ByName<shape::Field>) -> Object {
    fields.iter().fold(Object::new(), |object, (name, field)| {
        let presence = match field.default {
            Some(_) => Presence::Always,
            None => Presence::of(!field.required, field.nullable),
        };
        object.with(name, Field::new(field_type(field), presence))
    })
}

fn field_type(field: &shape::Field) -> Type {
    match field.kind {
        FieldType::String => Type::string(),
        FieldType::Integer => Type::Integer,
        FieldType::Decimal => Type::Decimal,
        FieldType::Boolean => Type::Boolean,
        FieldType::Date => Type::Date,
        FieldType::Timestamp => Type::Timestamp,
        FieldType::Duration => Type::Duration,
        FieldType::List => Type::list(field.items.as_deref().map_or(Type::Any, field_type)),
        FieldType::Map => Type::map(field.values.as_deref().map_or(Type::Any, field_type)),
        FieldType::Object if field.properties.is_empty() => Type::Any,
        FieldType::Object => fields_type(&field.properties).into(),
    }
}

/// The type of a cell of a decision table.
pub fn cell_type(kind: CellType) -> Type {
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

fn literal_type(literal: &Literal) -> Type {
    match literal {
        Literal::Boolean(_) => Type::Boolean,
        Literal::Number(Number::Integer(_)) => Type::Integer,
        Literal::Number(Number::Decimal(_)) => Type::Decimal,
        Literal::Text(text) if parse_duration(text).is_some() => Type::Duration,
        Literal::Text(_) => Type::string(),
    }
}

fn literals_type(values: &[Literal]) -> Type {
    let is_text = |value: &Literal| matches!(value, Literal::Text(_));
    if values.iter().all(is_text) {
        return Type::string();
    }
    let types = values.iter().map(literal_type).map(Some);
    types
        .reduce(|joined, other| joined?.join(&other?))
        .flatten()
        .unwrap_or(Type::Any)
}
