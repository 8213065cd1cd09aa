//! Calls of functions and methods.

use crate::expr::ast::{Expression, Name};
use crate::expr::environment::{Proven, Type};
use crate::expr::functions::{Function, Parameter, Returns, find, pattern};
use crate::expr::{ErrorKind, ExpressionError};

use super::{Checker, Seen, names, shown};

impl<'a> Checker<'a> {
    pub(super) fn call(
        &mut self,
        name: &Name,
        receiver: Option<&'a Expression>,
        arguments: &'a [Expression],
        known: &Proven,
    ) -> Seen {
        let given: Vec<&Expression> = receiver.into_iter().chain(arguments).collect();
        let types: Vec<Type> = receiver
            .into_iter()
            .chain(arguments)
            .map(|argument| self.visit(argument, known).of)
            .collect();
        let Some(function) = find(&name.text, receiver.is_some()) else {
            let error = names::unknown_function(&name.text, receiver.is_some(), name.range);
            self.report(error);
            return Seen::new(Type::Any);
        };
        let errors_before = self.errors.len();
        if let Some(error) = wrong_count(function, name, receiver.is_some(), given.len()) {
            self.report(error);
        } else {
            let pairs = given.iter().zip(&types).zip(function.parameters);
            for (index, ((argument, of), parameter)) in pairs.enumerate() {
                let is_receiver = index == 0 && receiver.is_some();
                if let Some(error) = judge(function, *parameter, is_receiver, argument, of) {
                    self.report(error);
                }
            }
        }
        let unknown = function.returns == Returns::Element && self.errors.len() > errors_before;
        Seen::new(if unknown {
            Type::Any
        } else {
            function.returns.of(&types)
        })
    }
}

fn wrong_count(
    function: &Function,
    name: &Name,
    as_method: bool,
    given: usize,
) -> Option<ExpressionError> {
    let (least, most) = (function.required, function.parameters.len());
    if (least..=most).contains(&given) {
        return None;
    }
    let receiver = usize::from(as_method);
    let (least, most, given) = (least - receiver, most - receiver, given - receiver);
    let wanted = match (least, most) {
        (0, 0) => "no arguments".to_owned(),
        (1, 1) => "one argument".to_owned(),
        _ if least == most => format!("{least} arguments"),
        _ => format!("{least} to {most} arguments"),
    };
    let message = format!("`{name}` takes {wanted}, but is given {given}");
    let kind = ErrorKind::WrongArguments;
    Some(ExpressionError::new(kind, name.range, message))
}

fn judge(
    function: &Function,
    parameter: Parameter,
    is_receiver: bool,
    argument: &Expression,
    of: &Type,
) -> Option<ExpressionError> {
    let name = function.name;
    if parameter == Parameter::Pattern {
        let Some(written) = argument.as_text() else {
            let message = format!("the pattern of `{name}` must be written out");
            let error = ExpressionError::new(ErrorKind::WrongArguments, argument.range, message);
            return Some(error.help("so it can be checked now: `x.matches(r'^[A-Z]+$')`"));
        };
        let fault = pattern(written).err()?;
        return Some(ExpressionError::new(
            fault.kind,
            argument.range,
            fault.message,
        ));
    }
    if parameter.accepts(of) {
        return None;
    }
    let (wanted, what) = (parameter.describe(), shown(argument));
    let message = if is_receiver {
        format!("`{name}` is a method of {wanted}, but {what} is {of}")
    } else {
        format!("`{name}` asks for {wanted}, but {what} is {of}")
    };
    let error = ExpressionError::new(ErrorKind::WrongArguments, argument.range, message);
    Some(match (parameter, of) {
        (Parameter::Text, Type::List(_)) if name == "contains" => {
            error.help(format!("write `x in {argument}`"))
        }
        (Parameter::Text, other) if other.is_ordered() => {
            error.help(format!("write `string({argument})`"))
        }
        _ => error,
    })
}
