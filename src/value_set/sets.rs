//! Where sets live: built once, shared, known by number. Equal sets have equal numbers wherever
//! their parts are written in the same way, so that most comparisons end before they begin.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::Value;

use super::atom::{Atom, Keyed, Kind, Listed, Numeric, Properties, Textual};
use super::number;
use super::text::Patterns;

/// The number of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetId(u32);

/// How a set is made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    Atom(Atom),
    Not(SetId),
    All(Vec<SetId>),
    Any(Vec<SetId>),
    /// A set that may contain itself, by its place among the definitions.
    Reference(usize),
}

/// A store of sets.
#[derive(Debug, Clone, Default)]
pub struct Sets {
    nodes: Vec<Node>,
    known: BTreeMap<Node, SetId>,
    definitions: Vec<Option<SetId>>,
    pub(super) patterns: Patterns,
}

impl Sets {
    /// An empty store.
    pub fn new() -> Self {
        Sets::default()
    }

    fn intern(&mut self, node: Node) -> SetId {
        if let Some(id) = self.known.get(&node) {
            return *id;
        }
        let id = SetId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node.clone());
        self.known.insert(node, id);
        id
    }

    pub(super) fn node(&self, id: SetId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub(super) fn atom(&mut self, atom: impl Into<Atom>) -> SetId {
        self.intern(Node::Atom(atom.into()))
    }

    /// Every value.
    pub fn everything(&mut self) -> SetId {
        self.intern(Node::All(Vec::new()))
    }

    /// No value.
    pub fn nothing(&mut self) -> SetId {
        self.intern(Node::Any(Vec::new()))
    }

    /// The values of a type.
    pub fn of_kind(&mut self, kind: Kind) -> SetId {
        self.atom(Atom::Is(kind))
    }

    /// The values that are not in a set.
    pub fn complement(&mut self, id: SetId) -> SetId {
        match self.node(id) {
            Node::Not(inner) => *inner,
            Node::All(parts) if parts.is_empty() => self.nothing(),
            Node::Any(parts) if parts.is_empty() => self.everything(),
            Node::Atom(_) | Node::All(_) | Node::Any(_) | Node::Reference(_) => {
                self.intern(Node::Not(id))
            }
        }
    }

    /// The values that are in every one of the sets.
    pub fn intersection(&mut self, sets: impl IntoIterator<Item = SetId>) -> SetId {
        let nothing = self.nothing();
        let mut parts = BTreeSet::new();
        for set in sets {
            match self.node(set) {
                Node::All(inner) => parts.extend(inner.iter().copied()),
                Node::Atom(_) | Node::Not(_) | Node::Any(_) | Node::Reference(_) => {
                    parts.insert(set);
                }
            }
        }
        let contradicts = parts
            .iter()
            .any(|part| matches!(self.node(*part), Node::Not(inner) if parts.contains(inner)));
        if parts.contains(&nothing) || contradicts {
            return nothing;
        }
        let parts: Vec<SetId> = parts.into_iter().collect();
        match parts.as_slice() {
            [one] => *one,
            _ => self.intern(Node::All(parts)),
        }
    }

    /// The values that are in at least one of the sets.
    pub fn union(&mut self, sets: impl IntoIterator<Item = SetId>) -> SetId {
        let everything = self.everything();
        let mut parts = BTreeSet::new();
        for set in sets {
            match self.node(set) {
                Node::Any(inner) => parts.extend(inner.iter().copied()),
                Node::Atom(_) | Node::Not(_) | Node::All(_) | Node::Reference(_) => {
                    parts.insert(set);
                }
            }
        }
        let exhausts = parts
            .iter()
            .any(|part| matches!(self.node(*part), Node::Not(inner) if parts.contains(inner)));
        if parts.contains(&everything) || exhausts {
            return everything;
        }
        let parts: Vec<SetId> = parts.into_iter().collect();
        match parts.as_slice() {
            [one] => *one,
            _ => self.intern(Node::Any(parts)),
        }
    }

    /// The values that are in exactly one of the sets.
    pub(super) fn exactly_one(&mut self, sets: &[SetId]) -> SetId {
        let alternatives: Vec<SetId> = (0..sets.len())
            .map(|chosen| {
                let parts: Vec<SetId> = sets
                    .iter()
                    .enumerate()
                    .map(|(index, set)| {
                        if index == chosen {
                            *set
                        } else {
                            self.complement(*set)
                        }
                    })
                    .collect();
                self.intersection(parts)
            })
            .collect();
        self.union(alternatives)
    }

    /// The values of a type that also satisfy an assertion.
    pub(super) fn kind_with(&mut self, kind: Kind, atom: impl Into<Atom>) -> SetId {
        let parts = [self.of_kind(kind), self.atom(atom)];
        self.intersection(parts)
    }

    /// The values of `sets` and none else. Texts and numbers share one assertion each.
    pub(super) fn constants<'v>(&mut self, values: impl IntoIterator<Item = &'v Value>) -> SetId {
        let mut texts = BTreeSet::new();
        let mut numbers = BTreeSet::new();
        let mut parts = Vec::new();
        for value in values {
            match value {
                Value::String(text) => {
                    texts.insert(text.clone());
                }
                Value::Number(written) => match number::read(written) {
                    Some(number) => {
                        numbers.insert(number);
                    }
                    None => {
                        let opaque = Atom::Opaque(Some(Kind::Number), format!("= {written}"));
                        parts.push(self.kind_with(Kind::Number, opaque));
                    }
                },
                Value::Null => parts.push(self.of_kind(Kind::Null)),
                Value::Bool(truth) => {
                    parts.push(self.kind_with(Kind::Boolean, Atom::Truth(*truth)));
                }
                Value::Array(items) => parts.push(self.constant_array(items)),
                Value::Object(entries) => parts.push(self.constant_object(entries)),
            }
        }
        if !texts.is_empty() {
            parts.push(self.kind_with(Kind::Text, Textual::TextIn(texts)));
        }
        if !numbers.is_empty() {
            parts.push(self.kind_with(Kind::Number, Numeric::NumberIn(numbers)));
        }
        self.union(parts)
    }

    fn constant_array(&mut self, items: &[Value]) -> SetId {
        let count = items.len() as u64;
        let prefix = items.iter().map(|item| self.constants([item])).collect();
        let rest = self.everything();
        let parts = [
            self.of_kind(Kind::Array),
            self.atom(Listed::Items(prefix, rest)),
            self.atom(Listed::ItemsAtLeast(count)),
            self.atom(Listed::ItemsAtMost(count)),
        ];
        self.intersection(parts)
    }

    fn constant_object(&mut self, entries: &serde_json::Map<String, Value>) -> SetId {
        let mut parts = vec![self.of_kind(Kind::Object)];
        let mut named = BTreeMap::new();
        for (name, value) in entries {
            named.insert(name.clone(), self.constants([value]));
            parts.push(self.atom(Keyed::Has(name.clone())));
        }
        let rest = self.nothing();
        parts.push(self.atom(Keyed::Properties(Properties {
            named,
            patterns: Vec::new(),
            rest,
        })));
        self.intersection(parts)
    }

    /// Whole numbers.
    pub(super) fn whole_numbers(&mut self) -> SetId {
        self.kind_with(Kind::Number, Numeric::MultipleOf(Decimal::ONE))
    }

    /// Announces a set that may contain itself.
    pub(super) fn announce(&mut self) -> (usize, SetId) {
        let place = self.definitions.len();
        self.definitions.push(None);
        let id = self.intern(Node::Reference(place));
        (place, id)
    }

    /// Says what an announced set is.
    pub(super) fn define(&mut self, place: usize, set: SetId) {
        self.definitions[place] = Some(set);
    }

    /// The set at a place; nothing while it is only announced.
    pub(super) fn definition(&self, place: usize) -> Option<SetId> {
        self.definitions.get(place).copied().flatten()
    }

    /// True when a set is defined by itself without a value in between, so that nothing says
    /// what is in it.
    pub(super) fn is_circular(&self, place: usize) -> bool {
        let mut pending: Vec<SetId> = self.definition(place).into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = pending.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.node(id) {
                Node::Atom(_) => {}
                Node::Not(inner) => pending.push(*inner),
                Node::All(parts) | Node::Any(parts) => pending.extend(parts),
                Node::Reference(other) if *other == place => return true,
                Node::Reference(other) => pending.extend(self.definition(*other)),
            }
        }
        false
    }
}
