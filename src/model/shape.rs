//! What a field of data accepts, in one form whatever way the author wrote it.
//!
//! `amount: decimal?`, `amount: {type: decimal}` and `amount: {type: decimal, required: false}`
//! give the same [`Shape`]. Every part carries the characters to point at: its own value when it
//! is written, else the type, so that a finding about a missing `required` has a place.

pub mod relation;
pub mod schema;

use rust_decimal::Decimal;

use super::quantity::{Quantity, number};
use crate::source::{Span, Spanned};
use crate::syntax::contract::{Classification, Contract, Field, FieldEntry, FieldType, Format};
use crate::syntax::names::{FieldName, NameMap};
use crate::syntax::scalars::{Date, Extensions, Literal};
pub use relation::Relation;

/// A field with its name.
#[derive(Debug, Clone)]
pub struct FieldShape {
    /// The name, where it is written.
    pub name: Spanned<String>,
    /// What it accepts.
    pub shape: Shape,
}

/// What a field accepts and what is known about it.
#[derive(Debug, Clone)]
pub struct Shape {
    /// The type; `None` when the author left it out.
    pub kind: Option<Spanned<FieldType>>,
    /// Whether the field is always there.
    pub required: Spanned<bool>,
    /// Whether the value may be null.
    pub nullable: Spanned<bool>,
    /// The form of a text.
    pub format: Option<Spanned<Format>>,
    /// The values that occur.
    pub members: Option<Members>,
    /// A regular expression that the whole text matches.
    pub pattern: Option<Spanned<String>>,
    /// The lower end of the values.
    pub lower: Option<Spanned<Bound>>,
    /// The upper end of the values.
    pub upper: Option<Spanned<Bound>>,
    /// Every value is a multiple.
    pub multiple_of: Option<Spanned<Decimal>>,
    /// The fewest and most characters of a text.
    pub length: Extent,
    /// The fewest and most items of a list.
    pub item_count: Extent,
    /// Whether no item of a list occurs twice.
    pub unique_items: Spanned<bool>,
    /// The items of a list.
    pub items: Option<Box<Shape>>,
    /// The fields of an object.
    pub properties: Vec<FieldShape>,
    /// The values of a map.
    pub values: Option<Box<Shape>>,
    /// Whether the field identifies the record.
    pub key: Spanned<bool>,
    /// Whether no two records share a value.
    pub unique: Spanned<bool>,
    /// The value when none is given.
    pub default: Option<Spanned<Literal>>,
    /// What a number counts.
    pub unit: Option<Spanned<String>>,
    /// Who may see it.
    pub classification: Option<Spanned<Classification>>,
    /// Whether it is personal data.
    pub pii: Spanned<bool>,
    /// Whether it is to go away.
    pub deprecated: Spanned<bool>,
    /// From this date it may be removed.
    pub sunset: Option<Spanned<Date>>,
    /// The name before a rename.
    pub renamed_from: Option<Spanned<String>>,
    /// What it is.
    pub description: Option<Spanned<String>>,
    /// Samples.
    pub examples: Vec<Spanned<Literal>>,
    /// Free keys.
    pub extensions: Extensions,
}

/// The values that a field lists.
#[derive(Debug, Clone)]
pub struct Members {
    /// The values, in written order.
    pub values: Vec<Spanned<Literal>>,
    /// Whether readers must accept other values too.
    pub open: Spanned<bool>,
    /// The whole list.
    pub span: Span,
}

/// One end of the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The value.
    pub limit: Quantity,
    /// Whether the value itself is accepted.
    pub inclusive: bool,
}

/// How few and how many.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extent {
    /// At least; absent when nothing or zero is written.
    pub least: Option<Spanned<u32>>,
    /// At most.
    pub most: Option<Spanned<u32>>,
}

impl Shape {
    /// The shape of a field whose name stands at `name`.
    pub fn of(entry: &FieldEntry, name: Span) -> Self {
        match entry {
            FieldEntry::Short(short) => {
                let mut shape = Shape::unspecified(short.span);
                shape.kind = Some(short.map(|short| short.kind));
                shape.required.value = short.value.required;
                shape
            }
            FieldEntry::Full(field) => Shape::of_full(field, name),
        }
    }

    /// The shapes of fields, in written order.
    pub fn of_fields(fields: &NameMap<FieldName, FieldEntry>) -> Vec<FieldShape> {
        fields
            .iter()
            .map(|(name, entry)| FieldShape {
                name: name.clone(),
                shape: Shape::of(entry, name.span),
            })
            .collect()
    }

    /// Whether data without the field is refused: a default stands in for a missing value.
    pub fn must_be_given(&self) -> bool {
        self.required.value && self.default.is_none()
    }

    fn unspecified(span: Span) -> Self {
        let no = Spanned::new(false, span);
        Shape {
            kind: None,
            required: no,
            nullable: no,
            format: None,
            members: None,
            pattern: None,
            lower: None,
            upper: None,
            multiple_of: None,
            length: Extent::default(),
            item_count: Extent::default(),
            unique_items: no,
            items: None,
            properties: Vec::new(),
            values: None,
            key: no,
            unique: no,
            default: None,
            unit: None,
            classification: None,
            pii: no,
            deprecated: no,
            sunset: None,
            renamed_from: None,
            description: None,
            examples: Vec::new(),
            extensions: Extensions::default(),
        }
    }

