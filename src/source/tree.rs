//! The one door to a project's files: a working tree, a git revision or memory.

use std::fmt;

use super::git::BlobId;

/// Where a project is read from.
///
/// Paths are relative to the root and use `/`. Every tree lists by the same rules, so that two
/// states of a project can be compared wherever they come from; [`Memory`](super::Memory) alone
/// lists all it was given.
pub trait SourceTree: Sync {
    /// Every file below the root that is neither hidden (a name that starts with a dot) nor
    /// excluded by a `.gitignore` or `.ignore` file, sorted bytewise.
    ///
    /// A symbolic link is listed when it leads to a file inside the root. Names that are not
    /// Unicode are listed with replacement characters; on disk such a file cannot be read.
    ///
    /// # Errors
    /// When the root or a folder below it cannot be listed.
    fn paths(&self) -> Result<Vec<String>, TreeError>;

    /// The size of one file in bytes, without reading it.
    ///
    /// # Errors
    /// As for [`SourceTree::read`].
    fn size(&self, path: &str) -> Result<u64, TreeError>;

    /// The bytes of one file, also of one that is not listed.
    ///
    /// # Errors
    /// When the file does not exist, lies outside the root or cannot be read.
    fn read(&self, path: &str) -> Result<Vec<u8>, TreeError>;

    /// The content of one file, where that is known without reading it.
    fn content(&self, _path: &str) -> Option<BlobId> {
        None
    }
}

/// Why a tree, a file of it or a git repository could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeError {
    /// What could not be done, lower case, no full stop.
    pub message: String,
    /// What to try.
    pub hint: Option<String>,
}

impl TreeError {
    /// An error without a hint.
    pub fn new(message: impl Into<String>) -> Self {
        TreeError {
            message: message.into(),
            hint: None,
        }
    }

    /// The same error with something to try, lower case, no full stop.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn no_such_file(path: &str) -> Self {
        let error = TreeError::new(format!("there is no file `{path}`"));
        if path.contains(char::REPLACEMENT_CHARACTER) {
            return error.with_hint("rename the file, its name is not valid UTF-8");
        }
        error
    }
}

impl fmt::Display for TreeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for TreeError {}
