//! Expressions, texts with `${ }` parts and the data that is made of them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, Decoder, text};
use super::visit::{Visit, Visitor};
use crate::source::{Span, Spanned};
use crate::yaml::{Content, NodeRef, Offsets, Resolved, Scalar};

/// A condition or value in the expression language, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    /// The text of the expression, escapes of the scalar undone.
    pub text: String,
    /// Where it is written, quotes included.
    pub span: Span,
    /// Where its bytes are written.
    pub offsets: Offsets,
}

impl Decode for Expression {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        let Some(scalar) = node.scalar() else {
            decoder.wrong_type(node, "an expression");
            return None;
        };
        Some(Expression {
            text: scalar.text().to_owned(),
            offsets: scalar.offsets(),
            span: node.span(),
        })
    }
}

impl Visit for Expression {
    fn visit<'a>(&'a self, visitor: &mut dyn Visitor<'a>) {
        visitor.expression(self);
    }
}

impl JsonSchema for Expression {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Expression".into()
    }
    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "boolean", "number"] })
    }
}

/// Text with `${ }` parts, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The text, escapes of the scalar undone.
    pub text: String,
    /// Where it is written, quotes included.
    pub span: Span,
    /// Where its bytes are written.
    pub offsets: Offsets,
}

impl Template {
    fn of(node: NodeRef<'_>, scalar: Scalar<'_>) -> Self {
        Template {
            text: scalar.text().to_owned(),
            offsets: scalar.offsets(),
            span: node.span(),
        }
    }

    /// True when the text has a `${ }` part.
    pub fn is_dynamic(&self) -> bool {
        self.text.contains("${")
    }

    /// The expressions inside `${ }`, trimmed, in order.
    pub fn expressions(&self) -> impl Iterator<Item = &str> {
        self.text
            .split("${")
            .skip(1)
            .filter_map(|part| part.split_once('}'))
            .map(|(inside, _)| inside.trim())
    }
}

impl Decode for Template {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        text(node, decoder, "text, with `${ }` around expressions")
            .map(|scalar| Template::of(node, scalar))
    }
}

impl Visit for Template {
    fn visit<'a>(&'a self, visitor: &mut dyn Visitor<'a>) {
        visitor.template(self);
    }
}

impl JsonSchema for Template {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Template".into()
    }
    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// Data that a step sends: any YAML, with `${ }` in texts.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as written.
    Number(String),
    /// Text, with `${ }` parts.
    Text(Template),
    /// A list.
    List(Vec<Spanned<Data>>),
    /// Keys with values, in written order.
    Map(Vec<(Spanned<String>, Spanned<Data>)>),
}

impl Decode for Data {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        let spanned = |node: NodeRef<'_>, decoder: &mut Decoder| {
            Data::decode(node, decoder).map(|data| Spanned::new(data, node.span()))
        };
        Some(match node.content() {
            Content::Scalar(scalar) => scalar_data(node, scalar),
            Content::Sequence(sequence) => Data::List(
                sequence
                    .items()
                    .filter_map(|item| spanned(item, decoder))
                    .collect(),
            ),
            Content::Mapping(mapping) => Data::Map(
                mapping
                    .entries()
                    .filter_map(|entry| {
                        let key = Spanned::new(entry.name.to_owned(), entry.key.span());
                        spanned(entry.value, decoder).map(|value| (key, value))
                    })
                    .collect(),
            ),
        })
    }
    const ACCEPTS_NULL: bool = true;
}

fn scalar_data(node: NodeRef<'_>, scalar: Scalar<'_>) -> Data {
    match scalar.resolve() {
        Resolved::Null => Data::Null,
        Resolved::Boolean(value) => Data::Boolean(value),
        Resolved::Integer | Resolved::Number => Data::Number(scalar.text().to_owned()),
        Resolved::Text => Data::Text(Template::of(node, scalar)),
    }
}

impl Visit for Data {
    fn visit<'a>(&'a self, visitor: &mut dyn Visitor<'a>) {
        match self {
            Data::Null | Data::Boolean(_) | Data::Number(_) => {}
            Data::Text(template) => visitor.template(template),
            Data::List(items) => items.visit(visitor),
            Data::Map(entries) => entries.iter().for_each(|(_, value)| value.visit(visitor)),
        }
    }
}

impl JsonSchema for Data {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Data".into()
    }
    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        Schema::default()
    }
}
