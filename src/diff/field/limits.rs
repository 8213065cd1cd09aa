//! Facts about how large, long or many the values of a field may be.

use super::Sides;
use crate::diff::fact::Fact;
use crate::diff::kind::ValuesChange;
use crate::diff::recorder::Recorder;
use crate::model::shape::relation;
use crate::model::shape::{Bound, Extent, Relation, Shape};
use crate::source::Spanned;

impl Sides<'_> {
    pub(super) fn limits(&self, recorder: &mut Recorder<'_>) {
        let (before, after) = (self.before, self.after);
        let value =
            |bound: &Option<Spanned<Bound>>| bound.as_ref().map(|bound| bound.value.clone());
        let step = |shape: &Shape| shape.multiple_of.map(|step| step.value);
        let ends = |extent: Extent| (extent.least, extent.most);
        let limits = [
            (
                "min",
                relation::of_lower(value(&before.lower).as_ref(), value(&after.lower).as_ref()),
                [
                    bound(&before.lower, "at least", "more than"),
                    bound(&after.lower, "at least", "more than"),
                ],
            ),
            (
                "max",
                relation::of_upper(value(&before.upper).as_ref(), value(&after.upper).as_ref()),
                [
                    bound(&before.upper, "at most", "less than"),
                    bound(&after.upper, "at most", "less than"),
                ],
            ),
            (
                "multiple_of",
                relation::of_steps(step(before), step(after)),
                [before, after].map(|shape| {
                    let step = shape.multiple_of;
                    step.map(|step| {
                        Fact::new(
                            format!("a multiple of {}", step.value.normalize()),
                            step.span,
                        )
                    })
                }),
            ),
            (
                "min_length",
                relation::of_least(&before.length, &after.length),
                [before, after].map(|shape| count(ends(shape.length).0, "at least", "characters")),
            ),
            (
                "max_length",
                relation::of_most(&before.length, &after.length),
                [before, after].map(|shape| count(ends(shape.length).1, "at most", "characters")),
            ),
            (
                "min_items",
                relation::of_least(&before.item_count, &after.item_count),
                [before, after].map(|shape| count(ends(shape.item_count).0, "at least", "items")),
            ),
            (
                "max_items",
                relation::of_most(&before.item_count, &after.item_count),
                [before, after].map(|shape| count(ends(shape.item_count).1, "at most", "items")),
            ),
        ];
        for (key, relation, [before, after]) in limits {
            self.limit(recorder, key, relation, before, after);
        }
    }

    fn limit(
        &self,
        recorder: &mut Recorder<'_>,
        key: &str,
        relation: Relation,
        before: Option<Fact>,
        after: Option<Fact>,
    ) {
        let kind = match relation {
            Relation::Same => return,
            Relation::Narrower => ValuesChange::ConstraintTightened,
            Relation::Wider => ValuesChange::ConstraintLoosened,
            Relation::Incomparable => ValuesChange::ConstraintChanged,
        };
        recorder.within(key, |recorder| {
            recorder.record(kind, self.subject, before, after)
        });
    }
}

fn bound(bound: &Option<Spanned<Bound>>, inclusive: &str, exclusive: &str) -> Option<Fact> {
    let bound = bound.as_ref()?;
    let word = if bound.value.inclusive {
        inclusive
    } else {
        exclusive
    };
    let limit = bound.value.limit.canonical();
    Some(Fact::new(format!("{word} {limit}"), bound.span))
}

fn count(count: Option<Spanned<u32>>, word: &str, what: &str) -> Option<Fact> {
    count.map(|count| Fact::new(format!("{word} {} {what}", count.value), count.span))
}
