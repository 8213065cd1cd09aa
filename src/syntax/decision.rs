//! Decision tables: routing and other rules as rows that people can read.

use super::names::{FieldName, KebabName, Name, NameMap};
use super::references::PersonReference;
use super::scalars::Literal;
use crate::source::{Span, Spanned};
use crate::{mapping, vocabulary};

mapping! {
    /// A decision table: inputs are tested cell by cell, the matching row gives the outputs.
    pub struct Decision as "a decision table" {
        /// The name; only in the singular form.
        optional name: Spanned<Name<KebabName>>,
        /// What is decided.
        optional summary: Spanned<String>,
        /// The accountable person.
        optional owner: PersonReference,
        /// What happens when several rows match; `unique` when absent.
        optional hit: Spanned<HitPolicy>,
        /// The inputs with their types, in the order of the cells.
        required inputs: Spanned<NameMap<FieldName, Spanned<CellType>>>,
        /// The outputs with their types.
        required outputs: Spanned<NameMap<FieldName, Spanned<CellType>>>,
        /// The rows.
        required rules: Spanned<Vec<Row>>,
    }
}

vocabulary! {
    /// What happens when several rows match.
    pub enum HitPolicy as "a hit policy" {
        /// It may not happen: gaps and overlaps are faults.
        Unique = "unique",
        /// The first row wins.
        First = "first",
        /// All matching rows must give the same outputs.
        Any = "any",
    }
}

vocabulary! {
    /// The type of an input or output of a decision table.
    pub enum CellType as "a type" {
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
        /// A length of time.
        Duration = "duration",
        /// The name of a queue.
        Queue = "queue",
        /// The name of a person.
        Person = "person",
        /// The name of a role.
        Role = "role",
        /// The name of a team.
        Team = "team",
    }
}

/// One row: a test for each input, then the outputs.
#[derive(Debug, Clone)]
pub struct Row {
    /// The tests, as `"< 10000"`, `"!= 'new'"` or `"-"` for anything.
    pub cells: Vec<Spanned<String>>,
    /// The outputs by name.
    pub outputs: Vec<(Spanned<String>, Spanned<Literal>)>,
    /// The whole row.
    pub span: Span,
}

mod manual {
    //! Rows follow none of the common forms.

    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{Literal, Row};
    use crate::source::Spanned;
    use crate::syntax::decode::{Decode, Decoder};
    use crate::syntax::keys;
    use crate::syntax::visit::{Visit, Visitor};
    use crate::yaml::{Mapping, NodeRef};

    const FORM: &str = "a row: a list of tests that ends with a mapping of outputs";

    impl Decode for Row {
        fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
            let items: Vec<NodeRef<'_>> = node
                .sequence()
                .map(|row| row.items().collect())
                .unwrap_or_default();
            let Some((outputs, cells)) = items
                .split_last()
                .and_then(|(last, cells)| Some((last.mapping()?, cells)))
            else {
                decoder.wrong_type(node, FORM);
                return None;
            };
            let cells = cells
                .iter()
                .filter_map(|cell| {
                    Literal::decode(*cell, decoder)
                        .map(|test| Spanned::new(test.text().to_owned(), cell.span()))
                })
                .collect();
            Some(Row {
                cells,
                outputs: decode_outputs(outputs, decoder),
                span: node.span(),
            })
        }
    }

    fn decode_outputs(
        outputs: Mapping<'_>,
        decoder: &mut Decoder,
    ) -> Vec<(Spanned<String>, Spanned<Literal>)> {
        outputs
            .entries()
            .filter_map(|entry| {
                let name = Spanned::new(entry.name.to_owned(), entry.key.span());
                keys::decode_value::<Spanned<Literal>>(entry, decoder).map(|value| (name, value))
            })
            .collect()
    }

    impl Visit for Row {
        fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
    }

    impl JsonSchema for Row {
        fn schema_name() -> Cow<'static, str> {
            "Row".into()
        }
        fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
            let value = serde_json::json!({ "type": ["string", "number", "boolean"] });
            json_schema!({
                "description": "A list of tests that ends with a mapping of outputs.",
                "type": "array",
                "minItems": 1,
                "items": { "anyOf": [value, { "type": "object", "additionalProperties": value }] },
            })
        }
    }
}
