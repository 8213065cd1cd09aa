//! What expressions compute, and that they always stop.

use super::*;
use crate::expr::{Environment, Proven, check, parse, parse_date, parse_duration};

fn record<const N: usize>(fields: [(&str, Value); N]) -> Record {
    let named = fields.into_iter();
    named.map(|(name, value)| (name.into(), value)).collect()
}

pub(super) fn roots() -> Record {
    let line = |quantity: i64, amount: &str| {
        Value::from(record([
            ("quantity", Value::Integer(quantity)),
            ("amount", Value::Decimal(amount.parse().unwrap())),
        ]))
    };
    let lines = vec![line(2, "10.50"), line(1, "0.25")];
    let input = record([
        ("total", Value::Decimal("10.75".parse().unwrap())),
        ("count", Value::Integer(2)),
        ("dept", Value::text("people")),
        ("urgent", Value::Boolean(true)),
        ("due", Value::Date(parse_date("2026-02-27").unwrap())),
        ("effort", Value::Duration(parse_duration("2d").unwrap())),
        ("lines", Value::from(lines)),
    ]);
    record([("input", Value::from(input))])
}

fn result(text: &str) -> Result<Value, ExpressionError> {
    evaluate(&parse(text).unwrap(), &roots(), &mut Budget::new(10_000))
}

fn shown(text: &str) -> String {
    match result(text) {
        Ok(value) => value.to_string(),
        Err(error) => format!("{:?} [{}] {error}", error.kind, error.range.of(text)),
    }
}

#[test]
fn values_are_exact() {
    for (text, value) in [
        ("0.1 + 0.2 == 0.3", "true"),
        ("1 == 1.0", "true"),
        ("1 == '1'", "false"),
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("-7 % 3", "-1"),
        ("7 / 2.0", "3.5"),
        ("1 / 3.0 * 3.0 < 1", "true"),
        ("2 + 0.5", "2.5"),
        ("input.lines.map(l, l.amount).sum() == input.total", "true"),
        ("input.lines.map(l, l.quantity * l.amount)", "[21.00, 0.25]"),
        ("string(21.00) + string(true) + string(-3)", "'21true-3'"),
        ("[1, 2.5, 2].max()", "2.5"),
        ("['b', 'a'].min()", "'a'"),
        ("[].sum()", "0"),
        ("int('-12') + int(3.9)", "-9"),
        ("decimal('0.10') + decimal(1)", "1.10"),
        ("[1] + [2] == [1, 2]", "true"),
        ("2 in [1, 2.0]", "true"),
        ("'a' in {'a': 1}", "true"),
        ("{'a': 1} == {'a': 1.0}", "true"),
        ("'b' > 'a' && false < true", "true"),
    ] {
        assert_eq!(shown(text), value, "{text}");
    }
}

#[test]
fn time_is_exact() {
    for (text, value) in [
        ("input.due + duration('3d')", "date('2026-03-02')"),
        ("input.due - date('2026-02-01')", "duration('2246400s')"),
        ("input.effort > duration('47h')", "true"),
        ("input.effort == duration('P2D')", "true"),
        (
            "timestamp('2026-01-01T00:00:00+01:00') - duration('1.5h')",
            "timestamp('2025-12-31T21:30:00Z')",
        ),
        (
            "date(timestamp('2026-01-01T00:30:00+01:00'))",
            "date('2025-12-31')",
        ),
        (
            "timestamp('2026-01-02T00:00:00Z') - timestamp('2026-01-01T00:00:00Z') == duration('1d')",
            "true",
        ),
        ("string(duration('1h') - duration('2h'))", "'-3600s'"),
        ("string(input.due)", "'2026-02-27'"),
    ] {
        assert_eq!(shown(text), value, "{text}");
    }
}

#[test]
fn strings_count_characters() {
    for (text, value) in [
        ("'käse'.size() + size([1, 2]) + size({'a': 1})", "7"),
        ("'käse'.substring(1, 3)", "'äs'"),
        ("'käse'.charAt(1) + 'x'.charAt(1)", "'ä'"),
        ("'käse'.indexOf('s')", "2"),
        ("'abab'.indexOf('ab', 1)", "2"),
        ("'abc'.indexOf('x')", "-1"),
        (
            "' a '.trim() + 'ÄaB'.lowerAscii() + 'äb'.upperAscii()",
            "'aÄabäB'",
        ),
        ("'a,b,,c'.split(',')", "['a', 'b', '', 'c']"),
        ("'a,b,c'.split(',', 2)", "['a', 'b,c']"),
        ("'äb'.split('')", "['ä', 'b']"),
        ("''.split(',') + 'a'.split(',', 0)", "['']"),
        ("['a', 'b'].join('-') + ['c'].join()", "'a-bc'"),
        ("'aaa'.replace('a', 'b', 2)", "'bba'"),
        ("'ab'.replace('', '-')", "'-a-b-'"),
        (
            "'AB-12'.matches(r'^[A-Z]+-\\d+$') && !matches('x', 'y')",
            "true",
        ),
        (
            "'people'.startsWith('pe') && 'people'.endsWith('le')",
            "true",
        ),
        ("'people'.contains('eop')", "true"),
    ] {
        assert_eq!(shown(text), value, "{text}");
    }
}

