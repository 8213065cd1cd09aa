//! Our expressions in FEEL, the expression language of DMN and of Camunda 8.
//!
//! | ours | FEEL |
//! |---|---|
//! | `a == b`, `!a`, `a && b`, `c ? x : y` | `a = b`, `not(a)`, `a and b`, `if c then x else y` |
//! | `has(x.f)`, `'k' in map` | `list contains(get entries(x).key, "f")`: null is not absent |
//! | `list[0]`, `map['k']` | `list[1]`, `get value(map, "k")`: FEEL counts from one |
//! | `all`, `exists` | `every … satisfies`, `some … satisfies` |
//! | `filter`, `map` with a filter | `flatten(for v in l return if c then [v] else [])`, since names inside `l[…]` may be hidden by the item's fields |
//! | `7 / 2`, `7 % 2` of integers | rounded towards zero explicitly |
//! | dates, instants, lengths of time in data | `date(…)`, `date and time(…)`, `duration(…)` around the path, since engines hold them as texts |
//!
//! FEEL has one kind of number; what an operator means is read from the contracts of the plan
//! ([`Kinds`]). What FEEL cannot say, or says differently, is a [`Refusal`] with the nearest that
//! it can. Two differences remain and are listed among the limits of the targets: where ours has
//! no value, FEEL has null, and a comparison for equality with null is false.

mod functions;

use crate::expr::{
    Binary, Comprehension, Expression, ExpressionKind, Literal, Macro, Unary, parse,
};
use crate::plan::value::{self, Data, Piece, Text};

use super::kinds::{Kind, Kinds};

/// What FEEL cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What cannot be said, lower case, no full stop.
    pub message: String,
    /// The nearest that can.
    pub help: String,
}

impl Refusal {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Refusal {
            message: message.into(),
            help: help.into(),
        }
    }
}

/// A text in FEEL, or why there is none.
pub type Translated = Result<String, Refusal>;

/// Words that stand for something else after a point.
const KEYWORDS: [&str; 19] = [
    "for",
    "return",
    "if",
    "then",
    "else",
    "some",
    "every",
    "satisfies",
    "in",
    "between",
    "and",
    "or",
    "null",
    "true",
    "false",
    "function",
    "instance",
    "of",
    "external",
];

/// An expression of the plan. Numbers, dates and texts become values of FEEL.
///
/// # Errors
/// When FEEL cannot hold it.
pub fn expression(written: &value::Expression, kinds: &Kinds<'_>) -> Translated {
    let expression = parsed(written)?;
    Translation { kinds }.value(&expression)
}

/// An expression whose value is handed on as it is: what is only read stays as the data has it.
///
/// # Errors
/// When FEEL cannot hold it.
pub fn handed_on(written: &value::Expression, kinds: &Kinds<'_>) -> Translated {
    let expression = parsed(written)?;
    let translation = Translation { kinds };
    if expression.path().is_some() {
        translation.bare(&expression)
    } else {
        translation.value(&expression)
    }
}

fn parsed(written: &value::Expression) -> Result<Expression, Refusal> {
    parse(written.as_str()).map_err(|error| {
        let text = written.as_str();
        Refusal::new(
            format!("`{text}` cannot be read: {error}"),
            "write another expression",
        )
    })
}

/// A text that may have to be computed.
///
/// # Errors
/// When FEEL cannot hold it.
pub fn text(text: &Text, kinds: &Kinds<'_>) -> Translated {
    match text {
        Text::Plain(text) => Ok(quoted(text)),
        Text::Computed { expression } => handed_on(expression, kinds),
        Text::Mixed { template } => {
            let pieces: Result<Vec<String>, Refusal> = template
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => Ok(quoted(text)),
                    Piece::Expression(expression) => {
                        let value = handed_on(expression, kinds)?;
                        let is_text = kinds.written(expression) == Kind::Text;
                        Ok(if is_text {
                            value
                        } else {
                            format!("string({value})")
                        })
                    }
                })
                .collect();
            Ok(pieces?.join(" + "))
        }
    }
}

