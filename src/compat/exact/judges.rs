//! The independent judge of witnesses: validators over the JSON Schemas of both versions.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::Value;

use super::{Version, other};
use crate::model::shape::FieldShape;
use crate::model::shape::schema::{Role, of_fields};
use crate::value_set::schema::may_have_format;

/// Formats that validators do not know by themselves.
const OWN_FORMATS: [&str; 4] = ["iban", "iso-currency", "iso-country", "phone"];

/// Validators, made when they are first needed.
pub(super) struct Judges {
    schemas: BTreeMap<(Version, bool), Value>,
    built: BTreeMap<(Version, bool), Option<Validator>>,
}

impl Judges {
    /// The judges of two versions of a contract.
    pub fn new(before: &[FieldShape], after: &[FieldShape]) -> Self {
        let sides = [(Version::Before, before), (Version::After, after)];
        let roles = [Role::Reader, Role::Writer];
        let schemas = sides.into_iter().flat_map(|(version, fields)| {
            roles.map(|role| ((version, role == Role::Writer), of_fields(fields, role)))
        });
        Judges {
            schemas: schemas.collect(),
            built: BTreeMap::new(),
        }
    }

    /// True when a producer of one version may emit the payload and readers of the other refuse it.
    pub fn confirm(&mut self, payload: &Value, of: Version) -> bool {
        self.accepts((of, true), payload) == Some(true)
            && self.accepts((other(of), false), payload) == Some(false)
    }

    fn accepts(&mut self, key: (Version, bool), payload: &Value) -> Option<bool> {
        let schema = self.schemas.get(&key)?;
        let judge = self.built.entry(key).or_insert_with(|| validator(schema));
        judge.as_ref().map(|judge| judge.is_valid(payload))
    }
}

/// A validator that asserts formats; none for a schema that is not one, as with a broken pattern.
pub(super) fn validator(schema: &Value) -> Option<Validator> {
    let mut options = jsonschema::options()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true);
    for name in OWN_FORMATS {
        options = options.with_format(name, move |text: &str| may_have_format(name, text));
    }
    options.build(schema).ok()
}
