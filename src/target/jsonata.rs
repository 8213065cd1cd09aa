//! Our expressions in JSONata, the query language of Step Functions.
//!
//! # What stays the same
//!
//! An expression that has no value (a missing field, a position beyond the list, a division by
//! zero) gives *undefined* in JSONata, and so does every part that reads it: Step Functions can ask
//! `$exists(…)` and raise `ERROR`. JSONata itself takes undefined for false in `and`, `or`, `=` and
//! `? :`; where a path may be missing, these are therefore written with the functions of [`strict`],
//! which keep the three answers true, false and undefined apart as our evaluator does. Paths that
//! contracts guarantee are written plainly.
//!
//! Dates and timestamps are texts in JSON; timestamps are compared by their milliseconds. Lengths
//! of time are numbers of seconds.
//!
//! # Decimals
//!
//! Numbers are doubles in JSONata. A decimal with at most 15 digits becomes the double that is
//! nearest to it, and no two of them become the same one, so that comparing, passing on and looking
//! up such numbers is exact. Sums, differences, products and quotients of decimals are rounded to
//! nine places behind the point, half to even, so that `0.1 + 0.2 == 0.3` holds as it does for us;
//! a difference that begins at the tenth place is lost. Literals with more than 15 digits, or more
//! than nine places, are refused.

mod functions;
mod known;
mod macros;
mod operators;
mod strict;

use rust_decimal::Decimal;

use crate::expr::{self, Environment, Expression, ExpressionKind, Literal, Proven, Type, Unary};

/// The most digits that a double holds exactly.
const DIGITS: usize = 15;
/// The places behind the point that results of arithmetic keep.
pub const PLACES: u32 = 9;

/// What the language cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    /// The part that cannot be held, in the author's words.
    pub part: String,
    /// Why, as the end of a sentence.
    pub because: String,
    /// What to write instead.
    pub instead: String,
}

/// The names that an expression sees: their types, and what holds their values in the engine.
#[derive(Debug, Clone)]
pub struct Names {
    /// The types.
    pub environment: Environment,
    /// The variable that holds the results of a step, for steps of the same branch or item; all
    /// others are in `$steps`.
    pub results: Vec<(String, String)>,
    /// What a name beside `input`, `steps`, `case`, `controls` and `lists` is called.
    pub variables: Vec<(String, String)>,
}

impl Names {
    /// The names of a plan, outside of branches and items.
    pub fn new(environment: Environment) -> Self {
        Names {
            environment,
            results: Vec::new(),
            variables: Vec::new(),
        }
    }

    /// The same with one more name.
    #[must_use]
    pub fn with(mut self, name: &str, variable: &str, of: Type) -> Self {
        self.environment = self.environment.with(name, of);
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), variable.to_owned()));
        self
    }
}

/// An expression in JSONata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jsonata {
    /// The text, without `{%` and `%}`.
    pub text: String,
    /// True when it always has a value.
    pub certain: bool,
}

/// Writes an expression in JSONata.
///
/// # Errors
/// With the part that JSONata cannot hold.
pub fn translate(expression: &Expression, names: &Names) -> Result<Jsonata, Unsupported> {
    let mut writer = Writer {
        names: names.clone(),
        plain: true,
        helpers: Vec::new(),
    };
    let certain = writer.is_certain(expression);
    writer.plain = certain;
    let text = writer.term(expression)?;
    Ok(Jsonata {
        text: strict::with_helpers(&writer.helpers, text.text),
        certain,
    })
}

/// The type of an expression.
pub fn type_of(expression: &str, names: &Names) -> Type {
    expr::parse(expression).map_or(Type::Any, |parsed| {
        expr::check(&parsed, &names.environment, &Proven::new()).of
    })
}

/// A text as a JSONata literal.
pub fn quoted(text: &str) -> String {
    // An apostrophe cannot be escaped.
    let mark = if text.contains('\'') { '"' } else { '\'' };
    let mut quoted = String::from(mark);
    for each in text.chars() {
        match each {
            '"' if mark == '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other if other.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(other))),
            other => quoted.push(other),
        }
    }
    quoted.push(mark);
    quoted
}

/// The name of a field, quoted where it is no plain word or a word of the language.
pub fn field(name: &str) -> String {
    let is_word = name.chars().enumerate().all(|(index, each)| {
        each == '_' || each.is_ascii_alphabetic() || (index > 0 && each.is_ascii_digit())
    });
    if is_word
        && !matches!(
            name,
            "and" | "or" | "in" | "true" | "false" | "null" | "function"
        )
    {
        name.to_owned()
    } else {
        format!("`{name}`")
    }
}

