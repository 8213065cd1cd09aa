//! From expressions to formulas over variables.

use std::collections::HashMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::formula::{Formula, Literal, Term, Variable, compare};
use super::scale::{Point, Relation, Scale};
use crate::expr::ast::{Binary, Expression, ExpressionKind, Name, Path, Unary};
use crate::expr::environment::{Environment, Proven, Type};
use crate::expr::eval::evaluate;
use crate::expr::value::{Budget, Record, Value};
use crate::expr::{ast, check};

const STEPS: u64 = 10_000;
/// What it costs to write a condition twice.
const DOUBLING: u64 = 500;

/// All conditions, each true or false as wanted; `None` when that is too long.
pub(super) fn all<'x>(
    conditions: impl Iterator<Item = (&'x Expression, bool)>,
    environment: &Environment,
    constants: &Record,
    effort: &mut u64,
) -> Option<(Formula, Vec<Variable>)> {
    let mut translation = Translation {
        environment,
        constants,
        variables: Vec::new(),
        numbers: HashMap::new(),
        effort,
    };
    let parts: Option<Vec<Formula>> = conditions
        .map(|(condition, wanted)| translation.condition(condition, wanted))
        .collect();
    let formula = Formula::all(parts?);
    Some((formula, translation.finish()))
}

struct Translation<'t> {
    environment: &'t Environment,
    constants: &'t Record,
    variables: Vec<Variable>,
    numbers: HashMap<(bool, String), usize>,
    effort: &'t mut u64,
}

/// Data that a path leads to.
struct Data {
    of: Type,
    /// True when it has a place of its own: nothing else decides what it is.
    is_free: bool,
    is_required: bool,
}

/// One side of a comparison.
enum Side {
    Constant(Point, Scale),
    Variable(usize),
}

