//! Facts about steps and approvals.

use std::rc::Rc;

use super::analysis::Analysis;
use super::declaration::{Kind, TEXTS, record};
use super::values::{
    contract, count, labels, length, list, name, spanned, text, text_or_empty, texts, written,
};
use crate::expr::Value;
use crate::model::guard::{Excluded, excluded};
use crate::model::walk::{StepInState, StepKind};
use crate::syntax::directory::Effect;
use crate::syntax::references::ReasonReference;
use crate::syntax::step::{Approve, Catch, Comparison, Notify, Party, Retry, Step, TimedDecision};

/// A step with what is found out about its workflow.
#[derive(Debug, Clone)]
pub(super) struct StepFacts<'a> {
    pub place: StepInState<'a>,
    pub of: Rc<Analysis<'a>>,
}

impl<'a> StepFacts<'a> {
    fn step(&self) -> &'a Step {
        self.place.step
    }

    /// The approval of the step, when it is one.
    pub fn approve(&self) -> Option<&'a Approve> {
        self.step().approve.as_ref().map(|approve| &approve.value)
    }
}

/// The words that say what a step does.
const KINDS: &[&str] = &[
    "check", "match", "route", "call", "task", "approve", "wait", "notify", "emit", "run",
    "parallel", "for_each",
];

record! {
    /// A reason or state that an error of a call leads to.
    CATCH, catch, "catch", |it: &'a Catch, facts| {
        /// The error, `timeout` or `any`.
        "error": required Kind::Text => written(&it.error),
        /// The reason that is raised.
        "raise": required Kind::Text => reason(it.raise.as_ref()),
        /// The state that the case moves to.
        "to": required Kind::Text => {
            text_or_empty(it.to.as_ref().map(|state| state.name.value.as_str()))
        },
    }
}

record! {
    /// A comparison of one field of matched lines.
    COMPARISON, comparison, "comparison", |it: &'a Comparison, facts| {
        /// The field.
        "field": required Kind::Text => name(&it.field),
        /// The other side, one of the names under `against`.
        "with": required Kind::Text => name(&it.with),
        /// How much the values may differ, as written.
        "tolerance": required Kind::Text => {
            text_or_empty(it.tolerance.as_ref().map(|tolerance| tolerance.text.as_str()))
        },
        /// The reason for a greater difference.
        "raise": required Kind::Text => reason(it.raise.as_ref()),
    }
}

fn reason(reason: Option<&ReasonReference>) -> Value {
    text_or_empty(reason.map(|reason| reason.name.value.as_str()))
}

record! {
    /// A comparison of lines with other documents, as in a three-way match.
    MATCH, matching, "match", |it: &'a crate::syntax::step::Match, facts| {
        /// The lines that are claimed, as written.
        "claim": required Kind::Text => {
            text_or_empty(it.claim.as_ref().map(|claim| claim.text.as_str()))
        },
        /// The names of the documents that they are matched against.
        "against": required TEXTS => texts(it.against.iter().flat_map(|it| it.names())),
        /// Those of them whose missing lines raise a reason.
        "missing": required TEXTS => texts(it.missing.names()),
        /// What is compared.
        "compare": required Kind::List(&Kind::Record(&COMPARISON)) => {
            list(it.compare.iter().map(|found| comparison(&found, facts)))
        },
    }
}

