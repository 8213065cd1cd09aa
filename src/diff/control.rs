//! Facts about named thresholds, by the direction in which each is weaker.

use std::cmp::Ordering;

use super::fact::Fact;
use super::kind::ControlChange;
use super::lookalike::Likeness;
use super::pairing::{Identity, pair};
use super::recorder::{Named, Places, Presence, Recorder, named};
use crate::model::quantity::Quantity;
use crate::syntax::names::{NameMap, SnakeName};
use crate::syntax::workflow::{Control, Polarity};

/// Compares the controls of a workflow.
pub(super) fn compare_all(
    recorder: &mut Recorder<'_>,
    before: &NameMap<SnakeName, Control>,
    after: &NameMap<SnakeName, Control>,
) {
    let identity = Identity {
        name: |control: &Named<'_, Control>| control.name.value.as_str(),
        renamed_from: |control: &Named<'_, Control>| {
            let old = control.value.renamed_from.as_ref();
            old.map(|name| name.value.text.as_str())
        },
    };
    let (before, after) = (named(before), named(after));
    for pair in pair(&before, &after, identity) {
        let name = pair
            .after
            .or(pair.before)
            .map_or("", |control| control.name.value.as_str());
        let whole = |control: Option<&Named<'_, Control>>| control.map(described);
        match (pair.before, pair.after) {
            (Some(old), Some(new)) => recorder.within(name, |recorder| {
                if old.name.value != new.name.value {
                    let names = (Some(old.fact()), Some(new.fact()));
                    recorder.record(ControlChange::ControlRenamed, name, names.0, names.1);
                }
                compare(recorder, old, new);
            }),
            (before, after) => {
                let kinds = Presence::new(
                    ControlChange::ControlAdded,
                    ControlChange::ControlRemoved,
                    ControlChange::ControlRenamed,
                );
                recorder.compare(name, name, kinds, whole(before), whole(after));
            }
        }
    }
    let likeness = Likeness {
        identity,
        span: |control: &Named<'_, Control>| control.name.span,
        mention: "controls.",
        anywhere: false,
        compare: &|recorder, old, new| {
            compare(recorder, old, new);
            true
        },
    };
    recorder.compare_lonely((&before, &after), &likeness);
}

/// The value of a control with its unit.
pub fn value_text(control: &Control) -> String {
    let value = control
        .value
        .as_ref()
        .map_or("nothing", |value| value.value.text());
    match &control.unit {
        Some(unit) => format!("{value} {}", unit.value),
        None => value.to_owned(),
    }
}

fn described(control: &Named<'_, Control>) -> Fact {
    Fact::new(value_text(control.value), control.name.span)
}

fn compare(recorder: &mut Recorder<'_>, before: &Named<'_, Control>, after: &Named<'_, Control>) {
    let (old, new) = (before.value, after.value);
    let name = after.name.value.as_str();
    let value = |control: &Control| {
        control.value.as_ref().map(|value| {
            Fact::new(value_text(control), value.span)
                .compared_by(Quantity::of(&value.value).canonical())
        })
    };
    let kind = direction(old, new);
    recorder.compare("value", name, Presence::any(kind), value(old), value(new));
    recorder.compare(
        "unit",
        name,
        Presence::any(ControlChange::ControlUnitChanged),
        old.unit.as_ref().map(Fact::text),
        new.unit.as_ref().map(Fact::text),
    );
    let polarity = |control: &Control| {
        let polarity = control.weaker.as_ref();
        polarity.map(|polarity| Fact::word(polarity, Polarity::as_str))
    };
    recorder.compare(
        "weaker",
        name,
        Presence::any(ControlChange::ControlPolarityChanged),
        polarity(old),
        polarity(new),
    );
    recorder.compare(
        "owner",
        name,
        Presence::any(ControlChange::ControlOwnerChanged),
        old.owner.as_ref().map(|owner| Fact::text(&owner.name)),
        new.owner.as_ref().map(|owner| Fact::text(&owner.name)),
    );
    recorder.text("summary", &old.summary, &new.summary);
    let places = Places {
        before: before.name.span,
        after: after.name.span,
    };
    recorder.extensions(places, &old.extensions, &new.extensions);
}

/// The direction by the polarity of before: whoever changes the polarity does not change the past.
fn direction(before: &Control, after: &Control) -> ControlChange {
    let quantity = |control: &Control| {
        control
            .value
            .as_ref()
            .map(|value| Quantity::of(&value.value))
    };
    let order = match (quantity(before), quantity(after)) {
        (Some(before), Some(after)) => before.compare(&after),
        (Some(_) | None, None) | (None, Some(_)) => None,
    };
    let weaker = before.weaker.as_ref().map(|weaker| weaker.value);
    match (order, weaker) {
        (Some(Ordering::Less), Some(Polarity::Higher))
        | (Some(Ordering::Greater), Some(Polarity::Lower)) => ControlChange::ControlWeakened,
        (Some(Ordering::Less), Some(Polarity::Lower))
        | (Some(Ordering::Greater), Some(Polarity::Higher)) => ControlChange::ControlStrengthened,
        (Some(Ordering::Equal), _) | (None, _) | (_, None) => ControlChange::ControlValueChanged,
    }
}