impl Translation<'_> {
    /// `None` when the effort is used up.
    fn condition(&mut self, condition: &Expression, wanted: bool) -> Option<Formula> {
        self.spend(1)?;
        match &condition.kind {
            ExpressionKind::Unary {
                operator: Unary::Not,
                operand,
            } => self.condition(operand, !wanted),
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => self.binary(condition, (*operator, left, right), wanted),
            ExpressionKind::Conditional {
                condition: question,
                then,
                otherwise,
            } => {
                self.spend(DOUBLING)?;
                let if_so = [
                    self.condition(question, true)?,
                    self.condition(then, wanted)?,
                ];
                let if_not = [
                    self.condition(question, false)?,
                    self.condition(otherwise, wanted)?,
                ];
                Some(Formula::any([Formula::all(if_so), Formula::all(if_not)]))
            }
            ExpressionKind::Has { object, field } => {
                let known = self.known(condition, wanted);
                Some(known.unwrap_or_else(|| self.has(condition, object, field, wanted)))
            }
            ExpressionKind::Literal(_)
            | ExpressionKind::Name(_)
            | ExpressionKind::Member { .. }
            | ExpressionKind::Index { .. }
            | ExpressionKind::Unary { .. }
            | ExpressionKind::Call { .. }
            | ExpressionKind::Method { .. }
            | ExpressionKind::Comprehension(_)
            | ExpressionKind::List(_)
            | ExpressionKind::Map(_) => {
                let known = self.known(condition, wanted);
                Some(known.unwrap_or_else(|| self.truth(condition, wanted)))
            }
        }
    }

    fn spend(&mut self, effort: u64) -> Option<()> {
        *self.effort = self.effort.checked_sub(effort)?;
        Some(())
    }

    /// A condition that reads nothing but constants.
    fn known(&self, condition: &Expression, wanted: bool) -> Option<Formula> {
        match self.constant(condition)? {
            Value::Boolean(truth) => Some(Formula::Known(truth == wanted)),
            // No condition at all, which is reported elsewhere.
            _ => None,
        }
    }

    fn binary(
        &mut self,
        whole: &Expression,
        (operator, left, right): (Binary, &Expression, &Expression),
        wanted: bool,
    ) -> Option<Formula> {
        if operator.is_relation()
            && let Some(known) = self.known(whole, wanted)
        {
            return Some(known);
        }
        match operator {
            Binary::And | Binary::Or => {
                let parts = [
                    self.condition(left, wanted)?,
                    self.condition(right, wanted)?,
                ];
                Some(if (operator == Binary::And) == wanted {
                    Formula::all(parts)
                } else {
                    Formula::any(parts)
                })
            }
            Binary::Equal | Binary::NotEqual
                if self.is_condition(left) && self.is_condition(right) =>
            {
                // Both sides are written twice, so that a chain doubles with every link.
                self.spend(DOUBLING)?;
                let same = (operator == Binary::Equal) == wanted;
                let one = [self.condition(left, true)?, self.condition(right, same)?];
                let other = [self.condition(left, false)?, self.condition(right, !same)?];
                Some(Formula::any([Formula::all(one), Formula::all(other)]))
            }
            Binary::In => self.is_in(whole, left, right, wanted),
            Binary::Equal
            | Binary::NotEqual
            | Binary::Less
            | Binary::LessOrEqual
            | Binary::Greater
            | Binary::GreaterOrEqual
            | Binary::Add
            | Binary::Subtract
            | Binary::Multiply
            | Binary::Divide
            | Binary::Remainder => {
                let compared = self.relation(operator, left, right, wanted);
                Some(compared.unwrap_or_else(|| self.unknown(whole, wanted)))
            }
        }
    }

    /// True when the expression is a condition by its form or its type.
    fn is_condition(&self, expression: &Expression) -> bool {
        match &expression.kind {
            ExpressionKind::Has { .. } => true,
            ExpressionKind::Binary { operator, .. } => {
                operator.is_relation() || matches!(operator, Binary::And | Binary::Or)
            }
            _ => self.type_of(expression) == Type::Boolean,
        }
    }

    fn type_of(&self, expression: &Expression) -> Type {
        check(expression, self.environment, &Proven::new()).of
    }

    /// A variable that is true or false.
    fn truth(&mut self, condition: &Expression, wanted: bool) -> Formula {
        let data = condition.path().and_then(|path| {
            let data = self.data(&path)?;
            (data.of == Type::Boolean).then_some((path, data))
        });
        let Some((path, data)) = data else {
            return self.unknown(condition, wanted);
        };
        let variable = self.variable(Variable {
            scale: Some(Scale::Truth),
            is_free: data.is_free,
            ..Variable::named(path.to_string(), Some(path))
        });
        Formula::Literal(Literal::Truth { variable, wanted })
    }

    /// A condition about which nothing is known, but that it is the same wherever it stands.
    fn unknown(&mut self, condition: &Expression, wanted: bool) -> Formula {
        let variable = self.variable(Variable {
            scale: Some(Scale::Truth),
            ..Variable::named(format!("({condition})"), None)
        });
        Formula::Literal(Literal::Truth { variable, wanted })
    }

    fn has(
        &mut self,
        condition: &Expression,
        object: &Expression,
        field: &Name,
        wanted: bool,
    ) -> Formula {
        let Some(parent) = object.path() else {
            return self.unknown(condition, wanted);
        };
        let path = parent.field(&field.text);
        let data = self.data(&path);
        if data.as_ref().is_some_and(|data| data.is_required) && self.is_always_there(&parent) {
            return Formula::Known(wanted);
        }
        let variable = self.variable(Variable {
            scale: Some(Scale::Truth),
            is_free: data.is_some_and(|data| data.is_free),
            is_presence: true,
            ..Variable::named(path.to_string(), Some(path))
        });
        Formula::Literal(Literal::Truth { variable, wanted })
    }

    /// True when neither the data nor what it is part of can be absent.
    fn is_always_there(&self, path: &Path) -> bool {
        prefixes(path)
            .iter()
            .all(|prefix| self.data(prefix).is_some_and(|data| data.is_required))
    }

    fn is_in(
        &mut self,
        whole: &Expression,
        element: &Expression,
        collection: &Expression,
        wanted: bool,
    ) -> Option<Formula> {
        let values: Option<Vec<Value>> = match self.constant(collection) {
            Some(Value::List(values)) => Some(values.to_vec()),
            Some(_) | None => None,
        };
        let Some((values, Side::Variable(variable))) = values.zip(self.side(element)) else {
            return Some(self.unknown(whole, wanted));
        };
        let relation = if wanted {
            Relation::Equal
        } else {
            Relation::NotEqual
        };
        let mut parts = Vec::new();
        for value in &values {
            self.spend(1)?;
            let side = Point::of(value).map(|(point, scale)| Side::Constant(point, scale));
            let compared =
                side.and_then(|side| self.related(relation, Side::Variable(variable), side));
            match compared {
                Some(part) => parts.push(part),
                None => return Some(self.unknown(whole, wanted)),
            }
        }
        Some(if wanted {
            Formula::any(parts)
        } else {
            Formula::all(parts)
        })
    }

    /// A comparison of two values; `None` when nothing is known about it.
    fn relation(
        &mut self,
        operator: Binary,
        left: &Expression,
        right: &Expression,
        wanted: bool,
    ) -> Option<Formula> {
        let (relation, turned) = match (operator, wanted) {
            (Binary::Equal, true) | (Binary::NotEqual, false) => (Relation::Equal, false),
            (Binary::Equal, false) | (Binary::NotEqual, true) => (Relation::NotEqual, false),
            (Binary::Less, true) | (Binary::GreaterOrEqual, false) => (Relation::Less, false),
            (Binary::Less, false) | (Binary::GreaterOrEqual, true) => (Relation::LessOrEqual, true),
            (Binary::Greater, true) | (Binary::LessOrEqual, false) => (Relation::Less, true),
            (Binary::Greater, false) | (Binary::LessOrEqual, true) => {
                (Relation::LessOrEqual, false)
            }
            (
                Binary::Or
                | Binary::And
                | Binary::In
                | Binary::Add
                | Binary::Subtract
                | Binary::Multiply
                | Binary::Divide
                | Binary::Remainder,
                _,
            ) => return None,
        };
        let (one, other) = (self.side(left)?, self.side(right)?);
        if turned {
            self.related(relation, other, one)
        } else {
            self.related(relation, one, other)
        }
    }

    fn related(&mut self, relation: Relation, left: Side, right: Side) -> Option<Formula> {
        let scale = match (self.scale(&left), self.scale(&right)) {
            (Some(one), Some(other)) if one.meets(other) => one,
            (Some(one), None) | (None, Some(one)) => one,
            (Some(_), Some(_)) | (None, None) => return None,
        };
        let is_ordered = matches!(relation, Relation::Less | Relation::LessOrEqual);
        if scale == Scale::Truth || (scale == Scale::Text && is_ordered) {
            return None;
        }
        if let (Side::Variable(one), Side::Variable(other)) = (&left, &right)
            && one == other
        {
            // What the data is does not matter, but it must be there.
            return None;
        }
        let left = self.term(left, scale);
        let right = self.term(right, scale);
        Some(compare(relation, left, right))
    }

    fn scale(&self, side: &Side) -> Option<Scale> {
        match side {
            Side::Constant(_, scale) => Some(*scale),
            Side::Variable(variable) => self.variables[*variable].scale,
        }
    }

    /// A side as a term. Data of an unknown type is measured as what it is compared with; a number
    /// may have a point.
    fn term(&mut self, side: Side, scale: Scale) -> Term {
        match side {
            Side::Constant(point, _) => Term::Constant(point),
            Side::Variable(variable) => {
                let measured = if scale == Scale::Whole {
                    Scale::Number
                } else {
                    scale
                };
                self.variables[variable].scale.get_or_insert(measured);
                Term::Variable(variable)
            }
        }
    }

    fn side(&mut self, expression: &Expression) -> Option<Side> {
        if let Some(value) = self.constant(expression) {
            let (point, scale) = Point::of(&value)?;
            return Some(Side::Constant(point, scale));
        }
        if let Some(path) = expression.path() {
            let data = self.data(&path)?;
            let vocabulary = match &data.of {
                Type::String(vocabulary) => vocabulary.as_ref().map(Arc::clone),
                _ => None,
            };
            let scale = Scale::of_type(&data.of);
            if scale.is_none() && data.of != Type::Any {
                return None;
            }
            return Some(Side::Variable(self.variable(Variable {
                scale,
                is_free: data.is_free && scale.is_some(),
                vocabulary,
                ..Variable::named(path.to_string(), Some(path))
            })));
        }
        if let Some(path) = counted(expression)
            && let Some(data) = self.data(&path)
            && matches!(data.of, Type::List(_) | Type::Map(_))
        {
            return Some(Side::Variable(self.variable(Variable {
                scale: Some(Scale::Whole),
                is_free: data.is_free,
                minimum: Some(Decimal::ZERO),
                ..Variable::named(expression.to_string(), Some(path))
            })));
        }
        let scale = Scale::of_type(&self.type_of(expression))?;
        Some(Side::Variable(self.variable(Variable {
            scale: Some(scale),
            ..Variable::named(format!("({expression})"), None)
        })))
    }

    /// The value of an expression that reads nothing but constants.
    fn constant(&self, expression: &Expression) -> Option<Value> {
        let is_known = |reference: &ast::Reference| {
            let mut roots = self.constants.keys();
            roots.any(|root| reference.path.starts_at(root))
        };
        if !expression.references().iter().all(is_known) {
            return None;
        }
        evaluate(expression, self.constants, &mut Budget::new(STEPS)).ok()
    }

    /// What a path leads to; `None` when that is nothing.
    fn data(&self, path: &Path) -> Option<Data> {
        let mut segments = path.segments();
        let mut data = Data {
            of: self.environment.root(segments.next()?)?.clone(),
            is_free: true,
            is_required: true,
        };
        for segment in segments {
            data = match data.of {
                Type::Object(object) => {
                    let field = object.field(segment)?;
                    Data {
                        of: field.of.clone(),
                        is_free: data.is_free,
                        is_required: field.required,
                    }
                }
                Type::List(of) | Type::Map(of) => Data {
                    of: (*of).clone(),
                    is_free: false,
                    is_required: false,
                },
                Type::Any => Data {
                    of: Type::Any,
                    is_free: false,
                    is_required: false,
                },
                Type::Null
                | Type::Boolean
                | Type::Integer
                | Type::Decimal
                | Type::Date
                | Type::Timestamp
                | Type::Duration
                | Type::String(_) => return None,
            };
        }
        Some(data)
    }

    /// The number of a variable; the same for the same subject.
    fn variable(&mut self, variable: Variable) -> usize {
        let key = (variable.is_presence, variable.subject.clone());
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = self.variables.len();
        self.numbers.insert(key, number);
        self.variables.push(variable);
        number
    }

    /// Links what is read with the questions whether it is there.
    fn finish(self) -> Vec<Variable> {
        let mut variables = self.variables;
        let presences: HashMap<String, usize> = variables
            .iter()
            .enumerate()
            .filter(|(_, variable)| variable.is_presence)
            .map(|(number, variable)| (variable.subject.clone(), number))
            .collect();
        for (number, variable) in variables.iter_mut().enumerate() {
            let prefixes = variable.path.iter().flat_map(prefixes);
            let mut needs: Vec<usize> = prefixes
                .filter_map(|prefix| presences.get(&prefix.to_string()).copied())
                .collect();
            needs.retain(|need| *need != number);
            variable.needs = needs;
        }
        variables
    }
}

impl Variable {
    /// A variable about which nothing is known.
    fn named(subject: String, path: Option<Path>) -> Self {
        Variable {
            subject,
            scale: None,
            is_free: false,
            is_presence: false,
            path,
            needs: Vec::new(),
            vocabulary: None,
            minimum: None,
        }
    }
}

/// The list in `list.size()` or `size(list)`.
fn counted(expression: &Expression) -> Option<Path> {
    match &expression.kind {
        ExpressionKind::Method {
            receiver,
            method,
            arguments,
        } if &*method.text == "size" && arguments.is_empty() => receiver.path(),
        ExpressionKind::Call {
            function,
            arguments,
        } if &*function.text == "size" => match &arguments[..] {
            [list] => list.path(),
            _ => None,
        },
        _ => None,
    }
}

/// A path and everything that it is part of, root first.
fn prefixes(path: &Path) -> Vec<Path> {
    let mut segments = path.segments();
    let mut prefixes: Vec<Path> = segments.next().map(Path::root).into_iter().collect();
    for segment in segments {
        if let Some(last) = prefixes.last() {
            prefixes.push(last.field(segment));
        }
    }
    prefixes
}