#[test]
fn one_side_may_decide_despite_an_error_on_the_other() {
    for (text, value) in [
        ("false && 1 / 0 == 1", "false"),
        ("1 / 0 == 1 && false", "false"),
        ("1 / 0 == 1 || true", "true"),
        (
            "true && 1 / 0 == 1",
            "DivisionByZero [1 / 0] division by zero",
        ),
        ("[0, 1].exists(x, 1 / x == 1)", "true"),
        ("[0, 2].all(x, 1 / x == 1)", "false"),
        (
            "[0, 2].exists(x, 1 / x == 1)",
            "DivisionByZero [1 / x] division by zero",
        ),
        ("[1, 2, 1].exists_one(x, x == 2)", "true"),
        ("[1, 2, 1].exists_one(x, x == 1)", "false"),
        ("[].all(x, x) && ![].exists(x, x)", "true"),
        ("{'a': 1, 'b': 2}.filter(k, k != 'a')", "['b']"),
        ("[1, 2, 3].map(x, x > 1, x * x)", "[4, 9]"),
        ("[1, 2].map(x, [3].map(x, x + 1)[0] + x)", "[5, 6]"),
        ("has(input.dept) && !has(input.manager_id)", "true"),
        ("input.urgent ? 'yes' : 1 / 0", "'yes'"),
    ] {
        assert_eq!(shown(text), value, "{text}");
    }
}

fn told(texts: &str) -> String {
    let lines = texts.lines().map(str::trim).filter(|text| !text.is_empty());
    lines
        .map(|text| format!("{text}  =>  {}\n", shown(text)))
        .collect()
}

