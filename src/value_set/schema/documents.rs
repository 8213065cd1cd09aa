//! The files that schemas are in, and what references in them mean.

use std::collections::BTreeMap;

use serde_json::Value;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The path of the file.
    pub file: String,
    /// The JSON pointer within it; empty for the whole file.
    pub pointer: String,
}

impl Place {
    /// The beginning of a file.
    pub fn root(file: impl Into<String>) -> Self {
        Place {
            file: file.into(),
            pointer: String::new(),
        }
    }

    /// The place below a key or index.
    #[must_use]
    pub fn below(&self, key: &str) -> Self {
        let key = key.replace('~', "~0").replace('/', "~1");
        Place {
            file: self.file.clone(),
            pointer: format!("{}/{key}", self.pointer),
        }
    }
}

/// An edition of JSON Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Draft {
    Four,
    Seven,
    Of2019,
    Of2020,
}

/// What a reference leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Found(Place),
    /// Decided only while validating.
    Ambiguous,
    /// An address that no given file has.
    Remote(String),
    Missing(String),
}

/// Files of schemas, with the names by which references know their parts.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    files: BTreeMap<String, Value>,
    /// Where each base address begins to count: by file and pointer.
    bases: BTreeMap<String, BTreeMap<String, String>>,
    /// Schemas by their own address.
    resources: BTreeMap<String, Place>,
    /// Schemas by address and anchor.
    anchors: BTreeMap<(String, String), Place>,
    /// Schemas by dynamic anchor.
    dynamic: BTreeMap<String, Vec<Place>>,
    drafts: BTreeMap<String, BTreeMap<String, Draft>>,
}

/// Keywords whose contents are data.
const DATA: [&str; 5] = ["enum", "const", "default", "examples", "example"];

impl Documents {
    /// Files by path, with what is in them.
    pub fn of(files: impl IntoIterator<Item = (String, Value)>) -> Self {
        let mut documents = Documents::default();
        for (path, value) in files {
            let place = Place::root(path.clone());
            documents
                .bases
                .entry(path.clone())
                .or_default()
                .insert(String::new(), path.clone());
            documents.resources.insert(path.clone(), place.clone());
            documents.index(&place, &value, &path, 0);
            documents.files.insert(path, value);
        }
        documents
    }

