//! Files of the Open Data Contract Standard (`kind: DataContract`, v3), read as contracts.
//!
//! A file is put into the form of the language, node by node, and then decoded like every other
//! contract; findings point at the characters of the file. A file with several objects in
//! `schema` is several contracts. What the language has no word for is listed, never guessed.
//!
//! The standard is at <https://bitol-io.github.io/open-data-contract-standard/>; its own words for
//! what the language knows and the standard does not are entries of `customProperties`.

mod field;
mod keys;
mod quality;

use super::contract::Contract;
use super::decode::{DecodeMapping, Decoder};
use super::names::{ContractName, NamePattern};
use super::rules::MISSING_KEY;
use crate::source::{Span, Spanned};
use crate::yaml::rewrite::Part;
use crate::yaml::{Entry, Mapping, NodeRef, Sequence};

pub use field::whole_pattern;

/// Words of the language for which the standard has none; they travel as `customProperties`.
pub const CARRIED: [&str; 10] = [
    "producer",
    "consumers",
    "compatibility",
    "sunset",
    "title",
    "change_rules",
    "reserved",
    "audit",
    "renamed_from",
    "quality_rules",
];

/// A contract in the form of the language.
#[derive(Debug)]
pub struct Reading {
    /// The name.
    pub name: Spanned<String>,
    /// From the first to the last character that it is made from.
    pub span: Span,
    /// The body of a `contract:` document.
    pub body: Part,
    /// What the language has no word for: where it stands in the file, and its place.
    pub left_out: Vec<Spanned<String>>,
}

/// True for a document of the standard.
pub fn recognises(mapping: Mapping<'_>) -> bool {
    text_of(mapping, "kind").is_some_and(|kind| kind == "DataContract")
}

/// Reads a document of the standard; one contract for each object of its `schema`.
pub fn read(mapping: Mapping<'_>, decoder: &mut Decoder) -> Vec<Reading> {
    keys::check(
        mapping,
        "a data contract of the standard",
        keys::ROOT,
        decoder,
    );
    let objects = list(mapping, "schema", decoder);
    let objects: Vec<Mapping<'_>> = objects
        .into_iter()
        .flat_map(Sequence::items)
        .filter_map(|object| expect_mapping(object, "an object of the schema", decoder))
        .collect();
    match &objects[..] {
        [] => vec![contract(mapping, None, base_name(mapping), decoder)],
        [only] => vec![contract(mapping, Some(*only), base_name(mapping), decoder)],
        several => {
            let base = base_name(mapping);
            several
                .iter()
                .map(|object| {
                    let name = name_of_object(&base, *object);
                    let mut reading = contract(mapping, Some(*object), name, decoder);
                    reading.span = object.node().span();
                    reading
                })
                .collect()
        }
    }
}

/// Decodes the body of a [`Reading`]. The standard has no key for the producing system, so its
/// absence is no fault.
pub fn decode(body: Mapping<'_>, decoder: &mut Decoder) -> Contract {
    let mut own = Decoder::new();
    let contract = Contract::decode_mapping(body, &mut own);
    own.finish()
        .into_iter()
        .filter(|diagnostic| diagnostic.rule.id != MISSING_KEY.id)
        .for_each(|diagnostic| decoder.report(diagnostic));
    contract
}

fn contract(
    mapping: Mapping<'_>,
    object: Option<Mapping<'_>>,
    name: Spanned<String>,
    decoder: &mut Decoder,
) -> Reading {
    let span = mapping.node().span();
    let mut writer = Writer {
        body: Part::mapping(span),
        left_out: Vec::new(),
        decoder,
    };
    writer
        .body
        .put(name.span, "name", Part::text(name.span, name.value.clone()));
    for entry in mapping.entries() {
        writer.root_entry(entry);
    }
    if let Some(object) = object {
        writer.object(object);
    }
    // A contract without a known producer is the matter of a rule, not of reading.
    let producer = text_entry(mapping, "dataProduct").or_else(|| text_entry(mapping, "domain"));
    if let Some(entry) = producer {
        writer.put_copy(entry, "producer");
    }
    let Writer { body, left_out, .. } = writer;
    Reading {
        name,
        span,
        body,
        left_out,
    }
}

/// Builds the body of a contract.
struct Writer<'a> {
    body: Part,
    left_out: Vec<Spanned<String>>,
    decoder: &'a mut Decoder,
}

