//! What the keywords of a schema say, one type of values after another.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::documents::{Draft, Place};
use super::{Position, Reader};
use crate::value_set::atom::{Keyed, Kind, Listed, Numeric, Properties, Textual};
use crate::value_set::number;
use crate::value_set::sets::SetId;

type Keywords = Map<String, Value>;

impl Reader<'_, '_> {
    /// `type`, `enum` and `const`.
    pub(super) fn values(&mut self, place: &Place, keywords: &Keywords, parts: &mut Vec<SetId>) {
        match keywords.get("type") {
            None => {}
            Some(Value::String(name)) => parts.push(self.named_type(&place.below("type"), name)),
            Some(Value::Array(names)) => {
                let at = place.below("type");
                let types = names.iter().map(|name| {
                    let name = name.as_str().unwrap_or_default();
                    self.named_type(&at, name)
                });
                let types: Vec<SetId> = types.collect();
                parts.push(self.sets.union(types));
            }
            Some(_) => {
                let fault = self.wrong(place, "type", "the name of a type, or a list of names");
                parts.push(fault);
            }
        }
        match keywords.get("enum") {
            None => {}
            Some(Value::Array(values)) => parts.push(self.sets.constants(values)),
            Some(_) => parts.push(self.wrong(place, "enum", "a list of values")),
        }
        if let Some(value) = keywords.get("const") {
            parts.push(self.sets.constants([value]));
        }
    }

    fn named_type(&mut self, place: &Place, name: &str) -> SetId {
        match name {
            "null" => self.sets.of_kind(Kind::Null),
            "boolean" => self.sets.of_kind(Kind::Boolean),
            "number" => self.sets.of_kind(Kind::Number),
            "integer" => self.sets.whole_numbers(),
            "string" => self.sets.of_kind(Kind::Text),
            "array" => self.sets.of_kind(Kind::Array),
            "object" => self.sets.of_kind(Kind::Object),
            other => self.fault(
                place,
                &format!("`{other}` is no type of JSON"),
                "write string, number, integer, boolean, array, object or null",
            ),
        }
    }

    fn wrong(&mut self, place: &Place, keyword: &str, expected: &str) -> SetId {
        self.fault(
            &place.below(keyword),
            &format!("`{keyword}` takes {expected}"),
            &format!("write {expected}"),
        )
    }