record! {
    /// A decision by people.
    APPROVAL, approval, "approval", |it: StepFacts<'a>, facts| {
        /// The name of the step.
        "id": required Kind::Text => text(it.step().name()),
        /// The place inside the workflow, as `states.approval.steps.manager_ok`.
        "path": required Kind::Text => text(&path(it)),
        /// Who is asked, as written: roles, persons, teams and expressions.
        "by": required TEXTS => {
            let parties = it.approve().and_then(|approve| approve.by.as_ref());
            texts(parties.into_iter().flat_map(|by| by.iter()).flat_map(party))
        },
        /// The people of the directory who may decide, without those who are excluded by name.
        "people": required TEXTS => {
            let group = it.approve().map(|approve| facts.model.deciders(approve));
            texts(group.iter().flat_map(|group| group.people.iter().copied()))
        },
        /// The people of the directory who may decide, stand-ins included.
        "all_people": required TEXTS => {
            let group = facts.model.all_deciders(it.step());
            texts(group.people.iter().copied())
        },
        /// How many must agree; for `all`, at least one.
        "count": required Kind::Integer => {
            count(it.approve().map_or(0, Approve::needed))
        },
        /// Who may not decide, as written.
        "exclude": required TEXTS => {
            let exclude = it.approve().map_or(&[][..], |approve| &approve.exclude);
            texts(exclude.iter().map(|expression| expression.text.trim()))
        },
        /// Whether whoever started the case may not decide.
        "excludes_requester": required Kind::Boolean => {
            it.approve().is_some_and(Approve::excludes_requester).into()
        },
        /// The approvals whose deciders may not decide here.
        "excludes_approvers_of": required TEXTS => {
            let exclude = it.approve().map_or(&[][..], |approve| &approve.exclude);
            let excluded: Vec<String> = exclude.iter().filter_map(|entry| approver(&entry.text)).collect();
            texts(excluded.iter().map(String::as_str))
        },
        /// The tasks whose performers may not decide here.
        "excludes_performers_of": required TEXTS => {
            let exclude = it.approve().map_or(&[][..], |approve| &approve.exclude);
            let excluded: Vec<String> = exclude.iter().filter_map(|entry| performer(&entry.text)).collect();
            texts(excluded.iter().map(String::as_str))
        },
        /// What the approvers must see.
        "evidence": required TEXTS => {
            spanned(it.approve().map_or(&[][..], |approve| &approve.evidence))
        },
        /// The condition under which it is asked at all, as written.
        "if": required Kind::Text => {
            text_or_empty(it.step().condition.as_ref().map(|condition| condition.text.as_str()))
        },
        /// The condition under which it is waived, as written.
        "waive_when": required Kind::Text => {
            let waiver = it.approve().and_then(|approve| approve.waive_when.as_ref());
            text_or_empty(waiver.map(|waiver| waiver.text.as_str()))
        },
        /// The named controls that decide whether it is asked or waived.
        "controls": required TEXTS => {
            let waiver = it.approve().and_then(|approve| approve.waive_when.as_ref());
            let condition = it.step().condition.as_ref();
            let found: Vec<String> = waiver.into_iter().chain(condition)
                .flat_map(|written| controls(&written.text)).collect();
            texts(found.iter().map(String::as_str))
        },
        /// Whether nobody can pass it without a person's decision or a named control.
        "effective": required Kind::Boolean => it.step().is_effective_approval().into(),
        /// Whether a timeout approves.
        "by_time": required Kind::Boolean => {
            let own = it.approve().map_or(&[][..], |approve| &approve.on_timeout);
            let mut rungs = own.iter().chain(&it.step().on_timeout);
            rungs.any(|rung| rung.decide.as_ref().is_some_and(|it| it.value == TimedDecision::Approved)).into()
        },
        /// How long the decision may take before the next rung.
        "timeout": optional Kind::Duration => {
            length(&it.approve()?.timeout).or_else(|| length(&it.step().timeout))
        },
        /// Who decides while an approver is out, as written.
        "delegate": required TEXTS => {
            let delegate = it.approve().and_then(|approve| approve.delegate.as_ref());
            texts(delegate.into_iter().flat_map(party))
        },
        /// The steps that no case reaches round this approval.
        "guards": required TEXTS => texts(it.of.guarded_by(it.step())),
    }
}

fn approver(entry: &str) -> Option<String> {
    match excluded(entry) {
        Excluded::Approver(step) => Some(step),
        Excluded::Requester | Excluded::Performer(_) | Excluded::Person(_) | Excluded::Other(_) => {
            None
        }
    }
}

fn performer(entry: &str) -> Option<String> {
    match excluded(entry) {
        Excluded::Performer(step) => Some(step),
        Excluded::Requester | Excluded::Approver(_) | Excluded::Person(_) | Excluded::Other(_) => {
            None
        }
    }
}

