//! Every answer agrees with trying all values of small domains.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::expr::value::Budget;
use crate::expr::{Field, Object, Type, evaluate, parse};

fn environment() -> Environment {
    let input = Object::new()
        .with("count", Field::required(Type::Integer))
        .with("most", Field::required(Type::Integer))
        .with("total", Field::required(Type::Decimal))
        .with(
            "kind",
            Field::required(Type::one_of(["a", "b", "c"], false)),
        )
        .with("flag", Field::required(Type::Boolean))
        .with("note", Field::optional(Type::one_of(["a", "b"], false)));
    Environment::new().with("input", input)
}

/// Keeps numbers inside the domain that is tried.
fn bounds() -> Vec<Expression> {
    let bounds = [
        "input.count >= -3 && input.count <= 4",
        "input.most >= -3 && input.most <= 4",
    ];
    bounds.iter().map(|text| parse(text).unwrap()).collect()
}

fn comparison() -> BoxedStrategy<String> {
    let sign = || prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let equality = || prop::sample::select(vec!["==", "!="]);
    let whole = || prop::sample::select(vec!["input.count", "input.most"]);
    let halves = (-4..6_i64).prop_map(|half| Decimal::new(half * 5, 1).to_string());
    prop_oneof![
        (whole(), sign(), -4..6_i32).prop_map(|(a, sign, b)| format!("{a} {sign} {b}")),
        (-4..6_i32, sign(), whole()).prop_map(|(a, sign, b)| format!("{a} {sign} {b}")),
        (sign(), halves).prop_map(|(sign, b)| format!("input.total {sign} {b}")),
        sign().prop_map(|sign| format!("input.count {sign} input.most")),
        (whole(), sign()).prop_map(|(a, sign)| format!("{a} {sign} input.total")),
        (equality(), prop::sample::select(vec!["a", "b", "c", "d"]))
            .prop_map(|(sign, b)| format!("input.kind {sign} '{b}'")),
        Just("input.kind in ['a', 'c']".to_owned()),
        Just("input.count in [0, 2, 9]".to_owned()),
        Just("input.flag".to_owned()),
        Just("has(input.note)".to_owned()),
        equality().prop_map(|sign| format!("input.note {sign} 'a'")),
        equality().prop_map(|sign| format!("input.note {sign} input.kind")),
    ]
    .boxed()
}

fn guard() -> impl Strategy<Value = String> {
    comparison().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| format!("!({one})")),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one}) && ({other})")),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one}) || ({other})")),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one}) == ({other})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(one, then, other)| format!("({one}) ? ({then}) : ({other})")),
        ]
    })
}

/// Every case of the domain. Decimals go by quarters, so that there is one between every two
/// constants, and beyond the outermost.
fn cases() -> Vec<Record> {
    let mut cases = Vec::new();
    let kinds = ["a", "b", "c"];
    let notes = [None, Some("a"), Some("b")];
    for (count, most) in (-3..=4).flat_map(|count| (-3..=4).map(move |most| (count, most))) {
        for quarter in -18..=22 {
            for (kind, note) in kinds.iter().flat_map(|kind| notes.map(|note| (kind, note))) {
                for flag in [false, true] {
                    let mut input = Record::from([
                        ("count".into(), Value::Integer(count)),
                        ("most".into(), Value::Integer(most)),
                        (
                            "total".into(),
                            Value::Decimal(Decimal::new(quarter * 25, 2)),
                        ),
                        ("kind".into(), Value::text(kind)),
                        ("flag".into(), Value::Boolean(flag)),
                    ]);
                    if let Some(note) = note {
                        input.insert("note".into(), Value::text(note));
                    }
                    cases.push(Record::from([("input".into(), Value::from(input))]));
                }
            }
        }
    }
    cases
}

fn truth(condition: &Expression, case: &Record) -> Option<bool> {
    match evaluate(condition, case, &mut Budget::new(10_000)) {
        Ok(Value::Boolean(truth)) => Some(truth),
        _ => None,
    }
}

/// True when the facts of the example, completed by those of the case, are the case.
fn fits(example: &Example, case: &Record) -> bool {
    let Some(Value::Map(input)) = case.get("input") else {
        return false;
    };
    example.facts.iter().all(|fact| {
        let name = fact.subject.strip_prefix("input.").unwrap_or_default();
        match (&fact.given, input.get(name)) {
            (Given::Absent, found) => found.is_none(),
            (Given::Present, found) => found.is_some(),
            (Given::Value(Value::Decimal(one)), Some(Value::Decimal(other))) => one == other,
            (Given::Value(one), found) => found == Some(one),
        }
    })
}

thread_local! {
    static CASES: Vec<Record> = cases();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn answers_agree_with_trying_everything(
        holds in prop::collection::vec(guard(), 0..3),
        fails in prop::collection::vec(guard(), 0..3),
    ) {
        let environment = environment();
        let premises = bounds().into_iter().fold(Premises::new(&environment), Premises::assuming);
        let read = |texts: &[String]| -> Vec<Expression> {
            texts.iter().map(|text| parse(text).unwrap()).collect()
        };
        let (holding, failing) = (read(&holds), read(&fails));
        let holding: Vec<&Expression> = holding.iter().collect();
        let failing: Vec<&Expression> = failing.iter().collect();
        let solution = premises.solve(&holding, &failing);
        let solves = |case: &Record| {
            holding.iter().all(|guard| truth(guard, case) == Some(true))
                && failing.iter().all(|guard| truth(guard, case) == Some(false))
        };
        CASES.with(|cases| match &solution {
            Solution::Impossible => {
                let wrong = cases.iter().find(|case| solves(case));
                prop_assert!(wrong.is_none(), "{holds:?} | {fails:?}: {wrong:?}");
                Ok(())
            }
            Solution::Possible(example) => {
                let mut fitting = cases.iter().filter(|case| fits(example, case)).peekable();
                // An example may use a decimal that lies between two that are tried.
                if fitting.peek().is_some() {
                    prop_assert!(fitting.all(solves), "{holds:?} | {fails:?}: {example}");
                }
                prop_assert!(cases.iter().any(solves), "{holds:?} | {fails:?}: {example}");
                Ok(())
            }
            Solution::Unknown => {
                prop_assert!(false, "{holds:?} | {fails:?} is unknown");
                Ok(())
            }
        })?;
    }
}
