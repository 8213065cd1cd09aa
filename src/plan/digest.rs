//! The digest of a plan: equal for plans that mean the same, and for no others.
//!
//! It is the SHA-256 of the [canonical form](super::canonical). The order of keys, comments,
//! layout, quoting, the short and long forms of the language, the spelling of numbers and lengths
//! of time, white space in expressions, titles, summaries, versions and the places of files change
//! no digest. Anything else may mean something and does.

use std::borrow::Cow;
use std::fmt::Write;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{Plan, canonical};

/// `sha256:` and 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Digest {
    text: String,
}

impl Digest {
    /// The digest of bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let mut text = "sha256:".to_owned();
        for byte in Sha256::digest(bytes) {
            // Writing to a string cannot fail.
            if write!(text, "{byte:02x}").is_err() {
                break;
            }
        }
        Digest { text }
    }

    /// The digest of what a plan means; its own `digest` is not looked at.
    pub fn of(plan: &Plan) -> Self {
        Digest::of_bytes(&canonical::bytes(plan))
    }

    /// The digest as outputs write it.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl JsonSchema for Digest {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Digest".into()
    }
    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^sha256:[0-9a-f]{64}$" })
    }
}

#[cfg(test)]
mod tests;