#[test]
fn results_that_cannot_be_represented_are_errors_with_their_place() {
    let told = told(
        r"
        1 + 1 / 0
        1 % 0
        1.0 / 0
        9223372036854775807 + 1
        -9223372036854775808 / -1
        -(-9223372036854775808)
        79228162514264337593543950335.0 * 10
        date('9999-12-31') + duration('1d')
        date('2026-01-01') + duration('1h')
        timestamp('9999-12-30T00:00:00Z') + duration('900000w')
        duration('9000000000000w') + duration('9000000000000w')
        ",
    );
    insta::assert_snapshot!(told, @r"
    1 + 1 / 0  =>  DivisionByZero [1 / 0] division by zero
    1 % 0  =>  DivisionByZero [1 % 0] division by zero
    1.0 / 0  =>  DivisionByZero [1.0 / 0] division by zero
    9223372036854775807 + 1  =>  Overflow [9223372036854775807 + 1] the result is beyond what integer values can hold
    -9223372036854775808 / -1  =>  Overflow [-9223372036854775808 / -1] the result is beyond what integer values can hold
    -(-9223372036854775808)  =>  Overflow [-(-9223372036854775808)] the result is beyond what integer values can hold
    79228162514264337593543950335.0 * 10  =>  Overflow [79228162514264337593543950335.0 * 10] the result is beyond what decimal values can hold
    date('9999-12-31') + duration('1d')  =>  Overflow [date('9999-12-31') + duration('1d')] the result is beyond what date values can hold
    date('2026-01-01') + duration('1h')  =>  InvalidValue [date('2026-01-01') + duration('1h')] a date `+` a duration asks for whole days
    timestamp('9999-12-30T00:00:00Z') + duration('900000w')  =>  Overflow [timestamp('9999-12-30T00:00:00Z') + duration('900000w')] the result is beyond what timestamp values can hold
    duration('9000000000000w') + duration('9000000000000w')  =>  Overflow [duration('9000000000000w') + duration('9000000000000w')] the result is beyond what duration values can hold
    ");
}

#[test]
fn data_that_does_not_fit_is_an_error_with_its_place() {
    let told = told(
        r"
        input.manager_id
        other
        input.total.x
        [1][1]
        [1][-1]
        {'a': 1}['b']
        {'a': 1, 'a': 2}
        1 + 'a'
        1 < 'a'
        !1
        1 && true
        [].min()
        'abc'.substring(2, 1)
        'abc'.charAt(4)
        int('x')
        int(79228162514264337593543950335.0)
        date('tomorrow')
        nothing(1)
        'a'.size(1)
        'a'.split('', '1')
        1.all(x, x)
        ",
    );
    insta::assert_snapshot!(told, @r"
    input.manager_id  =>  Missing [manager_id] `input` has no field `manager_id`
    other  =>  Missing [other] `other` has no value
    input.total.x  =>  WrongType [input.total] `input.total` has no fields: it is decimal
    [1][1]  =>  Missing [1] position 1 of a list of size 1
    [1][-1]  =>  Missing [-1] position -1 of a list of size 1
    {'a': 1}['b']  =>  Missing ['b'] the map has no key `b`
    {'a': 1, 'a': 2}  =>  InvalidValue ['a'] the key `a` stands twice in the map
    1 + 'a'  =>  WrongType [1 + 'a'] `+` does not apply to integer and string
    1 < 'a'  =>  WrongType [1 < 'a'] `<` does not apply to integer and string
    !1  =>  WrongType [!1] `!` does not apply to a value of type integer
    1 && true  =>  WrongType [1] a condition is true or false, not integer
    [].min()  =>  Missing [[].min()] an empty list has no `min`
    'abc'.substring(2, 1)  =>  Missing ['abc'.substring(2, 1)] `substring` ends before it begins
    'abc'.charAt(4)  =>  Missing ['abc'.charAt(4)] `charAt` asks for position 4 of a string of size 3
    int('x')  =>  InvalidValue [int('x')] `x` is no integer
    int(79228162514264337593543950335.0)  =>  Overflow [int(79228162514264337593543950335.0)] the result is beyond what integer values can hold
    date('tomorrow')  =>  InvalidValue [date('tomorrow')] `tomorrow` is no date; one is written `2026-05-04`
    nothing(1)  =>  UnknownFunction [nothing] there is no function `nothing`
    'a'.size(1)  =>  WrongArguments ['a'.size(1)] `size` does not take string, integer
    'a'.split('', '1')  =>  WrongArguments ['a'.split('', '1')] `split` does not take string
    1.all(x, x)  =>  WrongType [1] `all` goes through a list or map, not integer
    ");
}

#[test]
fn every_evaluation_stops_within_its_budget() {
    let many: Vec<Value> = (0..300).map(Value::Integer).collect();
    let long = Value::text(&"x".repeat(10_000));
    let roots = record([("items", Value::from(many)), ("long", long)]);
    for text in [
        "items.all(a, items.all(b, items.all(c, a + b + c >= 0)))",
        "true || items.all(a, items.all(b, items.all(c, a + b + c >= 0))) || true",
        "items.map(a, items.map(b, items.map(c, [a, b, c])))",
        "long.replace('', long).replace('', long).size()",
        "items.map(a, long + long)",
        "items.map(a, items == items)",
        "items.map(a, long.split(''))",
        "items.map(a, items + items)",
        "items.map(a, long.contains('y'))",
        "items.map(a, long).join(long)",
    ] {
        let mut budget = Budget::new(20_000);
        let outcome = evaluate(&parse(text).unwrap(), &roots, &mut budget);
        let kind = outcome.map_err(|error| error.kind);
        if text.starts_with("true") {
            assert_eq!(kind, Ok(Value::Boolean(true)), "{text}");
        } else {
            assert_eq!(kind, Err(ErrorKind::BudgetExhausted), "{text}");
            assert_eq!(budget.left(), 0);
        }
    }
    let absorbed = "items.all(a, items.all(b, items.all(c, a + b + c >= 0))) || true";
    let outcome = evaluate(&parse(absorbed).unwrap(), &roots, &mut Budget::new(20_000));
    assert_eq!(
        outcome.map_err(|error| error.kind),
        Err(ErrorKind::BudgetExhausted)
    );
}

#[test]
fn the_deepest_trees_fit_the_stack_of_a_thread() {
    for text in [
        vec!["1"; 100].join("+"),
        format!("{}true", "!".repeat(99)),
        format!("{}1{}", "[".repeat(49), "]".repeat(49)),
        format!("{}[1]{}", "[1].map(x, ".repeat(48), ")".repeat(48)),
        format!("{}1{}", "(1+".repeat(49), ")".repeat(49)),
        format!("{}1", "true?1:".repeat(49)),
    ] {
        let expression = parse(&text).unwrap();
        let outcome = check(&expression, &Environment::new(), &Proven::new());
        assert_eq!(
            outcome
                .errors
                .iter()
                .find(|e| e.kind == ErrorKind::WrongType),
            None
        );
        evaluate(&expression, &Record::new(), &mut Budget::new(10_000)).unwrap();
        assert_eq!(parse(&expression.to_string()).as_ref(), Ok(&expression));
    }
}
