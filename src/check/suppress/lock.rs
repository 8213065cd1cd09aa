//! Locked rules: who may give one up for a while.

use std::collections::BTreeSet;

use super::Written;
use crate::catalog;
use crate::diagnostic::Diagnostic;
use crate::lint::suppression::LOCKED_RULE_SUPPRESSED;
use crate::model::Model;
use crate::source::Spanned;
use crate::syntax::DocumentKind;
use crate::syntax::policy::{ApprovalDemand, Approver, ControlDirection, Policy};

/// Judges whether a locked rule is accepted by somebody who may.
pub(super) fn judge(
    rule: &Spanned<String>,
    written: &Written<'_>,
    model: &Model,
) -> Option<Diagnostic> {
    let policies = model.project.all_policies().map(|policy| &policy.body);
    let locking: Vec<&Policy> = policies
        .filter(|policy| {
            let mut locked = policy.locked.iter();
            locked.any(|locked| locked.value == rule.value)
        })
        .collect();
    let is_locked =
        !locking.is_empty() || catalog::rule(&rule.value).is_some_and(|meta| meta.locked);
    let approver = written.suppression.value.approved_by.as_ref();
    let may_accept = control_owners(&locking, written, model);
    if !is_locked || approver.is_some_and(|person| may_accept.contains(&person.name.value)) {
        return None;
    }
    let help = if may_accept.is_empty() {
        "mend what the rule finds; no policy with an owner lists this rule under `locked`, so nobody may give it up".to_owned()
    } else {
        let people: Vec<&str> = may_accept.iter().map(String::as_str).collect();
        format!(
            "mend what the rule finds, or have {} accept it in `approved_by`",
            people.join(" or ")
        )
    };
    let message = format!(
        "`{}` is a locked rule and may not be suppressed alone",
        rule.value
    );
    Some(Diagnostic::new(&LOCKED_RULE_SUPPRESSED, rule.span, message).help(help))
}

/// Who may give up a locked rule: the owner of the control that the finding is about and the
/// owners of the policies that lock the rule; when there is none, whom the policies ask when a
/// control is weakened.
fn control_owners(locking: &[&Policy], written: &Written<'_>, model: &Model) -> BTreeSet<String> {
    let control = written
        .at
        .filter(|_| written.document.kind == DocumentKind::Workflow.as_str())
        .and_then(|at| at.strip_prefix("controls."))
        .and_then(|path| path.split('.').next())
        .and_then(|control| {
            let workflow = model.workflow(&written.document.name)?;
            workflow.body.controls.get(control)?.owner.as_ref()
        });
    let owners = locking.iter().filter_map(|policy| policy.owner.as_ref());
    let people: BTreeSet<String> = owners
        .chain(control)
        .map(|owner| owner.name.value.clone())
        .collect();
    if people.is_empty() {
        asked_when_weakened(model)
    } else {
        people
    }
}

fn asked_when_weakened(model: &Model) -> BTreeSet<String> {
    let weakened = |demand: &&ApprovalDemand| {
        let selector = demand.selector.as_ref();
        let control = selector.and_then(|selector| selector.control.as_ref());
        control.is_some_and(|control| control.value == ControlDirection::Weakened)
    };
    let policies = model.project.policies.iter();
    let demands = policies.flat_map(|policy| &policy.body.approvals);
    let asked = demands
        .filter(weakened)
        .flat_map(|demand| demand.ask.iter().flatten());
    let mut people = BTreeSet::new();
    for approver in asked {
        match approver {
            Approver::Named(named) => {
                let person = named.person.iter();
                people.extend(person.map(|person| person.name.value.clone()));
                let roles = named.role.iter();
                let holders = roles.flat_map(|role| model.role_holders(&role.name.value));
                let present = holders.filter(|person| !model.has_left(person));
                people.extend(present.map(|person| person.name.value.clone()));
            }
            Approver::Duty(_) => {}
        }
    }
    people
}
