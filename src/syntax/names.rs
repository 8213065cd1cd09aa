//! Names, and collections of named or repeated things.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, Decoder, text};
use super::visit::{Visit, Visitor};
use crate::source::{Span, Spanned};
use crate::yaml::NodeRef;

/// A kind of name: how it must look.
pub trait NamePattern {
    /// The JSON Schema pattern.
    const PATTERN: &'static str;
    /// What the name must look like, for messages.
    const FORM: &'static str;
    /// True when the text follows the pattern.
    fn accepts(name: &str) -> bool;
}

fn word(name: &str, first: fn(char) -> bool, rest: fn(char) -> bool) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(first) && characters.all(rest)
}

fn is_lower(character: char) -> bool {
    character.is_ascii_lowercase()
}

fn is_kebab(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'
}

fn is_snake(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
}

/// `[a-z][a-z0-9-]*`: workflows, queues, teams, calendars, decisions, policies.
#[derive(Debug, Clone, Copy)]
pub struct KebabName;

impl NamePattern for KebabName {
    const PATTERN: &'static str = "^[a-z][a-z0-9-]*$";
    const FORM: &'static str = "lower-case words joined by `-`, as in `employee-onboarding`";
    fn accepts(name: &str) -> bool {
        word(name, is_lower, is_kebab)
    }
}

/// `[a-z][a-z0-9_]*`: states, steps, fields, controls, so that expressions can name them.
#[derive(Debug, Clone, Copy)]
pub struct SnakeName;

impl NamePattern for SnakeName {
    const PATTERN: &'static str = "^[a-z][a-z0-9_]*$";
    const FORM: &'static str = "lower-case words joined by `_`, as in `manager_ok`";
    fn accepts(name: &str) -> bool {
        word(name, is_lower, is_snake)
    }
}

/// A field of data: as [`SnakeName`], or written as the producing system writes it.
#[derive(Debug, Clone, Copy)]
pub struct FieldName;

impl NamePattern for FieldName {
    const PATTERN: &'static str = "^[A-Za-z_][A-Za-z0-9_]*$";
    const FORM: &'static str = "letters, digits and `_`, as in `employee_id`";
    fn accepts(name: &str) -> bool {
        word(
            name,
            |first| first.is_ascii_alphabetic() || first == '_',
            |rest| rest.is_ascii_alphanumeric() || rest == '_',
        )
    }
}

/// `[A-Z][A-Z0-9_]*` or `default`: the keys of `exceptions:`.
#[derive(Debug, Clone, Copy)]
pub struct ReasonName;

impl NamePattern for ReasonName {
    const PATTERN: &'static str = "^([A-Z][A-Z0-9_]*|default)$";
    const FORM: &'static str = "upper-case words joined by `_`, as in `MISSING_PO`, or `default`";
    fn accepts(name: &str) -> bool {
        name == "default"
            || word(
                name,
                |first| first.is_ascii_uppercase(),
                |rest| rest.is_ascii_uppercase() || rest.is_ascii_digit() || rest == '_',
            )
    }
}

/// Dotted words that end in a major version: `employee.identity.v1`.
#[derive(Debug, Clone, Copy)]
pub struct ContractName;

impl NamePattern for ContractName {
    const PATTERN: &'static str = "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*\\.v[1-9][0-9]*$";
    const FORM: &'static str =
        "dotted words that end in the major version, as in `employee.identity.v1`";
    fn accepts(name: &str) -> bool {
        let Some((words, version)) = name.rsplit_once(".v") else {
            return false;
        };
        let digits = word(
            version,
            |first| ('1'..='9').contains(&first),
            |rest| rest.is_ascii_digit(),
        );
        digits && words.split('.').all(SnakeName::accepts)
    }
}

/// The name of a system, person, service account or other thing that others have named.
#[derive(Debug, Clone, Copy)]
pub struct FreeName;

impl NamePattern for FreeName {
    const PATTERN: &'static str = "^[A-Za-z][A-Za-z0-9._-]*$";
    const FORM: &'static str = "letters, digits, `.`, `_` and `-`, beginning with a letter";
    fn accepts(name: &str) -> bool {
        word(
            name,
            |first| first.is_ascii_alphabetic(),
            |rest| rest.is_ascii_alphanumeric() || matches!(rest, '.' | '_' | '-'),
        )
    }
}

/// True when a pattern means a name; `*` stands for any characters.
pub fn matches_name(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, tail)) => rest = tail,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// A name that follows a pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name<P> {
    /// The text of the name.
    pub text: String,
    pattern: std::marker::PhantomData<P>,
}

impl<P: NamePattern> Decode for Name<P> {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        let scalar = text(node, decoder, "a name")?;
        check_name::<P>(scalar.text(), node.span(), decoder);
        Some(Name {
            text: scalar.text().to_owned(),
            pattern: std::marker::PhantomData,
        })
    }
}

/// Reports a name that does not follow its pattern.
pub fn check_name<P: NamePattern>(name: &str, span: Span, decoder: &mut Decoder) {
    if !P::accepts(name) {
        decoder.invalid_value(
            span,
            format!("`{name}` cannot be a name here"),
            format!("use {}", P::FORM),
        );
    }
}

impl<P> Visit for Name<P> {
    fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
}

impl<P: NamePattern> JsonSchema for Name<P> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }
    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": P::PATTERN })
    }
}

/// Entries by name, in written order.
#[derive(Debug, Clone)]
pub struct NameMap<P, T> {
    /// Name and value, in written order; names are unique.
    pub entries: Vec<(Spanned<String>, T)>,
    /// From the first to the last character of the mapping; `None` when the key is absent.
    pub span: Option<Span>,
    pattern: std::marker::PhantomData<P>,
}

