//! The data contract document: what crosses the boundary between two systems.

use super::duration::Duration;
use super::expressions::Expression;
use super::governance::{Acceptance, Status, Suppression};
use super::names::{ContractName, FieldName, Name, NameMap};
use super::references::{ConsumerReference, FilePath, PersonReference, SystemReference};
use super::scalars::{Date, Literal, Version};
use crate::source::Spanned;
use crate::{choice, mapping, vocabulary};

mapping! {
    /// A data contract: what a producer promises to its consumers.
    pub struct Contract as "a contract" {
        /// The name, dotted, with the major version at the end: `employee.identity.v1`.
        optional name: Spanned<Name<ContractName>>,
        /// The semantic version; its major is the `.vN` of the name.
        optional version: Spanned<Version>,
        /// Where the document is in its life; `active` when absent.
        optional status: Spanned<Status>,
        /// From this date the contract may be removed.
        optional sunset: Spanned<Date>,
        /// A title for people.
        optional title: Spanned<String>,
        /// What the data is.
        optional summary: Spanned<String>,
        /// The accountable person; the producer system's owner when absent.
        optional owner: PersonReference,
        /// The system that produces the data.
        required producer: SystemReference,
        /// The systems and workflows that read it.
        defaulted consumers: Vec<ConsumerReference>,
        /// How old the data may be, as `15m` or `"< 15m"`.
        optional freshness_sla: Spanned<Freshness>,
        /// The share of time in which the data can be had, as `99.5%`.
        optional availability: Spanned<Literal>,
        /// Which changes are compatible; `full` when absent.
        optional compatibility: Spanned<Compatibility>,
        /// The fields.
        optional schema: Spanned<NameMap<FieldName, FieldEntry>>,
        /// A JSON Schema file that holds the fields instead of `schema`.
        optional json_schema: FilePath,
        /// What must be true of the data, beyond its schema.
        defaulted quality_rules: Vec<QualityRule>,
        /// How the contract may change; the rules of compatibility are always in force.
        defaulted change_rules: Vec<Spanned<String>>,
        /// Field names that may not come back with another meaning.
        defaulted reserved: Vec<Spanned<Name<FieldName>>>,
        /// What is logged about violations.
        optional audit: Spanned<Audit>,
        /// Free words for searching.
        defaulted tags: Vec<Spanned<String>>,
        /// Findings that are accepted for a while.
        defaulted suppress: Vec<Spanned<Suppression>>,
        /// Breaking changes that are accepted on purpose, until the next release.
        defaulted accept: Vec<Spanned<Acceptance>>,
        /// The name before a rename.
        optional renamed_from: Spanned<Name<ContractName>>,
    }
}

vocabulary! {
    /// Which changes of a contract are compatible.
    pub enum Compatibility as "a compatibility" {
        /// New readers can read old data.
        Backward = "backward",
        /// Old readers can read new data.
        Forward = "forward",
        /// Both.
        Full = "full",
        /// New readers can read the data of every released version.
        BackwardTransitive = "backward_transitive",
        /// The readers of every released version can read new data.
        ForwardTransitive = "forward_transitive",
        /// Both, for every released version.
        FullTransitive = "full_transitive",
        /// No promise.
        None = "none",
    }
}

choice! {
    /// A field: a type such as `string` or `string?` (optional), or a full definition.
    pub enum FieldEntry as "a type, or a mapping with `type`" {
        /// The type; `?` after it makes the field optional.
        Short(Spanned<ShortType>) = scalar,
        /// The full definition.
        Full(Box<Field>) = mapping,
    }
}

/// A type in short form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShortType {
    /// The type.
    pub kind: FieldType,
    /// True without `?`.
    pub required: bool,
}

vocabulary! {
    /// The type of a field.
    pub enum FieldType as "a type" {
        /// Text.
        String = "string",
        /// A whole number.
        Integer = "integer",
        /// An exact decimal number.
        Decimal = "decimal",
        /// True or false.
        Boolean = "boolean",
        /// A calendar date.
        Date = "date",
        /// A point in time.
        Timestamp = "timestamp",
        /// A length of time.
        Duration = "duration",
        /// A list of `items`.
        List = "list",
        /// Names with `values`.
        Map = "map",
        /// An object with `properties`.
        Object = "object",
    }
}

