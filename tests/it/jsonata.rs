//! Both sides are computed on generated values: here by our evaluator, with the result recorded in
//! `tests/engines/asl/expressions.json`, and by `tests/engines/asl/verify` with a real JSONata.

use std::path::Path;
use std::sync::Arc;

use flowgate::target::jsonata::{Jsonata, Names, Unsupported, translate};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value as Json, json};

use flowgate::expr::{
    Budget, Environment, Field, Object, Presence, Record, Type, Value, evaluate, parse, parse_date,
    parse_timestamp,
};

/// Expressions over the record of [`environment`], one for each thing that the language can say.
pub const EXPRESSIONS: &[&str] = &[
    "input.whole",
    "input.maybe",
    "input.nothing",
    "input.whole == 3",
    "input.whole != 3",
    "input.maybe == 3",
    "input.maybe != 3",
    "input.nothing == null",
    "input.nothing == 'a'",
    "input.price == 0.3",
    "input.price + 0.1 == 0.4",
    "0.1 + 0.2 == 0.3",
    "input.price * 3",
    "input.price - input.discount",
    "input.price * input.discount",
    "input.price / input.discount",
    "input.price / input.whole <= 0.1",
    "input.whole / 2",
    "-input.whole / 2",
    "input.whole / (input.whole - 3)",
    "input.whole % 2",
    "-input.whole % 2",
    "-input.price",
    "input.whole < 3 && input.price >= 0.3",
    "input.whole < 3 || input.price >= 0.3",
    "input.maybe > 2 || input.flag",
    "input.flag || input.maybe > 2",
    "input.maybe > 2 && input.flag",
    "!(input.maybe > 2)",
    "!input.flag",
    "input.flag ? input.text : 'other'",
    "input.maybe > 2 ? 'many' : 'few'",
    "has(input.maybe)",
    "has(input.maybe) && input.maybe > 2",
    "!has(input.maybe) || input.maybe > 2",
    "input.text == 'anna'",
    "input.text < 'b'",
    "input.text + '/' + input.text",
    "input.text + '-' + string(input.whole)",
    "string(input.price)",
    "string(input.flag)",
    "input.text in ['anna', 'bo']",
    "input.whole in [1, 2, 3]",
    "input.price in [0.3, 1.5]",
    "input.text in input.texts",
    "'a' in {'a': 1}",
    "input.texts.size()",
    "input.text.size()",
    "size(input.lines)",
    "input.texts[0]",
    "input.texts[2]",
    "input.texts[input.whole]",
    "input.lines[0].count",
    "input.text.contains('n')",
    "input.text.startsWith('an')",
    "input.text.endsWith('na')",
    "input.text.matches('^[a-m]+$')",
    "input.text.upperAscii()",
    "' a  b '.trim()",
    "input.text.substring(1)",
    "input.text.substring(1, 3)",
    "input.text.charAt(0)",
    "input.text.indexOf('n')",
    "input.text.replace('n', 'mm')",
    "'a,b'.split(',')",
    "input.texts.join('-')",
    "[1, 2, 3].sum()",
    "input.prices.sum()",
    "input.prices.max()",
    "input.prices.min()",
    "input.texts.max()",
    "input.lines.all(line, line.count > 1)",
    "input.lines.exists(line, line.count > 1)",
    "input.lines.exists_one(line, line.count > 1)",
    "input.lines.filter(line, line.count > 1)",
    "input.lines.map(line, line.count * 2)",
    "input.lines.map(line, line.count > 1, line.count)",
    "input.lines.all(line, line.note == 'x')",
    "input.lines.exists(line, line.note == 'x')",
    "input.lines.map(line, line.note)",
    "input.prices + [7.5]",
    "[input.whole, input.maybe]",
    "{'a': input.whole, 'b': input.text}",
    "{'a': input.maybe}",
    "int(input.price)",
    "int('42') + 1",
    "decimal('0.5') + input.price",
    "input.day == date('2026-05-04')",
    "input.day < date('2026-05-05')",
    "input.day + duration('2d')",
    "input.day - date('2026-05-01') > duration('2d')",
    "input.at == timestamp('2026-05-04T09:30:00Z')",
    "input.at < timestamp('2026-05-04T11:30:00+02:00')",
    "input.at + duration('90m') > timestamp('2026-05-04T10:00:00Z')",
    "date(input.at)",
    "duration('90m') > duration('1h')",
    "steps.done.note",
    "steps.done.note == 'x' || steps.skipped.note == 'x'",
    "steps.done.note == 'y' && steps.skipped.note == 'x'",
    "steps.done.open + 1",
    "has(input.maybe) && input.maybe + input.texts.size() > 1",
    "input.lines.filter(line, line.note == 'x').size()",
    "input.lines.map(line, line.note == 'x' ? line.count : 0)",
    "input.lines.exists_one(line, line.note == 'x')",
    "steps.done.open * 2 - 1",
    "steps.done.open < 3 ? steps.done.note : 'none'",
    "steps.done.note + '/' + input.text",
    "(steps.done.note + input.text).contains('x')",
    "input.text.startsWith(steps.done.note)",
    "input.texts.exists(text, text in input.texts && text.size() > 2)",
];

