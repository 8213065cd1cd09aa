//! Conditions that are taken for true, found by the data that they read.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::ast::{Expression, Path};

/// Conditions that hold in every case.
#[derive(Debug, Default)]
pub struct Assumptions {
    conditions: Vec<Expression>,
    paths: Vec<Vec<Path>>,
    readers: BTreeMap<Path, Vec<usize>>,
}

impl Assumptions {
    /// Adds a condition.
    pub(super) fn add(&mut self, condition: Expression) {
        let paths = read_by(&condition);
        for path in &paths {
            let readers = self.readers.entry(path.clone()).or_default();
            readers.push(self.conditions.len());
        }
        self.conditions.push(condition);
        self.paths.push(paths);
    }

    fn reading(&self, paths: &[Path]) -> BTreeSet<usize> {
        let readers = paths.iter().filter_map(|path| self.readers.get(path));
        readers.flatten().copied().collect()
    }
}

impl FromIterator<Expression> for Assumptions {
    fn from_iter<I: IntoIterator<Item = Expression>>(conditions: I) -> Self {
        let mut assumptions = Assumptions::default();
        for condition in conditions {
            assumptions.add(condition);
        }
        assumptions
    }
}

/// The assumptions of all groups about data that the conditions read, directly or through each
/// other; the nearest first.
pub(super) fn relevant<'a>(
    groups: &[&'a Assumptions],
    conditions: &[&Expression],
) -> Vec<&'a Expression> {
    let mut fresh: Vec<Path> = conditions
        .iter()
        .flat_map(|condition| read_by(condition))
        .collect();
    let mut read: BTreeSet<Path> = fresh.iter().cloned().collect();
    let mut taken: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut relevant = Vec::new();
    while !fresh.is_empty() {
        let mut next = Vec::new();
        for (group, assumptions) in groups.iter().enumerate() {
            for position in assumptions.reading(&fresh) {
                if taken.insert((group, position)) {
                    relevant.push(&assumptions.conditions[position]);
                    let paths = assumptions.paths[position].iter();
                    next.extend(paths.filter(|path| read.insert((*path).clone())).cloned());
                }
            }
        }
        fresh = next;
    }
    relevant
}

fn read_by(condition: &Expression) -> Vec<Path> {
    let references = condition.references().into_iter();
    references.map(|reference| reference.path).collect()
}
