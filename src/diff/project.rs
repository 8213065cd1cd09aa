//! Facts about the project file.

use std::collections::BTreeSet;

use super::documents::compare_suppressions;
use super::fact::{Fact, joined};
use super::kind::{DirectoryChange, PolicyChange, StepChange};
use super::pairing::{Identity, pair};
use super::policy::{LevelsByRule, collect_levels, compare_levels};
use super::recorder::{Named, Places, Presence, Recorder, named};
use super::step_parts::call::retry_text;
use super::{DocumentChanges, DocumentSide};
use crate::model::Model;
use crate::source::Spanned;
use crate::syntax::DocumentKind;
use crate::syntax::config::{ProjectFile, VersionSource};
use crate::syntax::document::Entity;
use crate::syntax::scalars::Literal;
use crate::syntax::step::RetryPolicy;

/// Compares the project files; the first one of each side counts.
pub(super) fn compare(before: &Model, after: &Model) -> Option<DocumentChanges> {
    let mut recorder = Recorder::new(before, after);
    let first = |model: &'_ Model| model.project.configs.first().cloned();
    let (old, new) = (first(before), first(after));
    match (&old, &new) {
        (Some(old), Some(new)) => compare_files(&mut recorder, old, new),
        (old, new) => {
            let fact = |file: &Option<Entity<ProjectFile>>| {
                file.as_ref()
                    .map(|file| Fact::new("flowgate.yaml", file.key))
            };
            let kinds = Presence::new(
                DirectoryChange::DirectoryEntryAdded,
                DirectoryChange::DirectoryEntryRemoved,
                DirectoryChange::DirectoryEntryChanged,
            );
            recorder.compare("flowgate", "flowgate.yaml", kinds, fact(old), fact(new));
        }
    }
    let side = |file: &Option<Entity<ProjectFile>>| {
        file.as_ref().map(|file| DocumentSide {
            name: String::new(),
            version: None,
            key: file.key,
        })
    };
    let changes = recorder.finish();
    (!changes.is_empty()).then(|| DocumentChanges {
        kind: DocumentKind::Project,
        before: side(&old),
        after: side(&new),
        changes,
    })
}

fn compare_files(
    recorder: &mut Recorder<'_>,
    before: &Entity<ProjectFile>,
    after: &Entity<ProjectFile>,
) {
    let (old, new) = (&before.body, &after.body);
    compare_settings(recorder, before, after);
    recorder.within("retries", |recorder| compare_retries(recorder, old, new));
    recorder.within("lists", |recorder| compare_lists(recorder, old, new));
    recorder.within("levels", |recorder| {
        let levels = |file: &ProjectFile| {
            let mut levels = LevelsByRule::new();
            collect_levels(Some(&file.levels), "", &mut levels);
            levels
        };
        compare_levels(recorder, &levels(old), &levels(new));
    });
    let packs = |file: &ProjectFile| file.policies.iter().map(Fact::text).collect();
    recorder.members(
        "policies",
        None,
        PolicyChange::PolicyAdded,
        PolicyChange::PolicyRemoved,
        packs(old),
        packs(new),
    );
    let baseline = |file: &ProjectFile| file.baseline.as_ref().map(Fact::text);
    let kinds = Presence::new(
        PolicyChange::BaselineNamed,
        PolicyChange::BaselineDropped,
        PolicyChange::BaselineNamed,
    );
    recorder.compare("baseline", "baseline", kinds, baseline(old), baseline(new));
    compare_suppressions(recorder, &old.suppress, &new.suppress);
    let places = Places {
        before: before.key,
        after: after.key,
    };
    recorder.extensions(places, &old.extensions, &new.extensions);
}

fn compare_settings(
    recorder: &mut Recorder<'_>,
    before: &Entity<ProjectFile>,
    after: &Entity<ProjectFile>,
) {
    let settings = (settings(&before.body), settings(&after.body));
    for ((key, old), (_, new)) in settings.0.into_iter().zip(settings.1) {
        let kind = Presence::any(PolicyChange::ProjectSettingChanged);
        recorder.compare(key, key, kind, old, new);
    }
}

fn settings(file: &ProjectFile) -> Vec<(&'static str, Option<Fact>)> {
    let project = file.project.clone().unwrap_or_default();
    let versioning = file.versioning.clone().unwrap_or_default();
    let list = |values: &[Spanned<String>]| {
        let facts: Vec<Fact> = values.iter().map(Fact::text).collect();
        facts
            .first()
            .and_then(|first| joined(&facts, first.site.span))
    };
    let text = |text: &Option<Spanned<String>>| text.as_ref().map(Fact::text);
    let risks: Vec<Fact> = file
        .risks
        .iter()
        .map(|risk| Fact::new(risk.value.text.clone(), risk.span))
        .collect();
    let name = project.name.as_ref();
    vec![
        ("flowgate", file.edition.as_ref().map(Fact::number)),
        ("requires", text(&file.requires)),
        (
            "project.name",
            name.map(|name| Fact::new(name.value.text.clone(), name.span)),
        ),
        ("project.summary", text(&project.summary)),
        ("project.roots", list(&project.roots)),
        ("project.exclude", list(&project.exclude)),
        ("project.base", text(&project.base)),
        (
            "versioning.source",
            versioning
                .source
                .as_ref()
                .map(|source| Fact::word(source, VersionSource::as_str)),
        ),
        ("versioning.tag", text(&versioning.tag)),
        ("versioning.contract_tag", text(&versioning.contract_tag)),
        ("versioning.signed", Fact::set_flag(&versioning.signed)),
        (
            "risks",
            risks
                .first()
                .and_then(|first| joined(&risks, first.site.span)),
        ),
    ]
}

fn compare_retries(recorder: &mut Recorder<'_>, before: &ProjectFile, after: &ProjectFile) {
    let identity = Identity {
        name: |retry: &Named<'_, RetryPolicy>| retry.name.value.as_str(),
        renamed_from: |_| None,
    };
    let (before, after) = (named(&before.retries), named(&after.retries));
    for pair in pair(&before, &after, identity) {
        let name = pair
            .after
            .or(pair.before)
            .map_or("", |retry| retry.name.value.as_str());
        let fact = |retry: Option<&Named<'_, RetryPolicy>>| {
            retry.map(|retry| Fact::new(retry_text(retry.value), retry.name.span))
        };
        let kind = Presence::any(StepChange::RetryChanged);
        recorder.compare(name, name, kind, fact(pair.before), fact(pair.after));
    }
}

fn compare_lists(recorder: &mut Recorder<'_>, before: &ProjectFile, after: &ProjectFile) {
    let names: BTreeSet<&str> = before.lists.names().chain(after.lists.names()).collect();
    for name in names {
        let fact = |file: &ProjectFile| {
            let (key, list): (_, &Spanned<Vec<Spanned<Literal>>>) = file.lists.entry(name)?;
            let values: Vec<Fact> = list.value.iter().map(Fact::literal).collect();
            Some(joined(&values, list.span).unwrap_or_else(|| Fact::new("empty", key.span)))
        };
        let kind = Presence::any(PolicyChange::ListChanged);
        recorder.compare(name, name, kind, fact(before), fact(after));
    }
}
