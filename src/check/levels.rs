//! The level that a finding really has: the rule's own, changed by project file and policies.

use std::collections::{BTreeSet, HashMap};

use super::rulebook::Rulebook;
use super::{Finding, Loaded};
use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::model::selector::{Described, Matcher};
use crate::rule::{Family, Level};
use crate::source::Sources;
use crate::syntax::DocumentKind;
use crate::syntax::policy::{LevelSetting, Levels};
use crate::syntax::rules::INVALID_VALUE;
use crate::syntax::workflow::Status;

/// A changed level, for all documents or for some.
struct Setting<'a> {
    matcher: Option<Matcher<'a>>,
    level: LevelSetting,
}

/// Changed levels of a project.
pub(super) struct Selection<'a> {
    /// By rule, in the order in which they count.
    settings: HashMap<&'a str, Vec<Setting<'a>>>,
    locked: BTreeSet<&'a str>,
    drafts: Vec<&'a str>,
    diagnostics: Vec<Diagnostic>,
    model: &'a Model,
    sources: &'a Sources,
}

impl<'a> Selection<'a> {
    /// What policies say counts in written order, packs first; the project file comes last.
    /// Neither can lower a rule that a policy locks.
    pub(super) fn new(loaded: &'a Loaded, rulebook: &Rulebook) -> Self {
        let model = &loaded.model;
        let mut selection = Selection {
            settings: HashMap::new(),
            locked: BTreeSet::new(),
            drafts: drafts(model),
            diagnostics: Vec::new(),
            model,
            sources: &loaded.sources,
        };
        let project = &model.project;
        for policy in project.packs.iter().chain(&project.policies) {
            for level in &policy.body.levels {
                let matcher = level.selector.as_ref().map(Matcher::new);
                selection.take(level.set.as_ref(), matcher.as_ref(), rulebook);
            }
        }
        selection.take(model.config().map(|config| &config.levels), None, rulebook);
        for locked in project
            .all_policies()
            .flat_map(|policy| &policy.body.locked)
        {
            selection.locked.insert(&locked.value);
            selection.judge_name(&locked.value, locked.span, rulebook);
        }
        selection
    }

    fn take(
        &mut self,
        levels: Option<&'a Levels>,
        matcher: Option<&Matcher<'a>>,
        rulebook: &Rulebook,
    ) {
        for (rule, level) in levels.into_iter().flat_map(Levels::iter) {
            self.judge_name(&rule.value, rule.span, rulebook);
            self.settings.entry(&rule.value).or_default().push(Setting {
                matcher: matcher.cloned(),
                level: level.value,
            });
        }
    }

    /// An unknown rule in a setting is without effect, so it is reported.
    fn judge_name(&mut self, name: &str, span: crate::source::Span, rulebook: &Rulebook) {
        if rulebook.knows(name) {
            return;
        }
        let message = format!("there is no rule `{name}`");
        let diagnostic = Diagnostic::new(&INVALID_VALUE, span, message);
        self.diagnostics.push(match rulebook.nearest(name) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help("`flowgate explain` lists every rule"),
        });
    }

    /// What is wrong with the settings themselves.
    pub(super) fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.clone()
    }

    /// The finding at its real level; `None` when the rule is off.
    pub(super) fn apply(&self, mut finding: Finding) -> Option<Finding> {
        let own = finding.diagnostic.level;
        let mut level = Some(own);
        let rule = finding.diagnostic.rule.id.as_ref();
        let is_locked = self.locked.contains(rule);
        for setting in self.settings.get(rule).into_iter().flatten() {
            if self.is_meant(setting, &finding) {
                let set = level_of(setting.level);
                level = if is_locked { level.max(set) } else { set };
            }
        }
        let family = finding.diagnostic.rule.family;
        finding.diagnostic.level = level?;
        let about_a_draft = finding.document.as_ref().is_some_and(|document| {
            document.kind == "workflow" && self.drafts.contains(&document.name.as_str())
        });
        if about_a_draft && family != Family::Structure {
            finding.diagnostic.level = finding.diagnostic.level.min(Level::Warning);
        }
        Some(finding)
    }

    /// True when a setting is about the document of a finding. One that names documents is not
    /// about what stands in none.
    fn is_meant(&self, setting: &Setting<'_>, finding: &Finding) -> bool {
        let Some(matcher) = &setting.matcher else {
            return true;
        };
        let Some(document) = &finding.document else {
            return false;
        };
        let mut kinds = DocumentKind::ALL.into_iter();
        let Some(kind) = kinds.find(|kind| kind.as_str() == document.kind) else {
            return false;
        };
        let path = self.sources.file(finding.diagnostic.span.source).path();
        matcher.fits(&Described::of(self.model, kind, &document.name, path))
    }
}

fn level_of(setting: LevelSetting) -> Option<Level> {
    match setting {
        LevelSetting::Off => None,
        LevelSetting::Info => Some(Level::Info),
        LevelSetting::Warning => Some(Level::Warning),
        LevelSetting::Error => Some(Level::Error),
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
