//! What stops the tool itself: one line on standard error, with a hint.

use std::fmt;
use std::io;

use crate::source::TreeError;

/// Why the tool could not do its work.
#[derive(Debug)]
pub enum Failure {
    /// Something to tell the user.
    Told {
        /// What could not be done, lower case, no full stop.
        message: String,
        /// What to try.
        hint: Option<String>,
    },
    /// Whoever read the output went away; nothing to tell.
    BrokenPipe,
}

impl Failure {
    /// A failure without a hint.
    pub fn new(message: impl Into<String>) -> Self {
        Failure::Told {
            message: message.into(),
            hint: None,
        }
    }

    /// Adds what to try.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        match self {
            Failure::Told { message, .. } => Failure::Told {
                message,
                hint: Some(hint.into()),
            },
            Failure::BrokenPipe => Failure::BrokenPipe,
        }
    }
}

impl From<TreeError> for Failure {
    fn from(error: TreeError) -> Self {
        Failure::Told {
            message: error.message,
            hint: error.hint,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Failure::BrokenPipe
        } else {
            Failure::new(format!("cannot write the output: {error}"))
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Told { message, hint } => {
                write!(formatter, "error: {message}")?;
                match hint {
                    Some(hint) => write!(formatter, "\n hint: {hint}"),
                    None => Ok(()),
                }
            }
            Failure::BrokenPipe => Ok(()),
        }
    }
}
