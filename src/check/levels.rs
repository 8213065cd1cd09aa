//! The level that a finding really has: the rule's own, changed by project file and policies.

use std::collections::HashMap;

use super::Finding;
use crate::catalog;
use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::rule::{Family, Level};
use crate::syntax::decode::nearest;
use crate::syntax::policy::{LevelSetting, Levels};
use crate::syntax::rules::INVALID_VALUE;
use crate::syntax::workflow::Status;

/// Changed levels of a project.
pub(super) struct Selection<'a> {
    changed: HashMap<&'a str, LevelSetting>,
    drafts: Vec<&'a str>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Selection<'a> {
    /// Policies without `match` and the project file apply everywhere; the project file comes
    /// last, but cannot lower a rule that a policy locks.
    pub(super) fn new(model: &'a Model) -> Self {
        let mut selection = Selection {
            changed: HashMap::new(),
            drafts: drafts(model),
            diagnostics: Vec::new(),
        };
        for policy in &model.project.policies {
            for level in policy
                .body
                .levels
                .iter()
                .filter(|level| level.selector.is_none())
            {
                selection.take(level.set.as_ref());
            }
        }
        selection.take(model.config().map(|config| &config.levels));
        for policy in &model.project.policies {
            for locked in &policy.body.locked {
                selection.changed.remove(locked.value.as_str());
                selection.judge_name(&locked.value, locked.span);
            }
        }
        selection
    }

    fn take(&mut self, levels: Option<&'a Levels>) {
        for (rule, level) in levels.into_iter().flat_map(Levels::iter) {
            self.judge_name(&rule.value, rule.span);
            self.changed.insert(&rule.value, level.value);
        }
    }

    /// An unknown rule in a setting is without effect, so it is reported.
    fn judge_name(&mut self, name: &str, span: crate::source::Span) {
        if catalog::rule(name).is_some() {
            return;
        }
        let message = format!("there is no rule `{name}`");
        let diagnostic = Diagnostic::new(&INVALID_VALUE, span, message);
        self.diagnostics.push(
            match nearest(name, catalog::rules().map(|rule| rule.id.as_ref())) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help("`flowgate explain` lists every rule"),
            },
        );
    }

    /// What is wrong with the settings themselves.
    pub(super) fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.clone()
    }

    /// The finding at its real level; `None` when the rule is off.
    pub(super) fn apply(&self, mut finding: Finding) -> Option<Finding> {
        let rule = &finding.diagnostic.rule;
        let family = rule.family;
        match self.changed.get(rule.id.as_ref()) {
            Some(LevelSetting::Off) => return None,
            Some(LevelSetting::Info) => finding.diagnostic.level = Level::Info,
            Some(LevelSetting::Warning) => finding.diagnostic.level = Level::Warning,
            Some(LevelSetting::Error) => finding.diagnostic.level = Level::Error,
            None => {}
        }
        let about_a_draft = finding.document.as_ref().is_some_and(|document| {
            document.kind == "workflow" && self.drafts.contains(&document.name.as_str())
        });
        if about_a_draft && family != Family::Structure {
            finding.diagnostic.level = finding.diagnostic.level.min(Level::Warning);
        }
        Some(finding)
    }
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
