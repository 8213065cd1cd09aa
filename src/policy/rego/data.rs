//! Data files beside Rego policies, where the folders say.

use serde_json::{Map, Value};

use crate::diagnostic::Diagnostic;
use crate::policy::rules::POLICY_INVALID;
use crate::source::{SourceFile, SourceId, Span};
use crate::yaml::{self, Content, NodeRef, Resolved};

/// A data file as one object from the root of `data`.
pub(super) fn read(
    source: SourceId,
    file: &SourceFile,
    folders: &[String],
) -> Result<Value, Vec<Diagnostic>> {
    let value = if file.path().ends_with(".json") {
        read_json(source, file)?
    } else {
        read_yaml(source, file.text())?
    };
    if !value.is_object() {
        let message = format!("`{}` is not an object", file.path());
        let diagnostic = Diagnostic::new(&POLICY_INVALID, Span::new(source, 0..0), message);
        return Err(vec![
            diagnostic.help("policies read its keys as `data.<key>`"),
        ]);
    }
    Ok(folders.iter().rev().fold(value, |inner, folder| {
        Value::Object(Map::from_iter([(folder.clone(), inner)]))
    }))
}

fn read_json(source: SourceId, file: &SourceFile) -> Result<Value, Vec<Diagnostic>> {
    serde_json::from_str(file.text()).map_err(|error| {
        let lines = file.text().split_inclusive('\n');
        let before: usize = lines
            .take(error.line().saturating_sub(1))
            .map(str::len)
            .sum();
        let at = (before + error.column().saturating_sub(1)).min(file.text().len());
        let text = error.to_string();
        let words = text
            .split(" at line ")
            .next()
            .unwrap_or(&text)
            .to_lowercase();
        let message = format!("the file is not JSON: {words}");
        let span = Span::new(source, at..at);
        vec![Diagnostic::new(&POLICY_INVALID, span, message)]
    })
}

fn read_yaml(source: SourceId, text: &str) -> Result<Value, Vec<Diagnostic>> {
    let parsed = yaml::parse(source, text);
    if !parsed.diagnostics.is_empty() {
        return Err(parsed.diagnostics);
    }
    let document = parsed.value.documents.first();
    Ok(document.map_or(Value::Null, |document| value(document.root(text))))
}

/// A node as JSON; numbers that JSON does not know stay texts.
fn value(node: NodeRef<'_>) -> Value {
    match node.content() {
        Content::Mapping(mapping) => mapping
            .entries()
            .map(|entry| (entry.name.to_owned(), value(entry.value)))
            .collect(),
        Content::Sequence(sequence) => sequence.items().map(value).collect(),
        Content::Scalar(scalar) => match scalar.resolve() {
            Resolved::Null => Value::Null,
            Resolved::Boolean(value) => value.into(),
            Resolved::Integer | Resolved::Number => {
                serde_json::from_str(scalar.text()).unwrap_or_else(|_| scalar.text().into())
            }
            Resolved::Text => scalar.text().into(),
        },
    }
}