/// Data that is sent.
///
/// # Errors
/// When FEEL cannot hold it.
pub fn data(data: &Data, kinds: &Kinds<'_>) -> Translated {
    match data {
        Data::Null => Ok("null".to_owned()),
        Data::Boolean(value) => Ok(value.to_string()),
        Data::Number(number) => Ok(number.as_str().to_owned()),
        Data::Text(text) => self::text(text, kinds),
        Data::List(items) => {
            let items: Result<Vec<String>, Refusal> =
                items.iter().map(|item| self::data(item, kinds)).collect();
            Ok(format!("[{}]", items?.join(", ")))
        }
        Data::Object { object } => {
            let fields: Result<Vec<String>, Refusal> = object
                .iter()
                .map(|(name, value)| Ok(format!("{}: {}", quoted(name), self::data(value, kinds)?)))
                .collect();
            Ok(format!("{{{}}}", fields?.join(", ")))
        }
    }
}

/// A single value.
pub fn literal(literal: &value::Literal) -> String {
    match literal {
        value::Literal::Boolean(value) => value.to_string(),
        value::Literal::Number(number) => number.as_str().to_owned(),
        value::Literal::Text(text) => quoted(text),
    }
}

/// A text in quotes.
pub fn quoted(text: &str) -> String {
    let mut result = String::from("\"");
    for each in text.chars() {
        match each {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            other => result.push(other),
        }
    }
    result.push('"');
    result
}

/// Translates in one place of the plan.
struct Translation<'k, 'p> {
    kinds: &'k Kinds<'p>,
}

impl Translation<'_, '_> {
    fn value(&self, expression: &Expression) -> Translated {
        let written = self.bare(expression)?;
        if expression.path().is_none() {
            return Ok(written);
        }
        Ok(match self.kinds.kind(expression) {
            Kind::Date => format!("date({written})"),
            Kind::Timestamp => format!("date and time({written})"),
            Kind::Duration => format!("duration({written})"),
            _ => written,
        })
    }

    /// The value as data has it.
    fn bare(&self, expression: &Expression) -> Translated {
        match &expression.kind {
            ExpressionKind::Literal(literal) => Ok(of_literal(literal)),
            ExpressionKind::Name(name) if KEYWORDS.contains(&&**name) => Err(Refusal::new(
                format!("`{name}` is a word of FEEL and cannot name an item"),
                "give the item another name",
            )),
            ExpressionKind::Name(name) => Ok(name.to_string()),
            ExpressionKind::Member { object, field } => self.field(object, &field.text),
            ExpressionKind::Index { object, index } => self.index(object, index),
            ExpressionKind::Unary { operator, operand } => {
                let inner = self.value(operand)?;
                Ok(match operator {
                    Unary::Not => format!("not({inner})"),
                    Unary::Minus => format!("-({inner})"),
                })
            }
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => self.binary(*operator, left, right),
            ExpressionKind::Conditional {
                condition,
                then,
                otherwise,
            } => self.conditional(condition, then, otherwise),
            ExpressionKind::Call {
                function,
                arguments,
            } => self.function(&function.text, &arguments.iter().collect::<Vec<_>>()),
            ExpressionKind::Method {
                receiver,
                method,
                arguments,
            } => {
                let all: Vec<&Expression> = [&**receiver].into_iter().chain(arguments).collect();
                self.function(&method.text, &all)
            }
            ExpressionKind::Has { object, field } => {
                let object = self.bare(object)?;
                Ok(has(&object, &quoted(&field.text)))
            }
            ExpressionKind::Comprehension(comprehension) => self.comprehension(comprehension),
            ExpressionKind::List(elements) => {
                let elements: Result<Vec<String>, Refusal> =
                    elements.iter().map(|element| self.value(element)).collect();
                Ok(format!("[{}]", elements?.join(", ")))
            }
            ExpressionKind::Map(entries) => self.map(entries),
        }
    }

    fn conditional(
        &self,
        condition: &Expression,
        then: &Expression,
        otherwise: &Expression,
    ) -> Translated {
        // A condition without a value gives none, as ours does; FEEL would take the second way.
        let asked = self.value(condition)?;
        let (then, otherwise) = (self.value(then)?, self.value(otherwise)?);
        Ok(format!(
            "if {asked} then {then} else if {} then {otherwise} else null",
            negated(&asked)
        ))
    }

