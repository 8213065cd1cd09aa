//! `unevaluatedProperties` and `unevaluatedItems`: what no other keyword has looked at.
//!
//! Which keywords looked depends on which alternatives hold, so each combination of them gives a
//! case of its own. The same serves to read what a producer emits: an object that lists its
//! properties has no others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::documents::{Draft, Place, Target};
use super::keywords::item_keywords;
use super::{Position, Reader, Role};
use crate::value_set::sets::SetId;

/// The most conditions of which every combination is a case.
const CONDITIONS: usize = 6;
/// The most schemas that may look at one value.
const LOOKERS: usize = 200;

/// A schema that looks at the same value, when its condition holds.
struct Looker {
    condition: SetId,
    place: Place,
}

impl Reader<'_, '_> {
    /// Adds what the unevaluated keywords say.
    pub(super) fn unevaluated(
        &mut self,
        place: &Place,
        keywords: &Map<String, Value>,
        draft: Draft,
        position: Position,
        parts: &mut Vec<SetId>,
    ) {
        let known = draft >= Draft::Of2019;
        if known && keywords.contains_key("unevaluatedProperties") {
            let rest = self.schema(&place.below("unevaluatedProperties"), Position::Value);
            parts.push(self.cases(place, |reader, lookers| {
                reader.unevaluated_properties(lookers, place, rest)
            }));
        } else if self.role == Role::Writer && position == Position::Value {
            let nothing = self.sets.nothing();
            parts.push(self.cases(place, |reader, lookers| {
                if reader.lists_properties(lookers) {
                    reader.unevaluated_properties(lookers, place, nothing)
                } else {
                    reader.sets.everything()
                }
            }));
        }
        if known && keywords.contains_key("unevaluatedItems") {
            let rest = self.schema(&place.below("unevaluatedItems"), Position::Value);
            parts.push(self.cases(place, |reader, lookers| {
                reader.unevaluated_items(lookers, place, rest)
            }));
        }
    }

    /// The union over all combinations of conditions, each with what `of` says of the schemas
    /// that look then.
    fn cases(&mut self, place: &Place, mut of: impl FnMut(&mut Self, &[&Place]) -> SetId) -> SetId {
        let everything = self.sets.everything();
        let mut lookers = Vec::new();
        if !self.lookers(place, everything, &mut lookers) {
            return self.undecidable(place, "too many schemas look at one value");
        }
        let conditions: BTreeSet<SetId> = lookers
            .iter()
            .map(|looker| looker.condition)
            .filter(|condition| *condition != everything)
            .collect();
        if conditions.len() > CONDITIONS {
            return self.undecidable(
                place,
                "what is unevaluated depends on too many alternatives",
            );
        }
        let conditions: Vec<SetId> = conditions.into_iter().collect();
        let mut alternatives = Vec::new();
        for case in 0..1_u32 << conditions.len() {
            let holds = |condition: SetId| {
                let position = conditions.iter().position(|known| *known == condition);
                position.is_none_or(|position| case & (1 << position) != 0)
            };
            let looking: Vec<&Place> = lookers
                .iter()
                .filter(|looker| holds(looker.condition))
                .map(|looker| &looker.place)
                .collect();
            let mut parts = vec![of(self, &looking)];
            for condition in &conditions {
                parts.push(if holds(*condition) {
                    *condition
                } else {
                    self.sets.complement(*condition)
                });
            }
            alternatives.push(self.sets.intersection(parts));
        }
        self.sets.union(alternatives)
    }

    /// Every schema that looks at the same value; false when there are too many.
    fn lookers(&mut self, place: &Place, condition: SetId, found: &mut Vec<Looker>) -> bool {
        if found.len() >= LOOKERS {
            return false;
        }
        let Some(Value::Object(keywords)) = self.documents.value(place) else {
            return true;
        };
        if found
            .iter()
            .any(|looker| looker.place == *place && looker.condition == condition)
        {
            return true;
        }
        found.push(Looker {
            condition,
            place: place.clone(),
        });
        let Some(inner) = self.inner_lookers(place, keywords, condition) else {
            return false;
        };
        inner
            .into_iter()
            .all(|(condition, place)| self.lookers(&place, condition, found))
    }

