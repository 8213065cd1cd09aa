//! The one expression language of flowgate: a subset of CEL for step conditions, guards, values
//! and policies.
//!
//! [`parse`] turns text into an [`Expression`], [`check`] judges it against the types of an
//! [`Environment`], [`evaluate`] computes it from [`Value`]s within a [`Budget`]. No clock, no
//! input or output, no user functions; numbers with a point are decimals, never floats.
//!
//! The parser is our own: the `cel` crate's (0.15, `parser_pratt`) reads 1.85 million small
//! expressions a second and survives 20,000 terms and 5,000 parentheses, but it rounds decimals to
//! `f64`, throws the places of a valid expression away and gives its errors as prose by line and
//! column.
//!
//! Places are byte ranges of the text that was parsed ([`TextRange`]); mapping them to a file is
//! the caller's work, since only the caller knows how the text was quoted there.

#[cfg(test)]
mod arbitrary;
mod ast;
mod check;
mod compose;
mod environment;
mod eval;
mod functions;
mod lexer;
mod literal;
mod logic;
mod mistakes;
mod operators;
mod parse;
mod print;
mod value;

use std::fmt;
use std::ops::Range;

use crate::source::Span;

pub use ast::{
    Binary, Comprehension, Expression, ExpressionKind, Literal, Macro, Name, Path, Reference, Unary,
};
pub use check::{Outcome, check, check_condition};
pub use environment::{Environment, Field, Object, Presence, Proven, Type, Vocabulary};
pub use eval::evaluate;
pub use logic::{Answer, Assumptions, Example, Fact, Given, Premises, Solution};
pub use parse::{DEPTH_LIMIT, LENGTH_LIMIT, NESTING_LIMIT, NODE_LIMIT, parse};
pub use value::{Budget, Record, Value, parse_date, parse_duration, parse_timestamp};

/// A half-open range of bytes in the text of one expression.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextRange {
    /// First byte, counted from 0.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl TextRange {
    /// A range from byte offsets; texts are limited to far less than 4 GiB ([`LENGTH_LIMIT`]).
    pub fn new(range: Range<usize>) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        TextRange {
            start: clamp(range.start),
            end: clamp(range.end.max(range.start)),
        }
    }

    /// The byte range, for slicing the text.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The smallest range that covers both.
    #[must_use]
    pub fn to(self, other: TextRange) -> TextRange {
        TextRange {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The characters of the range; empty when `text` is not the text that was parsed.
    pub fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }
}

/// What sort of trouble an [`ExpressionError`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorKind {
    /// The text is no expression.
    Syntax,
    /// The text is longer, deeper or larger than flowgate reads.
    Limit,
    /// A name that nothing here is called.
    UnknownName,
    /// A field that the object does not have.
    UnknownField,
    /// A function or method that does not exist.
    UnknownFunction,
    /// Too many or too few arguments, or one of a wrong type.
    WrongArguments,
    /// Operands that do not go together.
    WrongType,
    /// A condition whose value is neither true nor false.
    NotBoolean,
    /// A text that is none of the values that the other side can have.
    NotAMember,
    /// An optional field that is read where it may be absent.
    Unguarded,
    /// A `has()` on a field that is always present.
    NeedlessGuard,
    /// A comparison or condition with only one possible outcome.
    Constant,
    /// A text that is no pattern, date, duration or number although its place asks for one.
    InvalidValue,
    /// A number, date or duration beyond what can be represented.
    Overflow,
    /// A division by zero.
    DivisionByZero,
    /// A field, key, name or position that the data does not have.
    Missing,
    /// The evaluation took more steps than it was given.
    BudgetExhausted,
}

/// Something wrong with an expression, as plain data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpressionError {
    /// What sort of trouble it is.
    pub kind: ErrorKind,
    /// The characters that are wrong.
    pub range: TextRange,
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// What to write instead, in words.
    pub help: Option<String>,
    /// What to write in place of exactly `range`, when there is a likely candidate.
    pub suggestion: Option<String>,
    /// Where the data that the error is about is declared, when that is known.
    pub declared: Option<Span>,
}

impl ExpressionError {
    pub(crate) fn new(kind: ErrorKind, range: TextRange, message: impl Into<String>) -> Self {
        ExpressionError {
            kind,
            range,
            message: message.into(),
            help: None,
            suggestion: None,
            declared: None,
        }
    }

    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    #[must_use]
    pub(crate) fn suggest(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }

    #[must_use]
    pub(crate) fn declared(mut self, place: Option<Span>) -> Self {
        self.declared = place;
        self
    }
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for ExpressionError {}
