//! What the checker says, over the data of the worked examples.

use super::*;
use crate::expr::parse;

fn environment() -> Environment {
    let line = Object::new()
        .with("sku", Field::required(Type::string()))
        .with("quantity", Field::required(Type::Integer))
        .with("amount", Field::required(Type::Decimal))
        .with("note", Field::optional(Type::string()));
    let address = Object::new().with("city", Field::required(Type::string()));
    let input = Object::new()
        .with("employee_id", Field::required(Type::string()))
        .with("manager_id", Field::optional(Type::string()))
        .with("dept", Field::required(Type::string()))
        .with(
            "currency",
            Field::required(Type::one_of(["EUR", "SEK"], true)),
        )
        .with("total", Field::required(Type::Decimal))
        .with("count", Field::required(Type::Integer))
        .with("urgent", Field::required(Type::Boolean))
        .with("due", Field::required(Type::Date))
        .with("received", Field::required(Type::Timestamp))
        .with("effort", Field::required(Type::Duration))
        .with("address", Field::optional(address.into()))
        .with("lines", Field::required(Type::list(line.into())))
        .with("tags", Field::required(Type::map(Type::string())));
    let decisions = ["approved", "rejected", "waived", "expired", "skipped"];
    let decision = Object::new().with("decision", Field::required(Type::one_of(decisions, false)));
    let status = Type::one_of(["active", "locked"], false);
    let steps = Object::new()
        .with("manager_ok", Field::required(decision.into()))
        .with(
            "identity",
            Field::optional(Object::new().with("status", Field::required(status)).into()),
        );
    let case = Object::new()
        .with("age", Field::required(Type::Duration))
        .with("exceptions", Field::required(Type::list(Type::string())))
        .with("data", Field::required(Type::Any));
    let departments = Type::list(Type::one_of(["engineering", "people"], false));
    Environment::new()
        .with("input", input)
        .with("steps", steps)
        .with("case", case)
        .with(
            "controls",
            Object::new().with("auto_post_limit", Field::required(Type::Decimal)),
        )
        .with(
            "lists",
            Object::new().with("departments", Field::required(departments)),
        )
}

fn paths(paths: &Proven) -> String {
    let all: Vec<_> = paths.iter().map(ToString::to_string).collect();
    all.join(" ")
}

fn proven(text: &str) -> (String, String) {
    let outcome = check_condition(&parse(text).unwrap(), &environment(), &Proven::new());
    assert_eq!(outcome.errors, [], "{text}");
    (paths(&outcome.when_true), paths(&outcome.when_false))
}

/// Everything that is said about some conditions, with the marked characters.
fn told(texts: &str) -> String {
    let mut told = String::new();
    for text in texts.lines().map(str::trim).filter(|text| !text.is_empty()) {
        let outcome = check_condition(&parse(text).unwrap(), &environment(), &Proven::new());
        told.push_str(&format!("{text}\n"));
        for error in &outcome.errors {
            let marked = error.range.of(text);
            told.push_str(&format!("  {:?} [{marked}] {error}", error.kind));
            for part in error.help.iter().chain(&error.suggestion) {
                told.push_str(&format!(" | {part}"));
            }
            told.push('\n');
        }
    }
    told
}

#[test]
fn the_conditions_of_the_worked_examples_are_clean() {
    for text in [
        "has(input.manager_id)",
        "input.dept in lists.departments",
        "input.total <= controls.auto_post_limit && case.exceptions.size() == 0",
        "steps.manager_ok.decision == 'rejected'",
        "steps.manager_ok.decision in ['approved', 'waived']",
        "input.employee_id != '' && input.lines.size() > 0",
        "input.total >= 0",
        "input.currency == 'USD'",
        "input.lines.all(line, line.quantity > 0)",
        "input.lines.map(line, line.amount).sum() == input.total",
        "input.lines.filter(l, has(l.note)).all(l, l.note != '')",
        "input.lines.map(l, has(l.note), l.note).join('') != ''",
        "has(input.lines[0].note) && input.lines[0].note != ''",
        "input.due - date('2026-01-01') < duration('3d')",
        "input.received + input.effort > timestamp('2026-01-01T00:00:00Z')",
        "case.age > duration('4h') || input.urgent",
        "case.data.tag == 1 && case.data.list.exists(x, x > 2)",
        "input.tags.region == 'eu' && 'x' in input.tags",
        "input.employee_id.matches(r'^\\d+$')",
        "input['dept'] == 'people'",
        "input.total == null",
        "(input.urgent ? 1 : 2.5) < input.total",
        "{'a': 1}.a < input.count",
    ] {
        let outcome = check_condition(&parse(text).unwrap(), &environment(), &Proven::new());
        assert_eq!(outcome.errors, [], "{text}");
    }
}

