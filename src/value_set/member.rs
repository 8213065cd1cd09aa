//! Whether one value is in a set: evaluation, without any search.

use rust_decimal::Decimal;
use serde_json::Value;

use super::atom::{Atom, Keyed, Kind, Listed, Properties, Textual};
use super::sets::{Node, SetId, Sets};
use super::{number, text};

/// How deep sets within sets are followed.
const DEEPEST: u32 = 256;

impl Sets {
    /// Whether a value is in a set; `None` when that is not known (a pattern that is not regular,
    /// a format in a doubtful case).
    pub fn contains(&mut self, set: SetId, value: &Value) -> Option<bool> {
        self.contains_at(set, value, 0)
    }

    fn contains_at(&mut self, set: SetId, value: &Value, depth: u32) -> Option<bool> {
        if depth > DEEPEST {
            return None;
        }
        match self.node(set).clone() {
            Node::Atom(atom) => self.satisfies(&atom, value, depth),
            Node::Not(inner) => self
                .contains_at(inner, value, depth + 1)
                .map(|holds| !holds),
            Node::All(parts) => self.each(&parts, value, depth, true),
            Node::Any(parts) => self.each(&parts, value, depth, false),
            Node::Reference(place) => {
                let definition = self.definition(place)?;
                self.contains_at(definition, value, depth + 1)
            }
        }
    }

    /// Whether all parts hold, or with `all` false whether any does.
    fn each(&mut self, parts: &[SetId], value: &Value, depth: u32, all: bool) -> Option<bool> {
        let mut known = true;
        for part in parts {
            match self.contains_at(*part, value, depth + 1) {
                Some(holds) if holds != all => return Some(holds),
                Some(_) => {}
                None => known = false,
            }
        }
        known.then_some(all)
    }

    fn satisfies(&mut self, atom: &Atom, value: &Value, depth: u32) -> Option<bool> {
        if let Some(settled) = atom.settled(Kind::of(value)) {
            return Some(settled);
        }
        match (atom, value) {
            (Atom::Truth(expected), Value::Bool(truth)) => Some(truth == expected),
            (Atom::Number(atom), Value::Number(written)) => {
                number::holds(atom, number::read(written)?)
            }
            (Atom::Text(atom), Value::String(written)) => {
                text::holds(atom, written, &mut self.patterns)
            }
            (Atom::Array(atom), Value::Array(items)) => self.array_satisfies(atom, items, depth),
            (Atom::Object(atom), Value::Object(entries)) => {
                self.object_satisfies(atom, entries, depth)
            }
            (
                Atom::Is(_)
                | Atom::Truth(_)
                | Atom::Number(_)
                | Atom::Text(_)
                | Atom::Array(_)
                | Atom::Object(_)
                | Atom::Opaque(..),
                _,
            ) => None,
        }
    }

    fn array_satisfies(&mut self, atom: &Listed, items: &[Value], depth: u32) -> Option<bool> {
        let count = items.len() as u64;
        match atom {
            Listed::Items(first, rest) => {
                let mut known = true;
                for (index, item) in items.iter().enumerate() {
                    let set = first.get(index).copied().unwrap_or(*rest);
                    match self.contains_at(set, item, depth + 1) {
                        Some(true) => {}
                        Some(false) => return Some(false),
                        None => known = false,
                    }
                }
                known.then_some(true)
            }
            Listed::ItemsAtLeast(least) => Some(count >= *least),
            Listed::ItemsAtMost(most) => Some(count <= *most),
            Listed::ContainsAtLeast(set, least) => self
                .counted(*set, items, depth)
                .map(|count| count >= *least),
            Listed::ContainsAtMost(set, most) => {
                self.counted(*set, items, depth).map(|count| count <= *most)
            }
            Listed::Unique => {
                let mut pairs = (0..items.len())
                    .flat_map(|left| (left + 1..items.len()).map(move |right| (left, right)));
                Some(!pairs.any(|(left, right)| is_equal(&items[left], &items[right])))
            }
        }
    }

    fn counted(&mut self, set: SetId, items: &[Value], depth: u32) -> Option<u64> {
        let mut count = 0;
        for item in items {
            if self.contains_at(set, item, depth + 1)? {
                count += 1;
            }
        }
        Some(count)
    }

    fn object_satisfies(
        &mut self,
        atom: &Keyed,
        entries: &serde_json::Map<String, Value>,
        depth: u32,
    ) -> Option<bool> {
        let count = entries.len() as u64;
        match atom {
            Keyed::Has(name) => Some(entries.contains_key(name)),
            Keyed::PropertiesAtLeast(least) => Some(count >= *least),
            Keyed::PropertiesAtMost(most) => Some(count <= *most),
            Keyed::Names(set) => {
                let names = entries.keys().map(|name| Value::String(name.clone()));
                let names: Vec<Value> = names.collect();
                self.all_in(names.iter().map(|name| (*set, name)), depth)
            }
            Keyed::Properties(properties) => {
                let mut wanted = Vec::new();
                for (name, value) in entries {
                    let sets = self.selected_by(properties, name)?;
                    wanted.extend(sets.into_iter().map(|set| (set, value)));
                }
                self.all_in(wanted.into_iter(), depth)
            }
        }
    }

    fn all_in<'v>(
        &mut self,
        wanted: impl Iterator<Item = (SetId, &'v Value)>,
        depth: u32,
    ) -> Option<bool> {
        let mut known = true;
        for (set, value) in wanted {
            match self.contains_at(set, value, depth + 1) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => known = false,
            }
        }
        known.then_some(true)
    }

    fn selected_by(&mut self, properties: &Properties, name: &str) -> Option<Vec<SetId>> {
        let mut sets: Vec<SetId> = properties.named.get(name).copied().into_iter().collect();
        for (pattern, set) in &properties.patterns {
            if text::holds(&Textual::Pattern(pattern.clone()), name, &mut self.patterns)? {
                sets.push(*set);
            }
        }
        if sets.is_empty() {
            sets.push(properties.rest);
        }
        Some(sets)
    }
}

/// Equality of JSON values: `1` and `1.0` are one number.
fn is_equal(left: &Value, right: &Value) -> bool {
    let decimal = |value: &Value| -> Option<Decimal> { number::read(value.as_number()?) };
    match (left, right) {
        (Value::Number(_), Value::Number(_)) => match (decimal(left), decimal(right)) {
            (Some(left), Some(right)) => left == right,
            (_, _) => left == right,
        },
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| is_equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, value)| {
                    right.get(name).is_some_and(|other| is_equal(value, other))
                })
        }
        (left, right) => left == right,
    }
}
