//! Facts about contracts and their fields.

use super::declaration::{Kind, TEXTS, record};
use super::values::{
    count, day, duration, list, name, names, person, spanned, system, text, text_or_empty, texts,
    written,
};
use crate::expr::Value;
use crate::source::Spanned;
use crate::syntax::contract::{
    Audit, Classification, Compatibility, Contract, Field, FieldEntry, FieldType, Format,
    LogTimestamp, Sample, Violations,
};
use crate::syntax::governance::Status;
use crate::syntax::names::{FieldName, NameMap};
use crate::syntax::{DocumentKind, Entity};

/// A field with the fields that it lies in.
#[derive(Debug, Clone)]
pub(super) struct FieldFacts<'a> {
    /// The names that lead to it, joined by points.
    pub path: String,
    /// The name, as written.
    pub name: &'a Spanned<String>,
    /// The definition.
    pub entry: &'a FieldEntry,
    /// Whether it is declared or looks personal.
    pub personal: bool,
}

/// Every field of a contract, those inside objects, lists and maps too, in written order.
pub(super) fn fields(contract: &Contract) -> Vec<FieldFacts<'_>> {
    let personal: std::collections::BTreeSet<_> = contract
        .personal_fields()
        .into_iter()
        .map(|name| name.span)
        .collect();
    let mut found = Vec::new();
    if let Some(schema) = &contract.schema {
        collect(&schema.value, "", &mut found);
    }
    for field in &mut found {
        field.personal = personal.contains(&field.name.span);
    }
    found
}

fn collect<'a>(
    entries: &'a NameMap<FieldName, FieldEntry>,
    above: &str,
    found: &mut Vec<FieldFacts<'a>>,
) {
    for (name, entry) in entries.iter() {
        let path = format!("{above}{}", name.value);
        found.push(FieldFacts {
            path: path.clone(),
            name,
            entry,
            personal: false,
        });
        inside(entry, &path, found);
    }
}

fn inside<'a>(entry: &'a FieldEntry, path: &str, found: &mut Vec<FieldFacts<'a>>) {
    let FieldEntry::Full(field) = entry else {
        return;
    };
    if let Some(properties) = &field.properties {
        collect(&properties.value, &format!("{path}."), found);
    }
    for inner in field.items.iter().chain(&field.values) {
        inside(inner, path, found);
    }
}

impl<'a> FieldFacts<'a> {
    fn full(&self) -> Option<&'a Field> {
        match self.entry {
            FieldEntry::Short(_) => None,
            FieldEntry::Full(field) => Some(field),
        }
    }

    fn kind(&self) -> &'static str {
        match self.entry {
            FieldEntry::Short(short) => short.value.kind.as_str(),
            FieldEntry::Full(field) => field.kind.as_ref().map_or("", |kind| kind.value.as_str()),
        }
    }

    fn required(&self) -> bool {
        match self.entry {
            FieldEntry::Short(short) => short.value.required,
            FieldEntry::Full(field) => field.required.as_ref().is_some_and(|flag| flag.value),
        }
    }

    fn classification(&self) -> &'static str {
        self.full()
            .and_then(|field| field.classification.as_ref())
            .map_or("", |class| class.value.as_str())
    }
}

fn flag_of(field: &FieldFacts<'_>, flag_in: fn(&Field) -> &Option<Spanned<bool>>) -> Value {
    Value::Boolean(field.full().is_some_and(|field| {
        let written = flag_in(field);
        written.as_ref().is_some_and(|flag| flag.value)
    }))
}

record! {
    /// A field of a contract, wherever it lies.
    FIELD, field, "field", |it: FieldFacts<'a>, facts| {
        /// The names that lead to it, as `address.city`.
        "path": required Kind::Text => text(&it.path),
        /// The last of these names.
        "name": required Kind::Text => text(&it.name.value),
        /// The type.
        "type": required Kind::Word(FieldType::WORDS) => text(it.kind()),
        /// Whether it is always there.
        "required": required Kind::Boolean => it.required().into(),
        /// Whether it may be null.
        "nullable": required Kind::Boolean => flag_of(it, |field| &field.nullable),
        /// The form of a text.
        "format": required Kind::Word(Format::WORDS) => {
            let format = it.full().and_then(|field| field.format.as_ref());
            text_or_empty(format.map(|format| format.value.as_str()))
        },
        /// The values that occur.
        "enum": required TEXTS => {
            let members = it.full().and_then(|field| field.members.as_ref());
            texts(members.iter().flat_map(|members| &members.value).map(|value| value.value.text()))
        },
        /// Who may see it.
        "classification": required Kind::Word(Classification::WORDS) => text(it.classification()),
        /// Whether it says that it is personal data.
        "pii": required Kind::Boolean => flag_of(it, |field| &field.pii),
        /// Whether it says so, or looks like personal data by its name or format.
        "personal": required Kind::Boolean => it.personal.into(),
        /// Whether it identifies the record.
        "key": required Kind::Boolean => flag_of(it, |field| &field.key),
        /// Whether no two records share a value.
        "unique": required Kind::Boolean => flag_of(it, |field| &field.unique),
        /// Whether it is to go away.
        "deprecated": required Kind::Boolean => flag_of(it, |field| &field.deprecated),
        /// What it is.
        "description": required Kind::Text => {
            let field = it.full().and_then(|field| field.description.as_ref());
            text_or_empty(field.map(|description| description.value.as_str()))
        },
        /// Samples.
        "examples": required TEXTS => {
            let examples = it.full().map_or(&[][..], |field| &field.examples);
            texts(examples.iter().map(|example| example.value.text()))
        },
    }
}

