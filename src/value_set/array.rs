//! Arrays: items by position, how many of them are in a set, and whether two are equal.
//!
//! Only so many items are ever needed as there are first items with sets of their own, and
//! demands ("two items in S", "an item outside of S"): every further one only makes up the
//! number, and all of those are alike.

use std::collections::BTreeMap;

use serde_json::Value;

use super::atom::Listed;
use super::length::Length;
use super::search::{Goal, Search};
use super::sets::SetId;
use super::{Found, Reason};

/// The longest array that is built.
const LONGEST: u64 = 10_000;
/// The most items whose parts are chosen one by one.
const CHOSEN: u64 = 48;
/// The most items that are told apart when all of them differ and have sets of their own.
const MATCHED: usize = 24;

/// What assertions about arrays leave.
struct Arrays<'a> {
    items: Vec<(&'a [SetId], SetId)>,
    violated: Vec<(&'a [SetId], SetId)>,
    length: Length,
    counted: Vec<(SetId, Length)>,
    unique: bool,
    repeated: bool,
}

/// What each chosen item still has to do, while items are chosen one by one.
#[derive(Clone)]
struct Choice {
    goals: Vec<Goal>,
    counts: Vec<u64>,
    violated: Vec<bool>,
}

/// The shortest array that the assertions leave.
pub(super) fn smallest(search: &mut Search<'_>, literals: &[(&Listed, bool)]) -> Found {
    let arrays = Arrays::of(literals);
    let impossible = arrays.counted.iter().any(|(_, count)| count.is_empty());
    if arrays.length.is_empty() || impossible || (arrays.unique && arrays.repeated) {
        return Found::Nothing;
    }
    let (chosen, longest) = (arrays.needed(), arrays.length.least.max(arrays.needed()));
    let longest = arrays.length.most.map_or(longest, |most| most.min(longest));
    if chosen > CHOSEN || arrays.length.least > LONGEST {
        return Found::Undecided(Reason::new(
            "arrays of very many items would have to be built",
        ));
    }
    let mut undecided = None;
    for length in arrays.length.least..=longest {
        let mut attempt = Attempt {
            arrays: &arrays,
            search,
            length,
            chosen: chosen.min(length),
            undecided: None,
        };
        let start = Choice {
            goals: Vec::new(),
            counts: vec![0; arrays.counted.len()],
            violated: vec![false; arrays.violated.len()],
        };
        if let Some(items) = attempt.choose(&start) {
            return Found::Member(Value::Array(items));
        }
        undecided = undecided.or(attempt.undecided);
    }
    undecided.map_or(Found::Nothing, Found::Undecided)
}

impl<'a> Arrays<'a> {
    fn of(literals: &[(&'a Listed, bool)]) -> Self {
        let mut arrays = Arrays {
            items: Vec::new(),
            violated: Vec::new(),
            length: Length::ANY,
            counted: Vec::new(),
            unique: false,
            repeated: false,
        };
        let mut counted: BTreeMap<SetId, Length> = BTreeMap::new();
        for (atom, positive) in literals {
            match atom {
                Listed::Items(first, rest) if *positive => arrays.items.push((first, *rest)),
                Listed::Items(first, rest) => arrays.violated.push((first, *rest)),
                Listed::ItemsAtLeast(count) => arrays.length.at_least(*count, *positive),
                Listed::ItemsAtMost(count) => arrays.length.at_most(*count, *positive),
                Listed::ContainsAtLeast(set, count) => {
                    let known = counted.entry(*set).or_insert(Length::ANY);
                    known.at_least(*count, *positive);
                }
                Listed::ContainsAtMost(set, count) => {
                    let known = counted.entry(*set).or_insert(Length::ANY);
                    known.at_most(*count, *positive);
                }
                Listed::Unique if *positive => arrays.unique = true,
                Listed::Unique => arrays.repeated = true,
            }
        }
        arrays.counted = counted
            .into_iter()
            .filter(|(_, count)| *count != Length::ANY)
            .collect();
        arrays
    }

    /// How many items have a part of their own.
    fn needed(&self) -> u64 {
        let first = self.items.iter().chain(&self.violated);
        let first = first
            .map(|(first, _)| first.len() as u64)
            .max()
            .unwrap_or(0);
        let counted = self.counted.iter().map(|(_, count)| count.least);
        let counted = counted.fold(0_u64, u64::saturating_add);
        let repeated = if self.repeated { 2 } else { 0 };
        first
            .saturating_add(counted)
            .saturating_add(self.violated.len() as u64 + repeated)
    }

    fn at((first, rest): &(&'a [SetId], SetId), index: usize) -> SetId {
        first.get(index).copied().unwrap_or(*rest)
    }

    fn base(&self, index: usize) -> Goal {
        let sets = self.items.iter().map(|items| Self::at(items, index));
        sets.map(|set| (set, true)).collect()
    }
}

/// Building an array of one length.
struct Attempt<'a, 's, 'q> {
    arrays: &'a Arrays<'a>,
    search: &'q mut Search<'s>,
    length: u64,
    chosen: u64,
    undecided: Option<Reason>,
}

impl Attempt<'_, '_, '_> {
    fn choose(&mut self, choice: &Choice) -> Option<Vec<Value>> {
        if !self.search.spend() {
            self.undecided = Some(Search::too_much());
            return None;
        }
        if choice.goals.len() as u64 == self.chosen {
            let done = choice.violated.iter().all(|violated| *violated);
            let counts = self.arrays.counted.iter().zip(&choice.counts);
            let counted = counts
                .into_iter()
                .all(|((_, length), count)| *count >= length.least);
            return (done && counted).then(|| self.fill(choice)).flatten();
        }
        let index = choice.goals.len();
        for part in self.parts(choice) {
            let mut next = choice.clone();
            let mut goal = self.arrays.base(index);
            for (position, (set, length)) in self.arrays.counted.iter().enumerate() {
                if part & (1 << position) != 0 {
                    goal.push((*set, true));
                    next.counts[position] += 1;
                } else if length.most.is_some() {
                    goal.push((*set, false));
                }
            }
            for (position, items) in self.arrays.violated.iter().enumerate() {
                if part & (1 << (position + self.arrays.counted.len())) != 0 {
                    goal.push((Arrays::at(items, index), false));
                    next.violated[position] = true;
                }
            }
            if self.value(&goal).is_none() {
                continue;
            }
            next.goals.push(goal);
            if let Some(items) = self.choose(&next) {
                return Some(items);
            }
        }
        None
    }

    /// The parts that the next item can play, as sets of bits: most demands met first.
    fn parts(&self, choice: &Choice) -> Vec<u32> {
        let counted = self.arrays.counted.len();
        let demands = counted + self.arrays.violated.len();
        let sensible = |part: &u32| {
            let counts = self.arrays.counted.iter().zip(&choice.counts).enumerate();
            let within = counts.into_iter().all(|(position, ((_, length), count))| {
                let wanted = part & (1 << position) != 0;
                let useful = match length.most {
                    Some(most) => *count < most,
                    None => *count < length.least,
                };
                !wanted || useful
            });
            let violated = choice.violated.iter().enumerate();
            within
                && violated
                    .into_iter()
                    .all(|(position, done)| !done || part & (1 << (position + counted)) == 0)
        };
        let mut parts: Vec<u32> = (0..1_u32 << demands.min(8)).filter(sensible).collect();
        parts.sort_by_key(|part| std::cmp::Reverse(part.count_ones()));
        parts
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

    /// The items of a choice, made up to the length.
    fn fill(&mut self, choice: &Choice) -> Option<Vec<Value>> {
        let mut goals = choice.goals.clone();
        let mut further = self.arrays.base(goals.len());
        let capped = self
            .arrays
            .counted
            .iter()
            .filter(|(_, length)| length.most.is_some());
        further.extend(capped.map(|(set, _)| (*set, false)));
        while (goals.len() as u64) < self.length {
            goals.push(further.clone());
        }
        if self.arrays.repeated {
            return self.with_equal_pair(&goals);
        }
        if self.arrays.unique {
            return self.all_different(&goals);
        }
        goals.iter().map(|goal| self.value(goal)).collect()
    }

    fn with_equal_pair(&mut self, goals: &[Goal]) -> Option<Vec<Value>> {
        for left in 0..goals.len() {
            for right in left + 1..goals.len() {
                let both = [goals[left].as_slice(), goals[right].as_slice()].concat();
                let Some(shared) = self.value(&both) else {
                    continue;
                };
                let items = goals.iter().enumerate().map(|(index, goal)| {
                    if index == left || index == right {
                        Some(shared.clone())
                    } else {
                        self.value(goal)
                    }
                });
                if let Some(items) = items.collect() {
                    return Some(items);
                }
            }
        }
        None
    }

    fn all_different(&mut self, goals: &[Goal]) -> Option<Vec<Value>> {
        let Some(first) = goals.first() else {
            return Some(Vec::new());
        };
        if goals.iter().all(|goal| goal == first) {
            let values = self.distinct(first, goals.len());
            return (values.len() == goals.len()).then_some(values);
        }
        if goals.len() > MATCHED {
            self.undecided = Some(Reason::new(
                "arrays of many different items would be needed",
            ));
            return None;
        }
        // As many values as there are items suffice: the others cannot take all of them.
        let domains: Vec<Vec<Value>> = goals
            .iter()
            .map(|goal| self.distinct(goal, goals.len()))
            .collect();
        matched(&domains)
    }

    /// Up to so many different values of a goal.
    fn distinct(&mut self, goal: &Goal, count: usize) -> Vec<Value> {
        let mut values = Vec::new();
        while values.len() < count {
            let mut next = goal.clone();
            if !values.is_empty() {
                next.push((self.search.sets.constants(&values), false));
            }
            match self.value(&next) {
                Some(value) => values.push(value),
                None => break,
            }
        }
        values
    }
}

/// One value of each domain, no two alike (augmenting paths).
fn matched(domains: &[Vec<Value>]) -> Option<Vec<Value>> {
    let mut values: Vec<&Value> = Vec::new();
    for value in domains.iter().flatten() {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    let options: Vec<Vec<usize>> = domains
        .iter()
        .map(|domain| {
            let places = domain.iter();
            places
                .filter_map(|value| values.iter().position(|known| *known == value))
                .collect()
        })
        .collect();
    let mut taken_by: Vec<Option<usize>> = vec![None; values.len()];
    for item in 0..domains.len() {
        let mut seen = vec![false; values.len()];
        if !augment(item, &options, &mut taken_by, &mut seen) {
            return None;
        }
    }
    let mut result: Vec<Option<Value>> = vec![None; domains.len()];
    for (place, item) in taken_by.iter().enumerate() {
        if let Some(item) = item {
            result[*item] = Some(values[place].clone());
        }
    }
    result.into_iter().collect()
}

fn augment(
    item: usize,
    options: &[Vec<usize>],
    taken_by: &mut [Option<usize>],
    seen: &mut [bool],
) -> bool {
    for place in &options[item] {
        if std::mem::replace(&mut seen[*place], true) {
            continue;
        }
        let free = match taken_by[*place] {
            None => true,
            Some(other) => augment(other, options, taken_by, seen),
        };
        if free {
            taken_by[*place] = Some(item);
            return true;
        }
    }
    false
}
