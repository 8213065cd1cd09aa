//! Operators and what they join.

use crate::expr::ast::{Binary, Expression, ExpressionKind, Literal};
use crate::expr::environment::{Proven, Type, Vocabulary};
use crate::expr::value::{parse_date, parse_duration, parse_timestamp};
use crate::expr::{ErrorKind, ExpressionError, TextRange};

use super::{Checker, Seen, names, shown};

impl<'a> Checker<'a> {
    pub(super) fn binary(
        &mut self,
        operator: Binary,
        left: &'a Expression,
        right: &'a Expression,
        range: TextRange,
        known: &Proven,
    ) -> Seen {
        if matches!(operator, Binary::And | Binary::Or) {
            return self.logical(operator, left, right, known);
        }
        let (one, other) = self.operands(operator, left, right, known);
        if operator.is_relation() {
            let pair = Pair {
                operator,
                left,
                right,
                range,
            };
            self.relation(&pair, &one, &other);
            return Seen::new(Type::Boolean);
        }
        let result = arithmetic(operator, &one.of, &other.of).unwrap_or_else(|| {
            let pair = Pair {
                operator,
                left,
                right,
                range,
            };
            self.report(pair.not_joined(&one.of, &other.of));
            Type::Any
        });
        Seen::new(result)
    }

    fn logical(
        &mut self,
        operator: Binary,
        left: &'a Expression,
        right: &'a Expression,
        known: &Proven,
    ) -> Seen {
        let one = self.visit(left, known);
        self.expect_condition(left, &one.of, operator.as_str());
        let is_and = operator == Binary::And;
        let passed = if is_and {
            &one.when_true
        } else {
            &one.when_false
        };
        let other = self.visit(right, &known.and(passed));
        self.expect_condition(right, &other.of, operator.as_str());
        let mut seen = Seen::new(Type::Boolean);
        if is_and {
            seen.when_true = one.when_true.and(&other.when_true);
            seen.when_false = one.when_false.or(&one.when_true.and(&other.when_false));
        } else {
            seen.when_false = one.when_false.and(&other.when_false);
            seen.when_true = one.when_true.or(&one.when_false.and(&other.when_true));
        }
        seen
    }

    /// Visits both sides; an unknown word compared with a string lacks its quotes.
    fn operands(
        &mut self,
        operator: Binary,
        left: &'a Expression,
        right: &'a Expression,
        known: &Proven,
    ) -> (Seen, Seen) {
        if operator.is_relation() {
            if let Some(word) = self.unknown_word(left) {
                let other = self.visit(right, known);
                return (self.judge_word(word, left.range, &other.of), other);
            }
            if let Some(word) = self.unknown_word(right) {
                let one = self.visit(left, known);
                let other = self.judge_word(word, right.range, &one.of);
                return (one, other);
            }
        }
        (self.visit(left, known), self.visit(right, known))
    }