impl<P, T> Default for NameMap<P, T> {
    fn default() -> Self {
        NameMap {
            entries: Vec::new(),
            span: None,
            pattern: std::marker::PhantomData,
        }
    }
}

impl<P, T> NameMap<P, T> {
    /// Entries that stand elsewhere than in a document, as in a JSON Schema file.
    pub fn of(entries: Vec<(Spanned<String>, T)>, span: Span) -> Self {
        NameMap {
            entries,
            span: Some(span),
            pattern: std::marker::PhantomData,
        }
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.entry(name).map(|(_, value)| value)
    }

    /// The name as written, with its value.
    pub fn entry(&self, name: &str) -> Option<(&Spanned<String>, &T)> {
        self.entries
            .iter()
            .find(|(key, _)| key.value == name)
            .map(|(key, value)| (key, value))
    }

    /// Every entry, in written order.
    pub fn iter(&self) -> impl Iterator<Item = (&Spanned<String>, &T)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// Every entry, in written order, for changing the values.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&Spanned<String>, &mut T)> {
        self.entries.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// The names, in written order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(key, _)| key.value.as_str())
    }

    /// Keeps the entries whose names are wanted.
    pub fn retain(&mut self, wanted: impl Fn(&str) -> bool) {
        self.entries.retain(|(key, _)| wanted(&key.value));
    }

    /// True when nothing is declared.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<P: NamePattern, T: Decode> Decode for NameMap<P, T> {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        let Some(mapping) = node.mapping() else {
            decoder.wrong_type(node, "a mapping from names to their definitions");
            return None;
        };
        let mut entries = Vec::new();
        for entry in mapping
            .entries()
            .filter(|entry| !entry.name.starts_with("x-"))
        {
            check_name::<P>(entry.name, entry.key.span(), decoder);
            if let Some(value) = super::keys::decode_value(entry, decoder) {
                let name = Spanned::new(entry.name.to_owned(), entry.key.span());
                entries.push((name, value));
            }
        }
        Some(NameMap {
            entries,
            span: Some(node.span()),
            pattern: std::marker::PhantomData,
        })
    }
}

impl<P, T: Visit> Visit for NameMap<P, T> {
    fn visit<'a>(&'a self, visitor: &mut dyn Visitor<'a>) {
        self.entries
            .iter()
            .for_each(|(_, value)| value.visit(visitor));
    }
}

/// The schema of definitions by name. Keys that begin with `x-` may be names by their form, and are
/// free all the same.
pub fn named(pattern: &str, definition: impl Into<serde_json::Value>) -> Schema {
    let definition: serde_json::Value = definition.into();
    json_schema!({
        "type": "object",
        "propertyNames": { "anyOf": [{ "pattern": "^x-" }, { "pattern": pattern }] },
        "patternProperties": { "^x-": true },
        "additionalProperties": definition,
    })
}

impl<P: NamePattern, T: JsonSchema> JsonSchema for NameMap<P, T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("MapOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        named(P::PATTERN, generator.subschema_for::<T>())
    }
}

/// One value or a list of them.
#[derive(Debug, Clone)]
pub struct OneOrMany<T> {
    /// The values, in written order.
    pub items: Vec<T>,
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        OneOrMany { items: Vec::new() }
    }
}

impl<T> OneOrMany<T> {
    /// The values, in written order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// True when nothing is written.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl<T: Decode> Decode for OneOrMany<T> {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        let items = if node.sequence().is_some() {
            Vec::decode(node, decoder)?
        } else {
            vec![T::decode(node, decoder)?]
        };
        Some(OneOrMany { items })
    }
}

impl<T: Visit> Visit for OneOrMany<T> {
    fn visit<'a>(&'a self, visitor: &mut dyn Visitor<'a>) {
        self.items.visit(visitor);
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one.clone(), { "type": "array", "items": one }] })
    }
}

/// The name of a requirement inside its policy: `FIN-01`, `dual-control`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequirementName;

impl NamePattern for RequirementName {
    const PATTERN: &'static str = "^[A-Za-z0-9][A-Za-z0-9-]*$";
    const FORM: &'static str = "letters, digits and `-`, as in `FIN-01` or `dual-control`";
    fn accepts(name: &str) -> bool {
        let is_part = |character: char| character.is_ascii_alphanumeric() || character == '-';
        name.starts_with(|first: char| first.is_ascii_alphanumeric()) && name.chars().all(is_part)
    }
}

/// The kebab-case name of a rule; those of policies with the policy, `finance/dual-control`, or
/// with the Rego package, `house.payments/deny`.
#[derive(Debug, Clone, Copy)]
pub struct RuleName;

impl NamePattern for RuleName {
    const PATTERN: &'static str =
        "^([A-Za-z][A-Za-z0-9-]*|[A-Za-z][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*)$";
    const FORM: &'static str = "the name of a rule, as in `owner-missing`";
    fn accepts(name: &str) -> bool {
        let all = |part: &str, others: &[char]| {
            let mut characters = part.chars();
            characters.all(|it| it.is_ascii_alphanumeric() || others.contains(&it))
        };
        let begins = |part: &str| part.starts_with(|first: char| first.is_ascii_alphanumeric());
        name.starts_with(|first: char| first.is_ascii_alphabetic())
            && match name.split_once('/') {
                None => all(name, &['-']),
                Some((policy, rule)) => {
                    let others = ['-', '_', '.'];
                    all(policy, &others) && begins(rule) && all(rule, &others)
                }
            }
    }
}
