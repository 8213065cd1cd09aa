//! Generated expressions: what is well typed fails only for its data, and nothing panics.

use proptest::prelude::*;

use super::tests::roots;
use super::*;
use crate::expr::{Environment, Field, Object, Proven, Type, arbitrary, check, parse};

fn environment() -> Environment {
    let line = Object::new()
        .with("quantity", Field::required(Type::Integer))
        .with("amount", Field::required(Type::Decimal));
    let input = Object::new()
        .with("total", Field::required(Type::Decimal))
        .with("count", Field::required(Type::Integer))
        .with("dept", Field::required(Type::string()))
        .with("urgent", Field::required(Type::Boolean))
        .with("due", Field::required(Type::Date))
        .with("effort", Field::required(Type::Duration))
        .with("manager_id", Field::optional(Type::string()))
        .with("lines", Field::required(Type::list(line.into())));
    Environment::new().with("input", input)
}

/// Texts of well-typed conditions, with numbers, strings and lists inside.
fn condition(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop::sample::select(vec![
        "true",
        "false",
        "input.urgent",
        "has(input.manager_id)",
    ]);
    let leaf = leaf.prop_map(str::to_owned).boxed();
    if depth == 0 {
        return leaf;
    }
    let (one, other) = (condition(depth - 1), condition(depth - 1));
    let logic = prop::sample::select(vec!["&&", "||", "==", "!=", "<"]);
    let compare = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let by_text = prop::sample::select(vec!["contains", "startsWith", "endsWith"]);
    let quantifier = prop::sample::select(vec!["all", "exists", "exists_one"]);
    prop_oneof![
        leaf,
        one.clone().prop_map(|one| format!("!({one})")),
        (one.clone(), logic, other.clone()).prop_map(|(a, sign, b)| format!("({a}) {sign} ({b})")),
        (number(depth - 1), compare.clone(), number(depth - 1))
            .prop_map(|(a, sign, b)| format!("({a}) {sign} ({b})")),
        (string(depth - 1), compare, string(depth - 1))
            .prop_map(|(a, sign, b)| format!("({a}) {sign} ({b})")),
        (string(depth - 1), by_text, string(depth - 1))
            .prop_map(|(a, method, b)| format!("({a}).{method}({b})")),
        (number(depth - 1), list(depth - 1)).prop_map(|(a, b)| format!("({a}) in ({b})")),
        (list(depth - 1), quantifier, number(depth - 1))
            .prop_map(|(a, which, b)| format!("({a}).{which}(x, x > ({b}))")),
        (one, other, condition(depth - 1)).prop_map(|(a, b, c)| format!("({a}) ? ({b}) : ({c})")),
        string(depth - 1)
            .prop_map(|a| format!("has(input.manager_id) && input.manager_id == ({a})")),
        number(depth - 1)
            .prop_map(|a| format!("input.due + duration('3d') > input.due && ({a}) > 0")),
    ]
    .boxed()
}

fn number(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (-5..5_i64).prop_map(|number| number.to_string()),
        (any::<i32>(), 1..10_u32).prop_map(|(number, scale)| {
            rust_decimal::Decimal::new(i64::from(number), scale).to_string()
        }),
        Just("input.total".to_owned()),
        Just("input.count".to_owned()),
    ]
    .boxed();
    if depth == 0 {
        return leaf;
    }
    let sign = prop::sample::select(vec!["+", "-", "*", "/"]);
    let extreme = prop::sample::select(vec!["sum", "min", "max"]);
    prop_oneof![
        leaf,
        (number(depth - 1), sign, number(depth - 1))
            .prop_map(|(a, sign, b)| format!("({a}) {sign} ({b})")),
        number(depth - 1).prop_map(|a| format!("-({a})")),
        string(depth - 1).prop_map(|a| format!("({a}).size()")),
        (string(depth - 1), string(depth - 1)).prop_map(|(a, b)| format!("({a}).indexOf({b})")),
        (list(depth - 1), extreme).prop_map(|(a, which)| format!("({a}).{which}()")),
        (list(depth - 1), 0..3).prop_map(|(a, index)| format!("({a})[{index}]")),
        number(depth - 1).prop_map(|a| format!("int({a}) % 7")),
        string(depth - 1).prop_map(|a| format!("decimal({a})")),
        (condition(depth - 1), number(depth - 1), number(depth - 1))
            .prop_map(|(a, b, c)| format!("({a}) ? ({b}) : ({c})")),
    ]
    .boxed()
}

