//! The value of an expression: total, bounded by a [`Budget`], without input or output.

use std::sync::Arc;

use super::ast::{Binary, Comprehension, Expression, ExpressionKind, Macro, Name};
use super::value::{Budget, Fault, Record, Value};
use super::{ErrorKind, ExpressionError, TextRange, functions, operators};

/// Computes an expression; `roots` are the names that it sees.
///
/// As in CEL, `&&` and `||` give an answer despite an error on one side when the other side alone
/// decides, and so do `all` and `exists`.
///
/// # Errors
/// When the data does not fit, a result cannot be represented, or the budget is exhausted.
pub fn evaluate(
    expression: &Expression,
    roots: &Record,
    budget: &mut Budget,
) -> Result<Value, ExpressionError> {
    let mut evaluation = Evaluation {
        roots,
        variables: Vec::new(),
        budget,
    };
    evaluation.value(expression)
}

type Evaluated = Result<Value, ExpressionError>;

struct Evaluation<'a> {
    roots: &'a Record,
    variables: Vec<(&'a str, Value)>,
    budget: &'a mut Budget,
}

fn at(range: TextRange) -> impl Fn(Fault) -> ExpressionError {
    move |fault| ExpressionError::new(fault.kind, range, fault.message)
}

fn missing(range: TextRange, message: String) -> ExpressionError {
    ExpressionError::new(ErrorKind::Missing, range, message)
}

fn wrong_type(range: TextRange, message: String) -> ExpressionError {
    ExpressionError::new(ErrorKind::WrongType, range, message)
}

impl<'a> Evaluation<'a> {
    fn value(&mut self, expression: &'a Expression) -> Evaluated {
        let range = expression.range;
        self.budget.spend(1).map_err(at(range))?;
        match &expression.kind {
            ExpressionKind::Literal(literal) => Ok(literal.into()),
            ExpressionKind::Name(name) => self.named(name, range),
            ExpressionKind::Member { object, field } => {
                let object_value = self.value(object)?;
                member(&object_value, object, field)
            }
            ExpressionKind::Index { object, index } => {
                let collection = self.value(object)?;
                let position = self.value(index)?;
                element(&collection, &position, index.range)
            }
            ExpressionKind::Unary { operator, operand } => {
                let value = self.value(operand)?;
                operators::unary(*operator, &value).map_err(at(range))
            }
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => self.binary(*operator, left, right, range),
            ExpressionKind::Conditional {
                condition,
                then,
                otherwise,
            } => {
                let chosen = if self.truth(condition)? {
                    then
                } else {
                    otherwise
                };
                self.value(chosen)
            }
            ExpressionKind::Call {
                function,
                arguments,
            } => self.call(function, false, arguments.iter(), range),
            ExpressionKind::Method {
                receiver,
                method,
                arguments,
            } => {
                let all = std::iter::once(&**receiver).chain(arguments);
                self.call(method, true, all, range)
            }
            ExpressionKind::Has { object, field } => self.has(object, field),
            ExpressionKind::Comprehension(comprehension) => self.comprehension(comprehension),
            ExpressionKind::List(elements) => elements
                .iter()
                .map(|element| self.value(element))
                .collect::<Result<Arc<[Value]>, _>>()
                .map(Value::List),
            ExpressionKind::Map(entries) => self.map(entries),
        }
    }

    fn binary(
        &mut self,
        operator: Binary,
        left: &'a Expression,
        right: &'a Expression,
        range: TextRange,
    ) -> Evaluated {
        if matches!(operator, Binary::And | Binary::Or) {
            return self.logical(left, right, operator == Binary::Or);
        }
        let one = self.value(left)?;
        let other = self.value(right)?;
        operators::binary(operator, &one, &other, self.budget).map_err(at(range))
    }

    fn named(&self, name: &str, range: TextRange) -> Evaluated {
        let variable = self.variables.iter().rev().find(|(one, _)| *one == name);
        variable
            .map(|(_, value)| value)
            .or_else(|| self.roots.get(name))
            .cloned()
            .ok_or_else(|| missing(range, format!("`{name}` has no value")))
    }

    /// The truth of an operand that must be a condition.
    fn truth(&mut self, expression: &'a Expression) -> Result<bool, ExpressionError> {
        let value = self.value(expression)?;
        let Value::Boolean(truth) = value else {
            let message = format!("a condition is true or false, not {}", value.type_name());
            return Err(wrong_type(expression.range, message));
        };
        Ok(truth)
    }

    /// `&&` and `||`: the deciding truth value wins, even over an error on the other side.
    fn logical(&mut self, left: &'a Expression, right: &'a Expression, decides: bool) -> Evaluated {
        let first = self.truth(left);
        if decided(&first, decides)? {
            return Ok(Value::Boolean(decides));
        }
        let second = self.truth(right);
        if decided(&second, decides)? {
            return Ok(Value::Boolean(decides));
        }
        first.and(second).map(Value::Boolean)
    }

    fn call(
        &mut self,
        name: &Name,
        as_method: bool,
        arguments: impl Iterator<Item = &'a Expression>,
        range: TextRange,
    ) -> Evaluated {
        let Some(function) = functions::find(&name.text, as_method) else {
            let message = format!("there is no function `{}`", name.text);
            return Err(ExpressionError::new(
                ErrorKind::UnknownFunction,
                name.range,
                message,
            ));
        };
        let values = arguments
            .map(|argument| self.value(argument))
            .collect::<Result<Vec<_>, _>>()?;
        function.call(&values, self.budget).map_err(at(range))
    }

