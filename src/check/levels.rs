//! The level that a finding really has: the rule's own, changed by project file and policies.

use std::collections::{BTreeSet, HashMap};

use super::Finding;
use super::rulebook::Rulebook;
use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::model::selector::{Described, Matcher};
use crate::rule::{Family, Level};
use crate::source::{Sources, Spanned};
use crate::syntax::DocumentKind;
use crate::syntax::governance::Status;
use crate::syntax::policy::{LevelSetting, Levels, Selector};
use crate::syntax::rules::INVALID_VALUE;

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
    /// The project that the findings are about, with its texts.
    judged: &'a Model,
    sources: &'a Sources,
}

impl<'a> Selection<'a> {
    /// What policies say counts in written order, packs first; the project file comes last.
    /// Neither can lower a rule that a policy locks. The settings are those of `governing`, the
    /// findings they apply to are those of `judged`; the two differ when a change is judged.
    pub(super) fn new(governing: &'a Model, judged: &'a Model, sources: &'a Sources) -> Self {
        let mut settings: HashMap<&str, Vec<Setting<'_>>> = HashMap::new();
        for (selector, levels) in settings_of(governing) {
            let matcher = selector.map(Matcher::new);
            for (rule, level) in levels.iter() {
                settings.entry(&rule.value).or_default().push(Setting {
                    matcher: matcher.clone(),
                    level: level.value,
                });
            }
        }
        Selection {
            settings,
            locked: locked_rules(governing)
                .map(|rule| rule.value.as_str())
                .collect(),
            drafts: drafts(judged),
            judged,
            sources,
        }
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
        matcher.fits(&Described::of(self.judged, kind, &document.name, path))
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

/// The settings with the documents that they are about, the strongest last.
fn settings_of(model: &Model) -> impl Iterator<Item = (Option<&Selector>, &Levels)> {
    let project = &model.project;
    let policies = project.packs.iter().chain(&project.policies);
    let overrides = policies.flat_map(|policy| &policy.body.levels);
    let of_policies =
        overrides.filter_map(|level| Some((level.selector.as_ref(), level.set.as_ref()?)));
    of_policies.chain(model.config().map(|config| (None, &config.levels)))
}

fn locked_rules(model: &Model) -> impl Iterator<Item = &Spanned<String>> {
    let policies = model.project.all_policies();
    policies.flat_map(|policy| &policy.body.locked)
}

/// Settings of rules that do not exist are without effect, so they are reported.
pub(super) fn unknown_rules(model: &Model, rulebook: &Rulebook) -> Vec<Diagnostic> {
    let levels = settings_of(model).flat_map(|(_, levels)| levels.iter());
    let names = levels.map(|(rule, _)| rule).chain(locked_rules(model));
    names
        .filter(|name| !rulebook.knows(&name.value))
        .map(|name| {
            let message = format!("there is no rule `{}`", name.value);
            let diagnostic = Diagnostic::new(&INVALID_VALUE, name.span, message);
            match rulebook.nearest(&name.value) {
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
