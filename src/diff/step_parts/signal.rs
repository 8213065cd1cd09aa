//! Facts about what a step waits for, whom it tells and which events it emits.

use crate::diff::fact::Fact;
use crate::diff::kind::StepChange;
use crate::diff::recorder::{Presence, Recorder};
use crate::diff::workflow::compare_contract;
use crate::source::Spanned;
use crate::syntax::step::{Emit, Notify, Step, Wait};

pub(super) fn compare_signals(recorder: &mut Recorder<'_>, before: &Step, after: &Step) {
    let name = after.name();
    if let (Some(old), Some(new)) = (&before.wait, &after.wait) {
        let kind = Presence::any(StepChange::WaitChanged);
        recorder.compare("wait", name, kind, waited(old), waited(new));
        let contract = |wait: &Spanned<Wait>| match &wait.value {
            Wait::For(_) => None,
            Wait::Until(until) => until
                .contract
                .as_ref()
                .map(|contract| contract.name.clone()),
        };
        let place = format!("`{name}`");
        compare_contract(
            recorder,
            "contract",
            &place,
            contract(old).as_ref(),
            contract(new).as_ref(),
        );
    }
    if let (Some(old), Some(new)) = (&before.notify, &after.notify) {
        let kind = Presence::any(StepChange::NotificationChanged);
        recorder.compare("notify", name, kind, notified(old), notified(new));
    }
    if let (Some(old), Some(new)) = (&before.emit, &after.emit) {
        let kind = Presence::any(StepChange::EventChanged);
        recorder.compare("emit", name, kind, event(old), event(new));
        let published = |emit: &Spanned<Emit>| match &emit.value {
            Emit::Event(_) => (None, None),
            Emit::Published(published) => (
                published.with.as_ref().map(Fact::data),
                published
                    .contract
                    .as_ref()
                    .map(|contract| contract.name.clone()),
            ),
        };
        let (old, new) = (published(old), published(new));
        let kind = Presence::any(StepChange::StepInputChanged);
        recorder.compare("emit.with", name, kind, old.0, new.0);
        let place = format!("`{name}`");
        compare_contract(
            recorder,
            "emit.contract",
            &place,
            old.1.as_ref(),
            new.1.as_ref(),
        );
    }
}

fn waited(wait: &Spanned<Wait>) -> Option<Fact> {
    let until = match &wait.value {
        Wait::For(duration) => return Some(Fact::duration(duration)),
        Wait::Until(until) => until,
    };
    if let Some(duration) = &until.duration {
        return Some(Fact::duration(duration));
    }
    if let Some(point) = &until.until {
        let fact = Fact::expression(point);
        let canonical = format!("until {}", fact.canonical());
        return Some(
            Fact::new(format!("until {}", fact.site.text), point.span).compared_by(canonical),
        );
    }
    let event = until.event.as_ref()?;
    let filter = until.filter.as_ref().map(Fact::expression);
    Some(match filter {
        None => Fact::text(event),
        Some(filter) => {
            let canonical = format!("{} where {}", event.value, filter.canonical());
            let text = format!("{} where {}", event.value, filter.site.text);
            Fact::new(text, event.span).compared_by(canonical)
        }
    })
}

fn notified(notify: &Spanned<Notify>) -> Option<Fact> {
    let message = match &notify.value {
        Notify::To(party) => return Some(Fact::text(&party.name)),
        Notify::Message(message) => message,
    };
    let to = Fact::template(message.to.as_ref()?);
    let said = message.message.as_ref().map(Fact::template);
    let channel = message
        .channel
        .as_ref()
        .map(|channel| channel.value.as_str());
    let extra = |said: Option<&str>| {
        let said = said.map(|said| format!(": {said}"));
        let channel = channel.map(|channel| format!(" by {channel}"));
        format!(
            "{}{}",
            channel.unwrap_or_default(),
            said.unwrap_or_default()
        )
    };
    let text = format!(
        "{}{}",
        to.site.text,
        extra(said.as_ref().map(|said| said.site.text.as_str()))
    );
    let canonical = format!(
        "{}{}",
        to.canonical(),
        extra(said.as_ref().map(Fact::canonical))
    );
    Some(Fact::new(text, notify.span).compared_by(canonical))
}

fn event(emit: &Spanned<Emit>) -> Option<Fact> {
    match &emit.value {
        Emit::Event(event) => Some(Fact::text(event)),
        Emit::Published(published) => published.event.as_ref().map(Fact::text),
    }
}
