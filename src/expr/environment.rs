//! The types of data, as contracts and the language give them, and what an expression can see.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use crate::source::Span;

use super::ast::Path;

/// The type of a value. Cheap to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Not known; goes with everything and is never reported.
    Any,
    /// Only `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// An exact number with a point; integers are taken for decimals where needed.
    Decimal,
    /// A day.
    Date,
    /// An instant.
    Timestamp,
    /// A length of time.
    Duration,
    /// A string; with a vocabulary when its values are listed.
    String(Option<Arc<Vocabulary>>),
    /// Values of one type, in order.
    List(Arc<Type>),
    /// Values of one type, under any names.
    Map(Arc<Type>),
    /// Values under known names.
    Object(Arc<Object>),
}

impl Type {
    /// Any string.
    pub fn string() -> Self {
        Type::String(None)
    }

    /// A string that has one of these values; `open` when others may appear.
    pub fn one_of<T: Into<String>>(values: impl IntoIterator<Item = T>, open: bool) -> Self {
        Type::String(Some(Arc::new(Vocabulary {
            values: values.into_iter().map(Into::into).collect(),
            open,
        })))
    }

    /// A list of elements.
    pub fn list(element: Type) -> Self {
        Type::List(Arc::new(element))
    }

    /// A map to values.
    pub fn map(value: Type) -> Self {
        Type::Map(Arc::new(value))
    }

    /// The type of the elements of a list.
    pub(super) fn element(&self) -> Option<&Type> {
        if let Type::List(element) = self {
            Some(element)
        } else {
            None
        }
    }

    /// What a macro goes through: elements, or the names in a map.
    pub(super) fn elements(&self) -> Option<Type> {
        match self {
            Type::List(element) => Some((**element).clone()),
            Type::Map(_) | Type::Object(_) => Some(Type::string()),
            Type::Any => Some(Type::Any),
            Type::Null
            | Type::Boolean
            | Type::Integer
            | Type::Decimal
            | Type::Date
            | Type::Timestamp
            | Type::Duration
            | Type::String(_) => None,
        }
    }

    /// The same type where optional fields that are proven present below `at` count as required.
    pub fn narrowed(&self, at: &Path, proven: &Proven) -> Type {
        if let Type::Object(object) = self {
            Type::from(object.narrowed(at, proven))
        } else {
            self.clone()
        }
    }

    /// True for numbers of both types.
    pub(super) fn is_number(&self) -> bool {
        matches!(self, Type::Integer | Type::Decimal)
    }

    /// True when `<` has a meaning.
    pub(super) fn is_ordered(&self) -> bool {
        match self {
            Type::Boolean
            | Type::Integer
            | Type::Decimal
            | Type::Date
            | Type::Timestamp
            | Type::Duration
            | Type::String(_) => true,
            Type::Any | Type::Null | Type::List(_) | Type::Map(_) | Type::Object(_) => false,
        }
    }

    /// The smallest type that covers both, when they can stand for each other.
    pub fn join(&self, other: &Type) -> Option<Type> {
        match (self, other) {
            (Type::Any, _) | (_, Type::Any) => Some(Type::Any),
            (Type::Null, kind) | (kind, Type::Null) => Some(kind.clone()),
            (Type::Integer, Type::Decimal) | (Type::Decimal, Type::Integer) => Some(Type::Decimal),
            (Type::String(one), Type::String(other)) => Some(Type::String(
                one.as_ref()
                    .zip(other.as_ref())
                    .map(|(one, other)| Arc::new(one.union(other))),
            )),
            (Type::List(one), Type::List(other)) => Some(Type::list(one.join(other)?)),
            (Type::Map(one), Type::Map(other)) => Some(Type::map(one.join(other)?)),
            (Type::Object(one), Type::Object(other)) if one == other => Some(self.clone()),
            (Type::Object(_) | Type::Map(_), Type::Object(_) | Type::Map(_)) => Some(Type::Any),
            (one, other) if one == other => Some(one.clone()),
            _ => None,
        }
    }
}

impl Display for Type {
    /// The type with its article, for messages.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Type::Any => "a value",
            Type::Null => "null",
            Type::Boolean => "a boolean",
            Type::Integer => "an integer",
            Type::Decimal => "a decimal",
            Type::Date => "a date",
            Type::Timestamp => "a timestamp",
            Type::Duration => "a duration",
            Type::String(_) => "a string",
            Type::List(_) => "a list",
            Type::Map(_) => "a map",
            Type::Object(_) => "an object",
        })
    }
}

/// The values that a string can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    /// The values, in the order of their declaration.
    pub values: Vec<String>,
    /// True when readers must expect other values too.
    pub open: bool,
}

impl Vocabulary {
    fn union(&self, other: &Vocabulary) -> Vocabulary {
        let new = other
            .values
            .iter()
            .filter(|value| !self.values.contains(value));
        Vocabulary {
            values: self.values.iter().chain(new).cloned().collect(),
            open: self.open || other.open,
        }
    }

    /// True when the string can have the value.
    pub fn allows(&self, value: &str) -> bool {
        self.open || self.values.iter().any(|one| one == value)
    }

    pub(super) fn overlaps(&self, other: &Vocabulary) -> bool {
        self.open || other.open || self.values.iter().any(|value| other.allows(value))
    }
}

