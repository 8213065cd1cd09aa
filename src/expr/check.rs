//! Types of an expression against an environment, and which optional data it proves present.

mod calls;
mod constants;
mod fields;
mod names;
mod operands;

use std::collections::BTreeSet;

use crate::source::Span;

use super::ast::{Comprehension, Expression, ExpressionKind, Literal, Macro, Path, Unary};
use super::environment::{Environment, Field, Object, Proven, Type};
use super::{ErrorKind, ExpressionError, TextRange};

/// What is known about an expression.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The type of its value.
    pub of: Type,
    /// Everything that is wrong with it, in reading order.
    pub errors: Vec<ExpressionError>,
    /// Optional data that is present when it is true, beyond what was known before.
    pub when_true: Proven,
    /// Optional data that is present when it is false, beyond what was known before.
    pub when_false: Proven,
}

/// Checks an expression whose value may have any type; `known` is the optional data that earlier
/// checks have proven present.
pub fn check(expression: &Expression, environment: &Environment, known: &Proven) -> Outcome {
    let mut checker = Checker::new(environment);
    let seen = checker.visit(expression, known);
    checker.finish(expression, seen)
}

/// Checks an expression that must be true or false, and not always the same of them.
pub fn check_condition(
    expression: &Expression,
    environment: &Environment,
    known: &Proven,
) -> Outcome {
    let mut checker = Checker::new(environment);
    let seen = checker.visit(expression, known);
    if !matches!(seen.of, Type::Boolean | Type::Any) {
        checker.report(not_boolean(expression, &seen.of));
    }
    if let ExpressionKind::Literal(Literal::Boolean(value)) = &expression.kind {
        let message = format!("the condition is always {value}");
        let error = ExpressionError::new(ErrorKind::Constant, expression.range, message);
        checker.report(error);
    }
    checker.finish(expression, seen)
}

/// What a part of an expression turned out to be.
struct Seen {
    of: Type,
    when_true: Proven,
    when_false: Proven,
    /// Where the field that the part reads is declared.
    declared: Option<Span>,
}

impl Seen {
    fn new(of: Type) -> Self {
        Seen {
            of,
            when_true: Proven::new(),
            when_false: Proven::new(),
            declared: None,
        }
    }
}

struct Checker<'a> {
    environment: &'a Environment,
    variables: Vec<(&'a str, Type)>,
    errors: Vec<ExpressionError>,
    /// Unguarded data that has been reported, so that each is reported once.
    reported: BTreeSet<Path>,
}

impl<'a> Checker<'a> {
    fn new(environment: &'a Environment) -> Self {
        Checker {
            environment,
            variables: Vec::new(),
            errors: Vec::new(),
            reported: BTreeSet::new(),
        }
    }

    fn report(&mut self, error: ExpressionError) {
        self.errors.push(error);
    }

    fn finish(mut self, expression: &Expression, seen: Seen) -> Outcome {
        self.find_constants(expression);
        self.errors.sort_by_key(|error| error.range);
        Outcome {
            of: seen.of,
            errors: self.errors,
            when_true: seen.when_true,
            when_false: seen.when_false,
        }
    }

    fn visit(&mut self, expression: &'a Expression, known: &Proven) -> Seen {
        let range = expression.range;
        match &expression.kind {
            ExpressionKind::Literal(literal) => Seen::new(literal_type(literal)),
            ExpressionKind::Name(name) => Seen::new(self.named(name, range)),
            ExpressionKind::Member { object, field } => {
                let seen = self.visit(object, known);
                self.member(seen, object, &field.text, field.range, range, known)
            }
            ExpressionKind::Index { object, index } => self.index(object, index, range, known),
            ExpressionKind::Unary { operator, operand } => {
                self.unary(*operator, operand, range, known)
            }
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => self.binary(*operator, left, right, range, known),
            ExpressionKind::Conditional {
                condition,
                then,
                otherwise,
            } => self.conditional(condition, then, otherwise, range, known),
            ExpressionKind::Call {
                function,
                arguments,
            } => self.call(function, None, arguments, known),
            ExpressionKind::Method {
                receiver,
                method,
                arguments,
            } => self.call(method, Some(receiver), arguments, known),
            ExpressionKind::Has { object, field } => self.has(object, field, range, known),
            ExpressionKind::Comprehension(comprehension) => {
                self.comprehension(comprehension, known)
            }
            ExpressionKind::List(elements) => self.list(elements, known),
            ExpressionKind::Map(entries) => self.map(entries, known),
        }
    }

