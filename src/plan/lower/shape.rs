//! Contracts and fields.

use super::value::literal;
use super::{Lowering, file};
use crate::model::quality::{Demand, understand};
use crate::plan::shape::{Bounds, Contract, Field, Members, Quality, SchemaFile};
use crate::plan::value::{Literal, Number};
use crate::plan::{ByName, Digest};
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::contract::{self, FieldEntry, FieldType, QualityRule, StructuredRule};
use crate::syntax::names::{FieldName, NameMap};
use crate::syntax::references::FilePath;
use crate::syntax::scalars;

impl Lowering<'_> {
    pub(super) fn contract(&self, entity: &Entity<contract::Contract>) -> Contract {
        let body = &entity.body;
        Contract {
            fields: body
                .schema
                .as_ref()
                .map_or_else(ByName::default, |schema| fields(&schema.value)),
            json_schema: body.json_schema.as_ref().map(|path| SchemaFile {
                file: file(path),
                digest: self.file_digest(path),
            }),
            quality: body
                .quality_rules
                .iter()
                .flat_map(|rule| self.quality(rule))
                .collect(),
            origin: self.document_origin(entity, "contracts"),
        }
    }

    pub(super) fn file_digest(&self, path: &FilePath) -> Option<String> {
        let path = path.path.value.trim_start_matches("./");
        let text = self.model.surroundings.files.texts.get(path)?;
        Some(Digest::of_bytes(text.as_bytes()).as_str().to_owned())
    }

    fn quality(&self, rule: &QualityRule) -> Vec<Quality> {
        match rule {
            QualityRule::Prose(sentence) => prose(&sentence.value).into_iter().collect(),
            QualityRule::Structured(rule) => self.structured(&rule.value),
        }
    }

    fn structured(&self, rule: &StructuredRule) -> Vec<Quality> {
        let field = rule
            .field
            .as_ref()
            .map_or_else(String::new, |field| field.value.text.clone());
        let mut demands = Vec::new();
        if rule.not_empty.as_ref().is_some_and(|value| value.value) {
            demands.push(Quality::NotEmpty {
                field: field.clone(),
            });
        }
        let list = rule
            .list
            .as_ref()
            .and_then(|list| self.model.list(&list.value));
        if let Some(values) = rule.members.as_ref().or(list) {
            demands.push(Quality::OneOf {
                field: field.clone(),
                values: literals(values),
            });
        }
        if let Some(pattern) = &rule.pattern {
            demands.push(Quality::Matches {
                field: field.clone(),
                pattern: pattern.value.clone(),
            });
        }
        if rule.min.is_some() || rule.max.is_some() {
            demands.push(Quality::Between {
                field,
                min: bound(rule.min.as_ref()),
                max: bound(rule.max.as_ref()),
            });
        }
        demands.extend(rule.that.as_ref().map(|that| Quality::Holds {
            that: super::value::expression(that),
        }));
        demands
    }
}

/// A sentence that can be tested on one record; others stay prose.
fn prose(text: &str) -> Option<Quality> {
    let sentence = understand(text)?;
    let field = sentence.field.to_owned();
    let number = |text: &str| Some(Literal::Number(Number::new(text)));
    match sentence.demand {
        Demand::NotEmpty => Some(Quality::NotEmpty { field }),
        Demand::Matches(pattern) => Some(Quality::Matches {
            field,
            pattern: pattern.to_owned(),
        }),
        Demand::Between(low, high) => Some(Quality::Between {
            field,
            min: number(low),
            max: number(high),
        }),
        Demand::Unique | Demand::InAllowedList => None,
    }
}

pub(super) fn literals(values: &Spanned<Vec<Spanned<scalars::Literal>>>) -> Vec<Literal> {
    values
        .value
        .iter()
        .map(|value| literal(&value.value))
        .collect()
}

pub(super) fn fields(fields: &NameMap<FieldName, FieldEntry>) -> ByName<Field> {
    fields
        .iter()
        .map(|(name, entry)| (name.value.clone(), field(entry)))
        .collect()
}

fn field(entry: &FieldEntry) -> Field {
    match entry {
        FieldEntry::Short(short) => Field {
            required: short.value.required,
            ..of_type(short.value.kind)
        },
        FieldEntry::Full(full) => full_field(full),
    }
}

fn of_type(kind: FieldType) -> Field {
    Field {
        kind,
        required: false,
        nullable: false,
        format: None,
        one_of: None,
        bounds: Bounds::default(),
        items: None,
        properties: ByName::default(),
        values: None,
        key: false,
        default: None,
        unit: None,
        classification: None,
        pii: false,
    }
}

fn full_field(written: &contract::Field) -> Field {
    let kind = written
        .kind
        .as_ref()
        .map_or(FieldType::String, |kind| kind.value);
    let nested = |entry: &Option<Box<FieldEntry>>| entry.as_ref().map(|entry| field(entry).into());
    Field {
        required: is_set(written.required.as_ref()),
        nullable: is_set(written.nullable.as_ref()),
        format: written.format.as_ref().map(|format| format.value),
        one_of: written.members.as_ref().map(|members| Members {
            values: literals(members),
            open: is_set(written.open.as_ref()),
        }),
        bounds: bounds(written),
        items: nested(&written.items),
        properties: written
            .properties
            .as_ref()
            .map_or_else(ByName::default, |properties| fields(&properties.value)),
        values: nested(&written.values),
        key: is_set(written.key.as_ref()),
        default: bound(written.default.as_ref()),
        unit: super::text(written.unit.as_ref()),
        classification: written.classification.as_ref().map(|class| class.value),
        pii: is_set(written.pii.as_ref()),
        ..of_type(kind)
    }
}

fn bounds(written: &contract::Field) -> Bounds {
    let number = |value: &Option<Spanned<u32>>| value.as_ref().map(|value| value.value);
    Bounds {
        pattern: super::text(written.pattern.as_ref()),
        min: bound(written.min.as_ref()),
        max: bound(written.max.as_ref()),
        min_exclusive: bound(written.min_exclusive.as_ref()),
        max_exclusive: bound(written.max_exclusive.as_ref()),
        multiple_of: bound(written.multiple_of.as_ref()),
        min_length: number(&written.min_length),
        max_length: number(&written.max_length),
        min_items: number(&written.min_items),
        max_items: number(&written.max_items),
        unique_items: is_set(written.unique_items.as_ref()),
    }
}

fn is_set(value: Option<&Spanned<bool>>) -> bool {
    value.is_some_and(|value| value.value)
}

fn bound(value: Option<&Spanned<scalars::Literal>>) -> Option<Literal> {
    value.map(|value| literal(&value.value))
}
