//! Objects: which properties are there, how many, what their names are, and what is in them.
//!
//! Names that no assertion mentions fall into classes by the patterns that they match; within a
//! class one name is as good as another.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::atom::{Keyed, Kind, Properties, Textual};
use super::length::Length;
use super::search::{Goal, Search};
use super::sets::SetId;
use super::{Found, Reason, text};

/// The most patterns of names that are told apart.
const PATTERNS: usize = 6;
/// The most properties of an object that is built.
const LARGEST: u64 = 2_000;

/// What assertions about objects leave.
struct Objects<'a> {
    properties: Vec<&'a Properties>,
    demands: Vec<Demand<'a>>,
    required: BTreeSet<&'a str>,
    forbidden: BTreeSet<&'a str>,
    length: Length,
    names: Vec<SetId>,
}

/// Something that at least one property must do.
#[derive(Clone, Copy)]
enum Demand<'a> {
    /// Its value violates this.
    Value(&'a Properties),
    /// Its name is not in this.
    Name(SetId),
}

/// A property of the object that is built.
#[derive(Clone)]
struct Slot {
    name: String,
    goal: Goal,
}

/// The smallest object that the assertions leave.
pub(super) fn smallest(search: &mut Search<'_>, literals: &[(&Keyed, bool)]) -> Found {
    let objects = Objects::of(literals);
    if objects.length.is_empty() || !objects.required.is_disjoint(&objects.forbidden) {
        return Found::Nothing;
    }
    if objects.length.least > LARGEST {
        return Found::Undecided(Reason::new(
            "an object of very many properties would be needed",
        ));
    }
    let mut attempt = Attempt {
        mentioned: objects.mentioned(),
        patterns: objects.patterns(),
        objects: &objects,
        search,
        undecided: None,
    };
    match attempt.begin() {
        Some(object) => Found::Member(Value::Object(object)),
        None => attempt.undecided.map_or(Found::Nothing, Found::Undecided),
    }
}

impl<'a> Objects<'a> {
    fn of(literals: &[(&'a Keyed, bool)]) -> Self {
        let mut objects = Objects {
            properties: Vec::new(),
            demands: Vec::new(),
            required: BTreeSet::new(),
            forbidden: BTreeSet::new(),
            length: Length::ANY,
            names: Vec::new(),
        };
        for (atom, positive) in literals {
            match (atom, positive) {
                (Keyed::Properties(properties), true) => objects.properties.push(properties),
                (Keyed::Properties(properties), false) => {
                    objects.demands.push(Demand::Value(properties));
                }
                (Keyed::Has(name), true) => {
                    objects.required.insert(name);
                }
                (Keyed::Has(name), false) => {
                    objects.forbidden.insert(name);
                }
                (Keyed::PropertiesAtLeast(count), _) => objects.length.at_least(*count, *positive),
                (Keyed::PropertiesAtMost(count), _) => objects.length.at_most(*count, *positive),
                (Keyed::Names(set), true) => objects.names.push(*set),
                (Keyed::Names(set), false) => objects.demands.push(Demand::Name(*set)),
            }
        }
        objects
    }

    fn all_properties(&self) -> impl Iterator<Item = &'a Properties> {
        let violated = self.demands.iter().filter_map(|demand| match demand {
            Demand::Value(properties) => Some(*properties),
            Demand::Name(_) => None,
        });
        self.properties.iter().copied().chain(violated)
    }

    /// Every name that an assertion mentions.
    fn mentioned(&self) -> BTreeSet<String> {
        let named = self
            .all_properties()
            .flat_map(|properties| properties.named.keys());
        let given = self.required.iter().chain(&self.forbidden);
        named
            .cloned()
            .chain(given.map(|name| (*name).to_owned()))
            .collect()
    }

    fn patterns(&self) -> BTreeSet<String> {
        let patterns = self
            .all_properties()
            .flat_map(|properties| &properties.patterns);
        patterns.map(|(pattern, _)| pattern.clone()).collect()
    }
}

/// Building an object.
struct Attempt<'a, 's, 'q> {
    objects: &'a Objects<'a>,
    mentioned: BTreeSet<String>,
    patterns: BTreeSet<String>,
    search: &'q mut Search<'s>,
    undecided: Option<Reason>,
}

impl<'a> Attempt<'a, '_, '_> {
    fn begin(&mut self) -> Option<Map<String, Value>> {
        let mut slots = Vec::new();
        for name in &self.objects.required {
            let slot = self.slot((*name).to_owned())?;
            self.value(&slot.goal)?;
            slots.push(slot);
        }
        let demands = self.objects.demands.clone();
        self.place(&demands, slots)
    }

    /// A property of this name with all that its value must satisfy; nothing when the name is not
    /// allowed.
    fn slot(&mut self, name: String) -> Option<Slot> {
        let text = self.search.sets.constants([&Value::String(name.clone())]);
        if !self.objects.names.is_empty() {
            let mut goal: Goal = self.objects.names.iter().map(|set| (*set, true)).collect();
            goal.push((text, true));
            self.value(&goal)?;
        }
        let mut goal = Goal::new();
        for properties in &self.objects.properties {
            let sets = self.selected(properties, &name)?;
            goal.extend(sets.into_iter().map(|set| (set, true)));
        }
        Some(Slot { name, goal })
    }

