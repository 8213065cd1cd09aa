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
    fn of(node: NodeRef<'_>, scalar: Scalar<'_>, decoder: &mut Decoder) -> Self {
        let template = Template {
            text: scalar.text().to_owned(),
            offsets: scalar.offsets(),
            span: node.span(),
        };
        if let Some(open) = template.parts().last().filter(|part| !part.closed) {
            let start = template.text[..open.start].rfind("${").unwrap_or(0);
            let written = template.text[start..].trim_end();
            decoder.invalid_value(
                template.offsets.span(start..start + written.len()),
                format!("`{written}` is never closed"),
                "add the missing `}`, and check the quotes before it".to_owned(),
            );
        }
        template
    }

    /// True when the text has a `${ }` part.
    pub fn is_dynamic(&self) -> bool {
        self.text.contains("${")
    }

    /// The expressions inside `${ }`, in order.
    pub fn expressions(&self) -> impl Iterator<Item = &str> {
        self.parts().into_iter().map(|part| part.text)
    }

    /// The `${ }` parts, in order. Braces and quotes inside a part are understood; a part that is
    /// never closed goes on to the end of the text.
    pub fn parts(&self) -> Vec<TemplatePart<'_>> {
        let mut parts = Vec::new();
        let mut at = 0;
        while let Some(found) = self.text[at..].find("${") {
            let start = at + found + 2;
            let length = closing_brace(&self.text[start..]);
            let end = length.map_or(self.text.len(), |length| start + length);
            let inside = &self.text[start..end];
            let leading = inside.len() - inside.trim_start().len();
            parts.push(TemplatePart {
                text: inside.trim(),
                start: start + leading,
                closed: length.is_some(),
            });
            at = (end + 1).min(self.text.len());
        }
        parts
    }

    /// True when the text is one `${ }` part and nothing else, so that it gives a value of any
    /// type.
    pub fn is_one_expression(&self) -> bool {
        let text = self.text.trim();
        match &self.parts()[..] {
            [part] => {
                let after = &self.text[part.start + part.text.len()..];
                part.closed && text.starts_with("${") && after.trim() == "}"
            }
            _ => false,
        }
    }
}

/// One `${ }` part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplatePart<'a> {
    /// The expression, trimmed.
    pub text: &'a str,
    /// Where the expression begins in the template's text, in bytes.
    pub start: usize,
    /// False when the closing brace is missing.
    pub closed: bool,
}

/// The offset of the brace that closes an expression; those inside maps and texts do not.
fn closing_brace(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut depth = 0_usize;
    let mut escaped = false;
    for (offset, character) in text.char_indices() {
        match (quote, character) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '{') => depth += 1,
            (None, '}') if depth == 0 => return Some(offset),
            (None, '}') => depth -= 1,
            (None, _) => {}
        }
    }
    None
}

impl Decode for Template {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        text(node, decoder, "text, with `${ }` around expressions")
            .map(|scalar| Template::of(node, scalar, decoder))
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
            Content::Scalar(scalar) => scalar_data(node, scalar, decoder),
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

fn scalar_data(node: NodeRef<'_>, scalar: Scalar<'_>, decoder: &mut Decoder) -> Data {
    match scalar.resolve() {
        Resolved::Null => Data::Null,
        Resolved::Boolean(value) => Data::Boolean(value),
        Resolved::Integer | Resolved::Number => Data::Number(scalar.text().to_owned()),
        Resolved::Text => Data::Text(Template::of(node, scalar, decoder)),
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

#[cfg(test)]
mod tests {
    use super::Data;
    use crate::source::{Sources, Span};
    use crate::syntax::decode::{Decode, Decoder};
    use crate::yaml;

    /// Each part with the characters of the file that it stands for.
    fn parts(yaml_text: &str) -> Vec<(String, String)> {
        let mut sources = Sources::default();
        let id = sources.add("file.yaml", yaml_text);
        let parsed = yaml::parse(id, yaml_text);
        let node = parsed.value.documents[0].root(yaml_text);
        let Some(Data::Text(template)) = Data::decode(node, &mut Decoder::new()) else {
            panic!("a text");
        };
        let characters = |span: Span| yaml_text[span.range()].to_owned();
        template
            .parts()
            .iter()
            .map(|part| {
                let span = template
                    .offsets
                    .span(part.start..part.start + part.text.len());
                (part.text.to_owned(), characters(span))
            })
            .collect()
    }

    fn same(text: &str) -> (String, String) {
        (text.to_owned(), text.to_owned())
    }

    #[test]
    fn parts_are_found_with_their_places() {
        assert_eq!(parts("\"${ input.a }\""), [same("input.a")]);
        assert_eq!(
            parts("Dear ${input.name}, ${ x }!"),
            [same("input.name"), same("x")]
        );
        assert_eq!(parts("plain"), []);
    }

    #[test]
    fn braces_and_quotes_inside_a_part_do_not_close_it() {
        assert_eq!(
            parts("\"${ {'a': '}'}.size() } end\""),
            [same("{'a': '}'}.size()")]
        );
    }

    #[test]
    fn an_open_part_goes_on_to_the_end() {
        assert_eq!(parts("${ input.a"), [same("input.a")]);
    }

    #[test]
    fn an_open_part_is_reported_at_its_characters() {
        for (yaml_text, open) in [
            ("\"to ${ input.a \"", Some("${ input.a")),
            ("'${ a } and ${ {b: c }'", Some("${ {b: c }")),
            ("${ input.a } costs $5 {net}", None),
        ] {
            let mut sources = Sources::default();
            let id = sources.add("data.yaml", yaml_text);
            let parsed = yaml::parse(id, yaml_text);
            let mut decoder = Decoder::new();
            Data::decode(parsed.value.documents[0].root(yaml_text), &mut decoder);
            let found = decoder.finish();
            let marked: Vec<&str> = found.iter().map(|it| sources.text(it.span)).collect();
            assert_eq!(marked, Vec::from_iter(open), "{yaml_text}");
        }
    }
}
