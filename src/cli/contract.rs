//! `flowgate contract`: contracts to and from the forms of other tools.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::chosen;
use super::failure::Failure;
use super::opening::ProjectArguments;
use super::output::{Status, write_whole};
use crate::check::Loaded;
use crate::exchange::{self, Exchanged, FORMS, Form, Layout};
use crate::source::Sources;
use crate::syntax::decode::{Decoder, listing, nearest};
use crate::syntax::document::body_mapping;
use crate::syntax::odcs;
use crate::syntax::scalars::json;
use crate::yaml;

/// Reads and writes contracts in the forms of other tools.
#[derive(Debug, Args)]
pub struct ContractArguments {
    #[command(subcommand)]
    direction: Direction,
}

#[derive(Debug, Subcommand)]
enum Direction {
    Export(ExportArguments),
    Import(ImportArguments),
}

/// Writes a contract in another form; what the form has no word for is listed.
#[derive(Debug, Args)]
struct ExportArguments {
    /// The contract.
    #[arg(value_name = "NAME")]
    name: String,
    /// The form: odcs, json-schema or avro.
    #[arg(long, value_name = "FORM")]
    format: String,
    /// The file to write; standard output when absent.
    #[arg(short = 'o', long = "out", value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    project: ProjectArguments,
}

/// Writes a file of another form as `contract:` documents; what has no word here is listed.
#[derive(Debug, Args)]
struct ImportArguments {
    /// The file, as YAML or JSON.
    #[arg(value_name = "FILE")]
    source: PathBuf,
    /// The form: odcs, json-schema or avro; seen from the content when absent.
    #[arg(long, value_name = "FORM")]
    format: Option<String>,
    /// The file to write; standard output when absent.
    #[arg(short = 'o', long = "out", value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When the contract or form is unknown, or a file cannot be read or written.
pub fn run(arguments: &ContractArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    match &arguments.direction {
        Direction::Export(arguments) => export(arguments, out),
        Direction::Import(arguments) => import(arguments, out),
    }
}

fn export(arguments: &ExportArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let form = find_form(&arguments.format)?;
    let location = arguments.project.locate(None)?;
    let loaded = chosen::load(&arguments.project, &location)?;
    let contract = find_contract(&loaded, &arguments.name)?;
    let exchanged = (form.export)(&exchange::spelled_out(&contract));
    let text = exchange::write(&exchanged.content, form.layout).map_err(Failure::new)?;
    deliver(&text, arguments.file.as_deref(), out)?;
    tell_left_out(&exchanged.left_out, form.title)?;
    Ok(Status::Clean)
}

/// The contract as JSON, as it is written.
fn find_contract(loaded: &Loaded, name: &str) -> Result<Value, Failure> {
    let contracts = &loaded.model.project.contracts;
    let Some(entity) = contracts.iter().find(|entity| entity.name.value == name) else {
        let known: Vec<&str> = contracts
            .iter()
            .map(|entity| entity.name.value.as_str())
            .collect();
        let failure = Failure::new(format!("there is no contract `{name}`"));
        return Err(match nearest(name, known.iter().copied()) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint("`flowgate check` says which documents there are"),
        });
    };
    if let Some(path) = &entity.body.json_schema {
        return Err(Failure::new(format!(
            "the fields of `{name}` are in `{}`",
            path.path.value
        ))
        .hint("that file is a JSON Schema already"));
    }
    let source = entity.span.source;
    let text = loaded.sources.file(source).text();
    let streams = loaded.streams.iter().filter(|(id, _)| *id == source);
    let written = streams
        .flat_map(|(_, stream)| &stream.documents)
        .filter(|document| document.span().contains(entity.key))
        .find_map(|document| written(document, text, entity.key, name));
    written.ok_or_else(|| Failure::new(format!("the contract `{name}` could not be read")))
}

fn written(
    document: &yaml::Document,
    text: &str,
    key: crate::source::Span,
    name: &str,
) -> Option<Value> {
    let root = document.root(text);
    if let Some(mapping) = root.mapping().filter(|mapping| odcs::recognises(*mapping)) {
        let readings = odcs::read(mapping, &mut Decoder::new());
        let reading = readings
            .into_iter()
            .find(|reading| reading.name.value == name)?;
        return Some(json(reading.body.into_document(key.source).root(text)));
    }
    let mut body = json(body_mapping(root, key)?.node());
    if let Value::Object(body) = &mut body {
        body.entry("name").or_insert_with(|| name.into());
    }
    Some(body)
}

