//! Nodes to typed syntax: every fault of a node is reported, and what was understood is kept.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::rules;
use super::visit::{Visit, Visitor};
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::source::{Span, Spanned};
use crate::yaml::{Content, Mapping, NodeRef, Resolved, Scalar};

/// Collects what is found wrong while a file is decoded.
#[derive(Debug, Default)]
pub struct Decoder {
    diagnostics: Vec<Diagnostic>,
    explained: Vec<Span>,
    misspelt: Vec<(Span, &'static str)>,
}

impl Decoder {
    /// A decoder that has found nothing yet.
    pub fn new() -> Self {
        Decoder::default()
    }

    /// Adds a finding.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Says that whatever reading found wrong inside a span follows from a finding reported here.
    pub fn explain(&mut self, span: Span) {
        self.explained.push(span);
    }

    /// Says that a key is read as another, which was meant.
    pub fn read_as(&mut self, key: Span, meant: &'static str) {
        self.misspelt.push((key, meant));
    }

    /// The places of misspelt keys, with what was meant, since this was last asked.
    pub fn take_misspelt(&mut self) -> Vec<(Span, &'static str)> {
        std::mem::take(&mut self.misspelt)
    }

    /// Everything found, in order.
    pub fn finish(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// What reading the YAML found and is not explained, then everything found, in order.
    pub fn finish_after(self, reading: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let is_explained = |diagnostic: &Diagnostic| {
            let span = diagnostic.span;
            self.explained
                .iter()
                .any(|explained| explained.contains(span))
        };
        let mut found = reading;
        found.retain(|diagnostic| !is_explained(diagnostic));
        found.extend(self.diagnostics);
        found
    }

    /// Reports that a node is not what the language wants here.
    pub fn wrong_type(&mut self, node: NodeRef<'_>, expected: &str) {
        let found = describe(node);
        self.report(
            Diagnostic::new(
                &rules::WRONG_TYPE,
                node.span(),
                format!("expected {expected}, found {found}"),
            )
            .help(format!("write {expected}")),
        );
    }

    /// Reports a value outside its vocabulary, with the nearest member.
    pub fn not_a_member(&mut self, node: NodeRef<'_>, text: &str, what: &str, members: &[&str]) {
        self.forget_ambiguity(node.span());
        let listed = listing(members);
        let mut diagnostic = Diagnostic::new(
            &rules::INVALID_VALUE,
            node.span(),
            format!("`{text}` is not {what}"),
        );
        if let Some(near) = nearest(text, members.iter().copied()) {
            diagnostic = diagnostic
                .help(format!("did you mean `{near}`? Known are {listed}"))
                .fix(Fix::needs_a_look(vec![Edit {
                    span: node.span(),
                    text: near.to_owned(),
                }]));
        } else {
            diagnostic = diagnostic.help(format!("write one of {listed}"));
        }
        self.report(diagnostic);
    }

    /// Quotes do not help a value that is wrong with quotes too.
    fn forget_ambiguity(&mut self, span: Span) {
        let is_forgotten =
            |last: &mut Diagnostic| last.rule.id == rules::AMBIGUOUS_SCALAR.id && last.span == span;
        self.diagnostics.pop_if(is_forgotten);
    }

    /// Reports a scalar whose text does not follow the form that is wanted.
    pub fn invalid_value(&mut self, span: Span, message: String, help: String) {
        self.forget_ambiguity(span);
        self.report(Diagnostic::new(&rules::INVALID_VALUE, span, message).help(help));
    }
}

/// What a node is, for messages: "the number `3`", "a list", "nothing".
pub fn describe(node: NodeRef<'_>) -> String {
    match node.content() {
        Content::Sequence(_) => "a list".to_owned(),
        Content::Mapping(_) => "a mapping".to_owned(),
        Content::Scalar(scalar) => {
            let text = shortened(scalar.text());
            match scalar.resolve() {
                Resolved::Null => "nothing".to_owned(),
                Resolved::Boolean(_) => format!("the boolean `{text}`"),
                Resolved::Integer | Resolved::Number => format!("the number `{text}`"),
                Resolved::Text => format!("the text `{text}`"),
            }
        }
    }
}

fn shortened(text: &str) -> String {
    const LIMIT: usize = 40;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= LIMIT && line.len() == text.len() {
        text.to_owned()
    } else {
        line.chars().take(LIMIT).chain(['…']).collect()
    }
}

/// The candidate that the author most probably meant, when one is near enough.
pub fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = text.to_lowercase().replace('-', "_");
    candidates
        .into_iter()
        .map(|candidate| {
            let plain = candidate.to_lowercase().replace('-', "_");
            (strsim::damerau_levenshtein(&lower, &plain), candidate)
        })
        .filter(|(distance, candidate)| {
            let length = candidate.chars().count().max(text.chars().count());
            *distance <= (length / 3).max(1) && *distance < length
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `a`, `b` or `c`, each in backticks.
pub fn listing(members: &[&str]) -> String {
    match members {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [firsts @ .., last] => {
            let firsts: Vec<String> = firsts.iter().map(|member| format!("`{member}`")).collect();
            format!("{} or `{last}`", firsts.join(", "))
        }
    }
}

/// A type of the language that a YAML node is read into.
pub trait Decode: Sized {
    /// Reads a node; `None` when nothing of it could be understood, which has been reported.
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self>;

    /// True when an empty value (`key:`) means something to this type.
    const ACCEPTS_NULL: bool = false;
}

/// A type that is read from the keys of one mapping; made by `mapping!`.
pub trait DecodeMapping: Sized {
    /// The keys of the language, in reference order.
    const KEYS: &'static [&'static str];

    /// Reads the entries; faults are reported and leave holes.
    fn decode_mapping(mapping: Mapping<'_>, decoder: &mut Decoder) -> Self;
}

impl<T: Decode> Decode for Spanned<T> {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        T::decode(node, decoder).map(|value| Spanned::new(value, node.span()))
    }
    const ACCEPTS_NULL: bool = T::ACCEPTS_NULL;
}

impl<T: Decode> Decode for Box<T> {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        T::decode(node, decoder).map(Box::new)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        let Some(sequence) = node.sequence() else {
            decoder.wrong_type(node, "a list");
            return None;
        };
        Some(
            sequence
                .items()
                .filter_map(|item| T::decode(item, decoder))
                .collect(),
        )
    }
}

impl<T: Visit> Visit for Spanned<T> {
    fn visit<'a>(&'a self, visitor: &mut dyn Visitor<'a>) {
        self.value.visit(visitor);
    }
}

impl<T: Visit> Visit for Box<T> {
    fn visit<'a>(&'a self, visitor: &mut dyn Visitor<'a>) {
        self.as_ref().visit(visitor);
    }
}