fn environment() -> Environment {
    let line = Object::new()
        .with("count", Field::required(Type::Integer))
        .with("note", Field::optional(Type::string()));
    let input = Object::new()
        .with("whole", Field::required(Type::Integer))
        .with("maybe", Field::optional(Type::Integer))
        .with("nothing", Field::new(Type::string(), Presence::Nullable))
        .with("price", Field::required(Type::Decimal))
        .with("discount", Field::required(Type::Decimal))
        .with("flag", Field::required(Type::Boolean))
        .with("text", Field::required(Type::string()))
        .with("texts", Field::required(Type::list(Type::string())))
        .with("prices", Field::required(Type::list(Type::Decimal)))
        .with("lines", Field::required(Type::list(line.into())))
        .with("day", Field::required(Type::Date))
        .with("at", Field::required(Type::Timestamp));
    let done = Object::new()
        .with("note", Field::required(Type::string()))
        .with("open", Field::required(Type::Any));
    let steps = Object::new()
        .with("done", Field::optional(done.clone().into()))
        .with("skipped", Field::optional(done.into()));
    Environment::new().with("input", input).with("steps", steps)
}

/// Records that differ in what is missing, empty, negative, and exact.
pub fn records() -> Vec<Record> {
    let decimals = ["0.3", "-2.55", "1234567.89", "0", "0.125"];
    let texts = ["anna", "", "bo", "Zoë", "x y"];
    (0..10)
        .map(|number: usize| record(number, &decimals, &texts))
        .collect()
}

fn insert_moments(input: &mut Record, number: usize) {
    let day = parse_date(["2026-05-04", "2026-02-28"][number % 2]);
    input.insert("day".into(), day.map_or(Value::Null, Value::Date));
    let moments = [
        "2026-05-04T09:30:00Z",
        "2026-05-04T11:30:00+02:00",
        "2026-05-04T09:29:59Z",
    ];
    let at = parse_timestamp(moments[number % 3]);
    input.insert("at".into(), at.map_or(Value::Null, Value::Timestamp));
}

fn results(number: usize, whole: i64) -> Record {
    let mut steps = Record::new();
    if number % 3 != 2 {
        let note = Value::text(if number.is_multiple_of(2) { "x" } else { "y" });
        let done = Record::from([
            (Arc::from("note"), note),
            ("open".into(), Value::Integer(whole)),
        ]);
        steps.insert("done".into(), done.into());
    }
    if number.is_multiple_of(5) {
        steps.insert("skipped".into(), Value::Null);
    }
    steps
}

fn record(number: usize, decimals: &[&str], texts: &[&str]) -> Record {
    let decimal = |at: usize| {
        let text = decimals[at % decimals.len()];
        Value::Decimal(text.parse::<Decimal>().unwrap_or_default())
    };
    let whole = i64::try_from(number).unwrap_or(0) - 2;
    let lines = (0..number % 3).map(|line| {
        let count = i64::try_from(line + number % 2).unwrap_or(0) + 1;
        let mut fields = Record::from([(Arc::from("count"), Value::Integer(count))]);
        if line == 0 || number % 4 == 1 {
            fields.insert("note".into(), Value::text("x"));
        }
        Value::from(fields)
    });
    let mut input = Record::from([
        (Arc::from("whole"), Value::Integer(whole)),
        ("price".into(), decimal(number)),
        ("discount".into(), decimal(number + 2)),
        ("flag".into(), Value::Boolean(number.is_multiple_of(2))),
        ("text".into(), Value::text(texts[number % texts.len()])),
        (
            "texts".into(),
            texts[..number % 4]
                .iter()
                .map(|text| Value::text(text))
                .collect::<Vec<_>>()
                .into(),
        ),
        (
            "prices".into(),
            (0..number % 4).map(decimal).collect::<Vec<_>>().into(),
        ),
        ("lines".into(), lines.collect::<Vec<_>>().into()),
    ]);
    input.insert(
        "nothing".into(),
        if number.is_multiple_of(3) {
            Value::Null
        } else {
            Value::text("a")
        },
    );
    if number.is_multiple_of(2) {
        input.insert("maybe".into(), Value::Integer(whole));
    }
    insert_moments(&mut input, number);
    Record::from([
        (Arc::from("input"), input.into()),
        ("steps".into(), results(number, whole).into()),
    ])
}

