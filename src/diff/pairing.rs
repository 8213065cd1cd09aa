//! Which thing of before is which thing of after: by name, then by `renamed_from`.

use std::collections::{BTreeMap, BTreeSet};

/// One thing on both sides; absent where it is not there.
#[derive(Debug)]
pub(super) struct Pair<'a, T> {
    pub before: Option<&'a T>,
    pub after: Option<&'a T>,
}

/// How things are known.
#[derive(Debug)]
pub(super) struct Identity<T> {
    pub name: fn(&T) -> &str,
    pub renamed_from: fn(&T) -> Option<&str>,
}

impl<T> Clone for Identity<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Identity<T> {}

/// Pairs things in the order of their names. A rename counts only when the old name is gone and
/// the new one was not there; things that share a name are paired in written order.
pub(super) fn pair<'a, T>(
    before: impl IntoIterator<Item = &'a T>,
    after: impl IntoIterator<Item = &'a T>,
    identity: Identity<T>,
) -> Vec<Pair<'a, T>> {
    let before: Vec<&T> = before.into_iter().collect();
    let after: Vec<&T> = after.into_iter().collect();
    let names = |things: &[&'a T]| -> BTreeSet<&'a str> {
        things.iter().map(|thing| (identity.name)(thing)).collect()
    };
    let (names_before, names_after) = (names(&before), names(&after));
    let mut waiting: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
    for thing in before.iter().rev() {
        waiting
            .entry((identity.name)(thing))
            .or_default()
            .push(thing);
    }
    let mut pairs: BTreeMap<(&str, usize), Pair<'a, T>> = BTreeMap::new();
    for (position, thing) in after.iter().enumerate() {
        let name = (identity.name)(thing);
        let old_name = (identity.renamed_from)(thing)
            .filter(|old| !names_before.contains(name) && !names_after.contains(old))
            .unwrap_or(name);
        let partner = waiting.get_mut(old_name).and_then(Vec::pop);
        pairs.insert(
            (name, position),
            Pair {
                before: partner,
                after: Some(thing),
            },
        );
    }
    for (name, left) in waiting {
        for (position, thing) in left.into_iter().enumerate() {
            pairs.insert(
                (name, after.len() + position),
                Pair {
                    before: Some(thing),
                    after: None,
                },
            );
        }
    }
    pairs.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::{Identity, pair};

    type Thing = (&'static str, Option<&'static str>);

    fn pairs(
        before: &[Thing],
        after: &[Thing],
    ) -> Vec<(Option<&'static str>, Option<&'static str>)> {
        let identity: Identity<Thing> = Identity {
            name: |thing| thing.0,
            renamed_from: |thing| thing.1,
        };
        pair(before, after, identity)
            .iter()
            .map(|pair| {
                (
                    pair.before.map(|thing| thing.0),
                    pair.after.map(|thing| thing.0),
                )
            })
            .collect()
    }

    #[test]
    fn pairs_by_name_and_by_rename() {
        let before = [("b", None), ("a", None), ("old", None)];
        let after = [("a", None), ("new", Some("old")), ("c", None)];
        assert_eq!(
            pairs(&before, &after),
            [
                (Some("a"), Some("a")),
                (Some("b"), None),
                (None, Some("c")),
                (Some("old"), Some("new")),
            ]
        );
    }

    #[test]
    fn a_rename_needs_the_old_name_to_be_gone() {
        let before = [("old", None)];
        let after = [("old", None), ("new", Some("old"))];
        assert_eq!(
            pairs(&before, &after),
            [(None, Some("new")), (Some("old"), Some("old"))]
        );
    }
}
