//! Suppressions: findings that an author accepts for a while, and the rules about that.

use super::{Finding, Loaded, Suppressed};
use crate::catalog;
use crate::diagnostic::{Diagnostic, Edit};
use crate::lint::suppression::{
    LOCKED_RULE_SUPPRESSED, SUPPRESSION_INCOMPLETE, SUPPRESSION_UNUSED,
};
use crate::model::Model;
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::decode::nearest;
use crate::syntax::workflow::Suppression;
use crate::yaml::{edit, path};

/// How long a finding may be accepted.
const LONGEST_DAYS: i32 = 180;

/// A suppression with the document that it is written in.
struct Written<'a> {
    kind: &'static str,
    name: &'a str,
    /// The key of the document.
    key: Span,
    suppression: &'a Spanned<Suppression>,
}

/// Marks accepted findings and returns what is wrong with the suppressions themselves. The policies
/// of `governing` say which rules are locked.
pub(super) fn apply(
    findings: &mut [Finding],
    loaded: &Loaded,
    governing: &Model,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for written in all_written(&loaded.model) {
        let suppression = written.suppression;
        let mut complaints = judge(suppression, &loaded.model, governing);
        let in_force = complaints.is_empty();
        let matching: Vec<&mut Finding> = findings
            .iter_mut()
            .filter(|finding| finding.suppressed.is_none() && matches(finding, &written))
            .collect();
        if matching.is_empty() {
            // Where there is nothing to accept, it does not matter that the date is over.
            let until = suppression.value.until.as_ref().map(|until| until.span);
            complaints.retain(|complaint| Some(complaint.span) != until);
            complaints.push(unused(&written, loaded));
        }
        diagnostics.extend(complaints);
        if in_force {
            for finding in matching {
                finding.suppressed = Some(suppressed(&suppression.value));
            }
        }
    }
    diagnostics
}

fn all_written(model: &Model) -> Vec<Written<'_>> {
    let project = &model.project;
    let mut all = Vec::new();
    for entity in &project.workflows {
        add("workflow", entity, &entity.body.suppress, &mut all);
    }
    for entity in &project.contracts {
        add("contract", entity, &entity.body.suppress, &mut all);
    }
    for entity in &project.policies {
        add("policy", entity, &entity.body.suppress, &mut all);
    }
    all
}

fn add<'a, T>(
    kind: &'static str,
    entity: &'a Entity<T>,
    suppressions: &'a [Spanned<Suppression>],
    all: &mut Vec<Written<'a>>,
) {
    all.extend(suppressions.iter().map(|suppression| Written {
        kind,
        name: &entity.name.value,
        key: entity.key,
        suppression,
    }));
}

fn matches(finding: &Finding, written: &Written<'_>) -> bool {
    let suppression = &written.suppression.value;
    let same_document = finding
        .document
        .as_ref()
        .is_some_and(|document| document.kind == written.kind && document.name == written.name);
    let same_rule = suppression
        .rule
        .as_ref()
        .is_some_and(|rule| rule.value == finding.diagnostic.rule.id);
    let same_place = suppression.at.as_ref().is_none_or(|at| {
        finding.path == at.value
            || finding
                .path
                .strip_prefix(&at.value)
                .is_some_and(|rest| rest.starts_with('.'))
    });
    same_document && same_rule && same_place
}

fn judge(suppression: &Spanned<Suppression>, model: &Model, governing: &Model) -> Vec<Diagnostic> {
    let body = &suppression.value;
    let Some(rule) = &body.rule else {
        return Vec::new();
    };
    let mut complaints = Vec::new();
    let missing: Vec<&str> = [
        ("reason", body.reason.is_none()),
        ("until", body.until.is_none()),
        ("approved_by", body.approved_by.is_none()),
    ]
    .into_iter()
    .filter(|(_, is_missing)| *is_missing)
    .map(|(key, _)| key)
    .collect();
    if !missing.is_empty() {
        complaints.push(
            Diagnostic::new(
                &SUPPRESSION_INCOMPLETE,
                rule.span,
                format!(
                    "this suppression of `{}` lacks `{}`",
                    rule.value,
                    missing.join("`, `")
                ),
            )
            .help(format!(
                "add `{}`, or mend what the rule finds",
                missing.join("`, `")
            )),
        );
    }
    complaints.extend(judge_end(rule, body, model));
    complaints.extend(judge_lock(rule, body, governing));
    complaints
}

