//! Written values as facts: how they read, where they stand, and what they are compared by.
//!
//! Layout never counts: white space of texts and expressions, quotes, the spelling of numbers and
//! lengths of time, and the order of keys are all gone from what is compared.

use std::collections::BTreeMap;

use super::Site;
use crate::model::quantity::Quantity;
use crate::source::{Span, Spanned};
use crate::syntax::duration::Duration;
use crate::syntax::expressions::{Data, Expression, Template};
use crate::syntax::scalars::{Date, Literal};

/// One written value.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    /// How it reads and where it stands.
    pub site: Site,
    canonical: String,
}

impl Fact {
    /// A value that is compared by the text that is shown.
    pub fn new(text: impl Into<String>, span: Span) -> Self {
        let text = text.into();
        Fact {
            canonical: text.clone(),
            site: Site { text, span },
        }
    }

    /// A value that is compared by something else than what is shown.
    pub fn compared_by(mut self, canonical: String) -> Self {
        self.canonical = canonical;
        self
    }

    /// What the value is compared by.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// A text; how its lines are folded does not count.
    pub fn text(text: &Spanned<String>) -> Self {
        Fact::new(collapsed(&text.value), text.span)
    }

    /// A condition or value of the expression language.
    pub fn expression(expression: &Expression) -> Self {
        Fact::new(collapsed(&expression.text), expression.span)
            .compared_by(canonical_expression(&expression.text))
    }

    /// A text with `${ }` parts.
    pub fn template(template: &Template) -> Self {
        Fact::new(collapsed(&template.text), template.span)
            .compared_by(canonical_template(&template.text))
    }

    /// A length of time.
    pub fn duration(duration: &Spanned<Duration>) -> Self {
        Fact::new(duration.value.to_string(), duration.span)
    }

    /// A single value.
    pub fn literal(literal: &Spanned<Literal>) -> Self {
        Fact::new(literal.value.text(), literal.span)
            .compared_by(Quantity::of(&literal.value).canonical())
    }

    /// A number.
    pub fn number(number: &Spanned<u32>) -> Self {
        Fact::new(number.value.to_string(), number.span)
    }

    /// A date.
    pub fn date(date: &Spanned<Date>) -> Self {
        Fact::new(date.value.civil.to_string(), date.span)
    }

    /// A word of a closed vocabulary.
    pub fn word<T: Copy>(word: &Spanned<T>, text: fn(T) -> &'static str) -> Self {
        Fact::new(text(word.value), word.span)
    }

    /// True or false, as yes or no.
    pub fn flag(flag: &Spanned<bool>) -> Self {
        Fact::new(if flag.value { "yes" } else { "no" }, flag.span)
    }

    /// A flag that says nothing while it is false.
    pub fn set_flag(flag: &Option<Spanned<bool>>) -> Option<Self> {
        flag.as_ref().filter(|flag| flag.value).map(Fact::flag)
    }

    /// Data that a step sends.
    pub fn data(data: &Spanned<Data>) -> Self {
        Fact::new(canonical_data(&data.value), data.span)
    }

    /// True when both mean the same.
    pub fn same(&self, other: &Fact) -> bool {
        self.canonical == other.canonical
    }
}

/// A list of facts as one, compared as a set; `None` when it is empty.
pub(super) fn joined(facts: &[Fact], span: Span) -> Option<Fact> {
    if facts.is_empty() {
        return None;
    }
    let mut canonical: Vec<&str> = facts.iter().map(Fact::canonical).collect();
    canonical.sort_unstable();
    canonical.dedup();
    let texts: Vec<&str> = facts.iter().map(|fact| fact.site.text.as_str()).collect();
    Some(Fact::new(texts.join(", "), span).compared_by(canonical.join("\n")))
}

/// A text on one line.
pub(super) fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An expression without the white space that means nothing, quotes made alike.
pub(super) fn canonical_expression(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut quote = None;
    let mut pending_space = false;
    for character in text.chars() {
        if let Some(open) = quote {
            let closes = character == open;
            result.push(if closes { '\'' } else { character });
            if closes {
                quote = None;
            }
            continue;
        }
        if character.is_whitespace() {
            pending_space = true;
            continue;
        }
        let joins_words = result.chars().next_back().is_some_and(is_word) && is_word(character);
        if pending_space && joins_words {
            result.push(' ');
        }
        pending_space = false;
        if matches!(character, '\'' | '"') {
            quote = Some(character);
            result.push('\'');
        } else {
            result.push(character);
        }
    }
    result
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The conditions that `&&` joins at the outermost level, each in its one spelling.
pub(super) fn conjuncts(text: &str) -> Vec<String> {
    let canonical = canonical_expression(text);
    let mut parts = vec![String::new()];
    let (mut depth, mut quoted) = (0_u32, false);
    let mut characters = canonical.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\'' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth = depth.saturating_sub(1),
            '|' | '?' if !quoted && depth == 0 => return vec![canonical],
            '&' if !quoted && depth == 0 && characters.peek() == Some(&'&') => {
                characters.next();
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(character);
        }
    }
    parts
}

fn canonical_template(text: &str) -> String {
    let mut parts = text.split("${");
    let mut result = collapsed(parts.next().unwrap_or_default());
    for part in parts {
        result.push_str("${");
        match part.split_once('}') {
            Some((inside, rest)) => {
                result.push_str(&canonical_expression(inside));
                result.push('}');
                result.push_str(&collapsed(rest));
            }
            None => result.push_str(part),
        }
    }
    result
}

/// Data on one line, keys in order.
pub(super) fn canonical_data(data: &Data) -> String {
    match data {
        Data::Null => "null".to_owned(),
        Data::Boolean(value) => value.to_string(),
        Data::Number(number) => Quantity::read(number).canonical(),
        Data::Text(template) => canonical_template(&template.text),
        Data::List(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| canonical_data(&item.value))
                .collect();
            format!("[{}]", items.join(", "))
        }
        Data::Map(entries) => {
            let entries: BTreeMap<&str, String> = entries
                .iter()
                .map(|(key, value)| (key.value.as_str(), canonical_data(&value.value)))
                .collect();
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{key}: {value}"))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{canonical_expression, conjuncts};

    #[test]
    fn white_space_and_quotes_of_expressions_mean_nothing() {
        assert_eq!(
            canonical_expression("a  in b&& c == \"x  y\""),
            canonical_expression("a in b && c=='x  y'"),
        );
        assert_ne!(
            canonical_expression("c == 'x y'"),
            canonical_expression("c == 'x  y'")
        );
    }

    #[test]
    fn conjuncts_are_split_at_the_outermost_level_only() {
        assert_eq!(conjuncts("a && (b && c)"), ["a", "(b&&c)"]);
        assert_eq!(conjuncts("a && b || c"), ["a&&b||c"]);
        assert_eq!(conjuncts("a == ' && '"), ["a==' && '"]);
    }
}
