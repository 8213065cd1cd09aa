//! Suppressions: findings that an author accepts for a while, and the rules about that.

use super::{Finding, Suppressed};
use crate::diagnostic::Diagnostic;
use crate::lint::suppression::{
    LOCKED_RULE_SUPPRESSED, SUPPRESSION_INCOMPLETE, SUPPRESSION_UNUSED,
};
use crate::model::Model;
use crate::source::Spanned;
use crate::syntax::workflow::Suppression;

/// How long a finding may be accepted.
const LONGEST_DAYS: i32 = 180;

/// Marks accepted findings and returns what is wrong with the suppressions themselves.
pub(super) fn apply(findings: &mut [Finding], model: &Model) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for (kind, name, suppression) in written(model) {
        let complaints = judge(suppression, model);
        let in_force = complaints.is_empty();
        diagnostics.extend(complaints);
        let matching: Vec<&mut Finding> = findings
            .iter_mut()
            .filter(|finding| {
                finding.suppressed.is_none() && matches(finding, kind, name, &suppression.value)
            })
            .collect();
        if matching.is_empty() {
            diagnostics.push(unused(suppression));
        }
        if in_force {
            for finding in matching {
                finding.suppressed = Some(suppressed(&suppression.value));
            }
        }
    }
    diagnostics
}

fn written(model: &Model) -> Vec<(&'static str, &str, &Spanned<Suppression>)> {
    let project = &model.project;
    let workflows = project.workflows.iter().flat_map(|entity| {
        entity
            .body
            .suppress
            .iter()
            .map(|item| ("workflow", entity.name.value.as_str(), item))
    });
    let contracts = project.contracts.iter().flat_map(|entity| {
        entity
            .body
            .suppress
            .iter()
            .map(|item| ("contract", entity.name.value.as_str(), item))
    });
    let policies = project.policies.iter().flat_map(|entity| {
        entity
            .body
            .suppress
            .iter()
            .map(|item| ("policy", entity.name.value.as_str(), item))
    });
    workflows.chain(contracts).chain(policies).collect()
}

fn matches(finding: &Finding, kind: &str, name: &str, suppression: &Suppression) -> bool {
    let same_document = finding
        .document
        .as_ref()
        .is_some_and(|document| document.kind == kind && document.name == name);
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

fn judge(suppression: &Spanned<Suppression>, model: &Model) -> Vec<Diagnostic> {
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
    complaints.extend(judge_lock(rule, body, model));
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
        !locking.is_empty() || crate::catalog::rule(&rule.value).is_some_and(|meta| meta.locked);
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

fn unused(suppression: &Spanned<Suppression>) -> Diagnostic {
    let rule = suppression.value.rule.as_ref();
    let span = rule.map_or(suppression.span, |rule| rule.span);
    let name = rule.map_or("", |rule| rule.value.as_str());
    Diagnostic::new(
        &SUPPRESSION_UNUSED,
        span,
        format!("nothing here breaks `{name}`"),
    )
    .help("remove this suppression")
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