fn judge_end(
    rule: &Spanned<String>,
    suppression: &Suppression,
    model: &Model,
) -> Option<Diagnostic> {
    let until = suppression.until.as_ref()?;
    let today = model.surroundings.today;
    let days = (until.value.civil - today).get_days();
    let message = if days < 0 {
        format!(
            "this suppression of `{}` ended on {}",
            rule.value, until.value.civil
        )
    } else if days > LONGEST_DAYS {
        format!(
            "this suppression of `{}` lasts {days} days, more than the limit of {LONGEST_DAYS}",
            rule.value
        )
    } else {
        return None;
    };
    let diagnostic = Diagnostic::new(&SUPPRESSION_INCOMPLETE, until.span, message);
    Some(diagnostic.help(
        "mend what the rule finds, or have the finding accepted again with a date within 180 days",
    ))
}

fn judge_lock(
    rule: &Spanned<String>,
    suppression: &Suppression,
    model: &Model,
) -> Option<Diagnostic> {
    let policies = &model.project.policies;
    let locking: Vec<_> = policies
        .iter()
        .filter(|policy| {
            policy
                .body
                .locked
                .iter()
                .any(|locked| locked.value == rule.value)
        })
        .collect();
    let is_locked =
        !locking.is_empty() || catalog::rule(&rule.value).is_some_and(|meta| meta.locked);
    let approver = suppression
        .approved_by
        .as_ref()
        .map(|person| person.name.value.as_str());
    let owners: Vec<&str> = locking
        .iter()
        .filter_map(|policy| policy.body.owner.as_ref())
        .map(|owner| owner.name.value.as_str())
        .collect();
    if !is_locked || approver.is_some_and(|approver| owners.contains(&approver)) {
        return None;
    }
    let help = if owners.is_empty() {
        "mend what the rule finds; no policy lists this rule under `locked`, so nobody may give it up".to_owned()
    } else {
        format!(
            "mend what the rule finds, or have {} accept it in `approved_by`",
            owners.join(" or ")
        )
    };
    let message = format!(
        "`{}` is a locked rule and may not be suppressed alone",
        rule.value
    );
    Some(Diagnostic::new(&LOCKED_RULE_SUPPRESSED, rule.span, message).help(help))
}

fn unused(written: &Written<'_>, loaded: &Loaded) -> Diagnostic {
    let body = &written.suppression.value;
    let Some(rule) = &body.rule else {
        return Diagnostic::new(
            &SUPPRESSION_UNUSED,
            written.suppression.span,
            "this suppression names no rule",
        );
    };
    let name = &rule.value;
    if catalog::rule(name).is_none() {
        let near = nearest(name, catalog::rules().map(|rule| rule.id));
        let finding = Diagnostic::new(
            &SUPPRESSION_UNUSED,
            rule.span,
            format!("there is no rule `{name}`"),
        );
        return match near {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("remove this suppression; `flowgate explain` lists every rule"),
        };
    }
    let place = match &body.at {
        Some(at) => format!("at `{}`", at.value),
        None => "here".to_owned(),
    };
    Diagnostic::new(
        &SUPPRESSION_UNUSED,
        rule.span,
        format!("nothing {place} breaks `{name}`"),
    )
    .help("remove this suppression")
    .safe_fix(removal(written, loaded))
}

/// Removes a suppression, and the whole list when it is the only one.
fn removal(written: &Written<'_>, loaded: &Loaded) -> Option<Edit> {
    let text = loaded.sources.file(written.key.source).text();
    let mut streams = loaded.streams.iter();
    let (_, stream) = streams.find(|(source, _)| *source == written.key.source)?;
    let mut documents = stream.documents.iter();
    let entry = documents.find_map(|document| path::entry_at(document, text, written.key))?;
    let mapping = entry.value.mapping()?;
    let list = mapping.get("suppress")?;
    let items = list.value.sequence()?;
    if items.len() == 1 {
        edit::remove_entry(mapping, list.key.span(), text)
    } else {
        edit::remove_item(items, written.suppression.span, text)
    }
}

fn suppressed(suppression: &Suppression) -> Suppressed {
    Suppressed {
        reason: suppression
            .reason
            .as_ref()
            .map(|reason| reason.value.clone())
            .unwrap_or_default(),
        until: suppression
            .until
            .as_ref()
            .map(|until| until.value.civil.to_string()),
        approved_by: suppression
            .approved_by
            .as_ref()
            .map(|person| person.name.value.clone()),
    }
}