    fn of_full(field: &Field, name: Span) -> Self {
        let place = field.kind.as_ref().map_or(name, |kind| kind.span);
        let flag = |written: &Option<Spanned<bool>>| written.unwrap_or(Spanned::new(false, place));
        let whole = field.kind.as_ref().map(|kind| kind.value) == Some(FieldType::Integer);
        let nested = |entry: &Option<Box<FieldEntry>>| {
            entry
                .as_ref()
                .map(|entry| Box::new(Shape::of(entry, place)))
        };
        Shape {
            kind: field.kind,
            required: flag(&field.required),
            nullable: flag(&field.nullable),
            format: field.format,
            members: Members::of(field, place),
            pattern: field.pattern.clone(),
            lower: tightest(&field.min, &field.min_exclusive, Edge::Lower, whole),
            upper: tightest(&field.max, &field.max_exclusive, Edge::Upper, whole),
            multiple_of: step_of(field, whole),
            length: Extent::of(field.min_length, field.max_length),
            item_count: Extent::of(field.min_items, field.max_items),
            unique_items: flag(&field.unique_items),
            items: nested(&field.items),
            properties: field
                .properties
                .as_ref()
                .map(|properties| Shape::of_fields(&properties.value))
                .unwrap_or_default(),
            values: nested(&field.values),
            key: flag(&field.key),
            unique: flag(&field.unique),
            default: field.default.clone(),
            unit: field.unit.clone(),
            classification: field.classification,
            pii: flag(&field.pii),
            deprecated: flag(&field.deprecated),
            sunset: field.sunset,
            renamed_from: field
                .renamed_from
                .clone()
                .map(|name| name.map(|name| name.text)),
            description: field.description.clone(),
            examples: field.examples.clone(),
            extensions: field.extensions.clone(),
        }
    }
}

impl Contract {
    /// The fields that are written in the document; those of a JSON Schema file are not among
    /// them.
    pub fn fields(&self) -> Vec<FieldShape> {
        self.schema
            .as_ref()
            .map(|schema| Shape::of_fields(&schema.value))
            .unwrap_or_default()
    }
}

impl Members {
    fn of(field: &Field, place: Span) -> Option<Self> {
        let members = field.members.as_ref()?;
        Some(Members {
            values: members.value.clone(),
            open: field.open.unwrap_or(Spanned::new(false, place)),
            span: members.span,
        })
    }
}

impl Extent {
    fn of(least: Option<Spanned<u32>>, most: Option<Spanned<u32>>) -> Self {
        Extent {
            least: least.filter(|least| least.value > 0),
            most,
        }
    }
}

/// Which end of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Lower,
    Upper,
}

/// The one bound that two written ones come to. Between whole numbers every bound is inclusive.
fn tightest(
    inclusive: &Option<Spanned<Literal>>,
    exclusive: &Option<Spanned<Literal>>,
    edge: Edge,
    whole: bool,
) -> Option<Spanned<Bound>> {
    let read = |literal: &Option<Spanned<Literal>>, inclusive: bool| {
        literal.as_ref().map(|literal| {
            let bound = Bound {
                limit: Quantity::of(&literal.value),
                inclusive,
            };
            Spanned::new(if whole { bound.whole(edge) } else { bound }, literal.span)
        })
    };
    match (read(inclusive, true), read(exclusive, false)) {
        (Some(inclusive), Some(exclusive)) => {
            let tighter = match edge {
                Edge::Lower => relation::of_lower(Some(&inclusive.value), Some(&exclusive.value)),
                Edge::Upper => relation::of_upper(Some(&inclusive.value), Some(&exclusive.value)),
            };
            Some(if tighter == Relation::Narrower {
                exclusive
            } else {
                inclusive
            })
        }
        (inclusive, exclusive) => inclusive.or(exclusive),
    }
}

impl Bound {
    fn whole(self, edge: Edge) -> Self {
        let Quantity::Number(number) = self.limit else {
            return self;
        };
        let limit = match (edge, self.inclusive) {
            (Edge::Lower, true) => number.ceil(),
            (Edge::Lower, false) => number.floor() + Decimal::ONE,
            (Edge::Upper, true) => number.floor(),
            (Edge::Upper, false) => number.ceil() - Decimal::ONE,
        };
        Bound {
            limit: Quantity::Number(limit),
            inclusive: true,
        }
    }
}

/// The step between values; one between whole numbers says nothing.
fn step_of(field: &Field, whole: bool) -> Option<Spanned<Decimal>> {
    let written = field.multiple_of.as_ref()?;
    let step = number(written.value.text())?;
    let idle = step.is_zero() || (whole && step == Decimal::ONE);
    (!idle).then(|| Spanned::new(step, written.span))
}
