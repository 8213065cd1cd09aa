//! Properties of the standard as fields of the language.

use super::{Writer, custom, expect_mapping, keys, text_of};
use crate::source::Span;
use crate::syntax::decode::Decode;
use crate::syntax::names::{FieldName, NamePattern};
use crate::yaml::rewrite::Part;
use crate::yaml::{Entry, Mapping, NodeRef, Sequence};

/// Words of a field for which the standard has none; they travel as `customProperties`.
pub const CARRIED: [&str; 11] = [
    "type",
    "required",
    "nullable",
    "enum",
    "open",
    "values",
    "default",
    "unit",
    "pii",
    "deprecated",
    "renamed_from",
];

/// Options of a type, with their name in the language.
const OPTIONS: [(&str, &str); 12] = [
    ("minimum", "min"),
    ("maximum", "max"),
    ("exclusiveMinimum", "min_exclusive"),
    ("exclusiveMaximum", "max_exclusive"),
    ("multipleOf", "multiple_of"),
    ("minLength", "min_length"),
    ("maxLength", "max_length"),
    ("minItems", "min_items"),
    ("maxItems", "max_items"),
    ("uniqueItems", "unique_items"),
    ("pattern", "pattern"),
    ("format", "format"),
];

impl Writer<'_> {
    /// The fields of a list of properties.
    pub(super) fn fields(&mut self, properties: NodeRef<'_>, path: &str) -> Part {
        let mut fields = Part::mapping(properties.span());
        let Some(list) = properties.sequence() else {
            self.decoder
                .wrong_type(properties, "a list of properties, each with a `name`");
            return fields;
        };
        for property in list.items() {
            let Some(property) = expect_mapping(property, "a property", self.decoder) else {
                continue;
            };
            let span = property.node().span();
            let Some(name) = property.get("name") else {
                self.decoder
                    .wrong_type(property.node(), "a property with a `name`");
                continue;
            };
            let text = name.value.scalar().map_or("", |scalar| scalar.text());
            let path = join(path, text);
            if !FieldName::accepts(text) {
                // Expressions cannot name it, and no field of the language can be called so.
                self.leave_out(span, path);
                continue;
            }
            let field = self.field(property, &path, true);
            fields.put(name.value.span(), text, field);
        }
        fields
    }

    /// One property; `named` is false for the items of a list, which are always there.
    fn field(&mut self, property: Mapping<'_>, path: &str, named: bool) -> Part {
        keys::check(property, "a property", keys::PROPERTY, self.decoder);
        let mut field = Part::mapping(property.node().span());
        self.carried(property, &mut field, path);
        self.type_of(property, &mut field);
        if named {
            self.presence(property, &mut field);
        }
        for entry in property.entries() {
            self.property_entry(entry, &mut field, path);
        }
        field
    }

    fn property_entry(&mut self, entry: Entry<'_>, field: &mut Part, path: &str) {
        let key = entry.key.span();
        match entry.name {
            // The order of keys follows the order of the fields.
            "primaryKeyPosition" => {}
            "id" | "name" | "logicalType" | "required" | "customProperties" => {}
            "logicalTypeOptions" => self.options(entry.value, field, path),
            "primaryKey" => put_if_true(entry, "key", field),
            "unique" => put_if_true(entry, "unique", field),
            "description" | "examples" if !entry.value.is_null() => {
                field.put(key, entry.name, Part::of(entry.value));
            }
            "classification" => self.classification(entry, field, path),
            "properties" => {
                let fields = self.fields(entry.value, path);
                field.put(key, "properties", fields);
            }
            "items" => {
                if let Some(items) = expect_mapping(entry.value, "the items", self.decoder) {
                    let items = self.field(items, &join(path, "items"), false);
                    field.put(key, "items", items);
                }
            }
            "quality" => self.quality_of_field(entry.value, field, path),
            other => self.leave_out(key, join(path, other)),
        }
    }

    fn carried(&mut self, property: Mapping<'_>, field: &mut Part, path: &str) {
        let Some(entry) = property.get("customProperties") else {
            return;
        };
        for (name, value) in custom(entry.value) {
            if CARRIED.contains(&name) || name == "sunset" {
                field.put(value.key.span(), name, Part::of(value.value));
            } else {
                self.leave_out(value.key.span(), join(path, name));
            }
        }
    }

    fn type_of(&mut self, property: Mapping<'_>, field: &mut Part) {
        let logical = property.get("logicalType").map(|entry| {
            let text = entry.value.scalar().map_or("", |scalar| scalar.text());
            (entry.value.span(), text)
        });
        let word = match logical.map(|(_, text)| text) {
            Some("string" | "time") => "string",
            Some("number") => "decimal",
            Some("array") => "list",
            Some(known @ ("integer" | "boolean" | "date" | "timestamp" | "object")) => known,
            // An unknown word is reported where it stands.
            Some(other) => other,
            None => match text_of(property, "physicalType").and_then(by_physical_type) {
                Some(word) => word,
                None => return,
            },
        };
        let span = logical.map_or(property.node().span(), |(span, _)| span);
        field.put(span, "type", Part::text(span, word));
    }

    /// In the standard a property that is not required may be null.
    fn presence(&mut self, property: Mapping<'_>, field: &mut Part) {
        let required = property.get("required");
        let decoded = required.and_then(|entry| bool::decode(entry.value, self.decoder));
        let span = required.map_or(property.node().span(), |entry| entry.value.span());
        let is_required = decoded == Some(true);
        field.put(
            span,
            "required",
            Part::literal(span, is_required.to_string()),
        );
        if !is_required {
            field.put(span, "nullable", Part::literal(span, "true"));
        }
    }

    fn options(&mut self, options: NodeRef<'_>, field: &mut Part, path: &str) {
        let entries = options.mapping().into_iter().flat_map(Mapping::entries);
        for entry in entries {
            let known = OPTIONS.iter().find(|(theirs, _)| *theirs == entry.name);
            let Some((_, ours)) = known.filter(|_| !entry.value.is_null()) else {
                self.leave_out(entry.key.span(), join(path, entry.name));
                continue;
            };
            match *ours {
                "pattern" => {
                    let text = entry.value.scalar().map_or("", |scalar| scalar.text());
                    let whole = Part::text(entry.value.span(), whole_pattern(text));
                    field.put(entry.key.span(), ours, whole);
                }
                "format" if !is_format(entry.value) => {
                    self.leave_out(entry.key.span(), join(path, "format"));
                }
                ours => field.put(entry.key.span(), ours, Part::of(entry.value)),
            }
        }
    }

    fn classification(&mut self, entry: Entry<'_>, field: &mut Part, path: &str) {
        let written = entry.value.scalar().map_or("", |scalar| scalar.text());
        let word = written.to_lowercase();
        match word.as_str() {
            "public" | "internal" | "confidential" | "restricted" => {
                let value = Part::text(entry.value.span(), word);
                field.put(entry.key.span(), "classification", value);
            }
            "pii" | "personal" => {
                let value = Part::literal(entry.value.span(), "true");
                field.put(entry.key.span(), "pii", value);
            }
            _ => self.leave_out(entry.key.span(), join(path, "classification")),
        }
    }
}

