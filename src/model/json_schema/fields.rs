//! The fields that a JSON Schema declares, as far as fields can say it: what expressions read,
//! what rules look at, and what reviewers see. Verdicts do not rest on them, but on the schema.

use serde_json::{Map, Value};

use super::{SchemaFile, Spans};
use crate::source::Spanned;
use crate::syntax::contract::{Classification, Field, FieldEntry, FieldType, Format};
use crate::syntax::names::{FieldName, NameMap};
use crate::syntax::scalars::Literal;
use crate::value_set::schema::Place;

/// How deep schemas are followed.
const DEEPEST: u32 = 16;

type Keywords = Map<String, Value>;

/// The fields of the record; none when the schema declares no properties.
pub(super) fn declared(
    schema: &SchemaFile,
    spans: &Spans,
) -> Option<NameMap<FieldName, FieldEntry>> {
    let reader = Fields { schema, spans };
    let fields = reader.properties(&schema.root, 0);
    (!fields.is_empty()).then(|| NameMap::of(fields, reader.spans.value(&schema.root)))
}

struct Fields<'a> {
    schema: &'a SchemaFile,
    spans: &'a Spans,
}

impl<'a> Fields<'a> {
    /// The schemas that all hold at a place: itself, what it refers to, and all of `allOf`.
    fn parts(&self, place: &Place, depth: u32) -> Vec<(Place, &'a Keywords)> {
        let value = self.schema.documents.value(place);
        let Some(keywords) = value.and_then(Value::as_object).filter(|_| depth < DEEPEST) else {
            return Vec::new();
        };
        let mut parts = vec![(place.clone(), keywords)];
        if let Some(Value::String(reference)) = keywords.get("$ref")
            && let Some(target) = self.schema.documents.target(place, reference)
        {
            parts.extend(self.parts(&target, depth + 1));
        }
        if let Some(Value::Array(schemas)) = keywords.get("allOf") {
            for index in 0..schemas.len() {
                let at = place.below("allOf").below(&index.to_string());
                parts.extend(self.parts(&at, depth + 1));
            }
        }
        parts
    }

    fn properties(&self, place: &Place, depth: u32) -> Vec<(Spanned<String>, FieldEntry)> {
        let parts = self.parts(place, depth);
        let required: Vec<&str> = parts
            .iter()
            .filter_map(|(_, keywords)| keywords.get("required")?.as_array())
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut fields: Vec<(Spanned<String>, FieldEntry)> = Vec::new();
        for (at, keywords) in &parts {
            let Some(Value::Object(properties)) = keywords.get("properties") else {
                continue;
            };
            for name in properties.keys() {
                if fields.iter().any(|(known, _)| known.value == *name) {
                    continue;
                }
                let at = at.below("properties").below(name);
                let span = self.spans.key(&at);
                let mut field = self.field(&at, depth + 1);
                if required.contains(&name.as_str()) {
                    field.required = Some(Spanned::new(true, span));
                }
                let entry = FieldEntry::Full(Box::new(field));
                fields.push((Spanned::new(name.clone(), span), entry));
            }
        }
        fields
    }

    fn field(&self, place: &Place, depth: u32) -> Field {
        let mut field = Field::default();
        let parts = self.parts(place, depth);
        for (at, keywords) in &parts {
            self.kind(&mut field, at, keywords);
            self.limits(&mut field, at, keywords);
            self.notes(&mut field, at, keywords);
        }
        match field.kind.map(|kind| kind.value) {
            Some(FieldType::Object) => self.object(&mut field, place, &parts, depth),
            Some(FieldType::List) => {
                let items = parts
                    .iter()
                    .find(|(_, keywords)| keywords.get("items").is_some_and(Value::is_object));
                if let Some((at, _)) = items {
                    let items = self.field(&at.below("items"), depth + 1);
                    field.items = Some(Box::new(FieldEntry::Full(Box::new(items))));
                }
            }
            Some(_) | None => {}
        }
        field
    }

    /// An object with properties of its own, or a map.
    fn object(&self, field: &mut Field, place: &Place, parts: &[(Place, &Keywords)], depth: u32) {
        let properties = self.properties(place, depth);
        if !properties.is_empty() {
            let span = self.spans.value(place);
            field.properties = Some(Spanned::new(NameMap::of(properties, span), span));
            return;
        }
        let values = parts.iter().find(|(_, keywords)| {
            keywords
                .get("additionalProperties")
                .is_some_and(Value::is_object)
        });
        if let Some((at, _)) = values {
            let values = self.field(&at.below("additionalProperties"), depth + 1);
            field.values = Some(Box::new(FieldEntry::Full(Box::new(values))));
            field.kind = field.kind.map(|kind| kind.map(|_| FieldType::Map));
        }
    }