vocabulary! {
    /// The form of a text field.
    pub enum Format as "a format" {
        /// A UUID.
        Uuid = "uuid",
        /// An e-mail address.
        Email = "email",
        /// A URI.
        Uri = "uri",
        /// A host name.
        Hostname = "hostname",
        /// An IPv4 address.
        Ipv4 = "ipv4",
        /// An IPv6 address.
        Ipv6 = "ipv6",
        /// An international bank account number.
        Iban = "iban",
        /// A currency code of ISO 4217.
        IsoCurrency = "iso-currency",
        /// A country code of ISO 3166.
        IsoCountry = "iso-country",
        /// A telephone number.
        Phone = "phone",
    }
}

vocabulary! {
    /// Who may see the data.
    pub enum Classification as "a classification" {
        /// Everybody.
        Public = "public",
        /// The company.
        Internal = "internal",
        /// Those who need it.
        Confidential = "confidential",
        /// Named people only.
        Restricted = "restricted",
    }
}

mapping! {
    /// A field of a contract.
    pub struct Field as "a field" {
        /// The type.
        required kind ("type"): Spanned<FieldType>,
        /// Whether the field is always there; false when absent.
        optional required: Spanned<bool>,
        /// Whether the field may be null; false when absent.
        optional nullable: Spanned<bool>,
        /// The form of a text.
        optional format: Spanned<Format>,
        /// The values that occur.
        optional members ("enum"): Spanned<Vec<Spanned<Literal>>>,
        /// Readers must accept values that are not listed.
        optional open: Spanned<bool>,
        /// A regular expression that the whole text matches.
        optional pattern: Spanned<String>,
        /// The smallest value.
        optional min: Spanned<Literal>,
        /// The largest value.
        optional max: Spanned<Literal>,
        /// Every value is larger.
        optional min_exclusive: Spanned<Literal>,
        /// Every value is smaller.
        optional max_exclusive: Spanned<Literal>,
        /// Every value is a multiple.
        optional multiple_of: Spanned<Literal>,
        /// The shortest text, in characters.
        optional min_length: Spanned<u32>,
        /// The longest text, in characters.
        optional max_length: Spanned<u32>,
        /// The items of a list.
        optional items: Box<FieldEntry>,
        /// The fewest items.
        optional min_items: Spanned<u32>,
        /// The most items.
        optional max_items: Spanned<u32>,
        /// Whether no item occurs twice.
        optional unique_items: Spanned<bool>,
        /// The fields of an object.
        optional properties: Spanned<NameMap<FieldName, FieldEntry>>,
        /// The values of a map.
        optional values: Box<FieldEntry>,
        /// Whether the field identifies the record.
        optional key: Spanned<bool>,
        /// Whether no two records share a value.
        optional unique: Spanned<bool>,
        /// The value when none is given.
        optional default: Spanned<Literal>,
        /// What a number counts.
        optional unit: Spanned<String>,
        /// Who may see it.
        optional classification: Spanned<Classification>,
        /// Whether it is personal data.
        optional pii: Spanned<bool>,
        /// Whether it is to go away.
        optional deprecated: Spanned<bool>,
        /// From this date it may be removed.
        optional sunset: Spanned<Date>,
        /// The name before a rename.
        optional renamed_from: Spanned<Name<FieldName>>,
        /// What it is.
        optional description: Spanned<String>,
        /// Samples.
        defaulted examples: Vec<Spanned<Literal>>,
    }
}

choice! {
    /// A rule about the data: structured, or in words.
    pub enum QualityRule as "a sentence, or a mapping with `field` or `that`" {
        /// In words; common phrases are understood.
        Prose(Spanned<String>) = scalar,
        /// Structured.
        Structured(Spanned<StructuredRule>) = mapping,
    }
}