    /// A value as an operand: in parentheses where the grammar could read it otherwise.
    fn operand(&self, expression: &Expression) -> Translated {
        let written = self.value(expression)?;
        Ok(match &expression.kind {
            ExpressionKind::Binary { .. }
            | ExpressionKind::Conditional { .. }
            | ExpressionKind::Comprehension(_)
            | ExpressionKind::Call { .. }
            | ExpressionKind::Method { .. } => format!("({written})"),
            ExpressionKind::Unary {
                operator: Unary::Minus,
                ..
            } => format!("({written})"),
            ExpressionKind::Literal(Literal::Integer(number)) if *number < 0 => {
                format!("({written})")
            }
            ExpressionKind::Literal(Literal::Decimal(number)) if number.is_sign_negative() => {
                format!("({written})")
            }
            ExpressionKind::Literal(_)
            | ExpressionKind::Name(_)
            | ExpressionKind::Member { .. }
            | ExpressionKind::Index { .. }
            | ExpressionKind::Unary { .. }
            | ExpressionKind::Has { .. }
            | ExpressionKind::List(_)
            | ExpressionKind::Map(_) => written,
        })
    }

    fn field(&self, object: &Expression, field: &str) -> Translated {
        let bare = self.bare(object)?;
        if KEYWORDS.contains(&field) {
            return Ok(format!("get value({bare}, {})", quoted(field)));
        }
        Ok(match &object.kind {
            ExpressionKind::Name(_)
            | ExpressionKind::Member { .. }
            | ExpressionKind::Index { .. } => format!("{bare}.{field}"),
            _ => format!("({bare}).{field}"),
        })
    }

    fn index(&self, object: &Expression, index: &Expression) -> Translated {
        let bare = self.bare(object)?;
        if let Some(name) = index.as_text() {
            return Ok(format!("get value({bare}, {})", quoted(name)));
        }
        match &index.kind {
            ExpressionKind::Literal(Literal::Integer(position)) if *position >= 0 => {
                Ok(format!("{bare}[{}]", position.saturating_add(1)))
            }
            _ => Err(Refusal::new(
                format!(
                    "`{index}` is computed: inside brackets, FEEL may take names for fields of the list"
                ),
                "write the position as a number, or find the item with `filter`",
            )),
        }
    }

    fn map(&self, entries: &[(Expression, Expression)]) -> Translated {
        let mut written = Vec::new();
        for (key, value) in entries {
            let Some(name) = key.as_text() else {
                return Err(Refusal::new(
                    format!("the key `{key}` is computed"),
                    "write the key out as a string",
                ));
            };
            written.push(format!("{}: {}", quoted(name), self.value(value)?));
        }
        Ok(format!("{{{}}}", written.join(", ")))
    }

    fn binary(&self, operator: Binary, left: &Expression, right: &Expression) -> Translated {
        let kinds = (self.kinds.kind(left), self.kinds.kind(right));
        let (one, other) = (self.operand(left)?, self.operand(right)?);
        let sign = match operator {
            Binary::Or => "or",
            Binary::And => "and",
            Binary::Equal => "=",
            Binary::NotEqual => "!=",
            Binary::Less | Binary::LessOrEqual | Binary::Greater | Binary::GreaterOrEqual
                if kinds.0 == Kind::Boolean =>
            {
                return Err(Refusal::new(
                    "FEEL does not order truth values",
                    "write `a && !b` for `a > b`",
                ));
            }
            Binary::Less => "<",
            Binary::LessOrEqual => "<=",
            Binary::Greater => ">",
            Binary::GreaterOrEqual => ">=",
            Binary::In => return self.contained(left, right, &kinds.1),
            Binary::Add if matches!(kinds, (Kind::List(_), _) | (_, Kind::List(_))) => {
                return Ok(format!("concatenate({one}, {other})"));
            }
            Binary::Add => "+",
            Binary::Subtract => "-",
            Binary::Multiply => "*",
            Binary::Divide => return divided(&one, &other, &kinds),
            Binary::Remainder => {
                let whole = towards_zero(&format!("{one} / {other}"));
                return Ok(format!("{one} - {other} * ({whole})"));
            }
        };
        Ok(format!("{one} {sign} {other}"))
    }

