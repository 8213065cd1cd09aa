//! The kinds of values that the expressions of a plan read, as far as its contracts tell. Engines
//! know dates and lengths of time only as texts, and one kind of number: what an operator means
//! has to be known when the expression is translated.

use crate::expr::{Binary, Expression, ExpressionKind, Literal, Macro, Unary, parse_duration};
use crate::plan::shape::{Field, Input};
use crate::plan::state::State;
use crate::plan::step::{Step, Work};
use crate::plan::value::{self, Number};
use crate::plan::{ByName, Plan};
use crate::syntax::contract::FieldType;
use crate::syntax::decision::CellType;

/// The kind of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind<'p> {
    /// Nothing says.
    Unknown,
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A number with a point.
    Decimal,
    /// Text.
    Text,
    /// A day.
    Date,
    /// An instant.
    Timestamp,
    /// A length of time.
    Duration,
    /// Values in order.
    List(Box<Kind<'p>>),
    /// Values under known names.
    Object(&'p ByName<Field>),
    /// Values of one kind under any names.
    Map(Box<Kind<'p>>),
}

impl Kind<'_> {
    /// True for what engines know as a text only.
    pub fn is_temporal(&self) -> bool {
        matches!(self, Kind::Date | Kind::Timestamp | Kind::Duration)
    }

    /// The kind of a cell of a decision table.
    pub fn of_cell(cell: CellType) -> Self {
        match cell {
            CellType::Integer => Kind::Integer,
            CellType::Decimal => Kind::Decimal,
            CellType::Boolean => Kind::Boolean,
            CellType::Date => Kind::Date,
            CellType::Duration => Kind::Duration,
            CellType::String
            | CellType::Queue
            | CellType::Person
            | CellType::Role
            | CellType::Team => Kind::Text,
        }
    }

    /// True for numbers.
    pub fn is_number(&self) -> bool {
        matches!(self, Kind::Integer | Kind::Decimal)
    }
}

/// What expressions of a plan see, with the variables that are bound where one stands.
#[derive(Debug, Clone)]
pub struct Kinds<'p> {
    plan: &'p Plan,
    variables: Vec<(String, Kind<'p>)>,
}

impl<'p> Kinds<'p> {
    /// Where nothing but the data of the case is seen.
    pub fn of(plan: &'p Plan) -> Self {
        Kinds {
            plan,
            variables: Vec::new(),
        }
    }

    /// With one more variable, as the item of a list.
    #[must_use]
    pub fn with(&self, name: &str, kind: Kind<'p>) -> Self {
        let mut inner = self.clone();
        inner.variables.push((name.to_owned(), kind));
        inner
    }

    /// True when a variable of this name hides what the case has.
    pub fn is_bound(&self, name: &str) -> bool {
        self.variables.iter().any(|(bound, _)| bound == name)
    }

    /// The kind of an expression of the plan.
    pub fn written(&self, expression: &value::Expression) -> Kind<'p> {
        crate::expr::parse(expression.as_str())
            .map_or(Kind::Unknown, |expression| self.kind(&expression))
    }

    /// The kind of an expression.
    pub fn kind(&self, expression: &Expression) -> Kind<'p> {
        match &expression.kind {
            ExpressionKind::Literal(literal) => of_literal(literal),
            ExpressionKind::Name(name) => self.named(name),
            ExpressionKind::Member { object, field } => self.member(object, &field.text),
            ExpressionKind::Index { object, index } => match (self.kind(object), index.as_text()) {
                (Kind::List(element), _) => *element,
                (_, Some(field)) => self.member(object, field),
                (Kind::Map(value), None) => *value,
                (_, None) => Kind::Unknown,
            },
            ExpressionKind::Unary { operator, operand } => match operator {
                Unary::Not => Kind::Boolean,
                Unary::Minus => self.kind(operand),
            },
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => of_operation(*operator, self.kind(left), &self.kind(right)),
            ExpressionKind::Conditional {
                then, otherwise, ..
            } => {
                let known = self.kind(then);
                if matches!(known, Kind::Unknown) {
                    self.kind(otherwise)
                } else {
                    known
                }
            }
            ExpressionKind::Call {
                function,
                arguments,
            } => self.result(&function.text, arguments.first()),
            ExpressionKind::Method {
                receiver, method, ..
            } => self.result(&method.text, Some(receiver)),
            ExpressionKind::Has { .. } => Kind::Boolean,
            ExpressionKind::Comprehension(comprehension) => match comprehension.name {
                Macro::All | Macro::Exists | Macro::ExistsOne => Kind::Boolean,
                Macro::Filter => self.kind(&comprehension.over),
                Macro::Map => {
                    let element = self.element(&comprehension.over);
                    let inner = self.with(&comprehension.variable.text, element);
                    Kind::List(Box::new(inner.kind(&comprehension.body)))
                }
            },
            ExpressionKind::List(elements) => {
                let element = elements.first().map_or(Kind::Unknown, |one| self.kind(one));
                Kind::List(Box::new(element))
            }
            ExpressionKind::Map(_) => Kind::Map(Box::new(Kind::Unknown)),
        }
    }

    /// The kind of what a macro goes through.
    pub fn element(&self, over: &Expression) -> Kind<'p> {
        match self.kind(over) {
            Kind::List(element) => *element,
            Kind::Object(_) | Kind::Map(_) => Kind::Text,
            Kind::Unknown
            | Kind::Boolean
            | Kind::Integer
            | Kind::Decimal
            | Kind::Text
            | Kind::Date
            | Kind::Timestamp
            | Kind::Duration => Kind::Unknown,
        }
    }

    fn named(&self, name: &str) -> Kind<'p> {
        let bound = self.variables.iter().rev().find(|(bound, _)| bound == name);
        if let Some((_, kind)) = bound {
            return kind.clone();
        }
        match name {
            "input" => match &self.plan.input {
                Input::Contract(contract) => self.contract(contract),
                Input::Fields(fields) => Kind::Object(fields),
            },
            _ => Kind::Unknown,
        }
    }

    fn member(&self, object: &Expression, field: &str) -> Kind<'p> {
        if let ExpressionKind::Name(root) = &object.kind
            && !self.is_bound(root)
        {
            match &**root {
                "steps" => return self.step(field),
                "case" => return of_case(field),
                "controls" => {
                    let control = self.plan.controls.get(field);
                    return control.map_or(Kind::Unknown, |control| of_value(&control.value));
                }
                "lists" => {
                    let first = self.plan.lists.get(field).and_then(|list| list.first());
                    return Kind::List(Box::new(first.map_or(Kind::Unknown, of_value)));
                }
                _ => {}
            }
        }
        match self.kind(object) {
            Kind::Object(fields) => fields.get(field).map_or_else(|| of_people(field), of_field),
            Kind::Map(value) => *value,
            Kind::Unknown
            | Kind::Boolean
            | Kind::Integer
            | Kind::Decimal
            | Kind::Text
            | Kind::Date
            | Kind::Timestamp
            | Kind::Duration
            | Kind::List(_) => {
                if let ExpressionKind::Member { object, field: id } = &object.kind
                    && is_root(object, "steps")
                {
                    self.result_field(&id.text, field)
                } else {
                    Kind::Unknown
                }
            }
        }
    }

    fn contract(&self, name: &str) -> Kind<'p> {
        let contract = self.plan.contracts.get(name);
        match contract.filter(|contract| contract.json_schema.is_none()) {
            Some(contract) => Kind::Object(&contract.fields),
            None => Kind::Unknown,
        }
    }

    fn find(&self, id: &str) -> Option<&'p Step> {
        let mut steps = self.plan.states.values().flat_map(State::all_steps);
        steps.find(|step| step.id == id)
    }

    fn step(&self, id: &str) -> Kind<'p> {
        let Some(step) = self.find(id) else {
            return Kind::Unknown;
        };
        match (&step.returns, &step.work) {
            (Some(contract), _) => self.contract(contract),
            (None, Work::Match(matching)) => self.written(&matching.claim),
            (None, Work::ForEach(_)) => Kind::List(Box::new(Kind::Unknown)),
            (
                None,
                Work::Check(_)
                | Work::Route(_)
                | Work::Call(_)
                | Work::Task(_)
                | Work::Approve(_)
                | Work::Wait(_)
                | Work::Notify(_)
                | Work::Emit(_)
                | Work::Run(_)
                | Work::Parallel(_),
            ) => Kind::Unknown,
        }
    }

    /// A field of a result that no contract describes.
    fn result_field(&self, id: &str, field: &str) -> Kind<'p> {
        let Some(step) = self.find(id) else {
            return Kind::Unknown;
        };
        if let Work::Route(route) = &step.work {
            let cell = route.outputs.get(field);
            return cell.map_or(Kind::Unknown, |cell| Kind::of_cell(*cell));
        }
        of_people(field)
    }

    fn result(&self, function: &str, first: Option<&Expression>) -> Kind<'p> {
        match function {
            "size" | "int" | "indexOf" => Kind::Integer,
            "contains" | "startsWith" | "endsWith" | "matches" => Kind::Boolean,
            "lowerAscii" | "upperAscii" | "trim" | "join" | "replace" | "substring" | "charAt"
            | "string" => Kind::Text,
            "split" => Kind::List(Box::new(Kind::Text)),
            "min" | "max" | "sum" => first.map_or(Kind::Unknown, |list| self.element(list)),
            "decimal" => Kind::Decimal,
            "date" => Kind::Date,
            "timestamp" => Kind::Timestamp,
            "duration" => Kind::Duration,
            _ => Kind::Unknown,
        }
    }
}

