//! The one door to a project's files: a working tree, a git revision or memory.

use std::collections::BTreeMap;

/// Where a project is read from.
pub trait SourceTree: Sync {
    /// Every readable file below the root, relative with `/`, sorted.
    ///
    /// # Errors
    /// When the root itself cannot be listed.
    fn paths(&self) -> Result<Vec<String>, TreeError>;

    /// The bytes of one file.
    ///
    /// # Errors
    /// When the file does not exist, lies outside the root or cannot be read.
    fn read(&self, path: &str) -> Result<Vec<u8>, TreeError>;
}

/// Why a tree could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeError {
    /// What could not be done, lower case, no full stop.
    pub message: String,
    /// What to try.
    pub hint: Option<String>,
}

/// A project held in memory, for tests.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    pub files: BTreeMap<String, Vec<u8>>,
}
