//! `owner-unknown-or-left`: owners who are not in the directory, or no longer there.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::model::Model;
use crate::model::owner::OwnerName;
use crate::rule::ERROR;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::decode::nearest;
use crate::syntax::directory::{Person, System};
use crate::syntax::references::PersonReference;
use crate::syntax::workflow::Workflow;

declare_rule! {
    /// Finds owners and backups of workflows who are not in the directory, and people who answer
    /// for something although they have left: for a workflow, a state, a fallback, a control, a
    /// contract, a decision table, a system, a service account, a policy, a process map or a team.
    ///
    /// Suppressions that were accepted by people who have left stay valid until their end;
    /// attestations are judged by `readiness-incomplete`. As long as the repository declares no
    /// people at all, nobody is unknown.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   owner: former.member
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   owner: tom.okafor
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Name the person who answers for it now, or add the missing person below `people:`.
    pub static RULE = {
        check: On::Project(check),
        id: "owner-unknown-or-left",
        summary: "an owner who is not in the directory, or has left",
        why: "a question to somebody who is not there is answered by nobody",
        family: Ownership,
        level: ERROR,
        since: "0.1.0",
    }
}

/// A person who answers for something.
struct Answerable<'a> {
    person: &'a Spanned<String>,
    duty: String,
    /// Text that no other rule looks up, so that it may be unknown.
    plain: bool,
}

fn check(context: &mut Context<'_>) {
    let model = context.model;
    for answerable in everybody(model) {
        match model.owner_name(&answerable.person.value) {
            OwnerName::Person(person) if model.has_left(person) => {
                report_left(&answerable, person, context);
            }
            OwnerName::Unknown if answerable.plain && !model.project.people.is_empty() => {
                report_unknown(&answerable, context);
            }
            OwnerName::Person(_)
            | OwnerName::Unknown
            | OwnerName::Team(_)
            | OwnerName::Role(_)
            | OwnerName::Address(_)
            | OwnerName::Channel
            | OwnerName::Several
            | OwnerName::Group
            | OwnerName::Position
            | OwnerName::Nobody => {}
        }
    }
}

fn report_left(answerable: &Answerable<'_>, person: &Entity<Person>, context: &mut Context<'_>) {
    let Some(left) = &person.body.left else {
        return;
    };
    let Answerable { person, duty, .. } = answerable;
    let message = format!("`{}`, {duty}, left on {}", person.value, left.value.civil);
    context.report(
        context
            .finding(person.span, message)
            .label(left.span, "the last day is written here")
            .help("name the person who answers for it now"),
    );
}

fn report_unknown(answerable: &Answerable<'_>, context: &mut Context<'_>) {
    let Answerable { person, duty, .. } = answerable;
    let message = format!("`{}`, {duty}, is not in the directory", person.value);
    let finding = context.finding(person.span, message);
    let finding = match known_as(&person.value, context.model) {
        Some(known) => finding
            .label(known.span, "this person is there")
            .help(format!("did you mean `{}`?", known.value)),
        None => finding.help("add the person below `people:`, or name somebody who is there"),
    };
    context.report(finding);
}

/// The person of the directory who is probably meant, by the full name or by the nearest one.
fn known_as<'m>(text: &str, model: &'m Model) -> Option<&'m Spanned<String>> {
    let people = &model.project.people;
    let by_full_name = people.iter().find(|person| {
        let full = person.body.name.as_ref();
        full.is_some_and(|full| full.value.eq_ignore_ascii_case(text))
    });
    let near = nearest(text, people.iter().map(|person| person.name.value.as_str()));
    let found = by_full_name.or_else(|| model.person(near?));
    found.map(|person| &person.name)
}

fn everybody(model: &Model) -> Vec<Answerable<'_>> {
    let project = &model.project;
    let mut found = Vec::new();
    for workflow in &project.workflows {
        of_workflow(workflow, &mut found);
    }
    for contract in &project.contracts {
        let duty = format!("the owner of the contract `{}`", contract.name.value);
        refer(contract.body.owner.as_ref(), duty, &mut found);
    }
    for team in &project.teams {
        let duty = format!("the lead of the team `{}`", team.name.value);
        refer(team.body.lead.as_ref(), duty, &mut found);
    }
    for system in &project.systems {
        of_system(system, &mut found);
    }
    for decision in &project.decisions {
        let duty = format!("the owner of the decision table `{}`", decision.name.value);
        refer(decision.body.owner.as_ref(), duty, &mut found);
    }
    for policy in &project.policies {
        let duty = format!("the owner of the policy `{}`", policy.name.value);
        refer(policy.body.owner.as_ref(), duty, &mut found);
    }
    for map in &project.process_maps {
        let duty = format!("the owner of the process map `{}`", map.name.value);
        refer(map.body.owner.as_ref(), duty, &mut found);
    }
    found
}

fn of_workflow<'a>(workflow: &'a Entity<Workflow>, found: &mut Vec<Answerable<'a>>) {
    let name = &workflow.name.value;
    let body = &workflow.body;
    plain(body.owner.as_ref(), format!("the owner of `{name}`"), found);
    plain(
        body.backup.as_ref(),
        format!("the backup of `{name}`"),
        found,
    );
    for (state_name, state) in body.all_states() {
        let duty = format!("the owner of the state `{}`", state_name.value);
        plain(state.owner.as_ref(), duty, found);
    }
    for (control_name, control) in body.controls.iter() {
        let duty = format!("the owner of the control `{}`", control_name.value);
        refer(control.owner.as_ref(), duty, found);
    }
    let fallback = body
        .fallback
        .as_ref()
        .and_then(|fallback| fallback.value.owner.as_ref());
    refer(
        fallback,
        format!("who leads the fallback of `{name}`"),
        found,
    );
}

fn of_system<'a>(system: &'a Entity<System>, found: &mut Vec<Answerable<'a>>) {
    let duty = format!("the owner of the system `{}`", system.name.value);
    refer(system.body.owner.as_ref(), duty, found);
    for (account_name, account) in system.body.accounts.iter() {
        let duty = format!("the owner of the service account `{}`", account_name.value);
        refer(account.owner.as_ref(), duty, found);
    }
}

fn plain<'a>(person: Option<&'a Spanned<String>>, duty: String, found: &mut Vec<Answerable<'a>>) {
    found.extend(person.map(|person| Answerable {
        person,
        duty,
        plain: true,
    }));
}

fn refer<'a>(person: Option<&'a PersonReference>, duty: String, found: &mut Vec<Answerable<'a>>) {
    let person = person.map(|person| &person.name);
    found.extend(person.map(|person| Answerable {
        person,
        duty,
        plain: false,
    }));
}
