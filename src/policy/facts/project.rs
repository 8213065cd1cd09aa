//! Facts about the project as a whole: how changes are governed.

use super::declaration::{Kind, TEXTS, record};
use super::values::{count, labels, list, person, spanned, text, text_or_empty, texts};
use crate::expr::Value;
use crate::syntax::Entity;
use crate::syntax::config::VersionSource;
use crate::syntax::policy::{
    ApprovalDemand, Approver, ChangeClass, ControlDirection, Duty, EvidenceGrade, ExcludedApprover,
    Policy, Selector,
};
use crate::syntax::step::{ApprovalCount, Count};

fn selector(demand: &ApprovalDemand) -> Option<&Selector> {
    demand.selector.as_ref()
}

record! {
    /// Who must approve which changes.
    DEMAND, demand, "approval_rule", |it: &'a ApprovalDemand, facts| {
        /// The kinds of documents that it is about; empty for all.
        "kind": required TEXTS => {
            let kinds = selector(it).into_iter().flat_map(|selector| selector.kind.iter());
            texts(kinds.map(|kind| kind.value.as_str()))
        },
        /// The kinds of risk that it is about; empty for all.
        "risk": required TEXTS => {
            selector(it).map_or_else(|| texts([]), |selector| labels(&selector.risk))
        },
        /// Only changes that weaken or strengthen a control.
        "control": required Kind::Word(ControlDirection::WORDS) => {
            let control = selector(it).and_then(|selector| selector.control.as_ref());
            text_or_empty(control.map(|control| control.value.as_str()))
        },
        /// Only changes of this class.
        "class": required Kind::Word(ChangeClass::WORDS) => {
            let class = selector(it).and_then(|selector| selector.class.as_ref());
            text_or_empty(class.map(|class| class.value.as_str()))
        },
        /// Who is asked: duties, roles and persons.
        "ask": required TEXTS => texts(it.ask.iter().flatten().filter_map(|approver| match approver {
            Approver::Duty(duty) => Some(Duty::as_str(duty.value)),
            Approver::Named(named) => {
                let role = named.role.as_ref().map(|role| role.name.value.as_str());
                role.or(named.person.as_ref().map(|person| person.name.value.as_str()))
            }
        })),
        /// How many of them must agree; with `all`, as many as are asked.
        "count": required Kind::Integer => {
            let asked = it.ask.iter().flatten().count();
            match it.count.as_ref().map(|count| &count.value) {
                None => Value::Integer(1),
                Some(ApprovalCount::Written(Count::All)) => count(asked),
                Some(ApprovalCount::Written(Count::Number(number))) => Value::Integer(i64::from(*number)),
            }
        },
    }
}

record! {
    /// A policy of the repository.
    POLICY, policy, "policy", |it: &'a Entity<Policy>, facts| {
        /// The name.
        "name": required Kind::Text => text(&it.name.value),
        /// The file that it is written in.
        "file": required Kind::Text => text(facts.file(it.key)),
        /// The person who answers for it.
        "owner": required Kind::Text => person(&it.body.owner),
        /// Who must approve which changes.
        "approvals": required Kind::List(&Kind::Record(&DEMAND)) => {
            list(it.body.approvals.iter().map(|found| demand(&found, facts)))
        },
        /// The weakest grade of evidence that counts as an approval.
        "evidence": required Kind::Word(EvidenceGrade::WORDS) => {
            let evidence = it.body.evidence.as_ref();
            let minimum = evidence.and_then(|evidence| evidence.value.minimum.as_ref());
            text_or_empty(minimum.map(|minimum| minimum.value.as_str()))
        },
        /// Whose approval does not count.
        "exclude": required TEXTS => {
            let evidence = it.body.evidence.iter().flat_map(|evidence| &evidence.value.exclude);
            texts(evidence.map(|excluded| ExcludedApprover::as_str(excluded.value)))
        },
        /// Rules that may be suppressed only with the owner's approval.
        "locked": required TEXTS => spanned(&it.body.locked),
    }
}

record! {
    /// The project as a whole.
    PROJECT, project, "project", |it: (), facts| {
        /// The name.
        "name": required Kind::Text => {
            let project = facts.model.config().and_then(|config| config.project.as_ref());
            let name = project.and_then(|project| project.name.as_ref());
            text_or_empty(name.map(|name| name.value.text.as_str()))
        },
        /// The day on which time limits are judged.
        "today": required Kind::Date => Value::Date(facts.model.surroundings.today),
        /// The revision that changes are compared with.
        "base": required Kind::Text => {
            let project = facts.model.config().and_then(|config| config.project.as_ref());
            let base = project.and_then(|project| project.base.as_ref());
            text_or_empty(base.map(|base| base.value.as_str()))
        },
        /// Whether tags of releases must be signed.
        "signed": required Kind::Boolean => {
            let versioning = facts.model.config().and_then(|config| config.versioning.as_ref());
            let signed = versioning.and_then(|versioning| versioning.signed.as_ref());
            signed.is_some_and(|signed| signed.value).into()
        },
        /// Where versions stand; `file` when nothing is written.
        "version_source": required Kind::Word(VersionSource::WORDS) => {
            let versioning = facts.model.config().and_then(|config| config.versioning.as_ref());
            let source = versioning.and_then(|versioning| versioning.source.as_ref());
            text(source.map_or("file", |source| source.value.as_str()))
        },
        /// The shipped packs in force.
        "packs": required TEXTS => {
            let config = facts.model.config();
            spanned(config.map_or(&[][..], |config| &config.policies))
        },
        /// The policies of the repository; those of packs are not among them.
        "policies": required Kind::List(&Kind::Record(&POLICY)) => {
            list(facts.model.project.policies.iter().map(|found| policy(&found, facts)))
        },
        /// Every rule that one of them locks.
        "locked": required TEXTS => {
            let policies = facts.model.project.policies.iter();
            let locked = policies.flat_map(|policy| &policy.body.locked);
            texts(locked.map(|rule| rule.value.as_str()))
        },
        /// Kinds of risk that some workflow carries.
        "risks": required TEXTS => {
            let workflows = facts.model.project.workflows.iter();
            let risks: std::collections::BTreeSet<&str> = workflows
                .flat_map(|workflow| facts.model.workflow_risks(&workflow.body))
                .collect();
            texts(risks)
        },
    }
}
