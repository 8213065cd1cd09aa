//! What governs a document of any kind: its status, its stage, and what is accepted of it.

use crate::rule::Stage;
use crate::source::Spanned;
use crate::syntax::decode::{Decode, Decoder};
use crate::syntax::references::PersonReference;
use crate::syntax::scalars::Date;
use crate::syntax::visit::{Visit, Visitor};
use crate::yaml::{NodeRef, Resolved};
use crate::{mapping, vocabulary};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

vocabulary! {
    /// Where a document is in its life.
    pub enum Status as "a document status" {
        /// Being written; reported, not enforced.
        Draft = "draft",
        /// In force.
        Active = "active",
        /// Still in force, to be replaced; carries a sunset date.
        Deprecated = "deprecated",
        /// No longer in force.
        Retired = "retired",
    }
}

/// A rollout stage, 0 to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct RolloutStage {
    /// The stage.
    pub number: Stage,
}

impl Decode for RolloutStage {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        let number = node
            .scalar()
            .filter(|scalar| scalar.resolve() == Resolved::Integer)
            .and_then(|scalar| scalar.text().parse().ok())
            .filter(|number| *number <= 4);
        if number.is_none() {
            decoder.wrong_type(node, "a rollout stage from 0 to 4");
        }
        number.map(|number| RolloutStage { number })
    }
}

impl Visit for RolloutStage {
    fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
}

impl JsonSchema for RolloutStage {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "RolloutStage".into()
    }
    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "maximum": 4 })
    }
}

mapping! {
    /// A finding that is accepted for a while.
    pub struct Suppression as "a suppression" {
        /// The rule.
        required rule: Spanned<String>,
        /// The place, as a path; the whole document when absent.
        optional at: Spanned<String>,
        /// Why it is accepted.
        optional reason: Spanned<String>,
        /// The last day on which it is accepted.
        optional until: Spanned<Date>,
        /// Who accepts it.
        optional approved_by: PersonReference,
    }
}

mapping! {
    /// A breaking change that is accepted on purpose, until the next release.
    pub struct Acceptance as "an acceptance" {
        /// The change: its fingerprint or its kind, as `flowgate diff` shows them.
        required change: Spanned<String>,
        /// The place of a change that is named by its kind, as a path.
        optional at: Spanned<String>,
        /// Why it is accepted.
        optional reason: Spanned<String>,
        /// Who accepts it.
        optional approved_by: PersonReference,
        /// The day on which it was accepted.
        optional date: Spanned<Date>,
    }
}
