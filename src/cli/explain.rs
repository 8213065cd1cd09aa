//! `flowgate explain`: the reference text of a rule or change.

use std::io::Write;

use clap::Args;

use super::failure::Failure;
use super::output::Status;
use crate::catalog;
use crate::syntax::decode::nearest;

/// Explains a rule or a kind of change; lists all of them when none is named.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// The name, as findings and changes show it.
    #[arg(value_name = "RULE|CHANGE")]
    name: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When nothing has this name.
pub fn run(arguments: &ExplainArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    match &arguments.name {
        None => write!(out, "{}", catalog::reference::list())?,
        Some(name) => match catalog::rule(name) {
            Some(rule) => write!(out, "{}", catalog::reference::rule(rule))?,
            None => match catalog::change(name) {
                Some(change) => write!(out, "{}", catalog::reference::change(change))?,
                None => return Err(unknown(name)),
            },
        },
    }
    Ok(Status::Clean)
}

fn unknown(name: &str) -> Failure {
    let failure = Failure::new(format!("there is no rule or change `{name}`"));
    match nearest(name, catalog::names()) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`flowgate explain` without a name lists all of them"),
    }
}
