//! Small random schemas, small changes of them, and values that stand at their borders.

use serde_json::{Map, Value, json};

const NAMES: [&str; 4] = ["a", "b", "x1", "yy"];
const PATTERNS: [&str; 10] = [
    "^[a-c]+$",
    "^[a-c]{2}$",
    "b",
    "^a",
    "[0-9]$",
    "^\\d{1,3}$",
    "^(a|b)*$",
    "^\\w+$",
    "^x",
    "^..?$",
];
const FORMATS: [&str; 4] = ["uuid", "date", "ipv4", "email"];
const TEXTS: [&str; 14] = [
    "",
    "a",
    "b",
    "ab",
    "abc",
    "ba",
    "x",
    "x1",
    "12",
    "1234",
    "aé",
    "2026-02-03",
    "1.2.3.4",
    "a@b.cd",
];

/// A source of chance that gives the same from the same seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap();
        usize::try_from(self.next() % end).unwrap()
    }

    pub fn chance(&mut self, wins: usize, of: usize) -> bool {
        self.below(of) < wins
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    fn number(&mut self) -> Value {
        self.one(&[
            json!(0),
            json!(1),
            json!(2),
            json!(3),
            json!(5),
            json!(-1),
            json!(0.5),
            json!(2.5),
            json!(10),
        ])
        .clone()
    }

    fn constant(&mut self, depth: u32) -> Value {
        match self.below(if depth > 0 { 9 } else { 6 }) {
            0 => Value::Null,
            1 => json!(self.chance(1, 2)),
            2 | 3 => self.number(),
            4 | 5 => json!(self.one(&TEXTS)),
            6 => json!([self.constant(depth - 1)]),
            7 => json!([]),
            _ => json!({*self.one(&NAMES): self.constant(depth - 1)}),
        }
    }

    /// A schema that is nested at most so deep.
    pub fn schema(&mut self, depth: u32) -> Value {
        let mut keywords = Map::new();
        match self.below(12) {
            0 => return json!(self.chance(3, 4)),
            1 => {
                let count = 1 + self.below(3);
                let values: Vec<Value> = (0..count).map(|_| self.constant(1)).collect();
                keywords.insert("enum".into(), Value::Array(values));
            }
            2 => {
                keywords.insert("const".into(), self.constant(2));
            }
            3 | 4 => self.number_schema(&mut keywords),
            5 | 6 => self.text_schema(&mut keywords),
            7 | 8 if depth > 0 => self.array_schema(&mut keywords, depth - 1),
            9 | 10 if depth > 0 => self.object_schema(&mut keywords, depth - 1),
            _ => {
                let kinds = [
                    "null", "boolean", "number", "integer", "string", "array", "object",
                ];
                let kinds: Vec<&str> = kinds.into_iter().filter(|_| self.chance(1, 3)).collect();
                if !kinds.is_empty() {
                    keywords.insert("type".into(), json!(kinds));
                }
            }
        }
        if depth > 0 && self.chance(1, 4) {
            self.combination(&mut keywords, depth - 1);
        }
        Value::Object(keywords)
    }

    fn maybe_type(&mut self, keywords: &mut Map<String, Value>, name: &str) {
        if self.chance(4, 5) {
            keywords.insert("type".into(), json!(name));
        }
    }

    fn number_schema(&mut self, keywords: &mut Map<String, Value>) {
        let kind = *self.one(&["number", "integer"]);
        self.maybe_type(keywords, kind);
        for key in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] {
            if self.chance(1, 3) {
                keywords.insert(key.into(), self.number());
            }
        }
        if self.chance(1, 3) {
            let step = self
                .one(&[json!(1), json!(2), json!(3), json!(0.5), json!(4), json!(6)])
                .clone();
            keywords.insert("multipleOf".into(), step);
        }
    }

    fn text_schema(&mut self, keywords: &mut Map<String, Value>) {
        self.maybe_type(keywords, "string");
        for key in ["minLength", "maxLength"] {
            if self.chance(1, 3) {
                keywords.insert(key.into(), json!(self.below(5)));
            }
        }
        if self.chance(1, 2) {
            keywords.insert("pattern".into(), json!(self.one(&PATTERNS)));
        }
        if self.chance(1, 6) {
            keywords.insert("format".into(), json!(self.one(&FORMATS)));
        }
    }

    fn array_schema(&mut self, keywords: &mut Map<String, Value>, depth: u32) {
        self.maybe_type(keywords, "array");
        for key in ["minItems", "maxItems"] {
            if self.chance(1, 3) {
                keywords.insert(key.into(), json!(self.below(4)));
            }
        }
        if self.chance(1, 3) {
            let count = 1 + self.below(2);
            let first: Vec<Value> = (0..count).map(|_| self.schema(depth)).collect();
            keywords.insert("prefixItems".into(), json!(first));
        }
        if self.chance(1, 2) {
            keywords.insert("items".into(), self.schema(depth));
        }
        if self.chance(1, 4) {
            keywords.insert("uniqueItems".into(), json!(true));
        }
        if self.chance(1, 4) {
            keywords.insert("contains".into(), self.schema(depth));
            if self.chance(1, 3) {
                keywords.insert("minContains".into(), json!(self.below(3)));
            }
            if self.chance(1, 3) {
                keywords.insert("maxContains".into(), json!(self.below(3)));
            }
        }
        if self.chance(1, 8) {
            keywords.insert("unevaluatedItems".into(), self.schema(depth));
        }
    }

    fn object_schema(&mut self, keywords: &mut Map<String, Value>, depth: u32) {
        self.maybe_type(keywords, "object");
        for key in ["minProperties", "maxProperties"] {
            if self.chance(1, 5) {
                keywords.insert(key.into(), json!(self.below(4)));
            }
        }
        if self.chance(2, 3) {
            let named = NAMES
                .iter()
                .filter(|_| self.chance(1, 2))
                .collect::<Vec<_>>();
            let named: Map<String, Value> = named
                .into_iter()
                .map(|name| ((*name).to_owned(), self.schema(depth)))
                .collect();
            keywords.insert("properties".into(), Value::Object(named));
        }
        if self.chance(1, 2) {
            let names: Vec<&&str> = NAMES.iter().filter(|_| self.chance(1, 3)).collect();
            keywords.insert("required".into(), json!(names));
        }
        if self.chance(1, 3) {
            let rest = if self.chance(1, 2) {
                json!(false)
            } else {
                self.schema(depth)
            };
            keywords.insert("additionalProperties".into(), rest);
        }
        if self.chance(1, 4) {
            let pattern = *self.one(&["^x", "1$", "^[ab]$"]);
            keywords.insert(
                "patternProperties".into(),
                json!({pattern: self.schema(depth)}),
            );
        }
        if self.chance(1, 8) {
            let names = if self.chance(1, 2) {
                json!({"maxLength": 1})
            } else {
                json!({"pattern": "^[a-x]"})
            };
            keywords.insert("propertyNames".into(), names);
        }
        if self.chance(1, 6) {
            let (left, right) = (*self.one(&NAMES), *self.one(&NAMES));
            keywords.insert("dependentRequired".into(), json!({left: [right]}));
        }
        if self.chance(1, 8) {
            let name = *self.one(&NAMES);
            keywords.insert("dependentSchemas".into(), json!({name: self.schema(depth)}));
        }
        if self.chance(1, 6) {
            keywords.insert("unevaluatedProperties".into(), self.schema(depth));
        }
    }

    fn combination(&mut self, keywords: &mut Map<String, Value>, depth: u32) {
        match self.below(5) {
            0 => {
                keywords.insert("not".into(), self.schema(depth));
            }
            1 => {
                keywords.insert("if".into(), self.schema(depth));
                keywords.insert("then".into(), self.schema(depth));
                if self.chance(1, 2) {
                    keywords.insert("else".into(), self.schema(depth));
                }
            }
            other => {
                let key = ["allOf", "anyOf", "oneOf"][other - 2];
                let count = 1 + self.below(3);
                let schemas: Vec<Value> = (0..count).map(|_| self.schema(depth)).collect();
                keywords.insert(key.into(), json!(schemas));
            }
        }
    }

    /// The schema with one thing in it changed.
    pub fn varied(&mut self, schema: &Value) -> Value {
        let Value::Object(keywords) = schema else {
            return self.schema(1);
        };
        let mut keywords = keywords.clone();
        if keywords.is_empty() || self.chance(1, 8) {
            let other = self.schema(1);
            if let Value::Object(other) = other {
                keywords.extend(other);
            }
            return Value::Object(keywords);
        }
        let keys: Vec<String> = keywords.keys().cloned().collect();
        let key = self.one(&keys).clone();
        let value = keywords[&key].clone();
        if self.chance(1, 3) && !matches!(value, Value::Object(_)) {
            keywords.shift_remove(&key);
            return Value::Object(keywords);
        }
        let changed = self.varied_value(&key, value);
        keywords.insert(key, changed);
        Value::Object(keywords)
    }

    fn varied_value(&mut self, key: &str, value: Value) -> Value {
        match (key, value) {
            ("minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum", _) => self.number(),
            ("multipleOf", _) => json!(1 + self.below(6)),
            ("pattern", _) => json!(self.one(&PATTERNS)),
            ("format", _) => json!(self.one(&FORMATS)),
            ("const", _) => self.constant(2),
            (
                "properties" | "patternProperties" | "dependentSchemas",
                Value::Object(mut entries),
            ) => {
                let names: Vec<String> = entries.keys().cloned().collect();
                if !names.is_empty() {
                    let name = self.one(&names).clone();
                    let inner = self.varied(&entries[&name]);
                    entries.insert(name, inner);
                }
                Value::Object(entries)
            }
            ("enum" | "type" | "required", Value::Array(mut items)) if items.len() > 1 => {
                items.remove(self.below(items.len()));
                Value::Array(items)
            }
            ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(mut items))
                if !items.is_empty() =>
            {
                let index = self.below(items.len());
                items[index] = self.varied(&items[index]);
                Value::Array(items)
            }
            (_, Value::Number(_)) => json!(self.below(5)),
            (
                "items"
                | "contains"
                | "not"
                | "if"
                | "then"
                | "else"
                | "additionalProperties"
                | "unevaluatedProperties"
                | "unevaluatedItems",
                inner,
            ) => self.varied(&inner),
            (_, other) => other,
        }
    }

    /// Values near the borders of schemas.
    pub fn samples(&mut self, schemas: &[Value]) -> Vec<Value> {
        let mut scalars = vec![Value::Null, json!(true), json!(false)];
        scalars.extend(TEXTS.iter().map(|text| json!(text)));
        for number in [-1.0, 0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0, 12.0] {
            scalars.push(json!(number));
        }
        scalars.push(json!(1));
        for schema in schemas {
            mentioned(schema, &mut scalars);
        }
        let mut samples = scalars.clone();
        samples.push(json!([]));
        samples.push(json!({}));
        for _ in 0..60 {
            let count = 1 + self.below(3);
            let items: Vec<Value> = (0..count).map(|_| self.one(&samples).clone()).collect();
            samples.push(Value::Array(items));
            let names: Vec<&str> = ["a", "b", "x1", "yy", "q", "x"]
                .into_iter()
                .filter(|_| self.chance(2, 5))
                .collect();
            let entries: Map<String, Value> = names
                .into_iter()
                .map(|name| (name.to_owned(), self.one(&samples).clone()))
                .collect();
            samples.push(Value::Object(entries));
        }
        samples
    }
}