fn string(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        "[a-zä0-9 ,]{0,6}".prop_map(|text| format!("'{text}'")),
        Just("input.dept".to_owned()),
    ]
    .boxed();
    if depth == 0 {
        return leaf;
    }
    let plain = prop::sample::select(vec!["trim", "lowerAscii", "upperAscii"]);
    prop_oneof![
        leaf,
        (string(depth - 1), string(depth - 1)).prop_map(|(a, b)| format!("({a}) + ({b})")),
        (string(depth - 1), plain).prop_map(|(a, method)| format!("({a}).{method}()")),
        (string(depth - 1), string(depth - 1), string(depth - 1))
            .prop_map(|(a, b, c)| format!("({a}).replace({b}, {c})")),
        (string(depth - 1), -1..4, -1..5)
            .prop_map(|(a, start, end)| format!("({a}).substring({start}, {end})")),
        (string(depth - 1), -1..4).prop_map(|(a, at)| format!("({a}).charAt({at})")),
        (string(depth - 1), string(depth - 1), -1..4)
            .prop_map(|(a, b, limit)| format!("({a}).split({b}, {limit}).join(',')")),
        number(depth - 1).prop_map(|a| format!("string({a})")),
    ]
    .boxed()
}

fn list(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        prop::collection::vec(-5..5_i64, 0..4).prop_map(|numbers| format!("{numbers:?}")),
        Just("input.lines.map(l, l.amount)".to_owned()),
        Just("input.lines.map(l, l.quantity > 1, l.quantity)".to_owned()),
    ]
    .boxed();
    if depth == 0 {
        return leaf;
    }
    prop_oneof![
        leaf,
        (list(depth - 1), list(depth - 1)).prop_map(|(a, b)| format!("({a}) + ({b})")),
        (list(depth - 1), number(depth - 1))
            .prop_map(|(a, b)| format!("({a}).filter(x, x > ({b}))")),
        (list(depth - 1), number(depth - 1)).prop_map(|(a, b)| format!("({a}).map(x, x + ({b}))")),
    ]
    .boxed()
}

fn kind_fits(value: &Value, of: &Type) -> bool {
    if *of == Type::Any {
        return true;
    }
    match value {
        Value::Boolean(_) => *of == Type::Boolean,
        Value::Integer(_) => of.is_number(),
        Value::Decimal(_) => *of == Type::Decimal,
        Value::Text(_) => matches!(of, Type::String(_)),
        Value::Null
        | Value::Date(_)
        | Value::Timestamp(_)
        | Value::Duration(_)
        | Value::List(_)
        | Value::Map(_) => false,
    }
}

proptest! {
    #[test]
    fn what_is_well_typed_fails_only_for_its_data(
        text in prop_oneof![condition(3), number(3), string(3)],
        steps in 0..3_000_u64,
    ) {
        let Ok(expression) = parse(&text) else {
            return Err(TestCaseError::reject("beyond the limits"));
        };
        let outcome = check(&expression, &environment(), &Proven::new());
        let of_data = [
            ErrorKind::Overflow,
            ErrorKind::DivisionByZero,
            ErrorKind::Missing,
            ErrorKind::InvalidValue,
            ErrorKind::BudgetExhausted,
        ];
        for error in &outcome.errors {
            let expected = of_data.contains(&error.kind) || error.kind == ErrorKind::Constant;
            prop_assert!(expected, "{text}: {error:?}");
        }
        let mut budget = Budget::new(steps);
        match evaluate(&expression, &roots(), &mut budget) {
            Ok(value) => prop_assert!(kind_fits(&value, &outcome.of), "{text}: {value}"),
            Err(error) => prop_assert!(of_data.contains(&error.kind), "{text}: {error:?}"),
        }
        prop_assert!(budget.left() <= steps);
    }

    #[test]
    fn any_tree_is_checked_and_computed_or_refused(
        expression in arbitrary::expression(),
        steps in 0..3_000_u64,
    ) {
        let outcome = check(&expression, &environment(), &Proven::new());
        let mut budget = Budget::new(steps);
        let value = evaluate(&expression, &roots(), &mut budget);
        prop_assert!(budget.left() <= steps);
        // Whatever could not be computed from constants alone was reported before.
        let silent = outcome.errors.is_empty() && expression.references().is_empty();
        if let (Err(error), true) = (value, silent) {
            let free = [ErrorKind::BudgetExhausted, ErrorKind::DivisionByZero, ErrorKind::Overflow,
                ErrorKind::Missing, ErrorKind::InvalidValue];
            prop_assert!(free.contains(&error.kind), "{expression}: {error:?}");
        }
    }
}
