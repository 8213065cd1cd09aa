//! Facts about systems, their accounts and operations.

use super::{compare_contact, compare_free, compare_note, compare_notes, compare_owner};
use crate::diff::fact::Fact;
use crate::diff::kind::DirectoryChange;
use crate::diff::pairing::{Identity, pair};
use crate::diff::recorder::{Named, Places, Presence, Recorder, named};
use crate::diff::workflow::compare_contract;
use crate::source::Spanned;
use crate::syntax::directory::{Account, Effect, Operation, System};
use crate::syntax::document::Entity;

/// Compares two versions of a system.
pub(in crate::diff) fn compare(
    recorder: &mut Recorder<'_>,
    before: &Entity<System>,
    after: &Entity<System>,
) {
    let (old, new) = (&before.body, &after.body);
    recorder.text("summary", &old.summary, &new.summary);
    compare_owner(recorder, &old.owner, &new.owner);
    let team = |system: &System| system.team.as_ref().map(|team| team.name.clone());
    compare_contact(recorder, "team", team(old).as_ref(), team(new).as_ref());
    compare_contact(
        recorder,
        "contact",
        old.contact.as_ref(),
        new.contact.as_ref(),
    );
    let objects = |system: &System| {
        let objects = system.record_of.iter();
        objects
            .map(|object| Fact::new(object.value.text.clone(), object.span))
            .collect()
    };
    compare_notes(recorder, "record_of", objects(old), objects(new));
    recorder.within("accounts", |recorder| compare_accounts(recorder, old, new));
    recorder.within("operations", |recorder| {
        compare_operations(recorder, old, new)
    });
    compare_free(recorder, before, after, |system| &system.extensions);
}

fn compare_accounts(recorder: &mut Recorder<'_>, before: &System, after: &System) {
    let identity = Identity {
        name: |account: &Named<'_, Account>| account.name.value.as_str(),
        renamed_from: |_| None,
    };
    let (before, after) = (named(&before.accounts), named(&after.accounts));
    for pair in pair(&before, &after, identity) {
        let name = pair
            .after
            .or(pair.before)
            .map_or("", |account| account.name.value.as_str());
        let scopes = |account: Option<&Named<'_, Account>>| {
            account.map(|account| {
                let scopes: Vec<&str> = account
                    .value
                    .scopes
                    .iter()
                    .map(|scope| scope.value.as_str())
                    .collect();
                Fact::new(format!("may do {}", scopes.join(", ")), account.name.span)
            })
        };
        match (pair.before, pair.after) {
            (Some(old), Some(new)) => recorder.within(name, |recorder| {
                compare_account(recorder, name, old.value, new.value);
                let places = Places {
                    before: old.name.span,
                    after: new.name.span,
                };
                recorder.extensions(places, &old.value.extensions, &new.value.extensions);
            }),
            (before, after) => {
                let kinds = Presence::new(
                    DirectoryChange::ServiceAccountAdded,
                    DirectoryChange::ServiceAccountRemoved,
                    DirectoryChange::DirectoryEntryChanged,
                );
                recorder.compare(name, name, kinds, scopes(before), scopes(after));
            }
        }
    }
}

fn compare_account(recorder: &mut Recorder<'_>, name: &str, before: &Account, after: &Account) {
    let texts = |texts: &[Spanned<String>]| texts.iter().map(Fact::text).collect::<Vec<_>>();
    recorder.members(
        "scopes",
        Some(&format!("`{name}`")),
        DirectoryChange::AccountScopeWidened,
        DirectoryChange::AccountScopeNarrowed,
        texts(&before.scopes),
        texts(&after.scopes),
    );
    let (old, new) = (&before.rotate_every, &after.rotate_every);
    let slower = match (old, new) {
        (Some(old), Some(new)) => new.value.elapsed_seconds() > old.value.elapsed_seconds(),
        (_, new) => new.is_none(),
    };
    let kind = if slower {
        DirectoryChange::RotationSlowed
    } else {
        DirectoryChange::RotationQuickened
    };
    recorder.compare(
        "rotate_every",
        name,
        Presence::any(kind),
        old.as_ref().map(Fact::duration),
        new.as_ref().map(Fact::duration),
    );
    compare_note(
        recorder,
        "rotated",
        before.rotated.as_ref().map(Fact::date),
        after.rotated.as_ref().map(Fact::date),
    );
    compare_owner(recorder, &before.owner, &after.owner);
    compare_notes(
        recorder,
        "used_by",
        texts(&before.used_by),
        texts(&after.used_by),
    );
}

fn compare_operations(recorder: &mut Recorder<'_>, before: &System, after: &System) {
    let identity = Identity {
        name: |operation: &Named<'_, Operation>| operation.name.value.as_str(),
        renamed_from: |_| None,
    };
    let (before, after) = (named(&before.operations), named(&after.operations));
    for pair in pair(&before, &after, identity) {
        let name = pair
            .after
            .or(pair.before)
            .map_or("", |operation| operation.name.value.as_str());
        let fact = |operation: Option<&Named<'_, Operation>>| operation.map(described);
        let kinds = Presence::new(
            DirectoryChange::ServiceOperationAdded,
            DirectoryChange::ServiceOperationRemoved,
            DirectoryChange::ServiceOperationChanged,
        );
        recorder.compare(name, name, kinds, fact(pair.before), fact(pair.after));
        if let (Some(old), Some(new)) = (pair.before, pair.after) {
            recorder.within(name, |recorder| compare_operation(recorder, name, old, new));
        }
    }
}

fn compare_operation(
    recorder: &mut Recorder<'_>,
    name: &str,
    before: &Named<'_, Operation>,
    after: &Named<'_, Operation>,
) {
    let (old, new) = (before.value, after.value);
    recorder.text("summary", &old.summary, &new.summary);
    let place = format!("`{name}`");
    for (key, before, after) in [
        ("takes", &old.takes, &new.takes),
        ("returns", &old.returns, &new.returns),
    ] {
        let name = |contract: &'_ Option<crate::syntax::references::ContractReference>| {
            contract.as_ref().map(|contract| contract.name.clone())
        };
        compare_contract(
            recorder,
            key,
            &place,
            name(before).as_ref(),
            name(after).as_ref(),
        );
    }
    let places = Places {
        before: before.name.span,
        after: after.name.span,
    };
    recorder.extensions(places, &old.extensions, &new.extensions);
}

fn described(operation: &Named<'_, Operation>) -> Fact {
    let value = operation.value;
    let mut text = value
        .effect
        .map_or("no effect", |effect| Effect::as_str(effect.value))
        .to_owned();
    if let Some(scope) = &value.scope {
        text.push_str(&format!(", scope {}", scope.value));
    }
    if let Some(object) = &value.object {
        text.push_str(&format!(", about {}", object.value.text));
    }
    let mut errors: Vec<&str> = value
        .errors
        .iter()
        .map(|error| error.value.text.as_str())
        .collect();
    errors.sort_unstable();
    if !errors.is_empty() {
        text.push_str(&format!(", errors {}", errors.join(", ")));
    }
    if value.idempotent.is_some_and(|idempotent| idempotent.value) {
        text.push_str(", idempotent");
    }
    Fact::new(text, operation.name.span)
}
