//! Everything that can be explained: the rules of every layer, in reference order.

pub mod policies;
pub mod reference;
pub mod schema;

use crate::compat::{self, ChangeMeta};
use crate::lint;
use crate::model;
use crate::policy;
use crate::rule::Meta;
use crate::run;
use crate::syntax;
use crate::target;
use crate::yaml;

/// Every rule: those of reading first, then the built-in ones, then those about changes.
pub fn rules() -> impl Iterator<Item = &'static Meta> {
    let reading = yaml::rules::RULES.iter().copied();
    let decoding = syntax::rules::RULES.iter().copied();
    let resolving = model::rules::RULES.iter().copied();
    let linting = lint::rules::RULES.iter().map(|rule| &rule.meta);
    let governing = policy::rules::RULES.iter().copied();
    let playing = run::rules::RULES.iter().copied();
    let compiling = target::rules::RULES.iter().copied();
    let suppressing = lint::suppression::RULES.iter().copied();
    let changing = compat::rules::RULES.iter().map(|rule| rule.meta);
    reading
        .chain(decoding)
        .chain(resolving)
        .chain(linting)
        .chain(governing)
        .chain(playing)
        .chain(compiling)
        .chain(suppressing)
        .chain(changing)
}

/// The rule of a name.
pub fn rule(name: &str) -> Option<&'static Meta> {
    rules().find(|rule| rule.id == name)
}

/// The requirement of a shipped pack, by its name as a rule.
pub fn policy(name: &str) -> Option<&'static Meta> {
    let mut shipped = policies::shipped().iter();
    shipped
        .find(|shipped| shipped.meta.id == name)
        .map(|shipped| shipped.meta.as_ref())
}

/// The kind of change of a name.
pub fn change(name: &str) -> Option<&'static ChangeMeta> {
    compat::changes().find(|change| change.id == name)
}

/// Every name that can be explained: rules, then kinds of changes, shipped policies, and targets.
pub fn names() -> impl Iterator<Item = &'static str> {
    let changes = compat::changes().map(|change| change.id);
    let policies = policies::shipped()
        .iter()
        .map(|shipped| shipped.meta.id.as_ref());
    let rules = rules().map(|rule| rule.id.as_ref());
    let targets = target::TARGETS.iter().map(|target| target.id);
    rules.chain(changes).chain(policies).chain(targets)
}

/// Every rule by family in reference order; inside a family in the order of [`rules`].
pub fn rules_by_family() -> Vec<&'static Meta> {
    let mut rules: Vec<&'static Meta> = rules().collect();
    rules.sort_by_key(|rule| rule.family);
    rules
}
