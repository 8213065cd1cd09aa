//! Revisions of a git repository as source trees; the only module that knows git.
