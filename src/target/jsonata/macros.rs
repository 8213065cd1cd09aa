//! The list macros, by which expressions go through lists.

use super::{Term, Writer, Written, unsupported};
use crate::expr::{Comprehension, Expression, Macro, Type};

impl Writer {
    pub(super) fn comprehension(
        &mut self,
        comprehension: &Comprehension,
        whole: &Expression,
    ) -> Written {
        let of = self.kind(&comprehension.over);
        let over = self.term(&comprehension.over)?;
        let (over, element) = match of {
            Type::List(element) => (over.text, element.as_ref().clone()),
            Type::Map(_) | Type::Object(_) => (format!("[$keys({})]", over.text), Type::string()),
            Type::Any => (over.text, Type::Any),
            Type::Null
            | Type::Boolean
            | Type::Integer
            | Type::Decimal
            | Type::Date
            | Type::Timestamp
            | Type::Duration
            | Type::String(_) => {
                return Err(unsupported(
                    whole,
                    "it goes through no list",
                    "give it a list",
                ));
            }
        };
        let nested = |of: &Type| matches!(of, Type::List(_));
        let variable = format!("$each_{}", comprehension.variable.text);
        let outer = self.names.clone();
        self.names = outer
            .clone()
            .with(&comprehension.variable.text, &variable, element.clone());
        let result = self.kind(&comprehension.body);
        let body = self.term(&comprehension.body);
        let filter = comprehension
            .filter
            .as_ref()
            .map(|filter| self.term(filter));
        self.names = outer;
        let keeps_lists = (comprehension.name == Macro::Filter && nested(&element))
            || (comprehension.name == Macro::Map && nested(&result));
        if keeps_lists {
            return Err(unsupported(
                whole,
                "JSONata joins lists inside of lists to one",
                "ask about the elements with `all` or `exists`",
            ));
        }
        let body = format!("function({variable}) {{{}}}", body?.text);
        let filter = match filter {
            Some(filter) => Some(format!("function({variable}) {{{}}}", filter?.text)),
            None => None,
        };
        Ok(self.gone_through(comprehension.name, over, body, filter))
    }

    fn gone_through(
        &mut self,
        name: Macro,
        over: String,
        body: String,
        filter: Option<String>,
    ) -> Term {
        match (name, self.plain) {
            (Macro::All, true) => {
                Term::compound(format!("$count($filter({over}, {body})) = $count({over})"))
            }
            (Macro::Exists, true) => Term::compound(format!("$count($filter({over}, {body})) > 0")),
            (Macro::ExistsOne, true) => {
                Term::compound(format!("$count($filter({over}, {body})) = 1"))
            }
            (Macro::Filter, true) => Term::simple(format!("[$filter({over}, {body})]")),
            (Macro::Map, true) => match filter {
                Some(filter) => {
                    Term::simple(format!("[$map([$filter({over}, {filter})], {body})]"))
                }
                None => Term::simple(format!("[$map({over}, {body})]")),
            },
            (Macro::All, false) => self.helper("all", &[over, body]),
            (Macro::Exists, false) => self.helper("any", &[over, body]),
            (Macro::ExistsOne, false) => self.helper("one", &[over, body]),
            (Macro::Filter, false) => self.helper("keep", &[over, body]),
            (Macro::Map, false) => {
                let over = match filter {
                    Some(filter) => self.helper("keep", &[over, filter]).text,
                    None => over,
                };
                self.helper("each", &[over, body])
            }
        }
    }
}
