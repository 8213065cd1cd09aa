//! Which documents a `match` of a policy means.

use std::collections::BTreeSet;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::Model;
use crate::rule::Stage;
use crate::source::Spanned;
use crate::syntax::DocumentKind;
use crate::syntax::names::{OneOrMany, matches_name};
use crate::syntax::policy::Selector;

/// A document as a `match` sees it; of a change, before and after together.
#[derive(Debug, Clone)]
pub struct Described<'a> {
    /// The kind.
    pub kind: DocumentKind,
    /// Its names.
    pub names: BTreeSet<&'a str>,
    /// Kinds of risk.
    pub risks: BTreeSet<&'a str>,
    /// The rollout stage; 0 for what has none.
    pub stage: Stage,
    /// Teams that own it.
    pub teams: BTreeSet<&'a str>,
    /// Files that it is written in.
    pub paths: BTreeSet<&'a str>,
}

impl<'a> Described<'a> {
    /// A document of one project that is written in the file `path`.
    pub fn of(model: &'a Model, kind: DocumentKind, name: &'a str, path: &'a str) -> Self {
        let workflow = (kind == DocumentKind::Workflow).then(|| model.workflow(name));
        let workflow = workflow.flatten();
        Described {
            kind,
            names: BTreeSet::from([name]),
            risks: model.risks(kind, name),
            stage: workflow.map_or(0, |workflow| workflow.body.rollout_stage()),
            teams: model.teams_of(kind, name),
            paths: BTreeSet::from([path]),
        }
    }
}

/// A `match`, ready to be asked about many documents.
#[derive(Debug, Clone)]
pub struct Matcher<'a> {
    selector: &'a Selector,
    /// `None` where a pattern cannot be read.
    paths: Vec<Option<Gitignore>>,
}

impl<'a> Matcher<'a> {
    /// Prepares a `match`.
    pub fn new(selector: &'a Selector) -> Self {
        let patterns = selector.path.iter();
        Matcher {
            selector,
            paths: patterns.map(|pattern| glob(&pattern.value)).collect(),
        }
    }

    /// True when every key that is written about documents fits this one.
    pub fn fits(&self, document: &Described<'_>) -> bool {
        let selector = self.selector;
        let stage = selector.stage.as_ref();
        stage.is_none_or(|stage| document.stage >= stage.value.number)
            && (selector.risk.is_empty()
                || selector
                    .risk
                    .iter()
                    .any(|risk| document.risks.contains(risk.value.text.as_str())))
            && any(&selector.kind, |kind| kind == document.kind.as_str())
            && any(&selector.name, |pattern| {
                let mut names = document.names.iter();
                names.any(|name| matches_name(pattern, name))
            })
            && any(&selector.team, |team| document.teams.contains(team))
            && (self.paths.is_empty()
                || self
                    .paths
                    .iter()
                    .any(|glob| document.paths.iter().any(|path| covers(glob, path))))
    }
}

fn any(values: &OneOrMany<Spanned<String>>, fits: impl Fn(&str) -> bool) -> bool {
    values.is_empty() || values.iter().any(|value| fits(&value.value))
}

/// A pattern as in `.gitignore`.
fn glob(pattern: &str) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new("");
    builder.add_line(None, pattern).ok()?;
    builder.build().ok()
}

/// A pattern that cannot be read covers everything, so that nothing is left out.
fn covers(glob: &Option<Gitignore>, path: &str) -> bool {
    glob.as_ref().is_none_or(|glob| {
        // The root of the project is the root of the pattern, and nothing lies above it.
        !path.starts_with('/') && glob.matched_path_or_any_parents(path, false).is_ignore()
    })
}

#[cfg(test)]
mod tests {
    use super::{covers, glob};
    use crate::syntax::names::matches_name;

    #[test]
    fn names_and_paths_follow_their_patterns() {
        assert!(matches_name("invoice-*", "invoice-three-way-match"));
        assert!(matches_name("*-match", "invoice-three-way-match"));
        assert!(matches_name("refund", "refund"));
        assert!(!matches_name("refund", "refunds"));
        assert!(!matches_name("a*a", "a"));
        let covers = |pattern: &str, path: &str| covers(&glob(pattern), path);
        assert!(covers("workflows/**", "workflows/finance/refund.yaml"));
        assert!(!covers("contracts/", "workflows/refund.yaml"));
        assert!(!covers("workflows/**", "/workflows/refund.yaml"));
    }
}