fn is_format(node: NodeRef<'_>) -> bool {
    let written = node.scalar().map_or("", |scalar| scalar.text());
    crate::syntax::contract::Format::WORDS.contains(&written)
}

fn put_if_true(entry: Entry<'_>, key: &str, field: &mut Part) {
    let is_true = entry
        .value
        .scalar()
        .is_some_and(|scalar| scalar.text() == "true");
    if is_true {
        field.put(entry.key.span(), key, Part::of(entry.value));
    }
}

/// The standard's patterns may match anywhere in a text, those of the language match all of it.
pub fn whole_pattern(pattern: &str) -> String {
    let grouped = pattern
        .strip_prefix("^(?:")
        .and_then(|rest| rest.strip_suffix(")$"))
        .filter(|inner| regex_syntax::ast::parse::Parser::new().parse(inner).is_ok());
    let inner = pattern
        .strip_prefix('^')
        .and_then(|rest| rest.strip_suffix('$'))
        .filter(|_| is_anchored(pattern));
    match grouped.or(inner) {
        Some(inner) => inner.to_owned(),
        None => format!("(?:.|\\n)*(?:{pattern})(?:.|\\n)*"),
    }
}

/// True when the pattern begins with `^` and ends with `$` in every alternative.
fn is_anchored(pattern: &str) -> bool {
    use regex_syntax::ast::{AssertionKind, Ast, parse::Parser};
    let Ok(tree) = Parser::new().parse(pattern) else {
        return false;
    };
    let Ast::Concat(parts) = &tree else {
        return false;
    };
    let is = |part: Option<&Ast>, kind: &AssertionKind| match part {
        Some(Ast::Assertion(assertion)) => assertion.kind == *kind,
        _ => false,
    };
    is(parts.asts.first(), &AssertionKind::StartLine)
        && is(parts.asts.last(), &AssertionKind::EndLine)
}

fn by_physical_type(physical: &str) -> Option<&'static str> {
    let lower = physical.to_lowercase();
    let word = lower
        .split(|character: char| !character.is_ascii_alphanumeric())
        .next()?;
    Some(match word {
        "string" | "text" | "char" | "varchar" | "varchar2" | "nvarchar" | "nchar" | "uuid"
        | "bpchar" | "character" | "clob" => "string",
        "int" | "integer" | "bigint" | "smallint" | "tinyint" | "int4" | "int8" | "int16"
        | "int32" | "int64" | "long" | "serial" => "integer",
        "decimal" | "numeric" | "number" | "float" | "double" | "real" | "money" => "decimal",
        "bool" | "boolean" | "bit" => "boolean",
        "date" => "date",
        "timestamp" | "timestamptz" | "datetime" | "datetime2" => "timestamp",
        _ => return None,
    })
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// The items of a list, when the node is one.
pub(super) fn items<'a>(node: NodeRef<'a>) -> impl Iterator<Item = NodeRef<'a>> {
    node.sequence().into_iter().flat_map(Sequence::items)
}

/// The place of a part of a field.
pub(super) fn at(entry: Option<Entry<'_>>, otherwise: Span) -> Span {
    entry.map_or(otherwise, |entry| entry.value.span())
}