record! {
    /// What is logged about violations of a contract.
    AUDIT, audit, "audit", |it: &'a Audit, facts| {
        /// Whether violations are logged.
        "violations": required Kind::Word(Violations::WORDS) => text_or_empty(match it {
            Audit::Prose(_) => None,
            Audit::Structured(audit) => audit.violations.as_ref().map(|it| it.value.as_str()),
        }),
        /// How much of the payload is kept.
        "sample": required Kind::Word(Sample::WORDS) => text_or_empty(match it {
            Audit::Prose(_) => None,
            Audit::Structured(audit) => audit.sample.as_ref().map(|it| it.value.as_str()),
        }),
        /// Whose clock counts.
        "timestamp": required Kind::Word(LogTimestamp::WORDS) => text_or_empty(match it {
            Audit::Prose(_) => None,
            Audit::Structured(audit) => audit.timestamp.as_ref().map(|it| it.value.as_str()),
        }),
        /// How long the log is kept.
        "retention": optional Kind::Duration => match it {
            Audit::Prose(_) => None,
            Audit::Structured(audit) => {
                audit.retention.as_ref().map(|retention| duration(retention.value))
            }
        },
        /// What is written in words.
        "sentences": required TEXTS => match it {
            Audit::Prose(sentences) => spanned(sentences),
            Audit::Structured(_) => texts([]),
        },
    }
}

record! {
    /// A data contract: what a producer promises to its consumers.
    CONTRACT, contract, "contract", |it: &'a Entity<Contract>, facts| {
        /// The name.
        "name": required Kind::Text => text(&it.name.value),
        /// The file that it is written in.
        "file": required Kind::Text => text(facts.file(it.key)),
        /// The semantic version.
        "version": required Kind::Text => {
            let version = it.body.version.as_ref();
            text_or_empty(version.map(|version| version.value.semantic.to_string()).as_deref())
        },
        /// Where the document is in its life; `active` when nothing is written.
        "status": required Kind::Word(Status::WORDS) => {
            text(it.body.status.as_ref().map_or("active", |status| status.value.as_str()))
        },
        /// From this date it may be removed.
        "sunset": optional Kind::Date => day(&it.body.sunset),
        /// What the data is.
        "summary": required Kind::Text => written(&it.body.summary),
        /// The accountable person; the owner of the producer when the contract names none.
        "owner": required Kind::Text => {
            text_or_empty(facts.model.accountable(DocumentKind::Contract, &it.name.value))
        },
        /// The system that produces the data.
        "producer": required Kind::Text => system(&it.body.producer),
        /// The systems and workflows that may read it.
        "consumers": required TEXTS => {
            texts(it.body.consumers.iter().map(|consumer| consumer.name.value.as_str()))
        },
        /// The workflows that do read it.
        "readers": required TEXTS => texts(facts.readers(&it.name.value)),
        /// How old the data may be.
        "freshness_sla": optional Kind::Duration => {
            it.body.freshness_sla.as_ref().map(|freshness| duration(freshness.value.limit))
        },
        /// Which changes are compatible; `full` when nothing is written.
        "compatibility": required Kind::Word(Compatibility::WORDS) => {
            let written = it.body.compatibility.as_ref();
            text(written.map_or("full", |compatibility| compatibility.value.as_str()))
        },
        /// The fields, those inside objects, lists and maps too.
        "fields": required Kind::List(&Kind::Record(&FIELD)) => {
            list(fields(&it.body).iter().map(|found| field(found, facts)))
        },
        /// The paths of the fields that are or look personal.
        "personal_fields": required TEXTS => {
            let found = fields(&it.body);
            texts(found.iter().filter(|field| field.personal).map(|field| field.path.as_str()))
        },
        /// How many rules about the data there are.
        "quality_rules": required Kind::Integer => count(it.body.quality_rules.len()),
        /// How the contract may change, in words.
        "change_rules": required TEXTS => spanned(&it.body.change_rules),
        /// What is logged about violations.
        "audit": optional Kind::Record(&AUDIT) => {
            it.body.audit.as_ref().map(|written| audit(&&written.value, facts))
        },
        /// Free words for searching.
        "tags": required TEXTS => spanned(&it.body.tags),
        /// Field names that may not come back.
        "reserved": required TEXTS => names(&it.body.reserved),
        /// The name before a rename.
        "renamed_from": required Kind::Text => name(&it.body.renamed_from),
        /// The person whom the contract itself names.
        "named_owner": required Kind::Text => person(&it.body.owner),
        /// Whether the fields lie in a JSON Schema file.
        "json_schema": required Kind::Boolean => it.body.json_schema.is_some().into(),
    }
}