    fn has(&mut self, object: &'a Expression, field: &Name) -> Evaluated {
        let value = self.value(object)?;
        let Value::Map(fields) = &value else {
            return Err(no_fields(&value, object));
        };
        Ok(Value::Boolean(fields.contains_key(&*field.text)))
    }

    fn map(&mut self, entries: &'a [(Expression, Expression)]) -> Evaluated {
        let mut fields = Record::new();
        for (key, value) in entries {
            let Value::Text(name) = self.value(key)? else {
                return Err(wrong_type(key.range, "a key is a string".to_owned()));
            };
            let value = self.value(value)?;
            if fields.insert(Arc::clone(&name), value).is_some() {
                let message = format!("the key `{name}` stands twice in the map");
                return Err(ExpressionError::new(
                    ErrorKind::InvalidValue,
                    key.range,
                    message,
                ));
            }
        }
        Ok(fields.into())
    }

    fn comprehension(&mut self, comprehension: &'a Comprehension) -> Evaluated {
        let over = self.value(&comprehension.over)?;
        let elements: Arc<[Value]> = if let Value::Map(fields) = &over {
            fields.keys().cloned().map(Value::Text).collect()
        } else if let Value::List(elements) = over {
            elements
        } else {
            let macro_name = comprehension.name.as_str();
            let found = over.type_name();
            let message = format!("`{macro_name}` goes through a list or map, not {found}");
            return Err(wrong_type(comprehension.over.range, message));
        };
        match comprehension.name {
            Macro::All => self.quantified(comprehension, &elements, false),
            Macro::Exists => self.quantified(comprehension, &elements, true),
            Macro::ExistsOne => {
                let mut count = 0_usize;
                for element in elements.iter() {
                    let holds = self.with_element(comprehension, element, Self::truth)?;
                    count += usize::from(holds);
                }
                Ok(Value::Boolean(count == 1))
            }
            Macro::Filter => {
                let mut kept = Vec::new();
                for element in elements.iter() {
                    if self.with_element(comprehension, element, Self::truth)? {
                        kept.push(element.clone());
                    }
                }
                Ok(kept.into())
            }
            Macro::Map => self.mapped(comprehension, &elements),
        }
    }

    fn with_element<T>(
        &mut self,
        comprehension: &'a Comprehension,
        element: &Value,
        ask: fn(&mut Self, &'a Expression) -> Result<T, ExpressionError>,
    ) -> Result<T, ExpressionError> {
        self.variables
            .push((&comprehension.variable.text, element.clone()));
        let answer = ask(self, &comprehension.body);
        self.variables.pop();
        answer
    }

    /// `all` and `exists`, which are a chain of `&&` or `||` over the elements.
    fn quantified(
        &mut self,
        comprehension: &'a Comprehension,
        elements: &[Value],
        decides: bool,
    ) -> Evaluated {
        let mut answer = Ok(!decides);
        for element in elements {
            let truth = self.with_element(comprehension, element, Self::truth);
            if decided(&truth, decides)? {
                return Ok(Value::Boolean(decides));
            }
            answer = answer.and(truth);
        }
        answer.map(Value::Boolean)
    }

    fn mapped(&mut self, comprehension: &'a Comprehension, elements: &[Value]) -> Evaluated {
        let mut results = Vec::new();
        for element in elements {
            self.variables
                .push((&comprehension.variable.text, element.clone()));
            let wanted = match &comprehension.filter {
                Some(filter) => self.truth(filter),
                None => Ok(true),
            };
            let result = match wanted {
                Ok(true) => self.value(&comprehension.body).map(Some),
                Ok(false) => Ok(None),
                Err(error) => Err(error),
            };
            self.variables.pop();
            results.extend(result?);
        }
        Ok(results.into())
    }
}

/// True when the truth value decides alone; an exhausted budget ends everything.
fn decided(truth: &Result<bool, ExpressionError>, decides: bool) -> Result<bool, ExpressionError> {
    match truth {
        Ok(truth) => Ok(*truth == decides),
        Err(error) if error.kind == ErrorKind::BudgetExhausted => Err(error.clone()),
        Err(_) => Ok(false),
    }
}

fn no_fields(value: &Value, object: &Expression) -> ExpressionError {
    let message = format!("`{object}` has no fields: it is {}", value.type_name());
    wrong_type(object.range, message)
}

fn member(value: &Value, object: &Expression, field: &Name) -> Evaluated {
    let Value::Map(fields) = value else {
        return Err(no_fields(value, object));
    };
    fields.get(&*field.text).cloned().ok_or_else(|| {
        let message = format!("`{object}` has no field `{field}`");
        missing(field.range, message)
    })
}

fn element(collection: &Value, position: &Value, range: TextRange) -> Evaluated {
    match (collection, position) {
        (Value::List(elements), Value::Integer(index)) => usize::try_from(*index)
            .ok()
            .and_then(|index| elements.get(index))
            .cloned()
            .ok_or_else(|| {
                let size = elements.len();
                missing(range, format!("position {index} of a list of size {size}"))
            }),
        (Value::Map(fields), Value::Text(name)) => fields
            .get(name)
            .cloned()
            .ok_or_else(|| missing(range, format!("the map has no key `{name}`"))),
        _ => {
            let (collection, position) = (collection.type_name(), position.type_name());
            let message = format!("{collection} cannot be indexed by {position}");
            Err(wrong_type(range, message))
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