/// The names after `controls.` in an expression, each once.
pub(super) fn controls(text: &str) -> Vec<String> {
    let Ok(expression) = crate::expr::parse(text) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for reference in expression.references() {
        let mut segments = reference.path.segments();
        if segments.next() == Some("controls")
            && let Some(name) = segments.next()
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

fn party(party: &Party) -> impl Iterator<Item = &str> {
    let role = party.role.as_ref().map(|role| role.name.value.as_str());
    let person = party
        .person
        .as_ref()
        .map(|person| person.name.value.as_str());
    let team = party.team.as_ref().map(|team| team.name.value.as_str());
    let expression = party
        .expression
        .as_ref()
        .map(|expression| expression.text.as_str());
    [role, person, team, expression].into_iter().flatten()
}

fn path(step: &StepFacts<'_>) -> String {
    format!(
        "states.{}.steps.{}",
        step.place.state_name.value,
        step.step().name()
    )
}

record! {
    /// A step of a state, wherever it lies: inside branches and items too.
    STEP, step, "step", |it: StepFacts<'a>, facts| {
        /// The name.
        "id": required Kind::Text => text(it.step().name()),
        /// The place inside the workflow, as `states.posting.steps.post`.
        "path": required Kind::Text => text(&path(it)),
        /// The name of its state.
        "state": required Kind::Text => text(&it.place.state_name.value),
        /// What kind of work it is: the key that says so.
        "kind": required Kind::Word(KINDS) => {
            text_or_empty(it.step().kind().as_ref().map(StepKind::key))
        },
        /// What it is for.
        "summary": required Kind::Text => written(&it.step().summary),
        /// The condition under which it is done, as written.
        "if": required Kind::Text => {
            text_or_empty(it.step().condition.as_ref().map(|condition| condition.text.as_str()))
        },
        /// The operation of a call, as `ERP.post_invoice`.
        "call": required Kind::Text => {
            text_or_empty(it.step().call.as_ref().map(|call| call.name.value.as_str()))
        },
        /// The system of a call.
        "system": required Kind::Text => {
            let call = it.step().call.as_ref();
            let system = call.and_then(|call| call.name.value.split_once('.'));
            text_or_empty(system.map(|(system, _)| system))
        },
        /// What the operation of a call does to its system.
        "effect": required Kind::Word(Effect::WORDS) => {
            let effect = facts.model.call(it.step()).and_then(|call| call.operation.effect.as_ref());
            text_or_empty(effect.map(|effect| effect.value.as_str()))
        },
        /// The business object of the operation.
        "object": required Kind::Text => {
            let object = facts.model.call(it.step()).and_then(|call| call.operation.object.as_ref());
            text_or_empty(object.map(|object| object.value.text.as_str()))
        },
        /// Whether it changes a system.
        "writes": required Kind::Boolean => it.step().writes(facts.model).into(),
        /// Whether it changes a system and carries risk, by its own label, that of its state, or
        /// that of the workflow where nothing else is labelled.
        "risky": required Kind::Boolean => it.of.is_risky_write(it.place).into(),
        /// Kinds of risk of the step and of its state.
        "risk": required TEXTS => {
            let own = crate::model::profile::labels(&it.step().risk);
            texts(own.chain(crate::model::profile::labels(&it.place.state.risk)))
        },
        /// Kinds of risk that the step itself names.
        "own_risk": required TEXTS => labels(&it.step().risk),
        /// Whether every way to a risky write passes an approval.
        "approved": required Kind::Boolean => (!it.of.is_unapproved(it.step())).into(),
        /// The approvals that no case can go round on its way here, other than by a named control.
        "approvals": required TEXTS => texts(it.of.approvals_before(it.step())),
        /// The service account.
        "as": required Kind::Text => {
            text_or_empty(it.step().account.as_ref().map(|account| account.name.value.as_str()))
        },
        /// How long it may take.
        "timeout": optional Kind::Duration => length(&it.step().timeout),
        /// Retries after the first attempt.
        "retries": required Kind::Integer => {
            let retry = facts.model.retry_of(it.step()).and_then(|retry| retry.limit.as_ref());
            Value::Integer(retry.map_or(0, |limit| i64::from(limit.value)))
        },
        /// Whether it is tried again at all.
        "retried": required Kind::Boolean => match it.step().retry.as_ref().map(|retry| &retry.value) {
            Some(Retry::Named(_) | Retry::Inline(_)) => true.into(),
            None => false.into(),
        },
        /// Whether repeating the call changes nothing more.
        "repeatable": required Kind::Boolean => {
            facts.model.call(it.step()).is_some_and(|call| call.is_repeatable()).into()
        },
        /// The operation that undoes it.
        "compensate": required Kind::Text => {
            let call = it.step().compensate.as_ref().and_then(|it| it.value.call.as_ref());
            text_or_empty(call.map(|call| call.name.value.as_str()))
        },
        /// What errors lead to.
        "catch": required Kind::List(&Kind::Record(&CATCH)) => {
            list(it.step().catch.iter().map(|found| catch(&found, facts)))
        },
        /// The contract of the data that is sent.
        "contract": required Kind::Text => {
            let taken = facts.model.call(it.step()).and_then(|call| call.takes());
            contract(taken.or(it.step().contract.as_ref()))
        },
        /// The contract of the data that comes back.
        "returns": required Kind::Text => {
            let returned = facts.model.call(it.step()).and_then(|call| call.returns());
            contract(returned.or(it.step().returns.as_ref()))
        },
        /// What must be attached when the work is done.
        "evidence": required TEXTS => spanned(&it.step().evidence),
        /// The queue of a task, as written.
        "queue": required Kind::Text => {
            let queue = it.step().assign.as_ref().and_then(|assign| assign.queue.as_ref());
            text_or_empty(queue.map(|queue| queue.name.value.as_str()))
        },
        /// The people of the directory who may do a task.
        "doers": required TEXTS => {
            let group = it.step().assign.as_ref().map(|assign| facts.model.doers(assign));
            texts(group.iter().flat_map(|group| group.people.iter().copied()))
        },
        /// The comparison of a `match`.
        "match": optional Kind::Record(&MATCH) => {
            it.step().matching.as_ref().map(|found| matching(&&found.value, facts))
        },
        /// Who is told by a `notify`, as written.
        "to": required Kind::Text => text_or_empty(match it.step().notify.as_ref().map(|it| &it.value) {
            Some(Notify::To(party)) => Some(party.name.value.as_str()),
            Some(Notify::Message(message)) => message.to.as_ref().map(|to| to.text.as_str()),
            None => None,
        }),
        /// Personal fields that leave with the step: sent, published or written into a message.
        "personal": required TEXTS => {
            let leaving = it.of.leaving(it.step());
            texts(leaving.fields.iter().map(String::as_str))
        },
        /// Whole records with personal fields that leave with the step.
        "personal_records": required TEXTS => {
            let leaving = it.of.leaving(it.step());
            texts(leaving.records.iter().map(String::as_str))
        },
    }
}
