//! What people write when they mean something else, and what to tell them.

use super::{ErrorKind, ExpressionError, TextRange};

fn syntax(range: TextRange, message: impl Into<String>) -> ExpressionError {
    ExpressionError::new(ErrorKind::Syntax, range, message)
}

/// Operators of other languages, longest first, with what flowgate writes.
const FOREIGN_OPERATORS: [(&str, Option<&str>, &str); 9] = [
    ("===", None, "=="),
    ("!==", None, "!="),
    ("=>", None, ">="),
    ("=<", None, "<="),
    ("<>", None, "!="),
    ("=~", None, ".matches('…')"),
    ("=", Some("=="), "=="),
    ("&", Some("&&"), "&&"),
    ("|", Some("||"), "||"),
];

/// An operator of another language at the start of `rest`.
pub(super) fn operator(rest: &str, at: usize) -> Option<ExpressionError> {
    let (written, _, meant) = FOREIGN_OPERATORS.into_iter().find(|(written, unless, _)| {
        rest.starts_with(written) && !unless.is_some_and(|correct| rest.starts_with(correct))
    })?;
    let range = TextRange::new(at..at + written.len());
    let message = if written == "=" {
        "a single `=` compares nothing".to_owned()
    } else {
        format!("`{written}` is no operator")
    };
    let replacement = (!meant.starts_with('.')).then(|| meant.to_owned());
    Some(
        syntax(range, message)
            .help(format!("write `{meant}`"))
            .suggest(replacement),
    )
}

/// A character that no token begins with.
pub(super) fn character(range: TextRange, text: &str) -> ExpressionError {
    let written = range.of(text);
    match written {
        "‘" | "’" | "‚" | "“" | "”" | "„" | "«" | "»" | "′" | "″" => {
            syntax(range, format!("`{written}` is a typographic quote"))
                .help("write straight quotes: `'…'`")
                .suggest(Some("'".to_owned()))
        }
        "$" if text
            .get(range.range().end..)
            .unwrap_or_default()
            .starts_with('{') =>
        {
            syntax(range, "`${ }` is not written here")
                .help("this place holds an expression already: leave out `${` and `}`")
        }
        "$" => syntax(range, "`$` does not belong in an expression")
            .help("names have no `$`, for example `input.total`"),
        "`" => syntax(range, "a backtick does not belong in an expression")
            .help("text is written in quotes: `'…'`"),
        "≤" | "≥" | "≠" => {
            let meant = match written {
                "≤" => "<=",
                "≥" => ">=",
                _ => "!=",
            };
            syntax(range, format!("`{written}` is no operator"))
                .help(format!("write `{meant}`"))
                .suggest(Some(meant.to_owned()))
        }
        "\u{a0}" | "\u{200b}" | "\u{feff}" => syntax(range, "an invisible character stands here")
            .help("replace it by an ordinary space")
            .suggest(Some(" ".to_owned())),
        ";" => syntax(range, "`;` does not belong in an expression")
            .help("join two conditions with `&&`"),
        _ => syntax(
            range,
            format!("`{written}` does not belong in an expression"),
        ),
    }
}

/// A string that never ends.
pub(super) fn unclosed(range: TextRange, quotes: &str) -> ExpressionError {
    syntax(range, "the text is never closed").help(format!("close it with `{quotes}`"))
}

/// A byte string, which flowgate's language does not have.
pub(super) fn bytes(range: TextRange) -> ExpressionError {
    syntax(range, "byte strings are not part of the language").help("write the text without `b`")
}