/// Constants of a schema, and numbers beside its bounds.
fn mentioned(schema: &Value, found: &mut Vec<Value>) {
    match schema {
        Value::Object(entries) => {
            for (key, value) in entries {
                match (key.as_str(), value) {
                    ("const", value) => found.push(value.clone()),
                    ("enum", Value::Array(values)) => found.extend(values.iter().cloned()),
                    (_, Value::Number(number)) => {
                        let number = number.as_f64().unwrap_or_default();
                        found.extend([json!(number), json!(number + 1.0), json!(number - 0.5)]);
                    }
                    (_, inner) => mentioned(inner, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| mentioned(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The same schema with its keys, and its lists of alternatives, the other way round.
pub fn reordered(schema: &Value) -> Value {
    match schema {
        Value::Object(entries) => {
            let reversed = entries.iter().rev().map(|(key, value)| {
                let value = match (key.as_str(), value) {
                    (
                        "allOf" | "anyOf" | "oneOf" | "enum" | "type" | "required",
                        Value::Array(items),
                    ) => {
                        let items = items.iter().rev();
                        let is_data = matches!(key.as_str(), "enum" | "type" | "required");
                        Value::Array(
                            items
                                .map(|item| {
                                    if is_data {
                                        item.clone()
                                    } else {
                                        reordered(item)
                                    }
                                })
                                .collect(),
                        )
                    }
                    ("const", value) => value.clone(),
                    (_, value) => reordered(value),
                };
                (key.clone(), value)
            });
            Value::Object(reversed.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(reordered).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema.clone(),
    }
}