    fn index(&mut self, place: &Place, value: &Value, base: &str, depth: u32) {
        if depth > 200 {
            return;
        }
        match value {
            Value::Object(entries) => {
                let base = self.index_names(place, entries, base);
                for (key, inner) in entries {
                    if !DATA.contains(&key.as_str()) {
                        self.index(&place.below(key), inner, &base, depth + 1);
                    }
                }
            }
            Value::Array(items) => {
                for (index, inner) in items.iter().enumerate() {
                    self.index(&place.below(&index.to_string()), inner, base, depth + 1);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn index_names(
        &mut self,
        place: &Place,
        entries: &serde_json::Map<String, Value>,
        base: &str,
    ) -> String {
        let text = |key: &str| entries.get(key).and_then(Value::as_str);
        let mut base = base.to_owned();
        if let Some(draft) = text("$schema").and_then(Draft::of) {
            let drafts = self.drafts.entry(place.file.clone()).or_default();
            drafts.insert(place.pointer.clone(), draft);
        }
        if let Some(id) = text("$id").or_else(|| text("id").filter(|id| id.contains("://"))) {
            let (address, fragment) = split(id);
            if !address.is_empty() {
                base = joined(&base, address);
                let bases = self.bases.entry(place.file.clone()).or_default();
                bases.insert(place.pointer.clone(), base.clone());
                self.resources
                    .entry(base.clone())
                    .or_insert_with(|| place.clone());
            }
            if !fragment.is_empty() {
                let key = (base.clone(), fragment.to_owned());
                self.anchors.entry(key).or_insert_with(|| place.clone());
            }
        }
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = text(keyword) {
                let key = (base.clone(), name.to_owned());
                self.anchors.entry(key).or_insert_with(|| place.clone());
            }
        }
        if let Some(name) = text("$dynamicAnchor") {
            self.dynamic
                .entry(name.to_owned())
                .or_default()
                .push(place.clone());
        }
        if entries.get("$recursiveAnchor") == Some(&Value::Bool(true)) {
            self.dynamic
                .entry(String::new())
                .or_default()
                .push(place.clone());
        }
        base
    }

    /// What stands at a place.
    pub fn value(&self, place: &Place) -> Option<&Value> {
        self.files.get(&place.file)?.pointer(&place.pointer)
    }

    /// The edition at a place: the nearest `$schema` around it; the newest when none is named.
    pub(super) fn draft(&self, place: &Place) -> Draft {
        let drafts = self.drafts.get(&place.file);
        let found = drafts.and_then(|drafts| around(drafts, &place.pointer));
        found.map_or(Draft::Of2020, |(_, draft)| *draft)
    }

    /// The schema that a reference means that stands at a place.
    pub fn target(&self, from: &Place, reference: &str) -> Option<Place> {
        match self.resolve(from, reference) {
            Target::Found(place) => Some(place),
            Target::Ambiguous | Target::Remote(_) | Target::Missing(_) => None,
        }
    }

    /// What a reference means that stands at a place.
    pub(super) fn resolve(&self, from: &Place, reference: &str) -> Target {
        let (address, fragment) = split(reference);
        let bases = self.bases.get(&from.file);
        let base = bases.and_then(|bases| around(bases, &from.pointer));
        let Some((root, base)) = base else {
            return Target::Missing("the file is not known".to_owned());
        };
        let resource = if address.is_empty() {
            Place {
                file: from.file.clone(),
                pointer: root.to_owned(),
            }
        } else {
            let full = joined(base, address);
            let beside = joined(&from.file, address);
            match self
                .resources
                .get(&full)
                .or_else(|| self.resources.get(&beside))
            {
                Some(place) => place.clone(),
                None if address.contains("://") => return Target::Remote(full),
                None => return Target::Missing(format!("there is no file `{beside}`")),
            }
        };
        self.within(resource, fragment)
    }

    fn within(&self, resource: Place, fragment: &str) -> Target {
        let fragment = percent_decoded(fragment);
        if fragment.is_empty() || fragment.starts_with('/') {
            let place = Place {
                pointer: format!("{}{fragment}", resource.pointer),
                file: resource.file,
            };
            return match self.value(&place) {
                Some(_) => Target::Found(place),
                None => Target::Missing(format!("`{}` has no `{fragment}`", place.file)),
            };
        }
        let bases = self.bases.get(&resource.file);
        let base = bases.and_then(|bases| around(bases, &resource.pointer));
        let anchor = base.and_then(|(_, base)| self.anchors.get(&(base.clone(), fragment.clone())));
        match anchor {
            Some(place) => Target::Found(place.clone()),
            None => Target::Missing(format!("`{}` has no anchor `{fragment}`", resource.file)),
        }
    }

    /// What `$dynamicRef` and `$recursiveRef` mean where only one schema can be meant.
    pub(super) fn resolve_dynamic(&self, from: &Place, reference: &str) -> Target {
        let (_, fragment) = split(reference);
        match self.dynamic.get(fragment).map(Vec::as_slice) {
            None | Some([]) => self.resolve(from, reference),
            Some([one]) => Target::Found(one.clone()),
            Some(_) => Target::Ambiguous,
        }
    }

    /// The paths of other files that a file refers to; those of addresses are left out.
    pub fn referenced_files(path: &str, value: &Value) -> Vec<String> {
        let mut files = Vec::new();
        let mut pending = vec![(value, 0)];
        while let Some((value, depth)) = pending.pop() {
            if depth > 200 {
                continue;
            }
            match value {
                Value::Object(entries) => {
                    if let Some(Value::String(reference)) = entries.get("$ref") {
                        let (address, _) = split(reference);
                        if !address.is_empty() && !address.contains(':') {
                            files.push(joined(path, address));
                        }
                    }
                    pending.extend(entries.values().map(|inner| (inner, depth + 1)));
                }
                Value::Array(items) => {
                    pending.extend(items.iter().map(|inner| (inner, depth + 1)));
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        files.sort();
        files.dedup();
        files
    }
}

impl Draft {
    fn of(address: &str) -> Option<Self> {
        let drafts = [
            ("draft-04", Draft::Four),
            ("draft-06", Draft::Seven),
            ("draft-07", Draft::Seven),
            ("2019-09", Draft::Of2019),
            ("2020-12", Draft::Of2020),
        ];
        let found = drafts.iter().find(|(mark, _)| address.contains(mark));
        found.map(|(_, draft)| *draft)
    }
}

/// The entry whose pointer is the nearest at or above a pointer.
fn around<'m, T>(entries: &'m BTreeMap<String, T>, pointer: &str) -> Option<(&'m str, &'m T)> {
    let mut above = pointer;
    loop {
        if let Some((key, value)) = entries.get_key_value(above) {
            return Some((key, value));
        }
        above = &above[..above.rfind('/')?];
    }
}

fn split(reference: &str) -> (&str, &str) {
    reference.split_once('#').unwrap_or((reference, ""))
}

/// An address, or a path, as seen from another one.
fn joined(base: &str, address: &str) -> String {
    if address.contains("://") || address.starts_with("urn:") {
        return address.to_owned();
    }
    let (scheme, path) = match base.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            (format!("{scheme}://{host}/"), path)
        }
        None => (String::new(), base),
    };
    let folder = match address.strip_prefix('/') {
        Some(_) => "",
        None => path.rsplit_once('/').map_or("", |(folder, _)| folder),
    };
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in address.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    format!("{scheme}{}", parts.join("/"))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hexadecimal = || {
            let digits = rest.clone().take(2).collect::<Vec<u8>>();
            let digits = String::from_utf8(digits)
                .ok()
                .filter(|digits| digits.len() == 2)?;
            u8::from_str_radix(&digits, 16).ok()
        };
        match hexadecimal().filter(|_| byte == b'%') {
            Some(decoded) => {
                bytes.push(decoded);
                rest.nth(1);
            }
            None => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