fn is_root(expression: &Expression, root: &str) -> bool {
    matches!(&expression.kind, ExpressionKind::Name(name) if **name == *root)
}

fn of_literal<'p>(literal: &Literal) -> Kind<'p> {
    match literal {
        Literal::Null => Kind::Unknown,
        Literal::Boolean(_) => Kind::Boolean,
        Literal::Integer(_) => Kind::Integer,
        Literal::Decimal(_) => Kind::Decimal,
        Literal::Text(_) => Kind::Text,
    }
}

fn of_operation<'p>(operator: Binary, left: Kind<'p>, right: &Kind<'p>) -> Kind<'p> {
    match operator {
        Binary::Or
        | Binary::And
        | Binary::Equal
        | Binary::NotEqual
        | Binary::Less
        | Binary::LessOrEqual
        | Binary::Greater
        | Binary::GreaterOrEqual
        | Binary::In => Kind::Boolean,
        Binary::Subtract if left == *right && left.is_temporal() => Kind::Duration,
        Binary::Add if left == Kind::Duration && right.is_temporal() => right.clone(),
        Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Remainder => {
            match (left, right) {
                (Kind::Decimal, _) | (_, Kind::Decimal) => Kind::Decimal,
                (Kind::Unknown, known) if !known.is_number() => known.clone(),
                (known, _) => known,
            }
        }
    }
}

