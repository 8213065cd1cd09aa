//! Reference texts as Markdown: what `explain` prints, and the committed references.

use super::rules_by_family;
use crate::rule::{DefaultLevel, Family, Fixable, Meta};

/// The reference text of one rule.
pub fn rule(rule: &Meta) -> String {
    format!(
        "# {}\n\n{}. {}, {}.\n\n{}\n## Why it matters\n\n{}.\n",
        rule.id,
        capitalised(rule.summary),
        capitalised(&level(rule)),
        fix(rule),
        documentation(rule),
        capitalised(rule.why)
    )
}

/// Every rule in one page: a table by family, then the reference texts.
pub fn rules() -> String {
    let rules = rules_by_family();
    let mut page = String::from(
        "# Rules\n\nGenerated from the rules themselves; `flowgate explain RULE` prints the same texts.\n",
    );
    let mut family: Option<Family> = None;
    for meta in &rules {
        if family != Some(meta.family) {
            family = Some(meta.family);
            page.push_str(&format!(
                "\n## {}\n\n| rule | level | what is wrong | repair |\n|---|---|---|---|\n",
                capitalised(meta.family.as_str())
            ));
        }
        page.push_str(&row(meta));
    }
    page.push_str("\n# Reference\n");
    for meta in &rules {
        page.push_str(&format!("\n{}", demoted(&rule(meta))));
    }
    page
}

/// One line for each rule, by family, for lists.
pub fn list() -> String {
    let mut page = String::new();
    let mut family: Option<Family> = None;
    for meta in rules_by_family() {
        if family != Some(meta.family) {
            let gap = if family.is_some() { "\n" } else { "" };
            page.push_str(&format!("{gap}{}\n", meta.family.as_str()));
            family = Some(meta.family);
        }
        page.push_str(&format!("  {:<30} {}\n", meta.id, meta.summary));
    }
    page
}

fn row(meta: &Meta) -> String {
    let level = match meta.level {
        DefaultLevel::Always(level) => level.to_string(),
        DefaultLevel::ErrorFrom(stage) => format!("error from stage {stage}"),
    };
    let lock = if meta.locked { ", locked" } else { "" };
    let repair = match meta.fixable {
        Fixable::No => "",
        Fixable::Safe => "`--fix`",
        Fixable::Unsafe => "`--fix=unsafe`",
    };
    format!(
        "| [{id}](#{id}) | {level}{lock} | {summary} | {repair} |\n",
        id = meta.id,
        summary = meta.summary
    )
}

/// The doc comment without the space that Rust puts before every line.
fn documentation(rule: &Meta) -> String {
    let lines = rule
        .docs
        .lines()
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)));
    lines.collect::<String>().trim_start().to_owned()
}

/// Headings one level down, outside of fences.
fn demoted(text: &str) -> String {
    let mut inside = false;
    let mut result = String::new();
    for line in text.lines() {
        inside ^= line.starts_with("```");
        let mark = if !inside && line.starts_with('#') {
            "#"
        } else {
            ""
        };
        result.push_str(mark);
        result.push_str(line);
        result.push('\n');
    }
    result
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

fn level(rule: &Meta) -> String {
    let lock = if rule.locked { ", locked" } else { "" };
    let family = rule.family.as_str();
    match rule.level {
        DefaultLevel::Always(level) => format!("{level} in the family {family}{lock}"),
        DefaultLevel::ErrorFrom(stage) => {
            format!(
                "warning before rollout stage {stage} and error from it on, in the family {family}{lock}"
            )
        }
    }
}

fn fix(rule: &Meta) -> &'static str {
    match rule.fixable {
        Fixable::No => "to be mended by hand",
        Fixable::Safe => "repaired by `flowgate check --fix`",
        Fixable::Unsafe => "repaired by `flowgate check --fix=unsafe`, to be looked at",
    }
}
