//! Facts about policies.

mod evidence;
mod separation;

use std::collections::BTreeMap;

use super::documents::{compare_acceptances, compare_life, compare_suppressions};
use super::fact::Fact;
use super::kind::{DocumentChange, PolicyChange};
use super::pairing::{Identity, pair};
use super::recorder::{Places, Presence, Recorder};
use crate::source::{Span, Spanned};
use crate::syntax::document::Entity;
use crate::syntax::policy::{
    AcceptanceRule, ApprovalDemand, Approver, LevelSetting, Levels, Policy, Requirement, Selector,
};
use crate::syntax::step::{ApprovalCount, Count};

/// Compares two versions of a policy.
pub(super) fn compare(
    recorder: &mut Recorder<'_>,
    before: &Entity<Policy>,
    after: &Entity<Policy>,
) {
    let (old, new) = (&before.body, &after.body);
    let names = (&before.name, &after.name);
    compare_life(recorder, (&old.status, &None), (&new.status, &None), names);
    recorder.text("summary", &old.summary, &new.summary);
    let owner = |policy: &Policy| policy.owner.as_ref().map(|owner| Fact::text(&owner.name));
    recorder.compare(
        "owner",
        "owner",
        Presence::any(DocumentChange::OwnerChanged),
        owner(old),
        owner(new),
    );
    recorder.within("levels", |recorder| compare_overrides(recorder, old, new));
    compare_requirements(recorder, &old.require, &new.require);
    separation::compare(recorder, &old.separate, &new.separate);
    compare_approvals(recorder, &old.approvals, &new.approvals);
    compare_acceptance_rules(recorder, &old.acceptance, &new.acceptance);
    evidence::compare(
        recorder,
        (&old.evidence, before.key),
        (&new.evidence, after.key),
    );
    let locked = |policy: &Policy| policy.locked.iter().map(Fact::text).collect();
    recorder.members(
        "locked",
        None,
        PolicyChange::LockAdded,
        PolicyChange::LockRemoved,
        locked(old),
        locked(new),
    );
    compare_suppressions(recorder, &old.suppress, &new.suppress);
    compare_acceptances(recorder, &old.accept, &new.accept);
    let places = Places {
        before: before.key,
        after: after.key,
    };
    recorder.extensions(places, &old.extensions, &new.extensions);
}

/// Which documents or changes are meant, on one line.
pub fn selector_text(selector: Option<&Selector>) -> String {
    let Some(selector) = selector else {
        return "everything".to_owned();
    };
    let list = |key: &str, values: Vec<&str>| {
        let mut values = values;
        values.sort_unstable();
        (!values.is_empty()).then(|| format!("{key} {}", values.join(" or ")))
    };
    let texts = |values: &'_ crate::syntax::names::OneOrMany<Spanned<String>>| -> Vec<String> {
        values.iter().map(|value| value.value.clone()).collect()
    };
    let words =
        |key: &str, values: Vec<String>| list(key, values.iter().map(String::as_str).collect());
    let risks = selector
        .risk
        .iter()
        .map(|risk| risk.value.text.clone())
        .collect();
    let parts = [
        words("kind", texts(&selector.kind)),
        words("name", texts(&selector.name)),
        words("risk", risks),
        selector
            .stage
            .map(|stage| format!("stage {} and up", stage.value.number)),
        words("team", texts(&selector.team)),
        words("path", texts(&selector.path)),
        selector
            .control
            .map(|control| format!("control {}", control.value.as_str())),
        selector
            .class
            .map(|class| format!("class {}", class.value.as_str())),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "everything".to_owned()
    } else {
        parts.join(", ")
    }
}

fn compare_overrides(recorder: &mut Recorder<'_>, before: &Policy, after: &Policy) {
    let levels = |policy: &Policy| {
        let mut levels = BTreeMap::new();
        for entry in &policy.levels {
            let scope = match &entry.selector {
                None => String::new(),
                Some(selector) => format!(" for {}", selector_text(Some(selector))),
            };
            collect_levels(entry.set.as_ref(), &scope, &mut levels);
        }
        levels
    };
    compare_levels(recorder, &levels(before), &levels(after));
}