/// A text of JSONata and whether it can be an operand as it stands.
#[derive(Debug, Clone)]
struct Term {
    text: String,
    simple: bool,
}

impl Term {
    fn simple(text: impl Into<String>) -> Self {
        Term {
            text: text.into(),
            simple: true,
        }
    }

    fn compound(text: impl Into<String>) -> Self {
        Term {
            text: text.into(),
            simple: false,
        }
    }

    /// The text as an operand.
    fn operand(self) -> String {
        if self.simple {
            self.text
        } else {
            format!("({})", self.text)
        }
    }
}

type Written = Result<Term, Unsupported>;

struct Writer {
    names: Names,
    /// Whether every part has a value, so that JSONata's own operators do.
    plain: bool,
    helpers: Vec<&'static str>,
}

fn unsupported(part: &Expression, because: &str, instead: &str) -> Unsupported {
    Unsupported {
        part: part.to_string(),
        because: because.to_owned(),
        instead: instead.to_owned(),
    }
}

impl Writer {
    fn kind(&self, expression: &Expression) -> Type {
        expr::check(expression, &self.names.environment, &Proven::new()).of
    }

    /// A call of a function of [`strict`].
    fn helper(&mut self, name: &'static str, arguments: &[String]) -> Term {
        if !self.helpers.contains(&name) {
            self.helpers.push(name);
        }
        Term::simple(format!("${name}({})", arguments.join(", ")))
    }

    fn term(&mut self, expression: &Expression) -> Written {
        match &expression.kind {
            ExpressionKind::Literal(literal) => written_literal(literal, expression),
            ExpressionKind::Name(name) => self.named(name, expression),
            ExpressionKind::Member { object, field } => {
                self.measurable(expression)?;
                self.member(object, &field.text)
            }
            ExpressionKind::Index { object, index } => self.index(object, index),
            ExpressionKind::Unary { operator, operand } => {
                let operand = self.term(operand)?;
                Ok(match operator {
                    Unary::Not => Term::simple(format!("$not({})", operand.text)),
                    Unary::Minus => Term::compound(format!("-{}", operand.operand())),
                })
            }
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => self.binary(*operator, left, right, expression),
            ExpressionKind::Conditional {
                condition,
                then,
                otherwise,
            } => self.conditional(condition, then, otherwise),
            ExpressionKind::Call {
                function,
                arguments,
            } => {
                let arguments: Vec<&Expression> = arguments.iter().collect();
                self.function(&function.text, &arguments, expression)
            }
            ExpressionKind::Method {
                receiver,
                method,
                arguments,
            } => {
                let arguments: Vec<&Expression> =
                    std::iter::once(&**receiver).chain(arguments).collect();
                self.function(&method.text, &arguments, expression)
            }
            ExpressionKind::Has { object, field } => {
                let whole = self.member(object, &field.text)?;
                if self.plain {
                    return Ok(Term::simple(format!("$exists({})", whole.text)));
                }
                let object = self.term(object)?;
                Ok(self.helper("has", &[object.text, quoted(&field.text)]))
            }
            ExpressionKind::Comprehension(comprehension) => {
                self.comprehension(comprehension, expression)
            }
            ExpressionKind::List(elements) => self.list(elements),
            ExpressionKind::Map(entries) => self.map(entries, expression),
        }
    }

    /// Refuses lengths of time that come with data.
    fn measurable(&self, member: &Expression) -> Result<(), Unsupported> {
        let is_data = member
            .path()
            .is_none_or(|path| !["case", "controls"].iter().any(|root| path.starts_at(root)));
        if is_data && self.kind(member) == Type::Duration {
            return Err(unsupported(
                member,
                "a length of time in data is a text there, which nothing can measure",
                "send the length as a number, such as `minutes`",
            ));
        }
        Ok(())
    }

    fn named(&self, name: &str, expression: &Expression) -> Written {
        if let Some((_, variable)) = self.names.variables.iter().find(|(known, _)| known == name) {
            return Ok(Term::simple(variable.clone()));
        }
        match name {
            "input" | "steps" | "case" | "controls" | "lists" => {
                Ok(Term::simple(format!("${name}")))
            }
            _ => Err(unsupported(
                expression,
                "nothing in the state machine has this name",
                "read `input`, `steps`, `case`, `controls` or `lists`",
            )),
        }
    }

