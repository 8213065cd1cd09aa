//! The functions and methods of the language, each declared once: name, form, types and body.

mod convert;
mod lists;
mod text;

use super::ErrorKind;
use super::environment::Type;
use super::value::{Budget, Fault, Value};

pub(super) use text::pattern;

use self::Form::{Call, Either, Method};
use self::{Parameter as P, Returns as R};

/// How a function is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `date('2026-05-04')`
    Call,
    /// `text.trim()`; the receiver is the first parameter.
    Method,
    /// Both, as CEL allows for `size` and `matches`.
    Either,
}

/// What a parameter accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameter {
    Text,
    /// A string written out, holding a regular expression.
    Pattern,
    Integer,
    /// A string, list or map.
    Sized,
    /// A list of strings.
    Texts,
    /// A list of numbers.
    Numbers,
    /// A list of values with an order.
    Ordered,
    /// What `string()` can write.
    Scalar,
    /// What `int()` and `decimal()` can read.
    Numeric,
    /// What `date()` can read.
    Day,
    /// What `timestamp()` can read.
    Moment,
    /// What `duration()` can read.
    Length,
}

impl Parameter {
    /// True when a value of the type may be given; an unknown type may always.
    pub fn accepts(self, given: &Type) -> bool {
        let element = |accept: fn(&Type) -> bool| {
            let element = given.element();
            element.is_some_and(|element| accept(element) || *element == Type::Any)
        };
        if *given == Type::Any {
            return true;
        }
        let text = matches!(given, Type::String(_));
        match self {
            Parameter::Text | Parameter::Pattern => text,
            Parameter::Integer => *given == Type::Integer,
            Parameter::Sized => {
                text || matches!(given, Type::List(_) | Type::Map(_) | Type::Object(_))
            }
            Parameter::Texts => element(|element| matches!(element, Type::String(_))),
            Parameter::Numbers => element(Type::is_number),
            Parameter::Ordered => element(Type::is_ordered),
            Parameter::Scalar => given.is_ordered(),
            Parameter::Numeric => text || given.is_number(),
            Parameter::Day => text || matches!(given, Type::Date | Type::Timestamp),
            Parameter::Moment => text || *given == Type::Timestamp,
            Parameter::Length => text || *given == Type::Duration,
        }
    }

    /// What is accepted, in the author's words.
    pub fn describe(self) -> &'static str {
        match self {
            Parameter::Text => "a string",
            Parameter::Pattern => "a pattern written out as a string",
            Parameter::Integer => "an integer",
            Parameter::Sized => "a string, list or map",
            Parameter::Texts => "a list of strings",
            Parameter::Numbers => "a list of numbers",
            Parameter::Ordered => "a list of numbers, strings, dates or durations",
            Parameter::Scalar => "a single value",
            Parameter::Numeric => "a number or a string",
            Parameter::Day => "a string, date or timestamp",
            Parameter::Moment => "a string or timestamp",
            Parameter::Length => "a string or duration",
        }
    }
}

/// What a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Returns {
    Boolean,
    Integer,
    Decimal,
    Text,
    Texts,
    Date,
    Timestamp,
    Duration,
    /// The type of the elements of the first argument.
    Element,
}

impl Returns {
    /// The type of the result for arguments of these types.
    pub fn of(self, arguments: &[Type]) -> Type {
        match self {
            Returns::Boolean => Type::Boolean,
            Returns::Integer => Type::Integer,
            Returns::Decimal => Type::Decimal,
            Returns::Text => Type::string(),
            Returns::Texts => Type::list(Type::string()),
            Returns::Date => Type::Date,
            Returns::Timestamp => Type::Timestamp,
            Returns::Duration => Type::Duration,
            Returns::Element => {
                let element = arguments.first().and_then(Type::element);
                element.cloned().unwrap_or(Type::Any)
            }
        }
    }
}