    fn contained(&self, left: &Expression, right: &Expression, kind: &Kind<'_>) -> Translated {
        let (one, all) = (self.value(left)?, self.bare(right)?);
        Ok(match kind {
            Kind::Object(_) | Kind::Map(_) => has(&all, &one),
            Kind::List(element) if element.is_temporal() => {
                return Err(Refusal::new(
                    "engines hold the dates of a list as texts, which equal no date",
                    "compare each with `exists(item, item == …)`",
                ));
            }
            _ => format!("list contains({all}, {one})"),
        })
    }

    fn comprehension(&self, comprehension: &Comprehension) -> Translated {
        let variable = &*comprehension.variable.text;
        if KEYWORDS.contains(&variable) {
            return Err(Refusal::new(
                format!("`{variable}` is a word of FEEL and cannot name an item"),
                "give the item another name",
            ));
        }
        let over = self.bare(&comprehension.over)?;
        let over = match self.kinds.kind(&comprehension.over) {
            Kind::Object(_) | Kind::Map(_) => format!("get entries({over}).key"),
            _ => over,
        };
        let element = self.kinds.element(&comprehension.over);
        let kinds = self.kinds.with(variable, element.clone());
        let inner = Translation { kinds: &kinds };
        let body = inner.value(&comprehension.body)?;
        Ok(match comprehension.name {
            Macro::All => format!("every {variable} in {over} satisfies {body}"),
            Macro::Exists => format!("some {variable} in {over} satisfies {body}"),
            Macro::ExistsOne => {
                format!("count((for {variable} in {over} return {body})[item = true]) = 1")
            }
            Macro::Map => match &comprehension.filter {
                None => format!("for {variable} in {over} return {body}"),
                Some(filter) => {
                    let filter = inner.value(filter)?;
                    refuse_nested(&inner.kinds.kind(&comprehension.body))?;
                    chosen(variable, &over, &filter, &body)
                }
            },
            Macro::Filter => {
                refuse_nested(&element)?;
                chosen(variable, &over, &body, variable)
            }
        })
    }
}

fn chosen(variable: &str, over: &str, filter: &str, value: &str) -> String {
    format!("flatten(for {variable} in {over} return if {filter} then [{value}] else [])")
}

fn refuse_nested(element: &Kind<'_>) -> Result<(), Refusal> {
    if matches!(element, Kind::List(_)) {
        return Err(Refusal::new(
            "FEEL would join the lists inside the list",
            "filter the items of the inner lists one list at a time",
        ));
    }
    Ok(())
}

/// `not(…)`, which gives nothing for nothing.
fn negated(condition: &str) -> String {
    format!("not({condition})")
}

fn has(object: &str, key: &str) -> String {
    format!("list contains(get entries({object}).key, {key})")
}

fn towards_zero(number: &str) -> String {
    format!("if {number} >= 0 then floor({number}) else ceiling({number})")
}

fn divided(one: &str, other: &str, kinds: &(Kind<'_>, Kind<'_>)) -> Translated {
    let exact = format!("{one} / {other}");
    match kinds {
        (Kind::Decimal, _) | (_, Kind::Decimal) => Ok(exact),
        (Kind::Integer, Kind::Integer) => Ok(towards_zero(&exact)),
        _ => Err(Refusal::new(
            "nothing says whether these are integers, whose quotient is whole, or decimals",
            "write `decimal(…)` around the first number, or give the data a contract",
        )),
    }
}

fn of_literal(literal: &Literal) -> String {
    match literal {
        Literal::Null => "null".to_owned(),
        Literal::Boolean(value) => value.to_string(),
        Literal::Integer(value) => value.to_string(),
        Literal::Decimal(value) => value.normalize().to_string(),
        Literal::Text(text) => quoted(text),
    }
}