    fn lookup(&self, name: &str) -> Option<&Type> {
        let variable = self.variables.iter().rev().find(|(one, _)| *one == name);
        variable
            .map(|(_, of)| of)
            .or_else(|| self.environment.root(name))
    }

    fn named(&mut self, name: &str, range: TextRange) -> Type {
        if let Some(of) = self.lookup(name) {
            return of.clone();
        }
        let error = self.unknown_name(name, range);
        self.report(error);
        Type::Any
    }

    fn unary(
        &mut self,
        operator: Unary,
        operand: &'a Expression,
        range: TextRange,
        known: &Proven,
    ) -> Seen {
        let seen = self.visit(operand, known);
        if operator == Unary::Not {
            self.expect_condition(operand, &seen.of, "!");
            return Seen {
                when_true: seen.when_false,
                when_false: seen.when_true,
                ..Seen::new(Type::Boolean)
            };
        }
        if seen.of.is_number() || seen.of == Type::Any {
            return Seen::new(seen.of);
        }
        let message = format!(
            "`-` asks for a number, but {} is {}",
            shown(operand),
            seen.of
        );
        self.report(ExpressionError::new(ErrorKind::WrongType, range, message));
        Seen::new(Type::Any)
    }

    /// Reports an operand that must be true or false and is not.
    fn expect_condition(&mut self, operand: &Expression, of: &Type, operator: &str) {
        if matches!(of, Type::Boolean | Type::Any) {
            return;
        }
        let message = format!(
            "`{operator}` asks for a condition, but {} is {of}",
            shown(operand)
        );
        let error = ExpressionError::new(ErrorKind::WrongType, operand.range, message);
        self.report(with_condition_help(error, operand, of));
    }

    fn conditional(
        &mut self,
        condition: &'a Expression,
        then: &'a Expression,
        otherwise: &'a Expression,
        range: TextRange,
        known: &Proven,
    ) -> Seen {
        let decides = self.visit(condition, known);
        if !matches!(decides.of, Type::Boolean | Type::Any) {
            self.report(not_boolean(condition, &decides.of));
        }
        let one = self.visit(then, &known.and(&decides.when_true));
        let other = self.visit(otherwise, &known.and(&decides.when_false));
        let of = one.of.join(&other.of).unwrap_or_else(|| {
            let message = format!(
                "the two answers of `? :` differ in type: {} and {}",
                one.of, other.of
            );
            self.report(ExpressionError::new(ErrorKind::WrongType, range, message));
            Type::Any
        });
        let yes = |truth: &Proven| decides.when_true.and(truth);
        let no = |truth: &Proven| decides.when_false.and(truth);
        Seen {
            when_true: yes(&one.when_true).or(&no(&other.when_true)),
            when_false: yes(&one.when_false).or(&no(&other.when_false)),
            ..Seen::new(of)
        }
    }

    fn comprehension(&mut self, comprehension: &'a Comprehension, known: &Proven) -> Seen {
        let over = self.visit(&comprehension.over, known);
        let macro_name = comprehension.name.as_str();
        let element = over.of.elements().unwrap_or_else(|| {
            let range = comprehension.over.range;
            let (what, of) = (shown(&comprehension.over), &over.of);
            let message = format!("`{macro_name}` goes through a list, but {what} is {of}");
            self.report(ExpressionError::new(ErrorKind::WrongType, range, message));
            Type::Any
        });
        let variable = &*comprehension.variable.text;
        let mut known = known.without(variable);
        self.enter(variable, element.clone());
        if let Some(filter) = &comprehension.filter {
            let seen = self.visit(filter, &known);
            self.expect_condition(filter, &seen.of, macro_name);
            known = known.and(&seen.when_true);
        }
        let body = self.visit(&comprehension.body, &known);
        if comprehension.name != Macro::Map {
            self.expect_condition(&comprehension.body, &body.of, macro_name);
        }
        self.leave(variable);
        Seen::new(match comprehension.name {
            Macro::All | Macro::Exists | Macro::ExistsOne => Type::Boolean,
            Macro::Map => Type::list(body.of),
            Macro::Filter => Type::list(element.narrowed(&Path::root(variable), &body.when_true)),
        })
    }

