//! How the values accepted before stand to the values accepted after.
//!
//! Every judgement about compatibility starts here: optional is wider than required, an open list
//! of values wider than a closed one, no constraint wider than a constraint.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::{Bound, Extent, Members};
use crate::model::quantity::Quantity;
use crate::syntax::contract::FieldType;

/// The relation of a new set of values to the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// Both accept the same.
    Same,
    /// The new one accepts less, and nothing else.
    Narrower,
    /// The new one accepts more, and everything from before.
    Wider,
    /// Each accepts something that the other refuses.
    Incomparable,
}

impl Relation {
    /// The relation with old and new exchanged.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Relation::Same => Relation::Same,
            Relation::Narrower => Relation::Wider,
            Relation::Wider => Relation::Narrower,
            Relation::Incomparable => Relation::Incomparable,
        }
    }

    fn of(lost: bool, gained: bool) -> Self {
        match (lost, gained) {
            (false, false) => Relation::Same,
            (true, false) => Relation::Narrower,
            (false, true) => Relation::Wider,
            (true, true) => Relation::Incomparable,
        }
    }

    /// The relation when a constraint appears, goes away, or becomes another one that `compare`
    /// judges.
    pub fn of_presence<T>(
        before: Option<T>,
        after: Option<T>,
        compare: impl FnOnce(T, T) -> Relation,
    ) -> Self {
        match (before, after) {
            (None, None) => Relation::Same,
            (None, Some(_)) => Relation::Narrower,
            (Some(_), None) => Relation::Wider,
            (Some(before), Some(after)) => compare(before, after),
        }
    }
}

/// The relation of two sets.
pub fn of_sets<T: Ord>(before: &BTreeSet<T>, after: &BTreeSet<T>) -> Relation {
    Relation::of(!before.is_subset(after), !after.is_subset(before))
}

/// The relation of two types: every whole number is a decimal, everything else differs.
pub fn of_kinds(before: FieldType, after: FieldType) -> Relation {
    if before == after {
        return Relation::Same;
    }
    if before == FieldType::Integer && after == FieldType::Decimal {
        Relation::Wider
    } else if before == FieldType::Decimal && after == FieldType::Integer {
        Relation::Narrower
    } else {
        Relation::Incomparable
    }
}

/// The relation of two lower ends.
pub fn of_lower(before: Option<&Bound>, after: Option<&Bound>) -> Relation {
    Relation::of_presence(before, after, |before, after| of_ends(before, after, false))
}

/// The relation of two upper ends.
pub fn of_upper(before: Option<&Bound>, after: Option<&Bound>) -> Relation {
    Relation::of_presence(before, after, |before, after| of_ends(before, after, true))
}

fn of_ends(before: &Bound, after: &Bound, upper: bool) -> Relation {
    let order = match before.limit.compare(&after.limit) {
        None => return Relation::Incomparable,
        Some(order) => order,
    };
    let order = if upper { order.reverse() } else { order };
    match order {
        Ordering::Less => Relation::Narrower,
        Ordering::Greater => Relation::Wider,
        Ordering::Equal => match (before.inclusive, after.inclusive) {
            (true, false) => Relation::Narrower,
            (false, true) => Relation::Wider,
            (true, true) | (false, false) => Relation::Same,
        },
    }
}

/// The relation of two steps between values.
pub fn of_steps(before: Option<Decimal>, after: Option<Decimal>) -> Relation {
    Relation::of_presence(before, after, |before, after| {
        let divides =
            |step: Decimal, by: Decimal| step.checked_rem(by).is_some_and(|rest| rest.is_zero());
        Relation::of(!divides(before, after), !divides(after, before))
    })
}

/// The relation of two least numbers: a larger one accepts less.
pub fn of_least(before: &Extent, after: &Extent) -> Relation {
    let value = |extent: &Extent| extent.least.map(|least| least.value);
    Relation::of_presence(value(before), value(after), |before, after| {
        Relation::of(before < after, after < before)
    })
}

/// The relation of two greatest numbers: a smaller one accepts less.
pub fn of_most(before: &Extent, after: &Extent) -> Relation {
    let value = |extent: &Extent| extent.most.map(|most| most.value);
    Relation::of_presence(value(before), value(after), |before, after| {
        Relation::of(after < before, before < after)
    })
}

/// The relation of two lists of values; an open list refuses nothing.
pub fn of_members(before: Option<&Members>, after: Option<&Members>) -> Relation {
    let closed = |members: Option<&Members>| {
        members
            .filter(|members| !members.open.value)
            .map(Members::canonical)
    };
    Relation::of_presence(closed(before), closed(after), |before, after| {
        of_sets(&before, &after)
    })
}

impl Members {
    /// The values in their one spelling.
    pub fn canonical(&self) -> BTreeSet<String> {
        self.values
            .iter()
            .map(|value| Quantity::of(&value.value).canonical())
            .collect()
    }
}
