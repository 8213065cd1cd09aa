//! A project held in memory, for tests and for texts that come from nowhere else.

use std::collections::BTreeMap;

use super::tree::{SourceTree, TreeError};

/// A project held in memory; it lists every file it was given.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
}

impl Memory {
    /// A project without files.
    pub fn new() -> Self {
        Memory::default()
    }

    /// Adds or replaces a file; its content need not be UTF-8.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.into(), content.into());
        self
    }

    fn file(&self, path: &str) -> Result<&Vec<u8>, TreeError> {
        self.files
            .get(path)
            .ok_or_else(|| TreeError::no_such_file(path))
    }
}

impl SourceTree for Memory {
    fn paths(&self) -> Result<Vec<String>, TreeError> {
        Ok(self.files.keys().cloned().collect())
    }

    fn size(&self, path: &str) -> Result<u64, TreeError> {
        self.file(path).map(|content| content.len() as u64)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, TreeError> {
        self.file(path).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_bytewise_and_gives_back_any_bytes() {
        let tree = Memory::new()
            .with("b.yaml", "later")
            .with("a/ü.yaml", "umlaut")
            .with("a.yaml", [0xff, 0x00]);
        assert_eq!(
            tree.paths(),
            Ok(vec!["a.yaml".into(), "a/ü.yaml".into(), "b.yaml".into()])
        );
        assert_eq!(tree.read("a.yaml"), Ok(vec![0xff, 0x00]));
        assert_eq!(tree.size("b.yaml"), Ok(5));
        assert_eq!(
            tree.read("c.yaml"),
            Err(TreeError::new("there is no file `c.yaml`"))
        );
    }

    #[test]
    fn the_last_content_of_a_path_counts() {
        let tree = Memory::new().with("a.yaml", "old").with("a.yaml", "new");
        assert_eq!(tree.read("a.yaml"), Ok(b"new".to_vec()));
    }
}
