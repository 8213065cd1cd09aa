//! Who a forge asks to review which file: the owners of its documents and of their controls, and
//! whom the policies ask about their risks.

use std::collections::{BTreeMap, BTreeSet};

use super::Loaded;
use crate::compat::approvals::in_force;
use crate::model::Model;
use crate::model::selector::{Described, Matcher};
use crate::syntax::DocumentKind;
use crate::syntax::policy::{ApprovalDemand, Approver, NamedApprover};

/// The first line of the part that is written.
pub const BEGIN: &str = "# flowgate: begin (written by `flowgate codeowners --write`)";
/// The last line of the part that is written.
pub const END: &str = "# flowgate: end";

/// The lines for a project that lies in `folder` of its repository.
pub fn lines(loaded: &Loaded, folder: &str) -> String {
    let model = &loaded.model;
    let mut people: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, kind, name) in documents(loaded) {
        let own = people.entry(path.clone()).or_default();
        own.extend(reviewers(model, kind, &name, &path));
    }
    let guards: BTreeSet<String> = in_force(model)
        .filter_map(|policy| policy.body.owner.as_ref())
        .map(|owner| owner.name.value.clone())
        .collect();
    let mut text = format!("{BEGIN}\n");
    for (path, names) in &people {
        // What nobody else answers for, those who answer for the policies do.
        let names = if names.is_empty() { &guards } else { names };
        let accounts: Vec<String> = names
            .iter()
            .filter_map(|name| account(model, name))
            .collect();
        let path = match folder {
            "" => format!("/{path}"),
            folder => format!("/{folder}/{path}"),
        };
        text.push_str(format!("{} {}", escaped(&path), accounts.join(" ")).trim_end());
        text.push('\n');
    }
    text.push_str(END);
    text.push('\n');
    text
}

/// A file of code owners with the written part put in, or replaced; `None` when it has a beginning of
/// that part without an end.
pub fn merged(existing: &str, lines: &str) -> Option<String> {
    let Some(start) = existing.find("# flowgate: begin") else {
        let gap = match existing {
            "" => "",
            text if text.ends_with('\n') => "\n",
            _ => "\n\n",
        };
        return Some(format!("{existing}{gap}{lines}"));
    };
    let end = start + existing[start..].find(END)? + END.len();
    let rest = existing[end..]
        .strip_prefix('\n')
        .unwrap_or(&existing[end..]);
    Some(format!("{}{lines}{rest}", &existing[..start]))
}

/// Every document with its file.
fn documents(loaded: &Loaded) -> Vec<(String, DocumentKind, String)> {
    let project = &loaded.model.project;
    let mut found = Vec::new();
    macro_rules! add {
        ($($list:ident => $kind:ident),*) => {$(
            found.extend(project.$list.iter().map(|entity| {
                (entity.span.source, DocumentKind::$kind, entity.name.value.clone())
            }));
        )*};
    }
    add!(
        workflows => Workflow, contracts => Contract, queues => Queue, teams => Team,
        people => Person, systems => System, calendars => Calendar, decisions => Decision,
        policies => Policy, scenarios => Scenarios, process_maps => ProcessMap, configs => Project
    );
    found
        .into_iter()
        .map(|(source, kind, name)| (loaded.sources.file(source).path().to_owned(), kind, name))
        .collect()
}

fn reviewers(model: &Model, kind: DocumentKind, name: &str, path: &str) -> BTreeSet<String> {
    let mut people = BTreeSet::new();
    match kind {
        // Who decides about people and settings decides about approvals.
        DocumentKind::Person | DocumentKind::Team | DocumentKind::Project => return people,
        DocumentKind::Scenarios => people.extend(owner(model, DocumentKind::Workflow, name)),
        DocumentKind::Workflow
        | DocumentKind::Contract
        | DocumentKind::Queue
        | DocumentKind::System
        | DocumentKind::Calendar
        | DocumentKind::Decision
        | DocumentKind::Policy
        | DocumentKind::ProcessMap => people.extend(owner(model, kind, name)),
    }
    let workflow = model
        .workflow(name)
        .filter(|_| kind == DocumentKind::Workflow);
    for (_, control) in workflow.iter().flat_map(|it| it.body.controls.iter()) {
        people.extend(control.owner.as_ref().map(|owner| owner.name.value.clone()));
    }
    for demand in in_force(model).flat_map(|policy| &policy.body.approvals) {
        if is_about(demand, model, kind, name, path) {
            let named = demand.ask.iter().flatten();
            people.extend(named.flat_map(|approver| asked(approver, model)));
        }
    }
    people.retain(|person| model.is_active_person(person));
    people
}

fn owner(model: &Model, kind: DocumentKind, name: &str) -> Option<String> {
    model.accountable(kind, name).map(str::to_owned)
}

/// Whether a demand is about the risks of a document.
fn is_about(
    demand: &ApprovalDemand,
    model: &Model,
    kind: DocumentKind,
    name: &str,
    path: &str,
) -> bool {
    demand.selector.as_ref().is_some_and(|selector| {
        let stage = model
            .workflow(name)
            .filter(|_| kind == DocumentKind::Workflow);
        !selector.risk.is_empty()
            && Matcher::new(selector).fits(&Described {
                kind,
                names: BTreeSet::from([name]),
                risks: model.risks(kind, name),
                stage: stage.map_or(0, |workflow| workflow.body.rollout_stage()),
                teams: model.teams_of(kind, name),
                paths: BTreeSet::from([path]),
            })
    })
}

fn asked(approver: &Approver, model: &Model) -> Vec<String> {
    let named: &NamedApprover = match approver {
        Approver::Named(named) => named,
        Approver::Duty(_) => return Vec::new(),
    };
    let role = named.role.iter();
    let holders = role.flat_map(|role| model.role_holders(&role.name.value));
    let person = named.person.iter().map(|person| person.name.value.clone());
    holders
        .map(|holder| holder.name.value.clone())
        .chain(person)
        .collect()
}

/// How a forge knows a person: by account, else by address.
fn account(model: &Model, name: &str) -> Option<String> {
    let person = &model.person(name)?.body;
    let account = person.github.as_ref().or(person.gitlab.as_ref());
    let account = account.map(|account| format!("@{}", account.value.trim_start_matches('@')));
    account.or_else(|| person.email.as_ref().map(|email| email.value.clone()))
}

/// Blanks separate people, and `#` begins a comment.
fn escaped(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for character in path.chars() {
        if matches!(character, ' ' | '#' | '[' | ']' | '*' | '?' | '\\') {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{BEGIN, END, escaped, merged};

    #[test]
    fn what_others_wrote_stays() {
        let lines = format!("{BEGIN}\n/a b\n{END}\n");
        assert_eq!(merged("", &lines).unwrap(), lines);
        let first = merged("* @all\n", &lines).unwrap();
        assert_eq!(first, format!("* @all\n\n{lines}"));
        assert_eq!(merged(&first, &lines).unwrap(), first);
        let other = format!("{BEGIN}\n/a c\n{END}\n");
        let changed = merged(&format!("{first}/last @x\n"), &other).unwrap();
        assert_eq!(changed, format!("* @all\n\n{other}/last @x\n"));
        assert_eq!(merged(&format!("{BEGIN}\n/a b\n"), &lines), None);
    }

    #[test]
    fn paths_are_patterns() {
        assert_eq!(escaped("/a b/#1.yaml"), "/a\\ b/\\#1.yaml");
    }
}
