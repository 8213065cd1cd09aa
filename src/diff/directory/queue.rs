//! Facts about queues.

use super::{compare_contact, compare_free, compare_note, compare_owner};
use crate::diff::fact::Fact;
use crate::diff::kind::DirectoryChange;
use crate::diff::recorder::{Presence, Recorder};
use crate::diff::workflow::compare_sla;
use crate::source::Spanned;
use crate::syntax::directory::{Queue, QueueKind};
use crate::syntax::document::Entity;

/// Compares two versions of a queue.
pub(in crate::diff) fn compare(
    recorder: &mut Recorder<'_>,
    before: &Entity<Queue>,
    after: &Entity<Queue>,
) {
    let (old, new) = (&before.body, &after.body);
    recorder.text("summary", &old.summary, &new.summary);
    compare_owner(recorder, &old.owner, &new.owner);
    let team = |queue: &Queue| queue.team.as_ref().map(|team| team.name.clone());
    compare_contact(recorder, "team", team(old).as_ref(), team(new).as_ref());
    compare_contact(
        recorder,
        "contact",
        old.contact.as_ref(),
        new.contact.as_ref(),
    );
    let kind = |queue: &Entity<Queue>| {
        let kind = queue
            .body
            .kind
            .unwrap_or(Spanned::new(QueueKind::Work, queue.key));
        Some(Fact::word(&kind, QueueKind::as_str))
    };
    recorder.compare(
        "kind",
        &after.name.value,
        Presence::any(DirectoryChange::QueueKindChanged),
        kind(before),
        kind(after),
    );
    compare_sla(recorder, &old.sla, &new.sla);
    let pauses = |queue: &Entity<Queue>| {
        queue
            .body
            .pauses_sla
            .unwrap_or(Spanned::new(false, queue.key))
    };
    let kind = if pauses(after).value {
        DirectoryChange::PauseAdded
    } else {
        DirectoryChange::PauseRemoved
    };
    let fact = |queue: &Entity<Queue>| {
        let pauses = pauses(queue);
        let text = if pauses.value {
            "the clock stands still"
        } else {
            "the clock runs"
        };
        Some(Fact::new(text, pauses.span))
    };
    let name = &after.name.value;
    recorder.compare(
        "pauses_sla",
        name,
        Presence::any(kind),
        fact(before),
        fact(after),
    );
    let replay = |queue: &Queue| queue.replay.as_ref().map(|file| Fact::text(&file.path));
    compare_note(recorder, "replay", replay(old), replay(new));
    compare_free(recorder, before, after, |queue| &queue.extensions);
}