    fn inner_lookers(
        &mut self,
        place: &Place,
        keywords: &Map<String, Value>,
        condition: SetId,
    ) -> Option<Vec<(SetId, Place)>> {
        let mut inner = Vec::new();
        for keyword in ["$ref", "$recursiveRef", "$dynamicRef"] {
            let Some(Value::String(written)) = keywords.get(keyword) else {
                continue;
            };
            let target = match keyword {
                "$ref" => self.documents.resolve(place, written),
                _ => self.documents.resolve_dynamic(place, written),
            };
            match target {
                Target::Found(target) => inner.push((condition, target)),
                Target::Ambiguous | Target::Remote(_) | Target::Missing(_) => return None,
            }
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let Some(Value::Array(schemas)) = keywords.get(keyword) else {
                continue;
            };
            for index in 0..schemas.len() {
                let at = place.below(keyword).below(&index.to_string());
                let holds = if keyword == "allOf" {
                    condition
                } else {
                    let alternative = self.schema(&at, Position::InPlace);
                    self.sets.intersection([condition, alternative])
                };
                inner.push((holds, at));
            }
        }
        if keywords.contains_key("if") {
            let at = place.below("if");
            let test = self.schema(&at, Position::InPlace);
            let holds = self.sets.intersection([condition, test]);
            let fails = self.sets.complement(test);
            let fails = self.sets.intersection([condition, fails]);
            inner.push((holds, at));
            inner.push((holds, place.below("then")));
            inner.push((fails, place.below("else")));
        }
        if let Some(Value::Object(entries)) = keywords.get("dependentSchemas") {
            for name in entries.keys() {
                let given = self.given(name);
                let holds = self.sets.intersection([condition, given]);
                inner.push((holds, place.below("dependentSchemas").below(name)));
            }
        }
        Some(inner)
    }

    fn unevaluated_properties(&mut self, lookers: &[&Place], own: &Place, rest: SetId) -> SetId {
        let everything = self.sets.everything();
        let mut named = BTreeMap::new();
        let mut patterns = BTreeSet::new();
        for place in lookers {
            let Some(Value::Object(keywords)) = self.documents.value(place) else {
                continue;
            };
            let inner = *place != own && keywords.contains_key("unevaluatedProperties");
            if inner || keywords.contains_key("additionalProperties") {
                return everything;
            }
            if let Some(Value::Object(entries)) = keywords.get("properties") {
                named.extend(entries.keys().map(|name| (name.clone(), everything)));
            }
            if let Some(Value::Object(entries)) = keywords.get("patternProperties") {
                patterns.extend(entries.keys().map(|pattern| (pattern.clone(), everything)));
            }
        }
        self.properties_atom(named, patterns.into_iter().collect(), rest)
    }

    fn lists_properties(&self, lookers: &[&Place]) -> bool {
        lookers.iter().any(|place| {
            let value = self.documents.value(place);
            let properties = value.and_then(|value| value.get("properties"));
            properties
                .and_then(Value::as_object)
                .is_some_and(|entries| !entries.is_empty())
        })
    }

    fn unevaluated_items(&mut self, lookers: &[&Place], own: &Place, rest: SetId) -> SetId {
        let everything = self.sets.everything();
        let mut first = 0;
        let mut accepted = vec![rest];
        for place in lookers {
            let Some(Value::Object(keywords)) = self.documents.value(place) else {
                continue;
            };
            let draft = self.documents.draft(place);
            let (first_key, rest_key) = item_keywords(keywords, draft);
            let inner = *place != own && keywords.contains_key("unevaluatedItems");
            if inner || rest_key.is_some_and(|key| keywords.contains_key(key)) {
                return everything;
            }
            let listed = first_key
                .and_then(|key| keywords.get(key))
                .and_then(Value::as_array);
            first = first.max(listed.map_or(0, Vec::len));
            if draft >= Draft::Of2020 && keywords.contains_key("contains") {
                accepted.push(self.schema(&place.below("contains"), Position::Value));
            }
        }
        let rest = self.sets.union(accepted);
        self.items_atom(vec![everything; first], rest)
    }
}
