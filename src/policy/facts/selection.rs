//! Which facts are asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::declaration::{Kind, Record};
use super::roots;
use crate::syntax::policy::Subject;

/// The facts that somebody asks for, by record.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Names with the positions of their facts in the record.
    by_record: HashMap<&'static str, Vec<(Arc<str>, usize)>>,
}

/// The names at the beginning of paths that are asked for, such as `workflow`.
#[derive(Debug, Clone, Default)]
pub struct Roots(BTreeMap<&'static str, Arc<str>>);

impl Selection {
    /// Every fact.
    pub fn whole() -> Self {
        Selection::filtered(|_| true)
    }

    /// The facts of these names, in whatever record.
    pub fn named(names: &BTreeSet<String>) -> Self {
        Selection::filtered(|name| names.contains(name))
    }

    fn filtered(wanted: impl Fn(&str) -> bool) -> Self {
        let mut records = BTreeMap::new();
        for subject in Subject::ALL {
            for root in roots(*subject) {
                collect(root, &mut records);
            }
        }
        let selected = records.into_iter().map(|(name, record)| {
            let facts = record.facts.iter().enumerate();
            let facts = facts.filter(|(_, fact)| wanted(fact.name));
            (
                name,
                facts
                    .map(|(position, fact)| (fact.name.into(), position))
                    .collect(),
            )
        });
        Selection {
            by_record: selected.collect(),
        }
    }

    /// What is asked for of one record.
    pub(super) fn of(&self, record: &Record) -> &[(Arc<str>, usize)] {
        self.by_record.get(record.name).map_or(&[], Vec::as_slice)
    }
}

impl Roots {
    /// Those roots of a subject that a test accepts.
    pub fn of(subject: Subject, wanted: impl Fn(&str) -> bool) -> Self {
        let roots = roots(subject).into_iter().map(|record| record.name);
        Roots(
            roots
                .filter(|name| wanted(name))
                .map(|name| (name, name.into()))
                .collect(),
        )
    }

    pub(super) fn get(&self, name: &str) -> Option<&Arc<str>> {
        self.0.get(name)
    }
}

/// A record and everything inside it, by name.
pub(super) fn collect(
    record: &'static Record,
    found: &mut BTreeMap<&'static str, &'static Record>,
) {
    if found.insert(record.name, record).is_some() {
        return;
    }
    for fact in record.facts {
        let mut kind = fact.kind;
        while let Kind::List(element) = kind {
            kind = *element;
        }
        if let Kind::Record(inner) = kind {
            collect(inner, found);
        }
    }
}