/// The fields of an object type, or the roots of an [`Environment`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object {
    fields: BTreeMap<Box<str>, Field>,
}

/// A field of an object type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What it holds.
    pub of: Type,
    /// Whether it is there.
    pub presence: Presence,
    /// Where it is declared.
    pub place: Option<Span>,
}

/// Whether a field has a value whenever the object is there. An expression may read only what is
/// always present; a place that takes the whole object may take less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It always has a value.
    Always,
    /// It is always written, and may be null.
    Nullable,
    /// It may be left out; when it is written, it has a value.
    Optional,
    /// It may be left out or null.
    OptionalNullable,
}

impl Presence {
    /// Whether the field may be left out, and whether it may be null.
    pub fn of(may_be_absent: bool, may_be_null: bool) -> Self {
        match (may_be_absent, may_be_null) {
            (false, false) => Presence::Always,
            (false, true) => Presence::Nullable,
            (true, false) => Presence::Optional,
            (true, true) => Presence::OptionalNullable,
        }
    }

    /// True when the field may be left out.
    pub fn may_be_absent(self) -> bool {
        match self {
            Presence::Optional | Presence::OptionalNullable => true,
            Presence::Always | Presence::Nullable => false,
        }
    }

    /// True when the field may be null.
    pub fn may_be_null(self) -> bool {
        match self {
            Presence::Nullable | Presence::OptionalNullable => true,
            Presence::Always | Presence::Optional => false,
        }
    }
}

impl Field {
    /// A field that is always there.
    pub fn required(of: Type) -> Self {
        Field::new(of, Presence::Always)
    }

    /// A field that may be absent.
    pub fn optional(of: Type) -> Self {
        Field::new(of, Presence::Optional)
    }

    /// A field that is there as `presence` says.
    pub fn new(of: Type, presence: Presence) -> Self {
        Field {
            of,
            presence,
            place: None,
        }
    }

    /// True when it can be read without asking first.
    pub fn is_certain(&self) -> bool {
        self.presence == Presence::Always
    }

    /// Says where the field is declared.
    #[must_use]
    pub fn at(mut self, place: Span) -> Self {
        self.place = Some(place);
        self
    }
}

impl Object {
    /// An object without fields.
    pub fn new() -> Self {
        Object::default()
    }

    /// Adds or replaces a field.
    #[must_use]
    pub fn with(mut self, name: &str, field: Field) -> Self {
        self.fields.insert(name.into(), field);
        self
    }

    /// A field by its name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(name)
    }

    /// The fields with their names, sorted by name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Field)> {
        self.fields
            .iter()
            .map(|(name, field)| (name.as_ref(), field))
    }

    /// The names of the fields, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.fields.keys().map(AsRef::as_ref)
    }

    /// The same object where the fields that are proven present below `at` count as required.
    fn narrowed(&self, at: &Path, proven: &Proven) -> Object {
        let mut fields = self.fields.clone();
        for (name, field) in &mut fields {
            let path = at.field(name);
            field.of = field.of.narrowed(&path, proven);
            if proven.contains(&path) {
                field.presence = Presence::Always;
            }
        }
        Object { fields }
    }
}

impl From<Object> for Type {
    fn from(object: Object) -> Self {
        Type::Object(Arc::new(object))
    }
}

/// The names that an expression can use, each with its type.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    roots: BTreeMap<Box<str>, Type>,
}

impl Environment {
    /// An environment without names.
    pub fn new() -> Self {
        Environment::default()
    }

    /// Adds or replaces a name.
    #[must_use]
    pub fn with(mut self, name: &str, of: impl Into<Type>) -> Self {
        self.roots.insert(name.into(), of.into());
        self
    }

    /// The type of a name.
    pub fn root(&self, name: &str) -> Option<&Type> {
        self.roots.get(name)
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.roots.keys().map(AsRef::as_ref)
    }
}

/// Optional data that is known to be present.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proven(BTreeSet<Path>);

impl Proven {
    /// Nothing is known.
    pub fn new() -> Self {
        Proven::default()
    }

    /// True when the path is known to be present.
    pub fn contains(&self, path: &Path) -> bool {
        self.0.contains(path)
    }

    /// Adds a path.
    pub fn insert(&mut self, path: Path) {
        self.0.insert(path);
    }

    /// The paths, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &Path> {
        self.0.iter()
    }

    /// What is known when both are.
    #[must_use]
    pub fn and(&self, other: &Proven) -> Proven {
        Proven(self.0.union(&other.0).cloned().collect())
    }

    /// What is known when one of the two is.
    #[must_use]
    pub fn or(&self, other: &Proven) -> Proven {
        Proven(self.0.intersection(&other.0).cloned().collect())
    }

    /// What is known of data outside a macro that calls an element `variable`.
    pub(super) fn without(&self, variable: &str) -> Proven {
        self.0
            .iter()
            .filter(|path| !path.starts_at(variable))
            .cloned()
            .collect()
    }
}

impl FromIterator<Path> for Proven {
    fn from_iter<T: IntoIterator<Item = Path>>(paths: T) -> Self {
        Proven(paths.into_iter().collect())
    }
}