impl Writer<'_> {
    fn root_entry(&mut self, entry: Entry<'_>) {
        match entry.name {
            "apiVersion" | "kind" | "id" | "name" | "schema" => {}
            "version" => self.version(entry),
            "status" => self.status(entry),
            "description" => self.description(entry),
            "team" => self.team(entry),
            "slaProperties" => self.service_levels(entry),
            "customProperties" => self.custom_properties(entry),
            "tags" => self.put_copy(entry, "tags"),
            // Read as the producer, unless a custom property names one.
            "dataProduct" | "domain" => {}
            other => self.leave_out(entry.key.span(), other),
        }
    }

    fn put_copy(&mut self, entry: Entry<'_>, key: &str) {
        if !entry.value.is_null() {
            self.body.put(entry.key.span(), key, Part::of(entry.value));
        }
    }

    fn leave_out(&mut self, span: Span, path: impl Into<String>) {
        self.left_out.push(Spanned::new(path.into(), span));
    }

    /// The standard allows any text; only semantic versions can be compared. A version below 1.0.0
    /// has no place beside the `.v1` that ends the name.
    fn version(&mut self, entry: Entry<'_>) {
        let written = entry.value.scalar().map(|scalar| scalar.text());
        let version = written.and_then(|text| semver::Version::parse(text).ok());
        if version.is_some_and(|version| version.major > 0) {
            self.put_copy(entry, "version");
        } else {
            self.leave_out(entry.key.span(), "version");
        }
    }

    fn status(&mut self, entry: Entry<'_>) {
        let written = entry.value.scalar().map(|scalar| scalar.text());
        let status = match written {
            Some("proposed" | "draft") => "draft",
            Some(known @ ("active" | "deprecated" | "retired")) => known,
            Some(_) | None => return self.leave_out(entry.key.span(), "status"),
        };
        let span = entry.value.span();
        self.body
            .put(entry.key.span(), "status", Part::text(span, status));
    }

    fn description(&mut self, entry: Entry<'_>) {
        let Some(description) = entry.value.mapping() else {
            return self.put_copy(entry, "summary");
        };
        for part in description.entries() {
            match part.name {
                "purpose" => self.put_copy(part, "summary"),
                other => self.leave_out(part.key.span(), format!("description.{other}")),
            }
        }
    }

    /// The owner is the member whose role says so.
    fn team(&mut self, entry: Entry<'_>) {
        let members = match entry.value.mapping() {
            Some(team) => team.get("members").map(|members| members.value),
            None => Some(entry.value),
        };
        let owner = members
            .and_then(NodeRef::sequence)
            .into_iter()
            .flat_map(Sequence::items)
            .filter_map(NodeRef::mapping)
            .filter(|member| member.get("dateOut").is_none())
            .find(|member| {
                text_of(*member, "role").is_some_and(|role| role.eq_ignore_ascii_case("owner"))
            });
        match owner.and_then(|owner| owner.get("username")) {
            Some(username) => self.put_copy(username, "owner"),
            None => self.leave_out(entry.key.span(), "team"),
        }
    }

    fn service_levels(&mut self, entry: Entry<'_>) {
        for level in entry.value.sequence().into_iter().flat_map(Sequence::items) {
            let Some(level) = level.mapping() else {
                continue;
            };
            let property = text_of(level, "property").unwrap_or_default();
            let value = level.get("value").map(|value| value.value);
            let read = match (property, value) {
                ("latency" | "freshness", Some(value)) => {
                    age(value, text_of(level, "unit")).map(|age| ("freshness_sla", age))
                }
                ("availability", Some(value)) => {
                    percentage(value).map(|share| ("availability", share))
                }
                _ => None,
            };
            let span = level.node().span();
            match read {
                Some((key, text)) => {
                    let value = value.map_or(span, NodeRef::span);
                    self.body.put(span, key, Part::text(value, text));
                }
                None => self.leave_out(span, format!("slaProperties.{property}")),
            }
        }
    }

    fn custom_properties(&mut self, entry: Entry<'_>) {
        for property in custom(entry.value) {
            let (name, value) = property;
            if CARRIED.contains(&name) {
                self.body.put(value.key.span(), name, Part::of(value.value));
            } else {
                self.leave_out(value.key.span(), format!("customProperties.{name}"));
            }
        }
    }

    fn object(&mut self, object: Mapping<'_>) {
        keys::check(
            object,
            "an object of the schema",
            keys::OBJECT,
            self.decoder,
        );
        for entry in object.entries() {
            match entry.name {
                "name" | "id" | "logicalType" => {}
                "properties" => {
                    let fields = self.fields(entry.value, "");
                    self.body.put(entry.key.span(), "schema", fields);
                }
                "quality" => self.quality(entry.value, None, "quality"),
                "description" => self.put_copy(entry, "summary"),
                "businessName" => self.put_copy(entry, "title"),
                other => self.leave_out(entry.key.span(), format!("schema.{other}")),
            }
        }
    }
}

