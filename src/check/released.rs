//! What a contract accepted when it was released, read from the tree of its tag.

use std::collections::BTreeSet;

use super::{Loaded, load};
use crate::model::json_schema::SchemaFile;
use crate::model::shape::FieldShape;
use crate::model::{ProjectFiles, Surroundings};
use crate::source::{SourceTree, Sources};
use crate::syntax::contract::Contract;
use crate::value_set::schema::Documents;

/// The fields of a contract, and its schema file where it has one; `None` when the tree has no such
/// contract or its schema file cannot be read. The file may stand elsewhere than it does now.
pub(super) fn contract(
    tree: &dyn SourceTree,
    path: &str,
    name: &str,
) -> Option<(Vec<FieldShape>, Option<SchemaFile>)> {
    let (path, loaded) = document(tree, path, name)?;
    let contract = &loaded.model.contract(name)?.body;
    let schema = match &contract.json_schema {
        Some(_) => Some(schema(tree, &path, contract)?),
        None => None,
    };
    Some((contract.fields(), schema))
}

/// The fields of a contract that a text declares; `None` when there is none, or it has a schema file.
pub(super) fn fields(path: &str, text: &str, name: &str) -> Option<Vec<FieldShape>> {
    let loaded = alone(path, text, name)?;
    let contract = &loaded.model.contract(name)?.body;
    contract.json_schema.is_none().then(|| contract.fields())
}

fn alone(path: &str, text: &str, name: &str) -> Option<Loaded> {
    if !text.contains(name) {
        return None;
    }
    let mut sources = Sources::default();
    sources.add(path, text);
    let loaded = load(sources, |_| Surroundings::on(jiff::civil::Date::ZERO));
    loaded.model.contract(name).is_some().then_some(loaded)
}

/// The file of the tree that declares a contract: the one where it stands now, else the first that
/// does.
fn document(tree: &dyn SourceTree, path: &str, name: &str) -> Option<(String, Loaded)> {
    let declaring = |path: &str| alone(path, &text(tree, path)?, name);
    if let Some(loaded) = declaring(path) {
        return Some((path.to_owned(), loaded));
    }
    let paths = tree.paths().ok()?;
    let documents = paths.iter().filter(|path| {
        let extension = path.rsplit_once('.').map(|(_, extension)| extension);
        matches!(extension, Some("yaml" | "yml"))
    });
    let mut found = documents.filter_map(|path| Some((path.clone(), declaring(path)?)));
    found.next()
}

/// The schema file of a contract with every file that it refers to.
fn schema(tree: &dyn SourceTree, path: &str, contract: &Contract) -> Option<SchemaFile> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut files = ProjectFiles {
        paths: tree.paths().ok()?.into_iter().collect(),
        folders: vec![folder.to_owned()],
        ..ProjectFiles::default()
    };
    let root = files.find(&contract.json_schema.as_ref()?.path)?.to_owned();
    let first = text(tree, &root)?;
    files.texts.insert(root, first);
    loop {
        let schema = SchemaFile::of(contract, &files)?;
        let known = schema.files.iter();
        let missing: BTreeSet<String> = known
            .flat_map(|(path, value)| Documents::referenced_files(path, value))
            .filter(|path| !files.texts.contains_key(path))
            .collect();
        if missing.is_empty() {
            return Some(schema);
        }
        // What is not there is looked for once.
        for path in missing {
            let text = text(tree, &path).unwrap_or_default();
            files.texts.insert(path, text);
        }
    }
}

fn text(tree: &dyn SourceTree, path: &str) -> Option<String> {
    String::from_utf8(tree.read(path).ok()?).ok()
}
