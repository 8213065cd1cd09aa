//! `flowgate explain`: the reference text of a rule or change.

use std::io::Write;

use clap::Args;

use super::failure::Failure;
use super::output::Status;
use crate::catalog;
use crate::rule::{DefaultLevel, Fixable, Meta};
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
        None => list(out)?,
        Some(name) => match catalog::rule(name) {
            Some(rule) => write!(out, "{}", text(rule))?,
            None => return Err(unknown(name)),
        },
    }
    Ok(Status::Clean)
}

fn unknown(name: &str) -> Failure {
    let failure = Failure::new(format!("there is no rule or change `{name}`"));
    match nearest(name, catalog::rules().map(|rule| rule.id)) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`flowgate explain` without a name lists all of them"),
    }
}

fn list(out: &mut dyn Write) -> Result<(), Failure> {
    let mut family = None;
    for rule in catalog::rules_by_family() {
        if family != Some(rule.family) {
            let gap = if family.is_some() { "\n" } else { "" };
            writeln!(out, "{gap}{}", rule.family.as_str())?;
            family = Some(rule.family);
        }
        writeln!(out, "  {:<30} {}", rule.id, rule.summary)?;
    }
    Ok(())
}

/// The reference text of a rule, as Markdown.
pub fn text(rule: &Meta) -> String {
    let docs: String = rule
        .docs
        .lines()
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    format!(
        "# {}\n\n{}. {}, {}.\n\n{}\nIt matters because {}.\n",
        rule.id,
        capitalised(rule.summary),
        capitalised(&level(rule)),
        fix(rule),
        docs.trim_start(),
        rule.why
    )
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

fn level(rule: &Meta) -> String {
    let lock = if rule.locked { ", locked" } else { "" };
    match rule.level {
        DefaultLevel::Always(level) => format!("{level} in the family {}{lock}", rule.family.as_str()),
        DefaultLevel::ErrorFrom(stage) => format!(
            "warning before rollout stage {stage} and error from it on, in the family {}{lock}",
            rule.family.as_str()
        ),
    }
}

fn fix(rule: &Meta) -> &'static str {
    match rule.fixable {
        Fixable::No => "to be mended by hand",
        Fixable::Safe => "repaired by `flowgate check --fix`",
        Fixable::Unsafe => "repaired by `flowgate check --fix=unsafe`, to be looked at",
    }
}