    fn unknown_word(&self, expression: &'a Expression) -> Option<&'a str> {
        let ExpressionKind::Name(name) = &expression.kind else {
            return None;
        };
        self.lookup(name).is_none().then_some(name)
    }

    fn judge_word(&mut self, word: &str, range: TextRange, compared: &Type) -> Seen {
        let compared = compared.element().unwrap_or(compared);
        let of_strings = matches!(compared, Type::String(_));
        let error = if of_strings {
            self.forgotten_quotes(word, range)
        } else {
            self.unknown_name(word, range)
        };
        self.report(error);
        Seen::new(Type::Any)
    }

    fn relation(&mut self, pair: &Pair<'_>, one: &Seen, other: &Seen) {
        let fits = if pair.operator == Binary::In {
            is_in(&one.of, &other.of)
        } else {
            let joined = one.of.join(&other.of);
            let equality = matches!(pair.operator, Binary::Equal | Binary::NotEqual);
            joined.is_some_and(|joined| {
                equality
                    || [&joined, &one.of, &other.of]
                        .into_iter()
                        .all(can_be_ordered)
            })
        };
        if !fits {
            self.report(pair.not_compared(&one.of, &other.of));
            return;
        }
        let is_literal = matches!(pair.left.kind, ExpressionKind::Literal(_));
        if pair.left == pair.right && !is_literal && pair.operator != Binary::In {
            let value = matches!(
                pair.operator,
                Binary::Equal | Binary::LessOrEqual | Binary::GreaterOrEqual
            );
            let what = shown(pair.left);
            let message = format!("{what} is compared with itself, which is always {value}");
            self.report(ExpressionError::new(
                ErrorKind::Constant,
                pair.range,
                message,
            ));
            return;
        }
        self.vocabularies(pair, one, other);
    }

    /// Compares what is written with the values that the other side can have.
    fn vocabularies(&mut self, pair: &Pair<'_>, one: &Seen, other: &Seen) {
        if !matches!(pair.operator, Binary::Equal | Binary::NotEqual | Binary::In) {
            return;
        }
        let left = vocabulary(&one.of);
        let right = vocabulary(&other.of);
        if let Some(left) = left {
            self.members(left, (pair.left, one), pair.right);
        }
        if let Some(right) = right {
            self.members(right, (pair.right, other), pair.left);
        }
        let (Some(left), Some(right)) = (left, right) else {
            return;
        };
        if !left.overlaps(right) {
            let value = pair.operator == Binary::NotEqual;
            let message = format!(
                "{} and {} share no value, so this is always {value}",
                shown(pair.left),
                shown(pair.right)
            );
            self.report(ExpressionError::new(
                ErrorKind::Constant,
                pair.range,
                message,
            ));
        }
    }

    /// Reports the string literals in `written` that `subject` can never be.
    fn members(
        &mut self,
        vocabulary: &Vocabulary,
        (subject, seen): (&Expression, &Seen),
        written: &Expression,
    ) {
        let is_list = seen.of.element().is_some();
        if let ExpressionKind::List(elements) = &written.kind {
            for element in elements {
                self.members(vocabulary, (subject, seen), element);
            }
        }
        if let ExpressionKind::Conditional {
            then, otherwise, ..
        } = &written.kind
        {
            self.members(vocabulary, (subject, seen), then);
            self.members(vocabulary, (subject, seen), otherwise);
        }
        let Some(text) = written.as_text() else {
            return;
        };
        if vocabulary.allows(text) {
            return;
        }
        let values = || vocabulary.values.iter().map(String::as_str);
        let never = if is_list { "never holds" } else { "is never" };
        let message = format!("{} {never} `{written}`", shown(subject));
        let error = ExpressionError::new(ErrorKind::NotAMember, written.range, message);
        let meant = names::nearest(text, values());
        let quoted = meant.map(|meant| Literal::Text(meant.into()).to_string());
        let all = names::enumerated(values());
        let help = match &quoted {
            Some(quoted) => format!("did you mean `{quoted}`? its values are {all}"),
            None => format!("its values are {all}"),
        };
        self.report(error.help(help).suggest(quoted).declared(seen.declared));
    }
}

fn vocabulary(of: &Type) -> Option<&Vocabulary> {
    if let Type::String(vocabulary) = of.element().unwrap_or(of) {
        vocabulary.as_deref()
    } else {
        None
    }
}

fn can_be_ordered(of: &Type) -> bool {
    of.is_ordered() || *of == Type::Any
}

fn is_in(element: &Type, collection: &Type) -> bool {
    match collection {
        Type::List(of) => of.join(element).is_some(),
        Type::Map(_) | Type::Object(_) => matches!(element, Type::String(_) | Type::Any),
        Type::Any => true,
        Type::Null
        | Type::Boolean
        | Type::Integer
        | Type::Decimal
        | Type::Date
        | Type::Timestamp
        | Type::Duration
        | Type::String(_) => false,
    }
}

/// The type of a sum, difference, product or quotient.
fn arithmetic(operator: Binary, left: &Type, right: &Type) -> Option<Type> {
    if *left == Type::Any || *right == Type::Any {
        return Some(Type::Any);
    }
    if left.is_number() && right.is_number() {
        let of = left.join(right)?;
        return (operator != Binary::Remainder || of == Type::Integer).then_some(of);
    }
    match (operator, left, right) {
        (Binary::Add, Type::String(_), Type::String(_)) => Some(Type::string()),
        (Binary::Add, Type::List(_), Type::List(_)) => left.join(right),
        (Binary::Add | Binary::Subtract, Type::Duration, Type::Duration)
        | (Binary::Subtract, Type::Timestamp, Type::Timestamp)
        | (Binary::Subtract, Type::Date, Type::Date) => Some(Type::Duration),
        (Binary::Add | Binary::Subtract, Type::Timestamp | Type::Date, Type::Duration) => {
            Some(left.clone())
        }
        (Binary::Add, Type::Duration, Type::Timestamp | Type::Date) => Some(right.clone()),
        _ => None,
    }
}

/// Two operands around an operator.
struct Pair<'a> {
    operator: Binary,
    left: &'a Expression,
    right: &'a Expression,
    range: TextRange,
}