    /// The sets that a name selects.
    fn selected(&mut self, properties: &Properties, name: &str) -> Option<Vec<SetId>> {
        let mut sets: Vec<SetId> = properties.named.get(name).copied().into_iter().collect();
        for (pattern, set) in &properties.patterns {
            let atom = Textual::Pattern(pattern.clone());
            match text::holds(&atom, name, &mut self.search.sets.patterns) {
                Some(true) => sets.push(*set),
                Some(false) => {}
                None => {
                    self.undecided = Some(Reason::new(format!(
                        "whether the name `{name}` matches `{pattern}` is not known"
                    )));
                    return None;
                }
            }
        }
        if sets.is_empty() {
            sets.push(properties.rest);
        }
        Some(sets)
    }

    fn value(&mut self, goal: &Goal) -> Option<Value> {
        match self.search.find(goal.clone()) {
            Found::Member(value) => Some(value),
            Found::Nothing => None,
            Found::Undecided(reason) => {
                self.undecided = Some(reason);
                None
            }
        }
    }

    /// Gives every demand a property: one that is there, one that is mentioned, or a new one.
    fn place(&mut self, demands: &[Demand<'a>], slots: Vec<Slot>) -> Option<Map<String, Value>> {
        if !self.search.spend() {
            self.undecided = Some(Search::too_much());
            return None;
        }
        let Some((demand, others)) = demands.split_first() else {
            return self.complete(slots);
        };
        for index in 0..slots.len() {
            if let Some(slot) = self.meeting(demand, &slots[index]) {
                let mut next = slots.clone();
                next[index] = slot;
                if let Some(object) = self.place(others, next) {
                    return Some(object);
                }
            }
        }
        if self.objects.length.most == Some(slots.len() as u64) {
            return None;
        }
        for slot in self.further(&slots) {
            if let Some(slot) = self.meeting(demand, &slot) {
                let mut next = slots.clone();
                next.push(slot);
                if let Some(object) = self.place(others, next) {
                    return Some(object);
                }
            }
        }
        None
    }

    /// The property when it is to meet a demand as well.
    fn meeting(&mut self, demand: &Demand<'a>, slot: &Slot) -> Option<Slot> {
        let mut slot = slot.clone();
        match demand {
            Demand::Value(properties) => {
                let sets = self.selected(properties, &slot.name)?;
                let whole = self.search.sets.intersection(sets);
                slot.goal.push((whole, false));
                self.value(&slot.goal)?;
            }
            Demand::Name(set) => {
                let text = self
                    .search
                    .sets
                    .constants([&Value::String(slot.name.clone())]);
                self.value(&vec![(text, true), (*set, false)])?;
            }
        }
        Some(slot)
    }

    /// Properties that the object does not have yet: those mentioned, then one of each class.
    fn further(&mut self, slots: &[Slot]) -> Vec<Slot> {
        let used: BTreeSet<&str> = slots.iter().map(|slot| slot.name.as_str()).collect();
        let mentioned: Vec<String> = self
            .mentioned
            .iter()
            .filter(|name| !used.contains(name.as_str()))
            .filter(|name| !self.objects.forbidden.contains(name.as_str()))
            .cloned()
            .collect();
        let mut result: Vec<Slot> = mentioned
            .into_iter()
            .filter_map(|name| self.slot(name))
            .collect();
        let new = self.new_names(&used);
        result.extend(new.into_iter().filter_map(|name| self.slot(name)));
        result
    }

    /// One name of each class of names that no assertion mentions.
    fn new_names(&mut self, used: &BTreeSet<&str>) -> Vec<String> {
        let mut tests: Vec<SetId> = Vec::new();
        for pattern in self.patterns.clone() {
            tests.push(self.search.sets.atom(Textual::Pattern(pattern)));
        }
        tests.extend(
            self.objects
                .demands
                .iter()
                .filter_map(|demand| match demand {
                    Demand::Name(set) => Some(*set),
                    Demand::Value(_) => None,
                }),
        );
        if tests.len() > PATTERNS {
            self.undecided = Some(Reason::new(
                "too many patterns of names have to be told apart",
            ));
            return Vec::new();
        }
        let taken: Vec<Value> = self
            .mentioned
            .iter()
            .map(String::as_str)
            .chain(used.iter().copied())
            .map(|name| Value::String(name.to_owned()))
            .collect();
        let taken = self.search.sets.constants(&taken);
        let texts = self.search.sets.of_kind(Kind::Text);
        let mut names = Vec::new();
        for class in 0..1_u32 << tests.len() {
            let mut goal: Goal = vec![(texts, true), (taken, false)];
            goal.extend(self.objects.names.iter().map(|set| (*set, true)));
            let tested = tests.iter().enumerate();
            goal.extend(tested.map(|(index, set)| (*set, class & (1 << index) != 0)));
            // The empty name is the shortest, and the least readable.
            let empty = self.search.sets.constants([&Value::String(String::new())]);
            let readable = [goal.as_slice(), &[(empty, false)]].concat();
            let found = self.value(&readable).or_else(|| self.value(&goal));
            if let Some(Value::String(name)) = found {
                names.push(name);
            }
        }
        names
    }

    /// Makes up the number and gives every property its value.
    fn complete(&mut self, mut slots: Vec<Slot>) -> Option<Map<String, Value>> {
        while (slots.len() as u64) < self.objects.length.least {
            let mut further = self.further(&slots).into_iter();
            let slot = further.find(|slot| self.value(&slot.goal).is_some())?;
            slots.push(slot);
        }
        if !self.objects.length.allows(slots.len() as u64) {
            return None;
        }
        let mut entries = BTreeMap::new();
        for slot in slots {
            let value = self.value(&slot.goal)?;
            entries.insert(slot.name, value);
        }
        Some(entries.into_iter().collect())
    }
}