    fn member(&mut self, object: &Expression, name: &str) -> Written {
        let is_root = |expected: &str| matches!(&object.kind, ExpressionKind::Name(root) if &**root == expected);
        let is_own = |known: &str| self.names.variables.iter().any(|(own, _)| own == known);
        if is_root("steps") && !is_own("steps") {
            let holder = self
                .names
                .results
                .iter()
                .rev()
                .find(|(step, _)| step == name);
            let holder = holder.map_or("$steps", |(_, variable)| variable.as_str());
            return Ok(Term::simple(format!("{holder}.{}", field(name))));
        }
        if is_root("case") && name == "age" && !is_own("case") {
            return Ok(Term::simple(
                "$floor(($millis() - $toMillis($case.started)) / 1000)",
            ));
        }
        let object = self.term(object)?.operand();
        Ok(Term::simple(format!("{object}.{}", field(name))))
    }

    fn index(&mut self, object: &Expression, index: &Expression) -> Written {
        if let Some(name) = index.as_text() {
            return self.member(object, name);
        }
        let collection = self.kind(object);
        let object = self.term(object)?;
        let position = self.term(index)?;
        let is_list = matches!(collection, Type::List(_));
        let helper = if is_list { "at" } else { "get" };
        Ok(self.helper(helper, &[object.text, position.text]))
    }

    fn list(&mut self, elements: &[Expression]) -> Written {
        let written = self.all(elements)?;
        let list = format!("[{}]", written.join(", "));
        if self.plain || written.is_empty() {
            return Ok(Term::simple(list));
        }
        // What is undefined would silently be left out.
        let certain: Vec<String> = written
            .iter()
            .map(|each| format!("$exists({each})"))
            .collect();
        Ok(Term::compound(format!(
            "{} ? {list}",
            certain.join(" and ")
        )))
    }

    fn map(&mut self, entries: &[(Expression, Expression)], whole: &Expression) -> Written {
        let mut pairs = Vec::new();
        let mut present = Vec::new();
        for (key, value) in entries {
            let Some(key) = key.as_text() else {
                return Err(unsupported(
                    whole,
                    "a key of an object is computed",
                    "write the key out",
                ));
            };
            let value = self.term(value)?.text;
            present.push(format!("$exists({value})"));
            pairs.push(format!("{}: {value}", quoted(key)));
        }
        let object = format!("{{{}}}", pairs.join(", "));
        if self.plain || pairs.is_empty() {
            return Ok(Term::simple(object));
        }
        Ok(Term::compound(format!(
            "{} ? {object}",
            present.join(" and ")
        )))
    }

    fn all<'e>(
        &mut self,
        expressions: impl IntoIterator<Item = &'e Expression>,
    ) -> Result<Vec<String>, Unsupported> {
        expressions
            .into_iter()
            .map(|each| self.term(each).map(|term| term.text))
            .collect()
    }

    fn conditional(
        &mut self,
        condition: &Expression,
        then: &Expression,
        otherwise: &Expression,
    ) -> Written {
        let condition = self.term(condition)?.operand();
        let then = self.term(then)?.operand();
        let otherwise = self.term(otherwise)?.operand();
        if self.plain {
            return Ok(Term::compound(format!(
                "{condition} ? {then} : {otherwise}"
            )));
        }
        Ok(Term::compound(format!(
            "$exists({condition}) ? ({condition} ? {then} : {otherwise})"
        )))
    }
}

fn written_literal(literal: &Literal, expression: &Expression) -> Written {
    let number = match literal {
        Literal::Null => return Ok(Term::simple("null")),
        Literal::Boolean(value) => return Ok(Term::simple(value.to_string())),
        Literal::Text(text) => return Ok(Term::simple(quoted(text))),
        Literal::Integer(value) => Decimal::from(*value),
        Literal::Decimal(value) => value.normalize(),
    };
    if !is_exact(&number) {
        return Err(unsupported(
            expression,
            "numbers are doubles in Step Functions, which hold 15 digits and here nine places",
            "write the number with fewer digits",
        ));
    }
    let text = number.to_string();
    Ok(if number.is_sign_negative() {
        Term::compound(text)
    } else {
        Term::simple(text)
    })
}

/// True for decimals that a double holds exactly enough to tell them apart.
pub fn is_exact(number: &Decimal) -> bool {
    let digits = number.mantissa().unsigned_abs().to_string().len();
    digits <= DIGITS && number.scale() <= PLACES
}
