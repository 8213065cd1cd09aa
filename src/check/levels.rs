//! The level that a finding really has: the rule's own, changed by project file and policies.

use std::collections::HashMap;

use super::Finding;
use crate::catalog;
use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::rule::{Family, Level};
use crate::source::Spanned;
use crate::syntax::decode::nearest;
use crate::syntax::policy::{LevelSetting, Levels};
use crate::syntax::rules::INVALID_VALUE;
use crate::syntax::workflow::Status;

/// Changed levels of a project.
pub(super) struct Selection<'a> {
    changed: HashMap<&'a str, LevelSetting>,
    drafts: Vec<&'a str>,
}

impl<'a> Selection<'a> {
    /// Policies without `match` and the project file apply everywhere; the project file comes
    /// last, but cannot lower a rule that a policy locks. The settings are those of `governing`, the
    /// findings they apply to are those of `judged`; the two differ when a change is judged.
    pub(super) fn new(governing: &'a Model, judged: &'a Model) -> Self {
        let mut changed = HashMap::new();
        for level in general_levels(governing) {
            let names = level.iter();
            changed.extend(names.map(|(rule, level)| (rule.value.as_str(), level.value)));
        }
        for locked in locked_rules(governing) {
            changed.remove(locked.value.as_str());
        }
        Selection {
            changed,
            drafts: drafts(judged),
        }
    }

    /// The finding at its real level; `None` when the rule is off.
    pub(super) fn apply(&self, mut finding: Finding) -> Option<Finding> {
        let rule = finding.diagnostic.rule;
        match self.changed.get(rule.id) {
            Some(LevelSetting::Off) => return None,
            Some(LevelSetting::Info) => finding.diagnostic.level = Level::Info,
            Some(LevelSetting::Warning) => finding.diagnostic.level = Level::Warning,
            Some(LevelSetting::Error) => finding.diagnostic.level = Level::Error,
            None => {}
        }
        let about_a_draft = finding.document.as_ref().is_some_and(|document| {
            document.kind == "workflow" && self.drafts.contains(&document.name.as_str())
        });
        if about_a_draft && rule.family != Family::Structure {
            finding.diagnostic.level = finding.diagnostic.level.min(Level::Warning);
        }
        Some(finding)
    }
}

/// The settings that hold for every document, the strongest last.
fn general_levels(model: &Model) -> impl Iterator<Item = &Levels> {
    let policies = model.project.policies.iter();
    let overrides = policies.flat_map(|policy| &policy.body.levels);
    overrides
        .filter(|level| level.selector.is_none())
        .filter_map(|level| level.set.as_ref())
        .chain(model.config().map(|config| &config.levels))
}

fn locked_rules(model: &Model) -> impl Iterator<Item = &Spanned<String>> {
    let policies = model.project.policies.iter();
    policies.flat_map(|policy| &policy.body.locked)
}

/// Settings of rules that do not exist are without effect, so they are reported.
pub(super) fn unknown_rules(model: &Model) -> Vec<Diagnostic> {
    let levels = general_levels(model).flat_map(Levels::iter);
    let names = levels.map(|(rule, _)| rule).chain(locked_rules(model));
    names
        .filter(|name| catalog::rule(&name.value).is_none())
        .map(|name| {
            let message = format!("there is no rule `{}`", name.value);
            let diagnostic = Diagnostic::new(&INVALID_VALUE, name.span, message);
            match nearest(&name.value, catalog::rules().map(|rule| rule.id)) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help("`flowgate explain` lists every rule"),
            }
        })
        .collect()
}

/// Drafts are reported, not enforced.
fn drafts(model: &Model) -> Vec<&str> {
    model
        .project
        .workflows
        .iter()
        .filter(|workflow| {
            let status = workflow.body.status.as_ref().map(|status| status.value);
            status == Some(Status::Draft)
        })
        .map(|workflow| workflow.name.value.as_str())
        .collect()
}
