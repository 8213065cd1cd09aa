//! Facts about fields, of contracts and of a trigger's inputs alike.

mod limits;
mod values;

use super::fact::Fact;
use super::kind::{DocumentChange, FieldChange, ValuesChange};
use super::lookalike::Likeness;
use super::pairing::{Identity, pair};
use super::recorder::{Places, Presence, Recorder};
use crate::model::shape::relation;
use crate::model::shape::{FieldShape, Relation, Shape};
use crate::source::Spanned;
use crate::syntax::contract::{Classification, FieldType};

/// Compares lists of fields.
pub(super) fn compare_all(
    recorder: &mut Recorder<'_>,
    before: &[FieldShape],
    after: &[FieldShape],
) {
    compare_below(recorder, "", before, after);
}

fn compare_below(
    recorder: &mut Recorder<'_>,
    parent: &str,
    before: &[FieldShape],
    after: &[FieldShape],
) {
    let identity = Identity {
        name: |field: &FieldShape| field.name.value.as_str(),
        renamed_from: |field: &FieldShape| {
            field
                .shape
                .renamed_from
                .as_ref()
                .map(|name| name.value.as_str())
        },
    };
    for pair in pair(before, after, identity) {
        let named = |name: &Spanned<String>| format!("{parent}{}", name.value);
        match (pair.before, pair.after) {
            (Some(old), Some(new)) => recorder.within(&new.name.value, |recorder| {
                let subject = named(&new.name);
                if old.name.value != new.name.value {
                    recorder.record(
                        FieldChange::FieldRenamed,
                        &subject,
                        Some(Fact::text(&old.name)),
                        Some(Fact::text(&new.name)),
                    );
                }
                compare_shapes(recorder, &subject, (old, new));
            }),
            (None, Some(new)) => recorder.within(&new.name.value, |recorder| {
                let kind = presence(
                    &new.shape,
                    [
                        FieldChange::FieldRequiredAdded,
                        FieldChange::FieldDefaultedAdded,
                        FieldChange::FieldOptionalAdded,
                    ],
                );
                recorder.record(kind, &named(&new.name), None, Some(described(new)));
            }),
            (Some(old), None) => recorder.within(&old.name.value, |recorder| {
                let kind = presence(
                    &old.shape,
                    [
                        FieldChange::FieldRequiredRemoved,
                        FieldChange::FieldDefaultedRemoved,
                        FieldChange::FieldOptionalRemoved,
                    ],
                );
                recorder.record(kind, &named(&old.name), Some(described(old)), None);
            }),
            (None, None) => {}
        }
    }
    let likeness = Likeness {
        identity,
        span: |field: &FieldShape| field.name.span,
        mention: "",
        anywhere: false,
        compare: &|recorder, old, new| {
            compare_shapes(recorder, &new.name.value, (old, new));
            true
        },
    };
    recorder.compare_lonely((before, after), &likeness);
}

fn presence(shape: &Shape, [required, defaulted, optional]: [FieldChange; 3]) -> FieldChange {
    match (shape.must_be_given(), shape.default.is_some()) {
        (true, _) => required,
        (false, true) => defaulted,
        (false, false) => optional,
    }
}

fn described(field: &FieldShape) -> Fact {
    let shape = &field.shape;
    let kind = shape.kind.map_or("untyped", |kind| kind.value.as_str());
    let mut text = kind.to_owned();
    if let Some(default) = &shape.default {
        text.push_str(&format!(", default {}", default.value.text()));
    } else if shape.required.value {
        text.push_str(", required");
    } else {
        text.push_str(", optional");
    }
    Fact::new(text, field.name.span)
}

/// What a field says yes or no to.
type Flag = fn(&Shape) -> Spanned<bool>;

/// The two sides of one field, with its name for people.
struct Sides<'a> {
    subject: &'a str,
    before: &'a Shape,
    after: &'a Shape,
}

fn compare_shapes(
    recorder: &mut Recorder<'_>,
    subject: &str,
    (old, new): (&FieldShape, &FieldShape),
) {
    let places = Places {
        before: old.name.span,
        after: new.name.span,
    };
    compare_shape(recorder, subject, places, &old.shape, &new.shape);
}

