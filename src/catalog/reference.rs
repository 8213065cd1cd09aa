//! Reference texts as Markdown: what `explain` prints, and the committed references.

use super::{policies, rules_by_family};
use crate::compat::{self, ChangeMeta, Class, ClassRule, ControlEffect};
use crate::policy::packs::PACKS;
use crate::rule::{DefaultLevel, Family, Fixable, Meta};
use crate::target::{TARGETS, Target};

/// The reference text of one rule.
pub fn rule(rule: &Meta) -> String {
    format!(
        "# {}\n\n{}. {}, {}.\n\n{}\n## Why it matters\n\n{}.\n",
        rule.id,
        capitalised(&rule.summary),
        capitalised(&level(rule)),
        fix(rule),
        documentation(rule),
        capitalised(&rule.why)
    )
}

/// The reference text of one target.
pub fn target(target: &Target) -> String {
    format!(
        "# {}\n\n{}. Written as `NAME.{}` by `flowgate compile --target {0}`.\n\n{}\n",
        target.id,
        capitalised(target.title),
        target.extension,
        target.docs.trim_end()
    )
}

/// The reference text of one kind of change.
pub fn change(meta: &ChangeMeta) -> String {
    let control = match meta.control {
        ControlEffect::Weakened => " It weakens a control, so the control's owner must agree.",
        ControlEffect::Strengthened => " It strengthens a control.",
        ControlEffect::Neutral => "",
    };
    format!(
        "# {}\n\n{}. A kind of change, {}.{control}\n\n{}",
        meta.id,
        capitalised(meta.summary),
        class(meta.class),
        meta.docs
    )
}

fn class(rule: ClassRule) -> String {
    match rule {
        ClassRule::Always(class, _) => match class {
            Class::Breaking => "breaking: it demands a new major version".to_owned(),
            Class::Review => "for a person to judge: it demands at least a new minor version".to_owned(),
            Class::Additive => "an addition: it demands a new minor version".to_owned(),
            Class::Patch => "a patch: it demands a new patch version".to_owned(),
            Class::None => "without consequences".to_owned(),
        },
        ClassRule::Data(_) => {
            "judged by the data that is accepted: by the `compatibility` of a contract, and as input of a workflow".to_owned()
        }
        ClassRule::Promise(_) => "judged as a promise: what becomes weaker breaks it".to_owned(),
    }
}

/// Every kind of change in one page: a table, then the reference texts.
pub fn changes() -> String {
    let mut page = String::from(
        "# Changes\n\nGenerated from the declarations of the kinds themselves; `flowgate explain CHANGE` prints the same texts.\n\n| change | what happened | class | control |\n|---|---|---|---|\n",
    );
    for meta in compat::changes() {
        let control = match meta.control {
            ControlEffect::Weakened => "▼",
            ControlEffect::Strengthened => "▲",
            ControlEffect::Neutral => "",
        };
        page.push_str(&format!(
            "| [{id}](#{id}) | {} | {} | {control} |\n",
            meta.summary,
            short_class(meta.class),
            id = meta.id
        ));
    }
    page.push_str("\n# Reference\n");
    for meta in compat::changes() {
        page.push_str(&format!("\n{}", demoted(&change(meta))));
    }
    page
}

fn short_class(rule: ClassRule) -> &'static str {
    match rule {
        ClassRule::Always(class, _) => class.as_str(),
        ClassRule::Data(_) => "by the data",
        ClassRule::Promise(_) => "as a promise",
    }
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
    for pack in PACKS {
        page.push_str(&format!("\npack {}\n", pack.name));
        for shipped in policies::shipped()
            .iter()
            .filter(|shipped| shipped.pack.name == pack.name)
        {
            page.push_str(&format!(
                "  {:<30} {}\n",
                shipped.meta.id, shipped.meta.summary
            ));
        }
    }
    page.push_str("\nchanges\n");
    for meta in compat::changes() {
        page.push_str(&format!("  {:<30} {}\n", meta.id, meta.summary));
    }
    page.push_str("\ntargets\n");
    for target in TARGETS {
        page.push_str(&format!("  {:<30} {}\n", target.id, target.title));
    }
    page
}

/// Every shipped pack in one page: its policies with their requirements, then the reference texts.
pub fn packs() -> String {
    let mut page = String::from(
        "# Policy packs\n\nGenerated from the policies and their test files; `flowgate explain POLICY/REQUIREMENT` prints the same texts. A pack is selected by name in `flowgate.yaml`: `policies: [baseline, finance]`.\n",
    );
    for pack in PACKS {
        page.push_str(&format!("\n## {}\n\nFor {}.\n\n", pack.name, pack.summary));
        page.push_str("| requirement | level | what is wrong |\n|---|---|---|\n");
        for shipped in policies::shipped()
            .iter()
            .filter(|shipped| shipped.pack.name == pack.name)
        {
            page.push_str(&row(&shipped.meta).replace(" |  |\n", " |\n"));
        }
    }
    page.push_str("\n# Reference\n");
    for shipped in policies::shipped() {
        page.push_str(&format!("\n{}", demoted(&rule(&shipped.meta))));
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
        "| [{id}](#{anchor}) | {level}{lock} | {summary} | {repair} |\n",
        id = meta.id,
        anchor = meta.id.replace('/', "").to_lowercase(),
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