/// Letters that follow a number at once, such as `4h`, `10k` or `1_000`.
pub(super) fn number(range: TextRange, digits: &str, suffix: &str) -> ExpressionError {
    let written = format!("{digits}{suffix}");
    let error = syntax(range, format!("`{written}` is no number"));
    let plain = written.replace('_', "");
    match suffix {
        "" => error.help("hexadecimal digits follow `0x`, for example `0xff`"),
        "u" | "U" => error
            .help(format!(
                "unsigned numbers are not part of the language: write `{digits}`"
            ))
            .suggest(Some(digits.to_owned())),
        "ms" | "s" | "m" | "h" | "d" | "w" => {
            let meant = format!("duration('{written}')");
            error.help(format!("write `{meant}`")).suggest(Some(meant))
        }
        _ if suffix.contains('_') && plain.bytes().all(|byte| byte.is_ascii_digit()) => {
            error.help(format!("write `{plain}`")).suggest(Some(plain))
        }
        "k" | "K" | "M" => error.help("write all the digits, for example `10000`"),
        _ => error.help("a name begins with a letter"),
    }
}

/// Words that stand for operators in other languages, with what flowgate writes.
fn foreign_word(word: &str) -> Option<&'static str> {
    match word {
        "and" | "AND" | "And" => Some("&&"),
        "or" | "OR" | "Or" => Some("||"),
        "not" | "NOT" | "Not" => Some("!"),
        "is" | "IS" | "eq" | "equals" => Some("=="),
        "ne" => Some("!="),
        "gt" => Some(">"),
        "ge" | "gte" => Some(">="),
        "lt" => Some("<"),
        "le" | "lte" => Some("<="),
        "mod" => Some("%"),
        "IN" | "In" => Some("in"),
        _ => None,
    }
}

/// A word between two operands that is an operator elsewhere.
pub(super) fn operator_word(range: TextRange, word: &str) -> Option<ExpressionError> {
    let meant = foreign_word(word)?;
    let error = syntax(range, format!("`{word}` is no operator"));
    Some(if meant == "!" {
        error.help("write `!` before what is denied, for example `!(x in y)`")
    } else {
        error
            .help(format!("write `{meant}`"))
            .suggest(Some(meant.to_owned()))
    })
}

/// A word before an operand that is an operator elsewhere.
pub(super) fn prefix_word(range: TextRange, word: &str) -> Option<ExpressionError> {
    match word {
        "not" | "NOT" | "Not" => Some(
            syntax(range, format!("`{word}` is no operator"))
                .help("write `!`")
                .suggest(Some("!".to_owned())),
        ),
        "if" => Some(
            syntax(range, "`if` does not belong in an expression")
                .help("write `condition ? this : that`"),
        ),
        _ => None,
    }
}

/// A token after a complete expression.
pub(super) fn trailing(text: &str, previous: TextRange, found: TextRange) -> ExpressionError {
    let (before, word) = (previous.of(text), found.of(text));
    if let Some(error) = operator_word(found, word) {
        return error;
    }
    let error = |message| syntax(found, message);
    let is_word = |written: &str| written.starts_with(|first: char| first.is_ascii_alphabetic());
    match word {
        ")" | "]" | "}" => error(format!("`{word}` closes nothing")),
        "=" => error("a single `=` compares nothing".to_owned()),
        ":" => {
            error("`:` without `?` before it".to_owned()).help("write `condition ? this : that`")
        }
        "," => error("`,` does not join expressions".to_owned())
            .help("join conditions with `&&` or `||`; a list is written `[a, b]`"),
        "(" => error("only a name can be called".to_owned()),
        _ if previous.end == found.start && before.ends_with(['\'', '"']) => {
            error(format!("the text ends before `{word}`"))
                .help("write a quote inside a text as `\\'`, or put the text in the other quotes")
        }
        _ if is_word(word) && is_word(before) => error(format!(
            "expected an operator between `{before}` and `{word}`"
        ))
        .help(format!("text is written in quotes: `'{before} {word}'`")),
        _ => error(format!(
            "expected an operator between `{before}` and `{word}`"
        )),
    }
}

#[cfg(test)]
mod tests {
    use crate::expr::parse;

