//! The functions of our language in FEEL.

use super::{Refusal, Translated, Translation, quoted, towards_zero};
use crate::expr::{Expression, parse_duration};
use crate::target::kinds::Kind;

/// Characters with a meaning in the patterns of FEEL.
const SPECIAL: &str = "\\^$.|?*+()[]{}-";

impl Translation<'_, '_> {
    pub(super) fn function(&self, name: &str, arguments: &[&Expression]) -> Translated {
        let all: Result<Vec<String>, Refusal> = arguments
            .iter()
            .map(|argument| self.value(argument))
            .collect();
        let all = all?;
        let listed = all.join(", ");
        match (name, arguments, &all[..]) {
            ("size", [what], [written]) => self.size(what, written),
            ("contains", ..) => Ok(format!("contains({listed})")),
            ("startsWith", ..) => Ok(format!("starts with({listed})")),
            ("endsWith", ..) => Ok(format!("ends with({listed})")),
            ("matches", [_, pattern], [text, _]) => matches(text, pattern),
            ("trim", _, [text]) => Ok(format!(r#"replace({text}, "^\s+|\s+$", "")"#)),
            ("split", [_, by], [text, _]) => split(text, by),
            ("join", _, [list]) => Ok(format!(r#"string join({list}, "")"#)),
            ("join", _, [list, by]) => Ok(format!("string join({list}, {by})")),
            ("replace", [_, from, to], [text, ..]) => replace(text, from, to),
            ("substring", _, [text, from]) => Ok(format!("substring({text}, {from} + 1)")),
            ("substring", _, [text, from, to]) => {
                // FEEL takes a length of zero for an error.
                Ok(format!(
                    r#"if {from} = {to} then "" else substring({text}, {from} + 1, {to} - ({from}))"#
                ))
            }
            ("charAt", _, [text, at]) => Ok(format!("substring({text}, {at} + 1, 1)")),
            ("indexOf", _, [text, part]) => Ok(format!(
                "if contains({text}, {part}) then string length(substring before({text}, {part})) else -1"
            )),
            ("min" | "max", ..) => Ok(format!("{name}({listed})")),
            ("sum", _, [list]) => Ok(format!("if count({list}) = 0 then 0 else sum({list})")),
            (
                "string" | "int" | "decimal" | "date" | "timestamp" | "duration",
                [from],
                [written],
            ) => self.converted(name, from, written),
            ("lowerAscii" | "upperAscii", ..) => Err(Refusal::new(
                format!(
                    "`{name}` changes ASCII letters only; `lower case` of FEEL changes every letter"
                ),
                "compare with each spelling: `x in ['A', 'a']`",
            )),
            _ => Err(Refusal::new(
                format!(
                    "FEEL has nothing like `{name}` with {} arguments",
                    arguments.len()
                ),
                format!("leave out the last argument of `{name}`"),
            )),
        }
    }

    fn size(&self, what: &Expression, written: &str) -> Translated {
        Ok(match self.kinds.kind(what) {
            Kind::Text => format!("string length({written})"),
            Kind::List(_) => format!("count({written})"),
            Kind::Object(_) | Kind::Map(_) => format!("count(get entries({written}))"),
            Kind::Unknown
            | Kind::Boolean
            | Kind::Integer
            | Kind::Decimal
            | Kind::Date
            | Kind::Timestamp
            | Kind::Duration => format!(
                "if {written} instance of string then string length({written}) else count({written})"
            ),
        })
    }

    fn converted(&self, name: &str, from: &Expression, written: &str) -> Translated {
        let kind = self.kinds.kind(from);
        Ok(match (name, &kind) {
            ("string", Kind::Text)
            | ("int", Kind::Integer)
            | ("decimal", Kind::Integer | Kind::Decimal)
            | ("date", Kind::Date)
            | ("timestamp", Kind::Timestamp)
            | ("duration", Kind::Duration) => written.to_owned(),
            ("string", Kind::Boolean | Kind::Integer | Kind::Decimal) => {
                format!("string({written})")
            }
            ("int" | "decimal", Kind::Text) => format!("number({written})"),
            ("int", Kind::Decimal) => towards_zero(written),
            ("date", Kind::Text) => format!("date({written})"),
            ("timestamp", Kind::Text | Kind::Unknown) => format!("date and time({written})"),
            ("duration", Kind::Text) => match from.as_text().and_then(parse_duration) {
                Some(duration) => format!(
                    "duration({})",
                    quoted(&format!("PT{}S", duration.as_secs()))
                ),
                None => {
                    return Err(Refusal::new(
                        "FEEL reads lengths of time in the spelling of ISO 8601 only",
                        "write the length of time out, as `duration('4h')`",
                    ));
                }
            },
            _ => {
                return Err(Refusal::new(
                    format!(
                        "nothing says what kind of value `{from}` is, so that `{name}()` has no counterpart in FEEL"
                    ),
                    "give the data a contract, or leave the conversion out",
                ));
            }
        })
    }
}

/// What only the patterns of our language know.
const OWN: [&str; 10] = [
    "(?", "\\p", "\\P", "\\A", "\\z", "[[", "&&", "\\x", "\\u", "\\b",
];

fn matches(text: &str, pattern: &Expression) -> Translated {
    match pattern.as_text() {
        Some(written) if OWN.iter().all(|own| !written.contains(own)) => {
            Ok(format!("matches({text}, {})", quoted(written)))
        }
        Some(_) | None => Err(Refusal::new(
            format!("the patterns of FEEL know no `{pattern}`"),
            "write a pattern of literal characters, classes as `[a-z]`, and repetitions",
        )),
    }
}

fn split(text: &str, by: &Expression) -> Translated {
    match by.as_text() {
        Some(by) if !by.is_empty() => Ok(format!("split({text}, {})", quoted(&escaped(by)))),
        Some(_) | None => Err(not_literal("the separator", "split")),
    }
}

fn replace(text: &str, from: &Expression, to: &Expression) -> Translated {
    match (from.as_text(), to.as_text()) {
        (Some(from), Some(to)) if !from.is_empty() && !to.contains('$') => Ok(format!(
            "replace({text}, {}, {})",
            quoted(&escaped(from)),
            quoted(&to.replace('\\', "\\\\"))
        )),
        _ => Err(not_literal(
            "what is replaced, and by what without `$`,",
            "replace",
        )),
    }
}

fn not_literal(what: &str, function: &str) -> Refusal {
    Refusal::new(
        format!("{what} of `{function}` is a pattern in FEEL"),
        "write it out as a string that is not empty",
    )
}

fn escaped(text: &str) -> String {
    let mut result = String::new();
    for each in text.chars() {
        if SPECIAL.contains(each) {
            result.push('\\');
        }
        result.push(each);
    }
    result
}
