//! `flowgate schema`: the JSON Schema of a kind of document.

use std::io::Write;

use clap::Args;

use super::failure::Failure;
use super::output::Status;
use crate::catalog;
use crate::syntax::decode::{listing, nearest};

/// Prints the JSON Schema of a kind of document, or of a whole file.
#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// The kind: workflow, contract, …; `file` (any document) when absent.
    #[arg(value_name = "KIND")]
    kind: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When there is no such kind.
pub fn run(arguments: &SchemaArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let wanted = arguments.kind.as_deref().unwrap_or("file");
    let published = catalog::schema::published();
    let file = catalog::schema::file_name(wanted);
    let Some((_, schema)) = published.iter().find(|(name, _)| *name == file) else {
        let names: Vec<&str> = published
            .iter()
            .filter_map(|(name, _)| name.strip_suffix(".schema.json"))
            .collect();
        let failure = Failure::new(format!("there is no schema of `{wanted}`"));
        return Err(match nearest(wanted, names.iter().copied()) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint(format!("there are {}", listing(&names))),
        });
    };
    let text =
        serde_json::to_string_pretty(schema).map_err(|error| Failure::new(error.to_string()))?;
    writeln!(out, "{text}")?;
    Ok(Status::Clean)
}
