//! Whether what is given fits the fields that take it.
//!
//! What is given may be more exact than what is taken: a whole number for a decimal, two of three
//! listed values, a field that is always there for an optional one, fields beyond those that are
//! taken. Two things are left to the check when a case is run, because nothing of the text shows
//! them: whether a text of any kind is among listed values, and whether a value keeps limits and
//! patterns.

use std::collections::HashMap;

use super::quantity::Quantity;
use super::shape::{FieldShape, Members, Shape};
use crate::expr::{Type, parse_date, parse_timestamp};
use crate::source::{Span, Spanned};
use crate::syntax::contract::FieldType;
use crate::syntax::duration::Duration;
use crate::syntax::expressions::{Data, Template, TemplatePart};
use crate::syntax::scalars::Literal;

/// The first thing about a value that does not fit.
#[derive(Debug, Clone)]
pub struct Misfit {
    /// What does not fit.
    pub fault: Fault,
    /// The field of what takes it: `lines[].price`, `labels.*`.
    pub path: String,
    /// The path below the written value, when the fault lies inside of what an expression gives.
    pub inside: String,
    /// The written value, or the map in which it is missing; nothing when data of one contract goes
    /// to another.
    pub written: Option<Span>,
    /// Where the field is declared that is given.
    pub given: Option<Span>,
    /// Where the field is declared that takes it; nothing for an unknown field.
    pub taken: Option<Span>,
}

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Another type.
    Kind {
        /// What is given, with its article.
        given: String,
        /// What is taken.
        taken: FieldType,
    },
    /// A text that is written where something else is taken, and cannot be read as that.
    Unreadable {
        /// The text.
        text: String,
        /// What is taken.
        taken: FieldType,
    },
    /// It is required and not given.
    Missing,
    /// It is required and may be absent.
    Absent,
    /// It may be null where null is not taken.
    Null,
    /// It may have a value that is not listed.
    Member {
        /// The value.
        value: String,
        /// The values that are listed.
        listed: Vec<String>,
    },
    /// Nothing takes it.
    Unknown {
        /// The fields that there are.
        fields: Vec<String>,
    },
}

/// The types of the `${ }` parts that could be judged, by template and place in it.
#[derive(Debug, Default)]
pub struct Typed {
    by_part: HashMap<(Span, usize), Type>,
}

impl Typed {
    /// Remembers the type of a part.
    pub fn insert(&mut self, template: &Template, part: TemplatePart<'_>, of: Type) {
        self.by_part.insert((template.span, part.start), of);
    }

    /// The type of a text; unknown when its expression is wrong.
    pub fn of(&self, template: &Template) -> Type {
        if !template.is_one_expression() {
            return Type::string();
        }
        let part = template.parts().first().map(|part| part.start);
        part.and_then(|start| self.by_part.get(&(template.span, start)))
            .map_or(Type::Any, Clone::clone)
    }
}

/// What does not fit of data that has a type: the first fault, in the order of the fields that take.
pub fn of_type(given: &Type, taken: &[FieldShape]) -> Option<Misfit> {
    let mut comparison = Comparison::new(None);
    comparison.object(given, taken);
    comparison.found.pop()
}

/// What does not fit of data that is written: the first fault of every written value.
pub fn of_data(data: &Spanned<Data>, taken: &[FieldShape], typed: &Typed) -> Vec<Misfit> {
    let mut comparison = Comparison::new(Some(typed));
    comparison.fields(data, taken);
    comparison.found
}

struct Comparison<'t> {
    typed: Option<&'t Typed>,
    path: Vec<String>,
    /// How much of the path is written; the rest lies inside of what an expression gives.
    depth: usize,
    written: Option<Span>,
    found: Vec<Misfit>,
}

impl<'t> Comparison<'t> {
    fn new(typed: Option<&'t Typed>) -> Self {
        Comparison {
            typed,
            path: Vec::new(),
            depth: 0,
            written: None,
            found: Vec::new(),
        }
    }

    /// Always false, so that what finds something can end with it.
    fn report(&mut self, fault: Fault, given: Option<Span>, taken: Option<Span>) -> bool {
        self.found.push(Misfit {
            fault,
            path: joined(&self.path),
            inside: joined(self.path.get(self.depth..).unwrap_or_default()),
            written: self.written,
            given,
            taken,
        });
        false
    }

    fn below(&mut self, name: &str, judge: impl FnOnce(&mut Self) -> bool) -> bool {
        self.path.push(name.to_owned());
        let fits = judge(self);
        self.path.pop();
        fits
    }

