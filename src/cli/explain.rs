//! `flowgate explain`: the reference text of a rule, a change or a target.

use std::io::Write;

use clap::Args;

use super::failure::Failure;
use super::opening::ProjectArguments;
use super::output::Status;
use super::policy::test_path;
use crate::catalog::policies::with_examples;
use crate::catalog::{self, reference};
use crate::policy::{Policies, rego};
use crate::rule::Meta;
use crate::source;
use crate::syntax::decode::nearest;
use crate::syntax::policy_test;
use crate::target;

/// Explains a rule, a policy, a kind of change or a target; lists all of them when none is named.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// The name, as findings and changes show it.
    #[arg(value_name = "RULE|CHANGE|TARGET")]
    name: Option<String>,
    #[command(flatten)]
    project: ProjectArguments,
}

/// Runs the command.
///
/// # Errors
/// When nothing has this name.
pub fn run(arguments: &ExplainArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let Some(name) = &arguments.name else {
        write!(out, "{}", reference::list())?;
        return Ok(Status::Clean);
    };
    let built_in = catalog::rule(name).or_else(|| catalog::policy(name));
    if let Some(rule) = built_in {
        write!(out, "{}", reference::rule(rule))?;
    } else if let Some(change) = catalog::change(name) {
        write!(out, "{}", reference::change(change))?;
    } else if let Some(target) = target::find(name) {
        write!(out, "{}", reference::target(target))?;
    } else if let Some(rule) = own_policy(name, &arguments.project)? {
        write!(out, "{}", reference::rule(&rule))?;
    } else {
        return Err(unknown(name));
    }
    Ok(Status::Clean)
}

/// A requirement of the project's own policies, with examples from the test file beside it, or a
/// rule of its Rego.
fn own_policy(name: &str, project: &ProjectArguments) -> Result<Option<Meta>, Failure> {
    if !name.contains('/') {
        return Ok(None);
    }
    let location = project.locate(None)?;
    let tree = location.worktree()?;
    let loaded = location.load(&tree, &[])?;
    let policies = Policies::of(&loaded.model.project.policies);
    let Some(rule) = policies.rules.iter().find(|rule| rule.meta.id == name) else {
        let subject = rego::Subject {
            model: &loaded.model,
            sources: &loaded.sources,
            streams: &loaded.streams,
        };
        let judged = rego::judge(&loaded.model, &loaded.sources, &subject);
        let rule = judged.rules.iter().find(|rule| rule.id == name);
        return Ok(rule.map(|rule| rule.as_ref().clone()));
    };
    let path = loaded.sources.file(rule.place().source).path();
    let test = test_path(path);
    let reading = source::read(&tree, &[test]);
    let texts: Vec<_> = reading
        .sources
        .iter()
        .map(|(id, file)| (id, file.text().to_owned()))
        .collect();
    let test = texts
        .first()
        .map(|(id, text)| policy_test::read(*id, text).value);
    Ok(Some(with_examples(&rule.meta, &test.unwrap_or_default())))
}

fn unknown(name: &str) -> Failure {
    let failure = Failure::new(format!(
        "there is no rule, policy, change or target `{name}`"
    ));
    match nearest(name, catalog::names()) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`flowgate explain` without a name lists all of them"),
    }
}
