//! The functions of our language in JSONata.

use super::{Term, Unsupported, Writer, Written, unsupported};
use crate::expr::{Expression, Type, parse_duration};

/// Texts that `date(…)`, `timestamp(…)`, `int(…)` and `decimal(…)` can read.
const DAY: &str = r"/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/";
const MOMENT: &str = r"/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$/";
const WHOLE: &str = r"/^-?[0-9]{1,15}$/";
const NUMBER: &str = r"/^-?[0-9]{1,15}([.][0-9]{1,9})?$/";

impl Writer {
    pub(super) fn function(
        &mut self,
        name: &str,
        arguments: &[&Expression],
        whole: &Expression,
    ) -> Written {
        match (name, arguments) {
            ("matches", [text, pattern]) => self.matched(text, pattern, whole),
            ("duration", [length]) => length_of_time(length, whole),
            ("split" | "replace", [_, separator, ..]) if separator.as_text() == Some("") => {
                Err(unsupported(
                    whole,
                    "JSONata splits at and replaces texts that are not empty",
                    "name the text that is looked for",
                ))
            }
            ("indexOf", [_, _, _]) | ("split", [_, _, _]) => Err(unsupported(
                whole,
                "JSONata has no such position or count",
                "leave the last argument out",
            )),
            _ => {
                let kind = arguments
                    .first()
                    .map_or(Type::Any, |first| self.kind(first));
                let given = self.all(arguments.iter().copied())?;
                self.applied(name, &given, &kind, whole)
            }
        }
    }

    fn applied(
        &mut self,
        name: &str,
        given: &[String],
        kind: &Type,
        whole: &Expression,
    ) -> Written {
        let call = |function: &str| Term::simple(format!("${function}({})", given.join(", ")));
        match (name, given) {
            ("size", [one]) => Ok(self.size(one, kind)),
            ("contains", _) => Ok(call("contains")),
            ("startsWith", _) => Ok(self.helper("begins", given)),
            ("endsWith", _) => Ok(self.helper("ends", given)),
            ("lowerAscii", [one]) => Ok(cased(one, "A-Z", "lowercase")),
            ("upperAscii", [one]) => Ok(cased(one, "a-z", "uppercase")),
            // `$trim` also shortens blanks between words.
            ("trim", [one]) => Ok(Term::simple(format!(r"$replace({one}, /^\s+|\s+$/, '')"))),
            ("split", _) => Ok(call("split")),
            ("join", _) => Ok(call("join")),
            ("replace", _) => Ok(call("replace")),
            ("substring", [one, start]) => {
                let end = format!("$length({one})");
                Ok(self.helper("part", &[one.clone(), start.clone(), end]))
            }
            ("substring", [_, _, _]) => Ok(self.helper("part", given)),
            ("charAt", [one, at]) => Ok(Term::compound(format!(
                "({at}) = $length({one}) ? '' : {}",
                self.helper("part", &[one.clone(), at.clone(), format!("({at}) + 1")])
                    .text
            ))),
            ("indexOf", [_, _]) => Ok(self.helper("find", given)),
            ("min", [_]) => Ok(self.helper("least", given)),
            ("max", [_]) => Ok(self.helper("most", given)),
            ("sum", [one]) => Ok(Term::simple(format!(
                "$round($sum({one}), {})",
                super::PLACES
            ))),
            ("string", [one]) => self.string(one, kind, whole),
            ("int", [one]) => self.converted(one, kind, whole, WHOLE),
            ("decimal", [one]) => self.converted(one, kind, whole, NUMBER),
            ("date", [one]) => Ok(self.day(one, kind)),
            ("timestamp", [one]) => Ok(self.moment(one, kind)),
            _ => Err(unsupported(
                whole,
                "JSONata has no such function",
                "compute it in a step",
            )),
        }
    }

    fn day(&mut self, one: &str, kind: &Type) -> Term {
        match kind {
            Type::Date => Term::simple(one),
            Type::Timestamp => {
                Term::simple(format!("$substring($fromMillis($toMillis({one})), 0, 10)"))
            }
            Type::Any
            | Type::Null
            | Type::Boolean
            | Type::Integer
            | Type::Decimal
            | Type::Duration
            | Type::String(_)
            | Type::List(_)
            | Type::Map(_)
            | Type::Object(_) => self.helper("like", &[one.to_owned(), DAY.to_owned()]),
        }
    }

    fn moment(&mut self, one: &str, kind: &Type) -> Term {
        if *kind == Type::Timestamp {
            return Term::simple(one);
        }
        self.helper("like", &[one.to_owned(), MOMENT.to_owned()])
    }