/// The kind that a field declares.
pub fn of_field(field: &Field) -> Kind<'_> {
    match field.kind {
        FieldType::String => Kind::Text,
        FieldType::Integer => Kind::Integer,
        FieldType::Decimal => Kind::Decimal,
        FieldType::Boolean => Kind::Boolean,
        FieldType::Date => Kind::Date,
        FieldType::Timestamp => Kind::Timestamp,
        FieldType::Duration => Kind::Duration,
        FieldType::List => Kind::List(Box::new(of_inner(field.items.as_deref()))),
        FieldType::Map => Kind::Map(Box::new(of_inner(field.values.as_deref()))),
        FieldType::Object => Kind::Object(&field.properties),
    }
}

fn of_inner(field: Option<&Field>) -> Kind<'_> {
    field.map_or(Kind::Unknown, of_field)
}

fn of_value<'p>(literal: &value::Literal) -> Kind<'p> {
    match literal {
        value::Literal::Boolean(_) => Kind::Boolean,
        value::Literal::Number(Number::Integer(_)) => Kind::Integer,
        value::Literal::Number(Number::Decimal(_)) => Kind::Decimal,
        value::Literal::Text(text) if parse_duration(text).is_some() => Kind::Duration,
        value::Literal::Text(_) => Kind::Text,
    }
}

fn of_case<'p>(field: &str) -> Kind<'p> {
    match field {
        "id" => Kind::Text,
        "age" => Kind::Duration,
        "exceptions" => Kind::List(Box::new(Kind::Unknown)),
        _ => Kind::Unknown,
    }
}

/// What engines add to the results of people.
fn of_people<'p>(field: &str) -> Kind<'p> {
    match field {
        "decision" | "approver" | "comment" | "completed_by" | "end" | "first" => Kind::Text,
        "approvers" => Kind::List(Box::new(Kind::Text)),
        "decided_at" | "completed_at" => Kind::Timestamp,
        _ => Kind::Unknown,
    }
}
