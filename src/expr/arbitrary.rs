//! Random expressions for the property tests.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::TextRange;
use super::ast::{Binary, Comprehension, Expression, ExpressionKind, Literal, Macro, Name, Unary};

fn at_nowhere(kind: ExpressionKind) -> Expression {
    Expression {
        kind,
        range: TextRange::default(),
    }
}

fn boxed(expression: Expression) -> Box<Expression> {
    Box::new(expression)
}

fn name() -> impl Strategy<Value = Name> {
    "[a-z][a-z0-9_]{2,5}"
        .prop_filter("words with a meaning", |text| {
            super::parse(text).is_ok_and(|parsed| matches!(parsed.kind, ExpressionKind::Name(_)))
                && text != "has"
                && !Macro::ALL.iter().any(|one| one.as_str() == text)
        })
        .prop_map(|text| Name {
            text: text.into(),
            range: TextRange::default(),
        })
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Boolean),
        any::<i64>().prop_map(Literal::Integer),
        (any::<i64>(), 0..28_u32)
            .prop_map(|(number, scale)| Literal::Decimal(Decimal::new(number, scale))),
        any::<String>().prop_map(|text| Literal::Text(text.into())),
    ]
}

fn binary() -> impl Strategy<Value = Binary> {
    prop::sample::select(vec![
        Binary::Or,
        Binary::And,
        Binary::Equal,
        Binary::NotEqual,
        Binary::Less,
        Binary::LessOrEqual,
        Binary::Greater,
        Binary::GreaterOrEqual,
        Binary::In,
        Binary::Add,
        Binary::Subtract,
        Binary::Multiply,
        Binary::Divide,
        Binary::Remainder,
    ])
}

fn comprehension(
    inner: &BoxedStrategy<Expression>,
) -> impl Strategy<Value = ExpressionKind> + use<> {
    let which = prop::sample::select(Macro::ALL.to_vec());
    let filter = prop::option::of(inner.clone());
    (which, inner.clone(), name(), filter, inner.clone()).prop_map(
        |(which, over, variable, filter, body)| {
            ExpressionKind::Comprehension(Box::new(Comprehension {
                name: which,
                over,
                variable,
                filter: filter.filter(|_| which == Macro::Map),
                body,
            }))
        },
    )
}

/// Any tree that the grammar has, whether it makes sense or not.
pub(super) fn expression() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        literal().prop_map(ExpressionKind::Literal),
        name().prop_map(|name| ExpressionKind::Name(name.text)),
    ]
    .prop_map(at_nowhere);
    leaf.prop_recursive(5, 40, 4, |inner| {
        let inner = inner.boxed();
        let some = prop::collection::vec(inner.clone(), 0..4);
        let pairs = prop::collection::vec((inner.clone(), inner.clone()), 0..3);
        let unary = prop::sample::select(vec![Unary::Not, Unary::Minus]);
        prop_oneof![
            (inner.clone(), name()).prop_map(|(object, field)| ExpressionKind::Member {
                object: boxed(object),
                field,
            }),
            (inner.clone(), inner.clone()).prop_map(|(object, index)| ExpressionKind::Index {
                object: boxed(object),
                index: boxed(index),
            }),
            (unary, inner.clone()).prop_map(|(operator, operand)| ExpressionKind::Unary {
                operator,
                operand: boxed(operand),
            }),
            (binary(), inner.clone(), inner.clone()).prop_map(|(operator, left, right)| {
                ExpressionKind::Binary {
                    operator,
                    left: boxed(left),
                    right: boxed(right),
                }
            }),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(
                |(condition, then, otherwise)| ExpressionKind::Conditional {
                    condition: boxed(condition),
                    then: boxed(then),
                    otherwise: boxed(otherwise),
                }
            ),
            (name(), some.clone()).prop_map(|(function, arguments)| ExpressionKind::Call {
                function,
                arguments,
            }),
            (inner.clone(), name(), some.clone()).prop_map(|(receiver, method, arguments)| {
                ExpressionKind::Method {
                    receiver: boxed(receiver),
                    method,
                    arguments,
                }
            }),
            (inner.clone(), name()).prop_map(|(object, field)| ExpressionKind::Has {
                object: boxed(object),
                field,
            }),
            comprehension(&inner),
            some.prop_map(ExpressionKind::List),
            pairs.prop_map(ExpressionKind::Map),
        ]
        .prop_map(at_nowhere)
    })
}
