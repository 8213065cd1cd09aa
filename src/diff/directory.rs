//! Facts about the directory: what workflows rest on.

pub(super) mod calendar;
pub(super) mod decision;
pub(super) mod people;
pub(super) mod queue;
pub(super) mod system;

use super::fact::Fact;
use super::kind::{DirectoryChange, DocumentChange};
use super::recorder::{Places, Presence, Recorder};
use crate::source::Spanned;
use crate::syntax::document::Entity;
use crate::syntax::references::PersonReference;
use crate::syntax::scalars::Extensions;

/// The accountable person of an entry.
fn compare_owner(
    recorder: &mut Recorder<'_>,
    before: &Option<PersonReference>,
    after: &Option<PersonReference>,
) {
    let owner =
        |owner: &Option<PersonReference>| owner.as_ref().map(|owner| Fact::text(&owner.name));
    recorder.compare(
        "owner",
        "owner",
        Presence::any(DocumentChange::OwnerChanged),
        owner(before),
        owner(after),
    );
}

/// Who works on it, or where to ask.
fn compare_contact(
    recorder: &mut Recorder<'_>,
    key: &str,
    before: Option<&Spanned<String>>,
    after: Option<&Spanned<String>>,
) {
    recorder.compare(
        key,
        key,
        Presence::any(DocumentChange::ContactChanged),
        before.map(Fact::text),
        after.map(Fact::text),
    );
}

/// Something that is kept up to date, and on which no decision rests.
fn compare_note(recorder: &mut Recorder<'_>, key: &str, before: Option<Fact>, after: Option<Fact>) {
    let kind = Presence::any(DirectoryChange::DirectoryEntryChanged);
    recorder.compare(key, key, kind, before, after);
}

/// Things that are kept up to date, and on which no decision rests.
fn compare_notes(recorder: &mut Recorder<'_>, key: &str, before: Vec<Fact>, after: Vec<Fact>) {
    let kind = DirectoryChange::DirectoryEntryChanged;
    recorder.members(key, Some(key), kind, kind, before, after);
}

/// The free keys of an entry.
fn compare_free<T>(
    recorder: &mut Recorder<'_>,
    before: &Entity<T>,
    after: &Entity<T>,
    extensions: fn(&T) -> &Extensions,
) {
    let places = Places {
        before: before.key,
        after: after.key,
    };
    recorder.extensions(places, extensions(&before.body), extensions(&after.body));
}
