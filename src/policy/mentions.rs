//! Which facts an expression mentions, so that no others are found out.

use std::collections::BTreeSet;

use crate::expr::{
    self, Binary, Comprehension, Environment, Expression, ExpressionKind, Proven, Type,
};

/// The names that expressions mention.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    /// Names of facts.
    pub facts: BTreeSet<String>,
    /// Names at the beginning of paths.
    pub roots: BTreeSet<String>,
    /// True when a record is looked at as a whole, so that every fact counts.
    pub whole: bool,
}

impl Mentions {
    /// Adds what an expression mentions.
    pub(super) fn add(&mut self, expression: &Expression, environment: &Environment) {
        match &expression.kind {
            ExpressionKind::Literal(_) => {}
            ExpressionKind::Name(name) => {
                self.roots.insert(name.to_string());
            }
            ExpressionKind::Member { object, field } | ExpressionKind::Has { object, field } => {
                self.facts.insert(field.text.to_string());
                self.add(object, environment);
            }
            ExpressionKind::Index { object, index } => {
                self.add_position(object, index, environment);
                self.add(object, environment);
                self.add(index, environment);
            }
            ExpressionKind::Unary { operand, .. } => self.add(operand, environment),
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => {
                if matches!(operator, Binary::Equal | Binary::NotEqual | Binary::In) {
                    self.whole |=
                        holds_a_record(left, environment) || holds_a_record(right, environment);
                }
                self.add(left, environment);
                self.add(right, environment);
            }
            ExpressionKind::Conditional {
                condition,
                then,
                otherwise,
            } => {
                for part in [condition, then, otherwise] {
                    self.add(part, environment);
                }
            }
            ExpressionKind::Call { arguments, .. } => self.add_arguments(arguments, environment),
            ExpressionKind::Method {
                receiver,
                arguments,
                ..
            } => {
                self.add_arguments(std::slice::from_ref(receiver), environment);
                self.add_arguments(arguments, environment);
            }
            ExpressionKind::Comprehension(comprehension) => {
                self.add_comprehension(comprehension, environment);
            }
            ExpressionKind::List(elements) => {
                for element in elements {
                    self.add(element, environment);
                }
            }
            ExpressionKind::Map(entries) => {
                for part in entries.iter().flat_map(|(key, value)| [key, value]) {
                    self.add(part, environment);
                }
            }
        }
    }

    /// `record['name']` mentions one fact; `record[name]` may mention any.
    fn add_position(&mut self, object: &Expression, index: &Expression, environment: &Environment) {
        if let Some(name) = index.as_text() {
            self.facts.insert(name.to_owned());
        } else {
            let of = type_of(object, environment);
            self.whole |= matches!(of, Type::Object(_) | Type::Any);
        }
    }

    fn add_comprehension(&mut self, comprehension: &Comprehension, environment: &Environment) {
        let over = type_of(&comprehension.over, environment);
        self.whole |= matches!(over, Type::Object(_) | Type::Any);
        self.add(&comprehension.over, environment);
        let element = match over {
            Type::List(element) => (*element).clone(),
            Type::Map(_) | Type::Object(_) => Type::string(),
            Type::Any
            | Type::Null
            | Type::Boolean
            | Type::Integer
            | Type::Decimal
            | Type::Date
            | Type::Timestamp
            | Type::Duration
            | Type::String(_) => Type::Any,
        };
        let variable = &comprehension.variable.text;
        let inside = environment.clone().with(variable, element);
        for part in comprehension.filter.iter().chain([&comprehension.body]) {
            self.add(part, &inside);
        }
    }

    fn add_arguments<E: std::borrow::Borrow<Expression>>(
        &mut self,
        arguments: &[E],
        environment: &Environment,
    ) {
        for argument in arguments {
            let argument = argument.borrow();
            self.whole |= matches!(type_of(argument, environment), Type::Object(_) | Type::Any);
            self.add(argument, environment);
        }
    }
}

fn type_of(expression: &Expression, environment: &Environment) -> Type {
    expr::check(expression, environment, &Proven::new()).of
}

/// True for a record, a list of records, and for what nobody can tell.
fn holds_a_record(expression: &Expression, environment: &Environment) -> bool {
    let mut of = type_of(expression, environment);
    while let Type::List(element) = of {
        of = (*element).clone();
    }
    matches!(of, Type::Object(_) | Type::Any)
}
