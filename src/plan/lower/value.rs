//! Expressions, data and literals.

use std::collections::BTreeSet;

use crate::plan::value::{Data, Expression, Literal, Number, Text};
use crate::syntax::expressions;
use crate::syntax::scalars;

pub(super) fn expression(written: &expressions::Expression) -> Expression {
    Expression::new(&written.text)
}

/// A missing expression is one that never has a value.
pub(super) fn required(written: Option<&expressions::Expression>) -> Expression {
    written.map_or_else(|| Expression::new(""), expression)
}

pub(super) fn template(written: &expressions::Template) -> Text {
    Text::new(&written.text)
}

/// A key that takes a bare expression, where authors may also write `${ }`.
pub(super) fn bare_or_template(written: &expressions::Expression) -> Text {
    if written.text.contains("${") {
        Text::new(&written.text)
    } else {
        Text::Computed {
            expression: expression(written),
        }
    }
}

pub(super) fn data(written: &expressions::Data) -> Data {
    match written {
        expressions::Data::Null => Data::Null,
        expressions::Data::Boolean(value) => Data::Boolean(*value),
        expressions::Data::Number(text) => Data::Number(Number::new(text)),
        expressions::Data::Text(text) => Data::Text(template(text)),
        expressions::Data::List(items) => {
            Data::List(items.iter().map(|item| data(&item.value)).collect())
        }
        expressions::Data::Map(entries) => Data::Object {
            object: entries
                .iter()
                .map(|(key, value)| (key.value.clone(), data(&value.value)))
                .collect(),
        },
    }
}

pub(super) fn literal(written: &scalars::Literal) -> Literal {
    match written {
        scalars::Literal::Boolean(value) => Literal::Boolean(*value),
        scalars::Literal::Number(text) => Literal::Number(Number::new(text)),
        scalars::Literal::Text(text) => Literal::Text(text.clone()),
    }
}

pub(super) fn set(words: impl Iterator<Item = String>) -> BTreeSet<String> {
    words.collect()
}