    fn told(texts: &[&str]) -> String {
        let mut told = String::new();
        for text in texts {
            let error = parse(text).unwrap_err();
            let marked = error.range.of(text);
            told.push_str(&format!("{text:<16} [{marked}] {error}"));
            for part in error.help.iter().chain(&error.suggestion) {
                told.push_str(&format!(" | {part}"));
            }
            told.push('\n');
        }
        told
    }

    #[test]
    fn habits_of_other_languages_are_named() {
        let told = told(&[
            "a = 1",
            "a === 1",
            "a and b",
            "not a",
            "not(a)",
            "a not in b",
            "a is null",
            "a <> b",
            "a => b",
            "a & b",
            "a ≥ b",
            "a =~ 'x'",
            "if a then b",
            "${ a } > 1",
            "$a > 1",
            "b'x'",
            "5u",
            "4h < a",
            "10k",
            "1_000",
            "0x",
            "a; b",
            "a, b",
            "package == 1",
            "#a",
        ]);
        insta::assert_snapshot!(told, @r"
        a = 1            [=] a single `=` compares nothing | write `==` | ==
        a === 1          [===] `===` is no operator | write `==` | ==
        a and b          [and] `and` is no operator | write `&&` | &&
        not a            [not] `not` is no operator | write `!` | !
        not(a)           [not] `not` is no operator | write `!` | !
        a not in b       [not] `not` is no operator | write `!` before what is denied, for example `!(x in y)`
        a is null        [is] `is` is no operator | write `==` | ==
        a <> b           [<>] `<>` is no operator | write `!=` | !=
        a => b           [=>] `=>` is no operator | write `>=` | >=
        a & b            [&] `&` is no operator | write `&&` | &&
        a ≥ b            [≥] `≥` is no operator | write `>=` | >=
        a =~ 'x'         [=~] `=~` is no operator | write `.matches('…')`
        if a then b      [if] `if` does not belong in an expression | write `condition ? this : that`
        ${ a } > 1       [$] `${ }` is not written here | this place holds an expression already: leave out `${` and `}`
        $a > 1           [$] `$` does not belong in an expression | names have no `$`, for example `input.total`
        b'x'             [b] byte strings are not part of the language | write the text without `b`
        5u               [5u] `5u` is no number | unsigned numbers are not part of the language: write `5` | 5
        4h < a           [4h] `4h` is no number | write `duration('4h')` | duration('4h')
        10k              [10k] `10k` is no number | write all the digits, for example `10000`
        1_000            [1_000] `1_000` is no number | write `1000` | 1000
        0x               [0x] `0x` is no number | hexadecimal digits follow `0x`, for example `0xff`
        a; b             [;] `;` does not belong in an expression | join two conditions with `&&`
        a, b             [,] `,` does not join expressions | join conditions with `&&` or `||`; a list is written `[a, b]`
        package == 1     [package] `package` is a reserved word of CEL | give the data another name; after a point the word is allowed
        #a               [#] `#` does not belong in an expression
        ");
    }

    #[test]
    fn texts_and_their_quotes() {
        let told = told(&[
            "a == 'x",
            "a == “x”",
            "a == 'it's'",
            "a == big deal",
            "'\\d+' == a",
            "'\\x4' == a",
            "'''a''",
            "a == 'x' y",
        ]);
        insta::assert_snapshot!(told, @r"
        a == 'x          ['x] the text is never closed | close it with `'`
        a == “x”         [“] `“` is a typographic quote | write straight quotes: `'…'` | '
        a == 'it's'      [s] the text ends before `s` | write a quote inside a text as `\'`, or put the text in the other quotes
        a == big deal    [deal] expected an operator between `big` and `deal` | text is written in quotes: `'big deal'`
        '\d+' == a       [\d] `\d` is no escape | write `\\d` for a backslash, or a raw text such as `r'\d+'` | \\d
        '\x4' == a       [\x] `\x` is an incomplete escape | `\x` takes two hexadecimal digits
        '''a''           ['''a''] the text is never closed | close it with `'''`
        a == 'x' y       [y] expected an operator between `'x'` and `y`
        ");
    }