impl Pair<'_> {
    /// The operands cannot be added, multiplied and so on.
    fn not_joined(&self, one: &Type, other: &Type) -> ExpressionError {
        let operator = self.operator.as_str();
        let message = format!("`{operator}` does not join {one} and {other}");
        let error = ExpressionError::new(ErrorKind::WrongType, self.range, message);
        let convert = match (self.operator, one, other) {
            (Binary::Add, Type::String(_), other) if other.is_ordered() => self.right,
            (Binary::Add, one, Type::String(_)) if one.is_ordered() => self.left,
            (Binary::Remainder, _, _) => return error.help("`%` works on integers"),
            _ => return error,
        };
        error.help(format!("write `string({convert})`"))
    }

    /// The operands cannot be equal, or have no order.
    fn not_compared(&self, one: &Type, other: &Type) -> ExpressionError {
        if self.operator != Binary::In {
            let literal = wrongly_quoted(self.left, other).or(wrongly_quoted(self.right, one));
            if let Some((written, of, meant)) = literal {
                let message = format!("a string is compared with {of}");
                return ExpressionError::new(ErrorKind::WrongType, written.range, message)
                    .help(format!("write `{meant}`"))
                    .suggest(Some(meant));
            }
        }
        let (left, right) = (shown(self.left), shown(self.right));
        let message = match (self.operator, other) {
            (Binary::In, Type::List(element)) => {
                format!(
                    "{left} is {one}, but the elements of {right} are of type {}",
                    names::without_article(element)
                )
            }
            (Binary::In, Type::Map(_) | Type::Object(_)) => {
                format!("the keys of {right} are strings, but {left} is {one}")
            }
            (Binary::In, _) => format!("`in` asks for a list, but {right} is {other}"),
            _ if one.join(other).is_some() => {
                format!("`{}` has no meaning for {one}", self.operator.as_str())
            }
            _ => format!("{left} is {one}, but {right} is {other}"),
        };
        let error = ExpressionError::new(ErrorKind::WrongType, self.range, message);
        match (self.operator, one, other) {
            (Binary::In, Type::String(_), Type::String(_)) => error.help(format!(
                "write `{}.contains({})`, or a list: `[{}]`",
                self.right, self.left, self.right
            )),
            (_, Type::Timestamp, Type::Date) => error.help(format!("write `date({})`", self.left)),
            (_, Type::Date, Type::Timestamp) => error.help(format!("write `date({})`", self.right)),
            _ => error,
        }
    }
}

/// A string literal that, without quotes or in a function, would be of the other side's type.
fn wrongly_quoted<'e>(
    written: &'e Expression,
    other: &Type,
) -> Option<(&'e Expression, Type, String)> {
    let text = written.as_text()?;
    let meant = match other {
        Type::Integer | Type::Decimal => text
            .parse::<rust_decimal::Decimal>()
            .ok()
            .map(|_| text.to_owned())?,
        Type::Boolean if matches!(text, "true" | "false") => text.to_owned(),
        Type::Date => parse_date(text).map(|_| format!("date({written})"))?,
        Type::Timestamp => parse_timestamp(text).map(|_| format!("timestamp({written})"))?,
        Type::Duration => parse_duration(text).map(|_| format!("duration({written})"))?,
        Type::Any
        | Type::Null
        | Type::Boolean
        | Type::String(_)
        | Type::List(_)
        | Type::Map(_)
        | Type::Object(_) => return None,
    };
    Some((written, other.clone(), meant))
}