    fn enter(&mut self, variable: &'a str, of: Type) {
        self.variables.push((variable, of));
        self.reported.retain(|path| !path.starts_at(variable));
    }

    fn leave(&mut self, variable: &str) {
        self.variables.pop();
        self.reported.retain(|path| !path.starts_at(variable));
    }

    fn list(&mut self, elements: &'a [Expression], known: &Proven) -> Seen {
        let mut element: Option<Type> = None;
        for expression in elements {
            let next = self.visit(expression, known).of;
            let Some(so_far) = element else {
                element = Some(next);
                continue;
            };
            element = Some(so_far.join(&next).unwrap_or_else(|| {
                let message = format!(
                    "a list holds values of one type, but {} is {next} and those before are of type {}",
                    shown(expression),
                    names::without_article(&so_far),
                );
                let range = expression.range;
                self.report(ExpressionError::new(ErrorKind::WrongType, range, message));
                Type::Any
            }));
        }
        Seen::new(Type::list(element.unwrap_or(Type::Any)))
    }

    fn map(&mut self, entries: &'a [(Expression, Expression)], known: &Proven) -> Seen {
        let mut object = Object::new();
        let mut joined: Option<Type> = None;
        let mut all_named = true;
        for (key, value) in entries {
            let key_type = self.visit(key, known).of;
            if !matches!(key_type, Type::String(_) | Type::Any) {
                let message = format!("a key is a string, but {} is {key_type}", shown(key));
                self.report(ExpressionError::new(
                    ErrorKind::WrongType,
                    key.range,
                    message,
                ));
            }
            let of = self.visit(value, known).of;
            joined = Some(match joined {
                Some(so_far) => so_far.join(&of).unwrap_or(Type::Any),
                None => of.clone(),
            });
            match key.as_text() {
                Some(name) => object = object.with(name, Field::required(of)),
                None => all_named = false,
            }
        }
        Seen::new(if all_named && !entries.is_empty() {
            object.into()
        } else {
            Type::map(joined.unwrap_or(Type::Any))
        })
    }
}

fn literal_type(literal: &Literal) -> Type {
    match literal {
        Literal::Null => Type::Null,
        Literal::Boolean(_) => Type::Boolean,
        Literal::Integer(_) => Type::Integer,
        Literal::Decimal(_) => Type::Decimal,
        Literal::Text(_) => Type::string(),
    }
}

/// An expression in backticks, cut when long.
fn shown(expression: &Expression) -> String {
    const LONGEST: usize = 60;
    let whole = expression.to_string();
    match whole.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("`{}…`", whole.get(..cut).unwrap_or_default()),
        None => format!("`{whole}`"),
    }
}

fn always(expression: &Expression, value: bool) -> ExpressionError {
    let message = format!("{} is always {value}", shown(expression));
    ExpressionError::new(ErrorKind::Constant, expression.range, message)
}

fn not_boolean(expression: &Expression, of: &Type) -> ExpressionError {
    let message = format!(
        "a condition is true or false, but {} is {of}",
        shown(expression)
    );
    let error = ExpressionError::new(ErrorKind::NotBoolean, expression.range, message);
    with_condition_help(error, expression, of)
}

/// Says how a value of a type becomes a condition.
fn with_condition_help(
    error: ExpressionError,
    expression: &Expression,
    of: &Type,
) -> ExpressionError {
    let Some(what) = expression.path() else {
        return error;
    };
    match of {
        Type::Integer | Type::Decimal => error.help(format!("compare it: `{what} > 0`")),
        Type::String(_) => error.help(format!("compare it: `{what} != ''`")),
        Type::List(_) | Type::Map(_) => error.help(format!("ask for `{what}.size() > 0`")),
        Type::Object(_) => error.help("ask for one of its fields"),
        Type::Date | Type::Timestamp | Type::Duration => error.help("compare it with `<` or `>`"),
        Type::Any | Type::Null | Type::Boolean => error,
    }
}

#[cfg(test)]
mod tests;
