//! Facts about the directory: queues, systems with accounts and operations, teams, people,
//! decision tables.

use super::declaration::{Kind, TEXTS, record};
use super::values::{
    count, day, flag, length, list, name, names, person, seconds, spanned, text, text_or_empty,
    texts, written,
};
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::decision::{Decision, HitPolicy};
use crate::syntax::directory::{
    Account, Effect, Operation, Person, Queue, QueueKind, System, Team,
};
use crate::syntax::workflow::Sla;

record! {
    /// A promise of time; a day counts 24 hours, whatever the calendar says.
    SLA, sla, "sla", |it: &'a Sla, facts| {
        /// Until somebody looks at the case.
        "response": optional Kind::Duration => length(&it.response),
        /// Until the case is done.
        "resolution": optional Kind::Duration => length(&it.resolution),
        /// The working hours in which the time runs.
        "calendar": required Kind::Text => {
            text_or_empty(it.calendar.as_ref().map(|calendar| calendar.name.value.as_str()))
        },
    }
}

record! {
    /// A queue: where work and exceptions wait for people.
    QUEUE, queue, "queue", |it: &'a Entity<Queue>, facts| {
        /// The name.
        "name": required Kind::Text => text(&it.name.value),
        /// The file that it is written in.
        "file": required Kind::Text => text(facts.file(it.key)),
        /// What waits here; `work` when nothing is written.
        "kind": required Kind::Word(QueueKind::WORDS) => {
            text(it.body.kind.as_ref().map_or("work", |kind| kind.value.as_str()))
        },
        /// What the queue is for.
        "summary": required Kind::Text => written(&it.body.summary),
        /// The person who answers for it.
        "owner": required Kind::Text => person(&it.body.owner),
        /// The team that works on it.
        "team": required Kind::Text => {
            text_or_empty(it.body.team.as_ref().map(|team| team.name.value.as_str()))
        },
        /// The people of that team who have not left.
        "people": required TEXTS => {
            let team = it.body.team.as_ref().and_then(|team| facts.model.team(&team.name.value));
            texts(team.into_iter().flat_map(|team| facts.members(&team.body)))
        },
        /// The promise.
        "sla": optional Kind::Record(&SLA) => it.body.sla.as_ref().map(|it| sla(&&it.value, facts)),
        /// Whether the resolution clock of the case stops here.
        "pauses_sla": required Kind::Boolean => flag(&it.body.pauses_sla),
        /// The file that says how dead letters are replayed.
        "replay": required Kind::Text => {
            text_or_empty(it.body.replay.as_ref().map(|file| file.path.value.as_str()))
        },
        /// The workflows that send cases here.
        "used_by": required TEXTS => texts(facts.queue_users(&it.name.value)),
    }
}

/// A service account with its system.
#[derive(Debug, Clone, Copy)]
pub(super) struct AccountFacts<'a> {
    /// The name, as written.
    pub name: &'a Spanned<String>,
    /// The account.
    pub account: &'a Account,
}

record! {
    /// A service account of a system.
    ACCOUNT, account, "account", |it: AccountFacts<'a>, facts| {
        /// The name.
        "name": required Kind::Text => text(&it.name.value),
        /// What it may do.
        "scopes": required TEXTS => spanned(&it.account.scopes),
        /// The scopes that cover everything of their kind, as `invoice.*`.
        "wildcards": required TEXTS => {
            let scopes = it.account.scopes.iter().map(|scope| scope.value.as_str());
            texts(scopes.filter(|scope| scope.ends_with('*')))
        },
        /// How often its credential changes.
        "rotate_every": optional Kind::Duration => length(&it.account.rotate_every),
        /// When the credential changed last.
        "rotated": optional Kind::Date => day(&it.account.rotated),
        /// How long ago that was.
        "age": optional Kind::Duration => {
            let rotated = it.account.rotated.as_ref()?.value.civil;
            let days = (facts.model.surroundings.today - rotated).get_days();
            Some(seconds(u64::try_from(days).unwrap_or(0) * 86_400))
        },
        /// Who answers for it.
        "owner": required Kind::Text => person(&it.account.owner),
        /// The workflows that may use it.
        "used_by": required TEXTS => spanned(&it.account.used_by),
        /// The workflows that do use it.
        "users": required TEXTS => texts(facts.account_users(&it.name.value)),
    }
}

/// An operation with its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct OperationFacts<'a> {
    /// The name, as written.
    pub name: &'a Spanned<String>,
    /// The operation.
    pub operation: &'a Operation,
}