/// Levels by rule, with the documents that they are for.
pub(super) type LevelsByRule = BTreeMap<String, Spanned<LevelSetting>>;

/// Adds the levels of one list.
pub(super) fn collect_levels(levels: Option<&Levels>, scope: &str, all: &mut LevelsByRule) {
    for (rule, level) in levels.into_iter().flat_map(|levels| levels.iter()) {
        all.insert(format!("{}{scope}", rule.value), *level);
    }
}

/// A level that is no longer written goes back to the rule's own, which is not known here; it
/// counts as the milder direction.
pub(super) fn compare_levels(
    recorder: &mut Recorder<'_>,
    before: &LevelsByRule,
    after: &LevelsByRule,
) {
    let rules: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for rule in rules {
        let (old, new) = (before.get(rule), after.get(rule));
        let level = |level: &Spanned<LevelSetting>| level.value;
        let milder = match (old.map(level), new.map(level)) {
            (Some(old), Some(new)) => new < old,
            (None, Some(new)) => new == LevelSetting::Off,
            (Some(old), None) => old != LevelSetting::Off,
            (None, None) => continue,
        };
        let kind = if milder {
            PolicyChange::LevelLowered
        } else {
            PolicyChange::LevelRaised
        };
        let fact = |level: &Spanned<LevelSetting>| Fact::word(level, LevelSetting::as_str);
        recorder.compare(
            rule,
            rule,
            Presence::any(kind),
            old.map(fact),
            new.map(fact),
        );
    }
}

fn compare_requirements(
    recorder: &mut Recorder<'_>,
    before: &[Requirement],
    after: &[Requirement],
) {
    let identity = Identity {
        name: |requirement: &Requirement| {
            requirement
                .id
                .as_ref()
                .map_or("", |id| id.value.text.as_str())
        },
        renamed_from: |_| None,
    };
    recorder.within("require", |recorder| {
        for pair in pair(before, after, identity) {
            let name = pair.after.or(pair.before).map_or("", identity.name);
            let fact = |requirement: Option<&Requirement>| requirement.and_then(required);
            let kinds = Presence::new(
                PolicyChange::RequirementAdded,
                PolicyChange::RequirementRemoved,
                PolicyChange::RequirementChanged,
            );
            recorder.compare(name, name, kinds, fact(pair.before), fact(pair.after));
            if let (Some(old), Some(new)) = (pair.before, pair.after) {
                recorder.within(name, |recorder| {
                    compare_requirement(recorder, name, old, new)
                });
            }
        }
    });
}

fn compare_requirement(
    recorder: &mut Recorder<'_>,
    name: &str,
    before: &Requirement,
    after: &Requirement,
) {
    let level = |requirement: &Requirement| {
        let mut levels = LevelsByRule::new();
        if let Some(level) = requirement.level {
            levels.insert(name.to_owned(), level);
        }
        levels
    };
    recorder.within("level", |recorder| {
        compare_levels(recorder, &level(before), &level(after));
    });
    let message = |requirement: &Requirement| {
        let message = requirement.message.as_ref();
        message.map(|message| Spanned::new(message.text.clone(), message.span))
    };
    recorder.text("message", &message(before), &message(after));
    recorder.text("summary", &before.summary, &after.summary);
    recorder.text("why", &before.why, &after.why);
    let help = |requirement: &Requirement| {
        let help = requirement.help.as_ref();
        help.map(|help| Spanned::new(help.text.clone(), help.span))
    };
    recorder.text("help", &help(before), &help(after));
}

fn required(requirement: &Requirement) -> Option<Fact> {
    let that = Fact::expression(requirement.that.as_ref()?);
    let scope = match &requirement.selector {
        None => String::new(),
        Some(selector) => format!(" for {}", selector_text(Some(selector))),
    };
    let each = requirement.each.as_ref();
    let scope = each.map_or(scope.clone(), |each| {
        format!("{scope} of each {}", each.value.as_str())
    });
    let when = requirement.when.as_ref().map(Fact::expression);
    let condition = |text: Option<&str>| text.map_or(String::new(), |text| format!(" when {text}"));
    let canonical = format!(
        "{}{scope}{}",
        that.canonical(),
        condition(when.as_ref().map(Fact::canonical))
    );
    let text = format!(
        "{}{scope}{}",
        that.site.text,
        condition(when.as_ref().map(|when| when.site.text.as_str()))
    );
    Some(Fact::new(text, that.site.span).compared_by(canonical))
}

