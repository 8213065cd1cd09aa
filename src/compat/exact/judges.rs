//! The independent judge of witnesses: validators over the JSON Schemas of both versions.

use std::collections::BTreeMap;

use jsonschema::{Registry, Validator};
use serde_json::Value;

use super::{Accepted, Version, other};
use crate::model::json_schema::SchemaFile;
use crate::model::shape::schema::{Role, of_fields};
use crate::value_set::schema::may_have_format;

/// Formats that validators do not know by themselves.
const OWN_FORMATS: [&str; 4] = ["iban", "iso-currency", "iso-country", "phone"];
/// Where files of the repository are for references among them.
const ROOT: &str = "flowgate:///";

/// What a validator is made from.
enum Source {
    Fields(Value),
    File(SchemaFile),
}

/// Validators, made when they are first needed.
pub(super) struct Judges {
    sources: BTreeMap<(Version, Role), Source>,
    built: BTreeMap<(Version, Role), Option<Validator>>,
}

impl Judges {
    /// The judges of two versions of a contract.
    pub fn new(before: &Accepted, after: &Accepted) -> Self {
        let mut sources = BTreeMap::new();
        for (version, side) in [(Version::Before, before), (Version::After, after)] {
            for role in [Role::Reader, Role::Writer] {
                let source = match &side.schema {
                    // What a producer leaves out cannot be said to a validator; what it emits is
                    // accepted by its own schema in any case.
                    Some(schema) => Source::File(schema.clone()),
                    None => Source::Fields(of_fields(&side.fields, role)),
                };
                sources.insert((version, role), source);
            }
        }
        Judges {
            sources,
            built: BTreeMap::new(),
        }
    }

    /// Whether a producer of one version may emit the payload and readers of the other refuse it;
    /// `None` when a schema cannot be judged by, as with a broken pattern.
    pub fn confirm(&mut self, payload: &Value, of: Version) -> Option<bool> {
        let emitted = self.accepts((of, Role::Writer), payload)?;
        let read = self.accepts((other(of), Role::Reader), payload)?;
        Some(emitted && !read)
    }

    /// Whether a version accepts a payload, as a producer or a reader understands it.
    pub fn accepts(&mut self, key: (Version, Role), payload: &Value) -> Option<bool> {
        let source = self.sources.get(&key)?;
        let judge = self.built.entry(key).or_insert_with(|| match source {
            Source::Fields(schema) => validator(schema),
            Source::File(schema) => validator_of_file(schema),
        });
        judge.as_ref().map(|judge| judge.is_valid(payload))
    }
}

fn options<'i>() -> jsonschema::ValidationOptions<'i> {
    let mut options = jsonschema::options()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true);
    for name in OWN_FORMATS {
        options = options.with_format(name, move |text: &str| may_have_format(name, text));
    }
    options
}

fn validator(schema: &Value) -> Option<Validator> {
    options().build(schema).ok()
}

fn validator_of_file(schema: &SchemaFile) -> Option<Validator> {
    let files = schema.files.iter();
    let files = files.map(|(path, value)| (format!("{ROOT}{path}"), value.clone()));
    let registry = Registry::new().extend(files).ok()?.prepare().ok()?;
    let root = schema.files.get(&schema.root.file)?;
    options()
        .with_registry(&registry)
        .with_base_uri(format!("{ROOT}{}", schema.root.file))
        .build(root)
        .ok()
}