    fn size(&mut self, one: &str, kind: &Type) -> Term {
        match kind {
            Type::String(_) => Term::simple(format!("$length({one})")),
            Type::List(_) if self.plain => Term::simple(format!("$count({one})")),
            Type::List(_) => self.helper("counted", &[one.to_owned()]),
            Type::Any
            | Type::Null
            | Type::Boolean
            | Type::Integer
            | Type::Decimal
            | Type::Date
            | Type::Timestamp
            | Type::Duration
            | Type::Map(_)
            | Type::Object(_) => self.helper("size", &[one.to_owned()]),
        }
    }

    fn string(&mut self, one: &str, kind: &Type, whole: &Expression) -> Written {
        match kind {
            Type::String(_) | Type::Date => Ok(Term::simple(one.to_owned())),
            Type::Boolean | Type::Integer | Type::Decimal => {
                Ok(Term::simple(format!("$string({one})")))
            }
            Type::Duration => Ok(Term::compound(format!("$string({one}) & 's'"))),
            Type::Any
            | Type::Null
            | Type::Timestamp
            | Type::List(_)
            | Type::Map(_)
            | Type::Object(_) => Err(unsupported(
                whole,
                "the text of this value is another one in JSONata",
                "hand the value over as it is",
            )),
        }
    }

    fn converted(&mut self, one: &str, kind: &Type, whole: &Expression, form: &str) -> Written {
        match kind {
            Type::String(_) => {
                let number = self.helper("like", &[one.to_owned(), form.to_owned()]);
                Ok(Term::simple(format!("$number({})", number.text)))
            }
            Type::Integer => Ok(Term::simple(one.to_owned())),
            Type::Decimal if form == WHOLE => Ok(self.helper("trunc", &[one.to_owned()])),
            Type::Decimal => Ok(Term::simple(one.to_owned())),
            Type::Any
            | Type::Null
            | Type::Boolean
            | Type::Date
            | Type::Timestamp
            | Type::Duration
            | Type::List(_)
            | Type::Map(_)
            | Type::Object(_) => Err(unsupported(
                whole,
                "the type of what is converted is not known",
                "declare the type in a contract",
            )),
        }
    }

    fn matched(&mut self, text: &Expression, pattern: &Expression, whole: &Expression) -> Written {
        let refused = |because: &str| {
            Err(unsupported(
                whole,
                because,
                "use plain classes such as `[a-z0-9]`, groups and repetitions",
            ))
        };
        let Some(pattern) = pattern.as_text() else {
            return refused("the pattern is computed");
        };
        // Both sides read these alike; flags, Unicode classes and absolute anchors differ.
        let differs = [
            "(?", "[[", r"\p", r"\P", r"\A", r"\z", r"\b", r"\B", r"\d", r"\D", r"\w", r"\W",
            r"\s", r"\S", r"\x", r"\u", "&&", "--", "~~",
        ];
        if differs.iter().any(|part| pattern.contains(part))
            || !pattern.is_ascii()
            || pattern.is_empty()
        {
            return refused("JSONata reads this pattern in another way");
        }
        if !is_balanced(pattern) {
            return refused("JSONata takes brackets in a pattern for pairs, in classes too");
        }
        let text = self.term(text)?.text;
        let pattern = pattern.replace('/', r"\/");
        Ok(Term::simple(format!("$contains({text}, /{pattern}/)")))
    }
}

/// Whether brackets that are not escaped come in pairs.
fn is_balanced(pattern: &str) -> bool {
    let mut depth = 0_i32;
    let mut escaped = false;
    for each in pattern.chars() {
        match each {
            '(' | '[' | '{' if !escaped => depth += 1,
            ')' | ']' | '}' if !escaped => depth -= 1,
            _ => {}
        }
        escaped = each == '\\' && !escaped;
    }
    depth == 0
}

fn cased(one: &str, class: &str, function: &str) -> Term {
    Term::simple(format!(
        "$replace({one}, /[{class}]+/, function($m) {{${function}($m.match)}})"
    ))
}

fn length_of_time(length: &Expression, whole: &Expression) -> Result<Term, Unsupported> {
    let parsed = length.as_text().and_then(parse_duration);
    match parsed {
        Some(length) if length.subsec_nanos() == 0 => {
            let seconds = length.as_secs();
            Ok(if seconds < 0 {
                Term::compound(seconds.to_string())
            } else {
                Term::simple(seconds.to_string())
            })
        }
        Some(_) | None => Err(unsupported(
            whole,
            "lengths of time are whole seconds that are written out",
            "write the length as a text, such as `duration('3d')`",
        )),
    }
}
