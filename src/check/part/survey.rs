//! The texts of a tree: each content is read once, however many trees have it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::outline::{Outline, outline};
use super::piece::{Piece, pieces};
use crate::check::project::{document_paths, read_config};
use crate::source::git::BlobId;
use crate::source::{MAX_FILE_BYTES, SourceTree, TreeError};
use crate::syntax::config::ProjectFile;

/// A file that may hold documents.
#[derive(Debug)]
pub struct Text {
    /// The content; `None` when it cannot be compared.
    id: Option<BlobId>,
    /// The text; `None` when there is none that can be parsed.
    pub text: Option<String>,
    /// What it holds; `None` when only parsing can tell.
    pub outline: Option<Outline>,
    pieces: OnceLock<Vec<Piece>>,
}

impl Text {
    fn of(id: Option<BlobId>, bytes: Vec<u8>) -> Self {
        let text = String::from_utf8(bytes).ok();
        Text {
            id,
            outline: text.as_deref().and_then(outline),
            text,
            pieces: OnceLock::new(),
        }
    }

    fn missing() -> Self {
        Text {
            id: None,
            text: None,
            outline: None,
            pieces: OnceLock::new(),
        }
    }

    /// The definitions that others may name, for a file that is parsed in any case.
    pub fn pieces(&self) -> &[Piece] {
        self.pieces
            .get_or_init(|| self.text.as_deref().map_or_else(Vec::new, pieces))
    }

    /// True when both have the same bytes.
    pub fn is_same(&self, other: &Text) -> bool {
        self.id.is_some() && self.id == other.id
    }
}

/// The files of a tree, with the texts of those that may hold documents.
pub struct Survey<'t> {
    tree: &'t dyn SourceTree,
    paths: Vec<String>,
    config: Option<ProjectFile>,
    /// The files that may hold documents.
    pub files: BTreeMap<String, Arc<Text>>,
    by_id: HashMap<BlobId, Arc<Text>>,
}

impl<'t> Survey<'t> {
    /// Reads what `known` has not.
    ///
    /// # Errors
    /// When the tree cannot be listed.
    pub fn of(tree: &'t dyn SourceTree, known: Option<&Survey<'_>>) -> Result<Self, TreeError> {
        let paths = tree.paths()?;
        let config = read_config(tree, &paths);
        let documents = document_paths(&paths, config.as_ref(), &[]);
        let files: Vec<(String, Arc<Text>)> = documents
            .into_par_iter()
            .map(|path| {
                let text = read(tree, &path, known);
                (path, text)
            })
            .collect();
        let by_id = files
            .iter()
            .filter_map(|(_, text)| Some((text.id?, Arc::clone(text))));
        Ok(Survey {
            tree,
            config,
            by_id: by_id.collect(),
            files: files.into_iter().collect(),
            paths,
        })
    }

    /// The project file, as far as it can be understood.
    pub fn config(&self) -> Option<&ProjectFile> {
        self.config.as_ref()
    }

    /// The files that hold no documents.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        let paths = self.paths.iter().map(String::as_str);
        paths.filter(|path| !self.files.contains_key(*path))
    }

    /// The content of a file that holds no documents; `None` when it cannot be told.
    pub fn other(&self, path: &str) -> Option<BlobId> {
        let read = || BlobId::of(&self.tree.read(path).ok()?);
        self.tree.content(path).or_else(read)
    }

    /// True when a file is there.
    pub fn has(&self, path: &str) -> bool {
        self.paths
            .binary_search_by(|known| known.as_str().cmp(path))
            .is_ok()
    }
}

fn read(tree: &dyn SourceTree, path: &str, known: Option<&Survey<'_>>) -> Arc<Text> {
    let shared = |id: Option<BlobId>| Some(Arc::clone(known?.by_id.get(&id?)?));
    let id = tree.content(path);
    if let Some(text) = shared(id) {
        return text;
    }
    let is_small = tree.size(path).is_ok_and(|size| size <= MAX_FILE_BYTES);
    let Some(bytes) = is_small.then(|| tree.read(path).ok()).flatten() else {
        return Arc::new(Text::missing());
    };
    let id = id.or_else(|| BlobId::of(&bytes));
    shared(id).unwrap_or_else(|| Arc::new(Text::of(id, bytes)))
}

/// What was read is not read again.
impl SourceTree for Survey<'_> {
    fn paths(&self) -> Result<Vec<String>, TreeError> {
        Ok(self.paths.clone())
    }

    fn size(&self, path: &str) -> Result<u64, TreeError> {
        match self.known(path) {
            Some(text) => Ok(text.len() as u64),
            None => self.tree.size(path),
        }
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, TreeError> {
        match self.known(path) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => self.tree.read(path),
        }
    }
}

impl Survey<'_> {
    fn known(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.text.as_deref()
    }
}
