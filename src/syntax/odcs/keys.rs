//! The keys that the standard has, so that a misspelt one is found.

use crate::diagnostic::Diagnostic;
use crate::syntax::decode::{Decoder, nearest};
use crate::syntax::rules::UNKNOWN_KEY;
use crate::yaml::Mapping;

/// Keys of the document.
pub(super) const ROOT: &[&str] = &[
    "version",
    "kind",
    "apiVersion",
    "id",
    "name",
    "tenant",
    "tags",
    "status",
    "servers",
    "dataProduct",
    "description",
    "domain",
    "schema",
    "support",
    "price",
    "team",
    "roles",
    "slaDefaultElement",
    "slaProperties",
    "authoritativeDefinitions",
    "customProperties",
    "contractCreatedTs",
];

/// Keys of an object of `schema`.
pub(super) const OBJECT: &[&str] = &[
    "id",
    "name",
    "logicalType",
    "physicalType",
    "physicalName",
    "description",
    "businessName",
    "authoritativeDefinitions",
    "tags",
    "customProperties",
    "dataGranularityDescription",
    "properties",
    "relationships",
    "quality",
];

/// Keys of a property.
pub(super) const PROPERTY: &[&str] = &[
    "id",
    "name",
    "logicalType",
    "logicalTypeOptions",
    "physicalType",
    "physicalName",
    "description",
    "businessName",
    "authoritativeDefinitions",
    "tags",
    "customProperties",
    "primaryKey",
    "primaryKeyPosition",
    "required",
    "unique",
    "partitioned",
    "partitionKeyPosition",
    "classification",
    "encryptedName",
    "transformSourceObjects",
    "transformLogic",
    "transformDescription",
    "examples",
    "criticalDataElement",
    "relationships",
    "quality",
    "properties",
    "items",
];

/// Reports keys that the standard does not have.
pub(super) fn check(mapping: Mapping<'_>, what: &str, keys: &[&str], decoder: &mut Decoder) {
    for entry in mapping.entries() {
        if keys.contains(&entry.name) {
            continue;
        }
        let message = format!("{what} has no key `{}`", entry.name);
        let diagnostic = Diagnostic::new(&UNKNOWN_KEY, entry.key.span(), message);
        decoder.report(match nearest(entry.name, keys.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(
                "remove it, or make it an entry of `customProperties`, where the standard keeps \
                 what is yours",
            ),
        });
    }
}