impl<T: Visit> Visit for Vec<T> {
    fn visit<'a>(&'a self, visitor: &mut dyn Visitor<'a>) {
        self.iter().for_each(|item| item.visit(visitor));
    }
}

impl<T: Visit> Visit for Option<T> {
    fn visit<'a>(&'a self, visitor: &mut dyn Visitor<'a>) {
        self.iter().for_each(|item| item.visit(visitor));
    }
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> std::borrow::Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl Decode for String {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        text(node, decoder, "text").map(|scalar| scalar.text().to_owned())
    }
}

impl Decode for bool {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        match node.scalar().map(Scalar::resolve) {
            Some(Resolved::Boolean(value)) => Some(value),
            _ => {
                decoder.wrong_type(node, "`true` or `false`");
                None
            }
        }
    }
}

impl Decode for u32 {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        let number = node
            .scalar()
            .filter(|scalar| scalar.resolve() == Resolved::Integer)
            .and_then(|scalar| scalar.text().parse().ok());
        if number.is_none() {
            decoder.wrong_type(node, "a whole number from 0");
        }
        number
    }
}

impl Visit for String {
    fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
}

impl Visit for bool {
    fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
}

impl Visit for u32 {
    fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
}

/// A scalar that is meant as text; unquoted text that some reader takes for something else is
/// reported with a safe repair and used as it is written.
pub fn text<'a>(node: NodeRef<'a>, decoder: &mut Decoder, expected: &str) -> Option<Scalar<'a>> {
    let Some(scalar) = node.scalar() else {
        decoder.wrong_type(node, expected);
        return None;
    };
    match scalar.resolve() {
        Resolved::Text => {
            super::ambiguous::check_text(node, scalar, decoder);
            Some(scalar)
        }
        Resolved::Null => {
            decoder.wrong_type(node, expected);
            None
        }
        Resolved::Boolean(_) | Resolved::Integer | Resolved::Number => {
            super::ambiguous::report_not_text(node, scalar, decoder);
            Some(scalar)
        }
    }
}

/// The schema of a string with a pattern, for scalar types.
pub fn pattern_schema(pattern: &str, description: &str) -> Schema {
    json_schema!({ "type": "string", "pattern": pattern, "description": description })
}
