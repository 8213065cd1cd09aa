//! Expressions, texts and data of a plan as values of a state machine.

use serde_json::{Map, Value, json};

use super::build::{Compiler, Place};
use crate::expr;
use crate::plan::people::{Assignee, Party};
use crate::plan::value::{Data, Expression, Literal, Number, Piece, Text};
use crate::target::jsonata::{self, Jsonata, Unsupported, quoted};

/// A JSONata expression as a value of the definition.
pub(super) fn query(expression: &str) -> Value {
    Value::String(format!("{{% {expression} %}}"))
}

impl Compiler<'_> {
    /// An expression in JSONata; what cannot be held is told, and has no value.
    pub(super) fn expression(&mut self, expression: &Expression, place: &Place<'_>) -> Jsonata {
        self.expression_text(expression.as_str(), place)
    }

    pub(super) fn expression_text(&mut self, text: &str, place: &Place<'_>) -> Jsonata {
        let written = expr::parse(text)
            .map_err(|error| Unsupported {
                part: text.to_owned(),
                because: error.to_string(),
                instead: "correct the expression".to_owned(),
            })
            .and_then(|parsed| jsonata::translate(&parsed, &place.names));
        written.unwrap_or_else(|refused| {
            self.refuse(
                place.origin,
                format!(
                    "`{}` cannot be written in JSONata: {}",
                    refused.part, refused.because
                ),
                &refused.instead,
            );
            Jsonata {
                text: "null".to_owned(),
                certain: true,
            }
        })
    }

    /// A text in JSONata.
    pub(super) fn text(&mut self, text: &Text, place: &Place<'_>) -> Jsonata {
        match text {
            Text::Plain(plain) => Jsonata {
                text: quoted(plain),
                certain: true,
            },
            Text::Computed { expression } => self.expression(expression, place),
            Text::Mixed { template } => self.template(template, place),
        }
    }

    fn template(&mut self, template: &[Piece], place: &Place<'_>) -> Jsonata {
        let mut parts = Vec::new();
        let mut present = Vec::new();
        for piece in template {
            match piece {
                Piece::Text(text) => parts.push(quoted(text)),
                Piece::Expression(expression) => {
                    let written = self.expression(expression, place);
                    if !written.certain {
                        present.push(format!("$exists({})", written.text));
                    }
                    parts.push(format!("$string({})", written.text));
                }
            }
        }
        let joined = parts.join(" & ");
        if present.is_empty() {
            return Jsonata {
                text: joined,
                certain: true,
            };
        }
        Jsonata {
            text: format!("{} ? {joined}", present.join(" and ")),
            certain: false,
        }
    }

    /// Data as a template, whose expressions are evaluated where the template is used.
    pub(super) fn template_of(&mut self, data: &Data, place: &Place<'_>) -> Value {
        match data {
            Data::Null => Value::Null,
            Data::Boolean(value) => Value::Bool(*value),
            Data::Number(number) => self.number(number, place),
            Data::Text(Text::Plain(plain)) if !plain.starts_with("{%") => json!(plain),
            Data::Text(text) => {
                let written = self.text(text, place);
                query(&written.text)
            }
            Data::List(items) => items
                .iter()
                .map(|item| self.template_of(item, place))
                .collect(),
            Data::Object { object } => Value::Object(
                object
                    .iter()
                    .map(|(name, value)| (name.to_owned(), self.template_of(value, place)))
                    .collect(),
            ),
        }
    }

    /// Data as one expression, and which of its parts may have no value.
    pub(super) fn data(
        &mut self,
        data: &Data,
        place: &Place<'_>,
        uncertain: &mut Vec<String>,
    ) -> String {
        match data {
            Data::Null => "null".to_owned(),
            Data::Boolean(value) => value.to_string(),
            Data::Number(number) => self.number(number, place).to_string(),
            Data::Text(text) => {
                let written = self.text(text, place);
                if !written.certain {
                    uncertain.push(written.text.clone());
                }
                format!("({})", written.text)
            }
            Data::List(items) => {
                let items: Vec<String> = items
                    .iter()
                    .map(|item| self.data(item, place, uncertain))
                    .collect();
                format!("[{}]", items.join(", "))
            }
            Data::Object { object } => {
                let fields: Vec<String> = object
                    .iter()
                    .map(|(name, value)| {
                        let value = self.data(value, place, uncertain);
                        format!("{}: {value}", quoted(name))
                    })
                    .collect();
                format!("{{{}}}", fields.join(", "))
            }
        }
    }

    fn number(&mut self, number: &Number, place: &Place<'_>) -> Value {
        let text = number.as_str();
        let is_exact = text
            .parse::<rust_decimal::Decimal>()
            .is_ok_and(|number| jsonata::is_exact(&number));
        if !is_exact {
            self.refuse(
                place.origin,
                format!("`{text}` cannot be a number of Step Functions, which holds 15 digits"),
                "write the number with fewer digits, or as a text",
            );
        }
        serde_json::from_str(text).unwrap_or(Value::Null)
    }

    /// A written value; lengths of time are seconds, as everywhere in expressions.
    pub(super) fn literal(&mut self, literal: &Literal, place: &Place<'_>) -> Value {
        match literal {
            Literal::Boolean(value) => Value::Bool(*value),
            Literal::Number(number) => self.number(number, place),
            Literal::Text(text) => match expr::parse_duration(text) {
                Some(length) => json!(length.as_secs()),
                None => json!(text),
            },
        }
    }

    /// People, as those who hand out work look them up.
    pub(super) fn party(&mut self, party: &Party, place: &Place<'_>) -> Value {
        match party {
            Party::Role(role) => json!({"role": role}),
            Party::Team(team) => json!({"team": team}),
            Party::Person(text) => {
                let person = self.template_of(&Data::Text(text.clone()), place);
                json!({"person": person})
            }
            Party::Expression(expression) => {
                let people = self.expression(expression, place);
                json!({"people": query(&people.text)})
            }
        }
    }

    pub(super) fn assignee(&mut self, assignee: &Assignee, place: &Place<'_>) -> Value {
        match assignee {
            Assignee::Role(role) => json!({"role": role}),
            Assignee::Team(team) => json!({"team": team}),
            Assignee::Queue(text) => {
                let queue = self.template_of(&Data::Text(text.clone()), place);
                json!({"queue": queue})
            }
            Assignee::Person(text) => {
                let person = self.template_of(&Data::Text(text.clone()), place);
                json!({"person": person})
            }
        }
    }
}

/// An object without the keys that have nothing to say.
pub(super) fn object<const N: usize>(entries: [(&str, Option<Value>); N]) -> Value {
    let entries = entries.into_iter();
    let entries: Map<String, Value> = entries
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    Value::Object(entries)
}