    /// True when everything of the type fits; at most one fault is reported.
    fn value(&mut self, given: &Type, taken: &Shape, places: Places) -> bool {
        let Some(kind) = &taken.kind else {
            return true;
        };
        match (given, kind.value) {
            (Type::Any, _) => true,
            (Type::Null, _) => taken.nullable.value || self.fault(Fault::Null, places),
            (Type::String(vocabulary), FieldType::String) => {
                let values = vocabulary.iter().flat_map(|it| &it.values);
                let members = taken.members.as_ref();
                match members.and_then(|members| values.into_iter().find(|it| !lists(members, it)))
                {
                    Some(value) => self.member(value, members, places),
                    None => true,
                }
            }
            (Type::Boolean, FieldType::Boolean)
            | (Type::Integer, FieldType::Integer | FieldType::Decimal)
            | (Type::Decimal, FieldType::Decimal)
            | (Type::Date, FieldType::Date)
            | (Type::Timestamp, FieldType::Timestamp)
            | (Type::Duration, FieldType::Duration)
            | (Type::Map(_), FieldType::Object) => true,
            (Type::List(item), FieldType::List) => match &taken.items {
                Some(items) => self.below("[]", |it| it.value(item, items, places)),
                None => true,
            },
            (Type::Map(value), FieldType::Map) => match &taken.values {
                Some(values) => self.below("*", |it| it.value(value, values, places)),
                None => true,
            },
            (Type::Object(object), FieldType::Map) => match &taken.values {
                Some(values) => object.fields().all(|(name, field)| {
                    let places = places.given_at(field.place);
                    self.below(name, |it| it.value(&field.of, values, places))
                }),
                None => true,
            },
            (Type::Object(_), FieldType::Object) => self.object(given, &taken.properties),
            (given, kind) => {
                let fault = Fault::Kind {
                    given: given.to_string(),
                    taken: kind,
                };
                self.fault(fault, places)
            }
        }
    }

    fn object(&mut self, given: &Type, taken: &[FieldShape]) -> bool {
        let Type::Object(object) = given else {
            return true;
        };
        taken.iter().all(|field| {
            let shape = &field.shape;
            let found = object.field(&field.name.value);
            let places = Places {
                given: found.and_then(|found| found.place),
                taken: Some(field.name.span),
            };
            self.below(&field.name.value, |it| match found {
                None => !shape.must_be_given() || it.fault(Fault::Missing, places),
                Some(found) if found.presence.may_be_absent() && shape.must_be_given() => {
                    it.fault(Fault::Absent, places)
                }
                Some(found)
                    if found.presence.may_be_null()
                        && !shape.nullable.value
                        && shape.default.is_none() =>
                {
                    it.fault(Fault::Null, places)
                }
                Some(found) => it.value(&found.of, shape, places),
            })
        })
    }

    fn fault(&mut self, fault: Fault, places: Places) -> bool {
        self.report(fault, places.given, places.taken)
    }

    fn member(&mut self, value: &str, members: Option<&Members>, places: Places) -> bool {
        let listed = members.map(|members| members.values.iter());
        let listed = listed.into_iter().flatten();
        let fault = Fault::Member {
            value: value.to_owned(),
            listed: listed.map(|it| it.value.text().to_owned()).collect(),
        };
        self.fault(fault, places)
    }

    /// The keys of a written map against fields.
    fn fields(&mut self, data: &Spanned<Data>, taken: &[FieldShape]) {
        self.depth = self.path.len();
        self.written = Some(data.span);
        match &data.value {
            Data::Map(entries) => self.entries(entries, data.span, taken),
            Data::Text(template) => {
                let given = self.type_of(template);
                self.object(&given, taken);
            }
            Data::Null | Data::Boolean(_) | Data::Number(_) | Data::List(_) => {}
        }
    }

