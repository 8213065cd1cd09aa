//! Answers about conditions as authors write them.

use super::*;
use crate::expr::{Field, Object, Type, parse};

fn environment() -> Environment {
    let decisions = ["approved", "rejected", "waived"];
    let address = Object::new().with("city", Field::optional(Type::string()));
    let input = Object::new()
        .with("total", Field::required(Type::Decimal))
        .with("days", Field::required(Type::Integer))
        .with("most", Field::required(Type::Integer))
        .with("urgent", Field::required(Type::Boolean))
        .with("kind", Field::required(Type::one_of(["new", "old"], false)))
        .with("tier", Field::required(Type::one_of(["gold", "tin"], true)))
        .with("name", Field::required(Type::string()))
        .with("due", Field::required(Type::Date))
        .with("effort", Field::required(Type::Duration))
        .with("at", Field::required(Type::Timestamp))
        .with("note", Field::optional(Type::string()))
        .with("address", Field::optional(address.into()))
        .with("lines", Field::required(Type::list(Type::Any)))
        .with("extra", Field::required(Type::Any));
    let decision = Object::new().with("decision", Field::required(Type::one_of(decisions, false)));
    let controls = Object::new()
        .with("limit", Field::required(Type::Decimal))
        .with("cap", Field::required(Type::Decimal));
    Environment::new()
        .with("input", input)
        .with(
            "steps",
            Object::new().with("ok", Field::optional(decision.into())),
        )
        .with("controls", controls)
}

/// The solution in words, for guards that must hold before `|` and must not behind it.
fn solve(premises: &Premises<'_>, guards: &str) -> String {
    let (holds, fails) = match guards.strip_prefix("| ") {
        Some(fails) => ("", fails),
        None => guards.split_once(" | ").unwrap_or((guards, "")),
    };
    let read = |text: &str| -> Vec<Expression> {
        let texts = text
            .split(';')
            .map(str::trim)
            .filter(|text| !text.is_empty());
        texts.map(|text| parse(text).unwrap()).collect()
    };
    let (holds, fails) = (read(holds), read(fails));
    let holds: Vec<&Expression> = holds.iter().collect();
    let fails: Vec<&Expression> = fails.iter().collect();
    match premises.solve(&holds, &fails) {
        Solution::Impossible => "never".to_owned(),
        Solution::Possible(example) if example.is_any() => "always".to_owned(),
        Solution::Possible(example) => example.to_string(),
        Solution::Unknown => "unknown".to_owned(),
    }
}

fn judge(cases: &[(&str, &str)]) {
    let environment = environment();
    let premises = Premises::new(&environment);
    let solved: Vec<(&str, String)> = cases
        .iter()
        .map(|(guards, _)| (*guards, solve(&premises, guards)))
        .collect();
    let expected: Vec<(&str, String)> = cases
        .iter()
        .map(|(guards, expected)| (*guards, (*expected).to_owned()))
        .collect();
    assert_eq!(solved, expected);
}

#[test]
fn gaps_have_an_example_with_small_numbers() {
    judge(&[
        ("| input.days <= 30; input.days > 31", "`input.days` is 31"),
        ("| input.days <= 30; input.days > 30", "never"),
        ("| input.days <= 30; input.days >= 31", "never"),
        (
            "| input.total <= 30; input.total >= 31",
            "`input.total` is 30.5",
        ),
        (
            "| 500 < input.total; input.total < 500.00",
            "`input.total` is 500",
        ),
        ("| input.total < 0", "`input.total` is 0"),
        ("| input.kind == 'new'", "`input.kind` is 'old'"),
        ("| input.kind == 'new'; input.kind == 'old'", "never"),
        (
            "| input.tier == 'gold'; input.tier == 'tin'",
            "`input.tier` is 'other'",
        ),
        (
            "| input.name in ['a', 'other']",
            "`input.name` is 'other 2'",
        ),
        ("| input.urgent", "`input.urgent` is false"),
        ("| input.urgent == true; !input.urgent", "never"),
        (
            "| input.due < date('2026-05-04'); input.due > date('2026-05-04')",
            "`input.due` is 2026-05-04",
        ),
        ("| input.effort < duration('4h')", "`input.effort` is 4h"),
        (
            "| input.at < timestamp('2026-05-04T00:00:00Z')",
            "`input.at` is 2026-05-04T00:00:00Z",
        ),
        ("| input.lines.size() > 0", "`input.lines.size()` is 0"),
        ("input.lines.size() < 0", "never"),
        ("size(input.lines) == 1 | true", "never"),
        ("true | false", "always"),
    ]);
}

#[test]
fn conditions_over_several_variables_are_joined() {
    judge(&[
        (
            "| input.kind == 'new' && input.days > 3; input.kind == 'old' || input.days < 3",
            "`input.kind` is 'new' and `input.days` is 3",
        ),
        ("input.total > 5 && input.total < 3", "never"),
        ("input.days > 3 && input.days < 4", "never"),
        ("input.total > 3 && input.total < 4", "`input.total` is 3.5"),
        (
            "input.days < input.most && input.most < input.days",
            "never",
        ),
        (
            "input.days < input.most && input.most < 5 && input.days > 3",
            "never",
        ),
        (
            "input.days < input.total && input.total < input.most && input.most <= 1 && input.days >= 0",
            "`input.days` is 0, `input.total` is 0.5 and `input.most` is 1",
        ),
        (
            "input.urgent ? input.days > 3 : input.days > 5",
            "`input.urgent` is true and `input.days` is 4",
        ),
        ("input.kind == input.name && input.name == 'x'", "never"),
        ("(input.days > 3) == (input.days <= 3)", "never"),
    ]);
}