fn compare_shape(
    recorder: &mut Recorder<'_>,
    subject: &str,
    places: Places,
    before: &Shape,
    after: &Shape,
) {
    let sides = Sides {
        subject,
        before,
        after,
    };
    sides.kind(recorder);
    sides.presence(recorder);
    sides.words(recorder, places);
    sides.members(recorder);
    sides.texts(recorder);
    sides.limits(recorder);
    sides.identity(recorder);
    sides.protection(recorder);
    sides.life(recorder);
    sides.nested(recorder, places);
}

impl Sides<'_> {
    fn kind(&self, recorder: &mut Recorder<'_>) {
        let (Some(before), Some(after)) = (self.before.kind, self.after.kind) else {
            return;
        };
        let fact = |kind: &Spanned<FieldType>| Some(Fact::word(kind, FieldType::as_str));
        let kind = match relation::of_kinds(before.value, after.value) {
            Relation::Same => return,
            Relation::Wider => FieldChange::FieldTypeWidened,
            Relation::Narrower => FieldChange::FieldTypeNarrowed,
            Relation::Incomparable => FieldChange::FieldTypeChanged,
        };
        recorder.compare(
            "type",
            self.subject,
            Presence::any(kind),
            fact(&before),
            fact(&after),
        );
    }

    fn presence(&self, recorder: &mut Recorder<'_>) {
        use FieldChange::{
            FieldMadeNonNull, FieldMadeNullable, FieldMadeOptional, FieldMadeRequired,
        };
        let given = |shape: &Shape| {
            let text = match (shape.required.value, shape.default.is_some()) {
                (true, true) => "required, with a default",
                (true, false) => "required",
                (false, _) => "optional",
            };
            let compared = if shape.must_be_given() {
                "required"
            } else {
                "optional"
            };
            Some(Fact::new(text, shape.required.span).compared_by(compared.to_owned()))
        };
        let kind = if self.after.must_be_given() {
            FieldMadeRequired
        } else {
            FieldMadeOptional
        };
        recorder.compare(
            "required",
            self.subject,
            Presence::any(kind),
            given(self.before),
            given(self.after),
        );
        let nullable = |shape: &Shape| {
            let text = if shape.nullable.value {
                "nullable"
            } else {
                "never null"
            };
            Some(Fact::new(text, shape.nullable.span))
        };
        let kind = if self.after.nullable.value {
            FieldMadeNullable
        } else {
            FieldMadeNonNull
        };
        recorder.compare(
            "nullable",
            self.subject,
            Presence::any(kind),
            nullable(self.before),
            nullable(self.after),
        );
        self.default_value(recorder);
    }

    /// A default that comes or goes on a required field has been told as its presence already.
    fn default_value(&self, recorder: &mut Recorder<'_>) {
        let told = self.before.must_be_given() != self.after.must_be_given();
        let both = self.before.default.is_some() && self.after.default.is_some();
        if told && !both {
            return;
        }
        recorder.compare(
            "default",
            self.subject,
            Presence::any(FieldChange::DefaultChanged),
            self.before.default.as_ref().map(Fact::literal),
            self.after.default.as_ref().map(Fact::literal),
        );
    }

    fn words(&self, recorder: &mut Recorder<'_>, places: Places) {
        recorder.text(
            "description",
            &self.before.description,
            &self.after.description,
        );
        recorder.samples("examples", &self.before.examples, &self.after.examples);
        recorder.extensions(places, &self.before.extensions, &self.after.extensions);
        recorder.compare(
            "unit",
            self.subject,
            Presence::new(
                FieldChange::FieldUnitAdded,
                FieldChange::FieldUnitChanged,
                FieldChange::FieldUnitChanged,
            ),
            self.before.unit.as_ref().map(Fact::text),
            self.after.unit.as_ref().map(Fact::text),
        );
    }

    fn identity(&self, recorder: &mut Recorder<'_>) {
        let flags: [(_, _, Flag); 3] = [
            (
                "key",
                [ValuesChange::KeyAdded, ValuesChange::KeyRemoved],
                |shape| shape.key,
            ),
            (
                "unique",
                [
                    ValuesChange::UniquenessAdded,
                    ValuesChange::UniquenessRemoved,
                ],
                |shape| shape.unique,
            ),
            (
                "unique_items",
                [
                    ValuesChange::UniquenessAdded,
                    ValuesChange::UniquenessRemoved,
                ],
                |shape| shape.unique_items,
            ),
        ];
        for (key, [added, removed], flag) in flags {
            self.flag(recorder, key, [added.into(), removed.into()], flag);
        }
    }

    fn flag(
        &self,
        recorder: &mut Recorder<'_>,
        key: &str,
        [set, unset]: [super::ChangeKind; 2],
        flag: Flag,
    ) {
        let fact = |shape: &Shape| Some(Fact::flag(&flag(shape)));
        let kind = if flag(self.after).value { set } else { unset };
        recorder.compare(
            key,
            self.subject,
            Presence::any(kind),
            fact(self.before),
            fact(self.after),
        );
    }

    fn protection(&self, recorder: &mut Recorder<'_>) {
        use FieldChange::{ClassificationLowered, ClassificationRaised, PiiMarked, PiiUnmarked};
        let class = |shape: &Shape| shape.classification.map(|class| class.value);
        let fact = |shape: &Shape| {
            let class = shape.classification.as_ref();
            class.map(|class| Fact::word(class, Classification::as_str))
        };
        let kind = if class(self.after) > class(self.before) {
            ClassificationRaised
        } else {
            ClassificationLowered
        };
        recorder.compare(
            "classification",
            self.subject,
            Presence::any(kind),
            fact(self.before),
            fact(self.after),
        );
        self.flag(
            recorder,
            "pii",
            [PiiMarked.into(), PiiUnmarked.into()],
            |shape| shape.pii,
        );
    }

    fn life(&self, recorder: &mut Recorder<'_>) {
        use FieldChange::{
            FieldDeprecated, FieldReinstated, FieldSunsetAdvanced, FieldSunsetPostponed,
        };
        let deprecation = [FieldDeprecated.into(), FieldReinstated.into()];
        self.flag(recorder, "deprecated", deprecation, |shape| {
            shape.deprecated
        });
        let (before, after) = (&self.before.sunset, &self.after.sunset);
        let announced = self.before.deprecated.value != self.after.deprecated.value;
        if announced && (before.is_none() || after.is_none()) {
            return;
        }
        let earlier = match (before, after) {
            (Some(before), Some(after)) => after.value < before.value,
            (before, _) => before.is_none(),
        };
        let kind = if earlier {
            FieldSunsetAdvanced
        } else {
            FieldSunsetPostponed
        };
        recorder.compare(
            "sunset",
            self.subject,
            Presence::any(kind),
            before.as_ref().map(Fact::date),
            after.as_ref().map(Fact::date),
        );
    }

    fn nested(&self, recorder: &mut Recorder<'_>, places: Places) {
        recorder.within("properties", |recorder| {
            let parent = format!("{}.", self.subject);
            compare_below(
                recorder,
                &parent,
                &self.before.properties,
                &self.after.properties,
            );
        });
        let inner = [
            ("items", &self.before.items, &self.after.items),
            ("values", &self.before.values, &self.after.values),
        ];
        for (key, before, after) in inner {
            let subject = format!("{}[]", self.subject);
            recorder.within(key, |recorder| match (before, after) {
                (None, None) => {}
                (Some(before), Some(after)) => {
                    compare_shape(recorder, &subject, places, before, after);
                }
                (before, after) => compare_unspecified(recorder, &subject, (before, after)),
            });
        }
    }
}

/// Items of which one side says nothing accept anything there.
fn compare_unspecified(
    recorder: &mut Recorder<'_>,
    subject: &str,
    (before, after): (&Option<Box<Shape>>, &Option<Box<Shape>>),
) {
    let fact = |shape: &Option<Box<Shape>>| {
        let kind = shape.as_ref().and_then(|shape| shape.kind);
        kind.map(|kind| Fact::word(&kind, FieldType::as_str))
    };
    recorder.compare(
        "type",
        subject,
        Presence::new(
            FieldChange::FieldTypeNarrowed,
            FieldChange::FieldTypeWidened,
            DocumentChange::TextChanged,
        ),
        fact(before),
        fact(after),
    );
}