/// A function of the language.
pub(super) struct Function {
    pub name: &'static str,
    pub form: Form,
    pub parameters: &'static [Parameter],
    /// How many of the parameters must be given, from the left.
    pub required: usize,
    pub returns: Returns,
    apply: fn(&[Value], &mut Budget) -> Result<Value, Fault>,
}

const fn function(
    name: &'static str,
    form: Form,
    parameters: &'static [Parameter],
    required: usize,
    returns: Returns,
    apply: fn(&[Value], &mut Budget) -> Result<Value, Fault>,
) -> Function {
    Function {
        name,
        form,
        parameters,
        required,
        returns,
        apply,
    }
}

/// Every function, in reference order.
#[rustfmt::skip]
pub(super) static FUNCTIONS: [Function; 23] = [
    function("size", Either, &[P::Sized], 1, R::Integer, lists::size),
    function("contains", Method, &[P::Text, P::Text], 2, R::Boolean, text::contains),
    function("startsWith", Method, &[P::Text, P::Text], 2, R::Boolean, text::starts_with),
    function("endsWith", Method, &[P::Text, P::Text], 2, R::Boolean, text::ends_with),
    function("matches", Either, &[P::Text, P::Pattern], 2, R::Boolean, text::matches),
    function("lowerAscii", Method, &[P::Text], 1, R::Text, text::lower_ascii),
    function("upperAscii", Method, &[P::Text], 1, R::Text, text::upper_ascii),
    function("trim", Method, &[P::Text], 1, R::Text, text::trim),
    function("split", Method, &[P::Text, P::Text, P::Integer], 2, R::Texts, text::split),
    function("join", Method, &[P::Texts, P::Text], 1, R::Text, text::join),
    function("replace", Method, &[P::Text, P::Text, P::Text, P::Integer], 3, R::Text, text::replace),
    function("substring", Method, &[P::Text, P::Integer, P::Integer], 2, R::Text, text::substring),
    function("charAt", Method, &[P::Text, P::Integer], 2, R::Text, text::char_at),
    function("indexOf", Method, &[P::Text, P::Text, P::Integer], 2, R::Integer, text::index_of),
    function("min", Method, &[P::Ordered], 1, R::Element, lists::min),
    function("max", Method, &[P::Ordered], 1, R::Element, lists::max),
    function("sum", Method, &[P::Numbers], 1, R::Element, lists::sum),
    function("string", Call, &[P::Scalar], 1, R::Text, convert::string),
    function("int", Call, &[P::Numeric], 1, R::Integer, convert::int),
    function("decimal", Call, &[P::Numeric], 1, R::Decimal, convert::decimal),
    function("date", Call, &[P::Day], 1, R::Date, convert::date),
    function("timestamp", Call, &[P::Moment], 1, R::Timestamp, convert::timestamp),
    function("duration", Call, &[P::Length], 1, R::Duration, convert::duration),
];

impl Function {
    /// Computes the function for arguments that may not have been checked.
    pub fn call(&self, arguments: &[Value], budget: &mut Budget) -> Result<Value, Fault> {
        if !(self.required..=self.parameters.len()).contains(&arguments.len()) {
            return Err(unsuitable(self.name, arguments));
        }
        (self.apply)(arguments, budget)
    }
}

/// The function of a name, written as a call or as a method.
pub(super) fn find(name: &str, as_method: bool) -> Option<&'static Function> {
    named(name).filter(|function| match function.form {
        Form::Call => !as_method,
        Form::Method => as_method,
        Form::Either => true,
    })
}

/// The function of a name, however it is written.
pub(super) fn named(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// What a function says about arguments that a checked expression would not have given it.
fn unsuitable(name: &str, arguments: &[Value]) -> Fault {
    let given: Vec<_> = arguments.iter().map(Value::type_name).collect();
    let message = format!("`{name}` does not take {}", given.join(", "));
    Fault::new(ErrorKind::WrongArguments, message)
}
