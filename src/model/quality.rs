//! Sentences about data that are understood: `email must be unique` and its like.

/// A sentence about one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence<'a> {
    /// The field.
    pub field: &'a str,
    /// What it says.
    pub demand: Demand<'a>,
}

/// What a sentence demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand<'a> {
    /// No two records share a value.
    Unique,
    /// The value is one of a list that the sentence does not name.
    InAllowedList,
    /// The value is not empty.
    NotEmpty,
    /// The value matches a regular expression.
    Matches(&'a str),
    /// The value lies between two numbers.
    Between(&'a str, &'a str),
}

/// Understands a sentence; `None` for anything that is not one of the known phrases.
pub fn understand(sentence: &str) -> Option<Sentence<'_>> {
    let (field, rest) = sentence.trim().trim_end_matches('.').split_once(" must ")?;
    let field = field.trim();
    let is_name = !field.is_empty()
        && field
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_');
    if !is_name {
        return None;
    }
    let rest = rest.trim();
    let demand = match rest {
        "be unique" => Demand::Unique,
        "be in allowed list" | "be in the allowed list" => Demand::InAllowedList,
        "not be empty" => Demand::NotEmpty,
        _ => measured(rest)?,
    };
    Some(Sentence { field, demand })
}

fn measured(rest: &str) -> Option<Demand<'_>> {
    if let Some(pattern) = rest.strip_prefix("match ") {
        let pattern = pattern.trim().trim_matches(['/', '`', '\'']);
        return is_pattern(pattern).then_some(Demand::Matches(pattern));
    }
    let (low, high) = rest.strip_prefix("be between ")?.split_once(" and ")?;
    let number = |text: &str| text.trim().parse::<rust_decimal::Decimal>().is_ok();
    (number(low) && number(high)).then(|| Demand::Between(low.trim(), high.trim()))
}

/// `the company directory` is no pattern, `^[A-Z]+$` is one.
fn is_pattern(text: &str) -> bool {
    !text.contains(char::is_whitespace) && text.contains(['^', '$', '[', '(', '\\', '*', '+', '|'])
}

#[cfg(test)]
mod tests {
    use super::{Demand, Sentence, understand};

    #[test]
    fn understands_the_known_phrases() {
        let known = [
            ("email must be unique", "email", Demand::Unique),
            (
                "dept must be in allowed list",
                "dept",
                Demand::InAllowedList,
            ),
            ("name must not be empty", "name", Demand::NotEmpty),
            (
                "code must match ^[A-Z]+$",
                "code",
                Demand::Matches("^[A-Z]+$"),
            ),
            (
                "rate must be between 0 and 1.5",
                "rate",
                Demand::Between("0", "1.5"),
            ),
        ];
        for (sentence, field, demand) in known {
            assert_eq!(
                understand(sentence),
                Some(Sentence { field, demand }),
                "{sentence}"
            );
        }
    }

    #[test]
    fn keeps_everything_else_as_text() {
        for sentence in [
            "the email must be unique",
            "email should be unique",
            "email must be nice",
            "email must match the company directory",
            "email must match employees",
            "x must be between a and b",
            "",
        ] {
            assert_eq!(understand(sentence), None, "{sentence}");
        }
    }
}