record! {
    /// An operation of a system.
    OPERATION, operation, "operation", |it: OperationFacts<'a>, facts| {
        /// The name.
        "name": required Kind::Text => text(&it.name.value),
        /// What it does to the system.
        "effect": required Kind::Word(Effect::WORDS) => {
            text_or_empty(it.operation.effect.as_ref().map(|effect| effect.value.as_str()))
        },
        /// What it does, in words.
        "summary": required Kind::Text => written(&it.operation.summary),
        /// The scope that an account needs.
        "scope": required Kind::Text => written(&it.operation.scope),
        /// The business object that it is about.
        "object": required Kind::Text => name(&it.operation.object),
        /// The errors that callers can catch.
        "errors": required TEXTS => names(&it.operation.errors),
        /// Whether repeating it changes nothing more.
        "idempotent": required Kind::Boolean => flag(&it.operation.idempotent),
        /// The contract of what it takes.
        "takes": required Kind::Text => super::values::contract(it.operation.takes.as_ref()),
        /// The contract of what it returns.
        "returns": required Kind::Text => super::values::contract(it.operation.returns.as_ref()),
    }
}

/// The accounts of a system, in written order.
pub(super) fn accounts(system: &System) -> impl Iterator<Item = AccountFacts<'_>> {
    let accounts = system.accounts.iter();
    accounts.map(|(name, account)| AccountFacts { name, account })
}

/// The operations of a system, in written order.
pub(super) fn operations(system: &System) -> impl Iterator<Item = OperationFacts<'_>> {
    let operations = system.operations.iter();
    operations.map(|(name, operation)| OperationFacts { name, operation })
}

record! {
    /// A system that workflows call.
    SYSTEM, system, "system", |it: &'a Entity<System>, facts| {
        /// The name.
        "name": required Kind::Text => text(&it.name.value),
        /// The file that it is written in.
        "file": required Kind::Text => text(facts.file(it.key)),
        /// What the system is.
        "summary": required Kind::Text => written(&it.body.summary),
        /// The person who answers for it.
        "owner": required Kind::Text => person(&it.body.owner),
        /// The team that runs it.
        "team": required Kind::Text => {
            text_or_empty(it.body.team.as_ref().map(|team| team.name.value.as_str()))
        },
        /// The business objects whose truth it holds.
        "record_of": required TEXTS => names(&it.body.record_of),
        /// The service accounts that workflows use.
        "accounts": required Kind::List(&Kind::Record(&ACCOUNT)) => {
            list(accounts(&it.body).map(|found| account(&found, facts)))
        },
        /// What workflows may call.
        "operations": required Kind::List(&Kind::Record(&OPERATION)) => {
            list(operations(&it.body).map(|found| operation(&found, facts)))
        },
    }
}

record! {
    /// A team.
    TEAM, team, "team", |it: &'a Entity<Team>, facts| {
        /// The name.
        "name": required Kind::Text => text(&it.name.value),
        /// The file that it is written in.
        "file": required Kind::Text => text(facts.file(it.key)),
        /// What the team does.
        "summary": required Kind::Text => written(&it.body.summary),
        /// Who leads it.
        "lead": required Kind::Text => person(&it.body.lead),
        /// Who is in it, without those who have left; the lead too.
        "members": required TEXTS => texts(facts.members(&it.body)),
        /// Where to reach it.
        "contact": required Kind::Text => written(&it.body.contact),
    }
}

record! {
    /// A person.
    PERSON, person_record, "person", |it: &'a Entity<Person>, facts| {
        /// The name by which documents refer to the person.
        "name": required Kind::Text => text(&it.name.value),
        /// The file that the person is written in.
        "file": required Kind::Text => text(facts.file(it.key)),
        /// The roles that the person holds.
        "roles": required TEXTS => names(&it.body.roles),
        /// Whether there is a key by which approvals are proved.
        "signing_key": required Kind::Boolean => it.body.signing_key.is_some().into(),
        /// Whether the person has left.
        "has_left": required Kind::Boolean => facts.model.has_left(it).into(),
        /// The last day.
        "left": optional Kind::Date => day(&it.body.left),
    }
}

record! {
    /// A decision table.
    DECISION, decision, "decision", |it: &'a Entity<Decision>, facts| {
        /// The name.
        "name": required Kind::Text => text(&it.name.value),
        /// The file that it is written in.
        "file": required Kind::Text => text(facts.file(it.key)),
        /// What is decided.
        "summary": required Kind::Text => written(&it.body.summary),
        /// The accountable person.
        "owner": required Kind::Text => person(&it.body.owner),
        /// What happens when several rows match; `unique` when nothing is written.
        "hit": required Kind::Word(HitPolicy::WORDS) => {
            text(it.body.hit.as_ref().map_or("unique", |hit| hit.value.as_str()))
        },
        /// The inputs.
        "inputs": required TEXTS => {
            texts(it.body.inputs.iter().flat_map(|inputs| inputs.value.names()))
        },
        /// The outputs.
        "outputs": required TEXTS => {
            texts(it.body.outputs.iter().flat_map(|outputs| outputs.value.names()))
        },
        /// How many rows there are.
        "rules": required Kind::Integer => {
            count(it.body.rules.as_ref().map_or(0, |rules| rules.value.len()))
        },
    }
}