#[test]
fn presence_follows_the_flow_of_the_condition() {
    let id = "input.manager_id";
    for guarded in [
        "has(input.manager_id) && input.manager_id != ''",
        "!has(input.manager_id) || input.manager_id != ''",
        "has(input.manager_id) ? input.manager_id != '' : input.urgent",
        "!has(input.manager_id) ? input.urgent : input.manager_id != ''",
        "!(!has(input.manager_id) || input.urgent) && input.manager_id != ''",
        "has(input.address) && has(input.manager_id) && input.address.city == input.manager_id",
        "has(input.manager_id) && input.lines.all(l, l.sku != input.manager_id)",
        "has(steps.identity) && steps.identity.status == 'active'",
    ] {
        proven(guarded);
    }
    assert_eq!(proven("has(input.manager_id)"), (id.into(), String::new()));
    assert_eq!(proven("!has(input.manager_id)"), (String::new(), id.into()));
    let either = "has(input.manager_id) && input.urgent || has(input.manager_id)";
    assert_eq!(proven(either), (id.into(), String::new()));
    let choice = "input.urgent ? has(input.manager_id) : has(input.manager_id)";
    assert_eq!(proven(choice), (id.into(), String::new()));
    assert_eq!(
        proven("!has(input.manager_id) || !has(input.address)"),
        (String::new(), "input.address input.manager_id".into())
    );
    assert_eq!(
        proven("input.lines.exists(l, has(l.note))"),
        Default::default()
    );

    let known: Proven = [Path::root("input").field("manager_id")]
        .into_iter()
        .collect();
    let read = parse("input.manager_id != ''").unwrap();
    assert_eq!(check(&read, &environment(), &known).errors, []);
}

