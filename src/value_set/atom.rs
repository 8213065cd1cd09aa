//! The assertions that sets are built from, each about values of one JSON type.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::Value;

use super::sets::SetId;

/// The type of a JSON value; whole numbers are numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` and `false`.
    Boolean,
    /// Numbers.
    Number,
    /// Texts.
    Text,
    /// Arrays.
    Array,
    /// Objects.
    Object,
}

impl Kind {
    /// Every type, simplest values first.
    pub const ALL: [Kind; 6] = [
        Kind::Null,
        Kind::Boolean,
        Kind::Number,
        Kind::Text,
        Kind::Array,
        Kind::Object,
    ];

    /// The type of a value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Boolean,
            Value::Number(_) => Kind::Number,
            Value::String(_) => Kind::Text,
            Value::Array(_) => Kind::Array,
            Value::Object(_) => Kind::Object,
        }
    }
}

/// One assertion. It says nothing about values of other types than its own: they pass.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Atom {
    /// The value is of a type; the only assertion about all values.
    Is(Kind),
    /// Which of the two.
    Truth(bool),
    /// About a number.
    Number(Numeric),
    /// About a text.
    Text(Textual),
    /// About an array.
    Array(Listed),
    /// About an object.
    Object(Keyed),
    /// Something that is not understood, known only by its words; equal words mean the same.
    Opaque(Option<Kind>, String),
}

/// An assertion about numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Numeric {
    /// At least this number.
    AtLeast(Decimal),
    /// More than this number.
    Above(Decimal),
    /// At most this number.
    AtMost(Decimal),
    /// Less than this number.
    Below(Decimal),
    /// A multiple of this number, which is positive.
    MultipleOf(Decimal),
    /// One of these numbers.
    NumberIn(BTreeSet<Decimal>),
}

/// An assertion about texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Textual {
    /// At least so many characters.
    LongerOrEqual(u64),
    /// At most so many characters.
    ShorterOrEqual(u64),
    /// A part of the text matches this ECMA-262 pattern.
    Pattern(String),
    /// One of these texts.
    TextIn(BTreeSet<String>),
    /// A text of a named form.
    Format(String),
}

/// An assertion about arrays.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Listed {
    /// The items, one set for each of the first, one for the rest.
    Items(Vec<SetId>, SetId),
    /// At least so many items.
    ItemsAtLeast(u64),
    /// At most so many items.
    ItemsAtMost(u64),
    /// At least so many items are in the set.
    ContainsAtLeast(SetId, u64),
    /// At most so many items are in the set.
    ContainsAtMost(SetId, u64),
    /// No two items are equal.
    Unique,
}

/// An assertion about objects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Keyed {
    /// The values of properties.
    Properties(Properties),
    /// The property is there.
    Has(String),
    /// At least so many properties.
    PropertiesAtLeast(u64),
    /// At most so many properties.
    PropertiesAtMost(u64),
    /// Every name of a property is in the set.
    Names(SetId),
}

impl From<Numeric> for Atom {
    fn from(atom: Numeric) -> Self {
        Atom::Number(atom)
    }
}

impl From<Textual> for Atom {
    fn from(atom: Textual) -> Self {
        Atom::Text(atom)
    }
}

impl From<Listed> for Atom {
    fn from(atom: Listed) -> Self {
        Atom::Array(atom)
    }
}

impl From<Keyed> for Atom {
    fn from(atom: Keyed) -> Self {
        Atom::Object(atom)
    }
}

/// What the values of properties are in: every set that the name selects, else the rest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Properties {
    /// By name.
    pub named: BTreeMap<String, SetId>,
    /// By ECMA-262 pattern of the name.
    pub patterns: Vec<(String, SetId)>,
    /// For names that neither mentions.
    pub rest: SetId,
}

impl Atom {
    /// The type that the assertion is about; `None` when it is about every value.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Atom::Is(_) => None,
            Atom::Opaque(kind, _) => *kind,
            Atom::Truth(_) => Some(Kind::Boolean),
            Atom::Number(_) => Some(Kind::Number),
            Atom::Text(_) => Some(Kind::Text),
            Atom::Array(_) => Some(Kind::Array),
            Atom::Object(_) => Some(Kind::Object),
        }
    }

    /// What the assertion says of every value of a type; `None` when that depends on the value.
    pub fn settled(&self, kind: Kind) -> Option<bool> {
        if let Atom::Is(own) = self {
            return Some(*own == kind);
        }
        let passes = self.kind().is_some_and(|own| own != kind);
        passes.then_some(true)
    }
}