    fn entries(
        &mut self,
        entries: &[(Spanned<String>, Spanned<Data>)],
        span: Span,
        taken: &[FieldShape],
    ) {
        for (key, value) in entries {
            let field = taken.iter().find(|field| field.name.value == key.value);
            self.path.push(key.value.clone());
            match field {
                Some(field) => self.data(value, &field.shape, field.name.span),
                None => {
                    self.depth = self.path.len();
                    self.written = Some(key.span);
                    let fields = taken.iter().map(|field| field.name.value.clone());
                    let fields = fields.collect();
                    self.report(Fault::Unknown { fields }, None, None);
                }
            }
            self.path.pop();
        }
        let is_written = |field: &FieldShape| {
            let mut keys = entries.iter();
            keys.any(|(key, _)| key.value == field.name.value)
        };
        for field in taken {
            if field.shape.must_be_given() && !is_written(field) {
                self.path.push(field.name.value.clone());
                self.depth = self.path.len();
                self.written = Some(span);
                self.report(Fault::Missing, None, Some(field.name.span));
                self.path.pop();
            }
        }
    }

    /// A written value against the field that takes it.
    fn data(&mut self, data: &Spanned<Data>, taken: &Shape, name: Span) {
        self.depth = self.path.len();
        self.written = Some(data.span);
        let places = Places {
            given: None,
            taken: Some(name),
        };
        let kind = taken.kind.map(|kind| kind.value);
        let of = match &data.value {
            Data::Null => Type::Null,
            Data::Boolean(_) => Type::Boolean,
            Data::Number(text) if text.parse::<i64>().is_ok() => Type::Integer,
            Data::Number(_) => Type::Decimal,
            Data::Text(template) if template.is_dynamic() => self.type_of(template),
            Data::Text(template) => {
                self.text(&template.text, taken, places);
                return;
            }
            Data::List(items) => {
                if let (Some(FieldType::List), Some(of)) = (kind, &taken.items) {
                    for item in items {
                        self.path.push("[]".to_owned());
                        self.data(item, of, name);
                        self.path.pop();
                    }
                    return;
                }
                Type::list(Type::Any)
            }
            Data::Map(entries) => match (kind, &taken.values) {
                (Some(FieldType::Object), _) if !taken.properties.is_empty() => {
                    return self.entries(entries, data.span, &taken.properties);
                }
                (Some(FieldType::Map), Some(values)) => {
                    for (key, value) in entries {
                        self.path.push(key.value.clone());
                        self.data(value, values, name);
                        self.path.pop();
                    }
                    return;
                }
                _ => Type::map(Type::Any),
            },
        };
        if self.value(&of, taken, places) {
            self.listed_number(&data.value, taken, places);
        }
    }

    /// A text without expressions: what it says can be read.
    fn text(&mut self, text: &str, taken: &Shape, places: Places) {
        let Some(kind) = taken.kind.map(|kind| kind.value) else {
            return;
        };
        let is_readable = match kind {
            FieldType::String => true,
            FieldType::Date => parse_date(text).is_some(),
            FieldType::Timestamp => parse_timestamp(text).is_some(),
            FieldType::Duration => Duration::parse(text).is_some(),
            FieldType::Integer
            | FieldType::Decimal
            | FieldType::Boolean
            | FieldType::List
            | FieldType::Map
            | FieldType::Object => false,
        };
        let members = taken.members.as_ref();
        if !is_readable {
            let fault = Fault::Unreadable {
                text: text.to_owned(),
                taken: kind,
            };
            self.fault(fault, places);
        } else if members.is_some_and(|members| !lists(members, text)) {
            self.member(text, members, places);
        }
    }

    fn listed_number(&mut self, data: &Data, taken: &Shape, places: Places) {
        let members = taken.members.as_ref();
        if let Data::Number(number) = data
            && members.is_some_and(|members| !lists(members, number))
        {
            self.member(number, members, places);
        }
    }

    fn type_of(&self, template: &Template) -> Type {
        self.typed.map_or(Type::Any, |typed| typed.of(template))
    }
}

/// Where a field is declared on both sides.
#[derive(Clone, Copy)]
struct Places {
    given: Option<Span>,
    taken: Option<Span>,
}

impl Places {
    fn given_at(self, given: Option<Span>) -> Self {
        Places { given, ..self }
    }
}

/// True when the values are open or have this one among them.
fn lists(members: &Members, value: &str) -> bool {
    let is_it = |listed: &Literal| {
        listed.text() == value
            || matches!(
                (Quantity::of(listed), Quantity::read(value)),
                (Quantity::Number(one), Quantity::Number(other)) if one == other
            )
    };
    members.open.value || members.values.iter().any(|listed| is_it(&listed.value))
}

/// `lines[].price`.
fn joined(path: &[String]) -> String {
    let mut text = String::new();
    for name in path {
        if !text.is_empty() && name != "[]" {
            text.push('.');
        }
        text.push_str(name);
    }
    text
}