#[test]
fn unguarded_reads_are_reported_once_each() {
    let told = told(
        r"
        input.manager_id != '' && input.manager_id != 'x'
        input.manager_id != '' && has(input.manager_id)
        has(input.manager_id) || input.manager_id != ''
        !has(input.manager_id) && input.manager_id != ''
        has(input.manager_id) ? input.urgent : input.manager_id == ''
        input.address.city == '' || has(input.address.city)
        input.lines.all(l, l.note != '') && input.lines.all(l, l.note != 'x')
        input.lines.all(input, has(input.note)) && input.manager_id == ''
        has(input.employee_id)
        ",
    );
    insta::assert_snapshot!(told, @r"
    input.manager_id != '' && input.manager_id != 'x'
      Unguarded [input.manager_id] `input.manager_id` may be absent here | ask first: `has(input.manager_id) && …`
    input.manager_id != '' && has(input.manager_id)
      Unguarded [input.manager_id] `input.manager_id` may be absent here | ask first: `has(input.manager_id) && …`
    has(input.manager_id) || input.manager_id != ''
      Unguarded [input.manager_id] `input.manager_id` may be absent here | ask first: `has(input.manager_id) && …`
    !has(input.manager_id) && input.manager_id != ''
      Unguarded [input.manager_id] `input.manager_id` may be absent here | ask first: `has(input.manager_id) && …`
    has(input.manager_id) ? input.urgent : input.manager_id == ''
      Unguarded [input.manager_id] `input.manager_id` may be absent here | ask first: `has(input.manager_id) && …`
    input.address.city == '' || has(input.address.city)
      Unguarded [input.address] `input.address` may be absent here | ask first: `has(input.address) && …`
      NeedlessGuard [has(input.address.city)] `input.address.city` is always present | leave the `has()` out, or make the field optional
    input.lines.all(l, l.note != '') && input.lines.all(l, l.note != 'x')
      Unguarded [l.note] `l.note` may be absent here | ask first: `has(l.note) && …`
      Unguarded [l.note] `l.note` may be absent here | ask first: `has(l.note) && …`
    input.lines.all(input, has(input.note)) && input.manager_id == ''
      Unguarded [input.manager_id] `input.manager_id` may be absent here | ask first: `has(input.manager_id) && …`
    has(input.employee_id)
      NeedlessGuard [has(input.employee_id)] `input.employee_id` is always present | leave the `has()` out, or make the field optional
    ");
}

#[test]
fn names_that_are_not_there_are_compared_with_those_that_are() {
    let told = told(
        r"
        inptu.total > 1
        total > 1
        input.totl > 1
        input.vendor == ''
        input.dept == people
        input.dept in [people, 'x']
        input.urgent == True
        input.lines.size > 0
        input.lines.sku == ''
        input.total.currency == ''
        input.lines.all(line, lin.quantity > 0)
        has(input.manger_id)
        ",
    );
    insta::assert_snapshot!(told, @r"
    inptu.total > 1
      UnknownName [inptu] nothing here is called `inptu` | did you mean `input`? | input
    total > 1
      UnknownName [total] nothing here is called `total` | there is `case`, `controls`, `input`, `lists`, `steps`; text is written in quotes: `'total'`
    input.totl > 1
      UnknownField [totl] `input` has no field `totl` | did you mean `total`? | total
    input.vendor == ''
      UnknownField [vendor] `input` has no field `vendor` | there is `address`, `count`, `currency`, `dept`, `due`, `effort`, `employee_id`, `lines`, `manager_id`, `received`, `tags`, `total` and 1 more
    input.dept == people
      UnknownName [people] nothing here is called `people` | text is written in quotes: `'people'` | 'people'
    input.dept in [people, 'x']
      UnknownName [people] nothing here is called `people` | there is `case`, `controls`, `input`, `lists`, `steps`; text is written in quotes: `'people'`
    input.urgent == True
      UnknownName [True] nothing here is called `True` | write `true` | true
    input.lines.size > 0
      UnknownField [size] `input.lines` is a list and has no field `size` | `size` is a method: write `size()` | size()
    input.lines.sku == ''
      UnknownField [sku] `input.lines` is a list and has no field `sku` | go through a list with `all`, `exists`, `map` or `filter`
    input.total.currency == ''
      UnknownField [currency] `input.total` is a decimal and has no field `currency`
    input.lines.all(line, lin.quantity > 0)
      UnknownName [lin] nothing here is called `lin` | did you mean `line`? | line
    has(input.manger_id)
      UnknownField [manger_id] `input` has no field `manger_id` | did you mean `manager_id`? | manager_id
    ");
}

#[test]
fn functions_of_other_languages_are_translated() {
    let told = told(
        r"
        input.dept.startwith('x')
        input.dept.isEmpty()
        length(input.lines) > 0
        contains(input.dept, 'x')
        '2026-01-01'.date() < input.due
        now() > input.received
        all(input.lines, true)
        ",
    );
    insta::assert_snapshot!(told, @r"
    input.dept.startwith('x')
      UnknownFunction [startwith] there is no function `startwith` | did you mean `startsWith`? | startsWith
    input.dept.isEmpty()
      UnknownFunction [isEmpty] there is no function `isEmpty` | write `size() == 0`
    length(input.lines) > 0
      UnknownFunction [length] there is no function `length` | write `size()`
    contains(input.dept, 'x')
      UnknownFunction [contains] `contains` is a method | write `x.contains(…)`
    '2026-01-01'.date() < input.due
      UnknownFunction [date] `date` is a function | write `date(…)`
    now() > input.received
      UnknownFunction [now] there is no function `now` | expressions know no clock; a case has its `age`
    all(input.lines, true)
      UnknownFunction [all] `all` goes through a list | write `list.all(x, …)`
    ");
}

#[test]
fn conditions_are_true_or_false() {
    let told = told(
        r"
        input.total
        input.dept
        input.total + 1
        !input.total
        input.urgent && input.dept
        input.total ? true : false
        input.lines.all(l, l.sku)
        ",
    );
    insta::assert_snapshot!(told, @r"
    input.total
      NotBoolean [input.total] a condition is true or false, but `input.total` is a decimal | compare it: `input.total > 0`
    input.dept
      NotBoolean [input.dept] a condition is true or false, but `input.dept` is a string | compare it: `input.dept != ''`
    input.total + 1
      NotBoolean [input.total + 1] a condition is true or false, but `input.total + 1` is a decimal
    !input.total
      WrongType [input.total] `!` asks for a condition, but `input.total` is a decimal | compare it: `input.total > 0`
    input.urgent && input.dept
      WrongType [input.dept] `&&` asks for a condition, but `input.dept` is a string | compare it: `input.dept != ''`
    input.total ? true : false
      NotBoolean [input.total] a condition is true or false, but `input.total` is a decimal | compare it: `input.total > 0`
    input.lines.all(l, l.sku)
      WrongType [l.sku] `all` asks for a condition, but `l.sku` is a string | compare it: `l.sku != ''`
    ");
}

#[test]
fn comparisons_ask_for_one_type() {
    let told = told(
        r"
        input.total > '500'
        input.due < '2026-01-01'
        input.received < input.due
        case.age > '4h'
        input.urgent == 'true'
        input.dept > 1
        input.lines < input.lines
        null < input.total
        input.dept in 'engineering'
        input.total in lists.departments
        1 in input.tags
        ",
    );
    insta::assert_snapshot!(told, @r"
    input.total > '500'
      WrongType ['500'] a string is compared with a decimal | write `500` | 500
    input.due < '2026-01-01'
      WrongType ['2026-01-01'] a string is compared with a date | write `date('2026-01-01')` | date('2026-01-01')
    input.received < input.due
      WrongType [input.received < input.due] `input.received` is a timestamp, but `input.due` is a date | write `date(input.received)`
    case.age > '4h'
      WrongType ['4h'] a string is compared with a duration | write `duration('4h')` | duration('4h')
    input.urgent == 'true'
      WrongType ['true'] a string is compared with a boolean | write `true` | true
    input.dept > 1
      WrongType [input.dept > 1] `input.dept` is a string, but `1` is an integer
    input.lines < input.lines
      WrongType [input.lines < input.lines] `<` has no meaning for a list
    null < input.total
      WrongType [null < input.total] `<` has no meaning for null
    input.dept in 'engineering'
      WrongType [input.dept in 'engineering'] `in` asks for a list, but `'engineering'` is a string | write `'engineering'.contains(input.dept)`, or a list: `['engineering']`
    input.total in lists.departments
      WrongType [input.total in lists.departments] `input.total` is a decimal, but the elements of `lists.departments` are of type string
    1 in input.tags
      WrongType [1 in input.tags] the keys of `input.tags` are strings, but `1` is an integer
    ");
}

#[test]
fn other_types_that_do_not_go_together_are_named() {
    let told = told(
        r"
        input.dept + input.total == ''
        input.total % 2 == 0
        -input.dept == ''
        input.total - input.due > 1
        (input.urgent ? 'a' : 1) == 'a'
        input.total in [1, 'a']
        {1: 2}.size() > input.count
        input.lines['a'].sku == ''
        input.total[0] == 1
        input.tags[0] == ''
        input.total.all(x, x > 1)
        ",
    );
    insta::assert_snapshot!(told, @r"
    input.dept + input.total == ''
      WrongType [input.dept + input.total] `+` does not join a string and a decimal | write `string(input.total)`
    input.total % 2 == 0
      WrongType [input.total % 2] `%` does not join a decimal and an integer | `%` works on integers
    -input.dept == ''
      WrongType [-input.dept] `-` asks for a number, but `input.dept` is a string
    input.total - input.due > 1
      WrongType [input.total - input.due] `-` does not join a decimal and a date
    (input.urgent ? 'a' : 1) == 'a'
      WrongType [(input.urgent ? 'a' : 1)] the two answers of `? :` differ in type: a string and an integer
    input.total in [1, 'a']
      WrongType ['a'] a list holds values of one type, but `'a'` is a string and those before are of type integer
    {1: 2}.size() > input.count
      WrongType [1] a key is a string, but `1` is an integer
    input.lines['a'].sku == ''
      WrongType ['a'] a list is indexed by an integer
    input.total[0] == 1
      WrongType [input.total[0]] `input.total` is a decimal and has no elements
    input.tags[0] == ''
      WrongType [0] a map is indexed by a string
    input.total.all(x, x > 1)
      WrongType [input.total] `all` goes through a list, but `input.total` is a decimal
    ");
}

#[test]
fn arguments_are_counted_and_typed() {
    let told = told(
        r"
        input.dept.contains()
        input.dept.substring(1, 2, 3) == ''
        size() > 0
        input.dept.trim(1) == ''
        input.total.contains('1')
        input.dept.contains(1)
        lists.departments.contains('x')
        input.dept.matches(input.employee_id)
        input.dept.matches('[a-')
        input.dept.matches('(((a{100}){100}){100}){100}')
        input.lines.sum() > 0
        duration(input.total) < case.age
        date('2026-02-30') < input.due
        duration('4 hours') < case.age
        ",
    );
    insta::assert_snapshot!(told, @r"
    input.dept.contains()
      WrongArguments [contains] `contains` takes one argument, but is given 0
    input.dept.substring(1, 2, 3) == ''
      WrongArguments [substring] `substring` takes 1 to 2 arguments, but is given 3
    size() > 0
      WrongArguments [size] `size` takes one argument, but is given 0
    input.dept.trim(1) == ''
      WrongArguments [trim] `trim` takes no arguments, but is given 1
    input.total.contains('1')
      WrongArguments [input.total] `contains` is a method of a string, but `input.total` is a decimal | write `string(input.total)`
    input.dept.contains(1)
      WrongArguments [1] `contains` asks for a string, but `1` is an integer | write `string(1)`
    lists.departments.contains('x')
      WrongArguments [lists.departments] `contains` is a method of a string, but `lists.departments` is a list | write `x in lists.departments`
    input.dept.matches(input.employee_id)
      WrongArguments [input.employee_id] the pattern of `matches` must be written out | so it can be checked now: `x.matches(r'^[A-Z]+$')`
    input.dept.matches('[a-')
      InvalidValue ['[a-'] `[a-` is no pattern: unclosed character class
    input.dept.matches('(((a{100}){100}){100}){100}')
      InvalidValue ['(((a{100}){100}){100}){100}'] the pattern `(((a{100}){100}){100}){100}` is too large
    input.lines.sum() > 0
      WrongArguments [input.lines] `sum` is a method of a list of numbers, but `input.lines` is a list
    duration(input.total) < case.age
      WrongArguments [input.total] `duration` asks for a string or duration, but `input.total` is a decimal
    date('2026-02-30') < input.due
      InvalidValue [date('2026-02-30')] `2026-02-30` is no date; one is written `2026-05-04`
    duration('4 hours') < case.age
      InvalidValue [duration('4 hours')] `4 hours` is no duration; one is written `4h` or `3d`
    ");
}

#[test]
fn outcomes_that_never_vary_are_reported() {
    let told = told(
        r"
        true
        1 < 2
        1 < 2 && input.urgent
        input.total > 1 / 0
        input.count > 9223372036854775807 + 1
        input.total == input.total
        input.total < input.total
        steps.manager_ok.decision == 'aproved'
        steps.manager_ok.decision in ['approved', 'yes']
        'finance' in lists.departments
        steps.manager_ok.decision == (input.urgent ? 'waived' : 'skip')
        has(steps.identity) && steps.identity.status == steps.manager_ok.decision
        ",
    );
    insta::assert_snapshot!(told, @r"
    true
      Constant [true] the condition is always true
    1 < 2
      Constant [1 < 2] `1 < 2` is always true
    1 < 2 && input.urgent
      Constant [1 < 2] `1 < 2` is always true
    input.total > 1 / 0
      DivisionByZero [1 / 0] division by zero
    input.count > 9223372036854775807 + 1
      Overflow [9223372036854775807 + 1] the result is beyond what integer values can hold
    input.total == input.total
      Constant [input.total == input.total] `input.total` is compared with itself, which is always true
    input.total < input.total
      Constant [input.total < input.total] `input.total` is compared with itself, which is always false
    steps.manager_ok.decision == 'aproved'
      NotAMember ['aproved'] `steps.manager_ok.decision` is never `'aproved'` | did you mean `'approved'`? its values are `approved`, `rejected`, `waived`, `expired`, `skipped` | 'approved'
    steps.manager_ok.decision in ['approved', 'yes']
      NotAMember ['yes'] `steps.manager_ok.decision` is never `'yes'` | its values are `approved`, `rejected`, `waived`, `expired`, `skipped`
    'finance' in lists.departments
      NotAMember ['finance'] `lists.departments` never holds `'finance'` | its values are `engineering`, `people`
    steps.manager_ok.decision == (input.urgent ? 'waived' : 'skip')
      NotAMember ['skip'] `steps.manager_ok.decision` is never `'skip'` | did you mean `'skipped'`? its values are `approved`, `rejected`, `waived`, `expired`, `skipped` | 'skipped'
    has(steps.identity) && steps.identity.status == steps.manager_ok.decision
      Constant [steps.identity.status == steps.manager_ok.decision] `steps.identity.status` and `steps.manager_ok.decision` share no value, so this is always false
    ");
}
