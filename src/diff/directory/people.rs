//! Facts about people and teams.

use super::{compare_contact, compare_free, compare_note, compare_notes};
use crate::diff::fact::Fact;
use crate::diff::kind::DirectoryChange;
use crate::diff::recorder::Recorder;
use crate::syntax::directory::{Person, Team};
use crate::syntax::document::Entity;

/// Compares two versions of a person.
pub(in crate::diff) fn compare(
    recorder: &mut Recorder<'_>,
    before: &Entity<Person>,
    after: &Entity<Person>,
) {
    let (old, new) = (&before.body, &after.body);
    let roles = |person: &Person| {
        let roles = person.roles.iter();
        roles
            .map(|role| Fact::new(role.value.text.clone(), role.span))
            .collect()
    };
    recorder.members(
        "roles",
        None,
        DirectoryChange::RoleGranted,
        DirectoryChange::RoleRevoked,
        roles(old),
        roles(new),
    );
    let name = |person: &Entity<Person>| person.body.name.as_ref().map(Fact::text);
    let shown =
        |person: &Entity<Person>| name(person).filter(|fact| fact.canonical() != person.name.value);
    compare_note(recorder, "name", shown(before), shown(after));
    let email = |person: &Person| person.email.as_ref().map(Fact::text);
    compare_note(recorder, "email", email(old), email(new));
    let key = |person: &Person| {
        person
            .signing_key
            .as_ref()
            .map(|file| Fact::text(&file.path))
    };
    compare_note(recorder, "signing_key", key(old), key(new));
    let left = |person: &Person| person.left.as_ref().map(Fact::date);
    compare_note(recorder, "left", left(old), left(new));
    compare_notes(recorder, "out", absences(old), absences(new));
    compare_free(recorder, before, after, |person| &person.extensions);
}

fn absences(person: &Person) -> Vec<Fact> {
    let absences = person.out.iter().filter_map(|absence| {
        let (from, to) = (absence.from.as_ref()?, absence.to.as_ref()?);
        let mut text = format!("{} to {}", from.value.civil, to.value.civil);
        if let Some(delegate) = &absence.delegate {
            text.push_str(&format!(", {} stands in", delegate.name.value));
        }
        Some(Fact::new(text, from.span))
    });
    absences.collect()
}

/// Compares two versions of a team.
pub(in crate::diff) fn compare_team(
    recorder: &mut Recorder<'_>,
    before: &Entity<Team>,
    after: &Entity<Team>,
) {
    let (old, new) = (&before.body, &after.body);
    recorder.text("summary", &old.summary, &new.summary);
    let lead = |team: &Team| team.lead.as_ref().map(|lead| Fact::text(&lead.name));
    compare_note(recorder, "lead", lead(old), lead(new));
    let members = |team: &Team| {
        team.members
            .iter()
            .map(|member| Fact::text(&member.name))
            .collect()
    };
    compare_notes(recorder, "members", members(old), members(new));
    compare_contact(
        recorder,
        "contact",
        old.contact.as_ref(),
        new.contact.as_ref(),
    );
    compare_free(recorder, before, after, |team| &team.extensions);
}
