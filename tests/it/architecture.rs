//! The layers of the house, and what no module may do.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Layers from the ground up; a module may name only itself and what stands in earlier rows.
const LAYERS: &[&[&str]] = &[
    &["source", "rule", "layout", "published"],
    &["diagnostic"],
    &["yaml", "expr", "value_set"],
    &["syntax"],
    &["model"],
    &["lint", "policy", "diff", "plan"],
    &["compat", "target", "run", "exchange", "forge"],
    &["catalog"],
    &["check", "release"],
    &["report"],
    &["cli"],
];

/// Macros that live at the crate's root, with the layer they belong to.
const MACROS: &[(&str, &str)] = &[
    ("declare_meta", "rule"),
    ("meta", "rule"),
    ("mapping", "syntax"),
    ("vocabulary", "syntax"),
    ("choice", "syntax"),
    ("declare_rule", "lint"),
];

/// Names that say nothing about what is inside.
const GRAB_BAGS: &[&str] = &["utils", "util", "common", "helpers", "types", "misc", "mod"];

/// The only modules that may touch the outside, with what they need it for.
const EDGES: &[(&str, &[&str])] = &[
    (
        "std::fs",
        &["source/worktree.rs", "source/git.rs", "source/git/", "cli"],
    ),
    ("std::env", &["cli", "main.rs"]),
    // `git` signs as its user has set it up, and `ssh-keygen` judges signatures.
    ("std::process", &["cli", "main.rs", "source/git/program.rs"]),
    ("SystemTime", &["cli"]),
    ("Instant::now", &["cli"]),
    ("Zoned::now", &["cli"]),
    ("granit_parser", &["yaml.rs", "yaml/"]),
    ("git2", &["source/git.rs", "source/git/"]),
    ("miette", &["report/"]),
    ("regorus", &["policy/rego/"]),
    ("clap", &["cli", "main.rs"]),
];

struct SourceText {
    path: String,
    text: String,
}

impl SourceText {
    /// The module of the first level, as `lint` for `lint/rules/owner_missing.rs`.
    fn module(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or_default()
    }

    /// The text before the tests of the module.
    fn product(&self) -> &str {
        self.text.split("#[cfg(test)]").next().unwrap_or_default()
    }
}

fn sources() -> Vec<SourceText> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path.strip_prefix(&root).unwrap();
                sources.push(SourceText {
                    path: relative.to_string_lossy().replace('\\', "/"),
                    text: fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    sources.sort_by(|left, right| left.path.cmp(&right.path));
    sources
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&module))
}

/// Every module that a text names through `crate::`.
fn named_modules(text: &str) -> BTreeSet<&str> {
    text.split("crate::")
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => list
                .split('}')
                .next()
                .unwrap_or_default()
                .split(',')
                .collect::<Vec<_>>(),
            None => vec![rest],
        })
        .map(|name| {
            let name = name.trim();
            let end = name
                .find(|character: char| !character.is_ascii_alphanumeric() && character != '_')
                .unwrap_or(name.len());
            &name[..end]
        })
        .filter(|name| !name.is_empty())
        .map(|name| {
            let home = MACROS.iter().find(|(known, _)| *known == name);
            home.map_or(name, |(_, layer)| *layer)
        })
        .collect()
}

#[test]
fn modules_name_only_lower_layers() {
    let mut faults = Vec::new();
    for source in sources() {
        let module = source.module();
        if matches!(module, "main" | "lib") {
            continue;
        }
        let Some(own) = layer(module) else {
            faults.push(format!("{}: `{module}` stands in no layer", source.path));
            continue;
        };
        for named in named_modules(source.product()) {
            match layer(named) {
                _ if named == module => {}
                Some(other) if other < own => {}
                Some(_) => faults.push(format!("{} names `{named}`", source.path)),
                None => faults.push(format!(
                    "{} names the unknown `crate::{named}`",
                    source.path
                )),
            }
        }
        if source.product().contains("super::super") {
            faults.push(format!("{} climbs with `super::super`", source.path));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn only_edges_touch_the_outside() {
    let mut faults = Vec::new();
    for source in sources() {
        for (outside, allowed) in EDGES {
            let is_edge = allowed.iter().any(|edge| source.path.starts_with(edge));
            let named = source
                .product()
                .lines()
                .any(|line| line.contains(outside) && !line.trim_start().starts_with("//"));
            if named && !is_edge {
                faults.push(format!("{} names `{outside}`", source.path));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_documentation_shows_these_layers() {
    let rows: Vec<String> = LAYERS
        .iter()
        .map(|row| {
            let names: Vec<String> = row.iter().map(|name| format!("`{name}`")).collect();
            names.join(", ")
        })
        .collect();
    let library = sources().into_iter().find(|source| source.path == "lib.rs");
    let text = library.unwrap().text.replace("\n//! ", " ");
    assert!(text.contains(&rows.join(" < ")), "{}", rows.join(" < "));
}

#[test]
fn files_are_small_named_well_and_documented() {
    const LONGEST: usize = 500;
    let mut faults = Vec::new();
    for source in sources() {
        let name = source.path.rsplit('/').next().unwrap_or_default();
        if GRAB_BAGS.contains(&name.trim_end_matches(".rs")) {
            faults.push(format!("{}: a name that says nothing", source.path));
        }
        if !source.text.starts_with("//!") {
            faults.push(format!("{}: no `//!` that says what it is", source.path));
        }
        let lines = source.product().lines().count();
        if lines > LONGEST {
            faults.push(format!("{}: {lines} lines before its tests", source.path));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_rule_file_is_in_the_slice() {
    let registry = sources()
        .into_iter()
        .find(|source| source.path == "lint/rules.rs")
        .unwrap();
    let missing: Vec<String> = sources()
        .into_iter()
        .filter_map(|source| {
            let name = source
                .path
                .strip_prefix("lint/rules/")?
                .strip_suffix(".rs")?
                .to_owned();
            let declares = source.text.contains("declare_rule!");
            (declares && !registry.text.contains(&format!("&{name}::RULE"))).then_some(name)
        })
        .collect();
    assert!(missing.is_empty(), "not in RULES: {missing:?}");
}

#[test]
fn rule_names_and_texts_follow_the_house_style() {
    let mut seen = BTreeSet::new();
    for rule in flowgate::catalog::rules() {
        assert!(seen.insert(&rule.id), "two rules are called {}", rule.id);
        let kebab = rule
            .id
            .chars()
            .all(|character| character.is_ascii_lowercase() || character == '-');
        assert!(kebab, "{} is not kebab-case", rule.id);
        for text in [&rule.summary, &rule.why] {
            assert!(!text.ends_with('.'), "{}: no full stop: {text}", rule.id);
            let first = text.chars().next().unwrap();
            assert!(
                !first.is_uppercase() || text.starts_with("YAML"),
                "{}: lower case: {text}",
                rule.id
            );
        }
        assert!(
            rule.docs.contains("## How to mend it"),
            "{} does not say how to mend it",
            rule.id
        );
    }
}