fn import(arguments: &ImportArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let path = &arguments.source;
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::new(format!("cannot read `{}`: {error}", path.display()))
            .hint("name a file of UTF-8 text")
    })?;
    let mut sources = Sources::default();
    let source = sources.add(path.to_string_lossy(), text);
    let text = sources.file(source).text();
    let parsed = yaml::parse(source, text);
    let document = parsed.value.documents.first();
    let (Some(document), true) = (document, parsed.diagnostics.is_empty()) else {
        let reason = parsed
            .diagnostics
            .first()
            .map_or("it is empty".to_owned(), |found| found.message.clone());
        return Err(Failure::new(format!(
            "cannot read `{}`: {reason}",
            path.display()
        )));
    };
    let form = match &arguments.format {
        Some(name) => find_form(name)?,
        None => recognise(&json(document.root(text)))?,
    };
    let exchanged = match form.import {
        Some(import) => vec![import(&json(document.root(text))).map_err(|reason| {
            Failure::new(format!("cannot import `{}`: {reason}", path.display()))
        })?],
        None => import_standard(document, text)?,
    };
    deliver(&documents(&exchanged)?, arguments.file.as_deref(), out)?;
    let left_out: Vec<String> = exchanged
        .iter()
        .flat_map(|exchanged| exchanged.left_out.clone())
        .collect();
    tell_left_out(&left_out, "flowgate")?;
    tell_missing_producer(&exchanged)?;
    Ok(Status::Clean)
}

fn import_standard(document: &yaml::Document, text: &str) -> Result<Vec<Exchanged>, Failure> {
    let root = document.root(text).mapping();
    let Some(mapping) = root.filter(|mapping| odcs::recognises(*mapping)) else {
        return Err(Failure::new("the file is no data contract of the standard")
            .hint("such a file has `kind: DataContract`"));
    };
    let mut decoder = Decoder::new();
    let readings = odcs::read(mapping, &mut decoder);
    if let Some(found) = decoder.finish().first() {
        return Err(Failure::new(found.message.clone())
            .hint("`flowgate check` shows the place, when the file is in a project"));
    }
    let exchanged = readings.into_iter().map(|reading| Exchanged {
        left_out: reading
            .left_out
            .into_iter()
            .map(|path| path.value)
            .collect(),
        content: json(reading.body.into_document(document.source()).root(text)),
    });
    Ok(exchanged.collect())
}

/// The form that a file is written in.
fn recognise(content: &Value) -> Result<&'static Form, Failure> {
    let is = |key: &str, word: &str| content.get(key).and_then(Value::as_str) == Some(word);
    let id = if is("kind", "DataContract") {
        "odcs"
    } else if is("type", "record") {
        "avro"
    } else if is("type", "object") || content.get("$schema").is_some() {
        "json-schema"
    } else {
        return Err(Failure::new("the file is in none of the known forms")
            .hint("name the form with `--format`, as `--format json-schema`"));
    };
    find_form(id)
}

fn find_form(name: &str) -> Result<&'static Form, Failure> {
    exchange::find(name).ok_or_else(|| {
        let known: Vec<&str> = FORMS.iter().map(|form| form.id).collect();
        Failure::new(format!("there is no form `{name}` of contracts"))
            .hint(format!("there are {}", listing(&known)))
    })
}

fn documents(exchanged: &[Exchanged]) -> Result<String, Failure> {
    let mut texts = Vec::new();
    for one in exchanged {
        let mut document = Map::new();
        let contract = exchange::in_reference_order(&exchange::spelled_out(&one.content));
        document.insert("contract".to_owned(), Value::Object(contract));
        let text = exchange::write(&Value::Object(document), Layout::Yaml);
        texts.push(text.map_err(Failure::new)?);
    }
    Ok(texts.join("---\n"))
}

fn deliver(text: &str, file: Option<&Path>, out: &mut dyn Write) -> Result<(), Failure> {
    match file {
        Some(path) => write_whole(path, text.as_bytes()),
        None => Ok(out.write_all(text.as_bytes())?),
    }
}

/// Notes go beside the result, so that the result can be piped.
fn tell_left_out(left_out: &[String], form: &str) -> Result<(), Failure> {
    if !left_out.is_empty() {
        let what = left_out.join(", ");
        writeln!(
            io::stderr(),
            "left out, since {form} has no word for it: {what}"
        )?;
    }
    Ok(())
}

fn tell_missing_producer(exchanged: &[Exchanged]) -> Result<(), Failure> {
    let is_missing = |one: &&Exchanged| one.content.get("producer").is_none();
    for one in exchanged.iter().filter(is_missing) {
        let name = one.content.get("name").and_then(Value::as_str);
        writeln!(
            io::stderr(),
            "add `producer:` to `{}`: the file does not say which system produces the data",
            name.unwrap_or_default()
        )?;
    }
    Ok(())
}