#[test]
fn absent_data_is_neither_true_nor_false() {
    judge(&[
        ("| has(input.note)", "`input.note` is absent"),
        ("| !has(input.note)", "`input.note` is present"),
        (
            "| has(input.note) && input.note == 'x'; !has(input.note)",
            "`input.note` is 'other'",
        ),
        ("!has(input.note) && input.note == 'x'", "never"),
        ("has(input.total)", "always"),
        ("| has(input.total)", "never"),
        ("!has(input.address) && has(input.address.city)", "never"),
        ("| input.note == 'x'; input.note != 'x'", "never"),
    ]);
}

#[test]
fn what_cannot_be_read_is_the_same_everywhere_and_otherwise_unknown() {
    judge(&[
        (
            "| input.name.contains('a'); !input.name.contains('a')",
            "never",
        ),
        ("input.name.contains('a')", "unknown"),
        ("| input.name.contains('a')", "unknown"),
        (
            "input.name.contains('a') && input.days > 3 && input.days < 3",
            "never",
        ),
        (
            "input.name.contains('a') || input.days > 3",
            "`input.days` is 4",
        ),
        ("input.total * 2 > 10 && input.total * 2 < 5", "never"),
        ("input.total * 2 > 10", "unknown"),
        ("input.extra == 'x'", "unknown"),
        ("input.extra == 'x' && input.extra == 'y'", "never"),
        ("input.extra == 'x' && input.extra == 3", "unknown"),
        ("input.note == null", "unknown"),
        (
            "input.lines[0] == 'x' && input.lines.size() == 0",
            "unknown",
        ),
        ("input.lines.exists(line, line == 'x')", "unknown"),
        ("input.name < 'x'", "unknown"),
    ]);
}

#[test]
fn controls_are_judged_for_every_value_or_for_one() {
    let environment = environment();
    let guards = "| input.total <= controls.limit; input.total > controls.limit";
    let open = Premises::new(&environment);
    assert_eq!(solve(&open, guards), "never");
    let by_chance = "| input.total <= controls.limit; input.total > 500";
    assert_eq!(
        solve(&open, by_chance),
        "`input.total` is 500 and `controls.limit` is 0"
    );
    assert_eq!(
        solve(
            &open,
            "| input.total <= controls.limit; input.total > controls.cap"
        ),
        "`input.total` is 1, `controls.limit` is 0 and `controls.cap` is 1"
    );
    let limit = Value::Integer(500);
    let controls = Value::from(Record::from([("limit".into(), limit)]));
    let fixed = Premises::new(&environment).with_constant("controls", controls);
    assert_eq!(solve(&fixed, by_chance), "never");
    assert_eq!(solve(&fixed, "controls.limit < 3"), "never");
    assert_eq!(
        solve(
            &fixed,
            "input.total <= controls.limit && input.total >= controls.cap"
        ),
        "`input.total` is 500 and `controls.cap` is 500"
    );
}

#[test]
fn only_assumptions_about_what_is_read_count() {
    let environment = environment();
    let assume = |text: &str| parse(text).unwrap();
    let premises = Premises::new(&environment)
        .assuming(assume("input.total >= 0"))
        .assuming(assume("input.name.matches('^[a-z]+$')"))
        .assuming(assume("input.days < input.most"))
        .assuming(assume("input.most < 3"));
    assert_eq!(solve(&premises, "| input.total >= 0"), "never");
    assert_eq!(solve(&premises, "input.total < 5"), "`input.total` is 0");
    assert_eq!(solve(&premises, "input.name == 'x'"), "unknown");
    assert_eq!(solve(&premises, "input.days >= 2"), "never");
}

#[test]
fn answers_fit_the_questions_of_a_differ() {
    let environment = environment();
    let premises = Premises::new(&environment);
    let (strict, lax) = (
        parse("input.total > 500").unwrap(),
        parse("input.total > 200").unwrap(),
    );
    assert_eq!(premises.implies(&strict, &lax), Answer::Yes);
    assert_eq!(premises.implies(&lax, &strict), Answer::No);
    assert_eq!(premises.are_equivalent(&lax, &strict), Answer::No);
    let turned = parse("!(200.0 >= input.total)").unwrap();
    assert_eq!(premises.are_equivalent(&lax, &turned), Answer::Yes);
    assert_eq!(premises.are_disjoint(&lax, &strict), Answer::No);
    assert_eq!(premises.covers(&[&lax, &strict]), Answer::No);
    assert_eq!(premises.is_satisfiable(&strict), Answer::Yes);
}

#[test]
fn hostile_conditions_end() {
    let environment = environment();
    let premises = Premises::new(&environment);
    let chain = vec!["(input.days > 1)"; 60].join(" == ");
    let many: Vec<String> = (0..300)
        .map(|number| format!("input.name != 'x{number}' || input.days == {number}"))
        .collect();
    let product: Vec<String> = (0..40)
        .map(|number| format!("(input.extra.a{number} == 'x' || input.total * {number} > 3)"))
        .collect();
    for text in [chain, many.join(" && "), product.join(" && ")] {
        let Ok(condition) = parse(&text) else {
            continue;
        };
        for _ in 0..50 {
            premises.is_satisfiable(&condition);
        }
    }
}
