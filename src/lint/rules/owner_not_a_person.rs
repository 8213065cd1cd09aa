//! `owner-not-a-person`: owners that are teams, roles, mailing lists or several people.

use crate::declare_rule;
use crate::diagnostic::{Diagnostic, Edit};
use crate::lint::{Context, On};
use crate::model::Model;
use crate::model::owner::OwnerName;
use crate::rule::ERROR;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::directory::{Person, Team};
use crate::syntax::workflow::Workflow;
use crate::yaml::edit;

declare_rule! {
    /// Finds owners and backups of workflows, and owners of states, that are not one person: a
    /// team, a role, a mail address, a channel, several names.
    ///
    /// "The ops team" cannot be asked, cannot approve a change and cannot be missing. One person
    /// can, and may hand the work to a team all the same.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   owner: people-ops
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   owner: tom.okafor
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Name one person of the directory. `--fix=unsafe` takes the lead of the team, the only holder
    /// of the role, or the person whose address it is; ask them first.
    pub static RULE = {
        check: On::Workflow(check),
        id: "owner-not-a-person",
        summary: "an owner that is not one person",
        why: "what belongs to a group is what everybody believes somebody else is looking after",
        family: Ownership,
        level: ERROR,
        locked: true,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let body = &workflow.body;
    let name = &workflow.name.value;
    if let Some(owner) = &body.owner {
        judge(owner, &format!("the owner of `{name}`"), context);
    }
    if let Some(backup) = &body.backup {
        judge(backup, &format!("the backup of `{name}`"), context);
    }
    for (state_name, state) in body.all_states() {
        if let Some(owner) = &state.owner {
            let duty = format!("the owner of the state `{}`", state_name.value);
            judge(owner, &duty, context);
        }
    }
}

fn judge(written: &Spanned<String>, duty: &str, context: &mut Context<'_>) {
    let text = &written.value;
    let subject = format!("`{text}`, {duty},");
    let finding = |message: String| context.finding(written.span, message);
    let diagnostic = match context.model.owner_name(text) {
        OwnerName::Person(_) | OwnerName::Unknown => return,
        OwnerName::Team(team) => {
            let lead = active_lead(team, context.model);
            suggest(
                finding(format!("{subject} is a team")),
                written,
                lead,
                "its lead",
            )
        }
        OwnerName::Role(holder) => {
            let found = finding(format!("{subject} is a role"));
            suggest(found, written, holder, "who holds it alone")
        }
        OwnerName::Address(person) => {
            let found = finding(format!("{subject} is a mail address"));
            suggest(found, written, person, "whose address it is")
        }
        OwnerName::Channel => finding(format!("{subject} is a channel")).help(NAME_ONE),
        OwnerName::Several => finding(format!("{subject} names more than one person"))
            .help("name the one of them who decides; the other can be the `backup`"),
        OwnerName::Group => finding(format!("{subject} is a group")).help(NAME_ONE),
        OwnerName::Position => {
            finding(format!("{subject} is a position")).help("name the person who holds it now")
        }
        OwnerName::Nobody if text.trim().is_empty() => {
            finding(format!("{duty} is left blank")).help(NAME_ONE)
        }
        OwnerName::Nobody => finding(format!("{subject} is nobody")).help(NAME_ONE),
    };
    context.report(diagnostic);
}

const NAME_ONE: &str = "name the one person who answers for it";

fn active_lead<'m>(team: &'m Entity<Team>, model: &'m Model) -> Option<&'m Entity<Person>> {
    let lead = team.body.lead.as_ref()?;
    let person = model.person(&lead.name.value)?;
    (!model.has_left(person)).then_some(person)
}

fn suggest(
    found: Diagnostic,
    written: &Spanned<String>,
    person: Option<&Entity<Person>>,
    because: &str,
) -> Diagnostic {
    let Some(person) = person else {
        return found.help(NAME_ONE);
    };
    let name = &person.name.value;
    found
        .help(format!("name one person, such as `{name}`, {because}"))
        .unsafe_fix(Some(Edit {
            span: written.span,
            text: edit::quoted_if_needed(name),
        }))
}