/// The custom properties of a list: name, and the entry that holds the value.
fn custom<'a>(list: NodeRef<'a>) -> impl Iterator<Item = (&'a str, Entry<'a>)> {
    list.sequence()
        .into_iter()
        .flat_map(Sequence::items)
        .filter_map(NodeRef::mapping)
        .filter_map(|property| {
            let value = property.get("value")?;
            Some((text_of(property, "property")?, value))
        })
}

fn text_entry<'a>(mapping: Mapping<'a>, key: &str) -> Option<Entry<'a>> {
    mapping
        .get(key)
        .filter(|entry| entry.value.scalar().is_some() && !entry.value.is_null())
}

fn text_of<'a>(mapping: Mapping<'a>, key: &str) -> Option<&'a str> {
    text_entry(mapping, key)?
        .value
        .scalar()
        .map(|scalar| scalar.text())
}

fn list<'a>(mapping: Mapping<'a>, key: &str, decoder: &mut Decoder) -> Option<Sequence<'a>> {
    let entry = mapping.get(key)?;
    let list = entry.value.sequence();
    if list.is_none() && !entry.value.is_null() {
        decoder.wrong_type(entry.value, "a list");
    }
    list
}

fn expect_mapping<'a>(node: NodeRef<'a>, what: &str, decoder: &mut Decoder) -> Option<Mapping<'a>> {
    let mapping = node.mapping();
    if mapping.is_none() {
        decoder.wrong_type(node, &format!("{what}: a mapping with a `name`"));
    }
    mapping
}

/// `15` with the unit `m` as `15m`; the units are those of the standard, and shorter ones.
fn age(value: NodeRef<'_>, unit: Option<&str>) -> Option<String> {
    let amount: u32 = value.scalar()?.text().parse().ok()?;
    let unit = match unit?.to_ascii_lowercase().as_str() {
        "s" | "sec" | "second" | "seconds" => "s",
        "m" | "min" | "minute" | "minutes" => "m",
        "h" | "hr" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "w" | "week" | "weeks" => "w",
        _ => return None,
    };
    Some(format!("{amount}{unit}"))
}

fn percentage(value: NodeRef<'_>) -> Option<String> {
    let written = value.scalar()?.text();
    let share = written.trim_end_matches('%').trim();
    let number: rust_decimal::Decimal = share.parse().ok()?;
    let is_share = number.is_sign_positive() && number <= rust_decimal::Decimal::ONE_HUNDRED;
    is_share.then(|| format!("{share}%"))
}

/// The name of the contract: its own when it is one of the language, else one made from it.
fn base_name(mapping: Mapping<'_>) -> Spanned<String> {
    let entry = ["name", "dataProduct", "id"]
        .into_iter()
        .find_map(|key| text_entry(mapping, key));
    let Some(entry) = entry else {
        let place = mapping
            .get("kind")
            .map_or(mapping.node().span(), |kind| kind.value.span());
        return Spanned::new(format!("unnamed.v{}", major(mapping)), place);
    };
    let written = entry.value.scalar().map_or("", |scalar| scalar.text());
    let name = if ContractName::accepts(written) {
        written.to_owned()
    } else {
        format!("{}.v{}", words(written), major(mapping))
    };
    Spanned::new(name, entry.value.span())
}

/// `orders.v1` and the object `line items` are `orders.line_items.v1`.
fn name_of_object(base: &Spanned<String>, object: Mapping<'_>) -> Spanned<String> {
    let entry = text_entry(object, "name");
    let written = entry
        .and_then(|entry| entry.value.scalar())
        .map_or("", |scalar| scalar.text());
    let (words_of_base, version) = base.value.rsplit_once(".v").unwrap_or((&base.value, "1"));
    let name = format!("{words_of_base}.{}.v{version}", words(written));
    Spanned::new(name, entry.map_or(base.span, |entry| entry.value.span()))
}

fn major(mapping: Mapping<'_>) -> u64 {
    text_of(mapping, "version")
        .and_then(|version| semver::Version::parse(version).ok())
        .map_or(1, |version| version.major.max(1))
}

/// Any text as dotted lower-case words.
fn words(text: &str) -> String {
    let cleaned: String = text
        .to_lowercase()
        .chars()
        .map(|character| match character {
            'a'..='z' | '0'..='9' | '.' => character,
            _ => '_',
        })
        .collect();
    let parts: Vec<String> = cleaned
        .split('.')
        .map(|part| part.trim_matches('_'))
        .filter(|part| !part.is_empty())
        .map(
            |part| match part.starts_with(|first: char| first.is_ascii_digit()) {
                true => format!("n{part}"),
                false => part.to_owned(),
            },
        )
        .collect();
    if parts.is_empty() {
        "unnamed".to_owned()
    } else {
        parts.join(".")
    }
}
