//! Contracts whose fields are in a JSON Schema file: the files with everything that they refer to,
//! what is wrong with them, and the fields that they declare.

mod fields;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::ProjectFiles;
use super::rules::INVALID_JSON_SCHEMA;
use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Span, Spanned};
use crate::syntax::Project;
use crate::syntax::contract::Contract;
use crate::syntax::scalars::json;
use crate::value_set::Sets;
use crate::value_set::schema::{Documents, Place, Role, read};
use crate::yaml::{self, NodeRef};

/// A JSON Schema file with every file that it refers to.
#[derive(Debug, Clone)]
pub struct SchemaFile {
    /// The files.
    pub documents: Documents,
    /// Where the schema begins.
    pub root: Place,
    /// What is in each file, by path.
    pub files: BTreeMap<String, Value>,
}

impl SchemaFile {
    /// The schema that a contract names; `None` when it names none, or the file is not there or
    /// is neither JSON nor YAML.
    pub fn of(contract: &Contract, files: &ProjectFiles) -> Option<Self> {
        let written = &contract.json_schema.as_ref()?.path;
        let root = files.find(written)?;
        let source = written.span.source;
        let first = parsed(files.texts.get(root)?, source)?;
        let mut found = BTreeMap::from([(root.to_owned(), first)]);
        let mut pending = vec![root.to_owned()];
        while let Some(path) = pending.pop() {
            let Some(value) = found.get(&path) else {
                continue;
            };
            for other in Documents::referenced_files(&path, value) {
                let text = files
                    .texts
                    .get(&other)
                    .filter(|_| !found.contains_key(&other));
                if let Some(value) = text.and_then(|text| parsed(text, source)) {
                    found.insert(other.clone(), value);
                    pending.push(other);
                }
            }
        }
        Some(SchemaFile {
            documents: Documents::of(found.clone()),
            root: Place::root(root),
            files: found,
        })
    }
}

impl SchemaFile {
    /// The schema in one spelling: without layout, order of keys, and the name of its own file.
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        for (path, value) in &self.files {
            if *path != self.root.file {
                text.push_str(path);
            }
            text.push_str(&canonical(value));
            text.push('\n');
        }
        text
    }
}

fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(entries) => {
            let entries: BTreeMap<&String, &Value> = entries.iter().collect();
            let entries: Vec<String> = entries
                .into_iter()
                .map(|(key, value)| format!("{key:?}:{}", canonical(value)))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

/// The files that a text of JSON Schema at a path refers to.
pub fn referenced(path: &str, text: &str, source: SourceId) -> Vec<String> {
    let value = parsed(text, source);
    value.map_or_else(Vec::new, |value| Documents::referenced_files(path, &value))
}

/// JSON, or YAML that says the same.
fn parsed(text: &str, source: SourceId) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        return Some(value);
    }
    let stream = yaml::parse(source, text);
    let document = stream.value.documents.first()?;
    let broken = !stream.diagnostics.is_empty();
    (!broken).then(|| json(document.root(text)))
}

/// Gives every contract with a JSON Schema file the fields of that file, and tells what is wrong
/// with the files.
pub fn read_all(project: &mut Project, files: &ProjectFiles) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut told = BTreeSet::new();
    for contract in &mut project.contracts {
        let Some(path) = contract
            .body
            .json_schema
            .as_ref()
            .map(|file| file.path.clone())
        else {
            continue;
        };
        let Some(schema) = SchemaFile::of(&contract.body, files) else {
            if files.text(&path).is_some() {
                let message = format!("`{}` is neither JSON nor YAML", path.value);
                diagnostics.push(
                    Diagnostic::new(&INVALID_JSON_SCHEMA, path.span, message)
                        .help("correct the file; a JSON tool tells where it breaks off"),
                );
            }
            continue;
        };
        let spans = Spans::of(&schema, files, path.span);
        let mut sets = Sets::new();
        let reading = read(&mut sets, &schema.documents, &schema.root, Role::Reader);
        for problem in reading.problems.iter().filter(|problem| problem.is_fault) {
            if told.insert(problem.place.clone()) {
                let span = spans.value(&problem.place);
                diagnostics.push(
                    Diagnostic::new(&INVALID_JSON_SCHEMA, span, problem.message.clone())
                        .help(problem.help.clone()),
                );
            }
        }
        if contract.body.schema.is_none() {
            let fields = fields::declared(&schema, &spans);
            contract.body.schema = fields.map(|fields| Spanned::new(fields, path.span));
        }
    }
    diagnostics
}

/// Where things stand in schema files; the reference in the document stands in for files whose
/// text is not among the sources.
struct Spans {
    /// Key and value by file and pointer.
    places: BTreeMap<Place, (Span, Span)>,
    otherwise: Span,
}

impl Spans {
    fn of(schema: &SchemaFile, files: &ProjectFiles, otherwise: Span) -> Self {
        let mut places = BTreeMap::new();
        for path in schema.files.keys() {
            let (Some(source), Some(text)) = (files.sources.get(path), files.texts.get(path))
            else {
                continue;
            };
            let stream = yaml::parse(*source, text);
            let whole = Span::new(*source, 0..text.len().min(1));
            places.insert(Place::root(path.as_str()), (whole, whole));
            if let Some(document) = stream.value.documents.first() {
                index(
                    &Place::root(path.as_str()),
                    document.root(text),
                    &mut places,
                );
            }
        }
        Spans { places, otherwise }
    }

    /// The value at a place.
    fn value(&self, place: &Place) -> Span {
        self.around(place).1
    }

    /// The key before the value at a place.
    fn key(&self, place: &Place) -> Span {
        self.around(place).0
    }

    /// The nearest thing at or around a place.
    fn around(&self, place: &Place) -> (Span, Span) {
        let mut place = place.clone();
        loop {
            if let Some(spans) = self.places.get(&place) {
                return *spans;
            }
            let Some(end) = place.pointer.rfind('/') else {
                return (self.otherwise, self.otherwise);
            };
            place.pointer.truncate(end);
        }
    }
}

fn index(place: &Place, node: NodeRef<'_>, places: &mut BTreeMap<Place, (Span, Span)>) {
    if let Some(mapping) = node.mapping() {
        for entry in mapping.entries() {
            let below = place.below(entry.name);
            places.insert(below.clone(), (entry.key.span(), entry.value.span()));
            index(&below, entry.value, places);
        }
    } else if let Some(sequence) = node.sequence() {
        for (position, item) in sequence.items().enumerate() {
            let below = place.below(&position.to_string());
            places.insert(below.clone(), (item.span(), item.span()));
            index(&below, item, places);
        }
    }
}
