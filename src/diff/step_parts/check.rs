//! Facts about what a step makes sure of: assertions, and records matched with each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::fact::{Fact, canonical_expression, collapsed};
use crate::diff::kind::StepChange;
use crate::diff::recorder::{Presence, Recorder};
use crate::source::Spanned;
use crate::syntax::step::{Check, Match, Step};

pub(super) fn compare_checks(recorder: &mut Recorder<'_>, before: &Step, after: &Step) {
    if before.check.is_none() || after.check.is_none() {
        return;
    }
    let checks = |step: &Step| -> Vec<Fact> {
        let checks = step.check.iter().flat_map(|checks| &checks.value);
        checks.filter_map(check_fact).collect()
    };
    recorder.members(
        "check",
        Some(after.name()),
        StepChange::CheckAdded,
        StepChange::CheckRemoved,
        checks(before),
        checks(after),
    );
    let messages = |step: &Step| -> Vec<Spanned<String>> {
        let checks = step.check.iter().flat_map(|checks| &checks.value);
        checks
            .filter_map(|check| check.message.as_ref())
            .map(|message| Spanned::new(message.text.clone(), message.span))
            .collect()
    };
    recorder.texts("message", &messages(before), &messages(after));
}

fn check_fact(check: &Check) -> Option<Fact> {
    let that = check.that.as_ref()?;
    let raise = check
        .raise
        .as_ref()
        .map_or("", |raise| raise.name.value.as_str());
    let canonical = format!("{} reason:{raise}", canonical_expression(&that.text));
    Some(Fact::new(collapsed(&that.text), that.span).compared_by(canonical))
}

/// Assertions on one line.
pub(in crate::diff) fn checks_text(checks: &[Check]) -> String {
    let texts: Vec<String> = checks
        .iter()
        .filter_map(|check| check.that.as_ref())
        .map(|that| collapsed(&that.text))
        .collect();
    format!("check {}", texts.join(" and "))
}

pub(super) fn compare_matching(
    recorder: &mut Recorder<'_>,
    name: &str,
    before: &Option<Spanned<Match>>,
    after: &Option<Spanned<Match>>,
) {
    let (Some(before), Some(after)) = (before, after) else {
        return;
    };
    let (old, new) = (matching(before), matching(after));
    for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        recorder.compare(
            key,
            name,
            Presence::any(StepChange::CheckChanged),
            old.get(key).cloned(),
            new.get(key).cloned(),
        );
    }
}

/// The parts of a match, by what identifies each.
fn matching(written: &Spanned<Match>) -> BTreeMap<String, Fact> {
    let rule = &written.value;
    let mut parts = BTreeMap::new();
    if let Some(claim) = &rule.claim {
        parts.insert("claim".to_owned(), Fact::expression(claim));
    }
    if let Some(key) = &rule.key {
        parts.insert(
            "key".to_owned(),
            Fact::new(key.value.text.clone(), key.span),
        );
    }
    for (name, against) in rule.against.iter().flat_map(|against| against.iter()) {
        parts.insert(format!("against.{}", name.value), Fact::expression(against));
    }
    for (name, reason) in rule.missing.iter() {
        let reason = &reason.name;
        let fact = Fact::text(reason).compared_by(format!("reason:{}", reason.value));
        parts.insert(format!("missing.{}", name.value), fact);
    }
    for comparison in &rule.compare {
        let field = comparison.field.as_ref();
        let field = field.map_or("", |field| field.value.text.as_str());
        let with = comparison
            .with
            .as_ref()
            .map_or("", |with| with.value.text.as_str());
        let raise = comparison
            .raise
            .as_ref()
            .map_or("", |raise| raise.name.value.as_str());
        let tolerance = comparison.tolerance.as_ref().map(Fact::expression);
        let shown = tolerance
            .as_ref()
            .map_or("no tolerance".to_owned(), |tolerance| {
                format!("within {}", tolerance.site.text)
            });
        let span = comparison
            .field
            .as_ref()
            .map_or(written.span, |field| field.span);
        let canonical = tolerance
            .as_ref()
            .map_or("", |tolerance| tolerance.canonical());
        let fact = Fact::new(format!("{field} {shown}"), span)
            .compared_by(format!("{canonical} reason:{raise}"));
        parts.insert(format!("compare.{field}.{with}"), fact);
    }
    parts
}