fn asked(demand: &ApprovalDemand, span: Span) -> (String, Fact) {
    let approvers = demand.ask.iter().flatten().map(approver_text);
    let mut approvers: Vec<String> = approvers.collect();
    approvers.sort_unstable();
    let count = match demand.count.as_ref().map(|count| &count.value) {
        None | Some(ApprovalCount::Written(Count::Number(1))) => String::new(),
        Some(ApprovalCount::Written(Count::Number(count))) => format!(", {count} of them"),
        Some(ApprovalCount::Written(Count::All)) => ", all of them".to_owned(),
    };
    let scope = selector_text(demand.selector.as_ref());
    (
        scope,
        Fact::new(format!("{}{count}", approvers.join(", ")), span),
    )
}

/// `role compliance_lead`, a person or a duty.
pub fn approver_text(approver: &Approver) -> String {
    match approver {
        Approver::Duty(duty) => duty.value.as_str().to_owned(),
        Approver::Named(named) => match (&named.role, &named.person) {
            (Some(role), _) => format!("role {}", role.name.value),
            (None, Some(person)) => person.name.value.clone(),
            (None, None) => "nobody".to_owned(),
        },
    }
}

fn compare_approvals(
    recorder: &mut Recorder<'_>,
    before: &[ApprovalDemand],
    after: &[ApprovalDemand],
) {
    let facts = |demands: &[ApprovalDemand]| -> Vec<(String, Fact)> {
        let demands = demands.iter().filter_map(|demand| {
            let span = demand.ask.iter().flatten().next().and_then(approver_span)?;
            Some(asked(demand, span))
        });
        demands.collect()
    };
    let identity = Identity {
        name: |demand: &(String, Fact)| demand.0.as_str(),
        renamed_from: |_| None,
    };
    let (before, after) = (facts(before), facts(after));
    recorder.within("approvals", |recorder| {
        for pair in pair(&before, &after, identity) {
            let name = pair
                .after
                .or(pair.before)
                .map_or("", |demand| demand.0.as_str());
            let fact = |demand: Option<&(String, Fact)>| demand.map(|demand| demand.1.clone());
            let kinds = Presence::new(
                PolicyChange::ApprovalRuleAdded,
                PolicyChange::ApprovalRuleRemoved,
                PolicyChange::ApprovalRuleChanged,
            );
            recorder.compare(name, name, kinds, fact(pair.before), fact(pair.after));
        }
    });
}

/// Who may accept a breaking change on purpose.
fn compare_acceptance_rules(
    recorder: &mut Recorder<'_>,
    before: &[Spanned<AcceptanceRule>],
    after: &[Spanned<AcceptanceRule>],
) {
    let facts = |rules: &[Spanned<AcceptanceRule>]| {
        let facts = rules.iter().map(|rule| {
            let scope = selector_text(rule.value.selector.as_ref());
            let by: Vec<String> = rule.value.by.iter().map(approver_text).collect();
            let forbidden = rule.value.forbid.is_some_and(|forbid| forbid.value);
            let who = match (forbidden, by.is_empty()) {
                (true, _) => "nobody".to_owned(),
                (false, true) => "anybody".to_owned(),
                (false, false) => by.join(" or "),
            };
            Fact::new(format!("{scope}: {who}"), rule.span)
        });
        facts.collect()
    };
    recorder.members(
        "acceptance",
        None,
        PolicyChange::AcceptanceRuleAdded,
        PolicyChange::AcceptanceRuleRemoved,
        facts(before),
        facts(after),
    );
}

fn approver_span(approver: &Approver) -> Option<Span> {
    match approver {
        Approver::Duty(duty) => Some(duty.span),
        Approver::Named(named) => {
            let role = named.role.as_ref().map(|role| role.name.span);
            role.or_else(|| named.person.as_ref().map(|person| person.name.span))
        }
    }
}