pub fn written(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(value) => json!(value),
        Value::Integer(value) => json!(value),
        Value::Decimal(value) => json!(value.to_f64()),
        Value::Text(text) => json!(&**text),
        Value::Date(date) => json!(date.to_string()),
        Value::Timestamp(timestamp) => json!(timestamp.to_string()),
        Value::Duration(duration) => json!(duration.as_secs()),
        Value::List(items) => items.iter().map(written).collect(),
        Value::Map(fields) => Json::Object(
            fields
                .iter()
                .map(|(name, value)| (name.to_string(), written(value)))
                .collect(),
        ),
    }
}

fn translated(text: &str) -> Result<Jsonata, Unsupported> {
    let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    translate(&expression, &Names::new(environment()))
}

#[test]
fn expressions_have_the_recorded_values() {
    let records = records();
    let cases: Vec<Json> = EXPRESSIONS
        .iter()
        .map(|text| {
            let jsonata = translated(text).unwrap_or_else(|refused| panic!("{text}: {refused:?}"));
            let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let values: Vec<Json> = records
                .iter()
                .map(|record| {
                    let value = evaluate(&expression, record, &mut Budget::new(100_000));
                    assert!(
                        !jsonata.certain || value.is_ok(),
                        "{text} is said to have a value"
                    );
                    value.map_or_else(|_| json!({}), |value| json!({"value": written(&value)}))
                })
                .collect();
            json!({"expression": text, "jsonata": jsonata.text, "values": values})
        })
        .collect();
    let records: Vec<Json> = records
        .iter()
        .map(|record| written(&Value::from(record.clone())))
        .collect();
    let document = json!({"records": records, "cases": cases});
    let content = format!(
        "{}\n",
        serde_json::to_string_pretty(&document).unwrap_or_default()
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engines/asl/expressions.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &content).unwrap_or_else(|error| panic!("{error}"));
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        recorded == content,
        "run with UPDATE=1 and read the difference"
    );
}

#[test]
fn what_cannot_be_held_is_refused_with_what_to_write_instead() {
    for (text, because) in [
        ("input.price / 3 == 0.1", "equality could be lost"),
        ("input.price + 0.0000000001 > 1", "doubles"),
        ("input.price > 1234567890.123456789", "doubles"),
        ("input.text.matches('(?i)a')", "in another way"),
        ("input.text.matches('\\\\d+')", "in another way"),
        ("input.flag < true", "numbers and texts only"),
        ("steps.done.open / 2", "integer or a decimal"),
        ("string(input.at)", "another one"),
        (
            "input.lines.map(line, [line.count])",
            "lists inside of lists",
        ),
        ("{input.text: 1}", "is computed"),
        ("elsewhere.x", "nothing in the state machine"),
    ] {
        let refused = translated(text).expect_err(text);
        assert!(refused.because.contains(because), "{text}: {refused:?}");
        assert!(!refused.instead.is_empty(), "{text}");
    }
}

#[test]
fn what_contracts_guarantee_is_written_plainly() {
    for (text, jsonata) in [
        (
            "input.whole > 3 && input.flag",
            "($input.whole > 3) and $input.flag",
        ),
        ("input.text + '!'", "$input.text & '!'"),
        ("input.text == \"it's\"", "$input.text = \"it's\""),
        ("has(input.maybe)", "$exists($input.maybe)"),
    ] {
        let written = translated(text).map(|written| written.text);
        assert_eq!(written.as_deref(), Ok(jsonata), "{text}");
    }
}
