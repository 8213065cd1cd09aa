//! Which documents and changes a policy means.

use ignore::gitignore::GitignoreBuilder;

use super::declaration::{Class, ControlEffect};
use super::impact::{DocumentImpact, JudgedChange};
use crate::source::Spanned;
use crate::syntax::names::OneOrMany;
use crate::syntax::policy::{ChangeClass, ControlDirection, Selector};

/// True when every key that is written fits the document.
pub(super) fn fits_document(selector: &Selector, document: &DocumentImpact) -> bool {
    let any = |values: &OneOrMany<Spanned<String>>, fits: &dyn Fn(&str) -> bool| {
        values.is_empty() || values.iter().any(|value| fits(&value.value))
    };
    let names = document.names();
    let risk = selector.risk.is_empty()
        || selector
            .risk
            .iter()
            .any(|risk| document.risks.contains(&risk.value.text));
    let stage = selector
        .stage
        .is_none_or(|stage| document.stage >= stage.value.number);
    risk && stage
        && any(&selector.kind, &|kind| kind == document.facts.kind.as_str())
        && any(&selector.name, &|pattern| {
            names.iter().any(|name| matches_name(pattern, name))
        })
        && any(&selector.team, &|team| document.teams.contains(team))
        && any(&selector.path, &|pattern| {
            document
                .paths
                .iter()
                .any(|path| matches_path(pattern, path))
        })
}

/// True when every key that is written about changes fits this one.
pub(super) fn fits_change(selector: &Selector, judged: &JudgedChange) -> bool {
    let control = selector.control.is_none_or(|control| {
        let wanted = match control.value {
            ControlDirection::Weakened => ControlEffect::Weakened,
            ControlDirection::Strengthened => ControlEffect::Strengthened,
        };
        judged.verdict.control == wanted
    });
    let class = selector.class.is_none_or(|class| {
        let wanted = match class.value {
            ChangeClass::Breaking => Class::Breaking,
            ChangeClass::Additive => Class::Additive,
            ChangeClass::Patch => Class::Patch,
            ChangeClass::Review => Class::Review,
        };
        judged.verdict.class == wanted
    });
    control && class
}

/// `*` stands for any characters.
fn matches_name(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, tail)) => rest = tail,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// As in `.gitignore`; a pattern that cannot be read fits everything, so that nobody is left out.
fn matches_path(pattern: &str, path: &str) -> bool {
    let mut builder = GitignoreBuilder::new("");
    if builder.add_line(None, pattern).is_err() {
        return true;
    }
    match builder.build() {
        Ok(patterns) => patterns
            .matched_path_or_any_parents(path, false)
            .is_ignore(),
        Err(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{matches_name, matches_path};

    #[test]
    fn names_and_paths_follow_their_patterns() {
        assert!(matches_name("invoice-*", "invoice-three-way-match"));
        assert!(matches_name("*-match", "invoice-three-way-match"));
        assert!(matches_name("refund", "refund"));
        assert!(!matches_name("refund", "refunds"));
        assert!(!matches_name("a*a", "a"));
        assert!(matches_path(
            "workflows/**",
            "workflows/finance/refund.yaml"
        ));
        assert!(!matches_path("contracts/", "workflows/refund.yaml"));
    }
}