    fn kind(&self, field: &mut Field, place: &Place, keywords: &Keywords) {
        let names: Vec<&str> = match keywords.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            Some(_) | None => Vec::new(),
        };
        let span = self.spans.value(&place.below("type"));
        if names.len() > 1 && names.contains(&"null") {
            field.nullable = Some(Spanned::new(true, span));
        }
        let known: Vec<&str> = names.into_iter().filter(|name| *name != "null").collect();
        let format = keywords.get("format").and_then(Value::as_str);
        if let [name] = known.as_slice() {
            let kind = match (*name, format) {
                ("string", Some("date")) => Some(FieldType::Date),
                ("string", Some("date-time")) => Some(FieldType::Timestamp),
                ("string", Some("duration")) => Some(FieldType::Duration),
                ("string", _) => Some(FieldType::String),
                ("integer", _) => Some(FieldType::Integer),
                ("number", _) => Some(FieldType::Decimal),
                ("boolean", _) => Some(FieldType::Boolean),
                ("array", _) => Some(FieldType::List),
                ("object", _) => Some(FieldType::Object),
                (_, _) => None,
            };
            field.kind = field.kind.or(kind.map(|kind| Spanned::new(kind, span)));
        }
        let format = format.and_then(format_named);
        let span = self.spans.value(&place.below("format"));
        field.format = field
            .format
            .or(format.map(|format| Spanned::new(format, span)));
    }

    fn limits(&self, field: &mut Field, place: &Place, keywords: &Keywords) {
        let literal = |keyword: &str| {
            let span = self.spans.value(&place.below(keyword));
            keywords
                .get(keyword)
                .and_then(literal)
                .map(|value| Spanned::new(value, span))
        };
        let count = |keyword: &str| {
            let span = self.spans.value(&place.below(keyword));
            let count = keywords.get(keyword)?.as_u64()?;
            u32::try_from(count)
                .ok()
                .map(|count| Spanned::new(count, span))
        };
        for (stored, keyword) in [
            (&mut field.min, "minimum"),
            (&mut field.max, "maximum"),
            (&mut field.min_exclusive, "exclusiveMinimum"),
            (&mut field.max_exclusive, "exclusiveMaximum"),
            (&mut field.multiple_of, "multipleOf"),
        ] {
            let written = literal(keyword);
            let is_number =
                |written: &Spanned<Literal>| matches!(written.value, Literal::Number(_));
            *stored = stored.take().or(written.filter(is_number));
        }
        for (stored, keyword) in [
            (&mut field.min_length, "minLength"),
            (&mut field.max_length, "maxLength"),
            (&mut field.min_items, "minItems"),
            (&mut field.max_items, "maxItems"),
        ] {
            *stored = stored.or(count(keyword));
        }
        if let Some(pattern) = keywords.get("pattern").and_then(Value::as_str) {
            let span = self.spans.value(&place.below("pattern"));
            field.pattern = field
                .pattern
                .take()
                .or(Some(Spanned::new(pattern.to_owned(), span)));
        }
        if keywords.get("uniqueItems") == Some(&Value::Bool(true)) {
            let span = self.spans.value(&place.below("uniqueItems"));
            field.unique_items = Some(Spanned::new(true, span));
        }
        self.members(field, place, keywords);
    }

    fn members(&self, field: &mut Field, place: &Place, keywords: &Keywords) {
        let (at, values) = match (keywords.get("enum"), keywords.get("const")) {
            (Some(Value::Array(values)), _) => (place.below("enum"), values.clone()),
            (_, Some(value)) => (place.below("const"), vec![value.clone()]),
            (_, _) => return,
        };
        let span = self.spans.value(&at);
        if values.contains(&Value::Null) {
            field.nullable = Some(Spanned::new(true, span));
        }
        let given = values.iter().filter(|value| !value.is_null());
        let literals: Option<Vec<Literal>> = given.map(literal).collect();
        let Some(literals) = literals.filter(|literals| !literals.is_empty()) else {
            return;
        };
        let members = literals
            .into_iter()
            .map(|value| Spanned::new(value, span))
            .collect();
        if field.kind.is_none() && values.iter().all(Value::is_string) {
            field.kind = Some(Spanned::new(FieldType::String, span));
        }
        field.members = field.members.take().or(Some(Spanned::new(members, span)));
    }

    fn notes(&self, field: &mut Field, place: &Place, keywords: &Keywords) {
        let text = |keyword: &str| {
            let span = self.spans.value(&place.below(keyword));
            let text = keywords.get(keyword)?.as_str()?;
            Some(Spanned::new(text.to_owned(), span))
        };
        let is_set = |keyword: &str| {
            let span = self.spans.value(&place.below(keyword));
            (keywords.get(keyword) == Some(&Value::Bool(true))).then(|| Spanned::new(true, span))
        };
        field.description = field.description.take().or(text("description"));
        field.unit = field.unit.take().or(text("x-unit"));
        field.deprecated = field.deprecated.or(is_set("deprecated"));
        field.pii = field.pii.or(is_set("x-pii"));
        field.key = field.key.or(is_set("x-key"));
        let class = text("x-classification").and_then(|class| {
            let named = classification_named(&class.value)?;
            Some(Spanned::new(named, class.span))
        });
        field.classification = field.classification.or(class);
        let default = keywords.get("default").and_then(literal);
        if let Some(default) = default {
            let span = self.spans.value(&place.below("default"));
            field.default = field.default.take().or(Some(Spanned::new(default, span)));
        }
    }
}

fn literal(value: &Value) -> Option<Literal> {
    match value {
        Value::Bool(value) => Some(Literal::Boolean(*value)),
        Value::Number(number) => Some(Literal::Number(number.to_string())),
        Value::String(text) => Some(Literal::Text(text.clone())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn format_named(name: &str) -> Option<Format> {
    let formats = [
        Format::Uuid,
        Format::Email,
        Format::Uri,
        Format::Hostname,
        Format::Ipv4,
        Format::Ipv6,
        Format::Iban,
        Format::IsoCurrency,
        Format::IsoCountry,
        Format::Phone,
    ];
    formats.into_iter().find(|format| format.as_str() == name)
}

fn classification_named(name: &str) -> Option<Classification> {
    let classes = [
        Classification::Public,
        Classification::Internal,
        Classification::Confidential,
        Classification::Restricted,
    ];
    classes.into_iter().find(|class| class.as_str() == name)
}
