//! Documents that flowgate writes for other programs: how they are laid out, and their schemas.

use std::io::{self, Write};

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

/// The JSON Schema (2020-12) of a document, as it is written.
pub fn schema<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<T>()
}

/// Writes a document as JSON, laid out for people too, with a line break at the end.
///
/// # Errors
/// When writing fails.
pub fn write<T: Serialize>(document: &T, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    writeln!(out)
}
