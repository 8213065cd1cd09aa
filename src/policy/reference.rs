//! The reference text of a requirement, from its own file.

use crate::model::profile::labels;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::expressions::Template;
use crate::syntax::names::OneOrMany;
use crate::syntax::policy::{Policy, Requirement, Selector, Subject};

/// What is wrong, in a few words without a full stop.
pub(super) fn summary(requirement: &Requirement) -> String {
    let written = requirement
        .summary
        .as_ref()
        .map(|summary| summary.value.clone());
    let text = written
        .or_else(|| requirement.message.as_ref().map(without_values))
        .unwrap_or_default();
    sentence(&text)
}

/// Why it matters, without a full stop.
pub(super) fn why(policy: &Entity<Policy>, requirement: &Requirement) -> String {
    let own = requirement.why.as_ref().map(|why| why.value.as_str());
    let summary = policy
        .body
        .summary
        .as_ref()
        .map(|summary| summary.value.as_str());
    match own.or(summary) {
        Some(text) => sentence(text),
        None => format!("the policy `{}` demands it", policy.name.value),
    }
}

/// The reference text in Markdown, examples aside; `None` without a condition.
pub(super) fn docs(
    policy: &Entity<Policy>,
    requirement: &Requirement,
    subject: Subject,
) -> Option<String> {
    let that = requirement.that.as_ref()?.text.trim().to_owned();
    let mut text = String::new();
    if let Some(summary) = &policy.body.summary {
        text.push_str(&format!("{}\n\n", summary.value.trim()));
    }
    let scope = requirement.selector.as_ref().map_or(String::new(), scope);
    text.push_str("## What it demands\n\n");
    text.push_str(&format!("Of each {}{scope}", subject.as_str()));
    if let Some(when) = &requirement.when {
        text.push_str(&format!(
            ", when\n\n```cel\n{}\n```\n\nholds,",
            when.text.trim()
        ));
    }
    text.push_str(&format!(" that\n\n```cel\n{that}\n```\n\n"));
    text.push_str("## How to mend it\n\n");
    let help = requirement.help.as_ref().map(without_values);
    let help = help
        .unwrap_or_else(|| format!("Meet the requirement of the policy `{}`", policy.name.value));
    text.push_str(&format!("{}.\n", capitalised(&sentence(&help))));
    Some(as_documentation(&text))
}

/// The text with a space before every line, as Rust puts it before the lines of the built-in
/// rules' documentation; whoever shows it takes the space away.
pub fn as_documentation(text: &str) -> String {
    text.lines().map(|line| format!(" {line}\n")).collect()
}

fn scope(selector: &Selector) -> String {
    let words = |items: &OneOrMany<Spanned<String>>| -> String {
        let words: Vec<&str> = items.iter().map(|item| item.value.as_str()).collect();
        words.join(" or ")
    };
    let risk: Vec<&str> = labels(&selector.risk).collect();
    let keys = [
        ("kind", words(&selector.kind)),
        ("name", words(&selector.name)),
        ("risk", risk.join(" or ")),
        ("team", words(&selector.team)),
        ("path", words(&selector.path)),
    ];
    let written = keys.iter().filter(|(_, words)| !words.is_empty());
    let mut parts: Vec<String> = written
        .map(|(key, words)| format!("`{key}: {words}`"))
        .collect();
    if let Some(stage) = &selector.stage {
        parts.push(format!("a `stage` of at least {}", stage.value.number));
    }
    if parts.is_empty() {
        return String::new();
    }
    format!(" in documents with {}", parts.join(" and "))
}

/// A template with dots in the place of its values.
fn without_values(template: &Template) -> String {
    let mut text = String::new();
    let mut at = 0;
    for part in template.parts() {
        let opening = template.text[..part.start]
            .rfind("${")
            .unwrap_or(part.start);
        text.push_str(&template.text[at..opening]);
        text.push('…');
        let after = part.start + part.text.len();
        at = template.text[after..]
            .find('}')
            .map_or(template.text.len(), |brace| after + brace + 1);
    }
    text.push_str(&template.text[at..]);
    text
}

/// One line without a full stop.
fn sentence(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches('.').to_owned()
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}