    #[test]
    fn what_is_missing_or_too_much_is_said() {
        let told = told(&[
            "",
            "x in",
            "x in && y",
            "x in ('a', 'b')",
            "a b",
            "a == 1 2",
            "a &&",
            "a +",
            "&& a",
            "a ? b",
            "a ? b : ",
            "a : b",
            "(a",
            "[a",
            "{'a' 1}",
            "a)",
            "f(a,)",
            "f(a b",
            "(a and b)",
            "a.",
            "a.true",
            "(a)(b)",
            "has(a)",
            "has(a.b, c)",
            "l.all(x)",
            "l.all(x.y, z)",
            "l.map(x, y, z, w)",
        ]);
        insta::assert_snapshot!(told, @r"
                         [] the expression is empty | write a condition, for example `input.total > 100`
        x in             [in] expected a list after `in` | for example `x in ['a', 'b']` or `x in lists.departments`
        x in && y        [&&] expected a list after `in`, found `&&` | for example `x in ['a', 'b']` or `x in lists.departments`
        x in ('a', 'b')  [,] expected `)`, found `,` | a list is written in brackets: `['a', 'b']`
        a b              [b] expected an operator between `a` and `b` | text is written in quotes: `'a b'`
        a == 1 2         [2] expected an operator between `1` and `2`
        a &&             [&&] expected a condition after `&&`
        a +              [+] expected a value after `+`
        && a             [&&] expected a value, found `&&`
        a ? b            [b] expected `:` and the value for when `a` is false
        a ? b :          [:] expected a value after `:`
        a : b            [:] `:` without `?` before it | write `condition ? this : that`
        (a               [(] `(` is never closed | add `)`
        [a               [[] `[` is never closed | add `]`
        {'a' 1}          [1] expected `:` after the key, found `1` | a map is written `{'key': value}`
        a)               [)] `)` closes nothing
        f(a,)            [)] expected an argument after `,`, found `)`
        f(a b            [b] expected `)`, found `b`
        (a and b)        [and] `and` is no operator | write `&&` | &&
        a.               [.] expected the name of a field after `.`
        a.true           [true] expected the name of a field after `.`, found `true`
        (a)(b)           [(] only a name can be called
        has(a)           [has(a)] `has()` asks for one field | write it with a point, for example `has(input.manager_id)`
        has(a.b, c)      [has(a.b, c)] `has()` asks for one field | write it with a point, for example `has(input.manager_id)`
        l.all(x)         [all] `all` takes a variable and a body, but has 1 argument | for example `input.lines.all(line, line.quantity > 0)`
        l.all(x.y, z)    [x.y] the first argument of `all` names the element | write a plain name, for example `line`
        l.map(x, y, z, w) [map] `map` takes a variable and a body, but has 4 arguments | for example `input.lines.map(line, line.quantity > 0)`
        ");
    }

    #[test]
    fn numbers_beyond_their_range_are_refused() {
        let told = told(&[
            "99999999999999999999",
            "-9223372036854775809",
            "0.00000000000000000000000000001",
            "1e40",
            "79228162514264337593543950336.0",
        ]);
        insta::assert_snapshot!(told, @r"
        99999999999999999999 [99999999999999999999] `99999999999999999999` is beyond what an integer can hold | integers go up to 9223372036854775807
        -9223372036854775809 [-9223372036854775809] `-9223372036854775809` is beyond what an integer can hold | integers go up to 9223372036854775807
        0.00000000000000000000000000001 [0.00000000000000000000000000001] `0.00000000000000000000000000001` is beyond what a decimal can hold | decimals have up to 28 digits, before and after the point together
        1e40             [1e40] `1e40` is beyond what a decimal can hold | decimals have up to 28 digits, before and after the point together
        79228162514264337593543950336.0 [79228162514264337593543950336.0] `79228162514264337593543950336.0` is beyond what a decimal can hold | decimals have up to 28 digits, before and after the point together
        ");
    }
}