    fn decimal(
        &mut self,
        place: &Place,
        keywords: &Keywords,
        keyword: &str,
        parts: &mut Vec<SetId>,
    ) -> Option<Decimal> {
        match keywords.get(keyword)? {
            Value::Number(written) => {
                let read = number::read(written);
                if read.is_none() {
                    let words = format!("`{keyword}: {written}` has more digits than are compared");
                    parts.push(self.opaque(Some(Kind::Number), words));
                }
                read
            }
            Value::Null
            | Value::Bool(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => {
                parts.push(self.wrong(place, keyword, "a number"));
                None
            }
        }
    }

    pub(super) fn count(
        &mut self,
        place: &Place,
        keywords: &Keywords,
        keyword: &str,
        parts: &mut Vec<SetId>,
    ) -> Option<u64> {
        let value = keywords.get(keyword)?;
        let whole = value.as_u64().or_else(|| {
            let decimal = value.as_number().and_then(number::read)?;
            let whole = decimal.is_integer() && !decimal.is_sign_negative();
            whole.then(|| u64::try_from(decimal).ok()).flatten()
        });
        if whole.is_none() {
            parts.push(self.wrong(place, keyword, "a whole number, zero or more"));
        }
        whole
    }

    /// Bounds and steps of numbers.
    pub(super) fn numbers(
        &mut self,
        place: &Place,
        keywords: &Keywords,
        draft: Draft,
        parts: &mut Vec<SetId>,
    ) {
        let is_set = |keyword: &str| keywords.get(keyword) == Some(&Value::Bool(true));
        let flags = draft == Draft::Four;
        if let Some(bound) = self.decimal(place, keywords, "minimum", parts) {
            let open = flags && is_set("exclusiveMinimum");
            let atom = if open {
                Numeric::Above(bound)
            } else {
                Numeric::AtLeast(bound)
            };
            parts.push(self.sets.atom(atom));
        }
        if let Some(bound) = self.decimal(place, keywords, "maximum", parts) {
            let open = flags && is_set("exclusiveMaximum");
            let atom = if open {
                Numeric::Below(bound)
            } else {
                Numeric::AtMost(bound)
            };
            parts.push(self.sets.atom(atom));
        }
        if !flags {
            if let Some(bound) = self.decimal(place, keywords, "exclusiveMinimum", parts) {
                parts.push(self.sets.atom(Numeric::Above(bound)));
            }
            if let Some(bound) = self.decimal(place, keywords, "exclusiveMaximum", parts) {
                parts.push(self.sets.atom(Numeric::Below(bound)));
            }
        }
        match self.decimal(place, keywords, "multipleOf", parts) {
            None => {}
            Some(step) if step > Decimal::ZERO => {
                parts.push(self.sets.atom(Numeric::MultipleOf(step)));
            }
            Some(_) => parts.push(self.wrong(place, "multipleOf", "a number above zero")),
        }
    }

    /// Lengths, patterns and formats of texts.
    pub(super) fn texts(&mut self, place: &Place, keywords: &Keywords, parts: &mut Vec<SetId>) {
        if let Some(count) = self.count(place, keywords, "minLength", parts)
            && count > 0
        {
            parts.push(self.sets.atom(Textual::LongerOrEqual(count)));
        }
        if let Some(count) = self.count(place, keywords, "maxLength", parts) {
            parts.push(self.sets.atom(Textual::ShorterOrEqual(count)));
        }
        match keywords.get("pattern") {
            None => {}
            Some(Value::String(pattern)) => {
                parts.push(self.sets.atom(Textual::Pattern(pattern.clone())));
            }
            Some(_) => parts.push(self.wrong(place, "pattern", "a regular expression")),
        }
        match keywords.get("format") {
            None => {}
            Some(Value::String(format)) => {
                parts.push(self.sets.atom(Textual::Format(format.clone())));
            }
            Some(_) => parts.push(self.wrong(place, "format", "the name of a format")),
        }
    }

    /// Items and counts of arrays.
    pub(super) fn arrays(
        &mut self,
        place: &Place,
        keywords: &Keywords,
        draft: Draft,
        parts: &mut Vec<SetId>,
    ) {
        if let Some(count) = self.count(place, keywords, "minItems", parts)
            && count > 0
        {
            parts.push(self.sets.atom(Listed::ItemsAtLeast(count)));
        }
        if let Some(count) = self.count(place, keywords, "maxItems", parts) {
            parts.push(self.sets.atom(Listed::ItemsAtMost(count)));
        }
        if keywords.get("uniqueItems") == Some(&Value::Bool(true)) {
            parts.push(self.sets.atom(Listed::Unique));
        }
        self.items(place, keywords, draft, parts);
        if !keywords.contains_key("contains") {
            return;
        }
        let set = self.schema(&place.below("contains"), Position::Value);
        let counted = draft >= Draft::Of2019;
        let least = if counted {
            self.count(place, keywords, "minContains", parts)
                .unwrap_or(1)
        } else {
            1
        };
        if least > 0 {
            parts.push(self.sets.atom(Listed::ContainsAtLeast(set, least)));
        }
        if counted && let Some(most) = self.count(place, keywords, "maxContains", parts) {
            parts.push(self.sets.atom(Listed::ContainsAtMost(set, most)));
        }
    }

    fn items(&mut self, place: &Place, keywords: &Keywords, draft: Draft, parts: &mut Vec<SetId>) {
        let (first_key, rest_key) = item_keywords(keywords, draft);
        let first = match first_key.and_then(|key| Some((key, keywords.get(key)?))) {
            Some((key, Value::Array(items))) => {
                let at = place.below(key);
                (0..items.len())
                    .map(|index| self.schema(&at.below(&index.to_string()), Position::Value))
                    .collect()
            }
            Some((key, _)) => {
                parts.push(self.wrong(place, key, "a list of schemas"));
                Vec::new()
            }
            None => Vec::new(),
        };
        let rest = match rest_key.filter(|key| keywords.contains_key(*key)) {
            Some(key) => self.schema(&place.below(key), Position::Value),
            None => self.sets.everything(),
        };
        let atom = self.items_atom(first, rest);
        parts.push(atom);
    }

    pub(super) fn items_atom(&mut self, mut first: Vec<SetId>, rest: SetId) -> SetId {
        while first.last() == Some(&rest) {
            first.pop();
        }
        let everything = self.sets.everything();
        if first.is_empty() && rest == everything {
            return everything;
        }
        self.sets.atom(Listed::Items(first, rest))
    }

    /// Properties, names and counts of objects.
    pub(super) fn objects(
        &mut self,
        place: &Place,
        keywords: &Keywords,
        draft: Draft,
        parts: &mut Vec<SetId>,
    ) {
        if let Some(count) = self.count(place, keywords, "minProperties", parts)
            && count > 0
        {
            parts.push(self.sets.atom(Keyed::PropertiesAtLeast(count)));
        }
        if let Some(count) = self.count(place, keywords, "maxProperties", parts) {
            parts.push(self.sets.atom(Keyed::PropertiesAtMost(count)));
        }
        match keywords.get("required") {
            None => {}
            Some(Value::Array(names)) => {
                let names = names.iter().filter_map(Value::as_str);
                for name in names {
                    parts.push(self.sets.atom(Keyed::Has(name.to_owned())));
                }
            }
            Some(Value::Bool(_)) if draft == Draft::Four => {}
            Some(_) => parts.push(self.wrong(place, "required", "a list of names")),
        }
        if keywords.contains_key("propertyNames") {
            let names = self.schema(&place.below("propertyNames"), Position::Value);
            parts.push(self.sets.atom(Keyed::Names(names)));
        }
        let named = self.named(place, keywords, "properties");
        let patterns = self.named(place, keywords, "patternProperties");
        let rest = if keywords.contains_key("additionalProperties") {
            self.schema(&place.below("additionalProperties"), Position::Value)
        } else {
            self.sets.everything()
        };
        let atom = self.properties_atom(named.into_iter().collect(), patterns, rest);
        parts.push(atom);
        self.dependencies(place, keywords, draft, parts);
    }

    fn named(&mut self, place: &Place, keywords: &Keywords, keyword: &str) -> Vec<(String, SetId)> {
        let at = place.below(keyword);
        match keywords.get(keyword) {
            None => Vec::new(),
            Some(Value::Object(entries)) => entries
                .keys()
                .map(|name| (name.clone(), self.schema(&at.below(name), Position::Value)))
                .collect(),
            Some(_) => {
                self.wrong(place, keyword, "a mapping of schemas");
                Vec::new()
            }
        }
    }

    pub(super) fn properties_atom(
        &mut self,
        mut named: BTreeMap<String, SetId>,
        mut patterns: Vec<(String, SetId)>,
        rest: SetId,
    ) -> SetId {
        let everything = self.sets.everything();
        if rest == everything {
            named.retain(|_, set| *set != everything);
            patterns.retain(|(_, set)| *set != everything);
        }
        if rest == everything && named.is_empty() && patterns.is_empty() {
            return everything;
        }
        patterns.sort();
        self.sets.atom(Keyed::Properties(Properties {
            named,
            patterns,
            rest,
        }))
    }

    fn dependencies(
        &mut self,
        place: &Place,
        keywords: &Keywords,
        draft: Draft,
        parts: &mut Vec<SetId>,
    ) {
        let all = ["dependencies", "dependentRequired", "dependentSchemas"];
        let known = if draft <= Draft::Seven {
            &all[..1]
        } else {
            &all[1..]
        };
        for keyword in known {
            let Some(Value::Object(entries)) = keywords.get(*keyword) else {
                continue;
            };
            let at = place.below(keyword);
            for (name, value) in entries {
                let then = match value {
                    Value::Array(names) => {
                        let names = names.iter().filter_map(Value::as_str);
                        let names: Vec<SetId> = names
                            .map(|name| self.sets.atom(Keyed::Has(name.to_owned())))
                            .collect();
                        self.sets.intersection(names)
                    }
                    Value::Null
                    | Value::Bool(_)
                    | Value::Number(_)
                    | Value::String(_)
                    | Value::Object(_) => self.schema(&at.below(name), Position::InPlace),
                };
                let given = self.given(name);
                let absent = self.sets.complement(given);
                parts.push(self.sets.union([absent, then]));
            }
        }
    }

    /// Objects that have a property.
    pub(super) fn given(&mut self, name: &str) -> SetId {
        let object = self.sets.of_kind(Kind::Object);
        let has = self.sets.atom(Keyed::Has(name.to_owned()));
        self.sets.intersection([object, has])
    }

    /// `allOf`, `anyOf`, `oneOf`, `not`, `if`.
    pub(super) fn combinations(
        &mut self,
        place: &Place,
        keywords: &Keywords,
        parts: &mut Vec<SetId>,
    ) {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let Some(value) = keywords.get(keyword) else {
                continue;
            };
            let Value::Array(schemas) = value else {
                parts.push(self.wrong(place, keyword, "a list of schemas"));
                continue;
            };
            let at = place.below(keyword);
            let sets: Vec<SetId> = (0..schemas.len())
                .map(|index| self.schema(&at.below(&index.to_string()), Position::InPlace))
                .collect();
            parts.push(match keyword {
                "allOf" => self.sets.intersection(sets),
                "anyOf" => self.sets.union(sets),
                _ => self.sets.exactly_one(&sets),
            });
        }
        if keywords.contains_key("not") {
            let denied = self.schema(&place.below("not"), Position::InPlace);
            parts.push(self.sets.complement(denied));
        }
        if keywords.contains_key("if") {
            let condition = self.schema(&place.below("if"), Position::InPlace);
            let otherwise = self.sets.complement(condition);
            for (keyword, unless) in [("then", otherwise), ("else", condition)] {
                if keywords.contains_key(keyword) {
                    let branch = self.schema(&place.below(keyword), Position::InPlace);
                    parts.push(self.sets.union([unless, branch]));
                }
            }
        }
    }
}

/// The keywords of the first items and of the rest; only one of them means both in older editions.
pub(super) fn item_keywords(
    keywords: &Keywords,
    draft: Draft,
) -> (Option<&'static str>, Option<&'static str>) {
    if draft >= Draft::Of2020 {
        return (Some("prefixItems"), Some("items"));
    }
    match keywords.get("items") {
        Some(Value::Array(_)) => (Some("items"), Some("additionalItems")),
        Some(_) => (None, Some("items")),
        None => (None, None),
    }
}