mapping! {
    /// A rule about the data.
    pub struct StructuredRule as "a quality rule" {
        /// The field that it is about.
        optional field: Spanned<Name<FieldName>>,
        /// No two records share a value.
        optional unique: Spanned<bool>,
        /// The value is not empty.
        optional not_empty: Spanned<bool>,
        /// The values that are allowed.
        optional members ("enum"): Spanned<Vec<Spanned<Literal>>>,
        /// The list of the project file that holds the allowed values.
        optional list: Spanned<String>,
        /// A regular expression that the whole text matches.
        optional pattern: Spanned<String>,
        /// The smallest value.
        optional min: Spanned<Literal>,
        /// The largest value.
        optional max: Spanned<Literal>,
        /// What must be true of a record.
        optional that: Expression,
        /// What the rule is for.
        optional description: Spanned<String>,
    }
}

choice! {
    /// What is logged about violations.
    pub enum Audit as "a list of sentences, or a mapping" {
        /// In words.
        Prose(Vec<Spanned<String>>) = sequence,
        /// Structured.
        Structured(AuditSettings) = mapping,
    }
}

vocabulary! {
    /// What happens with a violation.
    pub enum Violations as "a way to treat violations" {
        /// It is logged.
        Log = "log",
        /// It is not logged.
        Ignore = "ignore",
    }
}

vocabulary! {
    /// How much of the payload a violation log keeps.
    pub enum Sample as "a kind of sample" {
        /// As it came.
        Full = "full",
        /// With personal fields masked.
        Masked = "masked",
        /// Nothing.
        None = "none",
    }
}

vocabulary! {
    /// Whose clock a violation log uses.
    pub enum LogTimestamp as "a clock" {
        /// The source's.
        Source = "source",
        /// That of the receiver.
        Receiver = "receiver",
    }
}

mapping! {
    /// What is logged about violations.
    pub struct AuditSettings as "an audit section" {
        /// Whether violations are logged.
        optional violations: Spanned<Violations>,
        /// How much of the payload is kept.
        optional sample: Spanned<Sample>,
        /// Whose clock counts.
        optional timestamp: Spanned<LogTimestamp>,
        /// How long the log is kept.
        optional retention: Spanned<Duration>,
    }
}

/// The age that data may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// The greatest age.
    pub limit: Duration,
}

mod manual {
    //! The two scalar types of this document that follow none of the common forms.

    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{Duration, FieldType, Freshness, ShortType};
    use crate::syntax::decode::{Decode, Decoder, text};
    use crate::syntax::visit::{Visit, Visitor};
    use crate::yaml::NodeRef;

    impl Decode for ShortType {
        fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
            let written = text(node, decoder, "a type")?.text();
            let (word, required) = match written.strip_suffix('?') {
                Some(word) => (word, false),
                None => (written, true),
            };
            let kind = SHORT_TYPES.iter().find(|kind| kind.as_str() == word);
            if kind.is_none() {
                let words: Vec<&str> = SHORT_TYPES.iter().map(|kind| kind.as_str()).collect();
                decoder.not_a_member(node, written, "a type in short form", &words);
            }
            kind.map(|kind| ShortType {
                kind: *kind,
                required,
            })
        }
    }

    /// Types that need no further keys.
    const SHORT_TYPES: [FieldType; 7] = [
        FieldType::String,
        FieldType::Integer,
        FieldType::Decimal,
        FieldType::Boolean,
        FieldType::Date,
        FieldType::Timestamp,
        FieldType::Duration,
    ];

    impl Visit for ShortType {
        fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
    }

    impl JsonSchema for ShortType {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            "ShortType".into()
        }
        fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "type": "string",
                "pattern": "^(string|integer|decimal|boolean|date|timestamp|duration)\\??$",
            })
        }
    }

    impl Decode for Freshness {
        fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
            let written = text(node, decoder, "an age, as `15m` or `\"< 15m\"`")?.text();
            let limit = written
                .trim_start_matches("<=")
                .trim_start_matches('<')
                .trim();
            let parsed = Duration::parse(limit).map(|limit| Freshness { limit });
            if parsed.is_none() {
                decoder.invalid_value(
                    node.span(),
                    format!("`{written}` is not an age"),
                    "write a length of time, as `15m`, `4h` or `\"< 15m\"`".to_owned(),
                );
            }
            parsed
        }
    }

    impl Visit for Freshness {
        fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
    }

    impl JsonSchema for Freshness {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            "Freshness".into()
        }
        fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "string", "pattern": "^(<=?)? *(([0-9]+(w|d|h|m|s) ?)+|P[0-9A-Z]+) *$" })
        }
    }
}
